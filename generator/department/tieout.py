"""The gate before ``--final``: what stands in the finished docx and pdf against the Document.

    gate(document, files) -> list[Finding]     empty: every number of every file was matched

Three proofs.  Each printed number is what its figure's exact value gives (``TO-301``).  Each number in
the Document has a source: a figure, a cell, or the pack's own declared words (``TO-302``).  Each file,
read back through its recorded anchors, says block by block what the Document says, nothing missing,
nothing more (``TO-303`` docx, ``TO-304`` pdf, ``TO-305`` page of a block, ``TO-306`` charts).  Any finding stops publication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from generator.department._charts_back import chart_findings
from generator.edits import amounts, match, number_of, numbers
from generator.files import PdfFile, ReadError, read_docx, read_pdf
from generator.model import Block, Document, Finding, PageStyle, Span, Table, make_finding, round_half_up
from generator.writers import Chart, anchor, chart_of, chart_words, safe_id

SCALES = tuple(Decimal(1).scaleb(-k) for k in (4, 0, 8, -2, -3))
LIMIT = 30


def gate(document: Document, files: Mapping[str, bytes]) -> list[Finding]:
    """All findings that stop publication.  ``files`` by name; docx and pdf are read back."""
    out = [*_values(document), *_sources(document)]
    for name, data in files.items():
        if name.endswith(".docx"):
            out += [*_docx(document, name, data), *chart_findings(document, name, data)]
        elif name.endswith(".pdf"):
            out += _pdf(document, name, data)
        elif name.endswith(".xlsx"):
            out += chart_findings(document, name, data)
    return out[:LIMIT]


def counted(document: Document) -> int:
    """How many numbers the Document prints from figures."""
    return sum(1 for block in document.blocks() for s in spans_of(block) if s.figure is not None and numbers(s.text))


def spans_of(block: Block) -> Iterator[Span]:
    """All spans of a block, in reading order."""
    if isinstance(block, Table):
        for rows in (block.header, block.body):
            for row in rows:
                for cell in row:
                    yield from cell.spans
        for note in block.notes:
            yield from note
    else:
        yield from block.spans


# ------------------------------------------------------------------ the Document itself


def _values(document: Document) -> Iterator[Finding]:
    for block in document.blocks():
        for span in spans_of(block):
            figure = span.figure
            if figure is None or figure.value is None:
                continue
            printed = number_of(span.text)
            if printed is None:
                yield make_finding("TO-301/word", figure.cells, block=block.id, actual=span.text)
                continue
            decimals = max(-int(printed[0].as_tuple().exponent), 0)
            given = [round_half_up(figure.value * s, decimals) for s in SCALES]
            if abs(printed[0]) not in [abs(g) for g in given]:
                words = {"expected": f"{figure.value:f}", "actual": span.text, "unit": figure.unit}
                yield make_finding("TO-301", figure.cells, block=block.id, **words)


def _sources(document: Document) -> Iterator[Finding]:
    """Words of a person hold no number that nothing stands behind (the pack's own words are checked
    when they are composed)."""
    for block in document.blocks():
        for span in spans_of(block):
            if span.kind == "typed" and not span.cells and span.figure is None:
                loose = amounts(span.text)
                if loose:
                    yield make_finding("TO-302", block=block.id, actual="、".join(loose))


# ------------------------------------------------------------------ Word


def _docx(document: Document, name: str, data: bytes) -> Iterator[Finding]:
    try:
        read = read_docx(data)
    except ReadError as error:
        yield make_finding("TO-303/unread", file=name, why=error)
        return
    found = match(document, read, anchor)
    for block in document.blocks():
        if isinstance(block, Table):
            continue
        there = found.found[block.id]
        if there.by != "anchor" or there.text != (block.text or None) or there.joined:
            words = {"expected": block.text, "actual": there.text or "（没有）"}
            yield make_finding("TO-303", file=name, what=f"{block.id} ", **words)
    for cell in found.cells:
        where = f"{cell.table} 第{cell.row + 1}行第{cell.column + 1}格"
        yield make_finding("TO-303", file=name, what=where, expected=cell.generated, actual=cell.typed)
    for odd in found.oddities:
        where = f"{odd.where}（{odd.block}）"
        yield make_finding("TO-303", file=name, what=where, expected=odd.generated, actual=odd.typed)
    for added in found.added:
        yield make_finding("TO-303/added", file=name, actual=added.text)
    for moved in found.moved:
        yield make_finding("TO-303/moved", file=name, what=moved)
    if read.remarks:
        yield make_finding("TO-303/remarks", file=name)


# ------------------------------------------------------------------ PDF


def _flat(text: str) -> str:
    return "".join(text.split())


class _Stream:
    """The characters of the file in tag order, without blanks, each with its page."""

    def __init__(self, file: PdfFile) -> None:
        self.text = "".join(_flat(p.text) for p in file.pieces)
        self.pages: list[int] = []
        self.pieces: list[tuple[int, str]] = []  # where each begins
        for piece in file.pieces:
            self.pieces.append((len(self.pages), piece.text))
            self.pages += [piece.page] * len(_flat(piece.text))
        self.at = 0

    def numbers(self, start: int, end: int) -> Counter[str]:
        """All numbers of the pieces that begin in a stretch."""
        return Counter(n for at, text in self.pieces if start <= at < end for n in numbers(text))

    def take(self, text: str) -> bool:
        """Go past a text if it stands here."""
        flat = _flat(text)
        if not self.text.startswith(flat, self.at):
            return False
        self.at += len(flat)
        return True

    def shown(self) -> str:
        return self.text[self.at : self.at + 40]

    @property
    def page(self) -> int:
        return self.pages[min(self.at, len(self.pages) - 1)] if self.pages else 0


def _pdf(document: Document, name: str, data: bytes) -> Iterator[Finding]:
    try:
        file = read_pdf(data)
    except ReadError as error:
        yield make_finding("TO-304/unread", file=name, why=error)
        return
    stream = _Stream(file)
    for line in (*document.cover, document.toc_title):
        if not stream.take(line):
            yield make_finding("TO-304", file=name, what="封面或目录", expected=line, actual=stream.shown())
            return
    for entry in document.contents():
        page = str(file.anchors.get(safe_id(entry.id), 0))
        if not stream.take(entry.in_toc):
            yield make_finding("TO-304", file=name, what="目录", expected=entry.in_toc, actual=stream.shown())
            return
        while stream.take("."):
            pass
        if not stream.take(page):
            yield make_finding("TO-305", file=name, what=entry.in_toc, expected=page, actual=stream.shown()[:4])
            return
    listed = {entry.id for entry in document.contents()}
    for block in document.blocks():
        page_now, recorded = stream.page, file.anchors.get(safe_id(block.id), 0)
        needed = recorded != 0 or block.id in listed  # Typst marks only what 目录 leads to
        if recorded != page_now and needed:
            yield make_finding("TO-305/mark", file=name, what=block.id, expected=recorded, actual=page_now)
        if isinstance(block, Table):
            problem = _pdf_table(stream, block, document.style)
            if problem:
                subject = block.number or block.title
                yield make_finding("TO-304/table", file=name, what=subject, actual=problem)
                return
        elif not stream.take(block.text):
            place = f"{block.id} "
            yield make_finding("TO-304", file=name, what=place, expected=block.text, actual=stream.shown())
            return
    if stream.at < len(stream.text):
        yield make_finding("TO-304/added", file=name, actual=stream.shown())


def _pdf_table(stream: _Stream, table: Table, style: PageStyle) -> str:
    """Take a table cell by cell; what is wrong, or nothing.  Header rows come again on each page, and a
    row that is cut by a page end stands in two pieces: then all its characters are compared."""
    ends = sorted((_flat(t) for t in (table.left, table.right, table.middle) if t), key=len, reverse=True)
    for line in (table.title, table.subtitle, table.number):
        if not stream.take(line):
            return f"应为“{line}”，文件里是“{stream.shown()}”。"
    if chart := chart_of(table):
        problem = _pdf_chart(stream, chart, style)
        if problem:
            return problem
    while ends:
        line = next((e for e in ends if stream.take(e)), "")
        if not line:
            return f"应为“{ends[0]}”，文件里是“{stream.shown()}”。"
        ends.remove(line)
    head = "".join(_flat(c.text) for row in table.header for c in row)
    if not stream.take(head):
        return f"栏目应为“{head}”，文件里是“{stream.shown()}”。"
    for number, row in enumerate(table.body):
        for k, cell in enumerate(row):
            page = stream.page
            if stream.take(cell.text):
                continue
            if head and stream.take(head) and stream.page >= page and stream.take(cell.text):
                continue
            if _loose(stream, table, number, head):
                return "" if _notes(stream, table) else f"附注与文本不一致：“{stream.shown()}”。"
            return f"第{number + 1}行第{k + 1}格应为“{cell.text}”，文件里是“{stream.shown()}”。"
    return "" if _notes(stream, table) else f"附注与文本不一致：“{stream.shown()}”。"


def _pdf_chart(stream: _Stream, chart: Chart, style: PageStyle) -> str:
    """Go past a picture: its words stand in the file as they are drawn, and its numbers are those of the table and
    no other (but for those of labels and of the pieces themselves)."""
    words = chart_words(chart, style)
    found = Counter(w for w in words if numbers(w))
    wanted = Counter(t for s in chart.series for t in s.texts if numbers(t))
    named = Counter(w for w in found if w in (*chart.labels, *(s.name for s in chart.series)) or not number_of(w))
    pieces = {str(k) for k in range(1, len(chart.labels) + 1)} if chart.kind == "share" else set()
    more = [w for w in found - wanted if w not in named and w not in pieces]
    if wanted - found or more:
        return f"图“{chart.title}”应有“{'、'.join(wanted - found)}”，画出的是“{'、'.join(more)}”。"
    for word in words:
        if not stream.take(word):
            return f"图“{chart.title}”应为“{word}”，文件里是“{stream.shown()}”。"
    return ""


def _notes(stream: _Stream, table: Table) -> bool:
    return all(stream.take("".join(s.text for s in note)) for note in table.notes)


def _loose(stream: _Stream, table: Table, number: int, head: str) -> bool:
    """The rest of a table whose rows are cut by a page end: the same characters and the same numbers,
    over at least two pages."""
    rest = "".join(_flat(c.text) for row in table.body[number:] for c in row)
    before = "".join(_flat(c.text) for c in table.body[number])
    said = Counter(n for row in table.body[number:] for c in row for n in numbers(c.text))
    again = Counter(n for row in table.header for c in row for n in numbers(c.text))
    # the row in question may have been taken in part: compare from its beginning
    for back in range(len(before) + 1):
        base = stream.at - back
        for repeats in range(12 if head else 1):
            end = base + len(rest) + repeats * len(head)
            if end > len(stream.text) or stream.pages[base] == stream.pages[end - 1]:
                continue
            if Counter(stream.text[base:end]) != Counter(rest + head * repeats):
                continue
            wanted = Counter({n: said[n] + repeats * again[n] for n in (*said, *again)})
            if +stream.numbers(base, end) == +wanted:
                stream.at = end
                return True
    return False
