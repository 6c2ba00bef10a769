"""A command that opens files from outside does not take all memory or time of the machine it runs on.

A file of a few kilobytes may ask for gigabytes when it is opened.  A thread looks at what this process holds; beyond
the limit the command ends in words, at once.  That is safe: whatever is written appears whole or not at all, as with
a power cut.  Batches and the workbench read in processes of their own, with their own limits.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

MEMORY_SETTING = "JUESUAN_MEMORY"
READING = 480
"""Megabytes while files are read: four times what the largest real document takes."""
WRITING = 2000
"""Megabytes once reading is over and files are set; as for a batch."""
SECONDS = 300
"""For one step (one file of many)."""
TICK = 0.01
OWN_LIMITS = ("serve", "batch", "account", "backup", "completion")


class Watch(threading.Thread):
    """Watches this process; ``end`` is what ends it."""

    def __init__(
        self, megabytes: int = 0, seconds: float = SECONDS, end: Callable[[str], None] | None = None, tick: float = TICK
    ) -> None:
        super().__init__(daemon=True)
        chosen = megabytes or _chosen()
        self.reading, self.writing, self.seconds, self.tick = chosen or READING, max(chosen, WRITING), seconds, tick
        self.end = end or _end
        self.megabytes, self.doing, self.since = self.reading, "", time.monotonic()
        self.over = threading.Event()

    def step(self, text: str) -> None:
        """A step begins: its time begins anew.  Setting files may take more than reading them, and follows it."""
        self.doing, self.since = text, time.monotonic()
        if text.startswith("写出"):
            self.megabytes = self.writing

    def run(self) -> None:
        held = _held()
        while not self.over.wait(self.tick):
            if held() > self.megabytes:
                self.end(f"{self._where()}文件展开后太大，用的内存超过了 {self.megabytes} MB，已停止。"
                         f"请删去多余的内容后重试；确是正常文件的，可用环境变量 {MEMORY_SETTING} 放宽（单位 MB）。")  # fmt: skip
                return
            if time.monotonic() - self.since > self.seconds:
                self.end(f"{self._where()}处理时间过长，已停止。文件如果很大，请删去多余的内容后重试。")
                return

    def _where(self) -> str:
        return f"{self.doing}时，" if self.doing else ""


def _chosen() -> int:
    words = os.environ.get(MEMORY_SETTING, "").strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) < 7 else 0


def _held() -> Callable[[], int]:
    """Megabytes that this process holds, as a cheap question."""
    try:
        status, page = Path("/proc/self/statm").open(encoding="ascii"), os.sysconf("SC_PAGE_SIZE")  # noqa: SIM115 - kept open
    except (OSError, AttributeError, ValueError):
        import psutil

        process = psutil.Process()
        return lambda: int(process.memory_info().rss) >> 20

    def now() -> int:
        status.seek(0)
        return int(status.read().split()[1]) * page >> 20

    return now


def _end(words: str) -> None:
    sys.stderr.write(f"\n{words}\n")
    sys.stderr.flush()
    os._exit(2)


_watch: Watch | None = None


def watched(command: str) -> None:
    """Watch this process from now on, where the command opens files itself."""
    global _watch
    if command not in OWN_LIMITS:
        _watch = Watch()
        _watch.start()


def step(text: str) -> None:
    if _watch is not None:
        _watch.step(text)
