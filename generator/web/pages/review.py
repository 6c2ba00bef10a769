"""Review: submit, return with remarks, approve, seal, publish."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, go, render, text_of
from generator.web.pages.department import block_starts, common, need
from generator.web.state.departments import STEPS_OF

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.get("/review")
def review(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    steps = {
        k: {"word": word, "open": d.stage in before and user.may(*roles)}
        for k, (roles, before, _, word) in STEPS_OF.items()
    }
    return render(
        request,
        "review.html",
        steps=steps,
        remarks=bench.departments.remarks(d.id),
        history=bench.departments.history(d.id),
        may_remark=user.may("审核", "批准"),
        blocks=block_starts(bench, d),
        place=request.query_params.get("place", "")[:120],
        **common(bench, d, "review"),
    )


@router.post("/review/{action}")
def act(request: Request, bench: Bench, user: Who, d: Dept, action: str, form: Form) -> Response:
    if action not in STEPS_OF:
        raise Refusal("没有这一步。")
    note = text_of(form, "note").strip()[:2000]
    if action == "publish":
        note = note or date.today().isoformat()
        try:
            date.fromisoformat(note)
        except ValueError:
            raise Refusal("公开日期应写成 2025-08-31 的样子。") from None
    if action == "return":
        need(len(note) >= 2 or any(not r["done_at"] for r in bench.departments.remarks(d.id)), "退回要写明意见。")
    with bench.database.write():
        bench.departments.step(d, action, user, text_of(form, "fingerprint"), note)
        if action == "return" and note:
            bench.departments.remark(d, "全文", note, user)
    if action == "seal":
        bench.jobs.add("seal", d.id, user.shown)
    return go(f"/d/{d.id}/review", f"已{STEPS_OF[action][3]}。")


@router.post("/remarks")
def remark(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    need(user.may("审核", "批准"), "审核意见要由审核人或批准人写。")
    bench.departments.remark(d, text_of(form, "place") or "全文", text_of(form, "text"), user)
    return go(f"/d/{d.id}/review", "意见已记下。")


@router.post("/remarks/{remark}/done")
def remark_done(request: Request, bench: Bench, user: Who, d: Dept, remark: int, form: Form) -> Response:
    bench.departments.remark_done(d, remark, user)
    return go(f"/d/{d.id}/review", "已记为办结。")
