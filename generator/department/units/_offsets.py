"""Internal dealings: what one unit received from another leaves the department's tables on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.department.units._places import TOTAL_ROW, Laid, Place, Row
from generator.model import CellRef, Finding, make_finding
from generator.packs import MergeSpec, Pack

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Offset:
    """One kind of dealing: both sums (元), what is offset, and how much leaves each place."""

    title: str
    received: Decimal
    paid: Decimal
    amount: Decimal
    places: Mapping[Place, Decimal]


def offsets(pack: Pack, units: Sequence[Laid], year: int) -> tuple[list[Offset], list[Finding]]:
    """All offsets that the pack knows, and where both sides do not agree."""
    out: list[Offset] = []
    findings: list[Finding] = []
    for spec in pack.in_force(pack.merges, year):
        if spec.kind != "offset" or not spec.received or not spec.paid:
            continue
        made = _offset(spec, units)
        if made.received or made.paid:
            out.append(made)
        if made.received != made.paid:
            findings.append(_differs(pack, spec, made))
    return out, findings


def _differs(pack: Pack, spec: MergeSpec, made: Offset) -> Finding:
    names = [pack.tables[p.partition(".")[0]].number for p in (spec.received[0], spec.paid[0])]
    amounts = {
        "received": made.received,
        "paid": made.paid,
        "gap": abs(made.received - made.paid),
        "amount": made.amount,
    }
    printed = {k: f"{v / 10000:,.2f}" for k, v in amounts.items()}
    return make_finding("HB-110", [CellRef(n, "A1") for n in names], title=spec.title, **printed)


def _offset(spec: MergeSpec, units: Sequence[Laid]) -> Offset:
    sides = [_by_row(units, places) for places in (spec.received, spec.paid)]
    received, paid = (sum(s.values(), ZERO) for s in sides)
    amount = min(received, paid)
    places: dict[Place, Decimal] = {}
    for rows, columns, slots, classes in (
        (sides[0], spec.received, spec.received_slots, ""),
        (sides[1], spec.paid, spec.paid_slots, spec.paid_classes),
    ):
        left = amount
        table = columns[0].partition(".")[0]
        for row, value in rows.items():
            taken = min(value, left)
            left -= taken
            if taken <= 0:
                continue
            above = [Row(row.unit, row.code[:n], "") for n in (3, 5) if len(row.code) > n]
            for where in (*above, row, TOTAL_ROW):
                for column in columns:
                    _add(places, Place(table, where, column.partition(".")[2]), taken)
            if classes:
                name, _, start = classes.partition(".")
                _add(places, Place(name, None, f"{start}{row.code[:3]}"), taken)
        for slot in slots:
            name, _, place = slot.partition(".")
            _add(places, Place(name, None, place), amount)
    return Offset(spec.title, received, paid, amount, places if amount else {})


def _add(places: dict[Place, Decimal], place: Place, value: Decimal) -> None:
    places[place] = places.get(place, ZERO) + value


def _by_row(units: Sequence[Laid], columns: Sequence[str]) -> dict[Row, Decimal]:
    """What stands in the column of the lowest rows (项), by code."""
    table, _, column = columns[0].partition(".")
    out: dict[Row, Decimal] = {}
    for unit in units:
        for place, figure in unit.amounts.items():
            if place.table == table and place.column == column and place.row and len(place.row.code) == 7 and figure:
                out[place.row] = out.get(place.row, ZERO) + figure.number
    return dict(sorted(out.items()))
