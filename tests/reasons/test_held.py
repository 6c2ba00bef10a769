"""What a person wrote, held to the numbers: contradictions are found with both sides, true words are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.checks.run import check
from generator.department.examination import Examined, examine
from generator.files import write_cells
from generator.model.figures import CellRef
from generator.model.findings import Finding, Severity
from generator.model.submission import Text
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.loader import load
from generator.reasons.drafting import drafts_for
from tests.conftest import examined_of
from tests.reasons.planted import pair

HELD = ("DR-404", "DR-405", "DR-406", "DR-407")


def findings(examined: Examined, reason: str, text: str) -> list[Finding]:
    """What is found when a reason says this."""
    compiled, submission = examined.compiled, examined.submission
    assert compiled is not None and submission is not None
    said = replace(
        submission.reasons.get(reason, Text()), value=text, cells=(CellRef("原因说明", "D9"),), pieces=(), pending=False
    )
    changed = replace(submission, reasons={**submission.reasons, reason: said})
    context = compiled.context(changed)
    report = check(compiled, context, compose(changed, compiled, context=context))
    return [f for f in report.findings if f.id in HELD]


def test_the_published_texts_have_nothing_of_this(seed: str) -> None:
    """Their reasons were read one by one: none names a subject that moved otherwise, none cites an amount."""
    assert [f for f in examined_of(seed).findings if f.id in HELD] == []


@pytest.mark.parametrize(
    ("reason", "text", "said", "so"),
    [
        ("sangong", "公务用车运行维护费增加", "公务用车运行维护费增加", "减少 0.01 万元"),
        ("sangong", "下达任务，增加公务用车运行维护费", "增加公务用车运行维护费", "由 1.00 万元到 0.99 万元"),
        ("vehicle_prior", "车辆报废，减少5.60万元", "5.60万元", "减少 5.41 万元"),
        ("expenditure", "与上年相比减少113.92万元", "113.92万元", "减少 113.29 万元"),
        ("expenditure", "厉行节约，支出下降9.02%", "下降9.02%", "7.02%"),
    ],
)
def test_a_contradiction_is_found_with_both_sides(reason: str, text: str, said: str, so: str) -> None:
    found = findings(examined_of("000"), reason, text)
    assert [f.actual for f in found] == [said]
    assert so in found[0].expected and found[0].severity is Severity.WARNING
    assert found[0].cells[0] == CellRef("原因说明", "D9") and len(found[0].cells) > 1


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("sangong", "公务用车运行维护费比预算减少0.01万元"),
        ("expenditure", "支出减少113.29万元，下降7.02%"),
        ("expenditure", "财政拨款支出减少1,132,900元"),
        ("vehicle_prior", "公务用车运行维护费没有增加"),
        ("vehicle_prior", "按照每车每年3.5万元以下的标准执行，减少支出"),
        ("operating", "依据《关于压减支出20万元的通知》执行"),
        ("vehicle_prior", "车辆减少，标准2万元"),
    ],
)
def test_what_the_figures_bear_is_left_alone(reason: str, text: str) -> None:
    assert findings(examined_of("000"), reason, text) == []


def test_a_subject_that_did_not_move_that_way_is_found_in_the_reason_of_another(tmp_path: Path) -> None:
    """A 项 is compared with its budget, so a claim about another 项 in its reason is too."""
    examined = examined_of("000")
    submission, compiled = examined.submission, examined.compiled
    assert submission is not None and compiled is not None
    rows = list(submission.lists["items"])
    at = next(k for k, r in enumerate(rows) if str(r["code"]) == "2080505")
    words = Text("住房公积金增加，事业单位医疗减少", (CellRef("分科目说明", "G7"),))
    rows[at] = replace(rows[at], data={**rows[at].data, "reason": words})
    changed = replace(submission, lists={**submission.lists, "items": tuple(rows)})
    context = compiled.context(changed)
    found = [f for f in check(compiled, context, compose(changed, compiled, context=context)).findings if f.id in HELD]
    assert [(f.id, f.actual, str(f.cells[0])) for f in found] == [("DR-404", "住房公积金增加", "分科目说明!G7")]
    assert "由 94.70 万元到 91.61 万元，减少 3.09 万元" in found[0].expected


def test_every_draft_turned_round_is_found(tmp_path: Path) -> None:
    """A draft says what is so; with its directions turned it is a contradiction."""
    examined = examine(pair(load("liaoning"), tmp_path))
    turned = 0
    for draft in drafts_for(examined):
        if draft.reason in ("income", "expenditure", "fiscal"):
            assert findings(examined, draft.reason, draft.text) == []
            other = draft.text.replace("减少", "\0").replace("增加", "减少").replace("\0", "增加")
            assert any(f.id == "DR-404" for f in findings(examined, draft.reason, other)), other
            turned += 1
    assert turned == 3


def test_a_number_of_people_is_held_to_the_fact(tmp_path: Path) -> None:
    examined = examine(pair(load("liaoning"), tmp_path))
    assert findings(examined, "expenditure", "在职人员转退休10人") == []
    found = findings(examined, "expenditure", "在职人员转退休11人")
    assert [f.actual for f in found] == ["转退休11人"] and "10人" in found[0].expected


def test_a_shortened_list_says_what_is_missing(liaoning: CompiledPack) -> None:
    examined = examined_of("000")
    found = findings(examined, "staff_list", "基本工资、津贴补贴、绩效工资、差旅费")
    assert [f.id for f in found] == ["DR-406", "DR-406"]
    missing, unknown = found
    assert "退休费（262.16万元）" in missing.message and "抚恤金（20.07万元）" in missing.message
    assert "基本工资" not in missing.message and unknown.actual == "差旅费"
    full = missing.expected
    assert findings(examined, "staff_list", full) == []


def test_a_shortened_list_is_what_the_text_says(tmp_path: Path, department: Path) -> None:
    from generator.workbook.form.write import write_form
    from tools.made.fill_inputs import departments, form_data

    name, source = departments()["000"]
    pack = load(name).pack
    filled = source(pack)
    filled.reasons["staff_list"] = "基本工资、绩效工资"
    path = tmp_path / "填报表.xlsx"
    path.write_bytes(write_form(pack, filled.year, filled.name, data=form_data(filled)))
    document = examine(path).document
    assert document is not None
    assert "人员经费1,364.91万元，主要包括基本工资、绩效工资等；" in "".join(document.prose())
    assert write_cells(path.read_bytes(), {}) is not None


def test_a_use_that_leaves_a_project_out_is_said(tmp_path: Path) -> None:
    path = pair(load("liaoning"), tmp_path)
    first = examine(path)
    use = next(d.cell for d in drafts_for(first) if d.slot == "use:2010302")
    assert use is not None
    path.write_bytes(write_cells(path.read_bytes(), {use: "日常业务"}))
    found = [f for f in examine(path).findings if f.id == "DR-407"]
    assert [f.cells[0] for f in found] == [use] and "大厅运转（52.00万元）" in found[0].message
    path.write_bytes(write_cells(path.read_bytes(), {use: "大厅运转和日常业务"}))
    assert not [f for f in examine(path).findings if f.id == "DR-407"]
