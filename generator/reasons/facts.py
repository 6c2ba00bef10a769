"""The facts of a workbook as causes: what an officer entered as a fact, in the pack's words.

Which kinds of fact there are, what they concern and how they are said is the pack's.  A fact that
was not entered is no cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import sources
from generator.packs import CompiledPack, Context, LanguageError, Word
from generator.reasons.ranking import Cause


def causes(compiled: CompiledPack, context: Context) -> list[Cause]:
    """All facts that were entered, in the pack's order."""
    kinds = sorted(compiled.pack.in_force(compiled.pack.fact_kinds, context.year), key=lambda f: f.order)
    return [c for kind in kinds if f"fact:{kind.id}" in compiled.sentences for c in _of(compiled, context, kind.id)]


def _of(compiled: CompiledPack, context: Context, kind: str) -> Iterator[Cause]:
    spec = compiled.pack.fact_kinds[kind]
    rows = compiled.expressions[f"fact:{kind}:for_each"](context.members) if spec.for_each else [None]
    for number, row in enumerate(rows, 1):
        scope = context.scope(fact=row) if row is not None else context.scope()
        if not compiled.test(f"fact:{kind}:when", scope):
            continue
        cause = said(compiled, kind, scope, number if row is not None else 0)
        if cause is not None:
            yield cause


def said(compiled: CompiledPack, kind: str, scope: Mapping[str, object], number: int = 0) -> Cause | None:
    """One fact in the pack's words; nothing where it is not complete."""
    spec = compiled.pack.fact_kinds[kind]
    text = compiled.sentences[f"fact:{kind}"].word(scope)
    if not text or text.open:
        return None
    about = compiled.expressions.get(f"fact:{kind}:about")
    keys = [*spec.concerns, *(about(scope) if about else ())]
    way, against = (_word(compiled, kind, name, scope) for name in ("direction", "against"))
    return Cause(
        f"{kind}[{number}]" if number else kind, text, way, tuple(keys), sources(text.spans), spec.order, against
    )


def _word(compiled: CompiledPack, kind: str, name: str, scope: Mapping[str, object]) -> str:
    value = compiled.expressions[f"fact:{kind}:{name}"](scope)
    if not isinstance(value, str | Word):
        raise LanguageError(f"fact {kind}：{name} 应当是一个词")
    return value.plain if isinstance(value, Word) else value
