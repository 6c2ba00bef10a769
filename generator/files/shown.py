"""What a cell shows of the number it holds: number formats that scale it, hide it or turn its sign.

Only as far as it can mislead: a format that shows the number itself, rounded, says nothing new.  Source: ECMA-376
part 1, 18.8.31; what ``0!.0000`` and ``0"."0000`` do (an amount of 元 shown as 万元) is how people use it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

LONGEST = 255  # characters of a format, as Excel has it
PLACES = "0#?"
UNIT_WORDS = re.compile(r"[%‰％亿万千百仟佰元角分折成倍]")
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)$")
DIGITS = re.compile(r"[0-9]")
LOOSE_POINT = re.compile(r"(?<=[0-9])\.(?![0-9])")
GENERAL = ("general", "g/通用格式", "通用格式")


@dataclass
class Section:
    """One part of a number format.  ``tokens``: literals, digit places, a point, percent signs, in order."""

    tokens: list[tuple[str, str]] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    red: bool = False
    plain: bool = False  # shows the number in a way of its own: general, scientific, a fraction, Chinese digits
    group: bool = False
    thousands: int = 0  # how often it is divided by 1000

    @property
    def places(self) -> bool:
        return any(kind == "place" for kind, _ in self.tokens)


def shown(number: Decimal, code: str) -> str | None:
    """What is shown of a number where it is not the number itself, rounded; ``None`` where it is.

    The empty text where nothing is shown.
    """
    if len(code) > LONGEST:
        return None
    sections = _sections(code)
    section, own_sign = _section_of(number, sections)
    if section is None or section.plain:
        return None
    text = _text(number, section, own_sign)
    return None if _says(text, number, section) else text


def hides_text(code: str) -> bool:
    """Whether a format shows nothing of a text (``;;;``)."""
    sections = _sections(code) if len(code) <= LONGEST else []
    return len(sections) > 3 and not sections[3].tokens


def _section_of(number: Decimal, sections: list[Section]) -> tuple[Section | None, bool]:
    """The section for a number, and whether it shows the sign itself (a section for negative numbers only)."""
    numeric = sections[:3]
    if any(s.condition for s in numeric):
        for s in numeric:
            if s.condition is None or _holds(number, *s.condition):
                return s, False
        return None, False
    if number < 0 and len(numeric) > 1:
        return numeric[1], True
    if number == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], False


def _holds(number: Decimal, relation: str, limit: Decimal) -> bool:
    return {
        "<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit, "=": number == limit,
        "<>": number != limit,
    }[relation]  # fmt: skip


def _text(number: Decimal, section: Section, own_sign: bool) -> str:
    percents = sum(1 for kind, _ in section.tokens if kind == "percent")
    value = abs(number).scaleb(2 * percents - 3 * section.thousands)
    kinds = [kind for kind, _ in section.tokens]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole = [k for k, kind in enumerate(kinds) if kind == "place" and k < point]
    after = [k for k, kind in enumerate(kinds) if kind == "place" and k > point]
    rounded = value.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP) if section.places else value
    digits, _, fraction = f"{rounded:f}".partition(".")
    digits = "" if digits == "0" and whole and section.tokens[whole[-1]][1] != "0" else digits
    digits = digits.zfill(sum(1 for k in whole if section.tokens[k][1] == "0"))
    put: dict[int, str] = {}
    for k in reversed(whole):
        put[k], digits = digits[-1:], digits[:-1]
    if whole and digits:
        put[whole[0]] = digits + put[whole[0]]
    if section.group and whole:  # 1,500.00
        joined = "".join(put[k] for k in whole)
        put |= dict.fromkeys(whole, "") | {whole[0]: f"{int(joined):,}" if joined.isdigit() else joined}
    kept = len(fraction.rstrip("0"))
    for n, k in enumerate(after):
        put[k] = fraction[n : n + 1] if section.tokens[k][1] == "0" or n < kept else ""
    text = "".join(put.get(k, words) if kind == "place" else words for k, (kind, words) in enumerate(section.tokens))
    minus = "-" if number < 0 and not own_sign and rounded != 0 else ""
    return (minus + LOOSE_POINT.sub("", text)).strip()


def _says(text: str, number: Decimal, section: Section) -> bool:
    """Whether what is shown is the number itself, rounded, with nothing beside it that means something."""
    if not section.places:
        return number == 0 and not DIGITS.search(text)
    beside = "".join(words for kind, words in section.tokens if kind in ("literal", "percent"))
    if UNIT_WORDS.search(beside) or DIGITS.search(beside):
        return False
    digits = "".join(c for c in text if c in "0123456789.")
    if digits.count(".") > 1 or not DIGITS.search(digits):
        return number == 0
    read = Decimal(digits.strip(".") if not digits.startswith(".") else f"0{digits}")
    decimals = len(digits.partition(".")[2])
    negative = (
        "-" in text or "−" in text or ("(" in text and ")" in text) or ("（" in text and "）" in text) or section.red
    )
    near = abs(read - abs(number)) <= Decimal(5).scaleb(-decimals - 1)
    return near and (negative == (number < 0) or read == 0 or (section.red and number >= 0))


# ------------------------------------------------------------------ reading a format


@lru_cache(maxsize=4096)
def _sections(code: str) -> list[Section]:
    sections = [Section()]
    at = 0
    while at < len(code):
        at = _token(code, at, sections)
    for section in sections:
        _settle(section)
    return sections


def _token(code: str, at: int, sections: list[Section]) -> int:
    """Take one token into the last section; where the next one begins."""
    section, c = sections[-1], code[at]
    rest = code[at:].lower()
    if c == ";":
        sections.append(Section())
        return at + 1
    if c == '"':
        end = code.find('"', at + 1)
        end = len(code) if end < 0 else end
        section.tokens.append(("literal", code[at + 1 : end]))
        return end + 1
    if c in "\\!":
        section.tokens.append(("literal", code[at + 1 : at + 2]))
        return at + 2
    if c in "_*":
        section.tokens.append(("literal", " " if c == "_" else ""))
        return at + 2
    if c == "[":
        end = code.find("]", at)
        end = len(code) if end < 0 else end
        _bracket(section, code[at + 1 : end])
        return end + 1
    for word in GENERAL:
        if rest.startswith(word):
            section.tokens.append(("general", ""))
            return at + len(word)
    if c in "eE" and code[at + 1 : at + 2] in ("+", "-") and section.places:
        section.plain = True
        return at + 2
    if c in PLACES:
        section.tokens.append(("place", c))
    elif c == ".":
        section.tokens.append(("point", "."))
    elif c == ",":
        section.tokens.append(("comma", ""))
    elif c in "%％":
        section.tokens.append(("percent", "%"))
    elif c == "/" and section.places:
        section.plain = True
    else:
        section.tokens.append(("literal", "" if c == "@" else c))
        section.plain = section.plain or c == "@"
    return at + 1


def _bracket(section: Section, words: str) -> None:
    low = words.lower()
    if low in ("red", "红色", "color3", "color 3"):
        section.red = True
    elif low.startswith("dbnum"):
        section.plain = True
    elif found := CONDITION.match(words):
        section.condition = (found[1], Decimal(found[2]))
    elif words.startswith("$"):
        section.tokens.append(("literal", words[1:].partition("-")[0]))


def _settle(section: Section) -> None:
    """Commas divide by a thousand behind the last place, group digits elsewhere; a second point is a mark."""
    kinds = [kind for kind, _ in section.tokens]
    if "general" in kinds:
        beside = "".join(words for kind, words in section.tokens if kind in ("literal", "percent"))
        section.plain = section.plain or not (UNIT_WORDS.search(beside) or DIGITS.search(beside))
        section.tokens = [("place", "0") if kind == "general" else (kind, words) for kind, words in section.tokens]
        if not section.plain:
            section.tokens = [t for t in section.tokens if t[0] != "comma"]
            at = next(k for k, t in enumerate(section.tokens) if t[0] == "place")
            section.tokens[at + 1 : at + 1] = [("point", "."), *[("place", "#")] * 10]
        return
    if "place" in kinds:
        last = len(kinds) - 1 - kinds[::-1].index("place")
        section.group = "comma" in kinds[:last]
        section.thousands = sum(1 for kind in kinds[last:] if kind == "comma")
    points = [k for k, kind in enumerate(kinds) if kind == "point"]
    for k in points[1:]:
        section.tokens[k] = ("literal", ".")
    section.tokens = [t for t in section.tokens if t[0] != "comma"]
