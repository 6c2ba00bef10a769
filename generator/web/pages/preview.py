"""The document as it will be published; every number can be asked for its cells, formula and value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.web.pages.base import Bench, Dept, Who, Workbench, is_fragment, render
from generator.web.pages.department import common
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.get("/preview")
def whole(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    content = bench.snapshots.read(d.snapshot, "document")
    remarks: dict[str, list[Any]] = {}
    for remark in bench.departments.remarks(d.id):
        if remark["place"].startswith("段落 "):
            remarks.setdefault(remark["place"].removeprefix("段落 "), []).append(remark)
    return render(request, "preview.html", document=content, remarks=remarks, **common(bench, d, "preview"))


def cell_texts(bench: Workbench, d: Department, cells: list[str]) -> dict[str, str]:
    """What some cells say in the workbook."""
    sheets = [s["name"] for s in bench.snapshots.main(d).get("sheets", [])]
    out: dict[str, str] = {}
    for name in dict.fromkeys(c.partition("!")[0] for c in cells):
        if name in sheets:
            sheet = bench.snapshots.sheet(d, sheets.index(name))
            known = {c["c"]: c.get("t", "") for row in sheet.get("rows", []) for c in row}
            out |= {c: known.get(c.partition("!")[2], "") for c in cells if c.startswith(f"{name}!")}
    return out


@router.get("/figure/{index}")
def figure(request: Request, bench: Bench, user: Who, d: Dept, index: int) -> Response:
    """Where a printed number comes from."""
    figures = bench.snapshots.read(d.snapshot, "figures").get("figures", [])
    if not 0 <= index < len(figures):
        raise HTTPException(404, "这个数已经不在了，请刷新预览。")
    found = figures[index]
    sheets = [s["name"] for s in bench.snapshots.main(d).get("sheets", [])]
    texts = cell_texts(bench, d, found["cells"])
    rows = [
        {
            "cell": c,
            "text": texts.get(c, ""),
            "minus": c in found["minus"],
            "sheet": sheets.index(c.partition("!")[0]) if c.partition("!")[0] in sheets else -1,
        }
        for c in found["cells"]
    ]
    in_wan = ""
    part = is_fragment(request) or request.headers.get("hx-target") == "figure"
    if found["value"] is not None and found["unit"] == "元":
        in_wan = f"{(Decimal(found['value']) / 10000):f}"
    return render(
        request,
        "figure_part.html" if part else "figure.html",
        figure=found,
        rows=rows,
        in_wan=in_wan,
        **common(bench, d, "preview"),
    )
