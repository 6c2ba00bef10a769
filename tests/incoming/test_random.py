"""A seeded sample of the proof over random files from outside (``make proof`` runs it whole)."""

from __future__ import annotations

from pathlib import Path

from tools.proof import incoming


def test_files_from_outside_are_read_rightly_or_something_is_said(tmp_path: Path) -> None:
    wrong, found = incoming.run(range(60), tmp_path)
    assert wrong == [] and found["taken"] > 30 and found["WB-066"] and found["WB-059"]
