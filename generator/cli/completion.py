"""Completion in the shell: the words of every command after the Tab key."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, say

if TYPE_CHECKING:
    from generator.cli.base import Commands

SHELLS = ("bash", "zsh", "tcsh")


def register(commands: Commands) -> None:
    """Add this command with its Chinese help."""
    completion = commands.add_parser("completion", help="输出命令补全脚本（按 Tab 键补全）")
    completion.add_argument("shell", choices=SHELLS, help="用的是哪一种终端")
    completion.set_defaults(run=run_completion)


def run_completion(options: argparse.Namespace) -> int:
    try:
        import shtab
    except ImportError:
        raise UsageError("没有安装补全用的组件，请运行 pip install shtab。") from None
    from generator.cli.command_line import parser

    say(shtab.complete(parser(), shell=options.shell))
    return 0
