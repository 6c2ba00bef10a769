"""Wording that people changed: pull, edits, decide."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, done, note, print_findings, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.cli.base import Commands
    from generator.edits import Change


LONG = 200


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    pull = commands.add_parser("pull", help="把在 Word 里改过的文字取回来")
    pull.add_argument("file", type=Path, help="改过的 .docx")
    pull.add_argument("department", type=Path, nargs="?", help="部门文件夹（默认按文件所在的 output/年度/部门 推断）")
    pull.add_argument("--by", default="", help="修改人（默认取文件里的最后保存人）")
    pull.add_argument("--accept-tracked", action="store_true", help="把修订视为已接受（默认只列出，不采用）")
    pull.add_argument("--to-workbook", action="store_true", help="只改了原因等填报内容的，写回填报表的单元格")
    pull.set_defaults(run=run_pull)

    edits = commands.add_parser("edits", help="列出改写过的段落，确定有冲突的段落")
    edits.add_argument("department", type=Path, help="部门文件夹")
    edits.add_argument(
        "--decide",
        nargs=2,
        metavar=("编号", "采用"),
        help="确定一段：编号（不带 --decide 时列出），person（采用改写）、other（采用另一人的改写）或 generated（采用生成）",
    )
    edits.add_argument("--by", default="", help="确定人")
    edits.set_defaults(run=run_edits)


def department_of(file: Path) -> Path:
    """The department whose output a file lies in."""
    for parent in file.resolve().parents:
        if parent.name == "output" or not parent.name:
            break
        home = parent.parent.parent / "inputs" / parent.parent.name / parent.name
        if parent.parent.parent.name == "output":
            home = parent.parent.parent.parent / "inputs" / parent.parent.name / parent.name
        if home.is_dir():
            return home
    raise UsageError("不知道这是哪个部门的文件，请在文件后面写上部门文件夹。")


def run_pull(options: argparse.Namespace) -> int:
    from generator import edits
    from generator.department import examine, pull

    if not options.file.is_file():
        raise UsageError(f"找不到 {options.file}。")
    home = options.department or department_of(options.file)
    note("读取文件")
    try:
        pulled = pull(
            options.file,
            home,
            by=options.by,
            tracked="accept" if options.accept_tracked else "reject",
            to_workbook=options.to_workbook,
        )
        examined = examine(home)
    finally:
        done()
    say(f"对照第 {pulled.version} 版。" if pulled.version else "没有记录过的版本，对照现在生成的文本。")
    kept = pulled.kept
    names = edits.names_of(examined.generated) if examined.generated else {}
    for title, some in (
        ("写回填报表", pulled.to_workbook),
        ("取回的改动", kept.taken),
        ("与他人的改写合并", kept.merged),
        ("与他人的改写冲突，都已保存，请确定", kept.rivals),
        ("以前已经取回", kept.already),
    ):
        if some:
            say(f"{title}（{len(some)}）：")
            for change in some:
                _show(change, names)
    if not any((kept.taken, kept.merged, kept.rivals, kept.already, pulled.to_workbook)):
        say("没有发现改动。")
    if pulled.remarks:
        say(
            f"批注和修订（{len(pulled.remarks)}，文件已存入版本记录，修订{'按接受处理' if options.accept_tracked else '没有采用'}）："
        )
        kinds = {"comment": "批注", "insert": "插入", "delete": "删除", "untaken": "没有取回"}
        for remark, block in pulled.remarks:
            about = f"“{remark.about}”" if remark.about else ""
            say(
                f"  {edits.called(names, block)}  {kinds[remark.kind]} {remark.author} {remark.at[:16]} {about}：{remark.text}"
            )
    mine = [f for f in examined.findings if f.id.startswith("ED-")]
    print_findings([f for f in mine if f.severity != "info"])
    return 1 if any(f.severity == "error" for f in mine) else 0


def _show(change: Change, names: Mapping[str, str]) -> None:
    from generator.edits import called

    say(f"  {called(names, change.block, change.edit.after if change.edit else '')}")
    if change.before:
        say(f"    原：{_cut(change.before)}")
    say(f"    改：{_cut(change.after) if change.after else '（删去）'}")


def _cut(text: str) -> str:
    text = text.replace("\n", "／")
    return text if len(text) <= LONG else text[:LONG] + "…"


def _remarks(home: Path, named: Mapping[str, str]) -> None:
    """Comments and tracked changes of the file that was pulled last, as they were recorded."""
    from generator.edits import called
    from generator.versions import existing

    store = existing(home)
    if store is None:
        return
    with store:
        newest = store.newest(kind="pull")
        remarks = json.loads(store.file(newest.id, "remarks")) if newest is not None else []
    if remarks and newest is not None:
        say(f"批注和修订（{newest.note}）：")
        names = {"comment": "批注", "insert": "插入", "delete": "删除", "untaken": "没有取回"}
        for r in remarks:
            say(
                f"  {called(named, r['block'])}  {names[r['kind']]} {r['author']} {r['at'][:16]} {r['about']}：{r['text']}"
            )


def run_edits(options: argparse.Namespace) -> int:
    from generator import edits
    from generator.department import examine
    from generator.versions import author, now

    examined = examine(options.department)
    home = examined.workbook.parent
    if options.decide:
        block, choice = options.decide
        if choice not in ("person", "other", "generated"):
            raise UsageError("采用哪一种，请写 person（采用改写）、other（采用另一人的改写）或 generated（采用生成）。")
        if examined.generated is None:
            raise UsageError("填报表读不出来，请先改正。")
        known = {str(n): e.block for n, e in enumerate(examined.edits, 1)}
        block = known.get(block, block)
        edit = examined.edits.of(block)
        if edit is None:
            raise UsageError(f"没有第 {options.decide[0]} 段改写，请先用 juesuan edits 部门 看一看编号。")
        edits.decide(home, examined.generated, block, choice, author=options.by or author(), at=now())
        said = edits.called(edits.names_of(examined.generated), block, edit.after)
        say(f"已确定：{said} 采用{'生成' if choice == 'generated' else '改写'}的文字。")
        return 0
    names = {"reword": "改写", "delete": "删去", "insert": "增加", "move": "移动", "note": "表格"}
    called = edits.names_of(examined.generated) if examined.generated else {}
    for number, edit in enumerate(examined.edits, 1):
        say(
            f"{number}. {edits.called(called, edit.block, edit.after)}  {names[edit.action]}  {edit.author} {edit.at}  {_cut(edit.plain)}"
        )
    if not examined.edits.entries:
        say("没有改写过的段落。")
    _remarks(home, called)
    mine = [f for f in examined.findings if f.id.startswith("ED-") and f.severity != "info"]
    print_findings(mine)
    return 1 if any(f.severity == "error" for f in mine) else 0
