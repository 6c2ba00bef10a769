"""Units become a department: sums, offsets, lists, nothing typed lost, and every difference found."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.units.run import SOURCES, Merged, merge
from generator.files.department import WORKBOOK, DepartmentError
from generator.model.figures import Figure
from generator.model.findings import Severity
from generator.model.submission import Submission
from generator.packs.loader import load
from generator.workbook.form.data import TableInput, form_data
from generator.workbook.form.write import write_form
from generator.workbook.read import read_workbook
from tools.made.departments import packs, write_units


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_units(tmp_path_factory.mktemp("部门"), "liaoning", 5, 3)


@pytest.fixture
def department(units: Path, tmp_path: Path) -> Path:
    home = tmp_path / units.name
    shutil.copytree(units, home)
    return home


def submission(home: Path) -> Submission:
    found = examine(home).submission
    assert found is not None
    return found


def ids(made: Merged) -> set[str]:
    return {f.id for f in made.findings}


def number(value: object) -> Decimal:
    assert isinstance(value, Figure)
    return value.number


@pytest.mark.parametrize("pack", packs())
def test_a_merged_department_has_no_errors_in_any_pack(pack: str, tmp_path: Path) -> None:
    home = write_units(tmp_path, pack, 11, 3)
    made = merge(home)
    assert "HB-120" not in ids(made) and "HB-110" not in ids(made)
    assert [o.title[:6] for o in made.combined.offsets] == ["上级补助收入", "附属单位上缴"]  # type: ignore[union-attr]
    errors = [f.message for f in examine(home).findings if f.severity is Severity.ERROR]
    asked = [f.message.split("”")[0] for f in made.findings if f.id == "HB-112"]  # rates and scores: not to be summed
    assert [e for e in errors if not e.startswith(tuple(asked or ["-"]))] == []


def test_amounts_are_summed_and_dealings_offset(department: Path) -> None:
    made = merge(department)
    parts = [u.submission for u in made.units.units]
    whole = submission(department)
    assert len(parts) == 3
    for slot in ("r1", "r5", "r60", "f208"):
        assert number(whole.tables["summary"].slots[slot]) == sum(p.tables["summary"].slots[slot].number for p in parts)
    got = sum(p.tables["summary"].slots["r4"].number for p in parts)
    back = sum(p.tables["summary"].slots["r7"].number for p in parts)
    assert got > 0 and back > 0
    assert whole.tables["summary"].slots["r4"].number == whole.tables["summary"].slots["r7"].number == 0
    assert number(whole.tables["expenditure"].totals.get("subsidy", Figure(None))) == 0
    total = sum(p.tables["summary"].slots["r31"].number for p in parts)
    assert whole.tables["summary"].slots["r31"].number == total - got - back
    assert number(whole.groups["visits"]["holding"]) == sum(number(p.groups["visits"]["holding"]) for p in parts)


def test_lists_are_gathered_and_numbered_through(department: Path) -> None:
    merge(department)
    whole = submission(department)
    parts = [submission(p) for p in sorted((department / "单位").iterdir())]
    assert [str(r["name"]) for r in whole.lists["units"]] == list(
        dict.fromkeys(str(r["name"]) for p in parts for r in p.lists["units"])
    )
    count = sum(len(p.lists["projects"]) for p in parts)
    assert [int(number(r["no"])) for r in whole.lists["projects"]] == list(range(1, count + 1))
    for name, head in (("indicators", "projects"), ("whole_tasks", "wholes")):
        known = {number(r["no"]) for r in whole.lists[head]}
        assert {number(r["no"]) for r in whole.lists[name]} == known
    codes = [str(r["code"]) for r in whole.lists["items"]]
    assert codes == sorted(set(codes)) == sorted({str(r["code"]) for p in parts for r in p.lists["items"]})
    assert sum(number(r["budget"]) for r in whole.lists["items"]) == sum(
        number(r["budget"]) for p in parts for r in p.lists["items"]
    )


def test_the_sources_say_what_came_from_which_unit(department: Path) -> None:
    made = merge(department)
    book = CalamineWorkbook.from_path(department / SOURCES)
    rows = book.get_sheet_by_name("金额来源").to_python()
    line = next(r for r in rows if r[0] == "公开01表“四、上级补助收入”")
    amounts = [Decimal(str(v).replace(",", "")) if v else Decimal(0) for v in line[1:]]
    assert amounts[0] == amounts[1] - amounts[2] == 0 and sum(amounts[3:]) == amounts[1] > 0
    assert rows[0][4:] == [u.name for u in made.units.units]
    assert any("收入决算表" in r[0] or "公开02表" in r[0] for r in rows)
    assert len(book.get_sheet_by_name("内部往来抵销").to_python()) > 10


def test_a_department_that_differs_is_told_where(department: Path) -> None:
    merge(department)
    path = department / WORKBOOK
    compiled = examine(department).compiled
    assert compiled is not None
    data = form_data(submission(department), compiled.pack, "元")
    table = data.tables["summary"]
    wrong = replace(table, slots={**table.slots, "r1": f"{Decimal(table.slots['r1']) + 100:f}"})
    path.write_bytes(
        write_form(compiled.pack, 2024, "甲", data=replace(data, tables={**data.tables, "summary": wrong}))
    )
    before = path.read_bytes()
    made = merge(department)
    found = [f for f in made.findings if f.id == "HB-120"]
    assert len(found) == 1 and found[0].difference == "100.00" and str(found[0].cells[0]).startswith("公开01表!")
    assert "一般公共预算财政拨款收入" in found[0].message and "0.01 万元" in found[0].message
    assert path.read_bytes() == before, "without --rewrite nothing is written over"
    assert main(["merge", str(department), "--check"]) == 1


def test_rewriting_keeps_the_old_file_and_the_words(department: Path) -> None:
    merge(department)
    compiled = examine(department).compiled
    assert compiled is not None
    data = form_data(submission(department), compiled.pack, "元")
    own = replace(
        data,
        reasons={**data.reasons, "income": "一是部门自己写的原因"},
        fields={**data.fields, "visits.holding": "999"},
    )
    (department / WORKBOOK).write_bytes(write_form(compiled.pack, 2024, "甲", data=own))
    before = (department / WORKBOOK).read_bytes()
    made = merge(department, rewrite=True)
    again = read_workbook(department / WORKBOOK, compiled.pack).submission
    assert again is not None and again.reasons["income"].value == "一是部门自己写的原因"
    assert number(again.groups["visits"]["holding"]) != 999
    assert made.kept is not None and made.kept.read_bytes() == before and "HB-113" in ids(made)


def test_dealings_that_do_not_agree_and_bad_units_are_said(department: Path, tmp_path: Path) -> None:
    homes = sorted((department / "单位").iterdir())
    shutil.rmtree(homes[1])
    made = merge(department)
    assert {f.severity for f in made.findings if f.id == "HB-110"} == {Severity.WARNING}
    assert "HB-120" not in ids(made)
    shutil.copytree(homes[0], homes[0].parent / "又一份")
    (homes[2] / WORKBOOK).write_bytes(b"not a workbook")
    target = (department / WORKBOOK).read_bytes()
    again = merge(department, rewrite=True)
    assert {"HB-101", "HB-104"} <= ids(again) and not again.written
    assert (department / WORKBOOK).read_bytes() == target
    with pytest.raises(DepartmentError):
        merge(tmp_path / "没有")
    assert main(["merge", str(tmp_path / "没有")]) == 2


def test_units_are_held_to_their_tables_and_not_to_their_words(department: Path) -> None:
    """A unit publishes nothing: its blank reasons are no faults of the merge, its wrong sums are."""
    homes = sorted((department / "单位").iterdir())
    for home, wrong in zip(homes[:2], (False, True), strict=True):
        seen = examine(home)
        assert seen.submission is not None and seen.compiled is not None
        data = replace(form_data(seen.submission, seen.compiled.pack, "元"), reasons={})
        table = data.tables["summary"]
        slots = {**table.slots, "r31": f"{Decimal(table.slots['r31']) + 100 * wrong:f}"}
        data = replace(data, tables={**data.tables, "summary": replace(table, slots=slots)})
        name = seen.submission.name
        (home / WORKBOOK).write_bytes(write_form(seen.compiled.pack, 2024, name, data=data))
        assert not examine(home).publishable
    said = [f for f in merge(department).findings if f.id == "HB-102"]
    assert len(said) == 1 and homes[1].name in said[0].message and "公开01表" in said[0].message


def test_units_in_yuan_and_in_wan_are_held_to_the_coarsest(department: Path) -> None:
    """A unit that fills in 万元 rounds every amount; the sum is off by that, and by no more."""
    pack = load("liaoning").pack
    for home in sorted((department / "单位").iterdir())[1:]:
        submission = read_workbook(home / WORKBOOK, pack).submission
        assert submission is not None
        data = form_data(submission, pack, "万元")
        tables = {k: rounded(t) for k, t in data.tables.items()}
        (home / WORKBOOK).write_bytes(write_form(pack, 2024, submission.name, data=replace(data, tables=tables)))
        assert [f for f in examine(home).findings if f.id.startswith("GK") and f.severity is Severity.ERROR] == []
    made = merge(department)
    assert {"HB-111"} <= ids(made) and "HB-120" not in ids(made)
    found = examine(department)
    assert [f.message for f in found.findings if f.id.startswith("GK") and f.severity is Severity.ERROR] == []
    spent = found.submission.tables["summary"].slots["r58"]  # type: ignore[union-attr]
    assert spent.margin == Decimal(100)  # two units to 0.005 万元 each
    off = form_data(found.submission, pack, "元")  # type: ignore[arg-type]
    slots = {**off.tables["summary"].slots, "r58": str(spent.number + 5000)}
    wrong = replace(
        off, tables={**off.tables, "summary": replace(off.tables["summary"], slots=slots)}, margin=Decimal(100)
    )
    (department / WORKBOOK).write_bytes(write_form(pack, 2024, department.name, data=wrong))
    assert any(f.id.startswith("GK") and f.severity is Severity.ERROR for f in examine(department).findings)


def rounded(table: TableInput) -> TableInput:
    def cut(values: Mapping[str, str]) -> dict[str, str]:
        return {k: two(v) for k, v in values.items()}

    return replace(
        table,
        slots=cut(table.slots),
        totals=cut(table.totals),
        rows=[replace(r, cells=cut(r.cells)) for r in table.rows],
    )


def two(text: str) -> str:
    """To the 分 of 万元, as an officer writes it."""
    try:
        return f"{Decimal(text).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    except InvalidOperation:
        return text
