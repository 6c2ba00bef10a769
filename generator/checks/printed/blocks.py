"""What a reader has before them: blocks of words in reading order, and what is remarked about them.

A ``Said`` is one paragraph, heading, line of the cover or cell of a table: of a Document of this program,
with the spans behind its words, or of any published file, with the words alone.  The checks over these
blocks give ``Remark``s; whoever runs them makes findings of them, with cells or with pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from generator.model import Document, Heading, Span, Spans, Table

Kind = Literal["text", "heading", "line", "cell", "note"]
"""text: a paragraph · heading · line: of the cover or 目录, a title or unit of a table ·
cell: a cell of a table · note: a line below a table"""


@dataclass(frozen=True, slots=True)
class Said:
    """Some words in their place.  ``spans``, where known, join to ``text``; ``under`` is the heading above."""

    id: str
    text: str
    kind: Kind = "text"
    spans: Spans = ()
    under: str = ""

    def behind(self, start: int, end: int) -> tuple[Span, ...]:
        """The spans that touch a stretch of the text; none where they are not known."""
        out, at = [], 0
        for span in self.spans:
            if at <= end and at + len(span.text) >= start:
                out.append(span)
            at += len(span.text)
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong in a block: where in its text, under which name of the catalogue ("id/case"),
    and the words for the message.  ``others`` are further blocks that take part."""

    block: Said
    start: int
    end: int
    name: str
    words: Mapping[str, object] = field(default_factory=dict)
    others: tuple[Said, ...] = ()

    @property
    def quote(self) -> str:
        """The words of the block around what is wrong, cut where they are many."""
        text, start, end = self.block.text, self.start, self.end
        if end - start > 60:
            end = start + 60
        left, right = max(0, start - 12), min(len(text), end + 12)
        return ("…" if left else "") + text[left:right] + ("…" if right < len(text) else "")


def said_by(document: Document) -> Iterator[Said]:
    """Everything a Document prints, in reading order."""
    for number, line in enumerate(document.cover):
        yield Said(f"cover:{number}", line, "line", under="封面")
    above = ""
    for block in document.blocks():
        if isinstance(block, Heading):
            above = block.text
            yield Said(block.id, block.text, "heading", block.spans, above)
            if block.toc and block.toc_text and block.toc_text != block.text:
                yield Said(block.id, block.toc_text, "line", under="目录")
        elif isinstance(block, Table):
            yield from _of_table(block)
        else:
            yield Said(block.id, block.text, "text", block.spans, above)


def _of_table(table: Table) -> Iterator[Said]:
    name = table.title or table.number
    for line in (table.title, table.subtitle, table.number, table.left, table.middle, table.right):
        if line:
            yield Said(table.id, line, "line", under=name)
    for rows in (table.header, table.body):
        for row in rows:
            for cell in row:
                if cell.text:
                    yield Said(table.id, cell.text, "cell", cell.spans, name)
    for note in table.notes:
        yield Said(table.id, "".join(s.text for s in note), "note", note, name)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as a full rectangle of cells; places that a merged cell covers are ``None``."""

    id: str
    title: str
    rows: tuple[tuple[Said | None, ...], ...]

    def text(self, row: int, column: int) -> str:
        cells = self.rows[row]
        cell = cells[column] if column < len(cells) else None
        return cell.text.strip() if cell else ""


def grids_of(document: Document) -> Iterator[Grid]:
    """The forms and tables in the text of a Document, header rows first (not the statutory tables)."""
    for table in document.tables():
        if table.role != "table":
            name = _known_as(table)
            rows = tuple(
                tuple(None if cell is None else Said(table.id, cell.text, "cell", cell.spans, name) for cell in row)
                for which in ("header", "body")
                for row in table.cells(which)
            )
            yield Grid(table.id, name, rows)


def _known_as(table: Table) -> str:
    """The title of a form with whose it is: forms of one title are told apart by their first entry."""
    title = table.title or table.number
    for row in table.cells("body")[:2]:
        texts = [c.text.strip() for c in row if c is not None and c.text.strip()]
        if len(texts) > 1 and texts[0].endswith("名称"):
            return f"{title}（{texts[1]}）"
    return title


def parts_of(blocks: Sequence[Said]) -> Iterator[tuple[Said, ...]]:
    """Runs of paragraphs between two headings, in order."""
    run: list[Said] = []
    for block in blocks:
        if block.kind == "text":
            run.append(block)
        elif run and block.kind != "line":
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)
