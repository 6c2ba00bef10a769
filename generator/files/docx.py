"""Reads a Word file as paragraphs and tables with their anchors, comments and tracked changes.

Any program may have written it: what the writers put in (bookmarks) is looked for, the rest of the
markup is not relied on.  Nothing is taken over here, and the file is only read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from generator.files.safety import Opened, ReadError, parser, scan_word

SPACE, STRICT = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
W = f"{{{SPACE}}}"
ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
"""Characters that nobody sees and every program may put in."""
NOT_TAKEN = {
    "sym": "插入的符号", "footnoteReference": "脚注", "endnoteReference": "尾注", "drawing": "图片或文本框",
    "pict": "图片或文本框", "object": "插入的对象", "ruby": "注音", "oMath": "公式", "oMathPara": "公式",
}  # fmt: skip
TINY = 4  # half points: smaller letters are not read on a page
Tracked = Literal["accept", "reject"]
INSERTED, DELETED = (f"{W}ins", f"{W}moveTo"), (f"{W}del", f"{W}moveFrom")


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the flow: paragraph and character."""

    paragraph: int
    offset: int


@dataclass(slots=True)
class FlowParagraph:
    """One paragraph outside tables."""

    text: str = ""
    style: str = ""
    numbered: bool = False  # the program that wrote it numbers it: its number is not in the text


@dataclass(slots=True)
class FlowTable:
    """One table: the text of each cell, merged cells once (as in the Document)."""

    rows: list[list[str]] = field(default_factory=list)
    header_rows: int = 0
    numbered: set[tuple[int, int]] = field(default_factory=set)  # row and cell whose number is not in the text


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, or a tracked change, of somebody; or what was not taken (``text`` says what)."""

    kind: Literal["comment", "insert", "delete", "untaken"]
    author: str
    at: str
    text: str
    paragraph: int
    about: str = ""


@dataclass
class WordFile:
    """What was read.  ``anchors``: first and last place of each bookmark."""

    flow: list[FlowParagraph | FlowTable] = field(default_factory=list)
    anchors: dict[str, tuple[Point, Point]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    author: str = ""
    title: str = ""


def read_docx(data: bytes, tracked: Tracked = "reject") -> WordFile:
    """The file as it reads with all tracked changes rejected (or accepted); they are listed either way."""
    parts = _parts(data)
    root = _xml(parts["word/document.xml"])
    body = root.find(f"{W}body")
    if body is None:
        raise ReadError("文件里没有正文。")
    reader = _Reader(tracked, _notes(parts))
    reader.blocks(body)
    out = reader.out
    out.remarks += _comments(parts, reader)
    core = _xml(parts["docProps/core.xml"]) if "docProps/core.xml" in parts else None
    if core is not None:
        for node in core.iter():
            name = etree.QName(node).localname
            if name == "lastModifiedBy":
                out.author = node.text or ""
            elif name == "title":
                out.title = node.text or ""
    return out


def _parts(data: bytes) -> dict[str, bytes]:
    parts = scan_word(data, "文件")
    if isinstance(parts, Opened):
        raise ReadError(parts.findings[0].message)
    if "word/document.xml" not in parts:
        raise ReadError("文件里没有正文。")
    return parts


def _xml(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data.replace(STRICT.encode(), SPACE.encode()), parser())
    except etree.XMLSyntaxError as error:
        raise ReadError("文件的内容已损坏，读不出来。") from error


LONGEST_ABOUT = 500
"""Characters of what a comment is about that are kept."""


class _Reader:
    """One pass over the body."""

    def __init__(self, tracked: Tracked, notes: Mapping[tuple[str, str], str] | None = None) -> None:
        self.out = WordFile()
        self.dropped = INSERTED if tracked == "reject" else DELETED
        self.tracked = tracked
        self.names: dict[str, str] = {}
        self.heard: list[str] = []  # all text so far, which comments are about pieces of
        self.length = 0
        self.comment_begin: dict[str, int] = {}
        self.comment_end: dict[str, int] = {}
        self.comment_place: dict[str, int] = {}
        self.notes = notes or {}
        self.joining = False  # the next paragraph goes on in the last one

    # -------------------------------------------------------------- structure

    def blocks(self, parent: etree._Element) -> None:
        for node in parent:
            match node.tag.removeprefix(W) if isinstance(node.tag, str) else "":
                case "p":
                    self.paragraph(node)
                case "tbl":
                    self.out.flow.append(self.table(node))
                    self.joining = False
                case "sdt":
                    content = node.find(f"{W}sdtContent")
                    if content is not None:
                        self.blocks(content)
                case _ if node.tag == ALTERNATE:
                    self.blocks(_alternative(node))
                case "customXml" | "smartTag" | "ins" | "moveTo" | "del" | "moveFrom":
                    self.blocks(node)
                case "bookmarkStart" | "bookmarkEnd":
                    self.bookmark(
                        node, Point(max(len(self.out.flow) - 1, 0), 0 if node.tag.endswith("Start") else 10**9)
                    )

    def paragraph(self, node: etree._Element) -> None:
        if not self.joining:
            style = node.find(f"{W}pPr/{W}pStyle")
            number = node.find(f"{W}pPr/{W}numPr/{W}numId")
            numbered = number is not None and number.get(f"{W}val", "0") != "0"
            self.out.flow.append(FlowParagraph("", style.get(f"{W}val", "") if style is not None else "", numbered))
        paragraph = self.out.flow[-1]
        assert isinstance(paragraph, FlowParagraph)
        for child in node:
            self.inline(child, paragraph, "")
        mark = node.find(f"{W}pPr/{W}rPr")
        gone = "ins" if self.tracked == "reject" else "del"
        self.joining = mark is not None and mark.find(f"{W}{gone}") is not None

    def inline(self, node: etree._Element, into: FlowParagraph, change: str) -> None:
        if not isinstance(node.tag, str):
            return
        tag = node.tag.removeprefix(W)
        if node.tag in INSERTED or node.tag in DELETED:
            kind: Literal["insert", "delete"] = "insert" if node.tag in INSERTED else "delete"
            text = "".join(_text(t) for t in node.iter())
            self.out.remarks.append(
                Remark(
                    kind,
                    node.get(f"{W}author", ""),
                    node.get(f"{W}date", ""),
                    text,
                    len(self.out.flow) - 1,
                    into.text[-12:],
                )
            )
            if node.tag not in self.dropped:
                for child in node:
                    self.inline(child, into, kind)
            else:
                for child in node.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
                    self.bookmark(child, self.here(into))
            return
        local = etree.QName(node).localname
        if local in NOT_TAKEN and not _chart(node):
            self.untaken(node, local, into)
            return
        if node.tag == ALTERNATE:
            for child in _alternative(node):
                self.inline(child, into, change)
            return
        if tag == "r" and _unseen(node):
            self.out.remarks.append(self.remark(f"看不见的文字“{_words(node)}”", into)) if _words(node) else None
            return
        match tag:
            case "bookmarkStart" | "bookmarkEnd":
                self.bookmark(node, self.here(into))
            case "commentRangeStart":
                number = node.get(f"{W}id", "")
                self.comment_begin[number] = self.length
                self.comment_place[number] = len(self.out.flow) - 1
            case "commentReference":
                self.comment_place.setdefault(node.get(f"{W}id", ""), len(self.out.flow) - 1)
            case "commentRangeEnd":
                self.comment_end[node.get(f"{W}id", "")] = self.length
            case "r" | "hyperlink" | "smartTag" | "fldSimple" | "sdt" | "sdtContent" | "customXml":
                for child in node:
                    self.inline(child, into, change)
            case _:
                text = _text(node)
                into.text += text
                self.heard.append(text)
                self.length += len(text)

    def untaken(self, node: etree._Element, local: str, into: FlowParagraph) -> None:
        """What stands in a paragraph and is no text of it is listed, with its words."""
        said = self.notes.get((local, node.get(f"{W}id", "")), "") or _words(node)
        self.out.remarks.append(self.remark(NOT_TAKEN[local] + (f"“{said}”" if said else ""), into))

    def remark(self, what: str, into: FlowParagraph) -> Remark:
        return Remark("untaken", "", "", what, len(self.out.flow) - 1, into.text[-12:])

    def here(self, paragraph: FlowParagraph) -> Point:
        return Point(len(self.out.flow) - 1, len(paragraph.text))

    def bookmark(self, node: etree._Element, at: Point) -> None:
        number = node.get(f"{W}id", "")
        if node.tag.endswith("bookmarkStart"):
            name = node.get(f"{W}name", "")
            self.names[number] = name
            self.out.anchors.setdefault(name, (at, at))
        elif number in self.names:
            start, _ = self.out.anchors[self.names[number]]
            self.out.anchors[self.names[number]] = (start, at)

    # -------------------------------------------------------------- tables

    def table(self, node: etree._Element) -> FlowTable:
        out = FlowTable()
        for row in _rows(node):
            props = row.find(f"{W}trPr")
            gone = "ins" if self.tracked == "reject" else "del"
            if props is not None and props.find(f"{W}{gone}") is not None:
                self.out.remarks.append(self._row_remark(row, props, gone))
                continue
            if props is not None and props.find(f"{W}tblHeader") is not None and len(out.rows) == out.header_rows:
                out.header_rows += 1
            texts: list[str] = []
            for cell in _cells(row):
                text = self.cell(cell)
                if text is not None:
                    if cell.find(f".//{W}numPr") is not None:
                        out.numbered.add((len(out.rows), len(texts)))
                    texts.append(text)
            out.rows.append(texts)
        return out

    def _row_remark(self, row: etree._Element, props: etree._Element, kind: str) -> Remark:
        change = props.find(f"{W}{kind}")
        assert change is not None
        text = "".join(_text(t) for t in row.iter())
        named: Literal["insert", "delete"] = "insert" if kind == "ins" else "delete"
        return Remark(named, change.get(f"{W}author", ""), change.get(f"{W}date", ""), text, len(self.out.flow))

    def cell(self, node: etree._Element) -> str | None:
        """The text of a cell; ``None`` for one that only continues the cell above."""
        merge = node.find(f"{W}tcPr/{W}vMerge")
        if merge is not None and merge.get(f"{W}val", "continue") == "continue":
            return None
        inner = _Reader(self.tracked, self.notes)
        inner.blocks(node)
        for name in inner.out.anchors:
            at = Point(len(self.out.flow), 0)
            self.out.anchors.setdefault(name, (at, at))
        self.out.remarks += [
            Remark(r.kind, r.author, r.at, r.text, len(self.out.flow), r.about) for r in inner.out.remarks
        ]
        self.comment_place |= dict.fromkeys(inner.comment_place, len(self.out.flow))
        self.comment_begin |= {k: self.length + v for k, v in inner.comment_begin.items()}
        self.comment_end |= {k: self.length + v for k, v in inner.comment_end.items()}
        self.heard += inner.heard
        self.length += inner.length
        return "\n".join(p.text for p in inner.out.flow if isinstance(p, FlowParagraph))


def _text(node: etree._Element) -> str:
    match node.tag.removeprefix(W) if isinstance(node.tag, str) else "":
        case "t" | "delText":
            return (node.text or "").translate(UNSEEN)
        case "tab":
            return "" if node.getparent() is not None and node.getparent().tag == f"{W}tabs" else "\t"
        case "br":
            return "" if node.get(f"{W}type") in ("page", "column") else "\n"
        case "cr":
            return "\n"
        case "noBreakHyphen":
            return "-"
    return ""


def _words(node: etree._Element) -> str:
    return "".join(_text(t) for t in node.iter()).strip()[:LONGEST_ABOUT]


def _alternative(node: etree._Element) -> list[etree._Element]:
    """Of content in several forms the first that has words, once."""
    forms = [form for form in node if isinstance(form.tag, str)]
    chosen = next((form for form in forms if _words(form)), forms[0] if forms else None)
    return list(chosen) if chosen is not None else []


def _chart(node: etree._Element) -> bool:
    """A chart is drawn from a table of the text and says nothing of its own."""
    return any(isinstance(n.tag, str) and etree.QName(n).localname == "chart" for n in node.iter())


def _unseen(run: etree._Element) -> bool:
    """Hidden, white, or too small to be read."""
    props = run.find(f"{W}rPr")
    if props is None:
        return False
    for name in ("vanish", "specVanish"):
        hidden = props.find(f"{W}{name}")
        if hidden is not None and hidden.get(f"{W}val", "1") not in ("0", "false", "off"):
            return True
    color, size = props.find(f"{W}color"), props.find(f"{W}sz")
    white = color is not None and color.get(f"{W}val", "").upper() in ("FFFFFF", "FEFEFE")
    number = size.get(f"{W}val", "") if size is not None else ""
    return (white and props.find(f"{W}shd") is None and props.find(f"{W}highlight") is None) or (
        number.isdigit() and int(number) <= TINY
    )


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for node in table:
        if node.tag == f"{W}tr":
            yield node
        elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}del"):
            yield from _rows(node)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for node in row:
        if node.tag == f"{W}tc":
            yield node
        elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _cells(node)


def _notes(parts: dict[str, bytes]) -> dict[tuple[str, str], str]:
    """The words of footnotes and endnotes, by the mark that refers to them."""
    out = {}
    for kind in ("footnote", "endnote"):
        if f"word/{kind}s.xml" in parts:
            for node in _xml(parts[f"word/{kind}s.xml"]).iter(f"{W}{kind}"):
                out[f"{kind}Reference", node.get(f"{W}id", "")] = _words(node)
    return out


def _comments(parts: dict[str, bytes], reader: _Reader) -> Iterator[Remark]:
    if "word/comments.xml" not in parts:
        return
    whole = "".join(reader.heard)
    for node in _xml(parts["word/comments.xml"]).iter(f"{W}comment"):
        number = node.get(f"{W}id", "")
        text = "\n".join("".join(_text(t) for t in p.iter()) for p in node.iter(f"{W}p"))
        begin = reader.comment_begin.get(number, 0)
        end = reader.comment_end.get(number, reader.length) if number in reader.comment_begin else begin
        about = whole[begin : min(end, begin + LONGEST_ABOUT)] + ("…" if end - begin > LONGEST_ABOUT else "")
        yield Remark(
            "comment",
            node.get(f"{W}author", ""),
            node.get(f"{W}date", ""),
            text,
            reader.comment_place.get(number, -1),
            about,
        )
