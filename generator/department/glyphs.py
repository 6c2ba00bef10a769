"""Characters that no font has: boxes on the printed page, said before anything is printed.

What a department types itself (造字, U+E000 …) and the rarest characters stand in no font of the Document.  The
common ones (GB 2312) need no look into the font files.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.model import CellRef, Document, Finding, Fonts, Submission, Table, Text, make_finding
from generator.writers import ROLES, missing_glyphs

NAMED = 6  # characters that one finding names


def without_glyphs(submission: Submission, document: Document) -> list[Finding]:
    """One finding for each character that is printed and stands in no font, at the cells that hold it."""
    typed = list(_typed(submission))
    printed = (b.text for b in document.blocks() if not isinstance(b, Table))
    odd = {c for words in (*(w for w, _ in typed), *printed) for c in _odd(words)}
    places = {c: list[CellRef]() for c in sorted(odd) if _lacking(c, document.style.fonts)}
    for words, where in typed if places else ():
        for char in places.keys() & set(words):
            places[char] += [c for c in where if c not in places[char]]
    groups: dict[tuple[CellRef, ...], list[str]] = {}
    for char, cells in places.items():
        groups.setdefault(tuple(cells), []).append(char)
    return [
        make_finding("WB-063", cells, chars="、".join(_named(c) for c in chars[:NAMED]), count=_more(len(chars)))
        for cells, chars in groups.items()
    ]


def _odd(words: str) -> Iterator[str]:
    """The characters of a text that are not common."""
    try:
        words.encode("gb2312")
    except UnicodeEncodeError:
        yield from (c for c in words if ord(c) > 0x24F and not _common(c))


@lru_cache(maxsize=8192)
def _common(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@lru_cache(maxsize=4096)
def _lacking(char: str, fonts: Fonts) -> bool:
    """Whether no font of any role has a character; private ones are in none that others have."""
    if _private(char):
        return True
    return char.isprintable() and all(missing_glyphs(char, role, fonts) for role in ROLES)


def _private(char: str) -> bool:
    return 0xE000 <= ord(char) <= 0xF8FF or ord(char) >= 0xF0000


def _named(char: str) -> str:
    return f"U+{ord(char):04X}（造字）" if _private(char) else f"“{char}”（U+{ord(char):04X}）"


def _more(count: int) -> str:
    return f"等 {count} 个字" if count > NAMED else ""


def _typed(submission: Submission) -> Iterator[tuple[str, tuple[CellRef, ...]]]:
    """All words that were typed, with their cells."""
    for text in submission.reasons.values():
        yield text.value, text.cells
    records = [*submission.groups.values(), *(r for records in submission.lists.values() for r in records)]
    for record in records:
        yield from ((v.value, v.cells) for v in record.data.values() if isinstance(v, Text))
    for table in submission.tables.values():
        for row in table.rows:
            yield row.name, (row.ref,) if row.ref else ()
            yield from ((v.value, v.cells) for v in row.cells.values() if isinstance(v, Text))
