"""Letters to lines: those on one height, from left to right, with a blank where there is room for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.files.published._pdf_page import Glyph

NUMERIC = re.compile(r"[\d,.，%+-]+")


@dataclass(slots=True)
class Line:
    """One line as it is looked at."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    first: float = 0  # how wide its first word is: what may not have fitted on the line before

    @property
    def top(self) -> float:
        return self.base - self.size


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines of some letters, from above."""
    return [_line(row) for row in heights(glyphs)]


def heights(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Letters that stand on one height, from above, each row from left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.base):
        if rows and glyph.base - rows[-1][-1].base <= 0.3 * min(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    for row in rows:
        row.sort(key=lambda g: g.x0)
    return rows


def words(row: Sequence[Glyph]) -> list[list[Glyph]]:
    """The letters of one height in groups without room between them."""
    out: list[list[Glyph]] = []
    for glyph in row:
        if out and glyph.x0 - out[-1][-1].x1 <= 0.3 * glyph.size:
            out[-1].append(glyph)
        else:
            out.append([glyph])
    return out


def text_of(row: Sequence[Glyph]) -> str:
    """The words of one height with single blanks between them."""
    return " ".join("".join(g.text for g in w) for w in words(row))


def _line(row: Sequence[Glyph]) -> Line:
    sizes = sorted(g.size for g in row)
    size = sizes[len(sizes) // 2]
    return Line(text_of(row), row[0].x0, max(g.x1 for g in row), row[0].base, size, _first_width(row))


def _first_width(row: Sequence[Glyph]) -> float:
    """How wide the first letter is, or the number or Latin word that may not be broken."""
    end = 0
    while end + 1 < len(row) and row[end].text.isascii() and row[end + 1].text.isascii():
        end += 1
    while end + 1 < len(row) and row[end + 1].text in "，。；：、）”》%":  # may not begin a line
        end += 1
    return row[end].x1 - row[0].x0
