"""What pages show beside forms: the way to the document, pictures with their tables, sentences of a cell, the log in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.model.figures import CellRef
from generator.web.pages import charts
from generator.workbook import read_grids
from tests.web.desk import NAME, Desk, open_desk, real_workbook


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("desk")) as found:
        yield found


def test_pictures_have_their_figures_and_nothing_blank(desk: Desk) -> None:
    text = desk.get(f"/d/{desk.department()}/pictures").text
    section = text.split('aria-label="支出构成"')[1].split("</section>")[0]
    svg = ElementTree.fromstring(re.search(r"<svg.*?</svg>", section)[0])  # type: ignore[index]
    words = [node.text for node in svg.iter("text")]
    assert words == ["项目支出", "2,831.03（51.3%）", "基本支出", "2,685.87（48.7%）"], (
        "blank parts are not drawn as nought"
    )
    assert re.findall(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td>', section) == [
        ("项目支出", "2,831.03"),
        ("基本支出", "2,685.87"),
    ]
    assert "省民心网信息化建设项目" in text.split('aria-label="变动最大的几项"')[1]
    assert "style=" not in section, "the policy forbids styles in attributes"


def test_bars_are_as_long_as_their_amounts() -> None:
    svg = ElementTree.fromstring(charts.parts([("甲<&", Decimal(30)), ("乙", Decimal(-10))], Decimal(20)))
    wide = [float(bar.get("width", "")) for bar in svg.iter("rect")]
    assert wide[0] == pytest.approx(3 * wide[1], abs=0.2)
    assert next(svg.iter("text")).text == "甲<&"
    down, up = [
        float(bar.get("x", ""))
        for bar in ElementTree.fromstring(charts.changes([("减", Decimal(-5)), ("增", Decimal(5))])).iter("rect")
    ]
    assert down < up


def test_the_sentences_of_a_cell(desk: Desk) -> None:
    number = desk.department()
    text = desk.get(f"/d/{number}/fill/sentences?cell=公开01表!F36").text
    assert "<mark>" not in text, "a cell that no sentence speaks of"
    text = desk.get(f"/d/{number}/fill/sentences?cell=公开01表!C36").text
    assert "<mark>5,743.67</mark>" in text and "总计" in text


def test_typed_cells_are_told_of_in_words(desk: Desk) -> None:
    number = desk.department()
    desk.type(number, CellRef("公开01表", "C7"), "", "1")
    desk.idle()
    answer = desk.get(f"/d/{number}/fill/said?sheet={desk.sheet(number, '公开01表')}&wait=1")
    assert 'data-checking="no"' in answer.text and "C7" in answer.text
    page = desk.get(f"/d/{number}").text
    assert "填写公开01表 1 格" in page
    assert 'aria-current="step"' in page
    steps = re.findall(r"<b>(\d \S+)</b><span>(.*?)</span>", page)
    assert [s for s, _ in steps] == ["1 领表", "2 带入", "3 填写", "4 看问题", "5 写原因", "6 预览", "7 生成"]
    assert "条错误" in dict(steps)["4 看问题"]
    desk.type(number, CellRef("公开01表", "C7"), "1", "")
    desk.idle()


def test_what_is_not_there_says_so_and_pages_travel_small(desk: Desk) -> None:
    for address in ("/d/999999", "/nothing", f"/d/{desk.department()}/nothing"):
        answer = desk.get(address)
        assert answer.status_code == 404 and "404" in answer.text.split("<title>")[1].split("</title>")[0]
    answer = desk.get(f"/d/{desk.department()}/fill", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_titles_tell_the_page(desk: Desk) -> None:
    base = f"/d/{desk.department()}"
    titles = [
        desk.get(base + page).text.split("<title>")[1].split(" · ")[0]
        for page in ("", "/fill", "/findings", "/reasons", "/preview", "/pictures", "/versions", "/review", "/manage")
    ]
    assert len(set(titles)) == len(titles) and all(titles)


def test_a_blank_form_is_not_a_list_of_errors(tmp_path: Path) -> None:
    with open_desk(tmp_path, departments=()) as desk:
        desk.post("/departments", {"name": NAME, "year": "2024", "pack": "liaoning", "deadline": ""})
        desk.idle()
        number = desk.department()
        page = desk.get(f"/d/{number}/fill").text
        states = re.findall(r"<span>([^<]+)</span> <span class=\"(\w+)\"", page.split('class="sheetlist"')[1])
        assert ("公开01表", "soft") in states and all(how != "count" for _, how in states)
        assert "还没有填写" in desk.get(f"/d/{number}/findings").text
        assert 'class="findings' not in desk.get(f"/d/{number}/findings").text


def test_the_first_start_asks_three_things_and_brings_last_year(tmp_path: Path) -> None:
    with open_desk(tmp_path, departments=()) as desk:
        first = desk.get("/").text
        assert re.findall(r"<legend>(.*?)</legend>", first) == ["1 给谁做", "2 用哪个地区的模板", "3 有上年的文件吗"]
        answer = desk.post("/departments", {"many": "yes", "name": "", "year": "2025", "pack": "liaoning"})
        assert "应公开单位名单" in answer.text
        desk.post(
            "/departments",
            {"many": "", "name": NAME, "year": "2025", "pack": "liaoning", "deadline": ""},
            files=[("prior", ("上年填报表.xlsx", real_workbook()))],
        )
        desk.idle()
        number = desk.department()
        page = desk.get(f"/d/{number}").text
        assert re.search(r'<li class="done"[^>]*><a [^>]*><b>2 带入', page)
        assert "从上年填报表.xlsx带入" in page
        found = desk.bench.departments.get(number)
        assert found
        grids = {g.name: g for g in read_grids(found.path.read_bytes())}
        values = {c.text for row in grids["上年数与年初预算"].rows for c in row}
        assert "57436700" in values or "5743.67" in values, "总计 of last year"
        # what is typed stays when the files are brought again
        cell = next(c.cell for row in grids["上年数与年初预算"].rows for c in row if c.text in ("57436700", "5743.67"))
        was = next(c.text for row in grids["上年数与年初预算"].rows for c in row if c.cell == cell)
        desk.type(number, CellRef("上年数与年初预算", cell), was, "1")
        desk.idle()
        desk.post(f"/d/{number}/prior", files=[("prior", ("上年填报表.xlsx", real_workbook()))])
        desk.idle()
        found = desk.bench.departments.get(number)
        assert found
        grid = next(g for g in read_grids(found.path.read_bytes()) if g.name == "上年数与年初预算")
        assert next(c.text for row in grid.rows for c in row if c.cell == cell) == "1"
        # what is no such file is refused with words, and nothing has changed
        desk.post(f"/d/{number}/prior", files=[("prior", ("照片.png", b"\x89PNG"))])
        desk.idle()
        assert "不能带入" in desk.get(f"/d/{number}").text
