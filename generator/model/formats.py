"""How a number is written: places, separators, zero; rounding half up from the exact value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from generator.model.figures import Figure


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Half-up at the given decimals; a zero never carries a sign."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def printed_value(value: Decimal, form: Format) -> Decimal:
    """The number that a format prints, as a number."""
    return round_half_up(value * form.scale / form.divisor, form.decimals)


def show(figure: Figure, form: Format) -> str:
    """The printed form of a figure; ``form.blank`` where nothing was written."""
    if figure.value is None:
        return form.blank
    return show_value(figure.value, form)


def show_value(value: Decimal, form: Format) -> str:
    """The printed form of an exact value."""
    number = printed_value(value, form)
    if form.hide_zero and number == 0:
        return ""
    if form.zero and number == 0:
        return form.zero + form.suffix
    text = f"{number:,f}" if form.thousands else f"{number:f}"
    whole = number == number.to_integral_value()
    if "." in text and (form.trim or (form.bare_whole and whole)):
        text = text.rstrip("0").rstrip(".")
    return text + form.suffix


class Format(BaseModel):
    """A named number format.  ``divisor`` turns 元 into the printed unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    divisor: int = 1
    decimals: int = 2
    thousands: bool = False
    trim: bool = False  # 50.80 -> 50.8, 68.00 -> 68
    bare_whole: bool = False  # 100.00 -> 100, but 17.40 stays
    scale: int = 1  # 100 for percentages
    suffix: str = ""
    blank: str = ""  # how a blank is printed
    hide_zero: bool = False  # nothing is printed where it comes to nothing
    zero: str = ""  # how nothing is printed, before the suffix; empty: with its decimals
    kind: Literal["", "money", "rate", "table"] = ""  # which of a department's choices of number style it follows
    group: str = ""  # choices of its own (style.<group>_zero) before the common ones
    alone: bool = False  # follows the choices of its group only
