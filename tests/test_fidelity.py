"""The published documents, word for word and cell by cell, from the workbooks under inputs/."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from generator.department.examination import Examined
from generator.model.document import Document, Paragraph, Span, Table
from generator.model.figures import Figure
from generator.model.submission import Record, SubjectRow, Submission, TableData, Value
from generator.packs.composer import compose
from tests.conftest import GOLDEN, examined_of
from tests.golden_text import deviations, differences

EXPECTED_LINES = {
    "000": [37, 47, 91, 93],
    "001": [77, 94],
    "002": [47, 49],
    "003": [],
    "004": [34, 41, 43, 46, 58, 76, 81, 86, *range(114, 133)],  # and the whole foreign glossary
}


def document_of(examined: Examined) -> Document:
    assert examined.document is not None
    return examined.document


def test_text_equals_the_published_one(seed: str, examined: Examined) -> None:
    assert differences(document_of(examined).prose(), seed) == []


def test_only_published_errors_are_excused(seed: str) -> None:
    assert [d["line"] for d in deviations(seed)] == EXPECTED_LINES[seed]
    assert all(d["reason"] and (d.get("corrected") or seed == "004") for d in deviations(seed))


def bare(text: object) -> str:
    """A cell without white space; numbering and brackets of either width are one spelling."""
    compact = re.sub(r"\s+", "", str(text)).replace("(", "（").replace(")", "）").replace(":", "：")
    return re.sub(r"^(\d)[、.]", r"\1.", compact)


def test_tables_cell_by_cell(seed: str, examined: Examined) -> None:
    if not (GOLDEN / f"tables-{seed}.json").exists():
        pytest.skip("the tables are not in the published text")
    published = json.loads((GOLDEN / f"tables-{seed}.json").read_text(encoding="utf-8"))
    made = [t for t in document_of(examined).tables() if t.role == "table"]
    assert [t.title for t in made] == [t["title"] for t in published]
    for ours, theirs in zip(made, published, strict=True):
        assert ours.number == theirs["number"]
        if theirs.get("missing"):
            continue
        assert bare(ours.left) == bare(theirs.get("department", ""))
        assert ours.right.endswith(f"单位：{theirs['unit']}")
        assert [[bare(c) for c in r] for r in ours.grid("header")] == [[bare(c) for c in r] for r in theirs["header"]]
        body = theirs.get("body_codes_restored") or theirs["body"]
        assert [[bare(c) for c in r] for r in ours.grid("body")] == [[bare(c) for c in r] for r in body]
        assert [bare("".join(s.text for s in n)) for n in ours.notes] == [bare(n) for n in theirs["notes"]]


def row_of(table: Table, first: str) -> list[str]:
    """The non-blank cells of the row that holds a label."""
    for row in table.grid("body"):
        cells = [c for c in row if c]
        if cells and bare(first) in [bare(c) for c in cells]:
            return cells
    raise AssertionError(first)


INDICATOR = ("l1", "l2", "l3", "op", "target", "unit", "actual", "completion", "weight", "score")


def indicator_rows(table: Table) -> list[tuple[str, ...]]:
    """Rows of indicators with merged cells filled down."""
    rows = table.grid("body")
    start = next(i for i, r in enumerate(rows) if "三级指标" in r) + 2
    level = ["", ""]
    out = []
    for row in rows[start:]:
        if any(c.startswith(("指标自评得分", "总评价得分")) for c in row):
            break
        level = [row[1] or level[0], row[2] if row[1] or row[2] else level[1]]
        out.append((*level, *row[3:11]))
    return out


def same(ours: str, theirs: str) -> bool:
    """Equal, or equal but for characters that the extraction of the published file lost (U+FFFD)."""
    ours, theirs = bare(ours), bare(theirs)
    if "\ufffd" not in theirs:
        return ours == theirs
    return re.fullmatch(re.escape(theirs).replace("\ufffd", "."), ours) is not None


def test_appendix_forms_cell_by_cell(seed: str, examined: Examined) -> None:
    published = json.loads((GOLDEN / f"forms-{seed}.json").read_text(encoding="utf-8"))
    made = [t for t in document_of(examined).tables() if t.role == "form"]
    assert [bare(t.title) for t in made] == [bare(f["kind"]) for f in published]
    for ours, theirs in zip(made, published, strict=True):
        if seed == "003":
            compare_goals(ours, theirs)
        elif "funds" in theirs:
            compare_selfcheck(ours, theirs)
        elif "项目" in theirs["kind"]:
            compare_project(ours, theirs)
        else:
            compare_whole(ours, theirs)


def compare_project(ours: Table, theirs: dict[str, Any]) -> None:
    assert row_of(ours, "项目（政策）名称")[1] == theirs["name"]
    assert row_of(ours, "主管部门")[1] == theirs["department"]
    assert row_of(ours, "实施单位")[1] == theirs["unit"]
    assert row_of(ours, "项目预算金额（万元）")[1::2] == [theirs["budget"], theirs["executed"], theirs["rate"]]
    goals = ours.grid("body")[5]
    assert same(goals[1], theirs["goal_initial"])
    assert same(goals[9], theirs["goal_done"])
    compare_indicators(ours, theirs)
    scores = [theirs[k] for k in ("subtotal", "execution_score", "deduction", "total")]
    assert row_of(ours, "绩效自评总得分")[1::2] == scores


def compare_goals(ours: Table, theirs: dict[str, Any]) -> None:
    """The forms of a budget: one of the whole department, one of each project."""
    keys = ("activity", "task", "l1", "l2", "l3", "nature", "target", "unit")
    rows = ours.grid("body")
    assert ours.subtitle == f"（{theirs['year']}）"
    if "budget" in theirs:
        keys = keys[2:]
        assert row_of(ours, "预算项目名称") == [
            "预算项目名称",
            theirs["name"],
            "年度预算金额（万元）",
            theirs["budget"],
        ]
        assert rows[1] == ["主管部门", theirs["department"], "", "实施单位", theirs["unit"], ""]
        filled: dict[int, str] = {}  # cells merged over several rows stand once
        for row in rows[4:]:
            filled |= {k: row[k] for k in (0, 1) if row[k]}
            row[0], row[1] = filled[0], filled[1]
    else:
        assert row_of(ours, "预算部门名称") == ["预算部门名称", theirs["department"]]
        assert rows[2][1:] == ["活动", "任务", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位"]
    assert row_of(ours, "年度绩效目标") == ["年度绩效目标", theirs["goal"]]
    first = 4 if "budget" in theirs else 3
    made = [row[-len(keys) :] for row in rows[first:]]
    assert made == [[i[k] for k in keys] for i in theirs["indicators"]]


def test_tables_that_are_not_in_the_published_text_follow_from_the_others() -> None:
    """附表2 and 附表3 of the budget: listed in its contents, absent from its text."""
    tables = {t.number: t.grid("body") for t in document_of(examined_of("003")).tables() if t.role == "table"}
    whole = next(r[1] for r in tables["附表1"] if r[0] == "收入总计")
    assert [r[2] for r in tables["附表2"]] == [whole] * 3
    assert [(r[0], r[1:6]) for r in tables["附表3"]] == [(r[0], r[1:]) for r in tables["附表7"]]


def compare_selfcheck(ours: Table, theirs: dict[str, Any]) -> None:
    assert row_of(ours, "项目名称")[1] == theirs["name"]
    assert row_of(ours, "主管部门")[1::2] == [theirs["department"], theirs["unit"]]
    for fund in theirs["funds"]:
        expected = [fund[k] for k in ("item", "initial", "full", "executed", "weight", "rate", "score")]
        assert row_of(ours, fund["item"])[-7:] == expected
    goals = ours.grid("body")[7]
    assert [goals[1], goals[7]] == [theirs["goal_initial"], theirs["goal_done"]]
    rows = [r for r in ours.grid("body") if r[3] and any(r[3] == i["l3"] for i in theirs["indicators"])]
    keys = (
        "l3",
        "weight",
        "target",
        "actual",
        "completion",
        "score",
        "basis",
        "last_year",
        "rule",
        "evidence",
        "deviation",
    )
    assert [r[3:] for r in rows] == [[i[k] for k in keys] for i in theirs["indicators"]]
    total = row_of(ours, "总分")
    assert total[1:] == [theirs["total_weight"], theirs["total"]]


def compare_whole(ours: Table, theirs: dict[str, Any]) -> None:
    assert row_of(ours, "部门（单位）名称")[1] == theirs["unit_name"]
    assert row_of(ours, "部门年初预算收入金额")[1] == theirs["budget_income"]
    assert row_of(ours, "部门年初预算支出金额")[1] == theirs["budget_expenditure"]
    for task in theirs["tasks"]:
        expected = [task[k] for k in ("item", "issued", "executed", "rate", "weight", "score")]
        assert [bare(c) for c in row_of(ours, task["item"])[-6:]] == [bare(c) for c in expected]
    goals = ours.grid("body")[3 + 1 + len(theirs["tasks"]) + 1]
    assert same(goals[1], theirs["goal_initial"])
    assert same(goals[8], theirs["goal_done"])
    compare_indicators(ours, theirs)
    explained = [i for i in theirs["indicators"] if i.get("reason")]
    texts = [c for r in ours.grid("body") for c in r]
    for indicator in explained:
        assert any(same(c, indicator["reason"]) for c in texts)
        assert any(same(c, indicator["improve"]) for c in texts)
    assert row_of(ours, "总评价得分")[1] == theirs["total"]


def compare_indicators(ours: Table, theirs: dict[str, Any]) -> None:
    made = indicator_rows(ours)
    assert len(made) == len(theirs["indicators"])
    for row, expected in zip(made, theirs["indicators"], strict=True):
        for cell, key in zip(row, INDICATOR, strict=True):
            assert same(cell, str(expected.get(key, ""))), (row, expected)


# ------------------------------------------------------------------ no number is typed


def scaled(value: Value, factor: Decimal) -> Value:
    if isinstance(value, Figure) and value.unit == "元" and value.value is not None:
        return replace(value, value=value.value * factor)
    return value


def scale(submission: Submission, factor: Decimal) -> Submission:
    """Every amount of money times a factor; scores, counts and rates stay."""

    def row(r: SubjectRow) -> SubjectRow:
        return replace(r, cells={k: scaled(v, factor) for k, v in r.cells.items()})

    def table(t: TableData) -> TableData:
        slots = {k: f for k, v in t.slots.items() if isinstance(f := scaled(v, factor), Figure)}
        totals = {k: scaled(v, factor) for k, v in t.totals.items()}
        return replace(t, slots=slots, totals=totals, rows=tuple(row(r) for r in t.rows))

    def record(r: Record) -> Record:
        return Record({k: scaled(v, factor) for k, v in r.data.items()}, r.row)

    return replace(
        submission,
        tables={k: table(t) for k, t in submission.tables.items()},
        groups={k: record(r) for k, r in submission.groups.items()},
        lists={k: tuple(record(r) for r in rows) for k, rows in submission.lists.items()},
    )


def numbers(document: Document) -> list[tuple[str, Span]]:
    return [
        (b.id, s)
        for b in document.blocks()
        if isinstance(b, Paragraph)
        for s in b.spans
        if s.kind == "figure" and s.figure is not None
    ]


def test_scaling_moves_every_amount_and_no_rate(examined: Examined) -> None:
    assert examined.submission and examined.compiled
    before = numbers(document_of(examined))
    after = numbers(compose(scale(examined.submission, Decimal("1.1")), examined.compiled))
    assert [i for i, _ in before] == [i for i, _ in after]
    moved = 0
    for (_, old), (_, new) in zip(before, after, strict=True):
        assert old.figure is not None and new.figure is not None
        if old.figure.unit == "元":
            assert new.figure.number == old.figure.number * Decimal("1.1")
            moved += old.text != new.text
            if abs(old.figure.number) > 1000:
                assert old.text != new.text
        else:
            assert old.text == new.text
    assert moved > 40


def test_typed_text_is_only_what_an_officer_must_think_of(examined: Examined) -> None:
    """Words typed by a person come from reasons, uses, duties, names and results, never from a number."""
    typed = generated = 0
    for block in document_of(examined).blocks():
        if isinstance(block, Paragraph):
            for span in block.spans:
                typed += len(span.text) if span.kind == "typed" else 0
                generated += len(span.text) if span.kind != "typed" else 0
                assert span.kind != "typed" or span.cells
    assert typed < generated


def test_every_printed_number_knows_its_cells(examined: Examined) -> None:
    for _, span in numbers(document_of(examined)):
        assert span.figure is not None
        assert span.figure.cells or not span.figure.number


@pytest.mark.parametrize("seed_id", ["000", "001", "003"])
def test_real_departments_have_no_false_errors(seed_id: str) -> None:
    examined = examined_of(seed_id)
    assert [f.message for f in examined.findings if f.severity.value == "error"] == []
    tables = [f.message.split("有")[0] for f in examined.findings if f.id == "GK-900"]
    assert len(tables) == len(set(tables))
