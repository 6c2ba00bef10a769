"""The ruled tables of a PDF file as sheets; a table that goes on over pages is put together again.

pdfplumber is loaded only when a PDF is read; where it is not installed, the message says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.files.docx_tables import DRAFT_LINE, draft_finding, name_of
from generator.files.safety import MAX_BYTES, Opened, Sheet, refuse

ABOVE = 4
LARGE = 40  # letters of a watermark (pt)
NAMED = re.compile(r"公开\s*\d+\s*表|单位[:：]")
MAX_PAGES = 2000
HINT = "请提供本程序生成的 PDF，或改用 Word、Excel 文件。"


def read_pdf_tables(path: Path) -> Opened:
    """Every ruled table with the lines above it; what cannot be read comes back as a finding."""
    if path.stat().st_size > MAX_BYTES:
        return refuse("WB-001", "文件过大。", path.name, HINT)
    try:
        import pdfplumber
    except ImportError:
        return refuse(
            "WB-010",
            "读取 PDF 需要 pdfplumber，本机没有安装。",
            path.name,
            "请运行 pip install pdfplumber，或改用 Word、Excel 文件。",
        )
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # tells users about operators, in English
    try:
        with pdfplumber.open(path) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                return refuse("WB-009", "文件页数过多。", path.name, HINT)
            draft = any(
                DRAFT_LINE in (p.crop((0, 0, p.width, p.height / 8)).extract_text() or "") for p in pdf.pages[1:3]
            )
            return Opened(list(_joined(pdf.pages)), [draft_finding(path.name)] if draft else [])
    except Exception:
        return refuse("WB-004", "PDF 不完整或已损坏，无法打开。", path.name, HINT)


def _joined(pages: list[Any]) -> Iterator[Sheet]:
    """Tables over pages; one that says nothing about itself goes on from the page before."""
    current: tuple[str, list[list[str]], list[list[str]]] | None = None
    count = 0
    for whole in pages:
        page = whole.filter(_is_text)
        top = 0.0
        for table in page.find_tables():
            rows = [[_clean(v) for v in row] for row in table.extract()]
            above = _above(page, top, table.bbox[1])
            top = table.bbox[3]
            if not rows or (len(rows) < 2 and len(rows[0]) < 4):
                continue  # shaded words, no table
            named = any(NAMED.search(line) for line in above)
            if current is not None and not named and len(rows[0]) == len(current[2][0]):
                head = current[2]
                fresh = rows
                while fresh and fresh[0] in head[:4]:
                    fresh = fresh[1:]
                current[1].extend(fresh)
                continue
            if current is not None:
                yield Sheet(current[0], current[1])
            count += 1
            lines = [line.split() for line in above]
            current = (name_of(above, count), [*lines, *rows], rows)
    if current is not None:
        yield Sheet(current[0], current[1])


def _is_text(thing: dict[str, Any]) -> bool:
    """Everything but the letters of a watermark."""
    return thing.get("object_type") != "char" or thing["size"] < LARGE


def _clean(value: str | None) -> str:
    return (value or "").replace("\n", "").strip()


def _above(page: Any, top: float, bottom: float) -> list[str]:
    """The last lines between two heights."""
    if bottom - top < 4:
        return []
    text = page.crop((0, max(top, 0), page.width, min(bottom, page.height))).extract_text() or ""
    return [line for line in text.splitlines() if line.strip()][-ABOVE:]
