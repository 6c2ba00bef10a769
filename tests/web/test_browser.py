"""The whole path in a real browser, as an officer and as reviewers go it; largely by keyboard."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.browser import CHROMIUM, FLAGS, PASSWORD, SHOTS, juesuan, look, served, tab_to
from tests.web.desk import NAME, real_workbook, wrong_workbook

WAIT = 60_000
expect.set_options(timeout=WAIT)
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("served")
    folders = ["--data", str(root / "state"), "--inputs", str(root / "inputs"), "--output", str(root / "output")]
    assert "须先建账号" in juesuan("serve", "--host", "0.0.0.0", *folders).stderr  # noqa: S104 - refused
    for name, role in (("张填报", "填报"), ("李审核", "审核"), ("王批准", "批准")):
        made = juesuan("account", "add", name, "--role", role, *folders, text=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
    with served(root, "--accounts") as found:
        yield found


def enter(browser: Browser, address: str, name: str, width: int = 1280) -> Page:
    """Log in by keyboard alone."""
    page = browser.new_context(viewport={"width": width, "height": 860}, locale="zh-CN", accept_downloads=True).new_page()
    page.set_default_timeout(WAIT)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security Policy" in message.text and not SHOTS else None)
    page.goto(address)
    if name == "张填报":
        look(page, "登录")
    tab_to(page, "#name")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("公开情况")
    page.problems = problems  # type: ignore[attr-defined]
    return page


def settled(page: Page) -> None:
    """No work goes on any more."""
    expect(page.locator(".working")).to_have_count(0, timeout=WAIT)


def test_the_whole_path(browser: Browser, address: str, tmp_path: Path) -> None:
    officer = enter(browser, address, "张填报")
    look(officer, "总览-空")

    # a new department, by keyboard
    tab_to(officer, "input[name=name]")
    officer.keyboard.type(NAME)
    tab_to(officer, "input[name=year]")
    officer.keyboard.press("Control+A")
    officer.keyboard.type("2024")
    officer.locator("select[name=pack]").select_option("liaoning")
    officer.locator("select[name=pack]").focus()
    tab_to(officer, "button")
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", level=1)).to_contain_text(NAME)
    settled(officer)
    home = officer.url.partition("?")[0]

    # the form down, filled, up with one amount wrong
    with officer.expect_download() as down:
        officer.get_by_role("link", name="下载填报表").click()
    form = openpyxl.load_workbook(io.BytesIO(Path(down.value.path()).read_bytes()))
    assert "公开01表" in form.sheetnames
    filled = tmp_path / "填报表.xlsx"
    filled.write_bytes(wrong_workbook())
    officer.locator("#file").set_input_files(filled)
    look(officer, "部门")
    officer.get_by_role("button", name="上传并检查").click()
    expect(officer.locator("h1 .tag")).to_have_text("有错误", timeout=WAIT)
    settled(officer)
    officer.reload()  # nothing hangs on the page that was open
    look(officer, "部门-有错误")

    # the error at its cell, with both sides
    officer.get_by_role("link", name="问题").first.click()
    look(officer, "问题")
    officer.get_by_label("级别").select_option("error")
    expect(officer.locator("ol.findings > li.warning")).to_have_count(0)
    officer.locator("ol.findings > li.error strong").nth(1).click()
    expect(officer.locator(".equation")).to_contain_text("差")
    assert officer.locator("td.left, td.both").count() and officer.locator("td.right, td.both").count()
    look(officer, "问题-左右两边")
    officer.go_back()
    expect(officer.locator("ol.findings")).to_be_visible()

    # mended in the browser, by keyboard
    officer.goto(f"{home}/fill?sheet=公开01表")
    cell = officer.locator("input[name='c:C6']")
    expect(cell).to_have_value("5941.5")
    look(officer, "填报")
    officer.evaluate("document.getElementById('main').focus()")
    tab_to(officer, "input[name='c:C6']")
    officer.keyboard.press("Control+A")
    officer.keyboard.type("5741.50")
    officer.keyboard.press("Enter")
    expect(officer.locator("input[name='c:C7']")).to_be_focused()
    expect(officer.locator("#said")).to_have_attribute("data-checking", "no", timeout=WAIT)
    expect(officer.locator("td#C6.marked")).to_have_count(0)
    look(officer, "填报-改正")

    # a reason, its sentence as one types
    officer.goto(f"{home}/reasons")
    reason = officer.locator("#x-income")
    reason.fill("")
    reason.press_sequentially("省民心网信息化建设项目已验收，本年不再安排", delay=5)
    expect(officer.locator("#s-income")).to_contain_text("减少2,770.16万元", timeout=WAIT)
    expect(officer.locator("#s-income")).to_contain_text("主要原因：省民心网信息化建设项目已验收，本年不再安排。", timeout=WAIT)
    look(officer, "原因")
    officer.locator("section#r-income button.main").click()
    expect(officer.locator("#kept-income")).to_contain_text("已保存")

    # the document, a number, a block in place
    expect(officer.locator(".working")).to_have_count(0)
    officer.goto(home)
    settled(officer)
    officer.goto(f"{home}/preview")
    expect(officer.locator(".published-page")).to_contain_text("省民心网信息化建设项目已验收，本年不再安排。")
    number = officer.locator("a.num", has_text="2,770.16").first
    number.scroll_into_view_if_needed()
    number.focus()
    officer.keyboard.press("Enter")
    expect(officer.locator("#figure")).to_contain_text("公开01表!", timeout=WAIT)
    expect(officer.locator("#figure")).to_contain_text("27,701,600")
    assert officer.locator("#figure header.top").count() == 0
    look(officer, "预览-数据来源")
    block = officer.locator(".block", has=officer.locator("a.num", has_text="2,770.16")).first
    block.get_by_role("link", name="改写").click()
    box = officer.locator("#block-text")
    expect(box).to_be_visible()
    look(officer, "预览-改写")
    box.fill(box.input_value() + "收入结构总体平稳。")
    officer.get_by_role("button", name="保存改写").click()
    expect(officer.locator(".notice")).to_contain_text("已保存改写")
    settled(officer)
    officer.goto(f"{home}/preview")
    expect(officer.locator(".published-page")).to_contain_text("收入结构总体平稳。")

    # handed in
    officer.get_by_role("link", name="审核", exact=True).click()
    officer.get_by_role("button", name="提交审核").click()
    expect(officer.locator("h1 .tag")).to_have_text("待复核")

    # returned with remarks on a cell and a block, at the width of an older screen
    reviewer = enter(browser, address, "李审核", 1024)
    look(reviewer, "总览")
    reviewer.get_by_role("link", name=NAME).click()
    reviewer.get_by_role("link", name="审核", exact=True).click()
    reviewer.get_by_label("位置").fill("公开01表!C6")
    reviewer.locator("#remark-text").fill("请与国库对账")
    reviewer.get_by_role("button", name="写下意见").click()
    reviewer.goto(f"{home}/preview")
    reviewer.locator(".block", has_text="收入结构总体平稳").get_by_role("link", name="意见").click()
    reviewer.locator("#remark-text").fill("这一句请再斟酌")
    reviewer.get_by_role("button", name="写下意见").click()
    look(reviewer, "审核")
    reviewer.locator("#note").fill("请按意见修改")
    reviewer.get_by_role("button", name="退回").click()
    expect(reviewer.locator("h1 .tag")).to_have_text("退回")

    officer.goto(home)
    expect(officer.get_by_text("请与国库对账").first).to_be_visible()
    look(officer, "部门-退回")
    officer.goto(f"{home}/review")
    while officer.get_by_role("button", name="记为已办").count():
        officer.get_by_role("button", name="记为已办").first.click()
    officer.get_by_role("button", name="提交审核").click()
    expect(officer.locator("h1 .tag")).to_have_text("待复核")

    # reviewed, approved, sealed, down
    reviewer.goto(f"{home}/review")
    assert reviewer.get_by_role("button", name="批准").count() == 0
    reviewer.get_by_role("button", name="审核通过").click()
    chief = enter(browser, address, "王批准")
    chief.goto(f"{home}/review")
    chief.get_by_role("button", name="批准", exact=True).click()
    expect(chief.locator("h1 .tag")).to_have_text("已定稿")
    chief.get_by_role("button", name="封存").click()
    expect(chief.get_by_role("link", name="下载封存的全部文件")).to_be_visible(timeout=WAIT)
    settled(chief)
    with chief.expect_download() as down:
        chief.get_by_role("link", name="下载封存的全部文件").click()
    with zipfile.ZipFile(io.BytesIO(Path(down.value.path()).read_bytes())) as package:
        sums = dict(reversed(line.split("  ")) for line in package.read("SHA256SUMS").decode().splitlines())
        assert all(hashlib.sha256(package.read(name)).hexdigest() == digest for name, digest in sums.items())
        text = next(package.read(n) for n in package.namelist() if n.endswith(".txt")).decode()
        assert "收入结构总体平稳。" in text and "省民心网信息化建设项目已验收" in text
    chief.get_by_role("button", name="登记公开").click()
    expect(chief.locator("h1 .tag")).to_have_text("已公开")
    chief.goto(f"{home}/versions")
    look(chief, "版本")
    chief.goto(f"{address}/audit")
    expect(chief.get_by_text("现在的日志完整")).to_be_visible()
    look(chief, "日志")
    for page in (officer, reviewer, chief):
        assert page.problems == []  # type: ignore[attr-defined]
        page.context.close()


def test_every_action_works_without_scripts(browser: Browser, tmp_path: Path) -> None:
    """An old browser: plain forms, plain pages."""
    folder = tmp_path / "inputs" / "2024" / NAME
    folder.mkdir(parents=True)
    (folder / "填报表.xlsx").write_bytes(real_workbook())
    with served(tmp_path) as address:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 1024, "height": 800})
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(address)
        page.get_by_role("link", name=NAME).click()
        home = page.url

        def done() -> None:
            for _ in range(120):
                page.goto(home)
                if not page.locator(".working").count():
                    return
                page.wait_for_timeout(250)
            raise AssertionError("没有做完")

        done()
        page.goto(f"{home}/fill?sheet=公开01表")
        page.locator("input[name='c:C6']").fill("6000")
        page.get_by_role("button", name="保存本表并检查").click()
        expect(page.get_by_text("已保存 1 格")).to_be_visible()
        done()
        expect(page.locator("h1 .tag")).to_have_text("有错误")
        page.goto(f"{home}/findings?severity=error")
        page.locator("ol.findings strong").first.click()
        expect(page.get_by_role("article")).to_be_visible()
        page.goto(f"{home}/reasons")
        page.locator("#x-income").fill("试一试")
        page.locator("section#r-income").get_by_role("button", name="看句子").click()
        expect(page.locator(".sentence")).to_contain_text("试一试")
        page.goto(f"{home}/preview")
        page.locator("a.num").first.click()
        expect(page.get_by_text("精确值")).to_be_visible()
        page.goto(f"{home}/preview")
        page.get_by_role("link", name="改写").nth(3).click()
        page.locator("#block-text").fill("改过的一段。")
        page.get_by_role("button", name="保存改写").click()
        expect(page.locator(".notice")).to_contain_text("已保存改写")
        context.close()
