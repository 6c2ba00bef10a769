"""A sentence in pieces: words that stay, and places where something of the department or its figures stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.published import Paragraph, Quantity, flat, quantities_in, subject_names

Kind = Literal["words", "department", "year", "ordinal", "subject", "class", "free", "list", "number", "change", "side"]
NUMBER = r"[-−]?(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
UP = "增加|增长|上升|提高|上涨|上浮"
DOWN = "减少|下降|降低|下浮"
LEVEL = "持平|一致|相同|相等|无变化|无增减变化|保持不变|没有变化"
LEAD = (
    r"(?:与|比|较|同)(?:上年|去年|上一年|20\d\d年)度?"
    r"(?:(?:年初|当年)?预算执行数|(?:年初)?预算数?|(?:支出)?决算数?|执行数)?(?:相比|比较)?[，,]?"
)
CHANGE = re.compile(
    rf"(?P<lead>{LEAD})(?P<what>[^，。；：、\d]{{0,24}}?)(?:"
    rf"(?P<way>{UP}|{DOWN})(?P<le>了?)(?:(?P<amount>{NUMBER})(?P<unit>亿元|万元|元))?"
    rf"(?:(?P<comma>[，,]?)(?P<way2>{UP}|{DOWN})?(?P<rate>{NUMBER})[%％])?"
    rf"|(?P<level>{LEVEL})(?P<nil>0(?:\.0{{1,4}})?万元)?)"
)
SIDE = re.compile(
    r"决算数(?:(?P<way>大于|小于|等于|高于|低于|持平于?)(?:年初|全年|调整)?预算数?"
    r"|(?:与|和)(?:年初|全年|调整)?预算数?(?:持平|一致|相同|相等|基本持平))"
)
ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]、?|\d{1,3}[.．、](?!\d)|[①-⑳])"
)
CUES = re.compile(
    r"(?:的?主要原因(?:是|为)?|的?原因(?:主要)?(?:是|为)|主要(?:用于|是由于|是|为|包括)|(?<=，)包括(?=：)|(?<=，)用于|由于)"
)
GOES_ON = re.compile(
    rf"[，,](?=(?:完成|无年初预算|年初无预算|决算数|其中|占|包括|20\d\d年|年初|全年|本年|当年|当年购置|(?:与|比|较|同)(?:上年|去年|20\d\d年))|[^，。；]{{0,16}}{NUMBER}(?:万元|元|[%％]))"
)
FIGURES = re.compile(rf"[，,](?=(?:其中)?[^，。；]{{0,16}}{NUMBER}(?:万元|元|[%％]))")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=年)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece.  ``said``: as it is printed; ``form``: what is the same wherever the piece stands for the same thing
    (for words the words, for a year its distance from the document's)."""

    kind: Kind
    said: str
    start: int  # in the paragraph
    form: str = ""
    quantity: Quantity | None = None
    names: tuple[str, ...] = ()
    found: re.Match[str] | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.said)


@dataclass(frozen=True, slots=True)
class Names:
    """What is replaced in a document's sentences: how the office calls itself, its year, the classes of its tables."""

    department: str
    year: int
    classes: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]  # a list of accounts as it would be printed, with what may make it


@dataclass(frozen=True)
class Sentence:
    """A sentence in its paragraph."""

    paragraph: Paragraph
    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return self.paragraph.text[self.start : self.end]

    @property
    def skeleton(self) -> str:
        """What two sentences of one template share; not how they end."""
        shown = (
            p.form if p.kind == "words" else f"⟦{SAME.get(p.kind, p.kind)}{p.form if p.kind in SHOWN else ''}⟧"
            for p in self.pieces
        )
        return "".join(shown).rstrip("。；")

    @property
    def loose(self) -> str:
        """The skeleton without clauses of words alone, which a person may have typed."""
        return CLAUSE.sub("", self.skeleton)

    @property
    def uncompared(self) -> str:
        """The loose skeleton of a sentence that compares with nothing, where others of its form do."""
        return re.sub(r"[，,]⟦change[^⟧]*⟧", "", self.loose)


NO_YEAR_BEFORE = re.compile(r"[，,](?:无上年|没有上年|上年无|无可比)")
CLAUSE = re.compile(
    r"[，,](?![^，。；：⟦⟧]*(?:占|完成|增|减|持平|大于|小于|其中|预算数|决算数|无年初))[^，。；：（）⟦⟧]{2,40}(?=[，。；]|$)"
)
SHOWN = ("year", "number", "subject", "change", "side")
SAME = {"list": "free"}


def sentences_of(paragraph: Paragraph, names: Names) -> list[Sentence]:
    """Every sentence of a paragraph; one ends at 。 or ；."""
    out, start = [], 0
    for found in re.finditer(r"[。；]|$", paragraph.text):
        end = found.end()
        if end > start:
            out.append(Sentence(paragraph, start, end, tuple(_pieces(paragraph.text, start, end, names))))
        start = end
    return out


def _pieces(text: str, start: int, end: int, names: Names) -> Iterator[Piece]:
    marks: list[Piece] = []

    def add(piece: Piece) -> None:
        if piece.said and not any(p.start < piece.end and piece.start < p.end for p in marks):
            marks.append(piece)

    said = text[start:end]
    for found in CHANGE.finditer(said):
        if found["level"] or found["amount"] or found["rate"]:
            lead = YEAR.sub(lambda y: f"{int(y[0]) - names.year:+d}", found["lead"])
            form = "比" + re.sub(r"(?:相比|比较)?[，,]?$", "", lead[1:]) + found["what"]
            add(Piece("change", found[0], start + found.start(), form, names=(lead + found["what"],), found=found))
    for found in SIDE.finditer(said):
        budget = re.search(r"(年初|全年|调整)?预算", found[0])
        add(Piece("side", found[0], start + found.start(), budget[0] if budget else "", found=found))
    if ordinal := ORDINAL.match(said):
        add(Piece("ordinal", ordinal[0], start))
    for subject in subject_names(text):
        if start <= subject.start and subject.end <= end:
            for piece in _named(text[subject.start : subject.end], subject.start, subject.names):
                add(piece)
    for piece in _free(text, start, end, names, marks):
        add(piece)
    if names.department:
        for found in re.finditer(re.escape(names.department), said):
            add(Piece("department", found[0], start + found.start()))
    for found in YEAR.finditer(said):
        distance = int(found[0]) - names.year
        if -3 <= distance <= 1:
            add(Piece("year", found[0], start + found.start(), f"{distance:+d}"))
    for quantity in quantities_in(text):
        if (
            start <= quantity.start
            and quantity.end <= end
            and quantity.kind not in ("year", "date")
            and not quantity.limit
        ):
            form = f"{quantity.kind}:{quantity.unit}"
            add(Piece("number", text[quantity.start : quantity.end], quantity.start, form, quantity))
    first = ORDINAL.match(said)
    at = start + (first.end() if first else 0)
    for name in sorted(names.classes, key=len, reverse=True):
        if text.startswith(name, at) and re.match(rf"(?:（类）)?{NUMBER}", text[at + len(name) :]):
            add(Piece("class", name, at, names=(name,)))
            break
    yield from _filled(text, start, end, sorted(marks, key=lambda p: p.start))


def _named(shown: str, at: int, names: Sequence[str]) -> Iterator[Piece]:
    """The subject from its first name to the last mark of its level; ``form`` has △ for each name."""
    form, place, first = "", 0, -1
    half = shown.replace("（", "(").replace("）", ")")
    for name in names:
        found = half.find(name, place)
        if found < 0:
            return
        first = found if first < 0 else first
        form += (shown[place:found] if found > first else "") + "△"
        place = found + len(name)
    yield Piece("subject", shown[first:], at + first, form + shown[place:], names=tuple(names))


def _free(text: str, start: int, end: int, names: Names, marks: Sequence[Piece]) -> Iterator[Piece]:
    """Words that only a person knows: what follows a cue, up to where the sentence goes on with figures."""
    at = start
    while (cue := CUES.search(text, at, end)) is not None:
        begin = cue.end()
        stop = end - 1 if text[end - 1 : end] in "。；" else end
        if any(m.start < cue.end() and cue.start() < m.end for m in marks):
            at = cue.end()
            continue
        goes = (FIGURES if "原因" in cue[0] else GOES_ON).search(text, begin, stop)
        upto = goes.start() if goes else stop
        for mark in marks:
            if mark.kind in ("change", "side") and begin <= mark.start < upto:
                upto = mark.start - (text[mark.start - 1] in "，,")
        shown = text[begin:upto]
        if len(shown) >= 2 and not _counted(shown):
            ways = names.lists.get(flat(shown).rstrip("等"), ())
            before = text[max(0, begin - 40) : begin]
            made = next((w for w in ways if w.removesuffix("（和）") in before), ways[0] if ways else "")
            tail = "等" if made and shown.endswith("等") else ""
            if made:
                yield Piece("list", shown[: len(shown) - len(tail)], begin, made)
            else:
                yield Piece("free", shown, begin)
        at = max(upto, begin + 1)


def _counted(text: str) -> bool:
    """Words with amounts or rates in them are not only words."""
    return any(q.kind in ("amount", "rate", "points") for q in quantities_in(text))


def _filled(text: str, start: int, end: int, marks: Sequence[Piece]) -> Iterator[Piece]:
    at = start
    for mark in marks:
        if mark.start > at:
            yield Piece("words", text[at : mark.start], at, text[at : mark.start])
        yield mark
        at = mark.end
    if at < end:
        yield Piece("words", text[at:end], at, text[at:end])
