"""Two years with planted causes, through real workbooks: rolled, read, drafted, stored, accepted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.department.examination import Examined, examine
from generator.files import write_cells
from generator.model.document import Paragraph, plain
from generator.model.figures import CellRef
from generator.model.findings import Severity
from generator.packs.compiled import CompiledPack
from generator.reasons.drafting import Draft, Status, by_slot, drafts_for
from generator.reasons.in_workbook import take
from tests.reasons.planted import pair


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from generator.packs.loader import load

    return pair(load("liaoning"), tmp_path_factory.mktemp("pair"))


@pytest.fixture
def own(workbook: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    folder = tmp_path / "部门"
    folder.mkdir()
    return Path(shutil.copy(workbook, folder))


def draft_of(examined: Examined, slot: str) -> Draft:
    return by_slot(drafts_for(examined))[slot]


def errors(examined: Examined, rule: str) -> list[str]:
    return [str(f.cells[0]) for f in examined.findings if f.id == rule]


def test_the_planted_causes_come_first_with_their_amounts(workbook: Path) -> None:
    draft = draft_of(examine(workbook), "reason:expenditure")
    assert draft.text == (
        "一是在职人员转退休10人，基本工资、津贴补贴等减少100.00万元；二是信息系统建设项目上年完成，减少80.00万元；"
        "同时，取暖费补贴标准提高，取暖费增加30.00万元，其他各项合计增加2.50万元，抵减了部分减少额"
    )
    assert [c.cause for c in draft.claims] == ["retiring", "project[1]", "standard[1]", ""]
    first = draft.claims[0]
    assert first.current is not None and first.base is not None
    assert (first.current - first.base).number == -1000000
    assert {c.sheet for c in first.cells} >= {"公开06表", "上年明细", "变动事实"}
    assert draft.explanation is not None and draft.explanation.net == 1475000


def test_without_facts_only_the_parts_are_named(liaoning: CompiledPack, tmp_path: Path) -> None:
    draft = draft_of(examine(pair(liaoning, tmp_path, facts=False)), "reason:expenditure")
    assert draft.text.startswith(
        "一是人员经费减少100.00万元；二是上年的信息系统建设80.00万元本年不再发生；同时，公用经费增加30.50万元"
    )
    assert all(not c.cause for c in draft.claims)


def test_each_class_and_subject_can_be_explained_too(workbook: Path) -> None:
    found = by_slot(drafts_for(examine(workbook)))
    assert found["class:208"].text == "在职人员转退休10人，机关事业单位基本养老保险缴费支出减少12.00万元"
    assert found["class:208"].cell is None
    assert found["subject:2210201"].text == "在职人员转退休10人，基本支出减少8.00万元"


def test_equal_inputs_give_equal_text(workbook: Path) -> None:
    one, two = ([d.text for d in drafts_for(examine(workbook))] for _ in range(2))
    assert one == two


def test_no_draft_says_a_digit_without_a_figure(workbook: Path, seed: str) -> None:
    from tests.conftest import examined_of

    for examined in (examine(workbook), examined_of(seed)):
        for draft in drafts_for(examined):
            for span in draft.spans:
                sourced = (
                    span.figure is not None or (span.kind in ("name", "typed") and span.cells) or span.kind == "ordinal"
                )
                assert sourced or not re.search(r"\d", span.text), (draft.slot, span)


def test_a_stored_draft_is_marked_and_blocks_until_it_is_taken(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    untouched = examine(own)
    assert main(["draft", str(own)]) == 0
    assert "写入" in capsys.readouterr().out
    pending = examine(own)
    assert draft_of(pending, "reason:expenditure").status is Status.PENDING
    assert errors(pending, "DR-401") and not pending.publishable
    document = pending.document
    assert document is not None
    spans = [
        s
        for b in document.blocks()
        if isinstance(b, Paragraph) and b.id == "expenditure.change"
        for s in b.spans
        if s.kind == "draft"
    ]
    assert plain(spans).startswith("【草稿建议：一是在职人员转退休10人") and plain(spans).endswith("】")
    assert [s.text for s in spans if s.figure is not None][:2] == ["10", "100.00"]
    # what was missing for want of a reason is not said twice
    cell = str(pending.places["reason:expenditure"])
    assert (
        cell in errors(untouched, "TX-365")
        and cell not in errors(pending, "TX-365")
        and cell in errors(pending, "DR-401")
    )

    accept = pending.places["accept:reason:expenditure"]
    own.write_bytes(write_cells(own.read_bytes(), {accept: "采用"}))
    taken = examine(own)
    assert draft_of(taken, "reason:expenditure").status is Status.ACCEPTED
    assert cell not in errors(taken, "DR-401")
    assert taken.document is not None
    block = next(b for b in taken.document.blocks() if b.id == "expenditure.change")
    assert (
        isinstance(block, Paragraph) and "【" not in block.text and "基本工资、津贴补贴等减少100.00万元" in block.text
    )
    assert any(s.figure is not None and s.text == "100.00" for s in block.spans)


def test_a_rewritten_reason_wins_over_its_draft(own: Path) -> None:
    main(["draft", str(own)])
    place = examine(own).places["reason:expenditure"]
    own.write_bytes(write_cells(own.read_bytes(), {place: "人员减少，项目完成"}))
    after = examine(own)
    assert draft_of(after, "reason:expenditure").status is Status.WRITTEN
    assert str(place) not in errors(after, "DR-401")
    assert after.document is not None
    assert "主要原因：人员减少，项目完成。" in next(
        b.text for b in after.document.blocks() if isinstance(b, Paragraph) and b.id == "expenditure.change"
    )


def test_an_accepted_draft_whose_figures_changed_is_reported_with_both_texts(own: Path) -> None:
    main(["draft", str(own)])
    first = examine(own)
    own.write_bytes(write_cells(own.read_bytes(), {first.places["accept:reason:expenditure"]: "采用"}))
    retiring = first.places["field:staff.retiring"]
    own.write_bytes(write_cells(own.read_bytes(), {retiring: "12"}))
    after = examine(own)
    assert draft_of(after, "reason:expenditure").status is Status.STALE
    finding = next(f for f in after.findings if f.id == "DR-402")
    assert "转退休10人" in finding.actual and "转退休12人" in finding.expected
    assert finding.severity is Severity.WARNING
    # what was accepted stays as it was accepted, and its number of people is held to the fact
    assert after.submission is not None and "转退休10人" in after.submission.reasons["expenditure"].value
    assert any(f.id == "DR-405" and f.actual.endswith("10人") for f in after.findings)
    # a new draft takes its place and has to be taken again
    main(["draft", str(own)])
    again = examine(own)
    assert draft_of(again, "reason:expenditure").status is Status.PENDING
    assert "转退休12人" in draft_of(again, "reason:expenditure").stored


def test_a_draft_is_taken_in_one_step(own: Path) -> None:
    first = examine(own)
    assert first.compiled is not None and first.submission is not None
    for slot in ("reason:expenditure", "use:2010302"):
        draft = draft_of(first, slot)
        own.write_bytes(take(own.read_bytes(), first.compiled, first.submission, first.places, draft))
        assert draft_of(examine(own), slot).status is Status.ACCEPTED
    with pytest.raises(LookupError, match="没有可以采用的草稿"):
        take(own.read_bytes(), first.compiled, first.submission, first.places, draft_of(first, "class:208"))


def test_drafting_again_changes_nothing(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["draft", str(own)])
    before = own.read_bytes()
    main(["draft", str(own)])
    assert own.read_bytes() == before
    assert "没有要写入的草稿" in capsys.readouterr().out


def test_a_drafted_use_is_not_reported_as_missing(own: Path) -> None:
    untouched = examine(own)
    main(["draft", str(own)])
    after = examine(own)
    uses = [d for d in drafts_for(after) if d.slot == "use:2010302"]
    assert uses[0].status is Status.PENDING and uses[0].text == "大厅运转"
    cell = str(uses[0].cell)
    missing = {"WB-040", "TX-363"}
    assert [i for i in missing if cell in errors(untouched, i)] == ["TX-363"], "a blank is said once"
    assert not any(cell in errors(after, i) for i in missing) and cell in errors(after, "DR-401")


def test_unconfirmed_figures_of_last_year_are_said_until_they_are_confirmed(own: Path) -> None:
    first = examine(own)
    assert len(errors(first, "DR-403")) == 1
    own.write_bytes(write_cells(own.read_bytes(), {first.places["field:origin.checked"]: "已核对"}))
    assert not errors(examine(own), "DR-403")


def test_words_are_written_only_into_the_cells_that_are_named(own: Path) -> None:
    """Everything else of the package stays byte for byte."""
    import io
    import zipfile

    data = own.read_bytes()
    made = write_cells(data, {CellRef("原因说明", "F6"): "甲<乙>&丙\x07", CellRef("原因说明", "K400"): "远处"})
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(made)) as new:
        changed = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert len(changed) == 1 and "sheet" in changed[0]
    from generator.files.sheets import open_workbook

    sheets = {s.name: s for s in open_workbook(made, "x").sheets}
    assert sheets["原因说明"].at(5, 5) == "甲<乙>&丙" and sheets["原因说明"].at(399, 10) == "远处"
    assert {s.name: s.rows for s in open_workbook(data, "x").sheets if s.name != "原因说明"} == {
        n: s.rows for n, s in sheets.items() if n != "原因说明"
    }


def test_the_page_of_judged_drafts_is_current() -> None:
    """Every draft of one department is on the page as it is made now, with a judgement of that very text."""
    import tomllib

    from tools.made.drafts_page import FACTS, JUDGEMENTS, PAGE, made, unjudged

    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))["000"]
    found = {"000": {"figures": made("000", None), "facts": made("000", facts)}}
    assert unjudged(tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8")), found) == [], (
        "python -m tools.made.drafts_page"
    )
    page = PAGE.read_text(encoding="utf-8")
    assert all(d.text in page for kind in found["000"].values() for d in kind)


def test_every_pack_shows_an_example_of_each_phrase_and_fact() -> None:
    from generator.checks.pack import examples, fact_examples
    from generator.packs.loader import load
    from generator.packs.places import available

    for name in available():
        compiled = load(name)
        facts = dict(fact_examples(compiled))
        assert facts.keys() == compiled.facts.keys()
        for phrase in (p for p in compiled.phrases if p.startswith(("draft.", "fact."))):
            said = dict(examples(compiled, phrase))
            assert len(said) == 9 and all(said.values())
