"""Tables known by what they hold: which table some rows are, which columns are which, where head, total and body stand.

Works on rows of text from any source (a workbook, a Word file, a PDF, a web page).  Nothing is guessed: a table
that could be two is said to be in doubt, a column that nothing names is said to lack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generator.files import as_text, norm, parse_code
from generator.packs import TableSpec
from generator.packs import parse_grid as parse
from generator.workbook._layout import Layout, Rows, layout_of
from generator.workbook._words import bare, title_alike

SURE, ENOUGH = 0.75, 0.5
NUMBER_WORDS = re.compile(r"[^\W\d_]*0?(\d{1,2})表?")


@dataclass(frozen=True)
class Known:
    """Some rows recognised as a table.  ``score``: how well they fit; ``named``: the number or title stands there."""

    spec: TableSpec
    layout: Layout
    score: float
    named: float


# ------------------------------------------------------------------ one table


def recognise(rows: Rows, specs: Iterable[TableSpec], name: str = "") -> list[Known]:
    """The tables that some rows can be, the most likely first.  ``name``: of the sheet, where there is one."""
    found = [known for spec in specs if (known := _known(rows, spec, name)) is not None]
    return sorted(found, key=lambda k: -k.score)


def in_doubt(found: Sequence[Known]) -> bool:
    """Whether rows can be two tables, and nothing says which."""
    return len(found) > 1 and found[0].score - found[1].score < 0.05 and max(k.named for k in found[:2]) < 0.9


def _known(rows: Rows, spec: TableSpec, name: str) -> Known | None:
    layout = layout_of(rows, spec)
    named = _named(rows, spec, name, layout.top if layout else 12)
    if layout is None:
        return None
    cover = layout.cover
    if spec.body:
        cover = 0.5 * cover + 0.5 * _body_cover(rows, spec, layout)
    elif spec.rows in ("functional", "economic"):
        cover *= _family(rows, spec, layout)
    if cover < (ENOUGH if named >= 0.8 else SURE):
        return None
    return Known(spec, layout, cover + named, named)


def _named(rows: Rows, spec: TableSpec, name: str, top: int) -> float:
    """How clearly the number or the title of a table stands in its name or above it."""
    said = [name, *(as_text(v) for row in rows[: max(top, 1)] for v in row)]
    number = norm(spec.number)
    if norm(name) == number or any(norm(w) == number for w in said[1:]):
        return 1
    titles = max((title_alike(spec.title, w) for w in said if 3 < len(w) < 80), default=0)
    return max(titles, 0.9 if _numbered(name, spec.number) else 0)


def _numbered(name: str, number: str) -> bool:
    """Whether a sheet's name holds the number of a table: GK03, 公开03表（新）, 3.支出决算表."""
    wanted = NUMBER_WORDS.fullmatch(norm(number))
    prefix = re.sub(r"\d.*", "", norm(number))
    found = re.search(r"(?<!\d)0?(\d{1,2})(?!\d)", norm(name))
    shaped = (prefix and prefix in norm(name)) or "GK" in name.upper()
    return bool(wanted and found and shaped and int(found[1]) == int(wanted[1]))


def _body_cover(rows: Rows, spec: TableSpec, layout: Layout) -> float:
    """How many of the lines that a table must have stand in it."""
    wanted = _labels(spec.body)
    if not wanted:
        return layout.cover
    here = {bare(as_text(v)) for row in rows[layout.start :] for v in row if isinstance(v, str) and v.strip()}
    here |= {as_text(v) for row in rows[layout.start :] for v in row if isinstance(v, int)}
    return len(wanted & here) / len(wanted)


@lru_cache(maxsize=256)
def _labels(body: str) -> frozenset[str]:
    grid = parse(body)
    words = (bare(c.text) for c in grid.cells() if c.text)
    return frozenset(w for w in words if len(w) > 1 and not (w.isdigit() and len(w) < 3))


def _family(rows: Rows, spec: TableSpec, layout: Layout) -> float:
    """Whether the codes are of the kind that a table has: subjects by function begin with 2, by economy with 3 or 5."""
    codes = [
        parse_code(rows[r][layout.codes[0]])[:1]
        for r in range(layout.start, len(rows))
        if layout.codes and len(rows[r]) > layout.codes[0]
    ]
    first = [c for c in codes if c in ("2", "3", "5")]
    wanted = "2" if spec.rows == "functional" else "35"
    return 1 if not first or sum(c in wanted for c in first) * 2 >= len(first) else 0.3


# ------------------------------------------------------------------ several tables


@dataclass(frozen=True)
class Assigned:
    """Which of some tables are which: by the id of the pack, the place and what was recognised there.

    ``doubled``: other places that claim to be a table as well; ``doubtful``: places that can be several tables.
    """

    found: Mapping[str, tuple[int, Known]]
    doubled: Mapping[str, tuple[int, ...]]
    doubtful: Mapping[int, tuple[TableSpec, ...]]


def assign(tables: Sequence[tuple[str, Rows]], specs: Sequence[TableSpec], least: Sequence[int] = ()) -> Assigned:
    """Which table of a pack each of some tables is.  ``least``: places that are taken only where nothing else is."""
    known = [recognise(rows, specs, name) for name, rows in tables]
    doubtful = {k: tuple(x.spec for x in found[:2]) for k, found in enumerate(known) if in_doubt(found)}
    claims = [
        (k in least, worn(tables[k][0]), -x.score, k, x)
        for k, found in enumerate(known)
        if k not in doubtful
        for x in found[:1]
    ]
    claims += [
        (k in least, worn(tables[k][0]), 10 - x.score, k, x)
        for k, found in enumerate(known)
        if k not in doubtful
        for x in found[1:]
        if x.named < 0.9 and found[0].named < 0.9
    ]
    taken: dict[str, tuple[int, Known]] = {}
    used: set[int] = set()
    doubled: dict[str, list[int]] = {}
    for _, _, rank, k, x in sorted(claims, key=lambda c: c[:4]):
        if x.spec.id in taken:
            if rank < 0 and taken[x.spec.id][0] != k:
                doubled.setdefault(x.spec.id, []).append(k)
            continue
        if k not in used:
            taken[x.spec.id] = (k, x)
            used.add(k)
    return Assigned(taken, {i: tuple(v) for i, v in doubled.items()}, doubtful)


WORN = re.compile(r"旧|作废|备份|副本|草稿|过程|不用|勿用|老版|copy|old|bak|\(\d+\)$|-\d+$", re.IGNORECASE)


def worn(name: str) -> bool:
    """Whether a sheet's name says that it is a copy or an old one."""
    return WORN.search(norm(name)) is not None
