"""The number in a cell as a person sees it: what is stored, what is shown, and what to do where they differ."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from generator.files.safety import Sheet
from generator.files.units import SIZE
from generator.files.values import Parsed, parse_number, parse_percent, plain_digits


def amount_at(sheet: Sheet, row: int, column: int, unit: str = "") -> Parsed:
    """The amount (or count, without a unit) in a cell, in the unit of its table.

    A format that shows an amount of 元 as 万元 in a table of 万元 is what the officer sees and means: taken so, and
    said.  Any other format that shows another number than the cell holds is an error that names both.
    """
    stored = parse_number(sheet.at(row, column), unit)
    seen = sheet.shown_at(row, column)
    if seen is None or stored.value is None:
        return stored
    read = parse_number(seen, unit)
    if read.value is None:
        return read if read.code == "WB-053" else _differ(stored.value, seen)
    if _near(read, stored.value):
        return stored
    if unit in SIZE and _near(read, stored.value / SIZE[unit]):
        value = stored.value / SIZE[unit]
        said = f"存的是 {plain_digits(stored.value)} 元，显示为 {seen}，按 {plain_digits(value)} {unit}读取"
        return Parsed(value, max(read.decimals, len(f"{value:f}".partition(".")[2])), notes=(("scaled", said),))
    return _differ(stored.value, seen)


def percent_at(sheet: Sheet, row: int, column: int) -> Parsed:
    """The rate in a cell: 43.75% shown of 0.4375; ``0.00"%"`` that shows 43.75 as 43.75% is taken as it is seen."""
    raw, seen = sheet.at(row, column), sheet.shown_at(row, column)
    if seen is None or isinstance(raw, str):
        return parse_percent(raw)
    stored, read = parse_number(raw), parse_percent(seen)
    if stored.value is None or read.value is None:
        return stored if stored.value is None else _differ(stored.value, seen)
    for value in (stored.value, stored.value / 100):
        if _near(read, value):
            return replace(stored, value=value, decimals=max(read.decimals, stored.decimals))
    return _differ(stored.value, seen)


def _near(read: Parsed, value: Decimal) -> bool:
    """Whether a number that was shown is this one, rounded to the decimals that were shown."""
    return read.value is not None and abs(read.value - value) <= Decimal(5).scaleb(-read.decimals - 1)


def _differ(stored: Decimal, seen: str) -> Parsed:
    said = f"显示为“{seen[:30]}”" if seen else "被单元格格式隐藏了"
    return Parsed(error=f"存的是 {plain_digits(stored)}，{said}，不知道该用哪一个", code="WB-059")
