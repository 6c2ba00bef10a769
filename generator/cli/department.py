"""The daily commands of a department: new, check, accept, build."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import (
    SEVERITIES,
    check_engine,
    department,
    done,
    examine_department,
    exit_code,
    formats_of,
    note,
    print_coverage,
    print_findings,
    say,
)
from generator.writers import ENGINES, INSTEAD, usual

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.department import Examined, Gate


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
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
    build.add_argument("--format", default="", help="docx,pdf,xlsx,html,txt,json（默认全部），data（开放数据）")
    build.add_argument(
        "--charts", action="store_true", help="最后附“图解”：收支构成、与上年比较、“三公”经费的图（填报表里也可以选）"
    )
    build.add_argument(
        "--pdf-engine", choices=ENGINES, default="", help="用什么排 PDF（默认 typst，内附全部数字和报表，可存档）"
    )
    build.add_argument("--out", type=Path, help="输出到哪个文件夹（默认 output/年度/部门）")
    build.add_argument("--json", action="store_true", help="输出机器可读的结果")
    build.add_argument("--fail-on", choices=sorted(SEVERITIES), default="error", help="达到哪一级即返回 1")
    build.add_argument("--final", action="store_true", help="正式公开：读回成品，逐个核对其中的数，有一处不符就不写出")
    build.set_defaults(run=run_build)


def run_accept(options: argparse.Namespace) -> int:
    from datetime import datetime

    from generator.checks import accepted as explanations

    examined = examine_department(options)
    at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    folder = examined.workbook.parent
    finding = explanations.explain(folder, examined.findings, options.id, options.cell, options.reason, options.by, at)
    say(f"已记下理由：{explanations.place_of(finding)} {finding.id}。数字变动后会重新提出。")
    return 0


def _mark(examined: Examined) -> None:
    """The officer's own workbook with its findings, beside the original."""
    from generator.files import MARKED
    from generator.workbook import annotate

    target = examined.workbook.parent / MARKED
    target.write_bytes(annotate(examined.workbook.read_bytes(), examined.findings))
    note("")
    done()
    print(f"标注了问题的填报表：{target}", file=sys.stderr)


def run_check(options: argparse.Namespace) -> int:
    examined = examine_department(options)
    if options.mark:
        _mark(examined)
    if options.json:
        say(json.dumps(examined.as_json(), ensure_ascii=False, indent=1))
    else:
        print_findings(examined.findings)
        print_coverage(examined.coverage, examined.findings)
    return exit_code(examined.findings, options.fail_on)


def run_build(options: argparse.Namespace) -> int:
    from generator.department import FORMATS, Built, build

    wanted = formats_of(options.format, FORMATS)
    gate: Gate | None = None
    if options.final:
        from generator.department import tie_out

        gate = tie_out
        wanted = tuple(dict.fromkeys((*wanted, "docx", "pdf")))
    engine = options.pdf_engine or (usual() if "pdf" in wanted else "")
    if engine:
        check_engine(engine)
    if engine == "weasyprint" and not options.pdf_engine:
        print(INSTEAD, file=sys.stderr)
    try:
        built = build(
            options.department,
            formats=wanted,
            out=options.out,
            pack=options.pack,
            progress=note,
            pdf_engine=engine,
            charts=options.charts,
            gate=gate,
        )
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
            if built.draft and (built.folder.parent / "manifest.json").is_file():
                say(f"{built.folder.parent} 里的公开文本是以前生成的，不是现在的内容，请不要公开。")
        else:
            say("没有生成文件，原有的文件没有改动。")
    return exit_code(examined.findings, options.fail_on)
