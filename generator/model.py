"""What one department hands in for one year, as exact figures that know their cells.

This module holds values only.  It reads no file, knows no region and prints nothing.
Money is kept in 元 as ``Decimal``; ``None`` is a blank cell, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
YUAN = "元"


class CellRef(NamedTuple):
    """One cell of the officer's workbook, e.g. ``公开01表!C8``."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


def unite(*groups: Iterable[CellRef]) -> tuple[CellRef, ...]:
    """All cells of the groups, each once, in order of first appearance."""
    return tuple(dict.fromkeys(ref for group in groups for ref in group))


@dataclass(frozen=True, slots=True)
class Figure:
    """An exact number with its unit, its cells and its rounding margin.

    ``margin`` is half of the last written unit (0 for exact 元): the true value lies in
    ``value ± margin``.  ``missing`` names what is still to be filled in; a blank cell that may
    stay blank has ``value=None`` and no ``missing``.  Arithmetic unites cells and adds margins.
    """

    value: Decimal | None
    unit: str = YUAN
    cells: tuple[CellRef, ...] = ()
    margin: Decimal = ZERO
    label: str = ""
    missing: str = ""
    formula: str = ""
    minus: frozenset[CellRef] = frozenset()  # cells that entered with a minus sign

    @property
    def blank(self) -> bool:
        """Nothing was written."""
        return self.value is None

    @property
    def number(self) -> Decimal:
        """The value for arithmetic: a blank counts as nothing."""
        return ZERO if self.value is None else self.value

    def __bool__(self) -> bool:
        """True for a written amount other than zero (so that templates may say ``{% if x %}``)."""
        return self.value is not None and self.value != 0

    def _join(self, other: Figure, value: Decimal | None, sign: str) -> Figure:
        names = [x.formula or x.label for x in (self, other)]
        theirs = other.minus if sign == " + " else frozenset(other.cells) - other.minus
        return Figure(
            value=value,
            unit=self.unit,
            cells=unite(self.cells, other.cells),
            margin=self.margin + other.margin,
            label=self.label,
            missing=self.missing or other.missing,
            formula=sign.join(names) if all(names) else "",
            minus=self.minus | theirs,
        )

    def __add__(self, other: object) -> Figure:
        if not isinstance(other, Figure):
            return NotImplemented
        both_blank = self.blank and other.blank
        return self._join(other, None if both_blank else self.number + other.number, " + ")

    def __radd__(self, other: object) -> Figure:
        """Let ``sum()`` start from its 0."""
        if other == 0:
            return self
        return NotImplemented

    def __sub__(self, other: object) -> Figure:
        if not isinstance(other, Figure):
            return NotImplemented
        both_blank = self.blank and other.blank
        return self._join(other, None if both_blank else self.number - other.number, " - ")

    def __neg__(self) -> Figure:
        value = None if self.value is None else -self.value
        return replace(self, value=value, minus=frozenset(self.cells) - self.minus)

    def __abs__(self) -> Figure:
        return replace(self, value=None if self.value is None else abs(self.value))

    def _compare(self, other: object) -> int:
        if isinstance(other, Figure):
            right = other.number
        elif isinstance(other, int | Decimal):
            right = Decimal(other)
        else:
            raise TypeError(f"a figure cannot be compared with {type(other).__name__}")
        return (self.number > right) - (self.number < right)

    def __lt__(self, other: object) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: object) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: object) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: object) -> bool:
        return self._compare(other) >= 0

    def ratio(self, whole: Figure, *, of_zero: Decimal | None = ZERO) -> Figure:
        """``self / whole`` as a plain ratio; ``of_zero`` where the whole is blank or zero.

        The margin is the widest change that the two margins allow (first order).
        """
        missing = self.missing or whole.missing
        cells = unite(self.cells, whole.cells)
        names = (self.formula or self.label, whole.formula or whole.label)
        formula = f"({names[0]}) / ({names[1]})" if all(names) else ""
        if whole.number == 0:
            return Figure(of_zero, "比率", cells, ZERO, self.label, missing, formula)
        value = self.number / whole.number
        margin = (self.margin + abs(value) * whole.margin) / abs(whole.number)
        return Figure(value, "比率", cells, margin, self.label, missing, formula)

    def named(self, label: str) -> Figure:
        """The same figure under another name."""
        return replace(self, label=label)


def total(figures: Iterable[Figure], label: str = "") -> Figure:
    """Sum of figures; blank where all are blank."""
    result: Figure | None = None
    for figure in figures:
        result = figure if result is None else result + figure
    if result is None:
        return Figure(None, label=label)
    return replace(result, label=label or result.label)


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
