"""A department's own workbook against its units: department = Σ units − offsets, place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from generator.department.units._combine import Combined, Source
from generator.department.units._places import TOTAL_ROW, Laid, Place, Row, laid
from generator.department.units._read import Unit
from generator.model import CellRef, Figure, Finding, Submission, make_finding
from generator.packs import Pack
from generator.packs import parse_grid as parse
from generator.writers import ListSheet as Sheet

WAN = Decimal(10000)


def compare(pack: Pack, department: Submission, combined: Combined) -> list[Finding]:
    """Every amount that differs from its units beyond what rounding explains."""
    own = laid(department)
    out = []
    for place in dict.fromkeys((*combined.sources, *own.amounts)):
        source = combined.sources.get(place) or Source(place, (), Decimal(0))
        mine = own.amounts.get(place, Figure(None))
        if abs(mine.number - source.value) > mine.margin + source.margin:
            out.append(_differs(pack, own, place, mine, source, combined.names))
    return out


def where(pack: Pack, place: Place, names: Mapping[tuple[str, Row], str]) -> str:
    """A place in words: table, row, column."""
    spec = pack.tables[place.table]
    if place.row is None:
        return f"{spec.number}{_slot(pack, place)}"
    row = "合计" if place.row == TOTAL_ROW else f"{place.row.code}{names.get((place.table, place.row), '')}"
    return f"{spec.number}“{row}”行“{_column(pack, place)}”"


def _slot(pack: Pack, place: Place) -> str:
    """The label at the left of a fixed place, with the heading of its column where there are several."""
    grid = parse(pack.tables[place.table].body)
    cells = list(grid.cells())
    found = next((c for c in cells if c.slot == place.column), None)
    if found is None:
        return f"“{place.column}”"
    left = [
        c.text
        for c in cells
        if c.row == found.row and c.column < found.column and c.text and not c.text.strip().isdigit()
    ]
    return f"“{left[-1].strip()}”" if left else f"“{place.column}”"


def _column(pack: Pack, place: Place) -> str:
    """The heading over a column."""
    spec = pack.tables[place.table]
    at = next((c.column for c in parse(spec.row).cells() if c.slot == place.column), None)
    heads = [
        c.text.strip()
        for c in parse(spec.header).cells()
        if at is not None and c.column == at and c.text.strip() and not c.text.strip().isdigit()
    ]
    return heads[-1] if heads else place.column


def _differs(
    pack: Pack, own: Laid, place: Place, mine: Figure, source: Source, names: Mapping[tuple[str, Row], str]
) -> Finding:
    offset = f"，抵销 {source.offset / WAN:,.2f}" if source.offset else ""
    cells = mine.cells or (CellRef(pack.tables[place.table].number, "A1"),)
    band = mine.margin + source.margin
    gap = abs(mine.number - source.value)
    printed = {"mine": mine.number, "sum": source.sum, "should": source.value, "gap": gap}
    bare = {"expected": source.value, "actual": mine.number, "difference": gap, "band": band}
    return make_finding(
        "HB-120",
        cells,
        place=where(pack, place, {**own.names, **names}),
        offset=offset,
        **{k: f"{v / WAN:,.2f}" for k, v in printed.items()},
        **{k: f"{v:f}" for k, v in bare.items()},
    )


def sheets(pack: Pack, units: Sequence[Unit], combined: Combined) -> list[Sheet]:
    """合并来源: what came from which unit, what was offset; the reasons of each unit beside each other."""
    names = tuple(u.name for u in units)
    rows = [
        (
            where(pack, p, combined.names),
            _yuan(s.value),
            _yuan(s.sum),
            _yuan(s.offset) if s.offset else "",
            *(_yuan(v.number) if v and not v.blank else "" for v in s.parts),
        )
        for p, s in combined.sources.items()
        if any(v is not None and v for v in s.parts)
    ]
    dealings = [
        (o.title, _yuan(o.received), _yuan(o.paid), _yuan(o.amount), where(pack, p, combined.names), _yuan(v))
        for o in combined.offsets
        for p, v in (o.places.items() or ())
    ]
    reasons = [
        (
            spec.title,
            combined.data.reasons.get(k, ""),
            *(u.submission.reasons[k].value if k in u.submission.reasons else "" for u in units),
        )
        for k, spec in pack.reasons.items()
        if any(k in u.submission.reasons and u.submission.reasons[k] for u in units)
    ]
    return [
        Sheet("金额来源", ("位置", "部门数（元）", "各单位合计（元）", "抵销（元）", *names), rows),
        Sheet(
            "内部往来抵销",
            ("往来", "各单位收到（元）", "各单位付出（元）", "抵销（元）", "从哪里减去", "减去（元）"),
            dealings,
        ),
        Sheet("原因说明", ("事项", "合并后的文字", *names), reasons),
        Sheet("单位", ("单位", "填报表"), [(u.name, str(u.path)) for u in units]),
    ]


def _yuan(value: Decimal) -> str:
    return f"{value:,.2f}"
