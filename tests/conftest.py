"""Shared fixtures: the real departments, read, composed and checked once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.department.examination import Examined, examine
from generator.packs.compiled import CompiledPack
from generator.packs.loader import load
from generator.packs.pack import Pack

ROOT = Path(__file__).resolve().parent.parent
INPUTS = ROOT / "inputs" / "2024"
GOLDEN = Path(__file__).resolve().parent / "golden"
DEPARTMENTS = {
    "000": INPUTS / "辽宁自由贸易试验区制度创新中心(辽宁省电子口岸服务中心)",
    "001": INPUTS / "辽宁省数据局",
    "002": INPUTS / "新疆维吾尔自治区口岸管理办公室",
    "003": INPUTS / "大连市西岗区营商环境建设局",
    "004": INPUTS / "辽宁省朝阳市人民政府办公室",
}
_cache: dict[str, Examined] = {}


def examined_of(seed: str) -> Examined:
    """A real department, examined once in a session."""
    if seed not in _cache:
        _cache[seed] = examine(DEPARTMENTS[seed])
    return _cache[seed]


def pack_of(seed: str) -> Pack:
    """The pack of a real department."""
    compiled = examined_of(seed).compiled
    assert compiled is not None
    return compiled.pack


@pytest.fixture(autouse=True)
def _own_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--packs`` on the command line sets a variable for its process: a test leaves none to the next one."""
    monkeypatch.setenv("JUESUAN_PACKS", "")


@pytest.fixture(scope="session", autouse=True)
def _shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled packs and prepared fonts are kept for the session only, and shared by its workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUESUAN_CACHE", str(shared / "cache"))
        yield


@pytest.fixture(params=sorted(DEPARTMENTS))
def seed(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def department(tmp_path: Path) -> Path:
    """A folder with the workbook of a real department, to be changed at will."""
    folder = tmp_path / "部门"
    folder.mkdir()
    shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", folder)
    return folder


@pytest.fixture
def examined(seed: str) -> Examined:
    return examined_of(seed)


@pytest.fixture(scope="session")
def liaoning() -> CompiledPack:
    return load("liaoning")
