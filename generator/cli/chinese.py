"""The command line speaks Chinese: argparse's own lines, names of values, examples for every command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

LINES = {
    "usage: ": "用法：",
    "positional arguments": "要写的",
    "options": "可以加的",
    "show this help message and exit": "显示这段说明",
    "%(prog)s: error: %(message)s\n": "用法不对：%(message)s\n运行 %(prog)s --help 看写法和例子。\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "the following arguments are required: %s": "还缺：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可选 %(choices)s",
    "invalid %(type)s value: %(value)r": "写的不对：%(value)r",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "没有 %(parser_name)r，可选 %(choices)s",
    "expected one argument": "后面要写一个值",
    "expected at least one argument": "后面至少要写一个值",
    "expected at most one argument": "后面至多写一个值",
    "expected %s argument": "后面要写 %s 个值",
    "expected %s arguments": "后面要写 %s 个值",
    "ignored explicit argument %r": "后面不能带值：%r",
    "not allowed with argument %s": "不能与 %s 同时写",
    "one of the arguments %s is required": "%s 要写其中一个",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 可能是 %(matches)s，请写全",
    "can't open '%(filename)s': %(error)s": "打不开 %(filename)s：%(error)s",
}
VALUES = {
    "department": "部门文件夹",
    "dir": "文件夹",
    "pack": "模板包",
    "packs": "文件夹",
    "year": "年度",
    "to": "年度",
    "name": "名称",
    "source": "导出表",
    "prior": "上年的文件",
    "format": "格式",
    "out": "位置",
    "id": "编号",
    "cell": "单元格",
    "reason": "理由",
    "by": "姓名",
    "note": "备注",
    "date": "日期",
    "version": "版本号",
    "old": "原来的",
    "new": "现在的",
    "file": "文件",
    "files": "文件夹",
    "extends": "上级模板包",
    "title": "标题",
    "jobs": "个数",
    "workers": "个数",
    "roster": "名单",
    "scheduler": "地址",
    "time_limit": "秒",
    "memory_limit": "兆",
    "host": "地址",
    "port": "端口",
    "inputs": "文件夹",
    "output": "文件夹",
    "data": "文件夹",
    "role": "角色",
    "unit": "单位",
    "new_unit": "单位",
    "shown": "姓名",
    "decide": "采用哪一种",
}
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("juesuan new --pack liaoning --year 2024 --name 某某局", "juesuan check inputs/2024/某某局"),
    "new": (
        "juesuan new --pack liaoning --year 2024 --name 某某局",
        "juesuan new --pack liaoning --year 2024 --name 某某局 --from 导出表.xlsx --prior 上年决算公开.docx",
    ),
    "check": ("juesuan check inputs/2024/某某局", "juesuan check inputs/2024/某某局 --mark"),
    "accept": ("juesuan accept inputs/2024/某某局 GK-136 --reason 上年有一次性项目 --by 张三",),
    "build": ("juesuan build inputs/2024/某某局", "juesuan build inputs/2024/某某局 --final --format docx,pdf"),
    "draft": ("juesuan draft inputs/2024/某某局",),
    "roll": ("juesuan roll inputs/2024/某某局 --to 2025",),
    "batch": ("juesuan batch inputs/2024 --roster 名单.xlsx", "juesuan batch inputs/2024 --only-failed"),
    "merge": ("juesuan merge inputs/2024/某某局",),
    "pack": ("juesuan pack list", "juesuan pack check 某县"),
    "pack list": ("juesuan pack list", "juesuan pack list --packs D:/模板包"),
    "pack show": ("juesuan pack show liaoning",),
    "pack new": ("juesuan pack new 某县 --extends liaoning --title 某县部门决算",),
    "pack upgrade": ("juesuan pack upgrade 某县",),
    "pack check": ("juesuan pack check 某县",),
    "audit": (
        "juesuan audit 某某局2024年度部门决算公开.pdf",
        "juesuan audit 公开文件 --out 核对结果 --roster 名单.xlsx",
        "juesuan audit 公开文件.docx --workbook 填报表.xlsx --last 上年公开.pdf",
    ),
    "opendata": ("juesuan opendata output --year 2024",),
    "learn": (
        "juesuan learn 某某局2023年度部门决算公开.docx",
        "juesuan learn 上年公开.pdf --last 前年公开.pdf --try 别的部门公开.pdf",
        "juesuan learn 上年公开.docx --out 某局",
    ),
    "explain": ("juesuan explain GK-103",),
    "doctor": ("juesuan doctor",),
    "pull": ("juesuan pull 领导改过的.docx inputs/2024/某某局",),
    "edits": ("juesuan edits inputs/2024/某某局",),
    "signing": (
        "juesuan signing inputs/2024/某某局",
        "juesuan signing inputs/2024/某某局 --since inputs/2024/某某局@封存 --out 送审",
    ),
    "versions": ("juesuan versions inputs/2024/某某局",),
    "diff": (
        "juesuan diff inputs/2024/某某局@上一版 inputs/2024/某某局",
        "juesuan diff inputs/2024/某某局@封存 inputs/2024/某某局 --notice --out 更正说明.docx",
    ),
    "restore": ("juesuan restore inputs/2024/某某局 3",),
    "seal": ("juesuan seal inputs/2024/某某局 --by 张三",),
    "correct": ("juesuan correct inputs/2024/某某局 --reason 收入数填报有误",),
    "serve": ("juesuan serve", "juesuan serve --port 9000 --next-port"),
    "account": ("juesuan account add 张三 --role 填报",),
    "account add": ("juesuan account add 张三 --role 填报,审核 --unit 某某局",),
    "account password": ("juesuan account password 张三",),
    "backup": (
        "juesuan backup 备份-0901.zip",
        "juesuan backup 备份-0901.zip --restore --inputs 恢复/inputs --output 恢复/output --data 恢复/var",
    ),
    "completion": ("juesuan completion bash > ~/.local/share/bash-completion/completions/juesuan",),
}


def speak() -> None:
    """From here on argparse's own lines are Chinese (it asks these two functions of its module for them)."""
    module: Any = argparse
    module._ = lambda text: LINES.get(text, text)
    module.ngettext = lambda one, many, count: LINES.get(one if count == 1 else many, many)


def commands(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its words (``pack list``), the program itself first under the empty one."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from commands(child, f"{path} {name}".strip())


def finish(parser: argparse.ArgumentParser) -> None:
    """Names of values and examples in the help of every command."""
    for path, command in commands(parser):
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command._positionals.title, command._optionals.title = LINES["positional arguments"], LINES["options"]
        for action in command._actions:
            plain = action.nargs != 0 and not isinstance(action, argparse._SubParsersAction)
            if plain and action.metavar is None and action.choices is None:
                action.metavar = VALUES.get(action.dest, "值")
        examples = EXAMPLES.get(path, ())
        if examples:
            command.epilog = "例：\n" + "\n".join(f"  {line}" for line in examples)
