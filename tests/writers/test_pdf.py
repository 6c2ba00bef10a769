"""The PDF says what the Document says, on the pages that were counted, whole and the same each time."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from generator.model.document import Paragraph, Row, Span, Table, TableCell
from generator.writers.html import safe_id
from generator.writers.pdf import write_pdf
from tests.writers.made import LOREM, Made, long_table, small, squeeze
from tests.writers.sample import document, words


@pytest.fixture(scope="module", params=["000", "001"])
def made(request: pytest.FixtureRequest) -> Made:
    doc = document(request.param)
    return Made(doc, write_pdf(doc))


def test_lines_stand_on_the_grid(made: Made) -> None:
    """Every block of prose begins a whole number of 29 pt lines below the top of the text."""
    style = made.document.style
    for part in made.document.parts:
        for block in (part.heading, *part.blocks):
            place = made.reader.named_destinations[safe_id(block.id)]
            if part.kind == "prose" and not isinstance(block, Table):
                drop = ((style.height - style.top) / 20 - float(place["/Top"])) / (style.pitch / 20)
                assert drop == pytest.approx(round(drop), abs=0.01)


# ------------------------------------------------------------------ the file


def test_metadata(made: Made) -> None:
    info, root = made.reader.metadata, made.reader.trailer["/Root"]
    assert info is not None
    assert (info.title, info.author) == (made.document.title, made.document.department)
    assert info.creation_date_raw == info.modification_date_raw == "D:20241231"
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert made.reader.trailer["/ID"][0] == made.reader.trailer["/ID"][1]


def test_fonts_are_embedded_subsets(made: Made) -> None:
    names = set()
    for page in made.reader.pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            assert font["/Subtype"] == "/Type0"
            below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in below or "/FontFile3" in below
            names.add(font["/BaseFont"])
    assert names and all(re.match(r"/[A-Z]{6}\+juesuan-", n) for n in names)
    assert len(made.data) < 2_000_000


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # WeasyPrint leaves its colour profile open
def test_archival_with_attachment() -> None:
    doc = replace(small(long_table(3)), date="2025-08-20")
    data = write_pdf(doc, archival=True, attachments=[("b.json", b"{}", "乙"), ("a.json", b'{"a": 1}', "数字")])
    reader = PdfReader(io.BytesIO(data))
    assert list(reader.attachments) == ["a.json", "b.json"]
    assert reader.attachments["a.json"][0] == b'{"a": 1}'
    root = reader.trailer["/Root"]
    assert b'pdfaid:part="3"' in root["/Metadata"].get_data()
    assert root["/OutputIntents"] and root["/AF"] and reader.trailer["/ID"]
    assert reader.metadata is not None and reader.metadata.creation_date_raw == "D:20250820"
    assert data == write_pdf(doc, archival=True, attachments=[("a.json", b'{"a": 1}', "数字"), ("b.json", b"{}", "乙")])


# ------------------------------------------------------------------ hard cases


def test_merged_and_tall_cells_print_whole() -> None:
    """A merged cell over several pages, a row higher than a page, a text in a narrow column."""
    rows: list[Row] = [
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
    result = Made(small(table), write_pdf(small(table)))
    said = squeeze("".join([table.title, *(c for r in table.grid("body") for c in r), "注：" + LOREM]))
    assert Counter("".join(result.texts[result.page("t") - 1 :])) == Counter(said)
    assert len(result.texts) > 5


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_nothing_leaves_the_page(tmp_path: Path) -> None:
    long = "A" * 400 + "１２３" * 50
    number = TableCell((Span("9,999,999,999,999,999.99", "figure"),), align="right")
    row: Row = (TableCell(words(long)), number, number, TableCell(words(LOREM * 4)))
    table = Table("t", "很长的标题" * 12, ((TableCell(words("表头")),) * 4,), (row, row), (1, 1, 1, 1), left=LOREM)
    doc = small(Paragraph("p", words(long + LOREM)), table, kind="prose")
    (tmp_path / "a.pdf").write_bytes(write_pdf(replace(doc, cover=(LOREM * 3,))))
    subprocess.run(["pdftotext", "-bbox", str(tmp_path / "a.pdf"), str(tmp_path / "a.html")], check=True)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("9,999,999,999,999,999.99") == 4
    for page in text.split("<page ")[1:]:
        width = float(re.search(r'width="([\d.]+)"', page)[1])  # type: ignore[index]
        edges = [float(x) for x in re.findall(r'xM(?:in|ax)="([\d.-]+)"', page)]
        assert min(edges, default=50) > 49 and max(edges, default=0) < width - 49


def test_hostile_text_stays_text() -> None:
    hostile = "甲&amp;<script>x</script>\x00\x07\"'</p>乙\t丙\r\n丁"
    table = Table('t"<>', hostile, (), ((TableCell(words(hostile)),),), (1,), left=hostile, notes=(words(hostile),))
    doc = replace(small(Paragraph("p<&>", words(hostile)), table), title=hostile, department=hostile, cover=(hostile,))
    text = "".join(Made(doc, write_pdf(doc)).texts)
    assert text.count("甲&amp;<script>x</script>\"'</p>乙丙丁") == 6


def test_open_places_and_drafts() -> None:
    doc = small(
        Paragraph("p", (*words("原因是"), Span("【待填：原因】", "open"), *words("。"))), kind="prose", draft=True
    )
    result = Made(doc, write_pdf(doc))
    assert all("草稿，不得公开" in t for t in result.texts)
    assert "原因是【待填：原因】。" in result.texts[-1]
    assert "草稿" not in "".join(Made(doc, write_pdf(replace(doc, draft=False))).texts)


def test_empty_document() -> None:
    doc = replace(small(), parts=(), cover=())
    assert len(PdfReader(io.BytesIO(write_pdf(doc))).pages) >= 1


def test_a_table_in_the_text_stays_in_the_column() -> None:
    table = long_table(3, role="inline", new_page=False)
    doc = small(Paragraph("a", words(LOREM)), table, Paragraph("b", words(LOREM)), kind="prose")
    result = Made(doc, write_pdf(doc))
    assert result.page("a") == result.page("long") == result.page("b")
    tops = [float(result.reader.named_destinations[safe_id(k)]["/Top"]) for k in ("a", "long", "b")]
    assert (tops[0] - tops[2]) % 29 == pytest.approx(0, abs=0.01)
    assert tops[0] > tops[1] > tops[2]
