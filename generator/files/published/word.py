"""A Word file of any origin as texts and tables: as it reads with all changes accepted.

Numbers that Word counts by itself are written out; hidden and deleted words are left out.  Pages are known
only where Word has noted them when it last laid the document out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from generator.files.published._word_numbers import Numbers, read_numbers
from generator.files.published.model import PubBlock, PubCell, Publication, PubTable, PubText
from generator.files.safety import BROKEN, Opened, parser, scan_word
from generator.model import CellRef, Finding, make_finding

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MAX_SPAN = 400
MAX_DEPTH = 40
HEADER = re.compile(r"word/(header|footer)\d*\.xml")


def read_word_publication(data: bytes, name: str) -> Publication:
    """Everything a Word file says.  Bad files come back with a finding and without blocks."""
    out = Publication(name, "docx")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        out.findings.append(_said(name, "WB-003/old"))
        return out
    try:
        parts = scan_word(data, name)
        if isinstance(parts, Opened):
            out.findings += parts.findings
            return out
        body = etree.fromstring(parts["word/document.xml"], parser()).find(f"{W}body")
        styles = _styles(parts.get("word/styles.xml"))
        reader = _Reader(styles, read_numbers(parts.get("word/numbering.xml")))
        if body is not None:
            reader.blocks(body, 0)
    except (*BROKEN, RecursionError):
        out.findings.append(_said(name, "WB-004"))
        return out
    out.blocks, out.pages = reader.out, reader.page if reader.paged else 0
    out.running = [t for n, p in parts.items() if HEADER.fullmatch(n) and (t := _running(p))]
    if not reader.paged:
        out.blocks = [_unpaged(b) for b in out.blocks]
    if not any(isinstance(b, PubTable) or b.text for b in out.blocks):
        pictured = body is not None and next(body.iter("{*}drawing", "{*}pict"), None) is not None
        out.findings.append(_said(name, "WB-013/pictures" if pictured else "WB-013"))
    return out


def _running(part: bytes) -> str:
    """The words of a running head or foot."""
    root = etree.fromstring(part, parser())
    return "".join(t.text or "" for t in root.iter(f"{W}t")).strip()


def _said(name: str, rule: str) -> Finding:
    return make_finding(rule, [CellRef(name, "A1")]).but(hint="请换一份完整的文件。")


def _unpaged(block: PubBlock) -> PubBlock:
    if isinstance(block, PubText):
        return PubText(block.text, style=block.style, center=block.center)
    cells = tuple(PubCell(c.text, c.row, c.column, c.rowspan, c.colspan) for c in block.cells)
    return PubTable(block.rows, cells, heads=block.heads)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says: which heading it is, which list it counts in."""

    heading: str = ""
    number: tuple[str, int] | None = None
    center: bool = False


def _styles(data: bytes | None) -> dict[str, Style]:
    if not data:
        return {}
    root = etree.fromstring(data, parser())
    found = {node.get(f"{W}styleId", ""): node for node in root.iterfind(f"{W}style")}
    return {key: _style(node, found, 0) for key, node in found.items()}


def _style(node: etree._Element, all_styles: Mapping[str, etree._Element], depth: int) -> Style:
    based = node.find(f"{W}basedOn")
    parent = all_styles.get(based.get(f"{W}val", "")) if based is not None and depth < 12 else None
    above = _style(parent, all_styles, depth + 1) if parent is not None else Style()
    name = node.find(f"{W}name")
    called = re.fullmatch(r"(?:heading|标题) ?(\d)", name.get(f"{W}val", "").lower()) if name is not None else None
    outline = node.find(f"{W}pPr/{W}outlineLvl")
    heading = above.heading
    if called:
        heading = f"h{called[1]}"
    elif outline is not None and outline.get(f"{W}val", "9") in "012345":
        heading = f"h{int(outline.get(f'{W}val', '0')) + 1}"
    return Style(
        heading, _numbered(node.find(f"{W}pPr")) or above.number, _centered(node.find(f"{W}pPr"), above.center)
    )


def _numbered(props: etree._Element | None) -> tuple[str, int] | None:
    found = props.find(f"{W}numPr") if props is not None else None
    if found is None:
        return None
    number, level = found.find(f"{W}numId"), found.find(f"{W}ilvl")
    depth = level.get(f"{W}val", "0") if level is not None else "0"
    return (
        number.get(f"{W}val", "") if number is not None else "",
        int(depth) if depth.isdigit() and len(depth) < 3 else 0,
    )


def _centered(props: etree._Element | None, usual: bool) -> bool:
    found = props.find(f"{W}jc") if props is not None else None
    return usual if found is None else found.get(f"{W}val") == "center"


@dataclass
class _Reader:
    """One pass over a body."""

    styles: Mapping[str, Style]
    numbers: Numbers
    out: list[PubBlock] = field(default_factory=list)
    page: int = 1
    paged: bool = False

    def blocks(self, parent: etree._Element, depth: int) -> None:
        if depth > MAX_DEPTH:
            return
        for node in parent:
            match node.tag.removeprefix(W) if isinstance(node.tag, str) else "":
                case "p":
                    self.paragraph(node, depth)
                case "tbl":
                    self.out.append(self.table(node, depth))
                case "sdt":
                    content = node.find(f"{W}sdtContent")
                    if content is not None:
                        self.blocks(content, depth + 1)
                case "customXml" | "smartTag" | "ins" | "moveTo":
                    self.blocks(node, depth + 1)

    def paragraph(self, node: etree._Element, depth: int) -> None:
        props = node.find(f"{W}pPr")
        named = props.find(f"{W}pStyle") if props is not None else None
        style = self.styles.get(named.get(f"{W}val", "") if named is not None else "", Style())
        number = _numbered(props) or style.number
        lead = self.numbers.next(*number) if number and number[0] not in ("", "0") else ""
        page = self.page
        pieces: list[str] = []
        turns: list[tuple[int, int]] = []
        boxes: list[etree._Element] = []
        for text in self.inline(node, boxes, 0):
            if text == "\f":
                self.page, self.paged = self.page + 1, True
                if "".join(pieces):
                    turns.append((len("".join(pieces)), self.page))
                else:
                    page = self.page
            else:
                pieces.append(text)
        text = re.sub(r"(?<![ \t\u3000\xa0])[ \t\u3000\xa0]*\n[ \t\u3000\xa0]*", "\n", "".join(pieces)).strip()
        for line in text.split("\n") if "\n" in text and not turns else [text]:
            if line.strip():
                self.out.append(
                    PubText(lead + line.strip(), page, tuple(turns), 0, _centered(props, style.center), style.heading)
                )
                lead = ""
        for box in boxes:
            self.blocks(box, depth + 1)

    def inline(self, node: etree._Element, boxes: list[etree._Element], depth: int) -> Iterator[str]:
        """Visible words in order; ``\\f`` where a page ends."""
        if depth > MAX_DEPTH:
            return
        for child in node:
            if not isinstance(child.tag, str):
                continue
            match child.tag.removeprefix(W):
                case "r":
                    hidden = child.find(f"{W}rPr/{W}vanish")
                    if hidden is None or hidden.get(f"{W}val", "1") in ("0", "false"):
                        yield from self.inline(child, boxes, depth + 1)
                case "t":
                    yield (child.text or "").replace("\f", " ")
                case "tab" | "ptab":
                    yield "\t"
                case "br":
                    yield "" if child.get(f"{W}type") in ("page", "column") else "\n"
                case "cr":
                    yield "\n"
                case "noBreakHyphen":
                    yield "-"
                case "lastRenderedPageBreak":
                    yield "\f"
                case "hyperlink" | "smartTag" | "fldSimple" | "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo":
                    yield from self.inline(child, boxes, depth + 1)
                case "drawing" | "pict":
                    boxes += list(child.iter(f"{W}txbxContent"))[:1]
                case _ if child.tag == f"{MC}AlternateContent":
                    choice = child.find(f"{MC}Choice")
                    if choice is not None:
                        boxes += list(choice.iter(f"{W}txbxContent"))[:1]

    def table(self, node: etree._Element, depth: int) -> PubTable:
        rows: list[list[str]] = []
        cells: list[PubCell] = []
        row_pages: list[int] = []
        above: dict[int, int] = {}  # column -> cell that may go on downwards
        heads = 0
        for row in _rows(node):
            props = row.find(f"{W}trPr")
            if props is not None and props.find(f"{W}del") is not None:
                continue
            if props is not None and props.find(f"{W}tblHeader") is not None and heads == len(rows):
                heads += 1
            before = props.find(f"{W}gridBefore") if props is not None else None
            column = _span(before)
            line: list[str] = [""] * column
            for cell in _cells(row):
                span = _span(cell.find(f"{W}tcPr/{W}gridSpan")) or 1
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                text = self.cell(cell, depth)
                at = above.get(column)
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and at is not None:
                    old = cells[at]
                    cells[at] = PubCell(old.text, old.row, old.column, len(rows) - old.row + 1, old.colspan, old.page)
                    text = ""
                else:
                    above[column] = len(cells)
                    cells.append(PubCell(text, len(rows), column, 1, span, self.page))
                line += [text] + [""] * (span - 1)
                column += span
            row_pages.append(self.page)
            rows.append(line)
        width = max((len(r) for r in rows), default=0)
        full = tuple(tuple(r + [""] * (width - len(r))) for r in rows)
        return PubTable(full, tuple(cells), tuple(dict.fromkeys(row_pages)), tuple(row_pages), heads)

    def cell(self, node: etree._Element, depth: int) -> str:
        inner = _Reader(self.styles, self.numbers, page=self.page)
        inner.blocks(node, depth + 1)
        self.page, self.paged = inner.page, self.paged or inner.paged
        texts = []
        for block in inner.out:
            if isinstance(block, PubText):
                texts.append(block.text)
            else:
                texts += [" ".join(filter(None, row)) for row in block.rows]
        return "\n".join(texts)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for node in table:
        if node.tag == f"{W}tr":
            yield node
        elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _rows(node)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for node in row:
        if node.tag == f"{W}tc":
            yield node
        elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _cells(node)


def _span(node: etree._Element | None) -> int:
    words = node.get(f"{W}val", "0") if node is not None else "0"
    return min(int(words), MAX_SPAN) if words.isascii() and words.isdigit() and len(words) < 6 else 0
