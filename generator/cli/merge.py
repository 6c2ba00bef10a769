"""The command that makes a department from its units: merge."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import SEVERITIES, exit_code, print_findings, say

if TYPE_CHECKING:
    from generator.cli.base import Commands


def register(commands: Commands) -> None:
    """Add this command with its Chinese help."""
    merge = commands.add_parser("merge", help="把各单位的填报表合成部门的填报表")
    merge.add_argument("department", type=Path, help="部门文件夹；各单位的填报表放在其中的“单位”文件夹")
    merge.add_argument("--name", default="", help="部门全称（默认用部门原有填报表里的，或文件夹的名称）")
    merge.add_argument("--pack", default="", help="模板包（填报表里已写明的不用给）")
    merge.add_argument("--rewrite", action="store_true", help="部门已有填报表的，重新合并（原来的另存，文字沿用）")
    merge.add_argument("--check", action="store_true", help="只核对部门数是否等于各单位合计减抵销，不写文件")
    merge.add_argument("--fail-on", choices=sorted(SEVERITIES), default="error", help="达到哪一级即返回 1")
    merge.set_defaults(run=run_merge)


def run_merge(options: argparse.Namespace) -> int:
    from generator.department import merge
    from generator.files import WORKBOOK

    made = merge(
        options.department,
        name=options.name,
        pack=options.pack,
        rewrite=options.rewrite and not options.check,
        write=not options.check,
    )
    print_findings(made.findings)
    say(f"读了 {len(made.units.units)} 个单位。")
    if made.combined is None:
        say("没有合并，原有的文件没有改动。")
        return exit_code(made.findings, options.fail_on)
    for offset in made.combined.offsets:
        say(f"抵销 {offset.title}：{offset.amount / 10000:,.2f} 万元。")
    wrong = sum(f.id == "HB-120" for f in made.findings)
    say("部门数等于各单位合计减抵销。" if not wrong else f"部门数与各单位合计减抵销有 {wrong} 处不同。")
    if made.kept is not None:
        say(f"原来的填报表另存为：{made.kept}")
    for path in made.written:
        say(f"  {path}")
    if not options.check and not any(p.name == WORKBOOK for p in made.written):
        say("部门已有填报表，没有改动；要按各单位重新合并，请加 --rewrite。")
    return exit_code(made.findings, options.fail_on)
