"""Charts of Office: native in the workbook, and in Word with a small workbook of their own (DrawingML).

Both are made by XlsxWriter: the chart part that Word gets is the one of the small workbook, bound to it, so that
its numbers can be edited there.  Constant bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import quoteattr

import xlsxwriter
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Twips
from xlsxwriter.worksheet import Worksheet

from generator.writers._archive import neutral
from generator.writers.chart_data import FILLS, Chart, Series, light
from generator.writers.chart_picture import line_colour

VALUE_ALONE = '<c:showVal val="1"/>'
NOTHING_ELSE = "".join(f'<c:show{x} val="0"/>' for x in ("CatName", "SerName", "Percent", "BubbleSize"))
SHEET = "数据"
CHART_PART = "xl/charts/chart1.xml"
FONT = {"name": "宋体", "size": 9}
SPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)


def add_chart(
    book: Any, sheet: Worksheet, name: str, chart: Chart, place: tuple[int, int], grid: tuple[int, int]
) -> Any:
    """Puts a native chart on a sheet at ``place``; its labels and numbers begin at ``grid`` (row, column)."""
    row, column = grid
    last = row + len(chart.labels) - 1
    quoted = "'" + name.replace("'", "''") + "'"

    def area(k: int) -> list[object]:
        return [name, row, column + k, last, column + k]

    match chart.kind:
        case "share":
            made = book.add_chart({"type": "bar", "subtype": "percent_stacked"})
            for k in range(len(chart.labels)):
                made.add_series(
                    {
                        "name": [name, row + k, column],
                        "categories": f"={quoted}!{_cell(row - 1, column + 1)}",
                        "values": [name, row + k, column + 1, row + k, column + 1],
                        "values_data": [chart.series[0].values[k]],
                        "fill": {"color": f"#{FILLS[k % len(FILLS)]}"},
                        "border": {"color": "black", "width": 0.5},
                        "gap": 40,
                    }
                    | ({"data_labels": {**_labels(chart.series[0]), "font": ink(k)}} if _visible(chart, k) else {})
                )
            made.set_legend({"position": "bottom", "font": FONT})
        case kind:
            made = book.add_chart({"type": kind})
            for k in range(1, len(chart.series) + 1):
                look: dict[str, object] = (
                    {"fill": {"color": f"#{FILLS[(k - 1) % len(FILLS)]}"}, "border": {"color": "black", "width": 0.5}}
                    if kind == "bar"
                    else {
                        "line": {"color": f"#{line_colour(k - 1)}", "width": 1.5},
                        "marker": {"type": ("circle", "square", "triangle", "diamond")[(k - 1) % 4], "size": 7},
                    }
                )
                position = "outside_end" if kind == "bar" else ("above", "below")[(k - 1) % 2]
                labels = {**_labels(chart.series[k - 1]), "position": position}
                made.add_series(
                    {"name": [name, row - 1, column + k], "categories": area(0), "values": area(k)}
                    | {"values_data": list(chart.series[k - 1].values)}  # a blank is a gap, not zero
                    | {"data_labels": labels, **look}
                    | ({"gap": 50} if kind == "bar" else {})
                )
            made.set_legend({"position": "top", "font": FONT} if len(chart.series) > 1 else {"none": True})
    made.set_title({"none": True})
    if chart.kind == "bar":  # the first label stands on top, as it is read
        made.set_y_axis(
            {"reverse": True, "num_font": FONT, "label_position": "low", "major_gridlines": {"visible": False}}
        )
        made.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    elif chart.kind == "share":
        made.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
        made.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    else:
        low = min(Decimal(), *(v for s in chart.series for v in s.values if v is not None))
        high = max(Decimal(), *(v for s in chart.series for v in s.values if v is not None))
        made.set_x_axis({"num_font": FONT, "label_position": "low"})
        # room below for the numbers under the lowest points
        made.set_y_axis(
            {"visible": False, "min": round(low - (high - low) / 6, 2), "major_gridlines": {"visible": False}}
        )
    sheet.insert_chart(*place, made, {"description": chart.alt, "object_position": 2})
    return made


def explicit(data: bytes) -> bytes:
    """A workbook whose charts say what they do not show, too: readers do not agree on what silence means."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.startswith("xl/charts/chart"):
                xml = content.decode()
                xml = xml.replace(VALUE_ALONE, f'<c:showLegendKey val="0"/>{VALUE_ALONE}{NOTHING_ELSE}')
                if "<c:lineChart>" in xml:
                    xml = xml.replace("</c:ser>", '<c:smooth val="0"/></c:ser>')
                content = xml.encode()
            target.writestr(entry, content)
    return neutral(out.getvalue())


def _cell(row: int, column: int) -> str:
    return f"${chr(65 + column)}${row + 1}"


def _labels(series: Series) -> dict[str, object]:
    """Numbers at bars and points, as they are printed."""
    return {"value": True, "font": FONT, "num_format": number_format(next((t for t in series.texts if t), "0"))}


def ink(k: int) -> dict[str, object]:
    """Black on light, white on dark."""
    return {**FONT, "color": "black" if light(k) else "white"}


def _visible(chart: Chart, k: int) -> bool:
    """Whether a share is wide enough for its number."""
    values = [v or Decimal() for v in chart.series[0].values]
    return values[k] * 12 >= sum(values)


def small_workbook(chart: Chart, year: int) -> bytes:
    """The workbook behind a chart: its labels and numbers, and the chart itself."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": chart.title, "created": datetime(year, 12, 31)})
    sheet = book.add_worksheet(SHEET)
    for k, series in enumerate(chart.series, 1):
        sheet.write_string(0, k, series.name)
        for n, (value, text) in enumerate(zip(series.values, series.texts, strict=True), 1):
            if value is not None:
                sheet.write_number(n, k, Fraction(value), book.add_format({"num_format": number_format(text)}))
    for n, label in enumerate(chart.labels, 1):
        sheet.write_string(n, 0, label)
    sheet.set_column(0, 0, 32)
    add_chart(book, sheet, SHEET, chart, (0, len(chart.series) + 2), (1, 0))
    book.close()
    return explicit(buffer.getvalue())


def number_format(text: str) -> str:
    """Thousands and as many decimals as are printed; a percent sign is printed as it stands."""
    bare = text.rstrip("%")
    places = len(bare.partition(".")[2])
    grouped = "#,##0" if "," in bare else "0"
    return grouped + (f".{'0' * places}" if places else "") + ('"%"' if text.endswith("%") else "")


def word_chart(package: Any, chart: Chart, number: int, year: int) -> str:
    """Adds the parts of a chart to a Word package; its relationship id."""
    workbook = small_workbook(chart, year)
    with zipfile.ZipFile(io.BytesIO(workbook)) as made:
        xml = made.read(CHART_PART).decode()
    xml = re.sub(r"<c:printSettings>.*?</c:printSettings>", "", xml, flags=re.S)
    bound = '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    xml = xml.replace("</c:chartSpace>", bound)
    opc = package.part.package
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, xml.encode(), opc)
    data = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), CONTENT_TYPE.SML_SHEET, workbook, opc)
    assert part.relate_to(data, RELATIONSHIP_TYPE.PACKAGE) == "rId1"
    return str(package.part.relate_to(part, RELATIONSHIP_TYPE.CHART))


def drawing(relation: str, chart: Chart, number: int, width: int, height: int) -> str:
    """The run that shows a chart; lengths in twips."""
    size = f'cx="{Twips(width)}" cy="{Twips(height)}"'
    return (
        f'<w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:drawing><wp:inline {SPACES} distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{9000 + number}" name="图{number}" descr={quoteattr(chart.alt)}/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
