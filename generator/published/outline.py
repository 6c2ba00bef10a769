"""The parts of a published document: cover, contents, headings, and the paragraphs under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.files import Publication, PubTable, PubText
from generator.published.names import bare, flat, numbered

PART = re.compile(r"第[一二三四五六七八九十\d]+部分")
LEADERS = re.compile(r"[.．…·⋯‥_]{3,}|(?:\.\s){3,}")
CONTENTS = re.compile(r"目[录次]")
HEAD_LIMIT = 46
UNIT_LINE = re.compile(r"单位[:：]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 a part, 2 一、, 3 （一）, 4 1.; ``block`` is its place among the blocks."""

    text: str
    level: int
    block: int
    page: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of 目录: its words, and the page it names (0 where none)."""

    text: str
    page: int
    block: int
    at: int  # the page it stands on


@dataclass(frozen=True)
class Paragraph:
    """A paragraph without white space, with the headings above it."""

    text: str
    block: int
    section: tuple[str, ...]
    source: PubText
    offsets: tuple[int, ...] = field(repr=False, default=())

    def page_at(self, offset: int) -> int:
        """The page of a character of ``text``."""
        at = self.offsets[min(offset, len(self.offsets) - 1)] if self.offsets else 0
        return self.source.page_at(at)

    @property
    def page(self) -> int:
        return self.source.page

    @property
    def heading(self) -> str:
        return self.section[-1] if self.section else ""

    @property
    def topic(self) -> str:
        """All headings above, from the top."""
        return "／".join(self.section)


@dataclass
class Outline:
    """Everything but the insides of tables."""

    cover: list[Paragraph] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    contents_title: int = -1  # the block of 目录
    headings: list[Heading] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)


def squeezed(source: PubText) -> tuple[str, tuple[int, ...]]:
    """A text without white space, with the place of each letter in the text as it was read."""
    places = tuple(k for k, c in enumerate(source.text) if not c.isspace())
    return "".join(source.text[k] for k in places), places


def outline_of(publication: Publication) -> Outline:
    """Cover, contents, headings and paragraphs, in order."""
    out = Outline()
    blocks = publication.blocks
    start = _contents(blocks, out)
    first = out.contents_title if out.contents_title >= 0 else _first_heading(blocks)
    for number in range(min(first, len(blocks))):
        block = blocks[number]
        if isinstance(block, PubText):
            out.cover.append(_paragraph(block, number, ()))
    stack: list[Heading] = []
    body = _body_size(blocks)
    for number in range(start if out.contents_title >= 0 else first, len(blocks)):
        block = blocks[number]
        if not isinstance(block, PubText) or not block.text.strip():
            continue
        after = blocks[number + 1] if number + 1 < len(blocks) else None
        level = level_of(block, body, before_table=_before_table(blocks, number), follow=after)
        if level:
            text = squeezed(block)[0]
            while stack and stack[-1].level >= level:
                stack.pop()
            heading = Heading(text, level, number, block.page)
            stack.append(heading)
            out.headings.append(heading)
        else:
            out.paragraphs.append(_paragraph(block, number, tuple(h.text for h in stack)))
    return out


def _paragraph(block: PubText, number: int, section: tuple[str, ...]) -> Paragraph:
    text, places = squeezed(block)
    return Paragraph(text, number, section, block, places)


def _body_size(blocks: Sequence[object]) -> float:
    sizes = sorted((b.size, len(b.text)) for b in blocks if isinstance(b, PubText) and b.size)
    half, seen = sum(n for _, n in sizes) / 2, 0
    for size, n in sizes:
        seen += n
        if seen >= half:
            return size
    return 0


def _before_table(blocks: Sequence[object], number: int) -> bool:
    """Whether a line belongs to the table that follows: its title, its unit."""
    for block in blocks[number + 1 : number + 4]:
        if isinstance(block, PubTable):
            return True
        if not isinstance(block, PubText) or not (UNIT_LINE.search(block.text) or len(block.text) < 20):
            return False
    return False


def level_of(block: PubText, body: float, *, before_table: bool, follow: object) -> int:
    """Which level of heading a line is; 0 for a paragraph."""
    text = squeezed(block)[0]
    if not text or (UNIT_LINE.search(text) and len(text) < 80 and before_table):
        return 0
    if PART.match(text) and len(text) < 60:
        return 1
    if (len(text) > HEAD_LIMIT or (text[-1] in "。；，,;、" and not (text[-1] == "。" and block.style))) and not (
        text[-1] == "。"
        and len(text) <= 32
        and re.match(r"[（(][一二三四五六七八九十]+[）)]|\d{1,2}\.", text)
        and text.count("。") == 1
        and not re.search(r"[，；]|\d{2}", text[3:])
    ):
        return 0
    if block.style.startswith("h") and not before_table:
        return min(int(block.style[1]), 4) if not numbered(text) else _by_number(text)
    if re.search(r"[：:]$", text) or re.search(r"\d(万元|元|%)", text):
        return 0
    if numbered(text):
        level = _by_number(text)
        return level if level < 4 or len(text) < 24 else 0
    if before_table:
        return 2 if re.search(r"表$", text) else 0
    large = body and block.size > 1.12 * body
    if (
        (block.center or large)
        and 3 < len(text) <= HEAD_LIMIT
        and not re.search(r"[，。；]", text)
        and isinstance(follow, PubText | PubTable)
    ):
        return 1
    return 0


def _by_number(text: str) -> int:
    head = numbered(text)
    if head.startswith("第"):
        return 1
    if re.match(r"[一二三四五六七八九十]", head):
        return 2
    if head.startswith("("):
        return 3
    return 4


def _first_heading(blocks: Sequence[object]) -> int:
    for number, block in enumerate(blocks):
        if isinstance(block, PubTable):
            return number
        if isinstance(block, PubText) and (PART.match(flat(block.text)) or numbered(block.text)):
            return number
    return 0


def _contents(blocks: Sequence[object], out: Outline) -> int:
    """Read 目录; the number of the first block after it."""
    for number, block in enumerate(blocks[:60]):
        if isinstance(block, PubText) and CONTENTS.fullmatch(flat(block.text)):
            out.contents_title = number
            break
    else:
        return 0
    seen: dict[str, int] = {}
    at = out.contents_title + 1
    while at < len(blocks):
        block = blocks[at]
        if not isinstance(block, PubText):
            break
        text = squeezed(block)[0]
        led = LEADERS.search(text)
        label, page = entry_of(text)
        if not led and (len(text) > 60 or re.search(r"[。；，]", text) or text.endswith("：")):
            break
        key = bare(label)
        if key in seen and not led and (at - seen[key] > 2) and seen[key] == out.contents_title + 1:
            break  # the first heading comes again: the text begins
        if key:
            seen.setdefault(key, at)
            out.entries.append(Entry(label, page, at, block.page))
        at += 1
    at = _back(blocks, at, out)
    out.entries[:] = _joined(out.entries)
    return at


def _back(blocks: Sequence[object], at: int, out: Outline) -> int:
    """Headings right before the first paragraph that were taken for entries are given back."""
    led = [bool(LEADERS.search(squeezed(blocks[e.block])[0])) for e in out.entries]  # type: ignore[arg-type]
    if sum(led) > len(led) * 0.6:
        while led and not led[-1]:
            led.pop()
            at = out.entries.pop().block
        return at
    keys = [bare(e.text) for e in out.entries]
    first = out.entries[0].at if out.entries else 0
    while len(keys) > 1:
        last = out.entries[-1]
        new_page = at < len(blocks) and last.at == _page(blocks[at]) and last.at != first and not last.page
        if keys.count(keys[-1]) == 1 and not (new_page and out.entries[-2].at != last.at):
            break
        keys.pop()
        at = out.entries.pop().block
    return at


def _joined(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that are broken over two lines, where the page stands at the end of the second."""
    if sum(1 for e in entries if e.page) < len(entries) * 0.6:
        return list(entries)
    out: list[Entry] = []
    for entry in entries:
        if out and not out[-1].page and not numbered(entry.text):
            out[-1] = Entry(out[-1].text + entry.text, entry.page, out[-1].block, out[-1].at)
        else:
            out.append(entry)
    return out


def _page(block: object) -> int:
    return block.page if isinstance(block, PubText | PubTable) else 0


def entry_of(text: str) -> tuple[str, int]:
    """A line of 目录: its words, and the page at its end."""
    if LEADERS.search(text):
        page = re.search(r"(?<!\d)(\d{1,3})[-—]?$", text)
        return LEADERS.split(text)[0].strip(".．…·"), int(page[1]) if page else 0
    tail = re.match(r"(.*[^\d.．])(\d{1,3})$", text)
    if tail and not re.search(r"年$", tail[1]):
        return tail[1], int(tail[2])
    return text, 0
