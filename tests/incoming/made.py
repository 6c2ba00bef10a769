"""Small exported tables (公开03表) as systems, WPS and hands leave them.  Own data; no department is meant.

The figures of every table (元): 合计 2,120,000 / 1,500,000 / 620,000; 201 and 20106 the same; 2010601 行政运行
1,500,000 / 1,500,000 / blank; 2010607 信息化建设 620,000 / blank / 620,000.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

HEADS = ("本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
CODES = (
    ("201", "一般公共服务支出", (2120000, 1500000, 620000)),
    ("20106", "财政事务", (2120000, 1500000, 620000)),
    ("2010601", "行政运行", (1500000, 1500000, None)),
    ("2010607", "信息化建设", (620000, None, 620000)),
)
TOTAL = (2120000, 1500000, 620000)
TRUE = {
    "total.total": 2120000, "total.basic": 1500000, "total.project": 620000,
    "201.total": 2120000, "201.basic": 1500000, "201.project": 620000,
    "20106.total": 2120000, "20106.basic": 1500000, "20106.project": 620000,
    "2010601.total": 1500000, "2010601.basic": 1500000, "2010607.total": 620000, "2010607.project": 620000,
}  # fmt: skip


@dataclass(frozen=True)
class Export:
    """How a table is written.  ``codes``: one, spread, stepped (only what is new), whole (whole codes in three cells),
    joined (with the name).  ``change``: other values by (code, column); columns count from 0 at 本年支出合计."""

    title: str = "支出决算表"
    number: str = "公开03表"
    unit: str = "单位：元"
    department: str = "部门：某某局"
    heads: Sequence[str] = HEADS
    codes: str = "one"
    tall: int = 0
    ordinals: bool = True
    last: bool = False  # the total below
    size: Decimal = Decimal(1)
    change: dict[tuple[str, int], Any] = field(default_factory=dict)

    def rows(self) -> list[list[Any]]:
        """The whole sheet, row 0 being 1."""
        parts = {"one": ["功能分类科目编码", "科目名称"], "joined": ["科目"]}.get(self.codes)
        labels = parts or ["功能分类科目编码", "", "", "科目名称"]
        left = len(labels)
        out: list[list[Any]] = [
            [self.title], [""] * (left + 5) + [self.number], [self.department] + [""] * (left + 4) + [self.unit],
            ["项目" if self.codes != "joined" else labels[0], *[""] * (left - 1), *self.heads],
        ]  # fmt: skip
        if self.codes != "joined":
            out.append(labels)
        out += [[""] for _ in range(self.tall)]
        if self.codes in ("spread", "stepped", "whole"):
            out.append(["类", "款", "项", "栏次", *"123456"])
        elif self.ordinals:
            out.append(["栏次", *[""] * (left - 1), *"123456"])
        body = [[*self._label(code, name), *self._amounts(code, values)] for code, name, values in CODES]
        total = [*[""] * (left - 1), "合计", *self._amounts("合计", TOTAL)]
        return [*out, *body, total] if self.last else [*out, total, *body]

    def _label(self, code: str, name: str) -> list[str]:
        parts = [code[:3], code[3:5], code[5:7]]
        match self.codes:
            case "one":
                return [code, name]
            case "joined":
                return [f"{code}{name}"]
            case "spread":
                return [*parts, name]
            case "stepped":
                return [p if k == sum(map(bool, parts)) - 1 else "" for k, p in enumerate(parts)] + [name]
        return [code[:n] if len(code) >= n else "" for n in (3, 5, 7)] + [name]

    def _amounts(self, code: str, values: Sequence[int | None]) -> list[Any]:
        out: list[Any] = [
            "" if v is None else v / self.size if self.size != 1 else v for v in (*values, None, None, None)
        ]
        for (where, column), value in self.change.items():
            if where == code:
                out[column] = value
        return out

    def but(self, **other: Any) -> Export:
        return replace(self, **other)


def row_of(export: Export, code: str) -> int:
    """The row (from 0) in which a code stands."""
    return next(k for k, r in enumerate(export.rows()) if code in r or any(str(v).startswith(code) for v in r[:1]))


# ------------------------------------------------------------------ formats

Paint = Callable[[Any, Any], None]


def xlsx(
    *exports: Export, names: Sequence[str] = ("公开03表",), code: str = "#,##0.00", paint: Paint | None = None
) -> bytes:
    """A workbook; numbers in the number format ``code``; ``paint`` may do more to each sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    number = book.add_format({"num_format": code})
    for export, name in zip(exports, names, strict=True):
        sheet = book.add_worksheet(name)
        for r, row in enumerate(export.rows()):
            for c, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(r, c, value)
                elif value != "":
                    sheet.write_number(r, c, value, number)
        if paint:
            paint(sheet, book)
    book.close()
    return out.getvalue()


def xls(export: Export, name: str = "公开03表", code: str = "#,##0.00", error: tuple[int, int, str] | None = None,
        formula: tuple[int, int] | None = None) -> bytes:  # fmt: skip
    """The same in the format before 2007; an error value or a formula without a result in one cell."""
    from xlwt.ExcelFormula import Formula
    from xlwt.Style import easyxf
    from xlwt.Workbook import Workbook

    book = Workbook(encoding="utf-8")
    sheet, style = book.add_sheet(name), easyxf(num_format_str=code)
    for r, row in enumerate(export.rows()):
        for c, value in enumerate(row):
            if error and (r, c) == error[:2]:
                sheet.row(r).set_cell_error(c, error[2])
            elif formula and (r, c) == formula:
                sheet.write(r, c, Formula("1000000+500000"))
            elif value != "":
                sheet.write(r, c, value, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(
    export: Export,
    name: str = "公开03表",
    shown: Callable[[int], str] = str,
    odd: dict[tuple[int, int], str] | None = None,
) -> bytes:
    """The same as OpenDocument; ``shown``: what is seen of a number; ``odd``: cells that are errors or formulas."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name=name)
    for r, row in enumerate(export.rows()):
        line = TableRow()
        for c, value in enumerate(row):
            if odd and (r, c) in odd:
                cell = TableCell(formula="of:=1/0", valuetype="string") if odd[r, c] else TableCell(formula="of:=[.A1]")
                if odd[r, c]:
                    cell.addElement(P(text=odd[r, c]))
            elif isinstance(value, str):
                cell = TableCell(valuetype="string") if value else TableCell()
                if value:
                    cell.addElement(P(text=value))
            else:
                cell = TableCell(valuetype="float", value=str(value))
                cell.addElement(P(text=shown(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def html(export: Export) -> str:
    """A web page, as many systems call it .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row) + "</tr>" for row in export.rows())
    head = '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>'
    return f'<html xmlns:x="urn:schemas-microsoft-com:office:excel">{head}<body><table border=1>{lines}</table></body></html>'


def xml2003(export: Export, code: str = "Standard", error: tuple[int, int] | None = None) -> bytes:
    """SpreadsheetML of 2003."""
    lines = []
    for r, row in enumerate(export.rows()):
        cells = []
        for c, value in enumerate(row):
            if error == (r, c):
                cells.append(f'<Cell ss:Index="{c + 1}" ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell>')
            elif value != "":
                kind = "String" if isinstance(value, str) else "Number"
                style = ' ss:StyleID="n"' if kind == "Number" else ""
                cells.append(
                    f'<Cell ss:Index="{c + 1}"{style}><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'
                )
        lines.append(f'<Row ss:Index="{r + 1}">{"".join(cells)}</Row>')
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Styles><Style ss:ID="n"><NumberFormat ss:Format="{code}"/></Style></Styles>'
        f'<Worksheet ss:Name="公开03表"><Table>{"".join(lines)}</Table></Worksheet></Workbook>'
    ).encode()


def csv(export: Export, between: str = ",") -> str:
    def cell(value: Any) -> str:
        words = str(value).replace('"', '""')
        return f'"{words}"' if any(mark in words for mark in (between, "\n", '"')) else words

    return "\r\n".join(between.join(cell(v) for v in row) for row in export.rows())


def mht(export: Export) -> bytes:
    """A web page in one file, as Excel saves it."""
    import base64

    body = base64.encodebytes(html(export).encode("gb18030")).decode()
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        f'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--x--\r\n'
    ).encode()
