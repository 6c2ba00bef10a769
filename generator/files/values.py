"""What one cell says: amounts, counts, rates, dates and words, as officers really write them.

Text numbers, full-width digits, separators of both widths, bracketed negatives and suffixes are
read; what cannot be read is named.  A blank is ``None``, never zero.  Money never becomes a float.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

BLANKS = {"", "-", "--", "—", "——", "－", "/", "／", "无"}
ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.I)
SIZE = {"元": Decimal(1), "万元": Decimal(10000)}
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")


def norm(value: object) -> str:
    """A label for comparing: half-width, without white space, one style of numbering."""
    return _norm(value if type(value) is str else as_text(value))


@lru_cache(maxsize=16384)
def _norm(words: str) -> str:
    text = unicodedata.normalize("NFKC", words)
    text = re.sub(r"\s+", "", text).replace("〔", "[").replace("〕", "]")
    return re.sub(r"^(\d+)[、.]", r"\1.", text)


def as_text(value: object) -> str:
    """A cell as words; whole numbers without a decimal point."""
    if type(value) is str:
        return value.strip()
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case Decimal():
            return plain_digits(value)
        case float():
            return plain_number(value)
        case _:
            return str(value).strip()


def plain_number(value: float) -> str:
    """A number of the sheet as it was written: at most 15 significant digits."""
    return plain_digits(Decimal(repr(value)))


def plain_digits(number: Decimal) -> str:
    """A number without exponent or idle zeros, at most 15 significant digits."""
    if number == number.to_integral_value() and abs(number) < Decimal(10) ** 18:
        return f"{number:.0f}"
    digits = f"{Decimal(f'{number:.15g}'):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed cell.  ``decimals`` is how many were written; ``error`` says in Chinese what is wrong."""

    value: Decimal | None = None
    decimals: int = 0
    error: str = ""
    code: str = ""


def parse_number(value: object, unit: str = "") -> Parsed:
    """A number.  ``unit`` is the money unit of the sheet (for suffixes such as 万元)."""
    if isinstance(value, bool):
        return Parsed(error="是逻辑值，不是数字", code="WB-051")
    if isinstance(value, date | datetime | time | timedelta):
        return Parsed(error="是日期，不是数字", code="WB-051")
    text = unicodedata.normalize("NFKC", as_text(value))
    compact = re.sub(r"\s+", "", text)
    if compact in BLANKS:
        return Parsed()
    if ERRORS.search(compact):
        return Parsed(error=f"是公式错误“{compact}”", code="WB-052")
    compact = compact.replace("−", "-").replace("﹣", "-").replace("–", "-").replace("，", ",")
    if compact.startswith("(") and compact.endswith(")"):
        compact = "-" + compact[1:-1]
    suffix = re.search(r"(亿元|万元|千元|元)$", compact)
    if suffix:
        if unit and suffix[1] != unit:
            return Parsed(error=f"写着“{suffix[1]}”，本表的金额单位是{unit}", code="WB-053")
        compact = compact[: -len(suffix[1])]
    compact = compact.removeprefix("¥").removeprefix("￥")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", compact):
        compact = compact.replace(",", "")
    if not NUMBER.fullmatch(compact) and not re.fullmatch(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", compact):
        return Parsed(error=f"填的是“{text[:30]}”，不是数字", code="WB-051")
    try:
        number = Decimal(compact)
    except InvalidOperation:
        return Parsed(error=f"填的是“{text[:30]}”，不是数字", code="WB-051")
    return Parsed(number, len(compact.partition(".")[2]))


def parse_percent(value: object) -> Parsed:
    """A rate: 0.4375 (shown as 43.75%) or the text 43.75%."""
    text = unicodedata.normalize("NFKC", as_text(value)).replace(" ", "")
    if text.endswith("%"):
        parsed = parse_number(text[:-1])
        if parsed.value is None:
            return parsed
        return Parsed(parsed.value / 100, parsed.decimals + 2)
    return parse_number(value)


def parse_code(value: object) -> str:
    """A subject code, also where it was stored as a number or with full-width digits."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", as_text(value))).lstrip("'")
    text = re.sub(r"\.0+$", "", text)
    return text if text.isdigit() else ""


def split_codename(value: object) -> tuple[str, str]:
    """``201-一般公共服务支出`` as code and name."""
    text = unicodedata.normalize("NFKC", as_text(value)).strip()
    found = re.match(r"(\d{3,})\s*[-—_ ]?\s*(.*)$", text)
    return (found[1], as_text(value).strip()[len(found[0]) - len(found[2]) :].strip()) if found else ("", text)
