"""Written reasons and drafts held to the figures (DR)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

DRAFTS = "《地方预决算公开操作规程》：增减变化的原因由公开主体说明"
AGREES = "《地方预决算公开操作规程》：说明应当与公开的数字一致"
FORM = "部门决算公开文本规范"
OTHER_SCOPE = "请核对原因和数字；说的是另一个口径的，可以写明理由后保留。"

ENTRIES = (
    Entry(
        "DR-401", Severity.ERROR, "原因的草稿还没有采用或改写",
        "“{label}”是程序起草的建议，还没有采用或改写：“{text}”。",
        "程序按填报的数起草的原因只是建议，由填报的人采用或改写以后才算数。",
        "同意草稿的，在“采用”一格选“采用”；不同意的，把自己的说明写在填写的一格里。", DRAFTS,
    ),
    Entry(
        "DR-402", Severity.WARNING, "采用草稿以后数字有变",
        "“{label}”采用的草稿是“{actual}”，按现在的数应为“{said}”。",
        "草稿采用以后，它所依据的数又改了。", "请重新运行 juesuan draft 取得新的草稿，或改写说明。", DRAFTS,
    ),
    Entry(
        "DR-403", Severity.INFO, "带入的上年数还没有核对", "上年数取自{file}，还没有核对。",
        "上年数是从上年的文件里读出的，要由填报的人核对一遍。",
        "请核对“上年明细”和“上年数与年初预算”里带入的数，核对后选“已核对”。", FORM,
    ),
    Entry(
        "DR-404", Severity.WARNING, "原因里的增减与数字相反", "“{label}”写的“{actual}”的说法与数字相反：{expected}。",
        "原因里说某个科目、项目或金额增加（减少），填报的数是减少（增加）。", OTHER_SCOPE, AGREES,
    ),
    Entry(
        "DR-405", Severity.WARNING, "原因里的金额、增减率或人数在填报的数里找不到",
        "“{label}”写的“{actual}”不是表里的数：{expected}。",
        "原因里写的数，与填报的数对不上。", OTHER_SCOPE, AGREES,
        {
            "rate": "“{label}”写的“{actual}”不是表里的增减率：{expected}。",
            "people": "“{label}”写的“{actual}”与填报的事实不一致：{expected}。",
        },
    ),
    Entry(
        "DR-406", Severity.WARNING, "列举的科目不全或没有数", "“{label}”没有列出：{names}。",
        "列举科目时，有数的科目没有写，或者写了没有数的科目。",
        "缩短列举的，请确认漏列的科目可以不写；不填则自动列出全部。", FORM,
        {"unknown": "“{label}”列出的{names}在表里没有数。"},
    ),
    Entry(
        "DR-407", Severity.WARNING, "主要用途没有写到列支的项目", "“{label}”没有写到：{names}。",
        "这个科目下填报了项目，主要用途里没有写到。", "缩短列举的，请确认漏写的项目可以不写。", FORM,
    ),
    Entry(
        "DR-408", Severity.INFO, "一件事是许多变动的原因", "“{fact}”写作{count}处变动的原因：{labels}。",
        "“变动事实”里的一件事，写进了许多互不相关的变动的原因。", "请逐处核对这件事是不是变动的主要原因；不是的，请另写。", DRAFTS,
    ),
)  # fmt: skip
