"""Pages that are HTML by nature, printed."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from pypdf import PdfReader

from generator.cli.command_line import main
from generator.files import write_cells
from generator.files.department import WORKBOOK
from generator.writers.page_pdf import print_page
from tests.conftest import DEPARTMENTS, examined_of
from tests.writers.made import squeeze


def test_a_comparison_is_printed(department: Path, tmp_path: Path) -> None:
    submission = examined_of("001").submission
    assert submission is not None
    (cell, *_) = submission.tables["general"].rows[-1].cells["total"].cells  # type: ignore[union-attr]
    book = department / WORKBOOK
    book.write_bytes(write_cells(book.read_bytes(), {cell: "9.99"}))
    out = tmp_path / "对照.pdf"
    assert main(["diff", str(DEPARTMENTS["001"]), str(department), "--format", "pdf", "--out", str(out)]) == 1
    reader = PdfReader(out, strict=True)
    text = squeeze("".join(p.extract_text() for p in reader.pages))
    assert str(cell) in text and "9.99" in text and "版本对照" in text and "—1—" in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/ID"]


def test_a_page_opens_nothing_and_is_the_same_each_time() -> None:
    page = '<html lang="zh"><head><title>题</title></head><body><p>甲</p><img src="file:///etc/hostname"></body></html>'
    moment = datetime(2025, 8, 20, 12)
    made = print_page(page.encode(), moment)
    assert made == print_page(page.encode(), moment)
    reader = PdfReader(io.BytesIO(made))
    assert not list(reader.pages[0].images) and reader.metadata is not None
    assert str(reader.metadata.creation_date_raw).startswith("D:20250820")
