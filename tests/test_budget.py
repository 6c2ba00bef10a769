"""Budgets: two units and every kind of money through a real workbook; the equations, the sentences, the empty form."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from generator.checks.formulas import Result, Status, run_formulas
from generator.checks.pack import verify
from generator.department.examination import Examined, examine
from generator.department.publish import Built, build
from generator.packs.loader import load
from generator.packs.places import TEMPLATES
from generator.workbook.form.write import write_form
from generator.workbook.tables import kind_of_row
from tests.conftest import examined_of
from tests.full_budget import filled
from tests.test_full_money import changed
from tools.made.fill_inputs import form_data

NAME = "dalian-budget"


def workbook(folder: Path, *, empty: bool = False) -> Path:
    made, pack = filled(), load(NAME).pack
    path = folder / "填报表.xlsx"
    path.write_bytes(write_form(pack, 2024, made.name, data=None if empty else form_data(made)))
    return path


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(workbook(tmp_path_factory.mktemp("预算")))


def test_a_consistent_budget_is_read_back_without_findings(budget: Examined) -> None:
    foreign = re.compile(r"科目编码(21208|2120803|22301|2230105)（.*不在科目库中")  # told, not wrong
    assert [f.message for f in budget.findings if not foreign.search(f.message)] == []
    assert budget.publishable


def test_the_real_budget_has_no_finding_at_all() -> None:
    assert [f.message for f in examined_of("003").findings] == []


SENTENCES = [
    "部门预算是滨海市示例区示例局（虚构）本部和所属1个二级单位的综合收支计划，二级单位包括：滨海市示例区示例中心。",
    "2024年收入预算289万元，比2023年减少11万元。其中：一般公共预算拨款收入237万元，政府性基金预算拨款收入30万元，"
    "国有资本经营预算拨款收入12万元，财政专户管理资金收入5万元，事业收入2万元，上年结转结余3万元。",
    "其中：人员经费178万元，公用经费21万元，部门预算项目经费89万元，年终结转结余1万元。",
    "2024年当年财政拨款收入预算279万元，与2023年持平。",
    "2024年一般公共预算支出预算239万元，占本年支出预算合计的83%。一般公共预算支出预算与2023年持平。",
    "1、一般公共服务支出（类）211万元，比2023年预算增加211万元。主要原因：上年职能尚未划入。",
    "2、社会保障和就业支出（类）28万元，与2023年预算持平。",
    "1、工资福利支出178万元，主要用于：基本工资、机关事业单位基本养老保险缴费。",
    "因公出国（境）费、公务接待费、公务用车购置及运行费，比2023年预算增加0.5万元。其中：",
    "比2023年预算增加0.8万元，主要原因是新增出国（境）计划。",
    "比2023年预算减少0.1万元，主要原因是厉行节约，压减接待。",
    "公务用车购置费18万元，比2023年预算增加（减少）0万元，主要原因是按计划更新车辆。公务用车运行费1万元，比2023年预算减少0.2万元，",
    "2024年本部门政府性基金预算支出预算30万元，其中：基本支出0万元，项目支出30万元。主要用于以下方面：",
    "1、国有资本经营预算支出（类）12万元。",
    "（一）业务培训项目情况",
    "2024年拟安排该项目资金7万元（财政专户管理资金5万元、单位资金2万元），其中：",
    "（2）线下培训子项目4万元，主要用于场地和师资。",
    "（二）城市更新项目情况",
    "2024年拟安排该项目政府性基金预算30万元，主要用于老旧小区改造。",
    "滨海市示例区示例中心。",
    "2024年1月-12月。",
    "2024年度机关运行经费财政拨款预算15万元，比2023年预算增加15万元，主要原因是新增职能。",
    "政府采购预算30万元，其中：货物类预算18万元、服务类预算2万元、工程类预算10万元。",
    "本部门共计编制项目绩效目标5个，预算金额89万元，占本部门项目支出预算比重100%。",
    "11.国有资本经营预算支出（类）解决历史遗留问题及改革成本支出（款）国有企业退休人员社会化管理补助支出（项）：",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_every_kind_of_money(sentence: str, budget: Examined) -> None:
    assert budget.document is not None
    text = "\n".join(budget.document.prose())
    assert sentence in text
    assert "。。" not in text and "【待填" not in text


def results(examined: Examined) -> list[Result]:
    assert examined.report is not None
    return examined.report.results


ONLY_WITHOUT_OTHER_FUNDS = {"附表6与附表7：没有政府性基金和国有资本经营预算时，基本支出、项目支出一致"}


def checks() -> list[str]:
    return [c.id for c in load(NAME).pack.checks.values()]


def titled(name: str) -> str:
    return load(NAME).pack.checks[name].title


@pytest.mark.parametrize("name", checks())
def test_every_equation_holds_and_can_be_broken(name: str, budget: Examined) -> None:
    examined = examined_of("003") if "没有政府性基金" in titled(name) or "没有国有资本" in titled(name) else budget
    assert examined.compiled and examined.submission
    mine = [r for r in results(examined) if r.spec.id == name]
    assert not [r for r in mine if r.status is Status.FAILED]
    held = next(r for r in mine if r.status is Status.PASSED and r.cells)
    if held.left.unit != "元":
        return  # counts are broken in their own test
    by = Decimal("10000000.01") if held.spec.relation == "<=" else Decimal("-10000000.01")
    cell = (held.left.cells or held.right.cells)[0]
    made = changed(examined.submission, cell, by * held.sign(cell))
    broken = run_formulas(examined.compiled, examined.compiled.context(made))
    assert any(r.spec.id == name and r.status is Status.FAILED and cell in r.cells for r in broken)


def edited(folder: Path, sheet: str, find: str, column: int, value: object) -> Examined:
    """The budget with one cell of a row changed: the row whose cells hold ``find``."""
    path = workbook(folder)
    book = load_workbook(path)
    row = next(r for r in book[sheet].iter_rows() if any(str(c.value) == find for c in r))
    row[column].value = value  # type: ignore[assignment]
    book.save(path)
    return examine(path)


@pytest.mark.parametrize(
    ("code", "name", "unit", "kind"),
    [
        ("133", "某局", "", "unit"),
        ("133001", "某局（本级）", "133", "unit"),
        ("201", "某局", "", "unit"),  # a unit's code may be a subject's
        ("201001", "某局（本级）", "201", "unit"),
        ("201", "一般公共服务支出", "133001", "subject"),
        ("201", "一般公共服务", "", "subject"),  # no unit above, the name shortened
        ("210", "医疗卫生与计划生育支出", "", "subject"),  # the name of former years
        ("2010399", "其他政府办公厅（室）及相关机构事务支出", "133001", "subject"),
        ("20199999", "", "133001", "subject"),  # a slip, to be named as one
    ],
)
def test_budget_units_and_subjects_are_told_apart(code: str, name: str, unit: str, kind: str) -> None:
    pack = load(NAME).pack
    assert kind_of_row(pack, pack.tables["general"], code, name, unit) == kind


def test_goals_that_do_not_fit_the_projects_are_named(tmp_path: Path) -> None:
    """A number that 附表12 lacks: an open place in the text, the cell and the counts in the finding."""
    path = workbook(tmp_path)
    book = load_workbook(path)
    sheet = book["绩效目标"]
    row = next(r for r in sheet.iter_rows() if r[5].value == "按期完成" and r[0].value == 5)
    row[0].value = 9
    book.save(path)
    examined = examine(path)
    found = next(f for f in examined.findings if "项目序号不大于" in f.title)
    assert (
        "左边 9，右边 5，差 4（允许 0）个" in found.message and str(found.cells[0]) == f"绩效目标!{row[0].coordinate}"
    )
    assert not examined.publishable


def test_a_unit_whose_subjects_do_not_add_up_is_named(tmp_path: Path) -> None:
    examined = edited(tmp_path, "附表7", "201002-滨海市示例区示例中心", 4, 60001)
    cells = {str(c) for f in examined.findings if f.severity.value == "error" for c in f.cells}
    book = load_workbook(tmp_path / "填报表.xlsx")
    row = next(r for r in book["附表7"].iter_rows() if r[0].value == "201002-滨海市示例区示例中心")
    assert f"附表7!{row[4].coordinate}" in cells


CITY = """id = "city"
title = "某市部门预算"
extends = "national-budget"
kind = "预算"
"""
CITY_OUTLINE = (
    """[[part]]
id = "tables"
order = 1
kind = "tables"
title = "{{ year }}年部门预算表"
[[part]]
id = "statement"
order = 2
title = "情况说明"
"""
    + "".join(
        f'[[block]]\npart = "tables"\nid = "table.{t}"\nstyle = "table"\ntable = "{t}"\n'
        for t in load("national-budget").pack.tables
    )
    + """[[block]]
part = "statement"
id = "total"
text = "{{ year }}年支出预算{{ overall.sum.total|money }}万元。"
"""
)


def test_another_city_extends_the_common_ground(tmp_path: Path) -> None:
    """Tables, fields, reasons and equations are there; the city brings its outline and its words."""
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    (root / "city" / "outline").mkdir(parents=True)
    (root / "city" / "pack.toml").write_text(CITY, encoding="utf-8")
    (root / "city" / "outline" / "parts.toml").write_text(CITY_OUTLINE, encoding="utf-8")
    said = verify("city", root)[0]
    assert len(said) == 1 and "一个案例也没有" in said[0]
    pack = load("city", root).pack
    assert {"YS-101", "YS-125"} <= set(pack.checks) and not any(c.startswith("YS-2") for c in pack.checks)
    path = tmp_path / "填报表.xlsx"
    path.write_bytes(write_form(pack, 2024, "某市某局"))
    examined = examine(path, root=root)
    assert examined.document is not None
    assert "2024年支出预算【待填：预算01表“支出总计”" in "\n".join(examined.document.prose())
    assert all(f.cells for f in examined.findings)


def test_an_empty_form_gives_a_draft_and_a_list_of_what_is_missing(tmp_path: Path) -> None:
    built = build(workbook(tmp_path, empty=True).parent, formats=("txt",), out=tmp_path / "出")
    assert isinstance(built, Built) and built.draft
    text = next(p for p in built.files if p.suffix == ".txt")
    assert text.parent.name == "草稿" and text.name == f"{filled().name}2024年度部门预算.txt"
    words = text.read_text(encoding="utf-8")
    assert words.count("【待填：") > 20 and "None" not in words
    assert len([f for f in built.examined.findings if f.severity.value == "error"]) > 20
    assert all(f.cells for f in built.examined.findings)
