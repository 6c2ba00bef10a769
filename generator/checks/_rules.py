"""Checks that are not formulas: rules over words, dates, forms and the Document.

A rule has an id, under which its words stand in the catalogue, and yields what it found.  Rules are
plain functions in a written list (``rule_list``); they know no region.  They see only the
``Examination`` that is handed to them, and what several of them need stands there.  What is missing is
reported at the cell where it should stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generator.checks.formulas import Status
from generator.checks.printed.all import remarks
from generator.checks.printed.blocks import Remark, grids_of, said_by
from generator.model import ENTRIES, CellRef, Document, Entry, Figure, Finding, SubjectRow, Submission, Text
from generator.packs import CompiledPack, Context, ReasonSpec, met
from generator.reasons import Slot, Statement, check_slots, slots


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a rule does not hold, with the words for its message (see ``Entry.finding``)."""

    cells: tuple[CellRef, ...]
    words: Mapping[str, object]
    case: str = ""


def problem(cells: Iterable[CellRef] = (), case: str = "", /, **words: object) -> Problem:
    """What a rule yields: where, in which of the ways of its entry, and the words of the message."""
    return Problem(tuple(cells), words, case)


class NotApplicable(Exception):  # noqa: N818 - a result, not an error
    """The rule says nothing about this submission."""


class CannotTell(Exception):  # noqa: N818 - a result, not an error
    """What the rule needs is missing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A reason that a person wrote for a comparison of two known amounts; ``listed``: it stands in a list."""

    title: str
    text: Text
    current: Figure
    base: Figure
    listed: bool

    @property
    def change(self) -> Figure:
        return self.current - self.base


@dataclass
class Examination:
    """What rules look at, and what they share, made when the first of them asks for it."""

    compiled: CompiledPack
    context: Context
    document: Document
    places: Mapping[str, CellRef] = field(default_factory=dict)
    broken: frozenset[CellRef] = frozenset()  # cells of formulas that do not hold

    @property
    def submission(self) -> Submission:
        return self.context.submission

    def place(self, key: str) -> tuple[CellRef, ...]:
        """The cell in which something should stand, by its id in the workbook."""
        found = self.places.get(key)
        return (found,) if found else ()

    @cached_property
    def texts(self) -> tuple[tuple[str, Text], ...]:
        """Everything a person typed, with what it is called."""
        return tuple(self._texts())

    def _texts(self) -> Iterator[tuple[str, Text]]:
        pack = self.compiled.pack
        for name, text in self.submission.reasons.items():
            if text and name in pack.reasons:
                yield pack.reasons[name].title, text
        for group, record in self.submission.groups.items():
            for name, value in record.items():
                spec = pack.fields.get(f"{group}.{name}")
                if isinstance(value, Text) and value and spec and spec.type in ("text", "long", "clause"):
                    yield spec.label, value
        for list_id, records in self.submission.lists.items():
            columns = {c.id: c for c in pack.lists[list_id].columns} if list_id in pack.lists else {}
            for record in records:
                for name, value in record.items():
                    column = columns.get(name)
                    if isinstance(value, Text) and value and column and column.type in ("text", "long", "clause"):
                        yield column.label, value

    @cached_property
    def asked(self) -> tuple[tuple[ReasonSpec, bool, Text], ...]:
        """Each reason of the pack: whether it is asked for, and what was written."""
        made, members = self.compiled.reasons, self.context.members
        return tuple(
            (spec, spec.required and met(made[spec.id].when, members), self.submission.reasons.get(spec.id, Text()))
            for spec in self.compiled.pack.in_force(self.compiled.pack.reasons, self.context.year)
        )

    @cached_property
    def compared(self) -> tuple[tuple[ReasonSpec, Text, Figure, Figure], ...]:
        """Reasons that explain a comparison, with the two figures (both known)."""
        return tuple(self._compared())

    def _compared(self) -> Iterator[tuple[ReasonSpec, Text, Figure, Figure]]:
        for spec, _, text in self.asked:
            made = self.compiled.reasons[spec.id]
            if made.base is None or made.current is None:
                continue
            current, base = made.current(self.context.members), made.base(self.context.members)
            if isinstance(current, Figure) and isinstance(base, Figure) and not current.missing and not base.missing:
                yield spec, text, current, base

    @cached_property
    def explained(self) -> tuple[Compared, ...]:
        """Every reason that was written for a comparison: of the pack, and by subject in the lists."""
        places = [s for s in slots(self.compiled, self.context) if s.kind in ("prior", "budget")]
        return tuple(
            Compared(s.title, s.text, s.current, s.base, s.subject is not None)
            for s in places
            if s.text.value.strip() and not s.current.missing and not s.base.missing
        )

    @cached_property
    def open_labels(self) -> tuple[str, ...]:
        """What the open places of the Document wait for, each once."""
        spans = (s for b in self.document.blocks() for s in getattr(b, "spans", ()) if s.kind == "open")
        return tuple(dict.fromkeys(s.text.removeprefix("【待填：").removesuffix("】") for s in spans))

    @cached_property
    def statements(self) -> tuple[tuple[Slot, Statement], ...]:
        """What reasons say that the figures do not bear."""
        return tuple(check_slots(self.compiled, self.context))

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What is wrong in the text as it is printed."""
        return tuple(remarks(tuple(said_by(self.document)), tuple(grids_of(self.document))))

    @cached_property
    def printed(self) -> frozenset[CellRef]:
        """The cells of typed words that the Document prints: what is wrong there is found in the printed text."""
        spans = (s for b in said_by(self.document) for s in b.spans if s.kind == "typed")
        return frozenset(c for s in spans for c in s.cells)

    @cached_property
    def unprinted(self) -> tuple[tuple[str, Text], ...]:
        """What a person typed and the Document does not print."""
        return tuple((label, text) for label, text in self.texts if not set(text.cells) & self.printed)

    @property
    def used_rows(self) -> list[SubjectRow]:
        """The 项 that the text prints one by one."""
        return [view.row for view in self.context.members["used_items"]]  # type: ignore[attr-defined]


RuleFunction = Callable[[Examination], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check that is not a formula; its words stand in the catalogue."""

    entry: Entry
    run: RuleFunction

    @property
    def id(self) -> str:
        return self.entry.id


def rule(rule_id: str) -> Callable[[RuleFunction], Rule]:
    """Make a function a rule; it runs where it stands in ``rule_list``."""

    def made(function: RuleFunction) -> Rule:
        return Rule(ENTRIES[rule_id], function)

    return made


def run_rules(rules: Iterable[Rule], examination: Examination) -> tuple[list[Finding], dict[Status, int]]:
    """Run rules; the findings and how the rules ended."""
    findings: list[Finding] = []
    counts = dict.fromkeys(Status, 0)
    for entry in rules:
        try:
            problems = list(entry.run(examination))
        except NotApplicable:
            counts[Status.NOT_APPLICABLE] += 1
            continue
        except CannotTell:
            counts[Status.CANNOT_TELL] += 1
            continue
        counts[Status.FAILED if problems else Status.PASSED] += 1
        findings += [entry.entry.finding(p.cells, p.case, **p.words) for p in problems]
    return findings, counts
