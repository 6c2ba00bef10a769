"""The Word file: styles, anchors, merged cells, sections, and pages that LibreOffice agrees with."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

from generator.model.document import Document, Heading, Paragraph, Span, Table, mark_of
from generator.writers.docx import VERSION, anchor, prose_of, write_docx
from generator.writers.layout import paginate
from generator.writers.line_breaks import LIBRE, PLAIN, WORD, break_lines, run_width
from generator.writers.table_layout import column_widths, page_area, table_layout
from tests.conftest import examined_of
from tests.word_xml import Q
from tests.writers.made import small
from tests.writers.shapes import shapes

SOFFICE = shutil.which("soffice")
W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
VAL = f"{{{W['w']}}}val"


def document_of(seed: str) -> Document:
    document = examined_of(seed).document
    assert document is not None
    return document


def root_of(data: bytes, part: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(part))


def words(text: str) -> tuple[Span, ...]:
    return (Span(text),)


def test_prose_is_the_text(seed: str) -> None:
    document = document_of(seed)
    prose = prose_of(write_docx(document))
    others = [p for p in document.parts if p.kind != "prose"]
    expected = [t for t in prose if t]
    for text in [t for p in others for t in (p.heading.text, *(b.text for b in p.blocks if not isinstance(b, Table)))]:
        expected.remove(text)  # a list of the tables before them
    assert expected == document.prose()


def test_headings_are_heading_styles(seed: str) -> None:
    document = document_of(seed)
    root = root_of(write_docx(document))
    for level in (1, 2, 3):
        found = root.xpath(f"//w:p[w:pPr/w:pStyle/@w:val='Heading{level}']", namespaces=W)
        texts = ["".join(p.itertext()) for p in found]
        assert texts == [b.text for b in document.blocks() if isinstance(b, Heading) and b.level == level]
    titles = root.xpath("//w:p[w:pPr/w:pStyle/@w:val='TableTitle']", namespaces=W)
    assert ["".join(p.itertext()) for p in titles] == [t.title for t in document.tables()]
    styles = root_of(write_docx(document), "word/styles.xml")
    outline = styles.xpath("//w:style[@w:styleId='TableTitle']/w:pPr/w:outlineLvl/@w:val", namespaces=W)
    assert outline == ["1"]


def test_every_block_has_its_anchor(seed: str) -> None:
    document = document_of(seed)
    names = root_of(write_docx(document)).xpath("//w:bookmarkStart/@w:name", namespaces=W)
    assert names == [VERSION + mark_of(document), *(anchor(b.id) for b in document.blocks())]
    assert len(set(names)) == len(names) and max(map(len, names)) <= 40


def test_tables_are_real_tables(seed: str) -> None:
    document = document_of(seed)
    root = root_of(write_docx(document))
    tables = root.xpath("//w:tbl", namespaces=W)
    assert len(tables) == len(document.tables())
    for element, table in zip(tables, document.tables(), strict=True):
        assert len(element.xpath("w:tr[w:trPr/w:tblHeader]", namespaces=W)) == len(table.header)
        for row in element.xpath("w:tr", namespaces=W):
            spans = row.xpath("w:tc/w:tcPr/w:gridSpan/@w:val", namespaces=W)
            cells = len(row.xpath("w:tc", namespaces=W))
            assert cells + sum(int(s) - 1 for s in spans) == len(table.widths)
        starts = sum(1 for r in (*table.header, *table.body) for c in r if c.rowspan > 1)
        assert len(element.xpath(".//w:vMerge[@w:val='restart']", namespaces=W)) == starts


def test_wide_tables_stand_on_landscape_pages(seed: str) -> None:
    document = document_of(seed)
    root = root_of(write_docx(document))
    landscape = False
    following: list[bool] = []
    sections = root.xpath("//w:sectPr", namespaces=W)
    assert len(sections) > 3
    for table in root.xpath("//w:tbl", namespaces=W):
        after = table.xpath("following::w:sectPr[1]/w:pgSz/@w:orient", namespaces=W)
        following.append(after == ["landscape"])
    assert following == [t.landscape for t in document.tables()]
    assert not landscape


def test_table_of_contents_is_a_field_with_pages(seed: str) -> None:
    document = document_of(seed)
    layout = paginate(document)
    root = root_of(write_docx(document))
    assert "TOC" in "".join(root.xpath("//w:instrText/text()", namespaces=W))
    entries = root.xpath("//w:p[starts-with(w:pPr/w:pStyle/@w:val, 'TOC') and w:hyperlink]", namespaces=W)
    shown = [
        re.sub(r"\s*(TOC|PAGEREF)[^ ]* .*?\\h( \\z \\u)? ", "", "".join(e.xpath(".//w:t/text()", namespaces=W)))
        for e in entries
    ]
    assert shown == [f"{b.in_toc}{layout.pages[b.id]}" for b in document.contents()]
    settings = root_of(write_docx(document), "word/settings.xml")
    assert not settings.xpath("//w:updateFields", namespaces=W)


def test_same_document_same_bytes(seed: str) -> None:
    assert write_docx(document_of(seed)) == write_docx(document_of(seed))


def test_draft_says_so_on_every_page() -> None:
    draft = write_docx(replace(document_of("000"), draft=True))
    with zipfile.ZipFile(io.BytesIO(draft)) as package:
        headers = [
            package.read(n).decode() for n in package.namelist() if "header" in n and n.startswith("word/header")
        ]
    assert headers and all("草稿，不得公开" in h for h in headers)


def test_control_characters_do_not_break_the_file() -> None:
    document = document_of("000")
    bad = Paragraph("bad", words("甲\x00乙\x0b<&>丙\ufffe"))
    part = replace(document.parts[0], blocks=(*document.parts[0].blocks, bad))
    data = write_docx(replace(document, parts=(part, *document.parts[1:])))
    assert "甲乙<&>丙" in prose_of(data)


# ------------------------------------------------------------------ the arithmetic of lines


def test_lines_keep_numbers_whole_and_marks_off_the_start() -> None:
    text = "本年收入合计为一万二千三百四十五元人民币其中财政拨款1,234,567.89万元，其他收入（含利息）2.50%。" * 9
    for setting in (PLAIN, LIBRE, WORD):
        lines = break_lines(text, 28000, 2000, setting)
        assert "".join(lines) == text
        for line in lines[1:]:
            assert line[0] not in "，。）%"
        for line in lines[:-1]:
            assert line[-1] not in "（"
            assert not re.search(r"[\d.,]$", line) or not re.match(r"[\d.,%]", lines[lines.index(line) + 1])
        room = 29000 if setting.hang else 28000
        assert all(run_width(line, setting) <= room for line in lines)


def test_columns_are_wide_enough_for_their_numbers() -> None:
    for table in document_of("001").tables():
        width, _ = page_area(document_of("001").style, landscape=table.landscape)
        columns = column_widths(table, width)
        assert sum(columns) == width
        for row in table.body:
            at = 0
            for cell in row:
                if (
                    cell.colspan == 1
                    and cell.rowspan == 1
                    and cell.spans
                    and cell.spans[0].figure is not None
                    and len(row) == len(columns)
                ):
                    assert columns[at] * 1000 >= run_width(cell.text, PLAIN) * table.font_pt * 20
                at += cell.colspan


def test_statutory_tables_take_one_page(seed: str) -> None:
    document = document_of(seed)
    for table in document.tables():
        if table.role == "table":
            assert table_layout(table, document.style).pages == 1, table.title


# ------------------------------------------------------------------ LibreOffice agrees


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_contents_agree_with_libreoffice(tmp_path: Path) -> None:
    """Each block stands on the page that was counted, in LibreOffice's own rendering."""
    documents = {f"d{s}": document_of(s) for s in ("000", "001", "002", "004")} | shapes()
    for name, document in documents.items():
        (tmp_path / f"{name}.docx").write_bytes(write_docx(document))
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    files = [str(tmp_path / f"{n}.docx") for n in documents]
    subprocess.run([*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=240)
    for name, document in documents.items():
        reader = PdfReader(tmp_path / f"{name}.pdf")
        pages = [re.sub(r"\s", "", p.extract_text()) for p in reader.pages]
        layout = paginate(document)
        assert len(pages) == layout.total and all(len(p) > 3 for p in pages), name
        for block in document.contents():
            title = re.sub(r"\s", "", block.text if isinstance(block, Heading) else block.title)
            page = layout.pages[block.id]
            assert title in pages[page - 1], (name, title, page)
            start = page if isinstance(block, Table) or block.level == 1 else 0
            assert not start or pages[page - 1].startswith(title[:6]) or title in pages[page - 1][:60]
        for part in document.parts:
            for item in part.blocks:
                if not (isinstance(item, Table) and item.landscape):
                    box = reader.pages[layout.pages[item.id] - 1].mediabox
                    assert box.height > box.width, (name, item.id)
                if isinstance(item, Paragraph) and len(item.text) > 12:
                    begin = re.sub(r"\s", "", item.text)[:10]
                    assert begin in pages[layout.pages[item.id] - 1], (name, item.id)


def test_a_machine_without_the_official_fonts_is_led_to_the_nearest() -> None:
    """Stock Windows has 仿宋 and 楷体 under other names; 麒麟 and 统信 have those of 方正."""
    with zipfile.ZipFile(io.BytesIO(write_docx(small()))) as package:
        root = etree.fromstring(package.read("word/fontTable.xml"))
    other = {f.get(f"{Q}name"): f.find(f"{Q}altName").get(f"{Q}val").split(",") for f in root.iter(f"{Q}font")}
    assert other["仿宋_GB2312"][:3] == ["仿宋", "FangSong", "方正仿宋_GBK"]
    assert other["楷体_GB2312"][0] == "楷体" and other["黑体"][0] == "SimHei"
    assert other["方正小标宋简体"].index("华文中宋") < other["方正小标宋简体"].index("FandolSong")
