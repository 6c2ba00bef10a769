"""A PDF of any origin as texts and tables in reading order.

Uses where letters and lines stand on the page, nothing that only some programs write.  What has no letters (a
scan) is said to have none; nothing is guessed from pictures.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from generator.files.published._joining import Parts, goes_on, table_of
from generator.files.published._pdf_flow import Flow, Margins, margins
from generator.files.published._pdf_grid import Grid, grids
from generator.files.published._pdf_lines import Line, lines_of
from generator.files.published._pdf_page import PageContent, read_page
from generator.files.published.model import PubBlock, Publication
from generator.model import CellRef, Finding, make_finding

MAX_PAGES = 600
ZONE = 0.085  # of the page's height: where running heads and page numbers stand
PAGE_NUMBER = re.compile(r"[-—–－~·\s第页共/]*\d{1,4}[-—–－~·\s第页共/\d]*")
CONTINUED = re.compile(r"[（(]?续表?[）)]?|续上表|接上表|[（(]?(?:金额)?单位[:：]\s*\S{1,6}[）)]?")
ONE_AT_A_TIME = threading.Lock()  # the library may not be entered by two threads


def read_pdf_publication(data: bytes, name: str) -> Publication:
    """Everything a PDF says.  Bad files come back with a finding and without blocks."""
    import pypdfium2 as pdfium

    out = Publication(name, "pdf")
    with ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            locked = "password" in str(error).lower()
            out.findings.append(_said(name, "WB-002" if locked else "WB-004/pdf"))
            return out
        try:
            return _read(document, out)
        except pdfium.PdfiumError:
            out.findings.append(_said(name, "WB-004/half"))
            return out
        finally:
            document.close()


def _said(name: str, rule: str, /, **words: object) -> Finding:
    hint = "请换一份完整的文件，或改用 Word、Excel、网页文件。"
    return make_finding(rule, [CellRef(name, "A1")], **words).but(hint=hint)


def _read(document: Any, out: Publication) -> Publication:
    out.pages = len(document)
    if out.pages > MAX_PAGES:
        out.findings.append(_said(out.name, "WB-009/pages", pages=out.pages, limit=MAX_PAGES))
        return out
    pages: list[PageContent] = []
    for number in range(out.pages):
        page = document[number]
        pages.append(read_page(page, number + 1))
        page.close()
    out.pictures = [p.number for p in pages if p.picture and (p.hidden or len(p.glyphs) < 8)]
    out.blanks = [p.number for p in pages if not p.glyphs and not p.picture]
    for page in pages:
        if page.number in out.pictures:
            page.glyphs = []  # a machine's reading of a picture is nobody's word
    if len(out.pictures) == out.pages:
        out.findings.append(_said(out.name, "WB-013/scan"))
        return out
    letters = sum(len(p.glyphs) for p in pages)
    if not letters and not sum(p.unreadable for p in pages):
        out.findings.append(_said(out.name, "WB-013/pdf"))
        return out
    if letters and sum(p.unreadable for p in pages) > letters * 0.2:
        out.findings.append(_said(out.name, "WB-012"))
        return out
    out.blocks = _Assembly(pages, out).run()
    return out


class _Assembly:
    """Pages to blocks."""

    def __init__(self, pages: Sequence[PageContent], out: Publication) -> None:
        self.out = out
        self.laid = [self._laid(p) for p in pages]
        self.running = self._running(pages)
        out.running = list(dict.fromkeys(t for t in self.running if not PAGE_NUMBER.fullmatch(t)))
        self.blocks: list[PubBlock] = []
        self.flow = Flow()
        self.open: Parts | None = None  # a table that may go on on the next page

    @staticmethod
    def _laid(page: PageContent) -> tuple[PageContent, list[Grid], list[Line]]:
        found = grids(page)
        taken = {id(g) for t in found for g in t.glyphs}
        return page, found, lines_of(g for g in page.glyphs if id(g) not in taken)

    def _running(self, pages: Sequence[PageContent]) -> set[str]:
        """Lines at the head and foot that stand on many pages."""
        seen: Counter[str] = Counter()
        for page, _, lines in self.laid:
            seen.update({_shape(line.text) for line in lines if _at_edge(line, page.height)})
        many = max(3, len(pages) // 3)
        return {shape for shape, n in seen.items() if n >= many and len(shape) < 60}

    def run(self) -> list[PubBlock]:
        for page, found, lines in self.laid:
            kept = [line for line in lines if not self._furniture(line, page.height)]
            frame = margins(kept, page.width)
            items: list[Line | Grid] = sorted([*found, *kept], key=lambda i: i.ys[0] if isinstance(i, Grid) else i.top)
            if not items:
                continue  # a blank page parts nothing
            self._page(items, frame, page.number)
        self._close()
        self.blocks += self.flow.end()
        return self.blocks

    def _furniture(self, line: Line, height: float) -> bool:
        if not _at_edge(line, height):
            return False
        return bool(PAGE_NUMBER.fullmatch(line.text)) or _shape(line.text) in self.running

    def _page(self, items: Sequence[Line | Grid], frame: Margins, page: int) -> None:
        waiting: list[Line] = []  # 续表, 单位: between the parts of a table
        for item in items:
            if isinstance(item, Grid):
                if self.open is not None and page != self.open.grids[-1].cells[0].page and goes_on(self.open, item):
                    self.open.grids.append(item)
                else:
                    self._close()
                    self._lines(waiting, frame, page)
                    self.blocks += self.flow.end()
                    self.open = Parts([item])
                waiting = []
            elif self.open is not None and page != self.open.grids[-1].cells[0].page and CONTINUED.fullmatch(item.text):
                waiting.append(item)
            else:
                self._close()
                self._lines([*waiting, item], frame, page)
                waiting = []
        if waiting:
            self._close()
            self._lines(waiting, frame, page)

    def _lines(self, lines: Sequence[Line], frame: Margins, page: int) -> None:
        for line in lines:
            self.flow.add(line, frame, page)

    def _close(self) -> None:
        if self.open is not None:
            self.blocks += self.flow.end()
            self.blocks.append(table_of(self.open))
            self.open = None


def _at_edge(line: Line, height: float) -> bool:
    return line.base < ZONE * height or line.base > (1 - ZONE) * height


def _shape(text: str) -> str:
    """A line without its numbers, to know it on other pages."""
    return re.sub(r"\d+", "0", "".join(text.split()))
