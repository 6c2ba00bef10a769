"""What is installed is known: a lock file with hashes that fits what is asked for, every licence on a page, one version."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pikepdf
from packaging.requirements import Requirement

from generator import __version__
from generator.cli.command_line import main
from tests.conftest import ROOT
from tools import licences


def test_the_lock_file_fits_and_has_a_hash_for_everything() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    locked = {k.lower().replace("_", "-"): v for k, v in licences.locked().items()}
    for line in asked:
        wanted = Requirement(line)
        version = locked.get(wanted.name.lower())
        assert version and wanted.specifier.contains(version), f"{line}: {version}；请运行 make lock"
    entries = re.split(r"\n(?=[A-Za-z0-9])", licences.LOCK.read_text(encoding="utf-8"))
    assert len(entries) == len(locked) and all("--hash=sha256:" in e for e in entries)


def test_the_page_of_licences_is_current() -> None:
    page = licences.PAGE.read_text(encoding="utf-8")
    assert page == licences.page(), "请运行 make licences"
    assert all(f"| {name} | {version} | " in page for name, version in licences.locked().items())


def test_the_change_log_has_a_part_for_this_version() -> None:
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] in ("未发布", __version__) and "0.1.0" in heads
    assert all(re.fullmatch(r"未发布|\d+\.\d+\.\d+", h) for h in heads)


def test_every_file_says_which_program_made_it(department: Path, tmp_path: Path) -> None:
    assert main(["build", str(department), "--out", str(tmp_path / "o"), "--format", "docx,pdf,xlsx,html,json"]) == 0
    made = {p.suffix: p for p in (tmp_path / "o").iterdir() if p.name != "manifest.json"}
    said = f"juesuan {__version__}"
    for suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(made[suffix]) as package:
            assert f"<cp:keywords>{said}</cp:keywords>" in package.read("docProps/core.xml").decode()
    with pikepdf.open(made[".pdf"]) as pdf:
        assert str(pdf.docinfo["/Keywords"]) == said
    assert f'<meta name="generator" content="{said}">' in made[".html"].read_text(encoding="utf-8")
    assert json.loads(made[".json"].read_text(encoding="utf-8"))["program"] == said
    assert (
        json.loads((tmp_path / "o" / "manifest.json").read_text(encoding="utf-8"))["engine"]["version"] == __version__
    )
