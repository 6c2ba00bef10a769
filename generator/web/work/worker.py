"""The child process: takes tasks from its input, answers on its output, under a limit of memory."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from typing import TextIO

import psutil

from generator.model import Refusal
from generator.web.work.tasks import TASKS


def main(memory: int) -> None:
    """Serve tasks until the input ends."""
    _limit(memory)
    with contextlib.suppress(psutil.Error, OSError):  # pages come first
        psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 15))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    sys.stdout = sys.stderr  # nothing else may write among the answers
    for line in sys.stdin:
        _one(line, answers)


def _limit(memory: int) -> None:
    """No more than ``memory`` MB: a limit of the system; where it knows none (Windows), a watch that ends the process."""
    try:
        import resource
    except ImportError:
        threading.Thread(target=_watch, args=(memory,), daemon=True).start()
        return
    size = memory * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch(memory: int) -> None:
    process = psutil.Process()
    while process.memory_info().rss < memory * 2**20:
        time.sleep(0.1)
    os._exit(1)


def _one(line: str, answers: TextIO) -> None:
    def say(content: dict[str, object]) -> None:
        answers.write(json.dumps(content, ensure_ascii=True) + "\n")
        answers.flush()

    try:
        request = json.loads(line)
        result = TASKS[request["task"]](progress=lambda text: say({"progress": text}), **request["arguments"])
        say(result)
    except Refusal as error:
        say({"failed": f"{error.opening}：{error}" if error.code == 3 else str(error)})
    except MemoryError:
        say({"failed": "文件展开后太大，内存不足，已停止。请删去多余的内容后重试。"})
    except Exception as error:  # a bug is said, the worker lives on
        say(
            {
                "failed": f"程序出错了，这不是您的填报问题（{type(error).__name__}）。请联系维护人员。",
                "traceback": traceback.format_exc(),
            }
        )


if __name__ == "__main__":
    main(int(sys.argv[1]))
