"""Many departments: each gets its due, nothing is done twice, and a killed run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from generator.batch.job import HOME
from generator.batch.ledger import Ledger
from generator.batch.plan import Done, Plan, run
from generator.batch.summary import summarize, write_summary
from generator.cli.command_line import main
from generator.files.department import WORKBOOK
from generator.files.roster import read_roster
from generator.files.safety import ReadError
from generator.model import Refusal
from generator.packs.places import TEMPLATES
from tools.proof.prove_kill import command, finish, kill, tree

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def again(finished: tuple[Plan, Done], tmp_path: Path) -> Plan:
    """A copy of the finished run, to be changed at will.  Folders keep their paths inside the ledger."""
    plan, _ = finished
    copy = replace(plan, root=tmp_path / "in", output=tmp_path / "out", formats=("txt", "docx"))
    shutil.copytree(plan.root, copy.root)
    run(copy)
    return copy


def states(done: Done) -> Mapping[str, str]:
    return {Path(k).name: o.state for k, o in done.outcomes.items()}


def names(done: Done, *, fresh: bool = True) -> set[str]:
    return {Path(k).name for k in done.ran if done.outcomes[k].fresh == fresh}


def test_every_department_gets_its_files_and_a_bad_one_stops_nobody(finished: tuple[Plan, Done]) -> None:
    plan, done = finished
    found = states(done)
    assert found.pop("坏的") == "unreadable"
    assert set(found.values()) == {"published"} and len(found) == 4
    bad = next(o for o in done.outcomes.values() if o.state == "unreadable")
    assert bad.message and bad.findings
    for outcome in done.outcomes.values():
        if outcome.state == "published":
            folder = Path(outcome.folder)
            told = json.loads((folder / "manifest.json").read_bytes())["outputs"]
            assert {p.suffix for p in folder.iterdir()} == {".docx", ".pdf", ".xlsx", ".txt", ".json"}
            assert told == {
                p.name: hashlib.sha256(p.read_bytes()).hexdigest()
                for p in folder.iterdir()
                if p.name != "manifest.json"
            }
            assert outcome.megabytes < 800
    assert not list(plan.output.rglob(".写入中-*"))


def test_what_changed_is_done_and_only_that(again: Plan) -> None:
    before = {p: p.stat().st_mtime_ns for p in again.output.rglob("*") if p.is_file() and HOME not in p.parts}
    assert not run(again).ran
    assert before == {p: p.stat().st_mtime_ns for p in before}
    folders = sorted(p.parent for p in again.root.rglob(WORKBOOK))
    first, second, third = (f for f in folders if f.name != "坏的" for _ in [0] if f != folders[-1])
    (first / "警告说明.json").write_text("[]", encoding="utf-8")
    made = next(again.output.rglob(f"{second.name}*.docx"))
    made.write_bytes(made.read_bytes() + b"!")
    next(again.output.rglob(f"{third.name}*.txt")).unlink()
    done = run(again)
    assert {Path(k).name for k in done.ran} == {first.name, second.name, third.name}
    assert names(done, fresh=False) == {first.name}, "an input that changes no word needs no new file"
    assert not run(again).ran


def test_a_template_sentence_renders_only_documents_that_contain_it(again: Plan, tmp_path: Path) -> None:
    packs = tmp_path / "templates"
    shutil.copytree(TEMPLATES, packs)
    plan = replace(again, packs=packs)
    run(plan)
    statements = (packs / "liaoning" / "narrative").glob("*.j2")
    statement, text = next((p, t) for p in statements if "@@ fund.none" in (t := p.read_text(encoding="utf-8")))
    start = text.index("本部门", text.index("@@ fund.none"))
    statement.write_text(f"{text[:start]}经核对，{text[start:]}", encoding="utf-8")
    before = {p: p.read_bytes() for p in again.output.rglob("*") if p.suffix in (".txt", ".docx")}
    done = run(plan)
    changed = {p.name.split("2024年度")[0] for p, data in before.items() if p.read_bytes() != data}
    contain = {
        p.name.split("2024年度")[0]
        for p in before
        if p.suffix == ".txt" and "经核对，" in p.read_text(encoding="utf-8")
    }
    assert contain == changed == names(done) and len(contain) == 2
    assert len(names(done, fresh=False)) == 1, "its pack changed, its words did not"
    for outcome in done.outcomes.values():
        if outcome.state == "published":
            assert (
                json.loads((Path(outcome.folder) / "manifest.json").read_bytes())["pack"]["sha256"] == outcome.pack_hash
            )


def test_only_failed_and_force(again: Plan) -> None:
    assert {Path(k).name for k in run(replace(again, only_failed=True)).ran} == set(), "the bad one has not changed"
    bad = next(again.root.rglob("坏的"))
    shutil.copy(next(again.root.rglob("滨海*")) / WORKBOOK, bad / WORKBOOK)
    done = run(replace(again, only_failed=True))
    assert {Path(k).name for k in done.ran} == {"坏的"}
    twin = next(o for k, o in done.outcomes.items() if k.endswith("坏的"))
    assert twin.state == "unreadable" and "互相覆盖" in twin.message
    assert len(run(replace(again, force=True)).ran) == 5


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(Refusal, match="正在使用"):
        Ledger(tmp_path)
    ledger.close()
    (tmp_path / HOME / "台账.sqlite").write_bytes(b"damaged" * 1000)
    Ledger(tmp_path).close()
    assert (tmp_path / HOME / "台账.损坏").is_file()


def test_summary_names_who_is_missing(finished: tuple[Plan, Done], tmp_path: Path) -> None:
    _, done = finished
    roster = tmp_path / "名单.csv"
    here = sorted(o.name for o in done.outcomes.values() if o.name)
    roster.write_text(
        "序号,部门名称\n" + "\n".join(f"{k},{n}" for k, n in enumerate([*here[1:], "滨海市未交局"])), encoding="gb18030"
    )
    summary = summarize(done, [entry.name for entry in read_roster(roster)])
    assert summary.missing == ("滨海市未交局",)
    assert set(summary.strangers) == {here[0], "坏的"}
    page, book, told = write_summary(summary)
    shown = page.read_text(encoding="utf-8")
    assert "滨海市未交局" in shown and "Typst" in shown and "<script" not in shown
    sheets = CalamineWorkbook.from_path(book)
    assert sheets.sheet_names == ["各部门", "按检查项", "问题明细", "未交名单", "名单以外"]
    rows = sheets.get_sheet_by_name("各部门").to_python()
    assert len(rows) == 6 and rows[1][2] == "不能读取"
    assert json.loads(told.read_bytes())["states"] == {"published": 4, "draft": 0, "unreadable": 1, "failed": 0}
    with pytest.raises(ReadError):
        read_roster(tmp_path / "没有.xlsx")


def test_the_command_answers_and_exits(finished: tuple[Plan, Done], capsys: pytest.CaptureFixture[str]) -> None:
    plan, _ = finished
    args = ["batch", str(plan.root), "--out", str(plan.output), "--format", ",".join(plan.formats)]
    assert main([*args, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["processed"] == 0
    assert main([*args, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert main(["batch", str(plan.root / "没有")]) == 2


def test_a_killed_run_goes_on_and_ends_with_the_same_files(finished: tuple[Plan, Done], tmp_path: Path) -> None:
    """Kill -9 at random moments, leader and workers alike; ``make proof`` does it twenty times."""
    plan, _ = finished
    output, chance = tmp_path / "out", random.Random(1)
    line = command(plan.root, output, "--format", ",".join(plan.formats), "--pdf-engine", plan.pdf_engine)
    for _ in range(2):
        kill(line, output, chance.uniform(0, 1))
    finish(line)
    assert tree(output) == tree(plan.output)
