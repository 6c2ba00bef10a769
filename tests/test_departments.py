"""Made-up departments are consistent: no check fails, in any pack, and the same seed gives the same workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.department.examination import examine
from generator.files.department import WORKBOOK
from generator.model.findings import Severity
from generator.packs.loader import load
from tools.made.departments import BUDGET, made_up, name_of, packs, size_of, write


@pytest.mark.parametrize("pack", [*packs(), *packs(BUDGET)])
def test_no_error_in_any_pack(pack: str, tmp_path: Path) -> None:
    for seed in (3, 7, 29):
        found = examine(write(tmp_path, pack, seed))
        assert found.submission is not None and found.submission.name == name_of(seed)
        assert [f"{f.id} {f.message}" for f in found.findings if f.severity is Severity.ERROR] == []
        if "summary" in found.submission.tables:
            assert found.coverage["passed"] > 40


def test_the_same_seed_gives_the_same_workbook(tmp_path: Path) -> None:
    one, two = (write(tmp_path / k, "liaoning", 5) / WORKBOOK for k in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_seeds_differ_as_in_a_province() -> None:
    pack = load("liaoning").pack
    assert len({name_of(seed) for seed in range(20_000)}) == 20_000
    made = [made_up(pack, seed)[1] for seed in range(60)]
    assert any(d.tables["fund"].rows for d in made) and not all(d.tables["fund"].rows for d in made)
    assert any(d.tables["summary"].slots.get("r5") for d in made)
    units = [size_of(seed).units for seed in range(200)]
    assert min(units) == 1 and max(units) > 8
