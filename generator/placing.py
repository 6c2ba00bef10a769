"""Puts finished files into their folder: never half a file, never half a set that stays.

All files are written beside first.  The list of what belongs together is written last and is the
point of no return: before it, an interrupted run leaves the old set; after it, the next run (or
:func:`recover`) finishes the move.  Files appear in the folder by renaming only.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

STAGING = ".写入中-"
LIST = "清单.json"
ABANDONED = 600  # seconds after which an unfinished folder belongs to nobody


def put_in_place(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Replace files of a folder by a new set.  The manifest comes last, so that it tells only of what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    recover(folder)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
    try:
        for name, data in files.items():
            _write(staging / name, data)
        names = sorted(files, key=lambda n: n == "manifest.json")
        _write(staging / (LIST + "~"), json.dumps(names, ensure_ascii=False).encode())
        (staging / (LIST + "~")).replace(staging / LIST)
        _finish(folder, staging)
    finally:
        if not (staging / LIST).exists():
            shutil.rmtree(staging, ignore_errors=True)
    return tuple(folder / name for name in files)


def put(path: Path, data: bytes) -> None:
    """One file, written beside and moved into place; on the disk before it counts.  Two writers never share what is beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{STAGING}{os.getpid()}-{threading.get_ident()}-{path.name}")
    try:
        _write(beside, data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def recover(folder: Path) -> bool:
    """Finish what an interrupted run had completely written; True where there was something."""
    found = False
    for staging in sorted(folder.glob(f"{STAGING}*"), key=lambda p: p.stat().st_mtime):
        if (staging / LIST).is_file():
            _finish(folder, staging)
            found = True
        elif time.time() - staging.stat().st_mtime > ABANDONED:
            shutil.rmtree(staging, ignore_errors=True)
    return found


def _finish(folder: Path, staging: Path) -> None:
    for name in json.loads((staging / LIST).read_text(encoding="utf-8")):
        try:
            (staging / name).replace(folder / name)
        except FileNotFoundError:
            continue  # moved before the interruption
    (staging / LIST).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
