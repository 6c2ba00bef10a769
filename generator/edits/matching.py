"""Finds each block of a version in a Word file that came back: by its anchor, then by recorded text.

Says what became of every block and every paragraph; nothing in the file is left unexplained, and no
text is given to a block it does not belong to: what has neither anchor nor known text is new.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from generator.files import FlowParagraph, FlowTable, WordFile
from generator.model import Block, Document, Heading, Paragraph, Table

NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十]{1,3}部分\s*|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d))"
)
ALIKE = 0.5  # below this a paragraph without anchor is not the one that is missing


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a block of words: its text now (lines are paragraphs), ``None`` where it is gone.

    ``joined``: blocks whose words now stand in this one's paragraph.  ``by``: how it was found.
    """

    block: str
    text: str | None
    joined: tuple[str, ...] = ()
    by: Literal["anchor", "text", "place", ""] = "anchor"


@dataclass(frozen=True, slots=True)
class Added:
    """A paragraph that stands in no version, after a block (or after another added one)."""

    after: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that reads otherwise."""

    table: str
    header: bool
    row: int
    column: int
    generated: str
    typed: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """What has no place in an edit: a table changed in shape, words at a table, the cover."""

    block: str
    generated: str
    typed: str
    where: str


@dataclass
class Matched:
    """Everything that a file says about a document."""

    found: dict[str, Found] = field(default_factory=dict)
    added: list[Added] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)  # block -> the block it now follows
    cells: list[Cell] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    place: dict[int, str] = field(default_factory=dict)  # paragraph of the file -> block


def match(document: Document, file: WordFile, anchor: Callable[[str], str]) -> Matched:
    """Match a file with the document it was made from.  ``anchor``: the bookmark of a block."""
    return _Matching(document, file, anchor).run()


class _Matching:
    def __init__(self, document: Document, file: WordFile, anchor: Callable[[str], str]) -> None:
        self.document, self.file = document, file
        self.blocks: dict[str, Block] = {b.id: b for b in document.blocks()}
        self.order = list(self.blocks)
        self.number = {name: k for k, name in enumerate(self.order)}
        self.out = Matched()
        self.starts: dict[int, list[tuple[int, str]]] = {}
        self.last: dict[str, int] = {}
        for name in self.order:
            place = file.anchors.get(anchor(name))
            if place is not None:
                start, end = place
                self.starts.setdefault(start.paragraph, []).append((start.offset, name))
                self.last[name] = max(start.paragraph, end.paragraph if end.offset else end.paragraph - 1)
        for held in self.starts.values():
            held.sort(key=lambda x: (x[0], self.number[x[1]]))
        self.texts: dict[str, list[str]] = {}
        self.joined: dict[str, list[str]] = {}
        self.how: dict[str, Literal["anchor", "text", "place", ""]] = {}
        self.tables_seen: set[str] = set()
        self.unanchored = {
            _flat(b.text) for b in self.blocks.values() if not isinstance(b, Table) and b.id not in self.last
        }
        self.lines = self._furniture() - {_flat(b.text) for b in self.blocks.values() if not isinstance(b, Table)}
        self.sequence: list[str | int] = []  # blocks and loose paragraphs (by number) in the order of the file

    def run(self) -> Matched:
        self._walk()
        self._by_text()
        self._continued()
        self._by_place()
        self._moved()
        self._added()
        for name, block in self.blocks.items():
            if isinstance(block, Table):
                continue
            lines = self.texts.get(name)
            text = "\n".join(x for x in lines if x.strip()) if lines is not None else ""
            self.out.found[name] = Found(
                name,
                text or None,
                tuple(self.joined.get(name, ())),
                self.how.get(name, "anchor" if name in self.texts else ""),
            )
        return self.out

    # -------------------------------------------------------------- anchors

    def _walk(self) -> None:
        """Every paragraph and table of the file in order, given to the anchor that holds it."""
        first = self._begin()
        self._front(first)
        current, reach = "", -1
        table: Table | None = None
        lines: list[str] = []
        for k, item in enumerate(self.file.flow[first:], first):
            here = self.starts.get(k, [])
            if here and table is not None and lines:
                self._lines(table, lines)
                lines = []
            if here:
                current, table = self._paragraph(k, here)
                reach = max((self.last[n] for _, n in here), default=k)
                continue
            if isinstance(item, FlowTable):
                if table is None:
                    table = self._nearest_table(current)
                self._table(table, item, k)
                continue
            titled = self._title(item.text)
            if titled is not None or (table is not None and _flat(item.text) in self.unanchored):
                if table is not None and lines:
                    self._lines(table, lines)
                current, table, lines, reach = "", titled, [], -1
                if titled is not None:  # known by its title: its anchor is lost
                    current = titled.id
                    self.sequence.append(current)
            self.out.place.setdefault(k, current)
            if titled is not None:
                continue
            if table is not None:
                if item.text.strip():
                    lines.append(item.text)
            elif current and k <= reach:
                self.texts[current].append(item.text)
            elif item.text.strip() and not self._known_line(item.text):
                self.sequence.append(k)
        if table is not None and lines:
            self._lines(table, lines)
        seen = {n for n in self.sequence if isinstance(n, str)}
        for name, block in self.blocks.items():
            if isinstance(block, Table) and name not in seen and name not in self.tables_seen:
                self.out.oddities.append(Oddity(name, block.title, "", "报表被删去"))

    def _begin(self) -> int:
        """Where the text begins, behind cover and 目录: at the first anchor, or at its first heading."""
        head = _flat(self.document.parts[0].heading.text) if self.document.parts else ""
        bare = NUMBER.sub("", head)
        found = next(
            (
                k
                for k, item in enumerate(self.file.flow)
                if isinstance(item, FlowParagraph)
                and (_flat(item.text) == head or (item.numbered and _flat(item.text) == bare))
            ),
            len(self.file.flow),
        )
        anchored = min(self.starts, default=len(self.file.flow))
        begin = min(found, anchored)
        return begin if begin < len(self.file.flow) else 0

    def _title(self, text: str) -> Table | None:
        """The table that lost its anchor and is called so."""
        flat = _flat(text)
        if not flat:
            return None
        for block in self.blocks.values():
            fits = isinstance(block, Table) and block.id not in self.last and _flat(block.title) == flat
            if fits and block.id not in self.tables_seen and block.id not in self.sequence:
                assert isinstance(block, Table)
                return block
        return None

    def _known_line(self, text: str) -> bool:
        """A line that stands around a table or before the text, whose anchor is lost; entries of the 目录 end in a page."""
        flat = _flat(text)
        return flat in self.lines or ("\t" in text and flat.rstrip("0123456789") in self.lines)

    def _furniture(self) -> set[str]:
        """What the pages hold besides their blocks: cover, 目录, and the lines around tables."""
        lines = [*self.document.cover, self.document.toc_title, *(b.in_toc for b in self.document.contents())]
        for block in self.blocks.values():
            if isinstance(block, Table):
                ends = block.left + block.middle + block.right
                notes = ["".join(s.text for s in n) for n in block.notes]
                lines += [block.title, block.subtitle, block.number, ends, *notes]
        return {_flat(x) for x in lines if x.strip()}

    def _paragraph(self, k: int, here: list[tuple[int, str]]) -> tuple[str, Table | None]:
        item = self.file.flow[k]
        text = item.text if isinstance(item, FlowParagraph) else ""
        titles = [n for _, n in here if isinstance(self.blocks[n], Table)]
        if titles:
            block = self.blocks[titles[0]]
            assert isinstance(block, Table)
            self.sequence += titles
            if text.strip() != block.title.strip():
                self.out.oddities.append(Oddity(block.id, block.title, text, "表的标题"))
            self.out.place[k] = block.id
            here = [h for h in here if h[1] not in titles]
            for _, name in here:  # a collapsed anchor: its words are gone
                self.texts.setdefault(name, [])
            return titles[-1], block
        pieces = [
            (name, text[(0 if n == 0 else at) : here[n + 1][0] if n + 1 < len(here) else len(text)])
            for n, (at, name) in enumerate(here)
        ]
        alive = [(n, t) for n, t in pieces if t.strip()]
        for name, _ in pieces:
            self.texts.setdefault(name, [])
            if name not in self.sequence:
                self.sequence.append(name)
        if alive:
            owner = alive[0][0]
            self.texts[owner].append(self._with_number(owner, k, "".join(t for _, t in alive)))
            self.joined.setdefault(owner, []).extend(n for n, _ in alive[1:])
        owner = (alive or pieces)[-1][0] if not alive else alive[0][0]
        self.out.place[k] = owner
        return owner, None

    # -------------------------------------------------------------- tables and front

    def _front(self, first: int) -> None:
        """The cover stands before the 目录."""
        lines = [p.text for p in self.file.flow[:first] if isinstance(p, FlowParagraph) and p.text.strip()]
        end = next((k for k, t in enumerate(lines) if t.strip() == self.document.toc_title), len(lines))
        cover, ours = lines[:end], list(self.document.cover)
        if cover != ours:
            self.out.oddities.append(Oddity("", "／".join(ours), "／".join(cover), "封面"))

    def _nearest_table(self, current: str) -> Table | None:
        """A table whose title lost its anchor: the next one in the document that was not met."""
        at = self.number.get(current, -1)
        names = [n for n in self.order[at + 1 :] if isinstance(self.blocks[n], Table) and n not in self.tables_seen]
        found = self.blocks[names[0]] if names else None
        return found if isinstance(found, Table) else None

    def _table(self, table: Table | None, item: FlowTable, k: int) -> None:
        if table is None:
            self.out.oddities.append(Oddity("", "", "／".join(item.rows[0]) if item.rows else "", "多出一张表"))
            return
        self.tables_seen.add(table.id)
        self.out.place[k] = table.id
        ours = [[c.text for c in row] for row in (*table.header, *table.body)]
        heads = len(table.header)
        shapes = [len(r) for r in ours]
        if [len(r) for r in item.rows] == shapes:
            pairs = list(zip(range(len(ours)), range(len(ours)), strict=True))
        else:
            matcher = SequenceMatcher(
                None, ["\x1f".join(r) for r in ours], ["\x1f".join(r) for r in item.rows], autojunk=False
            )
            pairs = [(a + n, b + n) for a, b, size in matcher.get_matching_blocks() for n in range(size)]
            for tag, a, b, c, d in matcher.get_opcodes():
                same = (
                    tag == "replace"
                    and b - a == d - c
                    and [len(r) for r in ours[a:b]] == [len(r) for r in item.rows[c:d]]
                )
                if same:
                    pairs += list(zip(range(a, b), range(c, d), strict=True))
                elif tag != "equal":
                    gone = "；".join("｜".join(r) for r in ours[a:b])
                    come = "；".join("｜".join(r) for r in item.rows[c:d])
                    self.out.oddities.append(Oddity(table.id, gone, come, f"{table.title}的行数有变"))
        for a, b in sorted(pairs):
            for column, (was, now) in enumerate(zip(ours[a], item.rows[b], strict=True)):
                held = (b, column) in item.numbered and _flat(NUMBER.sub("", was)) == _flat(now)
                if _flat(was) != _flat(now) and not held:
                    self.out.cells.append(Cell(table.id, a < heads, a if a < heads else a - heads, column, was, now))

    def _lines(self, table: Table, lines: list[str]) -> None:
        """Subtitle, number, unit and notes of a table."""
        ends = "\t".join((table.left, table.middle, table.right)) if table.left or table.middle or table.right else ""
        ours = [
            x for x in (table.subtitle, table.number, ends, *("".join(s.text for s in n) for n in table.notes)) if x
        ]
        one, other = [_flat(x) for x in ours], [_flat(x) for x in lines]
        for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            if tag != "equal":
                self.out.oddities.append(
                    Oddity(table.id, "／".join(ours[a:b]), "／".join(lines[c:d]), f"{table.title}的表头或附注")
                )

    # -------------------------------------------------------------- lost anchors

    def _missing(self) -> list[str]:
        return [n for n, b in self.blocks.items() if n not in self.texts and not isinstance(b, Table)]

    def _loose(self) -> list[int]:
        return [k for k in self.sequence if isinstance(k, int)]

    def _text_at(self, k: int) -> str:
        item = self.file.flow[k]
        return item.text if isinstance(item, FlowParagraph) else ""

    def _plain(self, name: str) -> str:
        block = self.blocks[name]
        return block.text if isinstance(block, Heading | Paragraph) else ""

    def _take(self, k: int, name: str, how: Literal["text", "place"]) -> None:
        self.texts[name] = [self._with_number(name, k, self._text_at(k))]
        self.how[name] = how
        self.sequence[self.sequence.index(k)] = name
        self.out.place[k] = name

    def _with_number(self, name: str, k: int, text: str) -> str:
        """The text of a paragraph with the number that the writing program holds apart from it."""
        item, number = self.file.flow[k], NUMBER.match(self._plain(name))
        if not isinstance(item, FlowParagraph) or not item.numbered or number is None or NUMBER.match(text):
            return text
        return number[0] + text

    def _by_text(self) -> None:
        """A paragraph that reads exactly as one that lost its anchor, and only one does."""
        wanted: dict[str, list[str]] = {}
        for name in self._missing():
            wanted.setdefault(_flat(self._plain(name)), []).append(name)
        bare: dict[str, list[str]] = {}
        for name in self._missing():
            bare.setdefault(_flat(NUMBER.sub("", self._plain(name))), []).append(name)
        for k in self._loose():
            item = self.file.flow[k]
            numbered = isinstance(item, FlowParagraph) and item.numbered
            found = (bare if numbered else wanted).get(_flat(self._text_at(k)), [])
            names = [n for n in found if n not in self.texts]
            if names:
                self._take(k, names[0], "text")

    def _continued(self) -> None:
        """The second half of a split paragraph, where the anchor stayed with the first half."""
        for k in self._loose():
            at = self.sequence.index(k)
            before = next((n for n in reversed(self.sequence[:at]) if isinstance(n, str)), "")
            if not before or isinstance(self.blocks[before], Table) or at == 0 or self.sequence[at - 1] != before:
                continue
            whole, held, text = self._plain(before), "".join(self.texts.get(before, [])), self._text_at(k)
            rest = whole[len(held) :] if whole.startswith(held) else ""
            if rest and _ratio(rest, text) >= ALIKE and _ratio(whole, held + text) > _ratio(whole, held):
                self.texts[before].append(text)
                self.sequence.remove(k)
                self.out.place[k] = before

    def _by_place(self) -> None:
        """Between the same neighbours one is missing and one is there that reads much like it."""
        for name in self._missing():
            before = next((n for n in reversed(self.order[: self.number[name]]) if n in self.sequence), "")
            after = next((n for n in self.order[self.number[name] + 1 :] if n in self.sequence), "")
            low = self.sequence.index(before) if before else -1
            high = self.sequence.index(after) if after else len(self.sequence)
            loose = [k for k in self.sequence[low + 1 : high] if isinstance(k, int)]
            best = max(loose, key=lambda k: _ratio(self._plain(name), self._text_at(k)), default=None)
            if best is not None and _ratio(self._plain(name), self._text_at(best)) >= ALIKE:
                self._take(best, name, "place")

    # -------------------------------------------------------------- order

    def _moved(self) -> None:
        """The fewest blocks that must have moved; each with the block that it now follows."""
        names = [n for n in self.sequence if isinstance(n, str) and self.texts.get(n) != []]
        stayed = _rising([self.number[n] for n in names])
        for k, name in enumerate(names):
            if k not in stayed and not isinstance(self.blocks[name], Table) and k:
                self.out.moved[name] = names[k - 1]

    def _added(self) -> None:
        after = ""
        for item in self.sequence:
            if isinstance(item, str):
                if self.texts.get(item) != []:
                    after = item
            else:
                self.out.added.append(Added(after, self._text_at(item)))


def _flat(text: str) -> str:
    """A text for comparing: programs change blanks and line ends."""
    return "".join(text.split())


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0


def _rising(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest rising row of numbers."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for k, n in enumerate(numbers):
        at = bisect_left(tails, n)
        if at == len(tails):
            tails.append(n)
            ends.append(k)
        else:
            tails[at], ends[at] = n, k
        previous.append(ends[at - 1] if at else -1)
    out: set[int] = set()
    k = ends[-1] if ends else -1
    while k >= 0:
        out.add(k)
        k = previous[k]
    return out
