"""What no reader would let pass is found in the printed words, whichever way it arose; what is right is not called wrong."""

from __future__ import annotations

import pytest

from generator.checks.printed.blocks import Remark, Said, said_by
from generator.checks.printed.wording import wording
from tests.conftest import GOLDEN
from tests.printed import SIX, document_of

WRONG = [
    # holes
    ("主要包括等业务支出。", "DC-401", "主要包括"),
    ("收入减少32.54%，主要原因是。其中：甲1万元。", "DC-401", "主要原因是"),
    ("下降7.02%。主要原因：。", "DC-401", "主要原因"),
    ("决算数大于年初预算数的原因主要是：。", "DC-401", "原因主要是"),
    ("人员经费10万元，主要包括；公用经费5万元。", "DC-401", "主要包括"),
    ("其中：，公用经费5万元。", "DC-401", "其中：，"),
    ("本部门的主要职能是。", "DC-401", "是"),
    ("下属预算单位为，共三家。", "DC-401", "为"),
    ("主要用于公务用车维修、保险，等。", "DC-401", "等"),
    ("《》见附件。", "DC-401", "《》"),
    ("与上年相比增长%，主要原因是人员增加。", "DC-401", "%"),
    ("占收入总计的，主要是拨款。", "DC-401", "占收入总计的"),
    ("事业收入0.00万元，占 %。", "DC-401", "%"),
    ("完成年初预算的，决算数大于预算数。", "DC-401", "完成年初预算的"),
    ("政府采购支出总额万元，其中：货物2万元。", "DC-401", "总额万元"),
    ("共有车辆辆，其中：机要通信用车1辆。", "DC-401", "车辆辆"),
    ("参加出国（境）团组个，累计人次。", "DC-401", "团组个"),
    ("项目自评得分分。", "DC-401", "得分分"),
    ("主要原因是0。", "DC-401/zero", "主要原因是0"),
    ("项目1个，其中0、0、0。", "DC-401/zero", "、0"),
    ("占货物支出金额的00%；", "DC-401/zero", "00%"),
    ("与上年相比减少，主要原因是人员减少，", "DC-401/end", "，"),
    ("与上年相比减少10万元，主要原因是", "DC-401/end", "主要原因是"),
    # doubled
    ("主要是主要是人员经费等支出。", "DC-402", "主要是主要是"),
    ("主要原因是主要原因是人员增加。", "DC-402", "主要原因是主要原因是"),
    ("主要原因：原因是人员增加。", "DC-402", "主要原因：原因是"),
    ("主要包括包括办公费。", "DC-402", "包括包括"),
    ("事业收入2万元，主要是培训等等收入。", "DC-402", "等等"),
    ("主要是办公费等支出等支出，完成预算。", "DC-402", "等支出等支出"),
    ("主要原因是一是人员增加；二是项目增加。", "DC-402/first", "是一是"),
    ("收入10.00万元万元。", "DC-402", "万元万元"),
    ("增长3.20%%。", "DC-402", "%%"),
    # marks
    ("人员经费增加。。", "DC-403", "。。"),
    ("人员经费增加，。", "DC-403", "，。"),
    ("一是项目减少；；二是人员减少。", "DC-403", "；；"),
    ("主要原因：；人员增加。", "DC-401", "主要原因"),
    ("（，含外宾）3批次。", "DC-403", "（"),
    ("，人员经费增加。", "DC-403", "，"),
    # brackets
    ("公务用车购置费（含购置税0.00万元。", "DC-404", "（"),
    ("“三公经费支出减少。", "DC-404", "“"),
    ("三公”经费支出减少。", "DC-404", "”"),
    ("《预算绩效管理办法见附件。", "DC-404", "《"),
    ("““三公””经费支出减少。", "DC-404", "““"),
    # residue of forms
    ("（柱状图）", "DC-405", "（柱状图）"),
    ("目录（注：请单位根据实际注明页码）", "DC-405", "（注：请单位根据实际注明页码）"),
    ("（注：数据来源于财决07表第5栏）", "DC-405", "（注：数据来源于财决07表第5栏）"),
    ("机关运行经费（需公开）", "DC-405", "（需公开）"),
    ("XXX省2024年度部门决算", "DC-405", "XXX"),
    ("预算代码：××", "DC-405", "××"),
    ("20XX年度部门决算", "DC-405", "XX"),
    ("第一部分 概况 PAGEREF _Toc1", "DC-405", "PAGEREF"),
    ("错误！未定义书签。", "DC-405", "错误！未"),
    ("主要原因是=DISPIMG(\"ID_1\",1)。", "DC-405", "=DISPIMG("),
    ("主要原因是待填。", "DC-405", "待填"),
    ("主要原因是……。", "DC-405", "……"),
    ("批复日期为____年。", "DC-405", "____"),
    ("截至2024年12月　　日。", "DC-405", "　　"),
    # alternatives
    ("比上年增加（减少）3.20万元。", "DC-406", "增加（减少）"),
    ("决算数大于（小于）预算数的主要原因是人员增加。", "DC-406", "大于（小于）"),
    ("增长/下降3.2%。", "DC-406", "增长/下降"),
    ("比上年增加3.20万元，与上年持平。", "DC-406/both", "增加3.20万元，与上年持平"),
    # repeated words
    ("上年的的项目已验收。", "DC-407", "的的"),
    ("办公经费经费增加。", "DC-407", "经费经费"),
]  # fmt: skip


def found_in(text: str, **more: str) -> list[Remark]:
    return list(wording([Said("b", text, **more)]))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "name", "said"), WRONG, ids=[t for t, _, _ in WRONG])
def test_what_is_wrong_is_found_once_at_its_place(text: str, name: str, said: str) -> None:
    found = found_in(text)
    assert [r.name for r in found if said in r.block.text[r.start : r.end + 1]] == [name]
    assert said in found[0].quote or len(found) > 1


RIGHT = [
    "（一）收入总计5,743.67万元，其中：财政拨款收入5,741.50万元。",
    "主要原因：一是三级事业单位合并；二是更新应急保障用车。",
    "主要原因是：一是人员增加；二是项目增加。",
    "主要是为保障机构正常运转、完成日常工作任务而发生的各项支出。",
    "对企业实事求是。于是，项目按期完成。但是，资金不足。",
    "主要职责是组织起草法规（草案）；（二）拟订规划。",
    "1）组织起草；2）拟订规划。",
    "《国务院办公厅进一步优化地方政府便民热线的指导意见》(国办发〔2020〕53号）的要求。",
    "因公出国（境）费比2023年预算增加（减少）0万元，主要原因是无因公出国（境）计划。",
    "2024年7×24小时受理，单价100万元（含）以上设备（不含车辆）0台（套）。",
    "自评覆盖率（开展绩效自评项目数/年度应开展绩效自评项目数*100%）达到100%。",
    "绩效评级为“优”的项目30个；绩效评级为“良”的项目5个。",
    "占“三公”经费支出的0.00%，同比增长百分之三，达到百分之百。",
    "二〇二四年十二月，开办费用零成本、开办时间0.5个工作日。",
    "人员经费增加等。等到年底，项目完成。",
    "“一网通办”“辽事通”和‘好差评’；其他用车主要是：用于一般公务用车3辆。",
    "本单位无其他需说明事项，预算为0，因此不作比较。",
    "与上年相比增加3.20万元，增长5.00%；公务接待费与上年持平。",
    "决算数与年初预算数持平的原因主要是：按实际支付。",
    "取得的效益一般，成本是可控的，行为规范，被侵占的资产已收回。",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_not_called_wrong(text: str) -> None:
    assert [(r.name, r.quote) for r in found_in(text)] == []


def test_a_paragraph_that_leads_on_needs_what_follows() -> None:
    lead, item = Said("a", "（二）支出总计5,516.90万元，包括："), Said("b", "1.基本支出5,516.90万元。")
    assert list(wording([lead, item])) == []
    for blocks in ([lead], [lead, Said("h", "三、其他", "heading")]):
        assert [r.name for r in wording(blocks)] == ["DC-401/end"]


def test_cells_and_headings_are_read_for_what_can_be_wrong_in_them() -> None:
    assert [r.name for r in found_in("完成情况待填", kind="cell")] == ["DC-405"]
    assert [r.name for r in found_in("一、““三公””经费", kind="heading")] == ["DC-404", "DC-404"]
    assert found_in("%", kind="cell") == [] and found_in("是", kind="cell") == []


@pytest.mark.parametrize("seed", SIX)
def test_the_six_departments_read_well(seed: str) -> None:
    """Nothing is remarked but what the published text itself has wrong: one doubled word."""
    document = document_of(seed)
    said = [r.block.text[r.start : r.end] for r in wording(list(said_by(document))) if r.name != "DC-403/stop"]
    assert said == (["有有"] if seed == "004" else [])


@pytest.mark.parametrize(
    ("seed", "lines"),
    [("000", [37, 47, 91, 93]), ("001", []), ("002", []), ("003", []), ("004", [34, 41, 43, 46, 81])],
)
def test_the_published_texts_have_their_own_faults_found(seed: str, lines: list[int]) -> None:
    """In the texts as they were published, exactly the errors of the deviation lists that a reader can see."""
    text = (GOLDEN / f"{seed}.txt").read_text(encoding="utf-8").splitlines()
    blocks = [Said(str(n), line) for n, line in enumerate(text, 1) if line.strip()]
    found = [r for r in wording(blocks) if r.name not in ("DC-403/stop", "DC-401/end", "DC-407")]
    assert [int(r.block.id) for r in found] == lines
