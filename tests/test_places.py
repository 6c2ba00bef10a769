"""Packs are found in a user's own folders first; what comes with the program is never written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.packs import places
from generator.packs.layers import assemble
from generator.packs.loader import load
from generator.packs.pack import PackError


def small(root: Path, name: str, title: str, parent: str = "liaoning") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(
        f'id = "{name}"\ntitle = "{title}"\nextends = "{parent}"\nversion = "1"\n', encoding="utf-8"
    )
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, nothing set."""
    monkeypatch.delenv(places.SETTING, raising=False)
    work = tmp_path / "工作"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def test_own_packs_come_first_in_order(elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.find("liaoning") == places.TEMPLATES.resolve() / "liaoning"
    small(elsewhere / "templates", "shanghai", "本地的", "national")
    assert load("shanghai").pack.meta.title == "本地的"
    small(tmp_path / "设置", "shanghai", "设置的", "national")
    small(tmp_path / "设置", "某县", "某县部门决算")
    monkeypatch.setenv(places.SETTING, os.pathsep.join(["", str(tmp_path / "设置"), str(tmp_path / "没有")]))
    assert load("shanghai").pack.meta.title == "设置的"
    small(tmp_path / "指明", "shanghai", "指明的", "某县")
    assert load("shanghai", tmp_path / "指明").pack.meta.title == "指明的"
    pack = load("shanghai", tmp_path / "指明").pack
    assert pack.chain == ("national", "liaoning", "某县", "shanghai")  # a parent is found wherever packs are
    assert assemble(pack.folders[-1]).fingerprint == pack.fingerprint
    assert {"某县", "shanghai", "liaoning", "national"} <= set(places.available())
    for wrong in ("../liaoning", "", "liaoning/narrative", "/etc"):
        assert places.find(wrong) is None
    with pytest.raises(PackError, match="某县"):
        load("没有的")


def test_a_parent_that_changes_is_seen_across_folders(elsewhere: Path) -> None:
    child, parent = small(elsewhere / "a", "乙", "乙", "甲"), small(elsewhere / "templates", "甲", "甲")
    assert load("乙", elsewhere / "a").pack.meta.threshold == 30
    with (parent / "pack.toml").open("a", encoding="utf-8") as file:
        file.write("threshold = 45\n")
    assert load("乙", elsewhere / "a").pack.meta.threshold == 45
    assert load("乙", child.parent).pack.chain[-2:] == ("甲", "乙")


def test_the_command_line_takes_a_folder_of_packs(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(places.SETTING, "")  # what a command sets is undone after the test
    assert main(["pack", "new", "某市", "--extends", "liaoning"]) == 0
    assert (elsewhere / "templates/某市/pack.toml").is_file()
    assert main(["pack", "new", "另一市", "--extends", "某市", "--packs", str(elsewhere / "自己")]) == 0
    assert (elsewhere / "自己/另一市/pack.toml").is_file()
    capsys.readouterr()
    assert main(["--packs", str(elsewhere / "自己"), "pack", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["另一市"].endswith("自己的") and lines["某市"].endswith("自己的")
    assert not lines["liaoning"].endswith("自己的")
    assert main(["new", "--packs", str(elsewhere / "自己"), "--pack", "另一市", "--year", "2024", "--name", "局"]) == 0
    assert main(["check", "inputs/2024/局", "--packs", str(elsewhere / "没有")]) == 2
    assert "找不到模板包的文件夹" in capsys.readouterr().err


def test_no_pack_at_all_is_an_error(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "TEMPLATES", elsewhere / "没有")
    assert main(["pack", "list"]) == 2
    assert "没有找到模板包" in capsys.readouterr().err
