"""The whole path in a real browser, as an officer and as reviewers go it: by keyboard alone, by mouse, and without scripts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import CHROMIUM, PASSWORD, SHOTS, cell, choose, juesuan, look, press, served, write
from tests.web.desk import NAME, real_workbook, wrong_workbook

WAIT = 60_000
expect.set_options(timeout=WAIT)
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="没有 chromium")


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


def enter(browser: Browser, address: str, name: str, width: int = 1366) -> Page:
    """Log in; from here on the mouse is never used, and a page that feels one says so."""
    page = browser.new_context(
        viewport={"width": width, "height": 768}, locale="zh-CN", accept_downloads=True
    ).new_page()
    page.set_default_timeout(WAIT)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(f"{message.text} {message.location}")
            if "Content Security Policy" in message.text and not SHOTS
            else None
        ),
    )
    page.expose_function("felt", lambda: problems.append("鼠标"))
    page.add_init_script("addEventListener('pointerdown', () => felt(), true)")
    page.goto(address)
    if name == "张填报":
        look(page, "登录")
    write(page, "#name", name)
    write(page, "#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("公开情况")
    page.problems = problems  # type: ignore[attr-defined]
    return page


def settled(page: Page) -> None:
    """No work goes on any more."""
    expect(page.locator(".working")).to_have_count(0, timeout=WAIT)


def tab_of(page: Page, word: str) -> None:
    """Another page of the department."""
    press(page, "nav.tabs a", word)
    expect(page.locator("nav.tabs a[aria-current]")).to_contain_text(word)


def test_the_whole_path_by_keyboard(browser: Browser, address: str, tmp_path: Path) -> None:
    officer = enter(browser, address, "张填报")
    look(officer, "总览-空")

    # a new department
    write(officer, "input[name=name]", NAME)
    write(officer, "input[name=year]", "2024")
    choose(officer, "select[name=pack]", "liaoning")
    press(officer, "button", "新增")
    expect(officer.get_by_role("heading", level=1)).to_contain_text(NAME)
    settled(officer)

    # the form down, filled, up with one amount wrong
    with officer.expect_download() as down:
        press(officer, "a.button", "下载填报表")
    form = openpyxl.load_workbook(io.BytesIO(Path(down.value.path()).read_bytes()))
    assert "公开01表" in form.sheetnames
    filled = tmp_path / "填报表.xlsx"
    filled.write_bytes(wrong_workbook())
    look(officer, "部门")
    with officer.expect_file_chooser() as chooser:
        press(officer, "#file")
    chooser.value.set_files(filled)
    press(officer, "button", "上传并检查")
    expect(officer.locator("h1 .tag")).to_have_text("有错误", timeout=WAIT)
    settled(officer)
    officer.reload()  # nothing hangs on the page that was open
    look(officer, "部门-有错误")

    # the error at its cell, with both sides
    tab_of(officer, "问题")
    look(officer, "问题")
    choose(officer, "select[name=severity]", "error")
    expect(officer.locator("ol.findings > li.warning")).to_have_count(0)
    second = officer.locator("ol.findings > li.error strong").nth(1).inner_text()
    press(officer, "ol.findings a", second)
    expect(officer.locator(".equation")).to_contain_text("差")
    assert officer.locator("td.left, td.both").count() and officer.locator("td.right, td.both").count()
    look(officer, "问题-左右两边")
    officer.go_back()  # the keys of the browser itself (Alt+←, F5) do not reach one without a window
    expect(officer.locator("ol.findings")).to_be_visible()

    # mended in the browser: the finding leads to its cell
    press(officer, "ol.findings a", "公开01表!C6")
    expect(cell(officer, "C6")).to_have_text("5,941.50")
    expect(officer.locator("#cellbar b")).to_have_text("C6")
    expect(officer.locator("#cellbar em")).to_contain_text("相差 200.00万元")
    look(officer, "填报")
    officer.keyboard.type("5741.50")
    officer.keyboard.press("Enter")
    expect(officer.locator("#cellbar b")).to_have_text("C7")
    expect(officer.locator("#said")).to_have_attribute("data-checking", "no", timeout=WAIT)
    expect(officer.locator("#grid td.marked[data-cell=C6]")).to_have_count(0)
    look(officer, "填报-改正")
    settled(officer)

    # a reason, its sentence as one types
    officer.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    tab_of(officer, "原因")
    write(officer, "#x-income", "省民心网信息化建设项目已验收，本年不再安排")
    expect(officer.locator("#s-income")).to_contain_text("减少2,770.16万元", timeout=WAIT)
    expect(officer.locator("#s-income")).to_contain_text(
        "主要原因：省民心网信息化建设项目已验收，本年不再安排。", timeout=WAIT
    )
    look(officer, "原因")
    press(officer, "section#r-income button", "保存")
    expect(officer.locator("#kept-income")).to_contain_text("已保存")
    officer.reload()
    settled(officer)

    # the document, a number, a block in place
    tab_of(officer, "预览")
    expect(officer.locator(".published-page")).to_contain_text("省民心网信息化建设项目已验收，本年不再安排。")
    press(officer, "a.num", "2,770.16")
    expect(officer.locator("#figure")).to_contain_text("公开01表!", timeout=WAIT)
    expect(officer.locator("#figure")).to_contain_text("27,701,600")
    assert officer.locator("#figure header.top").count() == 0
    look(officer, "预览-数据来源")
    press(officer, ".block:has(a.num.chosen) .tools a", "改写")
    box = officer.locator("#block-text")
    expect(box).to_be_focused()
    look(officer, "预览-改写")
    officer.keyboard.press("Control+End")
    officer.keyboard.type("收入结构总体平稳。")
    press(officer, "button", "保存改写")
    expect(officer.locator(".notice")).to_contain_text("已保存改写")
    settled(officer)
    expect(officer.locator(".published-page")).to_contain_text("收入结构总体平稳。")

    # handed in
    tab_of(officer, "审核")
    press(officer, "button", "提交审核")
    expect(officer.locator("h1 .tag")).to_have_text("待复核")

    # returned with remarks on a cell and a block, at the width of an older screen
    reviewer = enter(browser, address, "李审核", 1024)
    look(reviewer, "总览")
    press(reviewer, "#rows a", NAME)
    expect(reviewer.get_by_role("heading", level=1)).to_contain_text(NAME)
    tab_of(reviewer, "审核")
    write(reviewer, "input[name=place]", "公开01表!C6")
    write(reviewer, "#remark-text", "请与国库对账")
    press(reviewer, "button", "写下意见")
    expect(reviewer.get_by_text("请与国库对账").first).to_be_visible()
    tab_of(reviewer, "预览")
    sentence = reviewer.locator(".block", has_text="收入结构总体平稳").inner_text()[:12]
    press(reviewer, ".tools a", f"对“{sentence}”这一段写意见")
    expect(reviewer.locator("#remark")).to_contain_text(f"位置：正文“{sentence}")
    write(reviewer, "#remark-text", "这一句请再斟酌")
    press(reviewer, "button", "写下意见")
    expect(reviewer.get_by_text("这一句请再斟酌").first).to_be_visible()
    look(reviewer, "审核")
    write(reviewer, "#note", "请按意见修改")
    press(reviewer, "button", "退回")
    expect(reviewer.locator("h1 .tag")).to_have_text("退回")

    tab_of(officer, "概况")
    expect(officer.get_by_text("请与国库对账").first).to_be_visible()
    look(officer, "部门-退回")
    tab_of(officer, "审核")
    assert officer.get_by_role("button", name="办结").count() == 0
    write(officer, "input[placeholder^=怎样改的]", "已与国库对过账")
    press(officer, "button", "答复")
    expect(officer.get_by_text("已与国库对过账").first).to_be_visible()
    press(officer, "button", "提交审核")
    expect(officer.locator("h1 .tag")).to_have_text("待复核")

    # reviewed, approved, sealed, down
    tab_of(reviewer, "审核")
    assert reviewer.get_by_role("button", name="批准").count() == 0
    for left in (2, 1, 0):
        press(reviewer, "button", "办结")
        expect(reviewer.get_by_role("button", name="办结")).to_have_count(left)
    press(reviewer, "button", "审核通过")
    expect(reviewer.get_by_text("审核通过，等待批准").first).to_be_visible()
    chief = enter(browser, address, "王批准")
    press(chief, "#rows a", NAME)
    expect(chief.get_by_role("heading", level=1)).to_contain_text(NAME)
    tab_of(chief, "审核")
    press(chief, "button", "批准")
    expect(chief.locator("h1 .tag")).to_have_text("已定稿")
    press(chief, "button", "封存")
    expect(chief.get_by_role("link", name="下载封存的全部文件")).to_be_visible(timeout=WAIT)
    settled(chief)
    with chief.expect_download() as down:
        press(chief, "a", "下载封存的全部文件")
    with zipfile.ZipFile(io.BytesIO(Path(down.value.path()).read_bytes())) as package:
        sums = dict(reversed(line.split("  ")) for line in package.read("SHA256SUMS").decode().splitlines())
        assert all(hashlib.sha256(package.read(name)).hexdigest() == digest for name, digest in sums.items())
        text = next(package.read(n) for n in package.namelist() if n.endswith(".txt")).decode()
        assert "收入结构总体平稳。" in text and "省民心网信息化建设项目已验收" in text
    press(chief, "button", "登记公开")
    expect(chief.locator("h1 .tag")).to_have_text("已公开")
    tab_of(chief, "版本")
    look(chief, "版本")
    press(chief, "header.top a", "日志")
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


def drag(page: Page, file: Path, target: str) -> None:
    """A file from the desktop, dragged onto a place."""
    page.locator(target).scroll_into_view_if_needed()
    box = page.locator(target).bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": step, "x": box["x"] + 40, "y": box["y"] + 20, "data": data})


def test_files_are_dropped_and_typing_outlives_the_work(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "inputs" / "2024" / NAME
    folder.mkdir(parents=True)
    (folder / "填报表.xlsx").write_bytes(real_workbook())
    wrong = tmp_path / "改过的填报表.xlsx"
    wrong.write_bytes(wrong_workbook())
    with served(tmp_path) as address:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(WAIT)
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(address)
        page.get_by_role("link", name=NAME).click()
        home = page.url
        settled(page)
        drag(page, wrong, ".drop:has(#file)")
        assert page.evaluate("document.getElementById('file').files[0].name") == wrong.name
        page.get_by_role("button", name="上传并检查").click()
        expect(page.locator("h1 .tag")).to_have_text("有错误")

        # work ends while somebody types: what he typed stays, and leaving asks first
        with page.expect_navigation():
            page.get_by_role("button", name="生成草稿").click()
        page.goto(f"{home}/reasons")
        expect(page.locator(".working")).to_have_count(1)
        page.locator("#x-income").fill("")
        page.locator("#x-income").press_sequentially("正在想的原因")
        expect(page.locator("#progress .notice")).to_contain_text("您正在填写的内容没有动")
        expect(page.locator("#x-income")).to_have_value("正在想的原因")
        assert asked == []
        page.goto(home)
        assert asked == ["beforeunload"]

        # where nobody types the page shows what is new, and the focus stays where it was
        page.get_by_role("button", name="生成草稿").click()
        expect(page.locator(".working")).to_have_count(1)
        page.locator("nav.tabs a", has_text="预览").focus()
        page.evaluate("document.body.setAttribute('data-before', '')")
        expect(page.locator("body[data-before]")).to_have_count(0)
        expect(page.locator(".working")).to_have_count(0)
        expect(page.locator("nav.tabs a", has_text="预览")).to_be_focused()
        assert asked == ["beforeunload"]
        page.context.close()
