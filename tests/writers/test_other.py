"""Text, JSON and Excel: equal words, exact figures, constant bytes."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import openpyxl

from generator.department.examination import Examined
from generator.model.document import Paragraph, Table
from generator.model.submission import figures_of
from generator.writers.text import write_json, write_text
from generator.writers.xlsx import write_xlsx


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
    assert book.sheetnames[: len(tables)] == [s for s in book.sheetnames if s != "数据来源"]
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


def test_nothing_in_the_workbook_is_a_formula(examined: Examined) -> None:
    assert examined.document is not None
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(examined.document)))
    assert not [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
