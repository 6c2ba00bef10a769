"""A published document as it was read: texts and tables in reading order, each with its page.

Everything here is foreign text.  Nothing is understood yet: what a table is, what a sentence says, is told
by the package ``published``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from generator.model import Finding

Form = Literal["pdf", "docx", "html", "xlsx", "text"]


@dataclass(frozen=True, slots=True)
class PubText:
    """One paragraph or line.  ``page`` counts from 1; 0 where the format has no pages.

    ``turns``: where the text goes on on another page, as (offset, page).  ``size`` is the height of the
    letters in points (0 where unknown), ``center`` a line with room at both sides, ``style`` what Word or
    HTML call it (``h1`` … ``h6``; empty for body text).
    """

    text: str
    page: int = 0
    turns: tuple[tuple[int, int], ...] = ()
    size: float = 0
    center: bool = False
    style: str = ""

    def page_at(self, offset: int) -> int:
        """The page on which a character stands."""
        page = self.page
        for start, number in self.turns:
            if offset >= start:
                page = number
        return page


@dataclass(frozen=True, slots=True)
class PubCell:
    """A cell of a table.  ``row`` and ``column`` count from 0 over the whole table."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    page: int = 0


@dataclass(frozen=True)
class PubTable:
    """A table, put together over its pages.  Rows are full: a place covered by a merged cell is ``""``.

    ``heads``: how many first rows came again on a following page (0 where unknown).
    """

    rows: tuple[tuple[str, ...], ...]
    cells: tuple[PubCell, ...]
    pages: tuple[int, ...] = ()
    row_pages: tuple[int, ...] = ()
    heads: int = 0
    name: str = ""  # the sheet it stood on

    @property
    def page(self) -> int:
        return self.pages[0] if self.pages else 0

    @property
    def width(self) -> int:
        return max((len(r) for r in self.rows), default=0)

    def covering(self) -> dict[tuple[int, int], PubCell]:
        """Every place with the cell that covers it."""
        return {
            (r, c): cell
            for cell in self.cells
            for r in range(cell.row, cell.row + cell.rowspan)
            for c in range(cell.column, cell.column + cell.colspan)
        }


PubBlock = PubText | PubTable


@dataclass
class Publication:
    """One document.  ``findings`` say what could not be read; ``pictures`` are pages that hold only a picture,
    ``blanks`` pages that hold nothing."""

    name: str
    form: Form = "pdf"
    blocks: list[PubBlock] = field(default_factory=list)
    pages: int = 0
    blanks: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def texts(self) -> Iterator[PubText]:
        return (b for b in self.blocks if isinstance(b, PubText))

    def tables(self) -> Iterator[PubTable]:
        return (b for b in self.blocks if isinstance(b, PubTable))
