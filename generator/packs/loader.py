"""The one way in to a compiled pack: found by its name, compiled once while its files stay the same (see ``_kept``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator.packs import _kept
from generator.packs._compiler import _Compiler
from generator.packs.compiled import CompiledPack
from generator.packs.layers import assemble
from generator.packs.listing import SUFFIXES, TEMPLATES, available, layers
from generator.packs.pack import Pack, PackError


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


def _stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a folder of packs has changed since it was loaded."""
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in SUFFIXES)
    return tuple((p.as_posix(), p.stat().st_mtime_ns, p.stat().st_size) for p in files)


def load(name: str, root: Path | None = None, year: int | None = None) -> CompiledPack:
    """A compiled pack by its name, e.g. ``load("liaoning")``; ``year``: as it is in that fiscal year.

    Without a year what differs by year is as it is now.
    """
    folder = (root or TEMPLATES) / name
    if not folder.is_dir():
        known = "、".join(available(root)) or "无"
        raise PackError(name, "", f"没有这个模板包；现有：{known}")
    stamp = _stamp(folder.resolve().parent)
    newest = _load(folder.resolve(), stamp, None)
    turns = newest.pack.turns
    if year is None or not turns:
        return newest
    since = max((turn for turn in turns if turn <= year), default=turns[0] - 1)
    return _load(folder.resolve(), stamp, since)


def of_year(compiled: CompiledPack, year: int) -> CompiledPack:
    """The same pack as it is in another fiscal year."""
    pack = compiled.pack
    return load(pack.folders[-1].name, pack.folders[-1].parent, year) if pack.turns else compiled


def choices(root: Path | None = None) -> list[tuple[str, str]]:
    """Packs that a department may use, each with its title; those that cannot be read are left out."""
    base = (root or TEMPLATES).resolve()
    return list(_choices(base, _stamp(base)))


@lru_cache(maxsize=4)
def _choices(root: Path, _stamp_of_files: tuple[tuple[str, int, int], ...]) -> tuple[tuple[str, str], ...]:
    out = []
    for name in available(root):
        try:
            meta = assemble(root / name).meta
        except PackError:
            continue
        if not meta.abstract:
            out.append((name, meta.title))
    return tuple(out)
