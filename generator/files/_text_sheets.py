"""Reads tables that are text: commas or tabs between, web pages, also those that Excel saves as one file (.mht)."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from pathlib import PurePosixPath

from generator.files.kinds import decoded
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, Opened, Sheet, refuse

QUOTED = re.compile(r'="([^"]*)"')  # how exports keep a code from becoming a number
WEB_PARTS = 200


def read_text_sheet(data: bytes, name: str) -> Opened:
    """A table as text, as one sheet of the file's name."""
    rows = text_rows(data)
    if rows is None:
        return refuse("WB-004/encoding", name)
    if len(rows) > MAX_ROWS or any(len(r) > MAX_COLUMNS for r in rows):
        return refuse("WB-005", name)
    if not any(len(r) > 1 for r in rows):
        return refuse("WB-003/text", name)
    return Opened([Sheet(PurePosixPath(name).stem, [[_plain(v) for v in row] for row in rows])])


def text_rows(data: bytes) -> list[list[str]] | None:
    """The rows of a table as text: commas, tabs or semicolons between, quotes around what holds them; nothing where
    the encoding is not known."""
    text = decoded(data)
    if text is None:
        return None
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    between = max("\t,;", key=lambda mark: sum(mark in line for line in lines)) if lines else ","
    try:
        return list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=between))
    except csv.Error:
        return None


def _plain(words: str) -> str:
    found = QUOTED.fullmatch(words)
    return found[1] if found else words.strip("\t ")


def read_web_sheets(data: bytes, name: str, *, archive: bool) -> Opened:
    """The tables of a web page as sheets; ``archive``: of all pages that one file holds."""
    from generator.files.published.as_sheets import sheets_of
    from generator.files.published.html import read_html_publication

    sheets: list[Sheet] = []
    for page in _pages(data) if archive else (data,):
        opened = sheets_of(read_html_publication(page, name))
        sheets += opened.sheets
    if not sheets:
        hint = "由 Excel 另存成网页的，表格在同名的文件夹里，请改用原来的工作簿。"
        return refuse("WB-003/web", name, "A1", hint)
    return Opened([s if len(sheets) > 1 else Sheet(PurePosixPath(name).stem, s.rows) for s in sheets])


def _pages(data: bytes) -> list[bytes]:
    """The web pages in a file that holds several (Excel: 单个文件网页)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    found: list[bytes] = []
    for part in message.walk():
        if part.get_content_type() == "text/html" and len(found) < WEB_PARTS:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                found.append(content)
    return found
