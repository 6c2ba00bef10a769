"""Tables out of any file: a workbook with its formats, or what a document of another kind shows."""

from __future__ import annotations

from pathlib import Path

from generator.files.kinds import kind_of
from generator.files.published.as_sheets import sheets_of
from generator.files.published.reader import read_published
from generator.files.safety import Opened, refuse
from generator.files.sheets import open_workbook

TABLE_SUFFIXES = (
    ".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".ett", ".ods", ".fods", ".docx", ".doc", ".pdf", ".html", ".htm", ".mht", ".mhtml",
    ".csv", ".txt", ".tsv", ".xml", ".xlsb", ".wps",
)  # fmt: skip
"""What the names of files with tables end with."""


def open_tables(path: Path, name: str = "") -> Opened:
    """The tables of a file as sheets; what cannot be read comes back as a finding.  ``name``: as people know it."""
    name = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        return refuse("WB-004/system", name, why=error.strerror or "读不出来")
    if kind_of(data, name) in ("pdf", "docx", "doc"):
        return sheets_of(read_published(data, name))
    return open_workbook(data, name)
