"""What stands on one page of a PDF: letters with their places, ruled lines, whether a picture fills it.

Places are in points from the upper left corner of the page as it is looked at: a page that was turned, or a
table that was set sideways, is turned back first.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

MARK = 40  # letters taller than this (pt) are a watermark
THIN = 3.0  # what is drawn thinner than this is a line
MAX_GLYPHS = 60_000
MAX_RULES = 40_000
RADICALS = str.maketrans(
    "⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⺠⻄⻌", "见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙民西辶"
)


class Glyph(NamedTuple):
    """One letter: its left and right edge, the line it stands on, its height, and the way it runs."""

    text: str
    x0: float
    x1: float
    base: float
    size: float

    @property
    def middle(self) -> float:
        """The height at which it crosses a line through its middle."""
        return self.base - 0.35 * self.size


class Rule(NamedTuple):
    """A straight line, along x (``flat``) or along y: where it stands, from where to where."""

    flat: bool
    at: float
    start: float
    end: float


@dataclass
class PageContent:
    """A page as it is looked at."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    picture: bool = False  # a picture covers most of it
    hidden: bool = False  # its text is invisible: laid under a picture by a machine
    unreadable: int = 0  # letters whose meaning the file does not tell


def read_page(page: Any, number: int) -> PageContent:
    """Everything that matters on a page.  ``page`` is a page of pypdfium2, closed by the caller."""
    raw = _Raw(page)
    glyphs, angle, unreadable = _glyphs(raw)
    turn = -angle % 4  # the angle is told clockwise; where letters stand upright nothing else matters
    width, height = (raw.width, raw.height) if turn % 2 == 0 else (raw.height, raw.width)
    out = PageContent(number, width, height, unreadable=unreadable)
    out.glyphs = [g for g in _even(_single(_turned(glyphs, raw, turn))) if g.size <= MARK]
    rules, covered, hidden = _drawn(raw)
    out.rules = [_turn_rule(r, raw, turn) for r in rules]
    out.picture = covered > 0.5
    out.hidden = hidden and out.picture
    return out


class _Raw:
    """The page with its own frame, before any turning."""

    def __init__(self, page: Any) -> None:
        self.page = page
        left, bottom, right, top = page.get_cropbox(fallback_ok=True)
        self.left, self.bottom = left, bottom
        self.width, self.height = max(right - left, 1), max(top - bottom, 1)

    def place(self, x: float, y: float, turn: int) -> tuple[float, float]:
        """A point of the file as it is looked at after ``turn`` quarter turns clockwise."""
        x, y = x - self.left, y - self.bottom
        match turn:
            case 1:
                return y, x
            case 2:
                return self.width - x, y
            case 3:
                return self.height - y, self.width - x
            case _:
                return x, self.height - y


class _Mark(NamedTuple):
    """A letter in the frame of the file."""

    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    quarter: int


def _glyphs(raw: _Raw) -> tuple[list[_Mark], int, int]:
    """All letters, the way most of them run (in quarter turns), and how many cannot be told."""
    text = raw.page.get_textpage()
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    out: list[_Mark] = []
    ways: Counter[int] = Counter()
    unreadable = high = 0
    for k in range(min(text.count_chars(), MAX_GLYPHS)):
        code = pdfium.FPDFText_GetUnicode(text, k)
        if pdfium.FPDFText_IsGenerated(text, k) == 1 or code in (0xA, 0xD):
            continue
        if 0xD800 <= code < 0xDC00:  # half of a rare letter
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        letter = "-" if code == 2 else chr(code)  # 2: a hyphen at the end of a line
        if (
            code in (0, 0xFFFD, 0xFFFE, 0xFFFF)
            or 0xE000 <= code < 0xF900
            or pdfium.FPDFText_HasUnicodeMapError(text, k) == 1
        ):
            unreadable += 1
            letter = "\ufffd"
        elif letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf"):
            continue
        pdfium.FPDFText_GetLooseCharBox(text, k, box)
        pdfium.FPDFText_GetCharOrigin(text, k, x, y)
        quarter = pdfium.FPDFText_GetCharAngle(text, k) / 1.5707963267948966
        if abs(quarter - round(quarter)) > 0.05:
            continue  # slanting: a watermark or a stamp
        way = round(quarter) % 4
        out.append(_Mark(_usual(letter), (box.left, box.bottom, box.right, box.top), (x.value, y.value), way))
        ways[way] += 1
    text.close()
    way = ways.most_common(1)[0][0] if ways else 0
    return [m for m in out if m.quarter == way], way, unreadable


def _usual(letter: str) -> str:
    """A letter of the blocks of radicals as the letter that was meant."""
    code = ord(letter)
    if 0x2F00 <= code <= 0x2FD5 or 0xF900 <= code <= 0xFAFF:
        return unicodedata.normalize("NFKC", letter)
    return letter.translate(RADICALS) if 0x2E80 <= code <= 0x2EF3 else letter


def _turned(marks: list[_Mark], raw: _Raw, turn: int) -> Iterator[Glyph]:
    for mark in marks:
        left, bottom, right, top = mark.box
        ax, ay = raw.place(left, bottom, turn)
        bx, by = raw.place(right, top, turn)
        x0, x1, size = min(ax, bx), max(ax, bx), abs(ay - by)
        yield Glyph(mark.text, x0, max(x1, x0 + 0.1), raw.place(*mark.origin, turn)[1], max(size, 1.0))


def _single(glyphs: Iterator[Glyph]) -> list[Glyph]:
    """Letters printed twice to look bold stand once."""
    out: list[Glyph] = []
    last: dict[str, Glyph] = {}
    for glyph in glyphs:
        known = last.get(glyph.text)
        if known and abs(known.base - glyph.base) < 0.15 * glyph.size and abs(known.x0 - glyph.x0) < 0.2 * glyph.size:
            continue
        last[glyph.text] = glyph
        out.append(glyph)
    return out


def _even(glyphs: list[Glyph]) -> list[Glyph]:
    """Digits and marks get the height of the Chinese letters beside them: what fonts tell of themselves differs."""
    order = sorted(range(len(glyphs)), key=lambda k: glyphs[k].base)
    wide = sorted(g.x1 - g.x0 for g in glyphs if g.text >= "\u2e80")
    usual = wide[len(wide) // 2] if wide else 0.0
    start = 0
    for k in range(1, len(order) + 1):
        if k < len(order) and glyphs[order[k]].base - glyphs[order[k - 1]].base <= 0.6:
            continue
        group = order[start:k]
        start = k
        own = sorted(glyphs[n].x1 - glyphs[n].x0 for n in group if glyphs[n].text >= "\u2e80")
        size = own[len(own) // 2] if own else 0.0
        for n in group:
            glyph = glyphs[n]
            if glyph.text >= "\u2e80" and glyph.text not in "，。、；：":
                best = glyph.x1 - glyph.x0 if glyph.x1 - glyph.x0 > 0.6 * size else size
            else:
                best = size or (min(glyph.size, 1.3 * usual) if usual else glyph.size)
            glyphs[n] = glyph._replace(size=max(best, 1.0))
    return glyphs


def _turn_rule(rule: Rule, raw: _Raw, turn: int) -> Rule:
    a = (rule.start, rule.at) if rule.flat else (rule.at, rule.start)
    b = (rule.end, rule.at) if rule.flat else (rule.at, rule.end)
    (ax, ay), (bx, by) = raw.place(*a, turn), raw.place(*b, turn)
    flat = rule.flat == (turn % 2 == 0)
    if flat:
        return Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx))
    return Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by))


# ------------------------------------------------------------------ what is drawn

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1, 0, 0, 1, 0, 0)


def _drawn(raw: _Raw) -> tuple[list[Rule], float, bool]:
    """Lines, how much of the page pictures cover, and whether text is invisible."""
    rules: list[Rule] = []
    covered = 0.0
    seen = hidden = 0
    for item, matrix in _objects(raw.page.raw, None, UNIT, 0):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < MAX_RULES:
            rules += _lines(item, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = _bounds(item, matrix)
            covered = max(covered, (x1 - x0) * (y1 - y0) / (raw.width * raw.height))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            seen += 1
            hidden += pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    return rules, covered, seen > 0 and hidden > seen / 2


def _objects(page: Any, form: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """Every object of a page, those inside forms with the form's own frame."""
    total = pdfium.FPDFFormObj_CountObjects(form) if form else pdfium.FPDFPage_CountObjects(page)
    for k in range(total):
        item = pdfium.FPDFFormObj_GetObject(form, k) if form else pdfium.FPDFPage_GetObject(page, k)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < 6:
                yield from _objects(page, item, _times(_matrix(item), matrix), depth + 1)
        else:
            yield item, matrix


def _matrix(item: Any) -> Matrix:
    held = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, held):
        return UNIT
    return held.a, held.b, held.c, held.d, held.e, held.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    (ax, ay), (bx, by) = _at(matrix, left.value, bottom.value), _at(matrix, right.value, top.value)
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _lines(item: Any, matrix: Matrix) -> Iterator[Rule]:
    """The straight lines of a path: a thin shape is one, a stroked shape its sides."""
    x0, y0, x1, y1 = _bounds(item, matrix)
    if y1 - y0 <= THIN or x1 - x0 <= THIN:
        if max(x1 - x0, y1 - y0) > 1:
            flat = y1 - y0 <= x1 - x0
            yield Rule(True, (y0 + y1) / 2, x0, x1) if flat else Rule(False, (x0 + x1) / 2, y0, y1)
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    count = pdfium.FPDFPath_CountSegments(item)
    if not stroke.value and count <= 6:
        return  # a shade
    own = _times(_matrix(item), matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = here = (0.0, 0.0)
    pieces: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for k in range(min(count, MAX_RULES)):
        segment = pdfium.FPDFPath_GetPathSegment(item, k)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _at(own, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            pieces.append((here, point))
        here = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            pieces.append((here, start))
            here = start
    if not stroke.value:
        yield from _thin_shapes(pieces)
        return
    for (ax, ay), (bx, by) in pieces:
        if abs(ay - by) < 0.5 < abs(ax - bx):
            yield Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx))
        elif abs(ax - bx) < 0.5 < abs(ay - by):
            yield Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by))


def _thin_shapes(pieces: list[tuple[tuple[float, float], tuple[float, float]]]) -> Iterator[Rule]:
    """Many thin boxes filled in one go: each pair of long sides is a line."""
    for (ax, ay), (bx, by) in pieces:
        if abs(ay - by) < 0.5 and abs(ax - bx) > THIN:
            yield Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx))
        elif abs(ax - bx) < 0.5 and abs(ay - by) > THIN:
            yield Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by))
