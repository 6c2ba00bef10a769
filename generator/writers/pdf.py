"""The Document as the published PDF: the official page, set by WeasyPrint.

Lines, rows and columns are those that ``layout`` reckons, so that pages agree with the Word file:
text comes to WeasyPrint already broken into lines and cells with their heights.  This module may
not change a word; it only places them.  Floats are lengths.  Same document, same fonts: same bytes.
"""

from __future__ import annotations

import gc
import hashlib
import io
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from generator.document import Document, Fonts, Heading, PageStyle, Paragraph, Part, Span, Spans, Table, TableCell, plain
from generator.writers import fonts as fontfiles
from generator.writers import layout
from generator.writers.html import (
    asset,
    attribute,
    clean,
    is_number,
    page_html,
    rows_html,
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
PARSE_ERRORS = logging.getLogger("weasyprint")


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
            name = ("L" if role == "latin" else "F") + _face_url(family.regular)[5:]
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
    """Room for text in a cell, as ``layout`` reckons it."""
    return max(int((width - 2 * layout.CELL_MARGIN) * layout.SAFETY * EM / (size * 20)), EM)


class _Grid:
    """Writes the cells of one table with the widths that ``layout`` gave."""

    def __init__(self, table: Table, columns: Sequence[int]) -> None:
        self.table, self.columns, self.size = table, columns, table.font_pt

    def width(self, cell: TableCell, column: int) -> int:
        return sum(self.columns[column : column + cell.colspan]) - cell.indent * self.size * 20

    def style(self, cell: TableCell, column: int) -> str:
        """A number too wide for its cell is set smaller: it neither breaks nor runs over."""
        if not is_number(cell):
            return ""
        need = text_width(cell.text) * self.size * 20 / EM
        room = self.width(cell, column) - 2 * layout.CELL_MARGIN
        return f"font-size:{self.size * room / need:.2f}pt" if need > room > 0 else ""

    def rows(self, rows: Sequence[Sequence[TableCell]], heights: Sequence[int], tall: frozenset[int], *, head: bool) -> str:
        starts = start_columns([tuple(r) for r in rows])
        out = []
        for number, row in enumerate(rows):
            height = "" if number in tall else f' style="height:{_pt(heights[number])}"'
            out.append(f"<tr{' class=tall' if number in tall else ''}{height}>")
            for cell, column in zip(row, starts[number], strict=True):
                out.append(self.cell(cell, column, head=head))
            out.append("</tr>")
        return "".join(out)
