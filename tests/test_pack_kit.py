"""The template keeper's kit: cases, a new pack, its differences from the parent."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from docx import Document

from generator.checks.cases import Case, cases_of, own_cases, run, submission_of
from generator.checks.pack import lines, verify
from generator.cli.command_line import main
from generator.packs.composer import compose
from generator.packs.kit import create
from generator.packs.loader import load
from generator.packs.pack import PackError
from generator.packs.places import TEMPLATES, available
from generator.packs.readable import approval
from generator.workbook.form.data import form_data
from generator.workbook.form.write import write_form
from generator.workbook.read import read_workbook

PACKS = [name for name in available() if not load(name).pack.meta.abstract]
CASES = [(name, case.id) for name in PACKS for case in own_cases(load(name).pack)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the packs that may be changed."""
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path / "templates"


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: str) -> None:
    compiled = load(name)
    assert run(cases_of(compiled.pack)[case], compiled) == []


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_has_cases(name: str) -> None:
    assert own_cases(load(name).pack)


def made_case(text: dict[str, object]) -> Case:
    return Case("试", "liaoning/cases/试.toml", "liaoning", text)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"says": {"fund.none": "没有。"}}, "写成了：本部门2024年度无政府性基金"),
        ({"says": {"fund.nothing": "没有。"}}, "没有写出来"),
        ({"silent": ["fund.none"]}, "不应当写出来"),
        ({"findings": ["GK-103"]}, "应当查出 GK-103"),
        ({"complete": True}, "还有没填的地方"),
        ({"fields": {"prior.incomes": "1"}}, "没有这个编号的填写项"),
        ({"tables": {"general": {"rows": "code | total\n20 | 5"}}}, "不是功能分类科目编码"),
        ({"tables": {"general": {"rows": "code | total\n2010301 | 五"}}}, "不是金额"),
        ({"tables": {"general": {"rows": "code | total\n2010301 | 5 | 6"}}}, "比第一行的2格多"),
        ({"like": "nowhere"}, "找不到案例“nowhere”"),
    ],
)
def test_a_wrong_case_says_what_is_wrong(raw: dict[str, object], says: str) -> None:
    problems = run(made_case(raw), load("liaoning"))
    assert any(says in p for p in problems) and all(p.startswith("liaoning/cases/试.toml") for p in problems)


def test_a_new_pack_is_sound_and_its_first_change_is_told(root: Path) -> None:
    paths = create("某县", "chaoyang", root=root)
    problems, summary = verify("某县", root)
    assert problems == [] and "✓ 1 个案例全部符合" in summary
    parent = compose_text(root, "chaoyang")
    assert compose_text(root, "某县") == parent
    wording = next(p for p in paths if p.suffix == ".j2")
    text = wording.read_text(encoding="utf-8")
    block = next(line for line in text.splitlines() if line.startswith("## @@")).removeprefix("## @@ ")
    wording.write_text(text + f"@@ {block}\n本县的说法。\n", encoding="utf-8")
    problems, summary = verify("某县", root)
    assert len(problems) == 1 and "写成了：本县的说法。" in problems[0]
    assert any(f"改 段落文字 {block}" in line and "本包：本县的说法。" in line for line in summary)


@pytest.mark.parametrize("parent", available())
def test_a_new_pack_works_from_any_parent(parent: str, tmp_path: Path) -> None:
    """What it writes is sound and has a case that can fail: other words in the text are told."""
    paths = create("某县", parent, root=tmp_path)
    assert [p.name for p in paths] == ["pack.toml", "本地说法.j2", "空白.toml"]
    problems, summary = verify("某县", tmp_path)
    assert problems == [] and "✓ 1 个案例全部符合" in summary
    case = paths[-1].read_text(encoding="utf-8")
    paths[-1].write_text(
        case.replace("[says]", '[says]\n"没有的段落" = "甲"').replace("contents = [", 'contents = ["甲", '),
        encoding="utf-8",
    )
    assert verify("某县", tmp_path)[0]


def compose_text(root: Path, name: str) -> list[str]:
    compiled = load(name, root)
    case = cases_of(compiled.pack)["everything"]
    return compose(submission_of(case, compiled.pack), compiled).prose()


@pytest.mark.parametrize(
    ("name", "parent", "says"),
    [("liaoning", "national", "已经有同名"), ("a/b", "liaoning", "名称只能"), ("新", "没有", "没有")],
)
def test_a_pack_that_cannot_begin_leaves_nothing(name: str, parent: str, says: str, root: Path) -> None:
    before = sorted(root.rglob("*"))
    with pytest.raises(PackError, match=says):
        create(name, parent, root=root)
    assert sorted(root.rglob("*")) == before


def test_show_names_the_file_of_each_entry() -> None:
    shown = "\n".join(lines(load("chaoyang"), effective=True))
    assert "〔chaoyang/narrative/statement.j2〕" in shown and "〔liaoning/narrative/2-部门决算情况说明.j2〕" in shown
    assert "〔national/checks.toml〕" in shown


def test_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "check", "xinjiang"]) == 0
    assert "个案例全部符合" in capsys.readouterr().out
    assert main(["pack", "new", "liaoning", "--extends", "national"]) == 3
    assert "已经有同名的模板包" in capsys.readouterr().err


@pytest.mark.parametrize("name", PACKS)
def test_new_then_build_gives_a_draft_that_names_what_is_missing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "部门"
    assert main(["new", "--pack", name, "--year", "2024", "--name", "某某局", str(folder)]) == 0
    assert main(["build", str(folder), "--format", "txt,docx,xlsx", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().out
    made = {p.suffix: p for p in (tmp_path / "out" / "草稿").iterdir()}
    text = made[".txt"].read_text(encoding="utf-8")
    assert "【待填：" in text and "None" not in text and {".docx", ".xlsx", ".json"} <= set(made)
    assert "WB-040" in said and "只生成了草稿" in said
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["草稿"]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_filled_form_is_read_back_whole(name: str, case: str) -> None:
    """What a case reports stands in the workbook of its pack and comes back figure for figure."""
    pack = load(name).pack
    made = submission_of(cases_of(pack)[case], pack)
    pack = load(name, year=made.year).pack
    read = read_workbook(write_form(pack, made.year, made.name, data=form_data(made, pack, "元")), pack).submission
    assert read is not None
    for table_id, table in made.tables.items():
        again = read.tables[table_id]
        assert {k: f.value for k, f in table.slots.items()}.items() <= {
            k: f.value for k, f in again.slots.items()
        }.items()
        assert [(r.code, r.name) for r in again.rows] == [(r.code, r.name) for r in table.rows]
        for old, new in zip(table.rows, again.rows, strict=True):
            assert all(new.cells[c].value == v.value for c, v in old.cells.items() if v.value is not None)
    for name_, rows in made.lists.items():
        assert len(read.lists[name_]) == len(rows)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_shown_as_the_document_with_its_slots_in_words(name: str, tmp_path: Path) -> None:
    """For a bureau to read: every text of the pack stands there, and nothing of the language of packs."""
    path = tmp_path / "送审稿.docx"
    assert main(["pack", "show", name, "--word", str(path)]) == 0
    said = [p.text for p in Document(str(path)).paragraphs]
    whole = "\n".join(said)
    assert not re.search(r"\{\{|\{%|\|money|[a-z_]+\(", whole) and "〔" in whole
    assert not re.search(r"〔[^〕]*[a-z]{3,}[^〕]*〕|【[^】]*[a-z]{3,}[^】]*】", whole)
    pack = load(name).pack
    shown = approval(load(name), max((2024, *pack.turns)))
    there = {b.id for b in shown.blocks()}
    year = max((2024, *pack.turns))
    texts = [
        b
        for some in pack.blocks.values()
        for b in some
        if b.applies(year) and b.style not in ("table", "form", "inline", "group")
    ]
    assert not [b.id for b in texts if b.id not in there]
    lost = [
        b.id for b in texts for word in literal(pack.text_of(b)) if word not in re.sub(r"\s", "", plain_of(shown, b.id))
    ]
    assert not lost


def literal(text: str) -> list[str]:
    """The wording of a text outside its braces."""
    return [w for w in (re.sub(r"\s", "", t) for t in re.split(r"\{\{.*?\}\}|\{%.*?%\}", text, flags=re.S)) if w]


def plain_of(document: object, block: str) -> str:
    return next(b.text for b in document.blocks() if b.id == block)  # type: ignore[attr-defined]
