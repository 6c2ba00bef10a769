"""Rates in the text: shares, rates of change, completion of the budget, each from the amounts it speaks of.

A rate is wrong only where what it is a rate of is known: the amount right before it, and a whole or a base that the
sentence itself names.  Where several could be meant, one that fits is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.audit._intervals import Amount, agrees, changes, of, percent, quotients
from generator.audit.amounts import Bound, Reading
from generator.audit.faults import Fault, fault, spot_of_text, wan
from generator.model import Figure
from generator.published import Paragraph, Quantity, Sentences, flat

SHARE = re.compile(r"占(?P<whole>[^，。；占]{0,34}?)(?:的)?(?:比重|比例|百分比)?(?:为|是|达到|达|约)?$")
CHANGE = re.compile(r"(?P<way>增长|下降|增加|减少|提高|降低|上升|上涨|上浮)(?:率)?(?:了|约|为|幅度为|幅度)?$")
DONE = re.compile(
    r"(?:完成|占|为)(?P<what>[^，。；]{0,18}?(?:预算|预算数|计划))(?:的|数的)?$|(?P<rate>执行率|完成率)(?:为|达到|达|是)?$"
)
GAP_RATE = re.compile(r"预决算差异率(?:为|是)?$")
SKIP = re.compile(r"增值税|税率|利率|比例不|不低于|不超过|不得|满意度|合格率|覆盖率|达标|完成率≥|≥|≤|目标|降幅不|至少")


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its paragraph, its sentence and the words right before it."""

    quantity: Quantity
    paragraph: Paragraph
    sentence: tuple[int, int]
    before: str


def rates_of(paragraph: Paragraph) -> list[Rate]:
    """Every rate of a paragraph."""
    sentences = Sentences(paragraph)
    out = []
    for quantity in sentences.numbers:
        if quantity.kind == "rate":
            span = sentences.span_at(quantity.start)
            start = max([span[0], *(q.end for q in sentences.numbers if q.end <= quantity.start)])
            out.append(Rate(quantity, paragraph, span, paragraph.text[start : quantity.start]))
    return out


def check_ratios(reading: Reading) -> Iterator[Fault]:
    """All rates of the text."""
    for paragraph in reading.document.paragraphs:
        if re.search(r"名词解释|职能|职责|立项|项目概|实施", paragraph.topic):
            continue
        for rate in rates_of(paragraph):
            if SKIP.search(paragraph.text[rate.sentence[0] : rate.quantity.end + 2]) and "占" not in rate.before:
                continue
            found = _judge(reading, rate)
            reading.tally["cannot_tell" if found is None else "passed"] += 0 if isinstance(found, Fault) else 1
            if isinstance(found, Fault):
                yield found


def _judge(reading: Reading, rate: Rate) -> Fault | bool | None:
    before = flat(rate.before)
    if GAP_RATE.search(before):
        return _gap_rate(reading, rate)
    if (found := DONE.search(before)) and not before.startswith("占"):
        return _completion(reading, rate, found["what"] or "")
    if found := CHANGE.search(before):
        return _change(reading, rate, found["way"])
    if found := SHARE.search(before):
        return _share(reading, rate, found["whole"])
    if rate.quantity.value > 100 and re.search(
        r"覆盖率[^，。；]{0,60}$", rate.paragraph.text[rate.sentence[0] : rate.quantity.start]
    ):
        spot = spot_of_text(rate.paragraph, rate.quantity.start, rate.quantity.end)
        return fault("SH-213/over", [spot], _about(rate), said=spot.text, actual=rate.quantity.text, expected="")
    return None


def _own(reading: Reading, rate: Rate) -> list[Bound]:
    """The amounts of the paragraph that stand before a rate."""
    return [b for b in reading.by_paragraph[rate.paragraph.block] if b.mention.quantity.end <= rate.quantity.start]


def _amounts(bound: Bound) -> list[Amount]:
    """An amount as it is printed, and as its cell has it."""
    name = bound.mention.core or (bound.mention.names[-1] if bound.mention.names else "")
    out = [of(bound.mention.quantity, name)]
    if bound.fits is not None and not bound.near:
        out.append(Amount(bound.fits.figure.number, bound.fits.figure.margin, name))
    elif bound.candidates:  # the amount is wrong or off by a digit: the rate may be right
        out.append(Amount(bound.candidates[0].figure.number, bound.candidates[0].figure.margin, name))
    return out


def _figures(figures: Sequence[Figure], name: str) -> list[Amount]:
    return [Amount(f.number, f.margin, name) for f in figures if not f.blank]


# ------------------------------------------------------------------ shares


def _share(reading: Reading, rate: Rate, whole: str) -> Fault | bool | None:
    if rate.quantity.value > 100 + rate.quantity.half and not re.search("增长|下降", whole):
        spot = spot_of_text(rate.paragraph, rate.quantity.start, rate.quantity.end)
        return fault("SH-213/over", [spot], _about(rate), said=spot.text, actual=rate.quantity.text, expected="")
    own = [b for b in _own(reading, rate) if b.mention.aspect in ("own", "budget")]
    before = flat(rate.before)
    if not own or own[-1].mention.quantity.end != rate.quantity.start - len(rate.before):
        return None  # another number stands between: the share is of something that is not printed
    if not re.match(r"[，,、(]?(?:其中)?[，,]?占", before):
        return None
    part, earlier = own[-1], own[:-1]
    start = rate.paragraph.text.rfind("。", 0, rate.quantity.start) + 1
    lead = re.match(r"[^，。；]{2,40}(?=中[，,])", rate.paragraph.text[start:])
    named = [*_named(reading, rate, whole), *(_named(reading, rate, lead[0]) if lead and not whole else [])]
    topic, general = reading.document.words.sentence("按类占比")
    if part.mention.names and not whole and topic.search(rate.paragraph.topic):
        named += _named(reading, rate, general)
    wholes = [*named, *(a for b in reversed(earlier) for a in _amounts(b)), *_heads(reading, rate)]
    strong = named or [a for b in earlier[:1] if not _shared(rate.paragraph, b) for a in _amounts(b)]
    parts = _amounts(part)
    if not part.mention.quantity.value:
        ok = rate.quantity.value == 0 or any(not w.value for w in wholes)
        return ok or (_fault("SH-213", rate, parts[0], strong, change=False) if strong else None)
    if any(agrees(rate.quantity, quotients(p, w)) for p in parts for w in wholes):
        return True
    if not strong or all(not w.value for w in strong):
        return None
    return _fault("SH-213", rate, parts[0], strong, change=False)


def _shared(paragraph: Paragraph, bound: Bound) -> bool:
    """An amount that is itself a part: a share follows it."""
    return bool(re.match(r"[，,（(]?占", paragraph.text[bound.mention.quantity.end :]))


def _named(reading: Reading, rate: Rate, whole: str) -> list[Amount]:
    """The whole that a share names, from the tables."""
    return [
        a
        for name in ([whole] if whole else [])
        for a in _figures(reading.binder.figures_named(name, rate.paragraph), name)
    ]


def _heads(reading: Reading, rate: Rate) -> list[Amount]:
    """The amounts of the paragraphs above in the same section: what a list is about."""
    out: list[Amount] = []
    paragraphs = reading.document.paragraphs
    at = next((k for k, p in enumerate(paragraphs) if p.block == rate.paragraph.block), 0)
    for paragraph in reversed(paragraphs[max(0, at - 14) : at]):
        if paragraph.section[:2] != rate.paragraph.section[:2]:
            break
        bound = [b for b in reading.by_paragraph[paragraph.block] if b.mention.aspect in ("own", "budget")]
        out += [a for b in bound for a in _amounts(b)]
    return out


# ------------------------------------------------------------------ changes


def _change(reading: Reading, rate: Rate, way: str) -> Fault | bool | None:
    sentence = [b for b in _own(reading, rate) if b.mention.quantity.start >= rate.sentence[0]]
    if not sentence:
        return None
    last = sentence[-1]
    gap = rate.paragraph.text[last.mention.quantity.end : rate.quantity.start]
    if last.mention.aspect == "change":
        if len(gap) > 8:
            return None
        up = way in ("增长", "增加", "提高", "上升", "上涨", "上浮")
        if (last.mention.sign > 0) != up:
            spot = spot_of_text(rate.paragraph, last.mention.quantity.start, rate.quantity.end)
            words = "增加" if last.mention.sign > 0 else "减少"
            return fault(
                "SH-212",
                [spot],
                _about(rate),
                said=spot.text,
                sum=f"前面说{words}{last.mention.quantity.text}",
                actual=f"{way}{rate.quantity.text}",
                expected="",
            )
        return _by_difference(reading, rate, last)
    return _by_pair(reading, rate, sentence, way)


def _by_difference(reading: Reading, rate: Rate, last: Bound) -> Fault | bool | None:
    """增加 X, 增长 Y %: the base is what stands now less X."""
    current, sure = _current(reading, rate, last)
    if not current:
        return None
    steps = [of(last.mention.quantity)]
    sign = last.mention.sign
    for now in current:
        for step in steps:
            base = Amount(now.value - sign * step.value, now.half + step.half)
            if changes(rate.quantity, now, base) or _rounded(rate.quantity, step, base):
                return True
    if not sure:
        return None
    now, step = current[0], steps[0]
    base = Amount(now.value - sign * step.value, now.half + step.half)
    spot = spot_of_text(rate.paragraph, last.mention.quantity.start, rate.quantity.end)
    if base.high < 0:
        return fault(
            "SH-217",
            [spot],
            _about(rate),
            said=spot.text,
            expected=f"{wan(now.value)}万元",
            actual=last.mention.quantity.text,
        )
    told = f"现在{wan(now.value)}万元，变动{last.mention.quantity.text}，以前是{wan(base.value)}万元"
    return fault(
        "SH-211",
        [spot],
        _about(rate),
        said=spot.text,
        sum=told,
        expected=percent(step, base, rate.quantity.decimals),
        actual=rate.quantity.text,
    )


def _rounded(rate: Quantity, step: Amount, base: Amount) -> bool:
    """The rate as the printed difference over the printed base gives it."""
    return agrees(rate, quotients(step, base))


def _current(reading: Reading, rate: Rate, last: Bound) -> tuple[list[Amount], bool]:
    """What stands now, of which a change is told; whether that is certain."""
    core = last.mention.core
    out: list[Amount] = []
    spoken = f"本年{core}合计" if core in ("收入", "支出") else core
    named = _figures(reading.binder.figures_named(spoken, rate.paragraph), core) if core else []
    earlier = [b for b in _own(reading, rate) if b.mention.aspect in ("own", "budget") and b is not last]
    in_sentence = [b for b in earlier if b.mention.quantity.start >= rate.sentence[0]]
    same = [b for b in earlier if core and b.mention.core == core]
    for bound in (*same[::-1], *in_sentence[::-1], *earlier[::-1]):
        out += [a for a in _amounts(bound) if a not in out]
    sure = bool(named) or bool(same) or len(in_sentence) == 1
    head = _topic(rate, last, earlier)
    if head is not None:  # a sentence without a subject is about what its paragraph begins with
        return _amounts(head), True
    if not earlier:
        out += _heads(reading, rate)
    return [*named, *out], sure


def _topic(rate: Rate, last: Bound, earlier: Sequence[Bound]) -> Bound | None:
    """The amount a paragraph begins with, where the sentence of a change names nothing of its own."""
    text = rate.paragraph.text
    lead = text[rate.sentence[0] : last.mention.quantity.start]
    if (
        last.mention.core
        or last.mention.names
        or not re.match(r"(?:比|较|与)(?:上年|去年|20\d\d年)", lead)
        or not earlier
    ):
        return None
    first = earlier[0]
    return first if rate.sentence[0] > 0 and first.mention.quantity.start < 60 and first.mention.core else None


def _by_pair(reading: Reading, rate: Rate, sentence: Sequence[Bound], way: str) -> Fault | bool | None:
    """…执行数为 A，…安排 B，比…增加 Y %: both are printed."""
    bases = [b for b in sentence if _is_base(reading, b)]
    now = [b for b in sentence if b not in bases and b.mention.aspect in ("own", "budget")]
    if not bases or not now:
        return None
    pairs = [(c, d) for n in now[::-1] for c in _amounts(n) for b in bases[::-1] for d in _amounts(b)]
    up = way in ("增长", "增加", "提高", "上升", "上涨", "上浮")
    current, base = of(now[-1].mention.quantity), of(bases[-1].mention.quantity)
    spot = spot_of_text(rate.paragraph, bases[-1].mention.quantity.start, rate.quantity.end)
    told = f"{wan(base.value)}万元和{wan(current.value)}万元"
    if current.value != base.value and (current.value > base.value) != up:
        right = "增加" if current.value > base.value else "减少"
        return fault(
            "SH-212",
            [spot],
            _about(rate),
            said=spot.text,
            sum=f"由{wan(base.value)}万元到{wan(current.value)}万元，是{right}",
            actual=f"{way}{rate.quantity.text}",
            expected=right,
        )
    if any(changes(rate.quantity, c, d) for c, d in pairs):
        return True
    expected = "没有可比的数" if not base.value else percent(current, base, rate.quantity.decimals, change=True)
    return fault("SH-211", [spot], _about(rate), said=spot.text, sum=told, expected=expected, actual=rate.quantity.text)


def _is_base(reading: Reading, bound: Bound) -> bool:
    """An amount that something else is compared with: of an earlier year, or the budget in final accounts."""
    mention, year = bound.mention, reading.document.identity.year
    if mention.aspect == "prior" or (mention.year and mention.year < year and mention.aspect in ("own", "budget")):
        return True
    return mention.aspect == "budget" and reading.document.identity.kind == "决算"


# ------------------------------------------------------------------ completion


def _completion(reading: Reading, rate: Rate, what: str) -> Fault | bool | None:
    own = _own(reading, rate)
    sentence = [b for b in own if b.mention.quantity.start >= rate.sentence[0]]
    finals = [b for b in sentence if b.mention.aspect in ("own", "prior")]
    budgets = [b for b in sentence if b.mention.aspect == "budget"]
    if not finals and re.match(r"完成", rate.paragraph.text[rate.sentence[0] :]):
        before = [b for b in own if b.mention.aspect == "own" and b.mention.core]
        return _by_table(reading, rate, before[0], before[0].mention.core) if before else None
    if not finals:
        return None
    if not budgets:
        return _by_table(reading, rate, finals[-1], finals[-1].mention.core) if finals[-1].mention.core else None
    final = finals[-1]
    if what and "年初" in what:
        budgets = [b for b in budgets if "年初" in flat(b.mention.label)] or budgets
    core = final.mention.core
    own_budget = [b for b in budgets if not core or not b.mention.core or b.mention.core == core]
    if not own_budget:
        return _by_table(reading, rate, final, core)
    budget = own_budget[-1]
    for part in _amounts(final):
        for whole in _amounts(budget):
            if agrees(rate.quantity, quotients(part, whole)) or (not whole.value and rate.quantity.value in (0, 100)):
                return True
    if not budget.mention.quantity.value:
        return (
            None
            if rate.quantity.value in (0, 100)
            else _fault("SH-214", rate, of(final.mention.quantity), [of(budget.mention.quantity)], change=False)
        )
    return _fault("SH-214", rate, of(final.mention.quantity), [of(budget.mention.quantity)], change=False)


def _by_table(reading: Reading, rate: Rate, final: Bound, core: str) -> Fault | bool | None:
    """The budget of something that only a table tells."""
    figures = reading.binder.figures_named(f"{core}预算数", rate.paragraph)
    wholes = _figures(figures, f"{core}预算")
    if not wholes or any(agrees(rate.quantity, quotients(p, w)) for p in _amounts(final) for w in wholes):
        return None
    if not wholes[0].value:
        return None
    return _fault("SH-214", rate, of(final.mention.quantity, core), wholes, change=False)


def check_completions(reading: Reading) -> Iterator[Fault]:
    """完成年初预算的 T %，其中：基本支出完成…的 a %，项目支出…的 b %: the budgets must add up."""
    pattern, _ = reading.document.words.sentence("完成率分项")
    for paragraph in reading.document.paragraphs:
        for found in pattern.finditer(flat(paragraph.text)):
            names = (found["whole"], "基本支出", "项目支出")
            amounts = [_spoken(reading, paragraph, n) for n in names]
            rates = [Decimal(found[g]) for g in ("t", "a", "b")]
            if any(a is None for a in amounts) or not rates[0]:
                continue
            spans = [_budget(a, r) for a, r in zip(amounts, rates, strict=True) if a is not None]
            if any(s is None for s in spans):
                continue
            whole, *parts = [s for s in spans if s is not None]
            low, high = sum(p[0] for p in parts), sum(p[1] for p in parts)
            if high < whole[0] or low > whole[1]:
                at = paragraph.text.find("完成年初预算的")
                spot = spot_of_text(paragraph, max(at, 0), max(at, 0) + 40)
                told = f"按完成率倒推，年初预算是{wan(whole[0])}万元左右，基本支出和项目支出的年初预算相加是{wan(Decimal(low))}万元左右"
                yield fault(
                    "SH-214",
                    [spot],
                    f"completions {spot.text}",
                    said=spot.text,
                    sum=told,
                    expected="两者相等",
                    actual=f"{rates[0]}%、{rates[1]}%、{rates[2]}%",
                )


def _spoken(reading: Reading, paragraph: Paragraph, name: str) -> Amount | None:
    """An amount of the same paragraph by its name."""
    found = [b for b in reading.by_paragraph[paragraph.block] if b.mention.core == name and b.mention.aspect == "own"]
    return _amounts(found[0])[-1] if found else None


def _budget(amount: Amount, rate: Decimal) -> tuple[Decimal, Decimal] | None:
    """Between what bounds the budget lies that an amount is so many percent of; nothing where nothing was spent."""
    half = Decimal(5).scaleb(-max(0, -int(rate.as_tuple().exponent)) - 1)
    if not amount.value:
        return (Decimal(0), Decimal(0)) if rate == 0 else None
    if rate <= half:
        return None
    return amount.low * 100 / (rate + half), amount.high * 100 / (rate - half)


def _gap_rate(reading: Reading, rate: Rate) -> Fault | bool | None:
    sentence = [b for b in _own(reading, rate) if b.mention.quantity.start >= rate.sentence[0]]
    finals = [b for b in sentence if b.mention.aspect == "own"]
    budgets = [b for b in sentence if b.mention.aspect == "budget"]
    if not finals or not budgets:
        return None
    final, budget = of(finals[-1].mention.quantity), of(budgets[-1].mention.quantity)
    if not budget.value:
        return None
    span = quotients(final, budget)
    if span is not None:
        low, high = span[0] - 100, span[1] - 100
        if low <= rate.quantity.high and rate.quantity.low <= high:
            return None
        if changes(rate.quantity, final, budget):  # printed without its sign
            return None
    return _fault("SH-214", rate, final, [budget], change=True)


def _fault(kind: str, rate: Rate, part: Amount, wholes: Sequence[Amount], *, change: bool) -> Fault:
    whole = wholes[0]
    start = max(rate.sentence[0], rate.quantity.start - 30)
    spot = spot_of_text(rate.paragraph, max(start, rate.quantity.start - len(rate.before)), rate.quantity.end)
    told = f"{part.name}{wan(part.value)}万元，{whole.name}{wan(whole.value)}万元"
    return fault(
        kind,
        [spot],
        _about(rate),
        said=spot.text,
        sum=told,
        expected=percent(part, whole, rate.quantity.decimals, change=change),
        actual=rate.quantity.text,
    )


def _about(rate: Rate) -> str:
    return f"rate {rate.paragraph.text[rate.sentence[0] : rate.sentence[1]][:60]} {rate.quantity.text}"
