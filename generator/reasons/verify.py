"""Holds what a person wrote to the numbers: directions, amounts, rates and headcounts in a reason.

A statement is compared only where it can be told what it is about: a name of a part or of an amount
that was compared, with a word for a direction beside it; an amount with its unit; a rate of change;
a number of people where the fact was entered.  Everything else is left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.files import SIZE
from generator.model import Figure, Record, Submission, growth, printed_value
from generator.packs import CompiledPack, Context, Word
from generator.reasons.drafting import Draft, drafts, parts_of
from generator.reasons.facts import causes
from generator.reasons.questions import Slot, slots
from generator.reasons.ranking import Cause

UP = ("增加", "增长", "上升", "上涨", "增多")
DOWN = ("减少", "下降", "降低", "压减", "缩减", "减低")
WAY = "|".join((*UP, *DOWN))
GAP = 10  # characters between a name and its direction
AMOUNT = re.compile(r"(?<![\d.])(?<!\d[,，])(\d[\d,，]*+(?:\.\d+)?)\s*+(亿元|万元|元)")
RATE = re.compile(rf"({WAY})(?:了|约|为)?(\d+(?:\.\d+)?)\s*%")
UNITS = {**SIZE, "亿元": Decimal(10) ** 8}
SAYS = re.compile(rf"{WAY}|\d")  # words that say something that figures can bear or not
NOT_HERE = re.compile(r"标准|基数|单价|补助额|每人|人均|预估|合同|限额|上限|标的")
HEAD = r"(?<![\u4e00-\u9fff](?<![与及和因于致使得的是中为年本上初度其时门位局使加少降升减了]))"  # a name that is no end of another
OF_OTHERS = re.compile(
    r"人员(?!经费)|人数|户|次数|批次|数量|对象|任务|业务|工作|需求|比例|政策|力度|进度|缴费(?!支出)|项目数|项目个数"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that the figures do not bear: what is said, and what is so."""

    kind: str  # direction, amount, rate, people
    slot: str
    title: str
    said: str
    so: str
    difference: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Mover:
    """Something with a name that was compared with something."""

    name: str
    current: Figure
    base: Figure


def check_slots(compiled: CompiledPack, context: Context) -> Iterator[tuple[Slot, Statement]]:
    """Every statement in a reason that contradicts the figures."""
    places = [s for s in slots(compiled, context) if s.kind in ("prior", "budget")]
    written = [s for s in places if SAYS.search(s.text.value) and not s.text.pending and not s.text.pieces]
    if not written:
        return
    movers = {kind: _movers(compiled, context, places, kind) for kind in {s.kind for s in written}}
    needs_amounts = any(AMOUNT.search(s.text.value) or RATE.search(s.text.value) for s in written)
    known = _amounts(context.submission, drafts(compiled, context), movers) if needs_amounts else []
    facts, names = causes(compiled, context), _named_amounts(context.submission)
    for slot in written:
        for statement in (
            *_directions(compiled, slot, movers[slot.kind]),
            *_wrong_amounts(compiled, slot, known, names),
            *_wrong_rates(compiled, slot, movers[slot.kind]),
            *_wrong_people(slot, facts),
        ):
            yield slot, statement


def _movers(compiled: CompiledPack, context: Context, places: Sequence[Slot], kind: str) -> list[Mover]:
    """Names with what they were compared with; a name with several meanings is left out."""
    found: dict[str, list[Mover]] = {}
    for slot in places:
        if slot.kind != kind:
            continue
        one = [Mover(slot.name.plain, slot.current, slot.base)]
        one += [Mover(p.name.plain, p.current, p.base) for p in parts_of(compiled, context, slot)]
        for mover in one:
            known = found.setdefault(mover.name, [])
            if len(mover.name) > 2 and not any(_same(mover, k) for k in known):
                known.append(mover)
    return sorted((m[0] for m in found.values() if len(m) == 1), key=lambda m: -len(m.name))


def _same(one: Mover, other: Mover) -> bool:
    return (one.current.value, one.base.value) == (other.current.value, other.base.value)


def _shown(compiled: CompiledPack, amount: Decimal) -> str:
    form = compiled.pack.formats["money"]
    return f"{printed_value(amount, form):,f}"


def _went(compiled: CompiledPack, mover: Mover) -> str:
    """How something really went, in words."""
    change = (mover.current - mover.base).number
    sides = f"由 {_shown(compiled, mover.base.number)} 万元到 {_shown(compiled, mover.current.number)} 万元"
    if printed_value(change, compiled.pack.formats["money"]) == 0:
        return f"{sides}，没有变化"
    return f"{sides}，{'增加' if change > 0 else '减少'} {_shown(compiled, abs(change))} 万元"


def _directions(compiled: CompiledPack, slot: Slot, movers: Sequence[Mover]) -> Iterator[Statement]:
    """A name with a direction that it did not take."""
    for clause in re.split(r"[，。；;！？]", slot.text.value):
        taken: list[tuple[int, int]] = []
        for mover in movers:
            name = re.escape(mover.name)
            for found in re.finditer(
                rf"{HEAD}{name}(?P<after>[^、和及与]{{0,{GAP}}}?)(?P<way>{WAY})|(?P<before>{WAY})(?:了)?{name}(?P<on>.{{0,4}})",
                clause,
            ):
                if any(a < found.end() and found.start() < b for a, b in taken):
                    continue
                taken.append(found.span())
                between = found["after"] or found["on"] or ""
                if NOT_HERE.search(between) or OF_OTHERS.search(between) or re.search(r"[没未不无]", between):
                    continue  # the name only says of whom or what
                way = found["way"] or found["before"]
                change = printed_value((mover.current - mover.base).number, compiled.pack.formats["money"])
                if (way in UP and change <= 0) or (way in DOWN and change >= 0):
                    yield Statement(
                        "direction", slot.id, slot.title, f"{mover.name}{way}" if found["way"] else f"{way}{mover.name}",
                        f"{mover.name}{_went(compiled, mover)}", _shown(compiled, abs((mover.current - mover.base).number)), (mover.current, mover.base),
                    )  # fmt: skip


def _amounts(submission: Submission, made: Sequence[Draft], movers: dict[str, list[Mover]]) -> list[Decimal]:
    """Every amount that a reason may cite, in 元, without sign."""
    out: set[Decimal] = set()

    def take(figure: object) -> None:
        if isinstance(figure, Figure) and figure.value is not None and figure.unit == "元":
            out.add(abs(figure.value))

    for table in submission.tables.values():
        for value in (
            *table.slots.values(),
            *table.totals.values(),
            *(v for r in table.rows for v in r.cells.values()),
        ):
            take(value)
    records: list[Record] = [*submission.groups.values(), *(r for rows in submission.lists.values() for r in rows)]
    for record in records:
        for value in record.values():
            take(value)
    for mover in (m for some in movers.values() for m in some):
        take(mover.current - mover.base)
    for draft in made:
        take(draft.current - draft.base)
        for claim in draft.claims:
            take(claim.current)
            if claim.current is not None and claim.base is not None:
                take(claim.base)
                take(claim.current - claim.base)
        if draft.explanation:
            for group in (*draft.explanation.named, *draft.explanation.offsets):
                take(group.current - group.base)
    return sorted(out)


def _named_amounts(submission: Submission) -> list[str]:
    """Names of subjects and projects with an amount in them, the longest first: a name claims nothing."""
    rows = (r.name for t in submission.tables.values() for r in t.rows)
    listed = (str(r.get("name", "")) for records in submission.lists.values() for r in records)
    return sorted({n.strip() for n in (*rows, *listed) if AMOUNT.search(n)}, key=lambda n: (-len(n), n))


def _wrong_amounts(
    compiled: CompiledPack, slot: Slot, known: Sequence[Decimal], names: Sequence[str]
) -> Iterator[Statement]:
    """An amount that is no figure of the workbook, nor a change of one."""
    text = re.sub(r"《[^《》]*+》", "", slot.text.value)
    for name in names:
        text = text.replace(name, "")
    for found in AMOUNT.finditer(text):
        before = text[max(0, found.start() - 12) : found.start()]
        if NOT_HERE.search(before) or text[found.end() : found.end() + 2] in ("以上", "以下", "/人", "每人"):
            continue
        digits = found[1].replace(",", "").replace("，", "")
        size = UNITS[found[2]]
        amount = Decimal(digits) * size
        margin = size * Decimal(5).scaleb(-len(digits.partition(".")[2]) - 1)
        if any(abs(k - amount) <= margin for k in known):
            continue
        change = (slot.current - slot.base).number
        near = min(known, key=lambda k: abs(k - amount), default=Decimal(0))
        yield Statement(
            "amount", slot.id, slot.title, found[0],
            f"{slot.name.plain}{_went(compiled, Mover('', slot.current, slot.base))}，表里最接近的数是 {_shown(compiled, near)} 万元",
            _shown(compiled, abs(abs(change) - amount)), (slot.current, slot.base),
        )  # fmt: skip


def _wrong_rates(compiled: CompiledPack, slot: Slot, movers: Sequence[Mover]) -> Iterator[Statement]:
    """A rate of change that nothing changed by."""
    for found in RATE.finditer(slot.text.value):
        said = Decimal(found[2])
        margin = Decimal(5).scaleb(-len(found[2].partition(".")[2]) - 1)
        pairs = [(slot.current, slot.base), *((m.current, m.base) for m in movers)]
        rates = [r.value * 100 for c, b in pairs if (r := growth(c, b)).value is not None]
        if any(abs(r - said) <= margin for r in rates):
            continue
        own = growth(slot.current, slot.base).value
        shown = "没有增减率" if own is None else f"{printed_value(own, compiled.pack.formats['percent']):f}%"
        yield Statement(
            "rate", slot.id, slot.title, found[0], f"{slot.name.plain}的增减率是 {shown}", "", (slot.current, slot.base)
        )


def _wrong_people(slot: Slot, facts: Sequence[Cause]) -> Iterator[Statement]:
    """A number of people other than the fact that was entered."""
    for cause in facts:
        for before, figure, after in _numbers(cause.text):
            pattern = re.compile(rf"{re.escape(before)}(?:了)?(\d{{1,9}})\s*{re.escape(after)}")
            for found in pattern.finditer(slot.text.value):
                if Decimal(found[1]) != figure.number:
                    so = f"“变动事实”填的是 {figure.number:f}{after}（{cause.text.plain}）"
                    yield Statement(
                        "people",
                        slot.id,
                        slot.title,
                        found[0],
                        so,
                        f"{abs(figure.number - Decimal(found[1])):f}",
                        (figure,),
                    )


def _numbers(text: Word) -> Iterator[tuple[str, Figure, str]]:
    """The counts in a fact with the words beside them."""
    spans = text.spans
    for k, span in enumerate(spans):
        if span.figure is not None and span.figure.unit == "人" and 0 < k < len(spans) - 1:
            before = spans[k - 1].text[-3:]
            if len(before) == 3:
                yield before, span.figure, spans[k + 1].text[:1]
