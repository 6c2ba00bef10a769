"""What went into a build and what came out, each with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generator import __version__
from generator.department.examination import Examined
from generator.files import inputs_of


def manifest(examined: Examined, files: Mapping[str, bytes], draft: bool) -> bytes:
    """What went in and what came out, each with its hash."""
    assert examined.compiled is not None and examined.submission is not None
    content = {
        "department": examined.submission.name,
        "year": examined.submission.year,
        "kind": examined.compiled.pack.meta.kind,
        "draft": draft,
        "inputs": {name: sha256(p.read_bytes()) for (_, name), p in sorted(inputs_of(examined.workbook).items())},
        "pack": {
            "id": examined.compiled.pack.id,
            "version": examined.compiled.pack.meta.version,
            "sha256": examined.compiled.pack.fingerprint,
        },
        "engine": {"version": __version__, "sha256": engine_fingerprint()},
        "coverage": dict(examined.coverage),
        "outputs": {name: sha256(data) for name, data in sorted(files.items())},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def engine_fingerprint() -> str:
    """Hash of the program itself."""
    digest = hashlib.sha256()
    base = Path(__file__).resolve().parents[1]
    for path in sorted(p for p in base.rglob("*") if p.suffix in (".py", ".css", ".html", ".typ")):
        digest.update(path.relative_to(base).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
