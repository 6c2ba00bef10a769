"""Every build is recorded, restorable, sealed for good; a killed or blocked store loses nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from generator import edits
from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.files import StoreError, write_cells
from generator.model.figures import CellRef
from generator.versions.codec import decode, encode
from generator.versions.store import Store, restore, sealed_source, sha256
from tests.conftest import examined_of


def made(department: Path, out: Path) -> Built:
    built = build(department, formats=("txt",), out=out, by="张三")
    assert isinstance(built, Built)
    return built


def test_a_document_comes_back_exactly(seed: str) -> None:
    document = examined_of(seed).document
    assert document is not None and decode(encode(document)) == document


def test_a_build_is_recorded_and_restored(department: Path, tmp_path: Path) -> None:
    first = made(department, tmp_path / "out")
    before = (department / "填报表.xlsx").read_bytes()
    generated = first.examined.generated
    assert generated is not None
    edit = edits.reword(generated, "income.total", "全年收入总计5,743.67万元，包括：", author="张三", at="t")
    edits.save(department, edit)
    second = made(department, tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
    (department / "填报表.xlsx").write_bytes(b"broken")
    restore(department, second.version, by="张三", at="t")
    assert (department / "填报表.xlsx").read_bytes() == before and edits.read(department).of("income.total") == edit
    restore(department, first.version, by="张三", at="t")
    assert not edits.read(department).entries
    with Store.open(department) as store:
        kinds = [v.kind for v in store.versions()]
        assert kinds == ["build", "build", "before-restore", "before-restore"]
        assert store.file(3, "input", "填报表.xlsx") == b"broken"  # what stood there is not lost
        assert decode(store.file(2, "document")) == second.examined.document
        assert store.version(2).by == "张三" and store.version(2).mark != store.version(1).mark


def test_a_sealed_version_cannot_be_changed_even_from_outside(department: Path, tmp_path: Path) -> None:
    built = made(department, tmp_path / "out")
    assert not built.draft
    files = {p.name: p.read_bytes() for p in built.files}
    with Store.open(department) as store:
        store.seal(built.version, "张三", "2025-08-01", outputs=files)
        assert store.file(built.version, "output", "manifest.json") == files["manifest.json"]
    assert sealed_source(department, 2024) == (built.version, sha256((department / "填报表.xlsx").read_bytes()))
    assert sealed_source(department, 2023) is None
    with sqlite3.connect(department / "版本.sqlite") as db:
        for statement in (
            "UPDATE version SET by='x'",
            "DELETE FROM version",
            "DELETE FROM file",
            "DELETE FROM seal",
            "INSERT INTO file VALUES (1, 'edit', 'x', 'y', 1)",
            "UPDATE blob SET data=''",
            "DELETE FROM blob",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(statement)
    db.close()


def test_after_a_seal_a_change_needs_a_correction(department: Path, tmp_path: Path) -> None:
    built = made(department, tmp_path / "out")
    with Store.open(department) as store:
        store.seal(built.version, "张三", "t", outputs={})
        with pytest.raises(StoreError):
            store.seal(built.version, "张三", "t")
    assert not made(department, tmp_path / "out").draft  # the same text again
    assert built.examined.generated is not None
    edits.save(
        department,
        edits.reword(built.examined.generated, "income.total", "全年收入5,743.67万元，包括：", author="张", at="t"),
    )
    refused = made(department, tmp_path / "out")
    assert refused.draft and [f.id for f in refused.examined.findings if f.severity == "error"] == ["VS-201"]
    with Store.open(department) as store:
        with pytest.raises(StoreError):
            store.seal(refused.version, "张三", "t")
        store.open_correction("张三", "t", "收入总计的说法有误")
    allowed = made(department, tmp_path / "out")
    assert not allowed.draft
    with Store.open(department) as store:
        store.seal(allowed.version, "张三", "t2", outputs={})
        assert store.correction() is None and store.corrections()[0].closed == allowed.version
        sealed = store.sealed()
        assert sealed is not None and sealed.version == allowed.version


def test_sealed_files_stay_as_they_are_under_a_newer_program(
    department: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = made(department, tmp_path / "out")
    files = {p.name: p.read_bytes() for p in built.files}
    with Store.open(department) as store:
        store.seal(built.version, "张三", "t", outputs=files)
    monkeypatch.setattr("generator.writers.write_text", lambda _: b"otherwise")
    again = made(department, tmp_path / "out")
    text = next(p for p in again.files if p.suffix == ".txt")
    assert not again.draft and text.read_bytes() == files[text.name]


def test_a_store_that_cannot_be_used_is_said_and_stops_nothing(department: Path, tmp_path: Path) -> None:
    (department / "版本.sqlite").write_bytes(b"this is no database, and it is longer than a header of sqlite" * 20)
    built = made(department, tmp_path / "out")
    assert built.files and built.version == 0
    assert "VS-202" in {f.id for f in built.examined.findings}
    assert examine(department).document is not None


def test_the_commands_from_the_first_build_to_the_notice(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUESUAN_USER", "张三")
    home, out = str(department), str(tmp_path / "out")

    def run(*words: str) -> tuple[int, str]:
        code = main(list(words))
        return code, capsys.readouterr().out

    build_words = ("build", home, "--format", "txt", "--out", out)
    assert run(*build_words)[0] == 0
    assert main(["correct", home, "--reason", "收入有误"]) == 2  # nothing is sealed yet
    assert run("seal", home, "--out", out, "--note", "门户网站")[0] == 0
    assert main(["seal", home, "--out", out]) == 2
    workbook = department / "填报表.xlsx"
    before = workbook.read_bytes()
    workbook.write_bytes(write_cells(before, {CellRef("原因说明", "D13"): "上年安排的项目已经验收"}))
    assert run(*build_words)[0] == 1
    assert run("correct", home, "--reason", "收入原因表述不准确")[0] == 0
    assert run(*build_words)[0] == 0
    code, said = run("diff", f"{home}@封存", home)
    assert code == 1 and "原因说明!D13" in said and "[-上年收入包含" in said
    notice = tmp_path / "更正说明.txt"
    for now in (home, f"{home}@上一版"):
        assert run("diff", f"{home}@封存", now, "--notice", "--out", str(notice))[0] == 0
        assert "因收入原因表述不准确" in notice.read_text(encoding="utf-8")
    code, said = run("versions", home, "--json")
    assert [(v["sealed"], v["draft"]) for v in json.loads(said)] == [(True, False), (False, True), (False, False)]
    assert run("restore", home, "1")[0] == 0 and workbook.read_bytes() == before
    shutil.rmtree(out)
    assert run("restore", home, "1", "--files", out)[0] == 0
    assert any(p.suffix == ".txt" for p in Path(out).iterdir())
    assert main(["restore", home, "99"]) == 2 and main(["restore", home, "2", "--files", out]) == 2
    assert run("seal", home, "--out", out)[0] == 2  # the newest build is not what lies there
