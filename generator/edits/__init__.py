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
    decide(folder, document, block, choice, ...)  settle a conflict or dispute: "person", "other" or "generated"

One file for each block in ``edits/``: TOML, written beside and moved into place under a lock.  An
earlier text that is replaced goes to ``edits/旧稿/``.  A file that cannot be read is a finding.
Errors are Chinese.  Nothing here decides wording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.edits import taking
    from generator.edits.applying import apply, settle
    from generator.edits.deciding import decide
    from generator.edits.matching import Matched, match
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
    from generator.edits.naming import called, names_of
    from generator.edits.store import drop, dump, file_of, load, read, save, state
    from generator.edits.taking import Change
    from generator.edits.text import refs_of, tokens_of
    from generator.edits.words import amounts, number_of, numbers
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "NEW",
    "Action",
    "Alternative",
    "Applied",
    "Change",
    "Conflict",
    "Dispute",
    "Edit",
    "EditConflict",
    "EditError",
    "Edits",
    "Matched",
    "amounts",
    "apply",
    "called",
    "decide",
    "drop",
    "dump",
    "edit_of",
    "file_of",
    "load",
    "match",
    "names_of",
    "number_of",
    "numbers",
    "read",
    "refs_of",
    "reword",
    "save",
    "settle",
    "state",
    "taking",
    "tokens_of",
]
