"""Brackets and quotation marks that have no partner, or stand twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks.printed.blocks import Remark, Said

PAIRS = {
    "（": "）)",
    "(": ")）",
    "《": "》",
    "“": "”",
    "‘": "’",
    "【": "】",
    "〔": "〕",
    "「": "」",
    "『": "』",
    "〈": "〉",
}
CLOSING = {c for pair in PAIRS.values() for c in pair}
MARKER = re.compile(r"(?:^|[；。，：:\s])[（(]?[一二三四五六七八九十\d]{1,4}$")
TWICE = re.compile("“{2,9}|”{2,9}|《{2,9}|》{3,9}|（{2,9}")
NO_PARTNER = "没有配对"
KINDS = {"（(）)": "括号", "《》〈〉": "书名号", "“”‘’「」『』": "引号", "【】": "方头括号", "〔〕": "六角括号"}


def brackets(block: Said) -> Iterator[Remark]:
    """The first mark of a block that has no partner, and every mark that stands twice."""
    text = block.text
    for found in TWICE.finditer(text):
        yield Remark(block, found.start(), found.end(), "DC-404", {"said": name_of(found[0][0]), "what": "重复"})
    at = lonely(text)
    if at >= 0:
        yield Remark(block, at, at + 1, "DC-404", {"said": name_of(text[at]), "what": NO_PARTNER})


def name_of(mark: str) -> str:
    """What a mark is called: 左引号, 右括号."""
    kind = next((name for marks, name in KINDS.items() if mark in marks), "引号")
    return kind if mark == '"' else ("左" if mark in PAIRS else "右") + kind


def lonely(text: str) -> int:
    """Where the first bracket or quotation mark without a partner stands; -1 where there is none.

    A marker of a list (1）, 一) needs none; half and full width make a pair; ASCII quotation marks pair off.
    """
    open_ones: list[tuple[str, int]] = []
    straight = -1
    for at, char in enumerate(text):
        if char in PAIRS:
            open_ones.append((char, at))
        elif char in CLOSING:
            if open_ones and char in PAIRS[open_ones[-1][0]]:
                open_ones.pop()
            elif char in "）)" and not open_ones and MARKER.search(text[max(0, at - 6) : at]):
                continue
            else:
                return open_ones[-1][1] if open_ones and _opened(open_ones, char) < 0 else at
        elif char == '"':
            straight = at if straight < 0 else -1
    if open_ones:
        return open_ones[0][1]
    return straight


def _opened(open_ones: list[tuple[str, int]], char: str) -> int:
    """How deep the partner of a closing mark lies; -1 where it is not open at all."""
    for depth, (mark, _) in enumerate(reversed(open_ones)):
        if char in PAIRS[mark]:
            return depth
    return -1
