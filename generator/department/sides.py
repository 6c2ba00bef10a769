"""The two sides of a comparison by the names that people give them: a folder, a workbook, 部门@3, 部门@封存."""

from __future__ import annotations

import json
from pathlib import Path

from generator.department.examination import examine
from generator.files import DepartmentError, StoreError
from generator.model import figures_of
from generator.versions import Side, Store, decode, existing, values_of


def side(spec: str, *, published: bool = False) -> Side:
    """What a specification names.  DepartmentError or StoreError where there is no such thing.

    ``published``: 封存 is what was published before the last 更正, also where its outcome is sealed by now.
    """
    path, _, version = spec.rpartition("@") if "@" in spec and not Path(spec).exists() else (spec, "", "")
    if not version:
        return current(Path(path))
    folder = Path(path)
    folder = folder if folder.is_dir() else folder.parent
    store = existing(folder)
    if store is None:
        raise StoreError(f"{folder} 还没有记录过版本。")
    with store:
        return _recorded(store, _number(store, version, published))


def current(path: Path) -> Side:
    """A department or workbook as it is now."""
    examined = examine(path)
    if examined.document is None or examined.submission is None:
        raise DepartmentError(f"{path} 读不出来，请先用 juesuan check 检查。")
    values = json.loads(values_of(examined.submission, figures_of(examined.submission)))
    label = f"{examined.document.department}{examined.document.year}年度（{path.name}）"
    return Side(label, examined.document, values, _reason(path if path.is_dir() else path.parent))


def _reason(folder: Path) -> str:
    """Of the 更正 under which a department stands: the one that is open, or the last."""
    store = existing(folder)
    if store is None:
        return ""
    with store:
        opened = store.correction() or next(iter(reversed(store.corrections())), None)
        return opened.reason if opened else ""


def _number(store: Store, name: str, published: bool) -> int:
    if name.isdigit():
        return int(name)
    builds = [v for v in store.versions() if v.kind == "build"]
    if name in ("封存", "sealed"):
        seal = store.sealed()
        if seal is None:
            raise StoreError("还没有封存的版本。")
        done = next((c for c in reversed(store.corrections()) if c.closed == seal.version), None)
        return done.sealed if published and done is not None and store.correction() is None else seal.version
    if name in ("上一版", "last") and builds:
        return builds[-1].id
    raise StoreError(f"不知道“{name}”是哪一版，请写版本号、封存或上一版。")


def _recorded(store: Store, number: int) -> Side:
    version = store.version(number)
    document = decode(store.file(number, "document"))
    values = json.loads(store.file(number, "values"))
    reason = next((c.reason for c in store.corrections() if c.id == version.correction), "")
    return Side(
        f"{version.department}{version.year}年度第 {number} 版（{version.at}）", document, values, reason, version.at
    )
