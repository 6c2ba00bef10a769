"""Puts stored drafts where the reasons stand: accepted ones as words, others as marked suggestions.

What a person wrote always wins.  An accepted draft whose figures have changed keeps the accepted
words (and is reported, see ``rules_drafts``).  Nothing here is written to the workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.model import CellRef, Finding, Piece, Record, Submission, Text, Value
from generator.packs import CompiledPack
from generator.reasons.drafting import Draft, by_slot, drafts
from generator.reasons.questions import DRAFT, facts_list, suggested_text


@dataclass(frozen=True, slots=True)
class Settled:
    """A submission with its drafts in place, and the cells that a draft fills."""

    submission: Submission
    filled: frozenset[CellRef] = frozenset()

    def findings(self, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """Without the complaints that these cells are empty."""
        return tuple(f for f in found if not (f.id == "WB-040" and f.cells and f.cells[0] in self.filled))


def settle(submission: Submission, compiled: CompiledPack) -> Settled:
    """Put the drafts of a workbook in their places; without drafts nothing is computed."""
    spec = facts_list(compiled)
    rows = submission.lists.get(spec.id, ()) if spec else ()
    columns = [c.id for c in spec.columns if c.id + DRAFT in {x.id for x in spec.columns}] if spec else []
    stored = any(t.draft.strip() for t in submission.reasons.values())
    if not stored and not any(str(r.get(c + DRAFT, "")).strip() for r in rows for c in columns):
        return Settled(submission)
    known = by_slot(drafts(compiled, compiled.context(submission)))
    filled: set[CellRef] = set()

    def placed(text: Text, slot: str) -> Text:
        out = _placed(text, known.get(slot))
        if out is not text:
            filled.update(text.cells)
        return out

    reasons = {name: placed(text, f"reason:{name}") for name, text in submission.reasons.items()}
    lists = dict(submission.lists)
    if spec:
        lists[spec.id] = tuple(_row(r, columns, placed) for r in rows)
    return Settled(replace(submission, reasons=reasons, lists=lists), frozenset(filled))


def _row(record: Record, columns: Sequence[str], placed: object) -> Record:
    assert callable(placed)
    code = str(record.get("code", ""))
    data: dict[str, Value] = dict(record.data)
    for column in columns:
        slot = f"{'use' if column == 'use' else 'item'}:{code}"
        text = suggested_text(record, column)
        new = placed(text, slot)
        if new is not text:
            data[column] = new
    return replace(record, data=data)


def _placed(text: Text, draft: Draft | None) -> Text:
    """The words of a place: a person's, or the draft's."""
    said = text.draft.strip()
    if text.value.strip() or not said:
        return text
    now = draft.text if draft is not None else ""
    if text.accepted and now != said:
        return replace(text, value=said, missing="")
    pieces = _pieces(draft) if draft is not None and now else (Piece(said),)
    return replace(text, value=now or said, missing="", pieces=pieces, pending=not text.accepted)


def _pieces(draft: Draft) -> tuple[Piece, ...]:
    return tuple(Piece(s.text, s.figure, s.cells) for s in draft.spans)
