"""Names that follow the form, beside the short ones: ``公开01表.行31`` is ``summary.r31``.

Made from what the pack's own grids and labels say.  A word that would mean two things means nothing.
Marks are left out of a name: “因公出国（境）费” is ``因公出国境费``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from generator.packs.grid import Grid, GridCell, parse
from generator.packs.pack import Pack
from generator.packs.schema import ColumnSpec, FieldSpec, TableSpec

Aliases = Mapping[str, str]
NUMBERING = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十]+[）)、.]|[（(]?\d+[）)、.．])\s*")
OF_ROWS = {
    "名称": "name",
    "编码": "code",
    "类": "klass",
    "款": "kuan",
    "各款": "groups",
    "各项": "items",
    "填报": "facts",
}
OF_TABLES = {
    "合计": "total",
    "各行": "rows",
    "各类": "classes",
    "各项": "items",
    "各科目": "subjects",
    "是空表": "empty",
}
REASONS = "原因"


def name_of(label: str) -> str:
    """A label as a name: without its numbering and without marks; nothing where no name is left."""
    text = re.sub(r"\W", "", NUMBERING.sub("", label))
    return text if text.isidentifier() else ""


def _once(pairs: Iterable[tuple[str, str]], taken: Iterable[str] = ()) -> dict[str, str]:
    """The names that mean one thing only."""
    meanings: dict[str, set[str]] = {}
    for alias, name in pairs:
        if alias:
            meanings.setdefault(alias, set()).add(name)
    barred = set(taken)
    return {a: next(iter(n)) for a, n in meanings.items() if len(n) == 1 and a not in barred}


def _labels(grid: Grid, cell: GridCell) -> tuple[str, str]:
    """The label and the line number at the left of a cell, in its own panel."""
    label = number = ""
    for other in reversed([c for c in grid.rows[cell.row] if c.column < cell.column]):
        if other.slot and not label:
            continue
        if other.slot:
            break
        text = other.text.strip()
        if text.isdigit() and len(text) <= 3 and not number and not label:
            number = text
        elif text:
            label = text
            break
    return label, number


@lru_cache(maxsize=512)
def column_aliases(spec: TableSpec) -> Aliases:
    """Columns of a table by their headings."""
    head = parse(spec.header)
    shape = parse(spec.row or spec.total) if spec.rows else parse(spec.body)
    pairs: list[tuple[str, str]] = []
    for cell in shape.cells():
        column = cell.slot.rpartition(".")[2]
        if not cell.slot or (not spec.rows and "." not in cell.slot):
            continue
        texts = [head.text_at(r, cell.column) for r in range(len(head.rows))]
        label = next((t for t in reversed(texts) if t and not t.isdigit() and t != "栏次"), "")
        pairs.append((name_of(label), column))
    return _once(pairs)


@lru_cache(maxsize=512)
def table_aliases(spec: TableSpec) -> Aliases:
    """What stands in a table: fixed rows by line number and by label, and what tables with rows have."""
    grid = parse(spec.body) if spec.body else None
    pairs: list[tuple[str, str]] = []
    for cell in grid.cells() if grid else ():
        if cell.slot:
            label, number = _labels(grid, cell) if grid else ("", "")
            head = cell.slot.partition(".")[0]
            pairs += [(f"行{number}" if number else "", head), (name_of(label), head)]
    found = _once(pairs, OF_TABLES if spec.rows else ())
    return {**found, **OF_TABLES} if spec.rows else {**found, "是空表": "empty"}


@lru_cache(maxsize=512)
def row_aliases(spec: TableSpec) -> Aliases:
    """What a row by subject has."""
    return {**column_aliases(spec), **OF_ROWS}


def record_aliases(specs: Mapping[str, FieldSpec | ColumnSpec]) -> Aliases:
    """Values of a group or of a list's row by their labels."""
    return _once((name_of(spec.label), name) for name, spec in specs.items())


def root_aliases(pack: Pack, year: int) -> dict[str, str]:
    """Tables by number, lists by title."""
    pairs = [(name_of(t.number), t.id) for t in pack.in_force(pack.tables, year)]
    pairs += [(name_of(x.title), x.id) for x in pack.in_force(pack.lists, year)]
    return _once(pairs)


def sheet_fields(pack: Pack, year: int) -> dict[str, dict[str, str]]:
    """Fields by the title of their sheet and their label: ``基本信息.部门全称`` is ``info.name``."""
    by_sheet: dict[str, list[tuple[str, str]]] = {}
    for spec in pack.in_force(pack.fields, year):
        sheet = pack.sheets.get(spec.sheet)
        if sheet:
            by_sheet.setdefault(name_of(sheet.title), []).append((name_of(spec.label), spec.id))
    return {sheet: _once(pairs) for sheet, pairs in by_sheet.items() if sheet}
