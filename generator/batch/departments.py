"""Finding departments under a folder, and the hash of everything that goes into one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.pipeline import MARKED, SUFFIXES, UNITS

NOT_INPUT = ("~", ".", "版本.")
"""How files begin that are no input: open in an office program, hidden, the store of versions."""


@dataclass(frozen=True, slots=True)
class Department:
    """A folder with a workbook.  ``key``: its path below the folder that was searched."""

    key: str
    folder: Path


def _is_workbook(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(NOT_INPUT) and name != MARKED


def discover(root: Path) -> list[Department]:
    """Every department under ``root`` (which may be one itself), by path.

    A folder with a workbook is a department, and nothing below it is one.
    """
    found: list[Department] = []
    for base, folders, files in os.walk(root):
        folder = Path(base)
        if any(_is_workbook(name) for name in files):
            folders.clear()
            key = folder.relative_to(root).as_posix()
            found.append(Department(folder.name if key == "." else key, folder))
            continue
        folders[:] = sorted(f for f in folders if f != UNITS and not f.startswith("."))
    return sorted(found, key=lambda d: d.key)


def _inputs(folder: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(NOT_INPUT))
        yield from (Path(base) / name for name in sorted(files) if not name.startswith(NOT_INPUT) and name != MARKED)


def inputs_hash(folder: Path) -> str:
    """Hash of all that a person gave: the workbook, edits, explained warnings, appendices."""
    digest = hashlib.sha256()
    for path in _inputs(folder):
        try:
            content = path.read_bytes()
        except OSError:
            content = b"\0unreadable"
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()
