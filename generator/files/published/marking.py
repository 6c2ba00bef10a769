"""Notes laid on a published file at their places: highlights in a PDF, comments in a Word file.

The file itself stays as it was; what stands in the notes is text.  A note whose place is not found is laid on the
first page (before the first paragraph), so that none is lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

AUTHOR = "核对"
SHORTEST = 6  # letters that a piece of a longer text must have to be taken for it
NUMBER = re.compile(r"^(?:第[一二三四五六七八九十\d]+部分|[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．])+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A note.  ``text`` are the words it is about (from page ``page``; 0 where unknown); ``row`` and ``column`` are
    the labels of a cell where it is one.  ``grave``: in red."""

    note: str
    text: str = ""
    page: int = 0
    row: str = ""
    column: str = ""
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Marked:
    """The file with its notes, and how many of them stand at their own place."""

    data: bytes
    placed: int
    total: int


def squeezed(text: str) -> tuple[str, list[int]]:
    """A text without white space in one form of every letter, with the place of each of its letters."""
    out: list[str] = []
    places: list[int] = []
    for k, letter in enumerate(text):
        for one in unicodedata.normalize("NFKC", letter):
            if not one.isspace():
                out.append({"“": '"', "”": '"', "‘": "'", "’": "'"}.get(one, one))
                places.append(k)
    return "".join(out), places


def plain(text: str) -> str:
    return squeezed(text.strip("…"))[0]


def find(needle: str, text: str) -> tuple[int, int] | None:
    """Where a text stands in another one, or the longest beginning or end of it that does."""
    if not needle:
        return None
    if (at := text.find(needle)) >= 0:
        return at, at + len(needle)
    low, high, best = SHORTEST, len(needle) - 1, None
    while low <= high:  # a beginning that is there has only beginnings that are there
        middle = (low + high) // 2
        if (at := text.find(needle[:middle])) >= 0:
            best, low = (at, at + middle), middle + 1
        else:
            high = middle - 1
    return best


def labels(row: str) -> Sequence[str]:
    """The ways a row's label may stand in the file: code and name, the name, the code."""
    whole = plain(row)
    name = re.sub(r"^\d{3,7}", "", whole)
    code = whole[: len(whole) - len(name)]
    return [x for x in dict.fromkeys((whole, name, code)) if x]


def tokens(needle: str, text: str) -> list[int]:
    """Where a number stands that is no part of a longer one."""
    return [m.start() for m in re.finditer(rf"(?<![\d.,]){re.escape(needle)}(?![\d,]|\.\d)", text)]
