"""Slips of unit and of digits: ten to ten thousand times too much or too little is an error, however it came about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from generator.checks.run import check
from generator.model.figures import Figure
from generator.model.findings import Finding, Severity
from generator.model.submission import Record, Submission
from generator.packs.composer import compose
from tests.conftest import examined_of

FACTORS = [Decimal(10) ** k for k in (-4, -3, -2, -1, 1, 2, 3, 4)]


def times(record: Record, factor: Decimal, only: str = "") -> Record:
    """A record with its amounts (or one of them) multiplied."""
    return Record(
        {
            k: replace(v, value=v.value * factor)
            if isinstance(v, Figure) and v.value is not None and v.unit == "元" and (not only or k == only)
            else v
            for k, v in record.data.items()
        },
        record.row,
    )


def found(seed: str, made: Submission) -> list[Finding]:
    compiled = examined_of(seed).compiled
    assert compiled is not None
    context = compiled.context(made)
    report = check(compiled, context, compose(made, compiled, context=context))
    return [f for f in report.findings if f.id == "TX-391"]


def submission(seed: str) -> Submission:
    known = examined_of(seed).submission
    assert known is not None
    return known


@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"])
def test_real_departments_raise_no_question(seed: str) -> None:
    assert found(seed, submission(seed)) == []


@pytest.mark.parametrize("factor", FACTORS, ids=str)
@pytest.mark.parametrize("seed", ["000", "001"])
def test_a_sheet_in_another_unit_is_one_error(seed: str, factor: Decimal) -> None:
    """上年数与年初预算 all of it, but for the rows of 全口径, which a formula catches."""
    base = submission(seed)
    groups = {k: times(r, factor) if k in ("prior", "budget") else r for k, r in base.groups.items()}
    wrong = found(seed, replace(base, groups=groups))
    assert [f.severity for f in wrong if "整张表" in f.message] == [Severity.ERROR]
    assert "上年数与年初预算" in wrong[0].message and f"{10 ** abs(factor.adjusted()):,}" in wrong[0].message


@pytest.mark.parametrize("factor", FACTORS, ids=str)
@pytest.mark.parametrize("name", ["prior.income", "prior.expenditure", "budget.total"])
def test_a_total_with_a_digit_too_many_is_an_error(name: str, factor: Decimal) -> None:
    base = submission("001")
    group, _, field = name.partition(".")
    groups = {k: times(r, factor, field) if k == group else r for k, r in base.groups.items()}
    wrong = found("001", replace(base, groups=groups))
    assert Severity.ERROR in {f.severity for f in wrong} and len(wrong) == 1


@pytest.mark.parametrize("column", ["prior", "budget"])
@pytest.mark.parametrize("factor", [Decimal("0.0001"), Decimal(100), Decimal(10000)], ids=str)
def test_a_column_of_a_list_in_another_unit_is_an_error(column: str, factor: Decimal) -> None:
    base = submission("001")
    filled = (Record({**r.data, column: r.data["budget"]}, r.row) for r in base.lists["items"])
    items = tuple(times(r, factor, column) for r in filled)
    wrong = found("001", replace(base, lists={**base.lists, "items": items}))
    assert [f.severity for f in wrong] == [Severity.ERROR] and "分科目说明" in wrong[0].message


def test_other_amounts_beyond_all_reason() -> None:
    base = submission("001")
    groups = {k: times(r, Decimal(10) ** 6) if k == "procurement" else r for k, r in base.groups.items()}
    wrong = found("001", replace(base, groups=groups))
    assert Severity.ERROR in {f.severity for f in wrong}
    tables = {
        k: replace(t, slots={n: replace(f, value=f.value * 10**4) if f.value else f for n, f in t.slots.items()})
        for k, t in base.tables.items()
    }
    assert any("亿元" in f.message for f in found("001", replace(base, tables=tables)))
