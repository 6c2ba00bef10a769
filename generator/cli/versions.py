"""Versions: list, compare, restore, seal, correct."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, done, note, say

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.versions import Difference, Version


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    versions = commands.add_parser("versions", help="列出一个部门的各个版本")
    versions.add_argument("department", type=Path, help="部门文件夹")
    versions.add_argument("--json", action="store_true", help="输出机器可读的结果")
    versions.set_defaults(run=run_versions)

    diff = commands.add_parser("diff", help="两个版本、工作簿或年度有什么不同")
    diff.add_argument("old", help="原来的：部门文件夹、填报表，或 部门@版本号、部门@封存、部门@上一版")
    diff.add_argument("new", help="现在的：同上")
    diff.add_argument(
        "--format",
        choices=("text", "json", "html", "docx", "pdf"),
        default="text",
        help="docx 是带修订标记的 Word 文件，pdf 是可以打印的对照页",
    )
    diff.add_argument(
        "--notice", action="store_true", help="写成供公开的更正说明（docx、pdf、html、txt 由 --out 的后缀决定）"
    )
    diff.add_argument("--reason", default="", help="更正的理由（默认取更正时写明的）")
    diff.add_argument("--date", default="", help="更正说明的日期，如 2025-09-01")
    diff.add_argument("--out", type=Path, help="写到哪个文件（默认显示在屏幕上）")
    diff.set_defaults(run=run_diff)

    signing = commands.add_parser("signing", help="送审稿：标出改动的文本和送审单，供领导签发")
    signing.add_argument("department", type=Path, help="部门文件夹")
    signing.add_argument(
        "--since", default="", metavar="版本", help="与哪一版对照，如 部门@3、部门@封存（默认最近一次生成的）"
    )
    signing.add_argument("--out", type=Path, help="写到哪个文件夹（默认部门文件夹里的“送审”）")
    signing.set_defaults(run=run_signing)

    restore = commands.add_parser("restore", help="恢复某一版的填报表和改写的文字")
    restore.add_argument("department", type=Path, help="部门文件夹")
    restore.add_argument("version", type=int, help="版本号")
    restore.add_argument("--by", default="", help="操作人")
    restore.add_argument("--files", type=Path, help="只把封存的公开文件取出来，放到这个文件夹")
    restore.set_defaults(run=run_restore)

    seal = commands.add_parser("seal", help="封存已经公开的版本，此后改动须先开启更正")
    seal.add_argument("department", type=Path, help="部门文件夹")
    seal.add_argument("--version", type=int, default=0, help="版本号（默认最近一次生成的）")
    seal.add_argument("--out", type=Path, help="公开文本所在的文件夹（默认 output/年度/部门）")
    seal.add_argument("--by", default="", help="封存人")
    seal.add_argument("--note", default="", help="备注，如公开的网址")
    seal.set_defaults(run=run_seal)

    correct = commands.add_parser("correct", help="封存以后需要改动的，写明理由开启更正")
    correct.add_argument("department", type=Path, help="部门文件夹")
    correct.add_argument("--reason", required=True, help="更正的理由")
    correct.add_argument("--by", default="", help="操作人")
    correct.set_defaults(run=run_correct)


def home_of(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise UsageError(f"找不到 {path}。")
    return folder


def run_versions(options: argparse.Namespace) -> int:
    from generator.versions import existing

    store = existing(home_of(options.department))
    if store is None:
        say("[]" if options.json else "还没有记录过版本。")
        return 0
    with store:
        known, opened = store.versions(), store.correction()
    if not known and not options.json:
        say("版本库里一版也没有。以前记录过的，请从备份恢复版本.sqlite。")
    if options.json:
        say(json.dumps([_json(v) for v in known], ensure_ascii=False, indent=1))
        return 0
    kinds = {"build": "生成", "pull": "取回", "before-restore": "恢复前"}
    for v in known:
        state = "已封存" if v.sealed else "草稿" if v.draft else ""
        say(f"{v.id:>4}  {v.at}  {v.by}  {kinds.get(v.kind, v.kind)}  {state}  {v.note}".rstrip())
    if opened is not None:
        say(f"正在更正（{opened.at} {opened.by}）：{opened.reason}")
    return 0


def _json(v: Version) -> dict[str, object]:
    files = [{"role": role, "name": name, "sha256": sha} for (role, name), sha in v.files.items()]
    names = (
        "id",
        "kind",
        "at",
        "by",
        "note",
        "department",
        "year",
        "draft",
        "pack",
        "pack_sha",
        "engine",
        "engine_sha",
        "correction",
        "sealed",
    )
    return {**{n: getattr(v, n) for n in names}, "files": files}


def run_diff(options: argparse.Namespace) -> int:
    from generator.department import side
    from generator.versions import compare
    from generator.versions import correction_notice as report

    note("对照")
    try:
        difference = compare(side(options.old, published=options.notice), side(options.new))
    finally:
        done()
    if options.notice:
        return _notice(options, difference)
    if options.format == "text":
        content = "\n".join(report.as_text(difference)) + "\n"
        if options.out is None:
            say(content.rstrip())
        else:
            _write(options.out, content.encode())
    elif options.format == "json":
        content = json.dumps(difference.as_json(), ensure_ascii=False, indent=1)
        if options.out is None:
            say(content)
        else:
            _write(options.out, (content + "\n").encode())
    elif options.format == "html":
        _write(options.out or Path("版本对照.html"), report.as_html(difference))
    elif options.format == "pdf":
        from generator.writers import print_page, trouble

        problem = trouble("weasyprint")
        if problem:
            raise UsageError(f"对照页由 WeasyPrint 排成 PDF。{problem.partition('；')[0]}；或写成 html，用浏览器打印。")
        _write(options.out or Path("版本对照.pdf"), print_page(report.as_html(difference), datetime.now()))
    else:
        from generator.versions import write_redline

        _write(options.out or Path("版本对照.docx"), write_redline(difference.old.document, difference.new.document))
    return 0 if difference.same else 1


def _notice(options: argparse.Namespace, difference: Difference) -> int:
    from generator.versions import notice, plain_lines

    reason = options.reason or difference.new.reason
    if not reason:
        raise UsageError("没有写明更正的理由，请加 --reason。")
    try:
        document = notice(difference, reason, options.date)
    except ValueError:
        raise UsageError("日期请写成 2025-09-01 的样子。") from None
    out = options.out or Path(f"{document.title}.docx")
    match out.suffix:
        case ".docx":
            from generator.writers import write_docx

            _write(out, write_docx(document))
        case ".pdf":
            from generator.writers import trouble, write_pdf, write_typst

            _write(out, write_typst(document) if trouble("weasyprint") else write_pdf(document))
        case ".html":
            from generator.writers import write_html

            _write(out, write_html(document))
        case ".txt":
            _write(out, ("\n".join(plain_lines(document)) + "\n").encode())
        case _:
            raise UsageError("更正说明可以写成 .docx、.pdf、.html 或 .txt。")
    return 0


def run_signing(options: argparse.Namespace) -> int:
    from generator.department import signing
    from generator.files import put_in_place

    home = home_of(options.department)
    note("对照")
    try:
        made = signing(options.department, options.since)
    finally:
        done()
    out = options.out or home / "送审"
    for path in put_in_place(out, {"送审单.docx": made.sheet, "送审稿.docx": made.copy}):
        say(f"已写出：{path}")
    say(f"修订标记对照{made.against}。" if made.against else "以前没有生成过，送审稿没有修订标记。")
    if made.errors:
        say(f"有{made.errors}处错误，不能公开；送审单里逐条列出。")
    return 1 if made.errors else 0


def _write(path: Path, data: bytes) -> None:
    from generator.files import put

    put(path, data)
    say(f"已写出：{path}")


def run_restore(options: argparse.Namespace) -> int:
    from generator.versions import author, now, restore

    if options.files is not None:
        return _files(options)
    written = restore(home_of(options.department), options.version, by=options.by or author(), at=now())
    say(f"已恢复第 {options.version} 版；恢复之前的内容也已记录。")
    for path in written:
        say(f"  {path}")
    return 0


def _files(options: argparse.Namespace) -> int:
    """The published files of a sealed version, from the store."""
    from generator.files import StoreError, put_in_place
    from generator.versions import existing

    try:
        store = existing(home_of(options.department))
        if store is None:
            raise UsageError("还没有记录过版本。")
        with store:
            names = [n for r, n in store.version(options.version).files if r == "output"]
            files = {n: store.file(options.version, "output", n) for n in names}
    except StoreError as error:
        raise UsageError(f"{error}只有封存的版本保存公开文件；其他版本请恢复以后重新生成。") from None
    for path in put_in_place(options.files, files):
        say(f"  {path}")
    return 0


def run_seal(options: argparse.Namespace) -> int:
    from generator.department import seal
    from generator.files import output_folder
    from generator.versions import Store, author, decode, sha256

    home = home_of(options.department)
    with Store.open(home) as store:
        newest = store.newest(kind="build")
        if newest is None:
            raise UsageError("还没有生成过公开文本，请先运行 juesuan build。")
        version = store.version(options.version or newest.id)
        folder = options.out or output_folder(decode(store.file(version.id, "document")))
        outputs = {}
        for (role, name), sha in version.files.items():
            path = folder / name
            if role == "output" and path.is_file() and sha256(path.read_bytes()) == sha:
                outputs[name] = path.read_bytes()
        lacking = [n for (r, n) in version.files if r == "output" and n not in outputs]
        if lacking and not version.draft:
            raise UsageError(f"{folder} 里的{'、'.join(lacking)}没有或与第 {version.id} 版不一致，请先重新生成再封存。")
    seal(home, version.id, folder, options.by or author(), options.note, outputs)
    say(f"第 {version.id} 版已封存，公开的 {len(outputs)} 个文件一并存入版本库。")
    return 0


def run_correct(options: argparse.Namespace) -> int:
    from generator.versions import author, existing, now

    store = existing(home_of(options.department))
    if store is None:
        raise UsageError("还没有封存的版本，不需要更正，直接修改填报表即可。")
    with store:
        number = store.open_correction(options.by or author(), now(), options.reason)
    say(f"已开启第 {number} 项更正。改好以后重新生成并封存，用 juesuan diff 部门@封存 部门 --notice 写出更正说明。")
    return 0
