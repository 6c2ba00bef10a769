"""The workbook: writing the 填报表, reading it, and taking in exported statutory tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from generator.findings import Finding, Severity
from generator.model import CellRef, Figure, Submission, TableData, Text
from generator.pack import Pack
from generator.workbook_form import write_form
from generator.workbook_form_base import FormData, RowInput, TableInput
from generator.workbook_read import ReadResult, Stamp, read_stamp, read_workbook
from generator.workbook_safety import Sheet, open_workbook
from generator.workbook_tables import Reading, read_table
from generator.workbook_values import norm


def import_tables(paths: Sequence[Path], pack: Pack) -> tuple[FormData, list[Finding]]:
    """This year's exported 公开01–09表 (.xlsx, .xls, .et), one workbook or several, as known values.

    Officers do not retype what the final-accounts system already exports (CLARIFICATIONS 10).
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
            reading.add("WB-030", Severity.INFO, f"导出的文件里没有{spec.number}{spec.title}。", (where,))
            continue
        tables[spec.id] = table_input(read_table(reading, spec, found[0]))
    return FormData("元", tables), reading.findings


def _belongs(sheet: Sheet, number: str, title: str) -> bool:
    head = [norm(v) for row in sheet.rows[:6] for v in row]
    return norm(title) in head or norm(number) in head or norm(sheet.name) == norm(number)


def written(figure: Figure, size: Decimal = Decimal(1)) -> str:
    """An amount as it would be written in a sheet of the given unit."""
    return "" if figure.value is None else f"{(figure.value / size).normalize():f}"


def table_input(data: TableData, size: Decimal = Decimal(1)) -> TableInput:
    """A table that was read, as values to be written into a form."""
    rows = [
        RowInput(
            r.code,
            r.name,
            {k: written(v, size) if isinstance(v, Figure) else v.value for k, v in r.cells.items()},
            r.kind,
        )
        for r in data.rows
    ]
    return TableInput(
        {k: written(f, size) for k, f in data.slots.items()},
        rows,
        {k: written(v, size) if isinstance(v, Figure) else v.value for k, v in data.totals.items()},
    )


def form_data(submission: Submission, pack: Pack, unit: str = "万元") -> FormData:
    """A submission as values for a new form (for merging, rolling and rewriting)."""
    size = Decimal(10000) if unit == "万元" else Decimal(1)

    def text(value: Figure | Text, kind: str) -> str:
        if isinstance(value, Figure):
            return written(value, size if kind == "amount" else Decimal(1))
        return "" if value.pending else value.value

    fields = {
        f"{g}.{n}": text(v, pack.fields[f"{g}.{n}"].type)
        for g, record in submission.groups.items()
        for n, v in record.items()
        if f"{g}.{n}" in pack.fields
    }
    lists = {
        name: [
            {c.id: text(r[c.id], c.type) for c in pack.lists[name].columns if c.id in r and c.type != "lookup"}
            for r in records
        ]
        for name, records in submission.lists.items()
        if name in pack.lists
    }
    tables = {k: table_input(t, size) for k, t in submission.tables.items()}
    return FormData(unit, tables, fields, lists, {k: "" if t.pending else t.value for k, t in submission.reasons.items()})


def replace_fields(data: FormData, **fields: str) -> FormData:
    """The same values with some fields changed."""
    return replace(data, fields={**data.fields, **fields})


__all__ = [
    "FormData",
    "ReadResult",
    "RowInput",
    "Stamp",
    "TableInput",
    "form_data",
    "import_tables",
    "read_stamp",
    "read_workbook",
    "write_form",
]
