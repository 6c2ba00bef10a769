"""Inside a worker: takes tasks until the pipe ends, answers each, ends with the process that started it."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

from generator.model import Refusal


def serve(pipe: Connection, function: str, lowly: bool) -> None:
    """``function`` is ``module:name``; it is called with a way to say how far it has come, and the task's arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    if lowly:
        with contextlib.suppress(psutil.Error, OSError):
            psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 15))
    sys.stdout = sys.stderr  # libraries that print do not print among a command's answers
    module, _, name = function.partition(":")
    act: Callable[..., Any] | None = None
    while True:
        try:
            megabytes, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            act = act or getattr(importlib.import_module(module), name)
            with _bounded(megabytes):
                answer = ("done", act(lambda text: pipe.send(("said", text)), *arguments))
        except Refusal as error:
            answer = ("refused", (f"{error.opening}：{error}" if error.code == 3 else str(error), error.status))
        except MemoryError:
            answer = ("memory", "")
        except Exception:  # a fault of the program: said, and the worker lives on
            answer = ("fault", traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:
            return


@contextlib.contextmanager
def _bounded(megabytes: int) -> Any:
    """No more memory than allowed, where the system knows such a limit; the parent watches everywhere.

    The limit is on addresses, of which a process has more than memory: what it may grow by is what is limited.
    """
    try:
        import resource
    except ImportError:
        yield
        return
    memory = psutil.Process().memory_info()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory.vms + max(megabytes * 2**20 - memory.rss, 2**20)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
