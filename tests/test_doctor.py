"""doctor ticks only what it tried; what is wrong is named with what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.cli import doctor
from generator.cli.command_line import main
from generator.packs.places import SETTING


def told(state: str) -> list[str]:
    return [line for s, line in doctor.report() if s == state]


def test_all_is_well_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("可以使用。") and not [x for x in lines if x.startswith(doctor.BAD)]
    assert list(tmp_path.iterdir()) == []  # what it tried is gone


def test_what_is_wrong_is_not_ticked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packs" / "坏的").mkdir(parents=True)
    (tmp_path / "packs" / "坏的" / "pack.toml").write_text("=", encoding="utf-8")
    monkeypatch.setenv(SETTING, str(tmp_path / "packs"))
    monkeypatch.setattr("generator.writers.write_xlsx", lambda _: b"x", raising=False)
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.0.1")
    monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
    bad = "\n".join(told(doctor.BAD))
    assert "坏的" in bad and "Excel" in bad and "硬盘剩余" in bad
    assert any("与版本清单不同" in line and "等" in line for line in told(doctor.LACKS))


@pytest.mark.skipif(not Path("/proc/1").is_dir(), reason="a folder that not even root can write")
def test_a_folder_that_cannot_be_written_and_a_cache_of_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir("/proc/1")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    monkeypatch.setenv("JUESUAN_CACHE", str(tmp_path / "cache"))
    assert any("不能写入" in line for line in told(doctor.BAD))
    assert any("暂存文件夹用不了" in line for line in told(doctor.LACKS)) == hasattr(os, "getuid")


def test_a_folder_without_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise OSError("locks are not supported")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("filelock.FileLock", refuse)
    assert any("不能加锁" in line and "版本照常记录" in line for line in told(doctor.LACKS))
