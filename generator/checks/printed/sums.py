"""A paragraph adds up: every 其中, every list below a total, every 共计, from the printed words alone.

What belongs to what is told by marks and words only, so several readings of a sentence are tried, and it
is remarked only where none of them adds up.  Rounding is half of the last printed decimal of each number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from generator.checks.printed.amounts import Amount, amounts_in, margin_of
from generator.checks.printed.blocks import Remark, Said, parts_of
from generator.checks.printed.lists import Listed, lists_in

OF_WHICH = re.compile(r"其中[：:，,]?|包括[：:]?|分别[是为][：:]?|以下方面[：:]|(?<=[（(])含(?![）)])")
AGAIN = re.compile(r"^其中[：:，,]")
ALTOGETHER = re.compile(r"(?:共计|合计|总计)(?=\d)")
PARTIAL = re.compile(r"等(?:支出|收入|经费|资金|项目|费用|业务)?[，。；）)]")
TAIL = re.compile(r"主要(?:是|用于|为|原因)|用于|原因")
MOST = 40  # 其中 in one paragraph, parts of one whole, and wholes that are looked at
FAR = 2_000  # characters that a 其中 may rule
NEVER_ADDED = ("%", "分", "百分点", "个百分点", "天")
BUDGET, FINAL = (re.compile(rf"(?:{w})(?:数|金额|额)?(?:为|是)?$") for w in ("预算", "决算|执行"))


@dataclass(frozen=True, slots=True)
class Added:
    """A whole and the parts that it was held against."""

    whole: Amount
    parts: tuple[Amount, ...]

    @property
    def sum(self) -> Decimal:
        return sum((a.base for a in self.parts), Decimal(0))

    @property
    def gap(self) -> Decimal:
        return self.sum - self.whole.base

    @property
    def holds(self) -> bool:
        return abs(self.gap) <= margin_of((self.whole, *self.parts))


def sums(blocks: Sequence[Said]) -> Iterator[Remark]:
    """Every place where parts and their whole are apart, within a paragraph and over a list of paragraphs."""
    for run in parts_of(blocks):
        for number, block in enumerate(run):
            if number and AGAIN.match(block.text) and amounts_in(run[number - 1].text):
                yield from _continued(run[number - 1], block)
            else:
                yield from _in_block(block)
        for listed in lists_in(run):
            yield from _listed(listed)
    for block in blocks:
        if block.kind == "note":
            yield from _in_block(block)


# ------------------------------------------------------------------ 其中 inside a paragraph


@dataclass(frozen=True, slots=True)
class _Scope:
    """The stretch of text that a 其中 rules, and the one in which its whole stands."""

    start: int
    end: int
    before: tuple[Amount, ...]


def _in_block(block: Said) -> Iterator[Remark]:
    text = block.text
    scopes = [(m, _scope(text, m)) for m in islice(OF_WHICH.finditer(text), MOST)]
    for number, (mark, scope) in enumerate(scopes):
        inner = [s for m, s in scopes[number + 1 :] if m.start() < scope.end]
        found = [a for a in _amounts(text, scope) if not any(i.start <= a.start < i.end for i in inner)]
        for kind in dict.fromkeys(a.kind for a in found):
            parts = [a for a in found if a.kind == kind]
            wholes = [a for a in scope.before if a.kind == kind]
            if kind in NEVER_ADDED:
                continue
            wrong = _apart(text, wholes, parts, partial=_partial(text, mark, parts[-1], scope))
            total = ALTOGETHER.match(text, scope.end + 1)
            if wrong is None and total and len(parts) > 1:
                whole = amounts_in(text, total.start())[:1]
                wrong = _apart(text, [w for w in whole if w.kind == kind], parts, partial=False)
            if wrong:
                yield _remark(block, wrong, mark.start(), scope.end)


def wholes_in(text: str) -> Iterator[tuple[int, int, Amount]]:
    """Stretches of a paragraph that list parts which add up, each with their whole."""
    for mark in islice(OF_WHICH.finditer(text), MOST):
        scope = _scope(text, mark)
        parts = [a for a in _amounts(text, scope) if a.kind == "money"]
        for whole in (a for a in scope.before[-MOST:] if a.kind == "money" and not a.change):
            if 1 < len(parts) <= MOST and any(Added(whole, tuple(r)).holds for r in _readings(text, parts, "；")):
                yield scope.start, scope.end, whole
                break


def _continued(above: Said, block: Said) -> Iterator[Remark]:
    """A paragraph that begins with 其中 goes on from the first amount of the one above, all its sentences long."""
    text = block.text
    scope = _Scope(0, len(text), ())
    wholes = [a for a in amounts_in(above.text) if a.kind == "money" and not a.change][:1]
    parts = [a for a in _amounts(text, scope) if a.kind == "money"]
    if wholes and parts:
        wrong = _apart(text, wholes, parts, partial=_partial(text, None, parts[-1], scope), stops="。；")
        if wrong:
            yield _remark(block, wrong, 0, len(text), [above])


def _partial(text: str, mark: re.Match[str] | None, last: Amount, scope: _Scope) -> bool:
    """Whether the words say that the parts are some only: 主要包括 …, … 等."""
    before = text[max(0, mark.start() - 2) : mark.start()] if mark else ""
    return (
        before == "主要"
        or PARTIAL.match(text, last.end, scope.end + 1) is not None
        or (mark is not None and mark[0] == "含")
    )


def _scope(text: str, mark: re.Match[str]) -> _Scope:
    """In brackets up to their end, else up to the full stop; the whole stands before, in this sentence or
    the nearest earlier one that has amounts."""
    depth = 0
    for at in range(mark.start() - 1, max(mark.start() - 200, -1), -1):
        char = text[at]
        if char in "）)":
            depth += 1
        elif char in "（(":
            if not depth:
                close, stop = _closing(text, at), text.find("。", mark.end())
                close = min(close, mark.end() + FAR, stop if stop >= 0 else close)
                return _Scope(mark.end(), close, _before(text, at))
            depth -= 1
        elif char == "。":
            break
    some = text[max(0, mark.start() - 2) : mark.start()] == "主要"  # 人员经费…，主要包括…；公用经费…
    stops = [at for s in ("。；" if some else "。") if (at := text.find(s, mark.end())) >= 0]
    end = min([*stops, len(text), mark.end() + FAR])
    return _Scope(mark.end(), end, _before(text, mark.start()))


def _closing(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        if text[at] in "（(":
            depth += 1
        elif text[at] in "）)":
            depth -= 1
            if not depth:
                return at
    return len(text)


def _before(text: str, until: int) -> tuple[Amount, ...]:
    """The amounts of the sentence before a place, or of the nearest earlier sentence that has some."""
    end = until
    while end > 0:
        start = text.rfind("。", 0, end - 1 if text[end - 1 : end] == "。" else end) + 1
        found = [a for a in amounts_in(text, start, end) if a.kind not in NEVER_ADDED]
        if found:
            return tuple(found)
        end = start - 1 if start else 0
    return ()


def _amounts(text: str, scope: _Scope) -> list[Amount]:
    """The amounts of a scope that can be parts: none in brackets of their own, none that explain another."""
    out: list[Amount] = []
    depth, opened = 0, -1
    brackets: list[tuple[int, int]] = []
    for at in range(scope.start, scope.end):
        if text[at] in "（(":
            opened = at if not depth else opened
            depth += 1
        elif text[at] in "）)" and depth:
            depth -= 1
            if not depth:
                brackets.append((opened, at))
    for amount in amounts_in(text, scope.start, scope.end):
        clause = max(text.rfind(s, scope.start, amount.start) for s in "，；、。：") + 1
        lead = text[max(clause, scope.start) : amount.start]
        if any(a < amount.start < b for a, b in brackets) or TAIL.search(lead):
            continue
        out.append(amount)
    return out


def _apart(
    text: str, wholes: Sequence[Amount], parts: Sequence[Amount], *, partial: bool, stops: str = "；"
) -> Added | None:
    """What to remark: nothing where some reading of the parts adds up to some whole."""
    if not wholes or not 0 < len(parts) <= MOST:
        return None
    wholes = wholes[-MOST:]
    readings = [tuple(r) for r in _readings(text, parts, stops) if r]
    if any(Added(w, r).holds for w in wholes for r in readings):
        return None
    fixed, fixed_wholes = [a for a in parts if not a.change], [a for a in wholes if not a.change]
    if not fixed:
        moved = [w for w in wholes if w.change]
        return Added(_signed(moved[-1]), readings[-1]) if moved and len(parts) > 1 else None
    if not fixed_wholes:
        return None
    if len(fixed) == 1 or partial:
        most = max(fixed_wholes, key=lambda w: w.base)
        too_much = [a for a in fixed if a.base > most.base + margin_of((most, a))]
        return Added(most, (too_much[0],)) if too_much else None
    return Added(fixed_wholes[-1], tuple(fixed))


def _readings(text: str, parts: Sequence[Amount], stops: str) -> Iterator[list[Amount]]:
    """Which amounts may be meant as the parts: all, the first between two marks, budgets or final amounts
    alone, changes by their direction."""
    fixed = [a for a in parts if not a.change]
    if fixed:
        yield fixed
    first: dict[int, Amount] = {}
    for amount in fixed:
        first.setdefault(sum(text.count(s, 0, amount.start) for s in stops), amount)
    if len(first) > 1:
        yield list(first.values())
    for key in (BUDGET, FINAL):
        keyed = [a for a in fixed if key.search(a.label)]
        if len(keyed) > 1:
            yield keyed
    changes = [a for a in parts if a.change]
    if changes:
        yield [_signed(a, -1) for a in changes]
        yield [_signed(a) for a in changes]


def _signed(amount: Amount, sense: int = 1) -> Amount:
    value = amount.value * amount.direction * sense
    return Amount(value, amount.unit, amount.decimals, amount.start, amount.end, amount.label)


# ------------------------------------------------------------------ a list of paragraphs below a total


def _listed(listed: Listed) -> Iterator[Remark]:
    """The first amounts of the paragraphs of a list against the amounts of the paragraph that opens it."""
    wholes = [a for a in amounts_in(listed.lead.text) if a.kind == "money" and not a.change]
    series = [_of_item(i) for i in listed.items]
    if not 0 < len(wholes) <= MOST or not all(series):
        return
    for key in (BUDGET, FINAL):
        keyed = [a for a in wholes if key.search(a.label)]
        rows = [[a for a in row if key.search(a.label)] for row in series]
        other = FINAL if key is BUDGET else BUDGET
        if len(keyed) == 1 and all(rows) and any(other.search(a.label) for a in wholes):
            added = Added(keyed[0], tuple(r[0] for r in rows))
            if not added.holds:
                yield _remark(listed.lead, added, added.whole.start, added.whole.end, listed.items)
                return
    firsts = [row[0] for row in series]
    named = [a for a in wholes if listed.about and a.label.endswith(listed.about)]
    wholes = named if len(named) == 1 else wholes
    if any(Added(w, tuple(c)).holds for w in wholes for c in _columns(series)):
        return
    whole = _meant(listed, wholes)
    if whole is not None:
        added = Added(whole, tuple(firsts))
        yield _remark(listed.lead, added, whole.start, whole.end, listed.items)


def _of_item(item: Said) -> list[Amount]:
    return [a for a in amounts_in(item.text) if a.kind == "money" and not a.change]


def _columns(series: Sequence[Sequence[Amount]]) -> Iterator[list[Amount]]:
    """The first amount of each item, and the first that is a budget or a final amount."""
    yield [row[0] for row in series]
    for key in (BUDGET, FINAL):
        keyed = [[a for a in row if key.search(a.label)] for row in series]
        if all(keyed):
            yield [row[0] for row in keyed]


def _meant(listed: Listed, wholes: Sequence[Amount]) -> Amount | None:
    """The whole that a list is held against; none where the words leave it open."""
    if listed.strong:
        return wholes[-1]
    if not listed.about:
        return wholes[0] if len(wholes) == 1 else None
    fitting = [a for a in wholes if a.label.endswith(listed.about)]
    return fitting[0] if len(fitting) == 1 else None


# ------------------------------------------------------------------ words


def _remark(block: Said, added: Added, start: int, end: int, others: Iterable[Said] = ()) -> Remark:
    size = added.whole.size
    unit = added.whole.unit
    words = {
        "whole": f"{added.whole.value:,f}{unit}",
        "label": added.whole.label[-20:],
        "parts": "、".join(f"{a.value:,f}" for a in added.parts),
        "sum": f"{(added.sum / size).normalize():,f}{unit}",
        "gap": f"{(abs(added.gap) / size).normalize():,f}{unit}",
    }
    name = "DC-411/over" if len(added.parts) == 1 else "DC-411"
    return Remark(block, start, end, name, words, tuple(others))
