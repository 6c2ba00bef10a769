"""A new form: blank, with exported tables taken in, with last year's figures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, print_findings, say
from generator.model import Finding, Severity

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.packs import CompiledPack
    from generator.reasons import Taken
    from generator.workbook import About, FormData, Imported

YEARS = range(2000, 2101)


def register(commands: Commands) -> None:
    """Add this command with its Chinese help."""
    new = commands.add_parser("new", help="生成空白填报表")
    new.add_argument("--pack", required=True, help="模板包，如 liaoning")
    new.add_argument("--year", required=True, type=int, help="年度，四位数，如 2024")
    new.add_argument("--name", required=True, help="部门（单位）全称")
    new.add_argument(
        "--from",
        dest="source",
        nargs="+",
        type=Path,
        default=[],
        help="从导出的公开01–09表带入数字（各种表格文件，Word、PDF 也可以）",
    )
    new.add_argument(
        "--prior",
        nargs="+",
        type=Path,
        default=[],
        help="上年的填报表，或上年公开、导出的报表（xlsx、docx、pdf），带入上年数",
    )
    new.add_argument("--anyway", action="store_true", help="文件上写的是别的部门或年度，也照样带入")
    new.add_argument("dir", nargs="?", type=Path, help="放在哪个文件夹（默认 inputs/年度/部门）")
    new.set_defaults(run=run_new)


def run_new(options: argparse.Namespace) -> int:
    from generator.files import TABLE_SUFFIXES, WORKBOOK, put_in_place, safe_name
    from generator.packs import load
    from generator.workbook import write_form

    if options.year not in YEARS:
        raise UsageError(f"--year 应为四位数的年度，如 2024，不是 {options.year}。")
    if not options.name.strip():
        raise UsageError("--name 应写部门（单位）全称。")
    compiled = load(options.pack, year=options.year)
    pack = compiled.pack
    if pack.meta.abstract:
        raise UsageError(f"模板包 {pack.id} 是共同部分，不能直接使用。")
    for given in (options.prior, options.source):
        if (
            options.dir is None
            and len(given) > 1
            and not given[-1].is_file()
            and given[-1].suffix.lower() not in TABLE_SUFFIXES
        ):
            options.dir = given.pop()  # "--from 导出表.xlsx 文件夹": the last word is the folder
    missing = [str(p) for p in (*options.source, *options.prior) if not p.is_file()]
    if missing:
        raise UsageError(f"找不到 {'、'.join(missing)}。")
    folder = options.dir or Path("inputs") / str(options.year) / safe_name(options.name)
    target = folder / WORKBOOK
    if target.exists():
        raise UsageError(f"{target} 已经存在，不覆盖；请换一个文件夹，或先移走它。")
    data: FormData | None = None
    findings: list[Finding] = []
    imported = _exported(options, compiled) if options.source else None
    if imported is not None:
        data, findings = imported.data, imported.findings
    taken: tuple[Taken, ...] = ()
    if options.prior:
        data, taken = _prior(options, compiled, data, findings)
    content = write_form(pack, options.year, options.name, data=data)
    put_in_place(folder, {WORKBOOK: content})
    print_findings(findings)
    if imported is not None:
        say("带入的报表（请和原表核对行数、合计）：")
        for table in imported.taken:
            say(f"  {table}")
    if taken:
        from generator.cli.reasons import print_taken

        say("带入的上年数（请核对，核对后在“上年明细”选“已核对”）：")
        print_taken(taken)
    say(f"填报表已生成：{target}")
    wrong = sum(f.severity is Severity.ERROR for f in findings)
    if wrong:
        say(f"有 {wrong} 处没有带入，格子里照原样写着；请照上面的提示改正，再运行 juesuan check。")
        return 1
    say("请用 Excel 或 WPS 填写浅黄色的格子，保存后运行 juesuan check。")
    return 0


def _exported(options: argparse.Namespace, compiled: CompiledPack) -> Imported:
    """This year's exported tables; nothing usable is a failure."""
    from generator.files import ReadError
    from generator.workbook import import_tables

    imported = import_tables(options.source, compiled.pack, options.year)
    if not imported.taken:
        print_findings(imported.findings)
        raise ReadError("导出的文件里没有可以带入的报表，没有生成填报表。")
    _whose(options, imported.about, options.year, imported.findings, last=False)
    return imported


def _prior(
    options: argparse.Namespace, compiled: CompiledPack, data: FormData | None, findings: list[Finding]
) -> tuple[FormData, tuple[Taken, ...]]:
    """Last year's figures for a new workbook, and what was taken from where."""
    from generator.department import sealed_note
    from generator.files import ReadError
    from generator.reasons import carried, read_last, with_tables
    from generator.workbook import replace_fields

    last = read_last(options.prior, compiled, options.year)
    findings += last.findings
    values, taken = carried(last, compiled, options.year, sealed=sealed_note(options.prior[0]))
    refused = any(f.severity is Severity.ERROR and f.id in ("WB-021", "WB-066") for f in last.findings)
    if not last.tables or not taken or refused:
        print_findings(findings)
        raise ReadError("上年的文件里没有可以带入的报表，没有生成填报表。")
    _whose(options, last.about, options.year - 1, findings, last=True)
    named = replace_fields(values, **{"info.name": options.name})
    return (with_tables(named, data) if data is not None else named), taken


def _whose(options: argparse.Namespace, about: About, year: int, findings: Sequence[Finding], *, last: bool) -> None:
    """Another department's or year's file is said before anything is written.  Last year's may bear another name:
    departments are renamed."""
    from generator.files import ReadError
    from generator.workbook import other_department, other_year

    name, dated = other_department(about, options.name), other_year(about, year)
    stops = [w for w in (dated, "" if last else name) if w]
    if stops and not options.anyway:
        print_findings(findings)
        raise ReadError(f"{'；'.join(stops)}。没有生成填报表；确实要用这个文件的，请加 --anyway。")
    for words in (w for w in (name, dated) if w):
        say(f"注意：{words}。")
    if about.draft:
        say(f"注意：文件上写着“{about.draft}”，里面的数可能还会改。")
