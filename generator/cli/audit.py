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
    audit.add_argument(
        "--workbook",
        type=Path,
        metavar="填报表",
        help="与批复的填报表或导出的报表逐格核对；许多部门的，给它们所在的文件夹",
    )
    audit.add_argument("--last", type=Path, metavar="上年公开文件", help="与上年公开的文件核对上年数；也可以是文件夹")
    audit.add_argument(
        "--roster", type=Path, metavar="名单", help="应公开名单（.xlsx、.csv 或 .txt）：谁没有公开，公开网址，是否及时"
    )
    audit.add_argument("--jobs", type=int, default=0, help="同时核对几个（默认与处理器数相同）")
    audit.add_argument("--json", action="store_true", help="输出机器可读的结果")
    audit.add_argument(
        "--out", type=Path, metavar="文件夹", help="把检查表、审核意见、批注和汇总写进这个文件夹；中断后再运行会接着做"
    )
    audit.add_argument("--force", action="store_true", help="没有变化的文件也重新核对")
    audit.set_defaults(run=run_audit)


def run_audit(options: argparse.Namespace) -> int:
    from generator.audit import Asked, audit_many, headline, summary_of, write_summary
    from generator.files import read_roster

    for path in [
        *options.files,
        *([options.workbook] if options.workbook else []),
        *([options.last] if options.last else []),
        *([options.roster] if options.roster else []),
    ]:
        if not path.exists():
            raise UsageError(f"找不到文件 {path}。")
    if options.last and options.last.is_file():
        _readable(options.last)
    if options.jobs < 0:
        raise UsageError("--jobs 要用正数。")

    roster = read_roster(options.roster) if options.roster else []
    given = (options.workbook, options.last, options.out, options.roster)

    def asked(path: str, shown: str) -> Asked:
        workbook, last, out, names = (str(o.resolve()) if o else "" for o in given)
        return Asked(path, shown, options.pack, workbook, last, out, names)

    jobs = options.jobs or os.cpu_count() or 1
    found = audit_many(options.files, asked, jobs, lambda name: note(f"正在核对 {name}"), force=options.force)
    results = []
    for result in found:
        results.append(result)
        if not options.json and not options.out:
            for line in result.lines:
                say(line)
    done()
    if not results:
        raise UsageError("没有找到可以核对的文件（PDF、Word、网页、Excel）。")
    if options.out:
        compared = [w for w, o in (("批复", options.workbook), ("上年", options.last)) if o]
        summary = summary_of([(r.record, r.folder) for r in results], roster, compared, options.pack)
        files = write_summary(summary, options.out)
    if options.json:
        answer = [r.data for r in results]
        one = len(answer) == 1 and len(options.files) == 1 and options.files[0].is_file()
        one = one and options.files[0].suffix.lower() != ".zip"
        say(json.dumps(answer[0] if one else answer, ensure_ascii=False, indent=1))
    elif options.out:
        if len(results) == 1:
            for line in results[0].lines:
                say(line)
        for line in headline(summary):
            say(line)
        say(f"汇总：{files[0]}")
    if not all(r.readable for r in results):
        return 2
    return 0 if all(r.clean for r in results) else 1


def _readable(last: Path) -> None:
    from generator.files import read_publication

    read = read_publication(last)
    if not read.blocks:
        raise UsageError(f"上年公开的文件读不出来：{read.findings[0].message}")
