"""Puts drafts into the workbook beside the places where the reasons are written.

The person's own column is never touched; the draft stands in a column of its own, and a changed
draft loses the mark 采用 only where it says something else now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.files import write_cells
from generator.model import CellRef, Submission, Text
from generator.packs import CompiledPack
from generator.reasons.drafting import Draft, Status
from generator.reasons.questions import ACCEPT, DRAFT, TAKEN, facts_list


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written where, and what has no place in this workbook."""

    data: bytes
    written: tuple[Draft, ...]
    nowhere: tuple[Draft, ...]


def store(
    data: bytes,
    compiled: CompiledPack,
    submission: Submission,
    places: Mapping[str, CellRef],
    drafts: Sequence[Draft],
    *,
    every: bool = False,
) -> Stored:
    """Write drafts into a workbook: where nothing was written yet, or (``every``) everywhere.

    Accepted drafts that still hold, and reasons that a person wrote, stay as they are.
    """
    cells = draft_cells(compiled, submission, places)
    values: dict[CellRef, str] = {}
    written, nowhere = [], []
    for draft in drafts:
        wanted = draft.status in (Status.OFFERED, Status.PENDING, Status.STALE) and draft.asked
        if (
            draft.slot.startswith(("class:", "subject:"))
            or not draft.text
            or not (wanted or (every and draft.status is Status.WRITTEN))
        ):
            continue
        ref = cells.get(draft.slot)
        if ref is None:
            nowhere.append(draft)
        elif draft.stored.strip() != draft.text:
            values[ref] = draft.text
            accept = cells.get(f"accept:{draft.slot}")
            if draft.status is Status.STALE and accept is not None:
                values[accept] = ""
            written.append(draft)
    return Stored(write_cells(data, values) if values else data, tuple(written), tuple(nowhere))


def take(
    data: bytes, compiled: CompiledPack, submission: Submission, places: Mapping[str, CellRef], draft: Draft
) -> bytes:
    """Write one draft and take it (采用), as a person does who agrees with it.

    :raises LookupError: where the workbook has no cells for it (the message is Chinese).
    """
    cells = draft_cells(compiled, submission, places)
    beside, accept = cells.get(draft.slot), cells.get(f"accept:{draft.slot}")
    if beside is None or accept is None or not draft.text:
        raise LookupError(f"“{draft.title}”没有可以采用的草稿。")
    return write_cells(data, {beside: draft.text, accept: TAKEN})


def draft_cells(compiled: CompiledPack, submission: Submission, places: Mapping[str, CellRef]) -> dict[str, CellRef]:
    """The cell of each draft by its place, and under ``accept:`` the cell in which it is taken."""
    out = {k.removeprefix("draft:"): ref for k, ref in places.items() if k.startswith("draft:reason:")}
    out |= {f"accept:{k.removeprefix('accept:')}": ref for k, ref in places.items() if k.startswith("accept:reason:")}
    facts = facts_list(compiled)
    for record in submission.lists.get(facts.id, ()) if facts else ():
        code = str(record.get("code", ""))
        for column in ("reason", "use"):
            slot = f"{'use' if column == 'use' else 'item'}:{code}"
            for name, key in ((column + DRAFT, slot), (column + ACCEPT, f"accept:{slot}")):
                beside = record.get(name)
                if isinstance(beside, Text) and beside.cells:
                    out.setdefault(key, beside.cells[0])
    return out
