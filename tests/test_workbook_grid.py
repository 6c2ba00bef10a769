"""Single cells written into the officer's workbook: nothing else changes, no old result is left behind."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.files import CellsError
from generator.model.figures import CellRef
from generator.packs.compiled import CompiledPack
from generator.workbook.cells import read_grids, set_cells, typed_value
from generator.workbook.read import read_workbook
from tests.conftest import DEPARTMENTS

TABLE = "公开01表"


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return (DEPARTMENTS["001"] / "填报表.xlsx").read_bytes()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n) for n in package.namelist()}


def canonical(part: bytes) -> bytes:
    """XML in one way of writing."""
    return bytes(etree.tostring(etree.fromstring(part), method="c14n"))


def text_at(data: bytes, sheet: str, cell: str) -> str:
    return next(c.text for g in read_grids(data) if g.name == sheet for row in g.rows for c in row if c.cell == cell)


def with_formula(data: bytes, cell: str, formula: str) -> bytes:
    """A total that the officer made a formula, with the result that Excel left."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts(data).items():
            if name == "xl/worksheets/sheet3.xml":
                content = re.sub(
                    rf'(<c r="{cell}"[^>]*>)(<v>)'.encode(), rf"\1<f>{formula}</f>\2".encode(), content, count=1
                )
                assert formula.encode() in content
            target.writestr(name, content)
    return out.getvalue()


def test_a_cell_is_written_and_all_else_stays(workbook: bytes, liaoning: CompiledPack) -> None:
    written = set_cells(workbook, {CellRef(TABLE, "C7"): "１，２３４.5"})
    before, after = parts(workbook), parts(written)
    assert list(before) == list(after)
    changed = {n for n in before if before[n] != after[n]}
    sheet = "xl/worksheets/sheet3.xml"
    assert sheet in changed and all(n.startswith("xl/worksheets/") or n == "xl/workbook.xml" for n in changed)
    cell = re.compile(rb'<c r="C7"[^>]*?(/>|>.*?</c>)')
    assert cell.sub(b"", canonical(before[sheet])) == cell.sub(b"", canonical(after[sheet]))
    for name in changed - {sheet, "xl/workbook.xml"}:  # formulas that rest on it: their results alone are gone
        one, two = (re.sub(rb"<v>[^<]*</v>", b"", canonical(p[name])) for p in (before, after))
        assert one == two
    read = read_workbook(written, liaoning.pack)
    assert read.submission is not None and read.submission.tables["summary"].slots["r2"].value == Decimal("12345000")


def test_a_result_that_rests_on_a_written_cell_is_not_read_any_more(workbook: bytes, liaoning: CompiledPack) -> None:
    formula = with_formula(workbook, "C32", "SUM(C6:C13)")
    assert read_workbook(formula, liaoning.pack).submission.tables["summary"].slots["r27"].value == Decimal("57415000")  # type: ignore[union-attr]
    elsewhere = read_workbook(set_cells(formula, {CellRef(TABLE, "F7"): "1"}), liaoning.pack)
    assert elsewhere.submission.tables["summary"].slots["r27"].value == Decimal("57415000")  # type: ignore[union-attr]
    touched = read_workbook(set_cells(formula, {CellRef(TABLE, "C7"): "1"}), liaoning.pack)
    assert [f.cells[0].cell for f in touched.findings if f.id == "WB-054"] == ["C32"]
    assert touched.submission.tables["summary"].slots["r27"].blank  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "place", [CellRef(TABLE, "A6"), CellRef(TABLE, "ZZ9999"), CellRef("没有", "A1"), CellRef(TABLE, "C6;")]
)
def test_only_places_to_fill_in_are_written(workbook: bytes, place: CellRef) -> None:
    with pytest.raises(CellsError):
        set_cells(workbook, {place: "1"})


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [("1,595.76", "amount", "1595.76"), ("（3.5）", "amount", "-3.5"), ("43.75%", "percent", "0.4375"), ("=1+1", "amount", None), ("无", "amount", None), ("201", "text", None), ("1e400", "number", None)],
)  # fmt: skip
def test_what_is_typed_is_a_number_only_where_it_reads_as_one(text: str, kind: str, number: str | None) -> None:
    words, found = typed_value(text, kind)
    assert words == text and found == (None if number is None else Decimal(number))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60))
def test_typed_words_come_back_as_they_were(workbook: bytes, words: str) -> None:
    written = set_cells(workbook, {CellRef("基本信息", "B8"): words})
    assert text_at(written, "基本信息", "B8") == words.strip()
    assert b"<f>" not in parts(written)["xl/worksheets/sheet2.xml"]


def test_sheets_are_shown_with_their_places_choices_and_spans(workbook: bytes) -> None:
    grid = next(g for g in read_grids(workbook) if g.name == TABLE)
    cells = {c.cell: c for row in grid.rows for c in row}
    assert cells["A1"].colspan == 4 and "B1" not in cells and cells["E1"].text == ""
    assert cells["F2"].choices == ("元", "万元") and cells["F2"].entry
    assert cells["C6"].entry and cells["C6"].kind == "amount" and not cells["A6"].entry
    assert not any(g.name.startswith("_") for g in read_grids(workbook))
