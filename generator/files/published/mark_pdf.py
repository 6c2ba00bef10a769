"""Highlights with notes on the pages of a PDF."""

from __future__ import annotations

import ctypes
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.files.published.marking import AUTHOR, Mark, Marked, find, labels, plain, squeezed, tokens
from generator.files.published.pdf import MAX_PAGES, ONE_AT_A_TIME

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's own points."""
RED, YELLOW = (1.0, 0.55, 0.55), (1.0, 0.86, 0.35)


def mark_pdf(data: bytes, marks: Sequence[Mark]) -> Marked | None:
    """The PDF with a highlight at the place of each note; nothing where it cannot be written."""
    import pikepdf
    import pypdfium2 as pdfium

    try:
        with ONE_AT_A_TIME:
            document = pdfium.PdfDocument(data)
            try:
                if len(document) > MAX_PAGES:
                    return None
                placed = _places(document, marks)
            finally:
                document.close()
        with pikepdf.open(io.BytesIO(data)) as file:
            loose: dict[int, int] = defaultdict(int)
            for mark, (page, boxes) in zip(marks, placed, strict=True):
                number = min(max(page, 1), len(file.pages))
                _annotate(file, number - 1, mark, boxes, loose)
            out = io.BytesIO()
            file.save(out)
    except (pdfium.PdfiumError, pikepdf.PdfError, pikepdf.PasswordError, ValueError, IndexError):
        return None
    return Marked(out.getvalue(), sum(bool(boxes) for _, boxes in placed), len(marks))


@dataclass
class _Page:
    """The letters of a page in the order of the file."""

    text: str
    boxes: list[Box]

    def span(self, start: int, end: int) -> list[Box]:
        """The boxes of a stretch, one for each line."""
        out: list[Box] = []
        for left, bottom, right, top in self.boxes[start:end]:
            if right <= left:
                continue
            last = out[-1] if out else None
            if last is not None and min(top, last[3]) - max(bottom, last[1]) > 0.3 * (top - bottom) and left >= last[0]:
                out[-1] = (last[0], min(bottom, last[1]), max(right, last[2]), max(top, last[3]))
            else:
                out.append((left, bottom, right, top))
        return out


def _places(document: Any, marks: Sequence[Mark]) -> list[tuple[int, list[Box]]]:
    pages: dict[int, _Page] = {}

    def page(number: int) -> _Page:
        if number not in pages:
            pages[number] = _read(document[number - 1])
        return pages[number]

    out: list[tuple[int, list[Box]]] = []
    for mark in marks:
        found: tuple[int, list[Box]] = (mark.page, [])
        for number in (mark.page, mark.page + 1):
            if not mark.text or not 1 <= number <= len(document):
                continue
            at = _cell(page(number), mark) if mark.row else None
            at = at or find(plain(mark.text), page(number).text)
            if at and (boxes := page(number).span(*at)):
                found = (number, boxes)
                break
        out.append(found)
    return out


def _read(page: Any) -> _Page:
    import pypdfium2.raw as raw

    text = page.get_textpage()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    letters: list[str] = []
    boxes: list[Box] = []
    for k in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, k)
        if code in (0, 10, 13) or 0xD800 <= code < 0xE000 or raw.FPDFText_IsGenerated(text, k) == 1:
            continue
        raw.FPDFText_GetCharBox(text, k, left, right, bottom, top)
        one, _ = squeezed("-" if code == 2 else chr(code))
        letters += one
        boxes += [(left.value, bottom.value, right.value, top.value)] * len(one)
    text.close()
    page.close()
    return _Page("".join(letters), boxes)


def _cell(page: _Page, mark: Mark) -> tuple[int, int] | None:
    """The number in the row of its label; of several, the one below the head of its column."""
    needle = plain(mark.text)
    found = [k for k in tokens(needle, page.text) if k < len(page.boxes)]
    if not found:
        return None
    rows = next((at for label in labels(mark.row) if (at := _all(label, page.text))), [])
    if rows:
        heights = [page.boxes[k][1] for k in rows]

        def off(k: int) -> float:
            return min(abs(page.boxes[k][1] - h) for h in heights)

        nearest = min(map(off, found))
        found = [k for k in found if off(k) <= nearest + 1]
    heads = _all(plain(mark.column.split(" ")[-1].split("·")[-1]), page.text) if mark.column else []
    if len(found) > 1 and heads:
        head = heads[0]
        middle = (page.boxes[head][0] + page.boxes[head][2]) / 2
        found.sort(key=lambda k: abs(page.boxes[k][0] - middle))
    return found[0], found[0] + len(needle)


def _all(needle: str, text: str) -> list[int]:
    out: list[int] = []
    at = text.find(needle) if needle else -1
    while at >= 0 and len(out) < 50:
        out.append(at)
        at = text.find(needle, at + 1)
    return out


def _annotate(file: Any, number: int, mark: Mark, boxes: Sequence[Box], loose: dict[int, int]) -> None:
    """A highlight, or a note at the upper right where there is no place."""
    from pikepdf import Array, Dictionary, Name, String

    page = file.pages[number]
    colour = RED if mark.grave else YELLOW
    shared: dict[str, Any] = {
        "Type": Name.Annot, "Contents": String(mark.note), "T": String(AUTHOR), "F": 4, "C": Array(list(map(_number, colour))),
    }  # fmt: skip
    if boxes:
        quads: list[float] = []
        for left, bottom, right, top in boxes:
            quads += [left, top, right, top, left, bottom, right, bottom]
        rect = [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]
        made = Dictionary(
            Subtype=Name.Highlight, Rect=Array(list(map(_number, rect))), QuadPoints=Array(list(map(_number, quads))),
            **shared,
        )  # fmt: skip
    else:
        edge = list(page.cropbox)
        right, top = _plain_number(edge[2]) - 28, _plain_number(edge[3]) - 28 - 22 * (loose[number] % 30)
        loose[number] += 1
        made = Dictionary(
            Subtype=Name.Text, Name=Name.Comment, Rect=Array(list(map(_number, (right, top, right + 20, top + 20)))),
            **shared,
        )  # fmt: skip
    annots = page.obj.get("/Annots")
    if not isinstance(annots, Array):
        page.obj.Annots = annots = Array([])
    annots.append(file.make_indirect(made))


def _number(value: float) -> Any:
    from decimal import Decimal

    return Decimal(f"{value:.3f}")


def _plain_number(value: Any) -> Any:
    from decimal import Decimal

    return Decimal(value) if not hasattr(value, "as_decimal") else value


def page_pictures(data: bytes, pages: Sequence[int], width: int) -> list[tuple[int, bytes]]:
    """Pages (from 1) as PNG of a width in pixels, with the notes that lie on them."""
    import pypdfium2 as pdfium

    out: list[tuple[int, bytes]] = []
    with ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError:
            return out
        try:
            for number in pages:
                if not 1 <= number <= len(document):
                    continue
                page = document[number - 1]
                wide, high = page.get_size()
                scale = min(width / max(wide, 1), 4 * width / max(high, 1), 4)
                picture = page.render(scale=scale, may_draw_forms=False).to_pil()
                page.close()
                buffer = io.BytesIO()
                picture.convert("RGB").save(buffer, "PNG", optimize=True)
                out.append((number, buffer.getvalue()))
        except pdfium.PdfiumError:
            return out
        finally:
            document.close()
    return out
