"""What workers do about versions: compare two, write the difference as Word, open a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generator.department import side
from generator.model import Refusal
from generator.versions import Difference, Store, notice, now, write_redline
from generator.versions import compare as difference
from generator.writers import write_docx

Answer = dict[str, Any]
Progress = Callable[[str], None]
MOST = 400


def _difference(folder: str, old: str, new: str) -> Difference:
    """Two versions by number; the empty text is what stands now."""
    return difference(side(f"{folder}@{old}" if old else folder), side(f"{folder}@{new}" if new else folder))


def compare(folder: str, old: str, new: str, progress: Progress) -> Answer:
    """What changed: cells, then blocks with their sentences word by word, then pages."""
    progress("对照")
    found = _difference(folder, old, new)
    return {
        "old": found.old.label,
        "new": found.new.label,
        "same": found.same,
        "cells": [asdict(c) for c in found.cells[:MOST]],
        "blocks": [asdict(b) for b in found.blocks[:MOST]],
        "pages": [asdict(p) for p in found.pages],
        "more": max(len(found.cells) - MOST, 0) + max(len(found.blocks) - MOST, 0),
    }


def redline(folder: str, old: str, new: str, kind: str, reason: str, staging: str, progress: Progress) -> Answer:
    """The difference as Word with tracked changes, or as a 更正说明 for publication."""
    progress("写出对照文件")
    found = _difference(folder, old, new)
    if kind == "notice":
        why = reason or found.new.reason
        if not why:
            raise Refusal("没有写明更正的理由，请先开启更正并写明理由。")
        data = write_docx(notice(found, why))
    else:
        data = write_redline(found.old.document, found.new.document)
    Path(staging).write_bytes(data)
    return {}


def correct(folder: str, by: str, reason: str, progress: Progress) -> Answer:
    """Open a 更正 of the sealed version, with its reason."""
    progress("开启更正")
    with Store.open(Path(folder)) as store:
        return {"correction": store.open_correction(by, now(), reason)}


VERSION_TASKS: dict[str, Callable[..., Answer]] = {"compare": compare, "redline": redline, "correct": correct}
