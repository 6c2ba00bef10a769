"""Letter spacing that keeps Word's own lines as a typesetter would end them.

Word, WPS and LibreOffice break lines themselves and part numbers from their units.  A few hundredths of
an inch between the letters before such a place move it: the text stays what it is, and stays right in
all three, whose ways of breaking are known (see ``line_breaks``).  Where no small space helps, nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from generator.writers.line_breaks import (
    CLOSING,
    EM,
    HANGING,
    LIBRE,
    OWN,
    PLAIN,
    WORD,
    Setting,
    advance,
    break_lines,
    clusters,
    gap,
    parted,
)

WIDEST, NARROWEST = 32, -10  # twips between letters: a tenth of a letter wider, a thirtieth closer
PUSHED = 70  # twips where the line is stretched to its full measure anyway
LAST_RESORT = 50  # twips: a sixth of a letter, where nothing less keeps a number and its unit together
ROUNDING = 60  # thousandths of an em
LEAST = 5  # letters that a space is spread over
SKIPS = (0, 2)  # where the least space leads to a place that nothing mends, others are tried
PROGRAMS = (LIBRE, WORD, PLAIN)
Spacing = tuple[tuple[int, int, int], ...]
"""Begin, end and twips of each stretch of letters."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The stretches of a paragraph, and how many lines it then has in each of ``PROGRAMS``."""

    spacing: Spacing
    lines: tuple[int, ...]


class _Paragraph:
    """One text with its pieces, widths and the space put between its letters."""

    def __init__(self, text: str, width: int, indent: int, twip: float) -> None:
        self.text, self.width, self.indent, self.twip = text, width, indent, twip
        self.pieces: list[tuple[int, int]] = []
        at = 0
        for piece in clusters(text):
            self.pieces.append((at, at + len(piece)))
            at += len(piece)
        self.first = {start: n for n, (start, _) in enumerate(self.pieces)}
        self.never = parted(text)
        self.extra = [0] * len(text)

    def wide(self, start: int, end: int, setting: Setting, *, opens: bool) -> float:
        """The width of some letters; ``opens``: a line begins with them."""
        total, previous = 0.0, "" if opens or not start else self.text[start - 1]
        for k in range(start, end):
            char = self.text[k]
            total += advance(char) + gap(previous, char, setting) + self.extra[k] * self.twip
            previous = char
        return total

    def line(self, start: int, setting: Setting) -> int:
        """Where the line that begins at a place ends (see ``line_breaks._broken``)."""
        room: float = self.width - (self.indent if start == 0 else 0)
        number = self.first[start]
        begin = number
        while number < len(self.pieces):
            a, b = self.pieces[number]
            need = self.wide(a, b, setting, opens=number == begin)
            bare = need
            if self.text[b - 1] == " ":
                bare = self.wide(a, a + len(self.text[a:b].rstrip(" ")), setting, opens=number == begin)
            if setting.hang and self.text[b - 1] in HANGING:
                bare -= advance(self.text[b - 1])
            if bare > room and number > begin:
                last = self.pieces[number - 1]
                digit = self.text[a].isascii() and self.text[a].isdigit()
                if setting.retreat and self.text[last[1] - 1] in CLOSING and digit and number - 1 > begin:
                    return last[0]
                return a
            room -= need
            number += 1
        return len(self.text)

    def stretches(self) -> Spacing:
        """The space that was put in, stretch by stretch."""
        out, at = [], 0
        for twips, same in groupby(self.extra):
            length = len(list(same))
            out += [(at, at + length, twips)] if twips else []
            at += length
        return tuple(out)


def _group(paragraph: _Paragraph, at: int) -> tuple[int, int]:
    """The letters that belong together around a place: 1,234.56万元，"""
    start, end = at, at
    bounds = dict(paragraph.pieces)
    before = {b: a for a, b in paragraph.pieces}
    while start in paragraph.never and start in before:
        start = before[start]
    end = bounds.get(at, at)
    while end in paragraph.never and end in bounds:
        end = bounds[end]
    return start, end


def _tries(starts: Sequence[int], group: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """Stretches that may keep a group together: wider before it, or closer up to its end; the least space first.

    ``starts``: where the last lines before it begin; a stretch begins in the same line or, where that is not
    enough, in the one before.
    """
    begin, end = group
    for floor in starts:
        for twips in range(1, PUSHED + 1):
            near = sorted({floor, max(floor, begin - 18), max(floor, begin - 9)})
            yield from ((a, begin, twips) for a in near if begin - a >= LEAST)
            if twips % 4 == 0 and twips // 4 <= -NARROWEST and end - floor >= LEAST:
                yield floor, end, -twips // 4  # closer letters are seen sooner


def _good(
    paragraph: _Paragraph, starts: Sequence[int], group: tuple[int, int], *, alike: bool, slack: int, near: bool
) -> bool:
    """Whether no program ends a line inside the group, or where none should end on the way to it and in the line
    behind it (``near``: that one is left for later); ``alike``: and every one ends one before it, so that the line
    is stretched in all of them anyway.

    Programs round widths each in their own way: it holds where a line is a little longer or shorter, too.
    """
    exact = paragraph.width
    try:
        for paragraph.width in (exact, exact - slack, exact + ROUNDING):
            for setting, start in zip(PROGRAMS, starts, strict=True):
                place, before = start, False
                while place < group[1]:
                    place = paragraph.line(place, setting)
                    before = before or place == group[0]
                    if place in paragraph.never and not (near and place > group[1]):
                        return False
                if alike and not before:
                    return False
    finally:
        paragraph.width = exact
    return True


@lru_cache(maxsize=8192)
def tuned(text: str, chars: int, indent: int, size: int) -> Tuned:
    """The spacing of a paragraph of the official page (``indent`` in characters, ``size`` in twips)."""
    width, first = chars * EM + 25, indent * EM
    if len(break_lines(text, width, first, OWN)) == 1 and len(break_lines(text, width, first, LIBRE)) == 1:
        return Tuned((), (1, 1, 1))
    best: tuple[int, Tuned] | None = None
    for skip in SKIPS:
        left, found = _tuned(_Paragraph(text, width, first, EM / size), skip)
        if best is None or left < best[0]:
            best = left, found
        if not left:
            break
    assert best is not None
    return best[1]


def _tuned(paragraph: _Paragraph, skip: int) -> tuple[int, Tuned]:
    """How many places no small space mends, and the rest done; ``skip``: ways of mending that are passed over."""
    length = len(paragraph.text)
    begun = [[0] for _ in PROGRAMS]  # where the lines of each program begin
    left: set[int] = set()  # places that no small space mends
    while True:
        nexts = [paragraph.line(b[-1], s) if b[-1] < length else None for s, b in zip(PROGRAMS, begun, strict=True)]
        ends = [e for e in nexts if e is not None]
        if not ends:
            return len(left), Tuned(paragraph.stretches(), tuple(len(b) - 1 for b in begun))
        end = min(ends)
        which = nexts.index(end)
        bad = end in paragraph.never and end not in left
        moved = _mended(paragraph, begun, which, end, skip) if bad else None
        if moved is not None:
            for lines in begun:  # from the first letter that moved, all is counted again
                while len(lines) > 1 and lines[-1] > moved:
                    lines.pop()
            continue
        if bad:
            left.add(end)
        begun[which].append(end)


def _mended(paragraph: _Paragraph, begun: Sequence[Sequence[int]], which: int, end: int, skip: int = 0) -> int | None:
    """Puts in the least space (but for ``skip`` others) that keeps together what a line's end would part, and says
    where it begins; nothing where there is none."""
    group = _group(paragraph, end)
    for most, near in ((WIDEST, False), (WIDEST, True), (LAST_RESORT, False), (LAST_RESORT, True)):
        for a, b, twips in _tries(begun[which][:-4:-1], group):
            before = paragraph.extra[a:b]
            if not all(NARROWEST <= x + twips <= max(most, twips) for x in before):
                continue
            paragraph.extra[a:b] = [x + twips for x in before]
            starts = [max(x for x in lines if x <= a) for lines in begun]
            slack = ROUNDING if twips > 0 else 4 * ROUNDING
            if _good(paragraph, starts, group, alike=twips > most, slack=slack, near=near):
                if not skip:
                    return a
                skip -= 1
            paragraph.extra[a:b] = before
    return None
