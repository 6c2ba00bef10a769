"""Arithmetic of the field: rounding, printed forms, shares, rates of change and completion.

Money is in 元.  Rates are computed from exact values, amounts are rounded half-up for printing
(DESIGN.md "The workbook"; CHECKS.md "Tolerance").  Knows no region and no sentence.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from generator.model import ZERO, Figure
from generator.pack_schema import Format

HUNDRED = Decimal(100)


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
    text = f"{number:,f}" if form.thousands else f"{number:f}"
    whole = number == number.to_integral_value()
    if "." in text and (form.trim or (form.bare_whole and whole)):
        text = text.rstrip("0").rstrip(".")
    return text + form.suffix


def share(part: Figure, whole: Figure) -> Figure:
    """Share of a part in the whole; nothing of nothing is 0 (published as 0.00%)."""
    return part.ratio(whole).named(f"{part.label}占{whole.label}的比重")


def growth(current: Figure, prior: Figure) -> Figure:
    """Rate of change against the prior year, without sign; blank where the prior is zero."""
    rate = abs((current - prior).ratio(prior, of_zero=None))
    return replace(rate, label=f"{current.label}的变动率")


def completion(final: Figure, budget: Figure) -> Figure:
    """Final amount over budget; no budget gives 0 (printed 0.00%) as the published forms do."""
    return final.ratio(budget).named(f"{final.label}完成预算的比率")


def difference_rate(final: Figure, budget: Figure) -> Figure:
    """(final - budget) / budget with its sign; blank where there is no budget."""
    return (final - budget).ratio(budget, of_zero=None).named(f"{final.label}预决算差异率")


def rate_from_zero(rate: Figure, amount: Figure) -> Figure:
    """A rate for regions that print 100.00% where there is nothing to compare with, and 0 for nothing."""
    if rate.value is not None:
        return rate
    return replace(rate, value=Decimal(1) if amount.number else ZERO)


def mean(figures: list[Figure], label: str = "") -> Figure:
    """Plain mean of the written figures."""
    written = [f for f in figures if not f.blank]
    if not written:
        return Figure(None, label=label)
    whole = sum(written[1:], written[0])
    count = Decimal(len(written))
    return replace(whole, value=whole.number / count, margin=whole.margin / count, label=label)


def magnitude(figure: Figure) -> Figure:
    """The amount without its sign."""
    return abs(figure)


def is_zero(figure: Figure) -> bool:
    """Blank or zero."""
    return figure.number == ZERO
