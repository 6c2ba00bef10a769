"""Every kind of money: all equations hold and can be broken, and the sentences read as they should."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from generator.checks.formulas import Result, Status, run_formulas
from generator.checks.run import check
from generator.model.figures import CellRef, Figure
from generator.model.submission import Record, Submission, TableData, Value
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.loader import load
from tests.full_money import submission

LIAONING = load("liaoning")
SEPARATE = {
    "GK-133b": "only where no other money came in",
    "GK-157a": "only without visits",
    "GK-157b": "only without a purchase",
}


def results(made: Submission, compiled: CompiledPack = LIAONING) -> list[Result]:
    return run_formulas(compiled, compiled.context(made))


def test_nothing_consistent_is_called_wrong() -> None:
    made = submission(LIAONING)
    context = LIAONING.context(made)
    report = check(LIAONING, context, compose(made, LIAONING, context=context))
    errors = [f.message for f in report.findings if f.severity.value == "error"]
    assert errors == []
    assert not [r for r in report.results if r.rounding]  # 元 is exact: no 尾差


def test_every_formula_check_has_a_passing_case() -> None:
    passed = {r.spec.id for r in results(submission(LIAONING)) if r.status is Status.PASSED}
    assert set(LIAONING.pack.checks) - passed <= {*SEPARATE, "GK-135c"}


def changed(made: Submission, cell: CellRef, by: Decimal) -> Submission:
    """The submission with the figure of one cell moved."""

    def value(v: Value) -> Value:
        if isinstance(v, Figure) and v.cells == (cell,):
            return replace(v, value=v.number + by)
        return v

    def table(t: TableData) -> TableData:
        slots = {k: f for k, v in t.slots.items() if isinstance(f := value(v), Figure)}
        rows = tuple(replace(r, cells={k: value(v) for k, v in r.cells.items()}) for r in t.rows)
        return replace(t, slots=slots, rows=rows, totals={k: value(v) for k, v in t.totals.items()})

    return replace(
        made,
        tables={k: table(t) for k, t in made.tables.items()},
        groups={k: Record({n: value(v) for n, v in r.data.items()}, r.row) for k, r in made.groups.items()},
        lists={
            k: tuple(Record({n: value(v) for n, v in r.data.items()}, r.row) for r in rows)
            for k, rows in made.lists.items()
        },
    )


@pytest.mark.parametrize("name", sorted(set(LIAONING.pack.checks) - set(SEPARATE) - {"GK-135c"}))
def test_every_formula_check_has_a_failing_case(name: str) -> None:
    made = submission(LIAONING)
    held = next(r for r in results(made) if r.spec.id == name and r.status is Status.PASSED and r.left.cells)
    by = Decimal("10000000.01") if held.spec.relation == "<=" else Decimal("-10000000.01")
    cell = held.left.cells[0]
    broken = results(changed(made, cell, by * held.sign(cell)))
    assert any(r.spec.id == name and r.status is Status.FAILED and cell in r.cells for r in broken)


SENTENCES = [
    "2.上级补助收入2.00万元，占收入总计的0.90%。主要是：一是据实列支；二是人员变动等收入。",
    "2024年度政府性基金预算财政拨款支出30.00万元。按支出功能分类科目分，包括：",
    "（1）城乡社区支出（类）国有土地使用权出让收入安排的支出（款）城市建设支出（项）30.00万元，主要是道路建设等支出，"
    "无年初预算，决算数大于年初预算数的原因主要是：年中下达专项资金。",
    "2024年度国有资本经营预算财政拨款支出12.00万元。按支出功能分类科目分，包括：",
    "2024年因公出国（境）费比上年增加1.00万元，主要原因是：一是据实列支；二是人员变动等。",
    "2024年国内公务接待累计5批次、40人、1.00万元。其中外事接待累计1批次、6人、0.20万元。",
    "2024年公务接待费比上年减少0.20万元，下降16.67%，",
    "其中：公务用车购置费18.00万元，主要用于更新应急保障用车等，当年购置公务用车1辆。",
    "其中：基本支出120.00万元，项目支出82.00万元。与上年相比，财政拨款支出持平，",
    "其他用车1辆，其他用车主要是一般公务用车；单价100万元（含）以上设备（不含车辆）2台（套）。",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_other_money(sentence: str) -> None:
    text = "\n".join(compose(submission(LIAONING), LIAONING).prose())
    assert sentence in text
    assert "。。" not in text and "【待填" not in text


def test_other_family_speaks_of_the_same_money() -> None:
    """The made-up department under another pack of the family: same figures, its own wording."""
    compiled = load("chaoyang")
    text = "\n".join(compose(submission(compiled), compiled).prose())
    assert "无年初预算，决算数与年初预算数存在差异的主要原因是年中下达专项资金。" in text
    assert "日常公用经费20.00万元" in text
