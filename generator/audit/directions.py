"""Words of direction against the numbers beside them: 大于 and 小于, 增加 and 减少, 持平."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from generator.audit._intervals import Amount
from generator.audit.amounts import Bound, Reading
from generator.audit.faults import Fault, fault, spot_of_text, wan
from generator.audit.ratios import Rate, rates_of
from generator.published import Paragraph, Sentences, flat, read_label

COMPARED = re.compile(
    r"(?:支出)?决算(?:数)?(?:与|和)?(?P<way>大于|小于|等于|高于|低于|超过|少于|持平于|持平|与)?(?P<of>(?:年初|全年)?预算(?:数)?)(?P<after>基本持平|持平|一致)?"
)
LEVEL = re.compile(r"(?:与|和|较|比)?[^，。；]{0,16}(?:基本)?持平|无(?:增减)?变化|保持不变")
CONTRA = re.compile(
    r"(?:增加|增长|减少|下降)\d[\d,.]*万元[^，。；]{0,6}(?:持平|无变化)|(?:持平|无变化)[，,]?(?:增加|增长|减少|下降)(?!（|\()[^。；，]{0,4}\d*[1-9]"
)


def check_directions(reading: Reading) -> Iterator[Fault]:
    """Every word of direction whose two numbers are known."""
    for paragraph in reading.document.paragraphs:
        if re.search(r"名词解释|职能|职责", paragraph.topic):
            continue
        bound = reading.by_paragraph[paragraph.block]
        yield from _against_budget(reading, paragraph, bound)
        yield from _level(reading, paragraph, bound)
        for found in CONTRA.finditer(paragraph.text):
            spot = spot_of_text(paragraph, found.start(), found.end())
            yield fault(
                "SH-212", [spot], f"way {spot.text}", said=spot.text, sum="有增减额", actual="持平", expected=""
            )


def _against_budget(reading: Reading, paragraph: Paragraph, bound: Sequence[Bound]) -> Iterator[Fault]:
    """决算数大于预算数: against both amounts, or against the rate of completion."""
    sentences = Sentences(paragraph)
    for found in COMPARED.finditer(paragraph.text):
        way = _way(found["way"] or "", found["after"] or "")
        if way is None:
            continue
        pair = _pair(reading, paragraph, bound, found.start(), found["of"])
        spot = spot_of_text(paragraph, found.start(), found.end())
        if pair is not None:
            final, budget = pair
            gap = final.value - budget.value
            if _sign(gap, final.half + budget.half) != way and not (
                way == 0 and abs(gap) <= (final.half + budget.half) * 2
            ):
                if way == 0 and "基本" in found[0] and abs(gap) <= abs(budget.value) / 50:
                    continue
                told = f"决算{wan(final.value)}万元，预算{wan(budget.value)}万元"
                yield fault(
                    "SH-214/way",
                    [spot],
                    f"way {spot.text}",
                    said=spot.text,
                    sum=told,
                    actual=_word(way),
                    expected=_word(_sign(gap, 0)),
                )
            continue
        if own := _subject(paragraph, found.start()):
            yield from _of_subject(reading, paragraph, bound, found, own, way)
            continue  # it names what it is about: the rate before may be another's
        rates = [
            r
            for r in rates_of(paragraph)
            if r.quantity.end <= found.start() and re.search(r"完成[^，。；]{0,10}预算", r.before)
        ]
        if rates and rates[-1].sentence[0] >= _previous(sentences, found.start()):
            rate = rates[-1].quantity
            if (not rate.value and way != 1) or (way == 0 and _tiny(bound, rates[-1])):
                continue
            if _sign(rate.value - 100, rate.half * 2 if way == 0 else rate.half / 100) != way:
                told = f"完成预算的{rate.text}"
                yield fault(
                    "SH-214/way", [spot], f"way {spot.text}", said=spot.text, sum=told, actual=_word(way), expected=""
                )


def _of_subject(
    reading: Reading, paragraph: Paragraph, bound: Sequence[Bound], found: re.Match[str], own: str, way: int
) -> Iterator[Fault]:
    """…“三公”经费支出决算数小于预算数: against the amounts that the paragraph gives under that name."""
    core = read_label(own, reading.document.identity.department)[0]
    near = [
        b.mention
        for b in bound
        if b.mention.quantity.end <= found.start() and reading.binder.same(b.mention.core, core)
    ]
    finals = [m for m in near if m.aspect == "own"]
    budgets = [m for m in near if m.aspect == "budget"]
    if not core or not finals or not budgets or reading.document.identity.kind != "决算":
        return
    final, budget = finals[0].quantity, budgets[0].quantity
    gap = final.value - budget.value
    if _sign(gap, final.half + budget.half) != way:
        spot = spot_of_text(paragraph, found.start(), found.end())
        told = f"决算{wan(final.value)}万元，预算{wan(budget.value)}万元"
        yield fault(
            "SH-214/way",
            [spot],
            f"way {spot.text}",
            said=spot.text,
            sum=told,
            actual=_word(way),
            expected=_word(_sign(gap, 0)),
        )


def _subject(paragraph: Paragraph, offset: int) -> str:
    """What stands between the last mark and a comparison: its own subject."""
    start = max((paragraph.text.rfind(m, 0, offset) for m in "，。；：、"), default=-1) + 1
    return re.sub(r"20\d\d年(?:度)?|本年度?|支出$", "", paragraph.text[start:offset])


def _tiny(bound: Sequence[Bound], rate: Rate) -> bool:
    """An amount so small that the printed difference is nothing though the rate is not 100 %."""
    own = [
        b.mention.quantity for b in bound if b.mention.aspect == "own" and b.mention.quantity.end <= rate.quantity.start
    ]
    if not own or not rate.quantity.value:
        return True
    return abs(own[-1].value - own[-1].value * 100 / rate.quantity.value) <= own[-1].half * 2


def _previous(sentences: Sentences, offset: int) -> int:
    """Where the sentence before begins: a comparison may follow its numbers after a full stop."""
    spans = sentences.spans
    at = next((k for k, s in enumerate(spans) if s[0] <= offset < s[1]), 0)
    return spans[max(0, at - 1)][0]


def _pair(
    reading: Reading, paragraph: Paragraph, bound: Sequence[Bound], offset: int, of: str
) -> tuple[Amount, Amount] | None:
    """The final amount and the budget right before a comparison, where both are printed and belong together."""
    start = _previous(Sentences(paragraph), offset)
    near = [b for b in bound if start <= b.mention.quantity.start < offset]
    finals = [b for b in near if b.mention.aspect == "own"]
    budgets = [b for b in near if b.mention.aspect == "budget"]
    if not finals or not budgets or reading.document.identity.kind != "决算":
        return None
    final, budget = finals[-1].mention, budgets[-1].mention
    if final.core and budget.core and final.core != budget.core:
        return None
    if len(finals) > 1 and len(budgets) == 1 and finals[0].mention.core != final.core:
        return None  # several amounts, one budget: which is meant cannot be told
    if "年初" in of and "年初" not in flat(budget.label):
        return None
    return Amount(final.quantity.value, final.quantity.half), Amount(budget.quantity.value, budget.quantity.half)


def _way(way: str, after: str) -> int | None:
    if way in ("大于", "高于", "超过"):
        return 1
    if way in ("小于", "低于", "少于"):
        return -1
    if way in ("等于", "持平于", "持平") or after:
        return 0
    return None


def _word(way: int) -> str:
    return {1: "大于", -1: "小于", 0: "持平于"}[way]


def _sign(gap: object, band: object) -> int:
    return 0 if abs(gap) <= band else (1 if gap > 0 else -1)  # type: ignore[operator, arg-type]


def _level(reading: Reading, paragraph: Paragraph, bound: Sequence[Bound]) -> Iterator[Fault]:
    """…执行数为 A，…安排 B，…持平: both are printed and differ."""
    sentences = Sentences(paragraph)
    year = reading.document.identity.year
    for found in LEVEL.finditer(paragraph.text):
        span = sentences.span_at(found.start())
        near = [b.mention for b in bound if span[0] <= b.mention.quantity.start < found.start()]
        if len(near) < 2:
            continue
        now, base = near[-1], near[-2]
        if now.year != year or base.year != year - 1 or "change" in (now.aspect, base.aspect):
            continue
        if abs(now.quantity.value - base.quantity.value) > now.quantity.half + base.quantity.half:
            spot = spot_of_text(paragraph, base.quantity.start, found.end())
            told = f"由{wan(base.quantity.value)}万元到{wan(now.quantity.value)}万元"
            yield fault(
                "SH-212",
                [spot],
                f"way {spot.text}",
                said=spot.text,
                sum=told,
                actual="持平",
                expected="增加" if now.quantity.value > base.quantity.value else "减少",
            )


def check_steps(reading: Reading) -> Iterator[Fault]:
    """0万元，比上年增加 5 万元: what was before would be less than nothing."""
    for paragraph in reading.document.paragraphs:
        bound = reading.by_paragraph[paragraph.block]
        for now, step in pairwise(bound):
            if step.mention.aspect != "change" or step.mention.sign < 0 or now.mention.aspect not in ("own", "budget"):
                continue
            between = paragraph.text[now.mention.quantity.end : step.mention.quantity.start]
            if not re.match(r"[，,、]?(?:比|较|与)", between) or re.search(r"[；。]", between):
                continue
            if now.mention.quantity.high < step.mention.quantity.low and now.mention.quantity.value >= 0:
                spot = spot_of_text(paragraph, now.mention.quantity.start, step.mention.quantity.end)
                yield fault(
                    "SH-217", [spot], f"step {spot.text}", said=spot.text,
                    expected=now.mention.quantity.text, actual=step.mention.quantity.text,
                )  # fmt: skip
