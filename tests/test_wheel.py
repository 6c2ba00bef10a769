"""The wheel alone, in a clean environment outside the checkout: packs, pages, workers, everything is in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from generator.packs.places import TEMPLATES
from tests.conftest import DEPARTMENTS, ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "output", "build", "*.egg-info", ".*cache", "__pycache__")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, home / "source", ignore=LEFT_OUT)
    new = int(metadata.version("setuptools").partition(".")[0]) >= 77
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(home)]
    command += ["--no-build-isolation"] if new else []  # an older one fetches what it needs
    subprocess.run([*command, str(home / "source")], check=True, capture_output=True)
    shutil.rmtree(home / "source")
    return next(home.glob("*.whl"))


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; the libraries are those of this one, the program is not."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "venv", with_pip=False, symlinks=os.name == "posix")
    place = sysconfig.get_path("purelib", vars={"base": str(home / "venv"), "platbase": str(home / "venv")})
    with zipfile.ZipFile(wheel) as file:
        file.extractall(place)  # what pip does with a pure wheel
    (Path(place) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (home / "工作").mkdir()
    return home


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUESUAN", "VIRTUAL_ENV", "PYTEST"))}
    return kept | {"JUESUAN_CACHE": str(home / "cache"), "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def run(home: Path, environment: dict[str, str]) -> Run:
    python = home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def call(*arguments: str, module: str = "generator") -> subprocess.CompletedProcess[str]:
        command = [str(python), "-m", module, *arguments] if module else [str(python), *arguments]
        return subprocess.run(
            command, cwd=home / "工作", env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    return call


def test_it_stands_alone(run: Run, home: Path) -> None:
    told = run("-c", "import generator, sys; print(generator.__file__, *sys.path)", module="")
    assert str(home) in told.stdout and str(ROOT / "generator") not in told.stdout, told.stderr
    listed = run("pack", "list")
    names = {line.split()[0] for line in listed.stdout.splitlines()}
    assert listed.returncode == 0 and names == {p.parent.name for p in TEMPLATES.glob("*/pack.toml")} and len(names) > 6


def test_licences_fonts_and_pages_are_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    source = ROOT / "generator"
    data = {
        p.relative_to(ROOT).as_posix()
        for folder in ("writers/assets", "web/templates", "web/static")
        for p in (source / folder).rglob("*")
        if p.is_file()
    }
    packs = {f"generator/templates/{p.relative_to(TEMPLATES).as_posix()}" for p in TEMPLATES.rglob("*") if p.is_file()}
    assert len(data) > 40 and data | packs <= names
    assert any(re.search(r"\.dist-info/(licenses/)?LICENSE$", n) for n in names)
    assert not [n for n in names if n.startswith(("tests/", "tools/", "inputs/", "templates/"))]


def test_a_department_from_form_to_files(run: Run, home: Path) -> None:
    work = home / "工作"
    made = run("new", "--pack", "liaoning", "--year", "2024", "--name", "某某局")
    assert made.returncode == 0 and (work / "inputs/2024/某某局/填报表.xlsx").is_file(), made.stderr
    folder = work / "inputs/2024/局"
    shutil.copytree(DEPARTMENTS["000"], folder)
    checked = run("check", "inputs/2024/局")
    assert checked.returncode == 0 and "可以公开" in checked.stdout, checked.stderr
    built = run("build", "inputs/2024/局", "--final")
    assert built.returncode == 0, built.stderr
    kinds = {p.suffix for p in (work / "output").rglob("*2024年度*") if p.is_file()}
    assert kinds == {".docx", ".pdf", ".xlsx", ".html", ".txt", ".json"}
    shutil.rmtree(work / "output")
    shutil.rmtree(work / "inputs/2024/某某局")
    many = run("batch", "inputs/2024", "--format", "txt,pdf", "--jobs", "2")
    assert many.returncode == 0, many.stdout + many.stderr
    assert {p.suffix for p in (work / "output").rglob("*2024年度部门决算*")} == {".txt", ".pdf"}


@pytest.fixture
def served(home: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the workbench, as it says it."""
    python = home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with subprocess.Popen(
        [str(python), "-m", "generator", "serve", "--port", "18400", "--next-port"],
        cwd=home / "工作",
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+/", server.stdout.readline())
        assert found
        yield found[0]
        server.terminate()


def test_the_workbench_serves_and_its_workers_work(home: Path, served: str) -> None:
    """The first thing it does is a job: the departments of the folder are examined, in a process of its own."""
    for _ in range(600):
        listed = urllib.request.urlopen(f"{served}api/v1/departments", timeout=30).read().decode()  # noqa: S310
        if "可以提交" in listed:
            return
        time.sleep(0.2)
    pytest.fail(listed[:800])
