"""Files that nobody should send, made on the spot: small on disk, large or harmful when opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from tests.web.desk import real_workbook

BOMB = 400 * 2**20
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>'
EXTERNAL = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://x/externalLinkPath" Target="file:///c:/x.xlsx" TargetMode="External"/></Relationships>'


def _with(**parts: bytes | str) -> bytes:
    """A real workbook with further parts (``__`` for ``/``), or others in their place."""
    wanted = {
        k.replace("__", "/").replace("_dot_", "."): v.encode() if isinstance(v, str) else v for k, v in parts.items()
    }
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(real_workbook())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            target.writestr(entry, wanted.pop(entry.filename, source.read(entry)))
        for name, data in wanted.items():
            target.writestr(name, data)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target, target.open("xl/workbook.xml", "w") as part:
        for _ in range(BOMB // 2**20):
            part.write(b" " * 2**20)
    return out.getvalue()


def _many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for k in range(6000):
            target.writestr(f"xl/{k}.xml", b"<a/>")
    return out.getvalue()


def _lying() -> bytes:
    """The directory says that a part is small; it is not."""
    data = bytearray(_bomb())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def with_far_cell(rows: str) -> bytes:
    """A sheet that is as large as a sheet can be, with next to nothing in it."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>{rows}</sheetData></worksheet>'
    )
    return _with(xl__worksheets__sheet3_dot_xml=sheet)


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip-bomb": ("填报表.xlsx", _bomb),
    "lying-directory": ("填报表.xlsx", _lying),
    "many-entries": ("填报表.xlsx", _many),
    "xxe": ("填报表.xlsx", lambda: _with(xl__workbook_dot_xml=XXE)),
    "xxe-behind-a-comment": (
        "填报表.xlsx",
        lambda: _with(xl__sharedStrings_dot_xml="<?xml version='1.0'?><!--" + "x" * 5000 + "-->" + XXE[21:]),
    ),
    "billion-laughs": ("填报表.xlsx", lambda: _with(xl__sharedStrings_dot_xml=LAUGHS)),
    "utf16-doctype": (
        "填报表.xlsx",
        lambda: _with(xl__styles_dot_xml=XXE.replace('<?xml version="1.0"?>', "").encode("utf-16")),
    ),
    "path-names": ("填报表.xlsx", lambda: _with(**{"..__..__etc__cron": "x"})),
    "absolute-path": ("填报表.xlsx", lambda: _with(__etc__cron="x")),
    "macro": ("填报表.xlsx", lambda: _with(xl__vbaProject_dot_bin=b"x" * 100)),
    "macro-sheet": ("填报表.xlsx", lambda: _with(xl__macrosheets__sheet1_dot_xml="<x/>")),
    "external-link": ("填报表.xlsx", lambda: _with(xl__externalLinks__externalLink1_dot_xml="<x/>")),
    "external-relation": ("填报表.xlsx", lambda: _with(xl__worksheets___rels__sheet3_dot_xml_dot_rels=EXTERNAL)),
    "embedded": ("填报表.xlsx", lambda: _with(xl__embeddings__oleObject1_dot_bin=b"x")),
    "wrong-extension": ("填报表.exe", real_workbook),
    "not-a-workbook": ("填报表.xlsx", lambda: b"%PDF-1.7 " + b"x" * 1000),
    "picture": ("填报表.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000)),
    "empty-zip": ("填报表.xlsx", lambda: b"PK\x05\x06" + bytes(18)),
    "truncated": ("填报表.xlsx", lambda: real_workbook()[:50000]),
    "cut-in-the-middle": ("填报表.xlsx", lambda: real_workbook()[:40000] + real_workbook()[41000:]),
    "huge-sheet": ("填报表.xlsx", lambda: with_far_cell('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "no-stamp": ("填报表.xlsx", lambda: _with(xl__workbook_dot_xml="<workbook/>")),
    "other-year": ("填报表.xlsx", lambda: _other_year()),
    "other-department": ("填报表.xlsx", lambda: real_workbook("000")),
    "other-pack": ("填报表.xlsx", lambda: real_workbook("004")),
    "old-format-rubbish": ("填报表.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000),
    "locked": (
        "填报表.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    ),
}


def _other_year() -> bytes:
    from generator.packs.loader import load
    from generator.workbook.form.write import write_form

    return write_form(load("liaoning").pack, 2019, "某局")


def large_workbook() -> bytes:
    """Nothing wrong with it but its size: some 120 MB of words."""
    words = "".join(f"<si><t>{k * 2654435761 % 2**32:08x}{'字' * 20}{k}</t></si>" for k in range(1_200_000))
    return _with(
        xl__sharedStrings_dot_xml=f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{words}</sst>'
    )


def corpus() -> Iterator[tuple[str, str, Callable[[], bytes]]]:
    for label, (name, make) in FILES.items():
        yield label, name, make
