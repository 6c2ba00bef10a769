"""The words of the field: figures with their cells, submissions, documents, findings, formats.  Knows nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.model import rates
    from generator.model.catalogue import ENTRIES, TOPICS, make_finding
    from generator.model.catalogue.entry import Entry
    from generator.model.document import (
        Align,
        Blank,
        Block,
        Document,
        Fonts,
        Heading,
        PageStyle,
        Paragraph,
        Part,
        Row,
        Span,
        SpanKind,
        Spans,
        Table,
        TableCell,
        mark_of,
        plain,
        sources,
    )
    from generator.model.figures import YUAN, ZERO, CellRef, Figure, TextPlace, total, unite
    from generator.model.findings import Finding, Severity, publishable
    from generator.model.formats import Format, printed_value, round_half_up, show, show_value
    from generator.model.last_year import LastYear, line_name
    from generator.model.rates import growth
    from generator.model.refusal import Refusal
    from generator.model.submission import Piece, Record, SubjectRow, Submission, TableData, Text, Value, figures_of
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "ENTRIES",
    "TOPICS",
    "YUAN",
    "ZERO",
    "Align",
    "Blank",
    "Block",
    "CellRef",
    "Document",
    "Entry",
    "Figure",
    "Finding",
    "Fonts",
    "Format",
    "Heading",
    "LastYear",
    "PageStyle",
    "Paragraph",
    "Part",
    "Piece",
    "Record",
    "Refusal",
    "Row",
    "Severity",
    "Span",
    "SpanKind",
    "Spans",
    "SubjectRow",
    "Submission",
    "Table",
    "TableCell",
    "TableData",
    "Text",
    "TextPlace",
    "Value",
    "figures_of",
    "growth",
    "line_name",
    "make_finding",
    "mark_of",
    "plain",
    "printed_value",
    "publishable",
    "rates",
    "round_half_up",
    "show",
    "show_value",
    "sources",
    "total",
    "unite",
]
