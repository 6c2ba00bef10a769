"""The language of packs: heads in the narrative, forms of one id by year, old packs upgraded."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from generator.checks.cases import cases_of, submission_of
from generator.cli.command_line import main
from generator.model.document import Document, Heading, Paragraph
from generator.model.submission import Submission
from generator.packs._heads import read_heads
from generator.packs.composer import compose
from generator.packs.layers import assemble
from generator.packs.loader import load
from generator.packs.pack import PackError
from generator.packs.places import TEMPLATES
from generator.packs.upgrade import upgrade

LEFT = Path(__file__).parent / "upgrade" / "0.1.0.zip"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return tmp_path / "templates"


def pack(root: Path, narrative: str, toml: str = "", parent: str = "liaoning", name: str = "试") -> Path:
    folder = root / name
    (folder / "narrative").mkdir(parents=True)
    (folder / "pack.toml").write_text(f'id = "{name}"\ntitle = "试"\nextends = "{parent}"\n', encoding="utf-8")
    (folder / "narrative" / "正文.j2").write_text(narrative, encoding="utf-8")
    if toml:
        (folder / "more.toml").write_text(toml, encoding="utf-8")
    return folder


def made(root: Path, name: str = "试", year: int = 2024, case: str = "everything") -> Document:
    compiled = load(name, root, year)
    submission = submission_of(cases_of(compiled.pack)[case], compiled.pack)
    return compose(Submission(**{**{f: getattr(submission, f) for f in submission.__slots__}, "year": year}), compiled)


def prose(document: Document) -> dict[str, str]:
    return {b.id: b.text for b in document.blocks() if isinstance(b, Heading | Paragraph)}


# ------------------------------------------------------------------ heads

ESSAY = """
@部分 alpha
第一部分 {{ info.name }}
@@ a.title 标题
一、甲
@@ a.class
@每个 klass 属于 general.classes
@如果 klass.total
{{ n }}.{{ klass.name }}
@@@ a.item
@每个 subject 属于 klass.items
（{{ n }}）{{ subject.name }}
{{ subject.total|money }}万元
@@ a.group 组
@如果 fund.empty
@@@ a.none
没有
@@@ a.small 小标题 进目录
@目录 小
小标题

@部分 beta 报表
第二部分 表
@@ b.table 报表 summary
@@ b.again
@令 t = fund
@同 b.text
@@ b.text
@令 t = general
{{ t.total.total|money }}
"""


def test_a_part_is_written_as_it_reads(root: Path) -> None:
    folder = pack(root, ESSAY, parent="national")
    (folder / "pack.toml").write_text('id = "试"\ntitle = "试"\nextends = "national"\n', encoding="utf-8")
    document = made(root)
    assert [p.id for p in document.parts] == ["alpha", "beta"] and document.parts[1].kind == "tables"
    text = prose(document)
    classes = [k for k in text if k.startswith("a.class[")]
    assert len(classes) > 1 and text[classes[0]].startswith("1.") and text[classes[1]].startswith("2.")
    blocks = list(text)
    items = [k for k in blocks if k.startswith("a.item[")]
    assert blocks.index(items[0]) == blocks.index(classes[0]) + 1  # inside its loop
    assert text[items[0]].startswith("（1）") and text[items[0]].endswith("万元")
    assert "a.none" not in text and "a.small" not in text  # the fund of this case is not empty
    assert [b.in_toc for b in document.contents()][:2] == [f"第一部分 {document.department}", "一、甲"]
    assert text["b.again"] != text["b.text"]  # the same words, each with its own table
    assert [t.title for t in document.tables()] == ["收入支出决算总表"]


def test_heads_say_what_is_wrong_with_the_line() -> None:
    for text, says in [
        ("@@", "第1行的“@@”后面要写段落的编号"),
        ("@@ a 标", "“标”不认识"),
        ("@@ a 报表", "“报表”后面要写表的编号"),
        ("@@ a\n@每个 general.items\n甲", "第2行要写成“@每个 名称 属于 清单”"),
        ("@@ a\n甲\n@如果 x", "第3行的“@如果 x”要写在“@@”的下面"),
        ("@部分 x 表格", "“表格”不认识"),
        ("@@ a\n@年度 去年\n甲", "@年度 2024起"),
        ("@@ a\n@@@@ b", "的“@”多了"),
        ("@@ a\n@要是 x", "可以写 @如果"),
    ]:
        with pytest.raises(PackError, match="第") as caught:
            read_heads(text, "x.j2")
        assert says in str(caught.value)


def test_a_new_paragraph_says_where_it_stands_and_a_slip_in_an_id_is_no_new_one(root: Path) -> None:
    folder = pack(root, "@@ fund.more\n@放在 fund.none 之后\n另有说明。\n")
    ids = list(prose(made(root, case="no-fund" if (root / "national/cases/no-fund.toml").exists() else "everything")))
    assert "fund.more" in ids
    (folder / "narrative" / "正文.j2").write_text("@@ fund.nnone\n没有。\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"没有对应的段落|没有这个编号"):
        load("试", root)
    (folder / "narrative" / "正文.j2").write_text("@部分 statement\n@@ fund.nnone\n没有。\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"fund\.none.*@放在"):
        load("试", root)


# ------------------------------------------------------------------ by year


def test_an_id_may_have_a_form_for_each_year(root: Path) -> None:
    """Table, phrase, format, sentence: last year's document can still be built."""
    pack(
        root,
        "@@ fund.title\n@年度 2025起\n（三）基金。\n",
        """
[[table]]
id = "summary"
since = 2025
title = "收支总表"
[[phrase]]
id = "change.total"
since = 2025
increase = "多了{{ diff|money }}万元"
decrease = "少了{{ diff|money }}万元"
equal = "没有变"
[[format]]
id = "percent"
until = 2023
decimals = 1
[[format]]
id = "percent"
since = 2025
decimals = 0
""",
    )
    for year, title, heading, decimals in ((2023, 0, 0, 1), (2024, 0, 0, 2), (2025, 1, 1, 0)):
        document = made(root, year=year)
        text = prose(document)
        assert ("收支总表" in [t.title for t in document.tables()]) == bool(title)
        assert (text["fund.title"] == "（三）基金。") == bool(heading)
        assert ("多了" in text["income.change"] or "少了" in text["income.change"]) == bool(heading)
        share = text["income.fiscal"].split("占收入总计的")[1].split("%")[0]
        assert len(share.partition(".")[2]) == decimals


def test_two_forms_of_one_year_are_refused(root: Path) -> None:
    pack(
        root,
        "",
        '[[term]]\nid = "x"\nterm = "甲"\ntext = "乙"\nuntil = 2024\n[[term]]\nid = "x"\nterm = "甲"\ntext = "丙"\nsince = 2024\n',
    )
    with pytest.raises(PackError, match="每一次都要写明年度"):
        load("试", root)


# ------------------------------------------------------------------ old packs

OUTLINE = """
# 概况
[[part]]
id = "alpha"
order = 5
title = "前言 {{ info.name }}"
[[block]]
part = "alpha"
id = "alpha.title"
style = "h2"
text = "一、甲"
[[block]]
part = "alpha"
id = "alpha.text"
for_each = "general.classes"
name = "klass"
when = "klass.total"
[[block]]
part = "alpha"
id = "alpha.inner"
inside = "alpha.text"
for_each = "klass.items"
name = "subject"
text = "{{ subject.name }}"
[[block]]
part = "statement"
id = "fund.note"
after = "fund.none"
text = "另有说明。"
[[block]]
part = "statement"
id = "soe.none"
when = "soe.empty"
[[block]]
part = "statement"
id = "last.words"
text = "完。"
"""


def test_an_old_pack_upgraded_builds_the_same(root: Path) -> None:
    folder = pack(root, "@@ alpha.text\n{{ klass.name }}\n类\n\n## 说明\n@@ fund.none\n本县没有。\n", OUTLINE)
    before = made(root)
    written = upgrade("试", root)
    assert written and upgrade("试", root) == []  # once is enough
    assert not (folder / "more.toml").exists()
    after = made(root)
    assert after == before and before.prose()[0].startswith("前言")
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted((folder / "narrative").iterdir()))
    assert "@部分 alpha" in text and "@@@ alpha.inner" in text and "## 说明\n@@ fund.none" in text
    assert "@@ alpha.title 标题 不进目录" in text and "@放在" in text and "## 概况" in text


def test_the_old_pack_of_the_fixture_upgraded_builds_the_same(root: Path) -> None:
    with zipfile.ZipFile(LEFT) as left:
        for member in left.namelist():
            if member.startswith("packs/某县/") and not member.endswith("/"):
                target = root / member.removeprefix("packs/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(left.read(member))
    before = made(root, "某县")
    upgrade("某县", root)
    assert made(root, "某县") == before


def test_an_upgrade_that_would_change_the_document_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pack(root, "", OUTLINE.replace('id = "alpha.text"', 'id = "alpha.text"\ntext = "类"'))
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    monkeypatch.setattr("generator.packs.upgrade.lines_of", lambda _raw: iter(()))
    with pytest.raises(PackError, match="没有改动任何文件"):
        upgrade("试", root)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "upgrade", "liaoning"]) == 0
    assert "已经是新写法" in capsys.readouterr().out
    assert not [b for b in assemble(TEMPLATES / "liaoning").origins.values() if "/outline/" in b.file]


def test_the_reference_of_the_language_is_current_and_complete() -> None:
    """Every key of the schema and every function is explained in Chinese and has an example."""
    from tools import pack_reference

    there, made = pack_reference.PAGE.read_text(encoding="utf-8"), pack_reference.page()
    assert said_by(there) == said_by(made)  # which of the packs' examples is shown may have changed since
    said = pack_reference.words()
    for kind, names in pack_reference.keys().items():
        assert set(names) <= set(said[kind]), (kind, set(names) - set(said[kind]))
        assert set(said[kind]) <= set(names), (kind, set(said[kind]) - set(names))
    functions, filters = pack_reference.callables()
    assert set(functions) == set(said["functions"]) and set(filters) == set(said["filters"])
    rows = [line for line in pack_reference.reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 250 and not [line for line in rows if line.endswith("|  |")]


def said_by(page: str) -> list[str]:
    """The lines of the reference without their examples."""
    return [line.rpartition(" | ")[0] or line for line in page.splitlines() if not line.startswith("| `\\|")]
