"""The words of a pack for reading published documents, ready for use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.packs import reading_words
from generator.published.names import bare, flat


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of table: what it is called, what it holds, how its rows go."""

    id: str
    name: str
    title: tuple[re.Pattern[str], ...]
    holds: tuple[str, ...] = ()
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A column or row by the words it goes by.  ``after``: it stands below the year's total."""

    id: str
    pattern: re.Pattern[str]
    after: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """All words.  ``indicators`` and the rest stay as the pack wrote them."""

    tables: tuple[Known, ...]
    columns: tuple[Words, ...]
    lines: tuple[Words, ...]
    raw: Mapping[str, tuple[dict[str, Any], ...]] = field(repr=False, hash=False, compare=False, default_factory=dict)

    def column(self, text: str) -> str:
        """The name of a column, or nothing."""
        return _first(self.columns, text)

    def line(self, text: str) -> str:
        """The name of a row, or nothing."""
        return _first(self.lines, text)

    def after(self, line: str) -> bool:
        return any(w.id == line and w.after for w in self.lines)

    def sentence(self, name: str) -> tuple[re.Pattern[str], str]:
        """A way of putting something, by its name: its pattern, and the whole it speaks of."""
        entry = next((e for e in self.raw.get("sentence", ()) if e["id"] == name), {"pattern": r"(?!)"})
        return re.compile(entry["pattern"]), str(entry.get("whole", ""))

    def known(self, table_id: str) -> Known | None:
        return next((t for t in self.tables if t.id == table_id), None)


@lru_cache(maxsize=8192)
def _first(words: tuple[Words, ...], text: str) -> str:
    label = bare(text).replace('"', "")
    return next((w.id for w in words if w.pattern.fullmatch(label)), "")


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(flat(t)) for t in texts)


def _one(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{flat(t)})" for t in texts))


@lru_cache(maxsize=8)
def vocabulary_of(pack: str = "national-budget", root: Path | None = None) -> Vocabulary:
    """The words of a pack and its parents."""
    raw = reading_words(pack, root)
    tables = tuple(
        Known(
            str(e["id"]),
            str(e.get("name", "")),
            _patterns(e.get("title", ())),
            tuple(e.get("holds", ())),
            str(e.get("rows", "")),
        )
        for e in raw.get("table", ())
    )
    columns = tuple(Words(str(e["id"]), _one(e.get("words", ()))) for e in raw.get("column", ()))
    lines = tuple(Words(str(e["id"]), _one(e.get("words", ())), bool(e.get("after"))) for e in raw.get("line", ()))
    return Vocabulary(tables, columns, lines, raw)
