"""Records what a build made: inputs, people's edits, text, figures, pack, engine and hashes.

The store must never stop a build: where it cannot be written, that is a finding.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from generator.files import StoreError, inputs_of
from generator.model import (
    CellRef,
    Document,
    Figure,
    Finding,
    Severity,
    Submission,
    Text,
    Value,
    make_finding,
    mark_of,
)
from generator.versions.codec import encode
from generator.versions.store import Snapshot, Store, existing, sha256


def author() -> str:
    """Who is at work: ``JUESUAN_USER``, or the name of the account."""
    try:
        return os.environ.get("JUESUAN_USER", "") or getpass.getuser()
    except (KeyError, OSError):
        return "未署名"


def now() -> str:
    """The moment, as it is recorded and shown."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")


def values_of(submission: Submission, figures: Mapping[str, Figure]) -> bytes:
    """Every figure and typed text by name, so that versions can be compared cell by cell."""
    out: dict[str, dict[str, object]] = {}
    for name, figure in figures.items():
        value = None if figure.value is None else f"{figure.value.normalize():f}"
        out[name] = {
            "value": value,
            "unit": figure.unit,
            "cells": [str(c) for c in figure.cells],
            "label": figure.label,
        }
    texts: dict[str, Value] = {f"reasons.{n}": t for n, t in submission.reasons.items()}
    for group, record in submission.groups.items():
        texts |= {f"{group}.{n}": v for n, v in record.items()}
    for name, records in submission.lists.items():
        texts |= {f"{name}[{k}].{n}": v for k, item in enumerate(records, 1) for n, v in item.items()}
    for table in submission.tables.values():
        for number, row in enumerate(table.rows, 1):
            texts |= {f"{table.id}[{row.code or number}].{c}": v for c, v in row.cells.items()}
    for name, text in texts.items():
        if isinstance(text, Text):
            out[name] = {"text": text.value, "cells": [str(c) for c in text.cells], "label": text.label}
    return json.dumps(out, ensure_ascii=False, separators=(",", ":")).encode()


def locked(folder: Path, document: Document) -> Finding | None:
    """An error where a sealed version stands and the text differs without an open 更正."""
    try:
        store = existing(folder)
    except StoreError as error:
        return _unkept(str(error), Severity.ERROR)
    if store is None:
        return None
    with store:
        seal, opened = store.sealed(), store.correction()
        if seal is None or opened is not None or store.version(seal.version).mark == mark_of(document):
            return None
        words = {"year": document.year, "at": seal.at, "version": seal.version, "by": seal.by}
        return make_finding("VS-201", [CellRef("版本", str(seal.version))], **words)


def sealed_files(folder: Path, document: Document) -> dict[str, bytes]:
    """The published files of the sealed version, where the text is still the same: they stay as they are,
    even if a newer program would write them otherwise.  Empty during a 更正 or where nothing is sealed."""
    try:
        store = existing(folder)
        if store is None:
            return {}
        with store:
            seal = store.sealed()
            if seal is None or document.draft or store.correction() is not None:
                return {}
            version = store.version(seal.version)
            if version.mark != mark_of(document):
                return {}
            names = [n for r, n in version.files if r == "output" and n != "manifest.json"]
            return {n: store.file(seal.version, "output", n) for n in names}
    except StoreError:
        return {}


def keep(
    workbook: Path,
    document: Document,
    generated: Document,
    values: bytes,
    outputs: Mapping[str, bytes],
    *,
    pack: tuple[str, str],
    engine: tuple[str, str],
    by: str,
) -> tuple[int, Finding | None]:
    """Record a build: its number (0 where it was not recorded), and what is to be said of it."""
    files = {
        **{key: path.read_bytes() for key, path in inputs_of(workbook).items()},
        ("document", ""): encode(document),
        ("generated", ""): encode(generated),
        ("values", ""): values,
    }
    snapshot = Snapshot(
        kind="build",
        at=now(),
        by=by or author(),
        department=document.department,
        year=document.year,
        files=files,
        hashes={("output", name): sha256(data) for name, data in outputs.items()},
        draft=document.draft,
        pack=pack[0],
        pack_sha=pack[1],
        engine=engine[0],
        engine_sha=engine[1],
        mark=mark_of(document),
    )
    try:
        with Store.open(workbook.parent) as store:
            number = store.record(snapshot)
            said = make_finding("VS-204", [CellRef("版本", "版本.sqlite")]) if store.tells_of_locks() else None
            return number, said
    except (StoreError, OSError) as error:
        return 0, _unkept(str(error), Severity.WARNING)


def _unkept(reason: str, severity: Severity) -> Finding:
    return make_finding("VS-202", [CellRef("版本", "版本.sqlite")], why=reason).but(severity=severity)
