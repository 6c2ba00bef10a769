"""``pack check`` keeps its promise: forty faults of one pack named in one run, in Chinese; nothing on the good packs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from generator.checks.pack import verify
from generator.cli.command_line import main
from generator.department.full_form import full, variants
from generator.department.pack_trial import trial
from generator.packs.compiled import CompiledPack
from generator.packs.loader import load
from generator.packs.pack import PackError
from generator.packs.places import available

PACKS = [name for name in available() if not load(name).pack.meta.abstract]
PACK = """id = "某市"
title = "某市部门决算"
extends = "liaoning"
"""
HEAD = "header = '科目编码 | 科目名称 | 合计'\ntotal = '合计 | < | {total}'\n"
ROW = "row = '{code} | {name} | {total}'\n"
BODY = "header = '项目 | 金额'\nbody = '收入 | {income}'\n"


def table(name: str, body: str, number: str = "") -> str:
    return f"[[table]]\nid = '{name}'\nnumber = '{number or name}'\ntitle = '试表{name}'\n{body}\n"


# file, what is planted there, words by which it must be named
Fault = tuple[str, str, tuple[str, ...]]
FAULTS: list[Fault] = [
    ("tables.toml", table("t01", BODY + "hidden = true\nwidht = [1, 2]"), ("t01", "widht", "是不是“widths”")),
    (
        "tables.toml",
        table("t02", HEAD + "rows = 'functional'\nrow = '{lei} | {name} | {total}'\nhidden = true"),
        ("t02", "“lei”不是科目编码的名称"),
    ),
    ("tables.toml", table("t03", BODY), ("t03", "公开文本里却没有")),
    ("tables.toml", table("t04", BODY + "hidden = true\nwidths = [1, 2, 3]"), ("t04", "widths 的个数")),
    (
        "tables.toml",
        table("t05", HEAD + "rows = 'functional'\nhidden = true\nrow = '{code} | {name}{total}'"),
        ("t05", "2列"),
    ),
    ("tables.toml", table("t06", BODY + "hidden = true\nformat = 'mony'"), ("t06", "是不是“money”")),
    (
        "tables.toml",
        table("t07", "hidden = true\nheader = '项目 | 金额 | 金额'\nbody = '收入 | {income} | {income}'"),
        ("t07", "写了两次"),
    ),
    ("tables.toml", table("t08", BODY + "hidden = true\nrequired = ['incom']"), ("t08", "incom", "是不是“income”")),
    (
        "sheets.toml",
        "[[field]]\nid = 'try.f09'\nsheet = 'info'\nlabel = '{{ year }}年人数'\n",
        ("try.f09", "不能写花括号"),
    ),
    ("sheets.toml", "[[field]]\nid = 'try.f10'\nsheet = 'infos'\nlabel = '人数'\n", ("try.f10", "是不是“info”")),
    (
        "sheets.toml",
        "[[field]]\nid = 'try.f11'\nsheet = 'info'\nlabel = '级别'\ntype = 'choice'\n",
        ("try.f11", "choices"),
    ),
    (
        "sheets.toml",
        "[[field]]\nid = 'try.f12'\nsheet = 'info'\nlabel = '级别'\ntype = 'choice'\nchoices = ['区级']\ndefault = '区'\n",
        ("try.f12", "不在 choices 里"),
    ),
    (
        "sheets.toml",
        "[[field]]\nid = 'try.f13'\nsheet = 'info'\nlabel = '上年出国'\ntype = 'amount'\nlast = 'summary.r31.abroad'\n",
        ("try.f13", "summary.r31.abroad"),
    ),
    (
        "sheets.toml",
        "[[list]]\nid = 'l14'\nsheet = 'info'\ntitle = '甲'\nkey = 'nam'\ncolumns = [{ id = 'name', label = '名称' }]\n",
        ("l14", "nam", "是不是“name”"),
    ),
    (
        "sheets.toml",
        "[[list]]\nid = 'l15'\nsheet = 'info'\ntitle = '乙'\ncolumns = [{ id = 'why', label = '原因', base = 'bas' }]\n",
        ("l15", "base “bas”"),
    ),
    (
        "sheets.toml",
        "[[field]]\nid = 'try.f16'\nsheet = 'info'\nlabel = '金额'\ntype = 'money'\n",
        ("try.f16", "“type”的值不在允许的范围内", "amount"),
    ),
    ("sheets.toml", "[[field]]\nid = 'try.f17'\nlabel = '金额'\n", ("try.f17", "“sheet”必须填写")),
    (
        "checks.toml",
        "[[check]]\nid = 'XX-018'\nleft = 'summary.r31'\nright = 'summary.r59'\n",
        ("XX-018", "“title”必须填写"),
    ),
    (
        "checks.toml",
        "[[check]]\nid = 'XX-019'\ntitle = '甲'\nleft = 'sumary.r31'\nright = 'summary.r31'\n",
        ("XX-019", "sumary", "是不是“summary”"),
    ),
    (
        "checks.toml",
        "[[check]]\nid = 'XX-020'\ntitle = '乙'\nfor_each = 'general.rows'\nname = 'row'\ncolumns = ['total', 'basis']\n"
        "left = 'row[c]'\nright = 'row[c]'\n",
        ("XX-020", "basis", "是不是“basic”"),
    ),
    ("checks.toml", "[[check]]\nid = 'DC-341'\ntitle = '丙'\nleft = 'year'\nright = 'year'\n", ("DC-341", "已经用于")),
    ("checks.toml", "[[check]]\nid = 'XX-022'\ntitle = '丁'\nleft = 'summary.r31'\n", ("XX-022", "left、right 都要写")),
    (
        "checks.toml",
        "[[check]]\nid = 'XX-023'\ntitle = '戊'\nleft = 'summary.r31'\nright = 'summary.r31'\ntable = 'sumary'\n",
        ("XX-023", "是不是“summary”"),
    ),
    (
        "phrases.toml",
        "[[phrase]]\nid = 'p.24'\nincrease = '增加5万元'\ndecrease = '减少'\nequal = '持平'\nno_base = '上年没有'\n",
        ("p.24", "直接写了数字“5”"),
    ),
    ("phrases.toml", "[[phrase]]\nid = 'p.25'\ndecrease = '减少'\nequal = '持平'\n", ("p.25", "缺少“increase”")),
    (
        "phrases.toml",
        "[[phrase]]\nid = 'p.26'\nplaces = 'monye'\nincrease = '增加'\ndecrease = '减少'\nequal = '持平'\nno_base = '无'\n",
        ("p.26", "是不是“money”"),
    ),
    (
        "phrases.toml",
        "[[phrase]]\nid = 'p.27'\nincrease = '增加{{ diff|money }'\ndecrease = '减少'\nequal = '持平'\nno_base = '无'\n",
        ("p.27", "写法不对"),
    ),
    (
        "narrative/9-试.j2",
        "@@ n28\n@放在 fund.none 之后\n本年{{ sumary.r31|money }}万元。\n",
        ("n28", "sumary", "是不是“summary”"),
    ),
    (
        "narrative/9-试.j2",
        "@@ n29\n@放在 fund.none 之后\n{{ phrase('change.totl', summary.r31, prior.income) }}。\n",
        ("n29", "change.totl", "是不是“change.total”"),
    ),
    (
        "narrative/9-试.j2",
        "@@ n30\n@放在 fund.none 之后\n@每个 subject 属于 general.items\n{{ subject.name }}{{ subject.totla|money }}万元。\n",
        ("n30", "subject.totla", "是不是“subject.total”"),
    ),
    (
        "narrative/9-试.j2",
        "@@ n31\n@放在 fund.none 之后\n@每个 subject 属于 general.items\n{{ subject.name }}{{ subject.facts.uze }}。\n",
        ("n31", "subject.facts.uze"),
    ),
    ("narrative/9-试.j2", "@@ n32\n@放在 fund.none 之后\n本年支出12.5万元。\n", ("n32", "直接写了数字“12.5”")),
    (
        "narrative/9-试.j2",
        "@@ n33\n@放在 fund.none 之后\n{{ phrase(‘change.total’, summary.r31, prior.income) }}。\n",
        ("n33", "中文引号"),
    ),
    ("narrative/9-试.j2", "@@ n34\n@放在 fund.none 之后\n本年{{ summary.r31|mony }}万元。\n", ("n34", "mony")),
    ("narrative/9-试.j2", "@@ n35 标提\n@放在 fund.none 之后\n试。\n", ("n35", "“标提”不认识", "是不是“标题”")),
    ("narrative/9-试.j2", "@@ n36\n@放在 fund.non 之后\n试。\n", ("n36", "fund.non", "是不是“fund.none”")),
    ("narrative/9-试.j2", "@@ n37 报表 summry\n@放在 fund.none 之后\n", ("n37", "是不是“summary”")),
    (
        "narrative/9-试.j2",
        "@@ n38 标题\n@目录 完全两样的话\n@放在 fund.none 之后\n四、试题\n",
        ("完全两样的话", "四、试题"),
    ),
    (
        "glossary.toml",
        "[[term]]\nid = 'g39'\nterm = '甲'\ntext = '{{ info.nam }}的解释'\n",
        ("g39", "info.nam", "是不是“info.name”"),
    ),
    ("narrative/9-试.j2", "@@ n40\n@放在 fund.none 之后\n名称{{ info.name|money }}。\n", ("n40", "只能用于数字")),
]


def quick(compiled: CompiledPack, year: int) -> Iterator[PackError]:
    """Tried without writing the files, which the proof does (tools/proof/pack_faults.py)."""
    return trial(compiled, year, files=False)


def plant(folder: Path, faults: Sequence[Fault], meta: str = PACK) -> Path:
    """A pack with these faults in it."""
    home = folder / "某市"
    (home / "narrative").mkdir(parents=True)
    (home / "cases").mkdir()
    (home / "pack.toml").write_text(meta, encoding="utf-8")
    (home / "cases" / "空白.toml").write_text('title = "空白填报表"\n', encoding="utf-8")
    files: dict[str, str] = {}
    for file, text, _ in faults:
        files[file] = files.get(file, "") + text + "\n"
    for file, text in files.items():
        (home / file).write_text(text, encoding="utf-8")
    return folder


def test_forty_faults_are_named_in_one_run(tmp_path: Path) -> None:
    assert len(FAULTS) == 40
    problems, _ = verify("某市", plant(tmp_path, FAULTS), quick)
    missed = [words for _, _, words in FAULTS if not any(all(w in p for w in words) for p in problems)]
    assert len(missed) <= 2, "\n".join([*map(str, missed), "", *problems])
    assert not [p for p in problems if not re.search("[一-鿿]", p) or "Traceback" in p or "Error" in p]
    named = {p for p in problems if any(all(w in p for w in words) for _, _, words in FAULTS)}
    assert len(problems) - len(named) <= 2, "\n".join(sorted(set(problems) - named))  # one cause, one message


def test_the_same_pack_without_them_is_sound(tmp_path: Path) -> None:
    good = [
        ("narrative/9-试.j2", "@@ n01\n@放在 fund.none 之后\n{{ info.name }}本年{{ summary.r31|money }}万元。\n", ())
    ]
    assert verify("某市", plant(tmp_path, good), trial)[0] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda home: (home / "cases" / "空白.toml").unlink(), "一个案例也没有"),
        (lambda home: (home / "pack.toml").write_text('id = "某市"\ntitle = "甲"\n', encoding="utf-8"), "没有写公开文本"),
        (lambda home: (home / "pack.toml").write_text('id = “某市”\n', encoding="utf-8"), "中文引号"),
        (lambda home: (home / "pack.toml").write_text(PACK.replace("liaoning", "liaonin"), encoding="utf-8"), "找不到上级"),
        (lambda home: (home / "pack.toml").write_text(PACK + "[remove]\nblock = ['fund.non']\n", encoding="utf-8"), "fund.non"),
        (lambda home: (home / "pack.toml").write_text(PACK + "literals = ['12月(31日']\n", encoding="utf-8"), "12月(31日"),
        (lambda home: (home / "cases" / "空白.toml").write_text('titel = "甲"\n', encoding="utf-8"), "titel"),
    ],
)  # fmt: skip
def test_what_a_whole_pack_lacks(change: object, says: str, tmp_path: Path) -> None:
    plant(tmp_path, [])
    change(tmp_path / "某市")  # type: ignore[operator]
    problems, _ = verify("某市", tmp_path, quick)
    assert any(says in p for p in problems), problems


def test_inherited_checks_that_no_longer_fit_are_named_together_with_an_offer(tmp_path: Path) -> None:
    changed = (
        "[[table]]\nid = 'general'\nheader = '科目编码 | 科目名称 | 合计'\ntotal = '合计 | < | {all}'\n"
        "row = '{code} | {name} | {all}'\nwidths = []\nindent = []\nrequired = []\n"
    )
    problems, _ = verify("某市", plant(tmp_path, [("tables.toml", changed, ())]), quick)
    offers = [p for p in problems if "从上级继承的检查" in p]
    assert len(offers) == 1 and re.search(r"check = \[\"GK-\d+", offers[0]) and "[remove]" in offers[0]
    offered = re.search(r"check = (\[.*?\])", offers[0])
    assert offered is not None
    blocks = re.search(r"block = (\[.*?\])", "".join(problems))
    removed = f"[remove]\ncheck = {offered[1]}\n" + (f"block = {blocks[1]}\n" if blocks else "")
    (tmp_path / "某市" / "pack.toml").write_text(PACK + removed, encoding="utf-8")
    assert not [p for p in verify("某市", tmp_path, quick)[0] if "从上级继承的检查" in p]


@pytest.mark.parametrize("name", PACKS)
def test_every_way_in_which_a_text_may_turn_is_tried(name: str) -> None:
    """The full workbook holds two levels of rows, two entries of each list, no amount twice."""
    pack = load(name).pack
    year = max((2024, *pack.turns))
    filled = full(load(name, year=year).pack, year)
    for spec in pack.in_force(pack.tables, year):
        lengths = {len(r["code"]) for r in filled.tables[spec.id]["rows"]}
        assert not spec.rows or spec.rows == "list" or len(lengths) >= 2, spec.id
    assert all(len(rows) >= 2 for rows in filled.lists.values())
    slots = [v for t in filled.tables.values() for v in t["slots"].values()]
    assert len(set(slots)) == len(slots)
    assert len(list(variants(pack, year))) > 8


def test_good_packs_have_no_faults() -> None:
    """Without the written files, which the proof tries: see tools/proof/pack_faults.py."""
    for name in ("xinjiang", "dalian-budget", "shanghai-budget"):
        problems, summary = verify(name, trial=quick)
        assert problems == [] and any("自己填满" in line for line in summary)


def test_the_command_counts_what_is_to_be_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(tmp_path, FAULTS[:1])
    assert main(["--packs", str(tmp_path), "pack", "check", "某市"]) == 3
    said = capsys.readouterr().out
    assert "共 1 处要改" in said and "某市/tables.toml 中的“t01”" in said
