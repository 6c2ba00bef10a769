"""What a chart shows: the numbers of its table as they are printed.

A chart is a table in the text that names a kind: the first column holds the labels, each further one a
series.  Writers draw the picture over the grid; whoever cannot see it reads the same numbers below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from generator.model import Table, TableCell
from generator.writers.line_breaks import text_width

LINE = 580  # twips of a line of the page
LINES = (5, 16)  # least and most lines that a picture takes
MOST = 24  # bars or points that one picture can show; more are left to the table
FILLS = ("1F3864", "BDD0E9", "5B85B7", "E7EDF6", "7F7F7F", "D0D0D0", "3F3F3F", "F4F4F4")
"""Dark and light by turns, so that neighbours differ in grey, too."""
KINDS = {"bar": "条形图", "share": "构成图", "line": "折线图"}


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one column; ``None`` where a cell is blank.  ``texts``: as they are printed."""

    name: str
    values: tuple[Decimal | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """``kind``: bar, share or line; shares of something negative are bars."""

    kind: str
    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def alt(self) -> str:
        """What the picture says, in words."""
        said = "；".join(
            f"{label}：" + "，".join(self._said(s, k) for s in self.series if s.texts[k])
            for k, label in enumerate(self.labels)
        )
        return f"{self.title}（{KINDS[self.kind]}）。{said}。"

    def _said(self, series: Series, k: int) -> str:
        value = f"{series.texts[k]}{'' if series.texts[k].endswith('%') else self.unit}"
        return f"{series.name}{value}" if len(self.series) > 1 else value


def number(cell: TableCell) -> Decimal | None:
    """The printed number of a cell."""
    text = cell.text.replace(",", "").replace("−", "-").strip()
    try:
        return Decimal(text.rstrip("%")) if text else None
    except InvalidOperation:
        return None


def chart_of(table: Table) -> Chart | None:
    """The chart of a table; nothing where it has none, or no numbers."""
    if not table.chart:
        return None
    rows = [
        r for r in table.cells("body") if r and r[0] is not None and any(c and number(c) is not None for c in r[1:])
    ]
    heads = [c.text if c else "" for c in table.cells("header")[-1]] if table.header else [""] * len(table.widths)
    rows = rows[:MOST]
    if not rows or len(heads) < 2:
        return None
    series = tuple(
        Series(heads[k], tuple(number(c) if c else None for c in column), tuple(c.text if c else "" for c in column))
        for k in range(1, len(heads))
        for column in ([r[k] for r in rows],)
    )
    labels = tuple(r[0].text for r in rows if r[0] is not None)
    unit = table.right.partition("：")[2]
    kind: str = table.chart
    values = [v for v in series[0].values if v is not None]
    if kind == "share" and (len(series) > 1 or min(values, default=Decimal()) < 0 or not any(values)):
        kind = "bar"
    return Chart(kind, table.title, unit, labels, series)


def charts(tables: Iterable[Table]) -> Iterator[tuple[Table, Chart]]:
    """The charts among some tables."""
    for table in tables:
        found = chart_of(table)
        if found is not None:
            yield table, found


def picture_height(table: Table) -> int:
    """Twips that the picture takes over the grid, in whole lines."""
    chart = chart_of(table)
    return height_of(chart) if chart else 0


def height_of(chart: Chart) -> int:
    """Twips of the picture of a chart."""
    match chart.kind:
        case "bar":
            bars = len(chart.labels) * len(chart.series)
            need = bars * 0.62 + len(chart.labels) * 0.35 + (1.2 if len(chart.series) > 1 else 0.4)
        case "share":
            need = 2.6 + 0.62 * len(chart.labels)
        case _:
            need = 9.0
    return LINE * min(max(int(need + 0.999), LINES[0]), LINES[1])


def label_lines(text: str, room: int) -> list[str]:
    """A label in one or two lines of ``room`` (thousandths of an em), the rest left out with …"""
    lines, line = [], ""
    for char in text:
        if text_width(line + char) > room:
            lines.append(line)
            line = ""
            if len(lines) == 2:
                return [lines[0], lines[1][:-1] + "…"]
        line += char
    return [*lines, line] if line else lines or [""]


def light(k: int) -> bool:
    """Whether the fill of a piece is light, so that black shows on it."""
    red, green, blue = (int(FILLS[k % len(FILLS)][i : i + 2], 16) for i in (0, 2, 4))
    return 2 * red + 5 * green + blue > 8 * 128
