"""A workbook as texts and tables: each sheet is a table with the lines above and below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.files.published.model import PubCell, Publication, PubTable, PubText
from generator.files.safety import Sheet
from generator.files.sheets import open_workbook
from generator.files.values import as_text

WORDS = 40  # letters: longer words alone in a row are a paragraph


def read_sheets_publication(data: bytes, name: str) -> Publication:
    """Everything a workbook says.  Bad files come back with findings and without blocks."""
    opened = open_workbook(data, name)
    out = Publication(name, "xlsx", findings=list(opened.findings))
    for sheet in opened.sheets:
        _sheet(out, sheet, sheet.merged)
    return out


Spans = Mapping[tuple[int, int], tuple[int, int]]


def _sheet(out: Publication, sheet: Sheet, spans: Spans) -> None:
    rows = [[as_text(v) for v in row] for row in sheet.rows]
    start, end = 0, len(rows)
    while start < end and _loose(rows[start]):
        start += 1
    while end > start and _loose(rows[end - 1]):
        end -= 1
    if end - start < 2:
        start = end = len(rows)
    _texts(out, rows[:start])
    if start < end:
        width = max(len(r) for r in rows[start:end])
        full = [row + [""] * (width - len(row)) for row in rows[start:end]]
        cells = [
            PubCell(t, i, j, *spans.get((start + i, j), (1, 1)))
            for i, row in enumerate(full)
            for j, t in enumerate(row)
        ]
        cells = [c for c in cells if c.text or not _covered(c, start, spans)]
        out.blocks.append(PubTable(tuple(map(tuple, full)), tuple(cells), name=sheet.name))
    _texts(out, rows[end:])


def _covered(cell: PubCell, start: int, spans: Spans) -> bool:
    """A place that a merged cell covers."""
    row = start + cell.row
    return any(
        a <= row < a + h and b <= cell.column < b + w and (a, b) != (row, cell.column)
        for (a, b), (h, w) in spans.items()
    )


def _loose(row: Sequence[Any]) -> bool:
    """A line that belongs to no table: nothing, a title, a unit, a note."""
    said = [t for t in row if t]
    return len(said) <= 1 or (
        len(said) <= 3
        and any("单位" in t or "年度" in t for t in said)
        and not any(t.replace(",", "").replace(".", "").isdigit() for t in said)
    )


def _texts(out: Publication, rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        said = [t for t in row if t]
        if said:
            out.blocks.append(PubText(" ".join(said), center=len(said) == 1 and len(said[0]) < WORDS))
