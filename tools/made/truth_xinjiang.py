"""The department of the far west (002): its tables are not in the published text.

They are filled from the narrative's figures so that all nine agree.  Made up, because the text does not say
it: how 159.27 of personnel spending splits into 基本工资, 津贴补贴, 奖金 and 其他社会保障缴费, and that the
closing balance of 7.27 belongs to 行政运行.
"""

from __future__ import annotations

from typing import Any

from generator.checks.filled import Filled
from generator.packs import Pack
from tools.made.truth import VEHICLES, load

CODES = {
    "行政运行": ("2011301", "201", "20113"),
    "其他商贸事务支出": ("2011399", "201", "20113"),
    "机关事业单位基本养老保险缴费支出": ("2080505", "208", "20805"),
    "行政单位医疗": ("2101101", "210", "21011"),
    "公务员医疗补助": ("2101103", "210", "21011"),
    "住房公积金": ("2210201", "221", "22102"),
}
PERSONNEL = {  # 30108, 30110, 30111 and 30113 follow from the text; the rest is made up to sum to 222.22
    "e30101": "58.60", "e30102": "62.40", "e30103": "37.20", "e30108": "22.59",
    "e30110": "12.02", "e30111": "8.36", "e30112": "1.07", "e30113": "19.98",
}  # fmt: skip


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def _rows(items: list[Any], names: dict[str, str], pick: Any) -> list[dict[str, Any]]:
    """Rows of 类, 款 and 项 with the sums of what ``pick`` gives for each 项 (cents by column)."""
    sums: dict[str, dict[str, int]] = {}
    for item in items:
        for code in (CODES[item["xiang"]][1], CODES[item["xiang"]][2], CODES[item["xiang"]][0]):
            for column, value in pick(item).items():
                sums.setdefault(code, {}).setdefault(column, 0)
                sums[code][column] += value
    return [
        {"code": c, "name": names[c], "cells": {k: money(v) for k, v in sums[c].items() if v}} for c in sorted(sums)
    ]


def department(pack: Pack, seed: str = "002") -> Filled:
    """The department's values by the ids of its pack."""
    truth = load("inputs", seed)
    form = load("tables", f"{seed}.forms")[0]
    filled = Filled(truth["year"], truth["entity"])
    items = truth["items"]
    names = {code: s.name for code, s in pack.functional.items()}

    def spent(item: Any) -> dict[str, int]:
        project = item["xiang"] == "其他商贸事务支出"
        value = cents(item["current"])
        return {"total": value, "project" if project else "basic": value}

    def received(item: Any) -> dict[str, int]:
        value = cents(item["current"]) + (727 if item["xiang"] == "行政运行" else 0)
        return {"total": value, "fiscal": value}

    classes = {r["code"]: r["cells"]["total"] for r in _rows(items, names, spent) if len(r["code"]) == 3}
    closing, income, outgo = "7.27", "308.88", "301.61"
    totals = {"total": outgo, "basic": "222.22", "project": "79.39"}
    empty: dict[str, Any] = {"slots": {}, "rows": [], "totals": {}}
    filled.tables = {
        "summary": {
            "slots": {"r1": income, "r27": income, "r31": income, "r58": outgo, "r60": closing, "r62": income}
            | {f"f{c}": v for c, v in classes.items()},
            "rows": [],
            "totals": {},
        },
        "income": {"slots": {}, "rows": _rows(items, names, received), "totals": {"total": income, "fiscal": income}},
        "expenditure": {"slots": {}, "rows": _rows(items, names, spent), "totals": totals},
        "fiscal": {
            "slots": {"r1": income, "r27": income, "r32": income}
            | {
                f"{r}.{c}": v
                for r, v in (("r59", outgo), ("r60", closing), ("r64", income))
                for c in ("total", "general")
            }
            | {f"f{k}.{c}": v for k, v in classes.items() for c in ("total", "general")},
            "rows": [],
            "totals": {},
        },
        "general": {"slots": {}, "rows": _rows(items, names, spent), "totals": totals},
        "basic": {
            "slots": {**PERSONNEL, "e301": "222.22", "staff": "222.22", "public": "0.00"},
            "rows": [],
            "totals": {},
        },
        "fund": empty,
        "soe": empty,
        "sangong": empty,
    }
    _fields(filled, truth)
    filled.lists["offices"] = [{"name": o} for o in truth["offices"]]
    filled.lists["items"] = [{"code": CODES[i["xiang"]][0], "prior": i["prior"], "reason": i["reason"]} for i in items]
    _form(filled, form)
    return filled


def _fields(filled: Filled, truth: Any) -> None:
    sangong, performance = truth["sangong"], truth["performance"]
    abroad, running, reception = sangong["abroad"], sangong["running"], sangong["reception"]
    f = filled.fields
    f |= {
        "info.name": truth["entity"],
        "info.label": "单位",
        "info.self": truth["self"],
        "info.subordinate": "无",
        "info.duties": truth["duties"],
    }
    for name, key in (("active", "active"), ("leave", "lixiu"), ("retired", "retired")):
        now, change = truth["staff"][key]
        f |= {f"staff.{name}": str(now), f"staff.{name}_prior": str(now - change)}
    f |= {
        f"prior.{k}": truth["yoy"][s]["prior"]
        for k, s in (("income", "total"), ("fiscal", "fiscal"), ("general", "general"))
    }
    f |= {f"prior.{k}": "0.00" for k in ("sangong", "abroad", "vehicle", "reception")}
    f |= {f"budget.{k}": truth["budget"][k]["budget"] for k in ("fiscal", "general")}
    f["operating.amount"], f["prior.operating"] = truth["operating"]["current"], truth["operating"]["prior"]
    f |= {f"procurement.{k}": truth["procurement"][k] for k in ("goods", "works", "services", "sme", "micro")}
    f |= {
        "visits.groups": str(sangong["groups"]),
        "visits.persons": str(sangong["persons"]),
        "visits.batches": str(sangong["batches"]),
        "visits.guests": str(sangong["recv_persons"]),
        "visits.purchased": str(sangong["purchased"]),
        "visits.holding": str(sangong["holding"]),
        "visits.holding_reason": sangong["holding_diff_reason"],
        "visits.abroad_content": abroad["content"],
        "visits.running_content": running["content"],
        "visits.reception_content": reception["content"],
        "estate.area": truth["vehicles"]["house_area"],
        "estate.house_value": truth["vehicles"]["house_value"],
        "estate.vehicle_value": truth["vehicles"]["value"],
        "vehicles.other_use": truth["vehicles"]["other_use"],
        "vehicles.equipment": str(truth["vehicles"]["equipment_1m"]),
    }
    f |= {f"vehicles.{k}": str(c) for k, c in zip(VEHICLES, truth["vehicles"]["counts"], strict=True)}
    f |= {f"performance.{k}": performance[k] for k in ("achievements", "problems", "improve")}
    filled.reasons |= {
        "other_notes": "无",
        "total": truth["yoy"]["total"]["reason"],
        "fiscal_prior": truth["yoy"]["fiscal"]["reason"],
        "fiscal_budget": truth["budget"]["fiscal"]["reason"],
        "general_prior": truth["yoy"]["general"]["reason"],
        "general_budget": truth["budget"]["general"]["reason"],
        "sangong_prior": sangong["total_reason"],
        "abroad_prior": abroad["yoy_reason"],
        "vehicle_prior": sangong["vehicle_yoy_reason"],
        "reception_prior": reception["yoy_reason"],
        "sangong_budget": sangong["budget_reason"],
        "abroad_budget": abroad["budget_reason"],
        "purchase_budget": sangong["purchase"]["budget_reason"],
        "running_budget": running["budget_reason"],
        "reception_budget": reception["budget_reason"],
        "operating": truth["operating"]["reason"],
    }


def _form(filled: Filled, form: Any) -> None:
    whole, fiscal, other = form["funds"]
    filled.lists["projects"] = [
        {
            "no": "1",
            **{k: form[k] for k in ("name", "department", "unit", "goal_initial", "goal_done")},
            "initial": whole["initial"],
            "budget": whole["full"],
            "executed": whole["executed"],
            "weight": whole["weight"],
            "score": whole["score"],
            **{f"fiscal_{k}": fiscal[k] for k in ("initial", "full", "executed")},
            **{f"other_{k}": other[k] for k in ("initial", "full", "executed")},
            "total": form["total"].removesuffix("分"),
        }
    ]
    filled.lists["indicators"] = [{"no": "1", **i} for i in form["indicators"]]
