"""A department's folder: its workbook, the names of its files, what counts as input, and its hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.model import Document

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


WORKBOOK = "填报表.xlsx"
DRAFTS = "草稿"
MARKED = "填报表（检查标注）.xlsx"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
UNITS = "单位"
"""The folder of a department's units (see ``merge``): they are part of it, not departments."""


class DepartmentError(Exception):
    """The path names no department; the message is Chinese (exit code 2)."""


def workbook_of(path: Path) -> Path:
    """The workbook of a department: the file itself, or the one in its folder."""
    if path.is_file():
        return path
    if path.is_dir():
        usual = path / WORKBOOK
        if usual.is_file():
            return usual
        found = sorted(
            p
            for p in path.iterdir()
            if p.suffix.lower() in SUFFIXES and not p.name.startswith(("~", ".")) and p.name != MARKED
        )
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(p.name for p in found)
            raise DepartmentError(f"{path} 里有几个工作簿（{names}），请指明其中一个，或改名为“{WORKBOOK}”。")
        raise DepartmentError(f"{path} 里没有填报表（{WORKBOOK}）。")
    raise DepartmentError(f"找不到 {path}。")


def safe_name(name: str) -> str:
    """A department's name as a folder or file name on any system."""
    cleaned = "".join("_" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    return cleaned[:80] or "未命名部门"


def output_folder(document: Document, root: Path = Path("output")) -> Path:
    """Where the published files of a document lie."""
    return root / str(document.year) / safe_name(document.department) / document.kind


REASONS = "警告说明.json"


def inputs_of(workbook: Path, content: bytes | None = None) -> dict[tuple[str, str], bytes]:
    """The files of a department that a version keeps."""
    folder = workbook.parent
    out = {("input", workbook.name): workbook.read_bytes() if content is None else content}
    for path in kept_files(folder):
        if path.suffix == ".toml":
            out["edit", path.relative_to(folder).as_posix()] = path.read_bytes()
        elif path.name == REASONS:
            out["input", path.name] = path.read_bytes()
    return out


def kept_files(folder: Path) -> list[Path]:
    """What of a department's folder belongs to a version besides its workbook: edits and reasons."""
    workbooks = [p for p in folder.glob("*.xls*") if not p.name.startswith(("~", ".")) and "检查标注" not in p.name]
    return [*sorted(workbooks), *sorted(folder.glob("*.json")), *sorted((folder / "edits").glob("*.toml"))]
