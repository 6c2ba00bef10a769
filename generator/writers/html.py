"""The Document as one accessible, self-contained HTML page, and the markup that the PDF shares.

Writes headings, paragraphs and tables with their block ids and the source cells of each figure.
It may not decide wording, reach for outside resources or run scripts; all text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import assert_never

from generator import PROGRAM
from generator.model import (
    Block,
    Document,
    Fonts,
    Heading,
    Paragraph,
    Part,
    Row,
    Span,
    Spans,
    Table,
    TableCell,
    sources,
)
from generator.writers.chart_data import chart_of, picture_height
from generator.writers.chart_picture import picture
from generator.writers.line_breaks import EM, PLAIN, Setting, break_lines, is_latin, text_width
from generator.writers.table_layout import is_number

DRAFT_BANNER = "草稿，不得公开"
WHOLE_PT, LEAST_LACK_PT = 0.5, 1.0  # letter spacing that nobody sees; a lack that nobody sees
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
CLASSES = {"figure": "num", "typed": "typed", "open": "open", "draft": "suggest", "name": "name"}


def clean(text: str) -> str:
    """Text without characters that no document may hold; line ends as ``\\n``."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_html(text: str) -> str:
    """Escaped text; line ends become breaks."""
    return escape(clean(text), quote=False).replace("\n", "<br>")


def attribute(text: str) -> str:
    """Escaped text for an attribute in double quotes."""
    return escape(clean(text).replace("\n", " "))


def safe_id(block_id: str) -> str:
    """A block id as an HTML id: ASCII letters, digits, ``-`` and ``.``; all else by its code."""
    return "b-" + re.sub(r"[^A-Za-z0-9.-]", lambda m: "_" if m[0] == "_" else f"_{ord(m[0]):x}_", block_id)


# ------------------------------------------------------------------ spans


def span_html(span: Span) -> str:
    """One run of text; what has a source carries it (``data-cells``)."""
    body = text_html(span.text)
    name = CLASSES.get(span.kind, "")
    cells = " ".join(str(c) for c in sources((span,)))
    if not name and not cells:
        return body
    source = f' data-cells="{attribute(cells)}" title="{attribute(cells)}"' if cells else ""
    return f'<span class="{name or "src"}"{source}>{body}</span>'


def spans_html(spans: Iterable[Span]) -> str:
    """Spans with their kinds and sources."""
    return "".join(map(span_html, spans))


# ------------------------------------------------------------------ counted lines (print)


def marked(spans: Iterable[Span]) -> tuple[str, list[bool]]:
    """The clean text and, for each character, whether it belongs to an open place or a draft."""
    text, marks = "", list[bool]()
    for span in spans:
        piece = clean(span.text).replace("\t", " ")
        text += piece
        marks += [span.kind in ("open", "draft")] * len(piece)
    return text, marks


def run_html(text: str, marks: Sequence[bool], spacing: float = 0.0) -> str:
    """One line.  ``spacing`` (pt) opens its gaps; where that would show, numbers stay closed."""
    whole = abs(spacing) <= WHOLE_PT
    if whole and True not in marks:
        body = escape(text, quote=False)
    else:
        body, place = "", 0
        keys = [(mark, not whole and is_latin(char)) for char, mark in zip(text, marks, strict=True)]
        for (mark, latin), group in groupby(keys):
            length = len(list(group))
            piece = escape(text[place : place + length], quote=False)
            piece = f'<i class="l">{piece}</i>' if latin else piece
            body += f'<mark class="open">{piece}</mark>' if mark else piece
            place += length
    return f'<i class="s{round(spacing * 100)}">{body}</i>' if spacing else body


def filling(line: str, room: int, size: float) -> float:
    """The letter spacing (pt) that fills a line: in all its gaps if little, else around Chinese only."""
    lack = (room - text_width(line)) * size / EM
    if lack < LEAST_LACK_PT or len(line) < 2:
        return 0.0
    if lack / (len(line) - 1) <= WHOLE_PT:
        return lack / (len(line) - 1)
    gaps = sum(not is_latin(c) for c in line) - (0 if is_latin(line[-1]) else 1)
    return max(lack / gaps, WHOLE_PT + 0.01) if gaps > 0 else 0.0


def broken(spans: Spans, room: int, *, indent: int = 0, justify: float = 0.0, setting: Setting = PLAIN) -> list[str]:
    """Text broken into lines of ``room`` (thousandths of an em); ``justify``: the size to fill at."""
    text, marks = marked(spans)
    out = []
    start = 0
    for paragraph in text.split("\n"):
        lines, lead = break_lines(paragraph, room, indent, setting), indent
        for number, line in enumerate(lines):
            shown = line.rstrip(" ")
            fill = justify and number < len(lines) - 1
            spacing = filling(shown, room // EM * EM - lead, justify) if fill else 0.0
            out.append(run_html(shown, marks[start : start + len(shown)], spacing))
            start, lead = start + len(line), 0
        start += 1
    return out


def lines_html(spans: Spans, room: int, *, indent: int = 0, justify: float = 0.0, setting: Setting = PLAIN) -> str:
    """``broken`` as one piece of markup."""
    return "\n".join(broken(spans, room, indent=indent, justify=justify, setting=setting))


# ------------------------------------------------------------------ tables


def cell_classes(cell: TableCell) -> str:
    """Alignment, weight, indent and number classes of a cell."""
    names = {"left": [], "center": ["c"], "right": ["r"]}[cell.align]
    names += ["b"] if cell.bold else []
    names += [f"i{min(cell.indent, 6)}"] if cell.indent > 0 else []
    names += ["n"] if is_number(cell) else []
    return " ".join(names)


def open_cell(cell: TableCell, *, head: bool, extra: str = "") -> str:
    """The start tag of a ``td``, or of a ``th`` with its scope."""
    attributes = ""
    if head:
        attributes += ' scope="colgroup"' if cell.colspan > 1 else ' scope="col"'
    attributes += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    attributes += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    classes = " ".join(filter(None, (cell_classes(cell), extra)))
    attributes += f' class="{classes}"' if classes else ""
    return f"<th{attributes}>" if head else f"<td{attributes}>"


def rows_html(rows: Sequence[Row], *, head: bool) -> str:
    """The rows of one section of a table, with the sources of their figures."""
    end = "</th>" if head else "</td>"
    lines = ("".join(open_cell(c, head=head) + spans_html(c.spans) + end for c in row) for row in rows)
    return "".join(f"<tr>{line}</tr>\n" for line in lines)


def caption_html(table: Table) -> str:
    """What stands above the grid, or nothing."""
    lines = []
    for name, text in (("title", table.title), ("subtitle", table.subtitle), ("number", table.number)):
        if text:
            lines.append(f'<div class="{name}">{text_html(text)}</div>')
    if table.left or table.middle or table.right:
        ends = zip(("left", "middle", "right"), (table.left, table.middle, table.right), strict=True)
        lines.append('<div class="ends">' + "".join(f'<span class="{n}">{text_html(t)}</span>' for n, t in ends))
        lines.append("</div>")
    return f"<caption>{''.join(lines)}</caption>\n" if lines else ""


def notes_html(table: Table) -> str:
    """The notes under the grid."""
    if not table.notes:
        return ""
    return '<div class="notes">' + "".join(f"<p>{spans_html(note)}</p>" for note in table.notes) + "</div>\n"


def table_html(table: Table) -> str:
    """A table of the screen page, in a container of its own that scrolls."""
    total = sum(table.widths) or 1
    columns = "".join(f'<col style="width:{100 * w / total:.2f}%">' for w in table.widths)
    head = rows_html(table.header, head=True)
    chart = chart_of(table)
    svg = picture(chart, 453, picture_height(table) / 20, Fonts()) if chart else ""
    parts = [
        f'<div class="sheet {table.role}{" wide" if table.landscape and table.new_page else ""}" {_identity(table)}>\n',
        f'<div class="chart">{svg}</div>\n' if svg else "",
        '<div class="scroll" tabindex="0" role="region"',
        f' aria-label="{attribute(table.title or "表格")}">\n<table>\n',
        caption_html(table),
        f"<colgroup>{columns}</colgroup>\n",
        f"<thead>\n{head}</thead>\n" if head else "",
        f"<tbody>\n{rows_html(table.body, head=False)}</tbody>\n</table>\n</div>\n",
        notes_html(table),
        "</div>\n",
    ]
    return "".join(parts)


# ------------------------------------------------------------------ blocks and page


def _identity(block: Block) -> str:
    return f'id="{safe_id(block.id)}" data-block="{attribute(block.id)}"'


def block_html(block: Block) -> str:
    """One block with its id."""
    match block:
        case Heading():
            level = min(max(block.level, 1), 6)
            link = f'<a class="here" href="#{safe_id(block.id)}" aria-label="本节的链接"></a>'
            return f"<h{level} {_identity(block)}>{spans_html(block.spans)}{link}</h{level}>\n"
        case Paragraph():
            name = ' class="center"' if block.style == "center" else ""
            return f"<p{name} {_identity(block)}>{spans_html(block.spans)}</p>\n"
        case Table():
            return table_html(block)
        case _:
            assert_never(block)


def part_html(part: Part) -> str:
    """One part of the screen page."""
    blocks = "".join(block_html(b) for b in part.whole())
    return f'<section class="part {part.kind}">\n{blocks}</section>\n'


def toc_level(entry: Heading | Table) -> int:
    """How deep an entry stands in 目录."""
    return entry.level if isinstance(entry, Heading) else 2


def toc_html(document: Document) -> str:
    """目录 with links."""
    entries = list(document.contents())
    if not entries:
        return ""
    lines = "".join(
        f'<li class="t{toc_level(e)}"><a href="#{safe_id(e.id)}">{text_html(e.in_toc)}</a></li>\n' for e in entries
    )
    title = text_html(document.toc_title)
    return f'<nav class="toc" aria-label="{attribute(document.toc_title)}">\n<h2>{title}</h2>\n<ul>\n{lines}</ul>\n</nav>\n'


def cover_html(document: Document) -> str:
    """The cover lines."""
    return '<header class="cover">' + "".join(f"<p>{text_html(line)}</p>" for line in document.cover) + "</header>\n"


def body_html(document: Document) -> str:
    """The inside of ``body``: banner, cover, 目录, parts."""
    banner = f'<p class="draft" role="alert">{DRAFT_BANNER}</p>\n' if document.draft else ""
    parts = "".join(part_html(part) for part in document.parts)
    if document.running_head:
        banner += f'<p class="running">{text_html(document.running_head)}</p>\n'
    return f"{banner}{toc_html(document)}<main>\n{cover_html(document)}{parts}</main>\n"


def asset(name: str) -> str:
    """A stylesheet of this package."""
    return files("generator.writers").joinpath("assets", name).read_text(encoding="utf-8")


def page_html(document: Document, css: str, body: str, extra_head: str = "") -> str:
    """A whole HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="{attribute(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text_html(document.title)}</title>\n"
        f'<meta name="author" content="{attribute(document.department)}">\n<meta name="generator" content="{PROGRAM}">\n{extra_head}'
        + (f"<style>\n{css}</style>\n" if css else "")
        + f"</head>\n<body>\n{body}</body>\n</html>\n"
    )


def font_variables(fonts: Fonts) -> str:
    """The font stacks as CSS custom properties: Latin first, then the Chinese stack."""
    lines = []
    for role, ending in (
        ("title", "serif"),
        ("hei", "sans-serif"),
        ("kai", "serif"),
        ("body", "serif"),
        ("song", "serif"),
    ):
        names = (*fonts.latin, *getattr(fonts, role))
        quoted = ", ".join('"' + re.sub(r'["\\<>{};]', "", name) + '"' for name in names)
        lines.append(f"  --{role}: {quoted}, {ending};\n")
    return ":root {\n" + "".join(lines) + "}\n"


def write_html(document: Document) -> bytes:
    """The whole Document as one page: no scripts, nothing from outside."""
    css = font_variables(document.style.fonts) + asset("screen.css")
    from generator.writers.open_data import json_ld

    return page_html(document, css, body_html(document), json_ld(document)).encode("utf-8", "replace")
