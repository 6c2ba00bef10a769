"""Commands about published documents: audit."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, done, note, say

if TYPE_CHECKING:
    from generator.cli.base import Commands


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    audit = commands.add_parser("audit", help="核对已经公开的决算、预算文件（PDF、Word、网页、Excel，文件夹或压缩包）")
    audit.add_argument("files", type=Path, nargs="+", metavar="文件", help="公开的文件，可以有多个")
    audit.add_argument("--pack", default="", help="按哪个模板包的科目和用词读取（一般不用写）")
    audit.add_argument("--workbook", type=Path, metavar="填报表", help="与批复的填报表或导出的报表逐格核对")
    audit.add_argument("--last", type=Path, metavar="上年公开文件", help="与上年公开的文件核对上年数")
    audit.add_argument("--jobs", type=int, default=0, help="同时核对几个（默认与处理器数相同）")
    audit.add_argument("--json", action="store_true", help="输出机器可读的结果")
    audit.add_argument("--out", type=Path, metavar="文件夹", help="把结果写进这个文件夹")
    audit.set_defaults(run=run_audit)


def run_audit(options: argparse.Namespace) -> int:
    from generator.audit import Asked, audit_many

    for path in [
        *options.files,
        *([options.workbook] if options.workbook else []),
        *([options.last] if options.last else []),
    ]:
        if not path.exists():
            raise UsageError(f"找不到文件 {path}。")
    if options.last:
        _readable(options.last)
    if options.jobs < 0:
        raise UsageError("--jobs 要用正数。")

    def asked(path: str, shown: str) -> Asked:
        workbook, last, out = (str(o.resolve()) if o else "" for o in (options.workbook, options.last, options.out))
        return Asked(path, shown, options.pack, workbook, last, out)

    jobs = options.jobs or os.cpu_count() or 1
    results = list(audit_many(options.files, asked, jobs, lambda name: note(f"正在核对 {name}")))
    done()
    if not results:
        raise UsageError("没有找到可以核对的文件（PDF、Word、网页、Excel）。")
    if options.json:
        answer = [r.data for r in results]
        one = (
            len(answer) == 1
            and len(options.files) == 1
            and options.files[0].is_file()
            and options.files[0].suffix.lower() != ".zip"
        )
        say(json.dumps(answer[0] if one else answer, ensure_ascii=False, indent=1))
    else:
        for result in results:
            for line in result.lines:
                say(line)
    if not all(r.readable for r in results):
        return 2
    return 0 if all(r.clean for r in results) else 1


def _readable(last: Path) -> None:
    from generator.files import read_publication

    read = read_publication(last)
    if not read.blocks:
        raise UsageError(f"上年公开的文件读不出来：{read.findings[0].message}")
