"""The parts of an .xlsx, one module for all who read or change them.

Parts are bytes until somebody needs one as a tree; only trees that were changed are written anew, every
other part keeps its bytes.  What is opened here went through :mod:`generator.files.safety`.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from openpyxl.utils.escape import unescape

from generator.files.safety import BROKEN, ReadError, parser

MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPES = "[Content_Types].xml"
EPOCH = (1980, 1, 1, 0, 0, 0)
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook: its name, the part it stands in, whether it is shown."""

    name: str
    part: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One relationship of a part; ``target`` is the path of a part where it is not ``external``."""

    id: str
    kind: str
    target: str
    external: bool = False


class Package:
    """The parts of a workbook by name, in their order."""

    def __init__(self, data: bytes) -> None:
        """:raises ReadError: where this is no .xlsx."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as source:
                self._order = source.infolist()
                self._parts = {i.filename: source.read(i) for i in self._order}
        except BROKEN as error:
            raise ReadError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。") from error
        self._trees: dict[str, etree._Element] = {}
        self._changed: set[str] = set()
        self._names = {n.replace("\\", "/").lower(): n for n in self._parts}
        self.book = self._book()
        if not self.book:
            raise ReadError("只能在 .xlsx 文件上标注，请先另存为 .xlsx。")

    # -------------------------------------------------------------- parts

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self) -> list[str]:
        """All parts, in their order."""
        return list(self._parts)

    def data(self, name: str) -> bytes:
        """A part as it stands, with what was changed."""
        if name in self._changed:
            self._parts[name] = as_bytes(self._trees[name])
            self._changed.discard(name)
        return self._parts[name]

    def tree(self, name: str) -> etree._Element:
        """A part as a tree to look at.  ReadError where it is no XML."""
        if name not in self._trees:
            self._trees[name] = parsed(self._parts[name], name)
        return self._trees[name]

    def change(self, name: str) -> etree._Element:
        """A part as a tree to be changed: it is written anew."""
        root = self.tree(name)
        self._changed.add(name)
        return root

    def put(self, name: str, data: bytes) -> None:
        """A new part, or another content of one."""
        if name not in self._parts:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            self._order.append(info)
            self._names[name.lower()] = name
        self._parts[name] = data
        self._trees.pop(name, None)
        self._changed.discard(name)

    def drop(self, name: str) -> None:
        self._parts.pop(name, None)
        self._trees.pop(name, None)
        self._changed.discard(name)
        self._names.pop(name.lower(), None)
        self._order = [i for i in self._order if i.filename != name]

    def save(self) -> bytes:
        """The file with what was changed."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in self._order:
                target.writestr(info, self.data(info.filename), compress_type=info.compress_type)
        return out.getvalue()

    # -------------------------------------------------------------- relations

    def links(self, part: str) -> list[Link]:
        """Where a part points to (``""``: the package itself)."""
        name = self._names.get(_relations_of(part).lower(), "")
        return list(_links(self.tree(name), part, self._names)) if name else []

    def related(self, part: str, kind: str) -> str:
        """The first part of a kind that a part points to, e.g. ``comments``; empty where there is none."""
        return next((x.target for x in self.links(part) if x.kind == kind and x.target in self._parts), "")

    def relate(self, part: str, rid: str, kind: str, target: str) -> None:
        """Point from a part to another one (``target`` as it is written)."""
        name = self._names.get(_relations_of(part).lower(), "") or _relations_of(part)
        if name not in self._parts:
            self.put(name, DECLARATION + f'<Relationships xmlns="{PACKAGE_NS}"/>'.encode())
        root = self.change(name)
        etree.SubElement(
            root, etree.QName(etree.QName(root).namespace, "Relationship"), Id=rid, Type=kind, Target=target
        )

    def add_type(self, part: str, kind: str) -> None:
        """Say what a new part is."""
        root = self.change(TYPES)
        name = etree.QName(etree.QName(root).namespace, "Override")
        etree.SubElement(root, name, PartName=f"/{part}", ContentType=kind)

    # -------------------------------------------------------------- sheets

    def _book(self) -> str:
        found = next((x.target for x in self.links("") if x.kind == "officeDocument"), "xl/workbook.xml")
        return self._names.get(found.lower(), "")

    def sheets(self) -> list[SheetPart]:
        """The sheets that have cells, in their order."""
        links = {x.id: x for x in self.links(self.book)}
        out = []
        for sheet in self.tree(self.book).iter("{*}sheet"):
            rid = next((v for k, v in sheet.items() if etree.QName(k).localname == "id"), "")
            link = links.get(rid)
            if link is not None and link.target in self._parts:
                out.append(SheetPart(sheet.get("name", ""), link.target, sheet.get("state", "visible") != "visible"))
        return out

    def shared_strings(self) -> list[str]:
        part = self.related(self.book, "sharedStrings")
        return [words_in(item) for item in self.tree(part).iter("{*}si")] if part else []


def parsed(data: bytes, name: str = "") -> etree._Element:
    """XML as a tree: nothing is fetched, no entity is expanded.  ReadError where it is none."""
    try:
        return etree.fromstring(data, parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"文件的 {name[:60]} 已损坏，请用 Excel 或 WPS 打开后重新保存。") from error


def as_bytes(root: etree._Element) -> bytes:
    """A tree as a part is written."""
    return DECLARATION + bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False))


def words_in(node: etree._Element) -> str:
    """The text of a string item: all runs, without the reading aid of East Asian names."""
    words = "".join(
        t.text or "" for t in node.iter("{*}t") if t.getparent() is None or not t.getparent().tag.endswith("}rPh")
    )
    return str(unescape(words)) if "_x" in words else words


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _links(root: etree._Element, part: str, names: dict[str, str]) -> Iterator[Link]:
    folder = posixpath.dirname(part)
    for node in root.iter("{*}Relationship"):
        target, external = node.get("Target", ""), node.get("TargetMode", "") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
            target = names.get(target.lower(), target)
        yield Link(node.get("Id", ""), node.get("Type", "").rpartition("/")[2], target, external)


def recalculate(package: Package) -> None:
    """The next program calculates every formula when it opens the file."""
    for node in package.tree(package.book).iter("{*}calcPr"):
        if node.get("fullCalcOnLoad") != "1":
            package.change(package.book)
            node.set("fullCalcOnLoad", "1")
