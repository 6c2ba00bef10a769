"""The whole way of a correction: edited in LibreOffice, pulled, three cells and a reason changed, compared."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from generator import edits
from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.department.returned import pull
from generator.department.sides import side
from generator.files import write_cells
from generator.model.document import Document, Table
from generator.model.figures import Figure
from generator.versions.correction_notice import as_html, as_text, notice, plain_lines
from generator.versions.diff import compare
from generator.versions.redline import write_redline
from generator.writers.docx import write_docx
from tests.libre_edit import SOFFICE, edit
from tests.word_xml import content, document_of, resolve


def sentences(document: Document) -> set[tuple[str, str]]:
    return {(b.id, s) for b in document.blocks() if not isinstance(b, Table) for s in re.findall(r"[^。]+。?", b.text)}


def cells(document: Document) -> dict[tuple[str, int, int], str]:
    return {
        (t.id, r, c): text
        for t in document.tables()
        for r, row in enumerate(t.grid("body"))
        for c, text in enumerate(row)
    }


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_correction_from_word_to_the_notice(department: Path, tmp_path: Path) -> None:
    first = build(department, formats=("docx",), out=tmp_path / "out")
    assert isinstance(first, Built) and first.examined.submission is not None
    file = next(p for p in first.files if p.suffix == ".docx")
    operations: list[tuple[str, ...]] = [
        ("replace", "1.财政拨款收入", "1.本年财政拨款收入"),
        ("replace", "1.基本支出2", "1.全年基本支出2"),
        ("replace", "（三）年末结转和结余226.77", "（三）年末结转和结余226.78"),
    ]
    file.write_bytes(edit(file.read_bytes(), operations, tmp_path))
    pull(file, department, by="局长")

    workbook = department / "填报表.xlsx"
    blocks = {b.id: b for b in first.examined.generated.blocks()} if first.examined.generated else {}
    figures: list[Figure] = [
        next(s.figure for s in blocks[n].spans if s.figure) for n in ("income.fiscal", "expenditure.basic")
    ]  # type: ignore[union-attr]
    figures.append(
        next(
            v
            for v in first.examined.submission.tables["general"].rows[-1].cells.values()
            if isinstance(v, Figure) and v.value
        )
    )
    data = workbook.read_bytes()
    for figure in figures:
        assert figure.value is not None
        data = write_cells(data, {figure.cells[0]: f"{figure.value / Decimal(10000) + 10:.2f}"})
    reason = next(s for s in blocks["income.change"].spans if s.kind == "typed").cells[0]  # type: ignore[union-attr]
    workbook.write_bytes(write_cells(data, {reason: "上年安排的项目已经验收"}))

    examined = examine(department)
    assert examined.document is not None
    shown = {b.id: b.text for b in examined.document.blocks() if not isinstance(b, Table)}
    assert shown["income.fiscal"].startswith("1.本年财政拨款收入5,751.50万元")  # the wording stays, the number follows
    assert shown["expenditure.basic"].startswith("1.全年基本支出2,695.87万元")
    assert shown["closing.total"] == "（三）年末结转和结余226.77万元。"
    assert [(f.expected, f.actual) for f in examined.findings if f.id == "ED-102"] == [("226.77", "226.78")]

    old, new = side(f"{department}@{first.version}"), side(str(department))
    difference = compare(old, new)
    assert {c for x in difference.cells for c in x.cells} == {str(f.cells[0]) for f in figures} | {str(reason)}
    listed = [(b.block, s) for b in difference.blocks for s in b.sentences if not s.where]
    assert {(b, s.old) for b, s in listed if s.old} == sentences(old.document) - sentences(new.document)
    assert {(b, s.new) for b, s in listed if s.new} == sentences(new.document) - sentences(old.document)
    before, after = cells(old.document), cells(new.document)
    in_tables = [(s.old, s.new) for b in difference.blocks for s in b.sentences if s.where]
    assert sorted(in_tables) == sorted((before[k], after[k]) for k in before if before[k] != after[k])

    root = document_of(write_redline(old.document, new.document))
    assert content(resolve(root, accept=True)) == content(document_of(write_docx(new.document)))
    assert content(resolve(root, accept=False)) == content(document_of(write_docx(old.document)))

    said = "\n".join(as_text(difference))
    page = as_html(difference).decode()
    told = "\n".join(plain_lines(notice(difference, "收入数填报有误", "2025-09-01")))
    for text in (said, page, told):
        assert "5,751.50" in text and "上年安排的项目已经验收" in text
    assert "因收入数填报有误，现更正如下" in told and "2025年9月1日" in told and "<script" not in page


def changed(department: Path, amounts: dict[str, Decimal]) -> None:
    """Amounts (万元) of 01 and 04 by their names, written into the form."""
    examined = examine(department)
    assert examined.submission is not None
    cell_of = {}
    for name in amounts:
        table, slot = name.split(":")
        figure = examined.submission.tables[table].slots[slot]
        assert isinstance(figure, Figure)
        cell_of[name] = figure.cells[0]
    workbook = department / "填报表.xlsx"
    workbook.write_bytes(write_cells(workbook.read_bytes(), {cell_of[n]: f"{v:.2f}" for n, v in amounts.items()}))


def test_the_notice_names_the_item_of_the_changed_cell_itself(department: Path) -> None:
    """On tables of two sides the item and 行次 of its own half: 年末, not 年初, in one row with it."""
    old = side(str(department))
    changed(
        department,
        {
            "summary:r29": Decimal("888.88"),
            "summary:r60": Decimal("777.77"),
            "fiscal:f201.general": Decimal("66.66"),
            "basic:e30201": Decimal("55.55"),
        },
    )
    lines = [s.where for b in compare(old, side(str(department))).blocks for s in b.sentences if s.where]
    told = "\n".join(plain_lines(notice(compare(old, side(str(department))), "填报有误")))
    for item in (
        "年初结转和结余（行次29） 金额",
        "年末结转和结余（行次60） 金额",
        "一、一般公共服务支出（行次33） 一般公共预算财政拨款",
        "办公费 决算数",
    ):
        assert any(item in w for w in lines), lines
        assert item in told


def test_the_notice_comes_in_the_order_of_the_readme(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """build, seal, correct, change, build, seal, diff 部门@封存 部门 --notice: against what was published before."""
    out = tmp_path / "out"
    make = ["build", str(department), "--final", "--format", "txt", "--out", str(out)]
    assert main(make) == 0 and main(["seal", str(department), "--out", str(out)]) == 0
    assert main(["correct", str(department), "--reason", "年末结转填报有误"]) == 0
    written = tmp_path / "更正说明.txt"
    notice_of = ["diff", f"{department}@封存", str(department), "--notice", "--out", str(written)]
    submission = examine(department).submission
    assert submission is not None
    reason = submission.reasons["income"].cells[0]
    workbook = department / "填报表.xlsx"
    workbook.write_bytes(write_cells(workbook.read_bytes(), {reason: "上年安排的项目已经验收"}))
    assert main(make) == 0
    assert main(notice_of) == 0  # before the outcome is sealed
    before = written.read_text(encoding="utf-8")
    assert main(["seal", str(department), "--out", str(out)]) == 0
    assert main(notice_of) == 0  # and after
    assert written.read_text(encoding="utf-8") == before
    assert "因年末结转填报有误，现更正如下" in before and "上年安排的项目已经验收" in before
    capsys.readouterr()
    assert main(["diff", f"{department}@封存", str(department)]) == 0  # what is in force stands as it is
    assert "没有不同" in capsys.readouterr().out


def test_a_number_changed_by_hand_says_which_of_the_two_is_published(department: Path) -> None:
    examined = examine(department)
    assert examined.generated is not None
    block = next(b for b in examined.generated.blocks() if b.id == "closing.total")
    edit = edits.reword(examined.generated, block.id, block.text.replace("226.77", "226.78"), author="张三", at="t")
    edits.save(department, edit)
    (found,) = [f for f in examine(department).findings if f.id == "ED-102"]
    assert "应为 226.77；公开的是填报表的 226.77" in found.message
