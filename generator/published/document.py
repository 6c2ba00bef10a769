"""A published document, understood: who and when, its outline, its tables by name, its paragraphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generator.files import Publication, PubTable, PubText
from generator.model import CellRef, Figure
from generator.packs import Pack
from generator.published.identity import Identity, identity_of
from generator.published.names import flat
from generator.published.outline import Outline, Paragraph, outline_of
from generator.published.tables import Place, ReadTable, TableReader
from generator.published.vocabulary import Vocabulary

ABOVE = 5
NOTES = 5


@dataclass(frozen=True)
class Understood:
    """Everything that is told of a document.  Nothing in it is a judgement."""

    publication: Publication
    identity: Identity
    outline: Outline
    tables: tuple[ReadTable, ...]
    places: Mapping[CellRef, Place]
    words: Vocabulary
    table_blocks: tuple[int, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # subjects of the pack by code
    economic: Mapping[str, str] = field(default_factory=dict)
    obsolete: Mapping[str, str] = field(default_factory=dict)  # names that are no longer used, with the new ones

    @property
    def paragraphs(self) -> list[Paragraph]:
        return self.outline.paragraphs

    @cached_property
    def by_id(self) -> dict[str, ReadTable]:
        """The first table of each kind that holds rows."""
        out: dict[str, ReadTable] = {}
        for table in self.tables:
            if table.id and (table.id not in out or (not out[table.id].rows and table.rows)):
                out[table.id] = table
        return out

    def figures(self) -> dict[CellRef, Figure]:
        """Every amount of the tables by its place."""
        return {f.cells[0]: f for t in self.tables for r in t.rows for f in r.figures.values() if f.cells}


def understand(publication: Publication, pack: Pack, words: Vocabulary) -> Understood:
    """Read a document with the subjects of a pack and the words of its readings."""
    outline = outline_of(publication)
    functional = {c: s.name for c, s in pack.functional.items()}
    economic = {c: s.name for c, s in pack.economic.items()}
    reader = TableReader(words, functional, economic)
    tables: list[ReadTable] = []
    blocks: list[int] = []
    above: list[str] = []
    headings = {h.block: h for h in outline.headings}
    listed = {e.block for e in outline.entries}
    for number, block in enumerate(publication.blocks):
        if isinstance(block, PubText):
            if number not in listed:
                above = [*above, block.text][-ABOVE:]
            continue
        tables.append(reader.read(block, above, _notes(publication, number, headings)))
        blocks.append(number)
        above = []
    lines = [flat(line) for t in tables for line in t.above]
    identity = identity_of(
        [p.text for p in outline.cover], [h.text for h in outline.headings], lines, (p.text for p in outline.paragraphs)
    )
    return Understood(
        publication,
        identity,
        outline,
        tuple(tables),
        reader.places,
        words,
        tuple(blocks),
        functional,
        economic,
        pack.meta.obsolete,
    )


def _notes(publication: Publication, number: int, headings: Mapping[int, object]) -> list[str]:
    """The lines below a table up to the next heading or table, as long as they say 注 or follow such a line."""
    out: list[str] = []
    for at in range(number + 1, min(number + 1 + NOTES, len(publication.blocks))):
        block = publication.blocks[at]
        if isinstance(block, PubTable) or at in headings:
            break
        text = flat(block.text)
        if not (text.startswith(("注", "说明", "备注")) or (out and len(text) < 90) or "本表" in text):
            break
        out.append(text)
    return out
