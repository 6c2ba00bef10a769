"""Jobs that misbehave, for the pool: they must be importable in a fresh process."""

from __future__ import annotations

import os
import time
from pathlib import Path

from generator.batch.job import Job, Outcome


def job(key: str, out: str = "") -> Job:
    return Job(key, key, out, (), "typst", "")


def work(job: Job) -> Outcome:
    """What the key says: sleep, eat memory, die, die once, or tell the process that did it."""
    if job.key == "sleep":
        time.sleep(60)
    if job.key == "eat":
        kept = []
        while True:
            kept.append(bytearray(20_000_000))
            time.sleep(0.02)
    if job.key == "die":
        os._exit(9)
    if job.key == "once":
        mark = Path(job.out) / "mark"
        if not mark.exists():
            mark.touch()
            os._exit(9)
    return Outcome(job.key, "published", message=str(os.getpid()))
