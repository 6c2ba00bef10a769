"""The document as it will be published, as pieces of HTML in which every number can be asked for its source."""

from __future__ import annotations

from typing import Any

from generator.model import Block, Document, Figure, Heading, Paragraph, Row, Span, Spans, Table
from generator.writers.html import attribute, caption_html, open_cell, safe_id, text_html

Answer = dict[str, Any]
CLASSES = {"typed": "typed", "open": "open", "name": "name"}


class DocumentPage:
    """One document while it is turned into pieces; ``figures`` are numbered in order of appearance."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.figures: list[tuple[Figure, str, str]] = []
        self._block = ""

    def content(self) -> Answer:
        """Cover, parts and blocks, each block with its id and HTML."""
        parts = []
        for part in self.document.parts:
            blocks = [self._piece(b) for b in part.whole()]
            parts.append({"id": part.id, "kind": part.kind, "heading": part.heading.text, "blocks": blocks})
        toc = [
            {"id": safe_id(e.id), "text": e.in_toc, "level": e.level if isinstance(e, Heading) else 2}
            for e in self.document.contents()
        ]
        return {"title": self.document.title, "cover": list(self.document.cover), "toc": toc, "parts": parts}

    def _piece(self, block: Block) -> Answer:
        self._block = block.id
        kind = {Heading: "heading", Paragraph: "paragraph", Table: "table"}[type(block)]
        text = "" if isinstance(block, Table) else block.text
        return {"id": block.id, "anchor": safe_id(block.id), "type": kind, "text": text, "html": self._html(block)}

    def _html(self, block: Block) -> str:
        match block:
            case Heading():
                level = min(max(block.level + 1, 2), 6)
                return f"<h{level}>{self._spans(block.spans)}</h{level}>"
            case Paragraph():
                name = ' class="center"' if block.style == "center" else ""
                return f"<p{name}>{self._spans(block.spans)}</p>"
        total = sum(block.widths) or 1
        columns = "".join(f'<col width="{100 * w / total:.2f}%">' for w in block.widths)
        notes = "".join(f"<p>{self._spans(n)}</p>" for n in block.notes)
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{attribute(block.title or "表格")}"><table class="published">'
            f"{caption_html(block)}<colgroup>{columns}</colgroup><thead>{self._rows(block.header, head=True)}</thead>"
            f"<tbody>{self._rows(block.body, head=False)}</tbody></table></div>"
            + (f'<div class="notes">{notes}</div>' if notes else "")
        )

    def _rows(self, rows: tuple[Row, ...], *, head: bool) -> str:
        end = "</th>" if head else "</td>"
        return "".join(
            "<tr>" + "".join(open_cell(c, head=head) + self._spans(c.spans) + end for c in row) + "</tr>"
            for row in rows
        )

    def _spans(self, spans: Spans) -> str:
        return "".join(map(self._span, spans))

    def _span(self, span: Span) -> str:
        body = text_html(span.text)
        if span.figure is not None:
            self.figures.append((span.figure, span.text, self._block))
            number = len(self.figures) - 1
            return f'<a class="num" id="f{number}" href="figure/{number}">{body}</a>'
        name = CLASSES.get(span.kind, "")
        return f'<span class="{name}">{body}</span>' if name else body
