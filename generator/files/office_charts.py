"""The numbers of the charts in Word and Excel files, as the files hold them."""

from __future__ import annotations

import io
import re
from decimal import Decimal

from lxml import etree
from openpyxl import load_workbook

C = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
PARSER = {"resolve_entities": False, "no_network": True}
Rows = list[tuple[str, str, Decimal]]
"""Series, label and number of everything that is drawn."""


def drawn_chart(xml: bytes, *, pieces: bool = False) -> Rows:
    """What a chart part draws; ``pieces``: each piece of a share is a series of its own, its name the label."""
    root = etree.fromstring(xml, etree.XMLParser(**PARSER))
    out: Rows = []
    for series in root.iterfind(".//c:ser", C):
        name = series.findtext("c:tx//c:v", "", C)
        labels = _points(series.find("c:cat", C))
        for place, value in _points(series.find("c:val", C)).items():
            label = labels.get(place, "")
            said = (label, name) if pieces else (name, label)
            out.append((*said, _number(value)))
    return out


def _points(element: etree._Element | None) -> dict[str, str]:
    if element is None:
        return {}
    return {str(p.get("idx")): p.findtext("c:v", "", C) for p in element.iterfind(".//c:pt", C)}


def _number(text: str) -> Decimal:
    """As printed: files hold binary fractions (15 digits are certain)."""
    return Decimal(
        f"{Decimal(text):.15g}" if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text) else "NaN"
    ).normalize()


def behind_chart(workbook: bytes) -> Rows:
    """What stands in the small workbook of a chart."""
    sheet = load_workbook(io.BytesIO(workbook)).worksheets[0]
    head, *rows = [[c.value for c in row] for row in sheet.iter_rows()]
    return [
        (str(head[k] or ""), str(row[0] or ""), _number(str(row[k])))
        for k in range(1, len(head))
        for row in rows
        if row[k] is not None
    ]
