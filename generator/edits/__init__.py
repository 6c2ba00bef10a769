"""People's own wording: kept as input beside the workbook, put back after every generation.

What other modules use (stable):

    read(folder) -> Edits(entries, findings)      all edits of a department (``folder``: where the workbook is)
    state(folder, block) -> str                   hash of what is kept for a block now, "" for nothing
    save(folder, edit, expected_base=...) -> str  keep an edit; ``expected_base`` is the ``state`` that the
                                                  person had before them; EditConflict where it has moved on
    drop(folder, block, expected_base=...)        take an edit back (the file goes to 旧稿, nothing is lost)
    reword(document, block, text, author=..., at=...) -> Edit
                                                  an edit from plain text that a person typed for a block of the
                                                  *generated* document; numbers stay live, a number changed by
                                                  hand goes into ``edit.disputes``, never into the text
    apply(document, edits) -> Applied(document, findings, orphans, conflicts)
                                                  the generated document with the edits; a tuple
    decide(folder, document, block, choice, ...)  settle a conflict or dispute: "person" or "generated"

One file for each block in ``edits/``: TOML, written beside and moved into place under a lock.  An
earlier text that is replaced goes to ``edits/旧稿/``.  A file that cannot be read is a finding.
Errors are Chinese.  Nothing here decides wording.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from generator.document import Document
from generator.edits.applying import apply, settle
from generator.edits.files import FOLDER, drop, dump, file_of, load, read, save, state
from generator.edits.model import (
    NEW,
    Action,
    Alternative,
    Applied,
    Conflict,
    Dispute,
    Edit,
    EditConflict,
    EditError,
    Edits,
    edit_of,
    reword,
)


def decide(folder: Path, document: Document, block: str, choice: Literal["person", "generated"], *, author: str, at: str) -> None:
    """Settle a conflict or a dispute of a block.

    ``person``: the person's wording stands over what is generated now (``document``, without edits),
    numbers live; ``generated``: the program's wording stands, the person's goes to 旧稿.
    """
    edit = read(folder).of(block)
    if edit is None:
        raise EditError(f"“{block}”没有改写的文字。")
    held = state(folder, block)
    if choice == "generated" or edit.action == "note":  # a note has no words of its own to keep
        drop(folder, block, held)
        return
    save(folder, settle(document, edit, author=author, at=at), held)


__all__ = [
    "FOLDER",
    "NEW",
    "Action",
    "Alternative",
    "Applied",
    "Conflict",
    "Dispute",
    "Edit",
    "EditConflict",
    "EditError",
    "Edits",
    "apply",
    "decide",
    "drop",
    "dump",
    "edit_of",
    "file_of",
    "load",
    "read",
    "reword",
    "save",
    "settle",
    "state",
]
