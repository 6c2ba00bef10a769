"""Pictures of a department's figures, where people would rather look than read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.web.pages import charts
from generator.web.pages.base import Bench, Dept, Who, render
from generator.web.pages.department import common
from generator.web.work.pictures import MOST_CHANGES

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.get("/pictures")
def pictures(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    main = bench.snapshots.main(d)
    drawn = [_drawn(p) for p in main.get("pictures", [])]
    return render(
        request, "pictures.html", drawn=drawn, changes=_changes(main.get("reasons", [])), **common(bench, d, "pictures")
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _drawn(picture: dict[str, Any]) -> dict[str, Any]:
    rows = [(r["label"], _number(r["now"]), _number(r["then"]), _number(r["budget"])) for r in picture["rows"]]
    if picture["kind"] == "parts":
        known = sorted(((label, now) for label, now, *_ in rows if now), key=lambda r: -abs(r[1]))
        whole = _number(picture["of"]) or Decimal(0)
        table = [[label, charts.wan(now), f"{now / whole * 100:.2f}%" if whole else ""] for label, now in known]
        return {
            "title": picture["id"], "svg": charts.parts(known, whole), "head": ["项目", "金额（万元）", "占比"], "table": table, "legend": [],
        }  # fmt: skip
    used = [k for k in (1, 2, 3) if any(row[k] is not None for row in rows)]
    words = {1: "本年（决算）", 2: "上年", 3: "预算"}
    cells = [[row[0], *(charts.wan(v) if (v := row[k]) is not None else "空白" for k in used)] for row in rows]
    return {
        "title": picture["id"], "svg": charts.against(rows), "head": ["项目", *(f"{words[k]}（万元）" for k in used)], "table": cells,
        "legend": [(("now", "then", "budget")[k - 1], words[k]) for k in used],
    }  # fmt: skip


def _changes(reasons: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The largest changes with what is said of them."""
    rows = [(r["title"], Decimal(r["change"]), r["text"]) for r in reasons if r.get("change")]
    rows = sorted((r for r in rows if r[1]), key=lambda r: -abs(r[1]))[:MOST_CHANGES]
    if not rows:
        return None
    return {
        "svg": charts.changes([(t, v) for t, v, _ in rows]),
        "table": [[t, charts.wan(v), words or "还没有写"] for t, v, words in rows],
    }
