"""What is known about the published version of a workbook, for whoever begins the next year from it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.files import StoreError
from generator.versions import sealed_source
from generator.workbook import read_stamp


def sealed_note(workbook: Path) -> str:
    """The sealed version of last year's workbook in the version store beside it; the empty text where there is none."""
    try:
        found = sealed_source(workbook.parent, read_stamp(workbook).year)
    except StoreError as error:
        return str(error)
    if found is None:
        return ""
    number, sha256 = found
    same = sha256 == hashlib.sha256(workbook.read_bytes()).hexdigest()
    return f"第{number}版（已封存，填报表校验值 {sha256}）" + ("" if same else "；现在的填报表与封存时不同")
