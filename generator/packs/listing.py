"""What a pack says of itself in its ``pack.toml``: enough to list packs and to know their layers, nothing compiled."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.packs.places import META, available, find, parent_of

SUFFIXES = (".toml", ".j2", ".txt", ".csv")  # of the files that a pack is made of


@dataclass(frozen=True, slots=True)
class Listed:
    """A pack by its ``pack.toml``.  ``chain``: its layers from the lowest up; ``trouble``: why it cannot be read;
    ``folder``: where it is."""

    name: str
    title: str = ""
    kind: str = ""
    abstract: bool = False
    chain: tuple[str, ...] = ()
    trouble: str = ""
    folder: Path | None = None


def decoded(data: bytes) -> str | None:
    """Text of a pack's file: UTF-8 with or without BOM, or what Chinese Windows writes; nothing where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _own(folder: Path) -> dict[str, Any] | None:
    """The keys of one pack.toml; nothing where it cannot be read."""
    try:
        return tomllib.loads(decoded((folder / META).read_bytes()) or "=")
    except (OSError, tomllib.TOMLDecodeError):
        return None


def layers(folder: Path) -> list[tuple[Path, dict[str, Any]]] | None:
    """The folders that a pack is layered from, the lowest first; nothing where anything is wrong with them
    (``assemble`` says what)."""
    found: list[tuple[Path, dict[str, Any]]] = []
    seen: set[str] = set()
    while True:
        meta = _own(folder)
        if meta is None or folder.name in seen:
            return None
        seen.add(folder.name)
        found.insert(0, (folder, meta))
        parent = meta.get("extends", "")
        if not parent:
            return found
        above = parent_of(folder, parent) if isinstance(parent, str) else None
        if above is None:
            return None
        folder = above


def listed(root: Path | None = None) -> list[Listed]:
    """All packs as they stand in a list."""
    return [_listed(folder) for name in available(root) if (folder := find(name, root))]


def _listed(folder: Path) -> Listed:
    chain = layers(folder)
    if chain is None:
        return Listed(folder.name, trouble=f"不能读取，请运行 juesuan pack check {folder.name} 查看原因", folder=folder)
    meta: dict[str, Any] = {}
    for _, own in chain:
        meta |= {"abstract": False, **own}
    return Listed(
        folder.name,
        str(meta.get("title", "")),
        str(meta.get("kind", "决算")),
        bool(meta["abstract"]),
        tuple(f.name for f, _ in chain),
        folder=folder,
    )
