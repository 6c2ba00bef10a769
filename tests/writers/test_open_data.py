"""Open data: what they say is what is printed; words stay words; one file for all departments; JSON-LD in the page."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
from lxml import html

from generator.cli import main
from generator.model import Document, Table
from generator.writers import OPEN_DATA, combined, write_html, write_open_data
from tests.conftest import DEPARTMENTS, examined_of


def document_of(seed: str) -> Document:
    document = examined_of(seed).document
    assert document is not None
    return document


def opened(data: bytes) -> tuple[list[dict[str, str]], object, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        rows = list(csv.DictReader(io.StringIO(package.read("数据.csv").decode("utf-8-sig"))))
        return rows, json.loads(package.read("数据.json")), package.read("说明.txt").decode()


def test_every_printed_figure_of_the_tables_is_there_with_name_unit_and_source(seed: str) -> None:
    document = document_of(seed)
    data = write_open_data(document)
    rows, said, readme = opened(data)
    assert data == write_open_data(document) and str(len(rows)) in readme
    assert isinstance(said, dict) and len(said["数据"]) == len(rows) > 250
    told = {(r["表或标题"], r["印出的文字"], r["来源"].split("；")[0]) for r in rows}
    printed = [
        (t.title, c.text.strip(), str(s.figure.cells[0]) if s.figure.cells else "")
        for t in document.tables()
        for row in t.body
        for c in row
        for s in c.spans
        if s.figure is not None and s.figure.value is not None
    ]
    assert printed and not [p for p in printed if p not in told]
    for row in rows:
        value, unit = Decimal(row["数值"]), row["单位"]
        if unit == "元" and row["印出的文字"].replace(",", "").replace(".", "").isdigit():
            printed_value = Decimal(row["印出的文字"].replace(",", ""))
            assert any(abs(abs(value) / by - printed_value) < Decimal("0.06") for by in (1, 10000)), row
    total = next(r for r in rows if re.search("总计|合计", r["行"]) and "总表" in r["表或标题"])
    sides = [r["行"] for r in rows if "收入支出决算总表" in r["表或标题"]]
    assert not any("收入" in s and "八、社会" in s for s in sides)
    assert total["单位"] == "元" and total["来源"] and "1" not in total["栏"].split("·")


def test_words_that_would_be_formulas_stay_words_and_a_draft_says_so() -> None:
    made = document_of("000")
    document = replace(made, department="=HYPERLINK(1)", title="@<script>", draft=True)
    rows, said, readme = opened(write_open_data(document))
    assert {r["部门"] for r in rows} == {"'=HYPERLINK(1)"} and "草稿，不得公开" in readme
    assert isinstance(said, dict) and said["部门"] == "=HYPERLINK(1)" and said["草稿"] is True
    table = next(b for b in document.blocks() if isinstance(b, Table))
    assert table.title in {r["表或标题"] for r in rows}


def test_the_page_says_what_it_is_to_machines() -> None:
    made = document_of("000")
    page = html.fromstring(write_html(replace(made, title="甲</script><script>alert(1)</script>&")))
    [script] = page.xpath("//script")
    assert script.get("type") == "application/ld+json" and "<" not in script.text
    said = json.loads(script.text)
    assert said["@type"] == "Dataset" and said["name"].startswith("甲</script>")
    assert said["creator"]["name"] == made.department and said["temporalCoverage"] == str(made.year)
    totals = [p for p in said["variableMeasured"] if "收入支出决算总表 总计 收入" in p["name"]]
    rows, _, _ = opened(write_open_data(made))
    values = {r["数值"] for r in rows}
    assert totals and all(p["value"] in values for p in totals)


def test_all_departments_of_a_year_as_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = 0
    for seed in ("000", "004"):
        place = copytree(DEPARTMENTS[seed], tmp_path / "in" / seed)
        assert main(["build", str(place), "--format", "data", "--out", str(tmp_path / "out" / seed)]) == 0
        counts += len(opened(write_open_data(document_of(seed)))[0])
    other = write_open_data(replace(document_of("002"), draft=True))
    (tmp_path / "out" / f"甲.{OPEN_DATA}").write_bytes(other)
    (tmp_path / "out" / f"乙.{OPEN_DATA}").write_bytes(b"PK")
    capsys.readouterr()
    assert main(["opendata", str(tmp_path / "out"), "--year", "2024", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "2 份" in said and "草稿 1 份没有计入" in said and "不是本程序写的" in said
    rows, data, readme = opened((tmp_path / f"2024年度各部门{OPEN_DATA}").read_bytes())
    assert len(rows) == counts and isinstance(data, list) and len(data) == 2 and "2 份文本" in readme
    assert len({r["部门"] for r in rows}) == 2
    assert combined([(tmp_path / f"2024年度各部门{OPEN_DATA}").read_bytes()], "再合")[:2] == b"PK"
