"""Typing into sheets in a real browser: nothing is lost, alone nobody is in conflict with himself, blocks are pasted as blocks."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import CHROMIUM, PASSWORD, cell, clip, go_to, look, put
from tests.web.office import Office, go, saved

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")


def paste(page: Page, name: str, text: str) -> None:
    """What the clipboard of a spreadsheet holds, pasted into a cell."""
    go_to(page, name)
    clip(page, text)


def test_alone_nobody_is_in_conflict_with_himself(office: Office) -> None:
    """0.50, then 1.2, at once and after it was written as 0.5; over and over, faster than it is saved."""
    page = office.come_in("甲填报")
    put(page, "C6", "0.50")
    put(page, "C6", "1.2")
    for text in ("3.10", "3.1", "４", "1,000.00", "7"):
        put(page, "C6", text)
    saved(page)
    put(page, "C6", "0.50")
    saved(page)
    assert office.cell("C6") == "0.5"
    put(page, "C6", "1.2")
    saved(page)
    expect(page.locator(".clashing")).to_have_count(0)
    assert office.cell("C6") == "1.2"
    expect(cell(page, "C6")).to_have_text("1.20")


def test_two_people_and_two_windows_decide(office: Office) -> None:
    first, second = office.come_in("甲填报"), office.come_in("乙填报")
    put(first, "C6", "6000")
    saved(first)
    put(second, "C6", "7000")
    said = second.locator("#said")
    expect(said).to_contain_text("现在是")
    expect(said).to_contain_text("甲填报")
    expect(second.locator("#grid td.clashing[data-cell=C6]")).to_have_count(1)
    look(second, "填报-两人同一格")
    assert office.cell("C6") == "6000"
    second.get_by_role("button", name="用我的").click()
    saved(second)
    assert office.cell("C6") == "7000"
    put(first, "C6", "8000")  # has not seen 7000
    expect(first.locator("#said")).to_contain_text("7000")
    first.get_by_role("link", name="用现在的").click()
    expect(cell(first, "C6")).to_have_text("7,000.00")
    saved(first)
    assert office.cell("C6") == "7000"
    # two windows of one person: other cells do not disturb each other
    other = first.context.new_page()
    other.goto(first.url)
    put(first, "C7", "11")
    put(other, "C8", "12")
    saved(first)
    saved(other)
    assert (office.cell("C7"), office.cell("C8")) == ("11", "12")
    expect(first.locator(".clashing")).to_have_count(0)


def test_a_block_is_pasted_as_a_block_and_taken_back_as_one(office: Office) -> None:
    page = office.come_in("甲填报")
    before = {c: office.cell(c) for c in ("C6", "C7", "C8")}
    paste(page, "C6", "1,234.50\t项目\t99\r\n2\t\t88\r\n3\t\t77\r\n")
    saved(page)
    status = page.locator("#unsaved")
    expect(status).to_contain_text("已粘贴")
    look(page, "填报-粘贴")
    assert [office.cell(c) for c in ("C6", "C7", "C8")] == ["1234.5", "2", "3"]
    with closing(sqlite3.connect(office.root / "state" / "workbench.sqlite3")) as db:
        (batches,) = db.execute("SELECT COUNT(DISTINCT at) FROM cell_edit").fetchone()
        (applied,) = db.execute("SELECT COUNT(*) FROM workbook_version WHERE how='网上填写'").fetchone()
    assert applied == 1 and batches <= 2, "one save"
    page.keyboard.press("Control+z")
    expect(cell(page, "C7")).to_have_text("")
    saved(page)
    assert {c: office.cell(c) for c in before} == before
    paste(page, "C6", "不是数\t\n5\t")  # the same checks as for what is typed
    saved(page)
    expect(page.locator("#grid td.marked[data-cell=C6]")).to_have_count(1)
    # a single value goes where the caret is, as everywhere
    go_to(page, "C8")
    clip(page, "42")
    saved(page)
    assert office.cell("C8") == "42"


def test_a_long_block_opens_the_rows_that_are_not_shown(office: Office) -> None:
    page = office.come_in("甲填报")
    go(page, f"{office.home}/fill?sheet=公开02表")
    hidden = page.locator("form[data-cells]").get_attribute("data-hidden")
    if not hidden:
        pytest.skip("这张表没有收起的行")
    start = page.locator("#grid[data-ready] td.entry[data-cell^=A]").last.get_attribute("data-cell") or ""
    paste(page, start, "\n".join(f"20101{k:02d}" for k in range(1, 13)) + "\n")
    expect(page).to_have_url(f"{office.server.address}{hidden}")
    expect(page.locator("#unsaved")).to_contain_text("已粘贴 12 格")
    saved(page)
    row = int(start[1:])
    assert office.cell(f"A{row + 11}", "公开02表") == "2010112"


def test_a_server_that_stops_in_mid_word_loses_nothing(office: Office) -> None:
    page = office.come_in("甲填报")
    put(page, "C6", "12", key="")  # in mid-word
    office.server.kill()
    page.keyboard.type("34")
    page.keyboard.press("Tab")
    expect(page.locator("#grid td.unsaved[data-cell=C6]")).to_have_count(1)
    expect(page.locator("#unsaved")).to_contain_text("还没有保存")
    put(page, "C7", "56")
    expect(page.locator("#grid td.unsaved")).to_have_count(2)
    office.server.start()
    saved(page)
    assert (office.cell("C6"), office.cell("C7")) == ("1234", "56")
    # stopped again, and the page is closed and opened anew before the server is back
    office.server.kill()
    put(page, "C6", "4321")
    expect(page.locator("#unsaved")).to_contain_text("还没有保存")
    office.server.start()
    page.reload()
    saved(page)
    assert office.cell("C6") == "4321"


def test_f5_in_mid_word_keeps_the_word(office: Office) -> None:
    page = office.come_in("甲填报")
    put(page, "C6", "98", key="")
    page.reload()
    expect(page.locator("#grid .in-cell")).to_have_value("98")
    expect(page.locator("#grid .in-cell")).to_be_focused()
    expect(page.locator("#unsaved")).to_contain_text("找回了上次没有保存的 1 格")
    look(page, "填报-找回")
    page.keyboard.press("End")
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    saved(page)
    assert office.cell("C6") == "987"
    # words of a reason, and of a remark's form
    go(page, f"{office.home}/reasons")
    page.locator("#x-income").fill("写到一半的原因")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#x-income")).to_have_value("写到一半的原因")
    expect(page.locator("#r-income .left-over")).to_contain_text("还没有保存的内容")
    page.locator("section#r-income").get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#kept-income")).to_contain_text("已保存")
    page.reload()
    expect(page.locator(".left-over")).to_have_count(0)
    expect(page.locator("#x-income")).to_have_value("写到一半的原因")


def test_a_login_that_ends_is_laid_over_the_page(office: Office) -> None:
    page = office.come_in("甲填报")
    put(page, "C6", "55", key="")
    office.forget()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    over = page.locator("#login-over")
    expect(over).to_contain_text("请重新登录")
    expect(page.locator("#grid td.unsaved[data-cell=C6]")).to_have_count(1)
    look(page, "重新登录")
    page.locator("#over-password").fill("wrong horse 1")
    page.keyboard.press("Enter")
    expect(over).to_contain_text("账号或密码不对")
    page.locator("#over-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(over).to_have_count(0)
    saved(page)
    assert office.cell("C6") == "555"
    # a form that is sent with a login that is over
    go(page, f"{office.home}/versions")
    office.forget()
    page.get_by_role("button", name="生成草稿").or_(page.get_by_role("button", name="生成公开文本")).first.click()
    expect(over).to_contain_text("请重新登录")
    page.locator("#over-password").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with closing(sqlite3.connect(office.root / "state" / "workbench.sqlite3")) as db:
        assert db.execute("SELECT COUNT(*) FROM job WHERE kind='build'").fetchone() == (1,)


def test_what_is_handed_in_meanwhile_is_said_and_stays_on_the_page(office: Office) -> None:
    page, other = office.come_in("甲填报"), office.come_in("乙填报")
    go(other, f"{office.home}/review")
    other.get_by_role("button", name="提交审核").click()
    expect(other.locator("h1 .tag")).to_have_text("待复核")
    put(page, "C6", "31")
    expect(page.locator("#unsaved")).to_contain_text("已经提交审核，不能修改")
    expect(page.locator("#unsaved")).to_contain_text("撤回提交")
    expect(page.locator("#grid td.unsaved[data-cell=C6]")).to_have_count(1)
    go(other, f"{office.home}/fill?sheet=公开01表")
    expect(cell(other, "C6")).to_have_class(re.compile("readonly"))
    expect(other.locator(".notice")).to_contain_text("不能修改")
    look(other, "填报-已提交")
    go(other, f"{office.home}/review")
    other.get_by_role("button", name="撤回提交").click()
    expect(other.get_by_role("button", name="提交审核")).to_be_visible()
    page.get_by_role("button", name="再试一次").click()
    saved(page)
    assert office.cell("C6") == "31"
