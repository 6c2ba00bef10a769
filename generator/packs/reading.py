"""The words by which published documents are read: what tables, columns and rows are called in many regions.

They stand in the folder ``reading`` of a pack and are no part of its wording.  An entry of a child replaces the
parent's of the same id; its own come first.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.packs._layer import READING, read_toml
from generator.packs.listing import layers
from generator.packs.pack import PackError
from generator.packs.places import find

Entries = dict[str, tuple[dict[str, Any], ...]]


def reading(name: str, root: Path | None = None) -> Entries:
    """The entries of a pack and its parents by kind (``table``, ``column`` …), the pack's own first."""
    folder = find(name, root)
    chain = layers(folder) if folder is not None else None
    if chain is None:
        raise PackError(name, "", "没有这个模板包，或它的上级读不出来")
    files = tuple(
        (p, p.stat().st_mtime_ns) for parent, _ in reversed(chain) for p in sorted((parent / READING).glob("*.toml"))
    )
    return _entries(files)


@lru_cache(maxsize=16)
def _entries(files: tuple[tuple[Path, int], ...]) -> Entries:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for path, _ in files:
        shown = f"{path.parent.parent.name}/{READING}/{path.name}"
        for kind, entries in read_toml(path, shown).items():
            if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
                raise PackError(shown, kind, "这里应当是一条条的登记（[[…]]）")
            for number, entry in enumerate(entries, 1):
                key = str(entry.get("id", f"{shown} {number}"))
                found.setdefault(kind, {}).setdefault(key, entry)
    return {kind: tuple(entries.values()) for kind, entries in found.items()}
