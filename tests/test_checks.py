"""Checks: intervals, four results, culprits, and nothing right called wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.checks.formulas import Status, holds, judge
from generator.checks.rule_list import RULES
from generator.checks.run import check, explain
from generator.model.figures import CellRef, Figure
from generator.model.findings import Finding
from generator.model.submission import Submission, Text
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.schema import CheckSpec
from tests.conftest import DEPARTMENTS, examined_of
from tools.proof.mutate import amounts, mutate, with_amount

WAN = Decimal(10000)


def real(seed: str = "001") -> Submission:
    submission = examined_of(seed).submission
    assert submission is not None
    return submission


def run(submission: Submission, compiled: CompiledPack) -> list[Finding]:
    context = compiled.context(submission)
    return list(check(compiled, context, compose(submission, compiled, context=context)).findings)


def ids(findings: list[Finding]) -> set[str]:
    return {f.id for f in findings}


def slot(submission: Submission, table: str, name: str, value: Decimal | None) -> Submission:
    old = submission.tables[table].slots.get(name, Figure(None, cells=(CellRef("表", name),)))
    return with_amount(submission, table, f"slot:{name}", replace(old, value=value))


# ------------------------------------------------------------------ tolerance and status

SPEC = CheckSpec(id="X", title="相等", left="a", right="b")


def figure(value: str | None, margin: str = "0", missing: str = "") -> Figure:
    return Figure(None if value is None else Decimal(value), margin=Decimal(margin), missing=missing)


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        (figure("100"), figure("100"), Status.PASSED),
        (figure("100"), figure("100.01"), Status.FAILED),  # 元 is exact
        (figure("14997600", "50"), figure("14997700", "200"), Status.PASSED),  # 尾差 of four addends
        (figure("14997600", "50"), figure("14998000", "200"), Status.FAILED),
        (figure(None), figure(None), Status.NOT_APPLICABLE),
        (figure(None), figure("5"), Status.FAILED),  # a blank where an amount must be
        (figure(None, missing="合计"), figure("5"), Status.CANNOT_TELL),  # missing is never a pass
    ],
)
def test_four_results(left: Figure, right: Figure, status: Status) -> None:
    assert judge(SPEC, left, right) is status


def test_relations_respect_the_band() -> None:
    assert holds(">=", Decimal(-5), Decimal(5)) and not holds(">=", Decimal(-6), Decimal(5))
    assert holds("<=", Decimal(5), Decimal(5)) and not holds("<", Decimal(0), Decimal(0))


# ------------------------------------------------------------------ real departments


def test_coverage_is_counted(liaoning: CompiledPack) -> None:
    examined = examined_of("001")
    assert examined.coverage["passed"] > 200 and examined.coverage["failed"] == 1
    assert sum(examined.coverage.values()) > 500


def test_a_wrong_total_is_named_with_the_right_amount(liaoning: CompiledPack) -> None:
    wrong = slot(real(), "summary", "r58", real().tables["summary"].slots["r58"].number + 100 * WAN)
    first = run(wrong, liaoning)[0]
    assert first.id == "GK-901"
    assert [str(c) for c in first.cells] == ["公开01表!F32"]
    assert first.actual == "5616.90" and Decimal(first.expected) == Decimal("5516.90")
    assert {"GK-102", "GK-105", "GK-126"} <= set(first.related)
    folded = [f for f in run(wrong, liaoning) if f.related == ("GK-901",)]
    assert {f.id for f in folded} == set(first.related)


def test_two_independent_errors_are_both_named(liaoning: CompiledPack) -> None:
    wrong = slot(real(), "summary", "r58", real().tables["summary"].slots["r58"].number + 100 * WAN)
    wrong = slot(wrong, "sangong", "vehicle.final", Decimal(300000))
    named = {str(f.cells[0]) for f in run(wrong, liaoning) if f.id == "GK-901"}
    assert {"公开01表!F32", "公开09表!C7"} <= named


def test_mutation_sample() -> None:
    """Every 13th amount; the whole is ``python -m tools.proof.mutate``."""
    tally = mutate(DEPARTMENTS["001"], every=13)
    tried, found, named = (sum(c.values()) for c in (tally.tried, tally.found, tally.named))
    assert tried > 60
    assert found >= tried * 0.99 and named >= tried * 0.90


# ------------------------------------------------------------------ each rule fails somewhere


def reason(submission: Submission, name: str, text: str) -> Submission:
    old = submission.reasons[name]
    return replace(submission, reasons={**submission.reasons, name: replace(old, value=text)})


def group(submission: Submission, name: str, **values: Any) -> Submission:
    record = submission.groups[name]
    data: Mapping[str, Any] = {**record.data, **values}
    return replace(submission, groups={**submission.groups, name: replace(record, data=data)})


def record(submission: Submission, name: str, number: int, **values: Any) -> Submission:
    rows = list(submission.lists[name])
    rows[number] = replace(rows[number], data={**rows[number].data, **values})
    return replace(submission, lists={**submission.lists, name: tuple(rows)})


def count(number: int) -> Figure:
    return Figure(Decimal(number), "个", (CellRef("三公与资产", "B9"),))


def named_row(submission: Submission, code: str, name: str) -> Submission:
    table = submission.tables["general"]
    rows = tuple(replace(r, name=name) if r.code == code else r for r in table.rows)
    return replace(submission, tables={**submission.tables, "general": replace(table, rows=rows)})


def without_row(submission: Submission, code: str) -> Submission:
    table = submission.tables["general"]
    rows = tuple(r for r in table.rows if r.code != code)
    return replace(submission, tables={**submission.tables, "general": replace(table, rows=rows)})


S = real
FAILING: dict[str, Any] = {
    "TX-365": lambda s: reason(s, "income", ""),
    "TX-382": lambda s: group(s, "visits", running_use=Text("", (CellRef("三公与资产", "B18"),))),
    "TX-363": lambda s: record(s, "items", 0, use=Text("", (CellRef("分科目说明", "F8"),))),
    "TX-364": lambda s: record(s, "items", 0, reason=Text("", (CellRef("分科目说明", "G8"),))),
    "TX-386": lambda s: reason(s, "source_superior", "XX项目"),  # not printed
    "TX-387": lambda s: reason(s, "source_superior", "项目（一期"),
    "TX-393": lambda s: reason(s, "income", "上年的的项目已验收，本年减少"),
    "TX-366": lambda s: reason(s, "income", "新增项目，经费增加"),
    "TX-367": lambda s: reason(s, "income", "正常变动"),
    "TX-398": lambda s: reason(s, "income", "联系人身份证号11010519491231002X，项目减少"),
    "TX-390": lambda s: reason(s, "income", "2019年项目验收，本年减少"),
    "TX-392": lambda s: named_row(s, "210", "医疗卫生与计划生育支出"),
    "TX-385": lambda s: group(
        s, "info", approved=Text("2025-08-01"), published=Text("2025-09-15", (CellRef("基本信息", "B11"),))
    ),
    "TX-391": lambda s: group(s, "prior", income=replace(s.groups["prior"]["income"], value=Decimal("8513.83"))),
    "FM-375a": lambda s: record(s, "projects", 0, execution_score=count(5)),
    "FM-355": lambda s: record(
        s, "projects", 0, executed=Figure(Decimal(40000000), cells=(CellRef("项目绩效", "G8"),))
    ),
    "FM-340": lambda s: group(s, "visits", holding=count(9)),
    "FM-322": lambda s: without_row(s, "20805"),
    "FM-322b": lambda s: named_row(s, "2101101", "行政医疗"),
    "FM-320": lambda s: record(
        s, "projects", 0, executed=Figure(Decimal(40000000), cells=(CellRef("项目绩效", "G8"),))
    ),
    "GK-136": lambda s: s,
    "GK-150": lambda s: group(
        s, "operating", amount=Figure(Decimal(9000000), cells=(CellRef("机关运行与采购", "B7"),))
    ),
    "GK-151": lambda s: group(
        s, "procurement", sme=Figure(Decimal(90000000), cells=(CellRef("机关运行与采购", "B12"),))
    ),
    "GK-152": lambda s: group(
        s, "procurement", micro=Figure(Decimal(9000000), cells=(CellRef("机关运行与采购", "B13"),))
    ),
    "GK-147": lambda s: group(s, "visits", foreign_batches=count(3)),
    "GK-157a": lambda s: group(s, "visits", groups=count(3)),
    "GK-157b": lambda s: group(s, "visits", purchased=count(1)),
    "GK-135a": lambda s: slot(s, "basic", "e30231", Decimal(200000)),
}


@pytest.mark.parametrize("rule", sorted(FAILING))
def test_each_rule_has_a_failing_case_with_its_cell(rule: str, liaoning: CompiledPack) -> None:
    found = [f for f in run(FAILING[rule](real()), liaoning) if f.id == rule or rule in f.related]
    assert found, rule
    assert found[0].message and (found[0].cells or rule.startswith("DC"))


@pytest.mark.parametrize("rule", sorted(set(FAILING) - {"GK-136", "TX-383"}))
def test_each_rule_passes_on_the_real_department(rule: str, liaoning: CompiledPack) -> None:
    assert rule not in ids(run(real(), liaoning))


def test_a_wrong_check_digit_is_no_identity_number(liaoning: CompiledPack) -> None:
    wrong = reason(real(), "income", "编号110105194912310021，项目减少")
    assert "TX-398" not in ids(run(wrong, liaoning))


def test_every_check_can_be_explained(liaoning: CompiledPack) -> None:
    for name in [*liaoning.pack.checks, *RULES]:
        found = explain(name, liaoning.pack)
        assert found and found["名称"] and found["依据"] and found["怎样处理"]
    assert explain("XX-000", liaoning.pack) is None


def test_every_formula_check_runs_somewhere(liaoning: CompiledPack) -> None:
    """No check is declared that can never apply: each passes or fails on the real departments or on
    a department with every kind of money."""
    reports = [examined_of(s).report for s in ("000", "001")]
    seen = {r.spec.id for report in reports if report for r in report.results if r.status is not Status.NOT_APPLICABLE}
    only_with_other_money = {
        c for c in liaoning.pack.checks if "108d" in c or "108e" in c or "109d" in c or "109e" in c
    }
    rest = set(liaoning.pack.checks) - seen - only_with_other_money
    assert rest <= {
        "GK-112e",
        "GK-112f",
        "GK-113",
        "GK-117",
        "GK-117b",
        "GK-118",
        "GK-132a",
        "GK-132b",
        "GK-132c",
        "GK-132d",
        "GK-133b",
        "GK-134",
        "GK-145",
        "GK-146",
        "GK-157a",
        "GK-157b",
    }, rest


# ------------------------------------------------------------------ random workbooks


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9))
def test_random_errors_never_raise_and_always_have_a_cell(liaoning: CompiledPack, seed: int) -> None:
    rng = random.Random(seed)
    submission = real(rng.choice(["000", "001"]))
    places = [(t, p, f) for t, table in submission.tables.items() for p, f in amounts(table)]
    for table, place, old in rng.sample(places, rng.randint(1, 12)):
        value = rng.choice([None, Decimal(0), Decimal(rng.randint(-(10**9), 10**9)), old.number * rng.choice([10, -1])])
        submission = with_amount(submission, table, place, replace(old, value=value))
    if rng.random() < 0.3:
        gone = rng.choice(list(submission.tables))
        submission = replace(submission, tables={k: t for k, t in submission.tables.items() if k != gone})
    for finding in run(submission, liaoning):
        assert finding.cells or finding.id.startswith(("TX-300", "DC")), finding


def test_the_reference_page_is_current() -> None:
    from tools.reference import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tools.reference"
