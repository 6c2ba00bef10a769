"""The department that published a budget (003): fourteen tables in 元, its text in 万元.

Two of the tables (附表2, 附表3) are listed in the published 目录 but are not in its text.  They are filled
with the figures that the other tables determine: all income is 一般公共预算, all expenditure is 附表7.
"""

from __future__ import annotations

import re
from typing import Any

from generator.checks.filled import Filled
from generator.packs import Pack, TableSpec
from generator.packs import parse_grid as parse
from tools.made.truth import VEHICLES, amount, load

NOT_AMOUNTS = ("code", "name", "codename", "n")


def bare(text: str) -> str:
    return text.replace(" ", "")


def row_values(spec: TableSpec, rows: list[list[str]]) -> dict[str, Any]:
    """The rows of a published table: the total, budget units, subjects or items of a list."""
    out: dict[str, Any] = {"slots": {}, "rows": [], "totals": {}}
    cells = [c for c in parse(spec.row).cells() if c.slot]
    texts = [c.slot for c in cells if c.kind == "text"]
    place = {c.slot: c.column for c in cells}
    for row in rows:
        values = {
            s: row[k] if s in texts else amount(row[k]) for s, k in place.items() if s not in NOT_AMOUNTS and row[k]
        }
        if bare(row[0]) == "合计":
            out["totals"] = values
            continue
        code, _, name = row[place["codename"]].partition("-") if "codename" in place else ("", "", row[place["name"]])
        out["rows"].append({"code": code, "name": name, "cells": values, "kind": kind_of(spec, code), "text": texts})
    return out


def kind_of(spec: TableSpec, code: str) -> str:
    """A budget unit has a code of its own kind (133, 133001); subjects begin with 2 or 3."""
    if spec.rows == "list":
        return "row"
    return "unit" if code.startswith("1") else "subject"


def fixed_values(spec: TableSpec, body: list[list[str]]) -> dict[str, Any]:
    """The cells of a published table with fixed rows."""
    slots = {c.slot: amount(body[c.row][c.column]) for c in parse(spec.body).cells() if c.slot}
    return {"slots": {k: v for k, v in slots.items() if v}, "rows": [], "totals": {}}


def tables(pack: Pack, seed: str) -> dict[str, dict[str, Any]]:
    """All tables of the budget, matched by title; the two missing ones follow from the others."""
    published = {t["title"]: t for t in load("tables", seed) if not t.get("missing")}
    out = {}
    for spec in pack.tables.values():
        found = published.get(spec.title)
        if found:
            out[spec.id] = (fixed_values if spec.body else row_values)(spec, found["body"])
    general = out["general"]
    out["expenditure"] = {**general, "rows": [dict(r) for r in general["rows"]]}

    def income(total: str) -> dict[str, str]:
        return {"total": total, "current": total, "general": total}

    units = [r for r in general["rows"] if r["kind"] == "unit"]
    out["income"] = {
        "slots": {},
        "rows": [{**r, "kind": "row", "cells": income(r["cells"]["total"])} for r in units],
        "totals": income(general["totals"]["total"]),
    }
    return out


def department(pack: Pack, seed: str = "003") -> Filled:
    """The department's values by the ids of its pack; all amounts in 元."""
    truth = load("inputs", seed)
    filled = Filled(truth["year"], truth["entity"], unit="元")
    filled.tables = tables(pack, seed)
    filled.sheet_units = {"base": "万元", "subject": "万元", "key": "万元"}  # as published, with the decimals of it
    prior = {
        "income": truth["yoy"]["total"],
        "expenditure": truth["yoy"]["total"],
        "fiscal_income": truth["yoy"]["fiscal"],
        "fiscal_expenditure": truth["yoy"]["fiscal"],
        "general": truth["yoy"]["general"],
        "operating": truth["operating"],
        **truth["sangong"],
    }
    filled.fields = {"info.name": filled.name, "info.subordinate": "无"} | {
        f"prior.{k}": v["prior"] for k, v in prior.items()
    }
    filled.reasons = {k: v["reason"] for k, v in truth["sangong"].items()}
    filled.reasons |= {k: prior[k]["reason"] for k in ("general", "operating")}
    for kind, count in zip(VEHICLES, truth["vehicles"]["counts"], strict=True):
        filled.fields[f"vehicles.{kind}"] = str(count)
    filled.fields["vehicles.equipment_general"] = str(truth["vehicles"]["equipment_50w"])
    filled.fields["vehicles.equipment_special"] = str(truth["vehicles"]["equipment_100w"])
    filled.lists["duties"] = [{"text": t} for t in truth["duties"]]
    filled.lists["offices"] = [{"name": t} for t in truth["offices"]]
    filled.lists["items"] = [
        {"code": code, "prior": x["prior"], "reason": x["reason"]} for code, x in truth["classes"].items()
    ]
    numbers = {row["name"]: str(n) for n, row in enumerate(filled.tables["project_list"]["rows"], 1)}
    _key_projects(filled, truth["key_projects"], numbers)
    _goals(filled, load("tables", f"{seed}.forms"), numbers)
    return filled


USE = "主要用于"
PART = re.compile(r"（\d）(?P<name>.+)子项目(?P<amount>[\d.]+)万元，主要用于(?P<use>.+)[；。]")


def _key_projects(filled: Filled, projects: list[Any], numbers: dict[str, str]) -> None:
    """What an officer must write; who, when and how much follow from the department, the year and 附表12."""
    for name in ("key_projects", "key_parts", "key_paragraphs"):
        filled.lists[name] = []
    for project in projects:
        no = numbers[project["name"]]
        sections = dict(project["sections"])
        first, *parts = sections.pop("年度预算安排")
        use = "" if parts else first.partition(USE)[2].rstrip("。")
        filled.lists["key_projects"].append({"no": no, "use": use})
        for text in parts:
            found = PART.fullmatch(text)
            assert found, text
            filled.lists["key_parts"].append({"no": no, **found.groupdict()})
        for section in ("项目概述", "立项依据", "实施方案"):
            filled.lists["key_paragraphs"] += [{"no": no, "section": section, "text": t} for t in sections[section]]


def _goals(filled: Filled, forms: list[Any], numbers: dict[str, str]) -> None:
    """The forms at the end: one for the whole department, one for each project; names and amounts are 附表12's."""
    whole, *projects = forms
    filled.fields["performance.goal"] = whole["goal"]
    filled.lists["whole_indicators"] = whole["indicators"]
    filled.lists["goals"] = [
        {"no": numbers[f["name"]], "department": f["department"], "goal": f["goal"]} for f in projects
    ]
    filled.lists["indicators"] = [{"no": numbers[f["name"]], **i} for f in projects for i in f["indicators"]]
