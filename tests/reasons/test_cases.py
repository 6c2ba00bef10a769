"""Drafts in every case of a comparison: from zero, to zero, sign change, equal, no budget, each kind of part."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generator.checks.cases import cases_of, filled
from generator.checks.filled import submission as build
from generator.packs.compiled import CompiledPack
from generator.reasons.drafting import Draft, Status, as_json, by_slot, drafts


def drafted(
    compiled: CompiledPack,
    last: dict[str, str] | None = None,
    known: str = "",
    lists: dict[str, Any] | None = None,
    **fields: str,
) -> dict[str, Draft]:
    """The drafts of the made-up department with every kind of money, without its own reasons."""
    cases = cases_of(compiled.pack)
    made = filled(cases["everything"], compiled.pack, cases)
    made.reasons = {}
    made.fields |= {k.replace("__", "."): v for k, v in fields.items()}
    made.fields["origin.known"] = known
    made.lists |= lists or {}
    made.lists["last_lines"] = [
        {"key": k, "label": "示例事务" if "[" in k else k, "amount": v} for k, v in (last or {}).items()
    ]
    for row in made.lists["items"]:
        row.pop("reason", None)
    return by_slot(drafts(compiled, compiled.context(build(compiled.pack, made))))


def test_appearing_and_vanishing_are_called_so(liaoning: CompiledPack) -> None:
    found = drafted(liaoning, prior__reception="0")
    assert found["reason:abroad_prior"].text == "本年新增因公出国（境）费1.00万元"
    assert found["reason:reception_prior"].text == "本年新增公务接待费1.00万元"
    last = {"sangong.running.final": "30000", "sangong.purchase.final": "0"}
    assert drafted(liaoning, last)["reason:vehicle_prior"].text == "本年新增公务用车购置费18.00万元"
    gone = drafted(
        liaoning, {"general[2010399].total": "90000", "general.total.total": "1690000"}, prior__fiscal="2110000"
    )
    assert "上年的示例事务9.00万元本年不再发生" in gone["reason:fiscal"].text


def test_an_equal_amount_is_said_to_be_equal_and_nothing_is_made_up(liaoning: CompiledPack) -> None:
    found = drafted(liaoning, {"summary.r31": "2214000"}, prior__income="2214000", prior__reception="10000")
    assert found["reason:income"].text == "收入总计与上年持平"
    assert found["reason:reception_prior"].text == "公务接待费与上年持平"
    assert found["item:2010301"].text == "决算数与预算数一致"


def test_a_change_of_sign_is_said(liaoning: CompiledPack) -> None:
    last = {
        "fiscal.r60.general": "-40000",
        "fiscal.r60.fund": "20000",
        "fiscal.r60.soe": "3000",
        "fiscal.r60.total": "-17000",
        "summary.r60": "6000",
    }
    found = drafted(liaoning, last, prior__closing="-17000")
    draft = found["reason:closing"]
    assert draft.case.value == "from_negative"
    assert draft.text == "一般公共预算财政拨款结转和结余由负转正，增加10.00万元"


def test_no_budget_is_said_as_such(liaoning: CompiledPack) -> None:
    text = drafted(liaoning)["item:2120803"].text
    assert text == "城市建设支出年初未安排预算，本年支出30.00万元，均为年初预算以外安排的资金"


def test_where_nothing_is_known_nothing_is_said_but_what_would_help(liaoning: CompiledPack) -> None:
    draft = drafted(liaoning)["reason:operating"]
    assert draft.text == "" and draft.status is Status.NONE and "变动事实" in draft.missing


def test_an_incomplete_last_year_is_not_taken_for_zero(liaoning: CompiledPack) -> None:
    """Only one of the tables that a way of dividing needs is known: that way is not used."""
    found = drafted(liaoning, {"basic.staff": "900000", "basic.public": "150000"}, prior__fiscal="1900000")
    assert found["reason:fiscal"].text == ""
    full = drafted(liaoning, {"basic.staff": "900000", "basic.public": "150000"}, "projects", prior__fiscal="1900000")
    assert full["reason:fiscal"].text.startswith("一是人员经费增加10.00万元；二是公用经费增加5.00万元")


def test_units_and_operating_costs(liaoning: CompiledPack) -> None:
    units = {
        "unit_amounts": [
            {"name": "本级", "current": "1500000", "prior": "1600000"},
            {"name": "服务中心", "current": "605000", "prior": "600000"},
        ]
    }
    found = drafted(liaoning, lists=units)
    assert found["reason:expenditure"].text == "本级减少10.00万元；同时，服务中心增加0.50万元，抵减了部分减少额"
    last = {
        "basic.e30201": "50000",
        "basic.e30231": "30000",
        "basic.e31002": "60000",
        "basic.e30217": "12000",
        "basic.e30212": "0",
    }
    text = drafted(liaoning, last, prior__operating="162000")["reason:operating"].text
    assert text.startswith("一是办公费增加5.00万元") and "办公设备购置减少3.00万元" in text


@pytest.mark.parametrize(
    ("way", "text"),
    [("追加", ""), ("调减", "年中调减专项经费2.00万元（财预〔2024〕8号）")],
)
def test_a_fact_of_the_other_direction_is_not_used(liaoning: CompiledPack, way: str, text: str) -> None:
    """2010302 was spent below its budget: only a cut explains it."""
    facts = {
        "budget_facts": [
            {"code": "2010302", "way": way, "use": "专项经费", "amount": "20000", "document": "财预〔2024〕8号"}
        ]
    }
    draft = drafted(liaoning, lists=facts)["item:2010302"]
    assert draft.text == text
    if text:
        assert draft.claims[0].cause == "budget[1]" and draft.claims[0].cells


def test_a_draft_for_other_programs_carries_figures_and_cells(liaoning: CompiledPack) -> None:
    out = as_json(drafted(liaoning, prior__abroad="0")["reason:abroad_prior"])
    claims = out["claims"]
    assert (
        isinstance(claims, list) and claims[0]["current"] == "10000" and claims[0]["base"] == "0" and claims[0]["cells"]
    )


STAFF = {"basic.staff": "900000", "basic.public": "200000"}  # last year: 人员经费 rose by 10.00 万元 since


@pytest.mark.parametrize(
    ("joined", "gone", "retiring", "said"),
    [
        ("3", "", "", "新录用、调入人员3人，人员经费增加10.00万元"),
        ("5", "1", "2", "在职人员转退休2人，新录用、调入人员5人，调出、辞职人员1人，增加90.00万元"),
        ("2", "1", "2", "本年新增基本工资70.00万元"),  # one fewer in all: no reason for more
        ("2", "2", "", "人员经费增加10.00万元"),  # as many came as went
        ("", "4", "", "人员经费增加10.00万元"),
    ],
)
def test_people_who_came_and_who_left_are_weighed(
    liaoning: CompiledPack, joined: str, gone: str, retiring: str, said: str
) -> None:
    """Both are named, or neither: what is left out would turn the fact round."""
    fields = {"staff__joined": joined, "staff__gone": gone, "staff__retiring": retiring}
    found = drafted(liaoning, STAFF, "projects", prior__fiscal="1900000", **fields)
    assert said in found["reason:fiscal"].text, found["reason:fiscal"].text
    if "人，" not in said:
        assert not re.search("新录用|转退休|辞职", found["reason:fiscal"].text)


def test_a_fact_too_small_for_the_change_is_not_offered(liaoning: CompiledPack) -> None:
    """One person of two hundred cannot carry a tenth of what all cost; an addition of 0.10 万元 not 30 万元."""
    many = drafted(liaoning, STAFF, "projects", prior__fiscal="1900000", staff__joined="1", staff__active="200")
    assert "人员经费增加10.00万元" in many["reason:fiscal"].text and "新录用" not in many["reason:fiscal"].text
    few = drafted(liaoning, STAFF, "projects", prior__fiscal="1900000", staff__joined="1", staff__active="10")
    assert "新录用、调入人员1人" in few["reason:fiscal"].text
    for amount, offered in (("1000", False), ("300000", True)):
        fact = {"code": "2120803", "way": "追加", "use": "道路", "amount": amount, "document": ""}
        text = drafted(liaoning, lists={"budget_facts": [fact]})["item:2120803"].text
        assert ("年中追加道路" in text) is offered, text
