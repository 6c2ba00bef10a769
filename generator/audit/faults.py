"""What was found in a published document: a finding with its places, page and printed words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from generator.model import CellRef, Figure, Finding, Severity, make_finding
from generator.published import Paragraph, Understood

AROUND = 46
UNITS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "亿元": Decimal(10) ** 8}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: page from 1 (0 where the format has none), the printed words, the cell where it is one."""

    page: int = 0
    text: str = ""
    table: str = ""
    row: str = ""
    column: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "page": self.page or None,
            "text": self.text,
            "table": self.table,
            "row": self.row,
            "column": self.column,
        }


@dataclass(frozen=True)
class Fault:
    """A finding and where it stands.  ``about`` names its cause: several of one cause are told once."""

    finding: Finding
    spots: tuple[Spot, ...] = ()
    about: str = field(default="", compare=False)

    @property
    def severity(self) -> Severity:
        return self.finding.severity

    def as_json(self) -> dict[str, object]:
        """The stable machine-readable form."""
        return {
            "id": self.finding.id,
            "severity": self.finding.severity.value,
            "message": self.finding.message,
            "places": [s.as_json() for s in self.spots],
            "expected": self.finding.expected,
            "actual": self.finding.actual,
        }

    def doubtful(self) -> Fault:
        """The same as something to look at, not an error."""
        return replace(
            self, finding=self.finding.but(severity=min(self.severity, Severity.WARNING, key=lambda s: s.rank))
        )


def fault(name: str, spots: Iterable[Spot], /, about: str = "", **words: object) -> Fault:
    """A fault by its id in the catalogue (see ``make_finding``)."""
    return Fault(make_finding(name, (), **words), tuple(spots), about)


def spot_of_text(paragraph: Paragraph, start: int, end: int) -> Spot:
    """A stretch of a paragraph with the words around it."""
    return Spot(paragraph.page_at(start), excerpt(paragraph.text, start, end))


def excerpt(text: str, start: int, end: int) -> str:
    """The words around a stretch, not longer than needed to find it."""
    left = max(0, start - AROUND)
    cut = max((text.rfind(mark, 0, start) for mark in "。；"), default=-1) + 1
    if cut > left:
        left = cut
    right = min(len(text), max(end, start) + 18)
    stop = min((k for mark in "。；" if (k := text.find(mark, end)) >= 0), default=right)
    right = min(right, stop)
    return (
        ("…" if left > 0 and left != cut else "")
        + text[left:right]
        + ("…" if right < len(text) and right != stop else "")
    )


def spot_of_cell(document: Understood, ref: CellRef) -> Spot:
    """The place of a cell."""
    place = document.places.get(ref)
    if place is None:
        return Spot()
    table = document.tables[int(place.table[1:]) - 1]
    row = next((r for r in table.rows if r.index == place.row and place.column in r.figures), None)
    column = table.columns[place.column]
    name = f"{row.code}{row.label}" if row is not None else ""
    return Spot(place.page, place.text, table.title, name or (row.key if row else ""), column.label)


def table_of(document: Understood, figure: Figure) -> str:
    """The title of the table a figure stands in."""
    return document.tables[int(figure.cells[0].sheet[1:]) - 1].title if figure.cells else ""


def unit_of(document: Understood, figure: Figure) -> str:
    return document.tables[int(figure.cells[0].sheet[1:]) - 1].unit if figure.cells else "万元"


def printed(value: Decimal, unit: str, decimals: int = 2) -> str:
    """An amount of 元 in a unit, with thousands."""
    number = value / UNITS[unit]
    text = f"{number:,.{max(decimals, 0)}f}"
    if number != round(number, decimals):
        text = f"{number:,.6f}".rstrip("0")
    return text


def wan(value: Decimal) -> str:
    """An amount of 元 in 万元, two decimals and no more than it has."""
    return printed(value, "万元", 2)


def places_of(document: Understood, figures: Sequence[Figure], limit: int = 6) -> list[Spot]:
    """The places of some figures, each cell once."""
    refs = list(dict.fromkeys(c for f in figures for c in f.cells))
    return [spot_of_cell(document, r) for r in refs[:limit]]
