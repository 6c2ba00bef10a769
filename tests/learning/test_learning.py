"""Learning from published documents: written again from their own tables, tried on others, nothing copied."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from generator.audit.against import as_publication
from generator.checks.pack import verify as verify_pack
from generator.cli.command_line import main
from generator.department.examination import examine
from generator.files.published.model import Publication, PubTable, PubText
from generator.files.published.reader import read_published
from generator.learning.as_pack import write_pack
from generator.learning.report import Lesson, lesson
from generator.learning.trial import Tried
from generator.model.document import Document
from generator.writers.docx import write_docx
from tests.conftest import examined_of
from tools.made.departments import write

AMOUNT = re.compile(r"\d(?:万元|元|[%％])")


def document_of(seed: str) -> Document:
    document = examined_of(seed).document
    assert document is not None
    return document


def learned(*documents: Document, tried: tuple[Document, ...] = (), pack: str = "") -> Lesson:
    def named(found: tuple[Document, ...]) -> list[tuple[str, Publication]]:
        return [(d.department, as_publication(d)) for d in found]

    return lesson(named(documents), pack, tried=named(tried))


def share(found: list[Tried]) -> float:
    computed = [t for t in found if t.computed]
    assert len(computed) > 15
    return sum(t.equal for t in computed) / len(computed)


def test_a_document_is_written_again_from_its_own_tables(seed: str) -> None:
    """From the Word file, on national or national-budget (which say no sentence): all of its sentences."""
    read = read_published(write_docx(document_of(seed)), "上年公开.docx")
    made = lesson([("上年公开.docx", read)], "national-budget" if seed == "003" else "national")
    wrong = [(t.published, t.generated) for t in made.itself if not t.equal]
    assert wrong == [] and len(made.itself) > 80
    assert len(made.questions) <= 20


def test_learned_from_one_department_and_tried_on_another() -> None:
    """Of one province; the pack with the nearest tables is found."""
    made = learned(document_of("000"), tried=(document_of("001"),))
    assert made.base == "liaoning"
    ((_, tried),) = made.tried
    assert share(tried) >= 0.95
    for one in tried:
        assert not any(AMOUNT.search(words) for words in one.granted), one.published


@pytest.mark.parametrize("pack", ["xinjiang", "shanghai", "dalian-budget"])
def test_learned_from_a_made_up_department_and_tried_on_another(pack: str, tmp_path: Path) -> None:
    one, other = (examine(write(tmp_path / str(n), pack, n)).document for n in (21, 22))
    assert one is not None and other is not None
    made = learned(one, tried=(other,))
    assert made.base == pack
    assert share(made.tried[0][1]) >= 0.9


def changed(publication: Publication, old: str, new: str) -> Publication:
    """A document with one amount of its text changed."""
    blocks = [replace(b, text=b.text.replace(old, new)) if isinstance(b, PubText) else b for b in publication.blocks]
    return replace(publication, blocks=blocks)


def test_the_tables_give_the_figures_not_the_text_that_is_compared_with() -> None:
    made = as_publication(document_of("001"))
    spoiled = changed(made, "基本支出2,685.87万元", "基本支出9,685.87万元")
    tried = dict(lesson([("a", as_publication(document_of("000")))], tried=[("b", spoiled)]).tried)["b"]
    found = next(t for t in tried if "1.基本支出9,685.87万元" in t.published)
    assert not found.equal and found.generated.startswith("1.基本支出2,685.87万元，占支出总计的48.68%")


def test_direction_words_follow_the_figures() -> None:
    """A change that only went down where it was learned is told as a rise, and as none, where the figures say so."""
    made = as_publication(document_of("000"))
    fell = "与上年相比，今年收入总计减少116.07万元，下降6.78%"
    assert any(isinstance(b, PubText) and fell in b.text for b in made.blocks)
    before = changed(changed(made, "2024", "2023"), fell, "与上年相比，今年收入总计持平")
    lower = replace(before, blocks=[_doubled(b) if isinstance(b, PubTable) else b for b in before.blocks])
    result = lesson([("a", made)], last=lower, tried=[("b", made)])
    found = next(t for _, ts in result.tried for t in ts if "今年收入总计" in t.published)
    assert found.generated.startswith("与上年相比，今年收入总计减少") and not found.facts


def _doubled(table: PubTable) -> PubTable:
    """Every amount of a table with a 9 before it."""

    def more(text: str) -> str:
        return f"9{text}" if re.fullmatch(r"[\d,]{1,7}\.\d\d", text) and text != "0.00" else text

    rows = tuple(tuple(more(c) for c in row) for row in table.rows)
    return replace(table, rows=rows, cells=tuple(replace(c, text=more(c.text)) for c in table.cells))


def test_the_command_answers_as_data_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, seed in (("一.docx", "000"), ("二.docx", "001")):
        (tmp_path / name).write_bytes(write_docx(document_of(seed)))
    before = sorted(p.name for p in tmp_path.iterdir())
    assert main(["learn", str(tmp_path / "一.docx"), "--try", str(tmp_path / "二.docx"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["learned"]["sentences"] == answer["learned"]["reproduced"] > 100
    (tried,) = answer["tried"]
    assert tried["file"] == "二.docx" and set(tried["sentences"][0]) >= {
        "published",
        "generated",
        "computed",
        "granted",
    }
    assert main(["learn", str(tmp_path / "一.docx")]) == 0
    assert "照样写出" in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_what_was_learned_is_an_ordinary_pack(seed: str, tmp_path: Path) -> None:
    """The document is its first case: every paragraph comes out again."""
    name = "national-budget" if seed == "003" else "national"
    made = lesson([("a", as_publication(document_of(seed)))], name)
    write_pack(made, tmp_path / "学到")
    problems, summary = verify_pack("学到", tmp_path)
    assert problems == []
    assert "✓ 空白填报表可以生成草稿" in summary and "✓ 1 个案例全部符合" in summary
    said = (tmp_path / "学到/narrative/公开文本.j2").read_text("utf-8")
    assert document_of(seed).department not in said and f"{document_of(seed).year}年" not in said
    if seed == "003":
        assert "@每个 subject 属于 general.items" in said or "@每个 klass 属于 general.classes" in said


def test_the_pack_is_written_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "上年.docx").write_bytes(write_docx(document_of("003")))
    asked = [
        "learn",
        str(tmp_path / "上年.docx"),
        "--pack",
        "national-budget",
        "--out",
        str(tmp_path / "packs" / "某局"),
    ]
    assert main(asked) == 0
    assert "1 个案例全部符合" in capsys.readouterr().out
    assert main(asked) != 0 and "已经有" in capsys.readouterr().err


def test_foreign_words_stay_words(tmp_path: Path) -> None:
    made = as_publication(document_of("003"))
    nasty = '{{ 1/0 }}{% x %}@@ a\n# """ 主要用于{{ summary }}，2024年预算1.00万元。⟦number⟧△'
    made.blocks.append(PubText(nasty))
    made.blocks.append(PubText("（" * 2000 + "主要原因是" * 300 + "1万元，" * 500))
    result = lesson([("a", made)], "national-budget")
    write_pack(result, tmp_path / "学到")
    problems, _ = verify_pack("学到", tmp_path)
    assert problems == []
    said = "".join(nasty.split())
    assert any(t.published in said and "{{" in t.published and t.equal for t in result.itself)
