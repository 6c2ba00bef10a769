"""The pipe grid: how packs write the headers and bodies of tables as plain text.

One line is one row, ``|`` parts the cells, ``<`` continues the cell at the left, ``^`` the cell
above.  ``{id}`` alone in a cell is a slot; anything else is text.  The words are data: this module
knows no table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

SLOT = re.compile(r"\{([A-Za-z_][\w.]*|\d+)(?::(\w+))?\}$")


class GridError(ValueError):
    """A grid that is no rectangle or merges nothing.  The message is Chinese, for pack writers."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the grid at ``(row, column)`` with its spans.

    ``slot`` is the id between braces (empty for text) and ``kind`` what follows its colon.
    """

    row: int
    column: int
    text: str
    slot: str = ""
    kind: str = ""
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A rectangle of cells.  ``rows[i]`` holds the cells that begin in row ``i``."""

    rows: tuple[tuple[GridCell, ...], ...]
    width: int
    covering: Mapping[tuple[int, int], GridCell] = field(repr=False, compare=False)

    def cells(self) -> list[GridCell]:
        return [cell for row in self.rows for cell in row]

    def owner(self, row: int, column: int) -> GridCell | None:
        """The cell that covers a place."""
        return self.covering.get((row, column))

    def text_at(self, row: int, column: int) -> str:
        """The text that covers a place (merged cells count for all the places they cover)."""
        cell = self.owner(row, column)
        return cell.text if cell else ""


def split(line: str) -> list[str]:
    """The raw cells of one line."""
    return [part.strip() for part in line.split("|")]


@lru_cache(maxsize=1024)
def parse(text: str) -> Grid:
    """Read a pipe grid.  Raises :class:`GridError` with the line that is wrong."""
    raw = [split(line) for line in text.strip("\n").splitlines() if line.strip()]
    return build(raw)


def build(raw: list[list[str]]) -> Grid:
    """Merge the raw cells of rows into a :class:`Grid`."""
    width = max((len(row) for row in raw), default=0)
    for number, row in enumerate(raw, 1):
        if len(row) != width:
            raise GridError(f"第{number}行有{len(row)}格，其余行有{width}格，请补齐“|”")
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for i, row in enumerate(raw):
        for j, text in enumerate(row):
            if text == "<":
                if j == 0:
                    raise GridError(f"第{i + 1}行第1格不能是“<”，左边没有格可并")
                owner[i, j] = owner[i, j - 1]
            elif text == "^":
                if i == 0:
                    raise GridError(f"第1行第{j + 1}格不能是“^”，上面没有格可并")
                owner[i, j] = owner[i - 1, j]
            else:
                owner[i, j] = (i, j)
    covered: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, head in owner.items():
        covered.setdefault(head, []).append(place)
    rows: list[list[GridCell]] = [[] for _ in raw]
    covering: dict[tuple[int, int], GridCell] = {}
    for (i, j), places in sorted(covered.items()):
        height = max(p[0] for p in places) - i + 1
        breadth = max(p[1] for p in places) - j + 1
        if height * breadth != len(places):
            raise GridError(f"第{i + 1}行第{j + 1}格“{raw[i][j]}”合并的区域不是矩形")
        match = SLOT.match(raw[i][j])
        words, slot, kind = ("", match[1], match[2] or "") if match else (raw[i][j], "", "")
        cell = GridCell(i, j, words, slot, kind, breadth, height)
        rows[i].append(cell)
        covering |= dict.fromkeys(places, cell)
    return Grid(tuple(tuple(r) for r in rows), width, covering)
