"""Exported statutory tables (公开01–09表) taken in as values for a form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.files import Sheet, norm, open_workbook
from generator.model import CellRef, Finding
from generator.packs import Pack
from generator.workbook.form.data import FormData, TableInput, table_input
from generator.workbook.tables import Reading, read_table


def import_tables(paths: Sequence[Path], pack: Pack) -> tuple[FormData, list[Finding]]:
    """This year's exported 公开01–09表 (.xlsx, .xls, .et), one workbook or several, as known values.

    Officers do not retype what the final-accounts system already exports.
    """
    reading = Reading(pack)
    sheets: list[Sheet] = []
    for path in paths:
        opened = open_workbook(path.read_bytes(), path.name)
        reading.findings += opened.findings
        sheets += opened.sheets
    tables: dict[str, TableInput] = {}
    for spec in pack.tables.values():
        found = [s for s in sheets if _belongs(s, spec.number, spec.title)]
        if not found:
            where = CellRef(paths[0].name if paths else "导出表", "A1")
            words = {"title": spec.number + spec.title}
            reading.add("WB-030/exported", [where], **words)
            continue
        tables[spec.id] = table_input(read_table(reading, spec, found[0]))
    return FormData("元", tables), reading.findings


def _belongs(sheet: Sheet, number: str, title: str) -> bool:
    head = [norm(v) for row in sheet.rows[:6] for v in row]
    return norm(title) in head or norm(number) in head or norm(sheet.name) == norm(number)
