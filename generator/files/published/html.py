"""A web page as texts and tables: what a reader of the page sees, without its menus."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from generator.files.published.model import PubBlock, PubCell, Publication, PubTable, PubText
from generator.files.safety import MAX_BYTES
from generator.model import CellRef, Finding, make_finding

DROPPED = {
    "script",
    "style",
    "nav",
    "footer",
    "noscript",
    "template",
    "head",
    "form",
    "button",
    "select",
    "iframe",
    "object",
    "svg",
    "audio",
    "video",
}
BLOCKS = {
    "p",
    "div",
    "li",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "main",
    "header",
    "body",
    "html",
    "ul",
    "ol",
    "dl",
    "center",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "pre",
    "address",
    "aside",
    "td",
    "th",
    "tr",
    "caption",
    "details",
    "summary",
}
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
MAX_SPAN, MAX_DEPTH, MAX_CELLS = 400, 120, 200_000


def read_html_publication(data: bytes, name: str) -> Publication:
    """Everything a page says.  A page that is none comes back with a finding."""
    out = Publication(name, "html")
    if len(data) > MAX_BYTES:
        out.findings.append(_said(name, "WB-001/over", limit=MAX_BYTES // 2**20))
        return out
    try:
        parser = lxml_html.HTMLParser(
            encoding=_encoding(data), no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
        )
        root = lxml_html.document_fromstring(data, parser=parser)
        body = root.find("body")
        out.blocks = list(_blocks(root if body is None else body, 0))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError, RecursionError):
        out.findings.append(_said(name, "WB-004/page"))
        return out
    if not out.blocks:
        out.findings.append(_said(name, "WB-013/page"))
    return out


def _said(name: str, rule: str, /, **words: object) -> Finding:
    return make_finding(rule, [CellRef(name, "A1")], **words).but(hint="请换一份完整的文件。")


def _encoding(data: bytes) -> str:
    """The encoding a page names, or the one its bytes fit."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    found = re.search(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", data[:4096], re.I)
    named = found[1].decode().lower() if found else ""
    if named in ("gb2312", "gbk", "gb18030", "x-gbk"):
        return "gb18030"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _seen(node: etree._Element) -> bool:
    if not isinstance(node.tag, str) or node.tag in DROPPED:
        return False
    return node.get("hidden") is None and not HIDDEN.search(node.get("style", ""))


def _blocks(node: etree._Element, depth: int) -> Iterator[PubBlock]:
    """The blocks below a node: running words between them are paragraphs of their own."""
    if depth > MAX_DEPTH:
        return
    style = node.tag if re.fullmatch(r"h[1-6]", node.tag) else ""
    center = (
        "center" in node.get("class", "")
        or "text-align:center" in node.get("style", "").replace(" ", "")
        or node.get("align") == "center"
    )
    words = node.text or ""
    for child in node:
        if not isinstance(child.tag, str) or not _seen(child):
            words += child.tail or ""
            continue
        if child.tag == "table" and _is_table(child):
            yield from _said_words(words, style, center)
            words = ""
            for caption in child.iterfind("caption"):
                for line in _words(caption).split("\n"):
                    yield from _said_words(line, "", True)
            yield _table(child)
        elif child.tag in BLOCKS or any(c.tag in BLOCKS for c in child.iter() if isinstance(c.tag, str)):
            yield from _said_words(words, style, center)
            words = ""
            yield from _blocks(child, depth + 1)
        elif child.tag == "br":
            yield from _said_words(words, style, center)
            words = ""
        else:
            words += _words(child)
        words += child.tail or ""
    yield from _said_words(words, style, center)


def _said_words(words: str, style: str, center: bool) -> Iterator[PubText]:
    text = " ".join(words.split())
    if text:
        yield PubText(text, style=style, center=center)


def _words(node: etree._Element) -> str:
    out = node.text or ""
    for child in node:
        if isinstance(child.tag, str) and _seen(child):
            out += "\n" if child.tag == "br" else _words(child)
            out += "\n" if child.tag in ("p", "div", "li") else ""
        out += child.tail or ""
    return out


def _is_table(node: etree._Element) -> bool:
    """A table of figures or facts, not one that only lays out a page."""
    if node.find(".//table") is not None:
        return False
    rows = list(node.iter("tr"))
    return len(rows) > 1 and max((len(r.findall("td")) + len(r.findall("th")) for r in rows), default=0) > 1


def _table(node: etree._Element) -> PubTable:
    cells: list[PubCell] = []
    taken: set[tuple[int, int]] = set()
    heads = len(node.findall("thead/tr"))
    rows = [r for r in node.iter("tr") if _seen(r)]
    for i, row in enumerate(rows):
        j = 0
        for cell in row:
            if cell.tag not in ("td", "th") or not _seen(cell) or len(taken) > MAX_CELLS:
                continue
            while (i, j) in taken:
                j += 1
            height = min(_number(cell.get("rowspan")), len(rows) - i) or 1
            width = min(_number(cell.get("colspan")), MAX_SPAN) or 1
            text = "\n".join(filter(None, (" ".join(line.split()) for line in _words(cell).split("\n"))))
            cells.append(PubCell(text, i, j, height, width))
            taken |= {(r, c) for r in range(i, i + height) for c in range(j, j + width)}
            j += width
    width = max((c.column + c.colspan for c in cells), default=0)
    full = [[""] * width for _ in rows]
    for found in cells:
        full[found.row][found.column] = found.text
    return PubTable(tuple(map(tuple, full)), tuple(cells), heads=heads)


def _number(words: str | None) -> int:
    return int(words) if words and words.isascii() and words.isdigit() and len(words) < 6 else 1
