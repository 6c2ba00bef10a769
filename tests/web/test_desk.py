"""The work of officers and reviewers, form by form, without a browser."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest

from generator.model.figures import CellRef
from generator.web.state.accounts import LOCAL
from generator.workbook.cells import read_grids, set_cells
from generator.writers.lists import Sheet, list_csv, write_lists
from tests.web.desk import NAME, PASSWORD, PLANTED, Desk, login, open_desk, real_workbook, wrong_workbook

CELL = PLANTED[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def number(desk: Desk) -> int:
    """The real department, as it was handed in."""
    found = desk.department()
    if desk.bench.departments.get(found).stage != "":  # type: ignore[union-attr]
        desk.bench.database.connection.execute("UPDATE department SET stage='', submitted='' WHERE id=?", (found,))
    if desk.get(f"/d/{found}/workbook.xlsx").content != real_workbook():
        desk.upload(found, real_workbook())
    return found


def words_on(data: bytes, sheet: str) -> set[str]:
    """Everything that a sheet shows, wherever it stands."""
    return {c.text for g in read_grids(data) if g.name == sheet for row in g.rows for c in row}


def text_at(data: bytes, cell: CellRef) -> str:
    return next(
        c.text for g in read_grids(data) if g.name == cell.sheet for row in g.rows for c in row if c.cell == cell.cell
    )


def test_every_page_of_a_department_opens(desk: Desk, number: int) -> None:
    for page in ("", "/fill", "/findings", "/findings/0", "/reasons", "/preview", "/figure/3", "/versions", "/review"):
        answer = desk.get(f"/d/{number}{page}")
        assert answer.status_code == 200 and NAME in answer.text, page
    assert desk.get(f"/d/{number}/findings/9999").status_code == 404
    for page in ("/", "/?state=未报&q=数据", "/audit", "/roster", "/api/docs"):
        assert desk.get(page).status_code == 200, page


def test_who_has_nothing_yet_is_told_where_to_begin(tmp_path: Path) -> None:
    with open_desk(tmp_path, departments=()) as empty:
        page = empty.get("/").text
        assert "从这里开始" in page and "回答三个问题" in page and 'id="rows"' not in page
        empty.post("/departments", {"name": "某某局", "year": "2024", "pack": "liaoning"})
        page = empty.get("/").text
        assert "从这里开始" not in page and 'id="rows"' in page


def test_a_new_department_gets_its_form_and_is_not_handed_in(desk: Desk) -> None:
    answer = desk.post(
        "/departments", {"name": "新设某局", "year": "2024", "pack": "liaoning", "deadline": "2020-01-01"}
    )
    assert answer.status_code == 200
    desk.idle()
    new = desk.department("新设某局")
    assert desk.state(new) == "未报"
    assert "已过" in desk.get("/").text
    assert "新设某局" in words_on(desk.get(f"/d/{new}/workbook.xlsx").content, "基本信息")
    board = desk.get("/?year=2024").text
    assert board.index("新设某局") < len(board)


def test_a_wrong_workbook_is_told_at_its_cell_and_mended_in_the_browser(desk: Desk, number: int) -> None:
    desk.upload(number, wrong_workbook())
    assert desk.state(number) == "有错误"
    assert str(CELL) in desk.get(f"/d/{number}/findings?severity=error").text
    first = desk.get(f"/d/{number}/findings/0").text
    assert "5941.5" in first and "GK-" in first
    refused = desk.step(number, "submit")
    assert refused.status_code == 409 and "错误" in refused.text
    marked = openpyxl.load_workbook(io.BytesIO(desk.get(f"/d/{number}/marked.xlsx").content))
    assert marked["公开01表"]["C6"].comment is not None
    answer = desk.type(number, CELL, "5941.5", "5,741.50", htmx=True)
    assert "正在检查" in answer.text
    desk.idle()
    assert desk.state(number) == "未报"
    assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "5741.5"
    assert (
        desk.get(
            f"/d/{number}/fill/said?sheet={desk.sheet(number, CELL.sheet)}", headers={"hx-request": "true"}
        ).text.count("C6")
        == 0
    )


def test_both_sides_of_a_broken_check_are_shown_with_the_equation(desk: Desk, number: int) -> None:
    desk.upload(number, wrong_workbook())
    found = desk.bench.departments.get(number)
    assert found
    entry = next(
        f for f in desk.bench.snapshots.findings(found) if f["equation"] and len(f["equation"]["right"]["terms"]) > 1
    )
    page = desk.get(f"/d/{number}/findings/{entry['n']}").text
    assert 'class="left' in page and 'class="right' in page
    assert entry["equation"]["difference"] in page and entry["equation"]["left"]["value"] in page


def test_two_people_at_one_cell_the_second_sees_both(desk: Desk, number: int) -> None:
    desk.type(number, CELL, "5741.5", "6000")
    answer = desk.type(number, CELL, "5741.5", "7000")
    assert answer.status_code == 409
    assert "6000" in answer.text and "7000" in answer.text and "没有保存" in answer.text
    desk.idle()
    assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "6000"
    again = desk.type(number, CELL, "6000", "7000")  # having seen it, the second may
    desk.idle()
    assert again.status_code == 200
    assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "7000"


def test_words_for_a_number_are_said_at_once_and_kept(desk: Desk, number: int) -> None:
    answer = desk.type(number, CELL, "5741.5", "五千多", htmx=True)
    assert "不是数字" in answer.text
    desk.idle()
    assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "五千多"
    assert any("五千多" in f["message"] for f in desk.bench.snapshots.findings(desk.bench.departments.get(number)))  # type: ignore[arg-type]


def test_an_upload_over_a_changed_workbook_is_refused(desk: Desk, number: int) -> None:
    before = desk.bench.departments.get(number)
    desk.type(number, CELL, "5741.5", "6000")
    desk.idle()
    assert before
    answer = desk.post(
        f"/d/{number}/upload", {"base": before.workbook}, files={"file": ("填报表.xlsx", real_workbook())}
    )
    assert answer.status_code == 409 and "改过" in answer.text


def test_a_reason_shows_its_sentence_and_goes_into_the_workbook(desk: Desk, number: int) -> None:
    said = desk.post(
        f"/d/{number}/reasons/income/sentence", {"text": "项目增加。"}, headers={"hx-request": "true"}
    ).text
    assert "减少2,770.16万元" in said and "主要原因：项目增加。" in said and "。。" not in said
    entry = next(
        e for e in desk.bench.snapshots.main(desk.bench.departments.get(number))["reasons"] if e["id"] == "income"
    )  # type: ignore[arg-type]
    desk.post(f"/d/{number}/reasons/income", {"text": "项目增加", "was": entry["text"], "do": "save"})
    clash = desk.post(f"/d/{number}/reasons/income", {"text": "人员增加", "was": entry["text"], "do": "save"})
    assert clash.status_code == 409 and "项目增加" in clash.text and "人员增加" in clash.text
    desk.idle()
    assert '主要原因：<span class="typed">项目增加</span>。' in desk.get(f"/d/{number}/preview").text


def test_a_printed_number_knows_its_cells(desk: Desk, number: int) -> None:
    figures = desk.bench.snapshots.read(desk.bench.departments.get(number).snapshot, "figures")["figures"]  # type: ignore[union-attr]
    index = next(k for k, f in enumerate(figures) if f["text"] == "5,743.67" and len(f["cells"]) == 1)
    part = desk.get(f"/d/{number}/figure/{index}", headers={"hx-request": "true"}).text
    assert figures[index]["cells"][0] in part and "57,436,700" in part
    assert f'href="figure/{index}"' in desk.get(f"/d/{number}/preview").text


def test_a_warning_is_explained_until_its_values_change(desk: Desk, number: int) -> None:
    page = desk.get(f"/d/{number}/findings/0").text
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    desk.post(f"/d/{number}/findings/0/explain", {"fingerprint": mark, "reason": "财政收回上年结余资金"})
    desk.idle()
    kept = desk.bench.snapshots.findings(desk.bench.departments.get(number))  # type: ignore[arg-type]
    assert any("财政收回上年结余资金" in f["message"] and f["severity"] == "info" for f in kept)
    late = desk.post(f"/d/{number}/findings/0/explain", {"fingerprint": mark[::-1], "reason": "财政收回上年结余资金"})
    assert late.status_code == 409


def test_a_version_comes_back(desk: Desk, number: int) -> None:
    desk.type(number, CELL, "5741.5", "6000")
    desk.idle()
    rows = desk.bench.database.all("SELECT * FROM workbook_version WHERE department=? ORDER BY id DESC", number)
    found = desk.bench.departments.get(number)
    assert found
    stale = desk.post(f"/d/{number}/versions/{rows[1]['id']}/restore", {"base": "x"})
    assert stale.status_code == 409
    desk.post(f"/d/{number}/versions/{rows[1]['id']}/restore", {"base": found.workbook})
    desk.idle()
    assert desk.get(f"/d/{number}/workbook.xlsx").content == real_workbook()
    assert desk.bench.departments.get(number).workbook == rows[1]["sha"]  # type: ignore[union-attr]


def test_review_goes_through_its_steps_and_falls_with_the_data(desk: Desk, number: int) -> None:
    assert desk.step(number, "approve").status_code == 409
    for action, state in (
        ("submit", "待复核"),
        ("return", "退回"),
        ("submit", "待复核"),
        ("review", "待复核"),
        ("approve", "已定稿"),
    ):
        if action == "review":
            blocked = desk.step(number, action)
            assert blocked.status_code == 409 and "1 条审核意见没有办结" in blocked.text
            desk.post(f"/d/{number}/remarks/{desk.bench.departments.remarks(number)[0]['id']}/done")
        answer = desk.step(number, action, "请核对" if action == "return" else "")
        assert answer.status_code == 200 and desk.state(number) == state, action
    refused = desk.type(number, CELL, "5741.5", "5741.50001")
    assert refused.status_code == 409 and "已经批准，不能修改" in refused.text and desk.state(number) == "已定稿"
    found = desk.bench.departments.get(number)
    assert found
    found.path.write_bytes(set_cells(real_workbook(), {CELL: "5741.50001"}))  # beside the workbench
    desk.get(f"/d/{number}/review")
    desk.idle()
    assert desk.state(number) == "未报"
    page = desk.get(f"/d/{number}/review").text
    assert "随之失效" in page and "文件夹里的改动" in page
    found = desk.bench.departments.get(number)
    assert found
    old = desk.post(f"/d/{number}/review/submit", {"fingerprint": "0" * 40})
    assert old.status_code == 409 and "变动" in old.text


def test_a_roster_puts_those_who_lack_first(desk: Desk) -> None:
    rows = [
        ["第一名单局", "主管某厅", "", "2025-08-31"],
        ["第二名单局", "", "没有的包", ""],
        ["第三名单局", "主管某厅", "liaoning", "8月31日"],
    ]
    data = write_lists(
        "名单", [Sheet("名单", ("部门名称", "上级单位", "模板包", "公开截止日期"), rows)], datetime.now()
    )
    answer = desk.post("/roster", {"year": "2021", "pack": "liaoning"}, files={"file": ("名单.xlsx", data)})
    assert "新增 1 个" in answer.text and "第二名单局" in answer.text and "-08-31 的样子" in answer.text
    assert "第一名单局" in desk.get("/?year=2021&state=未报").text
    desk.idle()


def test_a_long_roster_is_taken_whole_and_shown_by_pages(desk: Desk) -> None:
    """More than any page shows; text with a list of Excel's own; dates as people write them."""
    names = [f"滨海第{k}号局" for k in range(1, 621)]
    lines = [
        "序号,单位名称,批复日期,公开截止日期",
        *(f"{k},{n},2022年8月1日,{'2022/9/5' if k % 2 else ''}" for k, n in enumerate(names)),
        "x,,,",
        "9,滨海第1号局,,",
    ]
    answer = desk.post(
        "/roster",
        {"year": "2022", "pack": "liaoning"},
        files={"file": ("名单.csv", "\r\n".join(lines).encode("gb18030"))},
    )
    assert "名单共 620 个单位，新增 620 个" in answer.text
    seen: list[str] = []
    for page, address in enumerate(
        ("/?year=2022", "/?year=2022&page=2", "/?year=2022&page=3", "/?year=2022&page=4"), 1
    ):
        text = desk.get(address).text
        seen += re.findall(r"滨海第\d+号局", text)
        assert ("下一页" in text) == (page < 4) and ("上一页" in text) == (page > 1) and "<b>620</b>未报" in text
    assert sorted(seen) == sorted(names), "each once"
    assert len(desk.get("/board.csv?year=2022").text.splitlines()) == 621
    some = desk.get("/?year=2022&q=第61&page=9").text  # a page that is not there shows the last
    assert "共 11 个" in some and "滨海第61号局" in some and "下一页" not in some
    dates = {d.deadline for d in desk.bench.departments.visible(LOCAL, year=2022)}
    assert dates == {"2022-09-05", "2022-08-21"}
    again = desk.post(
        "/roster", {"year": "2022", "pack": "liaoning"}, files={"file": ("名单.csv", "\n".join(names).encode())}
    )
    assert "名单共 620 个单位，新增 0 个" in again.text
    assert desk.bench.database.log_is_whole()


def test_a_line_that_fails_leaves_nothing_of_itself(desk: Desk) -> None:
    rows = "部门名称,上级单位\n上圈局,下圈局\n下圈局,上圈局\n"
    answer = desk.post("/roster", {"year": "2019", "pack": "liaoning"}, files={"file": ("名单.csv", rows.encode())})
    assert "新增 1 个" in answer.text and "不能作它的上级" in answer.text
    assert [d.name for d in desk.bench.departments.visible(LOCAL, year=2019)] == ["上圈局"]
    seen: list[str] = []
    with pytest.raises(ValueError, match="all"), desk.bench.database.write() as change:
        with pytest.raises(ValueError, match="part"), desk.bench.database.write():
            change.execute("INSERT INTO unit (name) VALUES ('甲')")
            desk.bench.database.after(lambda: seen.append("甲"))
            raise ValueError("part")
        change.execute("INSERT INTO unit (name) VALUES ('乙')")
        assert [r["name"] for r in change.execute("SELECT name FROM unit WHERE name IN ('甲','乙')")] == ["乙"]
        raise ValueError("all")
    assert not desk.bench.database.value("SELECT COUNT(*) FROM unit WHERE name IN ('甲','乙')") and not seen


def test_exports_hold_no_formulas() -> None:
    words = '=HYPERLINK("http://x","点")'
    book = openpyxl.load_workbook(
        io.BytesIO(write_lists("表", [Sheet("表", ("名",), [[words], ["+1"]])], datetime.now()))
    )
    assert [c.data_type for row in book.active.iter_rows() for c in row] == ["s", "s", "s"]
    assert f"'{words[:6]}" in list_csv(("名",), [[words]]).decode("utf-8-sig").replace('""', '"')


def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        number = desk.department()
        desk.bench.jobs.stop()  # as if the power failed: nothing works on any more
        desk.type(number, CELL, "5741.5", "6000")
        name = "a.upload"
        desk.bench.database.connection.execute("UPDATE job SET state='running' WHERE state='queued'")
        (desk.bench.jobs.uploads / name).write_bytes(real_workbook("000"))
        token, cookies = desk.token(), dict(desk.client.cookies)
    with open_desk(tmp_path) as desk:
        assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "6000"
        assert desk.state(number) == "有错误"
        # a page that was open before still saves
        desk.client.cookies.clear()
        desk.client.cookies.update(cookies)
        remark = {"csrf": token, "place": "全文", "text": "页面还开着"}
        assert desk.client.post(f"/d/{number}/remarks", data=remark).status_code == 200
        assert desk.client.post(f"/d/{number}/remarks", data={**remark, "csrf": token[::-1]}).status_code == 403


def test_words_typed_for_a_cell_that_moved_are_kept_and_shown(desk: Desk, number: int) -> None:
    database = desk.bench.database
    with database.write() as change:
        change.execute(
            "INSERT INTO cell_edit (department, sheet, cell, was, text, who, at) VALUES (?,?,?,?,?,?,?)",
            (number, CELL.sheet, CELL.cell, "1", "2", "某人", "2025-01-01T00:00:00"),
        )
    desk.bench.jobs.apply(number, "某人")
    desk.idle()
    assert "填的是“2”" in desk.get(f"/d/{number}").text
    assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "5741.5"


def test_what_people_did_cannot_be_unwritten(desk: Desk, number: int) -> None:
    desk.post(f"/d/{number}/remarks", {"place": "公开01表!C6", "text": "请核对"})
    for sql in (
        "DELETE FROM audit", "UPDATE audit SET who='x'", "DELETE FROM remark", "UPDATE remark SET text='x'", "DELETE FROM cell_edit",
        "UPDATE cell_edit SET text='x'", "DELETE FROM workbook_version", "UPDATE workbook_version SET sha='x'",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            desk.bench.database.connection.execute(sql)
    assert desk.bench.database.log_is_whole()


# ------------------------------------------------------------------ who may come in


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("guarded"), accounts=True) as found:
        yield found


def test_nobody_comes_in_without_an_account(guarded: Desk) -> None:
    for page in ("/", "/d/1", "/d/1/workbook.xlsx", "/audit", "/board.csv"):
        answer = guarded.get(page, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/login"), page
    assert guarded.get("/api/v1/departments").status_code == 401
    assert guarded.get("/api/v1/departments", headers={"authorization": "Bearer x"}).status_code == 401


def test_roles_and_units_bound_what_one_sees_and_does(guarded: Desk) -> None:
    guarded.bench.accounts.add("root", "a long password 1", ("管理",))
    other = guarded.bench.departments.units.take("别的单位", LOCAL, sure=True)
    officer = login(guarded, "officer", ("填报",))
    stranger = login(guarded, "stranger", ("填报",), other)
    reviewer = login(guarded, "reviewer", ("审核",))
    number = guarded.department()
    assert stranger.get(f"/d/{number}").status_code == 404 and NAME not in stranger.get("/").text
    assert officer.get("/audit").status_code == 403 and officer.get("/accounts").status_code == 403
    assert reviewer.post(f"/d/{number}/upload", {"base": ""}, files={"file": ("填报表.xlsx", b"x")}).status_code == 403
    assert officer.step(number, "submit").status_code == 200
    assert officer.step(number, "review").status_code == 403
    assert reviewer.step(number, "review").status_code == 200
    assert reviewer.step(number, "approve").status_code == 403
    inside = login(
        guarded, "inside", ("审核",), guarded.bench.database.value("SELECT unit FROM department WHERE id=?", number)
    )
    for _ in range(210):
        guarded.bench.database.log("别人", "别处的事")
    log = inside.get("/audit").text
    assert "审核通过" in log and "别处的事" not in log and "别处的事" in reviewer.get("/audit").text
    token = guarded.bench.accounts.new_token(
        guarded.bench.database.value("SELECT id FROM account WHERE name='stranger'"), "推送", "root"
    )
    head = {"authorization": f"Bearer {token}"}
    assert guarded.get("/api/v1/departments", headers=head).json() == []
    assert guarded.get(f"/api/v1/departments/{number}", headers=head).status_code == 404


def test_an_account_is_locked_after_wrong_passwords(guarded: Desk) -> None:
    login(guarded, "forgetful", ("填报",))
    desk = Desk(type(guarded.client)(guarded.client.app))
    for _ in range(5):
        assert "不对" in desk.post("/login", {"name": "forgetful", "password": "x"}, page="/login").text
    answer = desk.post("/login", {"name": "forgetful", "password": PASSWORD}, page="/login")
    assert answer.status_code == 429 and "次数太多" in answer.text
    guarded.bench.database.connection.execute("UPDATE attempt SET since=since-400")  # five minutes later
    assert desk.post("/login", {"name": "forgetful", "password": PASSWORD}, page="/login").status_code == 200


def test_cookies_tokens_and_headers(guarded: Desk) -> None:
    desk = Desk(type(guarded.client)(guarded.client.app))
    first = desk.get("/login")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    policy = first.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and first.headers["x-frame-options"] == "DENY"
    assert desk.client.post("/login", data={"name": "a", "password": "b"}).status_code == 403  # no token
    token = desk.token("/login")
    login(guarded, "keeper", ("填报",))
    right = {"csrf": token, "name": "keeper", "password": PASSWORD}  # nothing else is wrong with it
    for head in ({"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        foreign = desk.client.post("/login", data=right, headers=head)
        assert foreign.status_code == 403 and "来自别的网站" in foreign.text
    own = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert desk.client.post("/login", data=right, headers=own, follow_redirects=False).status_code == 303
    desk.post("/logout")
    assert desk.get("/login", headers={"host": "evil.example"}).status_code == 400
    assert desk.get("/login?after=//evil.example").text.count("evil.example") == 0
    row = guarded.bench.database.one("SELECT password FROM account LIMIT 1")
    assert row and row["password"].startswith("scrypt$")


def test_scripts_in_typed_words_stay_words(desk: Desk, number: int) -> None:
    desk.post(f"/d/{number}/remarks", {"place": "<b>x</b>", "text": "<script>alert(1)</script>"})
    desk.type(number, CellRef("基本信息", "B8"), "本部门", "<img src=x onerror=alert(1)>")
    desk.idle()
    for page in ("", "/review", "/preview", "/fill?sheet=基本信息"):
        text = desk.get(f"/d/{number}{page}").text
        assert "<script>alert" not in text and "<img src=x" not in text


def block_form(desk: Desk, number: int, block: str) -> str:
    """The state that an edit starts from, as the form carries it."""
    page = desk.get(f"/d/{number}/blocks/{block}").text
    return page.split('name="base" value="')[1].split('"')[0]


def test_two_people_at_one_block_the_second_sees_both(desk: Desk, number: int) -> None:
    found = desk.bench.departments.get(number)
    assert found
    parts = desk.bench.snapshots.read(found.snapshot, "document")["parts"]
    block = next(b for p in parts for b in p["blocks"] if b["type"] == "paragraph" and "5,743.67" in b["text"])
    base = block_form(desk, number, block["id"])
    mine, theirs = block["text"] + "甲的话。", block["text"] + "乙的话。"
    assert desk.post(f"/d/{number}/blocks/{block['id']}", {"text": mine, "base": base}).status_code == 200
    clash = desk.post(f"/d/{number}/blocks/{block['id']}", {"text": theirs, "base": base})
    assert clash.status_code == 409 and "甲的话" in clash.text and "乙的话" in clash.text
    desk.idle()
    assert "甲的话" in desk.get(f"/d/{number}/preview").text
    # numbers stay the workbook's: changed by hand they are an error, the text keeps the right one
    wrong = desk.post(
        f"/d/{number}/blocks/{block['id']}",
        {"text": mine.replace("5,743.67", "5,743.76"), "base": block_form(desk, number, block["id"])},
    )
    assert "没有照改" in wrong.text
    desk.idle()
    assert desk.state(number) == "有错误"
    back = desk.post(f"/d/{number}/blocks/{block['id']}", {"do": "back", "base": block_form(desk, number, block["id"])})
    assert back.status_code == 200
    desk.idle()
    assert desk.state(number) == "未报" and "甲的话" not in desk.get(f"/d/{number}/preview").text


def test_a_draft_is_taken_with_what_drives_it(desk: Desk) -> None:
    desk.post("/departments", {"name": "起草某局", "year": "2024", "pack": "liaoning"})
    desk.idle()
    number = desk.department("起草某局")
    for cell, text in (("C36", "1200"), ("C6", "1200")):
        desk.type(number, CellRef("公开01表", cell), "", text)
    desk.type(number, CellRef("上年数与年初预算", "B7"), "", "1000")
    desk.idle()
    found = desk.bench.departments.get(number)
    assert found
    entries = [
        e for e in desk.bench.snapshots.main(found)["reasons"] if e["draft"] and e["draft"]["text"] and not e["text"]
    ]
    if not entries:
        pytest.skip("这些数起草不出说法")
    entry = entries[0]
    assert entry["draft"]["text"] in desk.get(f"/d/{number}/reasons").text
    answer = desk.post(f"/d/{number}/reasons/{entry['id']}/draft", {"do": "accept", "was": ""})
    assert answer.status_code == 200, answer.text.split("alert")[1][:200]
    desk.idle()
    again = desk.bench.departments.get(number)
    assert again
    now = next(e for e in desk.bench.snapshots.main(again)["reasons"] if e["id"] == entry["id"])
    assert now["draft"]["status"] in ("accepted", "written")


def test_sealed_files_agree_with_their_hashes_and_corrections_need_a_reason(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        number = desk.department()
        for action in ("submit", "review", "approve", "seal"):
            assert desk.step(number, action).status_code == 200
        desk.idle(120)
        found = desk.bench.departments.get(number)
        assert found and found.stage == "sealed", [
            dict(r) for r in desk.bench.database.all("SELECT * FROM job ORDER BY id DESC LIMIT 1")
        ]
        with zipfile.ZipFile(io.BytesIO(desk.get(f"/d/{number}/bundle.zip").content)) as package:
            sums = [line.split("  ") for line in package.read("SHA256SUMS").decode().splitlines()]
            assert {n for _, n in sums} == set(package.namelist()) - {"SHA256SUMS"}
            assert all(hashlib.sha256(package.read(n)).hexdigest() == s for s, n in sums)
            assert sum(n.endswith((".docx", ".pdf")) for n in package.namelist()) == 2
        held = desk.get(f"/api/v1/departments/{number}/documents").json()
        assert len(held) == 6 and {f["standing"] for f in held} == {"sealed"}, "and no record of the program among them"
        assert "第 1 版，" in desk.get(f"/d/{number}").text and "封存。" in desk.get(f"/d/{number}/versions").text
        assert desk.step(number, "publish", "2025-08-20").status_code == 200 and desk.state(number) == "已公开"
        cell = CellRef("上年数与年初预算", "B9")
        refused = desk.type(number, cell, "305.68", "300.68")
        assert refused.status_code == 409 and "开启更正" in refused.text and desk.state(number) == "已公开"
        assert desk.post(f"/d/{number}/correct", {"reason": "短"}).status_code == 409 and desk.state(number) == "已公开"
        assert "更正进行中" in desk.post(f"/d/{number}/correct", {"reason": "上年数录入有误"}).text
        assert desk.state(number) == "更正中"
        desk.type(number, cell, "305.68", "300.68")
        desk.idle()
        assert desk.state(number) == "更正中"
        assert "仍是封存时的内容" in desk.get(f"/d/{number}").text
        assert desk.get(f"/api/v1/departments/{number}/documents/docx").status_code == 200, (
            "what was made public stays so"
        )
        assert "正在对照" in desk.get(f"/d/{number}/compare?old=1").text
        desk.idle()
        page = desk.get(f"/d/{number}/compare?old=1").text
        assert "填报内容（1 处）" in page and "上年数与年初预算!B9" in page and "<del>" in page
        assert desk.get(f"/d/{number}/redline.docx?old=1").content.startswith(b"PK")
        desk.get(f"/d/{number}/compare?old=99")
        desk.idle()
        assert "没有第 99 版" in desk.get(f"/d/{number}/compare?old=99").text
        assert desk.get(f"/d/{number}/notice.docx?old=1").content.startswith(b"PK")
        for action in ("submit", "review", "approve", "seal"):
            assert desk.step(number, action).status_code == 200, action
        desk.idle(120)
        assert desk.state(number) == "已定稿" and desk.bench.departments.get(number).correcting == 0  # type: ignore[union-attr]


def test_every_file_says_of_which_state_it_is(tmp_path: Path) -> None:
    """What was built before the workbook changed is no 公开文本 any more, neither on a page nor for another system."""
    with open_desk(tmp_path) as desk:
        number = desk.department()
        api, page = f"/api/v1/departments/{number}/documents", f"/d/{number}"
        cell = CellRef("上年数与年初预算", "B9")

        def build() -> set[tuple[str, bool]]:
            desk.post(f"{page}/build")
            desk.idle()
            return {(f["standing"], f["draft"]) for f in desk.get(api).json()}

        assert build() == {("current", False)} and "还没有封存" in desk.get(page).text
        name = next(f["name"] for f in desk.get(api).json() if f["name"].endswith(".docx"))
        desk.type(number, cell, "305.68", "300.68")
        desk.idle()
        assert {f["standing"] for f in desk.get(api).json()} == {"old"}
        for address in (page, f"{page}/versions"):
            text = desk.get(address).text
            assert "旧的公开文本" in text and "请不要公开这些文件" in text and "<h3>公开文本</h3>" not in text
        refused = desk.get(f"{api}/docx")
        assert refused.status_code == 409 and "不是现在的内容" in refused.text
        for answer in (desk.get(f"{api}/docx?old=true"), desk.get(f"{page}/files/{name}")):
            assert quote("（旧稿）") in answer.headers["content-disposition"]
        assert build() == {("current", False)}
        desk.type(number, CELL, "5741.5", "6000")
        desk.idle()
        assert build() == {("old", False), ("draft", True)}
        text = desk.get(f"{api}/txt?draft=true")
        assert quote("（草稿）") in text.headers["content-disposition"] and text.text.startswith("（草稿，不得公开）")
        desk.type(number, CELL, "6000", "5741.5")
        desk.idle()
        assert build() == {("current", False)}, "old drafts are moved away"
        assert list((tmp_path / "output").rglob("旧稿/*/*.docx"))


def test_exported_tables_go_into_the_form_and_nothing_else_is_lost(desk: Desk, number: int) -> None:
    desk.post(f"/d/{number}/reasons/income", {"text": "只此一家的原因", "was": reason_text(desk, number), "do": "save"})
    desk.idle()
    book = openpyxl.load_workbook(io.BytesIO(real_workbook()), data_only=True)
    for name in book.sheetnames:
        if name not in ("公开01表", "公开02表"):
            del book[name]
    book["公开01表"]["C6"] = 5741.6
    out = io.BytesIO()
    book.save(out)
    desk.upload(number, out.getvalue(), "系统导出.xlsx")
    data = desk.get(f"/d/{number}/workbook.xlsx").content
    assert text_at(data, CELL) == "57416000"  # in 元 now
    assert reason_text(desk, number) == "只此一家的原因"
    assert text_at(data, CellRef("公开03表", "C6")) == "55169000"  # a table that was not among them


def reason_text(desk: Desk, number: int) -> str:
    found = desk.bench.departments.get(number)
    assert found
    return str(next(e["text"] for e in desk.bench.snapshots.main(found)["reasons"] if e["id"] == "income"))
