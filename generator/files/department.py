"""A department's folder: its workbook, the names of its files, what counts as input, and its hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.model import Document, Refusal

NOT_INPUT = ("~", ".", "版本.")
"""How files begin that are no input: open in an office program, hidden, the store of versions."""


@dataclass(frozen=True, slots=True)
class Department:
    """A folder with a workbook.  ``key``: its path below the folder that was searched."""

    key: str
    folder: Path


def _workbooks(folder: Path, names: Iterable[str] | None = None) -> list[Path]:
    """What may be the workbook of a department, by name."""
    listed = names if names is not None else (p.name for p in folder.iterdir()) if folder.is_dir() else ()
    return [
        folder / n
        for n in sorted(listed)
        if n.lower().endswith(SUFFIXES) and not n.startswith(NOT_INPUT) and n != MARKED
    ]


def discover(root: Path) -> list[Department]:
    """Every department under ``root`` (which may be one itself), by path.

    A folder with a workbook is a department, and nothing below it is one.
    """
    found: list[Department] = []
    for base, folders, files in os.walk(root):
        folder = Path(base)
        if _workbooks(folder, files):
            folders.clear()
            key = folder.relative_to(root).as_posix()
            found.append(Department(folder.name if key == "." else key, folder))
            continue
        folders[:] = sorted(f for f in folders if f != UNITS and not f.startswith("."))
    return sorted(found, key=lambda d: d.key)


WORKBOOK = "填报表.xlsx"
DRAFTS = "草稿"
BATCH_HOME = "批量"
"""The folder of a batch's own files below the output folder: ledger, summary, whose folder is whose."""
MARKED = "填报表（检查标注）.xlsx"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
UNITS = "单位"
"""The folder of a department's units (see ``merge``): they are part of it, not departments."""


class DepartmentError(Refusal):
    """The path names no department; the message is Chinese (exit code 2)."""


def workbook_of(path: Path) -> Path:
    """The workbook of a department: the file itself, or the one in its folder."""
    if path.is_file():
        return path
    if path.is_dir():
        usual = path / WORKBOOK
        if usual.is_file():
            return usual
        found = _workbooks(path)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(p.name for p in found)
            raise DepartmentError(f"{path} 里有几个工作簿（{names}），请指明其中一个，或改名为“{WORKBOOK}”。")
        raise DepartmentError(f"{path} 里没有填报表（{WORKBOOK}）。")
    raise DepartmentError(f"找不到 {path}。")


NAME_BYTES = 150


def safe_name(name: str) -> str:
    """A department's name as a folder or file name on any system; different names stay different.

    Where a name had to be changed or is too long (file systems count bytes), a mark made from the whole of it is
    added, so that two names never become one.
    """
    name = name.strip()
    cleaned = "".join("_" if c in r'\/:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    cleaned = cleaned.encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore").strip(" .")
    if cleaned == name and name:
        return name
    return f"{cleaned or '未命名部门'}～{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def output_folder(document: Document, root: Path = Path("output")) -> Path:
    """Where the published files of a document lie."""
    return root / str(document.year) / safe_name(document.department) / document.kind


REASONS = "警告说明.json"
EDITS = "edits"


def inputs_of(place: Path) -> dict[tuple[str, str], Path]:
    """A department's inputs, by role and name: all that its document is made from, and nothing else in its folder.

    They are the workbook (``place`` itself, or the one in that folder), the reasons given for warnings and the edits;
    annexes, drafts, notes and the stores are not.  A version keeps just these, restoring puts them back, an approval
    holds while they stay, a batch does a department again when they change.  Where a folder has several workbooks
    and none of the usual name, all count, so that choosing one is a change.
    """
    folder = place if place.is_dir() else place.parent
    usual = folder / WORKBOOK
    workbooks = [place] if place.is_file() else [usual] if usual.is_file() else _workbooks(folder)
    found = [("input", p) for p in workbooks]
    if (folder / REASONS).is_file():
        found.append(("input", folder / REASONS))
    found += [("edit", p) for p in sorted((folder / EDITS).glob("*.toml")) if not p.name.startswith(NOT_INPUT)]
    return {(role, path.relative_to(folder).as_posix()): path for role, path in found}


def inputs_hash(place: Path, more: str = "") -> str:
    """Hash of a department's inputs, and of what else they are seen with (``more``)."""
    digest = hashlib.sha256()
    for (_, name), path in inputs_of(place).items():
        try:
            content = path.read_bytes()
        except OSError:
            content = b"\0unreadable"
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    digest.update(more.encode())
    return digest.hexdigest()
