"""Commands about reasons: draft them from the numbers, and roll a department into the next year."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, department, done, examine_department, note, print_findings, say

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.reasons import Draft, Taken


STATUS = {
    "none": "无依据",
    "offered": "建议",
    "pending": "待采用",
    "accepted": "已采用",
    "stale": "数字有变",
    "written": "已填写",
}


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    draft = commands.add_parser("draft", help="由数字和事实起草原因，写在填报表的草稿一列")
    department(draft)
    draft.add_argument("--show", action="store_true", help="只显示，不写入填报表")
    draft.add_argument("--all", action="store_true", help="已经填写的事项也写上草稿，供对照")
    draft.add_argument("--json", action="store_true", help="输出机器可读的结果（不写入填报表）")
    draft.set_defaults(run=run_draft)

    roll = commands.add_parser("roll", help="由今年的填报表生成下一年的填报表，今年的数作上年数")
    department(roll)
    roll.add_argument("--to", type=int, required=True, help="下一年度，如 2025")
    roll.add_argument("--out", type=Path, help="放在哪个文件夹（默认 inputs/年度/部门）")
    roll.set_defaults(run=run_roll)


def run_draft(options: argparse.Namespace) -> int:
    from generator.files import put
    from generator.reasons import drafts_as_json as as_json
    from generator.reasons import drafts_for
    from generator.reasons import store_drafts as store

    examined = examine_department(options)
    if examined.submission is None or examined.compiled is None:
        print_findings(examined.findings)
        return 1
    note("起草原因")
    found = drafts_for(examined)
    done()
    if options.json:
        say(json.dumps([as_json(d) for d in found], ensure_ascii=False, indent=1))
        return 0
    kept = None
    if not options.show:  # written first: a closed pipe must not leave the work half done
        workbook = examined.workbook
        kept = store(
            workbook.read_bytes(), examined.compiled, examined.submission, examined.places, found, every=options.all
        )
        if kept.written:
            put(workbook, kept.data)
    for draft in found:
        if draft.asked or draft.text:
            _print(draft)
    if kept is None:
        return 0
    if kept.written:
        say(f"写入 {len(kept.written)} 条草稿：{examined.workbook}")
        say("请在“采用”一格选“采用”，或在左边写自己的说明；没有采用或改写的，不能公开。")
    else:
        say("没有要写入的草稿。")
    for draft in kept.nowhere:
        say(
            f"填报表里没有“{draft.title}”的草稿格，没有写入；请用 juesuan new 生成的新填报表，或在分科目说明里加上这个科目。"
        )
    return 0


def _print(draft: Draft) -> None:
    place = f"{draft.cell}  " if draft.cell else ""
    say(f"{place}{draft.title}〔{STATUS[draft.status.value]}〕")
    say(f"    草稿：{draft.text or draft.missing}")
    if draft.written:
        say(f"    填写：{draft.written}")


def run_roll(options: argparse.Namespace) -> int:
    from generator.department import sealed_note
    from generator.files import WORKBOOK, put_in_place, safe_name
    from generator.reasons import roll

    examined = examine_department(options)
    if examined.submission is None or examined.compiled is None or examined.context is None:
        print_findings(examined.findings)
        return 1
    source = examined.submission
    if options.to <= source.year:
        raise UsageError(f"这份填报表是{source.year}年度的，--to 应当是以后的年度。")
    folder = options.out or Path("inputs") / str(options.to) / safe_name(source.name)
    target = folder / WORKBOOK
    if target.exists():
        raise UsageError(f"{target} 已经存在，不覆盖；请换一个文件夹，或先移走它。")
    if not examined.publishable:
        say("注意：今年的填报表还有错误，带入的上年数可能要改。")
    rolled = roll(
        examined.compiled, examined.context, examined.workbook, options.to, sealed=sealed_note(examined.workbook)
    )
    put_in_place(folder, {WORKBOOK: rolled.workbook})
    print_taken(rolled.taken)
    say(f"{options.to}年度填报表已生成：{target}")
    say("请核对“上年数与年初预算”“上年明细”，核对后在“上年明细”选“已核对”。")
    return 0


def print_taken(taken: Sequence[Taken]) -> None:
    """What was taken from where, for confirmation."""
    for one in taken:
        say(f"  {one.label}：{one.shown}  取自 {one.source}" + (f"  （{one.note}）" if one.note else ""))
