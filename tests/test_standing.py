"""What already stands where files go is not lost: sealed files, another department's, drafts that somebody wrote in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.department import SEALED, Built, build, sealed_there
from generator.files import DepartmentError, write_cells
from generator.model.figures import CellRef
from generator.versions.store import Store
from tests.conftest import DEPARTMENTS


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def change(department: Path, text: str = "上年安排的项目已经验收") -> None:
    workbook = department / "填报表.xlsx"
    workbook.write_bytes(write_cells(workbook.read_bytes(), {CellRef("原因说明", "D13"): text}))


def made(department: Path, out: Path) -> Built:
    built = build(department, formats=("txt",), out=out, by="张三")
    assert isinstance(built, Built)
    return built


def test_a_copy_of_the_workbook_elsewhere_replaces_nothing_that_is_sealed(department: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made(department, out)
    assert main(["seal", str(department), "--out", str(out), "--by", "王五"]) == 0
    before = files(out)
    held = json.loads(before[SEALED])
    with Store.open(department) as store:
        assert held["identity"] == store.identity and held["version"] == 1 and held["by"] == "王五"
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    shutil.copy(department / "填报表.xlsx", elsewhere)
    for text in ("", "上年安排的项目已经验收"):  # the same text, and another
        if text:
            change(elsewhere, text)
        built = made(elsewhere, out)
        assert built.draft and [f.id for f in built.examined.findings if f.severity == "error"] == ["VS-203"]
        assert files(out) == before and (built.folder.name, built.folder.parent) == ("草稿", out)
    # the department itself: as before, and after a correction
    assert not made(department, out).draft
    change(department)
    assert made(department, out).draft
    assert main(["correct", str(department), "--reason", "原因表述不准确"]) == 0
    assert not made(department, out).draft and sealed_there(out) == {}, "what lies there now is not what was sealed"
    assert main(["seal", str(department), "--out", str(out)]) == 0
    assert sealed_there(out)["version"] != 1


def test_two_folders_of_one_name_do_not_overwrite_each_other(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "另一个"
    shutil.copytree(department, other)
    first = build(department, formats=("txt",))
    assert isinstance(first, Built)
    before = files(first.folder)
    with pytest.raises(DepartmentError, match="互相覆盖"):
        build(other, formats=("txt",))
    assert main(["build", str(other), "--format", "txt"]) == 2 and "互相覆盖" in capsys.readouterr().err
    assert files(first.folder) == before
    shutil.rmtree(department)  # moved away: the place is free
    assert isinstance(build(other, formats=("txt",)), Built)


def test_old_drafts_beside_final_files_are_moved_away(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    workbook = department / "填报表.xlsx"
    right = workbook.read_bytes()
    workbook.write_bytes(write_cells(right, {CellRef("公开01表", "C6"): "1"}))
    draft = made(department, out)
    text = draft.files[0] if draft.files[0].suffix == ".txt" else draft.files[1]
    assert draft.draft and text.read_text(encoding="utf-8").startswith("（草稿，不得公开）\n")
    text.write_bytes(text.read_bytes() + "在草稿里写的话".encode())
    workbook.write_bytes(right)
    final = made(department, out)
    assert not final.draft and not (out / "草稿").exists()
    (kept,) = (out / "旧稿").rglob("*.txt")
    assert "在草稿里写的话" in kept.read_text(encoding="utf-8")
    capsys.readouterr()
    workbook.write_bytes(write_cells(right, {CellRef("公开01表", "C6"): "1"}))
    assert main(["build", str(department), "--format", "txt", "--out", str(out)]) == 1
    assert "是以前生成的，不是现在的内容，请不要公开" in capsys.readouterr().out
    workbook.write_bytes(right)
    assert main(["build", str(department), "--format", "txt", "--out", str(out)]) == 0
    assert "以前生成的" not in capsys.readouterr().out and len(list((out / "旧稿").iterdir())) == 2
    assert made(department, out).folder == out and len(list((out / "旧稿").iterdir())) == 2


def test_every_store_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = set()
    for k in range(3):
        folder = tmp_path / str(k)
        folder.mkdir()
        shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", folder)
        with Store.open(folder) as store:
            keys.add(store.identity)
            assert len(store.identity) == 32
    assert len(keys) == 3
