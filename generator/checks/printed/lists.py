"""Paragraphs that form a list: one that leads on (…包括：) and its items, by numbering or by place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.checks.printed.blocks import Said

STYLES = (
    ("part", re.compile(r"第([一二三四五六七八九十]{1,3})部分")),
    ("one", re.compile(r"([一二三四五六七八九十]{1,3})、")),
    ("two", re.compile(r"[（(]([一二三四五六七八九十]{1,3})[）)]")),
    ("three", re.compile(r"(\d{1,2})[.．、](?!\d)")),
    ("four", re.compile(r"[（(](\d{1,2})[）)]")),
    ("five", re.compile(r"(\d{1,2})[）)]")),
    ("ring", re.compile(r"([①-⑳])")),
)
STRONG = re.compile(r"(?:包括|其中|分为|方面|构成|组成|分别[是为])[：:]$")
WEAK = re.compile(r"([\u4e00-\u9fff]{2})?(?:具体)?(?:情况|明细)?如下[：:]$")
CHINESE = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Listed:
    """A paragraph that leads on, and its items.  ``strong``: its words say that they make it up;
    ``about``: the word for what is listed, where it says 支出具体情况如下."""

    lead: Said
    items: tuple[Said, ...]
    strong: bool
    about: str = ""


def number_of(text: str) -> tuple[str, int]:
    """The style and the number of a paragraph's marker; ("", 0) where it has none."""
    for style, pattern in STYLES:
        found = pattern.match(text)
        if found:
            return style, _value(found[1])
    return "", 0


def _value(digits: str) -> int:
    if digits.isdigit() and digits.isascii():
        return int(digits)
    if "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    tens, _, ones = digits.partition("十")
    if "十" not in digits:
        return CHINESE.index(digits) if len(digits) == 1 else 0
    return (CHINESE.index(tens) if tens else 1) * 10 + (CHINESE.index(ones) if ones else 0)


def lists_in(run: Sequence[Said]) -> Iterator[Listed]:
    """Every list among paragraphs that follow one another without a heading between them."""
    for at, lead in enumerate(run):
        text = lead.text.rstrip()
        strong, weak = STRONG.search(text), WEAK.search(text)
        if not strong and not weak:
            continue
        items = tuple(items_after(run, at))
        if items:
            about = weak[1] or "" if weak else ""
            yield Listed(lead, items, bool(strong), about)


def items_after(run: Sequence[Said], at: int) -> Iterator[Said]:
    """The paragraphs of the list that follows a paragraph: of one numbering, or, where the first has none,
    all without any."""
    own = number_of(run[at].text)[0]
    if at + 1 >= len(run):
        return
    style, number = number_of(run[at + 1].text)
    if style and (style == own or number != 1):
        return
    wanted = 1
    for block in run[at + 1 :]:
        found, count = number_of(block.text)
        if not style:
            if found:
                return
            yield block
        elif found == style and count == wanted:
            wanted += 1
            yield block
        elif found == style or (found and found == own):
            return
