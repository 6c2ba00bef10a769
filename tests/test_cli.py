"""The command line as a user meets it: exit codes, files in place, nothing overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.files.department import DRAFTS
from tests.conftest import DEPARTMENTS, ROOT
from tests.test_workbook import HOSTILE, changed, put
from tests.web.hostile import FILES

FAST = ["--format", "txt,json,docx,xlsx"]


def test_build_publishes_and_says_where(department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "出"
    assert main(["build", str(department), "--out", str(out), *FAST]) == 0
    names = sorted(p.name for p in out.iterdir())
    assert names == ["manifest.json", *(f"辽宁省数据局2024年度部门决算.{f}" for f in ("docx", "json", "txt", "xlsx"))]
    assert str(out / "manifest.json") in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == set(names) - {"manifest.json"}
    assert manifest["kind"] == "决算" and not manifest["draft"]


def test_bad_data_leaves_the_last_good_output_alone(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "出"
    assert main(["build", str(department), "--out", str(out), *FAST]) == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    (department / "填报表.xlsx").write_bytes(changed(put("公开01表", "C6", "约五千")))
    assert main(["build", str(department), "--out", str(out), *FAST]) == 1
    assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == before
    assert len(list((out / DRAFTS).iterdir())) == 5
    shown = capsys.readouterr().out
    assert "公开01表!C6  错误 WB-051" in shown and "草稿" in shown
    for name in sorted(HOSTILE):
        (department / "填报表.xlsx").write_bytes(HOSTILE[name][0])
        assert main(["build", str(department), "--pack", "liaoning", "--out", str(out), *FAST]) == 1
        assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == before
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize("label", sorted(FILES))
def test_files_nobody_should_send_end_in_words(label: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Here without a worker: no file ends the program or fills its memory.  The guard is the workbench's."""
    name, make = FILES[label]
    (tmp_path / name).write_bytes(make())
    harmless = {"wrong-extension", "other-department"}
    assert main(["check", str(tmp_path / name), "--pack", "liaoning"]) == (0 if label in harmless else 1)
    told = capsys.readouterr()
    assert "检查结果" in told.out and "Traceback" not in told.out + told.err


def test_check_json_is_stable(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(department), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {"department", "year", "pack", "publishable", "findings", "coverage"} <= set(answer)
    assert answer["publishable"] is True and answer["department"] == "辽宁省数据局"
    assert set(answer["coverage"]) == {"passed", "failed", "not_applicable", "cannot_tell"}
    for finding in answer["findings"]:
        assert {
            "id",
            "severity",
            "title",
            "message",
            "cells",
            "expected",
            "actual",
            "difference",
            "band",
            "related",
        } <= set(finding)


def test_fail_on_warnings(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(department), "--fail-on", "warning"]) == 1
    assert "检查结果：通过" in capsys.readouterr().out


def test_new_writes_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "新"
    call = ["new", "--pack", "liaoning", "--year", "2025", "--name", "某某局", str(target)]
    assert main(call) == 0
    first = (target / "填报表.xlsx").read_bytes()
    assert main(call) == 2  # never overwritten
    assert (target / "填报表.xlsx").read_bytes() == first
    assert main(["build", str(target), "--out", str(tmp_path / "出"), "--format", "txt"]) == 1
    draft = next((tmp_path / "出" / DRAFTS).glob("*.txt")).read_text(encoding="utf-8")
    assert "【待填：" in draft
    assert "没有填写" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "不存在"], 2),
        (["new", "--pack", "nowhere", "--year", "2024", "--name", "甲", "x"], 3),
        (["new", "--pack", "national", "--year", "2024", "--name", "甲", "x"], 2),
        (["explain", "XX-1"], 2),
        (["explain", "GK-103"], 0),
        (["explain", "TX-365"], 0),
        (["pack", "list"], 0),
        (["pack", "show", "liaoning", "--effective"], 0),
        (["pack", "check", "liaoning"], 0),
        (["pack", "check", "nowhere"], 3),
    ],
)
def test_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == code
    assert "Traceback" not in capsys.readouterr().err


def test_built_twice_the_same_bytes(tmp_path: Path) -> None:
    """Two processes with different hash seeds: every output is the same."""
    outputs = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [sys.executable, "-m", "generator", "build", str(DEPARTMENTS["000"]), "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed})
        outputs.append({p.name: p.read_bytes() for p in out.iterdir()})
    assert len(outputs[0]) == 7
    assert [n for n in outputs[0] if outputs[0][n] != outputs[1][n]] == []


def test_new_from_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["new", "--pack", "liaoning", "--year", "2024", "--name", "甲"]
    assert main([*words, "--from", str(tmp_path / "没有.xlsx"), str(tmp_path / "部门")]) == 2
    assert "找不到" in capsys.readouterr().err and not (tmp_path / "部门").exists()
    source = str(DEPARTMENTS["001"] / "填报表.xlsx")
    assert main([*words, "--from", source, str(tmp_path / "部门")]) == 0
    assert (tmp_path / "部门" / "填报表.xlsx").is_file()
