"""Ruled lines to tables: every closed cell, merged ones once, with the letters that stand in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.files.published._pdf_lines import heights, text_of, words
from generator.files.published._pdf_page import Glyph, PageContent, Rule
from generator.files.published.model import PubCell

NEAR = 2.5  # lines closer than this (pt) are one
REACH = 3.5  # how far a line may end short of the one it meets
AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?")


@dataclass
class Grid:
    """A table of one page: its edges, and its cells with their text."""

    xs: list[float]
    ys: list[float]
    cells: list[PubCell] = field(default_factory=list)
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def holds(self, glyph: Glyph) -> bool:
        x0, y0, x1, y1 = self.box
        return x0 - 1 <= (glyph.x0 + glyph.x1) / 2 <= x1 + 1 and y0 - 1 <= glyph.middle <= y1 + 1


def grids(page: PageContent) -> list[Grid]:
    """The ruled tables of a page, from above, with their letters."""
    flat = _joined([r for r in page.rules if r.flat])
    upright = _joined([r for r in page.rules if not r.flat])
    found = [g for part in _touching(flat, upright) if (g := _grid(*part)) is not None]
    found = [g for g in found if not any(o is not g and _inside(g, o) for o in found)]
    if found:
        _share(found, page.glyphs)
    for grid in found:
        _fill(grid, grid.glyphs, page.number)
    return sorted((g for g in found if _is_table(g)), key=lambda g: g.ys[0])


def _share(found: Sequence[Grid], glyphs: Sequence[Glyph]) -> None:
    """Letters to the tables they stand in; a number that begins in a table and runs out of it is not torn."""
    for row in heights(glyphs):
        for word in words(row):
            whole = next((g for g in found if _numeric(word) and any(g.holds(glyph) for glyph in word)), None)
            for glyph in word:
                at = whole or next((g for g in found if g.holds(glyph)), None)
                if at is not None:
                    at.glyphs.append(glyph)


def _is_table(grid: Grid) -> bool:
    """Not a frame around words: several cells, some of them filled."""
    return len(grid.cells) >= 4 and sum(1 for c in grid.cells if c.text) >= 2


def _inside(inner: Grid, outer: Grid) -> bool:
    a, b, c, d = inner.box
    p, q, r, s = outer.box
    return a >= p - 1 and b >= q - 1 and c <= r + 1 and d <= s + 1


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Lines that lie on each other or go on in each other are one."""
    by_place: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if by_place and rule.at - by_place[-1][0].at <= NEAR:
            by_place[-1].append(rule)
        else:
            by_place.append([rule])
    out: list[Rule] = []
    for group in by_place:
        at = sum(r.at * (r.end - r.start) for r in group) / (sum(r.end - r.start for r in group) or 1)
        group.sort(key=lambda r: r.start)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start - end > REACH:
                out.append(Rule(rule.flat, at, start, end))
                start = rule.start
            end = max(end, rule.end) if rule.start - end <= REACH else rule.end
        out.append(Rule(group[0].flat, at, start, end))
    return [r for r in out if r.end - r.start > 4]


def _touching(flat: Sequence[Rule], upright: Sequence[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Groups of lines that meet each other."""
    group = list(range(len(flat) + len(upright)))

    def root(k: int) -> int:
        while group[k] != k:
            group[k] = group[group[k]]
            k = group[k]
        return k

    for i, h in enumerate(flat):
        for j, v in enumerate(upright, len(flat)):
            if v.start - REACH <= h.at <= v.end + REACH and h.start - REACH <= v.at <= h.end + REACH:
                group[root(i)] = root(j)
    members: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, h in enumerate(flat):
        members[root(i)][0].append(h)
    for j, v in enumerate(upright, len(flat)):
        members[root(j)][1].append(v)
    yield from members.values()


def _places(rules: Sequence[Rule]) -> list[float]:
    out: list[float] = []
    for at in sorted(r.at for r in rules):
        if not out or at - out[-1] > NEAR:
            out.append(at)
    return out


def _grid(flat: list[Rule], upright: list[Rule]) -> Grid | None:
    """The cells that some lines enclose.  Open sides are closed where the other lines end."""
    if len(flat) < 2 or not upright:
        return None
    left, right = min(r.start for r in flat), max(r.end for r in flat)
    top, bottom = min(r.at for r in flat), max(r.at for r in flat)
    xs, ys = _places(upright), _places(flat)
    sides = []
    for at in (left, right):
        if (
            all(abs(at - x) > REACH + NEAR for x in xs)
            and sum(abs((r.start if at == left else r.end) - at) < REACH for r in flat) > len(flat) / 2
        ):
            xs.append(at)
            sides.append(Rule(False, at, top, bottom))
    xs.sort()
    upright = [*upright, *sides]
    if len(xs) < 2 or len(ys) < 2:
        return None
    grid = Grid(xs, ys)
    owner = _merged(grid, flat, upright)
    boxes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, name in owner.items():
        boxes[name].append(place)
    for places in boxes.values():
        rows, columns = [p[0] for p in places], [p[1] for p in places]
        r0, c0, height, width = min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
        if height * width == len(places):
            grid.cells.append(PubCell("", r0, c0, height, width))
        else:  # no rectangle: its lines are not closed
            grid.cells += [PubCell("", r, c) for r, c in places]
    grid.cells.sort(key=lambda c: (c.row, c.column))
    return grid


def _merged(grid: Grid, flat: Sequence[Rule], upright: Sequence[Rule]) -> dict[tuple[int, int], int]:
    """Each place of the grid with the number of the cell it belongs to."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    group = list(range(rows * columns))

    def root(k: int) -> int:
        while group[k] != k:
            group[k] = group[group[k]]
            k = group[k]
        return k

    for i in range(rows):
        for j in range(columns):
            if j + 1 < columns and not _covered(upright, grid.xs[j + 1], grid.ys[i], grid.ys[i + 1]):
                group[root(i * columns + j)] = root(i * columns + j + 1)
            if i + 1 < rows and not _covered(flat, grid.ys[i + 1], grid.xs[j], grid.xs[j + 1]):
                group[root(i * columns + j)] = root((i + 1) * columns + j)
    return {(i, j): root(i * columns + j) for i in range(rows) for j in range(columns)}


def _covered(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Whether a line runs along most of a stretch."""
    found = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in rules if abs(r.at - at) <= NEAR)
    return found > 0.6 * (end - start)


# ------------------------------------------------------------------ letters


def _fill(grid: Grid, glyphs: Sequence[Glyph], page: int) -> None:
    """Give each cell its letters: a word stands where its middle is, a number is not torn by a line."""
    owner = {
        (r, c): k
        for k, cell in enumerate(grid.cells)
        for r in _span(cell.row, cell.rowspan)
        for c in _span(cell.column, cell.colspan)
    }
    held: dict[int, list[Glyph]] = defaultdict(list)
    for row in heights(glyphs):
        line = _index(grid.ys, sum(g.middle for g in row) / len(row))
        for word in words(row):
            for piece in _pieces(word, grid.xs):
                at = _index(grid.xs, (piece[0].x0 + piece[-1].x1) / 2)
                for glyph in piece:
                    own = at if _numeric(piece) else _index(grid.xs, (glyph.x0 + glyph.x1) / 2)
                    held[owner[line, own]].append(glyph)
    grid.cells = [
        PubCell("\n".join(text_of(row) for row in heights(held[k])), c.row, c.column, c.rowspan, c.colspan, page)
        for k, c in enumerate(grid.cells)
    ]


def _span(start: int, count: int) -> range:
    return range(start, start + count)


def _index(edges: Sequence[float], at: float) -> int:
    return next((k for k in range(len(edges) - 1) if at < edges[k + 1]), len(edges) - 2)


def _numeric(word: Sequence[Glyph]) -> bool:
    return all(g.text in "0123456789,.-%，．" for g in word)


def _pieces(word: list[Glyph], edges: Sequence[float]) -> list[list[Glyph]]:
    """A run of digits over a line: two amounts where both sides are amounts, else one that is too wide."""
    if not _numeric(word):
        return [word]
    for edge in edges[1:-1]:
        left = [g for g in word if (g.x0 + g.x1) / 2 < edge]
        right = word[len(left) :]
        if left and right and all(AMOUNT.fullmatch("".join(g.text for g in side)) for side in (left, right)):
            whole = AMOUNT.fullmatch("".join(g.text for g in word))
            if not whole:
                return [left, *_pieces(right, edges)]
    return [word]
