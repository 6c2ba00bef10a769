"""Wording edited in a word processor comes back; LibreOffice's own rewriting of the file is met."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from generator import edits
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.department.returned import pull
from generator.edits.model import Edit
from generator.files import write_cells
from generator.files.docx import ReadError, read_docx
from generator.model.document import Table
from generator.versions.store import Store
from tests.libre_edit import SOFFICE, edit

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def built(department: Path, out: Path) -> Path:
    made = build(department, formats=("docx",), out=out)
    assert isinstance(made, Built)
    return next(p for p in made.files if p.suffix == ".docx")


def shown(department: Path) -> dict[str, str]:
    document = examine(department).document
    assert document is not None
    return {b.id: b.text for b in document.blocks() if not isinstance(b, Table)}


@needs_office
def test_what_people_do_in_libreoffice_comes_back(department: Path, tmp_path: Path) -> None:
    """Reworded, split, joined, deleted, added, moved, a number changed by hand, a comment."""
    before = shown(department)
    file = built(department, tmp_path / "out")
    file.write_bytes(
        edit(
            file.read_bytes(),
            [
                ("replace", "组织起草数据、营商环境建设", "起草数据和营商环境建设"),
                ("replace", "与上年相比，今年收入总计减少", "较上年，全年收入总计减少"),
                ("replace", "5,743.67", "5,800.00"),
                ("split", "贯彻落实国家大数据战略，承担推进"),
                ("join", "2.上级补助收入0.00万元"),
                ("delete", "4.经营收入"),
                ("insert", "6.其他收入", "补充说明一段话。"),
                ("move", "（四）协调推进数据要素产权", "（十）负责统筹研究"),
                ("comment", "数字辽宁", "请核实"),
            ],
            tmp_path,
        )
    )
    pulled = pull(file, department, by="李四")
    assert [(r.kind, r.author, r.text, r.about, b) for r, b in pulled.remarks] == [
        ("comment", "领导", "请核实", "数字辽宁", "overview.duty[3]")
    ]
    kept = {e.block: e for e in edits.read(department)}
    added = next(e for e in kept.values() if e.action == "insert")
    assert {b: e.action for b, e in kept.items()} == {
        "overview.duty[1]": "reword",
        "overview.duty[3]": "reword",
        "overview.duty[4]": "move",
        "income.total": "reword",
        "income.fiscal": "reword",
        "income.superior": "delete",
        "income.operating": "delete",
        "income.change": "reword",
        "table.summary": "note",
        added.block: "insert",
    }
    assert all(e.author == "李四" for e in kept.values())
    examined = examine(department)
    assert examined.document is not None and not examined.publishable
    after = shown(department)
    assert after["overview.duty[1]"] == before["overview.duty[1]"].replace(
        "组织起草数据、营商环境建设", "起草数据和营商环境建设"
    )
    assert after["overview.duty[3]"] + after["overview.duty[3]~2"] == before["overview.duty[3]"]
    assert after["income.fiscal"] == before["income.fiscal"] + before["income.superior"]
    assert after["income.total"] == before["income.total"]  # the number typed by hand is not taken
    order = list(after)
    assert order.index("overview.duty[4]") == order.index("overview.duty[9]") + 1
    assert order.index(added.block) == order.index("income.affiliated") + 1
    wrong = [f for f in examined.findings if f.id == "ED-102"]
    assert [(f.expected, f.actual) for f in wrong] == [
        ("5,743.67", "5,800.00")
    ] * 3  # the sentence and two cells of the table
    again = pull(file, department, by="李四")
    assert not again.kept.taken and len(again.kept.already) >= len(kept)
    workbook = department / "填报表.xlsx"
    figure = next(f for f in wrong if "表" not in f.message.split("：")[0][4:])
    assert figure.cells[1].sheet == "公开01表" and workbook.exists()


@needs_office
def test_numbers_inside_an_edit_follow_the_workbook(department: Path, tmp_path: Path) -> None:
    file = built(department, tmp_path / "out")
    file.write_bytes(
        edit(file.read_bytes(), [("replace", "与上年相比，今年收入总计减少", "较上年，全年收入总计减少")], tmp_path)
    )
    pull(file, department)
    workbook = department / "填报表.xlsx"
    examined = examine(department)
    assert examined.generated is not None
    reason = next(
        s for b in examined.generated.blocks() if b.id == "income.change" for s in b.spans if s.kind == "typed"
    )  # type: ignore[union-attr]
    workbook.write_bytes(write_cells(workbook.read_bytes(), {reason.cells[0]: "上年项目已经验收"}))
    assert (
        shown(department)["income.change"]
        == "较上年，全年收入总计减少2,770.16万元，下降32.54%。主要原因：上年项目已经验收。"
    )


@needs_office
def test_a_reason_goes_into_its_cell(department: Path, tmp_path: Path) -> None:
    file = built(department, tmp_path / "out")
    file.write_bytes(
        edit(file.read_bytes(), [("replace", "该项目2023年已验收完成。", "该项目已于2023年底验收。")], tmp_path)
    )
    pulled = pull(file, department, to_workbook=True)
    assert {c.block for c in pulled.to_workbook} and "income.change" in {c.block for c in pulled.to_workbook}
    assert "income.change" not in {e.block for e in edits.read(department)}
    assert shown(department)["income.change"].endswith("该项目已于2023年底验收。")
    with Store.open(department) as store:  # the workbook as it was and the file are in the store
        version = store.newest(kind="pull")
        assert version is not None and {"input", "source", "remarks"} <= {role for role, _ in version.files}


def test_another_edit_saved_meanwhile_is_merged_or_kept_beside(department: Path, tmp_path: Path) -> None:
    from generator.edits.taking import Change, keep

    generated = examine(department).generated
    assert generated is not None
    text = shown(department)["income.total"]
    theirs = edits.reword(generated, "income.total", text.replace("收入总计", "全部收入"), author="王", at="1")
    edits.save(department, theirs)
    mine = edits.reword(generated, "income.total", text.replace("包括", "其中"), author="李", at="2")
    kept = keep(department, [Change("income.total", text, mine.plain, mine)])
    assert len(kept.merged) == 1
    assert shown(department)["income.total"] == text.replace("收入总计", "全部收入").replace("包括", "其中")
    rival = edits.reword(generated, "income.total", text.replace("收入总计", "收入合计数"), author="赵", at="3")
    kept = keep(department, [Change("income.total", text, rival.plain, rival)])
    assert len(kept.rivals) == 1
    examined = examine(department)
    assert examined.applied is not None and examined.applied.conflicts[0].alternatives[0].startswith("赵 3：")
    assert "ED-101" in {f.id for f in examined.findings}
    edits.decide(department, generated, "income.total", "other", author="局长", at="4")
    assert shown(department)["income.total"] == text.replace("收入总计", "收入合计数")
    assert "ED-101" not in {f.id for f in examine(department).findings}


def test_tracked_changes_are_listed_and_taken_only_when_asked(department: Path, tmp_path: Path) -> None:
    from tests.word_xml import tracked

    file = built(department, tmp_path / "out")
    file.write_bytes(tracked(file.read_bytes(), "（一）收入总计", "收入总计", "收入合计", author="领导"))
    read = read_docx(file.read_bytes())
    assert [(r.kind, r.author, r.text) for r in read.remarks] == [
        ("delete", "领导", "收入总计"),
        ("insert", "领导", "收入合计"),
    ]
    assert not pull(file, department).kept.taken
    pulled = pull(file, department, tracked="accept")
    assert [c.after for c in pulled.kept.taken] == ["（一）收入合计5,743.67万元，包括："]


def test_a_file_that_is_no_word_file(department: Path, tmp_path: Path) -> None:
    other = tmp_path / "x.docx"
    other.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(ReadError):
        pull(other, department)
    assert not edits.read(department).entries
    whole = built(department, tmp_path / "out").read_bytes()
    chance = random.Random(1)
    for _ in range(40):  # damaged on its way: also within what is compressed
        data = bytearray(whole)
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_docx(bytes(data))
        except ReadError as error:
            assert any(w in str(error) for w in ("损坏", "不是 Word 文件", "过大")), error


def test_an_edit_can_be_read_by_people(department: Path) -> None:
    generated = examine(department).generated
    assert generated is not None
    edit_ = edits.reword(generated, "income.total", "全年收入5,743.67万元，包括：", author="张", at="t")
    assert "全年收入⟦1：5,743.67⟧万元" in edits.dump(edit_).decode()
    assert isinstance(edit_, Edit) and edit_.plain == "全年收入5,743.67万元，包括："


def test_a_file_without_its_mark_is_known_by_its_text(department: Path, tmp_path: Path) -> None:
    from tests.word_xml import Q, document_of, with_document

    file = built(department, tmp_path / "out")
    generated = examine(department).generated
    assert generated is not None
    edits.save(department, edits.reword(generated, "income.total", "收入合计5,743.67万元，包括：", author="张", at="t"))
    built(department, tmp_path / "later")
    root = document_of(file.read_bytes())
    for mark in list(root.iter(f"{Q}bookmarkStart")):
        if mark.get(f"{Q}name", "").startswith("_jv"):
            mark.getparent().remove(mark)  # type: ignore[union-attr]
    file.write_bytes(with_document(file.read_bytes(), root))
    pulled = pull(file, department)
    assert pulled.version == 1 and not pulled.kept.taken
    assert edits.read(department).of("income.total") is not None
