"""A department's own number style: choices in 基本信息, laid over the formats of any pack."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from generator.checks.filled import Filled, submission
from generator.department.examination import examine
from generator.model.formats import show_value
from generator.packs.composer import compose
from generator.packs.loader import available, load
from generator.workbook.form.write import write_form
from tools.made import made_up_shanghai as made_up
from tools.made.fill_inputs import form_data

SHANGHAI = load("shanghai")
PACKS = [n for n in available() if not load(n).pack.meta.abstract]


def department(**style: str) -> Filled:
    """The made-up department, on its budget to the cent, nothing spent on guests."""
    filled: Filled = made_up.department(SHANGHAI.pack)
    filled.fields |= {"budget.general": "62522792.95", **{f"style.{k}": v for k, v in style.items()}}
    filled.tables["sangong"]["slots"]["reception.final"] = "0"
    return filled


def text(**style: str) -> str:
    return "\n".join(compose(submission(SHANGHAI.pack, department(**style)), SHANGHAI).prose())


CHANGES = [
    ("thousands", "否", "收入支出总计7,272.22万元", "收入支出总计7272.22万元"),
    ("thousands", "无", "收入支出总计7,272.22万元", "收入支出总计7272.22万元"),
    ("zero", "0", "年初预算为0.00万元", "年初预算为0万元"),
    ("trim", "去掉", "预算为48.00万元", "预算为48万元"),
    ("rate_decimals", "1", "增长105.85%", "增长105.9%"),
    ("rate_decimals", "0", "增长105.85%", "增长106%"),
    ("rate_whole", "100%", "完成年初预算的100.00%", "完成年初预算的100%"),
    ("rate_zero", "0%", "公务接待费支出决算为0.00万元，完成预算的0.00%", "公务接待费支出决算为0.00万元，完成预算的0%"),
    ("rate_trim", "去掉", "占0.30%", "占0.3%"),
]


@pytest.mark.parametrize(("choice", "value", "was", "becomes"), CHANGES)
def test_a_choice_changes_how_numbers_are_printed_and_nothing_else(
    choice: str, value: str, was: str, becomes: str
) -> None:
    before, after = text(), text(**{choice: value})
    assert was in before and becomes in after and was not in after
    words = [re.sub(r"[\d.,%]+", "#", t) for t in (before, after)]
    assert words[0] == words[1]
    cells = [
        [t.grid("body") for t in compose(submission(SHANGHAI.pack, department(**s)), SHANGHAI).tables()]
        for s in ({}, {choice: value})
    ]
    assert cells[0] == cells[1]  # the tables keep the form's own writing


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_offers_what_it_does_and_choosing_that_changes_nothing(name: str) -> None:
    pack = load(name).pack
    offered = {k: f for k, f in pack.fields.items() if k.startswith("style.")}
    assert {f.label for f in offered.values()} >= {"千分位", "零的写法", "末尾的零", "比率小数", "整数比率"}
    assert all(f.default in f.choices and f.optional for f in offered.values())
    made = Filled(2024, "某局", fields={k: f.default for k, f in offered.items()})
    chosen = load(name).context(submission(pack, made)).formats
    for key, form in pack.formats.items():
        for value in map(Decimal, ("0", "1", "0.5", "0.1234", "62000", "12345678.9")):
            assert show_value(value, chosen[key]) == show_value(value, form)


def test_the_choice_is_read_from_the_workbook_and_an_older_one_without_it_is_not_wrong(tmp_path: Path) -> None:
    data = form_data(department(thousands="否", zero="0"))
    (tmp_path / "填报表.xlsx").write_bytes(write_form(SHANGHAI.pack, 2024, made_up.NAME, data=data))
    examined = examine(tmp_path)
    assert examined.document and "收入支出总计7272.22万元" in "".join(examined.document.prose())
    assert "年初预算为0万元" in "".join(examined.document.prose())

    fields = {k: v for k, v in SHANGHAI.pack.fields.items() if not k.startswith("style.")}
    old = replace(SHANGHAI.pack, fields=fields)
    data = form_data(made_up.department(SHANGHAI.pack))
    (tmp_path / "填报表.xlsx").write_bytes(write_form(old, 2024, made_up.NAME, data=data))
    examined = examine(tmp_path)
    assert examined.document and "收入支出总计7,272.22万元" in "".join(examined.document.prose())
    assert not [f for f in examined.findings if "千分位" in f.message]
