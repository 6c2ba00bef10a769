"""The three stores in SQLite: their layout is known, brought up to date whole, and a newer one is left alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from generator.batch.ledger import Ledger
from generator.files import StoreError, open_store, store_error
from generator.versions.store import Snapshot, Store
from generator.web.state.database import Database
from tests.conftest import ROOT

OLD = "CREATE TABLE word (said TEXT NOT NULL); INSERT INTO word VALUES ('一'); INSERT INTO word VALUES ('二');\n"


def open_versions(folder: Path) -> None:
    Store.open(folder).close()


def open_database(folder: Path) -> None:
    Database(folder / "workbench.sqlite3").close()


@pytest.mark.parametrize(
    ("name", "opened"), [("版本.sqlite", open_versions), ("workbench.sqlite3", open_database)], ids=["版本库", "工作台"]
)
def test_a_newer_layout_is_said_and_left_alone(name: str, opened: Callable[[Path], None], tmp_path: Path) -> None:
    opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] >= 1, "every store says which layout it has"
        db.execute("PRAGMA user_version=99")
        before = list(db.iterdump())
    with pytest.raises(StoreError, match=r"更新的程序写的.*请升级"):
        opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as db:
        assert list(db.iterdump()) == before and db.execute("PRAGMA user_version").fetchone()[0] == 99


def test_a_ledger_of_another_program_is_set_aside(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    path = tmp_path / "批量" / "台账.sqlite"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        db.execute("PRAGMA user_version=99")
    ledger = Ledger(tmp_path)
    assert ledger.entries() == {} and path.with_suffix(".损坏").is_file()
    ledger.close()


KILLED = """
import os, sys
from pathlib import Path
from generator.files import open_store
def step(db):
    db.execute("ALTER TABLE word ADD COLUMN length INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE word SET length = 1 WHERE said = '一'")
    if sys.argv[2] == "kill":
        os._exit(9)
    db.execute("UPDATE word SET length = 1")
open_store(Path(sys.argv[1]), "库", (%r, step)).close()
"""


def test_an_upgrade_that_is_killed_goes_on_at_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "库.sqlite"
    open_store(path, "库", (OLD,)).close()

    def run(word: str) -> int:
        return subprocess.run([sys.executable, "-c", KILLED % OLD, str(path), word], cwd=ROOT, check=False).returncode

    assert run("kill") == 9
    with closing(open_store(path, "库", (OLD,))) as db:  # the old program still reads it
        assert db.execute("SELECT said FROM word").fetchall() == [("一",), ("二",)]
    assert run("finish") == 0
    with closing(open_store(path, "库", (OLD, "SELECT 1;"))) as db:
        assert db.execute("SELECT * FROM word").fetchall() == [("一", 1), ("二", 1)]


def test_two_programs_that_open_an_old_store_do_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "库.sqlite"
    open_store(path, "库", (OLD,)).close()
    script = "from pathlib import Path; from generator.files import open_store; open_store(Path({!r}), '库', ({!r}, {!r})).close()"
    more = "INSERT INTO word SELECT said || '又' FROM word;\n"
    command = [sys.executable, "-c", script.format(str(path), OLD, more)]
    both = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [p.wait() for p in both] == [0, 0, 0, 0]
    with closing(open_store(path, "库", (OLD, more))) as db:
        assert db.execute("SELECT COUNT(*) FROM word").fetchone() == (4,)


def test_what_is_wrong_with_a_store_is_said_without_english(tmp_path: Path) -> None:
    path = tmp_path / "库.sqlite"
    path.write_bytes(b"no database at all, and longer than the header of one would be" * 40)
    with pytest.raises(StoreError, match=r"^库已损坏，请移走这个文件，或从备份恢复") as damaged:
        open_store(path, "库", (OLD,))
    assert not damaged.value.busy
    held = open_store(tmp_path / "忙.sqlite", "忙库", (OLD,), exclusive=True)
    with pytest.raises(StoreError, match=r"^忙库正在使用") as busy:
        open_store(tmp_path / "忙.sqlite", "忙库", (OLD,), timeout=0)
    assert busy.value.busy
    held.close()
    for error in (sqlite3.OperationalError("disk I/O error"), sqlite3.DatabaseError("malformed")):
        assert not any("a" <= c.lower() <= "z" for c in str(store_error("库", error)))


def test_the_store_itself_seals_no_draft_and_nothing_twice_without_a_correction(tmp_path: Path) -> None:
    """Whatever asks for it: the command line and the workbench look before, the store does not rely on them."""

    def version(mark: str, *, draft: bool = False) -> int:
        return store.record(
            Snapshot("build", "t", "甲", "局", 2024, {("document", ""): mark.encode()}, draft=draft, mark=mark)
        )

    with Store.open(tmp_path) as store:
        with pytest.raises(StoreError, match="不是可以公开的版本"):
            store.seal(version("a", draft=True), "甲", "t")
        first, second = version("b"), version("c")
        store.seal(first, "甲", "t")
        with pytest.raises(StoreError, match="已经封存"):
            store.seal(first, "甲", "t")
        with pytest.raises(StoreError, match="请先开启更正"):
            store.seal(second, "甲", "t")
        with pytest.raises(StoreError, match="理由太短"):
            store.open_correction("甲", "t", " 短 ")
        store.open_correction("甲", "t", "收入数填报有误")
        with pytest.raises(StoreError, match="已有一项更正"):
            store.open_correction("乙", "t", "又一个理由")
        with pytest.raises(StoreError, match="不一致，不能封存"):
            third = store.record(
                Snapshot("build", "t", "甲", "局", 2024, {}, {("output", "x.docx"): "0" * 64}, mark="d")
            )
            store.seal(third, "甲", "t", outputs={"x.docx": b"other"})
        store.seal(second, "甲", "t")
        assert store.sealed().version == second and store.correction() is None  # type: ignore[union-attr]
