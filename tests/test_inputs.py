"""One answer to what a department's inputs are: versions, restore, an approval and a batch all go by it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import edits
from generator.batch.ledger import Entry, Outcome
from generator.batch.plan import _stands
from generator.department import Built, build
from generator.files import inputs_hash, inputs_of, write_cells
from generator.model.figures import CellRef
from generator.versions.store import Store, restore
from generator.web.work.snapshot import fingerprint_of
from tests.conftest import DEPARTMENTS, examined_of

ANNEXES = ("附件说明.json", "批复.pdf")


def _edit(folder: Path) -> None:
    generated = examined_of("001").generated
    assert generated is not None
    edits.save(
        folder, edits.reword(generated, "income.total", "全年收入总计5,743.67万元，包括：", author="张三", at="t")
    )


def _type(folder: Path) -> None:
    workbook = folder / "填报表.xlsx"
    workbook.write_bytes(write_cells(workbook.read_bytes(), {CellRef("原因说明", "D13"): "上年安排的项目已经验收"}))


def _explain(folder: Path) -> None:
    (folder / "警告说明.json").write_text("[]", encoding="utf-8")


def _annex(folder: Path) -> None:
    (folder / ANNEXES[0]).write_text('{"说明": "随文附送"}', encoding="utf-8")
    (folder / ANNEXES[1]).write_bytes(b"%PDF-1.7 an annex")
    (folder / "~$填报表.xlsx").write_bytes(b"open in an office program")
    (folder / "草稿").mkdir()
    (folder / "草稿" / "想法.toml").write_text("x = 1", encoding="utf-8")


def answers(folder: Path, out: Path) -> dict[str, object]:
    """What each part of the program says of this folder."""
    built = build(folder, formats=("txt",), out=out, by="张三")
    assert isinstance(built, Built)
    with Store.open(folder) as store:
        version = store.version(built.version).files
    entry = Entry(inputs_hash(folder), "mark", Outcome("k", "published"))
    return {
        "version": {k: sha for k, sha in version.items() if k[0] in ("input", "edit")},
        "batch": entry.inputs,
        "approval": fingerprint_of(folder, None, "liaoning"),
        "stands": _stands(entry, inputs_hash(folder), "mark", lambda _: ""),
    }


@pytest.mark.parametrize(
    ("change", "moves"),
    [(_annex, False), (_edit, True), (_type, True), (_explain, True)],
    ids=["附件", "改写", "填报表", "警告说明"],
)
def test_all_four_answers_move_together(
    department: Path, tmp_path: Path, change: Callable[[Path], None], moves: bool
) -> None:
    before = answers(department, tmp_path / "out")
    change(department)
    after = answers(department, tmp_path / "out")
    assert {k: before[k] != after[k] for k in ("version", "batch", "approval")} == dict.fromkeys(
        ("version", "batch", "approval"), moves
    )


def test_restore_puts_back_just_the_inputs(department: Path, tmp_path: Path) -> None:
    first = build(department, formats=("txt",), out=tmp_path / "out", by="张三")
    assert isinstance(first, Built)
    before = {p.name: p.read_bytes() for p in inputs_of(department).values()}
    for change in (_annex, _edit, _type, _explain):
        change(department)
    annexes = {name: (department / name).read_bytes() for name in ANNEXES}
    restore(department, first.version, by="张三", at="t")
    assert {p.name: p.read_bytes() for p in inputs_of(department).values()} == before
    assert {name: (department / name).read_bytes() for name in ANNEXES} == annexes, "annexes are nobody's to move"
    with Store.open(department) as store:
        kept = store.version(2)
        assert kept.kind == "before-restore" and {role for role, _ in kept.files} == {"input", "edit"}
        assert {n for _, n in kept.files if "/" not in n} == {"填报表.xlsx", "警告说明.json"}
    restore(department, 2, by="张三", at="t")
    assert (department / "警告说明.json").read_text(encoding="utf-8") == "[]" and edits.read(department).entries


def test_a_file_that_is_being_written_is_no_edit(department: Path) -> None:
    _edit(department)
    half = department / "edits" / ".写入中-1-2-一.toml"
    half.write_text('block = "inc', encoding="utf-8")
    assert len(edits.read(department).entries) == 1 and not edits.read(department).findings


def test_a_department_without_the_usual_name_counts_what_it_might_be(tmp_path: Path) -> None:
    for name in ("甲.xlsx", "乙.xlsx", "填报表（检查标注）.xlsx"):
        shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", tmp_path / name)
    assert [n for _, n in inputs_of(tmp_path)] == ["乙.xlsx", "甲.xlsx"]
    assert [n for _, n in inputs_of(tmp_path / "甲.xlsx")] == ["甲.xlsx"]
    before = inputs_hash(tmp_path)
    (tmp_path / "乙.xlsx").unlink()
    assert inputs_hash(tmp_path) != before
