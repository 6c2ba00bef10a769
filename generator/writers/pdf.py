"""The Document as the published PDF: the official page, set by WeasyPrint.

Lines, rows and columns are those that ``layout`` reckons, so that pages agree with the Word file:
text comes to WeasyPrint already broken into lines and cells with their heights.  This module may
not change a word; it only places them.  Floats are lengths.  Same document, same fonts: same bytes.
"""

from __future__ import annotations

import gc
import hashlib
import io
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, assert_never

from generator.document import Document, Fonts, Heading, PageStyle, Paragraph, Part, Span, Spans, Table, TableCell
from generator.writers import fonts as fontfiles
from generator.writers import layout
from generator.writers.html import (
    asset,
    attribute,
    clean,
    is_number,
    open_cell,
    page_html,
    safe_id,
    start_columns,
    text_html,
    toc_level,
)
from generator.writers.metrics import EM, break_lines, is_latin, text_width

Attachment = tuple[str, bytes, str]
"""Name, content and description of an attached file."""

LATIN_RANGE = "U+20-7E, U+A0, U+C0-D6, U+D8-F6, U+F8-24F"
"""What the Latin font sets.  Quotes, dashes and dots (“”‘’—…·×) belong to the Chinese font."""

TITLE_PT, COVER_PT, NOTE_PT = 16.0, 36.0, layout.NOTE_PT
ROW_BORDER = 0.6


def write_pdf(document: Document, *, archival: bool = False, attachments: Sequence[Attachment] = ()) -> bytes:
    """The PDF.  ``archival``: PDF/A-3a; else PDF/UA-1.  Both are tagged."""
    import weasyprint

    with _rendering:
        config, styles = _styles(document.style, draft=document.draft)
        date = _date(document)
        extra = f'<meta name="dcterms.created" content="{date}">\n<meta name="dcterms.modified" content="{date}">\n'
        page = page_html(document, "", print_body(document), extra)
        moment = datetime.fromisoformat(date).replace(tzinfo=UTC)
        attached = [
            weasyprint.Attachment(
                file_obj=io.BytesIO(content),
                name=name,
                description=description,
                created=moment,
                modified=moment,
                relationship="Data",
            )
            for name, content, description in sorted(attachments)
        ]
        with _no_collector():
            made: bytes = weasyprint.HTML(string=page, url_fetcher=_refuse()).write_pdf(
                font_config=config,
                stylesheets=styles,
                pdf_variant="pdf/a-3a" if archival else "pdf/ua-1",
                pdf_identifier=hashlib.sha256(page.encode()).hexdigest()[:32].encode(),
                attachments=attached or None,
            )
    return made


def _date(document: Document) -> str:
    """The pinned date of the file: of publication, or the last day of the year."""
    found = re.fullmatch(r"\d{4}-\d{2}-\d{2}", document.date)
    try:
        return datetime.fromisoformat(document.date).date().isoformat() if found else f"{document.year:04}-12-31"
    except ValueError:
        return f"{document.year:04}-12-31"


_rendering = threading.Lock()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Rendering makes millions of objects and frees few: looking for rubbish only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# ------------------------------------------------------------------ fonts and styles

_cache: dict[str, tuple[Any, list[Any]]] = {}


def _refuse() -> Any:
    """A fetcher that opens nothing but the faces of ``fonts``."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FontFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            face = _faces.get(url)
            if face is None:
                raise ValueError(f"not allowed: {url}")
            return URLFetcherResponse(url, fontfiles.face_bytes(face))

    return FontFetcher()


_faces: dict[str, fontfiles.Face] = {}


def _face_url(face: fontfiles.Face) -> str:
    stat = face.path.stat()
    key = f"{face.path}|{face.index}|{stat.st_size}|{stat.st_mtime_ns}"
    url = f"font:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    _faces[url] = face
    return url


def font_css(fonts: Fonts) -> str:
    """``@font-face`` for every face in use, by file and weight, and one class of stacks by role."""
    rules: dict[str, str] = {}
    names: dict[fontfiles.Role, list[str]] = {}
    for role in fontfiles.ROLES:
        extra = f" unicode-range: {LATIN_RANGE};" if role == "latin" else ""
        for family in fontfiles.families(role, fonts):
            name = _css_name(family.regular)
            names.setdefault(role, []).append(name)
            for face, weight in zip(family.faces, (400, 700), strict=False):
                rules[f"{name}-{weight}"] = (
                    f"@font-face {{ font-family: {name}; font-weight: {weight}; src: url({_face_url(face)});{extra} }}\n"
                )
    latin = names.get("latin", [])
    lines = []
    for role in fontfiles.ROLES:
        stack = [*latin, *(names.get(role, []) if role != "latin" else []), "serif"]
        lines.append(f"  --{role}: {', '.join(stack)};\n")
    return "".join(rules.values()) + ":root {\n" + "".join(lines) + "}\n"


def _css_name(face: fontfiles.Face) -> str:
    """A family name of our own, so that no installed font of the same name takes its place."""
    name = next((n for n in face.names if n.isascii()), face.path.stem)
    return "juesuan-" + (re.sub(r"[^A-Za-z0-9]", "", name) or "font")


def _pt(twips: float) -> str:
    return f"{twips / 20:g}pt"


def page_css(style: PageStyle, *, draft: bool) -> str:
    """The measures of the page: everything of the stylesheet that is not constant."""
    table = _pt(style.table_margin)
    title = next(iter(fontfiles.families("title", style.fonts)), None)
    heavy = title is None or title.wanted == style.fonts.title[0]
    pitch = _pt(style.pitch)
    css = f"""
@page {{ size: {_pt(style.width)} {_pt(style.height)};
  margin: {_pt(style.top)} {_pt(style.right)} {_pt(style.bottom)} {_pt(style.left)}; }}
@page table {{ size: {_pt(style.width)} {_pt(style.height)}; margin: {table}; }}
@page wide {{ size: {_pt(style.height)} {_pt(style.width)}; margin: {table}; }}
body {{ font-size: {_pt(style.size)}; line-height: {pitch}; }}
h1 {{ font-size: {_pt(style.title_size)}; margin-bottom: {pitch}; }}
h1, .cover, .title {{ font-weight: {400 if heavy else 700}; }}
h2, h3, p.body {{ text-indent: {_pt(2 * style.size)}; }}
.toc p {{ line-height: {_pt(layout.TOC_PITCH)}; }}
.toc .deep {{ margin-left: {_pt(2 * style.size)}; }}
.title {{ line-height: {_pt(layout.TITLE_LINE)}; font-size: {TITLE_PT:g}pt; }}
.line {{ height: {_pt(layout.SMALL_LINE)}; }}
.line, .notes {{ line-height: {_pt(layout.SMALL_LINE)}; font-size: {NOTE_PT}pt; }}
"""
    return css + (asset("draft.css") if draft else "")


def _styles(style: PageStyle, *, draft: bool) -> tuple[Any, list[Any]]:
    """Font configuration and parsed stylesheets, kept for the next document."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    css = font_css(style.fonts) + asset("print.css") + page_css(style, draft=draft)
    if css not in _cache:
        if len(_cache) >= 4:
            _cache.clear()
        config = FontConfiguration()
        _cache[css] = (config, [CSS(string=css, font_config=config, url_fetcher=_refuse())])
    return _cache[css]


# ------------------------------------------------------------------ lines


def _marked(spans: Iterable[Span]) -> tuple[str, list[bool]]:
    """The clean text and, for each character, whether it belongs to an open place."""
    text, marks = "", list[bool]()
    for span in spans:
        piece = clean(span.text).replace("\t", " ")
        text += piece
        marks += [span.kind == "open"] * len(piece)
    return text, marks


def _run(text: str, marks: Sequence[bool], spacing: float) -> str:
    """One line.  ``spacing`` (pt) opens the gaps between Chinese characters; numbers stay whole."""
    if not spacing and True not in marks:
        return text_html(text)
    out = []
    keys = [(mark, bool(spacing) and is_latin(char)) for char, mark in zip(text, marks, strict=True)]
    place = 0
    for (mark, latin), group in groupby(keys):
        length = len(list(group))
        piece = text_html(text[place : place + length])
        piece = f'<i class="l">{piece}</i>' if latin else piece
        out.append(f'<mark class="open">{piece}</mark>' if mark else piece)
        place += length
    body = "".join(out)
    return f'<i style="letter-spacing:{spacing:.3f}pt">{body}</i>' if spacing else body


def _spacing(line: str, room: int, size: float) -> float:
    """The letter spacing (pt) that fills a line."""
    gaps = sum(not is_latin(c) for c in line) - (0 if is_latin(line[-1:] or " ") else 1)
    lack = (room - text_width(line)) * size / EM
    return lack / gaps if gaps > 0 and lack > 0.3 else 0.0


def lines_html(spans: Spans, room: int, *, indent: int = 0, justify: float = 0.0) -> str:
    """Text broken into lines of ``room`` (thousandths of an em); ``justify``: the size to fill at."""
    text, marks = _marked(spans)
    out = []
    for paragraph in re.finditer(r"[^\n]*(\n|$)", text):
        start, lead = paragraph.start(), indent
        lines = break_lines(paragraph[0].rstrip("\n"), room, indent)
        for number, line in enumerate(lines):
            shown = line.rstrip(" ")
            last = number == len(lines) - 1
            spacing = 0.0 if last or not justify else _spacing(shown, room // EM * EM - lead, justify)
            out.append(_run(shown, marks[start : start + len(shown)], spacing))
            start, lead = start + len(line), 0
        if paragraph.end() == len(text):
            break
    return "<br>".join(out)


# ------------------------------------------------------------------ tables


def _cell_room(width: float, size: float) -> int:
    """Room for text in a cell (thousandths of an em), as ``layout`` reckons it."""
    return max(int((width - 2 * layout.CELL_MARGIN) * layout.SAFETY * EM / (size * 20)), EM)


def _cell(table: Table, columns: Sequence[int], cell: TableCell, column: int) -> str:
    """The words of one cell.  A number too wide for it is set smaller: it may not break or run over."""
    width = sum(columns[column : column + cell.colspan]) - cell.indent * table.font_pt * 20
    if is_number(cell):
        need = text_width(cell.text) * table.font_pt * 20 / EM
        room = width - 2 * layout.CELL_MARGIN
        shown = _run(*_marked(cell.spans), 0.0)
        return f'<i style="font-size:{table.font_pt * room / need:.2f}pt">{shown}</i>' if need > room > 0 else shown
    return lines_html(cell.spans, _cell_room(width, table.font_pt))


def _rows(table: Table, columns: Sequence[int], which: str, heights: Sequence[int], tall: frozenset[int]) -> str:
    head = which == "header"
    rows = table.header if head else table.body
    out = []
    for number, (row, starts) in enumerate(zip(rows, start_columns(rows), strict=True)):
        if number in tall:
            out.append('<tr class="tall">')
        else:
            out.append(f'<tr style="height:{_pt(heights[number])}">')
        for cell, column in zip(row, starts, strict=True):
            out.append(open_cell(cell, head=head) + _cell(table, columns, cell, column) + ("</th>" if head else "</td>"))
        out.append("</tr>\n")
    return "".join(out)


def _above(table: Table, width: float) -> str:
    """Title and the small lines over the grid; each has the height that ``layout`` gives it."""
    size = min(TITLE_PT, width / 20 * EM / max(text_width(table.title), 1))
    style = f' style="font-size:{size:.2f}pt"' if size < TITLE_PT else ""
    mark = f' data-label="{attribute(table.in_toc)}"' if table.title and table.role != "inline" else ""
    out = [f'<div class="title"{mark}{style}>{text_html(table.title)}</div>']
    if table.subtitle:
        out.append(f'<div class="line c">{text_html(table.subtitle)}</div>')
    if table.number:
        out.append(f'<div class="line r">{text_html(table.number)}</div>')
    if table.left or table.middle or table.right:
        ends = ((n, t) for n, t in (("left", table.left), ("right", table.right), ("middle", table.middle)) if t)
        out.append('<div class="line">' + "".join(f'<i class="{n}">{text_html(t)}</i>' for n, t in ends) + "</div>")
    return "".join(out)


def _notes(table: Table, width: int) -> str:
    room = int(width * layout.SAFETY * EM / (NOTE_PT * 20))
    if not table.notes:
        return ""
    return '<div class="notes">' + "".join(f"<p>{lines_html(n, room)}</p>" for n in table.notes) + "</div>\n"


def print_table(table: Table, style: PageStyle) -> str:
    """A table with the columns and row heights of ``layout``."""
    plan = layout.table_layout(table, style)
    width = sum(plan.columns)
    columns = "".join(f'<col style="width:{_pt(c)}">' for c in plan.columns)
    head = _rows(table, plan.columns, "header", plan.header, frozenset())
    body = _rows(table, plan.columns, "body", plan.body, plan.tall)
    shift = (style.text_width - width) / 2 if not table.new_page and width != style.text_width else 0
    size = f"width:{_pt(width)};margin-left:{_pt(shift)}" if shift else f"width:{_pt(width)}"
    kind = "flow" if not table.new_page else "wide" if table.landscape else "table"
    leading = table.font_pt * layout.LEADING - ROW_BORDER
    return (
        f'<div id="{safe_id(table.id)}" class="sheet {kind}" style="{size}">\n'
        f'<table style="width:{_pt(width)};font-size:{table.font_pt}pt;line-height:{leading:.2f}pt">\n'
        f"<caption>{_above(table, width)}</caption>\n<colgroup>{columns}</colgroup>\n"
        + (f"<thead>\n{head}</thead>\n" if head else "")
        + f"<tbody>\n{body}</tbody>\n</table>\n{_notes(table, width)}</div>\n"
    )


# ------------------------------------------------------------------ blocks and page


def _print_block(block: Heading | Paragraph | Table, style: PageStyle) -> str:
    room = style.chars * EM + 25
    size = style.size / 20
    match block:
        case Heading():
            level = min(max(block.level, 1), 3)
            if level == 1:
                inside = lines_html(block.spans, int(style.text_width * EM / style.title_size))
            else:
                inside = lines_html(block.spans, room, indent=2 * EM, justify=size)
            label = attribute(block.in_toc)
            return f'<h{level} id="{safe_id(block.id)}" data-label="{label}">{inside}</h{level}>\n'
        case Paragraph():
            indent = 2 * EM if block.style == "body" else 0
            inside = lines_html(block.spans, room, indent=indent, justify=0.0 if block.style == "center" else size)
            return f'<p id="{safe_id(block.id)}" class="{block.style}">{inside}</p>\n'
        case Table():
            return print_table(block, style)
        case _:
            assert_never(block)


def _print_part(part: Part, style: PageStyle) -> str:
    blocks = "".join(_print_block(b, style) for b in (part.heading, *part.blocks))
    return f"<section>\n{blocks}</section>\n"


def _print_toc(document: Document) -> str:
    """目录.  The numbers are those of the pages that WeasyPrint makes."""
    lines = []
    for entry in document.contents():
        deep = toc_level(entry) > 1
        room = (document.style.chars - (2 if deep else 0) - 3) * EM
        inside = lines_html((Span(entry.in_toc),), room)
        name = "deep" if deep else "part"
        lines.append(f'<p class="{name}"><a href="#{safe_id(entry.id)}">{inside}</a></p>\n')
    title = text_html(document.toc_title)
    return f'<nav class="toc">\n<h1 data-label="{attribute(document.toc_title)}">{title}</h1>\n{"".join(lines)}</nav>\n'


def _print_cover(document: Document) -> str:
    out = []
    for line in document.cover:
        size = min(COVER_PT, document.style.text_width / 20 * EM / max(text_width(line), 1))
        out.append(f'<p style="font-size:{size:.2f}pt">{text_html(line)}</p>')
    return f'<header class="cover">{"".join(out)}</header>\n'


def print_body(document: Document) -> str:
    """The inside of ``body`` for the printed page."""
    parts = "".join(_print_part(part, document.style) for part in document.parts)
    return f"{_print_cover(document)}{_print_toc(document)}{parts}"
