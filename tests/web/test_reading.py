"""The preview as something to read: found in, asked at the number, the place kept, printed as the document and nothing else."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.web.browser import CHROMIUM, look
from tests.web.office import Office, go

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")


def test_the_preview_is_found_in_asked_and_printed(office: Office) -> None:
    page = office.come_in("甲填报")
    go(page, f"{office.home}/preview")
    page.fill("#find", "“三公”经费")
    expect(page.locator("#found")).to_contain_text("第 1 段")
    first = page.locator(".hit-here").get_attribute("id")
    page.press("#find", "Enter")
    expect(page.locator("#found")).to_contain_text("第 2 段")
    assert page.locator(".hit-here").get_attribute("id") != first
    expect(page.locator(".hit-here")).to_be_in_viewport()

    # tools appear where one points, the source beside the number, Esc goes back to it
    block = page.locator(".block:has(a.num)").first
    assert block.locator(".tools").evaluate("e => getComputedStyle(e).opacity") == "0"
    number = block.locator("a.num").first
    number.focus()
    assert block.locator(".tools").evaluate("e => getComputedStyle(e).opacity") == "1"
    page.keyboard.press("Enter")
    box = page.locator("#figure.in-place")
    expect(box).to_contain_text("填的是")
    here, there = number.bounding_box(), box.bounding_box()
    assert here and there and 0 < there["y"] - here["y"] < 60
    look(page, "预览-就地看来源")
    page.keyboard.press("Escape")
    expect(page.locator("#figure.in-place")).to_have_count(0)
    expect(number).to_be_focused()

    # the place is kept when the page loads anew
    page.evaluate("document.querySelectorAll('.block')[40].scrollIntoView()")
    kept = page.evaluate("scrollY")
    page.reload()
    page.wait_for_function(f"Math.abs(scrollY - {kept}) < 200")

    # printed: the document with page numbers, and nothing of the workbench
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    pages = [unicodedata.normalize("NFKC", p.extract_text()) for p in printed]
    text = "".join(pages)
    assert "决算情况说明" in text
    for word in ("决算公开工作台", "在正文里找", "改写", "点文中的任何一个数"):
        assert word not in text
    assert pages[2].strip().splitlines()[0] == "3"
