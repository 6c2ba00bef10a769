"""A narrative file as the document it is: heads with their place, condition and loop, texts under them.

    @部分 statement                      a 部分 begins; its title is the text under it
    第三部分 {{ info.name }}情况说明
    @@ title.1 标题                      a heading of the second level, in the contents
    一、总的情况
    @@ general.class                     a paragraph, repeated
    @每个 klass 属于 general.classes
    @如果 klass.total
    {{ klass.name }}{{ klass.total|money }}万元。
    @@@ general.item                     one @ more: inside the block above, in its loop
    @每个 subject 属于 klass.items
    …

A head without words and lines of its own under no 部分 only gives a text to a block that is known
already.  What is read here is raw: the layers are laid over each other elsewhere.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.packs._slips import each, slip
from generator.packs.pack import PackError

HEAD = re.compile(r"(@{2,})\s*(.*)$")
PART = "@部分"
STYLES = {"正文": "body", "标题": "h2", "小标题": "h3", "居中": "center", "组": "group"}
SHOWN = {"报表": "table", "附表": "form", "插表": "inline"}  # followed by the id of a table or form
LISTED = {"h2", "table"}  # in the contents unless it says 不进目录
LINES = ("如果", "每个", "令", "目录另写", "目录", "年度", "放在", "属于", "同", "编号")
EACH = re.compile(r"(\w+)\s*属于\s*(.+)$")
LET = re.compile(r"(\w+)\s*[=＝]\s*(.+)$")
PLACED = re.compile(r"(\S+?)\s*(?:的|这段)?(之后|之前|后面|前面)$")
YEARS = re.compile(r"(?:(\d{4})\s*年?\s*[-—－至到]\s*(\d{4})|(\d{4})\s*年?\s*(起|止)?)\s*年?$")


@dataclass
class Head:
    """One head of a narrative file.  ``raw``: what it says about its block; ``text``: the words under it."""

    kind: str  # block or part
    id: str
    part: str  # the 部分 that the file is in; nothing: none was named
    line: int
    raw: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    notes: list[str] = field(default_factory=list)  # the keeper's remarks (##) before it
    source: list[str] = field(default_factory=list)  # its text as written, line by line


def read_heads(text: str, shown: str) -> list[Head]:
    """All heads of a file, in order.  PackError with the line where something is wrong."""
    reader = _Reader(shown)
    for number, line in enumerate(text.splitlines(), 1):
        with each():
            reader.take(number, line)
    return reader.heads


class _Reader:
    def __init__(self, shown: str) -> None:
        self.shown, self.part, self.kind = shown, "", ""
        self.heads: list[Head] = []
        self.depth: list[str] = []  # the open blocks, by the number of @
        self.notes: list[str] = []

    def wrong(self, number: int, message: str, entry: str = "") -> PackError:
        return PackError(self.shown, entry or (self.heads[-1].id if self.heads else ""), f"第{number}行{message}")

    def take(self, number: int, line: str) -> None:
        stripped = line.strip()
        if stripped.startswith("##"):
            self.notes.append(stripped)
        elif stripped == PART or stripped.startswith((PART + " ", PART + "\u3000")):
            self._part(number, stripped.removeprefix(PART).split())
        elif found := HEAD.match(stripped):
            self._block(number, len(found[1]) - 2, found[2].split())
        elif stripped.startswith("@") and self.heads and not self.heads[-1].text:
            self._line(number, stripped[1:].lstrip())
        elif stripped.startswith("@"):
            raise self.wrong(number, f"的“{stripped[:20]}”要写在“@@”的下面、文字的上面")
        elif stripped:
            if not self.heads:
                raise self.wrong(number, "的文字前面缺少“@@ 段落编号”")
            self.heads[-1].text += stripped
            self.heads[-1].source.append(line.rstrip())

    def _part(self, number: int, words: list[str]) -> None:
        if not words:
            raise self.wrong(number, "的“@部分”后面要写编号")
        kinds = {"报表": "tables", "附表": "forms", "正文": "prose"}
        raw: dict[str, Any] = {"id": words[0]}
        for word in words[1:]:
            if word == "只在目录":
                raw["listed"] = True
            elif word in kinds:
                raw["kind"] = kinds[word]
            else:
                known = "、".join([*kinds, "只在目录"])
                raise self.wrong(number, f"的“{word}”不认识；“@部分 编号”后面可以写 {known}", words[0])
        self.kind = raw.get("kind", "")
        self.part, self.depth = words[0], []
        self._add(Head("part", words[0], words[0], number, raw))

    def _block(self, number: int, depth: int, words: list[str]) -> None:
        if not words:
            raise self.wrong(number, "的“@@”后面要写段落的编号")
        name, *rest = words
        if depth > len(self.depth):
            raise self.wrong(number, "的“@”多了：上面没有可以放它的段落", name)
        raw: dict[str, Any] = {"id": name}
        if depth:
            raw["inside"] = self.depth[depth - 1]
        self.depth = [*self.depth[:depth], name]
        self._words(number, name, rest, raw)
        self._add(Head("block", name, self.part, number, raw))

    def _words(self, number: int, name: str, words: list[str], raw: dict[str, Any]) -> None:
        rest = iter(words)
        for word in rest:
            if word in STYLES:
                raw["style"] = STYLES[word]
            elif word in SHOWN:
                table = next(rest, "")
                if not table:
                    raise self.wrong(number, f"的“{word}”后面要写表的编号", name)
                raw |= {"style": SHOWN[word], "table": table}
            elif word in ("进目录", "不进目录"):
                raw["toc"] = word == "进目录"
            elif word in ("进文本", "不进文本"):
                raw["prose"] = word == "进文本"
            else:
                near = difflib.get_close_matches(
                    word, [*STYLES, *SHOWN, "进目录", "不进目录", "进文本", "不进文本"], 1, 0.3
                )
                hint = f"，是不是“{near[0]}”" if near else ""
                slip(self.wrong(number, f"的“{word}”不认识{hint}；文字写在下一行", name))
        if raw.get("style") in LISTED:
            raw.setdefault("toc", True)
        if self.kind in ("tables", "forms") and raw.get("style", "body") not in SHOWN.values():
            raw.setdefault("prose", True)

    def _add(self, head: Head) -> None:
        head.notes, self.notes = self.notes, []
        self.heads.append(head)

    def _line(self, number: int, line: str) -> None:
        head = self.heads[-1]
        key = next((k for k in LINES if line.startswith(k)), "")
        value = line[len(key) :].strip()
        if not key or not value:
            known = "、".join(f"@{k}" for k in LINES)
            raise self.wrong(number, f"的“@{line[:12]}”不认识或者没有写完；可以写 {known}")
        if head.kind == "part" and key not in ("年度", "放在", "目录", "目录另写"):
            raise self.wrong(number, f"：“@部分”下面不能写“@{key}”")
        match key:
            case "如果":
                head.raw["when"] = value
            case "每个":
                found = self._match(EACH, value, number, "@每个 名称 属于 清单")
                head.raw |= {"name": found[1], "for_each": found[2]}
            case "令":
                found = self._match(LET, value, number, "@令 名称 = 内容")
                head.raw.setdefault("let", {})[found[1]] = found[2]
            case "目录" | "目录另写":
                head.raw |= {"toc_differs": True} if key == "目录另写" else {}
                head.raw |= {"toc_text": value} if head.kind == "part" else {"toc": True, "toc_text": value}
            case "年度":
                head.raw |= self._years(value, number)
            case "放在":
                found = self._match(PLACED, value, number, "@放在 编号 之后")
                head.raw["after" if found[2] in ("之后", "后面") else "before"] = found[1]
            case "属于":
                head.raw["inside"] = value
            case "同":
                head.raw["same"] = value
            case _:
                head.raw["number"] = value

    def _match(self, pattern: re.Pattern[str], value: str, number: int, form: str) -> re.Match[str]:
        found = pattern.match(value)
        if not found:
            raise self.wrong(number, f"要写成“{form}”")
        return found

    def _years(self, value: str, number: int) -> dict[str, int]:
        found = self._match(YEARS, value, number, "@年度 2024起（2023止、2022-2023、2024）")
        if found[1]:
            return {"since": int(found[1]), "until": int(found[2])}
        year = int(found[3])
        return {"起": {"since": year}, "止": {"until": year}}.get(found[4] or "", {"since": year, "until": year})


def words_of(raw: dict[str, Any]) -> Iterator[str]:
    """The words of a head that say this, for writing one."""
    names = {v: k for k, v in {**STYLES, **SHOWN}.items()}
    style = raw.get("style", "")
    if style:
        yield names[style]
        if style in SHOWN.values() and raw.get("table"):
            yield raw["table"]
    elif raw.get("table"):
        yield f"报表 {raw['table']}"
    if raw.get("prose"):
        yield "进文本"
    if "toc_text" not in raw and "toc" in raw and raw["toc"] != (style in LISTED):
        yield "进目录" if raw["toc"] else "不进目录"


def lines_of(raw: dict[str, Any]) -> Iterator[str]:
    """The lines under a head that say this, for writing one."""
    if raw.get("for_each"):
        yield f"@每个 {raw.get('name') or 'item'} 属于 {_one_line(raw['for_each'])}"
    for name, value in raw.get("let", {}).items():
        yield f"@令 {name} = {_one_line(value)}"
    if raw.get("when"):
        yield f"@如果 {_one_line(raw['when'])}"
    if raw.get("toc_text"):
        yield f"@目录{'另写' if raw.get('toc_differs') else ''} {raw['toc_text']}"
    for key, word in (("after", "之后"), ("before", "之前")):
        if raw.get(key):
            yield f"@放在 {raw[key]} {word}"
    since, until = raw.get("since"), raw.get("until")
    if since or until:
        yield f"@年度 {since}-{until}" if since and until else f"@年度 {since}起" if since else f"@年度 {until}止"


def _one_line(text: str) -> str:
    return " ".join(text.split())
