"""Pool and cluster make the same bytes: a real scheduler, two workers in processes of their own, one killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.batch.plan import Plan, Step, run
from tests.batch.test_batch import ROOT, tree

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address and its two workers."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    where = tmp_path / "scheduler.json"
    python = [sys.executable, "-m"]
    quiet = {"cwd": tmp_path, "env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [
            *python,
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(where),
        ],
        **quiet,  # type: ignore[call-overload]
    )
    end = time.monotonic() + 60
    while not where.is_file() and time.monotonic() < end:
        time.sleep(0.1)
    worker = [
        *python,
        "distributed.cli.dask_worker",
        "--scheduler-file",
        str(where),
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    ]
    workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]  # type: ignore[call-overload]
    yield json.loads(where.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.filterwarnings("ignore")
def test_cluster_and_pool_make_the_same_bytes(
    finished: tuple[Plan, object], cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    plan, _ = finished
    address, workers = cluster
    killed = []

    def watch(step: Step) -> None:
        if step.done == 1:  # in the middle: the others are under way or waiting
            workers[0].send_signal(signal.SIGKILL)
            killed.append(step.total)

    done = run(replace(plan, output=tmp_path / "out", engine="dask", scheduler=address), watch)
    assert killed == [5] and len(done.ran) == 5
    assert workers[0].wait(10) == -signal.SIGKILL
    assert tree(tmp_path / "out") == tree(plan.output)
