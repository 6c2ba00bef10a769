"""Review: submit, return with remarks, approve, seal, publish."""

from __future__ import annotations

import re
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, go, render, text_of
from generator.web.pages.department import block_starts, common
from generator.web.state.steps import STEPS_OF, may_close, needs_role

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
        remarks=[{**dict(r), "may_close": may_close(r, user)} for r in bench.departments.remarks(d.id)],
        history=bench.departments.history(d.id),
        may_remark=user.may("审核", "批准"),
        blocks=block_starts(bench, d),
        place=request.query_params.get("place", "")[:120],
        **common(bench, d, "review"),
    )


@router.post("/review/{action}")
def act(request: Request, bench: Bench, user: Who, d: Dept, action: str, form: Form) -> Response:
    if action not in STEPS_OF:
        raise Refusal("没有这一步。", status=404)
    needs_role(action, user)
    note = text_of(form, "note").strip()[:2000]
    if action == "publish":
        note = note or date.today().isoformat()
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", note) or not _is_day(note):
            raise Refusal("公开日期应写成 2025-08-31 的样子。")
    if action == "return" and len(note) < 2 and not bench.departments.open_remarks(d.id):
        raise Refusal("退回要写明意见。")
    with bench.database.write():
        bench.departments.step(d, action, user, text_of(form, "fingerprint"), note)
        if action == "return" and note:
            bench.departments.remark(d, "全文", note, user)
    if action == "seal":
        bench.jobs.add("seal", d.id, user.shown)
    return go(f"/d/{d.id}/review", f"已{STEPS_OF[action][3]}。")


@router.post("/remarks")
def remark(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    bench.departments.remark(d, text_of(form, "place") or "全文", text_of(form, "text"), user)
    return go(f"/d/{d.id}/review", "意见已记下。")


@router.post("/remarks/{remark}/answer")
def answer(request: Request, bench: Bench, user: Who, d: Dept, remark: int, form: Form) -> Response:
    """What the department says to a remark."""
    bench.departments.answer(d, remark, text_of(form, "text"), user)
    return go(f"/d/{d.id}/review", "答复已记下；写意见的人看过后办结。")


@router.post("/remarks/{remark}/done")
def remark_done(request: Request, bench: Bench, user: Who, d: Dept, remark: int, form: Form) -> Response:
    bench.departments.remark_done(d, remark, user)
    return go(f"/d/{d.id}/review", "已办结。")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
