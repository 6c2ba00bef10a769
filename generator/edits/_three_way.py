"""Three-way merge of words: what was generated, what a person made of it, what is generated now.

Changes that touch each other, or overlap and differ, are a conflict; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from generator.edits.text import Token


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged words.  ``conflict``: both sides changed the same place; then the words are the
    person's."""

    tokens: tuple[Token, ...]
    conflict: bool = False


def keys(tokens: Sequence[Token]) -> list[str]:
    """What tokens are compared by."""
    return [t.key for t in tokens]


def merge(base: Sequence[Token], person: Sequence[Token], now: Sequence[Token]) -> Merged:
    """Numbers follow ``now``, wording stays the person's, both sides' changes are kept."""
    before, mine, theirs = keys(base), keys(person), keys(now)
    if before == theirs or mine == theirs:
        return Merged(tuple(person))
    if before == mine:
        return Merged(tuple(now))
    out: list[Token] = []
    conflict = False
    for start, end, one, other in _regions(before, mine, theirs):
        left, right = list(person[one[0] : one[1]]), list(now[other[0] : other[1]])
        stood = before[start:end]
        if keys(left) == keys(right) or keys(right) == stood:
            out += left
        elif keys(left) == stood:
            out += right
        else:
            conflict = True
            out += left
    return Merged(tuple(person), True) if conflict else Merged(tuple(out))


Region = tuple[int, int, tuple[int, int], tuple[int, int]]


def _regions(base: list[str], one: list[str], other: list[str]) -> list[Region]:
    """The texts cut where all three agree: base range, range on either side."""
    agree: list[tuple[int, int, int]] = []
    left = _matches(base, one)
    right = _matches(base, other)
    for k in range(len(base)):
        if k in left and k in right:
            agree.append((k, left[k], right[k]))
    out: list[Region] = []
    at = (0, 0, 0)
    for k, a, b in [*agree, (len(base), len(one), len(other))]:
        if (k, a, b) != at:
            out.append((at[0], k, (at[1], a), (at[2], b)))
        if k < len(base):
            out.append((k, k + 1, (a, a + 1), (b, b + 1)))
        at = (k + 1, a + 1, b + 1)
    return out


def _matches(base: list[str], side: list[str]) -> dict[int, int]:
    out: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks():
        out |= {a + k: b + k for k in range(size)}
    return out
