"""What a task may cost, and how it may end instead of answering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Say = Callable[[str], None]
"""How far a task has come, in words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` of time and ``megabytes`` of memory for one task.  A process is replaced after ``tasks``, or once it
    holds more than ``kept`` megabytes between two of them (0: never)."""

    seconds: float = 300
    megabytes: int = 2000
    tasks: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that gave no answer.  ``detail``: the exit code of a process that died, the traceback of a fault."""

    reason: Literal["time", "memory", "died", "fault"]
    seconds: float = 0
    detail: str = ""

    @property
    def words(self) -> str:
        """What is said to whoever asked for it."""
        return {
            "time": "处理时间过长，已停止。文件如果很大，请删去多余的内容后重试。",
            "memory": "文件展开后太大，内存不足，已停止。请删去多余的内容后重试。",
            "died": "处理时内存不足或文件异常，已停止。请检查文件后重试。",
            "fault": "程序出错了，这不是您的填报问题。请联系维护人员。",
        }[self.reason]
