"""Faults inside and between the tables: the culprit first, slid rows as one, roundings as one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.audit._between import between
from generator.audit._slid import Slide, slides
from generator.audit._sums import sums
from generator.audit.faults import UNITS, Fault, Spot, fault, places_of, printed, spot_of_cell, table_of, unit_of
from generator.checks import Result, Status, Suspect, suspects_of
from generator.model import Figure
from generator.published import ReadTable, Understood, bare, cell

SHOWN = 3


@dataclass
class TableFaults:
    """What the tables gave: faults, and how the relations ended."""

    faults: list[Fault]
    results: list[Result]


def check_tables(document: Understood) -> TableFaults:
    """All relations of the tables, and what does not hold."""
    wrong_units = list(_units(document))
    inside = [r for t in document.tables for r in sums(t, document.words)]
    across = [] if wrong_units else between(document)
    results = [*inside, *across]
    found = slides(document, results)
    failed = [r for r in results if r.status is Status.FAILED and not any(s.explains(r) for s in found)]
    faults = [*wrong_units, *(_slide(document, s) for s in found), *_arranged(document, failed, results)]
    faults += _roundings(document, inside)
    faults += [f for t in document.tables for f in (*_codes(document, t), *_unread(document, t))]
    faults += [
        fault("SH-109", [Spot(t.source.page, t.title, t.title)], table=t.title)
        for t in document.tables
        if t.id and not t.unit and any(re.search(r"\d\.\d", c) for row in t.source.rows for c in row)
    ]
    return TableFaults(faults, results)


# ------------------------------------------------------------------ relations


def _arranged(document: Understood, failed: Sequence[Result], results: Sequence[Result]) -> Iterator[Fault]:
    open_ones = set(range(len(failed)))
    candidates = suspects_of(failed, results) if len(failed) > 1 else []
    while True:
        best = _best(candidates, open_ones)
        if not best:
            break
        group = sorted(set(best[0].broken) & open_ones)
        yield _culprit(document, best, [failed[k] for k in group])
        open_ones -= set(group)
    for k in sorted(open_ones):
        yield _single(document, failed[k])


def _best(candidates: Sequence[Suspect], open_ones: set[int]) -> list[Suspect]:
    scored = [(n, s) for s in candidates if (n := len(set(s.broken) & open_ones)) >= 2 and s.witnesses < n]
    if not scored:
        return []
    top = max((n - s.witnesses, n) for n, s in scored)
    return [s for n, s in scored if (n - s.witnesses, n) == top][:6]


def _culprit(document: Understood, best: Sequence[Suspect], group: Sequence[Result]) -> Fault:
    same = [s for s in best if set(s.broken) == set(best[0].broken)] or [best[0]]
    cells = list(dict.fromkeys(s.cell for s in same))
    figure = _figure(document, cells[0])
    unit = unit_of(document, figure)
    told = "；".join(_told(document, r) for r in group[:SHOWN]) + (f"；等{len(group)}个" if len(group) > SHOWN else "")
    spots = [spot_of_cell(document, c) for c in cells]
    words = {
        "table": table_of(document, figure),
        "difference": printed(abs(best[0].error), unit),
        "unit": unit,
        "count": len(group),
        "sums": told,
    }
    about = f"cell {cells[0]}"
    if len(cells) > 1:
        names = "、".join(f"“{s.row} {s.column}”{s.text}" for s in spots)
        return fault("SH-102/several", spots, about, what=names, **words)
    spot = spots[0]
    actual = spot.text or "空白"
    expected = printed(figure.number - best[0].error, unit)
    return fault("SH-102", spots, about, what=_cell_name(spot), actual=actual, expected=expected, **words)


def _cell_name(spot: Spot) -> str:
    name = " ".join(t for t in (spot.row, spot.column) if t)
    return f"“{name}”" if name else ""


def _single(document: Understood, result: Result) -> Fault:
    left, right = result.left, result.right
    unit = unit_of(document, left)
    words = {"difference": printed(abs(result.residual), unit), "unit": unit}
    about = f"cell {left.cells[0]}" if left.cells else ""
    if result.spec.id == "between":
        other_unit = unit_of(document, right)
        return fault(
            "SH-105", places_of(document, [left, right]), about,
            name=result.where, table=table_of(document, left), other=table_of(document, right),
            actual=printed(left.number, unit), expected=printed(right.number, other_unit), other_unit=other_unit, **words,
        )  # fmt: skip
    kind = "SH-101/sides" if result.spec.id == "sides" else "SH-101"
    return fault(
        kind, places_of(document, [left, right]), about, table=table_of(document, left), what=_what(document, result),
        actual=printed(left.number, unit), expected=printed(right.number, unit), **words,
    )  # fmt: skip


def _what(document: Understood, result: Result) -> str:
    title = result.spec.title
    spot = spot_of_cell(document, result.left.cells[0]) if result.left.cells else Spot()
    where = spot.row if spot.row and spot.row not in title else ""
    return f"“{where}”{title}" if where else title


def _told(document: Understood, result: Result) -> str:
    """A relation with its numbers."""
    unit = unit_of(document, result.left)
    return f"{_what(document, result)}（{printed(result.left.number, unit)}和{printed(result.right.number, unit)}）"


def _figure(document: Understood, ref: object) -> Figure:
    found = document.figures().get(ref)  # type: ignore[call-overload]
    return found if isinstance(found, Figure) else Figure(None)


def _roundings(document: Understood, results: Sequence[Result]) -> Iterator[Fault]:
    by_table: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.rounding:
            by_table[result.spec.table].append(result)
    for ref, found in by_table.items():
        table = document.tables[int(ref[1:]) - 1]
        largest = max(abs(r.residual) for r in found)
        yield fault(
            "SH-104", places_of(document, [r.left for r in found], 1), table=table.title, count=len(found),
            difference=printed(largest, table.unit), unit=table.unit,
        )  # fmt: skip


def _slide(document: Understood, slide: Slide) -> Fault:
    return fault(
        "SH-103", [spot_of_cell(document, c) for c in (slide.cells[0], slide.cells[-1])], f"slide {slide.table.ref}",
        table=slide.table.title, column=slide.column, first=slide.first, last=slide.last, count=len(slide.cells),
        other=slide.other, way="下移" if slide.by > 0 else "上移", by=abs(slide.by),
    )  # fmt: skip


# ------------------------------------------------------------------ units, codes, cells


def _units(document: Understood) -> Iterator[Fault]:
    """The same digits under 元 and under 万元: one of the two units is wrong."""
    anchors = [
        (n, f) for n in ("expenditure:∑:合计", "summary:支出.总计", "income:∑:合计", "general:∑:合计", "fiscal:支出.总计:合计")
        if (f := cell(document, n)) is not None and f.number
    ]  # fmt: skip
    odd = []
    for name, figure in anchors:
        unit = unit_of(document, figure)
        for other_name, other in anchors:
            other_unit = unit_of(document, other)
            if unit != other_unit and figure.number / UNITS[unit] == other.number / UNITS[other_unit]:
                odd.append((name, figure, other_name, other))
    votes: dict[str, int] = defaultdict(int)
    for _, figure in anchors:
        votes[unit_of(document, figure)] += 1
    told: set[str] = set()
    for name, figure, _, other in odd:
        table, unit = table_of(document, figure), unit_of(document, figure)
        if votes[unit] > votes[unit_of(document, other)] or table in told:
            continue
        told.add(table)
        yield fault(
            "SH-108", places_of(document, [figure, other]), f"unit {table}", table=table, unit=unit,
            name={"expenditure": "合计", "income": "合计", "general": "合计"}.get(name.split(":")[0], "总计"),
            actual=printed(figure.number, unit), other=table_of(document, other),
            other_unit=unit_of(document, other), expected=printed(other.number, unit_of(document, other)),
        )  # fmt: skip


def _codes(document: Understood, table: ReadTable) -> Iterator[Fault]:
    subjects = [r for r in table.rows if r.kind == "subject"]
    if any(r.kind == "unit" for r in table.rows):
        return
    by_code: dict[str, list[int]] = defaultdict(list)
    for row in subjects:
        by_code[row.code].append(row.index)
    known = document.words.known(table.id)
    listed = document.economic if known is not None and known.rows == "economic" else document.names
    for row in subjects:
        if len(by_code[row.code]) > 1 and by_code[row.code][0] == row.index:
            yield fault(
                "SH-106",
                [_row_spot(table, row.index, row.label)],
                table=table.title,
                code=row.code,
                count=len(by_code[row.code]),
            )
        official = listed.get(row.code, "")
        if official and row.label and _differ(official, row.label):
            other = next((c for c, n in listed.items() if bare(n) == bare(row.label) and len(c) == len(row.code)), "")
            if other:  # the name of another code of the same level: a slip, no new or renamed subject
                yield fault(
                    "SH-107",
                    [_row_spot(table, row.index, row.label)],
                    table=table.title,
                    code=row.code,
                    actual=row.label,
                    expected=official,
                )


def _differ(one: str, other: str) -> bool:
    a, b = (re.sub(r"其它|支出|[()（）\"]", "", bare(t)) for t in (one, other))
    return not (a in b or b in a) and _distance(a, b) > 2


def _distance(one: str, other: str) -> int:
    """How many letters must be changed, up to a few."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def _row_spot(table: ReadTable, index: int, label: str) -> Spot:
    page = table.source.row_pages[index] if index < len(table.source.row_pages) else table.source.page
    return Spot(page, label, table.title, label)


def _unread(document: Understood, table: ReadTable) -> Iterator[Fault]:
    for row in table.rows:
        for figure in row.figures.values():
            if figure.missing:
                spot = spot_of_cell(document, figure.cells[0])
                yield fault("SH-110", [spot], table=table.title, what=_cell_name(spot), actual=spot.text)
