"""The one way in to a compiled pack: found by its name, compiled once while its files stay the same (see ``_kept``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator.packs import _kept
from generator.packs._compiler import _Compiler
from generator.packs.compiled import CompiledPack
from generator.packs.layers import assemble
from generator.packs.listing import TEMPLATES, available, layers
from generator.packs.pack import Pack, PackError


def compile_pack(pack: Pack) -> CompiledPack:
    """Compile an assembled pack; PackError where anything in it is wrong."""
    return _Compiler(pack).compile()


@lru_cache(maxsize=16)
def _load(folder: Path, _stamp_of_files: tuple[tuple[str, int, int], ...]) -> CompiledPack:
    chain = layers(folder)
    key = _kept.key_of(f for f, _ in chain) if chain else ""
    compiled = _kept.fetch(key) if key else None
    if compiled is None:
        compiled = compile_pack(assemble(folder))
        if key:
            _kept.keep(key, compiled)
    return compiled


def _stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a folder of packs has changed since it was loaded."""
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in (".toml", ".j2", ".csv"))
    return tuple((p.as_posix(), p.stat().st_mtime_ns, p.stat().st_size) for p in files)


def load(name: str, root: Path | None = None) -> CompiledPack:
    """A compiled pack by its name, e.g. ``load("liaoning")``."""
    folder = (root or TEMPLATES) / name
    if not folder.is_dir():
        known = "、".join(available(root)) or "无"
        raise PackError(name, "", f"没有这个模板包；现有：{known}")
    return _load(folder.resolve(), _stamp(folder.resolve().parent))


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
