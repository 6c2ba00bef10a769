"""What must add up inside one table: columns to their total, 项 to 款 to 类, lines to 合计 and 总计.

Nothing is taken from the name of a table: the head says which columns belong to which total, the codes say what
is part of what.  A relation that most rows of a table do not keep was not understood, and is left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from generator.checks import Result, judge
from generator.model import Figure, total
from generator.packs import CheckSpec
from generator.published import Column, ReadTable, Row, Vocabulary
from generator.published import cell_label as labelled

MEASURES = ("预算数", "决算数")
TRUST = 0.6  # the share of rows that may break a relation of a known table
DOUBT = 0.34


def spec(kind: str, title: str, table: str, relation: str = "=") -> CheckSpec:
    return CheckSpec(id=kind, title=title, relation=relation, table=table)  # type: ignore[arg-type]


def sums(table: ReadTable, words: Vocabulary) -> list[Result]:
    """Every relation inside a table, as it came out."""
    if not table.rows:
        return []
    found = [*_across(table, words), *_down(table), *_lines(table, words), *_listed(table, words)]
    return [r for r in found if not (r.left.missing or r.right.missing)]


# ------------------------------------------------------------------ columns


def _across(table: ReadTable, words: Vocabulary) -> Iterator[Result]:
    """合计 of each row = the columns that its head puts under it."""
    for side in sorted({c.side for c in table.columns}):
        for whole, parts in groups(table.amounts(side), words):
            results = [
                r for row in table.rows if row.side == side if (r := _row_sum(table, row, whole, parts)) is not None
            ]
            told = [r for r in results if r.left.value or r.right.value]
            wrong = sum(1 for r in told if r.status.value == "failed")
            if wrong > (TRUST if table.id else DOUBT) * len(told) and len(told) > 1:
                continue
            yield from results


def groups(columns: Sequence[Column], words: Vocabulary) -> list[tuple[Column, list[Column]]]:
    """Each total column with the columns it is made of."""
    out: list[tuple[Column, list[Column]]] = []
    for measure in (*MEASURES, ""):
        trees = [
            (c, _trunk(c, measure)) for c in columns if (c.path[-1:] == (measure,) if measure else not _measured(c))
        ]
        for whole, path in trees:
            if not path or words.column(path[-1]) != "合计":
                continue
            stem = path[:-1]
            parts = _children(trees, whole, stem, words)
            if len(parts) > 1 and not _some_only(parts, words):
                out.append((whole, parts))
    return out


def _some_only(parts: Sequence[Column], words: Vocabulary) -> bool:
    """Some columns of a set that is whole only together."""
    said = {t for c in parts for t in c.terms}
    return any(0 < len(said & set(e["columns"])) < len(e["columns"]) for e in words.raw.get("together", ()))


def _measured(column: Column) -> bool:
    return len(column.path) > 1 and column.path[-1] in MEASURES


def _trunk(column: Column, measure: str) -> tuple[str, ...]:
    return column.path[:-1] if measure else column.path


def _children(
    trees: Sequence[tuple[Column, tuple[str, ...]]], whole: Column, stem: tuple[str, ...], words: Vocabulary
) -> list[Column]:
    """The columns right below a stem: leaves, and of each group its own total."""
    inner: dict[str, list[tuple[Column, tuple[str, ...]]]] = defaultdict(list)
    for column, path in trees:
        if column is not whole and path[: len(stem)] == stem and len(path) > len(stem):
            inner[path[len(stem)]].append((column, path))
    out: list[Column] = []
    for members in inner.values():
        leaves = [c for c, p in members if len(p) == len(stem) + 1]
        totals = [c for c, p in members if len(p) == len(stem) + 2 and words.column(p[-1]) == "合计"]
        if leaves:
            out += leaves
        elif totals:
            out += totals
        else:
            out += [c for c, _ in members]
    return out


def _row_sum(table: ReadTable, row: Row, whole: Column, parts: Sequence[Column]) -> Result | None:
    figures = [row.figures[c.index] for c in parts if c.index in row.figures]
    left = row.figures.get(whole.index)
    if left is None or len(figures) != len(parts) or (left.blank and all(f.blank for f in figures)):
        return None
    names = "＋".join(c.label for c in parts)
    made = spec("across", f"{whole.label}＝{names}", table.ref)
    right = total(figures)
    return Result(made, judge(made, left, right), labelled(table, row, whole), left, right)


# ------------------------------------------------------------------ codes


def _down(table: ReadTable) -> Iterator[Result]:
    """类 = Σ款, 款 = Σ项, a unit = Σ its 类, 合计 = Σ of the topmost rows, in every column."""
    if not table.coded:
        return
    together = len({r.side for r in table.rows}) > 1 and all(
        len(table.amounts(s)) == 1 for s in {r.side for r in table.rows}
    )
    for column_of in _measures(table, together):
        rows = [
            (r, r.figures[c.index], c) for r in table.rows if (c := column_of(r)) is not None and c.index in r.figures
        ]
        yield from _tree(table, rows)


def _measures(table: ReadTable, together: bool) -> Iterator[Callable[[Row], Column | None]]:
    if together:
        one = {s: table.amounts(s)[0] for s in {r.side for r in table.rows}}
        yield lambda row: one.get(row.side)
        return
    for column in table.amounts():
        yield partial(_on_side, column)


def _on_side(column: Column, row: Row) -> Column | None:
    return column if row.side == column.side else None


def _tree(table: ReadTable, rows: Sequence[tuple[Row, Figure, Column]]) -> Iterator[Result]:
    subjects = [(r, f, c) for r, f, c in rows if r.kind == "subject"]
    units = [(r, f, c) for r, f, c in rows if r.kind == "unit"]
    if len({r.code for r, _, _ in subjects}) < len(subjects) and not units:
        yield from ()  # a code that stands twice: which one counts cannot be told
        return
    for unit, members in _by_unit(subjects, units):
        for row, figure, column in members:
            children = _below(row, members)
            if children:
                yield _sum(table, "below", f"{_named(row)}＝下级科目之和", row, column, figure, children)
        tops = _topmost(members)
        if unit is not None and tops:
            yield _sum(table, "classes", f"{unit[0].label}＝各类之和", unit[0], unit[2], unit[1], tops)
    whole = [(r, f, c) for r, f, c in rows if r.kind == "total" and r.key == "∑"]
    if len(whole) == 1:
        parts = _top_units(units) or _topmost(subjects)
        row, figure, column = whole[0]
        if parts and not (figure.blank and all(p.blank for p in parts)):
            yield _sum(table, "classes", "合计＝各类之和", row, column, figure, parts)


def _named(row: Row) -> str:
    return f"{row.code}{row.label}"


def _sum(
    table: ReadTable, kind: str, title: str, row: Row, column: Column, left: Figure, parts: Sequence[Figure]
) -> Result:
    made = spec(kind, title, table.ref)
    right = total(parts)
    return Result(made, judge(made, left, right), labelled(table, row, column), left, right)


def _by_unit(
    subjects: Sequence[tuple[Row, Figure, Column]], units: Sequence[tuple[Row, Figure, Column]]
) -> Iterator[tuple[tuple[Row, Figure, Column] | None, list[tuple[Row, Figure, Column]]]]:
    """The subjects of each budget unit; all of them where the table has no units."""
    if not units:
        yield None, list(subjects)
        return
    starts = sorted(units, key=lambda u: u[0].index)
    for k, unit in enumerate(starts):
        end = starts[k + 1][0].index if k + 1 < len(starts) else 10**9
        members = [s for s in subjects if unit[0].index < s[0].index < end]
        if members:
            yield unit, members


def _below(row: Row, members: Sequence[tuple[Row, Figure, Column]]) -> list[Figure]:
    inner = [(r, f) for r, f, _ in members if r.code.startswith(row.code) and len(r.code) > len(row.code)]
    nearest = min((len(r.code) for r, _ in inner), default=0)
    return [f for r, f in inner if len(r.code) == nearest]


def _topmost(members: Sequence[tuple[Row, Figure, Column]]) -> list[Figure]:
    codes = {r.code for r, _, _ in members}
    return [f for r, f, _ in members if not any(c != r.code and r.code.startswith(c) for c in codes)]


def _top_units(units: Sequence[tuple[Row, Figure, Column]]) -> list[Figure]:
    codes = {r.code for r, _, _ in units}
    return [f for r, f, _ in units if not any(c != r.code and r.code.startswith(c) for c in codes)]


# ------------------------------------------------------------------ lines


def _lines(table: ReadTable, words: Vocabulary) -> Iterator[Result]:
    """本年合计 = Σ lines above, 总计 = 本年合计 + lines below, a line = Σ its parts; 总计 of both sides."""
    known = words.known(table.id)
    if known is None or known.rows not in ("sides", "labels"):
        return
    wholes: dict[int, tuple[Row, Figure]] = {}
    for side in sorted({r.side for r in table.rows}):
        rows = [r for r in table.rows if r.side == side]
        if len(rows) < 2:
            continue
        if known.rows == "labels" and sum(1 for r in rows if any(w.id == r.key for w in words.lines)) < 2:
            continue  # its rows are offices, not lines
        for column in table.amounts(side):
            yield from _side(table, rows, column, words)
        grand = [r for r in rows if r.key in ("总计", "合计") and r.kind == "total"]
        columns = table.amounts(side)
        if len(grand) == 1 and known.rows == "sides" and columns and columns[0].index in grand[0].figures:
            wholes[side] = (grand[0], grand[0].figures[columns[0].index])
    sides = list(wholes.values())
    for row, figure in sides[1:]:
        first = sides[0][1]
        made = spec("sides", "收入总计＝支出总计", table.ref)
        yield Result(made, judge(made, first, figure), row.label, first, figure)


def _side(table: ReadTable, rows: Sequence[Row], column: Column, words: Vocabulary) -> Iterator[Result]:
    """One column of one side."""
    ranked = list(_ranked(rows, words))
    tops: list[tuple[Row, Figure, list[Figure]]] = []
    after: list[tuple[Row, Figure, list[Figure]]] = []
    year: tuple[Row, Figure] | None = None
    grand: tuple[Row, Figure] | None = None
    for row, rank in ranked:
        figure = row.figures.get(column.index)
        if figure is None:
            continue
        if rank == "year":
            year = (row, figure)
        elif rank == "grand":
            grand = grand or (row, figure)
        elif rank == "after":
            after.append((row, figure, []))
        elif rank == "part":
            holder = after or tops
            if holder:
                holder[-1][2].append(figure)
        else:
            tops.append((row, figure, []))
    for row, figure, parts in (*tops, *after):
        if any(not p.blank for p in parts) and len(parts) > 1:
            yield _sum(table, "lines", f"{row.label}＝其中各项之和", row, column, figure, parts)
    own = [f for _, f, _ in tops]
    if year is not None and own:
        yield _sum(table, "lines", f"{year[0].label}＝以上各项之和", year[0], column, year[1], own)
    if grand is not None:
        parts = ([year[1]] if year else own) + [f for _, f, _ in after]
        if parts and not (grand[1].blank and all(p.blank for p in parts)):
            name = "＋".join(([year[0].label] if year else ["各项"]) + [r.label for r, _, _ in after])
            yield _sum(table, "lines", f"{grand[0].label}＝{name}", grand[0], column, grand[1], parts)


LEVELS = (
    r"[一二三四五六七八九十]+[、.．]",
    r"[(（][一二三四五六七八九十]+[)）]",
    r"\d+[、.．]",
    r"[(（]\d+[)）]",
    r"[①-⑳]",
)


def _level(numbering: str) -> int:
    return next((k for k, p in enumerate(LEVELS) if re.match(p, numbering)), -1)


def _ranked(rows: Iterable[Row], words: Vocabulary) -> Iterator[tuple[Row, str]]:
    """Each line as line, part, year's total, what comes after it, or grand total."""
    rows = [r for r in rows if r.key]
    levels = [lv for r in rows if (lv := _level(r.numbering)) >= 0]
    top = levels[0] if levels else -1
    below = False
    for row in rows:
        if row.key == "总计" or (row.kind == "total" and row.key == "合计"):
            yield row, "grand"
        elif row.key == "本年合计":
            below = True
            yield row, "year"
        elif words.after(row.key):
            below = True
            yield row, "after"
        elif below or row.kind == "part" or (top >= 0 and _level(row.numbering) != top):
            yield row, "part"
        else:
            yield row, "line"


def _listed(table: ReadTable, words: Vocabulary) -> Iterator[Result]:
    """Lines that are the sum of some codes: 人员经费合计 = 301 + 303."""
    for entry in words.raw.get("sum", ()):
        if entry.get("table") != table.id:
            continue
        lines = [r for r in table.rows if r.key == entry["line"] and r.kind in ("line", "total")]
        for row in lines:
            column = next(iter(table.amounts(row.side)), None)
            figure = row.figures.get(column.index) if column else None
            if column is None or figure is None or figure.blank or len(table.amounts(row.side)) != 1:
                continue
            wanted = [r for r in table.rows if r.kind == "subject" and r.code in entry["codes"]]
            parts = [f for r in wanted for c in table.amounts(r.side)[:1] if (f := r.figures.get(c.index)) is not None]
            if parts:
                yield _sum(table, "lines", f"{row.label}＝有关各类之和", row, column, figure, parts)
