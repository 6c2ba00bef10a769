"""Compiled packs on disk: what a pack's files come to under this program, this Python and this Jinja.

The seam is ``fetch`` and ``keep``: bytes of a whole :class:`CompiledPack`, whatever it is made of.  Its
language (functions, filters) is built anew each time and stands in the bytes as a name only.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import pickle
import sys
from collections.abc import Iterable
from functools import cache
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

from jinja2 import Environment

from generator import cache as shelves
from generator.packs._compiler import language_of
from generator.packs._saying import Sayer
from generator.packs.compiled import CompiledPack
from generator.packs.language import Language
from generator.packs.listing import SUFFIXES
from generator.packs.pack import Pack

KIND = "packs"
PROGRAM = ("packs", "model")  # what a compiled pack is made of and by
LIBRARIES = ("jinja2", "markupsafe", "pydantic", "pydantic-core")


@cache
def _program() -> bytes:
    """Hash of the program that compiles packs and of what it runs on."""
    digest = hashlib.sha256(MAGIC_NUMBER + str(sys.implementation.cache_tag).encode())
    for name in LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)};".encode())
    base = Path(__file__).resolve().parents[1]
    for path in sorted(p for package in PROGRAM for p in (base / package).glob("*.py*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


def key_of(chain: Iterable[Path], year: int | None = None) -> str:
    """The key of a pack in a year: the folders it is layered from (their files and where they lie), the program."""
    digest = hashlib.sha256(_program() + str(year or "").encode())
    for folder in chain:
        digest.update(str(folder).encode("utf-8", "surrogatepass") + b"\0")
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
            data = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
            digest.update(data)
    return digest.hexdigest()


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        match obj:
            case Language():
                return "language"
            case Environment():
                return "environment"
            case Pack():
                return "pack"
            case Sayer():
                return "sayer"
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, known: dict[str, object]) -> None:
        super().__init__(file)
        self.known = known

    def persistent_load(self, pid: str) -> object:
        return self.known[pid]


def dumps(compiled: CompiledPack) -> bytes:
    """A compiled pack as bytes."""
    compiled.pack.fingerprint  # noqa: B018 - reckoned once, kept with the pack
    buffer = io.BytesIO()
    pickle.dump(compiled.pack, buffer, protocol=5)
    _Pickler(buffer, protocol=5).dump(compiled)
    return buffer.getvalue()


def loads(data: bytes) -> CompiledPack:
    """A compiled pack from its bytes (which must be our own: see ``generator.cache``)."""
    buffer = io.BytesIO(data)
    pack: Pack = pickle.load(buffer)  # noqa: S301
    language, _, sayer = language_of(pack)
    known = {"pack": pack, "language": language, "environment": language.env, "sayer": sayer}
    compiled: CompiledPack = _Unpickler(buffer, known).load()
    sayer.phrases.update({k: dict(v) for k, v in compiled.phrases.items()})
    sayer.texts.update({k: block.text for k, block in compiled.blocks.items() if block.text})
    return compiled


def fetch(key: str) -> CompiledPack | None:
    """A compiled pack that was kept, or nothing."""
    data = shelves.read(KIND, key)
    if data is None:
        return None
    try:
        return loads(data)
    except Exception:  # of another build of the same version: compiled again
        return None


def keep(key: str, compiled: CompiledPack) -> None:
    """Keep a compiled pack for the next run; where that is impossible, do without."""
    shelves.write(KIND, key, dumps(compiled))
