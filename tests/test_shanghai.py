"""The pack that has only a blank form: its expected text by hand, and every rule that the form states."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from generator.checks.filled import submission
from generator.checks.formulas import Status
from generator.checks.run import check
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.files.department import safe_name
from generator.model.document import Document, Heading
from generator.model.findings import Finding, Severity
from generator.packs.composer import compose
from generator.packs.loader import load
from generator.workbook.form.write import write_form
from tests.conftest import GOLDEN, INPUTS
from tests.test_fidelity import numbers, scale
from tests.test_full_money import changed, results
from tools.made import made_up_shanghai as made_up
from tools.made.fill_inputs import form_data
from tools.made.truth import Filled

COMPILED = load("shanghai")
FOLDER = INPUTS / safe_name(made_up.NAME)
NAME = made_up.NAME
Change = Callable[[Filled], object]


def made(change: Change = lambda _: None) -> tuple[Document, list[Finding]]:
    """The made-up department with something changed: its document and what is found in it."""
    filled = made_up.department(COMPILED.pack)
    change(filled)
    given = submission(COMPILED.pack, filled)
    context = COMPILED.context(given)
    document = compose(given, COMPILED, context=context)
    return document, list(check(COMPILED, context, document).findings)


def lines(change: Change = lambda _: None) -> list[str]:
    return made(change)[0].prose()


def errors(findings: list[Finding]) -> list[str]:
    return [f"{f.id} {f.message}" for f in findings if f.severity is Severity.ERROR]


def slots(table: str, **values: str) -> Change:
    return lambda filled: filled.tables[table]["slots"].update({k.replace("__", "."): v for k, v in values.items()})


def without(table: str) -> Change:
    return lambda filled: filled.tables.update({table: {"slots": {}, "rows": [], "totals": {}}})


# ------------------------------------------------------------------ the whole text


def test_text_is_the_one_written_by_hand_from_the_form() -> None:
    document = examine(FOLDER).document
    assert document is not None
    assert document.prose() == (GOLDEN / "shanghai.txt").read_text(encoding="utf-8").splitlines()


def test_the_filled_form_is_read_back_and_publishable() -> None:
    examined = examine(FOLDER)
    assert examined.publishable
    assert {f.id for f in examined.findings} == {"GK-135c"}  # a hint: some of 三公 was paid by projects


def test_the_workbook_is_the_one_that_the_script_writes() -> None:
    data = form_data(made_up.department(COMPILED.pack))
    assert (FOLDER / "填报表.xlsx").read_bytes() == write_form(COMPILED.pack, 2024, NAME, data=data)
    assert "虚构" in NAME


def test_scaling_moves_every_amount() -> None:
    given = submission(COMPILED.pack, made_up.department(COMPILED.pack))
    before, after = (numbers(compose(s, COMPILED)) for s in (given, scale(given, Decimal("1.1"))))
    money = [
        (old, new) for (_, old), (_, new) in zip(before, after, strict=True) if old.figure and old.figure.unit == "元"
    ]
    assert len(money) > 90
    for old, new in money:
        assert old.figure and new.figure and new.figure.number == old.figure.number * Decimal("1.1")
        assert old.text != new.text or abs(old.figure.number) < 1000
    rates = [
        (old.text, new.text)
        for (_, old), (_, new) in zip(before, after, strict=True)
        if old.figure and old.figure.unit != "元"
    ]
    assert rates and all(old == new for old, new in rates)


# ------------------------------------------------------------------ order, headings, tables

CONTENTS = f"""
第一部分 {NAME}概况
一、主要职能
二、部门决算单位构成
第二部分 {NAME}2024年度部门决算表
一、收入支出决算总表
二、收入决算表
三、支出决算表
四、财政拨款收入支出决算总表
五、一般公共预算财政拨款支出决算表
六、一般公共预算财政拨款基本支出决算表
七、财政拨款“三公”经费支出决算表
八、政府性基金预算财政拨款收入支出决算表
九、国有资本经营预算财政拨款收入支出决算表
第三部分 {NAME}2024年度部门决算情况说明
一、收入支出决算总体情况说明
二、收入决算情况说明
三、支出决算情况说明
四、财政拨款收入支出决算总体情况说明
五、一般公共预算财政拨款支出决算情况说明
六、一般公共预算财政拨款基本支出决算情况说明
七、财政拨款“三公”经费支出决算情况说明
八、政府性基金预算财政拨款收入支出决算情况说明
九、国有资本经营预算财政拨款收入支出决算情况说明
十、预算绩效管理情况
十一、其他重要事项说明
第四部分 名词解释
""".split("\n")[1:-1]


def test_contents_and_order_of_parts_are_those_of_the_form() -> None:
    document, _ = made()
    assert document.toc_title == "目　录"
    assert [b.in_toc for b in document.contents()] == CONTENTS
    assert document.cover == (NAME, "2024年度部门决算")
    body = [b.text for p in document.parts for b in p.blocks if isinstance(b, Heading)]
    assert "十一、其他重要事项的情况说明" in body  # so the form itself: longer than in its 目录


def test_nine_tables_have_the_headers_units_and_notes_of_the_form() -> None:
    form = json.loads((GOLDEN / "tables-shanghai.json").read_text(encoding="utf-8"))
    tables = [t for t in made()[0].tables() if t.role == "table"]
    assert [t.title for t in tables] == [t["title"] for t in form]
    for ours, theirs in zip(tables, form, strict=True):
        assert (ours.number, ours.left, ours.right) == ("", "", "单位：万元")
        assert ours.grid("header") == theirs["header"]
        assert ["".join(s.text for s in n) for n in ours.notes] == theirs["notes"]
        if theirs.get("labels"):
            texts = [[c.text for c in row if not any(s.kind == "figure" for s in c.spans)] for row in ours.body]
            assert [[t for t in row if t] for row in texts] == theirs["labels"]


def test_total_row_stands_last_where_the_form_has_it_last() -> None:
    tables = {t.title: t for t in made()[0].tables()}
    first = {
        name: tables[name].body[0][0].text
        for name in ("收入决算表", "支出决算表", "政府性基金预算财政拨款收入支出决算表")
    }
    assert set(first.values()) == {"合计"}
    assert tables["一般公共预算财政拨款支出决算表"].body[-1][0].text == "合计"


def test_units_of_a_department_and_the_single_unit() -> None:
    table = next(t for t in made()[0].tables() if t.role == "inline")
    assert table.grid("header") == [["序号", "单位名称", "备注"]] and table.title == ""
    assert table.grid("body")[1] == ["2", "上海市滨江群众文化中心（虚构）", "事业单位"]

    def single(filled: Filled) -> None:
        filled.lists["units"] = [{"name": NAME}]
        filled.lists["setup"] = [{"text": "设办公室、业务科两个内设机构。"}]

    document, _ = made(single)
    prose = document.prose()
    at = prose.index("二、机构设置")
    assert prose[at + 1 : at + 3] == ["设办公室、业务科两个内设机构。", f"第三部分 {NAME}2024年度部门决算情况说明"]
    assert "二、机构设置" in [b.in_toc for b in document.contents()]
    assert not [t for t in document.tables() if t.role == "inline"]
    assert not [line for line in prose if "单位构成" in line]


# ------------------------------------------------------------------ 不涉及的不列


def only_fiscal(filled: Filled) -> None:
    kept = ("total", "fiscal")
    filled.tables["income"]["totals"] = {k: v for k, v in filled.tables["income"]["totals"].items() if k in kept}
    filled.tables["income"]["totals"]["other"] = "0"
    filled.tables["income"]["totals"]["total"] = filled.tables["income"]["totals"]["fiscal"]
    totals = filled.tables["expenditure"]["totals"]
    filled.tables["expenditure"]["totals"] = {"total": totals["basic"], "basic": totals["basic"], "operating": "0.00"}


def test_what_does_not_apply_is_not_listed() -> None:
    text = lines(only_fiscal)
    assert "本年收入合计6,636.66万元，其中：财政拨款收入6,636.66万元，占100.00%。" in text
    assert "本年支出合计4,601.50万元，其中：基本支出4,601.50万元，占100.00%。" in text


def test_classes_and_economic_subjects_without_money_are_not_listed() -> None:
    def change(filled: Filled) -> None:
        for row in filled.tables["general"]["rows"]:
            if row["code"].startswith("205"):
                row["cells"] = {"total": "0.00"}
        filled.tables["basic"]["slots"] |= {"e30215": "0", "e30399": ""}

    text = "\n".join(lines(change))
    assert "主要用于以下方面：文化旅游体育与传媒支出（类）" in text
    assert "会议费、" not in text and "其他对个人和家庭的补助" not in text
    assert "1、教育支出（类）进修及培训（款）培训支出（项）。" in text  # it still has a budget to be told of
    assert "年初预算为18.65万元，支出决算为0.00万元。决算数小于预算数的主要原因：" in text


def test_upper_and_lower_payments_are_listed_where_there_are_any() -> None:
    def change(filled: Filled) -> None:
        filled.tables["income"]["totals"]["superior"] = "10000"
        filled.tables["expenditure"]["totals"]["remitted"] = "10000"

    text = "\n".join(lines(change))
    assert "占95.31%；上级补助收入1.00万元，占0.01%；事业收入" in text
    assert "占33.06%；上缴上级支出1.00万元，占0.01%；经营支出" in text


# ------------------------------------------------------------------ 持平, from zero, to zero


def prior(**values: str) -> Change:
    return lambda filled: filled.fields.update({f"prior.{k}": v for k, v in values.items()})


EQUAL: list[tuple[Change, str, str]] = [
    (
        prior(income="72722230"),
        f"{NAME}2024年度收入支出总计7,272.22万元。与2023年度相比，收入支出总计持平。",
        "收入支出总计与上年相比变化的原因",
    ),
    (
        prior(fiscal="68687093.10"),
        f"{NAME}2024年度财政拨款收入支出总计6,868.71万元。与2023年度相比，财政拨款收入支出总计持平。",
        "财政拨款收入支出总计与上年相比变化的原因",
    ),
    (
        prior(general="62522792.95"),
        "一般公共预算财政拨款支出6,252.28万元，占本年支出合计的89.95%。与2023年度相比，一般公共预算财政拨款支出持平。",
        "一般公共预算财政拨款支出与上年相比变化的原因",
    ),
    (
        lambda f: f.fields.update({"budget.general": "62522792.95"}),
        "一般公共预算财政拨款支出年初预算为6,252.28万元，支出决算为6,252.28万元，完成年初预算的100.00%。决算数与预算数持平。其中：",
        "一般公共预算财政拨款支出决算数与年初预算数差异的原因",
    ),
    (prior(operating="6845210.33"), "机关运行经费支出684.52万元，与2023年度持平。", "机关运行经费支出变化的原因"),
    (
        prior(sangong="430520.35", abroad="128760", vehicle="283120.35"),
        "2024年度“三公”经费财政拨款支出决算数与2023年度持平，其中：因公出国（境）费支出决算与2023年度持平；"
        "公务用车购置及运行维护费支出决算与2023年度持平；公务接待费支出决算与2023年度持平。",
        "公务用车购置及运行维护费支出变化的原因",
    ),
]


def asked_for(change: Change) -> set[str]:
    """What is asked for where no reason was given at all."""

    def silent(filled: Filled) -> None:
        change(filled)
        filled.reasons = {}

    return {f.message for f in made(silent)[1] if f.id == "TX-365"}


@pytest.mark.parametrize(("change", "sentence", "reason"), EQUAL, ids=[e[2] for e in EQUAL])
def test_what_is_equal_is_said_to_be_equal_and_no_reason_is_asked(change: Change, sentence: str, reason: str) -> None:
    assert sentence in lines(change)  # the whole paragraph: no reason is printed after it
    message = f"“{reason}”没有填写。"
    assert message in asked_for(lambda _: None) and message not in asked_for(change)


def test_items_on_their_budget_need_no_reason() -> None:
    """预决算持平的不用说明变动原因: nothing asked, and what was typed all the same is not printed."""

    def change(filled: Filled) -> None:
        next(i for i in filled.lists["items"] if i["code"] == "2101101")["reason"] = "按预算执行"

    document, found = made(change)
    assert errors(found) == []
    text = "\n".join(document.prose())
    assert "年初预算为98.64万元，支出决算为98.64万元。决算数与预算数持平。\n" in text
    assert "按预算执行" not in text


def test_equal_budget_and_final_of_the_three_expenses() -> None:
    def change(filled: Filled) -> None:
        for name in ("abroad", "purchase", "running", "reception", "vehicle", "total"):
            cells = filled.tables["sangong"]["slots"]
            cells[f"{name}.budget"] = cells[f"{name}.final"]

    text = "\n".join(lines(change))
    assert "公务接待费支出决算为1.86万元，完成预算的100.00%。2024年度“三公”经费支出决算数与预算数持平。\n" in text


def test_from_zero_is_a_hundred_per_cent_as_the_district_writes_it_or_has_no_rate_by_choice() -> None:
    nothing = prior(income="0", abroad="0", sangong="110940", operating="0")
    text = "\n".join(lines(nothing))
    assert "与2023年度相比，收入支出总计增加7,272.22万元，增长100.00%。主要原因：" in text
    assert "因公出国（境）费支出决算增加12.88万元，增长100.00%；" in text
    assert "机关运行经费支出684.52万元，比2023年度增加684.52万元，增长100.00%。主要原因是" in text

    def without_rate(filled: Filled) -> None:
        nothing(filled)
        filled.fields["wording.from_zero"] = "不写增长率"

    text = "\n".join(lines(without_rate))
    assert "与2023年度相比，收入支出总计增加7,272.22万元。主要原因：" in text
    assert "因公出国（境）费支出决算增加12.88万元；" in text


def test_to_zero_has_a_rate() -> None:
    ended = lines(lambda f: f.tables["general"].update(totals={"total": "0"}))
    assert any(
        "。与2023年度相比，一般公共预算财政拨款支出减少6,021.85万元，下降100.00%。主要原因：" in line for line in ended
    )
    gone = "\n".join(
        lines(slots("sangong", abroad__budget="", abroad__final="", total__budget="330000", total__final="301760.35"))
    )
    assert "因公出国（境）费支出决算减少9.82万元，下降100.00%；" in gone


# ------------------------------------------------------------------ choices of wording


CHOICES = [
    ("wording.equal", "基本持平", "决算数与预算数持平。\n", "决算数与预算数基本持平。\n"),
    ("wording.because", "是", "决算数大于预算数的主要原因：", "决算数大于预算数的主要原因是"),
    ("wording.budget", "全年预算", "一般公共预算财政拨款支出年初预算为5,876.83万元", "一般公共预算财政拨款支出全年预算为5,876.83万元"),
    ("wording.item_rate", "写", "支出决算为1,865.23万元。", "支出决算为1,865.23万元，完成年初预算的102.94%。"),
    ("wording.sangong_stop", "句号", "决算数比2023年度增加22.14万元，增长105.85%，其中：", "决算数比2023年度增加22.14万元，增长105.85%。其中："),
    ("wording.sangong_equal", "持平", "公务接待费支出决算与2023年度持平。", "公务接待费支出决算持平。"),
    ("wording.rules", "制定了", "本部门建立了如下预算绩效管理制度：", "本部门制定了"),
    ("wording.mechanism", "不写", "的预算绩效管理工作机制；", "预算绩效管理工作机制；"),
    ("wording.process", "实行全过程管理", "；全过程绩效管理实施情况：", "；实行全过程管理："),
    ("wording.fleet", "本部门（单位）", f"12月31日，{NAME}共有车辆", "12月31日，本部门（单位）共有车辆"),
    ("wording.terms", "较早的", "及其辅助活动取得的收入。主要是：", "及辅助活动所取得的收入。\n"),
    ("style.purchase_zero", "0", "工程采购金额248.00万元", "工程采购金额248.00万元"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "usual", "chosen"), CHOICES, ids=[c[0] for c in CHOICES])
def test_what_departments_write_otherwise_is_a_choice(field: str, value: str, usual: str, chosen: str) -> None:
    assert usual in "\n".join(lines())
    text = "\n".join(lines(lambda filled: filled.fields.update({field: value})))
    assert chosen in text and (usual not in text or usual == chosen)


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("wording.sangong_paragraphs", "“三公”经费财政拨款支出年初预算为", "2024年度“三公”经费财政拨款支出决算数比"),
        ("wording.procurement_paragraphs", f"{NAME}2024年度政府采购金额", "2024年度本部门面向中小企业预留"),
    ],
)
def test_two_paragraphs_or_one(field: str, first: str, second: str) -> None:
    apart, together = lines(), lines(lambda filled: filled.fields.update({field: "一段"}))
    at = next(k for k, line in enumerate(apart) if line.startswith(first))
    assert apart[at + 1].startswith(second)
    assert together[at] == apart[at] + apart[at + 1] and together[at + 1] == apart[at + 2]


def test_tables_as_the_system_exports_them() -> None:
    def change(filled: Filled) -> None:
        without("soe")(filled)
        filled.fields |= {
            "wording.tables": "系统导出表", "wording.codes": "分格", "wording.lines": "26行",
            "wording.notes": "不写", "wording.empty": "注：无支出",
        }  # fmt: skip

    tables = {t.title: t for t in made(change)[0].tables()}
    general = tables["一般公共预算财政拨款支出决算表"]
    assert general.grid("header")[1][:4] == ["支出功能分类科目编码", "", "", "科目名称"]
    assert general.grid("header")[2][:3] == ["类", "款", "项"]
    assert [r[:4] for r in general.grid("body")[:3]] == [
        ["205", "", "", "教育支出"], ["205", "08", "", "进修及培训"], ["205", "08", "03", "培训支出"],
    ]  # fmt: skip
    assert general.grid("body")[-1][0] == "合计" and general.body[-1][0].colspan == 4
    basic = tables["一般公共预算财政拨款基本支出决算表"]
    assert basic.grid("header")[1] == ["类", "款", "", "", "类", "款", "", ""]
    assert basic.grid("body")[1][:3] == ["301", "01", "基本工资"] and basic.grid("body")[1][4:7] == [
        "302",
        "01",
        "办公费",
    ]
    summary = [row[2] for row in tables["收入支出决算总表"].grid("body")]
    assert "二十四、债务还本支出" in summary and "二十六、抗疫特别国债安排的支出" in summary
    assert [row[0] for row in tables["收入支出决算总表"].grid("body")][-3] == "使用非财政拨款结余（含专用结余）"
    empty = tables["国有资本经营预算财政拨款收入支出决算表"]
    assert ["".join(s.text for s in n) for n in empty.notes] == [
        f"注：{NAME}无国有资本经营预算财政拨款支出，故本表无数据。"
    ]


def test_a_line_that_the_form_lacks_is_shown_where_it_has_money() -> None:
    usual = [row[2] for row in made()[0].tables()[1].grid("body")]
    assert "二十四、抗疫特别国债安排的支出" in usual and not any("债务还本支出" in t for t in usual)
    text = [row[2] for row in made(slots("summary", f231="10000"))[0].tables()[1].grid("body")]
    assert "二十四、债务还本支出" in text and "二十五、抗疫特别国债安排的支出" in text


# ------------------------------------------------------------------ empty tables


@pytest.mark.parametrize(
    ("table", "title", "fund"),
    [
        ("fund", "政府性基金预算财政拨款收入支出决算表", "政府性基金预算"),
        ("soe", "国有资本经营预算财政拨款收入支出决算表", "国有资本经营预算"),
    ],
)
@pytest.mark.parametrize("zero", ["", "0", "0.00"])
def test_a_table_without_money_keeps_its_shape_and_says_so(table: str, title: str, fund: str, zero: str) -> None:
    def change(filled: Filled) -> None:
        without(table)(filled)
        filled.tables[table]["totals"] = dict.fromkeys(
            ("opening", "income", "total", "basic", "project", "closing"), zero
        )

    document, _ = made(change)
    shown = next(t for t in document.tables() if t.title == title)
    assert "".join(s.text for s in shown.notes[-1]) == f"说明：{NAME}本年度没有{fund}财政拨款收入和支出，故本表无数据。"
    assert len(shown.notes) == 2 and len(shown.header) == 2 and shown.body[0][0].text == "合计"
    prose = document.prose()
    at = next(k for k, line in enumerate(prose) if line.endswith(f"、{fund}财政拨款收入支出决算情况说明"))
    assert prose[at + 1] == f"{NAME}2024年度无{fund}财政拨款收入和支出。"
    assert prose[at + 2].startswith(("九、", "十、"))


def test_money_only_carried_over_is_no_income_and_no_expenditure() -> None:
    def change(filled: Filled) -> None:
        without("fund")(filled)
        filled.tables["fund"]["totals"] = {"opening": "50000", "closing": "50000"}

    document, _ = made(change)
    shown = next(t for t in document.tables() if t.title.startswith("政府性基金"))
    assert len(shown.notes) == 1  # the table is not without data
    assert f"{NAME}2024年度无政府性基金预算财政拨款收入和支出。" in document.prose()


# ------------------------------------------------------------------ 三公, 机关运行, other cases


def test_no_expenses_of_the_three_kinds_are_one_sentence() -> None:
    def change(filled: Filled) -> None:
        without("sangong")(filled)
        filled.reasons = {k: v for k, v in filled.reasons.items() if not k.endswith("_prior") or k == "general_prior"}
        del filled.reasons["sangong"]

    document, found = made(change)
    prose = document.prose()
    at = prose.index("七、财政拨款“三公”经费支出决算情况说明")
    assert prose[at + 1 : at + 3] == [
        f"{NAME}2024年度无“三公”经费财政拨款支出。",
        "八、政府性基金预算财政拨款收入支出决算情况说明",
    ]
    assert not [f for f in found if f.id == "TX-365"]


def test_budget_unspent_and_only_vehicles() -> None:
    def change(filled: Filled) -> None:
        zero = {f"{k}.final": "0" for k in ("total", "abroad", "reception", "purchase")}
        filled.tables["sangong"]["slots"] |= zero | {"vehicle.final": "84520.35", "total.final": "84520.35"}
        filled.tables["sangong"]["slots"] |= {"abroad.budget": "0", "total.budget": "330000"}
        filled.fields |= {
            k: "0" for k in filled.fields if k.startswith("visits.") and not k.endswith(("use", "content", "holding"))
        }

    text = "\n".join(lines(change))
    assert (
        "其中：因公出国（境）费决算为0.00万元，完成预算的0.00%；公务用车购置及运行维护费支出决算为8.45万元，完成预算的29.14%；"
        in text
    )
    assert "公务接待费支出决算为0.00万元，完成预算的0.00%。" in text
    assert "\n1、因公出国（境）费支出0.00万元。全年安排因公出国（境）团组0个、累计0人次。\n2、" in text
    assert "\n公务用车购置支出为0.00万元。\n" in text  # nothing about vehicles where none were bought
    assert (
        "\n国内公务接待支出0.00万元（含外宾接待支出0.00万元）。公务接待0批次、0人次，其中：接待外宾0批次、0人次。\n"
        in text
    )


def test_a_budget_of_the_three_kinds_of_which_nothing_was_spent_is_compared_all_the_same() -> None:
    def change(filled: Filled) -> None:
        cells = filled.tables["sangong"]["slots"]
        filled.tables["sangong"]["slots"] = {k: v if k.endswith("budget") else "0" for k, v in cells.items()}

    prose = lines(change)
    at = prose.index("（一）“三公”经费财政拨款支出决算总体情况说明。")
    assert prose[at + 1].startswith(
        "“三公”经费财政拨款支出年初预算为48.00万元，支出决算为0.00万元，完成预算的0.00%，其中："
    )
    assert prose[at + 2].startswith("2024年度“三公”经费财政拨款支出决算数比2023年度减少20.91万元，下降100.00%，其中：")
    assert prose[at + 3 : at + 6] == [
        "（二）“三公”经费财政拨款支出决算具体情况说明。",
        f"{NAME}2024年度无“三公”经费财政拨款支出。",
        "八、政府性基金预算财政拨款收入支出决算情况说明",
    ]


def test_a_unit_without_running_costs_of_administration() -> None:
    def change(filled: Filled) -> None:
        filled.fields["operating.amount"] = "0"
        del filled.reasons["operating"]

    document, found = made(change)
    assert f"{NAME}2024年度无机关运行经费支出。" in document.prose()
    assert errors(found) == []


def test_terms_stay_without_examples_where_there_is_no_such_income() -> None:
    def change(filled: Filled) -> None:
        slots("summary", r5="", r6="0", r8="0.00")(filled)
        for name in ("undertaking", "operating", "other"):
            del filled.reasons[f"source_{name}"]

    document, found = made(change)
    prose = document.prose()
    assert "二、事业收入：指事业单位开展专业业务活动及其辅助活动取得的收入。" in prose
    assert "三、经营收入：指事业单位在专业业务活动及其辅助活动之外开展非独立核算经营活动取得的收入。" in prose
    assert not [f for f in found if f.id == "TX-365"]


@pytest.mark.parametrize("typed", ["艺术培训", "艺术培训收入", "艺术培训收入等。", "艺术培训等收入"])
def test_income_is_not_said_twice(typed: str) -> None:
    text = lines(lambda filled: filled.reasons.update(source_undertaking=typed))
    assert "二、事业收入：指事业单位开展专业业务活动及其辅助活动取得的收入。主要是：艺术培训收入等。" in text


def test_a_budget_that_was_not_spent_is_told_of_in_its_place() -> None:
    """依次说明到各项级科目: also those that stand in no table, because nothing was spent."""

    def change(filled: Filled) -> None:
        filled.lists["items"].append(
            {"code": "2070111", "budget": "300000", "use": "剧目创作", "reason": "项目推迟到下年实施"}
        )
        filled.fields["budget.general"] = "59068320.10"

    document, found = made(change)
    prose = document.prose()
    at = next(k for k, line in enumerate(prose) if line.startswith("5、"))
    assert prose[at] == (
        "5、文化旅游体育与传媒支出（类）文化和旅游（款）文化创作与保护（项）。主要用于：剧目创作。年初预算为30.00万元，"
        "支出决算为0.00万元。决算数小于预算数的主要原因：项目推迟到下年实施。"
    )
    assert prose[at + 1].startswith("6、文化旅游体育与传媒支出（类）文物（款）")
    assert errors(found) == [] and "GK-138c" not in {f.id for f in found}


def test_budgets_of_the_items_that_do_not_add_up_are_said() -> None:
    _, found = made(lambda filled: filled.fields.update({"budget.general": "59068320.10"}))
    assert "GK-138c" in {f.id for f in found}


def simple(filled: Filled) -> None:
    """One institution that has nothing but its appropriation, and buys nothing."""
    pack = COMPILED.pack
    spent = {"2050205": {"total": "9000000", "basic": "5000000", "project": "4000000"}}
    filled.tables |= {
        "income": made_up.rows(pack, {"2050205": {"total": "9000000", "fiscal": "9000000"}}),
        "expenditure": made_up.rows(pack, spent),
        "general": made_up.rows(pack, spent),
        "summary": made_up.fixed(dict.fromkeys(("r1", "r27", "r31", "f205", "r58", "r62"), "9000000")),
        "fiscal": made_up.fixed(
            dict.fromkeys(
                (
                    "r1",
                    "r27",
                    "r32",
                    "f205.total",
                    "f205.general",
                    "r59.total",
                    "r59.general",
                    "r64.total",
                    "r64.general",
                ),
                "9000000",
            )
        ),
        "basic": made_up.fixed({"e301": "5000000", "e30107": "5000000", "staff": "5000000"}),
    }
    for table in ("fund", "soe", "sangong"):
        without(table)(filled)
    zero = {
        k: "0"
        for k in filled.fields
        if k.startswith(("visits.", "vehicles.", "reserved.", "procurement.", "prior.", "performance."))
    }
    filled.fields = {"info.name": NAME, "operating.amount": "0", **zero}
    filled.fields |= {
        "budget.general": "9000000",
        "prior.income": "9000000",
        "prior.fiscal": "9000000",
        "prior.general": "9000000",
    }
    filled.fields |= {"performance.rules": "《绩效管理办法》", "performance.mechanism": "全过程"}
    for name in ("purchase_use", "running_use", "reception_use", "abroad_content"):
        filled.fields.pop(f"visits.{name}", None)
    filled.lists |= {
        "units": [{"name": NAME}],
        "setup": [{"text": "设办公室、教务处。"}],
        "items": [{"code": "2050205", "budget": "9000000", "use": "高等教育办学"}],
    }
    filled.reasons = {}


def test_the_simplest_unit_is_publishable_and_reads_well() -> None:
    document, found = made(simple)
    assert errors(found) == []
    text = "\n".join(document.prose())
    assert "【待填" not in text
    assert "人员经费500.00万元，主要包括：绩效工资；公用经费0.00万元。" in text
    assert "为0.00万元，其中：货物采购金额0.00万元、工程采购金额0.00万元、服务采购金额0.00万元。" in text
    assert (
        "1、教育支出（类）普通教育（款）高等教育（项）。主要用于：高等教育办学。年初预算为900.00万元，支出决算为900.00万元。决算数与预算数持平。"
        in text
    )
    assert f"截至2024年12月31日，{NAME}共有车辆0辆，其中：部级领导干部用车0辆、" in text


OWN = sorted(i for i in COMPILED.pack.checks if COMPILED.pack.origins[f"check:{i}"].pack == "shanghai")


@pytest.mark.parametrize("name", OWN)
def test_checks_of_its_own_pass_and_fail(name: str) -> None:
    given = submission(COMPILED.pack, made_up.department(COMPILED.pack))
    held = next(r for r in results(given, COMPILED) if r.spec.id == name and r.status is Status.PASSED and r.left.cells)
    cell = held.left.cells[0]
    by = Decimal("100000000.01") if held.spec.relation == "<=" else Decimal("-100000000.01")
    broken = results(changed(given, cell, by * held.sign(cell)), COMPILED)
    assert any(r.spec.id == name and r.status is Status.FAILED and cell in r.cells for r in broken)


# ------------------------------------------------------------------ the empty form


def test_the_empty_workbook_gives_a_draft_with_everything_open(tmp_path: Path) -> None:
    (tmp_path / "填报表.xlsx").write_bytes(write_form(COMPILED.pack, 2024, "上海市测试局（虚构）"))
    built = build(tmp_path, formats=("docx", "txt"), out=tmp_path / "out")
    assert isinstance(built, Built) and built.draft and built.folder.name == "草稿"
    text = next(p for p in built.files if p.suffix == ".txt").read_text(encoding="utf-8")
    for label in (
        "主要职能",
        "收入支出总计与上年相比变化的原因",
        "机关运行经费",
        "绩效自评平均得分",
        "货物采购金额",
        "其他用车",
    ):
        assert f"【待填：{label}】" in text
    assert "一般公共预算财政拨款支出0.00万元" not in text  # a blank is not zero
    asked = [f for f in COMPILED.pack.fields.values() if f.required and f.id != "info.name"]
    named = [f for f in built.examined.findings if f.id == "WB-040"]
    labels = [f.label.replace("“", "‘").replace("”", "’") for f in asked]  # quotes within quotes
    assert asked and all(any(f"“{label}”" in f.message for f in named) for label in labels)
