"""What a change consists of: parts ranked until they cover a share, parts that move against it named.

The parts that are named never add up to more than the change they explain.  Parts that a fact
explains stand together as one.  Pure: knows no workbook and no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from generator.model import ZERO, CellRef, Figure, total, unite
from generator.packs import DraftSettings, Part, Word, joined

NAMED_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that an officer entered, and the parts that it can explain."""

    id: str
    text: Word
    direction: str  # increase, decrease, either
    keys: tuple[str, ...]
    cells: tuple[CellRef, ...] = ()
    order: int = 100
    against: str = "both"  # prior, budget, both: the comparison that it can explain
    family: str = ""  # facts that are weighed against each other
    size: Decimal | None = None  # how many
    carries: Decimal | None = None  # the amount that it can account for at most; None: not known

    @property
    def sign(self) -> int:
        return {"increase": 1, "decrease": -1}.get(self.direction, 0)

    def bears(self, amount: Decimal, settings: DraftSettings) -> bool:
        """Whether it is large enough for a change."""
        return self.carries is None or abs(amount) * settings.carry <= abs(self.carries) * 100

    def concerns(self, key: str, name: str) -> bool:
        """Whether a part is what the fact is about."""
        return any(fnmatchcase(key, k) or fnmatchcase(name, k) for k in self.keys)

    def explains(self, one: Part) -> bool:
        """Whether it concerns a part and the part moved its way."""
        moved = one.change.number
        way = {"increase": moved > 0, "decrease": moved < 0}.get(self.direction, moved != 0)
        return way and self.concerns(one.key, one.name.plain)


@dataclass(frozen=True, slots=True)
class Group:
    """One part, or several that one fact explains."""

    parts: tuple[Part, ...]
    cause: Cause | None = None

    @property
    def contribution(self) -> Decimal:
        return sum((p.contribution for p in self.parts), ZERO)

    @property
    def current(self) -> Figure:
        return total((p.current for p in self.parts), self.name.plain)

    @property
    def base(self) -> Figure:
        return total((p.base for p in self.parts), f"{self.name.plain}的比较数")

    @property
    def name(self) -> Word:
        ranked = sorted(self.parts, key=lambda p: -abs(p.contribution))
        said = joined(p.name for p in ranked[:NAMED_TOGETHER])
        return said + "等" if len(ranked) > NAMED_TOGETHER else said

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return unite(*(p.current.cells + p.base.cells for p in self.parts), self.cause.cells if self.cause else ())


@dataclass(frozen=True, slots=True)
class Explanation:
    """A change with the parts that are named for it."""

    title: str
    change: Figure
    named: tuple[Group, ...]
    offsets: tuple[Group, ...]
    rest: Figure | None = None  # what else moved against the change, where it must be said
    reached: bool = False
    share: Decimal = ZERO

    @property
    def causes(self) -> int:
        return sum(1 for g in (*self.named, *self.offsets) if g.cause)

    @property
    def net(self) -> Decimal:
        """What the named parts add up to, in the direction of the change."""
        sign = 1 if self.change.number >= 0 else -1
        whole = sum((g.contribution for g in (*self.named, *self.offsets)), ZERO)
        return (whole + (self.rest.number if self.rest else ZERO)) * sign


def weighed(causes: Sequence[Cause]) -> Cause | None:
    """Facts of one family as one fact, with what they come to: people who left and people who came are both named,
    and none of them for a change that went the other way."""
    if len(causes) < 2 or any(c.size is None or not c.sign for c in causes):
        return causes[0] if len(causes) == 1 else None
    net = sum((c.size * c.sign for c in causes if c.size is not None), ZERO)
    if not net:
        return None
    carried = [c.carries * c.sign for c in causes if c.carries is not None]
    first = causes[0]
    return Cause(
        "+".join(c.id for c in causes),
        joined((c.text for c in causes), "，"),
        "increase" if net > 0 else "decrease",
        tuple(k for k in first.keys if all(k in c.keys for c in causes)),
        unite(*(c.cells for c in causes)),
        first.order,
        first.against,
        first.family,
        abs(net),
        abs(sum(carried, ZERO)) if len(carried) == len(causes) else None,
    )


def in_families(causes: Sequence[Cause]) -> list[Cause]:
    """The facts, those of one family that concern the same parts taken together."""
    out: list[Cause] = []
    families: dict[tuple[str, tuple[str, ...]], list[Cause]] = {}
    for cause in sorted(causes, key=lambda c: c.order):
        if cause.family:
            families.setdefault((cause.family, cause.keys), []).append(cause)
        else:
            out.append(cause)
    return sorted([*out, *(w for some in families.values() if (w := weighed(some)))], key=lambda c: c.order)


def grouped(parts: Sequence[Part], causes: Sequence[Cause], settings: DraftSettings) -> list[Group]:
    """Parts that a fact explains together, every other part alone.  A fact too small for them explains none."""
    out: list[Group] = []
    left = [p for p in parts if p.contribution]
    for cause in in_families(causes):
        mine = [p for p in left if cause.explains(p)]
        for up in (True, False):
            some = tuple(p for p in mine if (p.change.number > 0) is up)
            if some and cause.bears(sum((p.contribution for p in some), ZERO), settings):
                out.append(Group(some, cause))
                left = [p for p in left if p not in some]
    return out + [Group((p,)) for p in left]


def explain(
    title: str,
    parts: Sequence[Part],
    change: Figure,
    settings: DraftSettings,
    causes: Sequence[Cause] = (),
    shows: Callable[[Decimal], bool] = bool,
) -> Explanation | None:
    """The parts to be named for a change; nothing where there is no change or no part moved with it.

    ``shows`` says whether an amount is printed as something.
    """
    whole = change.number
    if not shows(whole):
        return None
    sign = 1 if whole > 0 else -1
    groups = [g for g in grouped(parts, causes, settings) if shows(g.contribution)]
    ranked = sorted(groups, key=lambda g: (-abs(g.contribution), g.cause is None))
    with_it = [g for g in ranked if g.contribution * sign > 0]
    against = [g for g in ranked if g.contribution * sign < 0]
    unknown = (whole - sum((g.contribution for g in groups), ZERO)) * sign
    rise = sum((abs(g.contribution) for g in with_it), ZERO) + max(unknown, ZERO)
    fall = sum((abs(g.contribution) for g in against), ZERO) + max(-unknown, ZERO)
    if not with_it:
        return None
    named = _cover(with_it, rise * settings.cover / 100, settings.parts)
    said = sum((abs(g.contribution) for g in named), ZERO)
    offsets: list[Group] = []
    if fall * 100 >= rise * settings.offset:
        offsets = _cover(against, fall * settings.cover / 100, settings.offsets)
    back = sum((abs(g.contribution) for g in offsets), ZERO)
    tail = change.margin + sum((p.change.margin for p in parts), ZERO)  # 尾差: no part moved, only digits were cut
    left = against[len(offsets) :]
    if (
        said - back > abs(whole) + tail
        and len(left) == 1
        and said - back - abs(left[0].contribution) <= abs(whole) + tail
    ):
        offsets.append(left[0])
        back += abs(left[0].contribution)
    rest = None
    if said - back > abs(whole) + tail:
        rest = _rest(change, [*named, *offsets], sign)
    return Explanation(
        title, change, tuple(named), tuple(offsets), rest, said * 100 >= rise * settings.cover, said / rise
    )


def _cover(groups: Sequence[Group], wanted: Decimal, most: int) -> list[Group]:
    """The first groups until their sum reaches what is wanted."""
    out: list[Group] = []
    reached = ZERO
    for group in groups:
        if len(out) == most or (out and reached >= wanted):
            break
        out.append(group)
        reached += abs(group.contribution)
    return out


def _rest(change: Figure, named: Sequence[Group], sign: int) -> Figure:
    """Everything that is not named, as one amount that moves against the change."""
    left = change
    for group in named:
        for one in group.parts:
            left = left - one.change if one.sign > 0 else left + one.change
    assert left.number * sign <= 0
    return left.named("其他各项合计的增减额")


def best(found: Sequence[Explanation]) -> Explanation | None:
    """Of several ways to explain a change: most facts, then the first that covers it, then coverage."""

    def worth(item: tuple[int, Explanation]) -> tuple[object, ...]:
        place, e = item
        return (-e.causes, not e.reached, ZERO if e.reached else -e.share, place)

    return min(enumerate(found), key=worth)[1] if found else None
