"""A sentence adds up: 其中 against its total, lists against the amount above them, counts against their parts.

Only parts that together are the whole by their nature are added (the pack's reading words list them); a list of
subjects is added where every subject of the table is in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.audit.amounts import Bound, Reading
from generator.audit.faults import Fault, fault, spot_of_text, wan
from generator.published import Mention, Paragraph, Quantity, Sentences, flat

COUNT_LEAD = re.compile(r"(?:共有|共|合计|总计)?(?P<what>[^，。；：、\d]{0,16}?)$")
ROUND = Decimal(1)


def check_parts(reading: Reading) -> Iterator[Fault]:
    """All additions inside the text."""
    partitions = [
        (e, re.compile("|".join(f"(?:{flat(w)})" for w in e["whole"])), [re.compile(flat(p)) for p in e["parts"]])
        for e in reading.document.words.raw.get("partition", ())
    ]
    for paragraph in reading.document.paragraphs:
        if re.search(r"名词解释|职能|职责", paragraph.topic):
            continue
        bound = reading.by_paragraph[paragraph.block]
        for entry, whole, parts in partitions:
            yield from _partition(paragraph, bound, whole, parts, int(entry.get("least", 2)))
            yield from _changes(paragraph, bound, whole, parts)
        yield from _counts(paragraph)
        yield from _purchases(reading, paragraph, bound)
    yield from _lists(reading)


def _tolerance(total: Quantity, parts: Sequence[Quantity]) -> Decimal:
    return total.half + sum((p.half for p in parts), Decimal(0))


def _partition(
    paragraph: Paragraph, bound: Sequence[Bound], whole: re.Pattern[str], parts: Sequence[re.Pattern[str]], least: int
) -> Iterator[Fault]:
    """T, 其中：a A、b B: where every part that a sentence names is of one partition."""
    k = 0
    while k < len(bound):
        head = bound[k].mention
        if not _is_whole(head, whole):
            k += 1
            continue
        members = _members(paragraph, bound, k, whole, parts)
        if len(members) >= least and len({p for p, _ in members}) == len(members):
            amounts = [m.quantity for _, m in members]
            total = sum((q.value for q in amounts), Decimal(0))
            gap = abs(total - head.quantity.value)
            if gap > _tolerance(head.quantity, amounts):
                spot = spot_of_text(paragraph, head.quantity.start, head.quantity.end)
                yield fault(
                    "SH-215", [spot, *(spot_of_text(paragraph, q.start, q.end) for q in amounts)],
                    f"parts {paragraph.text[:40]} {head.quantity.value}", said=spot.text, name=f"“{head.core or head.label}”",
                    expected=f"{wan(head.quantity.value)}万元", actual=f"{wan(total)}万元", difference=wan(gap), unit="万元",
                )  # fmt: skip
        k += 1


def _is_whole(mention: Mention, whole: re.Pattern[str]) -> bool:
    return (
        mention.aspect in ("own", "budget")
        and bool(mention.core)
        and bool(whole.fullmatch(mention.core) or whole.fullmatch(f"{mention.core}预算"))
    )


def _members(
    paragraph: Paragraph, bound: Sequence[Bound], head: int, whole: re.Pattern[str], parts: Sequence[re.Pattern[str]]
) -> list[tuple[int, Mention]]:
    """The parts that follow a total after 其中, 包括, 分别为, as long as nothing else is enumerated."""
    first = bound[head].mention
    out: list[tuple[int, Mention]] = []
    for k in range(head + 1, len(bound)):
        mention = bound[k].mention
        between = paragraph.text[bound[k - 1].mention.quantity.end : mention.quantity.start]
        if not out and not re.search(
            r"其中|包括|分别|构成|：|:", paragraph.text[first.quantity.end : mention.quantity.start]
        ):
            return []
        if mention.names or (k == head + 1 and "。" in between and "其中" not in between):
            return []
        if mention.aspect != first.aspect and mention.aspect not in ("own", "budget"):
            continue
        if _is_whole(mention, whole) and not any(p.fullmatch(mention.core) for p in parts):
            break
        at = next((n for n, p in enumerate(parts) if mention.core and p.fullmatch(mention.core)), -1)
        if at < 0:
            if "。" in between and out:
                break
            if out and any(n == -1 for n, _ in out):
                break
            if re.search(r"其中|包括", between) or _inner(paragraph, mention, out):
                continue  # parts of a part
            return [] if len(out) < len(parts) else out
        if any(n == at for n, _ in out):
            break
        if "。" in between and out and "其中" not in between:
            break
        out.append((at, mention))
    return out


def _inner(paragraph: Paragraph, mention: Mention, out: Sequence[tuple[int, Mention]]) -> bool:
    """An amount inside brackets, or after 其中 of the part before it."""
    if not out:
        return False
    since = paragraph.text[out[-1][1].quantity.end : mention.quantity.start]
    return since.count("（") > since.count("）") or "其中" in since or "主要" in since or "包括" in since


def _changes(
    paragraph: Paragraph, bound: Sequence[Bound], whole: re.Pattern[str], parts: Sequence[re.Pattern[str]]
) -> Iterator[Fault]:
    """减少 T，其中：a 持平；b 减少 B；c 增加 C: the changes of all parts make the change of the whole."""
    steps = [b.mention for b in bound if b.mention.aspect == "change"]
    for k, head in enumerate(steps):
        if not head.core or not whole.fullmatch(head.core):
            continue
        end = paragraph.text.find("。", head.quantity.end)
        stretch = paragraph.text[head.quantity.end : end if end >= 0 else len(paragraph.text)]
        if "其中" not in stretch:
            continue
        members = [m for m in steps[k + 1 :] if m.quantity.start < head.quantity.end + len(stretch)]
        level = [
            n for n, p in enumerate(parts)
            if re.search(rf"(?:{p.pattern})[^，。；]{{0,24}}(?:持平|无变化)", flat(stretch)) and not any(p.fullmatch(m.core) for m in members)
        ]  # fmt: skip
        known = {n for m in members for n, p in enumerate(parts) if m.core and p.fullmatch(m.core)}
        if len(known) != len(members) or known | set(level) != set(range(len(parts))):
            continue
        added = sum((m.sign * m.quantity.value for m in members), Decimal(0))
        gap = abs(added - head.sign * head.quantity.value)
        if gap > _tolerance(head.quantity, [m.quantity for m in members]) + head.quantity.half * len(level):
            spots = [spot_of_text(paragraph, m.quantity.start, m.quantity.end) for m in (head, *members)]
            yield fault(
                "SH-215", spots, f"changes {paragraph.text[:40]}", said=spots[0].text, name=f"“{head.core}”的增减额",
                expected=f"{wan(head.sign * head.quantity.value)}万元", actual=f"{wan(added)}万元", difference=wan(gap), unit="万元",
            )  # fmt: skip


def _purchases(reading: Reading, paragraph: Paragraph, bound: Sequence[Bound]) -> Iterator[Fault]:
    """The shares of small firms in goods, works and services make their share in the whole."""
    pattern, whole = reading.document.words.sentence("中小企业占比")
    rates = {m[1]: (Decimal(m[2]), m) for m in pattern.finditer(paragraph.text)}
    spent = {
        w: b.mention.quantity for w in ("货物", "工程", "服务") for b in bound
        if re.fullmatch(rf"(政府)?采购{w}(支出|金额)|{w}采购金额", b.mention.core)
    }  # fmt: skip
    small = next((b.mention.quantity for b in bound if b.mention.core == whole), None)
    if len(rates) != 3 or len(spent) != 3 or small is None:
        return
    half = {w: Decimal(5).scaleb(-max(0, -int(r.as_tuple().exponent)) - 1) for w, (r, _) in rates.items()}
    added = sum((spent[w].value * r / 100 for w, (r, _) in rates.items()), Decimal(0))
    band = small.half + sum((spent[w].half + spent[w].value * half[w] / 100 for w in rates), Decimal(0))
    if abs(added - small.value) > band:
        spots = [spot_of_text(paragraph, m.start(2), m.end(2)) for _, m in rates.values()]
        yield fault(
            "SH-215", spots, f"purchases {paragraph.text[:40]}", said=spots[0].text, name=f"“{whole}”",
            expected=f"{wan(small.value)}万元", actual=f"{wan(added)}万元", difference=wan(abs(added - small.value)), unit="万元",
        )  # fmt: skip


# ------------------------------------------------------------------ counts


def _counts(paragraph: Paragraph) -> Iterator[Fault]:
    """共有车辆5辆，其中：…1辆、…4辆; 项目4个（其中：优4个，良0个…）."""
    sentences = Sentences(paragraph)
    numbers = [q for q in sentences.numbers if q.kind == "count"]
    text = paragraph.text
    k = 0
    while k < len(numbers):
        total = numbers[k]
        follow = text[total.end : total.end + 12]
        if not re.match(r"[，,]?[（(]?其中[：:，]?", follow):
            k += 1
            continue
        span = sentences.span_at(total.start)
        stop = _bracket_end(text, total.end, span[1]) if re.match(r"[，,]?[（(]", follow) else span[1]
        parts: list[Quantity] = []
        for part in numbers[k + 1 :]:
            if (
                part.start >= stop
                or part.unit != total.unit
                or _other(text, parts[-1].end if parts else total.end, part.start)
            ):
                break
            parts.append(part)
        if len(parts) >= 3:
            added = sum((p.value for p in parts), Decimal(0))
            if added != total.value:
                spot = spot_of_text(paragraph, total.start, total.end)
                yield fault(
                    "SH-216", [spot], f"count {text[:40]} {total.text}", said=spot.text,
                    expected=total.text, actual=f"{added:f}{total.unit}",
                )  # fmt: skip
        k += 1 + len(parts)


def _bracket_end(text: str, start: int, end: int) -> int:
    depth = 0
    for k in range(start, end):
        depth += text[k] in "（("
        if text[k] in "）)":
            depth -= 1
            if depth == 0:
                return k
    return end


def _other(text: str, start: int, end: int) -> bool:
    """Words that begin another matter between two counts."""
    return (
        bool(re.search(r"[。；;]|发现|其中|主要是|已经|整改|涉及", text[start:end]))
        and "其中：" not in text[start : start + 4]
    )


# ------------------------------------------------------------------ lists of subjects


def _lists(reading: Reading) -> Iterator[Fault]:
    """The amounts of all 项 together against the amount above the list: budgets, prior years, this year."""
    document = reading.document
    table = document.by_id.get("general")
    items = {r.code for r in table.rows if r.level == 3 and any(r.figures.values())} if table else set()
    if len(items) < 3:
        return
    groups: dict[tuple[str, str], list[tuple[str, Bound]]] = defaultdict(list)
    for bound in reading.bound:
        mention = bound.mention
        code = reading.binder.code_of(mention) if len(mention.names) == 3 else ""
        this_year = mention.year == document.identity.year or (mention.aspect == "own" and not mention.year)
        if code in items and not mention.core and mention.aspect in ("budget", "prior", "own") and not this_year:
            groups[mention.paragraph.topic, mention.aspect].append((code, bound))
    for (topic, aspect), found in groups.items():
        codes = [c for c, _ in found]
        if len(set(codes)) != len(codes) or not items <= set(codes):
            continue
        head = _head(reading, topic, aspect, found[0][1].mention.paragraph.block)
        if head is None:
            continue
        added = sum((b.mention.quantity.value for _, b in found), Decimal(0))
        gap = abs(added - head.quantity.value)
        if gap > _tolerance(head.quantity, [b.mention.quantity for _, b in found]):
            spot = spot_of_text(head.paragraph, head.quantity.start, head.quantity.end)
            spots = [
                spot,
                *(spot_of_text(m.paragraph, m.quantity.start, m.quantity.end) for m in (b.mention for _, b in found)),
            ]
            yield fault(
                "SH-215/list", spots, f"list {topic} {aspect}", name=f"“{head.core}”{'年初预算' if aspect == 'budget' else '上年数'}",
                expected=f"{wan(head.quantity.value)}万元", count=len(found), actual=f"{wan(added)}万元", difference=wan(gap),
            )  # fmt: skip


def _head(reading: Reading, topic: str, aspect: str, before: int) -> Mention | None:
    """The amount that a list is about: of the same kind, in the same section, right above it."""
    document_year = reading.document.identity.year
    found = [
        b.mention for b in reading.bound
        if b.mention.paragraph.topic == topic and b.mention.paragraph.block < before and b.mention.aspect == aspect
        and not b.mention.names and "一般公共预算" in b.mention.core and b.mention.year != document_year
    ]  # fmt: skip
    return found[-1] if len(found) == 1 else None
