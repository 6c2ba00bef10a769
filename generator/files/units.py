"""Money units: what they are called, what a line says about them.

``单位：万元``, ``金额单位：人民币元``, ``（单位：元 币种：人民币）``, ``以万元为单位``: a line in any wording is read; one that
speaks of money and is not understood is told as such, never replaced by a default.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from generator.files.characters import plain

SIZE = {
    "元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "百万元": Decimal(1000000), "亿元": Decimal(10**8),
}  # fmt: skip
BARE = {"百万": "百万元", "亿": "亿元", "万": "万元", "千": "千元", "圆": "元", "元整": "元", "圆整": "元"}
SUFFIX = re.compile(r"(?:百万|亿|万|千)?元整?$|(?:百万|亿|万|千)?圆整?$|(?:百万|亿|万|千)$")
LABEL = re.compile(r"(?:(?:金额|货币|计量|计价|数据|记账) ?)?单 ?位|币 ?种|\bUnits?\b", re.IGNORECASE)
MONEY_LABEL = re.compile(r"(?:金额|货币|计量|计价) ?单 ?位|币 ?种|Units?", re.IGNORECASE)
CURRENCY = re.compile(r"人民币|RMB|CNY|[¥￥]", re.IGNORECASE)
SPEAKS_OF_MONEY = re.compile(r"[元圆角¥￥$]|币|RMB|CNY|USD|YUAN", re.IGNORECASE)
OFFICE = re.compile(
    r"(?:局|委|办|院|校|中心|处|队|站|所|会|厅|部|馆|司|社|团|厂|街道|政府|镇|乡|区|县|市|室|科|学|库|台|场|府|组)$"
)
COUNTED = frozenset(
    [
        "个",
        "人",
        "辆",
        "台",
        "套",
        "次",
        "项",
        "户",
        "件",
        "家",
        "批",
        "张",
        "间",
        "组",
        "人次",
        "万人",
        "平方米",
        "平米",
        "公里",
        "公顷",
        "亩",
        "%",
        "天",
        "年",
        "月",
    ]
)
IN_HEAD = re.compile(r"[(\[](?:单位[:：]?)?(?:人民币)?((?:百万|亿|万|千)?[元圆])[)\]]")
AS_UNIT = re.compile(
    r"以[“”\"']?(?:人民币)?((?:百万|亿|万|千)?[元圆])[“”\"']?为(?:金额|计量|计价|货币)?单位|(?:金额)?单位[为是][:：]?(?:人民币)?((?:百万|亿|万|千)?[元圆])"
)
APART = re.compile(r"[\s,;、/。()\[\]:|]+")
EDGES = " ,;、。()[]:|=-"
LONGEST = 60


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a cell says about the unit: the unit, or the words that were not understood."""

    unit: str = ""
    words: str = ""


def unit_named(words: str) -> str:
    """A unit by its name, in the way in which it is written here; empty for anything else."""
    text = (
        CURRENCY.sub("", unicodedata.normalize("NFKC", plain(words))).replace("圆", "元").replace("元整", "元").strip()
    )
    text = text.strip(EDGES)
    text = BARE.get(text, text)
    return text if text in SIZE else ""


@lru_cache(maxsize=4096)
def unit_line(words: str) -> UnitLine | None:
    """What a cell outside the body of a table says about the money unit; nothing where it says nothing."""
    if not any(mark in words for mark in "单币元圆万Uu"):
        return None
    text = " ".join(unicodedata.normalize("NFKC", plain(words)).split())
    if found := AS_UNIT.search(text):
        return UnitLine(unit_named(found[1] or found[2]), text)
    if len(text) > LONGEST:
        return None
    if unit := unit_named(text.strip(EDGES)):  # (人民币元)
        return UnitLine(unit, text)
    told = [said for label, value, sure in _labelled(text) if (said := says_unit(label, value, text, sure=sure))]
    units = {t.unit for t in told if t.unit}
    if not told or (len(units) == 1 and not any(t.words and not t.unit for t in told)):
        return told[0] if told else None
    return UnitLine("", text)


def _labelled(text: str) -> Iterable[tuple[str, str, bool]]:
    """Each label of a line with what stands behind it (单位：元 币种：人民币), and whether it surely is a label."""
    found = list(LABEL.finditer(text))
    for number, m in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        behind = text[m.end() : end]
        told, first = behind.lstrip().startswith((":", "=")), not text[: m.start()] or text[m.start() - 1] in EDGES
        if told or first:
            sure = bool(MONEY_LABEL.fullmatch(m[0])) or (told and first)  # 编制单位：某局 is a department's
            yield m[0], behind.strip(EDGES).removeprefix("为").removeprefix("是").strip(EDGES), sure


def says_unit(label: str, value: str, whole: str = "", *, sure: bool = True) -> UnitLine | None:
    """What stands behind a label: a unit, nothing about money (a department, 平方米), or what is not understood."""
    if unit := unit_named(value.replace(" ", "")):
        return UnitLine(unit, whole)
    pieces = [p for p in APART.split(value) if p]
    units = {u for p in pieces if (u := unit_named(p))}
    other = set(re.findall(r"(?:百万|亿|万|千)?元", value)) - units
    if len(units) == 1 and not other:
        return UnitLine(units.pop(), whole)
    money = MONEY_LABEL.fullmatch(label) is not None
    if not sure or not value or (CURRENCY.fullmatch(value) and "币" in label) or COUNTED.issuperset(pieces):
        return None
    if units or money:
        return UnitLine("", whole or f"{label}:{value}")
    if OFFICE.search(value) and len(value) > 1:
        return None
    return UnitLine("", whole or f"{label}:{value}") if SPEAKS_OF_MONEY.search(value) or len(value) < 4 else None


def unit_in_head(words: str) -> str:
    """The unit that a column's heading names: ``金额（万元）``."""
    if "元" not in words and "圆" not in words:
        return ""
    found = IN_HEAD.search(unicodedata.normalize("NFKC", plain(words)).replace(" ", ""))
    return unit_named(found[1]) if found else ""
