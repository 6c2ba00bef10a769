"""Marks the officer's own workbook: a note on each cell with a finding, and the sheet 错误清单 first.

The package is edited as text: every insertion carries a name of its own, all other bytes stay as
they were (cached values, conditional formats, sparklines, the parts of other programs).  Removing
the insertions gives back the parts as they were; annotating again replaces what was there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from generator.files import MAIN_NS, REL_NS, Package, add_content_type, open_package, relate, related, sheet_parts
from generator.model import CellRef, Finding

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
AFTER_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
HEAD = ("序号", "级别", "编号", "位置", "问题", "怎样处理", "有关单元格")
WIDTHS = (6, 8, 10, 20, 80, 44, 40)


def clean(data: bytes) -> bytes:
    """The workbook without anything that was marked before."""
    package = open_package(data)
    _clean(package)
    return package.save()


def _clean(package: Package) -> None:
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
    package = open_package(data)
    _clean(package)
    sheets = sheet_parts(package)
    by_cell: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        for cell in finding.cells[:8]:
            if cell.sheet in sheets:
                by_cell.setdefault(cell.sheet, {}).setdefault(cell.cell, []).append(finding)
    for number, (sheet, cells) in enumerate(by_cell.items(), 1):
        _notes(package, sheets[sheet], cells, number)
    _list(package, findings, set(sheets))
    return package.save()


# ------------------------------------------------------------------ notes on cells


def note_text(findings: Sequence[Finding]) -> str:
    """What a note says: each finding once, gravest first."""
    lines = []
    for finding in sorted(findings, key=lambda f: -f.severity.rank)[:5]:
        lines.append(f"【{finding.severity.chinese}】{finding.id} {finding.message}")
        if finding.hint:
            lines.append(finding.hint)
    return "\n".join(dict.fromkeys(lines))


def _notes(package: Package, part: str, cells: dict[str, list[Finding]], number: int) -> None:
    comments = related(package, part, "comments")
    shapes = related(package, part, "vmlDrawing")
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
    relate(package, part, f"{RELATION}C", f"{REL_NS}/comments", f"../juesuan-comments{number}.xml")
    relate(package, part, f"{RELATION}V", f"{REL_NS}/vmlDrawing", f"../drawings/juesuan-vml{number}.vml")
    _insert_drawing(package, part)
    add_content_type(
        package,
        f'<Override PartName="/{comments}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>',
    )
    add_content_type(
        package,
        f'<Override PartName="/{shapes}" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>',
    )


def _join_notes(package: Package, comments: str, shapes: str, cells: dict[str, list[Finding]], number: int) -> None:
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


def _insert_drawing(package: Package, part: str) -> None:
    text = package.text(part)
    root = re.search(r"<((?:\w+:)?)worksheet\b", text)
    prefix = root[1] if root else ""
    element = f'<{prefix}legacyDrawing xmlns:r="{REL_NS}" r:id="{RELATION}V"/>'
    places = [m.start() for n in AFTER_DRAWING if (m := re.search(rf"<{prefix}{n}\b", text))]
    at = min(places) if places else text.rfind(f"</{prefix}worksheet>")
    package.put(part, text[:at] + element + text[at:])


# ------------------------------------------------------------------ the list


def _list(package: Package, findings: Sequence[Finding], sheets: set[str]) -> None:
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
        f'<cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData><autoFilter ref="A1:G{max(len(rows), 2)}"/>{hyperlinks}'
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
    add_content_type(
        package,
        f'<Override PartName="/{LIST_PART}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>',
    )


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
