"""A made-up department with every kind of money, consistent in 元: all funds, all incomes, carry-over at
both ends, visits and guests, a vehicle bought by a project.  For checks and sentences no seed has."""

from __future__ import annotations

from typing import Any

from generator.model import Submission
from generator.packs import CompiledPack
from tests.filled import submission as build
from tools.truth import Filled

NAMES = {
    "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行", "2010302": "一般行政管理事务",
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "2080505": "机关事业单位基本养老保险缴费支出",
    "212": "城乡社区支出", "21208": "国有土地使用权出让收入安排的支出", "2120803": "城市建设支出",
    "223": "国有资本经营预算支出", "22301": "解决历史遗留问题及改革成本支出", "2230105": "国有企业退休人员社会化管理补助支出",
}  # fmt: skip
A, B, C, D, E = "2010301", "2010302", "2080505", "2120803", "2230105"
INCOME = {
    A: {"fiscal": 1050000, "superior": 20000, "undertaking": 40000, "operating": 25000, "affiliated": 6000, "other": 9000},
    B: {"fiscal": 400000},
    C: {"fiscal": 200000},
    D: {"fiscal": 290000},
    E: {"fiscal": 118000},
}
SPENT = {
    A: {"basic": 1050000, "remitted": 5000, "operating": 20000, "subsidy": 10000},
    B: {"project": 400000},
    C: {"basic": 200000},
    D: {"project": 300000},
    E: {"project": 120000},
}
GENERAL = {A: {"basic": 1000000}, B: {"project": 400000}, C: {"basic": 200000}}
SUMMARY = {
    "r1": 1650000, "r2": 290000, "r3": 118000, "r4": 20000, "r5": 40000, "r6": 25000, "r7": 6000, "r8": 9000,
    "r27": 2158000, "r28": 7000, "r29": 49000, "r31": 2214000, "f201": 1485000, "f208": 200000, "f212": 300000,
    "f223": 120000, "r58": 2105000, "r59": 3000, "r60": 106000, "r62": 2214000,
}  # fmt: skip
FISCAL = {
    "r1": 1650000, "r2": 290000, "r3": 118000, "r27": 2058000, "r28": 45000, "r29": 10000, "r30": 30000, "r31": 5000,
    "r32": 2103000, "f201.total": 1400000, "f201.general": 1400000, "f208.total": 200000, "f208.general": 200000,
    "f212.total": 300000, "f212.fund": 300000, "f223.total": 120000, "f223.soe": 120000,
    "r59.total": 2020000, "r59.general": 1600000, "r59.fund": 300000, "r59.soe": 120000,
    "r60.total": 83000, "r60.general": 60000, "r60.fund": 20000, "r60.soe": 3000,
    "r64.total": 2103000, "r64.general": 1660000, "r64.fund": 320000, "r64.soe": 123000,
}  # fmt: skip
BASIC = {
    "e301": 900000, "e30101": 700000, "e30108": 200000, "e303": 100000, "e30302": 100000, "staff": 1000000,
    "e302": 150000, "e30201": 100000, "e30212": 10000, "e30217": 10000, "e30231": 30000,
    "e307": 10000, "e30701": 10000, "e310": 30000, "e31002": 30000, "e312": 5000, "e31204": 5000,
    "e399": 5000, "e39999": 5000, "public": 200000,
}  # fmt: skip
SANGONG = {
    "abroad": (12000, 10000), "reception": (11000, 10000), "vehicle": (232000, 210000),
    "running": (32000, 30000), "purchase": (200000, 180000), "total": (255000, 230000),
}  # fmt: skip


def table(items: dict[str, dict[str, int]], total: str = "total") -> dict[str, Any]:
    """类, 款 and 项 with their sums; ``total`` is the sum of the columns given."""
    sums: dict[str, dict[str, int]] = {}
    for code, cells in items.items():
        whole = {**cells, total: sum(cells.values())} if total else cells
        for key in ("", code[:3], code[:5], code):
            for column, value in whole.items():
                sums.setdefault(key, {}).setdefault(column, 0)
                sums[key][column] += value
    shown = {k: {c: str(v) for c, v in cells.items() if v} for k, cells in sums.items()}
    rows = [{"code": k, "name": NAMES[k], "cells": shown[k]} for k in sorted(shown) if k]
    return {"slots": {}, "rows": rows, "totals": shown.get("", {})}


def fixed(slots: dict[str, int]) -> dict[str, Any]:
    return {"slots": {k: str(v) for k, v in slots.items()}, "rows": [], "totals": {}}


def filled() -> Filled:
    """The values of the department by the ids of the common ground and the Liaoning family."""
    made = Filled(2024, "滨海市示例局（虚构）", unit="元")
    made.tables = {
        "summary": fixed(SUMMARY),
        "income": table(INCOME),
        "expenditure": table(SPENT),
        "fiscal": fixed(FISCAL),
        "general": table(GENERAL),
        "basic": fixed(BASIC),
        "fund": table({D: {"opening": 30000, "income": 290000, "total": 300000, "project": 300000, "closing": 20000}}, ""),
        "soe": table({E: {"total": 120000, "project": 120000}}, ""),
        "sangong": fixed({f"{k}.{c}": v for k, pair in SANGONG.items() for c, v in zip(("budget", "final"), pair, strict=True)}),
    }
    made.fields = {
        "info.name": made.name, "info.label": "部门", "info.self": "本部门",
        "prior.income": "2000000", "prior.expenditure": "2200000", "prior.closing": "49000", "prior.fiscal": "2020000",
        "prior.abroad": "0", "prior.reception": "12000", "prior.vehicle": "30000", "prior.operating": "160000",
        "budget.total": "2000000", "budget.basic": "1200000", "budget.project": "800000",
        "full.e301": "950000", "full.e302": "150000", "full.e303": "100000", "full.e307": "10000", "full.e310": "30000",
        "full.e399": "5000",
        "visits.groups": "1", "visits.persons": "2", "visits.batches": "5", "visits.guests": "40", "visits.amount": "10000",
        "visits.foreign_batches": "1", "visits.foreign_guests": "6", "visits.foreign_amount": "2000",
        "visits.purchased": "1", "visits.purchase_use": "更新应急保障用车", "visits.running_use": "车辆燃料和维修", "visits.holding": "3",
        "vehicles.leader": "0", "vehicles.chief": "1", "vehicles.confidential": "0", "vehicles.emergency": "1",
        "vehicles.enforcement": "0", "vehicles.special": "0", "vehicles.retired": "0", "vehicles.other": "1",
        "vehicles.other_use": "一般公务用车", "vehicles.equipment": "2",
        "operating.amount": "180000", "procurement.goods": "100000", "procurement.works": "50000",
        "procurement.services": "150000", "procurement.sme": "200000", "procurement.micro": "120000",
        "procurement.sme_goods": "80000", "procurement.sme_works": "20000", "procurement.sme_services": "100000",
        "performance.due": "0", "performance.whole_fund": "0", "performance.whole_soe": "0",
    }  # fmt: skip
    made.lists = {
        "duties": [{"text": "（一）承担示例工作。"}],
        "units": [{"name": "滨海市示例局本级"}],
        "items": [
            {"code": A, "budget": "1000000", "use": "人员经费", "reason": "追加人员经费"},
            {"code": B, "budget": "450000", "use": "专项业务", "reason": "压减一般性支出"},
            {"code": C, "budget": "200000", "use": "养老保险", "reason": "按预算执行"},
            {"code": D, "budget": "", "use": "道路建设", "reason": "年中下达专项资金", "definition": "反映城市建设方面的支出。"},
            {"code": E, "budget": "150000", "use": "退休人员补助", "reason": "据实结算", "definition": "反映国有企业退休人员社会化管理补助支出。"},
        ],
    }
    made.reasons = dict.fromkeys(("income", "expenditure", "closing_explain", "closing", "fiscal", "sangong", "abroad_budget", "abroad_prior", "reception_budget", "reception_prior", "vehicle_budget", "vehicle_prior", "operating", "source_superior", "source_undertaking", "source_operating", "source_affiliated", "source_other", "source_surplus", "source_carryover"), "一是据实列支；二是人员变动")  # fmt: skip
    made.reasons["project_list"] = "道路建设、专项业务"
    return made


def submission(compiled: CompiledPack) -> Submission:
    """The Submission of the made-up department."""
    return build(compiled.pack, filled())
