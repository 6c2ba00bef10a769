"""A pack whose every text and expression is compiled: what each entry of it says and asks, by name.

Plain records of :class:`Sentence` and :class:`Expression`.  Both know the words they were made from,
so that a compiled pack can be built again from its sources anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.model import Figure
from generator.packs._saying import Sayer
from generator.packs.language import Expression, Language, Sentence, Word, without_stop
from generator.packs.names import Context
from generator.packs.pack import Pack
from generator.packs.phrases import Case
from generator.packs.tables import View

Rule = Expression | None  # None where the pack wrote nothing


def met(rule: Rule, scope: Mapping[str, object]) -> bool:
    """A condition; true where none was written."""
    return bool(rule(scope)) if rule else True


@dataclass(frozen=True, slots=True)
class CompiledBlock:
    """A block of the outline.  ``text`` is missing where a table or form stands there."""

    toc: Sentence
    text: Sentence | None = None
    when: Rule = None
    for_each: Rule = None
    let: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledReason:
    """What a reason explains, and whether it is asked for."""

    current: Rule = None
    base: Rule = None
    when: Rule = None
    names: Rule = None


@dataclass(frozen=True, slots=True)
class CompiledField:
    """When a field must be filled in, and where next year's value comes from."""

    when: Rule = None
    last: Rule = None
    near: Rule = None


@dataclass(frozen=True, slots=True)
class CompiledList:
    """The rows that next year's list begins with, and what their columns (by id) take over."""

    last: Rule = None
    columns: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A formula check."""

    left: Expression
    right: Rule = None
    when: Rule = None
    unless: Rule = None
    for_each: Rule = None


@dataclass(frozen=True, slots=True)
class CompiledFact:
    """A kind of fact: how it is said, when it is there and what it can explain."""

    text: Sentence
    direction: Expression
    against: Expression
    for_each: Rule = None
    when: Rule = None
    about: Rule = None
    size: Rule = None
    carries: Rule = None


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """The words of a statutory table as it is published.

    ``header`` and ``lines`` where they hold slots; ``shown``: which fixed rows are published, by their slots.
    """

    title: Sentence
    left: Sentence
    middle: Sentence
    right: Sentence
    empty_note: Sentence
    toc: Sentence
    notes: tuple[Sentence, ...] = ()
    header: Sentence | None = None
    lines: Sentence | None = None
    split_codes: Rule = None
    shown: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """A 部分: its heading, and what the contents say."""

    title: Sentence
    toc: Sentence
    when: Rule


@dataclass(frozen=True, slots=True)
class CompiledTerm:
    """A fixed entry of 名词解释."""

    term: Sentence
    text: Sentence
    when: Rule = None


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """An appendix form, or a table inside the text."""

    title: Sentence
    header: Sentence
    body: Sentence
    subtitle: Sentence
    left: Sentence
    right: Sentence
    toc: Sentence
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class CompiledPack:
    """A pack with its compiled language, each entry under its id.

    Inherited reasons' lists of names, drivers, facts and sources of next year's values that name what the
    pack has removed are left out (a fact and a driver altogether).  An abstract pack has no title and cover.
    """

    pack: Pack
    language: Language
    phrases: Mapping[str, Mapping[Case, Sentence]]
    sayer: Sayer  # of the same phrases
    title: Sentence | None
    cover: tuple[Sentence, ...]
    names: tuple[tuple[str, Expression], ...]
    running_head: Sentence | None
    parts: Mapping[str, CompiledPart]
    blocks: Mapping[str, CompiledBlock]
    tables: Mapping[str, CompiledTable]
    forms: Mapping[str, CompiledForm]
    reasons: Mapping[str, CompiledReason]
    fields: Mapping[str, CompiledField]
    lists: Mapping[str, CompiledList]
    drivers: Mapping[str, Expression]
    facts: Mapping[str, CompiledFact]
    checks: Mapping[str, CompiledCheck]
    terms: Mapping[str, CompiledTerm]

    def say(self, name: str, current: Figure, base: Figure, context: Context | None = None, /, **extra: object) -> Word:
        """A phrase of the pack about two amounts, under the number style and the choices of a submission."""
        formats = self.pack.formats if context is None else context.formats
        return self.sayer.say(name, current, base, formats, extra, context.members if context else None)

    def context(self, submission: Any) -> Context:
        """The names of a submission under this pack."""
        context = Context(self.pack, submission)

        def asked(reason: str) -> bool:
            made = self.reasons[reason]
            base = made.base(context.members) if made.base and context.no_prior else None
            return met(made.when, context.members) and not (isinstance(base, Figure) and base.absent)

        context.members["reasons"].ask_with(asked)  # type: ignore[attr-defined]
        for name, expression in self.names:
            context.members[name] = expression(context.members)
        context.members["terms"] = self._terms(context)
        return context

    def _terms(self, context: Context) -> list[View]:
        """The fixed entries of 名词解释 that hold, in order."""
        specs = sorted(self.pack.in_force(self.pack.terms, context.year), key=lambda t: t.order)
        out = []
        for spec in specs:
            made, scope = self.terms[spec.id], context.members
            if met(made.when, scope):
                text = Word(made.text.spans(scope))
                out.append(View({"key": spec.id, "term": made.term.word(scope), "text": without_stop(text)}))
        return out
