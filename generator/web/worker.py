"""The child process: takes tasks from its input, answers on its output, under a limit of memory."""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from typing import TextIO

from generator.pack import PackError
from generator.web.tasks import TASKS


def main(memory: int) -> None:
    """Serve tasks until the input ends."""
    size = memory * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(15)  # pages come first
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    sys.stdout = sys.stderr  # nothing else may write among the answers
    for line in sys.stdin:
        _one(line, answers)


def _one(line: str, answers: TextIO) -> None:
    def say(content: dict[str, object]) -> None:
        answers.write(json.dumps(content, ensure_ascii=True) + "\n")
        answers.flush()

    try:
        request = json.loads(line)
        result = TASKS[request["task"]](progress=lambda text: say({"progress": text}), **request["arguments"])
        say(result)
    except PackError as error:
        say({"failed": f"模板包有误：{error}"})
    except MemoryError:
        say({"failed": "文件展开后太大，内存不足，已停止。请删去多余的内容后重试。"})
    except Exception as error:  # a bug is said, the worker lives on
        say({"failed": f"程序出错了，这不是您的填报问题（{type(error).__name__}）。请联系维护人员。", "traceback": traceback.format_exc()})


if __name__ == "__main__":
    main(int(sys.argv[1]))
