"""The facts of a workbook as causes: what an officer entered as a fact, in the pack's words.

Which kinds of fact there are, what they concern and how they are said is the pack's.  A fact that
was not entered is no cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Figure, sources
from generator.packs import CompiledPack, Context, Expression, LanguageError, Word, met
from generator.reasons.ranking import Cause


def causes(compiled: CompiledPack, context: Context) -> list[Cause]:
    """All facts that were entered, in the pack's order."""
    kinds = sorted(compiled.pack.in_force(compiled.pack.fact_kinds, context.year), key=lambda f: f.order)
    return [c for kind in kinds if kind.id in compiled.facts for c in _of(compiled, context, kind.id)]


def _of(compiled: CompiledPack, context: Context, kind: str) -> Iterator[Cause]:
    made = compiled.facts[kind]
    rows = made.for_each(context.members) if made.for_each else [None]
    for number, row in enumerate(rows, 1):
        scope = context.scope(fact=row) if row is not None else context.scope()
        if not met(made.when, scope):
            continue
        cause = said(compiled, kind, scope, number if row is not None else 0)
        if cause is not None:
            yield cause


def said(compiled: CompiledPack, kind: str, scope: Mapping[str, object], number: int = 0) -> Cause | None:
    """One fact in the pack's words; nothing where it is not complete."""
    spec, made = compiled.pack.fact_kinds[kind], compiled.facts[kind]
    text = made.text.word(scope)
    if not text or text.open:
        return None
    keys = [*spec.concerns, *(made.about(scope) if made.about else ())]
    way, against = (_word(kind, rule, scope) for rule in (made.direction, made.against))
    size, carries = (
        f.value if rule and isinstance(f := rule(scope), Figure) else None for rule in (made.size, made.carries)
    )
    return Cause(
        f"{kind}[{number}]" if number else kind, text, way, tuple(keys), sources(text.spans), spec.order, against,
        spec.family, size, carries,
    )  # fmt: skip


def _word(kind: str, rule: Expression, scope: Mapping[str, object]) -> str:
    value = rule(scope)
    if not isinstance(value, str | Word):
        raise LanguageError(f"fact {kind}：“{rule.source}”应当是一个词")
    return value.plain if isinstance(value, Word) else value
