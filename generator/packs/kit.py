"""The template keeper's kit: begin a pack from its parent, and see how it differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.model import Paragraph, Submission
from generator.packs._layer import LISTS
from generator.packs.composer import compose
from generator.packs.loader import load
from generator.packs.pack import Pack, PackError
from generator.packs.places import find, own
from generator.packs.tables import slot_ids, slot_label

NAME = re.compile(r"[\w一-鿿][\w一-鿿.-]{0,39}")
SHOWN = 70

META = """# {title}
# 没有写的都与上级 {parent} 一样。写法见 templates/README.md。
id = "{name}"
title = "{title}"
extends = "{parent}"
version = "1"
# basis = ["本地区部门{kind}公开的文件名称和文号"]

# 上级有、本地区不要的内容，按编号列在这里，例如：
# [remove]
# block = ["performance.none"]
"""
NARRATIVE = """## 本地区的说法。“@@ 编号”开始一段，替换上级同编号的一段；编号用
##   juesuan pack show {parent} --effective
## 查看。下面是上级的一段，去掉行首的“## ”就可以改：
## @@ {block}
## {text}
"""
CASE = """# 案例：报了什么数，应当写成什么。juesuan pack check {name} 会逐个核对。
title = "空白填报表"
year = {year}
name = "某某局"
unit = "元"
{expected}"""
SAYS = """
# 应当写出的段落，按编号；改了说法以后，把这里也改成想要的文字。
[says]
"{block}" = {text}
"""
FIELDS = """
# 填了什么，按编号
[fields]
"info.name" = "某某局"
"""
CONTENTS = """
# 目录里应当有的
contents = [{text}]
"""
WHOLE = """## 公开文本：一个“@部分”一部分，一个“@@”一段；次序就是公开的次序。写法见 templates/README.md。
@部分 overview
第一部分 概况

@@ overview.title 标题
一、基本情况

@@ overview.text
{{{{ info.name }}}}{{{{ year }}}}年度部门{kind}公开如下。
{sentence}
@部分 tables 报表
第二部分 报表
{tables}"""
SENTENCE = """
## 数字取自报表：{label}
@@ overview.first
@如果 not {table}.empty
{label}{{{{ {path}|money }}}}万元。
"""


def create(name: str, parent: str, title: str = "", root: Path | None = None) -> list[Path]:
    """Begin a pack: its pack.toml, a place for its wording and a first case that passes.

    From a parent without a text of its own a whole small one is written, with every table in its place.
    PackError where the name cannot be used or the parent is not there.
    """
    base = own(root)
    if not NAME.fullmatch(name):
        raise PackError(name, "", "名称只能用文字、字母、数字、“-”和“.”，不超过40个字")
    folder = base / name
    if folder.exists() or find(name, root):
        raise PackError(name, "", "已经有同名的模板包，请换一个名称")
    pack = load(parent, root).pack
    year = max((2024, *pack.turns))
    title = title or f"{name}部门{pack.meta.kind}"
    if pack.meta.abstract:
        wording = _whole(pack, year)
        expected = FIELDS + SAYS.format(
            block="overview.text", text=_quoted(f"某某局{year}年度部门{pack.meta.kind}公开如下。")
        )
    else:
        block, text, raw, first = _sample(parent, root, year)
        wording = NARRATIVE.format(parent=parent, block=block, text=raw)
        expected = SAYS.format(block=block, text=_quoted(text)) if text else CONTENTS.format(text=_quoted(first))
    files = {
        "pack.toml": META.format(name=name, title=title, parent=parent, kind=pack.meta.kind),
        "narrative/本地说法.j2": wording,
        "cases/空白.toml": CASE.format(name=name, year=year, expected=expected),
    }
    written = []
    for relative, content in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        written.append(path)
    return written


def _quoted(text: str) -> str:
    """A text as TOML writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _whole(pack: Pack, year: int) -> str:
    """A small whole text over the tables of a parent that has none."""
    shown = [t for t in pack.in_force(pack.tables, year) if not t.hidden]
    tables = "".join(f"\n@@ table.{t.id} 报表 {t.id}\n" for t in shown)
    first = next(((t, s) for t in shown for s in slot_ids(t) if "." not in s), None)
    sentence = ""
    if first and "money" in pack.formats:
        label = re.sub(r"^[一二三四五六七八九十]+、", "", slot_label(*first).partition("“")[2].partition("”")[0])
        sentence = SENTENCE.format(label=label, table=first[0].id, path=f"{first[0].id}.{first[1]}")
    return WHOLE.format(kind=pack.meta.kind, sentence=sentence, tables=tables)


def _sample(parent: str, root: Path | None, year: int) -> tuple[str, str, str, str]:
    """A paragraph that an empty form already settles: its id, its text and its template; and the first of the 目录.

    Where an empty form settles none, the text is empty and the paragraph the first that there is.
    """
    compiled = load(parent, root, year)
    document = compose(Submission(parent, year, "某某局"), compiled)
    first = next((entry.in_toc for entry in document.contents()), "")
    known = [
        (b, raw)
        for b in document.blocks()
        if isinstance(b, Paragraph) and (raw := compiled.pack.narrative.get(b.id, ""))
    ]
    for block, raw in known:
        if "【待填" not in block.text:
            return block.id, block.text, raw, first
    return (known[0][0].id, "", known[0][1], first) if known else ("", "", "", first)


def differences(pack: Pack, parent: Pack) -> Iterator[str]:
    """What a pack says otherwise than its parent, readable: 增, 改, 删."""
    for key, words in pack.narrative.items():
        old = parent.narrative.get(key)
        if old is None:
            yield f"增 段落文字 {key}：{words[:SHOWN]}"
        elif old != words:
            yield f"改 段落文字 {key}\n      上级：{old[:SHOWN]}\n      本包：{words[:SHOWN]}"
    for kind, (attribute, _) in LISTS.items():
        mine, theirs = getattr(pack, attribute), getattr(parent, attribute)
        for key, entry in mine.items():
            if key not in theirs:
                yield f"增 {CHINESE[kind]} {key}"
            elif entry != theirs[key]:
                fields = [f for f in type(entry).model_fields if getattr(entry, f) != getattr(theirs[key], f)]
                yield f"改 {CHINESE[kind]} {key}：{'、'.join(fields)}"
        yield from (f"删 {CHINESE[kind]} {key}" for key in theirs if key not in mine)
    mine_blocks, their_blocks = ({b.id: b for bs in p.blocks.values() for b in bs} for p in (pack, parent))
    yield from (f"增 段落 {key}" for key in mine_blocks if key not in their_blocks)
    for key, block in mine_blocks.items():
        if key in their_blocks and block != their_blocks[key]:
            yield f"改 段落 {key}"
    yield from (f"删 段落 {key}" for key in their_blocks if key not in mine_blocks)
    for key, form in pack.formats.items():
        if form != parent.formats.get(key):
            yield f"{'改' if key in parent.formats else '增'} 数字格式 {key}"
    if pack.style != parent.style:
        yield "改 版式"
    added = sorted(set(pack.functional) - set(parent.functional))
    if added:
        yield f"增 功能分类科目 {len(added)} 个：{'、'.join(added[:8])}"


CHINESE = {
    "table": "报表", "sheet": "填报表的工作表", "field": "填写项", "list": "清单", "reason": "原因说明", "part": "部分",
    "form": "附表", "term": "名词", "phrase": "说法", "driver": "变动的分法",
    "fact": "事实",
    "rename": "改了的科目编码",
    "check": "检查",
}  # fmt: skip
