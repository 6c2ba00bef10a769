"""A chart as SVG: the same picture in the PDF of both engines and on the page.

Plain shapes and text, no script, no style sheet, nothing from outside; greys keep apart what colours do.
Lengths in points (floats: lengths only).  Every number is a printed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr, unescape

from generator.model import Fonts, PageStyle
from generator.writers.chart_data import FILLS, Chart, height_of, label_lines, light
from generator.writers.line_breaks import text_width

SIZE, SMALL = 9.0, 8.0  # points of labels and of numbers
EDGE = 6.0
EDGE_LINE = 'stroke="#000" stroke-width="0.5"'
MARKERS = "●■▲◆"


def wide(text: str, size: float) -> float:
    """Points of a text on one line."""
    return text_width(text) * size / 1000


class _Picture:
    def __init__(self, width: float, height: float, fonts: Fonts) -> None:
        self.width, self.height = width, height
        self.family = ", ".join((fonts.latin[-1], *fonts.song))
        self.shapes: list[str] = []

    def text(self, x: float, y: float, words: str, size: float, anchor: str = "start", fill: str = "#000") -> None:
        """Words beside a place; where they begin is reckoned here, since engines read ``text-anchor`` differently."""
        if words:
            x -= wide(words, size) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            at = f'x="{x:.2f}" y="{y + size * 0.36:.2f}" font-size="{size:g}" fill="{fill}"'
            self.shapes.append(f"<text {at}>{escape(words)}</text>")

    def box(self, x: float, y: float, width: float, height: float, fill: int) -> None:
        at = f'x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{height:.2f}"'
        self.shapes.append(f'<rect {at} fill="#{FILLS[fill % len(FILLS)]}" {EDGE_LINE}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = EDGE_LINE) -> None:
        self.shapes.append(f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" {look}/>')

    def legend(self, names: list[str], y: float, marks: str = "") -> None:
        """Names of the series side by side, as far as they fit."""
        x = EDGE
        for k, name in enumerate(names):
            if marks:
                self.text(x, y, marks[k % len(marks)], SIZE, fill=f"#{line_colour(k)}")
            else:
                self.box(x, y - 4, 8, 8, k)
            self.text(x + 12, y, name, SIZE)
            x += 12 + wide(name, SIZE) + 16

    def svg(self, alt: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.2f}pt" height="{self.height:.2f}pt" '
            f'viewBox="0 0 {self.width:.2f} {self.height:.2f}" role="img" aria-label={quoteattr(alt)} '
            f"font-family={quoteattr(self.family)}>{''.join(self.shapes)}</svg>"
        )


def drawn(svg: str) -> list[str]:
    """The words of a picture in the order in which they are drawn."""
    return [unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def line_colour(k: int) -> str:
    """Lines and points are dark."""
    return ("1F3864", "7F7F7F", "5B85B7", "000000")[k % 4]


def picture(chart: Chart, width: float, height: float, fonts: Fonts) -> str:
    """The SVG of a chart, ``width`` × ``height`` points."""
    made = _Picture(width, height, fonts)
    {"bar": _bars, "share": _share, "line": _lines}[chart.kind](made, chart)
    return made.svg(chart.alt)


def _span(chart: Chart) -> tuple[Decimal, Decimal]:
    """The least and the greatest value, zero among them; never both the same."""
    values = [v for s in chart.series for v in s.values if v is not None]
    low, high = min(Decimal(), *values), max(Decimal(), *values)
    return (low, high) if high > low else (low, low + 1)


def _bars(made: _Picture, chart: Chart) -> None:
    """Bars lie, so that long Chinese labels stand before them; each number at the end of its bar."""
    top = EDGE
    if len(chart.series) > 1:
        made.legend([s.name for s in chart.series], top + 6)
        top += 18
    low, high = _span(chart)
    room = min(max(wide(x, SIZE) for x in chart.labels) + 8, made.width * 0.38)
    printed = max(wide(t, SMALL) for s in chart.series for t in s.texts) + 8
    left, right = EDGE + room + (printed if low < 0 else 0), made.width - EDGE - (printed if high > 0 else 0)
    scale = (right - left) / Fraction(high - low)
    zero = left + Fraction(-low) * scale
    step = (made.height - EDGE - top) / len(chart.labels)
    thick = min(step / (len(chart.series) + 0.6), 16)
    for k, label in enumerate(chart.labels):
        middle = top + step * (k + 0.5)
        lines = label_lines(label, int((room - 6) * 1000 / SIZE))
        lines = lines if step > 2 * SIZE else lines[:1]
        for n, words in enumerate(lines):
            made.text(EDGE + room - 6, middle + (n - (len(lines) - 1) / 2) * SIZE * 1.15, words, SIZE, "end")
        for n, series in enumerate(chart.series):
            value = series.values[k]
            if value is None:
                continue
            y = middle + (n - len(chart.series) / 2) * thick
            length = Fraction(value) * scale
            made.box(min(zero, zero + length), y + thick * 0.08, abs(length), thick * 0.84, n)
            beyond = zero + length + (4 if value >= 0 else -4)
            made.text(beyond, y + thick / 2, series.texts[k], SMALL, "start" if value >= 0 else "end")
    made.line(zero, top, zero, made.height - EDGE, 'stroke="#000" stroke-width="0.8"')


def _share(made: _Picture, chart: Chart) -> None:
    """One bar divided by the shares, numbered; below it what each piece is, and its number."""
    series = chart.series[0]
    whole = sum((v for v in series.values if v), Decimal())
    x, across = EDGE, made.width - 2 * EDGE
    for k, value in enumerate(series.values):
        length = across * Fraction((value or Decimal()) / whole)
        if not value:
            continue
        made.box(x, EDGE, length, 34, k)
        if length > 12:
            made.text(x + length / 2, EDGE + 17, str(k + 1), SIZE, "middle", "#000" if light(k) else "#fff")
        x += length
    y = EDGE + 34 + 12
    step = (made.height - EDGE - y) / len(chart.labels)
    for k, label in enumerate(chart.labels):
        at = y + step * (k + 0.5)
        made.box(EDGE, at - 4, 8, 8, k)
        room = int((across - 40 - wide(series.texts[k], SIZE) - 24) * 1000 / SIZE)
        made.text(EDGE + 13, at, f"{k + 1}", SIZE)
        made.text(EDGE + 28, at, label_lines(label, room)[0], SIZE)
        made.text(made.width - EDGE, at, series.texts[k], SIZE, "end")
        made.line(EDGE + 13, at + step / 2, made.width - EDGE, at + step / 2, 'stroke="#999" stroke-width="0.3"')


def _lines(made: _Picture, chart: Chart) -> None:
    """A line for each series, its points marked by shape; numbers keep out of each other's way."""
    made.legend([s.name for s in chart.series], EDGE + 6, MARKERS)
    low, high = _span(chart)
    top, bottom = EDGE + 34, made.height - EDGE - 16
    across = (made.width - 2 * EDGE) / len(chart.labels)
    scale = (bottom - top) / Fraction(high - low)
    zero = bottom - Fraction(-low) * scale
    made.line(EDGE, zero, made.width - EDGE, zero)
    taken: list[tuple[float, float, float]] = []
    for n, series in enumerate(chart.series):
        points = [
            (EDGE + across * (k + 0.5), zero - Fraction(v) * scale, series.texts[k])
            for k, v in enumerate(series.values)
            if v is not None
        ]
        dash = f' stroke-dasharray="{(0, 4, 2, 6)[n % 4]} 2"' if n else ""
        for (x1, y1, _), (x2, y2, _) in pairwise(points):
            made.line(x1, y1, x2, y2, f'stroke="#{line_colour(n)}" stroke-width="1.2"{dash}')
        for x, y, words in points:
            made.text(x, y, MARKERS[n % 4], SIZE, "middle", f"#{line_colour(n)}")
            at = _free(taken, x, y, wide(words, SMALL), (top - 26, bottom + 4))
            made.text(x, at, words, SMALL, "middle")
    for k, label in enumerate(chart.labels):
        words = label_lines(label, int((across - 4) * 1000 / SIZE))[0]
        made.text(EDGE + across * (k + 0.5), made.height - EDGE - 6, words, SIZE, "middle")


def _tries() -> Iterator[float]:
    for k in range(1, 12):
        yield -9.0 * k - 1
        yield 9.0 * k + 1


def _free(
    taken: list[tuple[float, float, float]], x: float, y: float, width: float, within: tuple[float, float]
) -> float:
    """A height over or under a point where no other number stands."""
    for step in _tries():
        at = y + step
        clear = all(abs(at - b) >= SMALL or abs(x - a) >= (width + w) / 2 + 2 for a, b, w in taken)
        if clear and within[0] <= at <= within[1]:
            break
    else:
        at = y - 10
    taken.append((x, at, width))
    return at


def chart_words(chart: Chart, style: PageStyle) -> list[str]:
    """What stands in the picture of a chart in a document of this style, as it is drawn."""
    return drawn(picture(chart, style.text_width / 20, height_of(chart) / 20, style.fonts))
