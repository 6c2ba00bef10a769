"""Edits as files beside the workbook: one TOML file for each block, never overwritten unseen.

Written beside and moved into place under a lock that ends with its process.  What is replaced goes
to 旧稿.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomli_w
from pydantic import ValidationError

from generator.edits.model import PLACE, Edit, EditConflict, EditError, Edits
from generator.files import EDITS, exclusive, inputs_of, put
from generator.model import Finding, TextPlace, make_finding

OLD = "旧稿"


def file_of(folder: Path, block: str) -> Path:
    """The file of a block: readable, and different for different blocks on every file system."""
    name = re.sub(r"[^\w.\-]+", "_", block)[:60]
    return folder / EDITS / f"{name}-{hashlib.sha256(block.encode()).hexdigest()[:8]}.toml"


def read(folder: Path) -> Edits:
    """All edits beside the workbook, by block; a damaged file is said, never dropped."""
    entries: list[Edit] = []
    findings: list[Finding] = []
    for path in (p for (role, _), p in inputs_of(folder).items() if role == "edit"):
        try:
            entries.append(load(path.read_bytes()))
        except (EditError, OSError) as error:
            findings.append(
                make_finding(
                    "ED-107", [TextPlace(PLACE, path.name, "改写的文字")], file=f"{EDITS}/{path.name}", why=error
                )
            )
    return Edits(tuple(entries), tuple(findings))


def load(data: bytes) -> Edit:
    """An edit from its file.  EditError where it is none."""
    try:
        return Edit.model_validate(tomllib.loads(data.decode("utf-8")))
    except (ValueError, ValidationError) as error:
        raise EditError(str(error).splitlines()[0]) from error


def dump(edit: Edit) -> bytes:
    """An edit as the text of its file."""
    return tomli_w.dumps(edit.model_dump(exclude_defaults=True), multiline_strings=False).encode()


def state(folder: Path, block: str) -> str:
    """The hash of what is kept for a block; empty where nothing is."""
    path = file_of(folder, block)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    home = folder / EDITS
    home.mkdir(parents=True, exist_ok=True)
    with exclusive(home / ".锁", timeout=20):
        yield home


def save(folder: Path, edit: Edit, expected_base: str = "") -> str:
    """Keep an edit; the new state comes back.  EditConflict where ``expected_base`` has moved on."""
    with _locked(folder):
        path = file_of(folder, edit.block)
        now = state(folder, edit.block)
        if now != expected_base:
            raise EditConflict(edit.block, load(path.read_bytes()) if path.is_file() else None)
        data = dump(edit)
        if load(data) != edit:
            raise EditError(f"“{edit.block}”的文字里有存不下的字符。")
        if path.is_file() and path.read_bytes() != data:
            put(_old(path, now), path.read_bytes())
        put(path, data)
        return hashlib.sha256(data).hexdigest()


def drop(folder: Path, block: str, expected_base: str = "") -> None:
    """Take an edit back: its file goes to 旧稿."""
    with _locked(folder):
        path = file_of(folder, block)
        now = state(folder, block)
        if now != expected_base:
            raise EditConflict(block, load(path.read_bytes()) if path.is_file() else None)
        if path.is_file():
            old = _old(path, now)
            old.parent.mkdir(exist_ok=True)
            path.replace(old)


def _old(path: Path, content: str) -> Path:
    return path.parent / OLD / f"{path.stem}-{content[:8]}.toml"
