"""A paragraph adds up: parts and wholes, counts and their lists, rates and their amounts, forms and their scores."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from generator.checks.printed.all import adding_up
from generator.checks.printed.amounts import amounts_in
from generator.checks.printed.blocks import Grid, Remark, Said, grids_of, said_by
from generator.checks.printed.forms import forms
from generator.checks.printed.rates import rates_in
from tests.conftest import GOLDEN
from tests.printed import SIX, document_of


def said(*lines: str) -> list[Said]:
    """Paragraphs; a line that begins with # is a heading."""
    return [Said(str(n), t.lstrip("#"), "heading" if t.startswith("#") else "text") for n, t in enumerate(lines)]


def found_in(*lines: str) -> list[Remark]:
    return list(adding_up(said(*lines)))


RIGHT: list[tuple[str, ...]] = [
    ("财政拨款收入5,741.50万元，其中：一般公共预算5,741.50万元，政府性基金0.00万元，国有资本经营0.00万元。",),
    # a sentence later, rounded, with trailing zeros left out
    ("2024年收入预算354.6万元，比2023年减少72.38万元。其中：一般公共预算拨款收入354.6万元，政府性基金0万元。",),
    ("基本支出2,685.87万元。主要是各项支出，其中：工资1,981.47万元；商品304.67万元；补助380.59万元；资本性19.14万元。",),
    # names between the parts
    ("基本支出100.00万元，其中：人员经费80.00万元，主要包括基本工资、津贴等；公用经费20.00万元，主要包括办公费等。",),
    # changes by their direction
    ("决算数比上年增加22.14万元，增长105.85%，其中：出国费增加30.06万元；用车费减少7.92万元；接待费与上年持平。",),
    # budget and final amounts
    ("三公经费年初预算为48.00万元，支出决算为43.00万元，其中：出国费预算数13.00万元，决算数12.00万元；用车费预算数35.00万元，决算数31.00万元。",),
    # what explains a part is none
    ("共有车辆5辆，其中：机要用车1辆，其他用车4辆，其他用车主要是：用于一般公务用车4辆；单价100万元（含）以上设备0台（套）。",),
    # in brackets, one unit after the other
    ("涉及项目7个（其中：一般项目6个，基金项目1个），涉及资金29.5万元（其中：一般20.5万元，基金9万元），覆盖率100%。",),
    ("公务接待支出1.86万元（含外宾接待支出0.62万元）。公务接待14批次，其中：接待外宾3批次。",),
    # some parts only
    ("项目支出100.00万元，主要包括甲项目30.00万元、乙项目20.00万元。",),
    ("项目支出100.00万元，其中：甲项目30.00万元、乙项目20.00万元等。",),
    ("其中：一般公共预算3.00万元，政府性基金1.00万元。共计4.00万元。",),
    # a list of paragraphs
    ("（一）收入总计100.00万元，包括：", "1.财政拨款收入90.00万元，占90.00%。其中：甲90.00万元。", "2.其他收入10.00万元，占10.00%。", "与上年相比增加3.00万元。"),
    ("支出100.00万元。按科目分，包括：", "1.教育60.00万元，具体包括：", "（1）甲20.00万元。", "（2）乙40.00万元。", "2.其他40.00万元，具体包括：", "（1）丙40.00万元。"),
    ("年初预算为90.00万元，支出决算为100.00万元。其中：", "1、甲。年初预算为50.00万元，支出决算为60.00万元。", "2、乙。年初预算为40.00万元，支出决算为40.00万元。"),
    ("基金收入30.00万元，支出20.00万元，支出具体情况如下：", "1、甲。年初预算为30.00万元，支出决算为20.00万元。"),
    ("“三公”支出中，出国12.00万元，用车28.00万元。具体情况如下：", "1、出国12.00万元。", "2、用车28.00万元。"),
    ("3.公务用车费10.00万元，占100.00%。", "其中：购置费4.00万元，购置1辆。运行维护费6.00万元，保有量5辆。"),
    # counts
    ("下设4个处室，分别是：综合处、规划建设处、协调通关处、科技合作处。",),
    ("内设机构3个，包括：综合科、审批和服务科、数字科。",),
    ("反映甲项目、乙项目、丙项目等7个项目绩效自评结果。",),
    ("反映甲、乙等2个项目绩效自评结果。", "（1）甲项目得分100分。", "（2）乙项目得分90分。"),
    # rates
    ("收入总计110.00万元。与上年相比，收入总计增加10.00万元，增长10.00%。",),
    ("年初预算为80.00万元，支出决算为60.00万元，完成年初预算的75.00%。",),
    ("本年收入60.00万元，其中：拨款20.00万元，占33.33%；其他40.00万元，占66.67%。",),
]  # fmt: skip


@pytest.mark.parametrize("lines", RIGHT, ids=[t[0][:30] for t in RIGHT])
def test_what_adds_up_is_not_called_wrong(lines: tuple[str, ...]) -> None:
    assert [(r.name, dict(r.words)) for r in found_in(*lines)] == []


WRONG: list[tuple[tuple[str, ...], str, str]] = [
    (("收入57.50万元，其中：一般公共预算57.50万元，政府性基金3.00万元。",), "DC-411", "60.5万元"),
    (("项目7个（其中：一般项目6个，基金项目0个）。",), "DC-411", "6个"),
    (("项目1个，其中0个、0个、0个。",), "DC-411", "0个"),
    (("基本支出100.00万元，其中：人员经费80.00万元，主要包括工资等；公用经费21.00万元。",), "DC-411", "101万元"),
    (("公务接待支出1.86万元（含外宾接待支出2.62万元）。",), "DC-411/over", "1.86万元"),
    (("增加22.14万元，增长105.85%，其中：出国费增加3.06万元；用车费增加9.08万元。",), "DC-411", "12.14万元"),
    (("其中：一般公共预算3.00万元，政府性基金1.00万元。共计5.00万元。",), "DC-411", "4万元"),
    (("（一）收入总计100.00万元，包括：", "1.拨款90.00万元。", "2.其他20.00万元。"), "DC-411", "110万元"),
    (("年初预算为90.00万元，支出决算为100.00万元。其中：", "1、甲。年初预算为50.00万元，支出决算为60.00万元。", "2、乙。年初预算为45.00万元，支出决算为40.00万元。"), "DC-411", "95万元"),
    (("3.公务用车费10.00万元。", "其中：购置费4.00万元，购置1辆。运行维护费5.00万元。"), "DC-411", "9万元"),
    (("下设4个处室，分别是：综合处、规划处、通关处。",), "DC-412", "3"),
    (("反映甲、乙、丙等2个项目绩效自评结果。",), "DC-412", "3"),
    (("反映甲、乙等3个项目绩效自评结果。", "（1）甲得分100分。", "（2）乙得分90分。"), "DC-412/below", "2"),
    (("收入总计110.00万元。与上年相比，收入总计增加10.00万元，增长9.00%。",), "DC-413/growth", "10.00%"),
    (("年初预算为80.00万元，支出决算为60.00万元，完成年初预算的133.33%。",), "DC-413/completion", "75.00%"),
    (("本年收入60.00万元，其中：拨款20.00万元，占0.33%；其他40.00万元，占66.67%。",), "DC-413/share", "33.33%"),
    (("政府采购支出总额50.00万元。授予合同金额25.00万元，占政府采购支出总额的40.00%。",), "DC-413/share", "50.00%"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "name", "word"), WRONG, ids=[t[0][0][:30] for t in WRONG])
def test_what_does_not_add_up_is_said_with_the_sum(lines: tuple[str, ...], name: str, word: str) -> None:
    found = found_in(*lines)
    assert [r.name for r in found] == [name], [(r.name, dict(r.words)) for r in found]
    assert word in {str(v) for v in found[0].words.values()}


def test_rounding_is_half_of_the_last_decimal_of_each() -> None:
    parts = "其中：甲33.33万元，乙33.33万元，丙33.33万元。"
    assert found_in(f"收入100.00万元，{parts}") == []  # 99.99, and each may be half a cent off
    assert [r.name for r in found_in(f"收入100.02万元，{parts}")] == ["DC-411"]
    assert [r.name for r in found_in("共有车辆3辆，其中：甲1辆，乙1辆。")] == ["DC-411"]  # counts are exact


@pytest.mark.parametrize("seed", SIX)
def test_the_six_departments_add_up(seed: str) -> None:
    document = document_of(seed)
    found = [r.name for r in adding_up(list(said_by(document)), list(grids_of(document)))]
    assert found == (["DC-414/above", "DC-414/above", "DC-415", "DC-415"] if seed == "004" else [])


def test_the_wrong_rate_of_a_published_text_is_found() -> None:
    """001 was published with the score of a project for its rate of execution (line 94 of its text)."""
    text = (GOLDEN / "001.txt").read_text(encoding="utf-8").splitlines()
    found = list(adding_up([Said(str(n), line) for n, line in enumerate(text, 1) if line.strip()]))
    assert [(r.block.id, r.name, r.words["actual"]) for r in found] == [("94", "DC-413/completion", "89%")]


@pytest.mark.parametrize(("seed", "least"), list(zip(SIX, (60, 85, 55, 45, 80, 75), strict=True)))
def test_a_wrong_number_breaks_its_paragraph(seed: str, least: int) -> None:
    """Every amount of the text, made three times as much and one more: what stands in a sum, list or rate is found
    (``least`` of those amounts; the rest stand alone)."""
    blocks = [b for b in said_by(document_of(seed)) if b.kind != "cell"]
    caught = 0
    for at, block in enumerate(blocks):
        for amount in amounts_in(block.text) if block.kind == "text" and not block.id.startswith("glossary") else ():
            if amount.kind in ("%", "分", "天", "平方米", "台", "百分点"):
                continue
            text = f"{block.text[: amount.start]}{amount.value * 3 + 1:f}{amount.unit}{block.text[amount.end :]}"
            around = [*blocks[max(0, at - 30) : at], replace(block, text=text, spans=()), *blocks[at + 1 : at + 30]]
            caught += any(True for _ in adding_up(around))
    assert caught >= least


# ------------------------------------------------------------------ rates


def test_a_rate_stays_within_what_its_printed_amounts_allow() -> None:
    """Whatever the exact amounts are, the rate computed from them is never called wrong after rounding."""
    rng = random.Random(18)
    for _ in range(400):
        part, whole = (Decimal(rng.randrange(1, 10**8)) / 100 for _ in range(2))
        shown = [f"{v / 10000:.2f}" for v in (part, whole)]
        if Decimal(shown[1]) <= Decimal("0.05"):
            continue
        text = f"年初预算为{shown[1]}万元，支出决算为{shown[0]}万元，完成年初预算的{part / whole * 100:.2f}%。"
        assert all(r.holds for r in rates_in(text)), text


# ------------------------------------------------------------------ forms


def grid(*rows: str) -> Grid:
    cells = tuple(tuple(Said("f", t.strip(), "cell", under="自评表") for t in row.split("|")) for row in rows)
    return Grid("f", "自评表", cells)


HEAD = "绩效指标|一级指标|二级指标|三级指标|分值|得分"
GOOD = (
    HEAD,
    "产出|数量|甲|次数|60|50",
    "产出|质量|乙|合格率|30|30",
    "指标自评得分小计|80|预算执行率得分|9.5|减分项|1",
    "绩效自评总得分|88.5||||",
)


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", []),
        ("|80|", "|90|", ["DC-414", "DC-414"]),  # the subtotal, and the total that follows from it
        ("88.5", "98.5", ["DC-414"]),
        ("|60|50", "|60|70", ["DC-414/above", "DC-414"]),
        ("|30|30", "|20|30", ["DC-414/above", "DC-414/points"]),
    ],
)
def test_scores_of_a_form(old: str, new: str, names: list[str]) -> None:
    assert [r.name for r in forms([grid(*(row.replace(old, new) if old else row for row in GOOD))])] == names


def test_a_form_with_a_total_row_and_one_without_indicators() -> None:
    total = (HEAD, "产出|数量|甲|次数|60|50", "产出|质量|乙|合格率|40|30", "总分||||100|80分")
    assert list(forms([grid(*total)])) == []
    wrong = [r.words for r in forms([grid(*total[:-1], "总分||||100|90")])]
    assert wrong == [{"what": "得分", "actual": "90", "expected": "80"}]
    assert [r.name for r in forms([grid(HEAD, "指标自评得分小计|0|预算执行率得分|10||")])] == ["DC-415"]
    assert list(forms([grid("项目|金额", "甲|3")])) == []
