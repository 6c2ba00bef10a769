"""Forms of self-evaluation (绩效自评表): 分值 and 得分 add up, no score above its points, none without indicators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from generator.checks.printed.blocks import Grid, Remark, Said

POINTS = ("分值", "权重", "标准分", "满分")
SCORES = ("得分", "指标得分", "自评得分", "评价得分")
SUBTOTAL = re.compile(r"得分小计$|^小计$")
EXECUTION = re.compile(r"执行率得分$")
DEDUCTION = re.compile(r"^减分项$|扣分$")
TOTAL = re.compile(r"总得分$|总评价得分$|^总分$|^合计$|总分$")
INDICATORS = re.compile(r"三级指标")
CENT = Decimal("0.01")
GOAL = re.compile(r"(?:设定|总体|预期)目标$|^(?:全年)?(?:实际)?完成情况$")
FULL = Decimal(100)
OF_EXECUTION = Decimal(10)


@dataclass
class _Scores:
    """What a form says: its rows with points and score, and the sums it prints."""

    rows: list[tuple[Said, Decimal, Said, Decimal]] = field(default_factory=list)
    indicators: int = 0
    asked: bool = False  # there is a head for indicators
    labelled: dict[str, tuple[Said, Decimal]] = field(default_factory=dict)
    total_row: tuple[Said | None, Decimal | None, Said | None, Decimal | None] | None = None


def forms(grids: Iterable[Grid]) -> Iterator[Remark]:
    """What is wrong in every table that has points and scores."""
    for grid in grids:
        found = _read(grid)
        if found is not None:
            yield from _judged(grid, found)
            if found.indicators:
                yield from _goals(grid)


def _goals(grid: Grid) -> Iterator[Remark]:
    """Goals and what became of them are heads with their words below: none is left blank."""
    for number in range(len(grid.rows) - 1):
        for column in range(len(grid.rows[number])):
            head = grid.text(number, column)
            if GOAL.search(head) and grid.rows[number + 1][column] is not None and not grid.text(number + 1, column):
                said = Said(grid.id, grid.title, "cell", under=grid.title)
                yield Remark(said, 0, len(grid.title), "DC-415/goal", {"head": head})


def _read(grid: Grid) -> _Scores | None:
    out = _Scores()
    columns: tuple[int, int] | None = None
    indicating = False
    for number in range(len(grid.rows)):
        texts = [grid.text(number, c) for c in range(len(grid.rows[number]))]
        points = next((k for k, t in enumerate(texts) if t in POINTS), -1)
        scores = next((k for k, t in enumerate(texts) if t in SCORES), -1)
        if points >= 0 and scores >= 0:
            columns = (points, scores)
            indicating = any(INDICATORS.search(t) for t in texts)
            out.asked = out.asked or indicating
        elif columns is not None:
            _take(grid, number, texts, columns, indicating, out)
    return out if columns is not None else None


def _take(grid: Grid, number: int, texts: list[str], columns: tuple[int, int], indicating: bool, out: _Scores) -> None:
    cells = grid.rows[number]
    at_points, at_scores = (cells[c] if c < len(cells) else None for c in columns)
    points, score = (number_of(c.text) if c else None for c in (at_points, at_scores))
    first = next((t for t in texts if t), "")
    if TOTAL.search(first) and (points is not None or score is not None):
        out.total_row = (at_points, points, at_scores, score)
        return
    labels = [(k, t) for k, t in enumerate(texts) if t]
    named = False
    for (_, label), (place, text) in pairwise(labels):
        value, cell = number_of(text), cells[place]
        for kind in (SUBTOTAL, EXECUTION, DEDUCTION, TOTAL):
            if kind.search(label) and value is not None and cell is not None:
                out.labelled.setdefault(kind.pattern, (cell, value))
                named = True
    if not named and points is not None and score is not None and at_points and at_scores:
        out.rows.append((at_points, points, at_scores, score))
        out.indicators += indicating


def number_of(text: str) -> Decimal | None:
    """A score as it is printed, with 分 or without."""
    try:
        return Decimal(text.strip().removesuffix("分").replace(",", ""))
    except InvalidOperation:
        return None


def _judged(grid: Grid, found: _Scores) -> Iterator[Remark]:
    head = Said(grid.id, grid.title, "cell", under=grid.title)
    if found.asked and not found.indicators:
        yield Remark(head, 0, len(grid.title), "DC-415", {"title": grid.title})
        return
    for at, points, cell, score in found.rows:
        if score > points:
            words = {"points": f"{points:f}", "actual": f"{score:f}"}
            yield Remark(cell, 0, len(cell.text), "DC-414/above", words, (at,))
    points = sum((r[1] for r in found.rows), Decimal(0))
    scores = sum((r[3] for r in found.rows), Decimal(0))
    if found.total_row is not None:
        at_points, whole, at_scores, total = found.total_row
        yield from _unlike(at_points, whole, points, "分值")
        yield from _unlike(at_scores, total, scores, "得分")
        return
    labelled = found.labelled
    own = scores
    if SUBTOTAL.pattern in labelled:
        cell, own = labelled[SUBTOTAL.pattern]
        yield from _unlike(cell, own, scores, "得分")
    if TOTAL.pattern in labelled:
        cell, total = labelled[TOTAL.pattern]
        more = labelled.get(EXECUTION.pattern, (cell, Decimal(0)))[1]
        less = labelled.get(DEDUCTION.pattern, (cell, Decimal(0)))[1]
        yield from _unlike(cell, total, own + more - less, "总得分")
    full = points + (OF_EXECUTION if EXECUTION.pattern in labelled else 0)
    if found.rows and abs(full - FULL) > CENT:
        words = {"what": "分值", "actual": f"{full:f}", "expected": "100"}
        yield Remark(head, 0, len(grid.title), "DC-414/points", words, tuple(r[0] for r in found.rows))


def _unlike(cell: Said | None, printed: Decimal | None, should: Decimal, what: str) -> Iterator[Remark]:
    if cell is not None and printed is not None and abs(printed - should) > CENT:
        words = {"what": what, "actual": f"{printed:f}", "expected": f"{should:f}"}
        yield Remark(cell, 0, len(cell.text), "DC-414", words)
