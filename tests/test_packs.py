"""Packs: merged with their parents, compiled, and wrong ones refused with file and entry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.checks.pack import examples, verify
from generator.model.document import Paragraph
from generator.model.submission import Submission
from generator.packs._heads import read_heads
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.loader import load, of_year
from generator.packs.pack import PackError
from generator.packs.places import TEMPLATES, available

PACKS = [name for name in available() if not load(name).pack.meta.abstract]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the packs that may be spoiled."""
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path / "templates"


@pytest.mark.parametrize("name", available())
def test_every_pack_is_sound(name: str) -> None:
    problems, summary = verify(name)
    assert problems == [] and summary


@pytest.mark.parametrize("name", PACKS)
def test_an_empty_form_gives_a_draft_with_open_places(name: str) -> None:
    compiled = load(name)
    document = compose(Submission(name, 2024, ""), of_year(compiled, 2024))
    text = "".join(document.prose())
    assert "【待填：" in text
    assert "None" not in text and "{{" not in text


@pytest.mark.parametrize("name", PACKS)
def test_every_phrase_speaks_in_every_case(name: str) -> None:
    compiled = load(name)
    for phrase in compiled.phrases:
        for _, words in examples(compiled, phrase):
            assert "None" not in words and "。。" not in words


def spoil(root: Path, file: str, old: str, new: str) -> PackError:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load("liaoning", root)
    return caught.value


SLIPS = [
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "{{ summary.r31|money }}",
        "{{ summary.r99|money }}",
        "income.total",
        "summary.r99",
    ),
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "{{ summary.r31|money }}",
        "{{ summary.r31|mony }}",
        "income.total",
        "花括号",
    ),
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "{{ summary.r31|money }}",
        "{{ summary.r31|money ",
        "income.total",
        "花括号",
    ),
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "phrase('change.total'",
        "phrase(‘change.total’",
        "income.change",
        "中文引号",
    ),
    ("liaoning/narrative/2-部门决算情况说明.j2", "（一）收入总计", "（一）收入总计88", "income.total", "直接写了数字"),
    ("national/checks.toml", 'id = "GK-101"', 'id = "TX-365"', "TX-365", "已经用于"),
    ("liaoning/glossary.toml", 'term = "', "term = “", "", "中文引号"),
    ("liaoning/narrative/4-部门决算表.j2", "报表 summary", "报表 sumary", "table.summary", "sumary"),
    ("liaoning/narrative/2-部门决算情况说明.j2", "@@ income.total", "@@ income.total 标体", "income.total", "标题"),
    ("liaoning/narrative/2-部门决算情况说明.j2", "@@@ general.item", "@@@@ general.item", "general.item", "多了"),
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "@每个 klass 属于 general.classes",
        "@每各 klass 属于 general.classes",
        "general.class",
        "不认识",
    ),
    (
        "liaoning/narrative/2-部门决算情况说明.j2",
        "@如果 projects",
        "@如果 projekts",
        "performance.projects",
        "projekts",
    ),
    ("liaoning/pack.toml", 'extends = "national"', 'extends = "nowhere"', "extends", "nowhere"),
    (
        "national/tables.toml",
        "项目 | 行次 | 金额 | 项目 | 行次 | 金额",
        "项目 | 行次 | 金额 | 项目 | 行次",
        "summary",
        "header",
    ),
    ("national/tables.toml", 'number = "公开02表"', 'nummer = "公开02表"', "income", "nummer"),
    ("national/checks.toml", 'right = "summary.r62"', 'right = "summary.r620"', "GK-103", "summary.r620"),
    (
        "liaoning/pack.toml",
        'extends = "national"',
        'extends = "national"\n[remove]\nall = ["tabel"]',
        "remove",
        "tabel",
    ),
    ("national/sheets.toml", 'id = "prior.income"', 'id = "prior.expenditure"', "prior.expenditure", "重复"),
]


@pytest.mark.parametrize(("file", "old", "new", "entry", "says"), SLIPS)
def test_slips_are_named_before_any_workbook_is_opened(
    file: str, old: str, new: str, entry: str, says: str, root: Path
) -> None:
    error = spoil(root, file, old, new)
    assert says in str(error)
    assert entry in error.entry or entry in str(error)
    assert file.split("/")[-1].split(".")[0] in error.file or error.file


def test_a_child_changes_one_sentence_and_keeps_the_rest(root: Path) -> None:
    child = root / "county"
    (child / "narrative").mkdir(parents=True)
    (child / "pack.toml").write_text('id = "county"\ntitle = "某县"\nextends = "liaoning"\n', encoding="utf-8")
    (child / "narrative" / "mine.j2").write_text(
        "@@ fund.none\n本单位{{ year }}年度没有政府性基金。\n", encoding="utf-8"
    )
    parent, own = load("liaoning", root), load("county", root)
    texts = [
        {b.id: b.text for b in compose(Submission(p.pack.id, 2024, ""), p).blocks() if isinstance(b, Paragraph)}
        for p in (parent, own)
    ]
    changed = {k for k in texts[0] if texts[0][k] != texts[1].get(k)}
    assert changed == {"fund.none"}
    assert own.pack.origins["text:fund.none"].file == "county/narrative/mine.j2"


def test_entries_hold_from_and_until_a_year(root: Path) -> None:
    path = root / "liaoning" / "glossary.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('id = "remitted"', 'id = "remitted"\nuntil = 2023'), encoding="utf-8"
    )
    compiled = load("liaoning", root)
    for year, shown in ((2023, True), (2024, False)):
        text = "".join(compose(Submission("liaoning", year, ""), compiled).prose())
        assert ("上缴上级支出：指" in text) is shown


def test_a_bureau_adds_a_subject(root: Path) -> None:
    folder = root / "liaoning" / "subjects"
    folder.mkdir(exist_ok=True)
    (folder / "functional.csv").write_bytes(
        "code,name,definition\n2019901,国家赔偿费用支出,反映国家赔偿。\n".encode("gb18030")
    )
    assert load("liaoning", root).pack.functional["2019901"].name == "国家赔偿费用支出"


def test_narrative_blocks_need_an_id() -> None:
    with pytest.raises(PackError, match="前面缺少"):
        read_heads("没有编号的文字", "x.j2")


def test_a_text_stands_once(root: Path) -> None:
    (root / "liaoning/narrative/9-再写.j2").write_text("@@ fund.none\n又一次。\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"2-部门决算情况说明\.j2 里已经用过"):
        load("liaoning", root)


def test_packs_cannot_run_python(liaoning: CompiledPack) -> None:
    for text in ("{{ ''.__class__ }}", "{{ summary.__init__.__globals__ }}", "{{ cycler.__init__.__globals__.os }}"):
        with pytest.raises(Exception, match=r"unsafe|花括号|undefined|no attribute|不存在"):
            liaoning.language.sentence(text, "试").spans({"summary": object()})
