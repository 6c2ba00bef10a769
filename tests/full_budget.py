"""A made-up department with two units and a budget of every kind of money, consistent in 元: carry-over at
both ends, visits, guests, a vehicle bought, projects with several sources.  For what the real budget lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.checks.filled import Filled

NAMES = {
    "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行", "2010302": "一般行政管理事务",
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "2080505": "机关事业单位基本养老保险缴费支出",
    "212": "城乡社区支出", "21208": "国有土地使用权出让收入安排的支出", "2120803": "城市建设支出",
    "223": "国有资本经营预算支出", "22301": "解决历史遗留问题及改革成本支出", "2230105": "国有企业退休人员社会化管理补助支出",
    "301": "工资福利支出", "30101": "基本工资", "30108": "机关事业单位基本养老保险缴费",
    "302": "商品和服务支出", "30201": "办公费", "30212": "因公出国（境）费用", "30217": "公务接待费", "30227": "委托业务费",
    "30231": "公务用车运行维护费", "303": "对个人和家庭的补助", "30399": "其他对个人和家庭的补助",
    "310": "资本性支出", "31005": "基础设施建设", "31013": "公务用车购置",
}  # fmt: skip
FIRST, SECOND = "201001", "201002"  # unit codes may begin like a subject's
UNITS = {"201": "滨海市示例区示例局（虚构）", FIRST: "滨海市示例区示例局（本级）", SECOND: "滨海市示例区示例中心"}
# unit, subject, economic subject, what for (staff, public, project), source, amount
SPENT = [
    (FIRST, "2010301", "30101", "staff", "general", 1000000),
    (FIRST, "2010301", "30201", "public", "general", 127000),
    (FIRST, "2010301", "30212", "public", "general", 8000),
    (FIRST, "2010301", "30217", "public", "general", 5000),
    (FIRST, "2010301", "30231", "public", "general", 10000),
    (FIRST, "2010302", "30227", "project", "general", 220000),
    (FIRST, "2010302", "31013", "project", "general", 180000),
    (FIRST, "2080505", "30108", "staff", "general", 200000),
    (FIRST, "2120803", "31005", "project", "fund", 300000),
    (FIRST, "2230105", "30399", "project", "soe", 120000),
    (SECOND, "2010301", "30101", "staff", "general", 500000),
    (SECOND, "2010301", "30201", "public", "general", 60000),
    (SECOND, "2010302", "30227", "project", "special", 50000),
    (SECOND, "2010302", "30227", "project", "own", 20000),
    (SECOND, "2080505", "30108", "staff", "general", 80000),
]
PROJECTS = [
    (FIRST, "城市更新项目", {"fund": 300000}),
    (FIRST, "退休人员社会化管理", {"soe": 120000}),
    (FIRST, "公务用车更新", {"general": 180000}),
    (FIRST, "专项业务", {"general": 220000}),
    (SECOND, "业务培训", {"special": 50000, "own": 20000}),
]
OPENING, CLOSING = 30000, 10000  # carried over of 一般公共预算


def add(into: dict[str, int], cells: dict[str, int]) -> None:
    for column, value in cells.items():
        into[column] = into.get(column, 0) + value


def shown(cells: dict[str, int]) -> dict[str, str]:
    return {c: str(v) for c, v in cells.items() if v}


def by_source(_: str, source: str, value: int) -> dict[str, int]:
    fiscal = value if source in ("general", "fund", "soe") else 0
    return {"total": value, "fiscal": fiscal, **({source: value} if source in ("general", "fund", "special") else {})}


def by_use(what: str, _: str, value: int) -> dict[str, int]:
    return {"total": value, what: value, **({"basic": value} if what != "project" else {})}


def only_use(what: str, _: str, value: int) -> dict[str, int]:
    return {"total": value, what: value}


SOURCES = ("general", "fund", "soe", "special", "own")
USES = ("staff", "public", "project")


def listed(place: int, cells_of: Any, sources: Sequence[str] = SOURCES, uses: Sequence[str] = USES) -> dict[str, Any]:
    """A table with rows by budget unit and subject (``place`` 1 functional, 2 economic)."""
    whole: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for record in SPENT:
        unit, _, _, what, source, value = record
        code = str(record[place])
        if source not in sources or what not in uses:
            continue
        cells = cells_of(what, source, value)
        steps = [code[:3], code[:5], code] if place == 1 else [code[:3], code]
        add(whole, cells)
        for key in [("201", ""), (unit, ""), *((unit, s) for s in steps)]:
            add(sums.setdefault(key, {}), cells)
    for unit, name in UNITS.items():
        if (unit, "") in sums:
            rows.append({"code": unit, "name": name, "cells": shown(sums[unit, ""]), "kind": "unit"})
        for key in sorted(k for k in sums if k[0] == unit and k[1]):
            rows.append({"code": key[1], "name": NAMES[key[1]], "cells": shown(sums[key])})
    return {"slots": {}, "rows": rows, "totals": shown(whole)}


def by_unit(cells: dict[str, dict[str, int]], kind: str = "row") -> dict[str, Any]:
    """A list with the department and its units; ``cells`` by the units that have any."""
    whole: dict[str, int] = {}
    for values in cells.values():
        add(whole, values)
    rows = [
        {"code": c, "name": n, "cells": shown(whole if c == "201" else cells[c]), "kind": kind}
        for c, n in UNITS.items()
        if c == "201" or c in cells
    ]
    return {"slots": {}, "rows": rows, "totals": shown(whole)}


def fixed(sources: tuple[str, ...], *, other: bool) -> dict[str, Any]:
    """附表1 or 附表6."""
    slots: dict[str, int] = {}
    income: dict[str, int] = {}
    for _, code, _, what, source, value in SPENT:
        if source not in sources and not other:
            continue
        for line in (f"f{code[:3]}", "spent", "sum"):
            add(slots, {f"{line}.total": value, **({f"{line}.{source}": value} if source in sources else {})})
        add(slots, {what: value, "out_total": value, "out_sum": value})
        add(slots, {"department": value} if what == "project" else {"basic": value})
        add(income, {"in_" + ("undertaking" if source == "own" else source): value})
    income["in_general"] += CLOSING - OPENING
    for line in ("carry", "sum"):
        add(slots, {f"{line}.total": CLOSING, f"{line}.general": CLOSING})
    slots |= income | {"in_total": sum(income.values()), "in_carry": OPENING, "in_sum": sum(income.values()) + OPENING}
    slots |= {"out_carry": CLOSING, "out_sum": slots["out_sum"] + CLOSING, "project": slots["department"]}
    return {"slots": shown(slots), "rows": [], "totals": {}}


def income() -> dict[str, Any]:
    units: dict[str, dict[str, int]] = {}
    for unit, _, _, _, source, value in SPENT:
        add(
            units.setdefault(unit, {}),
            {("undertaking" if source == "own" else source): value, "current": value, "total": value},
        )
    add(units[FIRST], {"general": CLOSING - OPENING, "current": CLOSING - OPENING, "total": CLOSING, "carry": OPENING})
    return by_unit(units)


def projects() -> dict[str, Any]:
    whole: dict[str, int] = {}
    rows = []
    for unit, name, sources in PROJECTS:
        cells = {"total": sum(sources.values())} | {k: v for k, v in sources.items() if k != "own"}
        add(whole, cells)
        text = {"agency": f"{unit}-{UNITS[unit]}", "category": "31-部门项目"}
        rows.append(
            {"code": "", "name": name, "cells": shown(cells) | text, "kind": "row", "text": ["agency", "category"]}
        )
    return {"slots": {}, "rows": rows, "totals": shown(whole)}


def filled() -> Filled:
    """The values of the department by the ids of the budget packs."""
    made = Filled(2024, UNITS["201"], unit="元")
    made.tables = {
        "overall": fixed(("general", "fund", "soe", "special"), other=True),
        "income": income(),
        "expenditure": listed(1, by_use),
        "functional": listed(1, by_source),
        "economic": listed(2, by_source),
        "fiscal": fixed(("general", "fund", "soe"), other=False),
        "general": listed(1, by_use, ("general",)),
        "basic": listed(2, only_use, ("general",), ("staff", "public")),
        "sangong": by_unit(
            {FIRST: {"total": 203000, "abroad": 8000, "vehicle": 190000, "purchase": 180000, "reception": 5000}}
        ),
        "fund": listed(1, by_use, ("fund",)),
        "soe": listed(1, by_use, ("soe",)),
        "project_list": projects(),
        "procurement": by_unit({FIRST: {"total": 300000, "goods": 180000, "works": 100000, "services": 20000}}),
        "services": {
            "slots": {},
            "rows": [
                {
                    "code": "",
                    "name": "专项业务",
                    "cells": {"amount": "220000", "level1": "政府履职辅助性服务"},
                    "kind": "row",
                    "text": ["level1"],
                }
            ],
            "totals": {"amount": "220000"},
        },
    }
    made.fields = {
        "info.name": made.name, "prior.income": "3000000", "prior.expenditure": "3000000", "prior.fiscal_income": "2790000",
        "prior.fiscal_expenditure": "2810000", "prior.general": "2390000", "prior.abroad": "0", "prior.reception": "6000",
        "prior.purchase": "180000", "prior.running": "12000", "prior.operating": "0", "operating.amount": "150000",
        "vehicles.leader": "0", "vehicles.chief": "1", "vehicles.confidential": "0", "vehicles.emergency": "1",
        "vehicles.enforcement": "0", "vehicles.special": "0", "vehicles.retired": "0", "vehicles.other": "1",
        "vehicles.equipment_general": "2", "vehicles.equipment_special": "0", "performance.goal": "完成年度重点工作",
    }  # fmt: skip
    made.lists = {
        "duties": [{"text": "（一）承担示例工作。"}],
        "offices": [{"name": "办公室"}, {"name": "业务科"}],
        "units": [{"name": UNITS[SECOND]}],
        "items": [
            {"code": "201", "prior": "0", "reason": "上年职能尚未划入"},
            {"code": "208", "prior": "280000", "reason": ""},
            {"code": "2120803", "definition": "反映城市建设方面的支出。"},
            {"code": "2230105", "definition": "反映国有企业退休人员社会化管理补助支出。"},
        ],
        "key_projects": [{"no": "5", "use": ""}, {"no": "1", "use": "老旧小区改造"}],
        "key_parts": [
            {"no": "5", "name": "线上培训", "amount": "30000", "use": "课程制作"},
            {"no": "5", "name": "线下培训", "amount": "40000", "use": "场地和师资"},
        ],
        "key_paragraphs": [
            {"no": n, "section": s, "text": f"{s}的文字。"}
            for n in ("5", "1")
            for s in ("项目概述", "立项依据", "实施方案")
        ]
        + [
            {"no": "5", "section": "实施主体", "text": "滨海市示例区示例中心。"},
            {"no": "5", "section": "实施周期", "text": "分两年实施。"},
        ],
        "goals": [{"no": str(n), "goal": "按期完成"} for n in range(1, 6)],
        "indicators": [
            {
                "no": str(n),
                "l1": "产出指标",
                "l2": "数量指标",
                "l3": "完成数量",
                "nature": "≥",
                "target": "1",
                "unit": "个",
            }
            for n in range(1, 6)
        ],
        "whole_indicators": [
            {
                "activity": "重点工作",
                "task": "按期完成",
                "l1": "产出指标",
                "l2": "数量指标",
                "l3": "完成数量",
                "target": "1",
            }
        ],
    }
    made.reasons = {
        "general": "", "abroad": "新增出国（境）计划", "reception": "厉行节约，压减接待",
        "purchase": "按计划更新车辆", "running": "车辆减少", "operating": "新增职能",
    }  # fmt: skip
    return made
