"""The command line ``juesuan``.  Only this package prints and exits.

Exit codes: 0 publishable, 1 findings at or above ``--fail-on``, 2 usage, 3 pack or configuration
invalid, 4 a bug (with the traceback saved).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from generator import __version__
from generator.cli import (
    audit,
    batch,
    chinese,
    completion,
    department,
    editing,
    learn,
    merge,
    new,
    open_data,
    packs,
    reasons,
    serve,
    versions,
    watch,
)
from generator.cli.base import Command, UsageError
from generator.model import Refusal
from generator.packs import PACKS_SETTING

TOPICS = (new, department, reasons, batch, merge, packs, editing, versions, audit, learn, open_data, serve, completion)


def parser() -> argparse.ArgumentParser:
    """All commands with their Chinese help."""
    chinese.speak()
    top = argparse.ArgumentParser(prog="juesuan", description="部门决算、部门预算公开文本生成工具")
    top.add_argument("--version", action="version", version=f"juesuan {__version__}", help="显示版本")
    commands = top.add_subparsers(dest="command", metavar="命令", required=True)
    for topic in TOPICS:
        topic.register(commands)
    for path, each in chinese.commands(top):
        if path != "completion":
            each.add_argument("--packs", type=Path, default=argparse.SUPPRESS, help="先在这个文件夹里找模板包")
    chinese.finish(top)
    return top


def _own_packs(options: argparse.Namespace) -> None:
    """``--packs`` holds for this run and the processes it starts."""
    if not hasattr(options, "packs"):
        return
    folder: Path = options.packs
    if not folder.is_dir() and getattr(options, "action", "") != "new":
        raise UsageError(f"找不到模板包的文件夹 {folder}。")
    os.environ[PACKS_SETTING] = os.pathsep.join(filter(None, (str(folder.resolve()), os.environ.get(PACKS_SETTING))))


def _database_error() -> type[Exception]:
    from sqlite3 import DatabaseError

    return DatabaseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is the answer."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    if arguments is None:  # as a person calls it
        watch.watched(options.command)
    try:
        _own_packs(options)
        run: Command = options.run
        return run(options)
    except Refusal as error:
        print(f"{error.opening}：{error}", file=sys.stderr)
        return error.code
    except OSError as error:  # a folder that may not be written, a full disk, a folder in place of a file
        print(
            f"文件读写不成：{error.filename or ''} {error.strerror or error}。请检查这个位置和权限，再试一次。",
            file=sys.stderr,
        )
        return 2
    except _database_error() as error:  # asked for only where something went wrong
        print(
            f"版本库或台账已损坏（{error}）。请移走这个文件，或从备份恢复；填报表和改写的文字不受影响。",
            file=sys.stderr,
        )
        return 2
    except MemoryError:
        print("文件展开后太大，内存不足，已停止。请删去多余的内容后重试。", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 130
    except Exception:  # a bug: saved, said, and told apart from bad data
        with tempfile.NamedTemporaryFile("w", prefix="juesuan-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(f"juesuan {__version__}\n{arguments or sys.argv[1:]}\n")
            traceback.print_exc(file=file)
        print(f"程序出错了，这不是您的填报问题。详情已存入 {file.name}，请发给维护人员。", file=sys.stderr)
        return 4


if __name__ == "__main__":
    sys.exit(main())
