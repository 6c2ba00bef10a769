"""Opening a workbook or a table that someone handed in, whatever it is called: known by what it holds.

Nothing here raises on bad data; what was found is said in Chinese, in words that fit the file.
"""

from __future__ import annotations

from generator.files._ods_sheets import read_ods
from generator.files._text_sheets import read_text_sheet, read_web_sheets
from generator.files._xlsx_sheets import read_sheets
from generator.files._xml_sheets import read_xml_sheets
from generator.files.kinds import READ, Kind, kind_of
from generator.files.safety import BROKEN, Opened, ReadError, refuse, scan_package, too_large

WORDS: dict[Kind, str] = {
    "empty": "WB-004/empty", "damaged": "WB-004", "encrypted": "WB-002", "zip": "WB-003/zip", "archive": "WB-003/zip",
    "doc": "WB-003/doc", "docx": "WB-003/doc", "odt": "WB-003/doc", "rtf": "WB-003/doc",
}  # fmt: skip
TODO: dict[Kind, str] = {
    "lock": "请选同一文件夹里没有“~$”的那个文件。",
    "pdf": "请提供系统导出的 Excel 文件。",
    "picture": "请提供系统导出的 Excel 文件，或由 Word、WPS 直接生成的 PDF。",
    "ofd": "请提供系统导出的 Excel 文件，或由 Word、WPS 直接生成的 PDF。",
    "zip": "请先解压，再选里面的文件。",
    "archive": "请先解压，再选里面的文件。",
    "empty": "请重新导出或重新发送文件。",
    "uof": "请用 WPS 打开，另存为 .xlsx。",
}
SAID = ("lock", "xlsb", "pdf", "picture", "ofd", "uof", "numbers", "pptx", "sylk", "xml")
AGAIN = "请用 Excel 或 WPS 打开后重新保存。"


def open_workbook(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of a workbook as matrices.  ``only``: just the sheet of this name."""
    kind = kind_of(data, name)
    if refused := too_large(data, name):
        return refused
    if kind not in READ:
        rule = WORDS.get(kind, f"WB-003/{kind}" if kind in SAID else "WB-003")
        return refuse(rule, name, "A1", TODO.get(kind, ""))
    try:
        return _read(data, name, only, kind)
    except (*BROKEN, ReadError, RecursionError):
        return refuse("WB-004", name, "A1", AGAIN)


def _read(data: bytes, name: str, only: str, kind: Kind) -> Opened:
    match kind:
        case "xlsx":
            return scan_package(data, name, "xl/", "WB-003") or read_sheets(data, only)
        case "xls":
            from generator.files._xls_sheets import read_old_sheets

            return read_old_sheets(data, name, only)
        case "ods" | "fods":
            refused = scan_package(data, name, "content.xml", "WB-003") if kind == "ods" else None
            return refused or read_ods(data, name, only)
        case "xml2003":
            return read_xml_sheets(data, name, only)
        case "html" | "mhtml":
            return read_web_sheets(data, name, archive=kind == "mhtml")
        case _:
            return read_text_sheet(data, name)
