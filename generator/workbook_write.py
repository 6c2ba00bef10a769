"""Writes one text into one cell of the officer's workbook, as an edit of the package.

Every other byte of the sheet stays (cached values, formats, parts of other programs); the file is
never loaded and saved by an office library.
"""

from __future__ import annotations

import io
import re
import zipfile
from html import escape

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class WriteError(Exception):
    """The cell cannot be written; the message is Chinese."""


def set_text(data: bytes, sheet: str, cell: str, text: str) -> bytes:
    """The workbook with another text in a cell.  WriteError for a formula, or where there is no such cell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            infos = source.infolist()
            parts = {i.filename: source.read(i) for i in infos}
    except zipfile.BadZipFile as error:
        raise WriteError("只能写入 .xlsx 填报表。") from error
    name = _part(parts, sheet)
    content = parts[name].decode("utf-8")
    found = re.search(rf'<((?:\w+:)?)c\b([^>]*?\br="{re.escape(cell)}"[^>]*?)(/>|>(.*?)</\1c>)', content, re.S)
    if found is None:
        raise WriteError(f"{sheet}!{cell} 不在填报表里。")
    if re.search(r"<(?:\w+:)?f\b", found[4] or ""):
        raise WriteError(f"{sheet}!{cell} 是公式，不能写入。")
    prefix = found[1]
    attributes = re.sub(r'\s+t="[^"]*"', "", found[2].rstrip())
    words = escape(CONTROL.sub("", text), quote=False)
    made = f'<{prefix}c{attributes} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{words}</{prefix}t></{prefix}is></{prefix}c>'
    parts[name] = (content[: found.start()] + made + content[found.end() :]).encode("utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in infos:
            target.writestr(info, parts[info.filename], compress_type=info.compress_type)
    return out.getvalue()


def _part(parts: dict[str, bytes], sheet: str) -> str:
    """The part in which a sheet stands."""
    workbook = parts.get("xl/workbook.xml", b"").decode("utf-8")
    relations = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8")
    targets = dict(re.findall(r'<Relationship\b(?=[^>]*\bId="([^"]+)")(?=[^>]*\bTarget="([^"]+)")', relations))
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook):
        name = re.search(r'\bname="([^"]*)"', tag)
        relation = re.search(r'\b\w+:id="([^"]*)"', tag)
        if name and relation and name[1] == escape(sheet, quote=True) and relation[1] in targets:
            target = targets[relation[1]].lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if part in parts:
                return part
    raise WriteError(f"填报表里没有工作表“{sheet}”。")
