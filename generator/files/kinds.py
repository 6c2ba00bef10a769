"""What a file is by what it holds, whatever it is called: many a .xls is a web page, an .xlsx a lock file."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from generator.files.safety import BROKEN, OLE

Kind = Literal[
    "xlsx", "xlsb", "xls", "ods", "fods", "html", "mhtml", "xml2003", "text", "pdf", "docx", "doc", "pptx", "odt", "ofd",
    "picture", "zip", "archive", "lock", "empty", "encrypted", "rtf", "sylk", "uof", "numbers", "xml", "damaged", "unknown",
]  # fmt: skip
READ: tuple[Kind, ...] = ("xlsx", "xls", "ods", "fods", "html", "mhtml", "xml2003", "text")
LOCKS = ("~$", ".~lock.")
LOCK_SIZES = (54, 55, 162, 165)
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", "encrypted"), ("Workbook", "xls"), ("Book", "xls"), ("WordDocument", "doc"),
    ("PowerPoint Document", "pptx"),
)  # fmt: skip
ENTRIES: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.bin", "xlsb"), ("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx"), ("ofd.xml", "ofd"), ("index/document.iwa", "numbers"),
    ("index.zip", "numbers"),
)  # fmt: skip
HEAD = 4096


def kind_of(data: bytes, name: str = "") -> Kind:
    """What a file is.  ``name`` decides only where the bytes do not."""
    if name.startswith(LOCKS) or _lock(data):
        return "lock"
    if not data.strip(b"\0 \r\n\t"):
        return "empty"
    if data.startswith(b"PK"):
        return _package(data)
    if data.startswith(OLE):
        return _compound(data)
    if data[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08") and data[3:4] == b"\0":
        return "xls"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "archive"
    if data.startswith(PICTURES):
        return "picture"
    return _text(data)


def decoded(data: bytes) -> str | None:
    """Text in one of the encodings that office programs write; nothing where it is none of them."""
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _lock(data: bytes) -> bool:
    """The owner file beside an open document: a length, a name, then nothing but room."""
    if len(data) not in LOCK_SIZES or not 0 < data[0] < 54:
        return False
    return not data[1 + data[0] : 54].strip(b" \0")


def _compound(data: bytes) -> Kind:
    """An Office file of the old format, by the streams that lie directly in it."""
    from xlrd.compdoc import CompDoc

    try:
        with io.StringIO() as unheard:
            streams = CompDoc(data, logfile=unheard, ignore_workbook_corruption=True)
            for name, kind in STREAMS:
                if streams.get_named_stream(name) is not None:
                    return kind
    except Exception:
        return "damaged"
    return "unknown"


def _package(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [n.replace("\\", "/").lower() for n in package.namelist()]
            for start, kind in ENTRIES:
                if any(n.startswith(start) for n in names):
                    return kind
            if "mimetype" in names and "content.xml" in names and package.getinfo("mimetype").file_size < 200:
                return "ods" if b"spreadsheet" in package.read("mimetype") else "odt"
            return "ods" if "content.xml" in names else "zip"
    except BROKEN:
        return "damaged"


def _text(data: bytes) -> Kind:
    head = decoded(data[:HEAD])
    low = (head if head is not None else data[:HEAD].decode("gb18030", "replace")).lower()
    if low.lstrip().startswith("mime-version:"):
        return "mhtml"
    for mark, kind in MARKS:
        if mark in low:
            return kind
    if low.startswith("{\\rtf"):
        return "rtf"
    if low.startswith("id;p"):
        return "sylk"
    if low.lstrip().startswith("<?xml"):
        return "xml"
    odd = sum(1 for c in low if ord(c) < 32 and c not in "\t\r\n\f\x1a")
    return "text" if decoded(data) is not None and odd <= len(low) // 100 else "unknown"


MARKS: tuple[tuple[str, Kind], ...] = (
    ("urn:schemas-microsoft-com:office:spreadsheet", "xml2003"), ("office:document", "fods"), ("schemas.uof.org", "uof"),
    ("<uof", "uof"), ("<html", "html"), ("<!doctype html", "html"), ("<table", "html"), ("<meta ", "html"),
)  # fmt: skip
