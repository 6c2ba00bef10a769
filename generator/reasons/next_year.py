"""Next year's workbook: last year's closing figures as 上年数, words carried or cleared as the pack says.

Where a value comes from is the pack's (``last`` of fields, lists and columns), evaluated over last
year's workbook.  What was taken from where is returned, and kept in the sheet 上年明细.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator.model import Figure, Text
from generator.packs import (
    ColumnSpec,
    CompiledPack,
    Context,
    FieldSpec,
    LanguageError,
    ListSpec,
    Rule,
    Word,
    of_year,
    spans_of,
)
from generator.reasons.last_year import LastSource, Line, exact, in_unit, lines, new_code, of_workbook, renamed
from generator.workbook import FormData, write_form


@dataclass(frozen=True, slots=True)
class Taken:
    """One value that was taken over."""

    label: str
    shown: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rolled:
    """Next year's workbook and what was taken into it."""

    workbook: bytes
    taken: tuple[Taken, ...]
    data: FormData


def roll(
    compiled: CompiledPack, context: Context, workbook: Path, year: int, name: str = "", *, sealed: str = ""
) -> Rolled:
    """The workbook of ``year`` from last year's workbook; ``sealed`` says which published version that was."""
    last = of_workbook(compiled, context, workbook)
    following = of_year(compiled, year)
    data, taken = carried(last, following, year, sealed=sealed)
    named = name or context.submission.name
    return Rolled(write_form(following.pack, year, named, data=data), taken, data)


def carried(
    last: LastSource, compiled: CompiledPack, year: int, *, sealed: str = ""
) -> tuple[FormData, tuple[Taken, ...]]:
    """The values that a workbook of ``year`` begins with, and where each was taken from."""
    found = lines(last, year)
    unit = "元" if found and exact(found) else "万元"
    maker = _Carrier(last, compiled, year, unit)
    fields, taken = maker.fields()
    lists = {s.id: rows for s in compiled.pack.in_force(compiled.pack.lists, year) if (rows := maker.rows(s))}
    fields |= {
        "origin.file": last.file,
        "origin.sha256": last.sha256,
        "origin.sealed": sealed,
        "origin.known": " ".join(last.tables),
    }
    fields = {k: v for k, v in fields.items() if k in compiled.pack.fields}
    name = compiled.pack.meta.last_lines
    if name in compiled.pack.lists:
        lists[name] = [_line(line, unit) for line in found]
    reasons = {
        r.id: t.value
        for r in compiled.pack.in_force(compiled.pack.reasons, year)
        if r.carry and (t := last.context.submission.reasons.get(r.id)) and not t.pending
    }
    units = {s.id: unit for s in compiled.pack.in_force(compiled.pack.sheets, year) if s.unit}
    data = FormData("", {}, fields, lists, reasons, units)
    return data, (*taken, *_counted(found))


def _line(line: Line, unit: str) -> dict[str, str]:
    return {
        "key": line.key,
        "label": line.label,
        "amount": in_unit(line.amount, unit),
        "source": line.source,
        "note": line.note,
    }


def _counted(found: list[Line]) -> Iterator[Taken]:
    """The lines of each table in one, merged codes by themselves."""
    tables: dict[str, list[Line]] = {}
    for line in found:
        tables.setdefault(line.key.partition(".")[0].partition("[")[0], []).append(line)
    for some in tables.values():
        yield Taken(f"上年明细 {some[0].source.rpartition('!')[0]}", f"{len(some)}个数", some[0].source)
    for line in found:
        if line.note:
            yield Taken(f"{line.label} {line.key}", f"{in_unit(line.amount, '万元')}万元", line.source, line.note)


class _Carrier:
    """Evaluates what the pack says about next year over last year's names."""

    def __init__(self, last: LastSource, compiled: CompiledPack, year: int, unit: str) -> None:
        self.last, self.compiled, self.year, self.unit = last, compiled, year, unit
        self.renames = renamed(compiled.pack, last.context.year, year)

    def value(self, rule: Rule, scope: Mapping[str, object]) -> object:
        """A value of last year; nothing where last year's workbook has no such thing."""
        if rule is None:
            return None
        try:
            return rule(scope)
        except LanguageError:
            return None

    def text(self, value: object, spec: FieldSpec | ColumnSpec) -> str:
        """A value as it is written into the form; open places are left empty."""
        if isinstance(value, Figure):
            if value.missing or value.value is None:
                return ""
            return in_unit(value, self.unit) if spec.type == "amount" else f"{value.value.normalize():f}"
        if isinstance(value, Text):
            return "" if value.pending else value.value
        if isinstance(value, str):
            return value
        word = Word(spans_of(value)) if isinstance(value, Word) else Word()
        return "" if word.open or any(s.kind == "draft" for s in word.spans) else word.plain

    def fields(self) -> tuple[dict[str, str], list[Taken]]:
        out: dict[str, str] = {}
        taken: list[Taken] = []
        for spec in self.compiled.pack.in_force(self.compiled.pack.fields, self.year):
            if not spec.last:
                continue
            value = self.value(self.compiled.fields[spec.id].last, self.last.context.members)
            text = self.text(value, spec)
            if text and not self._default(spec, text):
                out[spec.id] = text
                cells = (
                    value.cells
                    if isinstance(value, Figure | Text)
                    else tuple(c for s in spans_of(value) for c in s.cells)
                    if isinstance(value, Word)
                    else ()
                )
                if isinstance(value, Figure):
                    shown = f"{text}{self.unit if spec.type == 'amount' else spec.unit}"
                    taken.append(Taken(spec.label, shown, "、".join(str(c) for c in cells) or self.last.file))
            elif spec.type == "amount":
                blank = isinstance(value, Figure) and bool(value.cells)
                said = "上年表中为空，没有的请填0" if blank else "没有取到，请填写"
                source = (
                    "、".join(str(c) for c in value.cells) if isinstance(value, Figure) and blank else self.last.file
                )
                taken.append(Taken(spec.label, said, source))
        return out, taken

    def _default(self, spec: FieldSpec, text: str) -> bool:
        return not self.last.whole and text == spec.default

    def rows(self, spec: ListSpec) -> list[dict[str, str]]:
        """The rows that a list begins with; rows of codes that were merged become one."""
        if not spec.last or not any(c.last for c in spec.columns):
            return []
        sources = self.compiled.lists[spec.id]
        rows = self.value(sources.last, self.last.context.members)
        if not isinstance(rows, list | tuple):
            return []
        out: dict[str, dict[str, object]] = {}
        for number, row in enumerate(rows):
            scope = self.last.context.scope(row=row)
            values = {c.id: self.value(sources.columns.get(c.id), scope) for c in spec.columns if c.last}
            key = str(number)
            if spec.key and values.get(spec.key):
                key, _ = new_code(self.renames, "functional", self.text(values[spec.key], spec.columns[0]))
                values[spec.key] = key
            known = out.setdefault(key, values)
            if known is not values:
                for name, value in values.items():
                    have = known.get(name)
                    if isinstance(value, Figure) and isinstance(have, Figure):
                        known[name] = have + value
        made = [{c.id: self.text(values.get(c.id), c) for c in spec.columns if c.last} for values in out.values()]
        return [row for row in made if any(row.values())]


def with_tables(data: FormData, other: FormData) -> FormData:
    """Last year's values together with this year's exported tables."""
    return replace(data, unit=other.unit, tables=other.tables)
