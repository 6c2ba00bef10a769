"""A pack whose every text and expression is compiled and whose names are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.packs.language import (
    Expression,
    Language,
    Sentence,
)
from generator.packs.names import Context
from generator.packs.pack import Pack
from generator.packs.phrases import Case


@dataclass(frozen=True)
class CompiledPack:
    """A pack with its compiled language."""

    pack: Pack
    language: Language
    sentences: Mapping[str, Sentence]
    expressions: Mapping[str, Expression]
    phrases: Mapping[str, Mapping[Case, Sentence]] = field(default_factory=dict)

    def context(self, submission: Any) -> Context:
        """The names of a submission under this pack."""
        context = Context(self.pack, submission)
        reasons = context.members["reasons"]

        def asked(reason: str) -> bool:
            rule = self.expressions.get(f"reason:{reason}:when")
            return bool(rule(context.members)) if rule else True

        reasons.ask_with(asked)  # type: ignore[attr-defined]
        return context

    def test(self, key: str, scope: Mapping[str, object]) -> bool:
        """A condition; true where none was written."""
        rule = self.expressions.get(key)
        return bool(rule(scope)) if rule else True
