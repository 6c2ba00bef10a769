"""One Document, many writers: Word, PDF, Excel, HTML, text, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.writers.chart_data import Chart, chart_of, charts
    from generator.writers.chart_picture import chart_words
    from generator.writers.checklist import CheckLine, Checklist, write_checklist
    from generator.writers.docx import BREATH, TAB, VERSION, Writer, anchor, tab_stops, text_run, write_docx
    from generator.writers.fonts import ROLES, font_report, missing_glyphs
    from generator.writers.html import safe_id, write_html
    from generator.writers.layout import Layout, paginate, toc_entries
    from generator.writers.letter import Letter, LetterHeading, LetterTable, write_letter
    from generator.writers.line_breaks import UNITS
    from generator.writers.lists import Sheet as ListSheet
    from generator.writers.lists import list_csv, write_lists
    from generator.writers.open_data import SUFFIX as OPEN_DATA
    from generator.writers.open_data import combined, json_ld, open_data_of, write_open_data
    from generator.writers.page_pdf import print_page
    from generator.writers.pdf import write_pdf
    from generator.writers.pdf_engines import ENGINES, INSTEAD, trouble, usual
    from generator.writers.preview import DocumentPage
    from generator.writers.table_layout import SMALL_LINE, TableLayout, ends
    from generator.writers.text import write_json, write_text
    from generator.writers.typst import write_typst
    from generator.writers.xlsx import write_xlsx
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "BREATH",
    "ENGINES",
    "INSTEAD",
    "OPEN_DATA",
    "ROLES",
    "SMALL_LINE",
    "TAB",
    "UNITS",
    "VERSION",
    "Chart",
    "CheckLine",
    "Checklist",
    "DocumentPage",
    "Layout",
    "Letter",
    "LetterHeading",
    "LetterTable",
    "ListSheet",
    "TableLayout",
    "Writer",
    "anchor",
    "chart_of",
    "chart_words",
    "charts",
    "combined",
    "ends",
    "font_report",
    "json_ld",
    "list_csv",
    "missing_glyphs",
    "open_data_of",
    "paginate",
    "print_page",
    "safe_id",
    "tab_stops",
    "text_run",
    "toc_entries",
    "trouble",
    "usual",
    "write_checklist",
    "write_docx",
    "write_html",
    "write_json",
    "write_letter",
    "write_lists",
    "write_open_data",
    "write_pdf",
    "write_text",
    "write_typst",
    "write_xlsx",
]
