"""Made ``tests/upgrade/<version>/`` once, with the program of commit c4736d9; kept as the record of what the fixture is.

Run in a checkout of that commit, with LibreOffice installed:  ``python make.py OUT``.  It leaves:

- ``packs/某县``: a template keeper's own pack on top of ``liaoning``;
- ``inputs/2024/某县数据中心``: its filled form, an accepted warning, wording edited in Word and taken back,
  a store with a sealed version, a correction under way and two builds after it;
- ``inputs/2024/大连市西岗区营商环境建设局``: a filled budget, a store with one build;
- ``inputs/2024/辽宁省朝阳市人民政府办公室``: a filled form and a warning with its reason;
- ``workbench``: accounts, roster, departments in several states, remarks, a log (SQLite) and kept versions;
- ``output``: what was published and the draft, as text and JSON; ``expected``: what ``check --json``,
  ``versions --json`` and ``edits`` said.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path.cwd()
OUT = Path(sys.argv[1]).resolve()
NAME = "某县数据中心"
HOME = OUT / "inputs/2024" / NAME
BUDGET = OUT / "inputs/2024/大连市西岗区营商环境建设局"
EXPLAINED = OUT / "inputs/2024/辽宁省朝阳市人民政府办公室"
BUDGET_PACK, OWN = "dalian-budget", "某县"
PASSWORD = "upgrade pass 42"  # of the accounts 填报人, 审核人, 负责人


def run(*arguments: str | Path, code: int | None = 0, stdin: str = "") -> str:
    """The program as its users start it."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        cwd=OUT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, input=stdin or None, capture_output=True,
    )  # fmt: skip
    assert code is None or done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


def own_pack() -> None:
    """As ``pack new`` begins one, with a sentence, a term, a phrase and a check of its own."""
    run("pack", "new", OWN, "--extends", "liaoning")
    folder = ROOT / "templates" / OWN
    (folder / "narrative/本地说法.j2").write_text(
        "@@ income.total\n"
        "（一）{{ year }}年度收入总计{{ summary.r31|money }}万元，其中一般公共预算财政拨款{{ summary.r1|money }}万元，包括：\n",
        encoding="utf-8",
    )
    (folder / "glossary.toml").write_text(
        '[[term]]\nid = "own"\norder = 15\nterm = "县级统筹资金"\ntext = "指由县级财政统一安排、由部门使用的资金。"\n', encoding="utf-8"
    )
    (folder / "cases/空白.toml").unlink(missing_ok=True)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from generator.model import CellRef
    from generator.packs import load
    from generator.pipeline import Examined, examine
    from generator.workbook import form_data, write_form
    from generator.workbook_grid import set_cells
    from tests.libre_edit import edit

    shutil.rmtree(OUT, ignore_errors=True)
    shutil.rmtree(ROOT / "templates" / OWN, ignore_errors=True)
    HOME.mkdir(parents=True)
    own_pack()
    source: Examined = examine(next((ROOT / "inputs/2024").glob("辽宁自由*")))
    assert source.submission is not None
    pack = load(OWN).pack
    data = form_data(source.submission, pack, "万元")
    from dataclasses import replace

    data = replace(data, fields={**data.fields, "info.name": NAME, "department.name": NAME})
    (HOME / "填报表.xlsx").write_bytes(write_form(pack, 2024, NAME, data=data))
    BUDGET.mkdir(parents=True)
    shutil.copy(next((ROOT / "inputs/2024").glob("大连*")) / "填报表.xlsx", BUDGET)

    EXPLAINED.mkdir(parents=True)
    shutil.copy(next((ROOT / "inputs/2024").glob("*朝阳*")) / "填报表.xlsx", EXPLAINED)
    run("accept", EXPLAINED, "TX-393", "--cell", "项目绩效!Q15", "--reason", "原文如此，已核对", "--by", "李四")

    run("build", HOME)
    docx = next((OUT / "output/2024" / NAME).rglob("*.docx"))
    changed = OUT / "改过.docx"
    changed.write_bytes(
        edit(
            docx.read_bytes(),
            [
                ("replace", "2024年度收入总计", "2024年全年收入总计"),
                ("insert", "二、", "补充一段：本单位无其他需要说明的事项。"),
            ],
            OUT,
        )
    )
    run("pull", changed, HOME, "--by", "李四", code=None)
    for rest in (changed, OUT / "before.docx", OUT / "after.docx", OUT / "script.txt"):
        rest.unlink(missing_ok=True)
    shutil.rmtree(OUT / "profile", ignore_errors=True)
    run("build", HOME, "--final")
    run("seal", HOME, "--by", "王五", "--note", "已在网站公开")
    run("correct", HOME, "--reason", "财政局批复调整一个数", "--by", "王五")
    path = HOME / "填报表.xlsx"
    path.write_bytes(set_cells(path.read_bytes(), {CellRef("机关运行与采购", "B9"): "0.3"}))
    run("build", HOME, code=None)
    run("build", BUDGET)

    workbench()
    expected = OUT / "expected"
    expected.mkdir()
    for name, home in (("县", HOME), ("预算", BUDGET), ("说明", EXPLAINED)):
        (expected / f"check-{name}.json").write_text(run("check", home, "--json", code=None), encoding="utf-8")
        if home is EXPLAINED:
            continue
        (expected / f"versions-{name}.json").write_text(run("versions", home, "--json"), encoding="utf-8")
        (expected / f"edits-{name}.txt").write_text(run("edits", home, code=None), encoding="utf-8")
    shutil.move(str(ROOT / "templates" / OWN), str(OUT / "packs" / OWN))
    for file in [*(OUT / "output").rglob("*"), *(OUT / "workbench/output").rglob("*")]:
        if file.is_file() and file.suffix not in (".txt", ".json"):
            file.unlink()


def workbench() -> None:
    """A workbench's folder: accounts, a roster, departments that moved on, a cell typed, a remark, a sealed version."""
    from fastapi.testclient import TestClient

    from generator.model import CellRef
    from generator.web.app import create_app
    from generator.web.accounts import LOCAL
    from generator.web.settings import Settings
    from generator.workbook_roster import Entry
    from tests.web.desk import Desk

    settings = Settings(OUT / "workbench/inputs", OUT / "workbench/output", OUT / "workbench/state", year=2024)
    for home in (HOME, BUDGET):
        target = settings.inputs / "2024" / home.name
        target.mkdir(parents=True)
        shutil.copy(home / "填报表.xlsx", target)
    with TestClient(create_app(settings)) as client:
        desk = Desk(client)
        desk.idle()
        first, second = desk.department(HOME.name), desk.department(BUDGET.name)
        accounts = desk.bench.accounts
        accounts.add("tianbao", PASSWORD, ("填报",), None, "填报人")
        accounts.add("shenhe", PASSWORD, ("审核",), None, "审核人")
        accounts.add("guanli", PASSWORD, ("批准", "管理"), None, "负责人")
        bench = desk.bench
        bench.departments.take_roster([Entry("某县未交的局", parent="某县财政局")], 2024, BUDGET_PACK, accounts.visitor().user or LOCAL)
        desk.type(first, CellRef("三公与资产", "B20"), "2", "3")
        desk.post(f"/d/{first}/remarks", {"place": "income.total", "text": "请核对收入总计"})
        for action in ("submit", "review", "approve", "seal"):
            answer = desk.step(second, action)
            assert answer.status_code == 200, (action, answer.text)
            desk.idle()
        assert desk.state(second) == "已定稿"
    shutil.rmtree(settings.data / "cache", ignore_errors=True)


main()
