"""Who may ask for what: the table of rules is walked, every address by every kind of person; and the ways round it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from generator.web.app import ROUTERS, create_app
from generator.web.rules import RULES, Rule
from generator.web.state.accounts import LOCAL, ROLES
from generator.web.state.steps import STEPS_OF
from tests.web.desk import NAME, PASSWORD, Desk, login, open_desk, real_workbook, settings

OTHER = "外区某局"
FILLS = {
    "number": "{number}", "version": "1", "index": "0", "reason": "income", "block": "income.total", "action": "withdraw",
    "remark": "999", "name": "没有.docx", "form": "docx", "account": "999", "token": "999", "put_away": "999", "upload": "999", "page": "1", "problem": "0", "job": "{job}",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One real department in a unit of its own below a bureau, and everybody who might ask for it."""
    with open_desk(tmp_path_factory.mktemp("rules"), accounts=True) as found:
        units = found.bench.departments.units
        keeper = replace(LOCAL, unit=None)
        bureau, elsewhere = (units.take(n, keeper, sure=True) for n in ("甲区财政局", "乙区财政局"))
        units.move(NAME, "甲区财政局", keeper)
        for role in ROLES:
            for where, unit in (("甲区", bureau), ("乙区", elsewhere), ("全部", None)):
                login(found, f"{role}{where}", (role,), unit)
        yield found


def browsers(desk: Desk) -> dict[str, Desk]:
    return {r["name"]: login(desk, r["name"], ()) for r in desk.bench.database.all("SELECT name FROM account")}


def expected(rule: Rule, role: str, where: str) -> int:
    """What a person of this role gets: 200 stands for whatever the page itself answers."""
    if rule.reach == "open":
        return 200
    if rule.reach == "department" and where == "乙区":
        return 404
    if role not in rule.roles:
        return 403
    if rule.unbound and where != "全部":
        return 403
    return 200


def test_every_address_by_every_person(desk: Desk) -> None:
    """The whole table: each route, each role, inside the unit, outside it and bound to none; pages and API."""
    number = desk.department()
    job = desk.bench.database.value("SELECT MIN(id) FROM job WHERE department=?", number)
    people = browsers(desk)
    accounts = {r["name"]: r["id"] for r in desk.bench.database.all("SELECT id, name FROM account")}
    forms = {name: {"csrf": browser.token()} for name, browser in people.items()}
    tokens = {name: desk.bench.accounts.new_token(a, "测试", "x") for name, a in accounts.items()}
    steps = {f"POST /d/{{number}}/review/{a}": Rule(roles=roles) for a, (roles, *_) in STEPS_OF.items()}
    asked = {k: r for k, r in {**RULES, **steps}.items() if not k.endswith(("/logout", "/login", "/review/{action}"))}
    walked = 0
    for key, rule in asked.items():
        method, _, path = key.partition(" ")
        address = path.format(**FILLS).format(number=number, job=job)
        for name, browser in people.items():
            role, where = name[:2], name[2:]
            if path.startswith("/api/v1/"):
                head = {"authorization": f"Bearer {tokens[name]}"}
                answer = desk.client.request(method, address, headers=head, content=b"{}", follow_redirects=False)
            elif method == "GET":
                answer = browser.get(address, follow_redirects=False)
            else:
                answer = browser.client.post(address, data=forms[name], follow_redirects=False)
            want = expected(rule, role, where)
            said = (key, name, answer.status_code, answer.text[:300])
            if want == 200:
                assert answer.status_code not in (401, 403), said
                assert "不在您的范围内" not in answer.text, said
                assert not answer.headers.get("location", "").startswith("/login"), said
            else:
                assert answer.status_code == want, said
                assert want != 404 or "不在您的范围内" in answer.text, said
            walked += 1
        # nobody at all
        stranger = Desk(type(desk.client)(desk.client.app))
        answer = stranger.client.request(method, address, follow_redirects=False)
        if path.startswith("/api/v1/"):
            assert answer.status_code == 401, key
        elif rule.reach != "open":
            assert answer.status_code == 303 and answer.headers["location"].startswith("/login"), key
    assert walked == len(asked) * 12 > 800


def test_a_new_address_without_a_rule_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {f"{m} {r.path}" for router in ROUTERS for r in router.routes if isinstance(r, APIRoute) for m in r.methods}
    assert known == set(RULES), "no address without a rule, no rule without an address"
    without = {k: v for k, v in RULES.items() if k != "GET /d/{number}/preview"}
    monkeypatch.setattr("generator.web.rules.RULES", without)
    with pytest.raises(KeyError):
        create_app(settings(tmp_path))


# ------------------------------------------------------------------ ways round


def test_a_roster_brings_nobody_elses_unit_within_reach(desk: Desk) -> None:
    """A reviewer of one district names a foreign department below his own unit; a keeper of one district likewise."""
    number = desk.department()
    reviewer, keeper = login(desk, "审核乙区", ()), login(desk, "管理乙区", ())
    roster = f"部门名称,上级单位\n{NAME},乙区财政局\n{OTHER},甲区财政局\n乙区新局,乙区财政局\n"
    answer = reviewer.post(
        "/roster", {"year": "2023", "pack": "liaoning"}, files={"file": ("名单.csv", roster.encode())}
    )
    assert "新增 1 个" in answer.text and answer.text.count("不在您的范围内") == 2
    assert reviewer.get(f"/d/{number}").status_code == 404
    assert desk.bench.departments.units.find(OTHER) is None
    assert keeper.post("/units", {"name": NAME, "parent": "乙区财政局"}).status_code == 403
    made = keeper.post("/departments", {"name": NAME, "year": "2022", "pack": "liaoning"})
    assert made.status_code == 403 and "不在您的范围内" in made.text


def test_a_keeper_of_a_unit_is_bound_to_it(desk: Desk) -> None:
    keeper = login(desk, "管理乙区", ())
    accounts = {r["name"]: r["id"] for r in desk.bench.database.all("SELECT id, name FROM account")}
    page = keeper.get("/accounts").text
    assert "审核乙区" in page and "审核甲区" not in page and "管理全部" not in page and "甲区财政局" not in page
    strong = "another horse 77"
    assert keeper.post(f"/accounts/{accounts['管理全部']}/password", {"password": strong}, page="/").status_code == 404
    assert keeper.post(f"/accounts/{accounts['填报甲区']}/token", {}, page="/").status_code == 404
    new = {"name": "新人", "password": strong, "role": "填报"}
    assert keeper.post("/accounts", new).status_code == 409, "an account that sees everything"
    assert keeper.post("/accounts", {**new, "unit": "甲区财政局"}).status_code == 403
    asked = keeper.post("/accounts", {**new, "unit": "乙区财正局"})
    assert asked.status_code == 409 and "乙区财政局" in asked.text and "甲区财政局" not in asked.text
    assert keeper.post("/accounts", {**new, "unit": "乙区财政局"}).status_code == 200
    mine = {"role": ["管理"], "unit": ""}
    assert keeper.post(f"/accounts/{accounts['管理乙区']}/change", mine).status_code == 409, "nor does he free himself"
    row = desk.bench.accounts.find("管理乙区")
    assert row["unit"] is not None


def test_a_pack_is_a_name_and_never_a_path(desk: Desk, tmp_path: Path) -> None:
    officer = login(desk, "填报全部", ())
    trap = tmp_path / "陷阱"
    trap.mkdir()
    (trap / "pack.toml").write_text('id = "x"\n', encoding="utf-8")
    for pack in (
        str(trap),
        f"../../{trap}",
        "liaoning/../liaoning",
        "./liaoning",
        "liaoning/narrative",
        "",
        "national",
    ):
        answer = officer.post("/departments", {"name": "名为路径局", "year": "2024", "pack": pack})
        assert answer.status_code == 409 and "模板包" in answer.text, pack
    token = desk.bench.accounts.new_token(desk.bench.accounts.find("填报全部")["id"], "x", "x")
    head = {"authorization": f"Bearer {token}"}
    body = {"name": "名为路径局", "year": 2024, "pack": "liaoning/../liaoning"}
    assert desk.client.post("/api/v1/departments", json=body, headers=head).status_code == 409


def test_names_that_look_alike_have_folders_of_their_own(desk: Desk) -> None:
    officer = login(desk, "填报全部", ())
    names = ["同形某局", "同形某局.", "同形某局*", "同形某局?", "某" * 78 + "甲", "某" * 78 + "乙", "ABC局", "abc局"]
    for name in names:
        assert officer.post("/departments", {"name": name, "year": "2024", "pack": "liaoning"}).status_code == 200, name
    desk.idle()
    found = [desk.bench.departments.get(desk.department(n)) for n in names]
    assert all(found) and len({d.place.casefold() for d in found if d}) == len(names)
    assert all(d.path.is_file() for d in found if d), "and every name can be a folder"
    victim = desk.bench.departments.get(desk.department())
    output = desk.bench.settings.output
    assert victim
    login(desk, "审核全部", ()).post(f"/d/{victim.id}/build")
    desk.idle()
    before = {p: p.stat().st_mtime_ns for p in (output / victim.place).rglob("*") if p.is_file()}
    assert before
    # a workbook that says it is somebody else's is built in the folder of its own department
    stranger = found[0]
    assert stranger
    stranger.path.write_bytes(real_workbook())
    officer.post(f"/d/{stranger.id}/build")
    desk.idle()
    assert list((output / stranger.place).rglob("*.docx"))
    assert before == {p: p.stat().st_mtime_ns for p in (output / victim.place).rglob("*") if p.is_file()}


# ------------------------------------------------------------------ coming in


def test_sixty_guesses_at_once_are_five(desk: Desk) -> None:
    login(desk, "被猜的人", ("填报",))

    def guess(k: int) -> int:
        browser = Desk(type(desk.client)(desk.client.app))
        token = browser.token("/login")
        form = {"csrf": token, "name": "被猜的人", "password": f"wrong horse {k}"}
        return int(browser.client.post("/login", data=form).status_code)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(60)))
    assert answers.count(403) == 5 and answers.count(429) == 55


def test_whoever_has_been_in_is_not_locked_out_by_others(desk: Desk) -> None:
    own = login(desk, "常来的人", ("填报",))
    other = Desk(type(desk.client)(desk.client.app))
    for _ in range(6):
        answer = other.post("/login", {"name": "常来的人", "password": "wrong horse 1"}, page="/login")
    assert answer.status_code == 429
    own.post("/logout")
    assert own.post("/login", {"name": "常来的人", "password": PASSWORD}, page="/login").status_code == 200
    minutes = desk.bench.database.one("SELECT MAX(since) AS since FROM attempt")
    assert minutes and "5分钟" in answer.text, "and others wait for minutes, not hours"


def test_what_ends_a_session_and_a_token(desk: Desk) -> None:
    """Reset, disabling and a lost role end both; enabling again does not bring them back; a token is revoked by hand."""
    keeper = login(desk, "管理全部", ())
    for k, end in enumerate(("password", "disable", "change", "hand")):
        name = f"将出去的人{k}"
        own = login(desk, name, ("填报", "审核"))
        account = desk.bench.accounts.find(name)["id"]
        page = keeper.post(f"/accounts/{account}/token", {"label": "推送系统"}, page="/").text
        token = page.split("<code>")[1].split("</code>")[0]
        head = {"authorization": f"Bearer {token}"}
        assert desk.client.get("/api/v1/departments", headers=head).status_code == 200
        assert "推送系统" in keeper.get("/accounts").text and token not in keeper.get("/accounts").text
        if end == "hand":
            row = next(t for t in desk.bench.accounts.tokens() if t["name"] == name)
            keeper.post(f"/tokens/{row['number']}/end")
            assert own.get("/", follow_redirects=False).status_code == 200
        else:
            form = {"password": "another horse 77", "role": "填报", "unit": ""}
            assert keeper.post(f"/accounts/{account}/{end}", form).status_code == 200
            assert own.get("/", follow_redirects=False).status_code == 303, end
            if end == "disable":
                assert keeper.post(f"/accounts/{account}/enable", {}).status_code == 200
                assert own.get("/", follow_redirects=False).status_code == 303
        assert desk.client.get("/api/v1/departments", headers=head).status_code == 401, end


def test_disabled_means_out_whatever_is_left_of_session_and_token(desk: Desk) -> None:
    """As after a change by hand, where nothing has ended what the account had."""
    own = login(desk, "停用的人", ("填报",))
    account = desk.bench.accounts.find("停用的人")["id"]
    head = {"authorization": f"Bearer {desk.bench.accounts.new_token(account, 'x', 'x')}"}
    assert own.get("/", follow_redirects=False).status_code == 200
    assert desk.client.get("/api/v1/departments", headers=head).status_code == 200
    desk.bench.database.connection.execute("UPDATE account SET disabled=1 WHERE id=?", (account,))
    assert own.get("/", follow_redirects=False).status_code == 303
    assert desk.client.get("/api/v1/departments", headers=head).status_code == 401
    again = Desk(type(desk.client)(desk.client.app))
    assert again.post("/login", {"name": "停用的人", "password": PASSWORD}, page="/login").status_code == 403


def test_nobody_reviews_or_approves_what_is_his_own(desk: Desk) -> None:
    """One who has every role hands in and neither reviews nor approves; a second reviews and does not approve."""
    number = desk.department()
    first, second, third = (login(desk, f"样样都行{k}", ("填报", "审核", "批准")) for k in "一二三")
    desk.bench.database.connection.execute("UPDATE department SET stage='', submitted='' WHERE id=?", (number,))
    assert first.step(number, "submit").status_code == 200
    assert (own := first.step(number, "review")).status_code == 403 and "您自己提交的" in own.text
    second.post(f"/d/{number}/remarks", {"place": "全文", "text": "请核对"})
    remark = desk.bench.departments.remarks(number)[0]["id"]
    assert third.post(f"/d/{number}/remarks/{remark}/done").status_code == 403, "closed by who made it"
    assert (left := third.step(number, "review")).status_code == 409 and "没有办结" in left.text
    for row in desk.bench.departments.remarks(number):
        desk.bench.database.connection.execute("UPDATE remark SET done_by='x', done_at='x' WHERE id=?", (row["id"],))
    assert second.step(number, "review").status_code == 200
    for person in (first, second):
        assert person.step(number, "approve").status_code == 403
    # a seal that somebody queues for what nobody has approved
    desk.bench.jobs.add("seal", number, "某人")
    desk.idle()
    row = desk.bench.database.one("SELECT * FROM job WHERE kind='seal' ORDER BY id DESC")
    assert row and row["state"] == "failed" and "还没有批准，不能封存" in row["result"]
    assert third.step(number, "approve").status_code == 200
    desk.bench.database.connection.execute("UPDATE department SET stage='', submitted='' WHERE id=?", (number,))


def test_ones_own_password(desk: Desk) -> None:
    own, elsewhere = login(desk, "改密码的人", ("填报",)), login(desk, "改密码的人", ())
    new = "another horse 77"
    wrong = own.post("/password", {"old": "x", "new": new, "again": new})
    assert wrong.status_code == 409 and "原来的密码不对" in wrong.text
    assert own.post("/password", {"old": PASSWORD, "new": new, "again": "y"}).status_code == 409
    assert own.post("/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 200
    assert own.get("/", follow_redirects=False).status_code == 200, "this browser stays in"
    assert elsewhere.get("/", follow_redirects=False).status_code == 303, "others are out"
    assert own.post("/login", {"name": "改密码的人", "password": PASSWORD}, page="/password").status_code == 403


def test_a_session_lasts_while_somebody_works_and_ends_when_nobody_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = login(desk, "工作的人", ("填报",))
    number, database = desk.department(), desk.bench.database

    def left(seconds: float) -> float:
        database.connection.execute(
            "UPDATE session SET expires=strftime('%s','now')+? WHERE account=(SELECT id FROM account WHERE name='工作的人')",
            (seconds,),
        )
        row = database.one("SELECT * FROM session WHERE account=(SELECT id FROM account WHERE name='工作的人')")
        assert row
        return float(row["expires"])

    before = left(600)
    own.get(f"/d/{number}/progress")  # the page asks by itself: that is nobody's work
    row = database.one("SELECT expires FROM session WHERE account=(SELECT id FROM account WHERE name='工作的人')")
    assert row and row["expires"] == before
    answer = own.get(f"/d/{number}")
    row = database.one("SELECT expires FROM session WHERE account=(SELECT id FROM account WHERE name='工作的人')")
    assert row and row["expires"] > before + 3600 and "set-cookie" in answer.headers
    left(-1)
    assert own.get("/", follow_redirects=False).status_code == 303, "what has expired is over"
    again = login(desk, "工作的人", ())
    database.connection.execute("UPDATE session SET started=started-8*86400, expires=strftime('%s','now')+60")
    assert again.get("/").status_code == 200
    row = database.one("SELECT MAX(expires) AS most FROM session")
    import time

    assert row and row["most"] < time.time() + 120, "and a week is the most"


# ------------------------------------------------------------------ words


def test_words_from_elsewhere_are_not_said_by_the_workbench(desk: Desk) -> None:
    officer = login(desk, "填报全部", ())
    assert "请把密码发到" not in officer.get("/?notice=请把密码发到").text
    assert "请把密码发到" not in officer.get("/?notice=请把密码发到&said=0123456789abcdef").text
    said = officer.post("/departments", {"name": "说话的局", "year": "2024", "pack": "liaoning"})
    assert "部门已建好" in said.text


def test_odd_numbers_in_addresses_and_forms(desk: Desk) -> None:
    """What ``isdigit`` calls digits and ``int`` does not, numbers beyond every bound, names of 80 characters."""
    officer, keeper = login(desk, "填报全部", ()), login(desk, "管理全部", ())
    for address in ("/?page=²", "/?page=9999999999999999", "/?year=20²³", "/d/²", "/d/99999999999999999999", "/d/0"):
        assert officer.get(address).status_code in (200, 404), address
    assert keeper.get("/audit?before=²").status_code == 200
    for year in ("²⁰²⁴", "20²4", "", "2100", "1999", "99999999999999999"):
        answer = officer.post("/departments", {"name": "年度局", "year": year, "pack": "liaoning"})
        assert answer.status_code == 409 and "年度" in answer.text, year
    odd = {"name": "a/b?c#d%", "password": PASSWORD, "role": "填报"}
    assert keeper.post("/accounts", odd).status_code == 200
    number = desk.bench.accounts.find("a/b?c#d%")["id"]
    assert keeper.post(f"/accounts/{number}/disable", {}).status_code == 200
    assert desk.bench.accounts.find("a/b?c#d%")["disabled"] == 1


def test_the_log_tells_who_looked_and_holds_no_typed_text(desk: Desk) -> None:
    number = desk.department()
    reader, officer = login(desk, "审核甲区", ()), login(desk, "填报甲区", ())
    for page in ("", "/findings", "/findings", "/workbook.xlsx"):
        reader.get(f"/d/{number}{page}")
    lines = [(r["action"], r["detail"]) for r in desk.bench.database.all("SELECT * FROM audit WHERE who='审核甲区'")]
    assert lines.count(("查看", "问题")) == 1 and ("查看", "概况") in lines and ("下载", "填报表") in lines
    words = "只此一家的机密话"
    reader.post(f"/d/{number}/remarks", {"place": "全文", "text": words})
    page = officer.get(f"/d/{number}/findings/0").text
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    officer.post(f"/d/{number}/findings/0/explain", {"fingerprint": mark, "reason": words})
    officer.post(f"/d/{number}/upload", {"base": ""}, files={"file": (f"{words}.xlsx", b"no")})
    desk.idle()
    whole = " ".join(r["detail"] for r in desk.bench.database.all("SELECT detail FROM audit"))
    assert words not in whole and "写审核意见" in officer.get(f"/d/{number}/review").text
