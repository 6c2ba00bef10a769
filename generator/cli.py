"""The command line ``juesuan``.  Only this module prints and exits.

Exit codes: 0 publishable, 1 findings at or above ``--fail-on``, 2 usage, 3 pack or configuration
invalid, 4 a bug (with the traceback saved).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.annotate import AnnotateError
from generator.explanations import ExplanationError
from generator.findings import Finding, Severity
from generator.pack import PackError

if TYPE_CHECKING:
    from generator.pipeline import Examined

SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
Command = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """The command was called wrongly; the message is Chinese."""


def say(text: str = "") -> None:
    """To the terminal, where a pipe may have been closed."""
    try:
        print(text)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def note(text: str) -> None:
    """Progress: to stderr, and only on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}…", end="", file=sys.stderr, flush=True)


def done() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """All commands with their Chinese help."""
    top = argparse.ArgumentParser(prog="juesuan", description="部门决算、部门预算公开文本生成工具")
    top.add_argument("--version", action="version", version=f"juesuan {__version__}")
    commands = top.add_subparsers(dest="command", metavar="命令", required=True)

    new = commands.add_parser("new", help="生成空白填报表")
    new.add_argument("--pack", required=True, help="模板包，如 liaoning")
    new.add_argument("--year", required=True, type=int, help="年度")
    new.add_argument("--name", required=True, help="部门（单位）全称")
    new.add_argument("--from", dest="source", nargs="+", type=Path, default=[], help="从导出的公开01–09表带入数字")
    new.add_argument("dir", nargs="?", type=Path, help="放在哪个文件夹（默认 inputs/年度/部门）")
    new.set_defaults(run=run_new)

    check = commands.add_parser("check", help="检查一个部门")
    department(check)
    check.add_argument("--json", action="store_true", help="输出机器可读的结果")
    check.add_argument("--mark", action="store_true", help="另存一份标注了问题的填报表")
    check.add_argument("--fail-on", choices=sorted(SEVERITIES), default="error", help="达到哪一级即返回 1")
    check.set_defaults(run=run_check)

    accept = commands.add_parser("accept", help="为一条警告写明理由")
    department(accept)
    accept.add_argument("id", help="警告的编号，如 GK-136")
    accept.add_argument("--cell", default="", help="有几条同号警告时，指明单元格，如 公开01表!C34")
    accept.add_argument("--reason", required=True, help="理由")
    accept.add_argument("--by", required=True, help="说明人")
    accept.set_defaults(run=run_accept)

    build = commands.add_parser("build", help="生成公开文本")
    department(build)
    build.add_argument("--format", default="", help="docx,pdf,xlsx,html,txt,json（默认全部）")
    build.add_argument("--out", type=Path, help="输出到哪个文件夹（默认 output/年度/部门）")
    build.add_argument("--json", action="store_true", help="输出机器可读的结果")
    build.add_argument("--fail-on", choices=sorted(SEVERITIES), default="error", help="达到哪一级即返回 1")
    build.set_defaults(run=run_build)

    pack = commands.add_parser("pack", help="查看、检查模板包")
    actions = pack.add_subparsers(dest="action", metavar="操作", required=True)
    actions.add_parser("list", help="列出模板包").set_defaults(run=run_pack_list)
    show = actions.add_parser("show", help="显示模板包的内容")
    show.add_argument("name")
    show.add_argument("--effective", action="store_true", help="每一条都写明来自哪个文件")
    show.set_defaults(run=run_pack_show)
    verify = actions.add_parser("check", help="检查模板包")
    verify.add_argument("name")
    verify.set_defaults(run=run_pack_check)

    explain = commands.add_parser("explain", help="解释一项检查")
    explain.add_argument("id")
    explain.add_argument("--pack", default="national")
    explain.set_defaults(run=run_explain)

    doctor = commands.add_parser("doctor", help="检查本机环境：字体、依赖")
    doctor.set_defaults(run=run_doctor)
    return top


def department(command: argparse.ArgumentParser) -> None:
    command.add_argument("department", type=Path, help="部门文件夹或填报表")
    command.add_argument("--pack", default="", help="模板包（填报表里已写明的不用给）")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is the answer."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    try:
        run: Command = options.run
        return run(options)
    except UsageError as error:
        print(f"用法不对：{error}", file=sys.stderr)
        return 2
    except (AnnotateError, ExplanationError) as error:
        print(f"不能完成：{error}", file=sys.stderr)
        return 2
    except PackError as error:
        print(f"模板包有误：{error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 130
    except Exception:  # a bug: saved, said, and told apart from bad data
        with tempfile.NamedTemporaryFile("w", prefix="juesuan-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(f"juesuan {__version__}\n{arguments or sys.argv[1:]}\n")
            traceback.print_exc(file=file)
        print(f"程序出错了，这不是您的填报问题。详情已存入 {file.name}，请发给维护人员。", file=sys.stderr)
        return 4


def run_new(options: argparse.Namespace) -> int:
    from generator.packs import load
    from generator.pipeline import WORKBOOK, safe_name
    from generator.workbook import import_tables, write_form

    pack = load(options.pack).pack
    if pack.meta.abstract:
        raise UsageError(f"模板包 {pack.id} 是共同部分，不能直接使用。")
    folder = options.dir or Path("inputs") / str(options.year) / safe_name(options.name)
    target = folder / WORKBOOK
    if target.exists():
        raise UsageError(f"{target} 已经存在，不覆盖；请换一个文件夹，或先移走它。")
    data = None
    findings: list[Finding] = []
    if options.source:
        data, findings = import_tables(options.source, pack)
    content = write_form(pack, options.year, options.name, data=data)
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    print_findings(findings)
    say(f"填报表已生成：{target}")
    say("请用 Excel 或 WPS 填写浅黄色的格子，保存后运行 juesuan check。")
    return 0


def run_accept(options: argparse.Namespace) -> int:
    from datetime import datetime

    from generator import explanations

    examined = _examine(options)
    at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    folder = examined.workbook.parent
    finding = explanations.explain(
        folder, examined.findings, options.id, options.cell, options.reason, options.by, at
    )
    say(f"已记下理由：{explanations.place_of(finding)} {finding.id}。数字变动后会重新提出。")
    return 0


def _examine(options: argparse.Namespace) -> Examined:
    from generator.pipeline import DepartmentError, examine

    try:
        return examine(options.department, pack=options.pack, progress=note)
    except DepartmentError as error:
        raise UsageError(str(error)) from None
    finally:
        done()


def _mark(examined: Examined) -> None:
    """The officer's own workbook with its findings, beside the original."""
    from generator.annotate import annotate
    from generator.pipeline import MARKED

    target = examined.workbook.parent / MARKED
    target.write_bytes(annotate(examined.workbook.read_bytes(), examined.findings))
    note("")
    done()
    print(f"标注了问题的填报表：{target}", file=sys.stderr)


def run_check(options: argparse.Namespace) -> int:
    examined = _examine(options)
    if options.mark:
        _mark(examined)
    if options.json:
        say(json.dumps(examined.as_json(), ensure_ascii=False, indent=1))
    else:
        print_findings(examined.findings)
        print_coverage(examined.coverage, examined.findings)
    return exit_code(examined.findings, options.fail_on)


def run_build(options: argparse.Namespace) -> int:
    from generator.pipeline import FORMATS, Built, DepartmentError, build

    wanted = tuple(f.strip() for f in options.format.split(",") if f.strip()) or FORMATS
    unknown = [f for f in wanted if f not in FORMATS]
    if unknown:
        raise UsageError(f"没有这种格式：{'、'.join(unknown)}；可选 {'、'.join(FORMATS)}。")
    try:
        built = build(options.department, formats=wanted, out=options.out, pack=options.pack, progress=note)
    except DepartmentError as error:
        raise UsageError(str(error)) from None
    finally:
        done()
    examined = built.examined if isinstance(built, Built) else built
    if options.json:
        answer = examined.as_json()
        if isinstance(built, Built):
            answer |= {"draft": built.draft, "folder": str(built.folder), "files": [str(p) for p in built.files]}
        say(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print_findings(examined.findings)
        print_coverage(examined.coverage, examined.findings)
        if isinstance(built, Built):
            say("有错误，只生成了草稿（不得公开）：" if built.draft else "公开文本已生成：")
            for path in built.files:
                say(f"  {path}")
        else:
            say("没有生成文件，原有的文件没有改动。")
    return exit_code(examined.findings, options.fail_on)


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


def run_pack_list(_: argparse.Namespace) -> int:
    from generator.packs import available, load

    for name in available():
        pack = load(name).pack
        kind = "共同部分" if pack.meta.abstract else pack.meta.kind
        chain = " ← ".join(reversed(pack.chain))
        say(f"{name:<16}{kind:<6}{pack.meta.title}（{chain}）")
    return 0


def run_pack_show(options: argparse.Namespace) -> int:
    from generator.pack_show import lines
    from generator.packs import load

    for line in lines(load(options.name), effective=options.effective):
        say(line)
    return 0


def run_pack_check(options: argparse.Namespace) -> int:
    from generator.pack_show import verify

    problems, summary = verify(options.name)
    for line in [*problems, *summary]:
        say(line)
    return 3 if problems else 0


def run_explain(options: argparse.Namespace) -> int:
    from generator.check_run import explain
    from generator.packs import load

    found = explain(load(options.pack), options.id)
    if found is None:
        raise UsageError(f"没有编号为 {options.id} 的检查。")
    for name, value in found.items():
        say(f"{name}：{value}")
    return 0


def run_doctor(_: argparse.Namespace) -> int:
    from generator.doctor import report

    healthy = True
    for ok, line in report():
        healthy = healthy and ok
        say(("✓ " if ok else "✗ ") + line)
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main())
