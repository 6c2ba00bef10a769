"""送审稿: marks where the text changed since the last version, and a sheet of what was checked."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.publish import build
from generator.files import write_cells


def words(path: Path) -> str:
    document = docx.Document(io.BytesIO(path.read_bytes()))
    cells = (c.text for t in document.tables for r in t.rows for c in r.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_the_copy_is_marked_and_the_sheet_says_what_was_checked(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "送审"
    assert main(["signing", str(department), "--out", str(out)]) == 0
    assert "没有生成过" in capsys.readouterr().out and "以前没有生成过" in words(out / "送审单.docx")
    build(department, formats=("txt",), out=tmp_path / "出")
    submission = examine(department).submission
    assert submission is not None
    income = submission.tables["summary"].slots["r29"]
    workbook = department / "填报表.xlsx"
    reason = submission.reasons["income"].cells[0]
    changes = {income.cells[0]: "2.19", reason: "上年安排的项目已经验收"}
    workbook.write_bytes(write_cells(workbook.read_bytes(), changes))
    code = main(["signing", str(department), "--out", str(out)])
    said = words(out / "送审单.docx")
    errors = [f for f in examine(department).findings if f.severity == "error"]
    assert code == (1 if errors else 0) and all(f.message in said for f in errors)
    assert "年初结转和结余（行次29）" in said and "2.18" in said and "2.19" in said
    assert "通过" in said and "经办人：" in said and "第 1 版" in said
    body = docx.Document(io.BytesIO((out / "送审稿.docx").read_bytes())).element.body
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    marked = "".join(t.text or "" for i in body.iter(f"{tag}ins") for t in i.iter(f"{tag}t"))
    gone = "".join(t.text or "" for i in body.iter(f"{tag}del") for t in i.iter(f"{tag}delText"))
    assert "2.19" in marked and "已经验收" in marked and "2.18" in gone
