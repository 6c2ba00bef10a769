"""Typing into sheets in a real browser: nothing is lost, alone nobody is in conflict with himself, blocks are pasted as blocks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from generator.model.figures import CellRef
from tests.web.browser import CHROMIUM, FLAGS, PASSWORD, Server, juesuan, look
from tests.web.desk import NAME, real_workbook
from tests.web.test_desk import text_at

WAIT = 60_000
expect.set_options(timeout=WAIT)
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def go(page: Page, address: str) -> None:
    """To a page, also where the one before is just loading anew because its work has ended."""
    for _ in range(5):
        try:
            page.goto(address)
            return
        except Error as error:
            if "ERR_ABORTED" not in str(error):
                raise
    raise AssertionError(address)


class Office:
    """A server with two accounts and the real department, and what stands in its workbook."""

    def __init__(self, root: Path, browser: Browser) -> None:
        self.root, self.browser = root, browser
        folder = root / "inputs" / "2024" / NAME
        folder.mkdir(parents=True)
        self.workbook = folder / "填报表.xlsx"
        self.workbook.write_bytes(real_workbook())
        folders = ["--data", str(root / "state"), "--inputs", str(root / "inputs"), "--output", str(root / "output")]
        for name in ("甲填报", "乙填报"):
            made = juesuan("account", "add", name, "--role", "填报", *folders, text=f"{PASSWORD}\n")
            assert made.returncode == 0, made.stderr
        self.server = Server(root, "--accounts")
        self.server.start()
        self.contexts: list[BrowserContext] = []

    def come_in(self, name: str) -> Page:
        """A browser of one's own, at the first statutory table."""
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(self.server.address)
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("link", name=NAME).click()
        expect(page.locator(".working")).to_have_count(0)
        self.home = page.url
        go(page, f"{self.home}/fill?sheet=公开01表")
        return page

    def cell(self, name: str, sheet: str = "公开01表") -> str:
        return text_at(self.workbook.read_bytes(), CellRef(sheet, name))

    def forget(self) -> None:
        """Everybody's login is over."""
        with closing(sqlite3.connect(self.root / "state" / "workbench.sqlite3")) as db:
            db.execute("DELETE FROM session")
            db.commit()

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.server.stop()


@pytest.fixture
def office(tmp_path: Path, browser: Browser) -> Iterator[Office]:
    found = Office(tmp_path, browser)
    yield found
    found.close()


def saved(page: Page) -> None:
    """All that was typed is saved and checked."""
    expect(page.locator("td.unsaved")).to_have_count(0)
    expect(page.locator("#said")).to_have_attribute("data-checking", "no")
    expect(page.locator(".working")).to_have_count(0)


def put(page: Page, cell: str, text: str, key: str = "Tab") -> None:
    page.locator(f"[name='c:{cell}']").fill("")
    page.locator(f"[name='c:{cell}']").press_sequentially(text)
    if key:
        page.keyboard.press(key)


def paste(page: Page, cell: str, text: str) -> None:
    """What the clipboard of a spreadsheet holds, pasted into a cell."""
    page.locator(f"[name='c:{cell}']").focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        text,
    )


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
    expect(page.locator("[name='c:C6']")).to_have_value("1.2")


def test_two_people_and_two_windows_decide(office: Office) -> None:
    first, second = office.come_in("甲填报"), office.come_in("乙填报")
    put(first, "C6", "6000")
    saved(first)
    put(second, "C6", "7000")
    said = second.locator("#said")
    expect(said).to_contain_text("现在是")
    expect(said).to_contain_text("甲填报")
    expect(second.locator("td#C6.clashing")).to_have_count(1)
    look(second, "填报-两人同一格")
    assert office.cell("C6") == "6000"
    second.get_by_role("button", name="用我的").click()
    saved(second)
    assert office.cell("C6") == "7000"
    put(first, "C6", "8000")  # has not seen 7000
    expect(first.locator("#said")).to_contain_text("7000")
    first.get_by_role("link", name="用现在的").click()
    expect(first.locator("[name='c:C6']")).to_have_value("7000")
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
    page.locator("[name='c:C7']").focus()
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("已撤销")
    saved(page)
    assert {c: office.cell(c) for c in before} == before
    paste(page, "C6", "不是数\t\n5\t")  # the same checks as for what is typed
    saved(page)
    expect(page.locator("td#C6.marked")).to_have_count(1)
    # a single value goes where the caret is, as everywhere
    page.locator("[name='c:C8']").fill("")
    page.evaluate("document.querySelector(\"[name='c:C8']\").focus()")
    page.keyboard.insert_text("42")
    page.keyboard.press("Tab")
    saved(page)
    assert office.cell("C8") == "42"


def test_a_long_block_opens_the_rows_that_are_not_shown(office: Office) -> None:
    page = office.come_in("甲填报")
    go(page, f"{office.home}/fill?sheet=公开02表")
    hidden = page.locator("form[data-cells]").get_attribute("data-hidden")
    if not hidden:
        pytest.skip("这张表没有收起的行")
    cells = page.locator("[name^='c:A']")
    start = cells.nth(cells.count() - 1).get_attribute("name")[2:]  # type: ignore[index]
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
    expect(page.locator("td#C6.unsaved")).to_have_count(1)
    expect(page.locator("#unsaved")).to_contain_text("还没有保存")
    put(page, "C7", "56")
    expect(page.locator("td.unsaved")).to_have_count(2)
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
    expect(page.locator("[name='c:C6']")).to_have_value("98")
    expect(page.locator("[name='c:C6']")).to_be_focused()
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
    expect(page.locator("td#C6.unsaved")).to_have_count(1)
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
    expect(page.locator("td#C6.unsaved")).to_have_count(1)
    go(other, f"{office.home}/fill?sheet=公开01表")
    expect(other.locator("[name='c:C6']")).to_have_count(0)
    expect(other.locator(".notice")).to_contain_text("不能修改")
    look(other, "填报-已提交")
    go(other, f"{office.home}/review")
    other.get_by_role("button", name="撤回提交").click()
    page.get_by_role("button", name="再试一次").click()
    saved(page)
    assert office.cell("C6") == "31"
