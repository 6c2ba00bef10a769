"""Jobs on the processors of this machine: processes that are watched, limited and replaced.

Every process starts afresh (``spawn``), so that Windows works the same way.  A process is replaced
after some tens of documents, and ended where its job takes too long or too much memory; a job whose
process dies is tried once more.  When the leading process dies, its workers end with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, cast

import psutil

from generator.batch.job import Job, Outcome, run

TICK = 0.5  # seconds between looks at time and memory


@dataclass(frozen=True, slots=True)
class Limits:
    """What one department may cost.  ``seconds`` of time, ``megabytes`` of memory; a process is
    replaced after ``documents``, or once it holds more than ``kept`` megabytes between two of them."""

    seconds: int = 300
    megabytes: int = 2000
    documents: int = 40
    kept: int = 650


def _work(pipe: Connection, function: Callable[[Job], Outcome]) -> None:
    """A worker: jobs in, outcomes out, until told to stop or left alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the leading process ends its workers
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        if job is None:
            return
        pipe.send(function(job))


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    done: int = 0
    kept: int = 0
    job: Job | None = None
    since: float = 0.0
    watched: psutil.Process | None = field(default=None)


class Pool:
    """Some worker processes.  ``function`` is the job; another one is for tests of the pool itself."""

    def __init__(self, workers: int, limits: Limits, function: Callable[[Job], Outcome] = run) -> None:
        self.limits, self.function = limits, function
        self._context = multiprocessing.get_context("spawn")
        self._workers = [self._start() for _ in range(max(1, workers))]

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self.function), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, watched=psutil.Process(process.pid))

    def _stop(self, worker: _Worker) -> None:
        with contextlib.suppress(OSError):
            worker.pipe.close()
        worker.process.kill()
        worker.process.join()

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            self._stop(worker)
        self._workers = []

    def run(self, jobs: Iterable[Job], begin: Callable[[Job], None] = lambda _: None) -> Iterator[Outcome]:
        """Outcomes as they come.  ``begin`` is called before a job is given to a worker."""
        waiting = deque(jobs)
        again: set[str] = set()
        while waiting or any(w.job for w in self._workers):
            for number, worker in enumerate(self._workers):
                if worker.job is None and waiting:
                    if worker.done >= self.limits.documents or worker.kept > self.limits.kept:
                        self._stop(worker)
                        worker = self._workers[number] = self._start()
                    job = waiting.popleft()
                    begin(job)
                    worker.job, worker.since = job, time.monotonic()
                    with contextlib.suppress(OSError):  # died while idle: seen below
                        worker.pipe.send(job)
            busy = {w.pipe: k for k, w in enumerate(self._workers) if w.job}
            ready = wait(list(busy), timeout=TICK)
            for pipe in ready:
                number = busy[cast(Connection, pipe)]  # another class on Windows
                worker = self._workers[number]
                assert worker.job is not None
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, OSError):
                    job = worker.job
                    self._stop(worker)
                    self._workers[number] = self._start()
                    if job.key in again:
                        code = worker.process.exitcode
                        yield Outcome(job.key, "failed", f"处理这个部门的进程两次意外结束（代码 {code}）。")
                    else:
                        again.add(job.key)
                        waiting.appendleft(job)
                    continue
                worker.job, worker.done, worker.kept = None, worker.done + 1, outcome.megabytes
                yield outcome
            yield from self._overdue()

    def _overdue(self) -> Iterator[Outcome]:
        """End jobs beyond their limits."""
        for number, worker in enumerate(self._workers):
            if worker.job is None:
                continue
            seconds = time.monotonic() - worker.since
            message = ""
            if seconds > self.limits.seconds:
                message = f"超过 {self.limits.seconds} 秒没有完成，已停止。可以用 --time-limit 放宽。"
            elif _memory(worker) > self.limits.megabytes:
                message = f"用的内存超过 {self.limits.megabytes} MB，已停止。可以用 --memory-limit 放宽。"
            if message:
                key = worker.job.key
                self._stop(worker)
                self._workers[number] = self._start()
                yield Outcome(key, "failed", message, seconds=seconds)


def _memory(worker: _Worker) -> int:
    """Megabytes that a worker holds; 0 where it has just ended."""
    try:
        return int(worker.watched.memory_info().rss >> 20) if worker.watched else 0
    except psutil.Error:
        return 0
