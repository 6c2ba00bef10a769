"""The program's own folder for what can be made again: compiled packs, prepared fonts.

``JUESUAN_CACHE`` names it, else it is the user's cache folder; an empty ``JUESUAN_CACHE`` keeps
nothing on disk.  It may be deleted at any time, and where it cannot be written the program goes on
without it.  What is read from it may be loaded as code, so it is read only from a folder and a file
that belong to this user and that nobody else can write, and only where its hash is right.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

KEEP = 64  # entries of one kind; the oldest go first
_MARK = b"juesuan1"
_SIZE = 32
STAGING = ".写入中-"


def folder() -> Path | None:
    """Where things are kept between runs, or nothing."""
    named = os.environ.get("JUESUAN_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "juesuan"
    except RuntimeError:
        return None


def own(path: Path) -> bool:
    """Whether a file or folder (no link) is this user's and written by nobody else.

    Windows has no such bits: there the user's own profile, or the folder that he named, is trusted.
    """
    try:
        found = path.lstat()
    except OSError:
        return False
    if stat.S_ISLNK(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def shelf(kind: str) -> Path | None:
    """The folder of one kind of things, made if need be; nothing where it cannot be had or is not our own."""
    base = folder()
    if base is None:
        return None
    place = base / kind
    if not place.is_dir():
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return None
    if "JUESUAN_CACHE" not in os.environ and not own(base) and hasattr(os, "getuid"):
        with suppress(OSError):  # made by an earlier version under a loose umask; a folder that was named is left alone
            if base.lstat().st_uid == os.getuid():
                base.chmod(0o700)
    return place if own(base) and own(place) else None


def read(kind: str, key: str) -> bytes | None:
    """What was kept under a key, whole and by this user; else nothing."""
    place = shelf(kind)
    path = place / key if place else None
    if path is None or not own(path):
        return None
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head = len(_MARK) + _SIZE
    if data[: len(_MARK)] != _MARK or data[len(_MARK) : head] != hashlib.sha256(data[head:]).digest():
        return None
    with suppress(OSError):
        os.utime(path)  # used: among the last to go
    return data[head:]


def write(kind: str, key: str, data: bytes) -> None:
    """Keep something under a key; where that is impossible, do without."""
    place = shelf(kind)
    if place is None:
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=place, prefix=STAGING)  # readable by this user only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MARK + hashlib.sha256(data).digest() + data)
            Path(name).replace(place / key)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _prune(place)


def _prune(place: Path) -> None:
    found = sorted((p for p in place.iterdir()), key=lambda p: p.stat().st_mtime)
    for path in found[:-KEEP]:
        path.unlink(missing_ok=True)
