"""Arithmetic of the field: rounding, printed forms, shares, rates of change and completion.

Money is in 元.  Rates are computed from exact values, amounts are rounded half-up for printing
(a rate follows from the exact amounts; its band from the digits that were written).  Knows no region and no sentence.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from generator.model.figures import ZERO, Figure
from generator.model.formats import Format, printed_value


def as_printed(figure: Figure, form: Format) -> Figure:
    """The figure that a format prints, exact from then on: what a reader of the document would reckon with."""
    if figure.value is None:
        return figure
    return replace(figure, value=printed_value(figure.value, form) * form.divisor / form.scale, margin=ZERO)


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
