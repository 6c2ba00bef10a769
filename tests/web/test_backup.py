"""A whole workbench in one archive, taken while people work, and brought back with nothing lost."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import zipfile
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.model import CellRef, Refusal
from generator.versions import Store
from generator.web import Settings, back_up, backup, bring_back
from generator.workbook import set_cells
from tests.web.desk import PASSWORD, Desk, login, open_desk, real_workbook, settings
from tests.web.test_desk import CELL, text_at

OTHER = CellRef("公开01表", "C8")
TURNS = 1  # more take long: the server builds and examines all the while


def restored(archive: Path, root: Path, **more: object) -> AbstractContextManager[Desk]:
    """A workbench brought back from an archive, opened."""
    root.mkdir()
    bring_back(Settings(root / "inputs", root / "output", root / "state"), archive)
    return open_desk(root, departments=(), **more)


def cell_of(desk: Desk, cell: CellRef) -> str:
    return text_at(desk.get(f"/d/{desk.department()}/workbook.xlsx").content, cell)


def test_backup_and_restore_under_load_lose_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "备份.zip"
    with open_desk(tmp_path / "a", accounts=True) as desk:
        number = desk.department()
        over = threading.Event()
        answered: dict[str, list[str]] = {"甲": ["0"], "乙": ["0"]}

        sheet, wrong = desk.sheet(number, CELL.sheet), list[str]()

        def work(name: str, cell: CellRef) -> None:
            own, said = login(desk, name, ("填报",)), answered[name]
            was = text_at(own.get(f"/d/{number}/workbook.xlsx").content, cell)
            while not over.is_set():
                text = str(int(said[-1]) + 1)
                form = {"sheet": sheet, f"c:{cell.cell}": text, f"was:{cell.cell}": was}
                answer = own.post(f"/d/{number}/fill", form, page="/password")
                if answer.status_code != 200:
                    wrong.append(f"{answer.status_code} {answer.text[:2000]}")
                    return
                said.append(text)
                was = text

        keeper = login(desk, "管", ("管理", "审核"))
        people = [threading.Thread(target=work, args=w) for w in (("甲", CELL), ("乙", OTHER))]
        for person in people:
            person.start()
        try:
            taken = []
            for turn in range(TURNS):
                desk.until(lambda n=turn: bool(wrong) or all(len(a) > 3 * (n + 1) for a in answered.values()))  # type: ignore[misc]
                keeper.post(f"/d/{number}/build")
                keeper.post(f"/d/{number}/remarks", {"place": "全文", "text": f"第{turn}条意见"})
                before = {name: int(said[-1]) for name, said in answered.items()}
                back_up(desk.bench.settings, archive)
                taken.append((before, archive.read_bytes(), {n: int(s[-1]) for n, s in answered.items()}))
        finally:
            over.set()
            for person in people:
                person.join()
        assert not wrong, wrong
    for turn, (before, data, after) in enumerate(taken):
        archive.write_bytes(data)
        with restored(archive, tmp_path / f"b{turn}", accounts=True) as again:
            again.idle()
            own = login(again, "甲", ())  # accounts and passwords
            for name, cell in (("甲", CELL), ("乙", OTHER)):
                assert (
                    before[name] <= int(text_at(own.get(f"/d/{number}/workbook.xlsx").content, cell)) <= after[name] + 1
                )
            assert again.bench.database.log_is_whole()
            assert not again.bench.cells.refused(again.bench.departments.get(number)), "nothing collides with itself"
            assert [r["text"] for r in again.bench.departments.remarks(number)][::-1] == [
                f"第{k}条意见" for k in range(turn + 1)
            ]
            for row in again.bench.database.all("SELECT sha FROM workbook_version"):
                assert again.bench.jobs.blob(row["sha"]).is_file()
            for manifest in (tmp_path / f"b{turn}" / "output").rglob("manifest.json"):
                assert backup._fits({p.name: p.read_bytes() for p in manifest.parent.iterdir() if p.is_file()})
            with Store.open(again.bench.departments.get(number).folder) as store:
                assert all(store.file(v.id, "document") for v in store.versions())


def test_what_waits_comes_along(tmp_path: Path) -> None:
    """An upload and typed cells that nobody has worked on yet."""
    archive, cell = tmp_path / "备份.zip", CellRef("原因说明", "D13")
    uploaded = set_cells(real_workbook(), {cell: "上传的文件里写的原因"})
    with open_desk(tmp_path / "a") as desk:
        number = desk.department()
        desk.bench.jobs.stop()
        desk.post(f"/d/{number}/upload", {"base": ""}, files={"file": ("填报表.xlsx", uploaded)})
        desk.type(number, CELL, "5741.5", "5741.51")
        back_up(desk.bench.settings, archive)
    with restored(archive, tmp_path / "b") as again:
        again.idle()
        assert cell_of(again, cell) == "上传的文件里写的原因" and cell_of(again, CELL) == "5741.51"


def test_a_workbook_that_moved_on_is_the_one_that_the_database_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "备份.zip"
    with open_desk(tmp_path / "a", watch_seconds=3600.0) as desk:
        number, plain = desk.department(), backup._Backup._workbooks
        desk.type(number, CELL, "5741.5", "1")
        desk.idle()

        def later(self: object, database: Path) -> object:
            desk.type(number, CELL, "1", "2")
            desk.idle()
            return plain(self, database)  # type: ignore[arg-type]

        monkeypatch.setattr(backup._Backup, "_workbooks", later)
        back_up(desk.bench.settings, archive)
        monkeypatch.undo()
        name = next(n for n in zipfile.ZipFile(archive).namelist() if n.endswith("局/填报表.xlsx"))
        assert text_at(zipfile.ZipFile(archive).read(name), CELL) == "1" and cell_of(desk, CELL) == "2"
        # what somebody changed beside the workbench goes as it is
        found = desk.bench.departments.get(number)
        assert found
        found.path.write_bytes(set_cells(real_workbook(), {CELL: "3"}))
        back_up(desk.bench.settings, archive)
        assert text_at(zipfile.ZipFile(archive).read(name), CELL) == "3"


def test_an_archive_that_is_not_whole_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "备份.zip"
    with open_desk(tmp_path / "a") as desk:
        kept = back_up(desk.bench.settings, archive)
        assert any(n.endswith("填报表.xlsx") for n in kept.files) and not any(
            n.startswith("data/snap") for n in kept.files
        )
    target = ["--inputs", str(tmp_path / "b/i"), "--output", str(tmp_path / "b/o"), "--data", str(tmp_path / "b/d")]
    whole = archive.read_bytes()

    def changed(**parts: bytes | None) -> bytes:
        out, names = io.BytesIO(), {k.replace("__", "/").replace("_dot_", "."): v for k, v in parts.items()}
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                if (data := names.pop(name, old.read(name))) is not None:
                    new.writestr(name, data)
            for name, extra in names.items():
                new.writestr(name, extra or b"")
        return out.getvalue()

    database = "data__workbench_dot_sqlite3"
    about = json.loads(zipfile.ZipFile(archive).read("备份.json"))
    about["files"]["data/../../x"] = "0"
    sly = changed(**{"备份_dot_json": json.dumps(about).encode(), "data__.._dot_": b""})
    wrong = [
        whole[: len(whole) // 2],
        b"",
        changed(**{database: b"x"}),
        changed(**{database: None}),
        changed(more=b"x"),
        sly,
    ]
    for data in wrong:
        archive.write_bytes(data)
        assert main(["backup", str(archive), "--restore", *target]) == 2
        said = capsys.readouterr().err
        assert "没有恢复任何内容" in said and not list((tmp_path / "b").glob("*/*"))
    archive.write_bytes(whole)
    assert main(["backup", str(archive), "--restore", *target]) == 0
    with closing(sqlite3.connect(tmp_path / "b/d/workbench.sqlite3")) as db:
        assert db.execute("SELECT COUNT(*) FROM department").fetchone() == (1,)
    assert main(["backup", str(archive), "--restore", *target]) == 2 and "已经有文件" in capsys.readouterr().err
    with pytest.raises(Refusal, match="没有工作台的数据"):
        back_up(settings(tmp_path / "c"), archive)
    assert archive.read_bytes() == whole and PASSWORD
