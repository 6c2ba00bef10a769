"""Reasons held to the way and the size of their figures, in lists too; what only looks like a contradiction is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from generator.checks.run import check
from generator.model import Figure, Finding, Record, Submission, Text
from generator.model.figures import CellRef
from generator.packs.composer import compose
from tests.conftest import examined_of

WAYS = ("TX-366", "TX-367", "TX-383", "DR-404", "DR-405", "DR-408")
PLACE = (CellRef("说明", "X1"),)


def said(submission: Submission, place: str, words: str) -> Submission:
    kind, _, name = place.partition(":")
    text = Text(words, PLACE)
    if kind == "reason":
        return replace(submission, reasons={**submission.reasons, name: text})
    list_id, column = ("projects", "problem") if kind == "project" else ("items", "reason")
    rows = [
        replace(r, data={**r.data, column: text}) if name in (str(r.get("code", "")), _number(r)) else r
        for r in submission.lists[list_id]
    ]
    return replace(submission, lists={**submission.lists, list_id: tuple(rows)})


def _number(record: Record) -> str:
    number = record.get("no")
    return f"{number.number:f}" if isinstance(number, Figure) else ""


def found(seed: str, submission: Submission) -> list[Finding]:
    compiled = examined_of(seed).compiled
    assert compiled is not None
    context = compiled.context(submission)
    report = check(compiled, context, compose(submission, compiled, context=context))
    return [f for f in report.findings if f.id in WAYS]


def told(seed: str, *places: tuple[str, str]) -> list[str]:
    submission = examined_of(seed).submission
    assert submission is not None
    for place, words in places:
        submission = said(submission, place, words)
    return sorted({f.id for f in found(seed, submission) if PLACE[0] in f.cells})


GREW, FELL, SAME, NEW = "item:2010301", "item:2010302", "item:2101102", "item:2010399"
YEARS = "reason:expenditure"  # fell by a third


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (GREW, "执行中压减经费"),
        (GREW, "在职人员减少"),
        (GREW, "在职人员退休2人"),
        (FELL, "年中追加经费"),
        (FELL, "新增信息化项目"),
        (SAME, "缴费基数上调，支出增加"),
        (NEW, "项目取消"),
        (YEARS, "新增民心网建设项目"),
        ("reason:closing", "项目支出增加较多"),
    ],
)
def test_a_reason_of_the_other_way_is_found_wherever_it_stands(place: str, words: str) -> None:
    assert "TX-366" in told("001", (place, words))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (GREW, "厉行节约，压减一般性支出，但年中新增人员，人员经费增加"),  # economy beside an increase
        (GREW, "上年未安排的绩效工资本年安排"),
        (GREW, "执行中追加退休人员经费"),
        ("item:2080506", "在职人员退休3人，职业年金做实"),  # who retires costs more there
        (FELL, "个别项目资金不满足支付条件"),
        (FELL, "追加的项目尚未支付，形成资金结余"),
        (SAME, "按实际支付"),
        (NEW, "此项支出为执行中追加资金，无年初预算数"),
        (YEARS, "上年新增的信息化项目已验收，本年减少"),
        (YEARS, "落实《关于进一步增加投入的意见》的任务上年已完成，支出减少"),
    ],
)
def test_what_only_looks_like_a_contradiction_is_left_alone(place: str, words: str) -> None:
    assert "TX-366" not in told("001", (place, words))


@pytest.mark.parametrize("words", ["正常变动", "据实列支", "根据工作需要", "政策性因素增加"])
def test_a_stock_phrase_is_no_reason_of_a_large_change_by_subject(words: str) -> None:
    assert "TX-367" in told("001", (GREW, words))  # by 31 %
    assert "TX-367" not in told("001", (FELL, words))  # by 5 %


def test_projects_are_held_to_what_they_executed() -> None:
    assert "TX-366" in told("004", ("project:2", "执行率偏低，部分资金未支付"))  # executed wholly
    assert "TX-366" not in told("004", ("project:2", "绩效指标设置不够细化"))
    assert "TX-366" in told("004", ("project:1", "支出超预算"))
    assert "TX-366" not in told("004", ("project:1", "执行率偏低，部分资金未支付"))


def test_one_reason_for_a_change_in_several_places_is_right_and_for_others_not() -> None:
    words = "上年支出包含信息化建设项目，该项目上年已验收完成"
    whole = [("reason:income", words), (YEARS, words), ("reason:fiscal", words)]
    assert told("001", *whole) == []
    assert "TX-383" in told(
        "001", *whole, ("reason:vehicle_prior", words), ("reason:closing", words), ("reason:operating", words)
    )


def test_one_fact_in_many_places_is_said() -> None:
    submission = examined_of("000").submission
    assert submission is not None
    staff = submission.groups["staff"]
    gone = replace(staff.data["gone"], value=Decimal(7), cells=(CellRef("变动事实", "B5"),))  # type: ignore[type-var]
    submission = replace(
        submission, groups={**submission.groups, "staff": replace(staff, data={**staff.data, "gone": gone})}
    )
    words = "调出、辞职人员7人"
    for n, place in enumerate(("reason:expenditure", "reason:operating", "reason:vehicle_prior", "item:2080505"), 1):
        submission = said(submission, place, words)
        named = [f for f in found("000", submission) if f.id == "DR-408"]
        assert len(named) == (n > 2), place
    assert str(named[0].cells[0]) == "变动事实!B5" and "写作4处变动的原因" in named[0].message


@pytest.mark.parametrize(
    "words",
    [
        "事业单位离退休人员增加",  # people, no amount
        "信访维稳项目支出增加",  # the end of another name
        "住房公积金缴存基数增加",
        "增加住房公积金缴费人数",
    ],
)
def test_a_name_of_a_subject_is_no_claim(words: str) -> None:
    assert not {"DR-404", "DR-405"} & set(told("001", (GREW, words)))


def test_an_amount_in_the_name_of_a_project_is_no_claim() -> None:
    submission = examined_of("001").submission
    assert submission is not None
    name = "提前下达37.5万元补助资金"
    first, *others = submission.lists["projects"]
    named = replace(first, data={**first.data, "name": Text(name)})
    with_name = replace(submission, lists={**submission.lists, "projects": (named, *others)})
    words = f"{name}项目上年已验收"
    before, after = (found("001", said(s, YEARS, words)) for s in (submission, with_name))
    assert [f.id for f in before if f.id == "DR-405"] == ["DR-405"]
    assert [f.id for f in after if f.id == "DR-405"] == []
