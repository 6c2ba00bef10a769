"""People's wording: numbers inside stay live, nothing is lost, conflicts are said."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from generator import edits
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.department.returned import pull
from generator.edits.model import Alternative, Edit, EditConflict, Edits
from generator.edits.text import capture
from generator.model.document import Document, Heading, Paragraph, Part, Span, Table
from generator.model.figures import CellRef, Figure
from generator.model.findings import Severity
from tests.conftest import examined_of


def figure(value: str, cell: str) -> Span:
    from decimal import Decimal

    amount = Decimal(value.replace(",", "").rstrip("%"))
    return Span(value, "figure", Figure(amount, "元", (CellRef("公开01表", cell),), label=cell))


def document(*paragraphs: tuple[str, tuple[Span, ...]]) -> Document:
    blocks = tuple(Paragraph(name, spans) for name, spans in paragraphs)
    return Document("标题", "某局", 2024, "决算", ("某局",), (Part("p", Heading("p", 1, (Span("第一部分"),)), blocks),))


def income(total: str, share: str, direction: str = "增加", reason: str = "人员增加") -> tuple[str, tuple[Span, ...]]:
    return "income", (
        Span("收入总计"),
        figure(total, "C8"),
        Span(f"万元，比上年{direction}"),
        figure(share, "C9"),
        Span("，主要是"),
        Span(reason, "typed"),
        Span("。"),
    )


BEFORE = document(income("1,595.76", "12.30%"), ("second", (Span("支出总计"), figure("900.00", "E8"), Span("万元。"))))
OTHER = ("second", (Span("支出总计"), figure("900.00", "E8"), Span("万元。")))


def text(applied: edits.Applied, block: str = "income") -> str:
    return next(b.text for b in applied.document.blocks() if b.id == block)  # type: ignore[union-attr]


def one(edit: Edit, now: Document) -> edits.Applied:
    return edits.apply(now, Edits((edit,)))


def test_numbers_follow_the_data_and_wording_stays_the_persons() -> None:
    edit = edits.reword(
        BEFORE, "income", "全年收入总计1,595.76万元，较上年增加12.30%，主要是人员增加。", author="张", at="t"
    )
    applied = one(edit, document(income("1,605.76", "13.00%"), OTHER))
    assert text(applied) == "全年收入总计1,605.76万元，较上年增加13.00%，主要是人员增加。"
    assert not applied.conflicts and not applied.orphans
    shown = next(b for b in applied.document.blocks() if b.id == "income")
    assert [s.figure.cells[0].cell for s in shown.spans if s.figure] == ["C8", "C9"]  # type: ignore[union-attr]


def test_both_sides_change_other_places() -> None:
    edit = edits.reword(
        BEFORE, "income", "全年收入总计1,595.76万元，比上年增加12.30%，主要是人员增加。", author="张", at="t"
    )
    applied = one(edit, document(income("1,500.00", "6.00%", "减少", "人员减少"), OTHER))
    assert text(applied) == "全年收入总计1,500.00万元，比上年减少6.00%，主要是人员减少。"
    assert not applied.conflicts


def test_both_sides_change_one_place_is_a_conflict_that_blocks_until_decided(tmp_path: Path) -> None:
    edit = edits.reword(
        BEFORE, "income", "收入总计1,595.76万元，比上年增加12.30%，主要是项目增加。", author="张", at="t"
    )
    now = document(income("1,500.00", "6.00%", "减少", "人员减少"), OTHER)
    applied = one(edit, now)
    assert [(c.person, c.now) for c in applied.conflicts] == [
        (
            "收入总计1,500.00万元，比上年增加6.00%，主要是项目增加。",
            "收入总计1,500.00万元，比上年减少6.00%，主要是人员减少。",
        )
    ]
    assert [f.id for f in applied.findings if f.severity is Severity.ERROR] == ["ED-101"]
    edits.save(tmp_path, edit)
    edits.decide(tmp_path, now, "income", "person", author="李", at="t2")
    settled = edits.apply(now, edits.read(tmp_path))
    assert not settled.conflicts and text(settled) == "收入总计1,500.00万元，比上年增加6.00%，主要是项目增加。"
    edits.decide(tmp_path, now, "income", "generated", author="李", at="t3")
    assert text(edits.apply(now, edits.read(tmp_path))).endswith("人员减少。")
    assert len(list((tmp_path / "edits" / "旧稿").iterdir())) == 2


def test_a_number_changed_by_hand_is_reported_and_never_taken() -> None:
    edit = edits.reword(
        BEFORE, "income", "收入总计1,600.00万元，比上年增加12.30%，主要是人员增加。", author="张", at="t"
    )
    applied = one(edit, BEFORE)
    assert "1,595.76" in text(applied)
    found = [f for f in applied.findings if f.id == "ED-102"]
    assert [(f.expected, f.actual, f.severity) for f in found] == [("1,595.76", "1,600.00", Severity.ERROR)]
    assert CellRef("公开01表", "C8") in found[0].cells
    corrected = one(edit, document(income("1,600.00", "12.61%"), OTHER))
    assert not [f for f in corrected.findings if f.id == "ED-102"]  # the data have come to agree


def test_a_number_without_a_source_and_a_number_of_a_neighbour() -> None:
    others = edits.model.tokens_of("second", BEFORE.parts[0].blocks[1].spans)  # type: ignore[union-attr]
    edit = edits.reword(
        BEFORE,
        "income",
        "收入总计1,595.76万元，支出总计900.00万元，涉及37人。",
        author="张",
        at="t",
        others=tuple(others),
    )
    now = document(income("1,595.76", "12.30%"), ("second", (Span("支出总计"), figure("905.00", "E8"), Span("万元。"))))
    applied = one(edit, now)
    assert text(applied) == "收入总计1,595.76万元，支出总计905.00万元，涉及37人。"
    assert [f.id for f in applied.findings if "37" in f.message and f.severity is Severity.WARNING] == ["ED-104"]


def test_deleted_added_moved_and_orphaned(tmp_path: Path) -> None:
    made = [
        edits.reword(BEFORE, "income", "收入总计1,595.76万元。", author="张", at="t").model_copy(
            update={"action": "delete", "text": ""}
        ),
        Edit(block="new:1", action="insert", after="second", text="另有⟦1⟧情况。", author="张"),
        Edit(block="gone", text="不再生成的文字", author="张"),
    ]
    for edit in made:
        edits.save(tmp_path, edit)
    applied = edits.apply(BEFORE, edits.read(tmp_path))
    assert [b.id for b in applied.document.blocks()] == ["p", "second", "new:1"]
    assert [o.plain for o in applied.orphans] == ["不再生成的文字"]
    assert {f.id for f in applied.findings} == {"ED-105", "ED-106", "ED-103", "ED-104"}
    moved = edits.apply(BEFORE, Edits((Edit(block="income", action="move", after="second"),)))
    assert [b.id for b in moved.document.blocks()] == ["p", "second", "income"]


def test_two_people_at_once(tmp_path: Path) -> None:
    first = edits.reword(BEFORE, "income", "收入1,595.76万元。", author="张", at="t")
    held = edits.save(tmp_path, first)
    with pytest.raises(EditConflict) as raised:
        edits.save(tmp_path, first.model_copy(update={"author": "李"}), expected_base="")
    assert raised.value.current == first
    edits.save(tmp_path, first.model_copy(update={"author": "李"}), expected_base=held)
    assert edits.read(tmp_path).of("income").author == "李"  # type: ignore[union-attr]
    assert len(list((tmp_path / "edits" / "旧稿").iterdir())) == 1


def test_a_damaged_file_is_said_and_kept(tmp_path: Path) -> None:
    (tmp_path / "edits").mkdir()
    (tmp_path / "edits" / "x.toml").write_bytes(b"\xff\x00 = ")
    read = edits.read(tmp_path)
    assert [f.id for f in read.findings] == ["ED-107"] and (tmp_path / "edits" / "x.toml").exists()


def test_every_block_of_a_real_department_survives_a_round_trip() -> None:
    document = examined_of("001").generated
    assert document is not None
    for block in document.blocks():
        if isinstance(block, Heading | Paragraph):
            edit = edits.load(
                edits.dump(edits.reword(document, block.id, f"{block.text}另，⟦无误⟧。", author="张", at="t"))
            )
            applied = one(edit, document)
            assert text(applied, block.id) == f"{block.text}另，⟦无误⟧。"
            assert not edit.disputes and not applied.conflicts
            before = [s.figure for s in block.spans if s.figure]
            assert [
                s.figure for b in applied.document.blocks() if b.id == block.id for s in b.spans if s.figure
            ] == before  # type: ignore[union-attr]


def test_a_number_that_is_equal_by_chance_is_not_bound() -> None:
    """A wrong amount typed over another is that, whatever else has the amount; one with several sources has none."""
    own = edits.model.tokens_of("income", BEFORE.parts[0].blocks[0].spans)  # type: ignore[union-attr]
    other = edits.model.tokens_of("second", BEFORE.parts[0].blocks[1].spans)  # type: ignore[union-attr]
    again = edits.model.tokens_of("third", (figure("900.00", "E9"),))
    over = capture(own, "收入总计900.00万元，比上年增加12.30%，主要是人员增加。", other)
    assert [(c.generated, c.typed) for c in over.changed] == [("1,595.76", "900.00")]
    moved = "收入总计1,595.76万元，比上年增加12.30%，支出总计900.00万元，主要是人员增加。"
    assert capture(own, moved, other).loose == ()
    assert capture(own, moved, (*other, *again)).loose == (
        "900.00",
    )  # of two figures one is meant, and none knows which
    assert capture(own, moved).loose == ("900.00",)
    turned = capture(own, "比上年增加12.30%，收入总计1,595.76万元，主要是人员增加。")
    assert turned.changed == () and [t.text for t in turned.tokens if t.ref] == ["12.30%", "1,595.76"]


def test_a_figure_that_still_stands_in_its_own_block_is_not_taken_for_another(department: Path, tmp_path: Path) -> None:
    """A new sentence, and a number typed over another, that equal a figure of a paragraph which was also edited."""
    first = build(department, formats=("docx",), out=tmp_path / "out")
    assert isinstance(first, Built)
    file = next(p for p in first.files if p.suffix == ".docx")
    shown = {b.id: b.text for b in first.examined.generated.blocks() if not isinstance(b, Table)}  # type: ignore[union-attr]
    assert "226.77" in shown["closing.total"]
    word = docx.Document(str(file))
    for paragraph in word.paragraphs:
        if paragraph.text == shown["closing.total"]:
            paragraph.runs[-1].text += "以上为全部结转。"  # edited, its number still there
        if paragraph.text == shown["income.total"]:
            paragraph.runs[-1].text += "其中设备款226.77万元。"
    word.save(str(file))
    pull(file, department, by="局长")
    found = examine(department)
    loose = [f for f in found.findings if f.id == "ED-104"]
    assert len(loose) == 1 and "226.77" in loose[0].message


def test_a_conflict_needs_two_different_wordings() -> None:
    """Both sides came to say the same; two people wrote the same."""
    edit = edits.reword(
        BEFORE, "income", "收入总计1,595.76万元，比上年增加12.30%，主要是项目增加。", author="张", at="t"
    )
    now = document(income("1,595.76", "12.30%", reason="项目增加"), OTHER)
    applied = one(edit, now)
    assert applied.conflicts == () and [f.id for f in applied.findings if f.id == "ED-101"] == []
    assert text(applied) == "收入总计1,595.76万元，比上年增加12.30%，主要是项目增加。"
    again = Alternative(author="李", at="t2", text=edit.text, figures=edit.figures, source="")
    both = edit.model_copy(update={"alternatives": (again,)})
    assert one(both, BEFORE).conflicts == ()
    other = again.model_copy(update={"text": again.text.replace("项目增加", "车辆增加")})
    assert len(one(edit.model_copy(update={"alternatives": (other,)}), BEFORE).conflicts) == 1
