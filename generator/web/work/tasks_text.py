"""What workers do about wording: a sentence while it is typed, a block that a person words anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

from generator import edits
from generator.files import write_cells
from generator.model import Refusal
from generator.packs import compose
from generator.reasons import by_slot, drafts_for
from generator.web.work.examined import blocks_of_reasons, examined_now
from generator.web.work.snapshot import prose_of, with_reasons
from generator.workbook import ACCEPT

Answer = dict[str, Any]
Progress = Callable[[str], None]
NOT_READ = "填报表还读不出来，看不到文字。"


def sentence(folder: str, pack: str, packs: str, reason: str, text: str, progress: Progress) -> Answer:
    """The paragraphs that a reason goes into, as they would read with this text."""
    examined, fingerprint = examined_now(folder, pack, packs, progress)
    if examined.submission is None or examined.compiled is None or reason not in examined.submission.reasons:
        raise Refusal(NOT_READ)
    blocks = blocks_of_reasons(examined, folder, fingerprint).get(reason, [])
    said = prose_of(compose(with_reasons(examined.submission, {reason: text}), examined.compiled))
    return {"sentences": [said[i] for i in blocks if i in said]}


def block(folder: str, pack: str, packs: str, block: str, progress: Progress) -> Answer:
    """A block as it is generated and as it reads now, with what an edit has to start from."""
    examined, _ = examined_now(folder, pack, packs, progress)
    if examined.document is None or examined.generated is None:
        raise Refusal(NOT_READ)
    generated, now = prose_of(examined.generated), prose_of(examined.document)
    if block not in generated:
        raise Refusal("文本里没有这一段，或它是报表（报表的内容请在填报表里改）。")
    kept = examined.edits.of(block)
    conflict = next((c for c in examined.applied.conflicts if c.block == block), None) if examined.applied else None
    return {
        "generated": generated[block],
        "text": kept.plain if kept and conflict else now.get(block, ""),
        "base": edits.state(Path(folder), block),
        "author": kept.author if kept else "",
        "at": kept.at if kept else "",
        "conflict": conflict._asdict() if conflict else None,
    }


def reword(
    folder: str, pack: str, packs: str, block: str, text: str, base: str, author: str, at: str, progress: Progress
) -> Answer:
    """Keep a person's wording of a block; the text that stands now where it has moved on."""
    examined, _ = examined_now(folder, pack, packs, progress)
    if examined.generated is None:
        raise Refusal(NOT_READ)
    place = Path(folder)
    try:
        if text.strip() == prose_of(examined.generated).get(block, "").strip():
            edits.drop(place, block, base)
            return {"dropped": True}
        edit = edits.reword(examined.generated, block, text, author=author, at=at)
        edits.save(place, edit, base)
    except edits.EditConflict as error:
        current = error.current
        theirs = current.plain if current else prose_of(examined.generated).get(block, "")
        return {
            "conflict": {
                "theirs": theirs,
                "author": current.author if current else "",
                "at": current.at if current else "",
            },
            "base": edits.state(place, block),
        }
    return {"changed": [{"generated": d.generated, "typed": d.typed} for d in edit.disputes]}


def decide(
    folder: str, pack: str, packs: str, block: str, choice: str, author: str, at: str, progress: Progress
) -> Answer:
    """Settle a block whose wording and data have come apart."""
    examined, _ = examined_now(folder, pack, packs, progress)
    if examined.generated is None or choice not in ("person", "generated"):
        raise Refusal(NOT_READ)
    edits.decide(
        Path(folder), examined.generated, block, cast(Literal["person", "generated"], choice), author=author, at=at
    )
    return {}


def draft(folder: str, pack: str, packs: str, staging: str, reason: str, text: str, progress: Progress) -> Answer:
    """Write a draft and its mark 采用 into the workbook, where it still says what the person saw."""
    examined, _ = examined_now(folder, pack, packs, progress)
    draft = by_slot(drafts_for(examined)).get(f"reason:{reason}")
    places = {k: examined.places.get(f"{k}:reason:{reason}") for k in ("draft", "accept")}
    if draft is None or draft.text != text:
        raise Refusal("数字已有变动，草稿也变了，请看过新的草稿再采用。")
    if places["draft"] is None or places["accept"] is None:
        raise Refusal("这份填报表没有草稿一列，请把草稿放进说明里保存。")
    values = {places["draft"]: text, places["accept"]: ACCEPT}
    Path(staging).write_bytes(write_cells(examined.workbook.read_bytes(), values))
    return {}


TEXT_TASKS: dict[str, Callable[..., Answer]] = {
    "sentence": sentence,
    "block": block,
    "reword": reword,
    "decide": decide,
    "draft": draft,
}
