"""Last year's figures from what there is: last year's workbook, or its published or exported tables.

What was taken from where is kept line by line.  Codes that were renamed or merged between the two
years are mapped by the pack.  Nothing here writes a workbook (see ``roll``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from generator.files import Sheet, open_tables
from generator.model import CellRef, Figure, Finding, Severity, Submission, TableData, line_name, make_finding
from generator.packs import CompiledPack, Context, Pack, RenameSpec, load, of_year
from generator.workbook import About, Reading, about, find_tables, read_stamp, read_table, read_workbook

TOLD = ("WB-030", "WB-060", "WB-068")  # notices that are passed on


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of last year: its name, what it is called, where it was taken from."""

    key: str
    label: str
    amount: Figure
    source: str
    note: str = ""


@dataclass(frozen=True)
class LastSource:
    """Last year as it was read.  ``tables`` are those that are known; ``findings`` say what is not."""

    compiled: CompiledPack
    context: Context
    file: str
    sha256: str
    tables: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = False  # a workbook, not published tables alone
    about: About = field(default_factory=About)  # whose they say they are, of which year


def source_name(path: Path) -> str:
    """A path as it is kept: relative where it can be."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.name


def of_workbook(compiled: CompiledPack, context: Context, path: Path) -> LastSource:
    """Last year from a workbook that was read already."""
    known = [k for k, t in context.submission.tables.items() if t.present]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return LastSource(compiled, context, source_name(path), digest, (*known, "projects"), whole=True)


def read_last(paths: Sequence[Path], compiled: CompiledPack, year: int, root: Path | None = None) -> LastSource:
    """Last year from files: a filled workbook, or tables published or exported as xlsx, docx or pdf."""
    findings: list[Finding] = []
    sheets: list[Sheet] = []
    for path in paths:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            stamp = read_stamp(path)
            if stamp.pack:
                own = (
                    of_year(compiled, stamp.year or year - 1)
                    if stamp.pack == compiled.pack.id
                    else load(stamp.pack, root, stamp.year or None)
                )
                return _stamped(path, own, compiled, year)
        opened = open_tables(path)
        findings += opened.findings
        sheets += [replace(s, name=f"{path.name} {s.name}") for s in opened.sheets]
    compiled = of_year(compiled, year - 1)
    reading = Reading(compiled.pack)
    tables: dict[str, TableData] = {}
    specs = tuple(compiled.pack.in_force(compiled.pack.tables, year - 1))
    found = find_tables(reading, sheets, specs)
    for spec in specs:
        if spec.id not in found:
            continue
        sheet, layout = found[spec.id]
        read = read_table(reading, spec, sheet, layout)
        if read.present:
            tables[spec.id] = read
    missing = [s.number for s in specs if s.id not in tables]
    if missing:
        reading.add("WB-030/last", [CellRef(paths[0].name, "A1")], title="、".join(missing))
    submission = Submission(compiled.pack.id, year - 1, "", tables)
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in paths)).hexdigest()
    named = "；".join(source_name(p) for p in paths)
    findings += [f for f in reading.finish() if f.severity is not Severity.INFO or f.id in TOLD]
    known, said = tuple(tables), about(sheets)
    return LastSource(compiled, compiled.context(submission), named, digest, known, tuple(findings), about=said)


def _stamped(path: Path, own: CompiledPack, compiled: CompiledPack, year: int) -> LastSource:
    read = read_workbook(path, own.pack)
    if read.submission is None:
        empty = Submission(compiled.pack.id, year - 1, "")
        return LastSource(compiled, compiled.context(empty), source_name(path), "", (), tuple(read.findings))
    findings: list[Finding] = []
    if read.submission.year >= year:
        words = {"found": read.submission.year, "wanted": year - 1}
        hint = "请指明上年的填报表。"
        findings.append(make_finding("WB-021/last", [CellRef(path.name, "A1")], **words).but(hint=hint))
    found = of_workbook(own, own.context(read.submission), path)
    said = About((read.submission.name,) if read.submission.name else (), (read.submission.year,))
    return replace(found, findings=tuple(findings), about=said)


# ------------------------------------------------------------------ lines


def lines(last: LastSource, year: int) -> list[Line]:
    """Every amount of last year, under the codes of ``year``; merged codes are added up."""
    renames = renamed(last.compiled.pack, last.context.year, year)
    out: dict[str, Line] = {}
    for line in (*_table_lines(last, renames), *_project_lines(last)):
        known = out.get(line.key)
        if known is None:
            out[line.key] = line
            continue
        note = "；".join(dict.fromkeys(n for n in (known.note, line.note) if n))
        out[line.key] = Line(line.key, known.label, known.amount + line.amount, f"{known.source}、{line.source}", note)
    return list(out.values())


def renamed(pack: Pack, last_year: int, year: int) -> dict[tuple[str, str], RenameSpec]:
    """The codes that changed between two years."""
    out: dict[tuple[str, str], RenameSpec] = {}
    for spec in pack.renames.values():
        if last_year < (spec.since or 0) <= year:
            out |= {(spec.kind, code): spec for code in spec.old}
    return out


def new_code(renames: dict[tuple[str, str], RenameSpec], kind: str, code: str) -> tuple[str, str]:
    """A code as it is now, and a note where it was another."""
    seen: list[str] = []
    while (kind, code) in renames and code not in seen:
        seen.append(code)
        code = renames[kind, code].code
    return code, f"原编码{seen[0]}；{renames[kind, seen[0]].basis}" if seen else ""


def _source(figure: Figure) -> str:
    """The cells, and which column of the table they are."""
    heading = figure.label.rpartition("”")[2] if "“" in figure.label else ""
    return f"{'、'.join(str(c) for c in figure.cells)} {heading}".strip()


def _table_lines(last: LastSource, renames: dict[tuple[str, str], RenameSpec]) -> Iterator[Line]:
    for table in last.context.tables.values():
        name, data = table.spec.id, table.data
        if name not in last.tables:
            continue
        for slot, figure in data.slots.items():
            if not figure.blank:
                code = slot[1:] if slot[:1] == "e" and slot[1:].isdigit() else ""
                now, note = new_code(renames, "economic", code) if code else ("", "")
                yield Line(line_name(name, f"e{now}" if now else slot), figure.label, figure, _source(figure), note)
        for column, value in data.totals.items():
            if isinstance(value, Figure) and not value.blank:
                yield Line(line_name(name, f"total.{column}"), value.label, value, _source(value))
        kind = "functional" if table.spec.rows == "functional" else "economic"
        for row in data.rows if table.spec.rows in ("functional", "economic") else ():
            if row.kind != "subject":
                continue
            now, note = new_code(renames, kind, row.code)
            known = last.compiled.pack.functional.get(now)
            label = known.name if note and known else row.name
            for column, value in row.cells.items():
                if isinstance(value, Figure) and not value.blank:
                    yield Line(line_name(name, column, now), label, value, _source(value), note)


def _project_lines(last: LastSource) -> Iterator[Line]:
    if not last.whole:
        return
    for record in last.context.submission.lists.get("projects", ()):
        name, amount = str(record.get("name", "")).strip(), record.get("executed")
        if name and isinstance(amount, Figure) and not amount.blank:
            yield Line(line_name("projects", "executed", name), name, amount, _source(amount))


def exact(found: Sequence[Line]) -> bool:
    """Whether every figure is known to the 分."""
    return all(line.amount.margin == 0 for line in found)


def in_unit(figure: Figure, unit: str) -> str:
    """An amount as it is written in a sheet of the given unit."""
    size = Decimal(10000) if unit == "万元" else Decimal(1)
    return "" if figure.value is None else f"{(figure.value / size).normalize():f}"
