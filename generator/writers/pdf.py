"""The Document as the published PDF: the official page, set by WeasyPrint.

Lines, rows and columns are those that ``layout`` reckons, so that pages agree with the Word file:
text comes to WeasyPrint already broken into lines and cells with their heights.  This module may
not change a word; it only places them.  Floats are lengths.  Same document, same fonts: same bytes.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import io
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, assert_never

from generator.model import Block, Document, Fonts, Heading, PageStyle, Paragraph, Part, Span, Table, TableCell
from generator.writers import _table_pages as slices
from generator.writers import fonts as fontfiles
from generator.writers import layout, table_layout
from generator.writers.chart_data import chart_of, picture_height
from generator.writers.chart_picture import picture
from generator.writers.html import (
    asset,
    attribute,
    broken,
    clean,
    lines_html,
    marked,
    open_cell,
    page_html,
    run_html,
    safe_id,
    text_html,
    toc_level,
)
from generator.writers.line_breaks import EM, OWN, break_lines, text_width

Attachment = tuple[str, bytes, str]
"""Name, content and description of an attached file."""

COVER_PT, NOTE_PT = 36.0, table_layout.NOTE_PT
LINE_SLACK = 25  # thousandths of an em that a line of prose has over its 28 characters (see layout)
ROW_BORDER, BORDER = 0.6, 10  # taken from a row for its border (pt); the outer border of a table (twips)
WATERMARK_URL = "draft:watermark"
NEWLINE = "\n"  # kept as it is: print.css says white-space: pre where lines were counted


def write_pdf(
    document: Document,
    plan: layout.Layout | None = None,
    *,
    archival: bool = False,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The PDF.  ``archival``: PDF/A-3a; else PDF/UA-1.  Both are tagged.  ``plan``: pages, if known."""
    import weasyprint

    moment = datetime.fromisoformat(_date(document)).replace(tzinfo=UTC)
    body = print_body(document, plan or layout.paginate(document))
    page = page_html(document, _measures(body), body, dates(document))
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
    css = page_css(document.style, draft=document.draft, head=document.running_head)
    variant = "pdf/a-3a" if archival else "pdf/ua-1"
    return set_page(page, css, document.style.fonts, variant=variant, attachments=attached or None)


def dates(document: Document) -> str:
    """The pinned dates of a file, for the head of its page."""
    date = _date(document)
    return f'<meta name="dcterms.created" content="{date}">\n<meta name="dcterms.modified" content="{date}">\n'


def set_page(page: str, css: str, fonts: Fonts, *, variant: str = "pdf/ua-1", attachments: Any = None) -> bytes:
    """A page of markup as a tagged PDF in a style; it may open nothing but the fonts."""
    import weasyprint

    with _rendering:
        config, styles = _styles(css, fonts)
        with _no_collector():
            html = weasyprint.HTML(string=page, url_fetcher=_fetcher(fonts))
            made: bytes = html.write_pdf(
                font_config=config, stylesheets=styles, pdf_variant=variant, attachments=attachments
            )
    return _identified(made)


def _identified(made: bytes) -> bytes:
    """The file with an identifier that follows from its content.  (WeasyPrint's own is there for
    PDF/A only: it packs every stream a second time to make it.)"""
    place = made.rfind(b"/Type /XRef")
    if place < 0 or b"/ID" in made[place:]:
        return made
    name = hashlib.md5(made, usedforsecurity=False).hexdigest().encode()
    return made[:place] + b"/ID [<" + name + b"><" + name + b">] " + made[place:]


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
    """Rendering makes millions of objects and frees few: looking for rubbish only costs time.

    Afterwards they count as old, so that the next full collection takes them, not the next
    allocation.  A process that renders many documents collects between them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


# ------------------------------------------------------------------ fonts and styles

_cache: dict[str, tuple[Any, list[Any]]] = {}
atexit.register(_cache.clear)  # font configurations must go before the library that frees them


def _fetcher(fonts: Fonts) -> Any:
    """A fetcher that opens nothing but the font files that were chosen (and makes the watermark)."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFetcher(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if url == WATERMARK_URL:
                return URLFetcherResponse(url, _watermark(fonts), {"Content-Type": "image/svg+xml"})
            content = fontfiles.read_url(url)
            if content is None:
                raise ValueError(f"not allowed: {url}")
            return URLFetcherResponse(url, content)

    return OwnFetcher()


def _watermark(fonts: Fonts) -> bytes:
    """草稿, light and aslant."""
    names = ", ".join([*fontfiles.stack("hei", fonts), "sans-serif"])
    words = f'<text x="200" y="240" text-anchor="middle" font-size="130" font-family="{names}" fill="#efe6e6"'
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
    return f'{head}{words} transform="rotate(-45 200 200)">草稿</text></svg>'.encode()


def _pt(twips: float) -> str:
    return f"{twips / 20:g}pt"


def page_css(style: PageStyle, *, draft: bool, head: str = "") -> str:
    """The stylesheet of a printed document: fonts, what is constant, and the measures of its page."""
    table = _pt(style.table_margin)
    pitch = _pt(style.pitch)
    css = f"""
@page {{ size: {_pt(style.width)} {_pt(style.height)};
  margin: {_pt(style.top)} {_pt(style.right)} {_pt(style.bottom)} {_pt(style.left)}; }}
@page table {{ size: {_pt(style.width)} {_pt(style.height)}; margin: {table}; }}
@page wide {{ size: {_pt(style.height)} {_pt(style.width)}; margin: {table}; }}
body {{ font-size: {_pt(style.size)}; line-height: {pitch}; }}
h1 {{ font-size: {_pt(style.title_size)}; margin-bottom: {pitch}; }}
h1, .cover, .title {{ font-weight: {fontfiles.title_weight(style.fonts)}; }}
h2, h3, p.body {{ text-indent: {_pt(2 * style.size)}; }}
.toc p {{ line-height: {_pt(layout.TOC_PITCH)}; }}
.toc .deep {{ margin-left: {_pt(2 * style.size)}; }}
.title {{ line-height: {_pt(table_layout.TITLE_LINE)}; font-size: {table_layout.TITLE_PT:g}pt; }}
.line {{ height: {_pt(table_layout.SMALL_LINE)}; }}
.line, .notes {{ line-height: {_pt(table_layout.SMALL_LINE)}; font-size: {NOTE_PT}pt; }}
"""
    if head:
        text = head.replace("\\", "").replace('"', "\u201d")
        css += f'@page {{ @top-center {{ content: "{text}"; font: 10.5pt/1 var(--song); vertical-align: middle; }} }}\n'
    return fontfiles.font_css(style.fonts) + asset("print.css") + css + (asset("draft.css") if draft else "")


def _measures(body: str) -> str:
    """Rules for the row heights (``h``, twips) and letter spacings (``s``, 1/100 pt) in use: classes,
    because WeasyPrint reads a style attribute anew each time."""
    names = sorted(set(re.findall(r'[" ]([hs][0-9]{1,6})"', body)))
    rules = (f"height: {_pt(int(n[1:]))}" if n[0] == "h" else f"letter-spacing: {int(n[1:]) / 100}pt" for n in names)
    return "".join(f".{name} {{ {rule} }}\n" for name, rule in zip(names, rules, strict=True))


def _styles(css: str, fonts: Fonts) -> tuple[Any, list[Any]]:
    """Font configuration and parsed stylesheets, kept for the next document."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    if css not in _cache:
        if len(_cache) >= 4:
            _cache.clear()
        config = FontConfiguration()
        _cache[css] = (config, [CSS(string=css, font_config=config, url_fetcher=_fetcher(fonts))])
    return _cache[css]


# ------------------------------------------------------------------ tables


def _cell_room(width: float, size: float) -> int:
    """Room for text in a cell (thousandths of an em), as ``layout`` reckons it."""
    return max(int((width - 2 * table_layout.CELL_MARGIN) * table_layout.SAFETY * EM / (size * 20)), EM)


def _cell_lines(table: Table, columns: Sequence[int], cell: TableCell, column: int) -> list[str]:
    """The lines of one cell.  A number too wide for it is set smaller: it may not break or run over."""
    width = sum(columns[column : column + cell.colspan]) - cell.indent * table.font_pt * 20
    if table_layout.is_number(cell):
        size = table_layout.number_size(cell.text, width, table.font_pt)
        shown = run_html(*marked(cell.spans))
        return [f'<i style="font-size:{size:.2f}pt">{shown}</i>' if size < table.font_pt else shown]
    return broken(cell.spans, _cell_room(width, table.font_pt))


def _grid(table: Table, plan: table_layout.TableLayout, style: PageStyle) -> str:
    """Header and body, a group of rows for each page."""

    def lines(cell: TableCell, column: int) -> list[str]:
        return _cell_lines(table, plan.columns, cell, column)

    head = slices.header(table, plan, lines)
    out = [f"<thead>\n{_rows(head, head=True)}</thead>\n"] if head else []
    for number, page in enumerate(slices.pages(table, plan, style, lines)):
        out.append(f"<tbody{' class=next' if number else ''}>\n{_rows(page, head=False)}</tbody>\n")
    return "".join(out)


def _rows(rows: Sequence[slices.Piece], *, head: bool) -> str:
    """Rows with their heights.  Where a merged cell ends, the cells carry them: WeasyPrint would take
    the whole merged cell into the height of its last row."""
    count = len(rows)
    heights = [row.height for row in rows]
    ends = {min(k + c.rowspan, count) - 1 for k, row in enumerate(rows) for c, _ in row.cells if c.rowspan > 1}
    out = []
    for k, row in enumerate(rows):
        out.append("<tr>" if k in ends else f'<tr class="h{round(heights[k])}">')
        for cell, lines in row.cells:
            end = min(k + cell.rowspan, count)
            extra = f"h{round(sum(heights[k:end]))}" if end - 1 in ends else ""
            out.append(f"{open_cell(cell, head=head, extra=extra)}{NEWLINE.join(lines)}{'</th>' if head else '</td>'}")
        out.append("</tr>\n")
    return "".join(out)


def _above(table: Table, width: int, style: PageStyle) -> str:
    """Title and the small lines over the grid; each has the height that ``layout`` gives it."""
    size = table_layout.title_size(table, width)
    small = f' style="font-size:{size:.2f}pt"' if size < table_layout.TITLE_PT else ""
    mark = f' data-label="{attribute(table.in_toc)}"' if table.title and table.role != "inline" else ""
    out = [f'<div class="title"{mark}{small}>{text_html(table.title)}</div>']
    if table.subtitle:
        out.append(f'<div class="line c">{text_html(table.subtitle)}</div>')
    if table.number:
        out.append(f'<div class="line r">{text_html(table.number)}</div>')
    if chart := chart_of(table):
        height = picture_height(table)
        svg = picture(chart, width / 20, height / 20, style.fonts)
        out.append(f'<div class="chart" style="height:{_pt(height)}">{svg}</div>')
    room = int(width * table_layout.SAFETY * EM / (NOTE_PT * 20))
    for left, middle, right in table_layout.ends(table, width):
        count = max(len(break_lines(clean(t), room)) for t in (left, middle, right))
        shown = ((n, t) for n, t in (("left", left), ("right", right), ("middle", middle)) if t)
        inside = "".join(f'<i class="{n}">{lines_html((Span(t),), room)}</i>' for n, t in shown)
        tall = f' style="height:{_pt(count * table_layout.SMALL_LINE)}"' if count > 1 else ""
        out.append(f'<div class="line"{tall}>{inside}</div>')
    return "".join(out)


def _notes(table: Table, width: int) -> str:
    room = int(width * table_layout.SAFETY * EM / (NOTE_PT * 20))
    if not table.notes:
        return ""
    return '<div class="notes">' + "".join(f"<p>{lines_html(n, room)}</p>" for n in table.notes) + "</div>\n"


def _rest(table: Table, plan: table_layout.TableLayout, style: PageStyle) -> int:
    """Twips that a table in the text leaves of its last line, so that the text after it keeps the grid."""
    height = table_layout.grid_height(table, plan)
    return -(height + BORDER) % style.pitch + (0 if table.title else table_layout.TITLE_LINE)


def print_table(table: Table, plan: table_layout.TableLayout, style: PageStyle, *, new: bool = False) -> str:
    """A table with the columns and row heights of ``layout``."""
    width = sum(plan.columns)
    columns = "".join(f'<col style="width:{_pt(c)}">' for c in plan.columns)
    size = f"width:{_pt(width)}"
    if not table.new_page:
        size += f";margin-left:{_pt((style.text_width - width) / 2)}"
        size += f";padding:{_pt(_rest(table, plan, style) / 2)} 0" if plan.pages == 1 else ""
    kind = "wide" if table.landscape else "table"
    if not table.new_page:
        kind = "flow" if plan.pages == 1 else "long"
        kind += " new" if new else ""
    leading = table.font_pt * table_layout.LEADING - ROW_BORDER
    return (
        f'<div id="{safe_id(table.id)}" class="sheet {kind}" style="{size}">\n'
        f'<table style="width:{_pt(width)};font-size:{table.font_pt}pt;line-height:{leading:.2f}pt">\n'
        f"<caption>{_above(table, width, style)}</caption>\n<colgroup>{columns}</colgroup>\n"
        f"{_grid(table, plan, style)}</table>\n{_notes(table, width)}</div>\n"
    )


# ------------------------------------------------------------------ blocks and page


def _print_block(block: Block, plan: layout.Layout, style: PageStyle, *, new: bool) -> str:
    room, size = style.chars * EM + LINE_SLACK, style.size / 20
    match block:
        case Heading():
            level = min(max(block.level, 1), 3)
            if level == 1:
                inside = lines_html(block.spans, int(style.text_width * EM / style.title_size))
            else:
                inside = lines_html(block.spans, room, indent=2 * EM, justify=size, setting=OWN)
            name = ' class="new"' if new else ""
            return (
                f'<h{level} id="{safe_id(block.id)}"{name} data-label="{attribute(block.in_toc)}">{inside}</h{level}>\n'
            )
        case Paragraph():
            centred = block.style == "center"
            indent, fill = (0, 0.0) if centred else (2 * EM, size)
            inside = lines_html(block.spans, room, indent=indent, justify=fill, setting=OWN)
            return f'<p id="{safe_id(block.id)}" class="{block.style}{" new" if new else ""}">{inside}</p>\n'
        case Table():
            return print_table(block, plan.tables[block.id], style, new=new)
        case _:
            assert_never(block)


def _print_part(part: Part, plan: layout.Layout, style: PageStyle) -> str:
    out = []
    before: Block | None = None
    for block in part.whole():
        apart = isinstance(before, Table) and before.new_page  # text after a table on its own page begins a page
        out.append(_print_block(block, plan, style, new=apart or block.id in plan.breaks))
        before = block
    return f"<section>\n{''.join(out)}</section>\n"


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


def print_body(document: Document, plan: layout.Layout) -> str:
    """The inside of ``body`` for the printed page."""
    parts = "".join(_print_part(part, plan, document.style) for part in document.parts)
    return f"{_print_cover(document)}{_print_toc(document)}{parts}"
