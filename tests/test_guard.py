"""One guard at both doors, one module for the parts of a workbook, rosters as people's programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from generator.files import Package, ReadError, as_text, open_workbook, roster_of, write_cells
from generator.files.a1 import CellsError, area, cell_name, position
from generator.files.safety import MAX_ROWS
from generator.model.figures import CellRef
from generator.web.work.tasks import intake
from generator.workbook.cells import references, set_cells
from tests.conftest import DEPARTMENTS
from tests.web.hostile import EXTERNAL, XXE, _with

FORM = (DEPARTMENTS["001"] / "填报表.xlsx").read_bytes()
LINKED = EXTERNAL.replace("http://x/externalLinkPath", "http://x/{}")


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: _with(xl__externalLinks__externalLink1_dot_xml="<x/>"), "WB-010"),
        (lambda: _with(xl__worksheets___rels__sheet3_dot_xml_dot_rels=LINKED.format("image")), "WB-010"),
        (lambda: _with(xl__connections_dot_xml="<x/>"), "WB-011"),
        (lambda: _with(xl__activeX__a_dot_xml="<x/>"), "WB-011"),
        (lambda: _with(xl__styles_dot_xml="<!--" + "x" * 90_000 + "-->" + XXE[21:]), "WB-008"),
        (lambda: _with(xl__styles_dot_xml=("\ufeff" + XXE[21:]).encode("utf-16-be")), "WB-008"),
        (lambda: _with(**{"..\\..\\x": "x"}), "WB-006"),
    ],
)
def test_both_doors_refuse_the_same(make: Callable[[], bytes], rule: str, tmp_path: Path) -> None:
    data = make()
    (tmp_path / "填报表.xlsx").write_bytes(data)
    told = intake(str(tmp_path / "填报表.xlsx"), "填报表.xlsx", "辽宁省数据局", "liaoning", 2024, "", lambda _: None)
    opened = open_workbook(data, "填报表.xlsx")
    assert [f.id for f in opened.findings] == [f["id"] for f in told["refused"]] == [rule]
    assert opened.findings[0].message == told["refused"][0]["message"] and not opened.sheets


def test_a_link_that_people_may_click_is_no_link_to_another_file() -> None:
    data = _with(xl__worksheets___rels__sheet3_dot_xml_dot_rels=LINKED.format("hyperlink"))
    assert not open_workbook(data, "x").findings


# ------------------------------------------------------------------ parts


def made(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def altered(data: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """A package with its parts renamed or rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(*change(name, source.read(name)))
    return out.getvalue()


def prefixed(name: str, part: bytes) -> tuple[str, bytes]:
    """As some programs write: every name with a prefix, backslashes in paths."""
    root = etree.fromstring(part)
    if root.nsmap.get(None) and "spreadsheetml" in root.nsmap[None]:
        copy = etree.Element(
            root.tag, root.attrib, {"x": root.nsmap[None], **{k: v for k, v in root.nsmap.items() if k}}
        )
        copy.extend(list(root))
        part = etree.tostring(copy, xml_declaration=True, encoding="UTF-8")
    return name.replace("/", "\\") if name.startswith("xl/worksheets/sheet") else name, part


def strict(name: str, part: bytes) -> tuple[str, bytes]:
    part = part.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    return name, part.replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


@pytest.mark.parametrize("way", [prefixed, strict])
def test_other_programs_ways_of_writing_read_the_same(way: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    other = altered(FORM, way)
    assert other != FORM
    one, two = open_workbook(FORM, "x"), open_workbook(other, "x")
    assert one.sheets == two.sheets and one.sheets and not two.findings
    place = CellRef("公开01表", "C7")
    written = {s.name: s for s in open_workbook(set_cells(other, {place: "1234.5"}), "x").sheets}[place.sheet]
    before = next(s for s in one.sheets if s.name == place.sheet)
    where = [
        (r, c) for r in range(len(before.rows)) for c in range(before.width) if before.at(r, c) != written.at(r, c)
    ]
    assert where == [(6, 2)] and str(written.at(6, 2)) == "1234.5"


def test_a_cell_is_put_in_at_its_place() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet["B2"], sheet["D2"], sheet["B9"] = 1, 2, 3

    data = made(fill)
    refs = {CellRef("Sheet", c): c for c in ("A1", "C2", "E2", "A2", "B5", "B12", "AA2")}
    root = Package(write_cells(data, refs)).tree("xl/worksheets/sheet1.xml")
    names = [c.get("r") for c in root.iter("{*}c")]
    assert names == ["A1", "A2", "B2", "C2", "D2", "E2", "AA2", "B5", "B9", "B12"]
    assert [r.get("r") for r in root.iter("{*}row")] == ["1", "2", "5", "9", "12"]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(B2:$C$8)-D1", [("", (1, 1, 7, 2)), ("", (0, 3, 0, 3))]),
        ("'甲''乙'!A:A+公开01表!B3", [("甲'乙", (0, 0, 1048575, 0)), ("公开01表", (2, 1, 2, 1))]),
        ('IF(A1="B2","C3",1)', [("", (0, 0, 0, 0))]),
        ("全年合计*2", None), ("T[金额]", None), ("[1]x!A1", None), ("一:三!A1", None), ("", None), ("A1" * 9000, None), ('"', None),
    ],
)  # fmt: skip
def test_what_a_formula_rests_on(formula: str, found: list[object] | None) -> None:
    known = references(formula)
    assert (None if known is None else list(known)) == found


@pytest.mark.parametrize("words", ["", "A", "1", "A0x", "AAAA1", "a1", "A12345678", "Ａ1", "A1;", "$A$1"])
def test_only_cells_are_cells(words: str) -> None:
    with pytest.raises(CellsError):
        position(words)


def test_a_stored_number_is_what_was_typed() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 85.29, 0.1 + 0.2, 1e15, "85.29000000000001"

    data = altered(made(fill), lambda n, p: (n, p.replace(b"<v>85.29</v>", b"<v>85.29000000000001</v>")))
    assert [as_text(r[0]) for r in open_workbook(data, "x").sheets[0].rows] == [
        "85.29", "0.3", "1000000000000000", "85.29000000000001",
    ]  # fmt: skip


def test_names_of_cells_and_back() -> None:
    for row, column in ((0, 0), (7, 2), (98, 25), (98, 26), (99_998, 701), (1048575, 16383)):
        assert position(cell_name(row, column)) == (row, column)
    assert area("x") is None and area("B2") == (1, 1, 1, 1) and area("A" * 50) is None


def test_a_sheet_that_would_fill_the_memory_is_refused() -> None:
    rows = "".join(f'<row r="{k}"><c r="OJ{k}"><v>1</v></c></row>' for k in range(1, 16_000))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    opened = open_workbook(_with(xl__worksheets__sheet3_dot_xml=sheet), "x")
    assert [f.id for f in opened.findings] == ["WB-005"] and "公开01表" in opened.findings[0].message
    last = sheet.replace("</sheetData>", f'<row r="{MAX_ROWS + 1}"><c><v>1</v></c></row></sheetData>').replace(
        "OJ", "A"
    )
    assert [
        str(c) for f in open_workbook(_with(xl__worksheets__sheet3_dot_xml=last), "x").findings for c in f.cells
    ] == ["公开01表!A100000"]


# ------------------------------------------------------------------ rosters


@pytest.mark.parametrize(
    "data",
    [
        '序号,部门名称,备注\n1,"某局,本级","说明\n两行"\n2,第二局,\n'.encode("utf-8-sig"),
        '部门名称\t上级\n"某局,本级"\t甲\n第二局\t\n'.encode("utf-16"),
        "部门名称;上级\n某局,本级;甲\n第二局;\n".encode("gb18030"),
    ],
)
def test_a_roster_in_any_dialect(data: bytes) -> None:
    assert [e.name for e in roster_of(data, "名单.csv")] == ["某局,本级", "第二局"]


def test_one_unit_written_two_ways_is_one() -> None:
    names = "单位名称\n某某局（本级）\n某某局(本级)\n 某某局 （本级）\n某某局\n"
    assert [e.name for e in roster_of(names.encode(), "名单.csv")] == ["某某局（本级）", "某某局"]
    with pytest.raises(ReadError):
        roster_of(b'"' + b"x" * 300_000, "a.csv")
