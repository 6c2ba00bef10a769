"""The plain text and the machine-readable form of a Document.

``.txt`` is the prose parts with their headings, one paragraph a line.  ``.json`` is every figure
with its cells and every block with its spans (other programs rely on its form).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import assert_never

from generator import PROGRAM
from generator.model import Block, Document, Figure, Heading, Paragraph, Part, Span, Table, TableCell

DRAFT_LINE = "（草稿，不得公开）"


def write_text(document: Document) -> bytes:
    """The prose parts, one paragraph a line; a draft says in its first line that it is one."""
    lines = [*([DRAFT_LINE] if document.draft else []), *(x for part in document.parts for x in _lines(part))]
    return ("\n".join(lines) + "\n").encode()


def _lines(part: Part) -> list[str]:
    """Its paragraphs, and the numbers of its charts in their places: a row a line, cells apart by tabs."""
    if part.kind != "prose" or not any(isinstance(b, Table) and b.chart for b in part.blocks):
        return part.lines()
    out = []
    for block in part.whole():
        if not isinstance(block, Table):
            out.append(block.text)
        elif block.chart:
            unit = f"（{block.right}）" if block.right else ""
            out.append(f"{block.title}{unit}")
            out += ["\t".join(row) for row in (*block.grid("header"), *block.grid("body"))]
    return out


def figure_json(figure: Figure) -> dict[str, object]:
    """A figure: exact value as a string, never a float."""
    out: dict[str, object] = {
        "value": None if figure.value is None else f"{figure.value:f}",
        "unit": figure.unit,
        "cells": [str(c) for c in figure.cells],
    }
    if figure.margin:
        out["margin"] = f"{figure.margin:f}"
    if figure.label:
        out["label"] = figure.label
    if figure.formula:
        out["formula"] = figure.formula
    if figure.missing:
        out["missing"] = figure.missing
    return out


def span_json(span: Span) -> dict[str, object]:
    """A run of text with its source."""
    out: dict[str, object] = {"text": span.text, "kind": span.kind}
    if span.figure is not None:
        out["figure"] = figure_json(span.figure)
    if span.cells:
        out["cells"] = [str(c) for c in span.cells]
    return out


def characters(spans: Iterable[Span]) -> dict[str, int]:
    """How many characters a person typed and how many were generated."""
    counts = {"typed": 0, "generated": 0}
    for span in spans:
        counts["typed" if span.kind == "typed" else "generated"] += len(span.text)
    return counts


def _cell_json(cell: TableCell) -> dict[str, object]:
    out: dict[str, object] = {"text": cell.text}
    if cell.colspan > 1:
        out["colspan"] = cell.colspan
    if cell.rowspan > 1:
        out["rowspan"] = cell.rowspan
    figures = [figure_json(s.figure) for s in cell.spans if s.figure is not None]
    if figures:
        out["figure"] = figures[0]
    return out


def block_json(block: Block) -> dict[str, object]:
    """A block with its spans; tables with their cells."""
    match block:
        case Heading():
            return {"id": block.id, "type": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            return {
                "id": block.id,
                "type": "paragraph",
                "text": block.text,
                **characters(block.spans),
                "spans": [span_json(s) for s in block.spans],
            }
        case Table():
            return {
                "id": block.id,
                "type": block.role,
                "title": block.title,
                "number": block.number,
                "left": block.left,
                "right": block.right,
                "header": [[_cell_json(c) for c in row] for row in block.header],
                "body": [[_cell_json(c) for c in row] for row in block.body],
                **({"chart": block.chart} if block.chart else {}),
                "notes": ["".join(s.text for s in note) for note in block.notes],
            }
        case _:
            assert_never(block)


def write_json(document: Document, figures: Mapping[str, Figure], *, compact: bool = False) -> bytes:
    """Everything that other programs need: figures by name, blocks by id.  ``compact``: on one line."""
    content = {
        "title": document.title,
        "department": document.department,
        "year": document.year,
        "kind": document.kind,
        "draft": document.draft,
        "program": PROGRAM,
        "figures": {name: figure_json(f) for name, f in figures.items()},
        "parts": [
            {
                "id": part.id,
                "kind": part.kind,
                "heading": part.heading.text,
                "blocks": [block_json(b) for b in part.blocks],
            }
            for part in document.parts
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=None if compact else 1) + "\n").encode()
