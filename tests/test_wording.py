"""The case table: which clause follows from two amounts, decided on what is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.model.figures import CellRef, Figure, total
from generator.model.formats import Format, round_half_up, show
from generator.model.rates import completion, growth, share
from generator.packs.compiled import CompiledPack
from generator.packs.phrases import Case, decide

MONEY = Format(divisor=10000, decimals=2, thousands=True, blank="0.00")


def figure(text: str | None, margin: str = "0") -> Figure:
    return Figure(None if text is None else Decimal(text) * 10000, margin=Decimal(margin), label=text or "空")


TABLE = [
    ("12", "10", Case.INCREASE, "增加2.00万元，增长20.00%"),
    ("8", "10", Case.DECREASE, "减少2.00万元，下降20.00%"),
    ("10", "10", Case.EQUAL, "持平"),
    ("10.004", "10", Case.EQUAL, "持平"),  # the same when printed
    ("10.0049", "9.9951", Case.EQUAL, "持平"),
    ("10.006", "10.004", Case.EQUAL, "持平"),  # printed 10.01 and 10.00, the difference prints 0.00
    ("5", "0", Case.FROM_ZERO, "增加5.00万元"),
    ("0.004", "0", Case.BOTH_ZERO, "持平"),  # display-zero
    ("0", "5", Case.TO_ZERO, "减少5.00万元，下降100.00%"),
    (None, "5", Case.TO_ZERO, "减少5.00万元，下降100.00%"),
    ("0", "0", Case.BOTH_ZERO, "持平"),
    (None, "0", Case.BOTH_ZERO, "持平"),
    ("5", "-5", Case.FROM_NEGATIVE, "增加10.00万元"),
    ("-5", "5", Case.TO_NEGATIVE, "减少10.00万元"),
    ("-2", "-4", Case.INCREASE, "增加2.00万元，增长50.00%"),
    ("5", None, Case.NO_BASE, "增加5.00万元"),
]


@pytest.mark.parametrize(("now", "then", "case", "words"), TABLE)
def test_case_table(now: str | None, then: str | None, case: Case, words: str, liaoning: CompiledPack) -> None:
    assert decide(figure(now), figure(then), MONEY) is case
    say = liaoning.say
    assert str(say("change.total", figure(now), figure(then))) == words  # type: ignore[operator]


@pytest.mark.parametrize(
    ("final", "budget", "words"),
    [
        ("12", "10", "完成年初预算的120.00%大于年初预算数"),
        ("9", "10", "完成年初预算的90.00%小于年初预算数"),
        ("10", "10", "完成年初预算的100.00%与年初预算数持平"),
        ("10", None, "无年初预算大于年初预算数"),
        ("10", "0", "无年初预算大于年初预算数"),
        ("0", "10", "完成年初预算的0.00%小于年初预算数"),
        (None, None, "无年初预算与年初预算数持平"),
    ],
)
def test_budget_cases(final: str | None, budget: str | None, words: str, liaoning: CompiledPack) -> None:
    say = liaoning.say
    shown = [str(say(p, figure(final), figure(budget))) for p in ("completion.item", "compare.item")]  # type: ignore[operator]
    assert "".join(shown) == words


def test_rates_come_from_exact_values() -> None:
    """下降84.46% and not the 84.53% that the printed 万元 would give (a rate follows from the exact amounts)."""
    rate = growth(figure("0.9949"), figure("6.4042"))
    assert show(rate, Format(scale=100, decimals=2, suffix="%")) == "84.46%"
    assert show(figure("0.9949") - figure("6.4042"), MONEY) == "-5.41"


def test_half_up() -> None:
    assert round_half_up(Decimal("0.125"), 2) == Decimal("0.13")
    assert str(round_half_up(Decimal("-0.001"), 2)) == "0.00"


def test_nothing_of_nothing() -> None:
    percent = Format(scale=100, decimals=2, suffix="%")
    assert show(share(figure("0"), figure("0")), percent) == "0.00%"
    assert show(completion(figure(None), figure(None)), percent) == "0.00%"


def test_sums_unite_cells_and_margins() -> None:
    a = Figure(Decimal(1), cells=(CellRef("表", "A1"),), margin=Decimal(50), label="甲")
    b = Figure(Decimal(2), cells=(CellRef("表", "A2"),), margin=Decimal(5), label="乙")
    both = total([a, b, Figure(None)])
    assert both.value == 3 and both.margin == 55 and [c.cell for c in both.cells] == ["A1", "A2"]
    assert total([Figure(None), Figure(None)]).blank
    assert (a - b).minus == {CellRef("表", "A2")}
    assert (a - b).formula == "甲 - 乙"


def test_number_formats() -> None:
    value = Figure(Decimal("508000"))
    assert show(value, Format(divisor=10000, trim=True)) == "50.8"
    assert show(Figure(Decimal("1")), Format(scale=100, bare_whole=True, suffix="%")) == "100%"
    assert show(Figure(Decimal("0.174")), Format(scale=100, bare_whole=True, suffix="%")) == "17.40%"
