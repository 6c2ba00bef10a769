"""Parts of a change: what is named never says more than the change; offsets, zeros and signs."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model.figures import CellRef, Figure
from generator.packs.language import word
from generator.packs.parts import Part
from generator.packs.schema import DraftSettings
from generator.reasons.ranking import Cause, explain

SETTINGS = DraftSettings()
MONEY = st.integers(min_value=-9_000_000, max_value=9_000_000)
AMOUNTS = st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=9)


def shows(amount: Decimal) -> bool:
    """Printed as something in 万元 with two decimals."""
    return abs(amount) >= 50


def figure(value: int, name: str, margin: int = 0) -> Figure:
    return Figure(Decimal(value), cells=(CellRef("表", name),), margin=Decimal(margin), label=name)


def parts_of(amounts: list[tuple[int, int]]) -> list[Part]:
    return [
        Part(f"e:{k}", word(f"科目{chr(97 + k)}", "name"), figure(now, f"A{k}"), figure(then, f"B{k}"))
        for k, (now, then) in enumerate(amounts, 1)
    ]


@settings(max_examples=300, deadline=None)
@given(AMOUNTS, MONEY, st.integers(1, 5), st.integers(1, 4), st.integers(1, 100), st.integers(0, 100), st.booleans())
def test_what_is_named_never_exceeds_the_change(
    amounts: list[tuple[int, int]], unknown: int, most: int, offsets: int, cover: int, offset: int, with_fact: bool
) -> None:
    """With or without facts, with a remainder that no part knows, whatever the pack's thresholds are."""
    parts = parts_of(amounts)
    change = figure(sum(n - t for n, t in amounts) + unknown, "C")
    own = DraftSettings(cover=cover, offset=offset, parts=most, offsets=offsets)
    fact = Cause("f", word("某事"), "either", ("e:1", "e:2"))
    found = explain("", parts, change, own, (fact,) if with_fact else (), shows)
    if found is None:
        return
    sign = 1 if change.number > 0 else -1
    assert all(g.contribution * sign > 0 for g in found.named)
    assert all(g.contribution * sign < 0 for g in found.offsets)
    assert 0 < len(found.named) <= most and len(found.offsets) <= max(offsets, 1) + 1
    assert found.net <= abs(change.number)
    named = [abs(g.contribution) for g in found.named]
    assert named == sorted(named, reverse=True)


def test_a_part_that_moves_against_the_change_is_named_as_offsetting() -> None:
    found = explain("", parts_of([(150, 0), (0, 40), (0, 10)]), figure(100, "C"), SETTINGS)
    assert found is not None
    assert [g.contribution for g in found.named] == [150]
    assert [g.contribution for g in found.offsets] == [-40, -10]
    assert found.net == 100 and found.rest is None


def test_many_small_offsets_are_said_as_one_amount() -> None:
    found = explain("", parts_of([(1500, 0), *[(0, 100)] * 5]), figure(1000, "C"), SETTINGS)
    assert found is not None and len(found.offsets) == SETTINGS.offsets
    assert found.rest is not None and found.rest.number == -300
    assert found.net == 1000


def test_small_movements_the_other_way_are_not_worth_a_word() -> None:
    found = explain("", parts_of([(900, 0), (200, 0), (0, 20)]), figure(1080, "C"), SETTINGS)
    assert found is not None and [g.contribution for g in found.named] == [900] and not found.offsets


def test_digits_cut_in_printing_are_no_part() -> None:
    """0.02 万元 more than the change, inside the rounding of the parts: nothing is invented to fill it."""
    parts = [Part("s:a", word("甲"), figure(1200, "A", 50), figure(2700, "B", 50))]
    found = explain("", parts, figure(-1470, "C", 100), SETTINGS, (), shows)
    assert found is not None and found.rest is None and not found.offsets


def test_without_a_change_or_a_part_that_moved_with_it_nothing_is_said() -> None:
    assert explain("", parts_of([(5, 9), (9, 5)]), figure(0, "C"), SETTINGS) is None
    assert explain("", parts_of([(0, 500)]), figure(700, "C"), SETTINGS) is None


def test_what_a_fact_explains_stands_together_and_only_where_it_moved_that_way() -> None:
    parts = parts_of([(0, 300), (0, 200), (50, 0)])
    cause = Cause("retired", word("在职人员转退休"), "decrease", ("e:*",))
    found = explain("", parts, figure(-450, "C"), SETTINGS, (cause,))
    assert found is not None
    assert [(g.contribution, g.cause) for g in found.named] == [(-500, cause)]
    assert [(g.contribution, g.cause) for g in found.offsets] == [(50, None)]


def test_a_part_that_lowers_the_whole_counts_with_its_sign() -> None:
    """结转结余 = 收入 - 支出: less spending is more left over."""
    income = Part("n:i", word("收入"), figure(100, "A"), figure(180, "B"))
    spent = Part("n:s", word("支出"), figure(90, "D"), figure(190, "E"), sign=-1)
    found = explain("", [income, spent], figure(20, "C"), SETTINGS)
    assert found is not None
    assert [g.name.plain for g in found.named] == ["支出"] and [g.name.plain for g in found.offsets] == ["收入"]
    assert found.net == 20
