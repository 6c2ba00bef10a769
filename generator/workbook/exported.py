"""Exported statutory tables (公开01–09表) taken in as values for a form, with what came from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from generator.files import Sheet, as_text, open_tables, parse_number, position
from generator.model import CellRef, Figure, Finding, Severity, TableData, make_finding
from generator.packs import Pack, TableSpec
from generator.workbook._about import About, about
from generator.workbook._reading import Reading
from generator.workbook.finding import find_tables
from generator.workbook.form.data import FormData, TableInput, table_input
from generator.workbook.tables import read_table


@dataclass(frozen=True, slots=True)
class TakenTable:
    """One table that came in: what it is, where it stood, and what to compare it by.  ``total`` is in 元."""

    title: str
    source: str
    unit: str
    rows: int
    amounts: int
    label: str = ""
    total: Decimal | None = None

    def __str__(self) -> str:
        size = f"{self.rows} 行" if self.rows else f"{self.amounts} 个数"
        whole = f"，{self.label} {self.total:,.2f} 元" if self.total is not None else ""
        return f"{self.title} ← {self.source}（{self.unit}）：{size}{whole}"


@dataclass(frozen=True)
class Imported:
    """Values for a form, what was found, and the tables that came in (none: nothing usable)."""

    data: FormData
    findings: list[Finding]
    taken: tuple[TakenTable, ...]
    about: About = field(default_factory=About)


def import_tables(paths: Sequence[Path], pack: Pack, year: int = 0) -> Imported:
    """This year's exported 公开01–09表, one file or several, whatever their format, as known values.

    Officers do not retype what the final-accounts system already exports.
    """
    reading = Reading(pack)
    sheets: list[Sheet] = []
    for path in paths:
        opened = open_tables(path)
        reading.findings += opened.findings
        sheets += [replace(s, name=s.name if len(paths) == 1 else f"{path.name} {s.name}") for s in opened.sheets]
    specs = tuple(pack.in_force(pack.tables, year) if year else pack.tables.values())
    found = find_tables(reading, [s for s in sheets if not s.name.startswith("_")], specs)
    tables: dict[str, TableInput] = {}
    taken: list[TakenTable] = []
    for spec in specs:
        if spec.id not in found:
            continue
        sheet, layout = found[spec.id]
        table = read_table(reading, spec, sheet, layout)
        if table.present and not table.empty:
            tables[spec.id] = _with_unread(table_input(table), table, sheet)
            taken.append(_taken(spec, sheet, table))
    where = CellRef(paths[0].name if paths else "导出表", "A1")
    if taken:
        missing = [s.number for s in specs if s.id not in tables]
        if missing:
            said = make_finding("WB-030/exported", [where], title="、".join(missing))
            reading.findings.append(said.but(hint="没有导出的，请在填报表里填写。"))
    elif sheets and not found:
        names = "、".join(f"“{s.name}”" for s in sheets[:8]) + (f"等 {len(sheets)} 张" if len(sheets) > 8 else "")
        said = make_finding("WB-030/nothing", [where], names=names)
        reading.findings.append(said.but(hint="请提供系统导出的公开报表；表上要有表号或名称，列名照原样。"))
    return Imported(FormData("元", tables), reading.finish(), tuple(taken), about(sheets))


def _with_unread(made: TableInput, table: TableData, sheet: Sheet) -> TableInput:
    """What could not be read is put into the form as it stands, so that the check of the form says it again."""
    slots = {k: _unread(sheet, f) for k, f in table.slots.items() if f.missing}
    totals = {k: _unread(sheet, f) for k, f in table.totals.items() if isinstance(f, Figure) and f.missing}
    rows = [
        replace(
            made.rows[k],
            cells={
                **made.rows[k].cells,
                **{c: _unread(sheet, v) for c, v in row.cells.items() if isinstance(v, Figure) and v.missing},
            },
        )
        for k, row in enumerate(table.rows)
    ]
    return replace(made, slots={**made.slots, **slots}, rows=rows, totals={**made.totals, **totals})


def _unread(sheet: Sheet, figure: Figure) -> str:
    """The words of a cell that gave no figure; never such that they read as one."""
    if not figure.cells:
        return ""
    row, column = position(figure.cells[0].cell)
    if sheet.waits(row, column):
        return "？没有计算的公式"
    words, seen = as_text(sheet.at(row, column)), sheet.shown_at(row, column)
    if parse_number(words, "元").error:
        return words
    return f"？{words}" if seen is None else f"？存的是{words}，显示为{seen or '空白'}"


def _taken(spec: TableSpec, sheet: Sheet, table: TableData) -> TakenTable:
    figures = [f for f in table.slots.values() if not f.blank]
    figures += [v for r in table.rows for v in r.cells.values() if isinstance(v, Figure) and not v.blank]
    label, total = "", None
    if spec.rows:
        sums = [v for v in table.totals.values() if isinstance(v, Figure) and not v.blank]
        label, total = ("合计", sums[0].value) if sums else ("", None)
    else:
        last = next((f for n in reversed(spec.required) if (f := table.slots.get(n)) and not f.blank), None)
        if last is not None:
            label, total = last.label.partition("“")[2].partition("”")[0] or "总计", last.value
    return TakenTable(f"{spec.number}{spec.title}", sheet.name, table.unit, len(table.rows), len(figures), label, total)


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that stand in the way."""
    return [f for f in findings if f.severity is Severity.ERROR]
