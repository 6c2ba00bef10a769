"""Reads a tagged PDF in the order of its tags: text with its page, and the recorded anchors.

What stands outside the tags (page numbers, watermark) is no content.  Nothing is guessed from
positions on the page.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from generator.files.safety import ReadError


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one block-level tag on one page (counted from 1)."""

    tag: str
    text: str
    page: int


@dataclass
class PdfFile:
    """``pieces`` in tag order; ``anchors``: the page of each named place; ``pages``: how many."""

    pieces: list[Piece] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    pages: int = 0


BLOCKS = {"/P", "/H1", "/H2", "/H3", "/H4", "/TD", "/TH", "/Caption", "/LI", "/Div"}


def read_pdf(data: bytes) -> PdfFile:
    """The file in tag order.  ReadError where it has no tags or is damaged."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return _read(pdf)
    except (pikepdf.PdfError, KeyError, ValueError, AttributeError) as error:
        raise ReadError(f"PDF 读不回来：{error}") from error


def _read(pdf: pikepdf.Pdf) -> PdfFile:
    if "/StructTreeRoot" not in pdf.Root:
        raise ReadError("PDF 没有标签，无法核对。")
    numbers: dict[Any, int] = {page.objgen: k for k, page in enumerate(pdf.pages, 1)}
    marked: dict[Any, dict[int, str]] = {page.objgen: _marked(page) for page in pdf.pages}
    out = PdfFile(pages=len(pdf.pages))
    for name, place in _names(pdf.Root):
        target: Any = place.get("/D") if isinstance(place, pikepdf.Dictionary) else place
        out.anchors[name] = numbers.get(target[0].objgen, 0)
    _walk(pdf.Root.StructTreeRoot, "", None, marked, numbers, out.pieces)
    return out


def _names(root: Any) -> Iterator[tuple[str, Any]]:
    if "/Names" in root and "/Dests" in root.Names:
        waiting = [root.Names.Dests]
        while waiting:
            node = waiting.pop(0)
            waiting += list(node.get("/Kids", []))
            held = list(node.get("/Names", []))
            yield from zip(map(str, held[::2]), held[1::2], strict=True)


def _walk(
    node: Any, tag: str, page: Any, marked: dict[Any, dict[int, str]], numbers: dict[Any, int], out: list[Piece]
) -> None:
    """Each block-level tag makes a piece for each page it stands on."""
    kids = node.get("/K")
    page = node.get("/Pg", page)
    own = str(node.get("/S", ""))
    fresh = own in BLOCKS
    tag = own if fresh else tag
    start = len(out)
    for kid in kids if isinstance(kids, pikepdf.Array) else [] if kids is None else [kids]:
        if isinstance(kid, int):
            where, number = page, kid
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
            where, number = kid.get("/Pg", page), int(kid.MCID)
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR":
            _walk(kid, tag, page, marked, numbers, out)
            continue
        else:
            continue
        at = numbers.get(where.objgen, 0) if where is not None else 0
        text = marked.get(where.objgen, {}).get(number, "") if where is not None else ""
        last = out[-1] if len(out) > start or (out and not fresh and out[-1].tag == tag) else None
        if last is not None and last.tag == tag and last.page == at and len(out) > start:
            out[-1] = Piece(tag, last.text + text, at)
        else:
            out.append(Piece(tag, text, at))


def _marked(page: pikepdf.Page) -> dict[int, str]:
    """The text of each marked piece of content of a page."""
    out: dict[int, str] = {}
    fonts: dict[str, _Font] = {}
    resources = page.get("/Resources", pikepdf.Dictionary())
    known = resources.get("/Font", pikepdf.Dictionary())
    _content(page, known, fonts, out)
    return out


def _content(page: Any, known: Any, fonts: dict[str, _Font], out: dict[int, str]) -> None:
    stack: list[int] = []
    font: _Font | None = None
    for item in pikepdf.parse_content_stream(page):
        operands: Any = item.operands
        match str(item.operator):
            case "BDC" | "BMC":
                props = operands[1] if len(operands) > 1 else None
                number = int(props["/MCID"]) if isinstance(props, pikepdf.Dictionary) and "/MCID" in props else -1
                stack.append(number)
            case "EMC":
                if stack:
                    stack.pop()
            case "Tf":
                name = str(operands[0])
                if name not in fonts:
                    fonts[name] = _Font(known[name])
                font = fonts[name]
            case "Tj" | "TJ" if stack and font is not None:
                number = next((n for n in reversed(stack) if n >= 0), -1)
                if number >= 0:
                    pieces = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
                    text = "".join(font.text(bytes(p)) for p in pieces if isinstance(p, pikepdf.String))
                    out[number] = out.get(number, "") + text


class _Font:
    """Codes to text, by the font's own ToUnicode table."""

    def __init__(self, font: Any) -> None:
        self.map: dict[int, str] = {}
        if "/ToUnicode" not in font:
            raise ReadError("PDF 里有字体没有文字对照表，无法核对。")
        for item in pikepdf.parse_content_stream(font.ToUnicode):
            operands: Any = item.operands
            operator = str(item.operator)
            if operator == "endbfchar":
                codes = [bytes(o) for o in operands]
                self.map |= {
                    int.from_bytes(c): t.decode("utf-16-be") for c, t in zip(codes[::2], codes[1::2], strict=True)
                }
            elif operator == "endbfrange":
                for k in range(0, len(operands), 3):
                    start, end, target = (
                        int.from_bytes(bytes(operands[k])),
                        int.from_bytes(bytes(operands[k + 1])),
                        operands[k + 2],
                    )
                    listed = isinstance(target, pikepdf.Array)
                    for number in range(end - start + 1):
                        said = bytes(target[number] if listed else target).decode("utf-16-be")
                        self.map[start + number] = said if listed else said[:-1] + chr(ord(said[-1]) + number)

    def text(self, data: bytes) -> str:
        return "".join(self.map.get(int.from_bytes(data[k : k + 2]), "\ufffd") for k in range(0, len(data), 2))
