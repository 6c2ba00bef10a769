"""The 填报表: written, read back, moved about and broken."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from generator.files.values import parse_number, parse_percent
from generator.model.figures import Figure
from generator.model.findings import Finding, Severity
from generator.model.submission import Text
from generator.packs.compiled import CompiledPack
from generator.packs.loader import load
from generator.packs.places import TEMPLATES
from generator.workbook.exported import import_tables
from generator.workbook.form.data import FormData, RowInput, TableInput, form_data
from generator.workbook.form.write import write_form
from generator.workbook.read import read_workbook
from tests.conftest import DEPARTMENTS, examined_of, pack_of
from tests.web.hostile import with_far_cell

FILLED = DEPARTMENTS["001"] / "填报表.xlsx"
SOFFICE = shutil.which("soffice")


def changed(edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The filled form of a real department after an edit in a spreadsheet program."""
    book = openpyxl.load_workbook(FILLED)
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def findings(data: bytes, compiled: CompiledPack) -> list[Finding]:
    return read_workbook(data, compiled.pack).findings


def only(found: list[Finding], rule: str) -> list[str]:
    return [str(f.cells[0]) for f in found if f.id == rule]


# openpyxl drops stored formula values when it saves, so formulas outside input cells read as blank


def test_reading_finds_nothing_wrong_with_real_inputs(seed: str) -> None:
    read = read_workbook(DEPARTMENTS[seed] / "填报表.xlsx", pack_of(seed))
    assert read.findings == []
    assert read.submission is not None
    assert any(f.number for f in next(iter(read.submission.tables.values())).slots.values())


def test_blank_form_asks_for_each_required_cell(liaoning: CompiledPack) -> None:
    read = read_workbook(write_form(liaoning.pack, 2024, "某某局"), liaoning.pack)
    assert {f.id for f in read.findings} == {"WB-040"}
    assert "公开01表!C36" in only(read.findings, "WB-040")
    assert all(f.cells for f in read.findings)


def test_written_again_the_same_bytes(liaoning: CompiledPack) -> None:
    submission = examined_of("001").submission
    assert submission is not None
    data = form_data(submission, liaoning.pack)
    assert write_form(liaoning.pack, 2024, "甲", data=data) == write_form(liaoning.pack, 2024, "甲", data=data)


def test_round_trip_through_a_form_keeps_every_value(seed: str) -> None:
    pack = pack_of(seed)
    submission = examined_of(seed).submission
    assert submission is not None
    for unit in ("元", "万元"):
        again = read_workbook(
            write_form(pack, 2024, submission.name, data=form_data(submission, pack, unit)), pack
        ).submission
        assert again is not None
        for name, table in submission.tables.items():
            assert {k: f.value for k, f in again.tables[name].slots.items()} == {
                k: f.value for k, f in table.slots.items()
            }
            assert [(r.code, r.name) for r in again.tables[name].rows] == [(r.code, r.name) for r in table.rows]
        for group, record in submission.groups.items():
            for key, value in record.items():
                other = again.groups[group][key]
                if isinstance(value, Figure):
                    assert isinstance(other, Figure) and other.value == value.value
                else:
                    assert other == value
        assert again.reasons == submission.reasons


def test_margin_follows_the_written_decimals(liaoning: CompiledPack) -> None:
    submission = examined_of("001").submission
    assert submission is not None
    slots = submission.tables["sangong"].slots
    assert slots["total.budget"].margin == 50  # 12.00 万元
    assert slots["total.final"].margin == Decimal("0.5")  # 11.9599 万元


# ------------------------------------------------------------------ moved about


def test_inserted_rows_and_columns_are_followed(liaoning: CompiledPack) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for name in ("公开02表", "公开05表", "公开09表"):
            sheet = book[name]
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            sheet.insert_rows(1, 2)
            sheet.insert_cols(2)
            sheet.insert_rows(10)

    read = read_workbook(changed(edit), liaoning.pack)
    assert read.submission is not None
    before = examined_of("001").submission
    assert before is not None
    for name in ("income", "general", "sangong"):
        old, new = before.tables[name], read.submission.tables[name]
        assert [(r.code, r.name) for r in new.rows] == [(r.code, r.name) for r in old.rows]
        assert {k: v.value for k, v in new.slots.items()} == {k: v.value for k, v in old.slots.items()}
        assert {k: v.value for k, v in new.totals.items() if isinstance(v, Figure)} == {
            k: v.value for k, v in old.totals.items() if isinstance(v, Figure)
        }


def test_renamed_sheet_is_found_by_its_title(liaoning: CompiledPack) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["公开03表"].title = "支出"

    found = findings(changed(edit), liaoning)
    assert only(found, "WB-031") == ["支出!A1"]
    assert not [f for f in found if f.severity.value == "error"]


def test_numbers_as_officers_write_them(liaoning: CompiledPack) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["公开09表"]
        sheet["B4"], sheet["C4"] = "１２．００", "11，959.9元"
        sheet["B5"], sheet["C5"] = " — ", "0"

    read = read_workbook(changed(edit), liaoning.pack)
    assert read.submission is not None
    slots = read.submission.tables["sangong"].slots
    assert slots["total.budget"].value == 120000
    assert slots["abroad.budget"].value is None  # a dash is a blank, not zero
    assert slots["abroad.final"].value == 0
    assert only(read.findings, "WB-053") == ["公开09表!C4"]  # 元 in a sheet of 万元


@pytest.mark.parametrize(
    ("written", "value", "decimals"),
    [
        ("1,595.76", "1595.76", 2),
        ("1，595.76", "1595.76", 2),
        ("１５９５．７６", "1595.76", 2),
        ("(1.50)", "-1.50", 2),
        ("−2", "-2", 0),
        (1595.7600000000002, "1595.76", 2),
        (0.1 + 0.2, "0.3", 1),
        ("", None, 0),
        ("/", None, 0),
        (0, "0", 0),
    ],
)
def test_amounts(written: object, value: str | None, decimals: int) -> None:
    parsed = parse_number(written)
    assert parsed.value == (None if value is None else Decimal(value))
    assert parsed.decimals == decimals and not parsed.error


@pytest.mark.parametrize("written", ["约12", "12.3.4", "1,59,5", "#REF!", True, "十二"])
def test_amounts_that_cannot_be_read(written: object) -> None:
    assert parse_number(written).error


def test_percentages() -> None:
    assert parse_percent("43.75%").value == Decimal("0.4375")
    assert parse_percent(0.4375).value == Decimal("0.4375")


# ------------------------------------------------------------------ broken


def put(sheet: str, cell: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        target: Worksheet = book[sheet]
        target[cell] = value

    return edit


def beside(sheet: str, label: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        for row in book[sheet].iter_rows(max_col=1):
            if str(row[0].value or "").endswith(label):
                row[0].offset(column=1).value = value

    return edit


BROKEN: list[tuple[str, Callable[[openpyxl.Workbook], None], str, str]] = [
    ("text in an amount", put("公开01表", "C6", "约五千"), "WB-051", "公开01表!C6"),
    ("a formula error", put("公开01表", "C6", "#REF!"), "WB-052", "公开01表!C6"),
    ("a formula never calculated", put("公开01表", "C6", "=SUM(A1:A2)"), "WB-054", "公开01表!C6"),
    ("a negative amount", put("公开05表", "C8", -5), "WB-055", "公开05表!C8"),
    ("an unknown code", put("公开05表", "A9", "2019901"), "WB-037", "公开05表!A9"),
    ("a code of wrong length", put("公开05表", "A9", "20103"), "WB-036", "公开05表!A9"),
    ("amounts without a code", put("公开05表", "A9", None), "WB-035", "公开05表!C9"),
    ("an empty required field", put("基本信息", "B6", None), "WB-040", "基本信息!B6"),
    ("half a vehicle", beside("三公与资产", "年末公务用车保有量", 1.5), "WB-056", "三公与资产!B20"),
    ("a choice outside the list", put("基本信息", "B7", "公司"), "WB-042", "基本信息!B7"),
]


@pytest.mark.parametrize(("what", "edit", "rule", "cell"), BROKEN, ids=[b[0] for b in BROKEN])
def test_broken_cells_are_named(
    what: str, edit: Callable[[openpyxl.Workbook], None], rule: str, cell: str, liaoning: CompiledPack
) -> None:
    found = findings(changed(edit), liaoning)
    assert cell in only(found, rule), [(f.id, str(f.cells[0])) for f in found]


def test_missing_sheet_is_named(liaoning: CompiledPack) -> None:
    found = findings(changed(lambda book: book.remove(book["公开04表"])), liaoning)
    assert [f for f in found if f.id == "WB-030" and "公开04表" in f.message]


def test_workbook_of_another_pack_is_one_clear_finding(liaoning: CompiledPack) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["_juesuan"]["B1"] = "elsewhere"

    read = read_workbook(changed(edit), liaoning.pack)
    assert read.submission is None
    assert [f.id for f in read.findings] == ["WB-021"]


# ------------------------------------------------------------------ hostile files


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return buffer.getvalue()


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "no workbook": (b"hello", "WB-003"),
    "empty": (b"", "WB-004"),
    "truncated": (FILLED.read_bytes()[:20000], "WB-004"),
    "entities": (zipped({"xl/workbook.xml": BOMB}), "WB-008"),
    "zip bomb": (zipped({"xl/workbook.xml": b"<x/>", "xl/big.bin": b"0" * 60_000_000}), "WB-005"),
    "macro": (zipped({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"}), "WB-007"),
    "path": (zipped({"xl/workbook.xml": b"<x/>", "../evil": b"x"}), "WB-006"),
    "a Word file": (zipped({"word/document.xml": b"<x/>"}), "WB-003"),
    "far cell": (changed(put("公开02表", "XFD1048576", " ")), "WB-009"),
    "broken parts": (zipped({"xl/workbook.xml": b"<x", "[Content_Types].xml": b"<y"}), "WB-004"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_refused(name: str, liaoning: CompiledPack) -> None:
    data, rule = HOSTILE[name]
    read = read_workbook(data, liaoning.pack)
    assert read.submission is None
    assert [f.id for f in read.findings] == [rule]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ('<row r="900000"><c r="D900000" t="inlineStr"><is><t>x</t></is></c></row>', "D900000"),
        ("<row r='2'><x:c s='1' r='ZZZ2'><x:f>1</x:f><x:v>1</x:v></x:c></row>", "ZZZ2"),
        ('<row r="2"><c r="xfd2"><v>1</v></c></row>', "XFD2"),
        ('<row r="1000000"><c><v>1</v></c></row>', "A1000000"),
        (
            '<row r="2"><c r="OJ2"><v>1</v></c><c r="XFD2" s="1"/><c r="XFC2" s="1"></c></row><row r="1048576" s="1"/>',
            "",
        ),
        ('<row r="99999"><c r="B99999"><v>1</v></c></row>', ""),
    ],
)
def test_content_far_from_every_table_is_named(rows: str, cell: str, liaoning: CompiledPack) -> None:
    """A stray character would make the reader take all memory; a format far away does no harm."""
    read = read_workbook(with_far_cell(rows), liaoning.pack)
    told = [f for f in read.findings if f.id == "WB-009"]
    assert [f.cells[0].cell for f in told] == ([cell] if cell else [])
    assert all(cell in f.message and cell in f.hint for f in told)


def test_flipped_bytes_never_raise(liaoning: CompiledPack) -> None:
    original = FILLED.read_bytes()
    for seed in range(40):
        rng = random.Random(seed)
        data = bytearray(original)
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        cut = rng.choice([len(data), rng.randrange(len(data))])
        read = read_workbook(bytes(data[:cut]), liaoning.pack)
        assert read.submission is not None or read.findings


AMOUNT = st.decimals(min_value=0, max_value=10**7, places=2).map(str)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=0, max_size=8), st.sampled_from(["元", "万元"]))
def test_any_table_survives_the_form(liaoning: CompiledPack, amounts: list[tuple[str, str, str]], unit: str) -> None:
    codes = list(liaoning.pack.functional)[: len(amounts)]
    rows = [
        RowInput(c, liaoning.pack.functional[c].name, dict(zip(("total", "basic", "project"), a, strict=True)))
        for c, a in zip(codes, amounts, strict=True)
    ]
    data = FormData(unit, {"general": TableInput({}, rows, {"total": "1.10"})})
    read = read_workbook(write_form(liaoning.pack, 2024, "甲", data=data), liaoning.pack)
    assert read.submission is not None
    size = 10000 if unit == "万元" else 1
    table = read.submission.tables["general"]
    assert [r.code for r in table.rows] == codes
    for row, values in zip(table.rows, amounts, strict=True):
        assert [f.value for f in row.cells.values() if isinstance(f, Figure)] == [Decimal(v) * size for v in values]


# ------------------------------------------------------------------ import and LibreOffice


def test_exported_tables_are_taken_in(tmp_path: Path, liaoning: CompiledPack) -> None:
    path = tmp_path / "导出.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("GK09")
    lines = [
        ["财政拨款“三公”经费支出决算表"],
        ["公开09表"],
        ["部门：某某局", "", "单位：万元"],
        ["项    目", "预算数", "决算数"],
        ["合    计", "12.00", "11.96"],
        ["1、因公出国（境）费", "", ""],
        ["2、公务接待费", "", ""],
        ["3、公务用车购置及运行费", 12, 11.96],
        ["其中:（1）公务用车运行维护费", 12, 11.96],
        ["     （2）公务用车购置费", "", ""],
    ]
    for r, line in enumerate(lines):
        for c, value in enumerate(line):
            sheet.write(r, c, value)
    book.close()
    made = import_tables([path], liaoning.pack)
    data, found = made.data, made.findings
    assert data.tables["sangong"].slots["running.final"] == "119600"
    assert data.tables["sangong"].slots["abroad.final"] == ""
    assert {f.id for f in found} == {"WB-030"}  # the other eight tables are not in the file
    form = read_workbook(write_form(liaoning.pack, 2024, "某某局", data=data), liaoning.pack)
    assert form.submission is not None
    assert form.submission.tables["sangong"].slots["total.final"].value == 119600


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_values_and_drop_downs(tmp_path: Path, liaoning: CompiledPack) -> None:
    source = tmp_path / "填报表.xlsx"
    source.write_bytes(FILLED.read_bytes())
    out = tmp_path / "out"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(out),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = out / "填报表.xlsx"
    read = read_workbook(saved, liaoning.pack)
    before = examined_of("001").submission
    assert read.submission is not None and before is not None
    assert not [f for f in read.findings if f.severity.value == "error"]
    for name, table in before.tables.items():
        assert {k: v.value for k, v in read.submission.tables[name].slots.items()} == {
            k: v.value for k, v in table.slots.items()
        }
    assert read.submission.reasons["income"] == Text(before.reasons["income"].value)
    book = openpyxl.load_workbook(saved)
    lists = [
        (name, str(v.formula1))
        for name in book.sheetnames
        for v in book[name].data_validations.dataValidation
        if v.type == "list"
    ]
    assert any(name == "公开05表" and "_科目" in formula for name, formula in lists)
    assert any(name == "基本信息" and "部门" in formula for name, formula in lists)
    assert any(name == "公开01表" and "万元" in formula for name, formula in lists)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_live_checks_calculate(tmp_path: Path, liaoning: CompiledPack) -> None:
    """The sheet 勾稽: ✓ for the real department, the difference where a total is wrong."""
    wrong = changed(put("公开01表", "F32", 5616.90))
    (tmp_path / "good.xlsx").write_bytes(FILLED.read_bytes())
    (tmp_path / "wrong.xlsx").write_bytes(wrong)
    command = [
        str(SOFFICE),
        f"-env:UserInstallation=file://{tmp_path}/p",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    files = [str(tmp_path / "good.xlsx"), str(tmp_path / "wrong.xlsx")]
    subprocess.run([*command, "--outdir", str(tmp_path / "o"), *files], check=True, capture_output=True, timeout=120)
    results = {}
    for name in ("good", "wrong"):
        sheet = openpyxl.load_workbook(tmp_path / "o" / f"{name}.xlsx", data_only=True)["勾稽"]
        rows = sheet.iter_rows(min_row=5, max_col=3, values_only=True)
        results[name] = {str(r[0]): str(r[2]) for r in rows if r[2] != "✓"}
    assert set(results["good"]) == {"GK-136"}  # a warning of the department's own
    assert results["wrong"]["GK-102"] == "差 -100.00 万元"
    assert {"GK-105", "GK-126"} <= set(results["wrong"])


def test_a_form_from_before_a_list_was_added_reads_as_it_was(tmp_path: Path, liaoning: CompiledPack) -> None:
    """A list that the pack gained since takes no rows from its neighbour with the same columns."""
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    (root / "earlier").mkdir()
    meta = 'id = "earlier"\ntitle = "旧"\nextends = "liaoning"\n[remove]\nlist = ["units_gone"]\nblock = ["overview.gone"]\n'
    (root / "earlier" / "pack.toml").write_text(meta, encoding="utf-8")
    earlier = load("earlier", root).pack
    earlier = replace(earlier, meta=earlier.meta.model_copy(update={"id": "liaoning"}))
    submission = examined_of("001").submission
    assert submission is not None
    form = write_form(earlier, 2024, submission.name, data=form_data(submission, earlier))
    read = read_workbook(form, liaoning.pack)
    assert read.submission is not None and read.submission.lists["units_gone"] == ()
    assert len(read.submission.lists["units"]) == len(submission.lists["units"])
    assert {f.severity for f in read.findings} <= {Severity.INFO}
