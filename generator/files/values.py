"""What one cell says: amounts, counts, rates, dates and words, as officers really write them.

Text numbers, full-width digits, separators of both widths, bracketed negatives and suffixes are read; what
cannot be read is named, and digits are never joined across anything but a thousands mark.  A blank is ``None``,
never zero.  Money never becomes a float.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from generator.files.characters import cleaned
from generator.files.units import SUFFIX, unit_named

NIL = frozenset("-‐‑‒–—―﹘﹣－−⁃⸺⸻─━┄┅⎯ー/／\\＼")
NIL_WORDS = frozenset(("无", "空", "〇"))
ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)
WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: 32, 0xA0: 32, 0x2212: 45, 0xFE63: 45, 0x2013: 45}
CURRENCY = re.compile(r"(?:人民币|RMB|CNY|[¥￥])\s*", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})++|[0-9]++)(?:\.[0-9]*+)?|\.[0-9]++)")
SCIENTIFIC = re.compile(r"[+-]?[0-9]++(?:\.[0-9]++)?[eE][+-]?[0-9]{1,3}")
DIGITS = re.compile(r"[0-9][0-9,.]*+")
FORMULA = re.compile(
    r"\{?=[+-]?(?:[A-Za-z_][A-Za-z0-9_.]{0,60}\(|\$?[A-Z]{1,3}\$?[0-9]{1,7}(?![\w一-鿿])|'[^']{1,60}'!|[\w一-鿿]{1,60}!\$?[A-Z]"
    r"|[0-9.]{1,20}[+*/^-][0-9(])"
)  # a call, a cell, another sheet, sums of numbers; not “=55台”, which is what an indicator says
LONGEST = 400  # characters of a cell that are looked at as a number


def norm(value: object) -> str:
    """A label for comparing: half-width, without white space, one style of numbering."""
    return _norm(value if type(value) is str else as_text(value))


@lru_cache(maxsize=16384)
def _norm(words: str) -> str:
    text = unicodedata.normalize("NFKC", cleaned(words).text)
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
    """A parsed cell.  ``decimals`` is how many were written; ``error`` says in Chinese what is wrong and ``code``
    which finding it is; ``notes`` say what was understood otherwise than it stands there, as (kind, words)."""

    value: Decimal | None = None
    decimals: int = 0
    error: str = ""
    code: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def parse_number(value: object, unit: str = "") -> Parsed:
    """A number.  ``unit`` is the money unit of the sheet (for suffixes such as 万元)."""
    if isinstance(value, bool):
        return Parsed(error="是逻辑值，不是数字", code="WB-051")
    if isinstance(value, date | datetime | time | timedelta):
        return Parsed(error="是日期，不是数字", code="WB-051")
    if isinstance(value, int):
        return Parsed(Decimal(value))
    if not isinstance(value, str):
        text = as_text(value)
        return Parsed(Decimal(text), len(text.partition(".")[2])) if text else Parsed()
    found = cleaned(value)
    notes = (("unseen", "、".join(found.unseen)),) if found.unseen else ()
    read = _number(found.text.strip(), unit)
    return replace(read, notes=(*notes, *read.notes)) if notes else read


def _number(text: str, unit: str) -> Parsed:
    words = text.translate(WIDE).strip()
    if not words:
        return Parsed()
    if NIL.issuperset(words.replace(" ", "")) or words in NIL_WORDS:
        return Parsed(notes=(("nil", text),))
    if found := ERRORS.search(words):
        return Parsed(error=f"是公式错误“{found[0]}”", code="WB-052")
    if words.startswith("="):
        return Parsed(error=f"是公式的字样“{text[:30]}”，不是算出来的数", code="WB-057")
    if len(words) > LONGEST:
        return _not_a_number(text, words)
    body, bracketed = words, words.startswith("(") and words.endswith(")")
    if bracketed:
        body = body[1:-1].strip()
    said = SUFFIX.search(body)
    if said and body[: said.start()].rstrip(" .")[-1:].isdigit():
        if unit and unit_named(said[0]) != unit:
            return Parsed(error=f"写着“{said[0]}”，本表的金额单位是{unit}", code="WB-053")
        body = body[: said.start()].rstrip()
    sign = "-" if body.startswith("-") or bracketed else ""
    if body.startswith(("-", "+")):
        if bracketed:
            return _not_a_number(text, words)
        body = body[1:].lstrip()
    body = CURRENCY.sub("", body, count=1) if CURRENCY.match(body) else body
    if body.startswith("-") and not sign:  # ¥-1,500
        sign, body = "-", body[1:]
    if body.startswith(("-", "+")) or not (NUMBER.fullmatch(body) or SCIENTIFIC.fullmatch(body)):
        return _not_a_number(text, words)
    digits = body.replace(",", "")
    return Parsed(Decimal(sign + digits), len(digits.partition(".")[2]) if "e" not in digits.lower() else 0)


def _not_a_number(text: str, words: str) -> Parsed:
    """Say what stands in the way of reading a number."""
    shown, numbers = " ".join(text.split())[:30], DIGITS.findall(words[:LONGEST])
    if len(numbers) > 1:
        several = "、".join(n.rstrip(",.") for n in numbers[:4])
        return Parsed(error=f"填的是“{shown}”，里面不止一个数（{several}），不是数字", code="WB-051")
    marks = "".join(dict.fromkeys(c for c in text if c.translate(WIDE) not in "0123456789,. " and not c.isspace()))
    if numbers and len(marks) < 9:
        return Parsed(error=f"填的是“{shown}”，数字旁边有“{marks}”，不是数字", code="WB-051")
    return Parsed(error=f"填的是“{shown}”，不是数字", code="WB-051")


def parse_percent(value: object) -> Parsed:
    """A rate: the text 43.75%, or 0.4375 where nothing says otherwise.  A number above one without % is asked about."""
    if isinstance(value, str):
        found = cleaned(value)
        text = found.text.translate(WIDE).replace("﹪", "%").strip()
        if text.endswith("%"):
            parsed = parse_number(text[:-1].rstrip())
            if parsed.value is None:
                return parsed if parsed.error else Parsed(error=f"填的是“{text[:30]}”，不是数字", code="WB-051")
            notes = (("unseen", "、".join(found.unseen)),) if found.unseen else ()
            return Parsed(parsed.value / 100, parsed.decimals + 2, notes=notes)
    parsed = parse_number(value)
    if parsed.value is not None and abs(parsed.value) > 1:
        return Parsed(
            error=f"填的是 {plain_digits(parsed.value)}，没有写“%”，不知道是 {plain_digits(parsed.value)}% 还是"
            f" {plain_digits(parsed.value * 100)}%",
            code="WB-051",
        )
    return parsed


def fault_in_words(text: str) -> tuple[str, str]:
    """The finding and what is wrong where words are the result of something else: an error, a formula, a picture."""
    words = text.translate(WIDE).strip()
    if found := ERRORS.fullmatch(words):
        return "WB-052", f"是公式错误“{found[0]}”"
    if "DISPIMG(" in words.upper() or words == PICTURE:
        return "WB-057", "是嵌入单元格的图片，不是文字"
    if FORMULA.match(words) or "_xlfn." in words:
        return "WB-057", f"是公式的字样“{text.strip()[:30]}”，不是文字"
    return "", ""


PICTURE = "=图片"
"""What the readers give for a picture that stands in a cell."""


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
