"""What one department hands in, read: tables, fields, lists and reasons, every amount a Figure with its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.model.figures import CellRef, Figure


class Piece(NamedTuple):
    """A run of generated words with the figure or the cells that it comes from."""

    text: str
    figure: Figure | None = None
    cells: tuple[CellRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a person typed (or a choice that a person made), with the cell they stand in.

    ``draft`` is what the program suggested and keeps beside, ``accepted`` whether a person took it.
    Words that came out of a draft have ``pieces``; ``pending`` ones no person has taken yet.
    """

    value: str = ""
    cells: tuple[CellRef, ...] = ()
    label: str = ""
    missing: str = ""
    draft: str = ""
    accepted: bool = False
    pieces: tuple[Piece, ...] = ()
    pending: bool = False

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return self.value == other.value
        return isinstance(other, str) and self.value == other

    def __hash__(self) -> int:
        return hash(self.value)


Value = Figure | Text


@dataclass(frozen=True, slots=True)
class Record(Mapping[str, Value]):
    """One row of a list, or one group of fields: values by the ids that the pack gives them."""

    data: Mapping[str, Value]
    row: CellRef | None = None

    def __getitem__(self, key: str) -> Value:
        return self.data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One row of a table by subject: code, name and amounts by column id.

    ``kind`` is ``total``, ``unit`` or ``subject``.  ``level`` of a functional subject: 1 类
    (3 digits), 2 款 (5), 3 项 (7).
    """

    code: str
    name: str
    cells: Mapping[str, Value]
    kind: str = "subject"
    ref: CellRef | None = None
    unit_code: str = ""

    @property
    def level(self) -> int:
        return {3: 1, 5: 2, 7: 3}.get(len(self.code), 0)


@dataclass(frozen=True, slots=True)
class TableData:
    """The figures of one statutory table.

    ``slots``: fixed places by slot id.  ``rows``: rows by subject (or list rows) in the officer's
    order, without the total row; ``totals``: the amounts of the total row.
    """

    id: str
    sheet: str = ""
    unit: str = "万元"
    slots: Mapping[str, Figure] = field(default_factory=dict)
    rows: tuple[SubjectRow, ...] = ()
    totals: Mapping[str, Value] = field(default_factory=dict)
    present: bool = True

    @property
    def empty(self) -> bool:
        """No amount was written at all."""
        amounts: list[Value] = [*self.slots.values(), *self.totals.values()]
        amounts += [v for row in self.rows for v in row.cells.values()]
        return all(not isinstance(v, Figure) or v.blank for v in amounts)


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything one department hands in for one year."""

    pack: str
    year: int
    name: str
    tables: Mapping[str, TableData] = field(default_factory=dict)
    groups: Mapping[str, Record] = field(default_factory=dict)
    lists: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    reasons: Mapping[str, Text] = field(default_factory=dict)
    source: str = ""


def figures_of(submission: Submission) -> dict[str, Figure]:
    """Every figure of a submission by a name that other programs may rely on."""
    out: dict[str, Figure] = {}
    for table in submission.tables.values():
        out |= {f"{table.id}.{slot}": f for slot, f in table.slots.items()}
        out |= {f"{table.id}.total.{c}": v for c, v in table.totals.items() if isinstance(v, Figure)}
        for number, row in enumerate(table.rows, 1):
            key = row.code or str(number)
            out |= {f"{table.id}[{key}].{c}": v for c, v in row.cells.items() if isinstance(v, Figure)}
    for group, fields in submission.groups.items():
        out |= {f"{group}.{n}": v for n, v in fields.items() if isinstance(v, Figure)}
    for name, records in submission.lists.items():
        for number, item in enumerate(records, 1):
            out |= {f"{name}[{number}].{n}": v for n, v in item.items() if isinstance(v, Figure)}
    return out
