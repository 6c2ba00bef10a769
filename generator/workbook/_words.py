"""Whether two headings mean the same: standard terms of the field in the ways in which systems write them."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from generator.files import norm


def _terms() -> list[tuple[str, ...]]:
    text = resources.files("generator.workbook").joinpath("terms.txt").read_text(encoding="utf-8")
    return [tuple(line.split()) for line in text.splitlines() if line and not line.startswith("#")]


def _marked(mark: str) -> frozenset[str]:
    return frozenset(w.removeprefix(mark) for line in TERMS if line[0].startswith(mark) for w in line)


TERMS = _terms()
GENERIC = frozenset(
    [
        "合计",
        "小计",
        "总计",
        "金额",
        "数额",
        "预算数",
        "决算数",
        "项目",
        "行次",
        "科目编码",
        "科目名称",
        "一级",
        "二级",
        "三级",
    ]
)  # heads that mean nothing without the one above them
CODE, NAME = _marked("编码："), _marked("名称：")
LEVELS = ("类", "款", "项")
ORDINAL = re.compile(
    r"^(?:其中[:：]?)?(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d))"
)
UNIT = re.compile(r"\((?:单位[:：])?(?:人民币)?(?:百万|亿|万|千)?[元圆]\)$")
MARKS = re.compile(r"[“”\"'‘’\s:：、，,。.·*＊]")
FILL = re.compile(r"(?:本年度?|当年|全年|本级|数额?|金额|资金|费用?|情况|的|类)+")
LOOSE = re.compile(r"预算|决算|财务|部门|单位|本级|区级|市级|省级|县级|年度|[（(].*?[)）]")


@lru_cache(maxsize=8192)
def bare(words: str) -> str:
    """A heading or label without its ordinal, unit and marks."""
    text = UNIT.sub("", norm(words))
    text = ORDINAL.sub("", text).removeprefix("其中")
    return MARKS.sub("", text)


_CLASS: dict[str, set[int]] = {}
for _number, _line in enumerate(TERMS):
    for _word in _line:
        _CLASS.setdefault(bare(_word.removeprefix("编码：").removeprefix("名称：")), set()).add(_number)


@lru_cache(maxsize=65536)
def alike(expected: str, actual: str) -> float:
    """How surely two headings mean the same: 1 equal, 0 another thing."""
    if not expected or not actual:
        return 0
    one, two = bare(expected), bare(actual)
    if not one or not two:
        return 0
    if one == two:
        return 1
    if _CLASS.get(one, set()) & _CLASS.get(two, set()):
        return 0.9
    short, long = sorted((one, two), key=len)
    if len(short) > 1 and short in long and FILL.fullmatch(long.replace(short, "", 1)):
        return 0.85
    return 0


def path_alike(expected: tuple[str, ...], actual: tuple[str, ...]) -> float:
    """How surely two columns are the same, by their headings from above down."""
    if not expected or not actual:
        return 0
    leaf = alike(expected[-1], actual[-1])
    if leaf and bare(expected[-1]) in GENERIC | {bare(w) for w in ("决算数", "预算数")}:
        above = (expected[:-1], actual[:-1])
        if all(above):
            return leaf * (1 if any(alike(e, a) for e in above[0] for a in above[1]) else 0.3)
        return leaf * (1 if not any(above) else 0.7)
    if leaf:
        return leaf
    one, two = bare(expected[-1]), bare(actual[-1])
    if len(actual) == 1 and one != two and {one[-2:], two[-2:]} <= {"合计", "总计"} and min(len(one), len(two)) == 2:
        return 0.75  # 合计 for 本年支出合计, where nothing stands above it
    joined = alike("".join(expected[-2:]), actual[-1]), alike(expected[-1], "".join(actual[-2:]))
    deeper = 0.0
    if len(actual) > 1 and bare(actual[-1]) in ("合计", "小计", "总计"):  # 本年支出 | 小计 for 本年支出合计
        deeper = alike(expected[-1], actual[-2]) * 0.95
    if len(expected) > 1 and bare(expected[-1]) in ("合计", "小计", "总计"):
        deeper = max(deeper, alike(expected[-2], actual[-1]) * 0.95)
    return max(*joined, deeper)


@lru_cache(maxsize=4096)
def core(title: str) -> str:
    """A title without year, number, department and marks."""
    text = norm(title)
    text = re.sub(r"^(?:附件|附表|表|公开|预算|决算)?\d{1,2}表?[.、:：-]?", "", text)
    text = re.sub(r"(?:20\d\d|[X×Ｘ]{2,4}|二[〇○零]..)年度?", "", text)
    text = re.sub(r"\(.*?\)$", "", text).replace("收支", "收入支出")
    return MARKS.sub("", re.sub(r"部门(?!预算经济)|(?<!附属)单位|本级", "", text))


def title_alike(expected: str, actual: str) -> float:
    """How surely a line is the title of a table: 1 the same words, less the more stands around them."""
    one, two = core(expected), core(actual)
    if len(one) < 4 or len(two) < 4:
        return 1.0 if one and one == two else 0.0
    if one == two:
        return 1
    if one in two:
        return len(one) / len(two)
    loose = LOOSE.sub("", one), LOOSE.sub("", two)
    return 0.8 if loose[0] == loose[1] and len(loose[0]) > 3 else 0
