"""The charts of the finished Word and Excel files, read back and held against the tables they show."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal

from generator.files import behind_chart, drawn_chart
from generator.model import Document, Finding, make_finding
from generator.writers import Chart, charts

Rows = list[tuple[str, str, Decimal]]


def chart_findings(document: Document, name: str, data: bytes) -> Iterator[Finding]:
    """What a chart of the file shows otherwise than its table says (``TO-306``)."""
    wanted = [chart for _, chart in charts(document.tables())]
    if not wanted:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        folder = "word" if name.endswith(".docx") else "xl"
        for number, chart in enumerate(wanted, 1):
            expected = said(chart)
            part = f"{folder}/charts/chart{number}.xml"
            if part not in package.namelist():
                yield make_finding("TO-306", file=name, what=chart.title, expected="一幅图", actual="没有")
                continue
            shown = [drawn_chart(package.read(part), pieces=chart.kind == "share")]
            if folder == "word":
                shown.append(behind_chart(package.read(f"word/embeddings/chart{number}.xlsx")))
            for found in shown:
                odd = next(((a, b) for a, b in zip(expected, found, strict=False) if a != b), None)
                if odd is None and len(found) != len(expected):
                    odd = ("", "", Decimal(len(expected))), ("", "", Decimal(len(found)))
                if odd is not None:
                    words = {"expected": _shown(odd[0]), "actual": _shown(odd[1])}
                    yield make_finding("TO-306", file=name, what=chart.title, **words)


def said(chart: Chart) -> Rows:
    """What is to be drawn."""
    return [
        (series.name, label, value.normalize())
        for series in chart.series
        for label, value in zip(chart.labels, series.values, strict=True)
        if value is not None
    ]


def _shown(found: tuple[str, str, Decimal]) -> str:
    return f"{found[0]} {found[1]} {found[2]:f}".strip()
