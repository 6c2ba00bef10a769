"""What a block is called by people: its heading and its place under it.  Ids are for the program."""

from __future__ import annotations

from collections.abc import Mapping

from generator.edits.model import NEW
from generator.model import Document, Heading, Table

FRONT = "正文以外"


def names_of(document: Document) -> Mapping[str, str]:
    """Every block by id: ``“二、收入决算情况说明”第3段``, a heading by its words, a table by its number and title."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for part in document.parts:
        under, count = part.heading.text, 0
        for block in part.whole():
            if isinstance(block, Heading):
                under, count = block.text, 0
                name = f"标题“{block.text}”"
            elif isinstance(block, Table):
                name = f"{block.number}{block.title}" if block.title not in block.number else block.number
            else:
                count += 1
                name = f"“{under}”第{count}段"
            alone, turn = name, 2
            while name in taken:
                name, turn = f"{alone}（第{turn}处）", turn + 1
            taken.add(name)
            out[block.id] = name
    return out


def called(names: Mapping[str, str], block: str, after: str = "") -> str:
    """The name of a block; one that a person added is known by what it follows."""
    if block.startswith(NEW):
        return f"{called(names, after)}之后新增的一段" if after else "新增的一段"
    return names.get(block, FRONT if not block else "现在不再生成的一段")
