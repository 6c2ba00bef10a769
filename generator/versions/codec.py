"""A Document as compact JSON and back, exactly: what the store keeps of each version.

Figures are kept once each, with exact values as strings.  ``decode(encode(d)) == d``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from generator.model import (
    Block,
    CellRef,
    Document,
    Figure,
    Fonts,
    Heading,
    PageStyle,
    Paragraph,
    Part,
    Span,
    Spans,
    Table,
    TableCell,
)


class _Encoder:
    def __init__(self) -> None:
        self.figures: list[list[Any]] = []
        self.known: dict[tuple[Any, ...], int] = {}

    def figure(self, f: Figure) -> int:
        key = (
            f.value if f.value is None else str(f.value),
            f.unit,
            f.cells,
            str(f.margin),
            f.label,
            f.missing,
            f.formula,
            f.minus,
        )
        if key not in self.known:
            self.known[key] = len(self.figures)
            minus = sorted(map(list, f.minus))
            self.figures.append(
                [key[0], f.unit, [list(c) for c in f.cells], key[3], f.label, f.missing, f.formula, minus]
            )
        return self.known[key]

    def spans(self, spans: Spans) -> list[Any]:
        return [self.span(s) for s in spans]

    def span(self, span: Span) -> Any:
        if span.kind == "literal" and span.figure is None and not span.cells:
            return span.text
        out: list[Any] = [span.text, span.kind, -1 if span.figure is None else self.figure(span.figure)]
        return [*out, [list(c) for c in span.cells]] if span.cells else out

    def cell(self, c: TableCell) -> Any:
        return [self.spans(c.spans), c.colspan, c.rowspan, c.align, c.indent, int(c.bold)]

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading():
                return {"t": "h", **_plain(block, "spans"), "spans": self.spans(block.spans)}
            case Paragraph():
                return {"t": "p", **_plain(block, "spans"), "spans": self.spans(block.spans)}
            case Table():
                return {
                    "t": "t",
                    **_plain(block, "header", "body", "notes"),
                    "header": [[self.cell(c) for c in row] for row in block.header],
                    "body": [[self.cell(c) for c in row] for row in block.body],
                    "notes": [self.spans(n) for n in block.notes],
                }


def _plain(item: Any, *without: str) -> dict[str, Any]:
    return {f.name: getattr(item, f.name) for f in fields(item) if f.name not in without}


def encode(document: Document) -> bytes:
    """The document as JSON."""
    encoder = _Encoder()
    parts = [
        {
            "id": p.id,
            "kind": p.kind,
            "heading": encoder.block(p.heading),
            "blocks": [encoder.block(b) for b in p.blocks],
        }
        for p in document.parts
    ]
    style = asdict(document.style)
    content = {**_plain(document, "parts", "style"), "style": style, "parts": parts, "figures": encoder.figures}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def decode(data: bytes) -> Document:
    """The document that was encoded."""
    raw = json.loads(data)
    figures = [_figure(f) for f in raw.pop("figures")]
    style = raw.pop("style")
    fonts = Fonts(**{k: tuple(v) for k, v in style.pop("fonts").items()})
    parts = []
    for p in raw.pop("parts"):
        heading = _block(p["heading"], figures)
        assert isinstance(heading, Heading)
        parts.append(Part(p["id"], heading, tuple(_block(b, figures) for b in p["blocks"]), p["kind"]))
    return Document(
        **{**raw, "cover": tuple(raw["cover"]), "parts": tuple(parts), "style": PageStyle(**style, fonts=fonts)}
    )


def _figure(raw: Sequence[Any]) -> Figure:
    value, unit, cells, margin, label, missing, formula, minus = raw
    refs = tuple(CellRef(*c) for c in cells)
    known = frozenset(CellRef(*c) for c in minus)
    return Figure(
        None if value is None else Decimal(value), unit, refs, Decimal(margin), label, missing, formula, known
    )


def _spans(raw: Sequence[Any], figures: Sequence[Figure]) -> Spans:
    out = []
    for item in raw:
        if isinstance(item, str):
            out.append(Span(item))
        else:
            cells = tuple(CellRef(*c) for c in item[3]) if len(item) > 3 else ()
            out.append(Span(item[0], item[1], None if item[2] < 0 else figures[item[2]], cells))
    return tuple(out)


def _row(raw: Sequence[Any], figures: Sequence[Figure]) -> tuple[TableCell, ...]:
    return tuple(TableCell(_spans(c[0], figures), c[1], c[2], c[3], c[4], bool(c[5])) for c in raw)


def _block(raw: Mapping[str, Any], figures: Sequence[Figure]) -> Block:
    rest = {k: v for k, v in raw.items() if k not in ("t", "spans", "header", "body", "notes", "widths")}
    match raw["t"]:
        case "h":
            return Heading(**rest, spans=_spans(raw["spans"], figures))
        case "p":
            return Paragraph(**rest, spans=_spans(raw["spans"], figures))
        case _:
            return Table(
                **rest,
                widths=tuple(raw["widths"]),
                header=tuple(_row(r, figures) for r in raw["header"]),
                body=tuple(_row(r, figures) for r in raw["body"]),
                notes=tuple(_spans(n, figures) for n in raw["notes"]),
            )
