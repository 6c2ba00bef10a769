"""Advance widths of characters in thousandths of an em: the arithmetic of lines.

ASCII is set in Times New Roman (Liberation Serif has the same widths), everything else in a
Chinese font at one em.  Layout only; no money here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

EM = 1000
_ASCII = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 "  # space to /
    "500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444 "  # 0 to ?
    "921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 "  # @ to O
    "556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500 "  # P to _
    "333 500 500 444 500 444 333 500 500 278 278 500 278 778 500 500 "  # ` to o (a is 444)
    "500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"  # p to ~
)
WIDTHS = {chr(32 + i): int(w) for i, w in enumerate(_ASCII.split())}
WIDTHS["a"] = 444

UNITS = "万元|亿元|千元|元|万|亿|%|％|辆|人次|人|个|台|批次|批|次|套|项|户|家"
TOGETHER = re.compile(f"(?<=[0-9%])(?:{UNITS})|(?<=[万亿])元")
"""A unit behind its number; 万 and 元."""
NO_START = set("，。、；：？！）》”’】〕」』％%…—·,.;:?!)]}>›»℃″′")
NO_END = set("（《“‘【〔「『([{<‹«￥$¥")


def advance(char: str) -> int:
    """The width of one character."""
    return WIDTHS.get(char, EM)


def text_width(text: str) -> int:
    """The width of a run on one line."""
    return sum([WIDTHS.get(c, EM) for c in text])


def is_latin(char: str) -> bool:
    """Part of a number or a Latin word, which never breaks inside."""
    return char in WIDTHS and char != " "


def clusters(text: str) -> list[str]:
    """The smallest pieces between which a line may break."""
    out: list[str] = []
    previous = ""
    for char in text:
        glued = bool(previous) and (
            (is_latin(char) and is_latin(previous)) or char in NO_START or previous in NO_END or char == " "
        )
        if glued and out:
            out[-1] += char
        else:
            out.append(char)
        previous = char
    return out


def parted(text: str) -> frozenset[int]:
    """Where no line should end: between a number and its unit, inside a unit, before a last letter that would stand
    on a line of its own."""
    found = {at for m in TOGETHER.finditer(text) for at in range(m.start(), m.end())}
    end = len(text.rstrip(" "))
    while end and text[end - 1] in NO_START:
        end -= 1
    if end > 1 and not is_latin(text[end - 1]):
        found.add(end - 1)
    return frozenset(found)


def _whole(text: str) -> list[str]:
    """Clusters, joined where no line should end between them."""
    never, at = parted(text), 0
    out: list[str] = []
    for piece in clusters(text):
        if out and at in never:
            out[-1] += piece
        else:
            out.append(piece)
        at += len(piece)
    return out


@dataclass(frozen=True, slots=True)
class Setting:
    """How a program sets Chinese: the gap it puts between Chinese and Latin, marks in the margin."""

    gap: int = 0
    hang: bool = False
    retreat: bool = False  # before a number that does not fit, "…元，" goes to the next line with it
    whole: bool = False  # numbers stay with their units, and no letter alone on a last line


LIBRE = Setting(gap=200, retreat=True)  # LibreOffice: a fifth of the size, whatever the file says
WORD = Setting(hang=True)  # Word: no gap (switched off in the file), one mark may hang
PLAIN = Setting()  # WPS and others
OWN = Setting(whole=True)  # lines that we set ourselves (PDF)
CLOSING = set("，。、）》”’】〕」』")
HANGING = set("，。、；：？！,.:;?!")


def gap(previous: str, char: str, setting: Setting) -> int:
    """The gap between two neighbours of different scripts."""
    if not setting.gap or not previous or not (previous.isalnum() and char.isalnum()):
        return 0
    return setting.gap if (previous in WIDTHS) != (char in WIDTHS) else 0


def run_width(text: str, setting: Setting, before: str = "") -> int:
    """The width of a run with its gaps, the one before it included."""
    if not setting.gap:
        return text_width(text)
    total, previous = 0, before
    for char in text:
        total += WIDTHS.get(char, EM) + gap(previous, char, setting)
        previous = char
    return total


def break_lines(text: str, width: int, first_indent: int = 0, setting: Setting = PLAIN) -> list[str]:
    """Lines of a paragraph; widths in thousandths of an em."""
    if run_width(text, setting) <= width - first_indent:
        return [text]
    return list(_broken(text, width, first_indent, setting))


@lru_cache(maxsize=4096)
def _broken(text: str, width: int, first_indent: int, setting: Setting) -> tuple[str, ...]:
    """Labels, terms and headings come again in every department."""
    lines: list[str] = []
    current, room = "", width - first_indent
    last = ""
    for piece in _whole(text) if setting.whole else clusters(text):
        need = run_width(piece, setting, current[-1:])
        bare = run_width(piece.rstrip(" "), setting, current[-1:]) if piece[-1] == " " else need
        if setting.hang and piece[-1] in HANGING:
            bare -= advance(piece[-1])
        if current and bare > room:
            taken = last if setting.retreat and _retreats(last, piece) and len(last) < len(current) else ""
            lines.append(current[: len(current) - len(taken)])
            current, room = taken, width - run_width(taken, setting)
            need = bare = run_width(piece, setting, taken[-1:])
        while bare > room and not current and len(piece) > 1:
            count = _fitting(piece, room)
            lines.append(piece[:count])
            piece = piece[count:]
            bare = need = run_width(piece, setting)
            room = width
        current += piece
        room -= need
        last = piece
    lines.append(current)
    return tuple(lines)


def _retreats(last: str, piece: str) -> bool:
    """A closing mark before a number: LibreOffice does not end a line between them."""
    return last[-1:] in CLOSING and piece[0].isascii() and piece[0].isdigit()


def _fitting(piece: str, room: int) -> int:
    """How many characters of an unbreakable piece fit a line that is too short for it."""
    used = 0
    for count, char in enumerate(piece):
        used += advance(char)
        if used > room:
            return max(count, 1)
    return len(piece)
