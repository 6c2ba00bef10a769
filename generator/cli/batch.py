"""The command for many departments: batch."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, check_engine, done, formats_of, say
from generator.writers import ENGINES, usual

if TYPE_CHECKING:
    from generator.batch import Step
    from generator.cli.base import Commands


def register(commands: Commands) -> None:
    """Add this command with its Chinese help."""
    batch = commands.add_parser("batch", help="一次生成许多部门")
    batch.add_argument("dir", type=Path, help="各部门填报表所在的文件夹（会找到下面所有部门）")
    batch.add_argument("--out", type=Path, default=Path("output"), help="输出到哪个文件夹（默认 output）")
    batch.add_argument(
        "--format", default="", help="docx,pdf,xlsx,html,txt,json,data（data 是开放数据；默认 docx,pdf,xlsx）"
    )
    batch.add_argument("--pdf-engine", choices=ENGINES, default="", help="用什么排 PDF（默认 typst）")
    batch.add_argument("--jobs", type=int, default=0, help="同时进行几个（默认与处理器数相同）")
    batch.add_argument("--engine", choices=("local", "dask"), default="local", help="在本机，或在 Dask 集群上")
    batch.add_argument("--scheduler", default="", help="Dask 调度器地址，如 tcp://10.0.0.1:8786（不写则在本机起一个）")
    batch.add_argument("--only-failed", action="store_true", help="只处理上次没有完成、不能读取或只有草稿的部门")
    batch.add_argument("--force", action="store_true", help="没有变化的也重新生成")
    batch.add_argument("--roster", type=Path, help="应交名单（.xlsx、.csv 或 .txt），据此列出未交的部门")
    batch.add_argument("--pack", default="", help="模板包（填报表里已写明的不用给）")
    batch.add_argument("--time-limit", type=int, default=300, help="每个部门最多多少秒（默认 300）")
    batch.add_argument("--memory-limit", type=int, default=2000, help="每个进程最多多少 MB（默认 2000）")
    batch.add_argument("--json", action="store_true", help="输出机器可读的结果")
    batch.set_defaults(run=run_batch)


def _watch(step: Step) -> None:
    """One line that is written over: rate and time left; only on a terminal."""
    if not sys.stderr.isatty():
        return
    rate = step.done / step.seconds if step.done else 0.0
    left = (step.total - step.done) / rate if rate else 0.0
    filled = 24 * step.done // max(step.total, 1)
    time_left = f"，还需 {int(left) // 60} 分 {int(left) % 60:02} 秒" if rate else ""
    line = f"[{'█' * filled}{'·' * (24 - filled)}] {step.done}/{step.total}"
    extra = f"，没有变化的 {step.skipped}" if step.skipped else ""
    print(f"\r\033[K{line}，每秒 {rate:.2f} 个{time_left}{extra}", end="", file=sys.stderr, flush=True)


def run_batch(options: argparse.Namespace) -> int:
    from generator.batch import (
        FORMATS,
        LIMITS,
        Plan,
        first_problem,
        headline,
        name_of,
        summarize,
        write_summary,
    )
    from generator.batch import run_batch as run
    from generator.batch import summary_as_json as as_json
    from generator.files import read_roster

    if not options.dir.is_dir():
        raise UsageError(f"找不到文件夹 {options.dir}。")
    if options.scheduler and options.engine != "dask":
        raise UsageError("--scheduler 要与 --engine dask 一起用。")
    formats = formats_of(options.format, FORMATS)
    if min(options.time_limit, options.memory_limit) <= 0 or options.jobs < 0:
        raise UsageError("--jobs、--time-limit、--memory-limit 要用正数。")
    engine = options.pdf_engine or usual()
    check_engine(engine)
    plan = Plan(
        options.dir, options.out, formats, engine, options.engine, options.scheduler, options.jobs, options.only_failed,
        options.force, options.pack, limits=replace(LIMITS, seconds=options.time_limit, megabytes=options.memory_limit),
    )  # fmt: skip
    try:
        roster = [entry.name for entry in read_roster(options.roster)] if options.roster else []
        summary = summarize(run(plan, _watch), roster)
    finally:
        done()
    if not summary.done.outcomes:
        raise UsageError(f"{options.dir} 下面没有部门（文件夹里要有填报表）。")
    files = write_summary(summary)
    if options.json:
        say(json.dumps(as_json(summary, ""), ensure_ascii=False, indent=1))
    else:
        for line in headline(summary):
            say(line)
        for outcome in summary.outcomes:
            if outcome.state in ("failed", "unreadable"):
                say(f"  {name_of(outcome)}：{first_problem(outcome)}")
        say(f"汇总：{files[0]}")
    return 1 if summary.missing or any(o.state != "published" for o in summary.done.outcomes.values()) else 0
