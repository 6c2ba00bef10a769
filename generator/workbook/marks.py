"""Marks the officer's own workbook: a note on each cell with a finding, and the sheet 错误清单 first.

Every insertion carries a name of its own; all else stays as it was (cached values, conditional formats,
sparklines, the parts of other programs).  Removing the insertions gives back the parts as they were;
annotating again replaces what was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from lxml import etree

from generator.files import DECLARATION, MAIN_NS, REL_NS, Package, column_letter, position, printable
from generator.model import CellRef, Finding
from generator.workbook.form.words import ERRORS

LIST = ERRORS
LIST_PART = "xl/worksheets/juesuan-errors.xml"
OURS = ("xl/worksheets/juesuan-errors", "xl/juesuan-comments", "xl/drawings/juesuan-vml")
RELATION = "rIdJuesuan"
SHAPE = '<v:shape id="juesuan'
AUTHOR = "决算检查"
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
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def clean(data: bytes) -> bytes:
    """The workbook without anything that was marked before."""
    package = Package(data)
    _clean(package)
    return package.save()


def _clean(package: Package) -> None:
    had_list = LIST_PART in package
    for name in [n for n in package.names() if n.startswith(OURS)]:
        package.drop(name)
    for name in package.names():
        content = package.data(name)
        if b"uesuan" not in content and AUTHOR.encode() not in content:
            continue
        if name.endswith(".vml"):
            package.put(name, _without_shapes(content))
        elif name.endswith((".xml", ".rels")):
            _take_out(package, name)
    if had_list:
        _shift(package, -1)


def _take_out(package: Package, name: str) -> None:
    """What was inserted into a part of the file."""
    ours = [n for n in package.tree(name).iter() if _inserted(n)]
    if name.endswith(".rels") and "/worksheets/_rels/" in name and len(ours) == len(package.tree(name)):
        package.drop(name)
        return
    authors = [a.text for a in package.tree(name).iter("{*}author")]
    if AUTHOR in authors:
        mine = str(authors.index(AUTHOR))
        ours += [c for c in package.tree(name).iter("{*}comment") if c.get("authorId") == mine]
        ours += [a for a in package.tree(name).iter("{*}author") if a.text == AUTHOR][:1]
    if ours:
        package.change(name)
    for node in ours:
        node.getparent().remove(node)


def _inserted(node: Any) -> bool:
    if not isinstance(node.tag, str):
        return False
    match etree.QName(node).localname:
        case "sheet" | "legacyDrawing":
            return any(etree.QName(k).localname == "id" and v.startswith(RELATION) for k, v in node.items())
        case "Relationship":
            return bool(node.get("Id", "").startswith(RELATION))
        case "Override":
            return bool(node.get("PartName", "").lstrip("/").startswith(OURS))
    return False


def _without_shapes(content: bytes) -> bytes:
    """The shapes of notes as people left them (office programs write them as XML that is not always well-formed)."""
    first, *pieces = content.split(SHAPE.encode())
    return first + b"".join(p.partition(b"</v:shape>")[2] for p in pieces)


def _shift(package: Package, by: int) -> None:
    """Positions of sheets that other entries name move with the sheet put first."""
    root = package.change(package.book)
    for node in root.iter("{*}definedName", "{*}workbookView"):
        for key in ("localSheetId", "activeTab", "firstSheet"):
            given = node.get(key, "")
            if given.isascii() and given.isdigit():
                node.set(key, str(max(int(given) + by, 0)))


def annotate(data: bytes, findings: Sequence[Finding]) -> bytes:
    """A copy of the workbook with its findings marked."""
    package = Package(data)
    _clean(package)
    sheets = {x.name: x.part for x in package.sheets()}
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
    comments = package.related(part, "comments")
    shapes = package.related(part, "vmlDrawing")
    if comments and shapes:
        _join_notes(package, comments, shapes, cells, number)
        return
    comments, shapes = f"xl/juesuan-comments{number}.xml", f"xl/drawings/juesuan-vml{number}.vml"
    body = "".join(_comment(cell, found, 0) for cell, found in _ordered(cells))
    package.put(
        comments,
        DECLARATION
        + f'<comments xmlns="{MAIN_NS}"><authors><author>{AUTHOR}</author></authors><commentList>{body}</commentList></comments>'.encode(),
    )
    drawn = "".join(_shape(cell, number * 1024 + k) for k, (cell, _) in enumerate(_ordered(cells), 1))
    package.put(
        shapes,
        (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
            'xmlns:x="urn:schemas-microsoft-com:office:excel">'
            f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{number}"/></o:shapelayout>'
            '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
            '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
            f"{drawn}</xml>"
        ).encode(),
    )
    package.relate(part, f"{RELATION}C", f"{REL_NS}/comments", f"../juesuan-comments{number}.xml")
    package.relate(part, f"{RELATION}V", f"{REL_NS}/vmlDrawing", f"../drawings/juesuan-vml{number}.vml")
    _insert_drawing(package, part)
    package.add_type(comments, f"{SHEET_TYPE}comments+xml")
    package.add_type(shapes, "application/vnd.openxmlformats-officedocument.vmlDrawing")


def _join_notes(package: Package, comments: str, shapes: str, cells: dict[str, list[Finding]], number: int) -> None:
    """Add to notes that people already wrote; a cell with a note of its own keeps it alone."""
    root = package.tree(comments)
    authors, listed = root.find("{*}authors"), root.find("{*}commentList")
    at = package.data(shapes).rfind(b"</xml>")
    if authors is None or listed is None or at < 0:
        return
    taken = {c.get("ref") for c in listed}
    mine = [(cell, found) for cell, found in _ordered(cells) if cell not in taken]
    package.change(comments)
    space = etree.QName(root).namespace or MAIN_NS
    for cell, found in mine:
        listed.append(etree.fromstring(_comment(cell, found, len(authors), space)))
    etree.SubElement(authors, etree.QName(space, "author")).text = AUTHOR
    drawn = "".join(_shape(cell, 900000 + number * 1024 + k) for k, (cell, _) in enumerate(mine, 1)).encode()
    drawing = package.data(shapes)
    package.put(shapes, drawing[:at] + drawn + drawing[at:])


def _ordered(cells: dict[str, list[Finding]]) -> list[tuple[str, list[Finding]]]:
    return sorted(cells.items(), key=lambda item: position(item[0]))


def _comment(cell: str, findings: list[Finding], author: int, space: str = "") -> str:
    text = escape(printable(note_text(findings)), quote=False)
    named = f' xmlns="{space}"' if space else ""
    return f'<comment{named} ref="{cell}" authorId="{author}"><text><r><t xml:space="preserve">{text}</t></r></text></comment>'


def _shape(cell: str, number: int) -> str:
    row, column = position(cell)
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 5}, 15, {row + 6}, 4"
    return (
        f'{SHAPE}{number}" type="#_x0000_t202" style="position:absolute;width:260pt;height:110pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _insert_drawing(package: Package, part: str) -> None:
    root = package.change(part)
    element = etree.Element(
        etree.QName(etree.QName(root).namespace, "legacyDrawing"), nsmap={"r": REL_NS, **root.nsmap}
    )
    element.set(etree.QName(REL_NS, "id"), f"{RELATION}V")
    later = (k for k, n in enumerate(root) if isinstance(n.tag, str) and etree.QName(n).localname in AFTER_DRAWING)
    root.insert(next(later, len(root)), element)


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
        DECLARATION
        + (
            f'<worksheet xmlns="{MAIN_NS}" xmlns:r="{REL_NS}">'
            '<sheetPr><tabColor rgb="FFC00000"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData><autoFilter ref="A1:G{max(len(rows), 2)}"/>{hyperlinks}'
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode(),
    )
    _shift(package, 1)
    root = package.change(package.book)
    listed = next(root.iter("{*}sheets"))
    numbers = (s.get("sheetId", "") for s in listed)
    highest = max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0)
    entry = etree.Element(
        etree.QName(etree.QName(root).namespace, "sheet"),
        name=LIST,
        sheetId=str(highest + 1),
        nsmap={"r": REL_NS, **root.nsmap},
    )
    entry.set(etree.QName(REL_NS, "id"), RELATION)
    listed.insert(0, entry)
    package.relate(package.book, RELATION, f"{REL_NS}/worksheet", f"/{LIST_PART}")
    package.add_type(LIST_PART, f"{SHEET_TYPE}worksheet+xml")


def _row(number: int, values: Iterable[str]) -> str:
    cells = "".join(
        f'<c r="{column_letter(k)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(printable(v), quote=False)}</t></is></c>'
        for k, v in enumerate(values)
        if v
    )
    return f'<row r="{number}">{cells}</row>'


def _link(at: str, cell: CellRef) -> str:
    sheet = cell.sheet.replace("'", "''")
    target = escape(f"'{sheet}'!{cell.cell}", quote=True)
    return f'<hyperlink ref="{at}" location="{target}" display="{escape(str(cell), quote=True)}"/>'
