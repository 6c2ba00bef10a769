"""A block's text with its numbers as references: what an edit keeps, so that numbers stay live.

A number that the data decide is written ⟦1⟧ (for people to read: ⟦1：1,595.76⟧); which figure that
is stands beside the text (:class:`FigureRef`).  A literal ⟦ is doubled.  Numbers that a person
changed by hand are never taken over: :func:`capture` keeps the reference and reports both values.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict

from generator.edits.words import is_number, same_number, words
from generator.model import Document, Figure, Heading, Paragraph, Span, Spans, Table

MARK = re.compile(r"⟦⟦|⟦(\d+)(?:：[^⟦⟧]*+)?⟧")


class FigureRef(BaseModel):
    """Which figure a mark stands for: its block, its cells and how it was made of them.

    ``nth`` tells apart equal figures of one block (from 1).  ``printed`` is what was printed when
    the edit was made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    block: str
    printed: str
    cells: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""
    formula: str = ""
    nth: int = 1

    @property
    def source(self) -> tuple[object, ...]:
        return self.cells, self.unit, self.label, self.formula

    @property
    def shape(self) -> tuple[str, int]:
        """How it is printed: suffix and decimals."""
        return self.printed[-1:] if self.printed[-1:] in "%‰" else "", len(self.printed.rstrip("%‰").partition(".")[2])


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text.  ``key`` is what is compared: the word, or the figure behind a number."""

    text: str
    key: str
    span: Span | None = None
    ref: FigureRef | None = None


def refs_of(block: str, spans: Iterable[Span]) -> list[FigureRef]:
    """The figures that a block prints, in order."""
    seen: dict[tuple[object, ...], int] = {}
    out = []
    for span in spans:
        if span.kind == "figure" and span.figure is not None:
            ref = _ref(block, span.text, span.figure)
            seen[ref.source] = seen.get(ref.source, 0) + 1
            out.append(ref.model_copy(update={"nth": seen[ref.source]}))
    return out


def _ref(block: str, printed: str, figure: Figure) -> FigureRef:
    return FigureRef(
        block=block,
        printed=printed,
        cells=tuple(str(c) for c in figure.cells),
        unit=figure.unit,
        label=figure.label,
        formula=figure.formula,
    )


def key_of(ref: FigureRef) -> str:
    return f"⟦{ref.block}|{'+'.join(ref.cells)}|{ref.unit}|{ref.label}|{ref.formula}|{ref.nth}⟧"


def tokens_of(block: str, spans: Spans) -> list[Token]:
    """The words of a block as it is generated; each figure is one token."""
    refs = iter(refs_of(block, spans))
    out: list[Token] = []
    for span in spans:
        if span.kind == "figure" and span.figure is not None:
            ref = next(refs)
            out.append(Token(span.text, key_of(ref), span, ref))
        else:
            out.extend(Token(w, w, replace(span, text=w)) for w in words(span.text))
    return out


# ------------------------------------------------------------------ marked text


def marked(tokens: Iterable[Token], refs: list[FigureRef]) -> str:
    """Tokens as marked text.  References go into ``refs`` (each once)."""
    known = {key_of(r): k for k, r in enumerate(refs, 1)}
    out = []
    for token in tokens:
        if token.ref is None:
            out.append(token.text.replace("⟦", "⟦⟦"))
            continue
        if token.key not in known:
            refs.append(token.ref)
            known[token.key] = len(refs)
        out.append(f"⟦{known[token.key]}：{token.ref.printed}⟧")
    return "".join(out)


def read_marked(text: str, refs: Sequence[FigureRef]) -> list[Token]:
    """The tokens of marked text.  A mark without its figure stays as plain words."""
    out: list[Token] = []
    at, loose = 0, ""
    for match in MARK.finditer(text):
        loose += text[at : match.start()]
        at = match.end()
        number = int(match[1]) if match[1] else 0
        if match[0] == "⟦⟦":
            loose += "⟦"
        elif 1 <= number <= len(refs):
            out.extend(Token(w, w) for w in words(loose))
            loose = ""
            ref = refs[number - 1]
            out.append(Token(ref.printed, key_of(ref), None, ref))
        else:
            loose += match[0]
    return [*out, *(Token(w, w) for w in words(loose + text[at:]))]


def plain_of(text: str, refs: Sequence[FigureRef]) -> str:
    """Marked text as it was read when it was made."""
    return "".join(t.text for t in read_marked(text, refs))


def digest(text: str) -> str:
    """The hash of a text (of a generated block, with its marks numbered from 1)."""
    return hashlib.sha256(text.encode()).hexdigest()


# ------------------------------------------------------------------ figures of a document


@dataclass(frozen=True)
class FigureIndex:
    """Where to find the figures of a document by reference, though cells or wording moved."""

    by_block: Mapping[str, Sequence[tuple[FigureRef, Span]]]

    def find(self, ref: FigureRef) -> tuple[FigureRef, Span] | None:
        """The same figure in this document: by its cells and making; else, where rows were inserted,
        by its making; else by its cells."""
        here = self.by_block.get(ref.block, ())
        for rule in (
            lambda r: r.source == ref.source and r.nth == ref.nth and r.shape[0] == ref.shape[0],
            lambda r: r.source == ref.source and r.shape[0] == ref.shape[0],
            lambda r: (
                bool(ref.formula or ref.label)
                and (r.unit, r.label, r.formula) == (ref.unit, ref.label, ref.formula)
                and r.nth == ref.nth
                and r.shape[0] == ref.shape[0]
            ),
            lambda r: r.cells == ref.cells and r.unit == ref.unit and r.shape[0] == ref.shape[0],
        ):
            found = [pair for pair in here if rule(pair[0])]
            same = [pair for pair in found if pair[0].nth == ref.nth]
            if len(found) == 1 or same:
                return (same or found)[0]
        return None


def index_of(document: Document) -> FigureIndex:
    """All figures of a document."""
    out: dict[str, list[tuple[FigureRef, Span]]] = {}
    for block in document.blocks():
        every = (
            [s for row in block.body for c in row for s in c.spans] if isinstance(block, Table) else list(block.spans)
        )
        spans = [s for s in every if s.kind == "figure" and s.figure is not None]
        out[block.id] = list(zip(refs_of(block.id, spans), spans, strict=True))
    return FigureIndex(out)


def settled(tokens: Iterable[Token], index: FigureIndex) -> list[Token]:
    """Tokens with their references led over to the figures of another document (where they exist)."""
    out = []
    for token in tokens:
        found = index.find(token.ref) if token.ref is not None else None
        if found is not None:
            token = Token(found[1].text, key_of(found[0]), found[1], found[0])
        out.append(token)
    return out


# ------------------------------------------------------------------ capturing what a person wrote


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A generated number that a person overwrote: it stays, and both values are reported."""

    ref: FigureRef
    generated: str
    typed: str


@dataclass(frozen=True, slots=True)
class Captured:
    """A person's text as tokens: live numbers, numbers changed by hand, numbers without a source."""

    tokens: tuple[Token, ...]
    changed: tuple[NumberChange, ...]
    loose: tuple[str, ...]


def capture(old: Sequence[Token], text: str, others: Sequence[Token] = ()) -> Captured:
    """What a person made of a block.

    ``old``: the block as it was shown, with its figures; ``others``: figures of neighbouring blocks
    whose text may have been joined to it.  A number that is unchanged stays live wherever it went.
    """
    new = [Token(w, w) for w in words(text)]
    flat: list[Token] = [t for t in old if t.text]
    ours = [t.text for t in flat]
    theirs = [_as_printed(t.text, flat, set(ours)) for t in new]
    out = list(new)
    free: list[Token] = []
    open_places: list[int] = []
    gaps: list[tuple[list[Token], list[int]]] = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            for k in range(b - a):
                if flat[a + k].ref is not None:
                    out[c + k] = flat[a + k]
            continue
        lost = [t for t in flat[a:b] if t.ref is not None]
        known = {t.text for t in flat[a:b] if t.ref is None}
        made = [k for k in range(c, d) if is_number(new[k].text) and new[k].text not in known]
        gaps.append((lost, made))
        if len(lost) == len(made) == b - a == d - c:
            continue  # only the number is another: written over, whatever else has that amount
        free += lost
        open_places += made
    taken: set[int] = set()
    for place in open_places:  # the same number elsewhere in the block, or in a neighbour that it has left
        if out[place].ref is not None:
            continue
        places = [p for p in open_places if out[p].ref is None and same_number(new[p].text, new[place].text)]
        own, foreign = (
            [t for t in some if t.ref and id(t) not in taken and same_number(t.text, new[place].text)]
            for some in (free, others)
        )
        for token, at in zip(_certain(own, foreign, len(places)), places, strict=False):
            taken.add(id(token))
            out[at] = token
    changed: list[NumberChange] = []
    for lost, made in gaps:  # a number in the place of another: changed by hand
        for token, place in zip(
            [t for t in lost if id(t) not in taken], [p for p in made if out[p].ref is None], strict=False
        ):
            assert token.ref is not None
            changed.append(NumberChange(token.ref, token.text, new[place].text))
            out[place] = token
            taken.add(id(token))
    given = {t.text for t in flat if t.ref is None}
    loose = tuple(new[p].text for _, made in gaps for p in made if out[p].ref is None and new[p].text not in given)
    return Captured(tuple(out), tuple(changed), loose)


def _certain(own: Sequence[Token], foreign: Sequence[Token], count: int) -> Sequence[Token]:
    """The figures that stand at ``count`` places with one number: those of the block before those of others; none
    where several figures of that amount could be meant.  Equal by chance is not equal."""
    for some in (own, foreign, (*own, *foreign)):
        if some and (len(some) == count or len({(t.ref.block, t.ref.source) for t in some if t.ref}) == 1):
            return some
    return own if 0 < len(own) < count and not foreign else ()


def _as_printed(word: str, old: Sequence[Token], known: set[str]) -> str:
    """A number that a person wrote in another form (1595.76) as it had been printed (1,595.76)."""
    if word in known or not is_number(word):
        return word
    return next((t.text for t in old if t.ref is not None and same_number(t.text, word)), word)


def text_blocks(document: Document) -> dict[str, Heading | Paragraph]:
    """Blocks of words by id."""
    return {b.id: b for b in document.blocks() if not isinstance(b, Table)}
