"""Text cut into words: numbers whole, Chinese by a dictionary, everything else by character.

Differences and merges are made of these words, so that 1,595.76 is never cut and 增加 never becomes
增 and 加.  Says nothing about where a number comes from.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

DIGIT = "0-9０-９"
_GROUPED = rf"[{DIGIT}]{{1,3}}(?:,[{DIGIT}]{{3}})+(?![{DIGIT}])"
NUMBER = re.compile(rf"(?:(?<![{DIGIT}A-Za-z])[-－−])?(?:{_GROUPED}|[{DIGIT}]+)(?:[.．][{DIGIT}]+)?[%％‰]?")
PIECE = re.compile(rf"{NUMBER.pattern}|[A-Za-z]+|[\u4e00-\u9fff]+|\s|.", re.S)
WIDE = str.maketrans("０１２３４５６７８９．，％－−", "0123456789.,%--")


@lru_cache(maxsize=1)
def _cutter() -> object:
    import rjieba

    return rjieba.Jieba()


@lru_cache(maxsize=16384)
def _chinese(text: str) -> tuple[str, ...]:
    """Words of a run of Chinese characters (dictionary only: the same cut every time)."""
    if len(text) == 1:
        return (text,)
    return tuple(_cutter().cut(text, False))  # type: ignore[attr-defined]


def words(text: str) -> list[str]:
    """The words of a text; joined they give the text again."""
    out: list[str] = []
    for match in PIECE.finditer(text):
        piece = match[0]
        if "\u4e00" <= piece[0] <= "\u9fff":
            out.extend(_chinese(piece))
        else:
            out.append(piece)
    return out


def is_number(word: str) -> bool:
    """Whether a word is a number as :func:`words` cuts it."""
    return NUMBER.fullmatch(word) is not None


def number_of(word: str) -> tuple[Decimal, str] | None:
    """Value and suffix (%) of a number, however it is written (１２, 1,234.5, 1234.50)."""
    plain = word.translate(WIDE).replace(",", "")
    suffix = plain[-1:] if plain[-1:] in "%‰" else ""
    try:
        return Decimal(plain.removesuffix(suffix) if suffix else plain), suffix
    except InvalidOperation:
        return None


def same_number(one: str, other: str) -> bool:
    """The same number, though perhaps written otherwise."""
    first, second = number_of(one), number_of(other)
    return first is not None and first == second


DATED = re.compile(
    rf"[{DIGIT}]{{4}}\s*(?:年|—|-|至)|(?:19|20)[{DIGIT}]{{2}}(?=年)|[{DIGIT}]{{1,2}}\s*[月日]|第\s*[{DIGIT}]+"
    rf"|〔[{DIGIT}]{{4}}〕\s*[{DIGIT}]+\s*号|(?<![{DIGIT}])[{DIGIT}]++\s*+号(?:文|令)?|[（(][{DIGIT}]{{1,2}}[）)]|(?:^|\n)[{DIGIT}]{{1,2}}[.、．]",
)


def amounts(text: str) -> list[str]:
    """The numbers of a text that say how much: dates, ordinals and document numbers are left out."""
    return numbers(DATED.sub(lambda m: " " * len(m[0]), text))


def numbers(text: str) -> list[str]:
    """All numbers of a text, in order."""
    return [m[0] for m in NUMBER.finditer(text)]
