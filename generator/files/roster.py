"""The roster (应公开单位名单): who has to hand in.  A workbook, a table as text, or one name a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from generator.files._text_sheets import text_rows
from generator.files.safety import ReadError
from generator.files.sheets import open_workbook
from generator.files.values import as_text, norm

HEADS = {
    "name": (
        "部门名称",
        "单位名称",
        "部门(单位)名称",
        "部门(单位)全称",
        "预算单位名称",
        "应公开单位",
        "名称",
        "部门",
        "单位",
    ),
    "parent": ("上级单位", "主管部门", "上级"),
    "pack": ("模板包", "模板"),
    "deadline": ("公开截止日期", "公开截止日", "截止日期"),
    "approved": ("批复日期", "批准日期"),
    "url": ("公开网址", "网址", "公开地址"),
    "published": ("公开日期", "公开时间", "实际公开日期"),
}
KEY = {head: key for key, heads in HEADS.items() for head in heads}
DAY = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(\s|T|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a roster.  Dates are as written (see :func:`day`); what it does not give is empty."""

    name: str
    parent: str = ""
    pack: str = ""
    deadline: str = ""
    approved: str = ""
    url: str = ""
    published: str = ""


def read_roster(path: Path) -> list[Entry]:
    """The lines of a roster file, each name once.  ReadError where it has none."""
    try:
        return roster_of(path.read_bytes(), path.name)
    except OSError as error:
        raise ReadError(f"名单 {path} 打不开：{error.strerror}。") from None


def roster_of(data: bytes, name: str) -> list[Entry]:
    """The lines of a roster, each name once, in order: below a head like 部门名称 or 单位名称, with what
    the other known heads give; in a text without a head, one name a line.  ReadError where it has none."""
    text = Path(name).suffix.lower() in (".txt", ".csv")
    tables = [_text_rows(data, name)] if text else _sheets(data, name)
    kept: dict[str, Entry] = {}
    for rows in tables:
        entries = _entries(rows)
        if entries is None and text and not any(len(r) > 1 for r in rows):
            entries = [Entry(_clean(r[0])) for r in rows if r]
        for entry in entries or ():
            if entry.name:
                kept.setdefault(norm(entry.name), entry)  # （本级） and (本级) are one unit
        if kept:
            break
    if not kept:
        raise ReadError(f"名单 {name} 里没有名称：请在一列的表头写“部门名称”，名称写在下面。")
    return list(kept.values())


def day(words: str) -> str:
    """A date as people write it (2025-8-31, 2025/8/31, 2025年8月31日) as 2025-08-31; other words unchanged."""
    found = DAY.match(words.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else words.strip()
    except ValueError:
        return words.strip()


def _text_rows(data: bytes, name: str) -> list[list[str]]:
    """The rows of a table as text: commas, tabs or semicolons between, quotes around what holds them."""
    rows = text_rows(data)
    if rows is None:
        raise ReadError(f"名单 {name} 的编码认不出来，或不是用逗号分隔的表，请用 Excel 或 WPS 打开后另存为 .xlsx。")
    return rows


def _sheets(data: bytes, name: str) -> list[list[list[Any]]]:
    opened = open_workbook(data, name)
    if opened.findings:
        raise ReadError(f"名单 {name} 读不出来：{opened.findings[0].message}{opened.findings[0].hint}")
    return [sheet.rows for sheet in opened.sheets]


def _entries(rows: Sequence[Sequence[Any]]) -> list[Entry] | None:
    """The lines below the first row that has a head for names; nothing where there is none."""
    for number, row in enumerate(rows[:10]):
        columns: dict[str, int] = {}
        for column, value in enumerate(row):
            if (key := KEY.get(norm(value))) is not None:
                columns.setdefault(key, column)
        if "name" in columns:
            return [_entry(line, columns) for line in rows[number + 1 :]]
    return None


def _entry(line: Sequence[Any], columns: dict[str, int]) -> Entry:
    given = {f.name: columns.get(f.name, len(line)) for f in fields(Entry)}
    return Entry(**{key: _clean(as_text(line[column])) if column < len(line) else "" for key, column in given.items()})


def _clean(text: str) -> str:
    return " ".join(text.split())
