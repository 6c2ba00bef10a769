"""A pack assembled from its layers, and the one error of a broken pack."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.model import Refusal

if TYPE_CHECKING:
    from generator.model import Format, PageStyle
    from generator.packs import schema


class PackError(Refusal):
    """A broken pack.  ``file`` and ``entry`` say where; the message says what, in Chinese."""

    code = 3
    opening = "模板包有误"

    def __init__(self, file: str, entry: str, message: str) -> None:
        super().__init__()
        self.args = (file, entry, message)
        self.file, self.entry, self.message = file, entry, message

    def __str__(self) -> str:
        place = f"{self.file} 中的“{self.entry}”" if self.entry else self.file
        return f"{place}：{self.message}"


def near(name: str, known: Iterable[str]) -> str:
    """The known name most like a wrong one, as a question behind a message; nothing where none is like it."""
    found = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"，是不是“{found[0]}”" if found else ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of classification: code, name and what it is used for."""

    code: str
    name: str
    definition: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an effective entry comes from."""

    pack: str
    file: str


@dataclass(frozen=True)
class Pack:
    """An effective pack: everything of the parents with this pack's own entries over it."""

    meta: schema.PackMeta
    tables: Mapping[str, schema.TableSpec]
    sheets: Mapping[str, schema.SheetSpec]
    fields: Mapping[str, schema.FieldSpec]
    lists: Mapping[str, schema.ListSpec]
    reasons: Mapping[str, schema.ReasonSpec]
    parts: Mapping[str, schema.PartSpec]
    blocks: Mapping[str, tuple[schema.BlockSpec, ...]]
    forms: Mapping[str, schema.FormSpec]
    terms: Mapping[str, schema.TermSpec]
    phrases: Mapping[str, schema.PhraseSpec]
    checks: Mapping[str, schema.CheckSpec]
    drivers: Mapping[str, schema.DriverSpec]
    fact_kinds: Mapping[str, schema.FactSpec]
    renames: Mapping[str, schema.RenameSpec]
    merges: Mapping[str, schema.MergeSpec]
    formats: Mapping[str, Format]
    narrative: Mapping[str, str]
    functional: Mapping[str, Subject]
    economic: Mapping[str, Subject]
    style: PageStyle
    origins: Mapping[str, Origin]
    chain: tuple[str, ...]
    folders: tuple[Path, ...] = field(repr=False, default=())
    turns: tuple[int, ...] = ()  # the years from which on it differs from what it was before

    @property
    def id(self) -> str:
        return self.meta.id

    def text_of(self, block: schema.BlockSpec) -> str:
        """The template of a block: written in the outline, or under its head."""
        return block.text or self.narrative.get(block.id, "")

    def ordered_parts(self, year: int) -> list[schema.PartSpec]:
        """The parts that hold in a year, in the order of publication."""
        return sorted((p for p in self.parts.values() if p.applies(year)), key=lambda p: p.order)

    def in_force(self, entries: Mapping[str, schema.Entry], year: int) -> list[Any]:
        """Entries that hold in a fiscal year, in order."""
        return [e for e in entries.values() if e.applies(year)]

    def published_tables(self, year: int) -> list[schema.TableSpec]:
        """The tables that hold in a year, in the order of publication; those only asked for at the end."""
        blocks = [b for part in self.ordered_parts(year) for b in self.blocks.get(part.id, ())]
        shown = {name: at for at, name in enumerate(b.table for b in blocks if b.style == "table" and b.applies(year))}
        tables: list[schema.TableSpec] = self.in_force(self.tables, year)
        return sorted(tables, key=lambda t: shown.get(t.id, len(shown)))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything effective in the pack (for staleness and manifests)."""
        import hashlib

        digest = hashlib.sha256()
        for folder in self.folders:
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and "cases" not in p.parts):
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()
