"""Files and folders: what comes from outside is opened here, and what is written is written whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.files.a1 import Area, CellsError, area, cell_name, column_letter, is_cell, position
    from generator.files.amounts import amount_at, percent_at
    from generator.files.atomic import STAGING, put, put_in_place
    from generator.files.characters import cleaned
    from generator.files.department import (
        BATCH_HOME,
        DRAFTS,
        EDITS,
        MARKED,
        REASONS,
        SUFFIXES,
        UNITS,
        WORKBOOK,
        Department,
        DepartmentError,
        discover,
        inputs_hash,
        inputs_of,
        output_folder,
        safe_name,
        workbook_of,
    )
    from generator.files.docx import FlowParagraph, FlowTable, Remark, Tracked, WordFile, read_docx
    from generator.files.locks import exclusive, locks_hold
    from generator.files.office_charts import behind_chart, drawn_chart
    from generator.files.pdf import PdfFile, read_pdf
    from generator.files.published.as_sheets import sheets_of
    from generator.files.published.mark_pdf import mark_pdf, page_pictures
    from generator.files.published.mark_word import mark_word
    from generator.files.published.marking import Mark, Marked
    from generator.files.published.model import PubBlock, PubCell, Publication, PubTable, PubText
    from generator.files.published.reader import (
        listed_publications,
        publications,
        publications_of,
        read_publication,
        read_published,
    )
    from generator.files.roster import Entry, read_roster, roster_of
    from generator.files.roster import day as parse_day
    from generator.files.safety import Opened, ReadError, Sheet
    from generator.files.sheets import open_workbook
    from generator.files.sqlite import Connection, Step, StoreError, open_store, store_error, transaction
    from generator.files.tables import TABLE_SUFFIXES, open_tables
    from generator.files.units import SIZE, UnitLine, says_unit, unit_in_head, unit_line, unit_named
    from generator.files.values import (
        Parsed,
        as_text,
        fault_in_words,
        norm,
        parse_code,
        parse_number,
        parse_percent,
        plain_digits,
        split_codename,
    )
    from generator.files.xlsx import DECLARATION, MAIN_NS, REL_NS, Package, recalculate
    from generator.files.xlsx_cells import (
        Styles,
        cells_of,
        content_of,
        find_cell,
        is_formula,
        printable,
        rows_of,
        set_content,
        stored_number,
        write_cells,
    )
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "BATCH_HOME",
    "DECLARATION",
    "DRAFTS",
    "EDITS",
    "MAIN_NS",
    "MARKED",
    "REASONS",
    "REL_NS",
    "SIZE",
    "STAGING",
    "SUFFIXES",
    "TABLE_SUFFIXES",
    "UNITS",
    "WORKBOOK",
    "Area",
    "CellsError",
    "Connection",
    "Department",
    "DepartmentError",
    "Entry",
    "FlowParagraph",
    "FlowTable",
    "Mark",
    "Marked",
    "Opened",
    "Package",
    "Parsed",
    "PdfFile",
    "PubBlock",
    "PubCell",
    "PubTable",
    "PubText",
    "Publication",
    "ReadError",
    "Remark",
    "Sheet",
    "Step",
    "StoreError",
    "Styles",
    "Tracked",
    "UnitLine",
    "WordFile",
    "amount_at",
    "area",
    "as_text",
    "behind_chart",
    "cell_name",
    "cells_of",
    "cleaned",
    "column_letter",
    "content_of",
    "discover",
    "drawn_chart",
    "exclusive",
    "fault_in_words",
    "find_cell",
    "inputs_hash",
    "inputs_of",
    "is_cell",
    "is_formula",
    "listed_publications",
    "locks_hold",
    "mark_pdf",
    "mark_word",
    "norm",
    "open_store",
    "open_tables",
    "open_workbook",
    "output_folder",
    "page_pictures",
    "parse_code",
    "parse_day",
    "parse_number",
    "parse_percent",
    "percent_at",
    "plain_digits",
    "position",
    "printable",
    "publications",
    "publications_of",
    "put",
    "put_in_place",
    "read_docx",
    "read_pdf",
    "read_publication",
    "read_published",
    "read_roster",
    "recalculate",
    "roster_of",
    "rows_of",
    "safe_name",
    "says_unit",
    "set_content",
    "sheets_of",
    "split_codename",
    "store_error",
    "stored_number",
    "transaction",
    "unit_in_head",
    "unit_line",
    "unit_named",
    "workbook_of",
    "write_cells",
]
