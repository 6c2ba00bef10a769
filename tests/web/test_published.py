"""Published files at the workbench: handed in, audited, each finding taken or set aside with a reason, sent."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document as Word

from generator.model import Paragraph
from generator.writers import write_docx, write_pdf
from tests.conftest import examined_of
from tests.web.desk import NAME, Desk, login, open_desk
from tools.proof import published_faults as plant


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("published"), accounts=True) as found:
        yield found


def spoiled(form: str) -> bytes:
    """The published text of the department with one amount and one word wrong."""
    document = examined_of("001").document
    assert document is not None
    block = next(b for b in document.blocks() if isinstance(b, Paragraph) and "政府采购支出总额" in b.text)
    text = re.sub(r"支出总额([\d,.]+)万元", "支出总额9.99万元", block.text, count=1)
    wrong = plant.with_block(
        document, block.id, lambda b: plant.said(b, text.rstrip("。") + "<script>alert(1)</script>")
    )
    return write_pdf(wrong) if form == "pdf" else write_docx(replace(wrong))


def test_a_file_is_audited_beside_its_page_and_its_findings_are_taken_or_set_aside(desk: Desk) -> None:
    number = desk.department()
    officer, reviewer = login(desk, "填报员", ("填报",)), login(desk, "审核员", ("审核",))
    files = {"file": (f"{NAME}2024年度部门决算.pdf", spoiled("pdf"))}
    assert reviewer.post("/published", files=files).status_code == 200
    strange = reviewer.post("/published", files={"file": ("别的.pdf", b"%PDF-1.7 x")})
    assert strange.status_code == 409 and "没有认出是哪个部门的" in strange.text
    again = reviewer.post("/published", files=files)
    assert "已经审核过了" in again.text
    desk.idle()
    listed = reviewer.get("/published").text
    here = re.search(rf'/d/{number}/published/(\d+)"', listed)
    assert here and "不符" in listed
    place = f"/d/{number}/published/{here[1]}"
    page = reviewer.get(place).text
    assert "<script>alert" not in page and "9.99" in page
    picture = re.search(rf'src="({place}/pages/\d+)"', page)
    assert picture and reviewer.get(picture[1]).content.startswith(b"\x89PNG")
    assert "采纳" not in officer.get(place).text.replace("不采纳", "") or "choice" not in officer.get(place).text
    found = re.findall(r'<li id="p(\d+)".*?<span class="tag (error|warning)"', page)
    assert found
    waiting = [n for n, level in found if level == "warning"]
    if waiting:
        assert "没有看" in reviewer.post(f"{place}/send", page=place).text
    first = found[0][0]
    refused = reviewer.post(f"{place}/problems/{first}", {"choice": "drop", "reason": ""}, page=place)
    assert refused.status_code == 409 and "写明理由" in refused.text
    assert officer.post(f"{place}/problems/{first}", {"choice": "take"}, page=place).status_code == 403
    reviewer.post(f"{place}/problems/{first}", {"choice": "drop", "reason": "口径不同=1+1"}, page=place)
    for n in waiting:
        if n != first:
            reviewer.post(f"{place}/problems/{n}", {"choice": "take"}, page=place)
    assert "口径不同" in reviewer.get(place).text
    message = desk.bench.published.looked(desk.bench.published.get(number, int(here[1])))[0].problem.message
    opinion = Word(io.BytesIO(reviewer.get(f"{place}/opinion.docx").content))
    cells = [c.text for t in opinion.tables for r in t.rows for c in r.cells]
    assert message not in cells, "what was set aside is not sent"
    assert len(opinion.tables) == 0 or len(cells) > 4
    assert reviewer.post(f"{place}/send", page=place).status_code == 200
    assert "公开文件" in officer.get(f"/d/{number}/review").text and "意见已发" in officer.get(place).text
    papers = re.findall(rf'href="({place}/papers/[^"]+)"', officer.get(place).text)
    assert len(papers) >= 4 and all(officer.get(p).status_code == 200 for p in papers)
    assert officer.get(f"{place}/papers/..%2F..%2Ffile").status_code == 404


def test_a_damaged_file_ends_in_words_and_a_word_file_has_no_pages(desk: Desk) -> None:
    number = desk.department()
    reviewer = login(desk, "审核员", ("审核",))
    reviewer.post(f"/d/{number}/published", files={"file": ("坏.pdf", b"%PDF-1.7 nothing")})
    reviewer.post(f"/d/{number}/published", files={"file": ("文本.docx", spoiled("docx"))})
    desk.idle()
    text = reviewer.get(f"/d/{number}/published").text
    rows = desk.bench.published.listed(number)
    assert rows[0]["state"] == "done" and "坏.pdf" in text
    page = reviewer.get(f"/d/{number}/published/{rows[0]['id']}").text
    assert "这种文件没有页" in page and "批注.docx" in page
    broken = reviewer.get(f"/d/{number}/published/{rows[1]['id']}").text
    assert "Traceback" not in broken and "PDF" in broken


def test_whose_file_it_is_by_its_name(desk: Desk, tmp_path: Path) -> None:
    from generator.web.state.published import owner_of

    [d] = list(desk.bench.departments.visible(login_user(desk)))
    older, longer = replace(d, id=7, year=2023), replace(d, id=8, name=f"{NAME}信息中心")
    assert owner_of(f"{NAME}2023年度部门决算.pdf", [d, older, longer]) == older
    assert owner_of(f"a/{NAME}决算公开.pdf", [older, d, longer]) == d
    assert owner_of(f"{NAME}信息中心决算.pdf", [d, longer]) == longer
    assert owner_of("决算.pdf", [d, longer]) is None


def login_user(desk: Desk) -> object:
    from generator.web.state.accounts import LOCAL

    return replace(LOCAL, unit=None)


def test_a_system_hands_in_a_published_file_and_fetches_what_was_found(desk: Desk) -> None:
    number = desk.department()
    login(desk, "推送", ("填报",))
    row = desk.bench.accounts.find("推送")
    head = {"authorization": f"Bearer {desk.bench.accounts.new_token(row['id'], '测试', 'x')}"}
    home = f"/api/v1/departments/{number}/published"
    made = desk.client.post(f"{home}?filename=a/b.docx", content=spoiled("docx"), headers=head)
    if made.status_code == 409:  # the same file was handed in by another test
        place = f"{home}/{desk.bench.published.listed(number)[0]['id']}"
    else:
        assert made.status_code == 201 and made.headers["retry-after"] and made.json()["name"] == "a_b.docx"
        place = made.headers["location"]
        assert place == f"{home}/{made.json()['id']}"
    desk.idle()
    found = desk.client.get(place, headers=head).json()
    assert found["state"] == "done" and {f["severity"] for f in found["findings"]} >= {"error"}
    assert len(found["rows"]) > 10 and len(desk.client.get(home, headers=head).json()) >= 1
    assert desk.client.get(f"{home}/999999", headers=head).status_code == 404
    assert desk.client.post(home, content=b"", headers=head).status_code == 400


def test_reminders_as_words_and_as_a_calendar(desk: Desk) -> None:
    from generator.web.pages.reminders import calendar

    number = desk.department()
    with desk.bench.database.write() as change:
        change.execute("UPDATE department SET deadline='2020-08-21' WHERE id=?", (number,))
    reviewer = login(desk, "审核员", ("审核",))
    page = reviewer.get("/reminders").text
    assert f"{NAME}：2024年度部门决算应当在 2020-08-21 以前公开，已过" in page and "逾期 1 个" in page
    got = reviewer.get("/reminders.ics")
    text = got.content.decode()
    assert "text/calendar" in got.headers["content-type"] and "DTSTART;VALUE=DATE:20200821" in text
    assert all(len(one.encode()) <= 75 for one in text.split("\r\n"))
    assert text.count("BEGIN:VEVENT") == 1 and NAME in text.replace("\r\n ", "")
    d = desk.bench.departments.get(number)
    assert d is not None
    odd = calendar([replace(d, name="甲;乙,丙\nBEGIN:VEVENT")], date(2025, 1, 1)).decode().replace("\r\n ", "")
    assert odd.count("\r\nBEGIN:VEVENT\r\n") == 1 and "甲\\;乙\\,丙" in odd
