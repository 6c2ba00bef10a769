"""What real forms need of the language of packs: one pack that uses all of it, with a case for each need."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from generator.checks.cases import cases_of, filled, own_cases, run
from generator.checks.filled import submission
from generator.checks.formulas import Status, run_formulas
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.model.document import Heading, Table
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.loader import load
from generator.packs.pack import PackError
from generator.packs.places import TEMPLATES
from generator.workbook.form.write import write_form
from tools.made.fill_inputs import form_data

PACKS = Path(__file__).parent / "assets" / "packs"
NEEDS = {
    "标题带年度", "三格编码", "只列用到的类", "目录另写", "标题编号", "标题编号没有基金", "增减按印出的数", "按年度", "按年度2024",
    "清单少一栏", "报表部分的文字", "页眉和封面", "单位", "无上年数", "几个基数", "照表上的名称",
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packs") / "templates"
    shutil.copytree(TEMPLATES, root)
    shutil.copytree(PACKS / "示例", root / "示例")
    return root


@pytest.fixture(scope="module")
def compiled(root: Path) -> CompiledPack:
    return load("示例", root)


def test_every_need_has_a_case(compiled: CompiledPack) -> None:
    assert {c.id for c in own_cases(compiled.pack)} == NEEDS


@pytest.mark.parametrize("need", sorted(NEEDS))
def test_the_case_of_a_need(need: str, compiled: CompiledPack) -> None:
    assert run(cases_of(compiled.pack)[need], compiled) == []


@pytest.mark.parametrize(
    ("need", "key", "wrong", "says"),
    [
        (
            "三格编码",
            "shows",
            {"table.general": "201 | 03 | 99 | 不存在 | 1"},
            "表“table.general”里没有：201 | 03 | 99",
        ),
        ("页眉和封面", "cover", ["没有这一行"], "封面里没有：没有这一行"),
        ("报表部分的文字", "lines", ["没有这一段"], "文本里没有：没有这一段"),
        ("目录另写", "contents", ["一、收支总表", "一、部门构成"], "目录里没有：一、部门构成"),
    ],
)
def test_a_case_that_is_not_met_says_so(need: str, key: str, wrong: object, says: str, compiled: CompiledPack) -> None:
    case = cases_of(compiled.pack)[need]
    problems = run(replace(case, raw={**case.raw, key: wrong}), compiled)
    assert any(says in p for p in problems)


def test_the_document_in_every_format(root: Path, compiled: CompiledPack, tmp_path: Path) -> None:
    """Running head on the pages, contents that lead to the first table, prose among tables in the text, 单位 in the name."""
    made = filled(cases_of(compiled.pack)["页眉和封面"], compiled.pack, cases_of(compiled.pack))
    made.fields["info.scope"] = "单位"
    made.tables["soe"] = {"slots": {}, "rows": [], "totals": {}}
    (tmp_path / "填报表.xlsx").write_bytes(write_form(compiled.pack, 2024, made.name, data=form_data(made)))
    built = build(tmp_path, root=root, formats=("docx", "pdf", "html", "txt", "xlsx"), out=tmp_path / "out")
    assert isinstance(built, Built)
    files = {p.suffix: p for p in built.files}
    assert files[".pdf"].name == "滨海市示例局（虚构）2024年度单位决算.pdf"
    assert "关于空表的说明" in files[".txt"].read_text(encoding="utf-8").splitlines()
    with zipfile.ZipFile(files[".docx"]) as package:
        heads = [package.read(n).decode() for n in package.namelist() if n.startswith("word/header")]
        body = package.read("word/document.xml").decode()
    assert any("监督索引号53010000" in h for h in heads)
    assert "二、单位决算表" in body and body.count("二、单位决算表") == 1  # in the contents only
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(files[".pdf"].read_bytes())).pages]
    assert all("监督索引号53010000" in p for p in pages)
    first = next(k for k, p in enumerate(pages, 1) if "2024年度收支总表" in p)
    entry = next(line for line in pages[1].splitlines() if "二、单位决算表" in line)
    assert entry.rstrip().endswith(str(first))
    assert 'class="running"' in files[".html"].read_text(encoding="utf-8")


def test_sums_of_whole_yuan_may_differ_by_their_roundings(compiled: CompiledPack) -> None:
    made = filled(cases_of(compiled.pack)["everything"], compiled.pack, cases_of(compiled.pack))
    total = made.tables["general"]["totals"]

    def status(by: Decimal, cents: str = "") -> set[Status]:
        made.tables["general"]["totals"] = {**total, "total": str(Decimal(total["total"]) + by) + cents}
        context = compiled.context(submission(compiled.pack, made))
        return {r.status for r in run_formulas(compiled, context) if r.spec.id == "GK-108c" or "GK-108" in r.spec.id}

    assert Status.FAILED not in status(Decimal(1))
    assert Status.FAILED in status(Decimal(5))
    assert Status.FAILED in status(Decimal(1), ".50")  # with 分 written, the amount is exact


def test_a_workbook_shows_and_reads_a_table_without_its_slots(
    root: Path, compiled: CompiledPack, tmp_path: Path
) -> None:
    made = filled(cases_of(compiled.pack)["everything"], compiled.pack, cases_of(compiled.pack))
    (tmp_path / "填报表.xlsx").write_bytes(write_form(compiled.pack, 2024, made.name, data=form_data(made)))
    examined = examine(tmp_path, root=root)
    assert not [f for f in examined.findings if f.id in ("WB-030", "WB-032", "WB-033")]
    assert examined.document == compose(examined.submission, compiled) if examined.submission else False
    table = next(t for t in examined.document.tables() if t.id == "table.summary") if examined.document else None
    assert table and table.grid("body")[0][:2] == ["一、一般公共预算财政拨款收入", "165.00"]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("a.toml", '[[term]]\nid = "x"\nterm = "甲"\ntext = "乙"\nwhen = "{{ year }}"\n', "when 里不能写花括号"),
        ("a.toml", '[[field]]\nid = "a.b"\nsheet = "info"\nlabel = "{{ year }}年数"\n', "label 里不能写花括号"),
        ("a.toml", '[[check]]\nid = "X-1"\ntitle = "{{ year }}"\nleft = "1"\nright = "1"\n', "title 里不能写花括号"),
        ("a.toml", '[[table]]\nid = "summary"\nhead = "甲 | 乙"\n', "公开的格子"),
    ],
)
def test_slots_that_would_be_printed_literally_are_refused(file: str, text: str, says: str, tmp_path: Path) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    (root / "liaoning" / file).write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=says):
        load("liaoning", root)


def test_the_blocks_of_the_example_are_what_they_say(compiled: CompiledPack) -> None:
    document = compose(
        submission(
            compiled.pack, filled(cases_of(compiled.pack)["everything"], compiled.pack, cases_of(compiled.pack))
        ),
        compiled,
    )
    headings = [b for b in document.blocks() if isinstance(b, Heading)]
    assert all(h.spans for h in headings)  # the part that stands in the contents alone prints no heading
    assert [b for b in document.blocks() if isinstance(b, Table)]
