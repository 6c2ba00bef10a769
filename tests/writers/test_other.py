"""Text, JSON and Excel: equal words, exact figures, constant bytes."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import openpyxl

from generator.department.examination import Examined
from generator.model.document import Paragraph, Row, Span, Table, TableCell
from generator.model.figures import Figure
from generator.model.submission import figures_of
from generator.writers._xlsx_sums import sums
from generator.writers.text import write_json, write_text
from generator.writers.xlsx import write_xlsx
from tests.conftest import examined_of
from tests.writers.made import long_table, small


def test_text_is_the_prose(examined: Examined) -> None:
    assert examined.document is not None
    assert write_text(examined.document).decode().splitlines() == examined.document.prose()


# of each department: a figure and its cell, a sentence of change and the cells of its rate, a table
USUAL = (
    "summary.r31",
    "公开01表!C36",
    ("income.change", "total.change"),
    "上年数与年初预算!B7",
    "公开01表",
    "收入支出决算总表",
)
BUDGET = ("general.total.total", "附表7!B5", ("general.total",), "上年预算数!B11", "附表1", "收支预算总表")


def test_json_says_what_was_typed_and_where_each_number_comes_from(seed: str, examined: Examined) -> None:
    name, cell, changes, base, *_ = BUDGET if seed == "003" else USUAL
    assert examined.document is not None and examined.submission is not None
    content = json.loads(write_json(examined.document, figures_of(examined.submission)))
    assert content["figures"][name]["cells"] == [cell]
    assert all(f["cells"] for f in content["figures"].values())
    blocks = [b for p in content["parts"] for b in p["blocks"] if b["type"] == "paragraph"]
    for block in blocks:
        assert block["typed"] + block["generated"] == len(block["text"])
        for span in block["spans"]:
            if span["kind"] == "figure":
                assert Decimal(span["figure"]["value"] or "0") is not None
    change = next(b for b in blocks if b["id"] in changes)
    rate = [s for s in change["spans"] if s["text"].endswith("%")]
    assert set(rate[-1]["figure"]["cells"]) == {cell, base}


def test_workbook_holds_the_tables_and_their_sources(seed: str, examined: Examined) -> None:
    number, title = (BUDGET if seed == "003" else USUAL)[-2:]
    assert examined.document is not None
    data = write_xlsx(examined.document)
    assert data == write_xlsx(examined.document)
    book = openpyxl.load_workbook(io.BytesIO(data))
    tables = [b for b in examined.document.blocks() if isinstance(b, Table)]
    assert book.sheetnames == ["目录", *book.sheetnames[1 : 1 + len(tables)], "数据来源"]
    sheet = book[number]
    values = {str(c.value).strip(): c for row in sheet.iter_rows() for c in row if c.value is not None}
    assert title in values and any(v.endswith(f"单位：{'元' if seed == '003' else '万元'}") for v in values)
    sources = book["数据来源"]
    rows = list(sources.iter_rows(min_row=2, values_only=True))
    figures = [
        s for b in examined.document.blocks() if isinstance(b, Paragraph) for s in b.spans if s.figure is not None
    ]
    assert len(rows) == len(figures)
    assert all(r[5] for r in rows if r[3] not in (None, "", "0"))


def test_formulas_are_sums_of_what_is_printed_and_nothing_else(examined: Examined, seed: str) -> None:
    """Every formula is a sum of cells of its column whose printed values add up to the printed whole."""
    assert examined.document is not None
    data = write_xlsx(examined.document)
    asked, kept = (openpyxl.load_workbook(io.BytesIO(data), data_only=d) for d in (False, True))
    count = 0
    for sheet in asked:
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            found = re.fullmatch(r"=SUM\(([A-Z]+\d+(?::[A-Z]+\d+)?(?:,[A-Z]+\d+(?::[A-Z]+\d+)?)*)\)", cell.value)
            assert found, cell.value
            values = kept[sheet.title]
            total = Decimal(0)
            for part in found[1].split(","):
                cells = [values[part]] if ":" not in part else [c for row in values[part] for c in row]
                assert {c.column for c in cells} == {cell.column}
                total += sum((Decimal(str(c.value or 0)) for c in cells), Decimal(0))
            assert total == Decimal(str(values[cell.coordinate].value)), (sheet.title, cell.coordinate)
            count += 1
    assert count > 20 or seed == "003"


def test_a_sum_that_is_none_in_print_stays_a_number() -> None:
    """Tails of rounding and blanks: a formula would show another number than was published."""

    def amount(text: str) -> TableCell:
        return TableCell((Span(text, "figure", Figure(Decimal(text), "万元")),) if text else ())

    def row(code: str, name: str, text: str) -> Row:
        return (TableCell((Span(code),)), TableCell((Span(name),)), amount(text))

    def table(*texts: str) -> Table:
        names = (
            ("", "合计"),
            ("201", "一般公共服务"),
            ("20101", "人大事务"),
            ("20102", "政协事务"),
            ("208", "社会保障"),
        )
        return Table("t", "表", (), tuple(row(*n, t) for n, t in zip(names, texts, strict=True)), (1, 2, 1))

    assert sums(table("10.00", "6.00", "2.00", "4.00", "4.00")) == {(0, 2): [(1, 2), (4, 2)], (1, 2): [(2, 2), (3, 2)]}
    assert sums(table("10.01", "6.00", "2.00", "4.00", "4.00")) == {(1, 2): [(2, 2), (3, 2)]}
    assert sums(table("10.00", "6.00", "6.00", "", "4.00")) == {(0, 2): [(1, 2), (4, 2)], (1, 2): [(2, 2)]}


def test_the_first_sheet_leads_to_every_other_and_all_can_be_printed(examined: Examined) -> None:
    assert examined.document is not None
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(examined.document)))
    first = book.worksheets[0]
    assert first.title == "目录"
    targets = [c.hyperlink.location for row in first.iter_rows(min_row=2, max_col=1) for c in row if c.hyperlink]
    assert targets == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    for sheet in book.worksheets[:-1]:
        assert sheet.print_area and sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
    headed = [t for t in examined.document.tables() if t.header]
    assert sum(bool(s.freeze_panes) for s in book) == len(headed) + 2
    formats = {
        c.number_format for s in book.worksheets[1:-1] for row in s.iter_rows() for c in row if c.data_type in "nf"
    }
    assert "#,##0.00" in formats


def test_a_table_that_nearly_fits_is_printed_on_one_page() -> None:
    """基本支出表 was on two; a table of many rows is not made too small to read."""
    document = examined_of("001").document
    assert document is not None
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(document)))
    assert book["公开06表"].page_setup.fitToHeight in (None, 1)
    long = write_xlsx(small(long_table(300)))
    assert openpyxl.load_workbook(io.BytesIO(long)).worksheets[1].page_setup.fitToHeight == 0
