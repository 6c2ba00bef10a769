"""What machines lack that officers really have: no libraries of WeasyPrint, no limits of the system (Windows)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEPARTMENTS, ROOT
from tests.web.desk import NAME, real_workbook
from tests.web.hostile import large_workbook


@pytest.fixture
def poorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Child processes find libraries that do not load."""
    lib = tmp_path / "lib"
    lib.mkdir()
    (lib / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libgobject-2.0-0': error 0x7e\")\n")
    (lib / "sitecustomize.py").write_text(
        "import psutil, sys\nsys.modules['resource'] = None\n"
    )  # psutil itself needs it here
    monkeypatch.setenv("PYTHONPATH", f"{lib}{os.pathsep}{ROOT}")
    return tmp_path


def juesuan(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments], cwd=at, capture_output=True, text=True, check=False
    )


def test_without_the_libraries_of_weasyprint_nothing_is_missed(poorer: Path) -> None:
    folder = poorer / "某局"
    folder.mkdir()
    shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", folder)
    made = juesuan("build", str(folder), "--format", "pdf,txt", "--out", "out", "--final", at=poorer)
    assert made.returncode == 0 and made.stderr == ""
    pdf = next((poorer / "out").glob("*.pdf")).read_bytes()
    assert pdf.startswith(b"%PDF") and b"Typst" in pdf
    named = juesuan("build", str(folder), "--out", "other", "--pdf-engine", "weasyprint", at=poorer)
    assert named.returncode == 2 and "libgobject" in named.stderr and "Traceback" not in named.stderr
    assert not (poorer / "other").exists()
    page = juesuan("diff", str(folder), str(folder), "--format", "pdf", at=poorer)
    assert page.returncode == 2 and "libgobject" in page.stderr and "html" in page.stderr
    told = juesuan("doctor", at=poorer)
    assert told.returncode == 0 and "－ WeasyPrint 没有" in told.stdout and "✓ PDF 用 Typst" in told.stdout


def test_without_typst_weasyprint_sets_the_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lib = tmp_path / "lib"
    lib.mkdir()
    (lib / "sitecustomize.py").write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'typst' else real(name, *a)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{lib}{os.pathsep}{ROOT}")
    folder = tmp_path / "某局"
    folder.mkdir()
    shutil.copy(DEPARTMENTS["000"] / "填报表.xlsx", folder)
    made = juesuan("build", str(folder), "--format", "pdf", "--out", "out", at=tmp_path)
    assert made.returncode == 0 and "改由 WeasyPrint 排版" in made.stderr
    assert b"Typst" not in next((tmp_path / "out").glob("*.pdf")).read_bytes()


def test_without_limits_of_the_system_a_worker_watches_its_memory(poorer: Path) -> None:
    from generator.web.state.acts import PERFORM
    from generator.workers import Ended, Limits, Worker

    arguments = {"name": "a.xlsx", "departments": [NAME], "pack": "liaoning", "year": 2024, "packs": ""}
    large, usual = poorer / "large.xlsx", poorer / "a.xlsx"
    large.write_bytes(large_workbook())
    usual.write_bytes(real_workbook())
    worker = Worker(PERFORM, Limits(seconds=60, megabytes=150))
    try:
        found = worker.run("intake", {**arguments, "file": str(large)})
        assert isinstance(found, Ended) and found.reason == "memory"
        fair = worker.run("intake", {**arguments, "file": str(usual)}, limits=Limits(seconds=60, megabytes=1500))
        assert isinstance(fair, dict) and "sha" in fair
    finally:
        worker.close()
