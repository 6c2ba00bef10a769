"""The annotated copy of the officer's workbook, and reasons given for warnings."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment

from generator.checks import accepted as explanations
from generator.cli.command_line import main
from generator.files.department import MARKED
from generator.model.figures import CellRef
from generator.model.findings import Finding, Severity
from generator.packs.compiled import CompiledPack
from generator.workbook.marks import LIST, annotate, clean
from generator.workbook.read import read_workbook
from tests.conftest import DEPARTMENTS
from tests.test_workbook import SOFFICE, beside, changed

ORIGINAL = (DEPARTMENTS["001"] / "填报表.xlsx").read_bytes()
FINDINGS = [
    Finding(
        "GK-103",
        Severity.ERROR,
        "左右不等 <&> “引号”",
        (CellRef("公开01表", "C36"), CellRef("公开01表", "F36")),
        hint="请核对。",
    ),
    Finding("GK-136", Severity.WARNING, "与上年不一致", (CellRef("上年数与年初预算", "B9"),)),
    Finding("WB-030", Severity.ERROR, "没有单元格的问题"),
]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n) for n in package.namelist()}


def same(one: bytes, two: bytes) -> bool:
    """Whether two workbooks hold the same parts; XML may be written in another way."""
    return {n: canonical(v) for n, v in parts(one).items()} == {n: canonical(v) for n, v in parts(two).items()}


def canonical(part: bytes) -> bytes:
    try:
        return bytes(etree.tostring(etree.fromstring(part), method="c14n"))
    except etree.XMLSyntaxError:
        return part


def test_only_what_was_added_differs() -> None:
    before, after = parts(ORIGINAL), parts(annotate(ORIGINAL, FINDINGS))
    assert set(before) <= set(after)
    touched = {n for n in before if before[n] != after[n]}
    assert touched <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        *(n for n in before if n.startswith("xl/worksheets/")),
    }
    assert len([n for n in touched if n.startswith("xl/worksheets/sheet")]) == 2
    assert all("juesuan" in n or "/_rels/" in n for n in set(after) - set(before))


def test_cleaning_gives_the_original_parts_back() -> None:
    assert parts(clean(annotate(ORIGINAL, FINDINGS))) == parts(ORIGINAL)


def test_annotating_again_replaces() -> None:
    twice = annotate(annotate(ORIGINAL, FINDINGS), FINDINGS[:1])
    assert parts(twice) == parts(annotate(ORIGINAL, FINDINGS[:1]))
    assert parts(clean(twice)) == parts(ORIGINAL)


def test_notes_and_list_are_in_place() -> None:
    book = openpyxl.load_workbook(io.BytesIO(annotate(ORIGINAL, FINDINGS)))
    assert book.sheetnames[0] == LIST
    note = book["公开01表"]["C36"].comment
    assert note is not None and "【错误】GK-103 左右不等 <&> “引号”" in note.text and "请核对。" in note.text
    assert book["上年数与年初预算"]["B9"].comment is not None
    sheet = book[LIST]
    assert sheet["D2"].value == "公开01表!C36" and sheet["D2"].hyperlink.location == "'公开01表'!C36"
    assert [sheet.cell(r, 3).value for r in (2, 3, 4)] == ["GK-103", "GK-136", "WB-030"]
    titles = book["公开01表"].print_title_rows
    assert titles  # the named print titles still belong to their own sheets


def test_the_marked_copy_reads_like_the_original(liaoning: CompiledPack) -> None:
    one, two = (read_workbook(d, liaoning.pack) for d in (ORIGINAL, annotate(ORIGINAL, FINDINGS)))
    assert one.submission == two.submission and one.findings == two.findings


def test_notes_of_people_stay() -> None:
    book = openpyxl.load_workbook(io.BytesIO(ORIGINAL))
    book["公开01表"]["C36"].comment = Comment("张三：此数待核", "张三")
    book["公开01表"]["C8"].comment = Comment("李四的批注", "李四")
    buffer = io.BytesIO()
    book.save(buffer)
    own = buffer.getvalue()
    marked = openpyxl.load_workbook(io.BytesIO(annotate(own, FINDINGS)))["公开01表"]
    assert marked["C36"].comment.text == "张三：此数待核" and marked["C8"].comment.text == "李四的批注"
    assert "GK-103" in marked["F36"].comment.text
    assert same(clean(annotate(own, FINDINGS)), own)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_opens_in_libreoffice_with_the_notes(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(annotate(ORIGINAL, FINDINGS))
    command = [
        str(SOFFICE),
        f"-env:UserInstallation=file://{tmp_path}/p",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
    ]
    subprocess.run(
        [*command, str(tmp_path / "o"), str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=120
    )
    book = openpyxl.load_workbook(tmp_path / "o" / "a.xlsx")
    assert book.sheetnames[0] == LIST
    assert "GK-103" in book["公开01表"]["C36"].comment.text


def test_check_writes_the_marked_copy_beside(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(department), "--mark"]) == 0
    assert (department / "填报表.xlsx").read_bytes() == ORIGINAL
    assert openpyxl.load_workbook(department / MARKED).sheetnames[0] == LIST
    assert main(["check", str(department), "--mark"]) == 0  # the marked copy is not taken for the form
    assert MARKED in capsys.readouterr().err


def warnings(department: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    main(["check", str(department), "--json"])
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["findings"]
    return found


def test_an_explained_warning_closes_and_opens_again_when_values_change(
    department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = [f for f in warnings(department, capsys) if f["id"] == "GK-136"]
    assert first[0]["severity"] == "warning"
    call = ["accept", str(department), "GK-136", "--reason", "机构改革，结余资金上缴财政", "--by", "王会计"]
    assert main(call) == 0
    closed = next(f for f in warnings(department, capsys) if f["id"] == "GK-136")
    assert closed["severity"] == "info" and "王会计" in str(closed["message"])
    (department / "填报表.xlsx").write_bytes(changed(beside("上年数与年初预算", "上年年末结转和结余", 300)))
    opened = next(f for f in warnings(department, capsys) if f["id"] == "GK-136")
    assert opened["severity"] == "warning" and "数字有变" in str(opened["message"])


def test_errors_cannot_be_explained_away(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (department / "填报表.xlsx").write_bytes(changed(beside("上年数与年初预算", "上年收入总计", None)))
    assert main(["accept", str(department), "WB-040", "--reason", "确实没有这个数", "--by", "甲"]) == 2
    assert main(["accept", str(department), "XX-1", "--reason", "确实没有这个数", "--by", "甲"]) == 2
    assert not (department / explanations.FILE).exists()
    assert "只有警告" in capsys.readouterr().err


def test_a_damaged_file_of_reasons_is_said_not_dropped(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (department / explanations.FILE).write_text("{坏", encoding="utf-8")
    assert main(["check", str(department)]) == 2
    assert (department / explanations.FILE).read_text(encoding="utf-8") == "{坏"
    assert explanations.FILE in capsys.readouterr().err
