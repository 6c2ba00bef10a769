"""Drafts of reasons: from the parts of the change and the facts that were entered, in the pack's phrases.

Nothing is claimed that no figure and no fact supports; every number in a draft knows its figure.
Equal inputs give equal text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Protocol

from generator.model import CellRef, Figure, LastYear, Spans, plain, printed_value, unite
from generator.packs import Case, CompiledPack, Context, DriverSpec, Part, Word, decide, joined
from generator.reasons.facts import causes
from generator.reasons.questions import Slot, slots
from generator.reasons.ranking import Cause, Explanation, Group, best, explain, in_families

NOTHING = LastYear(nothing=True)
LONE = 3  # at most so many facts without an amount


class Status(StrEnum):
    """How a draft stands.  ``pending`` blocks publication."""

    NONE = "none"  # nothing can be said from figures and facts
    OFFERED = "offered"  # nothing was written yet, nor is the draft in the workbook
    PENDING = "pending"  # it stands in the workbook and nobody has taken it
    ACCEPTED = "accepted"
    STALE = "stale"  # it was accepted, and the figures have changed since
    WRITTEN = "written"  # a person wrote the reason


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a draft says, with the figures it rests on."""

    text: str
    name: str
    direction: str  # increase, decrease, or the empty text
    current: Figure | None = None
    base: Figure | None = None
    cells: tuple[CellRef, ...] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggested reason.  ``slot`` is ``reason:income``, ``item:2010301``, ``use:2010301``, or
    ``class:201`` and ``subject:2010301`` for what changed against last year without a place in the text."""

    slot: str
    reason: str
    title: str
    spans: Spans
    claims: tuple[Claim, ...]
    case: Case
    current: Figure
    base: Figure
    status: Status
    written: str = ""
    stored: str = ""
    cell: CellRef | None = None
    asked: bool = True
    missing: str = ""
    explanation: Explanation | None = None

    @property
    def text(self) -> str:
        return plain(self.spans)


class HasContext(Protocol):
    """What was examined: a pack and the names of a submission."""

    @property
    def compiled(self) -> CompiledPack | None: ...

    @property
    def context(self) -> Context | None: ...


def drafts_for(examined: HasContext) -> list[Draft]:
    """The drafts of a department for every place that asks for a reason."""
    if examined.compiled is None or examined.context is None:
        return []
    return drafts(examined.compiled, examined.context)


def drafts(compiled: CompiledPack, context: Context) -> list[Draft]:
    """The drafts of a submission, in the order of its workbook."""
    if not compiled.phrases.keys() >= {"draft.part_prior", "draft.whole"}:
        return []  # a pack without the phrases has no drafts
    maker = _Maker(compiled, context)
    return [maker.draft(slot) for slot in slots(compiled, context)]


def parts_of(compiled: CompiledPack, context: Context, slot: Slot) -> list[Part]:
    """All parts that are known for a place, over all ways to divide its change."""
    maker = _Maker(compiled, context)
    every = compiled.pack.in_force(compiled.pack.drivers, context.year)
    return [p for d in every if slot.tag in d.reasons and not d.composition for p in maker.parts(d, slot)]


class _Maker:
    """Makes the drafts of one submission."""

    def __init__(self, compiled: CompiledPack, context: Context) -> None:
        self.compiled, self.context = compiled, context
        self.causes = causes(compiled, context)
        self.money = compiled.pack.formats["money"]
        self.settings = compiled.pack.meta.draft

    def shows(self, amount: Decimal) -> bool:
        return printed_value(amount, self.money) != 0

    def phrase(self, name: str, current: Figure, base: Figure, /, **extra: object) -> Word:
        return self.compiled.say(name, current, base, self.context, **extra)

    def draft(self, slot: Slot) -> Draft:
        case = decide(slot.current, slot.base, self.money)
        text, claims, found = self._words(slot, case)
        missing = "" if text else self._missing(slot)
        asked = slot.asked and (slot.asks_equal or case not in (Case.EQUAL, Case.BOTH_ZERO))
        place = slot.text.cells[0] if slot.text.cells else None
        return Draft(
            slot.id, slot.tag, slot.title, text.spans, tuple(claims), case, slot.current, slot.base,
            self._status(slot, text), "" if slot.text.pieces else slot.text.value, slot.text.draft, place, asked, missing, found,
        )  # fmt: skip

    def _status(self, slot: Slot, text: Word) -> Status:
        own = slot.text.value.strip()
        if own and not slot.text.pieces and not (slot.text.accepted and own == slot.text.draft.strip()):
            return Status.WRITTEN
        if slot.text.draft.strip():
            if not slot.text.accepted:
                return Status.PENDING
            return Status.ACCEPTED if slot.text.draft.strip() == text.plain else Status.STALE
        return Status.OFFERED if text else Status.NONE

    def _missing(self, slot: Slot) -> str:
        if slot.current.missing or slot.base.missing:
            return f"“{slot.current.missing or slot.base.missing}”还没有填写。"
        if slot.kind == "use":
            return "表里看不出主要用途，请填写。"
        if slot.kind == "composed":
            return "表里没有构成的数，请填写。"
        return "没有可以比较的分项数，也没有有关的事实；请带入上年的数，或在“变动事实”填写人员、项目、标准、预算调整等事实。"

    # -------------------------------------------------------------- what is said

    def _words(self, slot: Slot, case: Case) -> tuple[Word, list[Claim], Explanation | None]:
        if slot.current.missing or slot.base.missing:
            return Word(), [], None
        if slot.kind in ("composed", "use"):
            return self._composed(slot)
        part = f"draft.part_{slot.kind}"
        if case in (Case.EQUAL, Case.BOTH_ZERO):
            text = self.phrase(part, slot.current, slot.base, name=slot.name)
            return text, [Claim(text.plain, slot.name.plain, "", slot.current, slot.base)], None
        found = self._explanation(slot)
        points, claims = [], []
        told = {g.cause.id for g in (*found.named, *found.offsets) if g.cause} if found else set()
        lone = self._lone(slot, told)
        for group in found.named if found else ():
            points.append(self._group(part, group))
            claims.append(self._claim(points[-1], group))
        alone = [cause.text for cause in lone]
        points = [*alone, *points] if found and not found.causes else [*points, *alone]
        claims += [Claim(c.text.plain, "", self._way(slot), slot.current, slot.base, c.cells, c.id) for c in lone]
        if not points and case in (Case.FROM_ZERO, Case.NO_BASE, Case.TO_ZERO) and "total" not in slot.scope:
            points.append(self.phrase(part, slot.current, slot.base, name=slot.name))
            claims.append(Claim(points[0].plain, slot.name.plain, self._way(slot), slot.current, slot.base))
        if not points:
            return Word(), [], found
        offsets = []
        for group in found.offsets if found else ():
            offsets.append(self._group(part, group))
            claims.append(self._claim(offsets[-1], group))
        if found and found.rest is not None:
            nothing = Figure(Decimal(0))
            offsets.append(self.phrase("draft.rest", found.rest, nothing))
            claims.append(Claim(offsets[-1].plain, "其他各项", self._other(slot), found.rest, None, found.rest.cells))
        if len(points) > 1:
            numbered = [
                self.phrase("draft.point", slot.current, slot.base, n=n, text=p) for n, p in enumerate(points, 1)
            ]
        else:
            numbered = points
        text = self.phrase(
            "draft.whole", slot.current, slot.base, points=joined(numbered, "；"), offsets=joined(offsets, "，")
        )
        return text, claims, found

    def _group(self, phrase: str, group: Group) -> Word:
        said = self.phrase(phrase, group.current, group.base, name=group.name)
        if group.cause is None:
            return said
        return self.phrase("draft.caused", group.current, group.base, fact=group.cause.text, part=said)

    def _claim(self, said: Word, group: Group) -> Claim:
        moved = (group.current - group.base).number
        way = "increase" if moved > 0 else "decrease"
        cause = group.cause.id if group.cause else ""
        return Claim(said.plain, group.name.plain, way, group.current, group.base, group.cells, cause)

    def _way(self, slot: Slot) -> str:
        return "increase" if (slot.current - slot.base).number > 0 else "decrease"

    def _other(self, slot: Slot) -> str:
        return "decrease" if (slot.current - slot.base).number > 0 else "increase"

    # -------------------------------------------------------------- parts and facts

    def parts(self, driver: DriverSpec, slot: Slot) -> list[Part]:
        """The parts of a driver for a place."""
        rule = self.compiled.drivers.get(driver.id)
        if rule is None or (slot.subject is None) != (
            slot.tag not in ("uses", "classes") and not slot.tag.startswith("items_")
        ):
            return []
        scope = self.context.scope(subject=slot.subject) if slot.subject is not None else dict(self.context.members)
        if slot.kind == "prior" and slot.base.value == 0:
            scope["last"] = NOTHING
        found = rule(scope)
        return [p for p in found if isinstance(p, Part)] if isinstance(found, list) else []

    def _drivers(self, slot: Slot, *, composition: bool) -> list[DriverSpec]:
        every = self.compiled.pack.in_force(self.compiled.pack.drivers, self.context.year)
        return sorted(
            (d for d in every if slot.tag in d.reasons and d.composition is composition), key=lambda d: d.order
        )

    def _explanation(self, slot: Slot) -> Explanation | None:
        change = (slot.current - slot.base).named(f"{slot.name.plain}的增减额")
        usual: list[Explanation] = []
        fallback: list[Explanation] = []
        for driver in self._drivers(slot, composition=False):
            found = explain(
                driver.title, self.parts(driver, slot), change, self.settings, self._causes(slot), self.shows
            )
            if found is not None:
                (fallback if driver.fallback else usual).append(found)
        return best(usual) or (best(fallback) if not self._lone(slot, set()) else None)

    def _causes(self, slot: Slot) -> list[Cause]:
        """The facts that can explain this kind of comparison."""
        return [c for c in self.causes if c.against in (slot.kind, "both")]

    def _lone(self, slot: Slot, told: set[str]) -> list[Cause]:
        """Facts that concern the place and moved its way, and that no known part contradicts or tells."""
        way = self._way(slot)
        out: list[Cause] = []
        change = (slot.current - slot.base).number
        for cause in in_families(self._causes(slot)):
            fits = cause.direction in (way, "either")
            if (
                not fits
                or not cause.bears(change, self.settings)
                or cause.id in told
                or not _overlap(cause.keys, slot.scope)
                or cause.text.plain in [c.text.plain for c in out]
            ):
                continue
            known = [
                p
                for d in self._drivers(slot, composition=False)
                for p in self.parts(d, slot)
                if cause.concerns(p.key, p.name.plain)
            ]
            if not known or any(cause.explains(p) for p in known):
                out.append(cause)
        return out[:LONE]

    def _composed(self, slot: Slot) -> tuple[Word, list[Claim], Explanation | None]:
        """What an amount consists of, or what it is used for."""
        if not self.shows(slot.current.number):
            return Word(), [], None
        for driver in self._drivers(slot, composition=True):
            found = sorted(
                (p for p in self.parts(driver, slot) if self.shows(p.current.number)),
                key=lambda p: -abs(p.current.number),
            )
            if not found:
                continue
            if slot.kind == "use":
                names = [p.name for p in self.parts(driver, slot)]
                text = self.phrase("draft.use", slot.current, slot.base, name=joined(names))
            else:
                text = joined(self.phrase("draft.composed", p.current, p.base, name=p.name) for p in found)
            cells = unite(*(p.current.cells for p in found))
            return text, [Claim(text.plain, p.name.plain, "", p.current, None, cells) for p in found], None
        return Word(), [], None


def _overlap(keys: Sequence[str], scope: Sequence[str]) -> bool:
    """Whether what a fact concerns and what an amount consists of have something in common."""
    return any(fnmatchcase(s, k) or fnmatchcase(k, s) for k in keys for s in scope)


def by_slot(found: Sequence[Draft]) -> Mapping[str, Draft]:
    """Drafts by their place."""
    return {d.slot: d for d in found}


def as_json(draft: Draft) -> dict[str, object]:
    """A draft for other programs: text, claims with figures and cells, status."""
    return {
        "slot": draft.slot,
        "reason": draft.reason,
        "title": draft.title,
        "status": draft.status.value,
        "case": draft.case.value,
        "text": draft.text,
        "written": draft.written,
        "cell": str(draft.cell) if draft.cell else "",
        "missing": draft.missing,
        "claims": [
            {
                "text": c.text,
                "name": c.name,
                "direction": c.direction,
                "current": _exact(c.current),
                "base": _exact(c.base),
                "cells": [str(x) for x in (c.cells or unite(*(f.cells for f in (c.current, c.base) if f)))],
                "fact": c.cause,
            }
            for c in draft.claims
        ],
    }


def _exact(figure: Figure | None) -> str | None:
    return None if figure is None or figure.value is None else f"{figure.value:f}"
