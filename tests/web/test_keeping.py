"""Departments are mended, moved, put away and brought back with all they hold; odd files keep out themselves only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.model import CellRef
from generator.workbook import set_cells
from tests.conftest import DEPARTMENTS
from tests.web.desk import NAME, Desk, login, open_desk, real_workbook
from tests.web.hostile import FILES, with_far_cell
from tests.web.test_desk import CELL, text_at, words_on

REASON = CellRef("原因说明", "D13")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("keeping"), accounts=True) as found:
        yield found


def made(desk: Desk, officer: Desk, name: str) -> int:
    """A new department, with a workbook in its folder."""
    assert officer.post("/departments", {"name": name, "year": "2024", "pack": "liaoning"}).status_code == 200
    desk.idle()
    return desk.bench.database.value("SELECT MAX(id) FROM department WHERE name=?", name)


def test_a_wrong_name_year_or_pack_is_mended_and_what_was_filled_in_goes_along(desk: Desk) -> None:
    officer = login(desk, "甲", ("填报",))
    number = made(desk, officer, "名称写错局")
    cell = CellRef("公开01表", "C6")
    officer.type(number, cell, "", "123.45")
    desk.idle()
    first = desk.bench.departments.get(number)
    assert first
    answer = officer.post(
        f"/d/{number}/reshape", {"name": "名称写对局", "year": "2023", "pack": "liaoning", "deadline": ""}
    )
    assert answer.status_code == 200
    desk.idle()
    now = desk.bench.departments.get(number)
    assert now and (now.name, now.year, now.place) == ("名称写对局", 2023, "2023/名称写对局")
    data = now.path.read_bytes()
    assert float(text_at(data, cell)) in (123.45, 1234500) and not first.folder.exists()
    assert "名称写对局" in words_on(data, "基本信息")
    assert desk.bench.database.value("SELECT COUNT(*) FROM workbook_version WHERE department=?", number) >= 3
    # who had downloaded the form under its former name still hands it in
    assert "名称写错局" in now.former
    taken = officer.post(f"/d/{number}/reshape", {"name": NAME, "year": "2024", "pack": "liaoning"})
    assert taken.status_code == 409 and "已经有了一个" in taken.text
    # after it was handed in nobody mends it
    desk.bench.database.connection.execute("UPDATE department SET stage='submitted' WHERE id=?", (number,))
    refused = officer.post(f"/d/{number}/reshape", {"name": "又一个局", "year": "2023", "pack": "liaoning"})
    assert refused.status_code == 409 and "撤回提交" in refused.text


def test_a_department_that_is_deleted_comes_back_whole(desk: Desk) -> None:
    keeper, officer = login(desk, "管", ("管理",)), login(desk, "甲", ("填报",))
    number = made(desk, officer, "将删除局")
    found = desk.bench.departments.get(number)
    assert found
    (found.folder / "edits").mkdir()
    (found.folder / "edits" / "旁.txt").write_text("写的话", encoding="utf-8")
    before = {p.relative_to(found.folder): p.read_bytes() for p in found.folder.rglob("*") if p.is_file()}
    assert keeper.post(f"/d/{number}/delete", {"name": "将删除"}).status_code == 409, "not by a slip"
    assert officer.post(f"/d/{number}/delete", {"name": "将删除局"}).status_code == 403
    assert keeper.post(f"/d/{number}/delete", {"name": "将删除局"}).status_code == 200
    assert keeper.get(f"/d/{number}").status_code == 404 and not found.folder.exists()
    assert "将删除局" not in keeper.get("/?year=2024&q=将删除").text.split("</form>", 3)[-1]
    assert "将删除局" in keeper.get("/archive").text
    again = made(desk, officer, "将删除局")  # a new one of the same name meanwhile
    assert again != number and keeper.post(f"/archive/{number}").status_code == 409
    keeper.post(f"/d/{again}/delete", {"name": "将删除局"})
    assert keeper.post(f"/archive/{number}").status_code == 200
    desk.idle()
    back = desk.bench.departments.get(number)
    assert back
    after = {p.relative_to(back.folder): p.read_bytes() for p in back.folder.rglob("*") if p.is_file()}
    assert {k: after[k] for k in before} == before and keeper.get(f"/d/{number}").status_code == 200


def test_a_department_is_moved_by_whoever_keeps_all_units_only(desk: Desk) -> None:
    keeper = login(desk, "管", ("管理",))
    officer = login(desk, "甲", ("填报",))
    number = made(desk, officer, "将划转局")
    keeper.post("/units", {"name": "丙区财政局", "parent": ""})
    units = desk.bench.departments.units
    user = desk.bench.accounts.user_of_token(
        desk.bench.accounts.new_token(desk.bench.accounts.find("管")["id"], "x", "x")
    )
    assert user
    below = login(desk, "审丙", ("审核",), units.take("丙区财政局", user, sure=True))
    assert below.get(f"/d/{number}").status_code == 404
    asked = keeper.post(f"/d/{number}/move", {"unit": "丙区财正局"})
    assert asked.status_code == 409 and "您要找的是不是“丙区财政局”" in asked.text
    assert keeper.post(f"/d/{number}/move", {"unit": "丙区财政局"}).status_code == 200
    assert below.get(f"/d/{number}").status_code == 200


def test_a_misspelt_unit_is_asked_about(desk: Desk) -> None:
    keeper = login(desk, "管", ("管理",))
    roster = "部门名称,上级单位\n丁区一局,丁区财政局\n"
    send = {"year": "2023", "pack": "liaoning"}
    assert "新增 1 个" in keeper.post("/roster", send, files={"file": ("名单.csv", roster.encode())}).text
    slip = roster.replace("丁区一局,丁区财政局", "丁区二局,丁区财正局").encode()
    answer = keeper.post("/roster", send, files={"file": ("名单.csv", slip)}).text
    assert "新增 0 个" in answer and "您要写的是不是“丁区财政局”" in answer
    assert desk.bench.departments.units.find("丁区财正局") is None
    sure = keeper.post("/roster", {**send, "sure": "yes"}, files={"file": ("名单.csv", slip)}).text
    assert "新增 1 个" in sure and desk.bench.departments.units.find("丁区财正局")


def test_a_year_to_come_empties_nobodys_board(desk: Desk) -> None:
    """A folder of the year 2100 that an older program took in (its own form says so)."""
    keeper = login(desk, "管", ("管理",))
    with desk.bench.database.write() as change:
        unit = change.execute("SELECT id FROM unit LIMIT 1").fetchone()[0]
        for year in (2100, 2024):
            change.execute(
                "INSERT INTO department (unit, name, year, pack, kind, folder, stage) VALUES (?,?,?,'liaoning','决算',?,'')",
                (unit, f"{year}年的局", year, f"{year}/x"),
            )
    try:
        assert "2024年的局" in keeper.get("/").text and "2100年的局" in keeper.get("/?year=2100").text
    finally:
        desk.bench.database.connection.execute("DELETE FROM department WHERE folder LIKE '%/x'")


def test_what_is_changed_in_the_folder_is_noticed_and_kept_before_the_next_save(tmp_path: Path) -> None:
    with open_desk(tmp_path, watch_seconds=3600.0) as desk:
        number = desk.department()
        found = desk.bench.departments.get(number)
        assert found
        beside = set_cells(real_workbook(), {REASON: "在文件夹里写的原因"})
        found.path.write_bytes(beside)
        desk.type(number, CELL, "5741.5", "5741.51")  # nobody has looked at a page meanwhile
        desk.idle()
        data = found.path.read_bytes()
        assert text_at(data, CELL) == "5741.51" and text_at(data, REASON) == "在文件夹里写的原因"
        rows = desk.bench.database.all("SELECT how, sha FROM workbook_version WHERE department=? ORDER BY id", number)
        assert [r["how"] for r in rows][-2:] == ["文件夹里的改动", "网上填写"]
        assert desk.bench.jobs.blob(rows[-2]["sha"]).read_bytes() == beside
        found.path.write_bytes(set_cells(data, {REASON: "又改"}))
        desk.get(f"/d/{number}")  # a page that is looked at sees it
        desk.idle()
        assert "又改" in str(desk.bench.snapshots.main(desk.bench.departments.get(number))["reasons"])  # type: ignore[arg-type]


def test_a_workbook_changed_in_its_folder_is_seen_without_anybody_looking(tmp_path: Path) -> None:
    with open_desk(tmp_path, watch_seconds=0.05) as desk:
        number = desk.department()
        found = desk.bench.departments.get(number)
        assert found
        found.path.write_bytes(set_cells(real_workbook(), {CELL: "5941.5"}))
        desk.until(lambda: desk.state(number) == "有错误")


def test_what_could_not_be_written_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_desk(tmp_path, watch_seconds=3600.0) as desk:
        number = desk.department()
        with monkeypatch.context() as broken:  # as where the workbook is open in an office program
            broken.setattr("generator.web.state.jobs.put", lambda *_: (_ for _ in ()).throw(OSError("open elsewhere")))
            desk.type(number, CELL, "5741.5", "5741.51")
            desk.idle()
        assert "填写的内容没有丢" in desk.get(f"/d/{number}").text
        desk.bench.jobs.try_again()
        desk.idle()
        assert text_at(desk.get(f"/d/{number}/workbook.xlsx").content, CELL) == "5741.51"
        desk.bench.jobs.try_again()
        assert not desk.bench.database.value("SELECT COUNT(*) FROM job WHERE state='queued'"), (
            "nothing is left to write"
        )


@pytest.mark.parametrize("label", ["xxe", "truncated", "picture", "empty-zip", "locked", "far", "folder", "long-name"])
def test_an_odd_file_keeps_out_itself_only(label: str, tmp_path: Path) -> None:
    odd = tmp_path / "inputs" / "2024" / ("某" * 80 if label == "long-name" else "怪局")
    odd.mkdir(parents=True)
    match label:
        case "folder":
            (odd / "填报表.xlsx").mkdir()
        case "long-name":
            shutil.copy(DEPARTMENTS["000"] / "填报表.xlsx", odd)
        case "far":
            (odd / "填报表.xlsx").write_bytes(with_far_cell('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
        case _:
            (odd / "填报表.xlsx").write_bytes(FILES[label][1]())
    with open_desk(tmp_path) as desk:
        assert NAME in desk.get("/").text and desk.get(f"/d/{desk.department()}").status_code == 200
