"""Lines to paragraphs: where a paragraph begins is told by room, indent, size and numbering, never by a page end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from generator.files.published._pdf_lines import Line
from generator.files.published.model import PubText

NUMBERED = re.compile(
    r"(第[一二三四五六七八九十\d]+(部分|条|章|节)|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[、.．](?!\d)|附件|附表|注[:：])"
)
HEADED = re.compile(r"[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|第[一二三四五六七八九十]+部分")
LEADERS = re.compile(r"[.．…·⋯]{3,}|(?:\. ){3,}")
ENDED = "。；;！!？?：:"
CLOSED = "。！!？?"


@dataclass(slots=True)
class Margins:
    """Where the text of a page begins and ends."""

    left: float
    right: float
    em: float
    pitch: float
    width: float


def margins(lines: Sequence[Line], width: float) -> Margins:
    """The frame of the text of a page, from where most of its lines stand."""
    if not lines:
        return Margins(0, width, 12, 20, width)
    em = sorted(line.size for line in lines)[len(lines) // 2]
    starts = Counter(round(line.x0 / 4) for line in lines if line.x1 - line.x0 > 4 * em)
    common = [k for k, n in starts.items() if n >= 2] or list(starts) or [round(lines[0].x0 / 4)]
    gaps = sorted(b.base - a.base for a, b in pairwise(lines) if b.base - a.base > 0.5 * em)
    left, right = min(common) * 4.0, max(line.x1 for line in lines)
    return Margins(left, max(right, width - left - em), em, gaps[len(gaps) // 3] if gaps else 2 * em, width)


@dataclass
class Flow:
    """Paragraphs as they grow, over lines and pages."""

    out: list[PubText] = field(default_factory=list)
    last: Line | None = None
    frame: Margins | None = None
    page: int = 0
    height: int = 0  # lines of the paragraph so far

    def add(self, line: Line, frame: Margins, page: int) -> None:
        """The next line of the text."""
        if self.last is None or self.frame is None or self.begins(line, frame, page):
            self.out.append(PubText(line.text, page, size=line.size, center=centered(line, frame)))
            self.height = 1
        else:
            self.height += 1
            known = self.out[-1]
            turns = known.turns
            if page != self.page:
                turns = (*turns, (len(known.text), page))
            glue = " " if _latin(known.text[-1:]) and _latin(line.text[:1]) else ""
            self.out[-1] = PubText(known.text + glue + line.text, known.page, turns, known.size, known.center)
        self.last, self.frame, self.page = line, frame, page

    def end(self) -> list[PubText]:
        """What was collected; the next line begins anew."""
        done, self.out, self.last = self.out, [], None
        return done

    def begins(self, line: Line, frame: Margins, page: int) -> bool:
        """Whether a line begins a paragraph."""
        last, before = self.last, self.frame
        assert last is not None and before is not None
        if LEADERS.search(last.text) or LEADERS.search(line.text):
            return True
        if abs(last.size - line.size) > 0.15 * max(last.size, line.size) or abs(before.width - frame.width) > 20:
            return True
        if page == self.page and line.base - last.base > 2.4 * frame.pitch:
            return True
        if centered(last, before) or centered(line, frame):
            wide = last.x1 - last.x0 > 0.75 * (before.right - before.left)
            return page != self.page or not (wide and centered(line, frame) and last.text[-1:] not in CLOSED)
        if HEADED.match(line.text):
            return True
        finished = last.text[-1:] in ENDED or NUMBERED.match(line.text)
        if before.right - last.x1 > max((1.6 if finished else 4) * frame.em, line.first + 0.3 * frame.em):
            return True
        if NUMBERED.match(line.text) and last.text[-1:] in ENDED:
            return True
        indented = line.x0 - frame.left > 1.3 * frame.em
        hanging = (
            self.height > 1
            and last.x0 - before.left > 1.3 * before.em
            and abs(last.x0 - before.left - (line.x0 - frame.left)) < 0.5 * frame.em
        )
        return indented and not (hanging and last.text[-1:] not in ENDED)


def centered(line: Line, frame: Margins) -> bool:
    """Whether a line has about the same room at both sides, more than an indent."""
    a, b = line.x0 - frame.left, frame.right - line.x1
    middle = abs((line.x0 + line.x1) / 2 - frame.width / 2)
    return min(a, b) > 2.6 * frame.em and (abs(a - b) < 2 * frame.em or middle < frame.em)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()
