"""Writes the Document as a Word file: real styles, a 目录 that is right when opened, anchors.

python-docx keeps the package; the body is built as XML, which is a hundred times faster than its
cell objects.  Every block carries a bookmark whose name follows from its id, so that wording
edited in Word finds its way back.  Same Document, same bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import assert_never
from xml.sax.saxutils import quoteattr

import docx
from docx.oxml import parse_xml
from lxml import etree

from generator import PROGRAM
from generator.model import Block, Document, Heading, Paragraph, Row, Span, Spans, Table, TableCell, mark_of
from generator.writers._docx_parts import (
    NAMESPACES,
    W,
    clean,
    font_table_xml,
    footer_xml,
    header_xml,
    settings_xml,
    styles_xml,
)
from generator.writers.chart_data import Chart, chart_of, picture_height
from generator.writers.layout import Layout, paginate, toc_entries
from generator.writers.table_layout import (
    CELL_MARGIN,
    SMALL_LINE,
    TITLE_PT,
    TableLayout,
    ends,
    grid_height,
    is_number,
    line_height,
    number_size,
    title_size,
)
from generator.writers.word_lines import Spacing

DRAFT_LINE = "草稿，不得公开"
TAB = "<w:r><w:tab/></w:r>"
HINT = '<w:rFonts w:hint="eastAsia"/>'
PLAIN_RUN = f"<w:rPr>{HINT}</w:rPr>"
NEUTRAL = re.compile("((?:(?<![^\x00-\x7f])|(?<=[“”‘’…—·]))[“”‘’…—·]+)")  # where no Chinese character stands before
BREATH = 20  # twips under a table
GRID_EDGE = 10  # twips of its outer border
VERSION = "_jv"
EPOCH = (1980, 1, 1, 0, 0, 0)


def anchor(block_id: str) -> str:
    """The bookmark of a block: letters and digits, at most 40, the same in every build."""
    return "_j" + hashlib.sha1(block_id.encode(), usedforsecurity=False).hexdigest()[:20]


def write_docx(
    document: Document, layout: Layout | None = None, writer_of: Callable[..., Writer] | None = None
) -> bytes:
    """The Word file, as bytes.  ``writer_of``: makes another writer of the body (for tracked changes)."""
    layout = layout or paginate(document)
    package = docx.Document(io.BytesIO(_base()))
    writer = (writer_of or Writer)(document, layout, *_running(package, document))
    writer.package = package
    xml = f"<w:document {NAMESPACES}><w:body>{''.join(writer.body())}</w:body></w:document>"
    _replace(package.styles.element, styles_xml(document.style, document.style.text_width))
    _replace(package.settings.element, settings_xml())
    properties = package.core_properties
    moment = datetime.fromisoformat(document.date or f"{document.year}-12-31")
    properties.title, properties.author, properties.language = document.title, document.department, document.language
    properties.created = properties.modified = moment
    properties.last_modified_by, properties.revision, properties.comments = document.department, 1, ""
    properties.subject, properties.keywords = f"{document.year}年度{document.scope}{document.kind}", PROGRAM
    buffer = io.BytesIO()
    package.save(buffer)
    # the body is put in as text: it would take longer to move it into the package's tree than to make it
    return constant(
        buffer.getvalue(),
        {"word/document.xml": xml.encode(), "word/fontTable.xml": font_table_xml(document.style).encode()},
    )


@lru_cache(maxsize=1)
def _base() -> bytes:
    """An empty package without the parts of the default template that nobody needs."""
    package = docx.Document()
    buffer = io.BytesIO()
    package.save(buffer)
    return buffer.getvalue()


def _running(package: docx.document.Document, document: Document) -> tuple[str, str, str]:
    """Relationship ids of footer, empty footer and header."""
    part = package.part
    ids = []
    for xml, add in ((footer_xml(), part.add_footer_part), (_empty_footer(), part.add_footer_part)):
        made, relation = add()
        _replace(made.element, xml)
        ids.append(relation)
    made, relation = part.add_header_part()
    _replace(
        made.element,
        header_xml("　".join(t for t in (DRAFT_LINE if document.draft else "", document.running_head) if t)),
    )
    return ids[0], ids[1], relation


def _empty_footer() -> str:
    return f'<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr></w:p></w:ftr>'


def _replace(element: etree._Element, xml: str) -> None:
    """Give an element of the package new content."""
    fresh = parse_xml(xml)
    for child in list(element):
        element.remove(child)
    element.extend(list(fresh))


def constant(data: bytes, replaced: dict[str, bytes] | None = None) -> bytes:
    """A zip package with constant times and order."""
    out = io.BytesIO()
    extra = {k: b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + v for k, v in (replaced or {}).items()}
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = [n for n in source.namelist() if n != "docProps/thumbnail.jpeg"]
        for name in names:
            content = extra.get(name) or source.read(name)
            if name in ("_rels/.rels", "[Content_Types].xml"):
                content = _without_thumbnail(content)
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # as on every system, so that the bytes are the same
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, content)
    return out.getvalue()


def _without_thumbnail(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for node in list(root):
        if "thumbnail" in (node.get("Target") or ""):
            root.remove(node)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


class Writer:
    """The body, piece by piece."""

    def __init__(self, document: Document, layout: Layout, footer: str, blank_footer: str, header: str) -> None:
        self.document, self.layout, self.style = document, layout, document.style
        self.footer, self.blank_footer, self.header = footer, blank_footer, header
        self.mark = 0
        self.landscape = False
        self.wide = False  # the current section has the margins of tables
        self.pending = False
        self.package: docx.document.Document | None = None  # charts are parts of their own
        self.charts = 0

    # ---------------------------------------------------------- paragraphs

    def paragraph(self, style: str, content: str, *, props: str = "", block: str = "") -> str:
        if block:
            self.mark += 1
            content = f'<w:bookmarkStart w:id="{self.mark}" w:name="{anchor(block)}"/>{content}<w:bookmarkEnd w:id="{self.mark}"/>'
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{props}</w:pPr>{content}</w:p>'

    def runs(self, spans: Spans, *, props: str = "", east: str = "") -> str:
        return "".join(self.run(s, props, east) for s in spans)

    def prose(self, block: Heading | Paragraph, east: str) -> str:
        """The words of a block, some letters spaced (see ``word_lines``)."""
        spacing = self.layout.spacing.get(block.id)
        if not spacing:
            return self.runs(block.spans, east=east)
        return "".join(self.run(s, _spaced(twips), east) for s, twips in _stretched(block.spans, spacing))

    def run(self, span: Span, props: str = "", east: str = "") -> str:
        shown = props
        if span.kind in ("open", "draft"):
            colour = "yellow" if span.kind == "open" else "cyan"
            shown = props.replace("</w:rPr>", f'<w:highlight w:val="{colour}"/></w:rPr>') or (
                f'<w:rPr><w:rFonts w:hint="eastAsia"/><w:highlight w:val="{colour}"/></w:rPr>'
            )
        return text_run(span.text, shown, east)

    def body(self) -> Iterator[str]:
        yield from self.cover()
        yield from self.contents()
        for block in self.document.blocks():
            yield from self.block(block)
        yield self.section(self.landscape)

    def turned(self) -> bool:
        """Whether the last thing written was a section break (which starts a page by itself)."""
        turned, self.pending = self.pending, False
        return turned

    def cover(self) -> Iterator[str]:
        drop = self.style.pitch * 5
        for number, line in enumerate(self.document.cover):
            space = f'<w:spacing w:before="{drop if number == 0 else 0}" w:after="{self.style.pitch}" w:line="{self.style.pitch * 2}" w:lineRule="exact"/>'
            yield self.paragraph("Title", (self.version() if number == 0 else "") + text_run(line), props=space)

    def version(self) -> str:
        """A hidden bookmark that tells which text this file is (see ``mark_of``)."""
        self.mark += 1
        name = VERSION + mark_of(self.document)
        return f'<w:bookmarkStart w:id="{self.mark}" w:name="{name}"/><w:bookmarkEnd w:id="{self.mark}"/>'

    def contents(self) -> Iterator[str]:
        """目录: a real field, its entries filled with the pages that were computed."""
        entries = toc_entries(self.document)
        yield self.paragraph("TOCHeading", text_run(self.document.toc_title), props="<w:pageBreakBefore/>")
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, (block, level) in enumerate(entries):
            page = self.layout.pages[block.id]
            name = anchor(block.id)
            link = (
                f'<w:hyperlink w:anchor="{name}" w:history="1">{text_run(block.in_toc)}<w:r><w:tab/></w:r>'
                f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>'
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{page}</w:t></w:r>'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>'
            )
            end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(entries) - 1 else ""
            yield self.paragraph(f"TOC{min(level, 2)}", (begin if number == 0 else "") + link + end)
        yield self.turn(landscape=False, first=True)

    def heading(self, heading: Heading, *, new_page: bool) -> str:
        props = "<w:pageBreakBefore/>" if new_page else ""
        fonts = self.style.fonts
        east = {1: fonts.title, 2: fonts.hei, 3: fonts.kai}[heading.level][0]
        return self.paragraph(f"Heading{heading.level}", self.prose(heading, east), props=props, block=heading.id)

    def begin(self, block: Block, breaks: frozenset[str]) -> tuple[str, bool]:
        """The section break wanted before a block, and whether it starts a page by a mark of its own."""
        if isinstance(block, Table) and block.new_page:
            turn = self.landscape != block.landscape or not self.wide
            broken = self.turn(landscape=block.landscape, wide=True) if turn else ""
            return broken, not self.turned()
        # text after a table on a page of its own stands on an upright page again
        broken = self.turn(landscape=False) if self.wide else ""
        turned = self.turned()
        starts = block.id in breaks or (isinstance(block, Heading) and block.level == 1)
        return broken, starts and not turned

    def block(self, block: Block) -> Iterator[str]:
        broken, new_page = self.begin(block, self.layout.breaks)
        yield broken
        match block:
            case Heading():
                yield self.heading(block, new_page=new_page)
            case Paragraph():
                style = "BodyText" if block.style == "body" else "Normal"
                props = "<w:pageBreakBefore/>" if new_page else ""
                props += '<w:jc w:val="center"/>' if block.style == "center" else ""
                runs = self.prose(block, self.style.fonts.body[0])
                yield self.paragraph(style, runs, props=props, block=block.id)
            case Table():
                yield from self.table(block, new_page=new_page)
            case _:
                assert_never(block)

    # ---------------------------------------------------------- sections

    def section(self, landscape: bool, *, first: bool = False) -> str:
        style = self.style
        width, height = (style.height, style.width) if landscape else (style.width, style.height)
        turned = ' w:orient="landscape"' if landscape else ""
        if self.wide:
            top = bottom = left = right = style.table_margin
        else:
            top, bottom, left, right = style.top, style.bottom, style.left, style.right
        foot = min(bottom - 200, 560) if self.wide else bottom - 420
        cover = "<w:titlePg/>" if first else ""
        blank = f'<w:footerReference w:type="first" r:id="{self.blank_footer}"/>' if first else ""
        lead = f'<w:headerReference w:type="first" r:id="{self.header}"/>' if first else ""
        return (
            f'<w:sectPr><w:headerReference w:type="default" r:id="{self.header}"/>{lead}'
            f'<w:footerReference w:type="default" r:id="{self.footer}"/>{blank}<w:type w:val="nextPage"/>'
            f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
            f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{min(top, 600)}" w:footer="{foot}" w:gutter="0"/>'
            f"{cover}</w:sectPr>"
        )

    def turn(self, *, landscape: bool, wide: bool = False, first: bool = False) -> str:
        """End the current section and begin one of another shape."""
        props = self.section(self.landscape, first=first)
        self.landscape, self.wide, self.pending = landscape, wide, True
        spacing = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        return f'<w:p><w:pPr><w:pStyle w:val="TableLine"/>{spacing}{props}</w:pPr></w:p>'

    # ---------------------------------------------------------- tables

    def table(self, table: Table, *, new_page: bool) -> Iterator[str]:
        layout = self.layout.tables[table.id]
        width = sum(layout.columns)
        props = "<w:pageBreakBefore/>" if new_page else ""
        size = title_size(table, width)
        small = _sized(int(size * 2)) if size < TITLE_PT else ""
        yield self.paragraph("TableTitle", text_run(table.title, small), props=props, block=table.id)
        keep = "" if table.new_page else "<w:keepNext/>"
        if table.subtitle:
            yield self.paragraph("TableLine", text_run(table.subtitle), props=keep + '<w:jc w:val="center"/>')
        if table.number:
            yield self.paragraph("TableLine", text_run(table.number), props=keep + '<w:jc w:val="right"/>')
        if chart := chart_of(table):
            yield self.chart(chart, width, picture_height(table))
        for left, middle, right in ends(table, width):
            yield self.ends_line(left, middle, right, width, keep)
        yield self.grid(table, layout)
        spacing = f'<w:spacing w:line="{SMALL_LINE}" w:lineRule="exact"/>'
        for note in table.notes:
            yield self.paragraph("TableLine", self.runs(note), props=spacing)
        yield self.gap(table, layout)

    def chart(self, chart: Chart, width: int, height: int) -> str:
        """A native chart in a line of its own height."""
        from generator.writers.chart_office import drawing, word_chart

        self.charts += 1
        relation = word_chart(self.package, chart, self.charts, self.document.year)
        # a line of exact height would cut the picture off: this one grows with it
        spacing = '<w:keepNext/><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>'
        return self.paragraph("TableLine", drawing(relation, chart, self.charts, width, height - 60), props=spacing)

    def ends_line(self, left: str, middle: str, right: str, width: int, props: str) -> str:
        """The line over a table: department, what stands in the middle, unit."""
        content = text_run(left) + "".join(TAB + text_run(text) for text in (middle, right) if text)
        return self.paragraph("TableLine", content, props=props + tab_stops(middle, right, width))

    def gap(self, table: Table, layout: TableLayout) -> str:
        """What follows a table: the text after one in the text stands on the lines of the page again."""
        if table.new_page:
            return "" if table.notes else self._space(BREATH)
        rest = -(grid_height(table, layout) + GRID_EDGE) % self.style.pitch if layout.pages == 1 else BREATH
        return self._space(max(rest, 1))

    def _space(self, twips: int) -> str:
        return self.paragraph("TableLine", "", props=f'<w:spacing w:line="{twips}" w:lineRule="exact"/>')

    def grid(self, table: Table, layout: TableLayout) -> str:
        width = sum(layout.columns)
        columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in layout.columns)
        edge = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        head = "".join(self.rows(table, table.header, layout.header, layout, header=True))
        body = "".join(self.rows(table, table.body, layout.body, layout, header=False))
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edge}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{CELL_MARGIN}" w:type="dxa"/>'
            f'<w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{head}{body}</w:tbl>'
        )

    def rows(
        self, table: Table, rows: tuple[Row, ...], heights: tuple[int, ...], layout: TableLayout, *, header: bool
    ) -> Iterator[str]:
        below: dict[int, tuple[int, TableCell]] = {}  # column -> rows still covered, cell
        width = len(table.widths)
        for number, row in enumerate(rows):
            cells: list[str] = []
            waiting = list(row)
            column = 0
            while column < width:
                if column in below and below[column][0] > 0:
                    left, cell = below[column]
                    below[column] = (left - 1, cell)
                    cells.append(self.cell(table, cell, layout, column, merge="<w:vMerge/>", empty=True))
                    column += cell.colspan
                    continue
                if not waiting:
                    cells.append(self.cell(table, TableCell(), layout, column))
                    column += 1
                    continue
                cell = waiting.pop(0)
                merge = '<w:vMerge w:val="restart"/>' if cell.rowspan > 1 else ""
                if cell.rowspan > 1:
                    below[column] = (cell.rowspan - 1, cell)
                cells.append(self.cell(table, cell, layout, column, merge=merge))
                column += cell.colspan
            tall = not header and number in layout.tall
            height = (
                f'w:val="{line_height(table.font_pt)}" w:hRule="atLeast"'
                if tall
                else f'w:val="{heights[number]}" w:hRule="exact"'
            )
            props = ("" if tall else "<w:cantSplit/>") + f"<w:trHeight {height}/>"
            props += "<w:tblHeader/>" if header else ""
            yield f"<w:tr><w:trPr>{props}</w:trPr>{''.join(cells)}</w:tr>"

    def cell(
        self, table: Table, cell: TableCell, layout: TableLayout, column: int, *, merge: str = "", empty: bool = False
    ) -> str:
        width = sum(layout.columns[column : column + cell.colspan])
        span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
        line = line_height(table.font_pt)
        shown = (
            number_size(cell.text, width - cell.indent * table.font_pt * 20, table.font_pt)
            if is_number(cell)
            else table.font_pt
        )
        props = _sized(int(shown * 2), bold=cell.bold)
        indent = f'<w:ind w:left="{cell.indent * table.font_pt * 20}"/>' if cell.indent else ""
        content = "" if empty else self._cell_runs(cell, props)
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="TableText"/><w:spacing w:line="{line}" w:lineRule="exact"/>{indent}'
            f'<w:jc w:val="{cell.align}"/></w:pPr>{content}</w:p></w:tc>'
        )

    def _cell_runs(self, cell: TableCell, props: str) -> str:
        return self.runs(cell.spans, props=props)


def _spaced(twips: int) -> str:
    return f'<w:rPr><w:rFonts w:hint="eastAsia"/><w:spacing w:val="{twips}"/></w:rPr>' if twips else ""


def _stretched(spans: Spans, spacing: Spacing) -> Iterator[tuple[Span, int]]:
    """Spans cut where the spacing of their letters changes."""
    edges = sorted({x for a, b, _ in spacing for x in (a, b)})
    at = 0
    for span in spans:
        cuts = [at, *(x for x in edges if at < x < at + len(span.text)), at + len(span.text)]
        for a, b in pairwise(cuts):
            twips = next((n for begin, end, n in spacing if begin <= a < end), 0)
            yield replace(span, text=span.text[a - at : b - at]), twips
        at += len(span.text)


def _sized(half_points: int, *, bold: bool = False) -> str:
    weight = "<w:b/>" if bold else ""
    return f'<w:rPr><w:rFonts w:hint="eastAsia"/>{weight}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'


def tab_stops(middle: str, right: str, width: int) -> str:
    """Tab stops for what stands in the middle and at the right of a line."""
    stops = [("center", width // 2)] if middle else []
    stops += [("right", width)] if right else []
    tabs = "".join(f'<w:tab w:val="{kind}" w:pos="{at}"/>' for kind, at in stops)
    return f"<w:tabs>{tabs}</w:tabs>" if tabs else ""


def text_run(text: str, props: str = "", east: str = "") -> str:
    """A run; a line end inside a text becomes a line break.

    Quotation marks and dashes belong to no script: LibreOffice sets them in the Latin font where
    they follow a number, Word in the Chinese one.  ``east`` names the font that they shall have in
    both, so that lines are equally long.
    """
    if not text:
        return ""
    shown = props or PLAIN_RUN
    if east and (pieces := NEUTRAL.split(text)) and len(pieces) > 1:
        same = shown.replace(HINT, f"{HINT[:-2]} w:ascii={quoteattr(east)} w:hAnsi={quoteattr(east)}/>")
        return "".join(_run(piece, same if n % 2 else shown) for n, piece in enumerate(pieces) if piece)
    return _run(text, shown)


def _run(text: str, props: str) -> str:
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{p}</w:t>' for p in clean(text).split("\n"))
    return f"<w:r>{props}{inner}</w:r>"


def prose_of(data: bytes) -> list[str]:
    """The prose of a Word file that this module wrote: what stands in bookmarks outside tables."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    out = []
    for paragraph in root.iter(f"{{{W}}}p"):
        style = paragraph.find(f"{{{W}}}pPr/{{{W}}}pStyle")
        name = style.get(f"{{{W}}}val") if style is not None else ""
        if name in ("Heading1", "Heading2", "Heading3", "BodyText", "Normal"):
            out.append("".join(t.text or "" for t in paragraph.iter(f"{{{W}}}t")))
    return out
