"""Versions under seal, and the finished files held against the Document (VS, TO)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

KEEPER = "没有替换已公开的文件。请把文件发给维护人员。"
STANDS = "{file}：{what}应为“{expected}”，文件里是“{actual}”。"

ENTRIES = (
    Entry(
        "VS-201", Severity.ERROR, "封存以后又有改动",
        "{year}年度已于{at}封存（第 {version} 版，{by}），现在的内容与封存的不同。",
        "封存的是已经公开的内容，改动要先写明理由，公开时附更正说明。",
        "需要改动的，请先写明理由开启更正：juesuan correct 部门 --reason 理由。",
    ),
    Entry(
        "VS-202", Severity.ERROR, "版本库不能使用", "{why}",
        "版本库记着每一版的内容；不能使用时，改动留不下记录。", "请确认部门文件夹可以写入，或从备份恢复版本库。",
    ),
    Entry(
        "VS-203", Severity.ERROR, "这里是已封存的公开文本",
        "输出的文件夹里是已封存的公开文本（第 {version} 版，{at}，{by}），由另一个文件夹里的填报表封存，没有覆盖。",
        "封存的是已经公开的文件，只能由封存它的那个部门文件夹开启更正后替换。",
        "请在原来的部门文件夹里开启更正；确是另一个部门的，请写到别的文件夹。",
    ),
    Entry(
        "VS-204", Severity.INFO, "所在的文件夹不能加锁",
        "部门文件夹所在的位置（多半是网络共享）不能给文件加锁，版本照常记录。",
        "不能加锁的地方，两个人同时生成要互相等候，慢一些；断电后可能要等两分钟才能再用。",
        "不用处理；几个人常用的，建议放到本机硬盘，或使用网页工作台。",
    ),
    Entry(
        "TO-301", Severity.ERROR, "印出的数与准确值不符",
        "{block}：印的是 {actual}，准确值是 {expected}{unit}。",
        "每个印出的数都要等于准确值四舍五入的结果。", KEEPER,
        cases={"word": "{block}：“{actual}”不是一个数。"},
    ),
    Entry(
        "TO-302", Severity.ERROR, "文本里的数没有出处", "{block}：改写的文字里有没有出处的数 {actual}。",
        "公开的每个数都要取自填报表。", "没有替换已公开的文件。请把这个数填到填报表里，或改掉这句话。",
    ),
    Entry(
        "TO-303", Severity.ERROR, "Word 文件与文本不一致", STANDS,
        "写成的 Word 读回来，要与文本逐段逐格相同。", KEEPER,
        cases={
            "unread": "{file}：{why}",
            "added": "{file}：多出一段“{actual}”。",
            "moved": "{file}：{what} 的位置不对。",
            "remarks": "{file}：文件里有批注或修订。",
        },
    ),
    Entry(
        "TO-304", Severity.ERROR, "PDF 文件与文本不一致", STANDS,
        "写成的 PDF 读回来，要与文本逐段逐格相同。", KEEPER,
        cases={
            "unread": "{file}：{why}",
            "added": "{file}：末尾多出“{actual}”。",
            "table": "{file}：{what} {actual}",
        },
    ),
    Entry(
        "TO-305", Severity.ERROR, "PDF 的目录或书签与所在的页不符",
        "{file}：目录里“{what}”应为第 {expected} 页，文件里是“{actual}”。",
        "目录的页码和书签要指到标题所在的页。", KEEPER,
        cases={"mark": "{file}：{what} 的书签在第 {expected} 页，文字在第 {actual} 页。"},
    ),
    Entry(
        "TO-306", Severity.ERROR, "图里的数与文本不一致",
        "{file}：图“{what}”应为“{expected}”，文件里是“{actual}”。",
        "图里的每个数都要和图下的表一致。", KEEPER,
    ),
)  # fmt: skip
