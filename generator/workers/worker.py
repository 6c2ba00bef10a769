"""One child process: started when first needed, given one task at a time, ended beyond its limits and replaced.

Every process starts afresh (``spawn``), so that Windows works the same way.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import psutil

from generator.model import Refusal
from generator.workers._child import serve
from generator.workers.limits import Ended, Limits, Say

TICK = 0.1  # seconds between looks at time and memory
PATIENCE = 10  # times its limit that a task may take by the clock, where it waits for the processor
STILL = 2  # seconds without doing anything after which a task whose time is over is ended
_CONTEXT = multiprocessing.get_context("spawn")


class Worker:
    """``function`` is ``module:name``, loaded in the child only: ``function(say, *arguments)``, plain values in and out.

    ``lowly``: other processes of the machine come first.
    """

    def __init__(self, function: str, limits: Limits, *, lowly: bool = False) -> None:
        self.function, self.limits, self.lowly = function, limits, lowly
        self._process: Any = None
        self._pipe: Connection | None = None
        self._watched: psutil.Process | None = None
        self._task: Limits | None = None  # the limits of the task in hand
        self._since = 0.0
        self._still = 0.0  # since when it does nothing though its time is over
        self._used = self._had = 0.0  # seconds of the processor: before the task, at the last look
        self._done = 0
        self._lock = threading.Lock()  # closing may come from another thread

    @property
    def pid(self) -> int:
        """The process; 0 where there is none."""
        return int(self._process.pid) if self._process is not None and self._process.is_alive() else 0

    @property
    def busy(self) -> bool:
        """A task is in hand."""
        return self._task is not None

    @property
    def pipe(self) -> Connection:
        """What to wait on while a task is in hand."""
        assert self._pipe is not None
        return self._pipe

    def megabytes(self) -> int:
        """Memory that the process holds; 0 where there is none."""
        try:
            return int(self._watched.memory_info().rss >> 20) if self._watched is not None else 0
        except psutil.Error:
            return 0

    # -------------------------------------------------------------- a task

    def give(self, *arguments: object, limits: Limits | None = None) -> None:
        """Begin a task; ``limits`` of its own in place of the usual ones."""
        self._ready()
        self._task, self._since, self._still = limits or self.limits, time.monotonic(), 0.0
        self._used = self._had = self._processor()
        with contextlib.suppress(OSError, ValueError):  # died while idle: seen when its answer is looked for
            self.pipe.send((self._task.megabytes, arguments))

    def look(self, say: Say | None = None) -> tuple[object] | Ended | None:
        """What has come of the task: its answer (in a tuple), how it ended, or nothing yet.  Refusal where it refused."""
        assert self._task is not None
        try:
            while self.pipe.poll(0):
                kind, value = self.pipe.recv()
                if kind != "said":
                    self._task, self._done = None, self._done + 1
                    return self._answer(kind, value)
                if say is not None:
                    say(value)
        except (EOFError, OSError):
            return self._end("died")
        if self._late(time.monotonic(), self._task.seconds):
            return self._end("time")
        if self.megabytes() > self._task.megabytes:
            return self._end("memory")
        return None

    def _late(self, now: float, seconds: float) -> bool:
        """Whether a task has had its time: on a busy machine it waits for the processor, and that is not its time."""
        if now - self._since <= seconds:
            return False
        had = self._processor()
        if had - self._used >= seconds or now - self._since > PATIENCE * seconds:
            return True
        if had > self._had or not self._still or self._wants():
            self._had, self._still = had, now
            return False
        return now - self._still > STILL

    def _processor(self) -> float:
        """Seconds of the processor that the process has had."""
        with contextlib.suppress(psutil.Error):
            if self._watched is not None:
                times = self._watched.cpu_times()
                used: float = times.user + times.system
                return used
        return 0

    def _wants(self) -> bool:
        """Whether the process would go on if the machine let it."""
        with contextlib.suppress(psutil.Error):
            return self._watched is not None and self._watched.status() in (
                psutil.STATUS_RUNNING,
                psutil.STATUS_DISK_SLEEP,
            )
        return False

    def run(self, *arguments: object, limits: Limits | None = None, say: Say | None = None) -> object | Ended:
        """Do a task and wait for its answer.  Refusal where it refused."""
        self.give(*arguments, limits=limits)
        while True:
            with contextlib.suppress(OSError):
                self.pipe.poll(TICK)
            found = self.look(say)
            if isinstance(found, tuple):
                return found[0]
            if found is not None:
                return found

    def _answer(self, kind: str, value: Any) -> tuple[object] | Ended:
        seconds = time.monotonic() - self._since
        match kind:
            case "done":
                return (value,)
            case "refused":
                raise Refusal(value[0], status=value[1])
            case "memory":
                self._stop()  # what is left of it may be in pieces
                return Ended("memory", seconds)
            case _:
                return Ended("fault", seconds, str(value))

    def _end(self, reason: Any) -> Ended:
        seconds = time.monotonic() - self._since
        process = self._process
        self._stop()
        self._task = None
        return Ended(reason, seconds, str(process.exitcode) if reason == "died" and process is not None else "")

    # -------------------------------------------------------------- the process

    def _alive(self) -> bool:
        """Whether the process can take a task: one that was killed still counts as there while its threads end."""
        try:
            return bool(self.pid) and self._watched is not None and self._watched.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def _ready(self) -> None:
        limits = self.limits
        worn = (limits.tasks and self._done >= limits.tasks) or (limits.kept and self.megabytes() > limits.kept)
        if worn or not self._alive():
            self._stop()
            with self._lock:
                ours, theirs = _CONTEXT.Pipe()
                process = _CONTEXT.Process(target=serve, args=(theirs, self.function, self.lowly), daemon=True)
                process.start()
                theirs.close()
                self._process, self._pipe, self._done = process, ours, 0
                with contextlib.suppress(psutil.Error):
                    self._watched = psutil.Process(process.pid)

    def _stop(self) -> None:
        with self._lock:
            process, self._process, self._watched = self._process, None, None
            if self._pipe is not None:  # closed and not forgotten: another thread may be looking
                with contextlib.suppress(OSError):
                    self._pipe.close()
            if process is not None:
                process.kill()
                process.join()

    def close(self) -> None:
        """End the process; a task in hand is given up."""
        self._stop()
