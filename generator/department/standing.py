"""What already stands where a department's files go: whose folder it is, what is sealed there, drafts that are over.

A folder of published files belongs to one department's folder, whatever name other workbooks carry.  Sealed files are
marked where they lie, so that a copy of the workbook somewhere else, which knows of no seal, cannot replace them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from generator.files import BATCH_HOME, DRAFTS, DepartmentError, StoreError, inputs_of, put
from generator.model import CellRef, Finding, Refusal, make_finding
from generator.versions import Store, existing, now, sha256

SEALED = "封存记录.json"
MANIFEST = "manifest.json"
OLD = "旧稿"


def claim(root: Path, base: Path, department: Path) -> None:
    """A folder below the output is this department's from now on.  DepartmentError where it is another's that is still there."""
    home = root / BATCH_HOME / "占用"
    home.mkdir(parents=True, exist_ok=True)
    place, own = home / hashlib.sha256(str(base.resolve()).encode()).hexdigest()[:24], str(department.resolve())
    try:
        with place.open("x", encoding="utf-8") as file:
            file.write(own)
    except FileExistsError:
        owner = place.read_text(encoding="utf-8")
        if owner and owner != own and Path(owner).exists():
            raise DepartmentError(
                f"与 {owner} 的部门名称、年度相同，文件会互相覆盖。请在“基本信息”里改用全称，或移走其中一个。"
            ) from None
        if owner != own:
            place.write_text(own, encoding="utf-8")


def seal(home: Path, number: int, folder: Path, by: str, note: str, outputs: Mapping[str, bytes]) -> None:
    """封存 a version in its store, and mark its files where they lie.  StoreError where the store refuses."""
    with Store.open(home) as store:
        store.seal(number, by, now(), note, outputs)
    mark(home, folder)


def mark(home: Path, folder: Path) -> None:
    """The record beside sealed files: which version of which department, and their hashes."""
    with Store.open(home) as store:
        held = store.sealed()
        if held is None:
            return
        version = store.version(held.version)
        files = {name: sha for (role, name), sha in version.files.items() if role == "output"}
        content = {"identity": store.identity, "version": held.version, "at": held.at, "by": held.by, "files": files}
    if folder.is_dir():
        put(folder / SEALED, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def sealed_there(folder: Path) -> dict[str, object]:
    """The record of what is sealed in a folder, where any of it still lies there; empty otherwise."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / SEALED).read_text(encoding="utf-8"))
        if isinstance(found, dict) and isinstance(found.get("files"), dict):
            stands = (p for p in (folder / str(n) for n in found["files"]) if p.is_file())
            if any(sha256(p.read_bytes()) == found["files"][p.name] for p in stands):
                return found
    return {}


def foreign_seal(base: Path, home: Path) -> Finding | None:
    """An error where the published files of a folder were sealed by another department's folder than this one."""
    held = sealed_there(base)
    if not held:
        return None
    with contextlib.suppress(StoreError):
        store = existing(home)
        if store is not None:
            with store:
                if store.identity == held.get("identity"):
                    return None
    words = {k: str(held.get(k, "")) for k in ("version", "at", "by")}
    return make_finding("VS-203", [CellRef("版本", words["version"])], **words)


def retire_drafts(base: Path) -> Path | None:
    """Drafts beside final files go to 旧稿: somebody may have written in them, and nobody is to publish them."""
    drafts = base / DRAFTS
    if not drafts.is_dir() or not any(drafts.iterdir()):
        return None
    stamp = datetime.now().strftime("%Y-%m-%d %H%M%S")
    for k in range(1, 100):
        target = base / OLD / (stamp if k == 1 else f"{stamp} {k}")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):  # one of them is open in an office program: it stays till the next time
                return drafts.rename(target)
            return None
    raise Refusal(f"{base / OLD} 里的旧稿太多，请移走一些。")


def still_of(folder: Path, place: Path, pack: str) -> bool | None:
    """Whether the files of a folder were made from just what a department's folder holds now, by a pack of this
    fingerprint; None where the folder does not say what they were made from."""
    with contextlib.suppress(OSError, ValueError):
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(made, dict) and isinstance(made.get("inputs"), dict) and isinstance(made.get("pack"), dict):
            now_there = {name: sha256(path.read_bytes()) for (_, name), path in inputs_of(place).items()}
            return bool(made["inputs"] == now_there and made["pack"].get("sha256") == pack)
    return None
