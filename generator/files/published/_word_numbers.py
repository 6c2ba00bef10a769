"""The numbers that Word puts before paragraphs by itself: 一、 （一） 1. and their like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from generator.files.safety import parser

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "chineseLegalSimplified",
    "ideographDigital",
    "taiwaneseCounting",
}
MAX_NUMBER = 9999


def chinese(number: int) -> str:
    """一, 十, 十一, 二十, 一百零三 …"""
    if number <= 0 or number > MAX_NUMBER:
        return str(number)
    out, zero = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = bool(out)
    return out.removeprefix("一") if 10 <= number < 20 else out


def written(number: int, form: str) -> str:
    """A number in one of Word's forms."""
    if form in CHINESE:
        return chinese(number)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        out = ""
        for size, name in zip((10, 9, 5, 4, 1), ("x", "ix", "v", "iv", "i"), strict=True):
            while number >= size and number < 100:
                out, number = out + name, number - size
        return out.upper() if form == "upperRoman" else out
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form in ("bullet", "none") else str(number)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its form, the words around the number, where it starts."""

    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbers:
    """The lists of a document, as they count on from paragraph to paragraph."""

    lists: Mapping[str, tuple[str, Mapping[int, Level]]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next(self, number: str, level: int) -> str:
        """What stands before the next paragraph of a list."""
        if number not in self.lists:
            return ""
        shared, levels = self.lists[number]
        here = levels.get(level)
        if here is None:
            return ""
        counts = self.counts.setdefault(shared, {})
        counts[level] = counts.get(level, here.start - 1) + 1
        for deeper in [k for k in counts if k > level]:
            del counts[deeper]

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            its = levels.get(at, Level())
            return written(counts.get(at, its.start), its.form)

        return re.sub(r"%(\d)", shown, here.text) if here.form != "bullet" else ""


def read_numbers(data: bytes | None) -> Numbers:
    """The lists that ``word/numbering.xml`` defines."""
    if not data:
        return Numbers()
    root = etree.fromstring(data, parser())
    abstract: dict[str, dict[int, Level]] = {}
    for node in root.iterfind(f"{W}abstractNum"):
        abstract[node.get(f"{W}abstractNumId", "")] = dict(_levels(node))
    lists: dict[str, tuple[str, Mapping[int, Level]]] = {}
    for node in root.iterfind(f"{W}num"):
        number = node.get(f"{W}numId", "")
        shared = _value(node.find(f"{W}abstractNumId"))
        own: dict[int, Level] = {}
        for change in node.iterfind(f"{W}lvlOverride"):
            own |= dict(_levels(change))
        lists[number] = (f"{shared}/{number}" if own else shared, {**abstract.get(shared, {}), **own})
    return Numbers(lists)


def _levels(node: etree._Element) -> list[tuple[int, Level]]:
    out = []
    for level in node.iterfind(f"{W}lvl"):
        start = _value(level.find(f"{W}start")) or "1"
        form = _value(level.find(f"{W}numFmt")) or "decimal"
        out.append((_int(level.get(f"{W}ilvl", "0")), Level(form, _value(level.find(f"{W}lvlText")), _int(start))))
    return out


def _int(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else 0


def _value(node: etree._Element | None) -> str:
    return node.get(f"{W}val", "") if node is not None else ""
