"""The district budget packs: what departments write otherwise is chosen, tables and text of each fund hold together."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from generator.checks.filled import Filled, submission
from generator.checks.run import check
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.files.department import safe_name
from generator.model.document import Document, Paragraph
from generator.model.findings import Severity
from generator.packs.composer import compose
from generator.packs.loader import load
from generator.workbook.form.write import write_form
from tests.conftest import INPUTS
from tools.made.fill_inputs import departments, form_data, of_case

BUDGET = load("shanghai-budget")
UNIT = load("shanghai-budget-unit")
OFFICE = "上海市滨江区文化服务局（虚构）"
CENTRE = "上海市滨江区群众文化中心（虚构）"


def made(case: str = "几种资金", pack: str = "shanghai-budget", **fields: str) -> tuple[Document, list[str]]:
    """A made-up department with some fields said otherwise: its document and the errors found in it."""
    compiled = load(pack)
    given = of_case(compiled.pack, case)
    given.fields.update({k.replace("__", "."): v for k, v in fields.items()})
    return document_of(pack, given)


def document_of(name: str, given: Filled) -> tuple[Document, list[str]]:
    compiled = load(name, year=given.year)
    context = compiled.context(submission(compiled.pack, given))
    document = compose(context.submission, compiled, context=context)
    errors = [f.id for f in check(compiled, context, document).findings if f.severity is Severity.ERROR]
    return document, errors


def said(document: Document, block: str) -> str:
    return next(b.text for b in document.blocks() if isinstance(b, Paragraph) and b.id == block)


@pytest.mark.parametrize(("seed", "name"), [("shanghai-budget", OFFICE), ("shanghai-budget-unit", CENTRE)])
def test_the_made_up_departments_are_publishable_and_as_the_script_writes_them(
    seed: str, name: str, tmp_path: Path
) -> None:
    pack, source = departments()[seed]
    folder = INPUTS.parent / "2026" / safe_name(name)
    given = source(load(pack).pack)
    assert (folder / "填报表.xlsx").read_bytes() == write_form(load(pack).pack, 2026, name, data=form_data(given))
    assert examine(folder).publishable and "虚构" in name
    out = build(folder, formats=("pdf", "docx", "txt"), out=tmp_path)
    assert isinstance(out, Built)
    pdf = next(p for p in tmp_path.rglob("*.pdf"))
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    scope = "单位" if pack.endswith("unit") else "部门"
    assert f"2026年区级{scope}预算" in text.replace(" ", "") and "【待填" not in text


def test_a_department_prints_the_units_word_nowhere_and_a_unit_not_the_departments() -> None:
    department, unit = made()[0], made("单位", "shanghai-budget-unit")[0]
    titles = [t.title for t in department.tables()], [t.title for t in unit.tables()]
    assert all("部门" in t and "单位" not in t for t in titles[0] if "总表" in t)
    assert all("单位" in t and "部门" not in t for t in titles[1] if "总表" in t)
    assert department.scope == "部门" and unit.scope == "单位"


def test_difference_and_rate_are_those_of_the_printed_figures() -> None:
    """The district subtracts what it prints (万元, two decimals), not the 元 behind it."""
    given = of_case(BUDGET.pack, "几种资金")
    given.tables["overall"]["slots"]["in_fiscal"] = "2400049"
    given.fields["prior.fiscal_income"] = "2300151"
    text = said(document_of("shanghai-budget", given)[0], "statement.income")
    assert "240.00万元" in text and "230.02万元" not in text and "增加9.98万元" in text


def test_no_number_of_a_table_can_be_wrong_unnoticed() -> None:
    """Each number of each table in turn, wrong by 1,000 元: an error is found."""
    unnoticed = set()
    for name in of_case(BUDGET.pack, "几种资金").tables:
        for place in list(places(of_case(BUDGET.pack, "几种资金"), name)):
            given = of_case(BUDGET.pack, "几种资金")
            bump(given, place)
            if not document_of("shanghai-budget", given)[1]:
                unnoticed.add(place[:2] + place[-1:])
    assert not unnoticed, sorted(unnoticed)


Place = tuple[str, ...]


def places(given: Filled, name: str) -> Iterator[Place]:
    """Where a table holds a number that is not zero."""
    table = given.tables[name]
    yield from ((name, "slots", k) for k, v in table["slots"].items() if number(v))
    yield from ((name, "totals", k) for k, v in table["totals"].items() if number(v))
    for at, row in enumerate(table["rows"]):
        yield from ((name, "rows", str(at), k) for k, v in row["cells"].items() if number(v))


def number(value: object) -> bool:
    try:
        return Decimal(str(value)) != 0
    except ArithmeticError:
        return False


def bump(given: Filled, place: Place) -> None:
    name, kind, *rest = place
    held = given.tables[name][kind]
    cells = held[int(rest[0])]["cells"] if kind == "rows" else held
    unit = 1000 if given.sheet_units.get(name, given.unit) == "元" else Decimal("0.1")
    cells[rest[-1]] = str(Decimal(str(cells[rest[-1]])) + unit)
