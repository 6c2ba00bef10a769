"""Files that people upload: kept beside the queue until a worker has looked at them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import UploadFile

from generator.web.pages.base import Workbench
from generator.web.state.departments import Department

MOST_FILES = 12


def keep(file: UploadFile, place: Path) -> int:
    """Write an upload to a place, in pieces; its size."""
    size = 0
    with place.open("wb") as target:
        while piece := file.file.read(2**20):
            size += len(piece)
            target.write(piece)
    return size


def take_prior(bench: Workbench, d: Department, files: Sequence[UploadFile], who: str) -> None:
    """Queue last year's files."""
    kept, total = [], 0
    for file in files[:MOST_FILES]:
        place = bench.jobs.uploads / f"{secrets.token_hex(12)}.upload"
        total += keep(file, place)
        kept.append({"file": place.name, "name": re.sub(r"[\x00-\x1f/\\]", "_", file.filename or "文件")[:120]})
    try:
        with bench.database.write():
            bench.departments.writing(d.id)
            bench.database.log(who, "上传上年的文件", "、".join(f["name"] for f in kept), d.id)
            bench.jobs.add("prior", d.id, who, {"files": kept})
    except BaseException:
        for entry in kept:
            (bench.jobs.uploads / entry["file"]).unlink(missing_ok=True)
        raise
