"""Numbers in a sentence with what they count: value, unit, the words before them, how exactly they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

HAN = "\u4e00-\u9fff"
UNITS = "亿元|万元|千元|元|平方米|批次|人次|个百分点|百分点|％|%|分|辆|台|套|个|人|家|项|户|件|次|批|期|场|名|笔|枚|份|天|年|月|日|级|条|款|号|类|岁|倍|位|处|间|篇|本|册|宗|幅|座|组|门|支|种"
NUMBER = re.compile(
    rf"(?<![\d.,A-Za-z])(-?\d{{1,3}}(?:[,，]\d{{3}}){{1,5}}(?:\.\d{{1,6}})?|-?\d{{1,15}}(?:\.\d{{1,8}})?)\s?({UNITS})?"
)
SIZES = {"亿元": Decimal(10) ** 8, "万元": Decimal(10) ** 4, "千元": Decimal(10) ** 3, "元": Decimal(1)}
MONEY = tuple(SIZES)
NOT_COUNTED = ("年", "月", "日", "号", "级", "条", "款", "类", "岁", "倍", "期")
DELIMITER = re.compile(r"[，。；、：:,;（）()]")
RISE, FALL = ("增加", "增长", "上升", "提高", "增"), ("减少", "下降", "降低", "减")


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed number.  ``value`` in its printed unit, ``label`` the words before it up to the last mark."""

    value: Decimal
    unit: str
    decimals: int
    start: int
    end: int
    label: str

    @property
    def kind(self) -> str:
        """What may be added up with what: money, one unit, or nothing."""
        return "money" if self.unit in MONEY else self.unit

    @property
    def size(self) -> Decimal:
        return SIZES.get(self.unit, Decimal(1))

    @property
    def base(self) -> Decimal:
        """The value in 元, or in its unit."""
        return self.value * self.size

    @property
    def direction(self) -> int:
        """+1 where the label says that something grew by it, -1 that it fell."""
        tail = self.label[-4:]
        if any(w in tail for w in FALL):
            return -1
        return 1 if any(w in tail for w in RISE) else 0

    @property
    def change(self) -> bool:
        """An amount by which something changed, not an amount of something."""
        return self.direction != 0


def amounts_in(text: str, start: int = 0, end: int | None = None) -> tuple[Amount, ...]:
    """The numbers with a unit in a stretch of text, in order.  Years, dates and numbers of documents are none."""
    out: list[Amount] = []
    last = start
    for found in NUMBER.finditer(text, start, len(text) if end is None else end):
        unit = (found[2] or "").replace("％", "%")
        if not unit or unit in NOT_COUNTED or _in_name(text, found):
            continue
        digits = re.sub(r"[,，]", "", found[1])
        decimals = len(digits.partition(".")[2])
        out.append(
            Amount(Decimal(digits), unit, decimals, found.start(), found.end(), _label(text, last, found.start()))
        )
        last = found.end()
    return tuple(out)


def _in_name(text: str, found: re.Match[str]) -> bool:
    """单价100万元（含）以上 is a kind of thing, 12345平台 a name: no amounts."""
    after = text[found.end() : found.end() + 5]
    return after.startswith(("（含）以上", "(含)以上", "以上", "以下", "（含）", "/", "（不含"))


def _label(text: str, since: int, until: int) -> str:
    """The words right before a number, back to the mark or number before; brackets in a name belong to it."""
    words = text[since:until]
    depth = 0
    for at in range(len(words) - 1, -1, -1):
        char = words[at]
        if char in "）)":
            depth += 1
        elif char in "（(":
            if not depth:
                return words[at + 1 :].strip()
            depth -= 1
        elif not depth and char in "，。；、：:,;":
            return words[at + 1 :].strip()
    return words.strip()


def margin_of(amounts: Iterable[Amount]) -> Decimal:
    """How far a sum of printed numbers may be off: half of the last decimal of each, and nothing for counts."""
    many = list(amounts)
    if not many or many[0].kind != "money":
        return Decimal(0) if all(a.decimals == 0 for a in many) else Decimal(5).scaleb(-1 - _decimals(many)) * len(many)
    return sum((Decimal(5).scaleb(-1 - max(_decimals(many), 0)) * a.size for a in many), Decimal(0))


def _decimals(many: Sequence[Amount]) -> int:
    """Trailing zeros are often left out: the most decimals that any of them shows."""
    return max(a.decimals for a in many)
