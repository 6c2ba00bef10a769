"""The tables of a Word file as sheets: the lines above a table first, then its rows.

Reads the package as data: no macros, no links, no entities.  Merged cells hold their text once.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from generator.files.safety import BROKEN, MAX_BYTES, MAX_INFLATED, Opened, Sheet, refuse
from generator.files.sheets import MAX_COLUMNS
from generator.model import CellRef, Finding, Severity

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ABOVE = 4  # lines above a table that may say what it is
DRAFT_LINE = "草稿，不得公开"
HINT = "请提供本程序生成的 Word 文件（.docx）。"


def read_docx_tables(path: Path) -> Opened:
    """Every table with the lines above it; a file that is no Word file comes back as a finding."""
    data = path.read_bytes()
    if len(data) > MAX_BYTES or not data.startswith(b"PK"):
        return refuse("WB-003", "这个文件不是 Word 文档。", path.name, HINT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(e.file_size for e in package.infolist()) > MAX_INFLATED:
                return refuse("WB-005", "文件解压后过大，不正常。", path.name, HINT)
            content = package.read("word/document.xml")
            draft = any(
                DRAFT_LINE.encode() in package.read(n) for n in package.namelist() if n.startswith("word/header")
            )
        if b"<!DOCTYPE" in content[:4096]:
            return refuse("WB-008", "文件里有文档类型声明，不能使用。", path.name, HINT)
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except (*BROKEN, KeyError, etree.XMLSyntaxError):
        return refuse("WB-004", "文件不完整或已损坏，无法打开。", path.name, HINT)
    body = root.find(f"{W}body")
    return Opened(list(_sheets(body)) if body is not None else [], [draft_finding(path.name)] if draft else [])


def draft_finding(name: str) -> Finding:
    """The file says of itself that it is a draft."""
    return Finding(
        "WB-058", Severity.WARNING, f"{name} 是草稿，不是公开的文件，里面的数可能还会改。", (CellRef(name, "A1"),),
        "文件是草稿", hint="请用公开的文件，或上年的填报表。",
    )  # fmt: skip


def _sheets(body: etree._Element) -> Iterator[Sheet]:
    above: list[str] = []
    count = 0
    for node in body:
        if node.tag == f"{W}p":
            above = [*above, _text(node)][-ABOVE:]
        elif node.tag == f"{W}tbl":
            count += 1
            lines = [re.split(r"\t+", line) for line in above if line.strip()]
            yield Sheet(name_of(above, count), [*lines, *_rows(node)])
            above = []


def name_of(above: list[str], count: int) -> str:
    """What a table is called: its number, else its place in the file."""
    found = re.search(r"公开\s*\d+\s*表", "\n".join(above))
    return re.sub(r"\s", "", found[0]) if found else f"第{count}个表"


def _text(node: etree._Element) -> str:
    return "".join(
        n.text or "" if n.tag == f"{W}t" else "\t"
        for n in node.iter(f"{W}t", f"{W}tab")
        if n.getparent().tag == f"{W}r"
    )


def _rows(table: etree._Element) -> Iterator[list[str]]:
    for row in table.iterfind(f"{W}tr"):
        cells: list[str] = []
        for cell in row.iterfind(f"{W}tc"):
            span, merge = cell.find(f"{W}tcPr/{W}gridSpan"), cell.find(f"{W}tcPr/{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val") != "restart"
            cells.append("" if covered else "".join(_text(p) for p in cell.iterfind(f"{W}p")))
            cells += [""] * (_span(span.get(f"{W}val", "1")) - 1 if span is not None else 0)
        yield cells


def _span(words: str) -> int:
    """How many columns a cell covers; 1 where that is no sensible number."""
    return min(int(words), MAX_COLUMNS) if words.isascii() and words.isdigit() and len(words) < 6 else 1
