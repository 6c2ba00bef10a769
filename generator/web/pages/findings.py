"""Findings: by severity and table; one finding with both sides highlighted in the tables; explaining a warning."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.checks import accepted as explanations
from generator.model import Finding, Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, date_words, go, is_fragment, render, text_of
from generator.web.pages.department import common
from generator.web.pages.fill import view
from generator.web.state.database import now
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}", include_in_schema=False)
AROUND = 3
_explaining: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


def finding_of(entry: dict[str, Any]) -> Finding:
    """A finding as the engine knows it, from its kept form."""
    return Finding.from_json(entry)


@router.get("/findings")
def findings(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    entries = bench.snapshots.findings(d)
    severity, table = request.query_params.get("severity", ""), request.query_params.get("table", "")
    tables: dict[str, int] = {}
    for entry in entries:
        for name in dict.fromkeys(c.partition("!")[0] for c in entry["cells"]):
            tables[name] = tables.get(name, 0) + 1
    shown = [
        e
        for e in entries
        if (not severity or e["severity"] == severity)
        and (not table or any(c.startswith(f"{table}!") for c in e["cells"]))
    ]
    counts = {s: sum(1 for e in entries if e["severity"] == s) for s in ("error", "warning", "info")}
    main = bench.snapshots.main(d)
    content = {
        "shown": shown, "counts": counts, "tables": tables, "severity": severity, "table": table,
        "coverage": main.get("coverage", {}), "ready": bool(main), **common(bench, d, "findings"),
    }  # fmt: skip
    return render(request, "findings_list.html" if is_fragment(request) else "findings.html", **content)


def excerpts(bench: Workbench, d: Department, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables around the cells of a finding: the left and the right side each in its colour."""
    equation = entry.get("equation") or {}
    left = {t["cell"] for t in equation.get("left", {}).get("terms", [])}
    right = {t["cell"] for t in equation.get("right", {}).get("terms", [])}
    sheets = [s["name"] for s in bench.snapshots.main(d).get("sheets", [])]
    out = []
    for name in dict.fromkeys(c.partition("!")[0] for c in entry["cells"]):
        if name not in sheets:
            continue
        here = {c.partition("!")[2] for c in entry["cells"] if c.startswith(f"{name}!")}
        sheet = view(bench, d, sheets.index(name), here, whole=True)
        near: set[int] = set()
        for row in sheet["rows"]:
            if any(c["c"] in here for c in row["cells"]):
                near |= set(range(row["n"] - AROUND, row["n"] + AROUND + 1))
        for row in sheet["rows"]:
            for cell in row["cells"]:
                place = f"{name}!{cell['c']}"
                cell["side"] = (
                    "both"
                    if place in left & right
                    else "left"
                    if place in left
                    else "right"
                    if place in right
                    else "at"
                    if cell["c"] in here
                    else ""
                )
        rows, skipped = [], False
        for row in sheet["rows"]:
            if row["head"] or row["n"] in near:
                rows.append({**row, "gap": skipped})
                skipped = False
            else:
                skipped = True
        out.append({**sheet, "rows": rows[:80]})
    return out


@router.get("/findings/{index}")
def finding(request: Request, bench: Bench, user: Who, d: Dept, index: int) -> Response:
    entries = bench.snapshots.findings(d)
    if not 0 <= index < len(entries):
        raise HTTPException(404, "这条问题已经不在了，请看最新的问题清单。")
    entry = entries[index]
    return render(
        request, "finding_part.html" if is_fragment(request) else "finding.html", entry=entry, excerpts=excerpts(bench, d, entry),
        may_fill=user.may("填报") and d.writable, fingerprint=explanations.fingerprint(finding_of(entry)), **common(bench, d, "findings"),
    )  # fmt: skip


@router.post("/findings/{index}/explain")
def explain(request: Request, bench: Bench, user: Who, d: Dept, index: int, form: Form) -> Response:
    """Keep a reason for a warning, for the values that the page showed."""
    entries = [finding_of(e) for e in bench.snapshots.findings(d)]
    wanted = text_of(form, "fingerprint")
    found = next((f for f in entries if explanations.fingerprint(f) == wanted), None)
    if found is None:
        raise Refusal("这条警告的数字已经变了，请看最新的问题清单。")
    reason = text_of(form, "reason")
    with _explaining[d.id]:
        explanations.explain(
            d.folder, entries, found.id, explanations.place_of(found), reason, user.shown, date_words(now())
        )
    bench.database.log(user.name, "说明警告", f"{found.id} {explanations.place_of(found)}", d.id)
    bench.jobs.add("examine", d.id, user.shown)
    return go(f"/d/{d.id}/findings", "已记下理由，正在重新检查。数字变动后会重新提出。")
