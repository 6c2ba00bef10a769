"""What every command shares: how to speak, progress, the department argument, the exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import watch
from generator.model import Finding, Refusal, Severity

if TYPE_CHECKING:
    from generator.department import Examined

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
Command = Callable[[argparse.Namespace], int]
Said = str  # ✓, － or ✗


class UsageError(Refusal):
    """The command was called wrongly."""

    opening = "用法不对"


def say(text: str = "") -> None:
    """To the terminal, where a pipe may have been closed."""
    try:
        print(text)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def note(text: str) -> None:
    """Progress: to stderr, and only on a terminal; each step may take so much time (see ``watch``)."""
    watch.step(text)
    if sys.stderr.isatty():
        print(f"\r\033[K{text}…", end="", file=sys.stderr, flush=True)


def done() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def department(command: argparse.ArgumentParser) -> None:
    command.add_argument("department", type=Path, help="部门文件夹或填报表")
    command.add_argument("--pack", default="", help="模板包（填报表里已写明的不用给）")


def formats_of(text: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The formats that a person named (``docx,pdf``); the usual ones where none is named."""
    from generator.department import ALL_FORMATS

    wanted = tuple(f.strip() for f in text.split(",") if f.strip()) or usual
    unknown = [f for f in wanted if f not in ALL_FORMATS]
    if unknown:
        raise UsageError(f"没有这种格式：{'、'.join(unknown)}；可选 {'、'.join(ALL_FORMATS)}。")
    return wanted


def check_engine(name: str) -> None:
    """A PDF engine that cannot be used is said before any work is done."""
    from generator.writers import trouble

    problem = trouble(name)
    if problem:
        raise UsageError(problem)


def examine_department(options: argparse.Namespace) -> Examined:
    from generator.department import examine

    try:
        return examine(options.department, pack=options.pack, progress=note)
    finally:
        done()


def print_findings(findings: Sequence[Finding]) -> None:
    """Location first: ``公开01表!C8  错误 GK-103  …``; what only follows is set in under its cause."""
    previous: Finding | None = None
    for finding in findings:
        place = str(finding.cells[0]) if finding.cells else "填报表"
        folded = previous is not None and finding.related == (previous.id,)
        if not folded:
            previous = finding
        indent = "    └ " if folded else ""
        say(f"{indent}{place}  {finding.severity.chinese} {finding.id}  {finding.message}")
        if len(finding.cells) > 1 and not folded:
            others = "、".join(str(c) for c in finding.cells[1:9])
            more = f" 等{len(finding.cells)}格" if len(finding.cells) > 9 else ""
            say(f"      有关单元格：{others}{more}")
        if finding.hint and not folded:
            say(f"      {finding.hint}")


def print_coverage(coverage: object, findings: Sequence[Finding]) -> None:
    assert isinstance(coverage, dict)
    counts = {s: sum(1 for f in findings if f.severity is s) for s in Severity}
    say(
        f"检查结果：通过 {coverage['passed']}，不符 {coverage['failed']}，"
        f"不适用 {coverage['not_applicable']}，无法判断 {coverage['cannot_tell']}。"
    )
    say(
        f"错误 {counts[Severity.ERROR]} 条，警告 {counts[Severity.WARNING]} 条，提示 {counts[Severity.INFO]} 条。"
        + ("可以公开。" if counts[Severity.ERROR] == 0 else "有错误，不能公开。")
    )


def exit_code(findings: Sequence[Finding], fail_on: str) -> int:
    limit = SEVERITIES[fail_on].rank
    return 1 if any(f.severity.rank >= limit for f in findings) else 0
