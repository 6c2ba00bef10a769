"""Whether two texts of a cell say the same: 0.50 and 0.5, 1,200 and 1200, 5% and 0.05."""

from __future__ import annotations

from decimal import Decimal

from generator.files import norm, parse_number, parse_percent


def same(left: str, right: str) -> bool:
    """The same words but for spaces, or the same number."""
    if norm(left).replace(",", "") == norm(right).replace(",", ""):
        return True
    first, second = _number(left), _number(right)
    return first is not None and first == second


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    percent = "%" in text or "％" in text
    read = parse_percent(text) if percent else parse_number(text)
    if read.error or read.value is None:
        return None
    return read.value / 100 if percent else read.value
