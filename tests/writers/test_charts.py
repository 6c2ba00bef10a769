"""Charts: the printed numbers, in Word and Excel as charts of Office, in PDF and HTML as one picture."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.chart.chartspace import ChartSpace
from openpyxl.xml.functions import fromstring

from generator.department import examine, tie_out
from generator.model.document import Document, Paragraph, Row, Span, Table, TableCell
from generator.model.figures import Figure
from generator.writers import charts, paginate, write_docx, write_html, write_json, write_pdf, write_text, write_typst
from generator.writers.chart_data import FILLS, chart_of, label_lines
from generator.writers.chart_picture import drawn, picture
from generator.writers.xlsx import write_xlsx
from tests.conftest import DEPARTMENTS
from tests.writers.made import small

CHART_NS = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}


def said(text: str) -> tuple[Span, ...]:
    return (Span(text),) if text else ()


def money(text: str) -> TableCell:
    figure = Figure(Decimal(text.replace(",", ""))) if text else None
    return TableCell((Span(text, "figure", figure),) if text else (), align="right")


def chart(kind: str, head: list[str], rows: list[list[str]], name: str = "c", title: str = "图1 构成") -> Table:
    header: Row = tuple(TableCell(said(h), align="center", bold=True) for h in head)
    body = tuple((TableCell(said(r[0])), *(money(x) for x in r[1:])) for r in rows)
    widths = (40, *[20] * (len(head) - 1))
    return Table(
        name,
        title,
        (header,),
        body,
        widths,
        right="单位：万元",
        role="inline",
        new_page=False,
        chart=kind,  # type: ignore[arg-type]
    )


SHARE = chart("share", ["项目", "金额"], [["财政拨款", "1,234.56"], ["事业收入", "20.10"], ["其他收入", "0.00"]], "s")
BAR = chart(
    "bar",
    ["项目", "2024年", "2023年"],
    [["收入总计", "1,642.87", "1,500.00"], ["结转变动", "-42.87", "15.50"], ["没有数的", "", "3.00"]],
    "b",
    "图2 与上年比较",
)
LINE = chart("line", ["年度", "决算数", "预算数"], [["2022", "47.00", "47.00"], ["2023", "12.50", "45.00"], ["2024", "0.00", "44.00"]], "l", "图3 变化")  # fmt: skip
NEGATIVE = chart("share", ["项目", "金额"], [['<b>&"', "10.00"], ["=1+1", "-3.00"]], "n", "图4 有负数")
ALL = (SHARE, BAR, LINE, NEGATIVE)


@lru_cache
def document() -> Document:
    return small(*[x for t in ALL for x in (Paragraph(f"p{t.id}", said(f"{t.title}如下。")), t)], kind="prose")


@lru_cache
def files() -> dict[str, bytes]:
    made = document()
    return {
        "a.docx": write_docx(made),
        "a.pdf": write_typst(made),
        "b.pdf": write_pdf(made),
        "a.xlsx": write_xlsx(made),
    }


def test_all_finished_files_tie_out() -> None:
    assert tie_out(document(), files()) == []


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.id)
def test_the_picture_shows_the_printed_numbers_and_no_other(table: Table) -> None:
    found = chart_of(table)
    assert found is not None
    words = Counter(drawn(picture(found, 450, 250, document().style.fonts)))
    printed = Counter(t for s in found.series for t in s.texts if t)
    assert printed <= words
    rest = words - printed - Counter(found.labels) - Counter(s.name for s in found.series)
    pieces = {str(k) for k in range(1, 1 + len(found.labels))} if found.kind == "share" else set("●■")
    assert set(rest) <= pieces


def test_a_share_of_something_negative_is_bars() -> None:
    found = chart_of(NEGATIVE)
    assert found is not None
    assert found.kind == "bar"


def test_pictures_are_plain_and_safe() -> None:
    for _, found in charts(document().tables()):
        svg = picture(found, 450, 250, document().style.fonts)
        root = etree.fromstring(svg.encode())
        assert {etree.QName(e).localname for e in root.iter()} <= {"svg", "text", "rect", "line"}
        assert root.get("aria-label") == found.alt
        width = float(root.get("viewBox", "").split()[2])
        assert all(0 <= float(t.get("x", "0")) <= width for t in root.iter("{*}text"))


def test_numbers_of_a_line_do_not_run_into_each_other() -> None:
    found = chart_of(LINE)
    assert found is not None
    svg = picture(found, 450, 250, document().style.fonts)
    at = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="8"', svg)]
    assert len(at) == 6
    assert all(abs(a[1] - b[1]) >= 8 or abs(a[0] - b[0]) > 20 for k, a in enumerate(at) for b in at[:k])


def test_neighbours_differ_in_grey() -> None:
    def grey(color: str) -> float:
        return sum(w * int(color[i : i + 2], 16) for w, i in ((0.3, 0), (0.59, 2), (0.11, 4)))

    assert all(abs(grey(a) - grey(b)) > 60 for a, b in zip(FILLS, FILLS[1:] + FILLS[:1], strict=True))


def test_long_labels_take_two_lines_at_most() -> None:
    assert label_lines("政府性基金预算财政拨款收入", 7000) == ["政府性基金预算", "财政拨款收入"]
    assert label_lines("政府性基金预算财政拨款收入", 4000)[1].endswith("…")


def test_word_charts_are_native_with_their_workbook() -> None:
    with zipfile.ZipFile(io.BytesIO(files()["a.docx"])) as package:
        assert package.read("[Content_Types].xml").count(b"drawingml.chart+xml") == len(ALL)
        for number, (_, found) in enumerate(charts(document().tables()), 1):
            xml = package.read(f"word/charts/chart{number}.xml")
            root = etree.fromstring(xml)
            assert [etree.QName(e).localname for e in root][-1] == "externalData"
            assert root.find(".//c:externalData/c:autoUpdate", CHART_NS) is not None
            bare = re.sub(rb"<c:externalData.*</c:externalData>", b"", xml)  # which openpyxl does not read
            ChartSpace.from_tree(fromstring(bare))  # it knows every other element by type
            for labels in root.iterfind(".//c:dLbls", CHART_NS):
                shown = [etree.QName(e).localname for e in labels if etree.QName(e).localname.startswith("show")]
                assert shown == [
                    "showLegendKey",
                    "showVal",
                    "showCatName",
                    "showSerName",
                    "showPercent",
                    "showBubbleSize",
                ]
            sheet = load_workbook(io.BytesIO(package.read(f"word/embeddings/chart{number}.xlsx"))).worksheets[0]
            assert [sheet.cell(n, 1).value for n in range(2, 2 + len(found.labels))] == list(found.labels)
            assert sheet.cell(2, 2).data_type == "n"
        body = package.read("word/document.xml").decode()
        assert body.count('<c:chart r:id="') == len(ALL)
        assert 'descr="图1 构成（构成图）。财政拨款：1,234.56万元；' in body


def test_excel_charts_are_native_and_formulas_stay_text() -> None:
    with zipfile.ZipFile(io.BytesIO(files()["a.xlsx"])) as package:
        assert len([n for n in package.namelist() if n.startswith("xl/charts/chart")]) == len(ALL)
    sheet = load_workbook(io.BytesIO(files()["a.xlsx"]))["图4 有负数"]
    assert "=1+1" in [c.value for row in sheet.iter_rows() for c in row if c.data_type == "s"]


def test_the_numbers_stand_in_text_and_json() -> None:
    text = write_text(document()).decode()
    assert "图1 构成（单位：万元）\n项目\t金额\n财政拨款\t1,234.56\n事业收入\t20.10\n" in text
    blocks = json.loads(write_json(document(), {}))["parts"][0]["blocks"]
    assert [b["chart"] for b in blocks if b.get("chart")] == ["share", "bar", "line", "share"]
    html = write_html(document()).decode()
    assert html.count("<svg ") == len(ALL)
    assert "<script" not in html.split("<svg ", 1)[1]


@pytest.mark.parametrize("name", ["a.pdf", "b.pdf", "a.docx", "a.xlsx"])
def test_a_changed_number_in_a_chart_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are those of a document whose chart draws another number than its table holds."""
    writer = {"a.pdf": write_typst, "b.pdf": write_pdf, "a.docx": write_docx, "a.xlsx": write_xlsx}[name]
    import generator.writers.docx as of_docx
    import generator.writers.pdf as of_pdf
    import generator.writers.typst as of_typst
    import generator.writers.xlsx as of_xlsx

    def wrong(table: Table) -> object:
        found = chart_of(table)
        if found is None or table.id != "b":
            return found
        first = found.series[0]
        other = replace(first, values=(Decimal("1642.78"), *first.values[1:]), texts=("1,642.78", *first.texts[1:]))
        return replace(found, series=(other, *found.series[1:]))

    for module in (of_docx, of_pdf, of_typst, of_xlsx):
        monkeypatch.setattr(module, "chart_of", wrong)
    changed = writer(document())
    if name == "a.xlsx":  # the chart of a sheet is bound to its cells: change what it remembers of them
        with zipfile.ZipFile(io.BytesIO(changed)) as package:
            held = {n: package.read(n) for n in package.namelist()}
        held["xl/charts/chart2.xml"] = held["xl/charts/chart2.xml"].replace(b"1642.87", b"1642.78")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for n, data in held.items():
                package.writestr(n, data)
        changed = out.getvalue()
    assert tie_out(document(), {name: changed})


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_docx(document()) == files()["a.docx"]
    assert write_xlsx(document()) == files()["a.xlsx"]
    assert write_typst(document()) == files()["a.pdf"]


def test_the_annex_comes_where_it_is_asked_for_and_changes_nothing_else() -> None:
    folder = DEPARTMENTS["001"]
    without, asked = examine(folder), examine(folder, charts=True)
    assert without.document is not None
    assert asked.document is not None
    assert without.document.parts == asked.document.parts[:-1]
    annex = asked.document.parts[-1]
    assert annex.heading.text == "附件 图解"
    assert len(list(charts(asked.document.tables()))) >= 4
    assert {f.message for f in asked.findings} == {f.message for f in without.findings}
    assert paginate(asked.document).pages["charts"] > paginate(without.document).pages["statement"]
    made = {"a.docx": write_docx(asked.document), "a.pdf": write_typst(asked.document)}
    assert tie_out(asked.document, made) == []
