"""The department that published a budget (003): fourteen tables in 元, its text in 万元.

Two of the tables (附表2, 附表3) are listed in the published 目录 but are not in its text.  They are filled
with the figures that the other tables determine: all income is 一般公共预算, all expenditure is 附表7.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from generator.grid import parse
from generator.pack import Pack
from generator.pack_schema import TableSpec
from tools.truth import VEHICLES, Filled, amount, load

NOT_AMOUNTS = ("code", "name", "codename", "n")


def yuan(text: str) -> str:
    """An amount in 万元 as the same amount in 元."""
    return f"{Decimal(text) * 10000:f}"


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
        out["rows"].append(
            {"code": code, "name": name, "cells": values, "kind": kind_of(spec, code), "text": texts}
        )
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
    prior = {
        "income": truth["yoy"]["total"],
        "expenditure": truth["yoy"]["total"],
        "fiscal_income": truth["yoy"]["fiscal"],
        "fiscal_expenditure": truth["yoy"]["fiscal"],
        "general": truth["yoy"]["general"],
        "operating": truth["operating"],
        **truth["sangong"],
    }
    filled.fields = {"info.name": filled.name} | {f"prior.{k}": yuan(v["prior"]) for k, v in prior.items()}
    filled.reasons = {k: v["reason"] for k, v in truth["sangong"].items()}
    filled.reasons |= {k: prior[k]["reason"] for k in ("general", "operating")}
    for kind, count in zip(VEHICLES, truth["vehicles"]["counts"], strict=True):
        filled.fields[f"vehicles.{kind}"] = str(count)
    filled.fields["vehicles.equipment_general"] = str(truth["vehicles"]["equipment_50w"])
    filled.fields["vehicles.equipment_special"] = str(truth["vehicles"]["equipment_100w"])
    filled.lists["duties"] = [{"text": t} for t in truth["duties"]]
    filled.lists["offices"] = [{"name": t} for t in truth["offices"]]
    filled.lists["items"] = [
        {"code": code, "prior": yuan(x["prior"]), "reason": x["reason"]} for code, x in truth["classes"].items()
    ]
    _key_projects(filled, truth["key_projects"])
    _goals(filled, load("tables", f"{seed}.forms"))
    return filled


def _key_projects(filled: Filled, projects: list[Any]) -> None:
    filled.lists["key_projects"] = [{"no": str(n), "name": p["name"]} for n, p in enumerate(projects, 1)]
    filled.lists["key_paragraphs"] = [
        {"no": str(n), "section": section, "text": text}
        for n, project in enumerate(projects, 1)
        for section, texts in project["sections"]
        for text in texts
    ]


def _goals(filled: Filled, forms: list[Any]) -> None:
    """The forms at the end: one for the whole department, one for each project."""
    whole, *projects = forms
    filled.fields["performance.goal"] = whole["goal"]
    filled.lists["whole_indicators"] = whole["indicators"]
    filled.lists["goals"] = [
        {"no": str(n), "budget": yuan(f["budget"])} | {k: f[k] for k in ("name", "department", "unit", "goal")}
        for n, f in enumerate(projects, 1)
    ]
    filled.lists["indicators"] = [
        {"no": str(n), **i} for n, f in enumerate(projects, 1) for i in f["indicators"]
    ]
