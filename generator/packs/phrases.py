"""Which clause follows from two amounts: the complete case table.

The case is decided here, on the displayed precision; the phrases of each case live in the pack.
"""

from __future__ import annotations

from enum import StrEnum

from generator.model import Figure, Format, printed_value


class Case(StrEnum):
    """How an amount stands to the one it is compared with."""

    INCREASE = "increase"
    DECREASE = "decrease"
    EQUAL = "equal"
    FROM_ZERO = "from_zero"
    TO_ZERO = "to_zero"
    BOTH_ZERO = "both_zero"
    FROM_NEGATIVE = "from_negative"
    TO_NEGATIVE = "to_negative"
    NO_BASE = "no_base"
    NO_PRIOR = "no_prior"


# Where a pack gives no phrase for a case, the nearest one serves.
FALLBACK: dict[Case, Case | None] = {
    Case.INCREASE: None,
    Case.DECREASE: None,
    Case.EQUAL: None,
    Case.FROM_ZERO: Case.INCREASE,
    Case.TO_ZERO: Case.DECREASE,
    Case.BOTH_ZERO: Case.EQUAL,
    Case.FROM_NEGATIVE: Case.INCREASE,
    Case.TO_NEGATIVE: Case.DECREASE,
    Case.NO_BASE: Case.FROM_ZERO,
    Case.NO_PRIOR: Case.NO_BASE,
}


def decide(current: Figure, base: Figure, form: Format) -> Case:
    """The case of ``current`` against ``base`` by what ``form`` prints.

    Equal means that the printed amounts are the same or that their printed difference is nothing
    (持平 is what the printed amounts say).  A blank base that is not asked for means there is none (无年初预算).
    """
    if base.absent:
        return Case.NO_PRIOR
    if base.blank and not base.missing:
        return Case.BOTH_ZERO if printed_value(current.number, form) == 0 else Case.NO_BASE
    now, then = printed_value(current.number, form), printed_value(base.number, form)
    change = printed_value(current.number - base.number, form)
    if now == 0 and then == 0:
        return Case.BOTH_ZERO
    if now == then or change == 0:
        return Case.EQUAL
    if then == 0:
        return Case.FROM_ZERO if now > 0 else Case.DECREASE
    if now == 0:
        return Case.TO_ZERO if then > 0 else Case.INCREASE
    if then < 0 < now:
        return Case.FROM_NEGATIVE
    if now < 0 < then:
        return Case.TO_NEGATIVE
    return Case.INCREASE if change > 0 else Case.DECREASE
