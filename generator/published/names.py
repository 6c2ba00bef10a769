"""Labels for comparing: half-width, without white space, numbering, and what only introduces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NUMBERING = re.compile(
    r"^(第[一二三四五六七八九十百]+部分|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）][、.]?|\d{1,3}[、.．](?!\d)|[①-⑳])"
)
LEAD = re.compile(r"^(其中|加|减|附|注)[:：]")
QUOTES = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "‘": '"',
        "’": '"',
        "″": '"',
        "＂": '"',
        "'": '"',
        "「": '"',
        "」": '"',
        "—": "-",
        "–": "-",
        "－": "-",
    }
)


@lru_cache(maxsize=32768)
def flat(text: str) -> str:
    """Half-width, no white space, one form of quotes and dashes."""
    return (
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(QUOTES).replace("〔", "[").replace("〕", "]")
    )


@lru_cache(maxsize=32768)
def bare(text: str) -> str:
    """A label without its numbering and lead: ``一、其中：基本支出`` is ``基本支出``."""
    label = flat(text)
    for _ in range(3):
        shorter = LEAD.sub("", NUMBERING.sub("", label))
        if shorter == label or not shorter:
            break
        label = shorter
    return label.strip(":：。，,;；")


def numbered(text: str) -> str:
    """The numbering a label begins with."""
    found = NUMBERING.match(flat(text))
    return found[0] if found else ""


def is_part(text: str) -> bool:
    """A label that names a part of the line above: 其中：…"""
    return bool(re.match(r"^其中", flat(text)))


HAN = {c: k for k, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}


def han_number(text: str) -> int:
    """十二 as 12; 0 where it is no number up to 99."""
    if not text:
        return 0
    if text.isdigit():
        return int(text) if len(text) < 6 else 0
    if "十" in text:
        left, _, right = text.partition("十")
        if (left not in HAN and left) or (right not in HAN and right):
            return 0
        return (HAN[left] if left else 1) * 10 + (HAN[right] if right else 0)
    return HAN.get(text, 0) if len(text) == 1 else 0
