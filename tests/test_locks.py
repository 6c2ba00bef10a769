"""Where files cannot be locked (some network shares) versions are recorded all the same, and it is said once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.files.locks import STALE, exclusive, locks_hold
from generator.versions.store import FILE, Store
from tests.conftest import DEPARTMENTS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def without_locks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a process is started with that no file is locked for: made by the C compiler of this machine."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("没有 C 编译器")
    made = tmp_path_factory.mktemp("locks") / "nolock.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", made, ROOT / "tests" / "assets" / "nolock.c", "-ldl"], check=True
    )
    return {**os.environ, "PYTHONPATH": str(ROOT), "LD_PRELOAD": str(made)}


def test_versions_are_recorded_and_it_is_said_once(without_locks: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "局"
    home.mkdir()
    shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", home)

    def juesuan(*words: str) -> str:
        command = [sys.executable, "-m", "generator", *words]
        done = subprocess.run(command, cwd=tmp_path, env=without_locks, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    build = ("build", "局", "--format", "txt", "--out", "out")
    assert juesuan(*build).count("VS-204") == 1 and "不能给文件加锁" not in juesuan(*build)
    # a process that was killed has left its lock behind
    left = home / f"{FILE}.lock"
    left.mkdir()
    os.utime(left, (time.time() - STALE - 1,) * 2)
    juesuan(*build)
    assert not left.exists()
    with Store.open(home) as store:
        assert [v.id for v in store.versions()] == [1, 2, 3]
    assert "这个文件夹不能加锁" in subprocess.run(
        [sys.executable, "-m", "generator", "doctor"], cwd=tmp_path, env=without_locks, capture_output=True, text=True, check=False
    ).stdout  # fmt: skip


def test_here_files_are_locked_and_one_process_at_a_time_holds_one(tmp_path: Path) -> None:
    assert locks_hold(tmp_path)
    with exclusive(tmp_path / "锁", 5), pytest.raises(TimeoutError), exclusive(tmp_path / "锁", 0.01):
        raise AssertionError("held twice")


def test_without_locks_a_file_beside_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.files.locks.locks_hold", lambda _: False)
    with exclusive(tmp_path / "锁", 5), pytest.raises(TimeoutError), exclusive(tmp_path / "锁", 0.01):
        raise AssertionError("held twice")
    left = tmp_path / "锁~"
    left.touch()
    os.utime(left, (time.time() - STALE - 1,) * 2)
    with exclusive(tmp_path / "锁", 5):
        assert left.exists()
    assert not left.exists()
