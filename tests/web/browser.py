"""Chromium without a window, a workbench of its own, and what is looked at on every page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "assets" / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
PASSWORD = "correct horse 42"  # noqa: S105 - of a test
SHOTS = os.environ.get("JUESUAN_SHOTS", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def juesuan(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


class Server:
    """``juesuan serve`` on loopback, which may be stopped (even in mid-word) and started again at the same address."""

    def __init__(self, root: Path, *more: str) -> None:
        self.root, self.port = root, free_port()
        folders = ["--inputs", str(root / "inputs"), "--output", str(root / "output"), "--data", str(root / "state")]
        (root / "inputs").mkdir(exist_ok=True)
        self.command = [sys.executable, "-m", "generator", "serve", "--port", str(self.port), *folders, *more]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.root / "serve.log").open("a") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/login", timeout=5):  # noqa: S310 - our own address
                    return
            except (OSError, urllib.error.URLError):
                assert time.monotonic() < end and self.process.poll() is None, (self.root / "serve.log").read_text()
                time.sleep(0.1)

    def kill(self) -> None:
        """As if the power failed."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def served(root: Path, *more: str) -> Iterator[str]:
    """``juesuan serve`` on loopback until the context ends; its address."""
    server = Server(root, *more)
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def look(page: Page, name: str) -> None:
    """Nothing on the page that shuts people out (WCAG AA); a picture where pictures are wanted."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    slips = [(v["id"], v["help"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found["violations"]]
    assert not slips, (name, slips)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} 横向滚动"
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def at(page: Page, selector: str, words: str) -> bool:
    """Whether the focus is on such a place, with these words in its name."""
    here = """([s, words]) => { const e = document.activeElement;
        return !!e && e.matches(s) && (e.getAttribute("aria-label") || e.innerText || e.value || "").includes(words) }"""
    return bool(page.evaluate(here, [selector, words]))


def tab_to(page: Page, selector: str, words: str = "", most: int = 700) -> None:
    """Go to a place with the Tab key alone; the focus is seen there."""
    for _ in range(most):
        if at(page, selector, words):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", (
                f"{selector} 看不出焦点"
            )
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab 键到不了 {selector} {words}")


def press(page: Page, selector: str, words: str = "") -> None:
    """Tab to a link or a button and press Enter."""
    tab_to(page, selector, words)
    page.keyboard.press("Enter")


def write(page: Page, selector: str, text: str) -> None:
    """Tab to a field and type over what it holds."""
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page: Page, selector: str, value: str) -> None:
    """Tab to a list and go down to a value."""
    tab_to(page, selector)
    page.keyboard.press("Home")
    for _ in range(40):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} 里选不到 {value}")


def cell(page: Page, name: str) -> Locator:
    """A cell of the sheet that is shown as a spreadsheet."""
    return page.locator(f"#grid[data-ready] td[data-cell='{name}']")


def go_to(page: Page, name: str) -> None:
    """Choose a cell with the mouse."""
    cell(page, name).click()
    expect(page.locator("#cellbar b")).to_have_text(name)


def put(page: Page, name: str, text: str, key: str = "Tab") -> None:
    """Type into a cell and leave it with a key (or stay in it)."""
    go_to(page, name)
    page.keyboard.type(text)
    if key:
        page.keyboard.press(key)


def clip(page: Page, text: str = "", html: str = "") -> None:
    """Paste what the clipboard of a spreadsheet holds, where the selection is."""
    page.evaluate(
        """([text, html]) => { const data = new DataTransfer();
        if (text) data.setData("text/plain", text);
        if (html) data.setData("text/html", html);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        [text, html],
    )


def copied(page: Page) -> tuple[str, str]:
    """What a spreadsheet gets from the selection: text and HTML."""
    found = page.evaluate(
        """() => { const data = new DataTransfer();
        document.activeElement.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
        return [data.getData("text/plain"), data.getData("text/html")]; }"""
    )
    return found[0], found[1]
