"""Numbers in running text: amounts with their unit, rates, counts and years, each with the words before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from generator.published.names import HAN

Kind = Literal["amount", "rate", "count", "points", "year", "date", "number"]
NUMBER = r"(?<![\d.,])[-−]?(?:\d{1,3}(?:[,，]\d{3})+(?![\d])|\d+)(?:[.．]\d+)?"
UNITS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "亿元": Decimal(10) ** 8}
COUNTED = "台\\(套\\)|台（套）|人次|批次|个百分点|平方米|个|家|辆|台|套|人|批|项|户|次|分|名|处|期|场|枚|份|块|间|条|件|篇|部|艘|架|所|座"
TOKEN = re.compile(
    rf"(?P<date>(?<!\d)(?:19|20)\d{{2}}年\d{{1,2}}月(?:\d{{1,2}}日)?)"
    rf"|(?P<year>(?<!\d)(?:19|20)\d{{2}}(?=年)|(?<![〇一二三四五六七八九零])二[〇零○O0][〇零一二三四五六七八九○]{{2}}(?=年))"
    rf"|(?P<number>{NUMBER})\s*(?P<unit>亿元|万元|千元|元|[%％‰]|{COUNTED})?"
)
THRESHOLD = re.compile(r"^[（(]?(?:含|不含)?[）)]?(?:以上|以下|以内|及以上|及以下|起)|^[（(]含[）)]")
LEGAL = re.compile(r"《[^》]{1,60}》|[〔\[【（(](?:19|20)\d{2}[〕\]】）)]\s*\d+\s*号")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text.  ``value``: amounts in 元, rates in percent, others as written.

    ``half``: half of the last printed digit, in the unit of ``value``; ``start`` and ``end`` in the text.
    """

    kind: Kind
    value: Decimal
    half: Decimal
    text: str
    unit: str
    start: int
    end: int
    decimals: int = 0
    limit: bool = False  # 100万元（含）以上: a limit, no figure of the department

    @property
    def low(self) -> Decimal:
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        return self.value + self.half


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of a text in order; those in titles of documents and their numbers are left out."""
    titles = [(m.start(), m.end()) for m in LEGAL.finditer(text)]
    return tuple(q for q in _all(text) if not any(a <= q.start < b for a, b in titles))


def _all(text: str) -> Iterator[Quantity]:
    for found in TOKEN.finditer(text):
        start, end = found.span()
        if found["date"]:
            yield Quantity("date", Decimal(found["date"][:4]), Decimal(0), found[0], "", start, end)
        elif found["year"]:
            yield Quantity("year", Decimal(_year(found["year"])), Decimal(0), found[0], "年", start, end)
        else:
            yield _number(found, text, start, end)


def _number(found: re.Match[str], text: str, start: int, end: int) -> Quantity:
    digits = found["number"].replace(",", "").replace("，", "").replace("．", ".").replace("−", "-")
    unit = (found["unit"] or "").replace("％", "%")
    value = Decimal(digits)
    decimals = len(digits.partition(".")[2])
    half = Decimal(5).scaleb(-decimals - 1)
    kind: Kind = "number"
    if unit in UNITS:
        kind, value, half = "amount", value * UNITS[unit], half * UNITS[unit]
    elif unit == "%":
        kind = "rate"
    elif unit == "个百分点":
        kind = "points"
    elif unit:
        kind, half = "count", Decimal(0)
    follow = text[end : end + 8]
    limit = bool(THRESHOLD.match(follow)) or (kind == "amount" and follow[:1] in "/／*×")
    return Quantity(kind, value, half, found[0], unit, start, end, decimals, limit)


def _year(text: str) -> int:
    if text.isdigit():
        return int(text)
    return int("".join(str(HAN.get(c, 0)) for c in text.replace("○", "〇").replace("O", "〇").replace("0", "〇")))
