"""Published documents are read as they look: order, paragraphs, tables over pages, whatever wrote them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML

from generator.department.publish import build
from generator.files.published.model import Publication, PubTable, PubText
from generator.files.published.reader import publications, read_published
from tests.conftest import DEPARTMENTS

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


def words(read: Publication) -> list[str]:
    return [flat(b.text) for b in read.texts()]


def tables(read: Publication) -> list[list[list[str]]]:
    return [[[flat(c) for c in row] for row in t.rows] for t in read.tables()]


def pdf(body: str, style: str = "") -> bytes:
    sheet = "@page{size:A4;margin:20mm}table{border-collapse:collapse;width:100%}td,th{border:1px solid black}"
    made = HTML(string=f"<style>{sheet}{style}</style>{body}").write_pdf()
    assert made is not None
    return bytes(made)


def rows(*lines: str) -> str:
    return "".join("<tr>" + "".join(f"<td>{c}</td>" for c in line.split("|")) + "</tr>" for line in lines)


@pytest.mark.parametrize("seed", ["001", "003"])
def test_word_pdf_and_web_page_of_a_department_say_the_same(seed: str, tmp_path: Path) -> None:
    """Every paragraph of the prose whole, every table with the same rows, out of all three."""
    built = build(DEPARTMENTS[seed], formats=("docx", "pdf", "html", "txt"), out=tmp_path)
    text = next(p for p in built.files if p.suffix == ".txt").read_text("utf-8")
    wanted = [flat(line) for line in text.splitlines() if line.strip()]
    read = {
        p.suffix: read_published(p.read_bytes(), p.name) for p in built.files if p.suffix in (".docx", ".pdf", ".html")
    }
    assert len(read) == 3 and len(wanted) > 80
    for suffix, one in read.items():
        assert not one.findings and [w for w in wanted if w not in words(one)] == [], suffix
        if suffix != ".pdf":
            assert tables(one)[:14] == tables(read[".pdf"])[:14] and len(tables(one)) > 13, suffix
    assert all(t.page > 1 for t in read[".pdf"].tables()) and read[".pdf"].pages > 30


@pytest.mark.parametrize("again", [True, False])
def test_a_table_over_three_pages_is_one_with_its_heads_once(again: bool) -> None:
    head = rows("科目编码|科目名称|合计")
    lines = [f"20{k:05d}|第{k}个科目的名称|{k},000.00" for k in range(1, 120)]
    body = f"<thead>{head}</thead>" if again else head
    made = pdf(f"<h3>支出决算表</h3><table>{body}{rows(*lines)}</table><p>注：说明。</p>", "td{height:22px}")
    read = read_published(made, "a.pdf")
    [table] = read.tables()
    assert len(table.pages) >= 3 and table.heads == (1 if again else 0)
    assert [r[0] for r in table.rows] == ["科目编码", *(line[:7] for line in lines)]
    assert table.row_pages[-1] == table.pages[-1] and words(read)[0] == "支出决算表" and words(read)[-1] == "注：说明。"


def test_two_tables_on_following_pages_stay_two() -> None:
    one, two = (
        rows("收入项目|预算数|决算数", "事业收入|1.00|2.00"),
        rows("支出项目|预算数|决算数", "基本支出|3.00|4.00"),
    )
    made = pdf(f'<table>{one}</table><table style="break-before:page">{two}</table>')
    assert [t.rows[1][0] for t in read_published(made, "a.pdf").tables()] == ["事业收入", "基本支出"]


def test_a_row_that_a_page_end_cut_is_one_row() -> None:
    filler = rows(*(f"2{k:06d}|科目{k}|1.00" for k in range(30)))
    cut = "<tr><td>2080505</td><td>机关事业单位基本养老保险</td><td>160.75</td></tr></table>"
    rest = '<table style="break-before:page"><tr><td></td><td>缴费支出</td><td></td></tr>' + rows(
        "2080506|职业年金|80.38"
    )
    style = "td{width:33%}table{table-layout:fixed}"
    [table] = read_published(pdf(f"<table>{filler}{cut}{rest}</table>", style), "a.pdf").tables()
    assert [flat(c) for c in table.rows[30]] == ["2080505", "机关事业单位基本养老保险缴费支出", "160.75"]
    assert table.rows[31][0] == "2080506"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned(turn: int) -> None:
    body = f'<div style="transform:rotate(90deg);margin-top:90mm"><table>{rows("编码|合计", "201|12.30")}</table></div>'
    with pikepdf.open(io.BytesIO(pdf(body))) as file:
        file.pages[0].Rotate = turn
        out = io.BytesIO()
        file.save(out)
    assert tables(read_published(out.getvalue(), "a.pdf")) == [[["编码", "合计"], ["201", "12.30"]]]


def test_merged_cells_and_amounts_too_wide_for_their_cell() -> None:
    head = '<tr><td colspan="2">项目</td><td rowspan="2">合计</td></tr><tr><td>编码</td><td>名称</td></tr>'
    row = '<tr><td>201</td><td>甲</td><td style="white-space:nowrap;text-align:right">123,456,789,012.34</td></tr>'
    made = pdf(f"<table style='width:50mm;table-layout:fixed'>{head}{row}</table>")
    [table] = read_published(made, "a.pdf").tables()
    assert [flat(c) for c in table.rows[2]] == ["201", "甲", "123,456,789,012.34"]
    assert {(c.text, c.rowspan, c.colspan) for c in table.cells if c.row == 0} == {("项目", 1, 2), ("合计", 2, 1)}


def test_paragraphs_go_on_over_lines_and_pages_and_numbers_are_not_torn() -> None:
    sentence = "本年收入合计2,946.25万元，其中：财政拨款收入2,940.05万元，占99.79%；其他收入6.20万元，占0.21%。"
    body = "".join(f"<p>{sentence * k}</p>" for k in (1, 2, 3, 9, 4, 5, 9, 7))
    style = "@page{@bottom-center{content:'— ' counter(page) ' —'}@top-center{content:'某局2024年度部门决算'}}p{text-indent:2em;margin:0;line-height:2.4;text-align:justify}"
    read = read_published(pdf(body, style), "a.pdf")
    assert read.pages > 2 and words(read) == [sentence * k for k in (1, 2, 3, 9, 4, 5, 9, 7)]
    turned = [b for b in read.texts() if b.turns]
    assert turned and all(b.page_at(0) == b.page and b.page_at(len(b.text)) > b.page for b in turned)
    assert read.running == ["某局0年度部门决算"]


def test_what_has_no_letters_is_said_to_have_none() -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(picture, "PDF")
    read = read_published(picture.getvalue(), "扫描.pdf")
    assert not read.blocks and "只有图片" in read.findings[0].message


def test_a_locked_or_broken_pdf_is_one_finding() -> None:
    with pikepdf.open(io.BytesIO(pdf("<p>文字</p>"))) as file:
        out = io.BytesIO()
        file.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "密码" in read_published(out.getvalue(), "a.pdf").findings[0].message
    whole = pdf("<p>文字</p>")
    for data in (whole[: len(whole) // 3], b"%PDF-1.7\n" + b"\0" * 900, b"", b"nothing", b"PK\x03\x04" + b"\xff" * 90):
        read = read_published(data, "a.pdf")
        assert not read.blocks and len(read.findings) == 1


# ------------------------------------------------------------------ Word


def docx(body: str, **parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def test_numbers_that_word_counts_itself_stand_before_the_words() -> None:
    level = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="{2}"/></w:lvl>'
    lists = (
        f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="0">'
        + level.format(0, "chineseCountingThousand", "%1、")
        + level.format(1, "decimal", "（%2）")
        + '</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    made = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{k}"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>{t}</w:t></w:r></w:p>'
        for k, t in ((0, "收入"), (1, "甲"), (1, "乙"), (0, "支出"), (1, "丙"))
    )
    assert words(read_published(docx(made, numbering=lists), "a.docx")) == [
        "一、收入",
        "（1）甲",
        "（2）乙",
        "二、支出",
        "（1）丙",
    ]


def test_what_a_reader_of_the_word_file_does_not_see_is_not_read() -> None:
    body = (
        "<w:p><w:r><w:t>看得见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
        "<w:del><w:r><w:delText>删掉</w:delText></w:r></w:del><w:ins><w:r><w:t>加上</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGEREF _Toc1</w:instrText></w:r></w:p>"
    )
    assert words(read_published(docx(body), "a.docx")) == ["看得见加上"]


HOSTILE = {
    "entities": f'<!DOCTYPE a [<!ENTITY x "y">]><w:document xmlns:w="{WORD}"><w:body/></w:document>',
    "deep": f'<w:document xmlns:w="{WORD}"><w:body>'
    + "<w:sdt><w:sdtContent>" * 90
    + "</w:sdtContent></w:sdt>" * 90
    + "</w:body></w:document>",
    "torn": f'<w:document xmlns:w="{WORD}"><w:body><w:p>',
    "endless": f'<w:document xmlns:w="{WORD}"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl></w:body></w:document>',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_word_files_end_in_words(kind: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", HOSTILE[kind])
    read = read_published(out.getvalue(), "a.docx")
    assert not any(isinstance(b, PubText) for b in read.blocks) and (read.findings or kind == "endless")
    assert all(t.width <= 400 for t in read.blocks if isinstance(t, PubTable))


# ------------------------------------------------------------------ web pages, folders, zips


def test_a_page_of_a_web_site_without_its_menus() -> None:
    page = """<html><head><meta charset="gb2312"><title>x</title><script>var a='隐藏'</script></head><body>
    <nav>首页</nav><table><tr><td><h1>某局2024年度部门决算</h1><p>一、收入<br>二、支出</p><p style="display:none">无</p>
    <table><thead><tr><th colspan=2>项目</th><th>金额</th></tr></thead><tr><td>201</td><td>甲</td><td>1.00</td></tr></table>
    </td></tr></table><footer>版权</footer></body></html>""".encode("gb18030")
    read = read_published(page, "a.html")
    assert words(read) == ["某局2024年度部门决算", "一、收入", "二、支出"]
    assert tables(read) == [[["项目", "", "金额"], ["201", "甲", "1.00"]]]


def test_a_zip_and_a_folder_are_opened_file_by_file(tmp_path: Path) -> None:
    page = "<html><body><p>某局</p></body></html>"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as package:
        package.writestr("甲/决算.html", page)
        package.writestr("../../x.html", page)
        package.writestr("~$锁.docx", "x")
        package.writestr("说明.jpg", "x")
        package.writestr("坏.pdf", "x")
    found = dict(publications([tmp_path]))
    assert set(found) == {"甲/决算.html", "../../x.html", "坏.pdf"}  # names only: nothing is written anywhere
    assert words(found["甲/决算.html"]) == ["某局"] and found["坏.pdf"].findings
