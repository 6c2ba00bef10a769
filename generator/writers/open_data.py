"""The published figures as open data: every amount of the tables and of the text with its name, unit and source.

``points`` reads them off the Document, so that the data say what is printed and nothing else.  A zip holds them as
CSV and JSON with a README; ``combined`` makes one of many departments; ``json_ld`` describes the document inside its
web page.  The same Document gives the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.model import Document, Figure, Heading, Table, TableCell, round_half_up
from generator.writers.lists import list_csv

HEAD = ("部门", "年度", "种类", "表或标题", "行", "栏", "数值", "单位", "印出的文字", "来源")
CSV, JSON, README = "数据.csv", "数据.json", "说明.txt"
SUFFIX = "开放数据.zip"
LONG = 10
STAMP = (1980, 1, 1, 0, 0, 0)
NUMBERING = re.compile(r"行次|序号")
TOTALS = re.compile(r"合计|总计")
SCHEMA = "https://schema.org"


@dataclass(frozen=True, slots=True)
class Point:
    """One published figure.  ``value`` is exact, in ``unit`` (元 for amounts); ``printed`` as it stands in the document."""

    place: str
    row: str
    column: str
    value: str
    unit: str
    printed: str
    source: str
    in_table: bool

    def as_json(self) -> dict[str, object]:
        return {
            "表" if self.in_table else "标题": self.place, "行": self.row, "栏": self.column, "数值": self.value,
            "单位": self.unit, "印出的文字": self.printed, "来源": self.source,
        }  # fmt: skip


def points(document: Document) -> list[Point]:
    """Every figure with a value, tables first where they come first."""
    out: list[Point] = []
    heading = ""
    for block in document.blocks():
        if isinstance(block, Table):
            out += _of_table(block)
        elif isinstance(block, Heading):
            heading = block.text or heading
        else:
            out += [
                _point(heading, "", s.figure.label, s.figure, s.text, in_table=False)
                for s in block.spans
                if s.figure is not None and s.figure.value is not None
            ]
    return out


def _of_table(table: Table) -> Iterator[Point]:
    heads = _heads(table)
    body = table.cells("body")
    amounts = {j for row in body for j, c in enumerate(row) if c is not None and _figure(c) is not None}
    for row in body:
        labels: list[str] = []
        last = -1
        for column, cell in enumerate(row):
            if cell is None:
                continue
            figure = _figure(cell)
            if figure is not None:
                if figure.value is not None:
                    yield _point(table.title, " ".join(labels), heads[column], figure, cell.text, in_table=True)
                continue
            words = cell.text.strip()
            if column in amounts or not words or (words.isdigit() and NUMBERING.search(heads[column])):
                continue
            if any(last < j < column for j in amounts):
                labels = []  # the other side of the table begins
            labels.append(words)
            last = column


def _figure(cell: TableCell) -> Figure | None:
    return next((s.figure for s in cell.spans if s.figure is not None), None)


def _heads(table: Table) -> list[str]:
    """The words above each column, each once, from the top."""
    grid: list[list[str]] = [[] for _ in table.widths]
    for row in table.cells("header"):
        cell: TableCell | None = None
        left = 0
        for column, one in enumerate(row):
            if one is not None:
                cell, left = one, one.colspan
            if cell is not None and left > 0:
                words = "".join(cell.text.split())
                if words not in ("", "栏次") and words not in grid[column] and not words.isdigit():
                    grid[column].append(words)
                left -= 1
    return ["·".join(g) for g in grid]


def _point(place: str, row: str, column: str, figure: Figure, printed: str, *, in_table: bool) -> Point:
    assert figure.value is not None
    source = "；".join(map(str, figure.cells[:20]))
    return Point(place, row, column, _exact(figure), figure.unit, printed.strip(), source, in_table)


def _exact(figure: Figure) -> str:
    """All digits an amount has; ten after the point of a rate that never ends."""
    value = figure.number
    if -int(value.as_tuple().exponent) > LONG:
        value = round_half_up(value, LONG)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ------------------------------------------------------------------ files


def _rows(document: Document) -> list[tuple[str, ...]]:
    kind = f"{document.scope}{document.kind}"
    return [
        (document.department, str(document.year), kind, p.place, p.row, p.column, p.value, p.unit, p.printed, p.source)
        for p in points(document)
    ]


def _data(document: Document) -> dict[str, object]:
    return {
        "标题": document.title, "部门": document.department, "年度": document.year, "种类": f"{document.scope}{document.kind}",
        "草稿": document.draft, "数据": [p.as_json() for p in points(document)],
    }  # fmt: skip


def write_open_data(document: Document) -> bytes:
    """The figures of one document as a zip."""
    state = "草稿，不得公开。" if document.draft else "随公开文本一并公开。"
    words = [f"{document.title}　开放数据", state, *_explained(len(points(document)), 1)]
    return _zip(words, _rows(document), _data(document))


def combined(parts: Sequence[bytes], title: str) -> bytes:
    """The data of many departments as one zip; KeyError, ValueError or BadZipFile where a part is none of ours."""
    rows: list[Sequence[str]] = []
    data: list[dict[str, object]] = []
    for part in parts:
        with zipfile.ZipFile(io.BytesIO(part)) as package:
            one = json.loads(package.read(JSON))
        for each in one if isinstance(one, list) else [one]:
            data.append(each)
            for p in each["数据"]:
                rows.append(
                    (
                        each["部门"], str(each["年度"]), each["种类"], p.get("表", p.get("标题", "")), p["行"], p["栏"], p["数值"],
                        p["单位"], p["印出的文字"], p["来源"],
                    )
                )  # fmt: skip
    return _zip([title, *_explained(len(rows), len(data))], rows, data)


def open_data_of(part: bytes) -> tuple[int, bool]:
    """The year of a department's data, and whether they are those of a draft."""
    with zipfile.ZipFile(io.BytesIO(part)) as package:
        said = json.loads(package.read(JSON))
    return int(said["年度"]), bool(said["草稿"])


def _explained(count: int, departments: int) -> list[str]:
    return [
        "",
        f"{departments} 份文本，{count} 个数。{CSV}（UTF-8，可用 Excel、WPS 打开）和 {JSON} 内容相同。",
        "",
        *(f"{name}：{said}" for name, said in zip(HEAD, SAID, strict=True)),
        "",
        "报表里空白的格子不是零，不列。以“=”“+”“-”“@”开头的文字，在 CSV 里前面加一个单引号。",
        "",
    ]


SAID = (
    "公开文本的部门（单位）全称", "公开文本的年度", "部门（单位）决算或预算", "报表的名称；正文里的数，是它上面的标题",
    "报表这一行的编码和名称", "报表这一栏的名称；正文里的数，是它的名称", "准确的数，金额到分；比率除不尽的到小数点后十位", "数值的单位，金额都是元",
    "公开文本里印出的样子（报表的单位见表头）", "填报表的工作表和单元格",
)  # fmt: skip


def _zip(readme: Sequence[str], rows: Sequence[Sequence[str]], data: object) -> bytes:
    files = {
        README: ("\ufeff" + "\r\n".join(readme)).encode(),
        CSV: list_csv(HEAD, rows),
        JSON: (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(entry, content)
    return buffer.getvalue()


# ------------------------------------------------------------------ inside the web page


def json_ld(document: Document) -> str:
    """The document and the totals of its tables as JSON-LD, safe inside a page."""
    totals = [
        {
            "@type": "PropertyValue",
            "name": f"{p.place} {p.row} {p.column}".strip(),
            "value": p.value,
            "unitText": p.unit,
        }
        for p in points(document)
        if p.in_table and TOTALS.search(p.row)
    ]
    said = {
        "@context": SCHEMA,
        "@type": "Dataset",
        "name": document.title,
        "description": f"{document.department}{document.year}年度{document.scope}{document.kind}公开文本及其全部数据",
        "inLanguage": document.language,
        "temporalCoverage": str(document.year),
        "creator": {"@type": "GovernmentOrganization", "name": document.department},
        "creativeWorkStatus": "Draft" if document.draft else "Published",
        "isAccessibleForFree": True,
        "variableMeasured": totals,
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f'<script type="application/ld+json">{text}</script>\n'
