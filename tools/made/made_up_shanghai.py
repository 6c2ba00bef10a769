"""A made-up department of Shanghai: no published document of its form is given, so one is invented.

Everything here is invented, the name says so (虚构).  All amounts are in 元 and agree: several fund
sources, carry-over at both ends, visits abroad and guests, a vehicle bought, subjects on, over and
under their budget.  The text it must give is written by hand in ``tests/golden/shanghai.txt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from generator.checks.filled import Filled
from generator.packs import Pack

NAME = "上海市滨江文化服务局（虚构）"
Cells = Mapping[str, str]

# each 项: 年初预算, what was spent of 一般公共预算 (基本, 项目), 用途, why it differs
GENERAL: dict[str, tuple[str, str, str, str, str]] = {
    "2050803": ("186500", "186500", "", "干部职工教育培训", ""),
    "2070101": ("18120000", "18652340.56", "", "局本级人员经费和日常公用经费", "年中按政策调整人员经费"),
    "2070102": ("7050000", "", "6423180", "公共文化服务规划编制和信息系统运行维护", "部分信息系统项目招标后节约资金"),
    "2070109": (
        "20500000", "12486215.30", "8734600.25", "群众文化中心人员经费、日常公用经费和群众文化活动", "年中追加市民文化节经费",
    ),
    "2070204": ("0", "", "3280000", "馆藏文献抢救性修复", "年中追加文献修复项目经费"),
    "2080501": ("1215400", "1215430", "", "局本级离退休人员经费", ""),
    "2080505": ("2900000", "2846712.48", "", "单位缴纳的基本养老保险费", "年中人员退休"),
    "2080506": ("1450000", "1423356.24", "", "单位缴纳的职业年金", "缴费人数减少"),
    "2101101": ("986420.10", "986420.10", "", "局本级缴纳的职工基本医疗保险费", ""),
    "2101102": ("760000", "742315.66", "", "下属事业单位缴纳的职工基本医疗保险费", "下属单位人员调出"),
    "2210201": ("2100000", "2135034.36", "", "单位缴存的住房公积金", "公积金缴存基数上调"),
    "2210203": ("3500000", "3410688", "", "符合条件职工的购房补贴", "实际符合条件人数少于预计"),
}  # fmt: skip
# each 项 of the other two funds: 年初预算, 年初结转, 本年收入, 项目支出, 年末结转, 用途, why it differs
FUND = {
    "2070799": ("1500000", "200000", "1500000", "1450000", "250000", "公益电影放映", "放映场次少于计划"),
    "2296099": ("860000", "", "860000", "860000", "", "社区文化活动室设施配置", ""),
}
SOE = {
    "2239999": (
        "1400000",
        "300000",
        "1200000",
        "1350000",
        "150000",
        "文化企业历史遗留问题处置",
        "处置费用据实结算后节约",
    )
}
OPENING, CLOSING = {"2070102": "500000", "2070109": "1320500"}, {"2070109": "2104300.15"}  # of 一般公共预算
# 群众文化 earns and spends other money, too
OTHER_INCOME = {"undertaking": "2345600", "operating": "452000", "affiliated": "150000", "other": "318204.75"}
OTHER_SPENT = {"basic": "1930000", "project": "880450.50", "operating": "398760", "subsidy": "120000"}
SURPLUS_USED, SHARED_OUT, OTHER_OPENING = "64000", "53240", "705320.40"

BASIC = {
    "30101": "6124800", "30102": "7986432", "30103": "4512300", "30107": "5236780.50", "30108": "2846712.48",
    "30109": "1423356.24", "30110": "1728735.76", "30112": "182640.30", "30113": "2135034.36", "30199": "1204500",
    "30302": "1098430", "30305": "117000", "30399": "42000",
    "30201": "1286400", "30202": "184200", "30205": "96310.20", "30206": "842615.30", "30207": "318540",
    "30209": "2460000", "30211": "286430.50", "30212": "96400", "30213": "624800", "30214": "180000", "30215": "92600",
    "30216": "186500", "30217": "18640", "30226": "412300", "30227": "535000", "30228": "486200", "30229": "362400",
    "30231": "84520.35", "30239": "308234.71", "30299": "100000", "31002": "356200", "31007": "128000",
}  # fmt: skip
SANGONG = {  # 预算数, 决算数
    "abroad": ("150000", "128760"), "purchase": ("200000", "198600"), "running": ("90000", "84520.35"),
    "reception": ("40000", "18640"),
}  # fmt: skip

FIELDS = {
    "info.name": NAME,
    "prior.income": "70145318.62", "prior.fiscal": "69300000", "prior.general": "60218455.10", "prior.sangong": "209140",
    "prior.abroad": "98200", "prior.vehicle": "92300", "prior.reception": "18640", "prior.operating": "7012400",
    "visits.groups": "2", "visits.persons": "5",
    "visits.abroad_content": "赴国外开展文献修复技术交流的国际旅费、住宿费、伙食费和公杂费",
    "visits.purchased": "1", "visits.purchase_use": "更新流动文化服务用车",
    "visits.running_use": "公务用车燃料费、维修费、过路过桥费和保险费", "visits.holding": "5",
    "visits.batches": "14", "visits.guests": "126", "visits.amount": "18640",
    "visits.foreign_batches": "3", "visits.foreign_guests": "21", "visits.foreign_amount": "6210",
    "visits.reception_use": "兄弟省市文化部门来沪调研交流",
    "vehicles.leader": "0", "vehicles.chief": "0", "vehicles.confidential": "1", "vehicles.emergency": "2",
    "vehicles.enforcement": "0", "vehicles.special": "1", "vehicles.retired": "0", "vehicles.other": "1",
    "vehicles.equipment": "3",
    "operating.amount": "6845210.33",
    "procurement.goods": "1356000", "procurement.works": "2480000", "procurement.services": "9765430",
    "reserved.sme": "6500000", "reserved.micro": "3900000", "reserved.sme_won": "6120000",
    "reserved.micro_won": "3650000", "reserved.other_won": "1284000",
    "performance.rules": "《预算绩效管理办法》、《项目支出绩效目标管理规定》、《绩效评价结果应用办法》",
    "performance.mechanism": "目标申报、跟踪监控、自评复核、结果应用相衔接",
    "performance.target_count": "38", "performance.target_amount": "21097780.25",
    "performance.track_count": "37", "performance.track_amount": "20410000",
    "performance.self_count": "36", "performance.self_amount": "19850000", "performance.average": "92.35",
    "performance.grade_a": "30", "performance.grade_b": "5", "performance.grade_c": "1", "performance.grade_d": "0",
    "performance.problems": "6", "performance.fixed": "4", "performance.fixing": "2",
}  # fmt: skip
REASONS = {
    "income": "年中追加文物保护项目经费，彩票公益金安排的活动增加",
    "fiscal": "上年一次性安排的场馆修缮项目已经完成",
    "general_prior": "年中追加文物保护项目经费",
    "general_budget": "年中追加文物保护和群众文化项目经费",
    "sangong": "严格控制公务接待，压减出国团组人数",
    "abroad_prior": "新增一个文化交流团组",
    "vehicle_prior": "报废更新一辆流动文化服务用车",
    "operating": "压减会议和印刷支出",
    "source_undertaking": "艺术培训",
    "source_operating": "文创产品销售",
    "source_other": "存款利息",
}
DUTIES = (
    "（一）贯彻执行文化工作的法律、法规和方针、政策，组织实施本区域公共文化服务规划。",
    "（二）指导群众文化活动，管理公共文化设施和文物修复工作。",
)
UNITS = (
    (f"{NAME}（本级）", "行政单位"),
    ("上海市滨江群众文化中心（虚构）", "事业单位"),
    ("上海市滨江文献修复所（虚构）", "事业单位"),
)


def total(*values: str) -> str:
    """Sum of amounts in 元; blank for nothing."""
    whole = sum((Decimal(v) for v in values if v), Decimal(0))
    return f"{whole:f}" if whole else ""


def minus(left: str, right: str) -> str:
    return f"{Decimal(left or 0) - Decimal(right or 0):f}"


def rows(pack: Pack, items: Mapping[str, Cells]) -> dict[str, Any]:
    """类, 款 and 项 with their sums, and the row 合计."""
    sums: dict[str, dict[str, str]] = {}
    for code, cells in items.items():
        for key in ("", code[:3], code[:5], code):
            whole = sums.setdefault(key, {})
            for column, value in cells.items():
                whole[column] = total(whole.get(column, ""), value)
    shown = {k: {c: v for c, v in cells.items() if v} for k, cells in sums.items()}
    names = pack.functional
    listed = [{"code": k, "name": names[k].name, "cells": shown[k]} for k in sorted(shown) if k]
    return {"slots": {}, "rows": listed, "totals": shown[""]}


def fixed(slots: Cells) -> dict[str, Any]:
    return {"slots": {k: v for k, v in slots.items() if v}, "rows": [], "totals": {}}


def general() -> dict[str, dict[str, str]]:
    return {
        code: {"total": total(basic, project), "basic": basic, "project": project}
        for code, (_, basic, project, _, _) in GENERAL.items()
    }


def own_table(items: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """政府性基金 or 国有资本经营: all of it is spent on projects."""
    return {
        code: {"opening": v[1], "income": v[2], "total": v[3], "project": v[3], "closing": v[4]}
        for code, v in items.items()
    }


def income() -> dict[str, dict[str, str]]:
    """Of each 项 what came in: its spending and what was carried on, less what was carried over."""
    fiscal = {c: minus(total(v["total"], CLOSING.get(c, "")), OPENING.get(c, "")) for c, v in general().items()}
    fiscal |= {code: v[2] for code, v in (FUND | SOE).items()}
    other = {"2070109": OTHER_INCOME}
    return {
        c: {"total": total(v, *other.get(c, {}).values()), "fiscal": v, **other.get(c, {})} for c, v in fiscal.items()
    }


def expenditure() -> dict[str, dict[str, str]]:
    spent = general() | own_table(FUND | SOE)
    own = {"2070109": OTHER_SPENT}
    return {
        code: {
            **own.get(code, {}),
            "total": total(v["total"], *own.get(code, {}).values()),
            "basic": total(v.get("basic", ""), own.get(code, {}).get("basic", "")),
            "project": total(v.get("project", ""), own.get(code, {}).get("project", "")),
        }
        for code, v in spent.items()
    }


def by_class(items: Mapping[str, Cells]) -> dict[str, str]:
    out: dict[str, str] = {}
    for code, cells in items.items():
        out[code[:3]] = total(out.get(code[:3], ""), cells["total"])
    return out


def fiscal() -> dict[str, str]:
    """财政拨款收入支出决算总表."""
    funds = {"general": general(), "fund": own_table(FUND), "soe": own_table(SOE)}
    opening = {"general": total(*OPENING.values())} | {
        k: total(*(v["opening"] for v in funds[k].values())) for k in ("fund", "soe")
    }
    closing = {"general": total(*CLOSING.values())} | {
        k: total(*(v["closing"] for v in funds[k].values())) for k in ("fund", "soe")
    }
    spent = {k: total(*(v["total"] for v in items.values())) for k, items in funds.items()}
    came = {k: minus(total(spent[k], closing[k]), opening[k]) for k in funds}
    out = dict(zip(("r1", "r2", "r3"), came.values(), strict=True)) | dict(
        zip(("r29", "r30", "r31"), opening.values(), strict=True)
    )
    out |= {"r27": total(*came.values()), "r28": total(*opening.values())}
    out["r32"] = total(out["r27"], out["r28"])
    for line, values in (("r59", spent), ("r60", closing), ("r64", {k: total(spent[k], closing[k]) for k in funds})):
        out |= {f"{line}.{k}": v for k, v in values.items()} | {f"{line}.total": total(*values.values())}
    for name, items in funds.items():
        for klass, value in by_class(items).items():
            out[f"f{klass}.{name}"] = value
            out[f"f{klass}.total"] = total(out.get(f"f{klass}.total", ""), value)
    return out


def summary() -> dict[str, str]:
    """收入支出决算总表."""
    four = fiscal()
    spent = by_class(expenditure())
    out = {k: four[k] for k in ("r1", "r2", "r3")} | {f"f{k}": v for k, v in spent.items()}
    out |= dict(zip(("r5", "r6", "r7", "r8"), OTHER_INCOME.values(), strict=True))
    out |= {
        "r27": total(four["r27"], *OTHER_INCOME.values()),
        "r28": SURPLUS_USED,
        "r29": total(four["r28"], OTHER_OPENING),
    }
    out["r31"] = out["r62"] = total(out["r27"], out["r28"], out["r29"])
    out |= {"r58": total(*spent.values()), "r59": SHARED_OUT}
    out["r60"] = minus(out["r62"], total(out["r58"], out["r59"]))
    return out


def basic() -> dict[str, str]:
    out = {f"e{k}": v for k, v in BASIC.items()}
    for klass in ("301", "302", "303", "310"):
        out[f"e{klass}"] = total(*(v for k, v in BASIC.items() if k.startswith(klass)))
    return out | {"staff": total(out["e301"], out["e303"]), "public": total(out["e302"], out["e310"])}


def sangong() -> dict[str, str]:
    pairs = dict(SANGONG)
    pairs["vehicle"] = tuple(total(a, b) for a, b in zip(pairs["purchase"], pairs["running"], strict=True))  # type: ignore[assignment]
    pairs["total"] = tuple(  # type: ignore[assignment]
        total(*values) for values in zip(pairs["abroad"], pairs["vehicle"], pairs["reception"], strict=True)
    )
    return {
        f"{name}.{column}": v
        for name, pair in pairs.items()
        for column, v in zip(("budget", "final"), pair, strict=True)
    }


def department(pack: Pack) -> Filled:
    """The department's values by the ids of its pack; all amounts in 元."""
    made = Filled(2024, NAME, unit="元")
    made.tables = {
        "summary": fixed(summary()),
        "income": rows(pack, income()),
        "expenditure": rows(pack, expenditure()),
        "fiscal": fixed(fiscal()),
        "general": rows(pack, general()),
        "basic": fixed(basic()),
        "sangong": fixed(sangong()),
        "fund": rows(pack, own_table(FUND)),
        "soe": rows(pack, own_table(SOE)),
    }
    made.fields = {**FIELDS, "budget.general": total(*(v[0] for v in GENERAL.values()))}
    made.lists = {
        "duties": [{"text": t} for t in DUTIES],
        "units": [{"name": name, "kind": kind, "note": kind} for name, kind in UNITS],
        "items": [
            {"code": code, "budget": v[0], "use": v[-2], "reason": v[-1]}
            for code, v in {**GENERAL, **FUND, **SOE}.items()
        ],
    }
    made.reasons = dict(REASONS)
    return made
