"""Units merged into their department (HB)."""

from __future__ import annotations

from generator.model.catalogue.entry import AGAIN, Entry
from generator.model.findings import Severity

ENTRIES = (
    Entry(
        "HB-101", Severity.ERROR, "单位填报表不能读取", "单位“{unit}”的填报表读不出来：{why}",
        "读不出来的单位没有并入。", AGAIN,
    ),
    Entry(
        "HB-102", Severity.WARNING, "单位填报表有错误", "单位“{unit}”的填报表还有 {count} 条错误，第一条：{first}",
        "单位的填报表还有没改正的错误，合并的数会带着这些错误。", "请先改正单位的填报表，再重新合并。",
    ),
    Entry(
        "HB-103", Severity.ERROR, "单位的年度或模板包不同",
        "单位“{unit}”是 {year} 年度、“{pack}”模板包，“{other}”是 {other_year} 年度、“{other_pack}”模板包，不能合在一起。",
        "合并的各单位应当用同一地区、同一年度的填报表。", "请各单位使用同一地区、同一年度的填报表。",
    ),
    Entry(
        "HB-104", Severity.ERROR, "同一单位有两份填报表", "“{unit}”与“{other}”写的是同一个单位：{name}。",
        "同一个单位的数会被算两遍。", "请留下一份，移走另一份；是两个单位的，请改正单位名称。",
    ),
    Entry(
        "HB-110", Severity.WARNING, "内部往来两边不等",
        "{title}：各单位收到 {received} 万元，付出 {paid} 万元，相差 {gap} 万元；只抵销了两边都有的 {amount} 万元。",
        "上级补助与上缴、对附属单位补助等在部门内部发生的收支，合并时两边抵销。",
        "余下的若是与部门以外单位的往来，不用改；若是漏记，请改正单位的填报表。抵销按科目顺序进行，请核对“合并来源”。",
    ),
    Entry(
        "HB-111", Severity.INFO, "按万元填报的单位", "{units}按万元填报，合并后尾差会累加，核对时允许误差按万元填报的各单位放宽。",
        "万元只有两位小数，相加时尾差会累加。", "请各单位按元填报后再合并。",
    ),
    Entry(
        "HB-112", Severity.WARNING, "合并后要填写的数", "“{label}”：{why}",
        "有的数不能由各单位相加得出，要按部门的口径填写。", "请在合并后的填报表里填写或核对。",
    ),
    Entry(
        "HB-113", Severity.INFO, "沿用部门的文字", "有 {count} 处文字沿用部门原来写的；各单位的说法见“{sheet}”。",
        "部门的填报表里已经写好的文字，重新合并时不改动。", "请核对沿用的文字是否仍然适用。",
    ),
    Entry(
        "HB-114", Severity.ERROR, "部门填报表不能读取", "部门的填报表 {file} 读不出来。",
        "合并写成的部门填报表没能读回来核对。", AGAIN,
    ),
    Entry(
        "HB-120", Severity.ERROR, "部门数＝各单位合计－抵销",
        "{place}：部门填 {mine}，各单位合计 {sum}{offset}，应为 {should}，差 {gap} 万元。",
        "部门的数应当等于所属各单位之和减去内部抵销。", "请核对部门的数，或改正单位的填报表后重新合并。",
    ),
)  # fmt: skip
