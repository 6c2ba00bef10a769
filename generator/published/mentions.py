"""What each amount of a sentence is said to be: its label, whose it is, of which year, an amount or a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from generator.published.names import NUMBERING, bare, flat
from generator.published.outline import Paragraph
from generator.published.quantities import Quantity, quantities

Aspect = Literal["own", "budget", "prior", "change", "other"]
UP = "增加|增长|上升|提高|上涨|增多|多支出|增支"
DOWN = "减少|下降|降低|压减|缩减|减支|节约|压缩"
CHANGE = re.compile(rf"(?:{UP}|{DOWN})(?:了|约)?(?:\(减少\)|\(增加\)|\(下降\)|\(增长\))?$")
BOUNDS = re.compile(r"[，。；：！？;,:!?]|(?<!收)、")
VERBS = re.compile(r"(?:分别)?(?:总计|共计|合计)?(?:均为|各为|约为|达到|达|共|为|是|约)$")
SUFFIX = re.compile(
    r"(?P<prior>(?:上年|去年|上年度)(?:度)?(?:支出)?(?:决算数?|预算数?|执行数|数))"
    r"|(?P<own>(?:全年|当年)?(?:支出|预算)?(?:决算数?|执行数|实际支出))"
    r"|(?P<budget>(?:年初|全年|当年|调整后|调整)?预算数?(?:安排)?)"
)
LEAD_OF_CHANGE = re.compile(
    r"(?P<what>[^,。;]{2,40}?)(?:与|比|较)(?:上年|上一年|去年|(?:19|20)\d{2}年)(?:度|决算|预算)*(?:相比|比较)?[,]$"
)
YEARS = re.compile(r"(?:19|20)\d{2}年(?:度)?")
LEADS = re.compile(r"^(?:其中|主要|包括|具体|本年度?|当年|全年|今年|安排的?|为|是|的|和|及|与|,|:)+(?=.{2})")
OWNERS = re.compile(r"^(?:本|我|该)(?:部门|单位|局|办|中心|委|院|厅|街道|镇|馆|所|校|队)(?:的)?")
SUBJECT = re.compile(
    r"[“\"]?(?P<c>[^“\"，。；：、]{2,30}?)\(类\)(?P<k>[^，。；：]{2,40}?)\(款\)(?:(?P<x>[^，。；：]{2,40}?)\(项\))?[”\"]?"
)
DASHED = re.compile(
    r"[“\"](?P<c>[^“”\"，。；：-]{2,24})[-—](?P<k>[^“”\"，。；：-]{2,30})(?:[-—](?P<x>[^“”\"，。；：]{2,34}))?[”\"]"
)
CLASS = re.compile(r"(?P<c>[^“\"，。；：、\d]{2,24}?)\(类\)(?!.{2,40}\(款\))")


@dataclass(frozen=True, slots=True)
class Mention:
    """An amount with what is said before it.

    ``label`` are the words right before it, ``core`` those without year, owner and verbs; ``names`` the subject
    (类, 款, 项) that the sentence is about, with ``rest`` said after it.
    """

    quantity: Quantity
    paragraph: Paragraph
    label: str
    core: str
    aspect: Aspect
    year: int = 0
    sign: int = 0  # of a change: +1, -1
    names: tuple[str, ...] = ()
    sentence: tuple[int, int] = (0, 0)

    @property
    def page(self) -> int:
        return self.paragraph.page_at(self.quantity.start)

    def words(self) -> str:
        """The sentence around it."""
        return self.paragraph.text[self.sentence[0] : self.sentence[1]]


@dataclass(frozen=True)
class Sentences:
    """A paragraph in sentences, with its numbers."""

    paragraph: Paragraph

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        ends, inside = [len(self.paragraph.text)], False
        for found in reversed(list(re.finditer(r"[。！？；（）]", self.paragraph.text))):
            if found[0] in "（）":  # a ；before the end of a bracket ends no sentence
                inside = found[0] == "）"
            elif found[0] != "；" or not inside:
                ends.append(found.end())
        starts = [0, *sorted(set(ends))]
        return tuple((a, b) for a, b in pairwise(starts) if a < b)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        return quantities(self.paragraph.text)

    def span_at(self, offset: int) -> tuple[int, int]:
        return next((s for s in self.spans if s[0] <= offset < s[1]), (0, len(self.paragraph.text)))


def mentions(paragraph: Paragraph, department: str, aliases: Sequence[str] = ()) -> list[Mention]:
    """Every amount of money of a paragraph with what it is said to be."""
    return list(_mentions(paragraph, department, aliases))


def _mentions(paragraph: Paragraph, department: str, aliases: Sequence[str]) -> Iterator[Mention]:
    sentences = Sentences(paragraph)
    text = paragraph.text
    subjects = subjects_in(text)
    inherited = ""
    last_sentence = (-1, -1)
    for quantity in sentences.numbers:
        if quantity.kind != "amount" or quantity.limit:
            continue
        span = sentences.span_at(quantity.start)
        if span != last_sentence:
            last_sentence = span
        start = _label_start(text, quantity, sentences.numbers, span[0])
        label = text[start : quantity.start]
        core, aspect, year, sign = read_label(label, department, aliases)
        names = next((s.names for s in reversed(subjects) if s.start <= quantity.start), ())
        own = next((s for s in reversed(subjects) if start <= s.start and s.end <= quantity.start), None)
        if own is not None:
            core = read_label(text[own.end : quantity.start].lstrip('”"'), department, aliases)[0]
        if not core and aspect == "change":
            lead = re.search(LEAD_OF_CHANGE, flat(text[span[0] : start]))
            core = read_label(lead["what"], department, aliases)[0] if lead else ""
        elif not core and own is None:
            core = inherited if not names and re.search(r"[一-鿿]", label) else ""
        elif core:
            inherited = core
        yield Mention(quantity, paragraph, label, core, aspect, year, sign, names, span)


@dataclass(frozen=True, slots=True)
class SubjectName:
    """A subject of classification as a sentence names it, and where."""

    names: tuple[str, ...]
    start: int
    end: int


def subjects_in(text: str) -> list[SubjectName]:
    """Every 类 款 项 that a text names, in order."""
    half = text.replace("（", "(").replace("）", ")")
    out: list[SubjectName] = []
    for pattern in (SUBJECT, DASHED, CLASS):
        for found in pattern.finditer(half):
            if not any(s.start < found.end() and found.start() < s.end for s in out):
                parts = tuple(_subject(found[g]) for g in ("c", "k", "x") if g in found.re.groupindex and found[g])
                out.append(SubjectName(parts, found.start(), found.end()))
    return sorted(out, key=lambda s: s.start)


def _subject(text: str) -> str:
    name = bare(text)
    cut = re.split(r"[:,;]|主要用于|包括|方面", name)
    return NUMBERING.sub("", cut[-1]).strip('"-.、')


def _label_start(text: str, quantity: Quantity, numbers: Sequence[Quantity], least: int) -> int:
    start = least
    for found in BOUNDS.finditer(text, least, quantity.start):
        start = found.end()
    for other in numbers:
        if other.end <= quantity.start and other.kind not in ("year", "date", "number"):
            start = max(start, other.end)
    return start


def read_label(label: str, department: str = "", aliases: Sequence[str] = ()) -> tuple[str, Aspect, int, int]:
    """The words before a number: what they name, which aspect, which year, and the sign of a change."""
    text = flat(label)
    for name in (department, *aliases):
        if name:
            text = text.replace(flat(name), "")
    text = re.sub(r"^[)）\"”、]+", "", text)
    text = bare(text) if len(text) > 1 else text
    years = [int(y[:4]) for y in YEARS.findall(text)]
    year = years[-1] if years else 0
    text = YEARS.sub("", text)
    text = re.sub(r"\(部门\)|\(本级\)|\(以合同签订为准\)", "", text)
    text = VERBS.sub("", text)
    change = CHANGE.search(text)
    if change:
        sign = 1 if re.search(UP, change[0].split("(")[0]) else -1
        before = text[: change.start()]
        before = re.split(r"(?:比|较|与)(?:上年|去年|上年度|预算|年初|全年|决算)?.*$", before)[0]
        before = re.sub(r"(?:支出)?决算数?$", "", before)
        return _core(before), "change", year, sign
    aspect: Aspect = "own"
    found = None
    for match in SUFFIX.finditer(text):
        if match.end() == len(text):
            found = match
            break
    if found is not None:
        aspect = "prior" if found["prior"] else "budget" if found["budget"] else "own"
        text = text[: found.start()]
    return _core(text), aspect, year, 0


def _core(text: str) -> str:
    text = OWNERS.sub("", text)
    while True:
        shorter = NUMBERING.sub("", LEADS.sub("", text))
        if shorter == text:
            return text.strip('"”“、的,:：')
        text = shorter


def subject_code(names: Sequence[str], listed: Mapping[str, str]) -> str:
    """The code of a subject by the names of its levels, among those of the document's tables; empty where it
    is not there or not the only one."""
    wanted = [_alike(n) for n in names]
    found = []
    for code, name in listed.items():
        if len(code) != {1: 3, 2: 5, 3: 7}.get(len(wanted), 0) or _alike(name) != wanted[-1]:
            continue
        above = [_alike(listed[code[:k]]) if code[:k] in listed else "" for k in (3, 5)][: len(wanted) - 1]
        if all(not a or a == w for a, w in zip(above, wanted, strict=False)):
            found.append(code)
    return found[0] if len(found) == 1 else ""


def _alike(name: str) -> str:
    return bare(name).replace("其它", "其他").replace('"', "").removesuffix("支出")
