"""What an edit is: a person's own wording of a block, and what may come of putting it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from generator.edits.text import (
    Captured,
    FigureRef,
    Token,
    capture,
    digest,
    index_of,
    marked,
    plain_of,
    read_marked,
    settled,
    tokens_of,
)
from generator.model import Document, Finding, Heading, Paragraph, Refusal, Table

NEW = "new:"  # ids of paragraphs that a person added
PLACE = "改写"

Action = Literal["reword", "delete", "insert", "move", "note"]


class Dispute(BaseModel):
    """What a person changed that an edit may not: a number, or something inside a table.

    It is an 错误 (a number) or 警告 (words of a table) until the data agree or somebody decides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["number", "words", "structure"]
    generated: str
    typed: str
    where: str = ""
    cells: tuple[str, ...] = ()
    figure: FigureRef | None = None


class Alternative(BaseModel):
    """Another person's text for the same block: kept beside, blocks publication until decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str
    figures: tuple[FigureRef, ...] = ()
    author: str = ""
    at: str = ""
    source: str = ""


class Edit(BaseModel):
    """A person's own wording of a block.

    ``text`` and ``base_text`` are marked text over ``figures`` (see ``edit_text``); ``base`` is the
    hash of ``base_text``, what the program had generated.  ``action``: ``reword``; ``delete``;
    ``insert`` (``block`` begins with ``new:``) and ``move`` stand after block ``after``; ``note``
    changes nothing and only carries disputes.  A line end in ``text`` makes a further paragraph.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    block: str
    action: Action = "reword"
    author: str = ""
    at: str = ""
    source: str = ""
    after: str = ""
    base: str = ""
    base_text: str = ""
    text: str = ""
    note: str = ""
    figures: tuple[FigureRef, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def plain(self) -> str:
        """The text as it read when it was made."""
        return plain_of(self.text, self.figures)


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits of a department, and what could not be read."""

    entries: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def of(self, block: str) -> Edit | None:
        return next((e for e in self.entries if e.block == block), None)


class Conflict(NamedTuple):
    """Two changes of one place, side by side, as plain text."""

    block: str
    base: str
    person: str
    now: str
    alternatives: tuple[str, ...] = ()


class Applied(NamedTuple):
    """A document with people's wording in it.

    ``orphans``: edits whose block is no longer generated; ``conflicts`` block publication.
    """

    document: Document
    findings: tuple[Finding, ...]
    orphans: tuple[Edit, ...]
    conflicts: tuple[Conflict, ...]


class EditError(Refusal):
    """The edit cannot be kept; the message is Chinese."""


class EditConflict(EditError):  # noqa: N818 - it is a conflict, not an error of the program
    """Somebody else kept another text for this block meanwhile; theirs stands, yours is not lost here."""

    def __init__(self, block: str, current: Edit | None) -> None:
        self.block, self.current = block, current
        who = f"{current.author}（{current.at}）" if current else "他人"
        super().__init__(f"“{block}”已被{who}改过，请先看过再保存，您的文字没有写入。")


# ------------------------------------------------------------------ making edits


def block_of(document: Document, block: str) -> Heading | Paragraph:
    """A block of words by its id.  EditError where there is none, or where it is a table."""
    found = next((b for b in document.blocks() if b.id == block), None)
    if found is None:
        raise EditError(f"文本里没有“{block}”这一段。")
    if isinstance(found, Table):
        raise EditError("表里的内容来自填报表，请在填报表里修改。")
    return found


def reword(
    document: Document,
    block: str,
    text: str,
    *,
    author: str,
    at: str,
    source: str = "",
    others: tuple[Token, ...] = (),
    held: Edit | None = None,
) -> Edit:
    """An edit from the plain text that a person typed for a block of the generated document.

    ``held``: the edit that was shown, where there was one: its numbers from other blocks stay live too,
    and it stays where it had been moved to.
    """
    found = block_of(document, block)
    base = tokens_of(block, found.spans)
    if held is not None:
        others = (
            *others,
            *(t for t in settled(read_marked(held.text, held.figures), index_of(document)) if t.span is not None),
        )
    made = edit_of(block, base, capture(base, text.strip(), others), author=author, at=at, source=source)
    if held is None or held.action != "move":
        return made
    return made.model_copy(update={"action": "move", "after": held.after})


def edit_of(
    block: str,
    base: list[Token],
    captured: Captured,
    *,
    author: str,
    at: str,
    source: str = "",
    action: Action = "reword",
    after: str = "",
) -> Edit:
    """An edit from what was captured of a person's text."""
    refs: list[FigureRef] = []
    base_text = marked(base, refs)
    text = marked(captured.tokens, refs)
    disputes = tuple(
        Dispute(kind="number", generated=c.generated, typed=c.typed, cells=c.ref.cells, figure=c.ref)
        for c in captured.changed
    )
    return Edit(
        block=block,
        action=action,
        author=author,
        at=at,
        source=source,
        after=after,
        base=digest(base_text),
        base_text=base_text,
        text=text,
        figures=tuple(refs),
        disputes=disputes,
    )
