"""The roster: who has to hand in.  A workbook or a text file with one name a line."""

from __future__ import annotations

from pathlib import Path

from generator.workbook_safety import open_workbook
from generator.workbook_values import as_text, norm

HEADS = ("部门名称", "单位名称", "部门（单位）名称", "部门(单位)名称", "预算单位名称", "名称", "部门", "单位")


class RosterError(Exception):
    """The roster cannot be read; the message is Chinese."""


def read_roster(path: Path) -> list[str]:
    """The names, each once, in order.  In a workbook: the column headed 部门名称 or 单位名称."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"名单 {path} 打不开：{error.strerror}。") from None
    names = _lines(data, path) if path.suffix.lower() in (".txt", ".csv") else _column(data, path)
    kept = dict.fromkeys(n for n in names if n)
    if not kept:
        raise RosterError(f"名单 {path} 里没有名称：请在一列的表头写“部门名称”，名称写在下面。")
    return list(kept)


def _lines(data: bytes, path: Path) -> list[str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RosterError(f"名单 {path} 的编码认不出来，请存成 UTF-8。")
    rows = [line.replace("\t", ",").split(",") for line in text.splitlines()]
    return _named(rows, path) if any(len(r) > 1 for r in rows) else [_name(r[0]) for r in rows if norm(r[0]) not in HEADS]


def _column(data: bytes, path: Path) -> list[str]:
    opened = open_workbook(data, path.name)
    if opened.findings:
        raise RosterError(f"名单 {path} 读不出来：{opened.findings[0].message}")
    for sheet in opened.sheets:
        rows = [[as_text(v) for v in row] for row in sheet.rows]
        found = _named(rows, path, must=False)
        if found:
            return found
    return []


def _named(rows: list[list[str]], path: Path, *, must: bool = True) -> list[str]:
    """The column below the first known head."""
    for number, row in enumerate(rows[:10]):
        for column, value in enumerate(row):
            if norm(value) in HEADS:
                return [_name(r[column]) for r in rows[number + 1 :] if column < len(r)]
    if must:
        raise RosterError(f"名单 {path} 里找不到表头“部门名称”。")
    return []


def _name(text: str) -> str:
    return text.strip().strip('"').strip()
