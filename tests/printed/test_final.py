"""Through ``check`` and ``build --final``, on filled forms of real departments: what reads badly is not published."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from generator.cli.command_line import main
from tests.conftest import DEPARTMENTS
from tests.test_workbook import beside

Edit = Callable[[openpyxl.Workbook], None]


def filled(tmp_path: Path, seed: str, *edits: Edit) -> Path:
    folder = tmp_path / "部门"
    folder.mkdir()
    source = DEPARTMENTS[seed] / "填报表.xlsx"
    shutil.copy(source, folder)
    if edits:
        book = openpyxl.load_workbook(source)
        for edit in edits:
            edit(book)
        out = io.BytesIO()
        book.save(out)
        (folder / "填报表.xlsx").write_bytes(out.getvalue())
    return folder


def reason(title: str, text: str | None) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        for row in book["原因说明"].iter_rows():
            for cell in row[:3]:
                if cell.value == title:
                    row[3].value = text
                    return
        raise AssertionError(title)

    return edit


def every(*edits: Edit) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        for one in edits:
            one(book)

    return edit


INCOME = "收入总计与上年相比变化的原因"
BAD: list[tuple[str, str, Edit, str]] = [
    ("a hole", "001", reason(INCOME, "由于"), "DC-401"),
    ("half a bracket", "001", reason(INCOME, "上年收入包含信息化建设项目（已验收"), "DC-404"),
    ("two stops", "001", reason(INCOME, "项目验收；，人员减少"), "DC-403"),
    ("residue of the form", "001", reason(INCOME, "XX项目减少"), "DC-405"),
    ("an alternative", "001", reason(INCOME, "项目增加（减少）"), "DC-406"),
    ("a lone zero", "001", reason(INCOME, "0"), "DC-401"),
    ("parts above their whole", "001", reason(INCOME, "上年项目支出10.00万元，其中：甲项目8.00万元、乙项目9.00万元"), "DC-411"),
    ("a question without an answer", "002", beside("基本信息", "有没有下属预算单位", None), "TX-382"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "seed", "edit", "rule"), BAD, ids=[b[0] for b in BAD])
def test_what_reads_badly_is_an_error_with_its_cell(
    what: str, seed: str, edit: Edit, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = filled(tmp_path, seed, edit)
    assert main(["check", str(folder), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    found = [f for f in answer["findings"] if f["id"].startswith(rule)]
    assert found and found[0]["severity"] == "error" and not answer["publishable"], answer["findings"][:4]
    assert found[0]["cells"], found[0]


def test_final_does_not_publish_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = filled(tmp_path, "001", reason(INCOME, "上年收入包含“省民心网信息化建设项目"))
    out = tmp_path / "out"
    assert main(["build", str(folder), "--final", "--format", "txt", "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "DC-404" in said and "左引号没有配对" in said and "没有生成文件" in said
    assert not list(out.rglob("*.*"))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("主要原因是上年收入包含信息化建设项目。", "主要原因：上年收入包含信息化建设项目。"),
        ("主要是：上年项目已验收；", "主要原因：上年项目已验收。"),
        ("一是项目减少；二是人员减少", "主要原因：一是项目减少；二是人员减少。"),
    ],
)
def test_what_pack_and_person_both_bring_is_printed_once(typed: str, printed: str, tmp_path: Path) -> None:
    folder = filled(tmp_path, "001", reason(INCOME, typed))
    assert main(["build", str(folder), "--format", "txt", "--out", str(tmp_path / "out")]) == 0
    text = next((tmp_path / "out").rglob("*.txt")).read_text(encoding="utf-8")
    assert f"下降32.54%。{printed}\n" in text
