"""Numbers of persons that are not for the public: identity cards (with their check digit) and mobile telephones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
MOBILE = re.compile(r"(?<![\d.,])1[3-9]\d{9}(?![\d.,])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Personal(NamedTuple):
    """A number of a person: where, what it is, shown without its middle; ``sure`` where a check digit says so."""

    start: int
    end: int
    shown: str
    sure: bool


def personal(text: str) -> Iterator[Personal]:
    """Every such number in a text."""
    for found in IDENTITY.finditer(text):
        if checksum(found[0]):
            yield Personal(found.start(), found.end(), f"身份证号 {found[0][:6]}…{found[0][-2:]}", True)
    for found in MOBILE.finditer(text):
        yield Personal(found.start(), found.end(), f"手机号 {found[0][:3]}…{found[0][-2:]}", False)


def checksum(number: str) -> bool:
    """Whether the last character of an identity number fits (GB 11643)."""
    total = sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()
