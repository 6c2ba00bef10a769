"""Rates against the amounts beside them: growth, completion and shares, by the interval that rounding allows.

A rate is held only against amounts that stand with it in one sentence, or above it in one list; where the
words leave open what it is a rate of, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from generator.checks.printed.amounts import Amount, amounts_in, margin_of
from generator.checks.printed.blocks import Remark, Said, parts_of
from generator.checks.printed.lists import lists_in
from generator.checks.printed.sums import BUDGET, FINAL, MOST, wholes_in

GROWTH = re.compile(r"[，,](?:同比)?(?:增长|下降|降低|上升|增加|减少)(?:了|率为|幅度为)?(?=\d)")
COMPLETED = re.compile(r"完成(?:年初|全年|调整后?|部门)?预算(?:数)?的?(?=\d)")
DIFFERS = re.compile(r"预决算差异率(?:为)?(?=\d)")
SHARE = re.compile(r"占([^，。；：\d]{0,24}?)的?(?:比重|比例)?(?:为)?(?=\d)")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """A printed rate with the two amounts that it should follow from."""

    printed: Amount
    part: Amount
    whole: Amount
    kind: str  # growth, completion, difference, share

    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest rate that the printed amounts allow, in percent; none where nothing is
        to be divided by."""
        margin = margin_of((self.part, self.whole)) / 2
        part, whole = self.part.base, self.whole.base
        if self.kind == "growth":
            part, whole = abs(part), whole - abs(part) * self.part.direction
        elif self.kind == "difference":
            part = part - whole
        wide = margin * (2 if self.kind in ("growth", "difference") else 1)
        if whole <= wide:
            return None
        low, high = (part - wide), (part + wide)
        ends = [n / d * HUNDRED for n in (low, high) for d in (whole - wide, whole + wide)]
        half = Decimal(5).scaleb(-1 - self.printed.decimals)
        return min(ends) - half, max(ends) + half

    @property
    def holds(self) -> bool:
        found = self.interval()
        return found is None or found[0] <= self.printed.value <= found[1]

    @property
    def exact(self) -> str:
        """What the printed amounts give, for the message."""
        found = self.interval()
        return "" if found is None else f"{(found[0] + found[1]) / 2:.2f}%"


def rates(blocks: Sequence[Said]) -> Iterator[Remark]:
    """Every rate that does not follow from the amounts beside it."""
    for run in parts_of(blocks):
        leads = {item.id: listed.lead for listed in lists_in(run) for item in listed.items}
        for block in run:
            for rate in rates_in(block.text, leads[block.id].text if block.id in leads else ""):
                if not rate.holds:
                    words = {
                        "actual": f"{rate.printed.value:f}%",
                        "expected": rate.exact,
                        "part": f"{rate.part.value:,f}{rate.part.unit}",
                        "whole": f"{rate.whole.value:,f}{rate.whole.unit}",
                    }
                    yield Remark(block, rate.printed.start, rate.printed.end, f"DC-413/{rate.kind}", words)


def rates_in(text: str, above: str = "") -> Iterator[Rate]:
    """The rates of a paragraph with the amounts they belong to; ``above`` is the paragraph that opens its list."""
    listed = list(wholes_in(text))
    for start, end in _sentences(text):
        found = amounts_in(text, start, end)
        money = [a for a in found if a.kind == "money"]
        for rate in islice((a for a in found if a.unit == "%"), MOST):
            lead = text[max(start, rate.start - 40) : rate.start]
            before = [a for a in money if a.end <= rate.start]
            inside = next((w for a, b, w in listed if a <= rate.start < b), None)
            yield from _of(rate, lead, before, (*_earlier(text, start), *amounts_in(above)), inside)


def _of(
    rate: Amount, lead: str, before: Sequence[Amount], earlier: Sequence[Amount], inside: Amount | None
) -> Iterator[Rate]:
    if _ends(GROWTH, lead) and before and before[-1].change and _close(before[-1], rate):
        change = before[-1]
        moved = re.sub(r"(?:增加|减少|增长|下降)了?$", "", change.label)
        fixed = [a for a in (*earlier, *before[:-1]) if a.kind == "money" and not a.change and _same(a.label, moved)]
        if len({a.base for a in fixed}) == 1:
            yield Rate(rate, change, fixed[0], "growth")
    elif _ends(COMPLETED, lead) or _ends(DIFFERS, lead):
        pair = [a for a in before if BUDGET.search(a.label) or FINAL.search(a.label)][-2:]
        if len(pair) == 2 and BUDGET.search(pair[0].label) and FINAL.search(pair[1].label) and _close(pair[1], rate):
            yield Rate(rate, pair[1], pair[0], "completion" if _ends(COMPLETED, lead) else "difference")
    elif shared := _ends(SHARE, lead):
        parts = [a for a in before if not a.change]
        whole = _whole(shared[1], parts, earlier) if shared[1] else inside
        if parts and whole is not None and _close(parts[-1], rate):
            yield Rate(rate, parts[-1], whole, "share")


def _whole(name: str, parts: Sequence[Amount], others: Iterable[Amount]) -> Amount | None:
    """What a share is a share of: the one amount whose label ends as the words say."""
    wanted = re.sub(r"[“”]", "", name)
    if len(wanted) < 4:
        return None
    pool = [a for a in (*parts[:-1], *others) if a.kind == "money" and not a.change]
    fitting = {a.base: a for a in pool if re.sub(r"[“”]", "", a.label).rstrip("为").endswith(wanted)}
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _same(label: str, moved: str) -> bool:
    """Whether a change is said of what an amount is of."""
    return len(moved) >= 4 and (label.endswith(moved) or (len(label) >= 4 and moved.endswith(label)))


def _ends(pattern: re.Pattern[str], lead: str) -> re.Match[str] | None:
    """The pattern right before the number."""
    last = None
    for found in pattern.finditer(lead + "0"):
        last = found
    return last if last is not None and last.end() >= len(lead) else None


def _close(amount: Amount, rate: Amount) -> bool:
    return rate.start - amount.end <= 40


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer(r"[。；]", text):
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)


def _earlier(text: str, start: int) -> tuple[Amount, ...]:
    """The amounts of the sentence right before."""
    before = max((text.rfind(s, 0, max(start - 1, 0)) for s in "。；"), default=-1) + 1
    return amounts_in(text, before, start) if start else ()
