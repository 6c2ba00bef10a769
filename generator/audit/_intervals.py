"""Whether a printed rate can follow from printed amounts: intervals, never a fixed tolerance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from generator.published import Quantity

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with half of its last printed digit (0 for an exact one), and what it is called."""

    value: Decimal
    half: Decimal = Decimal(0)
    name: str = ""

    @property
    def low(self) -> Decimal:
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        return self.value + self.half


def of(quantity: Quantity, name: str = "") -> Amount:
    return Amount(quantity.value, quantity.half, name)


def quotients(part: Amount, whole: Amount) -> tuple[Decimal, Decimal] | None:
    """The least and the greatest part/whole in percent; nothing where the whole may be zero."""
    if whole.low <= 0 <= whole.high:
        return None
    found = [a / b * HUNDRED for a in (part.low, part.high) for b in (whole.low, whole.high)]
    return min(found), max(found)


def agrees(rate: Quantity, span: tuple[Decimal, Decimal] | None, *, minus: Decimal = Decimal(0)) -> bool:
    """Whether a printed rate meets an interval (moved by ``minus``: 100 for a rate of change)."""
    if span is None:
        return False
    return span[0] - minus <= rate.high and rate.low <= span[1] - minus


def changes(rate: Quantity, current: Amount, base: Amount) -> bool:
    """Whether a rate of change, printed without its sign, follows from two amounts."""
    span = quotients(current, base)
    if span is None:
        return not base.value and rate.value in (Decimal(100), Decimal(0))
    low, high = span[0] - HUNDRED, span[1] - HUNDRED
    if low <= 0 <= high:
        return rate.low <= max(abs(low), abs(high))
    low, high = sorted((abs(low), abs(high)))
    return low <= rate.high and rate.low <= high


def any_of(candidates: Iterable[bool]) -> bool:
    return any(candidates)


def percent(part: Amount, whole: Amount, decimals: int = 2, *, change: bool = False) -> str:
    """The rate that the middle of the intervals gives, as it would be printed."""
    if not whole.value:
        return "没有可比的数"
    value = part.value / whole.value * HUNDRED - (HUNDRED if change else 0)
    return f"{abs(value) if change else value:.{max(decimals, 2)}f}%"
