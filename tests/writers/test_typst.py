"""The fast engine says the same on the same pages as the usual one, archival, whole, and the same each time."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace

import pytest
from pypdf import PdfReader

from generator.model.document import Heading, Paragraph, Span, Table, TableCell
from generator.writers import table_layout
from generator.writers.html import safe_id
from tests.writers.made import LOREM, Made, long_table, small, squeeze
from tests.writers.sample import document, words

pytest.importorskip("typst")
from generator.writers.typst import write_typst


@pytest.fixture(scope="module", params=["000", "001"])
def made(request: pytest.FixtureRequest) -> Made:
    doc = document(request.param)
    return Made(doc, write_typst(doc))


def test_headings_stand_where_the_usual_engine_puts_them() -> None:
    from generator.writers.pdf import write_pdf

    doc = document("000")
    theirs = PdfReader(io.BytesIO(write_pdf(doc)))
    ours = Made(doc, write_typst(doc))
    for block in doc.blocks():
        if not isinstance(block, Paragraph):
            number = theirs.get_destination_page_number(theirs.named_destinations[safe_id(block.id)])
            assert ours.page(block.id) == (number or 0) + 1, block.id


def test_archival_accessible_and_subset(made: Made) -> None:
    info, root = made.reader.metadata, made.reader.trailer["/Root"]
    assert info is not None
    assert (info.title, info.author) == (made.document.title, made.document.department)
    assert info.creation_date_raw is not None and info.creation_date_raw.startswith("D:20241231")
    xmp = root["/Metadata"].get_data()
    assert re.search(rb"pdfaid:part>3<", xmp) and re.search(rb"pdfaid:conformance>A<", xmp)
    assert re.search(rb"pdfuaid:part>1<", xmp)
    assert root["/OutputIntents"] and root["/StructTreeRoot"] and made.reader.trailer["/ID"]
    assert str(root["/Lang"]).lower().startswith("zh")
    names = {f.get_object()["/BaseFont"] for p in made.reader.pages for f in p["/Resources"]["/Font"].values()}
    assert names and all(re.match(r"/[A-Z]{6}\+juesuan-", n) for n in names)
    assert len(made.data) < 2_500_000


def test_sources_are_attached_and_bytes_are_constant() -> None:
    doc = replace(small(long_table(3)), date="2025-08-20")
    attached = [("b.json", b"{}", "乙"), ("a.xlsx", bytes(range(256)), "数字")]
    data = write_typst(doc, attachments=attached)
    reader = PdfReader(io.BytesIO(data))
    assert {n: c[0] for n, c in reader.attachments.items()} == {"b.json": b"{}", "a.xlsx": bytes(range(256))}
    assert data == write_typst(doc, attachments=attached[::-1])


# ------------------------------------------------------------------ hard cases


def test_merged_and_tall_cells_print_whole() -> None:
    rows = [
        (
            TableCell(words("合并" + LOREM * 3), rowspan=42, align="center"),
            TableCell(words("甲")),
            TableCell(words("乙")),
        ),
        *((TableCell(words(f"第{i}行")), TableCell(words(LOREM[: i % 20]))) for i in range(40)),
        (TableCell(words("高" + LOREM * 90)), TableCell(words("旁" + LOREM * 2))),
        (TableCell(words("末行"), colspan=3),),
    ]
    table = Table(
        "t", "附表", (), tuple(rows), (4, 40, 20), role="form", landscape=True, notes=(words("注：" + LOREM),)
    )
    result = Made(small(table), write_typst(small(table)))
    said = squeeze("".join([table.title, *(c for r in table.grid("body") for c in r), "注：" + LOREM]))
    assert Counter("".join(result.texts[result.page("t") - 1 :])) == Counter(said)
    plan = table_layout.table_layout(table, result.document.style)
    assert len(result.texts) - result.page("t") + 1 == plan.pages


def test_hostile_text_stays_text() -> None:
    hostile = "甲&amp;#pagebreak()$x$*y*_z_`q`@a<b>\\\"'\x00\x07//丁\t丙\r\n\u200b"
    shown = squeeze("甲&amp;#pagebreak()$x$*y*_z_`q`@a<b>\\\"'//丁丙")
    table = Table('t"<>', hostile, (), ((TableCell(words(hostile)),),), (1,), left=hostile, notes=(words(hostile),))
    doc = replace(small(Paragraph("p<&>", words(hostile)), table), title=hostile, department=hostile, cover=(hostile,))
    text = "".join(Made(doc, write_typst(doc)).texts).replace("\u200b", "")
    assert text.count(shown) == 6 - 0


def test_open_places_drafts_and_levels() -> None:
    blocks = (
        Heading("h3", 3, words("（一）跳过一级")),
        Paragraph("p", (*words("原因是"), Span("【待填：原因】", "open"), *words("。"))),
    )
    doc = small(*blocks, kind="prose", draft=True)
    result = Made(doc, write_typst(doc))
    assert all("草稿，不得公开" in t for t in result.texts)
    assert "原因是【待填：原因】。" in result.texts[-1]
    assert b"pdfuaid" in result.reader.trailer["/Root"]["/Metadata"].get_data()
    assert "草稿" not in "".join(Made(doc, write_typst(replace(doc, draft=False))).texts)


def test_the_mark_of_a_draft_is_put_on_last_and_is_no_part_of_the_text() -> None:
    doc = small(
        Paragraph(
            "p",
            words("甲"),
        ),
        long_table(50, landscape=True),
        Paragraph("q", words("乙")),
    )
    final, draft = (PdfReader(io.BytesIO(write_typst(replace(doc, draft=d))), strict=True) for d in (False, True))
    assert len(final.pages) == len(draft.pages)
    for ours, theirs in zip(draft.pages, final.pages, strict=True):
        drawn, rest = ours.get_contents().get_data(), theirs.get_contents().get_data()
        assert drawn.startswith(b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q /JuesuanDraft Do Q EMC")
        assert drawn.split()[-len(rest.split()) :] == rest.split()
        form = ours["/Resources"]["/XObject"]["/JuesuanDraft"]
        assert [round(float(x)) for x in form["/BBox"][2:]] == [round(float(x)) for x in ours.mediabox[2:]]
    assert b"pdfaid:conformance>A<" in draft.trailer["/Root"]["/Metadata"].get_data()
    same = write_typst(replace(doc, draft=True))
    assert same == write_typst(replace(doc, draft=True))


def test_a_glyph_that_no_font_has_costs_the_archival_mark_only() -> None:
    doc = small(Paragraph("p", words("甲\U0001f600乙")), kind="prose")
    result = Made(doc, write_typst(doc))
    assert "甲" in result.texts[-1] and "乙" in result.texts[-1]


def test_empty_document_and_a_header_taller_than_its_page() -> None:
    doc = replace(small(), parts=(), cover=())
    assert len(PdfReader(io.BytesIO(write_typst(doc))).pages) >= 1
    high = replace(long_table(5), header=((TableCell(words(LOREM * 200), colspan=3),),))
    assert "支出项目4" in "".join(Made(small(high), write_typst(small(high))).texts)


def test_a_table_in_the_text_keeps_the_lines() -> None:
    table = long_table(3, role="inline", new_page=False)
    doc = small(
        Heading("a", 2, words("一、甲"), toc=True), table, Heading("b", 2, words("二、乙"), toc=True), kind="prose"
    )
    result = Made(doc, write_typst(doc))
    tops = [float(result.reader.named_destinations[safe_id(k)]["/Top"]) for k in ("a", "b")]
    assert (tops[0] - tops[1]) % 29 == pytest.approx(0, abs=0.01) or (tops[0] - tops[1]) % 29 == pytest.approx(
        29, abs=0.01
    )
