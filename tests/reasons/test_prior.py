"""Last year's figures: from the workbook, from published xlsx, docx and pdf; codes that were merged; rolling."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.publish import build
from generator.files.department import WORKBOOK
from generator.files.published.as_sheets import sheets_of
from generator.files.published.reader import read_publication
from generator.packs.loader import load
from generator.packs.places import TEMPLATES
from generator.reasons.last_year import LastSource, lines, read_last
from generator.reasons.next_year import carried, roll
from generator.workbook.form.write import write_form
from tests.conftest import DEPARTMENTS, examined_of


def last_of(seed: str, root: Path | None = None) -> LastSource:
    return read_last([DEPARTMENTS[seed] / WORKBOOK], load(examined_of(seed).compiled.pack.id, root), 2025)  # type: ignore[union-attr]


def test_the_next_year_begins_with_this_years_closing_figures(tmp_path: Path) -> None:
    source = examined_of("001")
    assert source.compiled is not None and source.context is not None
    rolled = roll(source.compiled, source.context, source.workbook, 2025)
    folder = tmp_path / "2025"
    folder.mkdir()
    (folder / WORKBOOK).write_bytes(rolled.workbook)
    after = examine(folder)
    assert after.submission is not None and after.submission.year == 2025
    prior = after.submission.groups["prior"]
    wan = Decimal(10000)
    assert [prior[k].number / wan for k in ("income", "expenditure", "closing", "fiscal", "vehicle", "operating")] == [  # type: ignore[union-attr]
        Decimal("5743.67"), Decimal("5516.9"), Decimal("226.77"), Decimal("5516.84"), Decimal("11.9599"), Decimal("309.18"),
    ]  # fmt: skip
    items = after.submission.lists["items"]
    assert [str(r["code"]) for r in items] == [str(r["code"]) for r in source.submission.lists["items"]]  # type: ignore[union-attr]
    assert {str(r["use"]) for r in items} and not any(str(r["reason"]) for r in items)
    assert [str(r["name"]) for r in after.submission.lists["units"]] == [
        str(r["name"]) for r in source.submission.lists["units"]
    ]  # type: ignore[union-attr]
    assert not any(t.value for t in after.submission.reasons.values())
    assert all(t.empty for t in after.submission.tables.values())
    origin = after.submission.groups["origin"]
    assert str(origin["sha256"]) == hashlib.sha256(source.workbook.read_bytes()).hexdigest()
    assert str(origin["file"]).endswith(WORKBOOK)
    last = after.context.last if after.context else None
    assert last is not None and last.at("expenditure[2010302].project").number == 26549900  # type: ignore[union-attr]
    assert last.at("projects[12345平台管理经费].executed").number == 894200  # type: ignore[union-attr]
    assert last.has("fund") and last.at("fund.total.total").number == 0  # type: ignore[union-attr]


def test_what_was_taken_from_where_is_kept_line_by_line() -> None:
    found = {line.key: line for line in lines(last_of("000"), 2025)}
    assert found["summary.r31"].source == "公开01表!C36" or "公开01表!" in found["summary.r31"].source
    assert found["basic.e30113"].amount.number == 916100 and "公开06表" in found["basic.e30113"].source
    assert found["general[2210201].total"].label == "住房公积金"


def test_blank_is_not_zero_when_it_is_carried() -> None:
    """No reception in the table of 000: the next year asks for it instead of taking a zero."""
    last = last_of("000")
    data, taken = carried(last, last.compiled, 2025)
    assert "prior.reception" not in data.fields
    assert any(t.label == "上年公务接待费" and "没有的请填0" in t.shown for t in taken)


@pytest.mark.parametrize("form", ["xlsx", "docx", "pdf"])
def test_published_tables_give_the_same_figures(form: str, tmp_path: Path) -> None:
    built = build(DEPARTMENTS["000"], formats=(form,), out=tmp_path)
    path = next(p for p in built.files if p.suffix == f".{form}")  # type: ignore[union-attr]
    own = examined_of("000").compiled
    assert own is not None
    read = {line.key: line.amount for line in lines(read_last([path], own, 2025), 2025)}
    known = {line.key: line.amount for line in lines(last_of("000"), 2025) if not line.key.startswith("projects")}
    assert read.keys() == known.keys() and len(read) > 100
    assert all(abs(read[k].number - known[k].number) <= read[k].margin for k in read)


@pytest.mark.parametrize("draft", [False, True])
def test_tables_over_several_pages_are_put_together(draft: bool, tmp_path: Path) -> None:
    """Ninety subjects, in Word and in PDF; of a draft the watermark is not read, and it is said to be one."""
    from dataclasses import replace

    from generator.writers.docx import write_docx
    from generator.writers.pdf import write_pdf
    from tests.reasons.planted import filled, table
    from tools.made.fill_inputs import form_data

    compiled = load("liaoning")
    codes = [c for c in compiled.pack.functional if len(c) == 7][:90]
    made = filled(2024)
    names = {c: s.name for c, s in compiled.pack.functional.items()}
    made.tables["general"] = table({c: {"basic": 10000 + 7 * k} for k, c in enumerate(codes)}, names)
    book = tmp_path / WORKBOOK
    book.write_bytes(write_form(compiled.pack, 2024, "某局", data=form_data(made)))
    document = examine(book).document
    assert document is not None
    document = replace(document, draft=draft)
    known_lines = {
        line.key: line.amount.number
        for line in lines(read_last([book], compiled, 2025), 2025)
        if "projects" not in line.key
    }
    for name, write in (("某局.docx", write_docx), ("某局.pdf", write_pdf)):
        path = tmp_path / name
        path.write_bytes(write(document))
        last = read_last([path], compiled, 2025)
        found = {line.key: line.amount for line in lines(last, 2025)}
        assert found.keys() == known_lines.keys() and len(found) > 250
        assert all(abs(f.number - known_lines[k]) <= f.margin for k, f in found.items())
        assert [f.id for f in last.findings if f.id == "WB-058"] == (["WB-058"] if draft else [])


def test_exported_tables_of_the_final_accounts_system_are_read_too(tmp_path: Path) -> None:
    """The tables alone, with nothing that says they are from this program."""
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("GK05")
    rows = [
        ["一般公共预算财政拨款支出决算表"], ["", "", "", "", "公开05表"], ["编制单位：某局", "", "", "", "金额单位：元"],
        ["项目", "", "本年支出"], ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"], ["栏次", "", 1, 2, 3],
        ["", "合计", 300.5, 200.5, 100], [2010301, "行政运行", 200.5, 200.5, ""], ["2010302", "一般行政管理事务", 100, "", 100],
    ]  # fmt: skip
    for r, values in enumerate(rows):
        for c, value in enumerate(values):
            sheet.write(r, c, value)
    book.close()
    path = tmp_path / "导出.xlsx"
    path.write_bytes(buffer.getvalue())
    last = read_last([path], load("liaoning"), 2025)
    found = {line.key: line.amount for line in lines(last, 2025)}
    assert last.tables == ("general",)
    assert found["general[2010301].basic"].number == Decimal("200.5") and found["general[2010301].basic"].margin == 0
    assert found["general.total.total"].number == Decimal("300.5")
    assert any(f.id == "WB-030" for f in last.findings)


def test_codes_that_were_merged_are_mapped_from_their_year_on(tmp_path: Path) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    (root / "liaoning" / "renames.toml").write_text(
        '[[rename]]\nid = "x"\nsince = 2025\nold = ["2010350"]\ncode = "2010301"\nbasis = "示例：并入行政运行"\n',
        encoding="utf-8",
    )
    last = last_of("001", root)
    now = {line.key: line for line in lines(last, 2025)}
    merged = now["expenditure[2010301].total"]
    assert merged.amount.number == Decimal("17445400") + Decimal("1019800") and len(merged.amount.cells) == 2
    assert "原编码2010350" in merged.note and "示例" in merged.note
    assert not any("2010350" in key for key in now)
    data, taken = carried(last, last.compiled, 2025)
    rows = {row["code"]: row for row in data.lists["items"]}
    assert "2010350" not in rows and Decimal(rows["2010301"]["prior"]) == Decimal("1846.46")  # 公开05表
    assert any("2010350" in t.note for t in taken)
    # the year before the change the codes are what they were
    assert any("2010350" in line.key for line in lines(last, 2024))


def test_roll_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.department.sealed_note", lambda path: f"第1版（{path.name}）", raising=False)
    arguments = ["roll", str(DEPARTMENTS["004"]), "--to", "2025", "--out", str(tmp_path / "新")]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "上年收入总计：2697.6万元" in said and "公开01表!" in said
    after = examine(tmp_path / "新")
    assert after.submission is not None and str(after.submission.groups["origin"]["sealed"]) == f"第1版（{WORKBOOK}）"
    assert main(arguments) == 2 and "不覆盖" in capsys.readouterr().err
    assert main([*arguments[:3], "2024", "--out", str(tmp_path / "旧")]) == 2


def test_a_sealed_version_in_the_store_is_noted(tmp_path: Path) -> None:
    from generator.department.sealed import sealed_note
    from generator.versions.store import Store

    shutil.copytree(DEPARTMENTS["000"], tmp_path / "部门")
    book = tmp_path / "部门" / WORKBOOK
    assert sealed_note(book) == ""
    built = build(book, formats=("txt",), out=tmp_path / "出")
    with Store.open(book.parent) as store:
        store.seal(built.version, "张三", "2025-08-01T09:00:00", "公开")  # type: ignore[union-attr]
    said = sealed_note(book)
    assert said.startswith(f"第{built.version}版（已封存") and hashlib.sha256(book.read_bytes()).hexdigest() in said  # type: ignore[union-attr]
    book.write_bytes(book.read_bytes() + b" ")
    assert "与封存时不同" in sealed_note(book)


def test_new_with_last_years_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prior = str(DEPARTMENTS["000"] / WORKBOOK)
    target = tmp_path / "甲"
    assert (
        main(["new", "--pack", "liaoning", "--year", "2025", "--name", "某中心", "--prior", prior, "--", str(target)])
        == 0
    )
    assert "上年支出合计：1499.76万元" in capsys.readouterr().out
    made = examine(target)
    assert made.submission is not None and made.submission.name == "某中心"
    assert (
        main(
            [
                "new",
                "--pack",
                "liaoning",
                "--year",
                "2024",
                "--name",
                "某中心",
                "--prior",
                prior,
                "--",
                str(tmp_path / "乙"),
            ]
        )
        == 2
    )
    assert not (tmp_path / "乙").exists()


@pytest.mark.parametrize("name", ["坏.docx", "坏.pdf", "坏.xlsx"])
def test_a_broken_file_is_said_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 nothing" if not name.endswith("pdf") else b"%PDF-1.7 nothing")
    assert (
        main(
            [
                "new",
                "--pack",
                "liaoning",
                "--year",
                "2025",
                "--name",
                "某局",
                "--prior",
                str(path),
                "--",
                str(tmp_path / "丙"),
            ]
        )
        == 2
    )
    assert "上年的文件里没有可以带入的报表" in capsys.readouterr().err
    assert not (tmp_path / "丙").exists()


@pytest.mark.parametrize("span", ["abc", "", "-3", "99999999999"])
def test_a_cell_of_a_word_table_that_says_it_is_endless(span: str, tmp_path: Path) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>收入</w:t></w:r></w:p></w:tc>'
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}"><w:body><w:tbl><w:tr>{cell}</w:tr></w:tbl></w:body></w:document>',
        )
    [sheet] = sheets_of(read_publication(tmp_path / "a.docx")).sheets
    assert sheet.rows[0][0] == "收入" and len(sheet.rows[0]) <= 400


def test_a_damaged_pdf_is_one_finding_whatever_the_library_thinks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for box in (b"[/A /B 0 1]", b"[0 0]", b"(no)", b"[0 0 (x) 842]", b"[0 0 595 842]"):
        objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                   b"<</Type/Page/Parent 2 0 R/Resources<<>>/MediaBox[0 0 595 842]/TrimBox " + box + b">>")  # fmt: skip
        page = (
            b"%PDF-1.4\n"
            + b"".join(b"%d 0 obj\n%s\nendobj\n" % (k, o) for k, o in enumerate(objects, 1))
            + b"trailer\n<</Root 1 0 R>>\n"
        )
        (tmp_path / "a.pdf").write_bytes(page)
        opened = sheets_of(read_publication(tmp_path / "a.pdf"))
        assert not opened.sheets and [f.id for f in opened.findings] == ["WB-013"]  # no words in it
    assert not capsys.readouterr().err
