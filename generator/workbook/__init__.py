"""The 填报表: written as a form, read back, marked, single cells changed; exported tables taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.workbook._about import About, about, other_department, other_year, same_department
    from generator.workbook._layout import Layout
    from generator.workbook._reading import Reading
    from generator.workbook._recognise import Assigned, Known, assign, in_doubt, recognise
    from generator.workbook.cells import NUMBER_KINDS, SheetGrid, read_grids, set_cells
    from generator.workbook.exported import Imported, TakenTable, import_tables
    from generator.workbook.finding import find_tables
    from generator.workbook.form.data import FormData, RowInput, TableInput, form_data, replace_fields
    from generator.workbook.form.words import ACCEPT
    from generator.workbook.form.write import write_form
    from generator.workbook.marks import annotate
    from generator.workbook.read import ReadResult, read_workbook
    from generator.workbook.stamp import read_stamp
    from generator.workbook.tables import read_table
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ACCEPT",
    "NUMBER_KINDS",
    "About",
    "Assigned",
    "FormData",
    "Imported",
    "Known",
    "Layout",
    "ReadResult",
    "Reading",
    "RowInput",
    "SheetGrid",
    "TableInput",
    "TakenTable",
    "about",
    "annotate",
    "assign",
    "find_tables",
    "form_data",
    "import_tables",
    "in_doubt",
    "other_department",
    "other_year",
    "read_grids",
    "read_stamp",
    "read_table",
    "read_workbook",
    "recognise",
    "replace_fields",
    "same_department",
    "set_cells",
    "write_form",
]
