"""Turns what a person changed in Word into edits; says what it does not take.

Words go into edits over what was generated in the version that the file came from.  A number never
does: it stays live, and both values are kept as a dispute.  Where another edit was saved meanwhile,
the two are merged, or both are kept until somebody decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from generator.edits._three_way import merge
from generator.edits.matching import Cell, Matched
from generator.edits.model import NEW, Action, Alternative, Dispute, Edit, EditConflict, Edits, edit_of
from generator.edits.store import drop, read, save, state
from generator.edits.text import (
    Captured,
    FigureIndex,
    FigureRef,
    Token,
    capture,
    index_of,
    key_of,
    marked,
    read_marked,
    refs_of,
    settled,
    tokens_of,
)
from generator.edits.words import is_number, same_number, words
from generator.model import Document, Heading, Paragraph, Span, Table

COVER = "cover"


@dataclass(frozen=True)
class Base:
    """The version that the file came from: as it was written, as it was generated, with its edits."""

    document: Document
    generated: Document
    edits: Edits = field(default_factory=Edits)
    number: int = 0


@dataclass(frozen=True)
class Change:
    """One thing that a person did in the file.  ``edit``: what is to be kept of it (``None``: take back)."""

    block: str
    before: str
    after: str
    edit: Edit | None
    held: Edit | None = None  # the edit in the version
    typed: tuple[str, str, str] | None = None  # sheet, cell and new text, where only a typed text changed


def changes(base: Base, matched: Matched, *, author: str, at: str, source: str) -> list[Change]:
    """All changes of a file against the version it came from."""
    return _Taking(base, matched, author, at, source).run()


def root(name: str) -> str:
    """The block to which a further paragraph of an edit belongs."""
    return name if name.startswith(NEW) and "~" not in name else name.partition("~")[0]


class _Taking:
    def __init__(self, base: Base, matched: Matched, author: str, at: str, source: str) -> None:
        self.base, self.matched = base, matched
        self.by = {"author": author, "at": at, "source": source}
        self.index: FigureIndex = index_of(base.generated)
        self.generated = {b.id: b for b in base.generated.blocks()}
        self.shown: dict[str, list[Heading | Paragraph]] = {}
        for block in base.document.blocks():
            if not isinstance(block, Table):
                self.shown.setdefault(root(block.id), []).append(block)
        self.parts = {p.heading.id for p in base.document.parts}
        self.joined = {j: f.block for f in matched.found.values() for j in f.joined}
        self.moved = {root(k): root(v) for k, v in matched.moved.items() if root(k) != root(v)}
        self.disputes: dict[str, list[Dispute]] = {}

    def run(self) -> list[Change]:
        out: list[Change] = []
        texts = {name: self._lines(blocks) for name, blocks in self.shown.items()}
        free = [t for name, (was, now) in texts.items() if was != now for t in self._gone(name, now)]
        for name, (was, now) in texts.items():
            if _same(was, now) and name not in self.moved:
                continue
            change = self._change(name, was, now, free)
            if change is not None:
                out.append(change)
        out += self._added(free)
        for cell in self.matched.cells:
            self._cell(cell)
        for odd in self.matched.oddities:
            kind = f"把“{odd.generated}”改成了“{odd.typed}”" if odd.typed else f"删去了“{odd.generated}”"
            self._note(
                odd.block or COVER, Dispute(kind="structure", generated=odd.generated, typed=kind, where=odd.where)
            )
        for name, disputes in self.disputes.items():
            held = self.base.edits.of(name)
            known = [d for d in (held.disputes if held else ()) if d.where not in {x.where for x in disputes}]
            edit = Edit(
                block=name,
                action="note",
                disputes=(*known, *disputes),
                author=self.by["author"],
                at=self.by["at"],
                source=self.by["source"],
            )
            out += [Change(name, d.generated, d.typed, edit, held) for d in disputes]
        return out

    # -------------------------------------------------------------- words

    def _lines(self, blocks: Sequence[Heading | Paragraph]) -> tuple[str, str]:
        was = "\n".join(b.text for b in blocks)
        found = [self.matched.found[b.id].text for b in blocks if b.id in self.matched.found]
        return was, "\n".join(t for t in found if t)

    def _gone(self, name: str, now: str) -> list[Token]:
        """The figures of a block whose number it does not say any more."""
        said = [w for w in words(now) if is_number(w)]
        out = []
        for token in (t for t in self._tokens(name) if t.ref is not None):
            at = next((k for k, w in enumerate(said) if same_number(w, token.text)), None)
            if at is None:
                out.append(token)
            else:
                del said[at]
        return out

    def _tokens(self, name: str) -> list[Token]:
        """The block as it was shown, its figures by their references in what was generated."""
        held = self.base.edits.of(name)
        shown = [Token("\n", "\n")]
        for block in self.shown[name]:
            shown += [*tokens_of(name, block.spans), Token("\n", "\n")]
        shown = shown[1:-1]
        if held is not None and held.text:
            mine = settled(read_marked(held.text, held.figures), self.index)
            if "".join(t.text for t in mine) == "".join(t.text for t in shown):
                return mine
        return settled(shown, self.index)

    def _change(self, name: str, was: str, now: str, free: list[Token]) -> Change | None:
        held = self.base.edits.of(name)
        gen = self.generated.get(name)
        action: Action = held.action if held is not None and held.action in ("insert", "move") else "reword"
        after = self.moved.get(name) or (held.after if held is not None else "")
        if name in self.moved and action == "reword":
            action = "move"
        if not now:
            if name in self.parts:
                self._note(name, Dispute(kind="structure", generated=was, typed=f"删去了标题“{was}”"))
                return None
            if gen is None or isinstance(gen, Table):
                return Change(name, was, "", None, held)
            edit = edit_of(name, tokens_of(name, gen.spans), Captured((), (), ()), **self.by, action="delete")
            if name in self.joined:
                edit = edit.model_copy(update={"note": f"并入{self.joined[name]}"})
            return Change(name, was, "", edit, held)
        shown = self._tokens(name)
        captured = capture(shown, now, [t for t in free if t not in shown])
        base = tokens_of(name, gen.spans) if gen is not None and not isinstance(gen, Table) else []
        edit = edit_of(name, base, captured, **self.by, action=action, after=after)
        if gen is None:
            edit = edit.model_copy(update={"base": "", "base_text": ""})
        if held is not None and held.disputes:
            edit = edit.model_copy(
                update={"disputes": (*held.disputes, *(d for d in edit.disputes if d not in held.disputes))}
            )
        if edit.text == edit.base_text and edit.action == "reword" and not edit.disputes:
            return Change(name, was, now, None, held)
        return Change(name, was, now, edit, held, self._typed(name, now))

    def _typed(self, name: str, now: str) -> tuple[str, str, str] | None:
        """The cell and its new text where nothing but one typed text changed."""
        if len(self.shown[name]) != 1:
            return None
        spans = self.shown[name][0].spans
        for k, span in enumerate(spans):
            if span.kind != "typed" or len(span.cells) != 1:
                continue
            head, tail = "".join(s.text for s in spans[:k]), "".join(s.text for s in spans[k + 1 :])
            middle = now[len(head) : len(now) - len(tail)]
            if now.startswith(head) and now.endswith(tail) and len(head) + len(tail) < len(now) and "\n" not in middle:
                return span.cells[0].sheet, span.cells[0].cell, middle
        return None

    def _added(self, free: list[Token]) -> list[Change]:
        out: list[Change] = []
        previous: dict[str, str] = {}
        for added in self.matched.added:
            after = previous.get(added.after, root(added.after) or self.base.document.parts[0].heading.id)
            name = NEW + hashlib.sha256(f"{after}\x1f{added.text}".encode()).hexdigest()[:10]
            previous[added.after] = name
            captured = capture([], added.text, free)
            edit = edit_of(name, [], captured, **self.by, action="insert", after=after)
            edit = edit.model_copy(update={"base": "", "base_text": ""})
            out.append(Change(name, "", added.text, edit))
        return out

    # -------------------------------------------------------------- tables

    def _note(self, name: str, dispute: Dispute) -> None:
        self.disputes.setdefault(name, []).append(dispute)

    def _cell(self, cell: Cell) -> None:
        table = next(b for b in self.base.document.blocks() if b.id == cell.table)
        assert isinstance(table, Table)
        spans = (table.header if cell.header else table.body)[cell.row][cell.column].spans
        where = f"{table.number or table.title}{'表头' if cell.header else ''}第{cell.row + 1}行第{cell.column + 1}格"
        every = [s for row in table.body for c in row for s in c.spans if s.kind == "figure" and s.figure is not None]
        refs = dict(zip(map(id, every), refs_of(table.id, every), strict=True))
        tokens = [t for s in spans for t in self._span_tokens(s, refs.get(id(s)))]
        captured = capture(tokens, cell.typed)
        for changed in captured.changed:
            self._note(
                table.id,
                Dispute(
                    kind="number",
                    generated=changed.generated,
                    typed=changed.typed,
                    where=where,
                    cells=changed.ref.cells,
                    figure=changed.ref,
                ),
            )
        if [t.key for t in captured.tokens] != [t.key for t in tokens]:
            single = len(tokens) == 1 and tokens[0].ref is not None
            if single and same_number(cell.generated, cell.typed):
                return
            cells = tuple(str(c) for s in spans for c in (*s.cells, *(s.figure.cells if s.figure else ())))
            kind: Literal["number", "words"] = "number" if single else "words"
            figure = tokens[0].ref if single else None
            self._note(
                table.id,
                Dispute(kind=kind, generated=cell.generated, typed=cell.typed, where=where, cells=cells, figure=figure),
            )

    def _span_tokens(self, span: Span, ref: object) -> list[Token]:
        made = tokens_of("", (span,))
        if ref is not None:
            assert isinstance(ref, FigureRef)
            return [Token(span.text, key_of(ref), span, ref)]
        return made


def _same(one: str, other: str) -> bool:
    return [x.split() for x in one.split("\n")] == [x.split() for x in other.split("\n")]


# ------------------------------------------------------------------ keeping them


@dataclass
class Kept:
    """What became of the changes."""

    taken: list[Change] = field(default_factory=list)
    already: list[Change] = field(default_factory=list)
    merged: list[Change] = field(default_factory=list)
    rivals: list[Change] = field(default_factory=list)


def keep(folder: Path, found: Sequence[Change]) -> Kept:
    """Save the changes as edits; each file whole, nothing of anybody overwritten unseen."""
    out = Kept()
    done: dict[str, list[Change]] = {}
    for change in found:
        if change.block in done:  # several things in one table: one edit
            done[change.block].append(change)
            continue
        for _ in range(5):
            try:
                done[change.block] = _keep(folder, change, out)
                break
            except EditConflict:
                continue  # somebody saved in between: look again
    return out


def _keep(folder: Path, change: Change, out: Kept) -> list[Change]:
    """Save one; the list to which it was added comes back."""
    held = state(folder, change.block)
    now = read(folder).of(change.block)
    where: list[Change]
    if change.edit is None:
        where = out.already if now is None else out.taken if _like(now, change.held) else out.rivals
        if where is out.taken:
            drop(folder, change.block, held)
    elif now is not None and _like(now, change.edit):
        where = out.already
    elif now is None or (change.held is not None and _like(now, change.held)):
        save(folder, change.edit, held)
        where = out.taken
    else:
        joined, merged = _joined(change, now)
        same = _like(joined, now) and joined.alternatives == now.alternatives
        if not same:
            save(folder, joined, held)
        where = out.already if same else out.merged if merged else out.rivals
    where.append(change)
    return where


def _joined(change: Change, now: Edit) -> tuple[Edit, bool]:
    """Another edit was saved since the version: both merged (True), or both kept."""
    mine = change.edit
    assert mine is not None
    disputes = (*now.disputes, *(d for d in mine.disputes if d not in now.disputes))
    base_edit = change.held or mine.model_copy(update={"text": mine.base_text})
    base, one, other = (read_marked(e.text, e.figures) for e in (base_edit, mine, now))
    if mine.action == "note" or [t.key for t in one] == [t.key for t in other]:
        return now.model_copy(update={"disputes": disputes}), True
    both = merge(base, one, other)
    if not both.conflict and {mine.action, now.action} <= {"reword", "move"}:
        refs = list(now.figures)
        text = marked(both.tokens, refs)
        author = "、".join(dict.fromkeys(x for x in (now.author, mine.author) if x))
        return now.model_copy(
            update={"text": text, "figures": tuple(refs), "author": author, "at": mine.at, "disputes": disputes}
        ), True
    rival = Alternative(text=mine.text, figures=mine.figures, author=mine.author, at=mine.at, source=mine.source)
    known = [(a.text, a.author) for a in now.alternatives]
    more = now.alternatives if (rival.text, rival.author) in known else (*now.alternatives, rival)
    return now.model_copy(update={"alternatives": more, "disputes": disputes}), False


def _like(one: Edit, other: Edit | None) -> bool:
    """The same edit, whenever and by whomever it was made."""
    if other is None:
        return False
    left, right = (e.model_dump(exclude={"author", "at", "source", "note", "alternatives"}) for e in (one, other))
    return left == right
