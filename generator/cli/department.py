"""The daily commands of a department: new, check, accept, build."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import (
    SEVERITIES,
    UsageError,
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
from generator.model import Finding
from generator.writers import ENGINES, INSTEAD, usual

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.department import Examined, Gate
    from generator.packs import CompiledPack
    from generator.reasons import Taken
    from generator.workbook import FormData


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    new = commands.add_parser("new", help="生成空白填报表")
    new.add_argument("--pack", required=True, help="模板包，如 liaoning")
    new.add_argument("--year", required=True, type=int, help="年度")
    new.add_argument("--name", required=True, help="部门（单位）全称")
    new.add_argument("--from", dest="source", nargs="+", type=Path, default=[], help="从导出的公开01–09表带入数字")
    new.add_argument(
        "--prior",
        nargs="+",
        type=Path,
        default=[],
        help="上年的填报表，或上年公开、导出的报表（xlsx、docx、pdf），带入上年数",
    )
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


def run_new(options: argparse.Namespace) -> int:
    from generator.files import WORKBOOK, safe_name
    from generator.packs import load
    from generator.workbook import import_tables, write_form

    compiled = load(options.pack, year=options.year)
    pack = compiled.pack
    if pack.meta.abstract:
        raise UsageError(f"模板包 {pack.id} 是共同部分，不能直接使用。")
    if options.source and options.dir is None and not options.source[-1].suffix:
        options.dir = options.source.pop()  # "--from 导出表.xlsx 文件夹": the last word is the folder
    missing = [str(p) for p in options.source if not p.is_file()]
    if missing:
        raise UsageError(f"找不到 {'、'.join(missing)}。")
    folder = options.dir or Path("inputs") / str(options.year) / safe_name(options.name)
    target = folder / WORKBOOK
    if target.exists():
        raise UsageError(f"{target} 已经存在，不覆盖；请换一个文件夹，或先移走它。")
    data = None
    findings: list[Finding] = []
    if options.source:
        data, findings = import_tables(options.source, pack)
    taken: tuple[Taken, ...] = ()
    if options.prior:
        data, taken = _prior(options, compiled, data, findings)
    content = write_form(pack, options.year, options.name, data=data)
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    print_findings(findings)
    if taken:
        from generator.cli.reasons import print_taken

        say("带入的上年数（请核对，核对后在“上年明细”选“已核对”）：")
        print_taken(taken)
    say(f"填报表已生成：{target}")
    say("请用 Excel 或 WPS 填写浅黄色的格子，保存后运行 juesuan check。")
    return 0


def _prior(
    options: argparse.Namespace, compiled: CompiledPack, data: FormData | None, findings: list[Finding]
) -> tuple[FormData, tuple[Taken, ...]]:
    """Last year's figures for a new workbook, and what was taken from where."""
    from generator.department import sealed_note
    from generator.model import Severity
    from generator.reasons import carried, read_last, with_tables
    from generator.workbook import replace_fields

    for path in options.prior:
        if not path.is_file():
            raise UsageError(f"找不到 {path}。")
    last = read_last(options.prior, compiled, options.year)
    findings += last.findings
    if not last.tables or any(f.severity is Severity.ERROR and f.id == "WB-021" for f in last.findings):
        print_findings(findings)
        raise UsageError("上年的文件里没有可以带入的报表，没有生成填报表。")
    values, taken = carried(last, compiled, options.year, sealed=sealed_note(options.prior[0]))
    named = replace_fields(values, **{"info.name": options.name})
    return (with_tables(named, data) if data is not None else named), taken


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
