"""Where the parts of a table stand in some rows: its header of whatever height, its columns, its codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from generator.files import as_text, norm, parse_code, unit_line
from generator.packs import Grid, TableSpec
from generator.packs import parse_grid as parse
from generator.workbook._words import CODE, LEVELS, NAME, alike, bare, path_alike

Rows = Sequence[Sequence[Any]]
HEAD_ROWS = 40  # a header begins within them
HEIGHT = 9  # and is not higher
SAME = 0.6  # from here on two headings are the same
TOTAL = re.compile(r"(?:合计|总计)$")
FIGURE = re.compile(r"[-+]?[\d,]{1,24}(?:\.\d{1,12})?")
CODE_CELL = re.compile(r"\d{1,11}")


@dataclass(frozen=True)
class Layout:
    """Where the parts of a table stand; rows and columns count from 0.

    ``columns``: the column of each column of the pack's header.  ``codes``: where the subject code stands, several
    columns where 类, 款 and 项 are apart.  ``heads``: rows below ``start`` that hold headings (a second head in the
    row of the total).  ``unknown``: headings that no column of the table has; ``lacking``: columns not found.
    """

    top: int
    start: int
    columns: Mapping[int, int] = field(default_factory=dict)
    codes: tuple[int, ...] = ()
    name: int = -1
    heads: frozenset[int] = frozenset()
    unknown: tuple[str, ...] = ()
    lacking: tuple[int, ...] = ()
    cover: float = 0.0


def layout_of(rows: Rows, spec: TableSpec) -> Layout | None:
    """Where the parts of a table stand; nothing where its header does not."""
    grid = parse(spec.header)
    wanted = _paths(grid)
    best: Layout | None = None
    weight = 0.0
    for top, bottom in _blocks(rows, grid):
        made = _lay(rows, spec, grid, wanted, top, bottom)
        if made is not None and (best is None or made[0] > weight + 1e-9):
            weight, best = made
    return best


def _paths(grid: Grid) -> list[tuple[str, ...]]:
    """The headings above each column of a header, from above down; none for a column that only continues the
    lowest heading at its left."""
    out: list[tuple[str, ...]] = []
    for column in range(grid.width):
        cells = [c for r in range(len(grid.rows)) if (c := grid.owner(r, column)) and _is_heading(norm(c.text))]
        goes_on = bool(cells) and cells[-1].column != column
        out.append(() if goes_on else tuple(dict.fromkeys(norm(c.text) for c in cells)))
    return out


def _is_heading(text: str) -> bool:
    return bool(text) and not text.isdigit() and text != "栏次"


def _blocks(rows: Rows, grid: Grid) -> list[tuple[int, int]]:
    """Where a header may stand: first and last row, by the words in it."""
    words = {bare(c.text) for c in grid.cells() if c.text and not norm(c.text).isdigit()} - {"", "栏次"}
    hits = []
    for row in rows[: HEAD_ROWS + HEIGHT]:
        texts = [t for v in row if isinstance(v, str) and (t := v.strip()) and "单位" not in t[:5] and not unit_line(t)]
        figures = sum(1 for v in row if is_figure(v))
        found = sum(1 for t in texts if bare(t) in words or any(alike(w, t) for w in words))
        hits.append(0 if figures and found <= figures and not ordinals(row) else found)
    out = []
    for top, count in enumerate(hits[:HEAD_ROWS]):
        if not count or (top and hits[top - 1]):
            continue
        last = max(k for k in range(top, min(top + HEIGHT, len(hits))) if hits[k])
        out += [(top, b) for b in range(top, last + 1) if hits[b]]
    return out


def is_figure(value: object) -> bool:
    if isinstance(value, str):
        return FIGURE.fullmatch(value.strip()) is not None
    return value not in ("", None) and not isinstance(value, bool)


def ordinals(row: Sequence[Any]) -> bool:
    """The row of numbers below a header: 栏次 1 2 3 …"""
    texts = [norm(v) for v in row]
    numbers = [int(t) for t in texts if t.isdigit() and len(t) < 3]
    others = [t for t in texts if t and not (t.isdigit() and len(t) < 3)]
    counted = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (1, 2)
    if not counted or any(o not in ("栏次", *LEVELS, "项目", "合计", "甲", "乙") for o in others):
        return False
    return "栏次" in others or "行次" in others or (len(numbers) > 1 and numbers[0] == 1 and "合计" not in others)


def _lay(
    rows: Rows, spec: TableSpec, grid: Grid, wanted: list[tuple[str, ...]], top: int, bottom: int
) -> tuple[float, Layout] | None:
    width = max((len(r) for r in rows[top : bottom + 1]), default=0)
    seen = sheet_paths(rows, top, bottom, width)
    columns, weight = _matched(wanted, seen)
    figures = _figure_columns(spec)
    needed = [c for c in range(grid.width) if c in figures] or list(range(grid.width))
    cover = sum(1 for c in needed if c in columns) / max(len(needed), 1)
    if cover < 0.34:
        return None
    start = bottom + 1
    heads: set[int] = set()
    if any(
        TOTAL.search(norm(v)) for v in _labels_of(rows, bottom, columns, figures)
    ):  # a second head in the total's row
        if any(is_figure(v) for v in rows[bottom]):
            start = bottom
        heads.add(bottom)
    while start < len(rows) and start not in heads and _above_body(rows, start):
        start += 1
    codes, name = _label_columns(rows, spec, seen, columns, figures, start)
    used = {*columns.values(), *codes, name}
    unknown = tuple(
        s[-1] for k, s in enumerate(seen) if s and k not in used and s[-1] not in LEVELS and s[-1] != "项目"
    )
    lacking = tuple(c for c in range(grid.width) if c not in columns and (c in figures or not spec.rows))
    return weight, Layout(top, start, columns, codes, name, frozenset(heads), unknown, lacking, cover)


def _above_body(rows: Rows, row: int) -> bool:
    """The row of numbers below a header, and what a higher header leaves empty above it."""
    if ordinals(rows[row]):
        return True
    blank = not any(as_text(v) for v in rows[row])
    return blank and row + 1 < len(rows) and _above_body(rows[: row + 9], row + 1)


def _labels_of(rows: Rows, row: int, columns: Mapping[int, int], figures: frozenset[int]) -> list[str]:
    first = min((k for c, k in columns.items() if c in figures), default=0)
    return [as_text(v) for v in rows[row][:first]]


@lru_cache(maxsize=512)
def _slots(shape: str) -> tuple[tuple[int, str, str], ...]:
    return tuple((c.column, c.slot, c.kind) for c in parse(shape).cells() if c.slot)


def _figure_columns(spec: TableSpec) -> frozenset[int]:
    """The columns of a header below which figures (or words to fill in) stand, not codes and names."""
    if spec.rows:
        shape = _slots(spec.row or spec.total)
        return frozenset(
            c for c, slot, kind in shape if slot not in ("code", "codename", "n") and (slot != "name" or kind == "text")
        )
    return frozenset(c for c, _, _ in _slots(spec.body))


def sheet_paths(rows: Rows, top: int, bottom: int, width: int) -> list[tuple[str, ...]]:
    """The headings above each column of a sheet; a heading over several columns stands in the first of them."""
    texts = [[norm(rows[r][c]) if c < len(rows[r]) else "" for c in range(width)] for r in range(top, bottom + 1)]
    lowest = [max((k for k, line in enumerate(texts) if line[c]), default=-1) for c in range(width)]
    out = []
    for column in range(width):
        path: list[str] = []
        for k, line in enumerate(texts):
            text = line[column]
            if not text and lowest[column] > k:  # below a heading that reaches over from the left
                owner = next((c for c in range(column - 1, -1, -1) if line[c]), -1)
                own = owner >= 0 and lowest[owner] > k
                parted = any(texts[j][c] for j in range(k) for c in range(owner + 1, column + 1))
                text = line[owner] if own and not parted else ""
            if _is_heading(text) and text not in path:
                path.append(text)
        out.append(tuple(path))
    return out


def _matched(wanted: list[tuple[str, ...]], seen: list[tuple[str, ...]]) -> tuple[dict[int, int], float]:
    """Columns of the pack to columns of the sheet: the best order-preserving match, then what is left and sure."""
    n, m = len(wanted), len(seen)
    weight = [[path_alike(w, s) for s in seen] for w in wanted]
    table = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            table[i][j] = max(table[i + 1][j], table[i][j + 1])
            if weight[i][j] >= SAME:
                table[i][j] = max(table[i][j], table[i + 1][j + 1] + weight[i][j])
    out: dict[int, int] = {}
    i = j = 0
    while i < n and j < m:
        if weight[i][j] >= SAME and abs(table[i][j] - table[i + 1][j + 1] - weight[i][j]) < 1e-9:
            out[i] = j
            i, j = i + 1, j + 1
        elif table[i][j] == table[i + 1][j]:
            i += 1
        else:
            j += 1
    for i in range(n):
        if i not in out:
            free = [j for j in range(m) if j not in out.values() and weight[i][j] >= 0.9]
            if len(free) == 1 and sum(weight[k][free[0]] >= 0.9 for k in range(n) if k not in out) == 1:
                out[i] = free[0]
    total = sum(weight[i][j] for i, j in out.items())
    for i in range(1, n):
        if not wanted[i] and i - 1 in out:
            out[i] = out[i - 1] + 1
    return out, total


def _label_columns(
    rows: Rows,
    spec: TableSpec,
    seen: list[tuple[str, ...]],
    columns: dict[int, int],
    figures: frozenset[int],
    start: int,
) -> tuple[tuple[int, ...], int]:
    """Where codes and names stand in a table with rows by subject."""
    if not spec.rows:
        return (), -1
    slots = {slot: column for column, slot, _ in _slots(spec.row or spec.total)}
    first = min((k for c, k in columns.items() if c in figures), default=len(seen))
    left = list(range(first))
    if "codename" in slots:
        at = columns.get(slots["codename"], left[-1] if left else 0)
        return (at,), at
    if spec.rows == "list":
        return tuple(columns[slots[s]] for s in ("code",) if slots.get(s) in columns), columns.get(
            slots.get("name", -1), -1
        )
    leaves = {k: seen[k][-1] for k in left if seen[k]}
    levels = [k for k in left if leaves.get(k) in LEVELS]
    name = next((k for k in left if bare(leaves.get(k, "")) in NAME), -1)
    if levels:
        codes = levels
    else:
        share = {k: _code_share(rows, k, start) for k in left if k != name}
        named = [k for k in left if bare(leaves.get(k, "")) in CODE]
        codes = [k for k in left if share.get(k, 0) > 0.6 and _narrow(k, named) and _may_be_code(leaves.get(k, ""))]
        if named and named[0] not in codes and share.get(named[0], 0) == 0:
            codes = named[:1]
        codes = codes or named[:1]
    if name < 0:
        rest = [k for k in left if k not in codes]
        name = next(
            (k for k in reversed(rest) if any(_words(rows, r, k) for r in range(start, len(rows)))),
            rest[-1] if rest else -1,
        )
    if name < 0 and codes:
        name = codes[-1]
    return tuple(codes), name


def _may_be_code(heading: str) -> bool:
    return not heading or bare(heading) in CODE or heading in (*LEVELS, "项目", "科目")


def _narrow(column: int, named: list[int]) -> bool:
    """Whether a column of digits may be part of a code: below its heading, or right beside it."""
    return not named or column in named or any(column - k in (1, 2) for k in named)


def _words(rows: Rows, row: int, column: int) -> bool:
    value = rows[row][column] if column < len(rows[row]) else ""
    return isinstance(value, str) and bool(value.strip()) and not value.strip().isdigit()


def _code_share(rows: Rows, column: int, start: int) -> float:
    """How many of the filled cells of a column hold digits only."""
    filled = [as_text(r[column]) for r in rows[start:] if column < len(r) and as_text(r[column])]
    codes = sum(1 for t in filled if CODE_CELL.fullmatch(norm(t)))
    return codes / len(filled) if filled else 0


def code_parts(row: Sequence[Any], codes: Sequence[int], last: Sequence[str] = ()) -> tuple[str, ...]:
    """The parts of a code spread over columns, each two digits but the first; whole codes in every column as well."""
    if len(codes) == 1:
        found = parse_code(row[codes[0]]) if codes[0] < len(row) else ""
        return (found,) if found else ()
    given = [parse_code(row[c]) if c < len(row) else "" for c in codes]
    deepest = next((k for k in range(len(given) - 1, -1, -1) if given[k]), -1)
    if deepest < 0:
        return ()
    parts: list[str] = []
    for k in range(deepest + 1):
        part = given[k]
        whole = "".join(parts)
        if not part:
            if k < len(last):
                parts.append(last[k])
                continue
            return ()
        if whole and len(part) > 2 and part.startswith(whole):
            part = part[len(whole) :]
        parts.append(part if k == 0 else part.zfill(2))
    return tuple(parts)
