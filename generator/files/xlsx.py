"""The parts of an .xlsx: sheets and cells found, words written into cells, nothing else touched."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from defusedxml.common import DTDForbidden
from defusedxml.ElementTree import fromstring
from lxml import etree

from generator.model import CellRef, Refusal

MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
EPOCH = (1980, 1, 1, 0, 0, 0)


class AnnotateError(Refusal):
    """The file is not a package that can be marked; the message is Chinese."""


@dataclass
class Package:
    """The parts of a workbook by name, in their order."""

    order: list[zipfile.ZipInfo]
    parts: dict[str, bytes]

    def text(self, name: str) -> str:
        return self.parts[name].decode("utf-8")

    def put(self, name: str, text: str) -> None:
        if name not in self.parts:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            self.order.append(info)
        self.parts[name] = text.encode("utf-8")

    def drop(self, name: str) -> None:
        self.parts.pop(name, None)
        self.order = [i for i in self.order if i.filename != name]

    def save(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in self.order:
                target.writestr(info, self.parts[info.filename], compress_type=info.compress_type)
        return out.getvalue()


def open_package(data: bytes) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            package = Package(source.infolist(), {i.filename: source.read(i) for i in source.infolist()})
    except zipfile.BadZipFile as error:
        raise AnnotateError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。") from error
    if "xl/workbook.xml" not in package.parts:
        raise AnnotateError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。")
    return package


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet names and the parts they stand in."""
    relations = dict(
        re.findall(
            r'<Relationship\b(?=[^>]*\bId="([^"]+)")(?=[^>]*\bTarget="([^"]+)")',
            package.text("xl/_rels/workbook.xml.rels"),
        )
    )
    out = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", package.text("xl/workbook.xml")):
        name = re.search(r'\bname="([^"]*)"', tag)
        rid = re.search(r'\b\w+:id="([^"]*)"', tag)
        if name and rid and rid[1] in relations:
            target = relations[rid[1]].lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if part in package.parts:
                out[_unescape(name[1])] = part
    return out


def _unescape(text: str) -> str:
    for mark, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, char)
    return text


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def related(package: Package, part: str, kind: str) -> str:
    """The part that a sheet already uses for its notes or their shapes."""
    name = _relations_of(part)
    if name not in package.parts:
        return ""
    for tag in re.findall(r"<Relationship\b[^>]*>", package.text(name)):
        target = re.search(r'\bTarget="([^"]+)"', tag)
        if target and re.search(rf'\bType="[^"]*/{kind}"', tag):
            found = target[1]
            return found.lstrip("/") if found.startswith("/") else _resolve(part, found)
    return ""


def _resolve(part: str, target: str) -> str:
    pieces = part.split("/")[:-1]
    for piece in target.split("/"):
        if piece == "..":
            pieces.pop()
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)


def relate(package: Package, part: str, rid: str, kind: str, target: str) -> None:
    name = _relations_of(part)
    entry = f'<Relationship Id="{rid}" Type="{kind}" Target="{target}"/>'
    if name in package.parts:
        text = package.text(name)
        if "</Relationships>" in text:
            package.put(name, text.replace("</Relationships>", f"{entry}</Relationships>", 1))
            return
    package.put(
        name,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{PACKAGE_NS}">{entry}</Relationships>',
    )


def add_content_type(package: Package, entry: str) -> None:
    text = package.text("[Content_Types].xml")
    package.put("[Content_Types].xml", text.replace("</Types>", f"{entry}</Types>", 1))


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_cells(data: bytes, values: Mapping[CellRef, str]) -> bytes:
    """The workbook with these words in these cells; the empty text empties a cell.

    :raises AnnotateError: where the file is no .xlsx, a sheet is not there or a cell holds a formula.
    """
    package = open_package(data)
    parts = sheet_parts(package)
    by_sheet: dict[str, dict[str, str]] = {}
    for ref, text in values.items():
        if ref.sheet not in parts:
            raise AnnotateError(f"填报表里没有工作表“{ref.sheet}”。")
        by_sheet.setdefault(ref.sheet, {})[ref.cell] = text
    for sheet, cells in by_sheet.items():
        package.put(parts[sheet], edited(package.text(parts[sheet]), cells))
    return package.save()


def edited(xml: str, cells: Mapping[str, str]) -> str:
    """A sheet's XML with words in some cells."""
    root = re.search(r"<((?:\w+:)?)worksheet\b", xml)
    prefix = root[1] if root else ""
    for cell, text in sorted(cells.items(), key=lambda item: _position(item[0])):
        xml = _put(xml, prefix, cell, CONTROL.sub("", text))
    return xml


def _position(cell: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    if found is None:
        raise ValueError(cell)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _cell(prefix: str, cell: str, style: str, text: str) -> str:
    if not text:
        return f'<{prefix}c r="{cell}"{style}/>'
    inside = f'<{prefix}is><{prefix}t xml:space="preserve">{escape(text, quote=False)}</{prefix}t></{prefix}is>'
    return f'<{prefix}c r="{cell}"{style} t="inlineStr">{inside}</{prefix}c>'


def _put(xml: str, prefix: str, cell: str, text: str) -> str:
    found = re.search(rf'<{prefix}c\b(?=[^>]*\br="{cell}")[^>]*?(?:/>|>.*?</{prefix}c>)', xml, re.S)
    if found:
        if re.search(rf"<{prefix}f\b", found[0]):
            raise AnnotateError(f"{cell} 是公式，不能写入。")
        style = re.search(r'\ss="\d+"', found[0])
        return xml[: found.start()] + _cell(prefix, cell, style[0] if style else "", text) + xml[found.end() :]
    row, column = _position(cell)
    line = re.search(rf'<{prefix}row\b(?=[^>]*\br="{row}")([^>]*?)(/>|>(.*?)</{prefix}row>)', xml, re.S)
    made = _cell(prefix, cell, "", text)
    if line is None:
        return _new_row(xml, prefix, row, made)
    if line[2] == "/>":
        return xml[: line.start()] + f"<{prefix}row{line[1]}>{made}</{prefix}row>" + xml[line.end() :]
    at = line.end() - len(f"</{prefix}row>")
    for other in re.finditer(rf'<{prefix}c\b[^>]*\br="([A-Z]+\d+)"', line[3]):
        if _position(other[1])[1] > column:
            at = line.start(3) + other.start()
            break
    return xml[:at] + made + xml[at:]


def _new_row(xml: str, prefix: str, row: int, made: str) -> str:
    line = f'<{prefix}row r="{row}">{made}</{prefix}row>'
    for other in re.finditer(rf'<{prefix}row\b[^>]*\br="(\d+)"', xml):
        if int(other[1]) > row:
            return xml[: other.start()] + line + xml[other.start() :]
    empty = re.search(rf"<{prefix}sheetData\s*/>", xml)
    if empty:
        return xml[: empty.start()] + f"<{prefix}sheetData>{line}</{prefix}sheetData>" + xml[empty.end() :]
    at = xml.rfind(f"</{prefix}sheetData>")
    return xml[:at] + line + xml[at:]


CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class CellsError(Refusal):
    """A cell cannot be written; the message is Chinese."""


def position(cell: str) -> tuple[int, int]:
    """``C8`` as row and column from 0."""
    found = CELL.fullmatch(cell)
    if not found:
        raise CellsError(f"“{cell[:20]}”不是单元格的位置。")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def escaped(words: str) -> str:
    return escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", words), quote=False)


def recalculate(book: str) -> str:
    """The next program calculates every formula when it opens the file."""
    tag = re.search(r"<(?:\w+:)?calcPr\b[^>]*?/?>", book)
    if tag is None or "fullCalcOnLoad=" in tag[0]:
        return book
    return book.replace(tag[0], re.sub(r"\s*(/?)>$", r' fullCalcOnLoad="1"\1>', tag[0]), 1)


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _sheet_names(package: zipfile.ZipFile) -> dict[str, str]:
    """The sheets by the path of their part."""
    names = set(package.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    relations = {r.get("Id"): r.get("Target", "") for r in fromstring(package.read("xl/_rels/workbook.xml.rels"))}
    found = {}
    for sheet in fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = relations.get(sheet.get(RELATION), "").lstrip("/")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in names:
            found[path] = sheet.get("name", "")
    return found


def sheet_tree(part: bytes) -> etree._Element:
    """The XML of a sheet, which may be large: read by a fast parser that fetches nothing and expands no entity."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(part, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DTDForbidden("sheet", None, None)
    return root


def column_letter(index: int) -> str:
    """0 -> A, 26 -> AA."""
    out = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        out = chr(65 + rest) + out
    return out
