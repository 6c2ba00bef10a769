"""The one way in to a compiled pack: found by its name, compiled once while its files stay the same (see ``_kept``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator.packs import _kept
from generator.packs._compiler import _Compiler
from generator.packs.compiled import CompiledPack
from generator.packs.layers import assemble
from generator.packs.listing import SUFFIXES, layers
from generator.packs.pack import Pack, PackError
from generator.packs.places import available, find


def compile_pack(pack: Pack) -> CompiledPack:
    """Compile an assembled pack; PackError where anything in it is wrong."""
    return _Compiler(pack).compile()


@lru_cache(maxsize=32)
def _load(folder: Path, _stamp_of_files: tuple[tuple[str, int, int], ...], year: int | None) -> CompiledPack:
    chain = layers(folder)
    key = _kept.key_of((f for f, _ in chain), year) if chain else ""
    compiled = _kept.fetch(key) if key else None
    if compiled is None:
        compiled = compile_pack(assemble(folder, year))
        if key:
            _kept.keep(key, compiled)
    return compiled


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a pack has changed since it was loaded: its own files and those of its parents."""
    chain = layers(folder)
    folders = [f for f, _ in chain] if chain else [folder]
    files = sorted(p for f in folders for p in f.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    return tuple((p.as_posix(), p.stat().st_mtime_ns, p.stat().st_size) for p in files)


def load(name: str, root: Path | None = None, year: int | None = None) -> CompiledPack:
    """A compiled pack by its name, e.g. ``load("liaoning")``; ``year``: as it is in that fiscal year.

    ``root``: a folder that is looked through first (see ``places``).  Without a year what differs by year
    is as it is now.
    """
    folder = find(name, root)
    if folder is None:
        known = "、".join(available(root)) or "无"
        raise PackError(name, "", f"没有这个模板包；现有：{known}")
    stamp = _stamp(folder)
    newest = _load(folder, stamp, None)
    turns = newest.pack.turns
    if year is None or not turns:
        return newest
    since = max((turn for turn in turns if turn <= year), default=turns[0] - 1)
    return _load(folder, stamp, since)


def of_year(compiled: CompiledPack, year: int) -> CompiledPack:
    """The same pack as it is in another fiscal year."""
    pack = compiled.pack
    return load(pack.folders[-1].name, pack.folders[-1].parent, year) if pack.turns else compiled


def choices(root: Path | None = None) -> list[tuple[str, str]]:
    """Packs that a department may use, each with its title; those that cannot be read are left out."""
    folders = [folder for name in available(root) if (folder := find(name, root))]
    return [(f.name, title) for f in folders if (title := _title(f, _stamp(f)))]


@lru_cache(maxsize=256)
def _title(folder: Path, _stamp_of_files: tuple[tuple[str, int, int], ...]) -> str:
    """The title of a pack; nothing where it is broken or cannot be used by itself."""
    try:
        meta = assemble(folder).meta
    except PackError:
        return ""
    return "" if meta.abstract else meta.title
