"""The form that is filled in: one money unit, nothing printed smaller than 8 pt."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from generator.model import CellRef
from generator.packs import CompiledPack, load
from generator.workbook import read_workbook, set_cells, write_form

PACKS = ("liaoning", "chaoyang", "xinjiang", "shanghai", "dalian-budget", "shanghai-budget")
UNIT = CellRef("基本信息", "B3")


def opened(pack: str, year: int = 2024) -> Workbook:
    return load_workbook(io.BytesIO(write_form(load(pack, year=year).pack, year, "某局")))


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_printed_smaller_than_8_pt(pack: str) -> None:
    """By the arithmetic of Excel: widths in characters of 7 pixels, A4 between the margins."""
    sizes = {}
    for sheet in (s for s in opened(pack).worksheets if s.sheet_state == "visible"):
        used = [sheet.column_dimensions[get_column_letter(k + 1)].width for k in range(sheet.max_column)]
        inches = sum(round(w * 7) for w in used) / 96
        page = sheet.page_setup
        assert int(page.paperSize) == 9
        across = 11.69 if page.orientation == "landscape" else 8.27
        room = across - sheet.page_margins.left - sheet.page_margins.right
        fit = sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
        scale = min(1.0, room / inches) if fit else (page.scale or 100) / 100
        smallest = min(c.font.sz for row in sheet.iter_rows() for c in row if c.value not in (None, ""))
        sizes[sheet.title] = smallest * scale
    assert len(sizes) > 15 and {name: size for name, size in sizes.items() if size < 7.99} == {}


@pytest.mark.parametrize("pack", PACKS)
def test_the_money_unit_is_chosen_once(pack: str) -> None:
    book = opened(pack)
    typed = [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in ("元", "万元") and not cell.protection.locked
    ]
    assert typed == [("基本信息", "B3")]


@pytest.fixture
def form(liaoning: CompiledPack) -> bytes:
    blank = write_form(liaoning.pack, 2024, "某局")
    return set_cells(blank, {CellRef("公开01表", "C6"): "212", CellRef("上年数与年初预算", "B7"): "100"})


def amounts(data: bytes, pack: CompiledPack) -> tuple[object, object, list[str]]:
    read = read_workbook(data, pack.pack)
    assert read.submission is not None
    slots = [f.value for f in read.submission.tables["summary"].slots.values() if f.value is not None]
    prior = [getattr(v, "value", None) for v in read.submission.groups["prior"].data.values()]
    told = [f.id for f in read.findings if f.id in ("WB-038", "WB-066", "WB-066/two")]
    return slots, [v for v in prior if v], told


def test_the_chosen_unit_holds_for_every_sheet_and_one_that_differs_says_so(
    form: bytes, liaoning: CompiledPack
) -> None:
    assert amounts(form, liaoning) == ([212], [100], [])
    wan = set_cells(form, {UNIT: "万元"})  # the sheets' own formulas have no result now
    assert amounts(wan, liaoning) == ([2120000], [1000000], [])
    other = set_cells(wan, {CellRef("上年数与年初预算", "B3"): "元"})
    assert amounts(other, liaoning) == ([2120000], [100], [])


def test_a_unit_of_the_form_that_is_not_understood_is_an_error(form: bytes, liaoning: CompiledPack) -> None:
    read = read_workbook(set_cells(form, {UNIT: "美元"}), liaoning.pack)
    said = [f.cells[0] for f in read.findings if f.id.startswith("WB-066")]
    assert said == [UNIT] and not any(f.id == "WB-038" for f in read.findings)
