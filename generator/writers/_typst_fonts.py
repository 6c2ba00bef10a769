"""The fonts that Typst is given: the faces of a Document's stacks, each under a name of its own.

Typst knows fonts by family and weight only, and FandolSong's two files claim the same weight; so
every face is written out as a family of its own, with a regular weight, into the program's cache (see
``generator.cache``), once for all runs.  Where nothing may be kept, into a folder that lives as long as
the process.  Nothing of the system is looked at besides: the same faces, the same pages.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir, mkdtemp
from typing import Any

from generator import cache as shelves
from generator.model import Fonts
from generator.writers import fonts as fontfiles
from generator.writers.fonts import Face, Role

LATIN = r"[\u{20}-\u{7e}\u{a0}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{24f}]"
"""``fonts.LATIN_RANGE`` as Typst's ``covers`` wants it."""

KEEP = 40  # prepared faces (5–20 MB each)
LEFT, LEFT_SECONDS = "juesuan-fonts-", 3600

Stacks = dict[str, tuple[list[str], list[str]]]
"""For each role the Latin families and the Chinese ones, in order."""


def _faces(role: Role, fonts: Fonts, *, bold: bool) -> Iterator[Face]:
    """The faces of a role.  Where 宋体 has no bold face, 黑体 stands in for it."""
    heavy = next((f.regular for f in fontfiles.families("hei", fonts)), None) if role == "song" else None
    for family in fontfiles.families(role, fonts):
        yield (family.bold or heavy or family.regular) if bold else family.regular


def _name(face: Face) -> str:
    """A family name of our own.  It ends in a digit: Typst cuts style words off the end of names."""
    name = next((n for n in face.names if n.isascii()), face.path.stem)
    plain = re.sub(r"[^A-Za-z0-9]", "", name) or "font"
    return f"juesuan-{plain}{1 if face.bold else 0}"


@lru_cache(maxsize=16)
def _stacks(fonts: Fonts) -> tuple[Stacks, tuple[tuple[str, Face], ...]]:
    heavy_title = fontfiles.title_weight(fonts) > 400
    wanted: dict[str, tuple[Role, bool]] = {
        "title": ("title", heavy_title),
        "hei": ("hei", False),
        "kai": ("kai", False),
        "body": ("body", False),
        "song": ("song", False),
        "bold": ("song", True),
    }
    stacks: Stacks = {}
    faces: dict[str, Face] = {}
    for key, (role, bold) in wanted.items():
        pair: list[list[str]] = []
        for which in ("latin", role):
            found = list(_faces(which, fonts, bold=bold))
            faces |= {_name(f): f for f in found}
            pair.append([_name(f) for f in found])
        stacks[key] = (pair[0], pair[1])
    return stacks, tuple(faces.items())


def font_stacks(fonts: Fonts) -> dict[str, str]:
    """For each role (and ``bold``: heavy table text) the ``font`` argument as Typst code."""
    out = {}
    for key, (latin, own) in _stacks(fonts)[0].items():
        items = [f'(name: "{n}", covers: regex("{LATIN}"))' for n in latin] + [f'"{n}"' for n in own]
        items += [f'"{n}"' for n in latin if not own]
        out[key] = "(" + "".join(f"{i}, " for i in items) + ")"
    return out


# ------------------------------------------------------------------ files


def _name_table(family: str) -> bytes:
    """A name table that says the family, and nothing of the style."""
    records, strings = b"", b""
    for number, text in ((1, family), (2, "Regular"), (4, family), (6, family)):
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, 4, 6 + len(records)) + records + strings


def renamed(face: Face) -> bytes:
    """A face as a font file of its own, under our name, upright and of regular weight."""
    data = fontfiles.face_bytes(face)
    tables = fontfiles._tables(data, 0)
    tables[b"name"] = bytearray(_name_table(_name(face)))
    if b"OS/2" in tables:
        struct.pack_into(">H", tables[b"OS/2"], 4, 400)
        struct.pack_into(">H", tables[b"OS/2"], 62, 0x40)
    struct.pack_into(">H", tables[b"head"], 44, 0)
    return fontfiles._assemble(data[:4], tables)


@cache
def _program() -> bytes:
    """Hash of what prepares faces."""
    return hashlib.sha256(b"".join(Path(f).read_bytes() for f in (__file__, fontfiles.__file__))).digest()


def _key(name: str, face: Face) -> str:
    """The key of a prepared face: its file's size, time and table directory (with the checksum of each table)."""
    with face.path.open("rb") as file:
        stat, head = os.fstat(file.fileno()), file.read(64_000)
    said = f"{name} {face.index} {stat.st_size} {stat.st_mtime_ns} ".encode()
    return hashlib.sha256(_program() + said + head).hexdigest()[:40]


def _prepared(place: Path, name: str, face: Face) -> Path:
    """The folder below ``place`` with one prepared face; made whole beside it and moved there."""
    folder = place / _key(name, face)
    file = folder / f"{name}.otf"
    if file.is_file() and shelves.own(folder):
        with suppress(OSError):
            os.utime(folder)  # used: among the last to go
        return folder
    with TemporaryDirectory(dir=place, prefix=shelves.STAGING, ignore_cleanup_errors=True) as beside:
        made = Path(beside) / "face"
        made.mkdir(mode=0o700)
        (made / file.name).write_bytes(renamed(face))
        with suppress(OSError):  # another process was first
            made.rename(folder)
    if not file.is_file():
        raise OSError(f"no font at {file}")
    _sweep(place)
    return folder


def _sweep(place: Path) -> None:
    """Faces that were not used for long, and what killed runs left half-made."""
    with suppress(OSError):
        entries = sorted(place.iterdir(), key=lambda p: p.stat().st_mtime)
        whole = [p for p in entries if not p.name.startswith(shelves.STAGING)]
        old = [p for p in entries if p not in whole and p.stat().st_mtime < time.time() - LEFT_SECONDS]
        for path in (*old, *whole[:-KEEP]):
            shutil.rmtree(path, ignore_errors=True)


def _folders(faces: tuple[tuple[str, Face], ...]) -> list[Path]:
    place = shelves.shelf("fonts")
    if place is not None:
        with suppress(OSError):  # a full disk, a folder that may only be read
            return [_prepared(place, name, face) for name, face in faces]
    return [_own_folder(faces)]


@lru_cache(maxsize=4)
def _own_folder(faces: tuple[tuple[str, Face], ...]) -> Path:
    """A folder of this process only; those of processes that were killed are removed."""
    import psutil

    for left in Path(gettempdir()).glob(f"{LEFT}*"):
        number = left.name.removeprefix(LEFT).partition("-")[0]
        if number.isdigit() and shelves.own(left) and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(prefix=f"{LEFT}{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, face in faces:
        (folder / f"{name}.otf").write_bytes(renamed(face))
    return folder


@lru_cache(maxsize=4)
def font_book(fonts: Fonts) -> Any:
    """Typst's collection of exactly these fonts (read once in a process)."""
    import typst

    folders = [str(f) for f in _folders(_stacks(fonts)[1])]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
