"""Puts finished files into their folder: never half a file, never half a set that stays.

All files are written beside first.  The list of what belongs together is written last and is the
point of no return: before it, an interrupted run leaves the old set; after it, the next run (or
:func:`recover`) finishes the move.  Files appear in the folder by renaming only.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.files.locks import exclusive

STAGING = ".写入中-"
LIST = "清单.json"
ABANDONED = 600  # seconds after which an unfinished folder belongs to nobody
LOCKS = 64


def put_in_place(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Replace files of a folder by a new set.  The manifest comes last, so that it tells only of what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
    try:
        for name, data in files.items():
            _write(staging / name, data)
        names = sorted(files, key=lambda n: n == "manifest.json")
        _write(staging / (LIST + "~"), json.dumps(names, ensure_ascii=False).encode())
        with _alone(folder):
            _recover(folder)
            (staging / (LIST + "~")).replace(staging / LIST)
            _finish(folder, staging)
    finally:
        if not (staging / LIST).exists():
            shutil.rmtree(staging, ignore_errors=True)
    return tuple(folder / name for name in files)


def put(path: Path, data: bytes) -> None:
    """One file, written beside and moved into place; on the disk before it counts.  Two writers never share what is beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replaces = path.exists()
    beside = path.with_name(f"{STAGING}{os.getpid()}-{threading.get_ident()}-{path.name}")
    try:
        _write(beside, data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    if replaces:  # a folder that only grows (the workbench's versions) may be large: not looked through
        for left in path.parent.glob(f"{STAGING}*-{glob.escape(path.name)}"):  # of a writer that was killed
            if _age(left) > ABANDONED:
                left.unlink(missing_ok=True)


def recover(folder: Path) -> bool:
    """Finish what an interrupted run had completely written; True where there was something."""
    with _alone(folder):
        return _recover(folder)


def _recover(folder: Path) -> bool:
    found = False
    for staging in sorted(folder.glob(f"{STAGING}*"), key=_age, reverse=True):
        if (staging / LIST).is_file():
            _finish(folder, staging)
            found = True
        elif _age(staging) > ABANDONED:
            staging.unlink(missing_ok=True) if staging.is_file() else shutil.rmtree(staging, ignore_errors=True)
    return found


def _finish(folder: Path, staging: Path) -> None:
    for name in json.loads((staging / LIST).read_text(encoding="utf-8")):
        with contextlib.suppress(FileNotFoundError):  # moved before the interruption
            (staging / name).replace(folder / name)
    (staging / LIST).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process of this user moves files into a folder at a time, so that two sets never mix.

    The lock ends with its process.  It lies outside the folder, which belongs to the reader; folders share
    :data:`LOCKS` locks, held for a few renames only.
    """
    home = Path(tempfile.gettempdir()) / f"juesuan-{os.getuid() if hasattr(os, 'getuid') else ''}"
    home.mkdir(mode=0o700, exist_ok=True)
    number = int(hashlib.sha256(str(folder.resolve()).encode()).hexdigest(), 16) % LOCKS
    with exclusive(home / f"{number}.锁", timeout=60):
        yield


def _age(path: Path) -> float:
    """Seconds since the last change; 0 where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
