"""Words that no reader would let pass: holes, doubled words and marks, residue of forms, alternatives.

Whichever way they arise (the pack, what was typed, a draft, wording brought back from Word), they are
looked for in the text as it is printed.  Every pattern is bounded: a text of any length takes time in
proportion to it.  Brackets stand in ``brackets``; nothing here is about figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from generator.checks.printed.blocks import Kind, Remark, Said
from generator.checks.printed.brackets import brackets

HAN = "\u4e00-\u9fff"
STOPS = "，。；：、！？,;!?"
PROSE: tuple[Kind, ...] = ("text", "note")
WORDS: tuple[Kind, ...] = ("text", "note", "cell")
ALL: tuple[Kind, ...] = ("text", "note", "cell", "heading", "line")
LEAD = "主要原因是|主要原因为|原因主要是|原因是|主要是|主要为|主要包括|包括|主要用于|用于|分别是|分别为"
LIST = "主要包括|包括|主要用于|用于|分别是|分别为"
WHY = "主要原因是|主要原因为|主要原因(?=[：:])|原因主要是|原因是|主要是由于|主要是|主要为|是由于|由于|因为"
NIL = r"0(?:\.0{1,4})?(?:万元|元|%)"
UP = "增加|增长|上升|提高|大于|高于|多于|超过|上涨"
DOWN = "减少|下降|降低|小于|低于|少于|下跌|减(?!少)"
MONEY = (
    "支出|收入|经费|预算|决算|总计|合计|小计|金额|总额|资金|[^税消]费|算数|行数|增加|增长|减少|下降|结余|结转|[为约计]"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way in which words are wrong: the name of the finding, what to look for in which kinds of blocks,
    and the word that says what is lacking or how to write it."""

    name: str
    found: re.Pattern[str]
    kinds: tuple[Kind, ...]
    what: str


def _patterns(name: str, kinds: tuple[Kind, ...], what: str, *texts: str) -> tuple[Pattern, ...]:
    return tuple(Pattern(name, re.compile(t), kinds, what) for t in texts)


CONTENT = _patterns(
    "DC-401", PROSE, "缺少内容",
    rf"(?:{LEAD})[：:]?\s?(?=等)",
    rf"(?:{WHY})(?:[：:]|(?![：:]))(?=\s?[，。；、！？）)])",
    rf"(?:{LIST})(?=\s?[，。；、）)])",
    rf"(?:{LIST}|其中|如下)[：:]\s?(?=[，。；、）)])",
    r"(?<![求国于不但可还若算只别其凡总正就都既])是(?=\s?[。；])",
    r"(?<![行认作成较最更以极甚尤所有称视颇人无可化])为(?=\s?[，。；])",
    r"(?:^|[，。；、（(])等(?=[，。；、])",
    r"(?<![参给赋])与(?=[，。；])",
    r"(?<![比计])较(?=[，。；])",
    r"《\s?》|“\s?”|（\s?）|\(\s?\)|【\s?】",
)  # fmt: skip
RATE = _patterns(
    "DC-401", PROSE, "缺少比例",
    r"(?:完成(?:年初|全年|调整)?预算的|占[^，。；\d]{1,20}的|达到|(?<![侵抢强霸独挤])占)(?=\s?[，。；])",
    rf"(?<=[{HAN}）)])(?<![十百千万亿几数多每比])\s{{0,3}}[%％]",
)  # fmt: skip
AMOUNT = _patterns("DC-401", PROSE, "缺少金额", rf"(?:{MONEY})\s{{0,3}}万元(?=[，。；、（]|$)")
COUNT = _patterns(
    "DC-401", PROSE, "缺少数量",
    r"(?:车辆|用车|购置|保有量)\s?辆|(?:项目|单位|部门|处室|团组|机构|共有|问题|绩效目标)\s?个(?![数性案人别体])",
    r"(?:累计|接待|安排|共)\s?(?:批次|人次|[个辆人](?=[，。；、]))",
    r"(?:得分|平均分为?|评分为?)\s?分(?=[，。；、])",
)  # fmt: skip
ZERO = (
    *_patterns(
        "DC-401/zero", PROSE, "只写了一个0",
        rf"(?:{LEAD}|主要原因[：:]|其中[：:]|[、，；。：])0(?:\.0{{1,4}})?(?=[、，；。]|等|$)",
    ),
    *_patterns("DC-401/zero", PROSE, "比例的写法不对", r"(?<![\d.,，])0\d{1,3}(?:\.\d{1,4})?%"),
)  # fmt: skip
DOUBLED = (
    *_patterns(
        "DC-402", PROSE, "重复",
        rf"({LEAD}|其中|由于|因为|与上年相比|与年初预算相比|具体|等)[：:，,]?\s?\1(?![{STOPS}])",
        r"主要原因(?:是|为)?[：:]?(?:主要原因|主要是|原因[是为：:]|因为?是)",
        r"(?:原因主要是|原因是|主要是|主要为)[：:]?(?:主要原因|主要是|原因是|原因为|主要用于|主要包括|由于是)",
        rf"(?:{LIST})[：:]?(?:主要包括|包括|主要用于|用于|主要是)",
        r"等(支出|收入|经费|资金|费用|项目|业务支出|原因)等\1",
        r"万元万元|[%％]{2}|年年(?=[度末初])|年度年度",
    ),
    *_patterns("DC-402", WORDS, "重复", rf"([{HAN}][^\n]{{7,60}}?)\1", rf"([{HAN}]{{4,8}})\1"),
    *_patterns("DC-402/first", PROSE, "“一是”前面应为冒号", r"(?<![一不])是(?:一是|其一)"),
)  # fmt: skip
MARKS = (
    *_patterns(
        "DC-403", ALL, "标点重复",
        r"[。；，、：！？]{2,9}|[。；，、：！？][,;:!?]{1,9}|[,;:!?]{1,9}[。；，、：！？]|[,;:!?]{2,9}|(?<![.．])\.{2}(?![.．])",
    ),
    *_patterns("DC-403", ALL, "标点的位置不对", r"[（《“‘【(〔](?=[，。；：、！？])", r"[，；、：](?=[）》】〕)])"),
    *_patterns("DC-403", PROSE, "句首有标点", r"^[，。；：、！？]"),
)  # fmt: skip
RESIDUE = (
    *_patterns(
        "DC-405", ALL, "是表样里的说明",
        r"[（(][^（）()]{0,6}(?:柱状图|饼状图|饼图|折线图|条形图|示意图)[^（）()]{0,6}[）)]|^(?:柱状图|饼状图|饼图|折线图)$",
        r"[（(](?:备?注[：:]\s?)?(?:请(?![示假柬帖])|需公开|需说明|需填|需要?注明|需列|如有请|如无请|可根据实际|根据实际情况填|此处填)[^（）()]{0,60}[）)]?",
        r"[（(]注[：:]\s?数据来源[^（）()]{0,80}[）)]?",
    ),
    *_patterns(
        "DC-405", ALL, "是文字处理软件的代码",
        r"(?i:PAGEREF|\bTOC\s\\|HYPERLINK|MERGEFORMAT|错误[！!]\s?未|Error!|_Toc\d|=DISPIMG\()|#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?)",
    ),
    *_patterns(
        "DC-405", ALL, "是占位的文字",
        r"(?<![A-Za-z])[XxＸｘ×]{2,9}(?![A-Za-z])|20[XxＸｘ×]{1,2}(?=年)|(?<![A-Za-z\d])[XＸ×](?=[省市县区年月日万元个辆])",
        r"(?<![二一])○{2,9}|某某|待填写?|待补充|待定(?!点)|TODO|暂无数据|\{\{|\}\}|\{%|(?<![A-Za-z])(?:None|nan)(?![A-Za-z])",
        r"[_＿]{2,99}|[（(]\s{2,9}[）)]",
    ),
    *_patterns("DC-405", WORDS, "是占位的文字", r"(?<!…)…{1,5}(?!…)|(?<![.．])[.．]{3,9}(?![.．\d])"),
    *_patterns("DC-405", PROSE, "留有空白", rf"(?<=[{HAN}])[ 　]{{2,20}}(?=[年月日个辆万元%人])"),
)  # fmt: skip
ALTERNATIVES = (
    *_patterns(
        "DC-406", PROSE, "两种说法没有选定一种",
        rf"(?:{UP})\s?[（(/／]\s?或?(?:{DOWN}|持平)(?:\s?[）)](?!{NIL})|(?!\s?[）)])(?!{NIL}))",
        rf"(?:{DOWN})\s?[（(/／]\s?或?(?:{UP}|持平)(?:\s?[）)](?!{NIL})|(?!\s?[）)])(?!{NIL}))",
        r"增/减|是/否|有/无|有（无）|是（否）|无（有）",
    ),
    *_patterns(
        "DC-406/both", PROSE, "既写增减又写持平",
        rf"(?:增加|增长|减少|下降)了?(?!{NIL})[\d,.]{{1,20}}(?:万元|%)[，,]?(?:与上年(?:度|决算)?)?持平",
        rf"持平[，,]?(?:增加|增长|减少|下降)了?(?!{NIL})[\d,.]{{1,20}}(?:万元|%)",
    ),
)  # fmt: skip
REPEATED = _patterns(
    "DC-407", PROSE, "重复",
    r"的的|了了|是是|有有|在在|和和|及及|为为(?!民)|与与",
    r"(支出|收入|经费|资金|费用|预算|决算|情况|项目|部门|单位|人员|工作|专项|办公|保障|运行|维护)\1",
)  # fmt: skip
PATTERNS = (
    *RESIDUE, *CONTENT, *RATE, *AMOUNT, *COUNT, *ZERO, *DOUBLED, *MARKS, *ALTERNATIVES, *REPEATED,
)  # fmt: skip
BROKEN_OFF = re.compile(rf"(?:[，、]|(?:{LEAD}|由于|因为|以及|并且|根据|按照|其中|如下)|主要原因)$")
NO_STOP = re.compile(rf"[{HAN}）)\d%》”]$")
LEADS_ON = ("：", ":")
MOST = 40  # remarks about one block


def wording(blocks: Sequence[Said]) -> Iterator[Remark]:
    """Everything that is wrong in the words of some blocks in reading order; one remark for one place."""
    for number, block in enumerate(blocks):
        taken: list[tuple[int, int]] = []
        for remark in chain(_by_pattern(block), brackets(block), _ends(blocks, number)):
            if not any(remark.start <= end and start <= remark.end for start, end in taken):
                taken.append((remark.start, remark.end))
                yield remark
                if len(taken) >= MOST:
                    break


def _by_pattern(block: Said) -> Iterator[Remark]:
    for pattern in PATTERNS:
        if block.kind in pattern.kinds:
            for found in pattern.found.finditer(block.text):
                words = {"said": found[0].strip() or "空格", "what": pattern.what}
                yield Remark(block, found.start(), found.end(), pattern.name, words)


def _ends(blocks: Sequence[Said], number: int) -> Iterator[Remark]:
    """How a paragraph ends: broken off, leading on to nothing, or without its full stop."""
    block = blocks[number]
    text = block.text.rstrip()
    if block.kind not in PROSE or not text:
        return
    found = BROKEN_OFF.search(text)
    if found:
        yield Remark(block, found.start(), len(text), "DC-401/end", {"said": found[0]})
    elif text.endswith(LEADS_ON):
        after = blocks[number + 1] if number + 1 < len(blocks) else None
        if after is None or after.kind == "heading":
            start = max(text.rfind(s, 0, -1) for s in "，。；") + 1
            yield Remark(block, start, len(text), "DC-401/end", {"said": text[start:]})
    elif len(text) > 40 and "。" in text and NO_STOP.search(text) and block.kind == "text":
        yield Remark(block, len(text) - 1, len(text), "DC-403/stop", {"said": text[-1], "what": "句末没有句号"})
