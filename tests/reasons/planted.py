"""A made-up department over two years with planted causes, consistent in 元.

Between the years a project ended (-80 万), ten people retired (-100 万 over pay, pension and housing
fund), the heating standard rose (+30 万); everything else moved a little.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.files.department import WORKBOOK
from generator.packs.compiled import CompiledPack
from generator.reasons.last_year import read_last
from generator.reasons.next_year import carried
from generator.workbook.form.data import FormData
from generator.workbook.form.write import write_form
from tools.made.fill_inputs import form_data
from tools.made.truth import Filled

NAME = "滨海市示例中心（虚构）"
RUN, WORK, PENSION, HOUSING = "2010301", "2010302", "2080505", "2210201"
NAMES = {
    "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", RUN: "行政运行", WORK: "一般行政管理事务",
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", PENSION: "机关事业单位基本养老保险缴费支出",
    "221": "住房保障支出", "22102": "住房改革支出", HOUSING: "住房公积金",
}  # fmt: skip
ENDED, KEPT = "信息系统建设", "大厅运转"
YEARS: dict[int, dict[str, int]] = {
    2023: {"30101": 3000000, "30102": 1000000, "30108": 600000, "30113": 400000, "30201": 300000, "30208": 50000, "30211": 200000, ENDED: 800000, KEPT: 500000},
    2024: {"30101": 2400000, "30102": 800000, "30108": 480000, "30113": 320000, "30201": 310000, "30208": 350000, "30211": 195000, ENDED: 0, KEPT: 520000},
}  # fmt: skip


def table(items: dict[str, dict[str, int]], names: dict[str, str] = NAMES) -> dict[str, Any]:
    """类, 款 and 项 with their sums; ``total`` is the sum of the columns given."""
    sums: dict[str, dict[str, int]] = {}
    for code, cells in items.items():
        for key in ("", code[:3], code[:5], code):
            for column, value in {**cells, "total": sum(cells.values())}.items():
                sums.setdefault(key, {}).setdefault(column, 0)
                sums[key][column] += value
    shown = {k: {c: str(v) for c, v in cells.items() if v} for k, cells in sums.items()}
    rows = [{"code": k, "name": names[k], "cells": shown[k]} for k in sorted(shown) if k]
    return {"slots": {}, "rows": rows, "totals": shown.get("", {})}


def fixed(slots: dict[str, int]) -> dict[str, Any]:
    return {"slots": {k: str(v) for k, v in slots.items()}, "rows": [], "totals": {}}


def filled(year: int, amounts: dict[str, int] | None = None) -> Filled:
    """One year's values; everything was fiscal and spent in the year."""
    a = amounts or YEARS[year]
    staff = a["30101"] + a["30102"] + a["30108"] + a["30113"]
    public = a["30201"] + a["30208"] + a["30211"]
    projects = a[ENDED] + a[KEPT]
    whole = staff + public + projects
    spent = {
        RUN: {"basic": a["30101"] + a["30102"] + public},
        WORK: {"project": projects},
        PENSION: {"basic": a["30108"]},
        HOUSING: {"basic": a["30113"]},
    }
    classes = {"f201": spent[RUN]["basic"] + projects, "f208": a["30108"], "f221": a["30113"]}
    made = Filled(year, NAME, unit="元")
    made.tables = {
        "summary": fixed({"r1": whole, "r27": whole, "r31": whole, **classes, "r58": whole, "r62": whole}),
        "income": table({code: {"fiscal": sum(cells.values())} for code, cells in spent.items()}),
        "expenditure": table(spent),
        "fiscal": fixed(
            {
                "r1": whole,
                "r27": whole,
                "r32": whole,
                "r59.total": whole,
                "r59.general": whole,
                "r64.total": whole,
                "r64.general": whole,
            }
            | {f"{k}.{c}": v for k, v in classes.items() for c in ("total", "general")}
        ),
        "general": table(spent),
        "basic": fixed(
            {f"e{k}": v for k, v in a.items() if k.isdigit()}
            | {"e301": staff, "e302": public, "staff": staff, "public": public}
        ),
        "fund": {"slots": {}, "rows": [], "totals": {}},
        "soe": {"slots": {}, "rows": [], "totals": {}},
        "sangong": fixed({}),
    }
    made.fields = {"info.name": NAME, "info.label": "单位", "info.self": "本单位"}
    made.lists = {
        "projects": [
            {"no": str(n), "name": p, "department": NAME, "unit": NAME, "fund": "一般公共预算", "budget": str(a[p]), "executed": str(a[p]),
             "subtotal": "90", "execution_score": "10", "total": "100", "code": WORK}
            for n, p in enumerate((p for p in (ENDED, KEPT) if a[p]), 1)
        ],
    }  # fmt: skip
    return made


FACTS: dict[str, Any] = {
    "fields": {"staff.retiring": "10"},
    "lists": {
        "project_facts": [{"name": ENDED, "event": "上年完成"}],
        "standard_facts": [{"name": "取暖费补贴标准", "way": "提高", "about": "30208"}],
    },
}


def pair(compiled: CompiledPack, folder: Path, *, facts: bool = True) -> Path:
    """The workbook of the second year with the first year's figures in it; the path of the second."""
    before = folder / "2023" / WORKBOOK
    before.parent.mkdir(parents=True)
    before.write_bytes(write_form(compiled.pack, 2023, NAME, data=form_data(filled(2023))))
    last = read_last([before], compiled, 2024)
    assert not last.findings
    brought, _ = carried(last, compiled, 2024)
    now = form_data(filled(2024))
    extra = FACTS if facts else {"fields": {}, "lists": {}}
    data = FormData(
        "元",
        now.tables,
        {**brought.fields, **now.fields, **extra["fields"]},
        {**brought.lists, **now.lists, **extra["lists"]},
        sheet_units=brought.sheet_units,
    )
    after = folder / "2024" / WORKBOOK
    after.parent.mkdir()
    after.write_bytes(write_form(compiled.pack, 2024, NAME, data=data))
    return after
