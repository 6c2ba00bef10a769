"""Worker processes with limits of time and memory, so that pages stay fast and a bad file harms nobody.

A worker takes one task a line (JSON) and answers with lines of progress and one result.  A worker
that dies or takes too long is replaced; the task answers with a Chinese message.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
Progress = Callable[[str], None]
TOO_LONG = "处理时间过长，已停止。文件如果很大，请删去多余的内容后重试。"
DIED = "处理时内存不足或文件异常，已停止。请检查文件后重试。"


def quiet(_: str) -> None:
    """No progress."""


@dataclass(frozen=True)
class Limits:
    """Seconds for one task, MB for one process."""

    seconds: int
    memory: int


class Worker:
    """One child process, started when first needed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def run(self, task: str, arguments: Mapping[str, object], progress: Progress = quiet) -> Answer:
        """Do a task; an answer with ``failed`` where it could not be done."""
        child = self._started()
        assert child.stdin is not None and child.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        watch = threading.Timer(self.limits.seconds, stop)
        watch.daemon = True
        watch.start()
        try:
            child.stdin.write(json.dumps({"task": task, "arguments": dict(arguments)}, ensure_ascii=True) + "\n")
            child.stdin.flush()
            for line in child.stdout:
                answer: Answer = json.loads(line)
                if "progress" in answer:
                    progress(str(answer["progress"]))
                else:
                    return answer
        except (BrokenPipeError, OSError, ValueError):
            pass
        finally:
            watch.cancel()
        self._stop()
        return {"failed": TOO_LONG if late.is_set() else DIED, "died": True}

    def _started(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._stop()
                root = str(Path(__file__).resolve().parents[3])
                paths = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
                environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": paths}
                self._child = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "generator.web.work.worker", str(self.limits.memory)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    encoding="utf-8",
                    env=environment,
                )
            return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            child.wait()

    def close(self) -> None:
        """End the process; a task in hand is given up (its job is taken up again at the next start)."""
        self._stop()
