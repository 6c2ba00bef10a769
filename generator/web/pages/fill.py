"""Filling in the browser, sheet by sheet: the workbook's own sheets, each cell saved as it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from generator.checks import CULPRIT
from generator.files import parse_number, parse_percent
from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, go, is_fragment, render, text_of, whole
from generator.web.pages.department import common
from generator.web.state.departments import Department
from generator.web.state.snapshots import Seen, Typed
from generator.workbook import NUMBER_KINDS

router = APIRouter(prefix="/d/{number}", include_in_schema=False)
SPARE = 6
PATIENCE = 10.0  # seconds that an answer waits for the check
SENTENCES = 4
KIND_WORDS = {"amount": "金额", "count": "整数", "number": "数字", "percent": "百分比", "text": "文字"}


def sheet_number(bench: Workbench, d: Department, wanted: str) -> int:
    """The sheet by number or name; the first one to fill in otherwise."""
    sheets = bench.snapshots.main(d).get("sheets", [])
    for k, sheet in enumerate(sheets):
        if wanted in (str(k), sheet["name"]):
            return k
    return next((k for k, s in enumerate(sheets) if s["entries"]), 0)


def sheet_findings(bench: Workbench, d: Department, name: str) -> list[dict[str, Any]]:
    """Findings with a cell in this sheet, each with those cells."""
    out = []
    for finding in bench.snapshots.findings(d):
        here = [c.partition("!")[2] for c in finding["cells"] if c.startswith(f"{name}!")]
        if here:
            first = finding["cells"][0].partition("!")[2] if finding["cells"][0].startswith(f"{name}!") else ""
            folded = finding["related"] == [CULPRIT]
            out.append({**finding, "here": here, "mark": first if finding["severity"] != "info" and not folded else ""})
    return out


def view(
    bench: Workbench,
    d: Department,
    number: int,
    marked: set[str] | frozenset[str] = frozenset(),
    *,
    whole: bool = False,
) -> dict[str, Any]:
    """A sheet with the typed cells that still wait laid over it; idle rows at the end are left out."""
    content = bench.snapshots.sheet(d, number)
    waiting = bench.cells.waiting(d, content.get("name", ""))
    rows = []
    spare = 0
    hidden = 0
    for at, row in enumerate(content.get("rows", [])):
        cells = [{**c, "t": waiting.get(c["c"], c.get("t", "")), "m": c["c"] in marked} for c in row]
        if len(cells) == 1 and not cells[0].get("e"):
            cells[0]["x"] = max(len(content.get("widths", [])), 1)
        idle = all(not c["t"] or (c.get("f") and not c.get("e")) for c in cells) and any(c.get("e") for c in cells)
        spare = spare + 1 if idle else 0
        if not whole and idle and spare > SPARE and not any(c["m"] for c in cells):
            hidden += 1
            continue
        rows.append({"n": at + 1, "cells": cells, "head": at < content.get("frozen", 0)})
    return {
        "name": content.get("name", ""),
        "rows": rows,
        "number": number,
        "hidden": hidden,
        "widths": content.get("widths", []),
    }


def notes_of(bench: Workbench, d: Department, name: str) -> dict[str, list[str]]:
    """The remarks of reviewers that are not done, by cell of a sheet."""
    out: dict[str, list[str]] = {}
    for remark in bench.departments.remarks(d.id):
        sheet, _, cell = remark["place"].partition("!")
        if sheet == name and cell and not remark["done_at"]:
            out.setdefault(cell, []).append(f"{remark['who']}：{remark['text']}")
    return out


@router.get("/fill")
def fill(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    main = bench.snapshots.main(d)
    number = sheet_number(bench, d, request.query_params.get("sheet", ""))
    content: dict[str, Any] = {
        "sheets": main.get("sheets", []),
        "subjects": main.get("subjects", {}),
        **common(bench, d, "fill"),
    }
    if not main.get("sheets"):
        return render(request, "fill_wait.html", **content)
    name = main["sheets"][number]["name"]
    found = sheet_findings(bench, d, name)
    marked = {f["mark"] for f in found if f["mark"]}
    counts = {
        s["name"]: sum(
            1
            for f in main["findings"]
            if f["severity"] == "error" and any(c.startswith(f"{s['name']}!") for c in f["cells"])
        )
        for s in main["sheets"]
    }
    sheet = view(bench, d, number, marked, whole=request.query_params.get("rows") == "all")
    codes = {c.get("l") for row in sheet["rows"] for c in row["cells"] if c.get("l")}
    return render(
        request,
        "fill.html",
        sheet=sheet,
        found=found,
        counts=counts,
        codes=sorted(c for c in codes if c),
        kinds=KIND_WORDS,
        may_fill=user.may("填报") and d.writable,
        conflicts=[],
        typed=[],
        now_there={},
        seen=bench.cells.seen(d),
        notes=notes_of(bench, d, name),
        **content,
    )


def typed_values(form: FormData) -> dict[str, Typed]:
    """What was typed, by cell; what the page showed there."""
    out = {}
    for key, value in form.multi_items():
        if key.startswith("c:") and isinstance(value, str):
            version = text_of(form, f"v:{key[2:]}")
            out[key[2:]] = Typed(text_of(form, f"was:{key[2:]}"), value, whole(version) if version else None)
    return out


def slips(values: Mapping[str, Typed], kinds: dict[str, str]) -> list[tuple[str, str]]:
    """What can be said at once about typed numbers."""
    out = []
    for cell, typed in values.items():
        kind, text = kinds.get(cell, "text"), typed.text
        if kind in NUMBER_KINDS and text.strip() and text != typed.was:
            parsed = parse_percent(text) if kind == "percent" else parse_number(text)
            if parsed.error:
                out.append((cell, parsed.error))
            elif kind == "count" and parsed.value is not None and (parsed.value < 0 or parsed.value % 1):
                out.append((cell, f"填的是 {text}，应为不小于0的整数"))
    return out


@router.get("/fill/sentences")
def sentences(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    """The sentences of the document in which a cell's number stands, with that number marked."""
    cell = request.query_params.get("cell", "")[:60]
    figures = bench.snapshots.read(d.snapshot, "figures").get("figures", [])
    spoken: dict[str, list[str]] = {}
    for figure in figures:
        if cell in figure["cells"]:
            spoken.setdefault(figure["block"], []).append(figure["text"])
    parts = bench.snapshots.read(d.snapshot, "document").get("parts", [])
    blocks = [b for p in parts for b in p["blocks"] if b["id"] in spoken and b["type"] != "table"]
    shown = [{"anchor": b["anchor"], "pieces": marked_text(b["text"], spoken[b["id"]])} for b in blocks[:SENTENCES]]
    return render(
        request, "sentences.html", cell=cell, shown=shown, more=len(blocks) - len(shown), **common(bench, d, "fill")
    )


def marked_text(text: str, numbers: Sequence[str]) -> list[tuple[str, bool]]:
    """The sentences of a paragraph in which some numbers stand; those numbers apart."""
    wanted = {n for n in numbers if n}
    if not wanted:
        return [(text, False)]
    pattern = (
        "(" + "|".join(rf"(?<![0-9.,]){re.escape(n)}(?![0-9,])" for n in sorted(wanted, key=len, reverse=True)) + ")"
    )
    spoken = [s for s in re.findall(r"[^。]+。?", text) if re.search(pattern, s)] or [text]
    return [(piece, piece in wanted) for piece in re.split(pattern, "".join(spoken)) if piece]


@router.post("/fill")
def save(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """Keep typed cells; a cell that somebody else changed meanwhile is not overwritten, both are shown."""
    number = sheet_number(bench, d, text_of(form, "sheet"))
    values = typed_values(form)
    content = bench.snapshots.sheet(d, number)
    kinds = {c["c"]: c.get("k", "text") for row in content.get("rows", []) for c in row}
    with bench.database.write():  # what was typed and the work that writes it are kept together
        now_there, conflicts = bench.cells.type(d, number, values, user.shown, Seen.read(text_of(form, "seen")))
        kept = {c: values[c] for c in now_there if values[c].was.strip() != values[c].text.strip()}
        if kept:
            bench.jobs.apply(d.id, user.shown)
    typed = slips(kept, kinds)
    if not is_fragment(request) and not conflicts:
        return go(f"/d/{d.id}/fill?sheet={number}&saved={len(kept)}")
    name = content.get("name", "")
    status = 409 if conflicts and not is_fragment(request) else 200
    return render(
        request, "fill_said.html", status, sheet={"name": name, "number": number}, conflicts=conflicts, typed=typed, kept=kept, now_there=now_there,
        found=sheet_findings(bench, d, name), checking=bool(kept), **common(bench, d, "fill"),
    )  # fmt: skip


@router.get("/fill/said")
def said(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    """The panel beside the sheet: still checking, or what was found."""
    number = sheet_number(bench, d, request.query_params.get("sheet", ""))
    sheets = bench.snapshots.main(d).get("sheets", [])
    if not sheets:
        raise Refusal("填报表还没有检查好。")
    name = sheets[number]["name"]

    def checks() -> bool:
        return any(j["kind"] in ("apply", "examine", "intake") for j in bench.jobs.open_jobs(d.id))

    # the page asks once and is answered when the check has ended: nothing is asked over and over
    checking = not bench.jobs.lanes.settled(checks, PATIENCE) if "wait" in request.query_params else checks()
    now_here = bench.departments.get(d.id) or d
    d = now_here
    return render(
        request, "fill_said.html", sheet={"name": name, "number": number}, conflicts=[], typed=[], kept={}, now_there={},
        found=sheet_findings(bench, d, name), checking=checking, **common(bench, d, "fill"),
    )  # fmt: skip
