"""An office: a server with accounts and a real department, and browsers that come to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from generator.model.figures import CellRef
from tests.web.browser import PASSWORD, Server, juesuan
from tests.web.desk import NAME, real_workbook
from tests.web.test_desk import text_at

WAIT = 60_000
expect.set_options(timeout=WAIT)


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


def saved(page: Page) -> None:
    """All that was typed is saved and checked."""
    expect(page.locator("#grid[data-ready]")).to_have_count(1)
    expect(page.locator("#grid td.unsaved")).to_have_count(0)
    expect(page.locator("#said")).to_have_attribute("data-checking", "no")
    expect(page.locator(".working")).to_have_count(0)
