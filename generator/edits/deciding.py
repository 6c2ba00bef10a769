"""Settling what two people, or a person and the figures, want differently."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from generator.edits.applying import settle
from generator.edits.model import (
    EditError,
)
from generator.edits.store import drop, read, save, state
from generator.model import Document


def decide(
    folder: Path,
    document: Document,
    block: str,
    choice: Literal["person", "other", "generated"],
    *,
    author: str,
    at: str,
) -> None:
    """Settle a conflict or a dispute of a block.

    ``person``: the person's wording stands over what is generated now (``document``, without edits),
    numbers live; ``other``: the other person's, where two are kept; ``generated``: the program's wording
    stands, the person's goes to 旧稿.
    """
    edit = read(folder).of(block)
    if edit is None:
        raise EditError(f"“{block}”没有改写的文字。")
    held = state(folder, block)
    if choice == "generated" or edit.action == "note":  # a note has no words of its own to keep
        drop(folder, block, held)
        return
    if choice == "other":
        if not edit.alternatives:
            raise EditError(f"“{block}”没有另一种改写。")
        rival = edit.alternatives[0]
        action = edit.action if edit.action in ("move", "insert") else "reword"
        update = {
            "text": rival.text,
            "figures": (*rival.figures,),
            "author": rival.author,
            "action": action,
            "source": rival.source,
        }
        edit = edit.model_copy(update={**update, "base_text": "", "base": ""})
    save(folder, settle(document, edit, author=author, at=at), held)
