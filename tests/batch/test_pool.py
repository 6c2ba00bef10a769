"""The pool bears what jobs do: take too long, take all memory, die."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from generator.batch.job import Outcome
from generator.batch.pool import Limits, Pool
from tests.batch.jobs import job, work


def outcomes(pool: Pool, *keys: str, out: str = "") -> dict[str, Outcome]:
    try:
        return {o.key: o for o in pool.run([job(k, out) for k in keys])}
    finally:
        pool.close()


def test_a_job_beyond_its_limits_is_ended_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = outcomes(Pool(2, Limits(8, 400), work), "sleep", "eat", "die", "once", "a", "b", out=str(tmp_path))
    assert {k: o.state for k, o in found.items()} == {
        "sleep": "failed", "eat": "failed", "die": "failed", "once": "published", "a": "published", "b": "published",
    }  # fmt: skip
    assert "8 秒" in found["sleep"].message
    assert "400 MB" in found["eat"].message
    assert "意外结束" in found["die"].message


def test_workers_are_replaced_and_leave_nothing_behind() -> None:
    pool = Pool(1, Limits(documents=2), work)
    found = outcomes(pool, *"abcd")
    numbers = [int(found[k].message) for k in "abcd"]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    end = time.monotonic() + 10
    while any(psutil.pid_exists(n) for n in numbers) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(psutil.pid_exists(n) for n in numbers)
