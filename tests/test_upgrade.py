"""What earlier versions left behind opens, checks, builds the same text and restores: nothing typed is ever lost.

``tests/upgrade/0.1.0.zip`` was made by that version (see ``tests/upgrade/make.py``).  A pack of a user's own
lies in it; here it stands beside the packs of the program.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from generator import edits
from generator.department import Built, build, examine
from generator.files import workbook_of
from generator.versions import Store, restore
from generator.web import create_app
from generator.web.state.entering import enter
from generator.web.state.settings import Settings
from tests.conftest import ROOT

FIXTURES = sorted((Path(__file__).parent / "upgrade").glob("*.zip"))
PASSWORD = "upgrade pass 42"  # noqa: S105 - of the accounts in the fixture
COUNTY, BUDGET, EXPLAINED = "某县数据中心", "大连市西岗区营商环境建设局", "辽宁省朝阳市人民政府办公室"
SHORT = {"县": COUNTY, "预算": BUDGET, "说明": EXPLAINED}

# what is found otherwise today, and why: (no longer, now)
OTHERWISE: dict[str, tuple[set[tuple[str, str]], set[tuple[str, str]]]] = {
    # one reason for a change that shows in several places is right;
    # the total of a form without indicators is said once, as that; a score above its points was not seen before
    "说明": (
        {("FM-375b", "项目绩效!M16"), ("FM-375b", "项目绩效!M17"), ("TX-383", "原因说明!D13")},
        {("DC-414", "整体绩效指标!K22"), ("DC-414", "整体绩效指标!K31"), ("DC-415", ""), ("TX-388", "分科目说明!E16")},
    ),
    # a form from before the question prints what it printed, and says what it takes for granted
    "预算": (set(), {("TX-388", "")}),
}


@dataclass(frozen=True)
class Left:
    """What a version left, unpacked; ``packs`` holds the program's packs and the user's own."""

    folder: Path
    packs: Path

    def home(self, name: str) -> Path:
        return self.folder / "inputs/2024" / name

    def expected(self, name: str) -> str:
        return (self.folder / "expected" / name).read_text(encoding="utf-8")


@pytest.fixture(params=FIXTURES, ids=lambda p: p.stem)
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Left:
    folder, packs = tmp_path / "以前", tmp_path / "模板"
    with zipfile.ZipFile(request.param) as package:
        package.extractall(folder)
    shutil.copytree(ROOT / "templates", packs)
    shutil.copytree(folder / "packs", packs, dirs_exist_ok=True)
    return Left(folder, packs)


def test_forms_edits_and_reasons_say_what_they_said(left: Left) -> None:
    """Checked as before, and the text of every department is the same to the letter."""
    for short, name in SHORT.items():
        before = json.loads(left.expected(f"check-{short}.json"))
        examined = examine(left.home(name), root=left.packs)
        assert examined.as_json()["publishable"] == before["publishable"]
        now = {(f.id, "!".join(f.cells[0]) if f.cells else "") for f in examined.findings}
        gone, new = OTHERWISE.get(short, (set(), set()))
        assert {(f["id"], (f["cells"] or [""])[0]) for f in before["findings"]} - gone == now - new
        was = list((left.folder / "output/2024" / name).rglob("*.txt"))
        if was:
            built = build(left.home(name), formats=("txt",), out=left.folder / "新" / name, root=left.packs)
            assert isinstance(built, Built)
            made = next(p for p in built.files if p.suffix == ".txt")
            assert made.read_text(encoding="utf-8") == was[0].read_text(encoding="utf-8")
    kept = {e.block: e for e in edits.read(left.home(COUNTY))}
    assert [e.action for e in kept.values()] == ["reword", "insert"] and {e.author for e in kept.values()} == {"李四"}
    assert "2024年全年收入总计1,595.76万元" in kept["income.total"].plain
    explained = [f for f in examine(left.home(EXPLAINED), root=left.packs).findings if f.id == "TX-393"]
    assert len(explained) == 1 and "原文如此" in explained[0].message


def test_the_store_opens_and_restores(left: Left) -> None:
    """Every version is there with the same hashes; the sealed one gives its workbook and files back."""
    home = left.home(COUNTY)
    before = json.loads(left.expected("versions-县.json"))
    with Store.open(home) as store:
        now = {v.id: v for v in store.versions()}
        assert len(now) == len(before)
        for was in before:
            assert {(f["role"], f["name"]): f["sha256"] for f in was["files"]} == dict(now[was["id"]].files)
        (seal,) = store.seals()
        sealed = store.version(seal.version)
        texts = {name: store.file(seal.version, role, name) for role, name in sealed.files if role == "output"}
    assert seal.by == "王五" and seal.note == "已在网站公开" and any(n.endswith(".docx") for n in texts)
    changed = workbook_of(home).read_bytes()
    restore(home, seal.version, by="李四", at="2026-11-25 12:00:00")
    assert workbook_of(home).read_bytes() != changed
    with Store.open(home) as store:
        saved = store.newest(kind="before-restore")
        assert saved is not None and store.file(saved.id, "input", "填报表.xlsx") == changed
    built = build(home, formats=("txt",), out=left.folder / "封存", root=left.packs)
    assert isinstance(built, Built)
    text = next(p for p in built.files if p.suffix == ".txt").read_bytes()
    assert text == next(data for name, data in texts.items() if name.endswith(".txt"))


def test_the_workbench_opens(left: Left) -> None:
    """Accounts with their passwords, departments with their state, a cell typed, a remark, a sealed bundle."""
    data = left.folder / "workbench"
    settings = Settings(data / "inputs", data / "output", data / "state", packs=left.packs, accounts=True, year=2024)
    with TestClient(create_app(settings)) as client:
        bench = client.app.state.workbench  # type: ignore[attr-defined]
        for name, roles in (("tianbao", "填报"), ("shenhe", "审核"), ("guanli", "批准,管理")):
            assert enter(bench.accounts, name, PASSWORD)["roles"] == roles
        states = {r["name"]: (r["state"], r["stage"]) for r in bench.database.all("SELECT * FROM department")}
        assert states == {BUDGET: ("已定稿", "sealed"), COUNTY: ("未报", ""), "某县未交的局": ("未报", "blank")}
        assert [r["text"] for r in bench.database.all("SELECT text FROM remark")] == ["请核对收入总计"]
        assert [
            r["parent"] is not None for r in bench.database.all("SELECT parent FROM unit WHERE name='某县未交的局'")
        ] == [True]
        assert (
            bench.database.value("SELECT COUNT(*) FROM workbook_version")
            == 3
            == len(list((data / "state/versions").iterdir()))
        )
        assert bench.database.value("SELECT COUNT(*) FROM audit") > 8 and list((data / "state/sealed").glob("1-*.zip"))
        sealed = bench.departments.get(1)
        assert sealed is not None and bench.jobs.bundle(sealed).is_file()
        assert (settings.output / sealed.place / sealed.kind / "manifest.json").is_file(), "what was built is found"
