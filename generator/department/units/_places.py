"""Amounts of a submission by place: (table, row, column), so that units and department can be laid side by side.

A fixed place has no row.  A row is its budget unit (where a table has any), code and, without a
code, its name; the total row is the row ``合计``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from generator.model import Figure, Submission

TOTAL = "合计"


class Row(NamedTuple):
    """A row of a table by subject."""

    unit: str
    code: str
    name: str  # only where there is no code


class Place(NamedTuple):
    """Where an amount stands.  ``row`` is None for a fixed place."""

    table: str
    row: Row | None
    column: str


TOTAL_ROW = Row("", "", TOTAL)


@dataclass
class Laid:
    """All amounts of a submission, and the names and kinds of its rows."""

    amounts: dict[Place, Figure] = field(default_factory=dict)
    names: dict[tuple[str, Row], str] = field(default_factory=dict)
    kinds: dict[tuple[str, Row], str] = field(default_factory=dict)
    words: dict[Place, str] = field(default_factory=dict)

    def number(self, place: Place) -> Decimal:
        figure = self.amounts.get(place)
        return figure.number if figure is not None else Decimal(0)


def laid(submission: Submission) -> Laid:
    """The amounts of the statutory tables."""
    out = Laid()
    for name, table in submission.tables.items():
        for slot, figure in table.slots.items():
            out.amounts[Place(name, None, slot)] = figure
        for column, value in table.totals.items():
            if isinstance(value, Figure):
                out.amounts[Place(name, TOTAL_ROW, column)] = value
        for entry in table.rows:
            row = Row(entry.unit_code, entry.code, "" if entry.code else entry.name)
            out.names.setdefault((name, row), entry.name)
            out.kinds.setdefault((name, row), entry.kind)
            for column, value in entry.cells.items():
                place = Place(name, row, column)
                if isinstance(value, Figure):
                    out.amounts[place] = out.amounts[place] + value if place in out.amounts else value
                elif value:
                    out.words.setdefault(place, value.value)
    return out
