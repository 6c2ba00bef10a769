"""The cases of a pack: small departments with the sentences and findings expected of them.

A case is a TOML file in ``cases/``.  It says what a department reported, by the names that the
pack's texts use, and what the pack must make of it.  Template keepers write them without Python;
``juesuan pack check`` and the tests run them.  Cases of an abstract parent hold figures only, to
be used by ``like``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from generator.checks.filled import Filled, submission
from generator.checks.run import check
from generator.model import Document, Severity, Submission, Table
from generator.packs import CompiledPack, Pack, PackError, compose, of_year, read_toml, slot_ids

KEYS = {
    "title",
    "year",
    "name",
    "unit",
    "like",
    "tables",
    "fields",
    "lists",
    "reasons",
    "names",
    "says",
    "silent",
    "shows",
    "contents",
    "cover",
    "head",
    "lines",
    "findings",
    "complete",
}
UNITS = ("元", "万元")


@dataclass(frozen=True)
class Case:
    """One case as written.  ``file`` as shown to people, e.g. ``liaoning/cases/基金.toml``."""

    id: str
    file: str
    pack: str
    raw: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.raw.get("title", self.id))


def cases_of(pack: Pack) -> dict[str, Case]:
    """All cases that a pack may use, its own over its parents', by id."""
    out: dict[str, Case] = {}
    for name, folder in zip(pack.chain, pack.folders, strict=True):
        for path in sorted((folder / "cases").glob("*.toml")):
            shown = f"{name}/cases/{path.name}"
            raw = read_toml(path, shown)
            unknown = sorted(set(raw) - KEYS)
            if unknown:
                raise PackError(shown, unknown[0], f"不认识的名称；可用的有：{'、'.join(sorted(KEYS))}")
            out[path.stem] = Case(path.stem, shown, name, raw)
    return out


def own_cases(pack: Pack) -> list[Case]:
    """The cases of the pack itself."""
    return [c for c in cases_of(pack).values() if c.pack == pack.chain[-1]]


# ------------------------------------------------------------------ what was reported


def grid(text: str, file: str, entry: str) -> list[dict[str, str]]:
    """Rows of a table written with strokes; the first line names the columns."""
    lines = [[c.strip() for c in line.split("|")] for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    head, *rows = lines
    for number, row in enumerate(rows, 2):
        if len(row) > len(head):
            raise PackError(file, entry, f"第{number}行有{len(row)}格，比第一行的{len(head)}格多")
    return [dict(zip(head, row, strict=False)) for row in rows]


def by_subject(
    rows: list[dict[str, str]], total: str, names: Mapping[str, str], file: str, entry: str
) -> dict[str, Any]:
    """类, 款 and the row 合计 summed up from the 项; ``total`` names the column that sums the others."""
    sums: dict[str, dict[str, Decimal]] = {}
    called = dict(names)
    for row in rows:
        code = row.get("code", "")
        if not (code.isdigit() and len(code) in (3, 5, 7)):
            raise PackError(file, entry, f"“{code}”不是功能分类科目编码（3、5或7位数字）")
        if row.get("name"):
            called[code] = row["name"]
        cells = {}
        for column, text in row.items():
            if column not in ("code", "name") and text:
                cells[column] = _decimal(text, file, entry)
        if total and total not in cells:
            cells[total] = sum(cells.values(), Decimal(0))
        for key in dict.fromkeys(("", code[:3], code[:5], code)):
            for column, value in cells.items():
                place = sums.setdefault(key, {})
                place[column] = place.get(column, Decimal(0)) + value
    written = {key: {c: str(v) for c, v in cells.items()} for key, cells in sums.items()}
    made = [{"code": k, "name": called.get(k, ""), "cells": written[k]} for k in sorted(written) if k]
    return {"slots": {}, "rows": made, "totals": written.get("", {})}


def _decimal(text: str, file: str, entry: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise PackError(file, entry, f"“{text}”不是金额") from None


def filled(case: Case, pack: Pack, cases: Mapping[str, Case], seen: tuple[str, ...] = ()) -> Filled:
    """The values of a case, those of the case it is like under its own."""
    raw = case.raw
    like = str(raw.get("like", ""))
    if like in (*seen, case.id):
        raise PackError(case.file, "like", f"案例互相照搬：{' → '.join((*seen, case.id, like))}")
    if like and like not in cases:
        raise PackError(case.file, "like", f"找不到案例“{like}”")
    made = filled(cases[like], pack, cases, (*seen, case.id)) if like else Filled(2024, "某某局", unit="元")
    made.year, made.name = int(raw.get("year", made.year)), str(raw.get("name", made.name))
    made.unit = str(raw.get("unit", made.unit))
    if made.unit not in UNITS:
        raise PackError(case.file, "unit", "单位只能是“元”或“万元”")
    shared = case.pack != pack.chain[-1]  # a parent's case may name what this pack has removed
    made.names |= {str(k): str(v) for k, v in raw.get("names", {}).items()}
    names = {**{code: s.name for code, s in pack.functional.items()}, **made.names}
    for table, content in raw.get("tables", {}).items():
        if table not in pack.tables:
            _unknown(shared, case, table, "没有这个编号的报表")
            continue
        if "rows" in content:
            rows = grid(content["rows"], case.file, f"tables.{table}")
            economic = pack.tables[table].rows == "economic"
            called = {**{code: s.name for code, s in pack.economic.items()}, **made.names} if economic else names
            made.tables[table] = by_subject(rows, content.get("total", ""), called, case.file, f"tables.{table}")
        places = set(slot_ids(pack.tables[table]))
        totals = {k: str(v) for k, v in content.get("totals", {}).items()}  # as they are printed, not as they add up
        slots = {
            k: str(v)
            for k, v in _flat({k: v for k, v in content.items() if k != "totals"})
            if k != "rows" and not (k == "total" and "rows" in content)
        }
        for slot in sorted(set(slots) - places):
            _unknown(shared, case, f"{table}.{slot}", "报表里没有这个格子")
            del slots[slot]
        whole = made.tables.setdefault(table, {"slots": {}, "rows": [], "totals": {}})
        whole["slots"] = {**whole["slots"], **slots}
        whole["totals"] = {**whole["totals"], **totals}
    for name, value in _flat(raw.get("fields", {})):
        if name in pack.fields:
            made.fields[name] = str(value)
        else:
            _unknown(shared, case, name, "没有这个编号的填写项")
    for name, value in raw.get("lists", {}).items():
        if name not in pack.lists:
            _unknown(shared, case, name, "没有这个编号的清单")
            continue
        first = pack.lists[name].columns[0].id
        rows = grid(value, case.file, f"lists.{name}") if isinstance(value, str) else value
        made.lists[name] = [{first: r} if isinstance(r, str) else {k: str(v) for k, v in r.items()} for r in rows]
    for name, value in raw.get("reasons", {}).items():
        if name == "*":
            made.reasons = {**dict.fromkeys(pack.reasons, str(value)), **made.reasons}
        elif name in pack.reasons:
            made.reasons[name] = str(value)
        else:
            _unknown(shared, case, name, "没有这个编号的原因说明")
    return made


def _flat(raw: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """``a.b = 1`` and ``[a] b = 1`` alike."""
    for key, value in raw.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _unknown(shared: bool, case: Case, entry: str, message: str) -> None:
    if not shared:
        raise PackError(case.file, entry, message)


def submission_of(case: Case, pack: Pack) -> Submission:
    """The Submission of a case."""
    return submission(pack, filled(case, pack, cases_of(pack)))


# ------------------------------------------------------------------ what must come of it


def run(case: Case, compiled: CompiledPack) -> list[str]:
    """What a case expects and does not get, in Chinese; empty where all is well."""
    try:
        compiled = of_year(compiled, _year(case, cases_of(compiled.pack)))
        made = submission_of(case, compiled.pack)
    except PackError as error:
        return [str(error)]
    context = compiled.context(made)
    document = compose(made, compiled, context=context)
    problems = [*_texts(case, document), *_pages(case, document)]
    report = check(compiled, context, document)
    found = {f.id: f for f in report.findings}
    wanted = case.raw.get("findings", [])
    problems += [f"应当查出 {name}，没有查出" for name in wanted if name not in found]
    if case.raw.get("complete"):
        errors = [f for f in report.findings if f.severity is Severity.ERROR and f.id not in wanted]
        problems += [f"不应当有错误：{f.id} {f.message}" for f in errors]
        problems += [
            f"还有没填的地方：{b.text[:60]}"
            for b in document.blocks()
            if not isinstance(b, Table) and "【待填" in b.text
        ]
    return [f"{case.file}：{p}" for p in problems]


def _pages(case: Case, document: Document) -> Iterator[str]:
    """Cells of tables, the contents, the cover, the running head and the plain text."""
    tables = {b.id: b for b in document.tables()}
    for block, text in _flat(case.raw.get("shows", {})):
        table = tables.get(block)
        printed = [_cells(row) for row in (*table.grid("header"), *table.grid("body"))] if table else []
        if table is None:
            yield f"表“{block}”没有写出来"
        wanted = [_cells(line.split("|")) for line in str(text).splitlines() if line.strip()]
        yield from _in_order(f"表“{block}”", wanted, printed) if table else ()
    places = {
        "contents": ("目录", [b.in_toc for b in document.contents()]),
        "cover": ("封面", list(document.cover)),
        "head": ("页眉", [document.running_head]),
        "lines": ("文本", document.prose()),
    }
    for key, (name, shown) in places.items():
        wanted = case.raw.get(key, [])
        yield from _in_order(name, [wanted] if isinstance(wanted, str) else wanted, shown)


def _cells(row: Sequence[str]) -> str:
    return " | ".join(c.strip() for c in row).strip()


def _in_order(name: str, wanted: Sequence[str], shown: Sequence[str]) -> Iterator[str]:
    """Each wanted line, one behind the other."""
    at = 0
    for line in wanted:
        if line in shown[at:]:
            at = shown.index(line, at) + 1
        else:
            near = difflib.get_close_matches(line, shown, 1, 0.3)
            yield f"{name}里没有：{line}" + (f"\n      最接近的是：{near[0]}" if near else "")


def _year(case: Case, cases: Mapping[str, Case]) -> int:
    """The fiscal year of a case, its own or that of the one it is like."""
    seen: list[Case] = []
    current: Case | None = case
    while current is not None and current not in seen:
        if "year" in current.raw:
            return int(current.raw["year"])
        seen.append(current)
        current = cases.get(str(current.raw.get("like", "")))
    return 2024


def _texts(case: Case, document: Document) -> Iterator[str]:
    shown = {b.id: b.title if isinstance(b, Table) else b.text for b in document.blocks()}
    for block, text in _flat(case.raw.get("says", {})):
        if block not in shown:
            yield f"段落“{block}”没有写出来，应当是：{text}"
        elif shown[block] != text:
            yield f"段落“{block}”\n      应当是：{text}\n      写成了：{shown[block]}"
    for block in case.raw.get("silent", []):
        if block in shown:
            yield f"段落“{block}”不应当写出来，写成了：{shown[block]}"
