"""Cells of a document by name: ``general:∑:合计``, ``summary:支出.总计``, ``basic:人员经费``."""

from __future__ import annotations

from collections.abc import Sequence

from generator.model import Figure, total
from generator.published._heads import Column
from generator.published.document import Understood
from generator.published.tables import ReadTable, Row


def find(document: Understood, name: str) -> Figure | None:
    """The figure that a name means; nothing where the document has no such cell, or several.  ``a|b``: the first
    of the two that there is."""
    if "|" in name:
        return next((f for part in name.split("|") if (f := find(document, part)) is not None), None)
    table_id, _, rest = name.partition(":")
    row_name, _, column = rest.partition(":")
    table = document.by_id.get(table_id)
    if table is None or not table.rows:
        return None
    if "+" in row_name:
        parts = [find(document, f"{table_id}:{part}:{column}") for part in row_name.split("+")]
        found = [p for p in parts if p is not None]
        return total(found) if len(found) == len(parts) else None
    side_word, dot, line = row_name.rpartition(".")
    sides = table.sides_of(side_word) if dot else None
    key = line if dot else row_name
    rows = [
        r for r in table.rows
        if r.key == key and not (dot and r.kind == "part") and (sides is None or r.side in sides)
    ]  # fmt: skip
    found_figures = [f for r in rows if (f := value(table, r, column)) is not None]
    if len(found_figures) > 1 and any(f.number != found_figures[0].number for f in found_figures):
        return None
    return found_figures[0] if found_figures else None


def value(table: ReadTable, row: Row, column: str) -> Figure | None:
    """The amount of a row in a column; with no column named, of its only one."""
    columns = table.amounts(row.side)
    if column:
        wanted = tuple(column.split("."))
        if not (wanted == ("合计",) and len(columns) == 1):
            columns = [c for c in columns if c.terms == wanted]
    elif len(columns) > 1:
        columns = [c for c in columns if c.terms in (("合计",), ("金额",))]
    return row.figures.get(columns[0].index) if len(columns) == 1 else None


def labelled(table: ReadTable, row: Row, column: Column) -> str:
    """What a cell is called: 2210201住房公积金 合计."""
    name = f"{row.code}{row.label}" if row.code else (row.label or row.key)
    name = {"∑": "合计"}.get(name, name)
    only = len(table.amounts(row.side)) == 1
    return name if only and name else f"{name} {column.label}".strip()


def blank(figures: Sequence[Figure]) -> bool:
    return all(f.blank for f in figures)
