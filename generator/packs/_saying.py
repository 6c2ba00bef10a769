"""Phrases said: which clause two amounts lead to, in the pack's words and the department's number style."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context as JinjaContext

from generator.model import Figure, Format
from generator.model import rates as formulas
from generator.packs.language import FORMATS, LanguageError, Sentence, Word, formats_of, open_place, word
from generator.packs.pack import Pack
from generator.packs.phrases import Case, decide

Phrases = dict[str, dict[Case, Sentence]]


@dataclass(frozen=True)
class Sayer:
    """The phrases of one pack; the compiler fills them in."""

    pack: Pack
    phrases: Phrases = field(default_factory=dict)
    texts: dict[str, Sentence] = field(default_factory=dict)  # of the blocks, by their ids

    def say(
        self,
        name: str,
        current: Figure,
        base: Figure,
        formats: Mapping[str, Format],
        extra: Mapping[str, object],
        around: MutableMapping[str, object] | None = None,
    ) -> Word:
        """A phrase in the case that the two amounts decide.  ``around``: the names of the text it stands in."""
        if name not in self.phrases:
            raise LanguageError(f"没有叫“{name}”的说法")
        missing = current.missing or base.missing
        if missing:
            return open_place(missing)
        spec = self.pack.phrases[name]
        case = decide(current, base, formats[spec.places])
        if (extra.get("basis") or spec.basis or self.pack.meta.rates) == "printed":
            current, base = (formulas.as_printed(f, formats[spec.places]) for f in (current, base))
        difference = abs(current - base).named(f"{current.label}的增减额")
        names = {
            "current": current,
            "base": base,
            "diff": difference,
            "rate": formulas.growth(current, base),
            "completion": formulas.completion(current, base),
            "deviation": formulas.difference_rate(current, base),
            "rate_of_all": formulas.rate_from_zero(formulas.growth(current, base), difference),
            "deviation_of_all": formulas.rate_from_zero(formulas.difference_rate(current, base), current),
            "absent": word(base.absent, "typed"),
            FORMATS: formats,
        }
        return self.phrases[name][case].word(ChainMap({**names, **extra}, around or {}))

    def functions(self) -> dict[str, Callable[..., Any]]:
        """What texts call: ``phrase``, ``differs`` and ``case``, each by what is printed."""
        usual = self.pack.formats

        @pass_context
        def phrase(context: JinjaContext, name: str, current: Figure, base: Figure, /, **extra: object) -> Word:
            return self.say(name, current, base, formats_of(context, usual), extra, context.parent)

        @pass_context
        def differs(context: JinjaContext, current: Figure, base: Figure, places: str = "money") -> bool:
            missing = current.missing or base.missing
            case = decide(current, base, formats_of(context, usual)[places])
            return bool(missing) or case not in (Case.EQUAL, Case.BOTH_ZERO, Case.NO_PRIOR)

        @pass_context
        def case(context: JinjaContext, current: Figure, base: Figure, places: str = "money") -> str:
            return decide(current, base, formats_of(context, usual)[places]).value

        def rate(of: Callable[[Figure, Figure], Figure]) -> Callable[..., Figure]:
            """A share or rate, from exact or from printed amounts."""

            @pass_context
            def made(context: JinjaContext, part: Figure, whole: Figure, basis: str = "") -> Figure:
                if (basis or self.pack.meta.rates) == "printed":
                    form = formats_of(context, usual)["money"]
                    part, whole = formulas.as_printed(part, form), formulas.as_printed(whole, form)
                return of(part, whole)

            return made

        @pass_context
        def printed(context: JinjaContext, figure: Figure, places: str = "money") -> Figure:
            return formulas.as_printed(figure, formats_of(context, usual)[places])

        @pass_context
        def text(context: JinjaContext, block: str) -> Word:
            """The text of another block, here."""
            if block not in self.texts:
                raise LanguageError(f"没有编号为“{block}”的段落")
            return self.texts[block].word(context.parent)

        return {
            "phrase": phrase,
            "text": text,
            "differs": differs,
            "case": case,
            "printed": printed,
            "share": rate(formulas.share),
            "growth": rate(formulas.growth),
            "completion": rate(formulas.completion),
            "difference_rate": rate(formulas.difference_rate),
        }
