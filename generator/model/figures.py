"""Exact figures that know their cells: value, unit, margin, sources, and the sums and shares made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


class TextPlace(CellRef):
    """A place that is no cell: a block of the text.  ``shown``: what readers call it."""

    shown: str

    def __new__(cls, sheet: str, cell: str, shown: str = "") -> TextPlace:
        self = super().__new__(cls, sheet, cell)
        self.shown = shown
        return self

    def __str__(self) -> str:
        return self.shown or super().__str__()


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
    absent: str = ""  # there is no such figure, and why (no prior year to compare with)

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
            absent=self.absent or other.absent,
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
    """Sum of figures; blank where all are blank.  One pass, however many."""
    parts = list(figures)
    if len(parts) < 2:
        return replace(parts[0], label=label or parts[0].label) if parts else Figure(None, label=label)
    names = [f.formula or f.label for f in parts]
    return Figure(
        value=None if all(f.blank for f in parts) else sum((f.number for f in parts), ZERO),
        unit=parts[0].unit,
        cells=unite(*(f.cells for f in parts)),
        margin=sum((f.margin for f in parts), ZERO),
        label=label or parts[0].label,
        missing=next((f.missing for f in parts if f.missing), ""),
        formula=" + ".join(names) if all(names) else "",
        minus=frozenset().union(*(f.minus for f in parts)),
        absent=next((f.absent for f in parts if f.absent), ""),
    )
