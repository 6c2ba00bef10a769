"""Commands for template keepers, and about the machine: pack, explain, doctor."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, say

if TYPE_CHECKING:
    from generator.cli.base import Commands


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    pack = commands.add_parser("pack", help="查看、检查模板包")
    actions = pack.add_subparsers(dest="action", metavar="操作", required=True)
    actions.add_parser("list", help="列出模板包").set_defaults(run=run_pack_list)
    show = actions.add_parser("show", help="显示模板包的内容")
    show.add_argument("name")
    show.add_argument("--effective", action="store_true", help="每一条都写明来自哪个文件")
    show.add_argument(
        "--word", metavar="文件.docx", default="", help="写成 Word 送审：公开文本的样子，数字处写明取自哪里"
    )
    show.set_defaults(run=run_pack_show)
    new = actions.add_parser("new", help="开始一个新的模板包")
    new.add_argument("name", help="名称，也是文件夹名")
    new.add_argument("--extends", required=True, help="与哪个模板包基本相同")
    new.add_argument("--title", default="", help="标题，如 某市级部门决算")
    new.set_defaults(run=run_pack_new)
    upgrade = actions.add_parser("upgrade", help="把旧写法的模板包改成新写法（大纲写进正文），公开文本不变")
    upgrade.add_argument("name")
    upgrade.set_defaults(run=run_pack_upgrade)
    verify = actions.add_parser("check", help="检查模板包")
    verify.add_argument("name")
    verify.set_defaults(run=run_pack_check)

    explain = commands.add_parser("explain", help="解释一项检查")
    explain.add_argument("id")
    explain.add_argument("--pack", default="", help="在这个模板包里找（不写则在所有模板包里找）")
    explain.set_defaults(run=run_explain)

    doctor = commands.add_parser("doctor", help="检查本机环境：字体、依赖")
    doctor.set_defaults(run=run_doctor)


def run_pack_list(_: argparse.Namespace) -> int:
    from generator.packs import TEMPLATES, listed

    known = listed()
    for pack in known:
        kind = "共同部分" if pack.abstract else pack.kind
        chain = " ← ".join(reversed(pack.chain))
        mine = "  自己的" if pack.folder is not None and pack.folder.parent != TEMPLATES.resolve() else ""
        said = pack.trouble or f"{kind:<6}{pack.title}（{chain}）"
        say(f"{pack.name:<20}  {said}{mine}")
    if not known:
        raise UsageError("没有找到模板包。请重新安装本程序，或用 --packs 指明模板包所在的文件夹。")
    return 3 if any(p.trouble for p in known) else 0


def run_pack_show(options: argparse.Namespace) -> int:
    from generator.checks import pack_lines as lines
    from generator.packs import load

    if options.word:
        return _show_in_word(options.name, Path(options.word))
    for line in lines(load(options.name), effective=options.effective):
        say(line)
    return 0


def _show_in_word(name: str, path: Path) -> int:
    """The document of a pack, its slots in words, for approval."""
    from generator.packs import approval, load
    from generator.writers import write_docx

    if path.suffix.lower() != ".docx":
        raise UsageError("--word 后面写要生成的文件，如 送审稿.docx。")
    compiled = load(name)
    if compiled.pack.meta.abstract:
        raise UsageError(f"{name} 是共同部分，没有公开文本；请写要送审的模板包。")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_docx(approval(compiled, max((2024, *compiled.pack.turns)))))
    say(f"已写出 {path}")
    return 0


def run_pack_new(options: argparse.Namespace) -> int:
    from generator.packs import create_pack as create

    for path in create(options.name, options.extends, options.title):
        say(f"已写出 {path}")
    say(f"改好以后运行 juesuan pack check {options.name}；写法见 templates/README.md。")
    return 0


def run_pack_upgrade(options: argparse.Namespace) -> int:
    from generator.packs import upgrade_pack as upgrade

    written = upgrade(options.name)
    for path in written:
        say(f"已写出 {path}")
    say("大纲已写进正文，公开文本不变；旧的 [[part]]、[[block]] 已删去。" if written else "已经是新写法，不用改。")
    return 0


def run_pack_check(options: argparse.Namespace) -> int:
    from generator.checks import verify_pack as verify
    from generator.department import trial

    problems, summary = verify(options.name, trial=trial)
    for line in [*problems, *summary]:
        say(line)
    if problems:
        say(f"共 {len(problems)} 处要改。")
    return 3 if problems else 0


def run_explain(options: argparse.Namespace) -> int:
    from generator.checks import explain
    from generator.packs import available, load

    names = [options.pack] if options.pack else available()
    found = explain(options.id) or next((f for n in names if (f := explain(options.id, load(n).pack))), None)
    if found is None:
        raise UsageError(f"没有编号为 {options.id} 的检查。")
    for name, value in found.items():
        say(f"{name}：{value}")
    return 0


def run_doctor(_: argparse.Namespace) -> int:
    from generator.cli.doctor import BAD, GOOD, LACKS, report

    counts = dict.fromkeys((GOOD, LACKS, BAD), 0)
    for state, line in report():
        counts[state] += 1
        say(f"{state} {line}")
    if counts[BAD]:
        say(f"有 {counts[BAD]} 项要先解决（✗）。")
    else:
        say("可以使用。" + (f"标“{LACKS}”的 {counts[LACKS]} 项没有也不影响公开文本。" if counts[LACKS] else ""))
    return 1 if counts[BAD] else 0
