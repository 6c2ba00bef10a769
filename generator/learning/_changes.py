"""Ways of putting a change: 增加A万元，增长R%; 持平; 决算数大于预算数."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from generator.learning.pieces import DOWN, UP, Piece
from generator.published import quantities_in

OPPOSITE = {
    "增加": "减少", "增长": "下降", "上升": "下降", "提高": "降低", "上涨": "下降", "上浮": "下浮", "减少": "增加", "下降": "增长",
    "降低": "提高", "下浮": "上浮", "大于": "小于", "小于": "大于", "高于": "低于", "低于": "高于",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """``form``: the words with what is compared with: A for the amount, R for the rate, years by their distance."""

    sign: int
    form: str
    amount: Decimal | None = field(default=None, compare=False)
    rate: Decimal | None = field(default=None, compare=False)
    half: Decimal | None = field(default=None, compare=False)
    rate_half: Decimal = field(default=Decimal("0.005"), compare=False)

    @property
    def shape(self) -> str:
        return ("A" if "A" in self.form else "") + ("R" if "R" in self.form else "")

    def turned(self) -> str:
        """The same words for the other direction."""
        return re.sub("|".join(OPPOSITE), lambda m: OPPOSITE[m[0]], self.form)


def ways_of(piece: Piece) -> Way:
    """How a change or a side is put."""
    found = piece.found
    assert found is not None
    if piece.kind == "side":
        way = found["way"] or ""
        sign = 1 if way in ("大于", "高于") else -1 if way in ("小于", "低于") else 0
        return Way(sign, piece.said)
    words = piece.said[len(found["lead"]) + len(found["what"]) :]
    lead = piece.names[0]
    amount = rate = half = None
    rate_half = Decimal("0.005")
    form, shift = words, 0
    for quantity in quantities_in(words):
        letter = {"amount": "A", "rate": "R"}.get(quantity.kind)
        if letter is None:
            continue
        if letter == "A":
            amount, half = quantity.value, quantity.half
        else:
            rate, rate_half = quantity.value, quantity.half
        end = quantity.end - len(quantity.unit)
        form = form[: quantity.start + shift] + letter + form[end + shift :]
        shift += 1 - (end - quantity.start)
    if found["level"]:
        return Way(0, lead + words)
    sign = 1 if found["way"] in UP.split("|") else -1
    if not amount and not rate:
        sign = 0
    assert found["way"] in (*UP.split("|"), *DOWN.split("|"))
    return Way(sign, lead + form, amount, rate, half, rate_half)
