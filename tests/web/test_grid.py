"""The sheet as a spreadsheet: blocks from and to Excel and WPS, keys, fill down, names of codes, what is said at a cell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.workbook import read_grids
from tests.web.browser import CHROMIUM, cell, clip, copied, go_to, look, put
from tests.web.desk import real_workbook
from tests.web.office import Office, go, saved

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")
SHEET = "公开02表"
COLUMNS = "CDEFGH"
FIRST, ROWS = 7, 40


def amounts() -> list[list[Decimal]]:
    return [[Decimal(r * 7 + c) + Decimal("0.25") for c in range(len(COLUMNS))] for r in range(ROWS)]


def values_at(workbook: bytes, names: list[list[str]]) -> list[list[str]]:
    (grid,) = [g for g in read_grids(workbook) if g.name == SHEET]
    found = {c.cell: c.text for row in grid.rows for c in row}
    return [[found[n] for n in row] for row in names]


def as_html(rows: list[list[Decimal]]) -> str:
    """As Excel puts a block on the clipboard: marks of fragments, styles, entities, amounts as they are shown."""
    lines = "".join(
        "<tr height=19 style='height:14.4pt'>"
        + "".join(
            f"<td class=xl65 align=right style='mso-number-format:\"\\#\\,\\#\\#0\\.00\"'>&nbsp;{v:,.2f}\n </td>"
            for v in r
        )
        + "</tr>"
        for r in rows
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        "<head><meta name=ProgId content=Excel.Sheet><style><!--td {color:black;}--></style></head><body>"
        f"<table border=0 cellpadding=0><!--StartFragment--><col width=64 span=6>{lines}<!--EndFragment--></table></body></html>"
    )


def test_a_block_of_40_by_6_as_excel_documents_it(office: Office) -> None:
    """From text and from HTML; undone, redone; what the workbook says and what is found are right each time."""
    page = office.come_in("甲填报")
    go(page, f"{office.home}/fill?sheet={SHEET}&rows=all")
    before = real_workbook()
    names = [[f"{c}{FIRST + r}" for c in COLUMNS] for r in range(ROWS)]
    was = values_at(before, names)
    want = [[str(v) for v in row] for row in amounts()]
    first_findings = page.locator("#said li").count()

    def there() -> list[list[str]]:
        return values_at(office.workbook.read_bytes(), names)

    go_to(page, f"C{FIRST}")
    clip(page, "\r\n".join("\t".join(f"{v:,.2f}" for v in row) for row in amounts()) + "\r\n")
    expect(page.locator("#unsaved")).to_contain_text("已粘贴")
    expect(cell(page, "H46")).to_have_text("278.25")
    saved(page)
    assert there() == want
    found = page.locator("#said li[data-here]").count()
    assert found > first_findings, "lines that do not add up are found"
    look(page, "填报-粘贴四十行")
    with closing(sqlite3.connect(office.root / "state" / "workbench.sqlite3")) as db:
        assert db.execute("SELECT COUNT(*) FROM workbook_version WHERE how='网上填写'").fetchone() == (1,), "one save"

    page.keyboard.press("Control+z")
    saved(page)
    assert there() == was
    assert page.locator("#said li[data-here]").count() == first_findings
    page.keyboard.press("Control+y")
    saved(page)
    assert there() == want
    assert page.locator("#said li[data-here]").count() == found

    # the same block comes out as it went in, and HTML alone is read as the text is
    go_to(page, f"C{FIRST}")
    cell(page, "H46").click(modifiers=["Shift"])
    text, html = copied(page)
    assert [line.split("\t") for line in text.split("\r\n")] == want
    expect(page.locator("#cellsum")).to_contain_text("240 个数")
    expect(page.locator("#cellsum")).to_contain_text("33,420.00")
    page.keyboard.press("Delete")
    saved(page)
    assert there() == [[""] * len(COLUMNS)] * ROWS
    go_to(page, f"C{FIRST}")
    clip(page, html=as_html(amounts()))
    saved(page)
    assert there() == want
    go_to(page, f"C{FIRST}")
    clip(page, html=html)
    expect(page.locator("#unsaved")).to_contain_text("没有改变什么")


def test_keys_fill_down_and_names_of_codes(office: Office) -> None:
    page = office.come_in("甲填报")
    go(page, f"{office.home}/fill?sheet={SHEET}")
    row = int((page.locator("#grid[data-ready] td.entry[data-cell^=A]").last.get_attribute("data-cell") or "")[1:])
    put(page, f"A{row}", "2010301", key="Enter")
    expect(cell(page, f"B{row}")).to_have_text("行政运行")
    put(page, f"C{row - 1}", "12.5", key="Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#cellbar b")).to_have_text(f"C{row - 1}:D{row}")
    page.keyboard.press("Control+d")
    expect(cell(page, f"C{row}")).to_have_text("12.50")
    saved(page)
    assert office.cell(f"C{row}", SHEET) == "12.5"
    # a place that is not filled in says so, and nothing happens to it
    go_to(page, "C3")
    page.keyboard.type("9")
    expect(page.locator("#unsaved")).to_contain_text("不是填写的格子")
    # words of several lines, taken back half-way, and out of the sheet with the keyboard alone
    go(page, f"{office.home}/fill?sheet=原因说明")
    place = "D13"
    before = office.cell(place, "原因说明")
    go_to(page, place)
    page.keyboard.press("F2")
    page.keyboard.type("又一句")
    page.keyboard.press("Escape")
    saved(page)
    assert office.cell(place, "原因说明") == before
    page.keyboard.press("F2")
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Tab")
    saved(page)
    assert office.cell(place, "原因说明") == f"{before}\n第二行"
    page.keyboard.press("Escape")
    assert not page.evaluate("document.activeElement.closest('#grid')")


def test_findings_and_remarks_stand_at_their_cells(office: Office) -> None:
    page = office.come_in("甲填报")
    put(page, "C6", "5941.5")
    saved(page)
    with closing(sqlite3.connect(office.root / "state" / "workbench.sqlite3")) as db:
        db.execute(
            "INSERT INTO remark (department, place, text, who, at) VALUES (1, '公开01表!C7', '请与国库对账', '李审核', '2025-01-02T03:04:05')"
        )
        db.commit()
    page.reload()
    expect(page.locator("#grid td.marked[data-cell=C6]")).to_have_count(1)
    expect(page.locator("#grid td.remarked[data-cell=C7]")).to_have_count(1)
    page.locator("#said a[href='#C6']").first.click()
    expect(page.locator("#cellbar b")).to_have_text("C6")
    expect(page.locator("#cellbar em")).to_contain_text("相差 200.00万元")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#cellbar em")).to_contain_text("李审核：请与国库对账")
    expect(page.locator(".sheetlist a[aria-current]")).to_contain_text("公开01表")
    look(page, "填报-意见")
