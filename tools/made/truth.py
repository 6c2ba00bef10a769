"""The figures and words of the real departments, as they were recovered from the published texts.

Reads ``tests/truth`` (a copy, so that a clone needs nothing beside it) and gives plain values by the ids of the packs.  What the truth gives in
万元 with two or four decimals stays so; every figure that carries further decimals inside the
rounding of the places where it is printed is listed in ``INSIDE`` with its reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.checks.filled import Filled
from generator.packs import Pack, TableSpec
from generator.packs import parse_grid as parse

TRUTH = Path(__file__).resolve().parents[2] / "tests" / "truth"

# Figures that carry further decimals inside the rounding of every place where they are printed,
# because the printed rates follow from nothing else.
INSIDE: dict[str, dict[str, str]] = {
    "000": {
        "sangong.total.budget": "1.0049",
        "sangong.vehicle.budget": "1.0049",
        "sangong.running.budget": "1.0049",
        "sangong.total.final": "0.9949",
        "sangong.vehicle.final": "0.9949",
        "sangong.running.final": "0.9949",
        "basic.e30231": "0.9949",
        "prior.vehicle": "6.4042",
        "prior.closing": "98.7807",
    },
    "004": {"project:更新公务用车:executed": "45.8040"},
    "001": {
        "sangong.total.final": "11.9599",
        "sangong.vehicle.final": "11.9599",
        "sangong.running.final": "11.9599",
        "basic.e30231": "11.9599",
        "project:全省一体化在线政务服务平台建设工作经费:executed": "43.7030",
        "project:全省营商环境建设项目经费:executed": "47.6114",
        "project:省本级信息化运行维护项目（省数据局本级）:executed": "4.9655",
        "project:省本级信息化运行维护项目（省民心网）:executed": "163.4970",
    },
}


def load(kind: str, seed: str) -> Any:
    """One file of the truth."""
    return json.loads((TRUTH / kind / f"{seed}.json").read_text(encoding="utf-8"))


def amount(text: str) -> str:
    """A printed amount without its separators."""
    return text.replace(",", "").strip()


def table_values(spec: TableSpec, body: list[list[str]]) -> dict[str, Any]:
    """The cells of a published table by slot, row and column."""
    out: dict[str, Any] = {"slots": {}, "rows": [], "totals": {}}
    if spec.body:
        for cell in parse(spec.body).cells():
            if cell.slot and body[cell.row][cell.column]:
                out["slots"][cell.slot] = amount(body[cell.row][cell.column])
        return out
    shape = {c.slot: c.column for c in parse(spec.row).cells() if c.slot}
    amounts = {slot: column for slot, column in shape.items() if slot not in ("code", "name", "codename")}
    for row in body:
        values = {slot: amount(row[column]) for slot, column in amounts.items() if row[column]}
        code = row[shape["code"]]
        if code.isdigit():
            out["rows"].append({"code": code, "name": row[shape["name"]], "cells": values})
        else:
            out["totals"] = values
    return out


def tables(pack: Pack, seed: str) -> dict[str, dict[str, Any]]:
    """All tables of a department, matched by title."""
    published = {t["title"]: t for t in load("tables", seed)}
    out = {}
    for spec in pack.tables.values():
        found = published.get(spec.title)
        if found and not found.get("missing"):
            body = found.get("body_codes_restored") or found["body"]
            out[spec.id] = table_values(spec, body)
    return out


def inside(filled: Filled, seed: str) -> None:
    """Put the figures of ``INSIDE`` in their places."""
    for place, value in INSIDE.get(seed, {}).items():
        if place.startswith("project:"):
            _, name, column = place.split(":")
            for row in filled.lists["projects"]:
                if (row.get("text_name") or row["name"]) == name:
                    row[column] = value
            continue
        head, _, slot = place.partition(".")
        if head in filled.tables:
            filled.tables[head]["slots"][slot] = value
        else:
            filled.fields[place] = value


# The extraction of one published form lost every full-width mark (U+FFFD in the truth).  The words
# are the department's; the marks are put back in order of loss, one for one.
LOST_MARKS: dict[str, str] = {
    "1.收集和整理营商环境问题": "、，、；、；",
    "按上级部门要求": "，，。",
    "人员保障:按上级部门要求": "，，。",
    "根据成本控制成效指标要求": "，，“”。",
    "其他:根据成本控制成效指标要求": "，，“”。",
}
LOST_IN_RESULT = "、，、。（，，、、、，、、、，）；、。（、，，“”，“”，，、、）；，，，，，，，，、、、，。"


def restored(text: str) -> str:
    """A text with its lost marks put back."""
    lost = text.count("\ufffd")
    if not lost:
        return text
    marks = next((m for start, m in LOST_MARKS.items() if text.startswith(start)), "")
    if lost != len(marks):
        marks = LOST_IN_RESULT
    if lost != len(marks):
        raise ValueError(f"{lost} marks are lost, {len(marks)} known: {text}")
    for mark in marks:
        text = text.replace("\ufffd", mark, 1)
    return text


YOY = {"income": "income", "expenditure": "expenditure", "yearend": "closing", "fiscal": "fiscal"}
VEHICLES = ["leader", "chief", "confidential", "emergency", "enforcement", "special", "retired", "other"]
SOURCES = {
    "上级补助收入": "source_superior",
    "事业收入": "source_undertaking",
    "经营收入": "source_operating",
    "附属单位上缴收入": "source_affiliated",
    "其他收入": "source_other",
    "使用非财政拨款结余": "source_surplus",
    "上年结转和结余": "source_carryover",
}


def liaoning_family(pack: Pack, seed: str) -> Filled:
    """A department whose text follows the family of the province (000, 001, 004)."""
    truth = load("inputs", seed)
    forms = load("tables", f"{seed}.forms")
    first = load("tables", seed)[0]
    label, _, name = first["department"].partition("：")
    filled = Filled(truth["year"], name)
    filled.tables = tables(pack, seed)
    fields = filled.fields
    fields |= {
        "info.name": name,
        "info.label": label,
        "info.self": truth["performance"].get("self", "本部门"),
    }
    for key, target in YOY.items():
        fields[f"prior.{target}"] = truth["yoy"][key]["prior"]
        filled.reasons[target] = truth["yoy"][key]["reason"]
    fields |= {f"budget.{k}": truth["budget"][k] for k in ("total", "basic", "project")}
    filled.reasons["closing_explain"] = truth["yearend_explain"]
    filled.reasons["project_list"] = truth["project_list_text"]
    for source, text in truth["income_explain"].items():
        filled.reasons[SOURCES[source]] = text
    _full_basic(filled, truth)
    _sangong(filled, truth["sangong"])
    _operation(filled, truth)
    filled.lists["duties"] = [{"text": t} for t in truth["duties"]]
    filled.lists["units"] = [{"name": u} for u in truth["units"]]
    filled.lists["items"] = [
        {"code": code, "budget": x["budget"] or "0", "use": x["use"], "reason": x["reason"]}
        for code, x in truth["items"].items()
    ]
    _forms(filled, truth["performance"], forms)
    _key_projects(filled, pack, truth["performance"])
    inside(filled, seed)
    return filled


def _key_projects(filled: Filled, pack: Pack, performance: Any) -> None:
    """What only some regions ask for: evaluation of key projects, who signs the forms."""
    for name in ("key_count", "key_amount"):
        if f"performance.{name}" in pack.fields:
            filled.fields[f"performance.{name}"] = str(performance.get(name, "0"))
    if "performance.joint" in pack.fields:
        filled.fields["performance.joint"] = performance.get("joint_names", "")


def _full_basic(filled: Filled, truth: Any) -> None:
    """Full-scope basic expenditure, where it differs from 公开06表."""
    for code, value in truth.get("basic_econ_full", {}).items():
        if amount(filled.tables["basic"]["slots"].get(f"e{code}", "")) != value:
            filled.fields[f"full.e{code}"] = value


def _sangong(filled: Filled, truth: Any) -> None:
    fields, reasons = filled.fields, filled.reasons
    reasons["sangong"] = truth["total_reason"]
    for part in ("abroad", "reception", "vehicle"):
        fields[f"prior.{part}"] = truth[part]["yoy"]["prior"]
        reasons[f"{part}_budget"] = truth[part]["budget_reason"]
        reasons[f"{part}_prior"] = truth[part]["yoy_reason"]
    abroad, reception, vehicle = truth["abroad"], truth["reception"], truth["vehicle"]
    fields |= {
        "visits.groups": str(abroad["groups"]),
        "visits.persons": str(abroad["persons"]),
        "visits.batches": str(reception["batches"]),
        "visits.guests": str(reception["persons"]),
        "visits.amount": reception["amount"],
        "visits.foreign_batches": str(reception["foreign_batches"]),
        "visits.foreign_guests": str(reception["foreign_persons"]),
        "visits.foreign_amount": reception["foreign_amount"],
        "visits.purchased": str(vehicle["purchased"]),
        "visits.purchase_use": vehicle["purchase_use"],
        "visits.running_use": vehicle["running_use"],
        "visits.holding": str(vehicle["holding"]),
    }


def _operation(filled: Filled, truth: Any) -> None:
    fields = filled.fields
    fields["operating.amount"] = truth["operating"]["current"]
    fields["prior.operating"] = truth["operating"]["prior"]
    filled.reasons["operating"] = truth["operating"]["reason"]
    fields |= {f"procurement.{k}": v for k, v in truth["procurement"].items()}
    for kind, count in zip(VEHICLES, truth["vehicles"]["counts"], strict=True):
        fields[f"vehicles.{kind}"] = str(count)
    fields["vehicles.other_use"] = truth["vehicles"]["other_use"]
    fields["vehicles.equipment"] = str(truth["vehicles"]["equipment_1m"])


def _forms(filled: Filled, performance: Any, forms: list[Any]) -> None:
    """Appendix forms as lists; where the text says it otherwise, the text's words beside them."""
    said = list(enumerate(performance.get("projects", []), 1))
    for name in ("projects", "indicators", "wholes", "whole_tasks", "whole_indicators"):
        filled.lists[name] = []
    filled.reasons["project_names"] = performance.get("project_names", "")
    for form in forms:
        if "项目" in form["kind"]:
            _project(filled, form, said)
        else:
            _whole(filled, form)
    projects = filled.lists["projects"]
    filled.fields["performance.due"] = str(len(projects))
    filled.fields["performance.whole_fund"] = "0"
    filled.fields["performance.whole_soe"] = "0"


def _project(filled: Filled, form: Any, said: list[tuple[int, Any]]) -> None:
    projects = filled.lists["projects"]
    number = str(len(projects) + 1)
    order, text = _said_of(form, said)
    row = {
        "no": number,
        "name": form["name"],
        "department": form["department"],
        "unit": form["unit"],
        "fund": "一般公共预算",
        **{k: form[k] for k in ("budget", "executed", "goal_initial", "goal_done")},
        **{k: form[k] for k in ("subtotal", "execution_score", "deduction", "total")},
        "order": str(order),
    }
    if text["name"] != form["name"]:
        row["text_name"] = text["name"]
    if text["done"] != form["goal_done"].rstrip("。"):
        row["done"] = text["done"]
    row |= {"problem": text["problem"], "improve": text["improve"]}
    projects.append(row)
    for i in form.get("indicators", []):
        filled.lists["indicators"].append({"no": number, **i})


def _said_of(form: Any, said: list[tuple[int, Any]]) -> tuple[int, Any]:
    """The text's words on a project: same name, and the same amounts where a name is used twice."""
    for match in (
        lambda p: p["name"] == form["name"] and p["budget"] == form["budget"],
        lambda p: p["budget"] == form["budget"] and p["name"].startswith(form["name"]),
        lambda p: p["budget"] == form["budget"],
    ):
        for order, text in said:
            if match(text):
                return order, text
    raise LookupError(form["name"])


REASON_COLUMNS = {
    "经费保障": "funding",
    "制度保障": "system",
    "人员保障": "staff",
    "硬件条件保障": "hardware",
    "其他": "other",
}


def _whole(filled: Filled, form: Any) -> None:
    number = str(len(filled.lists["wholes"]) + 1)
    filled.lists["wholes"].append(
        {
            "no": number,
            **{k: form[k] for k in ("unit_name", "budget_income", "budget_expenditure")},
            **{k: restored(form[k]) for k in ("goal_initial", "goal_done")},
            "total": form["total"],
        }
    )
    for task in form["tasks"]:
        filled.lists["whole_tasks"].append({"no": number, **task})
    for i in form["indicators"]:
        row = {k: restored(v) for k, v in i.items() if k != "reason"}
        if i.get("reason"):
            kind = row.get("improve", "").partition(":")[0]
            row[REASON_COLUMNS.get(kind, "other")] = restored(i["reason"])
        filled.lists["whole_indicators"].append({"no": number, **row})
