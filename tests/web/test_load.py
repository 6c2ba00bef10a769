"""Several officers at once over the wire, the server killed in the middle: no error, no lost update."""

from __future__ import annotations

from pathlib import Path

from tools.proof.load_web import measure


def test_officers_at_once_lose_nothing(tmp_path: Path) -> None:
    load, missing = measure(tmp_path, officers=8, seconds=8, seed=7, crash=True)
    assert load.problems == [] and missing == []
    assert load.shared + len(load.typed) >= 2  # how many depends on the machine
