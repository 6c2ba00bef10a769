"""Marks the officer's own workbook: a note on each cell with a finding, and the sheet 错误清单 first.

The package is edited as text: every insertion carries a name of its own, all other bytes stay as
they were (cached values, conditional formats, sparklines, the parts of other programs).  Removing
the insertions gives back the parts as they were; annotating again replaces what was there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from generator.findings import Finding, Severity
from generator.model import CellRef

LIST = "错误清单"
LIST_PART = "xl/worksheets/juesuan-errors.xml"
RELATION = "rIdJuesuan"
AUTHOR = "决算检查"
INSERTED = re.compile(
    r'<(?:\w+:)?sheet name="错误清单"[^>]*r:id="rIdJuesuan"/>'
    r'|<Relationship Id="rIdJuesuan[^>]*/>'
    r'|<Override PartName="/xl/(?:worksheets/|drawings/)?juesuan[^>]*/>'
    r'|<(?:\w+:)?legacyDrawing [^>]*r:id="rIdJuesuanV"/>'
    r'|<v:shape id="juesuan\d+".*?</v:shape>',
    re.S,
)
OURS = re.compile(r"xl/(worksheets/juesuan-errors\.xml|juesuan-comments\d+\.xml|drawings/juesuan-vml\d+\.vml)$")
MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
AFTER_DRAWING = ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
EPOCH = (1980, 1, 1, 0, 0, 0)
HEAD = ("序号", "级别", "编号", "位置", "问题", "怎样处理", "有关单元格")
WIDTHS = (6, 8, 10, 20, 80, 44, 40)


class AnnotateError(Exception):
    """The file is not a package that can be marked; the message is Chinese."""


@dataclass
class _Package:
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


def _open(data: bytes) -> _Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            package = _Package(source.infolist(), {i.filename: source.read(i) for i in source.infolist()})
    except zipfile.BadZipFile as error:
        raise AnnotateError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。") from error
    if "xl/workbook.xml" not in package.parts:
        raise AnnotateError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。")
    return package


def clean(data: bytes) -> bytes:
    """The workbook without anything that was marked before."""
    package = _open(data)
    _clean(package)
    return package.save()


def _clean(package: _Package) -> None:
    had_list = LIST_PART in package.parts
    for name in [n for n in package.parts if OURS.match(n)]:
        package.drop(name)
    for name, content in list(package.parts.items()):
        if name.endswith((".xml", ".rels", ".vml")) and (b"uesuan" in content or AUTHOR.encode() in content):
            text = _without_notes(INSERTED.sub("", content.decode("utf-8")))
            if name.endswith(".rels") and "<Relationship " not in text and "/worksheets/_rels/" in name:
                package.drop(name)
            else:
                package.parts[name] = text.encode("utf-8")
    if had_list:
        package.put("xl/workbook.xml", _shift(package.text("xl/workbook.xml"), -1))


def _without_notes(text: str) -> str:
    """Notes of people without those that were added among them."""
    authors = re.findall(r"<(?:\w+:)?author>(.*?)</(?:\w+:)?author>|<(?:\w+:)?author/>", text)
    if AUTHOR not in authors:
        return text
    mine = authors.index(AUTHOR)
    text = re.sub(rf'<comment ref="[A-Z]+\d+" authorId="{mine}">.*?</comment>', "", text, flags=re.S)
    return text.replace(f"<author>{AUTHOR}</author>", "", 1)


def _shift(workbook: str, by: int) -> str:
    """Positions of sheets that other entries name move with the sheet put first."""
    def moved(match: re.Match[str]) -> str:
        return f'{match[1]}"{max(int(match[2]) + by, 0)}"'

    workbook = re.sub(r'(\blocalSheetId=)"(\d+)"', moved, workbook)
    return re.sub(r'(\b(?:activeTab|firstSheet)=)"(\d+)"', moved, workbook)


def annotate(data: bytes, findings: Sequence[Finding]) -> bytes:
    """A copy of the workbook with its findings marked."""
    package = _open(data)
    _clean(package)
    sheets = _sheets(package)
    by_cell: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        for cell in finding.cells[:8]:
            if cell.sheet in sheets:
                by_cell.setdefault(cell.sheet, {}).setdefault(cell.cell, []).append(finding)
    for number, (sheet, cells) in enumerate(by_cell.items(), 1):
        _notes(package, sheets[sheet], cells, number)
    _list(package, findings, set(sheets))
    return package.save()


def _sheets(package: _Package) -> dict[str, str]:
    """Sheet names and the parts they stand in."""
    relations = dict(re.findall(r'<Relationship\b(?=[^>]*\bId="([^"]+)")(?=[^>]*\bTarget="([^"]+)")', package.text("xl/_rels/workbook.xml.rels")))
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


# ------------------------------------------------------------------ notes on cells


def note_text(findings: Sequence[Finding]) -> str:
    """What a note says: each finding once, gravest first."""
    lines = []
    for finding in sorted(findings, key=lambda f: -f.severity.rank)[:5]:
        lines.append(f"【{finding.severity.chinese}】{finding.id} {finding.message}")
        if finding.hint:
            lines.append(finding.hint)
    return "\n".join(dict.fromkeys(lines))


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _related(package: _Package, part: str, kind: str) -> str:
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


def _notes(package: _Package, part: str, cells: dict[str, list[Finding]], number: int) -> None:
    comments = _related(package, part, "comments")
    shapes = _related(package, part, "vmlDrawing")
    if comments and shapes and comments in package.parts and shapes in package.parts:
        _join_notes(package, comments, shapes, cells, number)
        return
    comments, shapes = f"xl/juesuan-comments{number}.xml", f"xl/drawings/juesuan-vml{number}.vml"
    body = "".join(_comment(cell, found, 0) for cell, found in _ordered(cells))
    package.put(
        comments,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN_NS}"><authors><author>{AUTHOR}</author>'
        f"</authors><commentList>{body}</commentList></comments>",
    )
    drawn = "".join(_shape(cell, number * 1024 + k) for k, (cell, _) in enumerate(_ordered(cells), 1))
    package.put(
        shapes,
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{number}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{drawn}</xml>",
    )
    _relate(package, part, f"{RELATION}C", f"{REL_NS}/comments", f"../juesuan-comments{number}.xml")
    _relate(package, part, f"{RELATION}V", f"{REL_NS}/vmlDrawing", f"../drawings/juesuan-vml{number}.vml")
    _insert_drawing(package, part)
    _content_type(package, f'<Override PartName="/{comments}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>')
    _content_type(package, f'<Override PartName="/{shapes}" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>')


def _join_notes(package: _Package, comments: str, shapes: str, cells: dict[str, list[Finding]], number: int) -> None:
    """Add to notes that people already wrote; a cell with a note of its own keeps it alone."""
    text = package.text(comments)
    taken = set(re.findall(r'<(?:\w+:)?comment\b[^>]*\bref="([^"]+)"', text))
    mine = {c: f for c, f in cells.items() if c not in taken}
    author = len(re.findall(r"<(?:\w+:)?author[ >/]", text))
    text = re.sub(r"(</(?:\w+:)?authors>)", lambda m: f"<author>{AUTHOR}</author>{m[1]}", text, count=1)
    body = "".join(_comment(cell, found, author) for cell, found in _ordered(mine))
    text = re.sub(r"(</(?:\w+:)?commentList>)", lambda m: body + m[1], text, count=1)
    package.put(comments, text)
    drawing = package.text(shapes)
    drawn = "".join(_shape(cell, 900000 + number * 1024 + k) for k, (cell, _) in enumerate(_ordered(mine), 1))
    at = drawing.rfind("</xml>")
    package.put(shapes, drawing[:at] + drawn + drawing[at:])


def _ordered(cells: dict[str, list[Finding]]) -> list[tuple[str, list[Finding]]]:
    return sorted(cells.items(), key=lambda item: _position(item[0]))


def _position(cell: str) -> tuple[int, int]:
    """Row and column, from 0."""
    found = re.match(r"([A-Z]+)(\d+)", cell)
    column = 0
    for letter in found[1] if found else "A":
        column = column * 26 + ord(letter) - 64
    return (int(found[2]) - 1 if found else 0, column - 1)


def _comment(cell: str, findings: list[Finding], author: int) -> str:
    text = escape(note_text(findings), quote=False)
    return f'<comment ref="{cell}" authorId="{author}"><text><r><t xml:space="preserve">{text}</t></r></text></comment>'


def _shape(cell: str, number: int) -> str:
    row, column = _position(cell)
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 5}, 15, {row + 6}, 4"
    return (
        f'<v:shape id="juesuan{number}" type="#_x0000_t202" style="position:absolute;width:260pt;height:110pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _insert_drawing(package: _Package, part: str) -> None:
    text = package.text(part)
    root = re.search(r"<((?:\w+:)?)worksheet\b", text)
    prefix = root[1] if root else ""
    element = f'<{prefix}legacyDrawing xmlns:r="{REL_NS}" r:id="{RELATION}V"/>'
    places = [m.start() for n in AFTER_DRAWING if (m := re.search(rf"<{prefix}{n}\b", text))]
    at = min(places) if places else text.rfind(f"</{prefix}worksheet>")
    package.put(part, text[:at] + element + text[at:])


def _relate(package: _Package, part: str, rid: str, kind: str, target: str) -> None:
    name = _relations_of(part)
    entry = f'<Relationship Id="{rid}" Type="{kind}" Target="{target}"/>'
    if name in package.parts:
        text = package.text(name)
        if "</Relationships>" in text:
            package.put(name, text.replace("</Relationships>", f"{entry}</Relationships>", 1))
            return
    package.put(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{PACKAGE_NS}">{entry}</Relationships>')


def _content_type(package: _Package, entry: str) -> None:
    text = package.text("[Content_Types].xml")
    package.put("[Content_Types].xml", text.replace("</Types>", f"{entry}</Types>", 1))


# ------------------------------------------------------------------ the list


def _list(package: _Package, findings: Sequence[Finding], sheets: set[str]) -> None:
    """The sheet 错误清单, put first, with links to the cells."""
    rows, links = [_row(1, HEAD)], []
    for number, finding in enumerate(findings, 1):
        place = str(finding.cells[0]) if finding.cells else "填报表"
        others = "、".join(str(c) for c in finding.cells[1:9])
        values = (str(number), finding.severity.chinese, finding.id, place, finding.message, finding.hint, others)
        rows.append(_row(number + 1, values))
        if finding.cells and finding.cells[0].sheet in sheets:
            links.append(_link(f"D{number + 1}", finding.cells[0]))
    if not findings:
        rows.append(_row(2, ("", "", "", "", "没有发现问题。", "", "")))
    columns = "".join(f'<col min="{k}" max="{k}" width="{w}" customWidth="1"/>' for k, w in enumerate(WIDTHS, 1))
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    package.put(
        LIST_PART,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN_NS}" xmlns:r="{REL_NS}">'
        '<sheetPr><tabColor rgb="FFC00000"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData><autoFilter ref=\"A1:G{max(len(rows), 2)}\"/>{hyperlinks}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
    )
    workbook = _shift(package.text("xl/workbook.xml"), 1)
    highest = max((int(n) for n in re.findall(r'\bsheetId="(\d+)"', workbook)), default=0)
    root = re.search(r"<((?:\w+:)?)workbook\b", workbook)
    prefix = root[1] if root else ""
    entry = f'<{prefix}sheet name="{LIST}" sheetId="{highest + 1}" xmlns:r="{REL_NS}" r:id="{RELATION}"/>'
    workbook = re.sub(rf"(<{prefix}sheets\b[^>]*>)", lambda m: m[1] + entry, workbook, count=1)
    package.put("xl/workbook.xml", workbook)
    relations = package.text("xl/_rels/workbook.xml.rels")
    link = f'<Relationship Id="{RELATION}" Type="{REL_NS}/worksheet" Target="worksheets/juesuan-errors.xml"/>'
    package.put("xl/_rels/workbook.xml.rels", relations.replace("</Relationships>", f"{link}</Relationships>", 1))
    _content_type(package, f'<Override PartName="/{LIST_PART}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>')


def _row(number: int, values: Sequence[str]) -> str:
    cells = "".join(
        f'<c r="{chr(64 + k)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(_printable(v), quote=False)}</t></is></c>'
        for k, v in enumerate(values, 1)
        if v
    )
    return f'<row r="{number}">{cells}</row>'


def _printable(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _link(at: str, cell: CellRef) -> str:
    sheet = cell.sheet.replace("'", "''")
    target = escape(f"'{sheet}'!{cell.cell}", quote=True)
    return f'<hyperlink ref="{at}" location="{target}" display="{escape(str(cell), quote=True)}"/>'


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors, warnings, then hints."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(findings, key=lambda f: order[f.severity])


# what other edits of the package need
open_package = _open
sheet_parts = _sheets
