"""Departments as a worker has examined them, kept for the questions that come next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from generator.department import Examined, examine
from generator.files import WORKBOOK
from generator.web.work.snapshot import fingerprint_of, reason_blocks

Progress = Callable[[str], None]
KEPT = 4
_examined: OrderedDict[tuple[str, str], Examined] = OrderedDict()
_blocks: dict[tuple[str, str], dict[str, list[str]]] = {}


def root_of(packs: str) -> Path | None:
    """The folder of packs, or the usual one."""
    return Path(packs) if packs else None


def examined_now(folder: str, pack: str, packs: str, progress: Progress) -> tuple[Examined, str]:
    """A department as it stands, with its fingerprint."""
    root = root_of(packs)
    key = (folder, fingerprint_of(Path(folder), root, pack))
    if key in _examined:
        _examined.move_to_end(key)
        return _examined[key], key[1]
    found = examine(Path(folder) / WORKBOOK, root=root, progress=progress)
    _examined[key] = found
    while len(_examined) > KEPT:
        gone, _ = _examined.popitem(last=False)
        _blocks.pop(gone, None)
    return found, key[1]


def blocks_of_reasons(examined: Examined, folder: str, fingerprint: str) -> dict[str, list[str]]:
    """The blocks that each reason goes into."""
    key = (folder, fingerprint)
    if key not in _blocks:
        _blocks[key] = reason_blocks(examined)
    return _blocks[key]
