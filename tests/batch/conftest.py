"""Made-up departments and a finished run over them, once in a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.batch.plan import Done, Plan, run
from generator.files.department import WORKBOOK
from tools.made.departments import write

PACKS = ("liaoning", "xinjiang", "liaoning", "chaoyang")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four departments and a workbook that is none."""
    folder = tmp_path_factory.mktemp("各部门")
    for seed, pack in enumerate(PACKS):
        write(folder / "2024", pack, seed)
    bad = folder / "2024" / "坏的"
    bad.mkdir()
    (bad / WORKBOOK).write_bytes(b"PK\x03\x04 not a workbook")
    return folder


@pytest.fixture(scope="session")
def finished(made: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Done]:
    plan = Plan(made, tmp_path_factory.mktemp("output"), ("docx", "pdf", "xlsx", "txt"), workers=2)
    return plan, run(plan)
