"""Commands about learning from published documents: learn."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, done, note, say

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.files import Publication
    from generator.learning import Lesson


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    learn = commands.add_parser("learn", help="从上年公开的文件学写法：哪句话怎样说，每个数取自哪一格")
    learn.add_argument("files", type=Path, nargs="+", metavar="文件", help="公开的文件，可以有多个，第一个为主")
    learn.add_argument("--last", type=Path, metavar="更早一年的公开文件", help="更早一年的公开文件，用来认出上年数")
    learn.add_argument("--pack", default="", help="在哪个模板包上学（不写的，选报表最相近的）")
    learn.add_argument(
        "--try",
        dest="tried",
        type=Path,
        action="append",
        default=[],
        metavar="文件",
        help="学到的写法试用于这个公开文件，逐句比较；可以写几次",
    )
    learn.add_argument(
        "--out", type=Path, metavar="模板包", help="把学到的写成一个模板包：新文件夹的名称（放进自己的模板包）或路径"
    )
    learn.add_argument("--json", action="store_true", help="输出机器可读的结果")
    learn.set_defaults(run=run_learn)


def run_learn(options: argparse.Namespace) -> int:
    from generator.learning import lesson, lesson_lines

    paths = [*options.files, *options.tried, *([options.last] if options.last else [])]
    for path in paths:
        if not path.exists():
            raise UsageError(f"找不到文件 {path}。")
    note("正在读公开的文件")
    given = [(p.name, _read(p)) for p in options.files]
    tried = [(p.name, _read(p)) for p in options.tried]
    last = _read(options.last) if options.last else None
    note("正在学写法")
    made = lesson(given, options.pack, last=last, tried=tried)
    done()
    problems = _write(made, options.out) if options.out else []
    if options.json:
        say(json.dumps(made.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in lesson_lines(made):
            say(line)
        for line in problems:
            say(line)
    return 3 if any(line.startswith("✗") for line in problems) else 0


def _write(made: Lesson, out: Path) -> list[str]:
    """The pack that was written, and what its check says of it."""
    from generator.checks import verify_pack
    from generator.learning import write_pack
    from generator.packs import own_packs

    folder = out if len(out.parts) > 1 else own_packs() / out.name
    if folder.exists():
        raise UsageError(f"已经有 {folder}，请换一个名称。")
    write_pack(made, folder)
    problems, summary = verify_pack(folder.name, folder.parent)
    return [f"已写出模板包 {folder}，公开的文件是它的第一个案例。", *problems, *summary[:3]]


def _read(path: Path) -> Publication:
    from generator.files import read_publication

    read = read_publication(path)
    if not read.blocks:
        raise UsageError(f"{path.name} 读不出来：{read.findings[0].message}")
    return read
