"""Every amount of the text against the cell it is said to be, and against what was said of it before."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from generator.audit.faults import Fault, fault, places_of, spot_of_cell, spot_of_text, table_of, wan
from generator.model import Figure
from generator.published import Binder, Candidate, Mention, Understood, mentions_in, subject_names

LAST_DIGIT = 3  # halves of the last printed digit: closer than this is a matter of rounding


@dataclass
class Bound:
    """A mention with the cells it may mean and the one that fits."""

    mention: Mention
    candidates: list[Candidate]
    fits: Candidate | None = None
    near: bool = False


@dataclass
class Reading:
    """The text of a document with its amounts, bound once and used by every check."""

    document: Understood
    binder: Binder
    bound: list[Bound] = field(default_factory=list)
    by_paragraph: dict[int, list[Bound]] = field(default_factory=lambda: defaultdict(list))
    tally: Counter[str] = field(default_factory=Counter)  # how the relations in the text ended, beside the amounts


def read_text(document: Understood, aliases: Sequence[str] = ()) -> Reading:
    """Bind every amount of the text."""
    reading = Reading(document, Binder(document))
    for paragraph in document.paragraphs:
        for mention in mentions_in(paragraph, document.identity.department, aliases):
            bound = Bound(mention, reading.binder.candidates(mention))
            for candidate in bound.candidates:
                gap = abs(candidate.figure.number - mention.quantity.value)
                if gap <= mention.quantity.half:
                    bound.fits, bound.near = candidate, False
                    break
                if gap <= mention.quantity.half * LAST_DIGIT + candidate.figure.margin and bound.fits is None:
                    bound.fits, bound.near = candidate, True
            reading.bound.append(bound)
            reading.by_paragraph[paragraph.block].append(bound)
    return reading


def check_amounts(reading: Reading) -> Iterator[Fault]:
    """Amounts that are in none of the cells they may mean."""
    near: list[Bound] = []
    for bound in reading.bound:
        if not bound.candidates:
            continue
        if bound.fits is None:
            yield _wrong(reading, bound)
        elif bound.near:
            near.append(bound)
    if near:
        yield _near(near)
    yield from _subjects(reading)


def check_repeats(reading: Reading) -> Iterator[Fault]:
    """The same words with the same amount several times in a paragraph, and once with another; changes of equal totals."""
    for bound in reading.by_paragraph.values():
        groups: dict[str, list[Mention]] = defaultdict(list)
        for one in bound:
            if one.mention.core and not one.mention.names and not one.candidates and one.mention.aspect == "own":
                groups[one.mention.core].append(one.mention)
        for core, members in groups.items():
            counts = Counter(m.quantity.value for m in members)
            usual, times = counts.most_common(1)[0]
            odd = [m for m in members if m.quantity.value != usual and _slip(m.quantity.value, usual)]
            if times >= 2 and len(odd) == 1:
                other = next(m for m in members if m.quantity.value == usual)
                yield _twice(core, other, odd[0], "SH-205/doubt")
    yield from _equal_changes(reading)


def _slip(one: Decimal, other: Decimal) -> bool:
    """Two amounts that a slip of the hand parts: a digit, two digits swapped, the point."""
    a, b = (f"{v.normalize():f}".replace(".", "").strip("0") for v in (one, other))
    if a == b:
        return True
    return len(a) == len(b) > 2 and (sum(x != y for x, y in zip(a, b, strict=True)) == 1 or sorted(a) == sorted(b))


def _equal_changes(reading: Reading) -> Iterator[Fault]:
    """收入预算 and 支出预算 are equal this year and were last year: they change by the same."""
    totals: list[tuple[Mention, Mention]] = []
    for bound in reading.by_paragraph.values():
        for now, step in pairwise(bound):
            between = now.mention.paragraph.text[now.mention.quantity.end : step.mention.quantity.start]
            if (
                step.mention.aspect == "change" and not step.mention.core and now.candidates and now.fits is not None
                and not now.mention.names and TOTAL.fullmatch(now.mention.core) and re.match(r"[，,]?(?:比|较|与)", between)
            ):  # fmt: skip
                totals.append((now.mention, step.mention))
    if len(totals) < 3:
        return
    signed = Counter((n.quantity.value, s.sign * s.quantity.value) for n, s in totals)
    (value, usual), times = signed.most_common(1)[0]
    odd = [(n, s) for n, s in totals if n.quantity.value == value and s.sign * s.quantity.value != usual]
    if times >= 2 and len(odd) == 1:
        before = next(s for n, s in totals if n.quantity.value == value and s.sign * s.quantity.value == usual)
        yield _twice(f"{odd[0][0].core}的增减额", before, odd[0][1], "SH-205/doubt")


TOTAL = re.compile(
    r"(本年|当年)?(收入|支出|财政拨款收入|财政拨款支出|一般公共预算(财政)?(拨款)?(收入|支出))(预算|合计|总计)?"
)


def _twice(name: str, before: Mention, odd: Mention, kind: str) -> Fault:
    first = spot_of_text(before.paragraph, before.quantity.start, before.quantity.end)
    spot = spot_of_text(odd.paragraph, odd.quantity.start, odd.quantity.end)
    shown = [f"{'增加' if m.sign > 0 else '减少' if m.sign < 0 else ''}{m.quantity.text}" for m in (before, odd)]
    return fault(
        kind,
        [spot, first],
        f"twice {spot.text}",
        said=spot.text,
        before=first.text,
        name=f"“{name}”",
        expected=shown[0],
        actual=shown[1],
    )


def _name(mention: Mention) -> str:
    if mention.names:
        inner = f"（{mention.core}）" if mention.core else ""
        return f"“{mention.names[-1]}”{inner}"
    return f"“{mention.core}”" if mention.core else "这个金额"


def _wrong(reading: Reading, bound: Bound) -> Fault:
    mention, best = bound.mention, _nearest(bound)
    document = reading.document
    said = spot_of_text(mention.paragraph, mention.quantity.start, mention.quantity.end)
    spots = [said, *places_of(document, [best.figure], 2)]
    cell = spot_of_cell(document, best.figure.cells[0]) if best.figure.cells else spots[-1]
    words = {
        "said": said.text,
        "name": _name(mention),
        "actual": mention.quantity.text,
        "table": table_of(document, best.figure),
    }
    about = f"amount {mention.core or '/'.join(mention.names)} {mention.quantity.value}"
    if best.figure.blank:
        return fault("SH-201/none", spots, about, expected="空白", **words)
    expected = f"{wan(best.figure.number)}万元"
    shown = " ".join(t for t in (cell.row, cell.column) if t)
    kind = "SH-201/zero" if not mention.quantity.value else "SH-201"
    gap = wan(abs(best.figure.number - mention.quantity.value))
    return fault(kind, spots, about, cell=shown, expected=expected, difference=gap, **words)


def _nearest(bound: Bound) -> Candidate:
    return bound.candidates[0]


def _near(near: Sequence[Bound]) -> Fault:
    told = []
    spots = []
    for bound in near:
        assert bound.fits is not None
        mention = bound.mention
        spots.append(spot_of_text(mention.paragraph, mention.quantity.start, mention.quantity.end))
        told.append(f"{_name(mention)}{mention.quantity.text}（报表{wan(bound.fits.figure.number)}万元）")
    shown = "、".join(dict.fromkeys(told))
    return fault(
        "SH-202", spots, count=len(near), what=shown if len(shown) < 400 else shown[:400] + "…",
        expected="", actual="",
    )  # fmt: skip


# ------------------------------------------------------------------ subjects


def _subjects(reading: Reading) -> Iterator[Fault]:
    """Subjects that the text names and the tables do not have, and the other way round."""
    document, binder = reading.document, reading.binder
    if not binder.functional:
        return
    seen: set[str] = set()
    told: set[tuple[str, ...]] = set()
    lists: dict[str, int] = defaultdict(int)
    for paragraph in document.paragraphs:
        if re.search(r"名词解释|职能|职责", paragraph.topic):
            continue
        for subject in subject_names(paragraph.text):
            code = binder.code_of_names(subject.names)
            if code:
                seen.add(code)
                if len(code) == 7:
                    lists[paragraph.topic] += 1
            elif len(subject.names) == 3 and subject.names not in told and not _zero(paragraph.text, subject.end):
                told.add(subject.names)
                spot = spot_of_text(paragraph, subject.start, subject.end)
                near = binder.nearest(subject.names)
                yield fault(
                    "SH-203", [spot], said=spot.text, actual="、".join(subject.names),
                    near=f"，相近的是“{near}”" if near else "", expected=near,
                )  # fmt: skip
    table = document.by_id.get("general")
    items = {r.code: r.label for r in table.rows if r.level == 3 and any(r.figures.values())} if table else {}
    left = {c: n for c, n in items.items() if c not in seen}
    if table and left and max(lists.values(), default=0) >= 0.7 * len(items) and len(items) - len(left) >= 3:
        names = "、".join(f"{c}{n}" for c, n in list(left.items())[:8])
        spots = places_of(document, [f for r in table.rows if r.code in left for f in list(r.figures.values())[:1]])
        yield fault("SH-204", spots, table=table.title, count=len(left), what=names)


def _zero(text: str, end: int) -> bool:
    """A subject that is named only to say that there is nothing."""
    return bool(re.match(r"[”\"]?[^，。；]{0,16}?(支出)?(决算数?为?|预算数?为?)?0(\.0+)?万元", text[end:]))


def exact(bound: Bound) -> Decimal:
    """The most exact value known of an amount: of its cell, else as it is printed."""
    return bound.fits.figure.number if bound.fits is not None and not bound.near else bound.mention.quantity.value


def figures_of(bound: Sequence[Bound]) -> list[Figure]:
    return [c.figure for b in bound for c in b.candidates]
