"""Coming in and going out, one's own password; accounts and the tree of units; the log.

A 管理 who is bound to a unit sees and changes only the accounts within its tree.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from generator.model import Refusal
from generator.web.pages.base import (
    Bench,
    Form,
    Who,
    Workbench,
    go,
    is_fragment,
    render,
    session_of,
    set_cookie,
    text_of,
    whole,
)
from generator.web.state.accounts import ROLES, User
from generator.web.state.database import Row
from generator.web.state.entering import enter, remember

router = APIRouter(include_in_schema=False)
DEVICE = "juesuan-device"  # the cookie of a browser that has been in


def inside(address: str) -> str:
    """An address of this site only."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


# ------------------------------------------------------------------ coming in


@router.get("/login")
def login_page(request: Request) -> Response:
    if session_of(request).user is not None:
        return RedirectResponse("/", 303)
    return render(request, "login.html", problem="", name="", after=inside(request.query_params.get("after", "/")))


@router.post("/login")
def login(request: Request, bench: Bench, form: Form) -> Response:
    """By the page, or laid over another page (then the new token of the forms comes back and the page stays)."""
    name, after = text_of(form, "name"), inside(text_of(form, "after", "/"))
    address = request.client.host if request.client else ""
    device = request.cookies.get(DEVICE, "")
    try:
        row = enter(bench.accounts, name, text_of(form, "password")[:300], address, device)
    except Refusal as error:
        if is_fragment(request):
            return HTMLResponse(str(error), error.status)
        return render(request, "login.html", error.status, problem=str(error), name=name[:40], after=after)
    bench.accounts.end(session_of(request).token)
    token, csrf = bench.accounts.start(row["id"])
    answer = (
        JSONResponse({"csrf": csrf, "name": row["shown"]}) if is_fragment(request) else RedirectResponse(after, 303)
    )
    set_cookie(request, answer, token)
    answer.set_cookie(
        DEVICE,
        remember(bench.accounts, row["id"]),
        max_age=180 * 86400,
        httponly=True,
        samesite="lax",
        secure=bench.settings.secure,
        path="/login",
    )
    return answer


@router.get("/here")
def here(request: Request, user: Who) -> Response:
    """Whether one is still in, and the token of the forms: asked by a page that has been open for long."""
    return JSONResponse({"csrf": session_of(request).csrf, "name": user.shown})


@router.post("/logout")
def logout(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    bench.accounts.end(session_of(request).token)
    bench.database.log(user.name, "退出")
    return RedirectResponse("/login" if bench.accounts.required else "/", 303)


@router.get("/password")
def own_password(request: Request, user: Who) -> Response:
    return render(request, "password.html")


@router.post("/password")
def change_own(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    """One's own password; other browsers and tokens with the old one are out, this browser stays in."""
    if user.account is None:
        raise Refusal("单机使用没有账号，不用密码。")
    if text_of(form, "new") != text_of(form, "again"):
        raise Refusal("两次输入的新密码不一样。")
    bench.accounts.change_own(user, text_of(form, "old")[:300], text_of(form, "new"))
    token, _ = bench.accounts.start(user.account)
    answer = go("/", "密码已改好。")
    set_cookie(request, answer, token)
    return answer


# ------------------------------------------------------------------ accounts


def _mine(bench: Workbench, user: User, unit: int | None) -> bool:
    """Whether an account of this unit is within the reach of a 管理."""
    return user.unit is None or (unit is not None and bench.departments.units.reaches(user, unit))


def _shown(request: Request, bench: Workbench, user: User, **more: Any) -> Response:
    rows = bench.database.all(
        "SELECT account.*, unit.name AS unit_name FROM account LEFT JOIN unit ON unit.id=account.unit ORDER BY account.name"
    )
    return render(
        request,
        "accounts.html",
        rows=[r for r in rows if _mine(bench, user, r["unit"])],
        tokens=[t for t in bench.accounts.tokens() if _mine(bench, user, t["unit"])],
        roles=ROLES,
        units=bench.departments.units.listed(user),
        everything=user.unit is None,
        **{"new_token": "", **more},
    )


@router.get("/accounts")
def accounts(request: Request, bench: Bench, user: Who) -> Response:
    return _shown(request, bench, user)


def _unit(bench: Workbench, user: User, form: Form) -> int | None:
    """The unit that a form names, made where it is new and meant; a bound 管理 gives no more than his own tree."""
    name = text_of(form, "unit").strip()
    if not name:
        if user.unit is not None:
            raise Refusal("请写单位：您只能办理本单位及其下级的账号。")
        return None
    return bench.departments.units.take(name, user, sure=text_of(form, "sure") == "yes")


@router.post("/accounts")
def new_account(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    roles = tuple(v for v in form.getlist("role") if isinstance(v, str))
    with bench.database.write():
        unit = _unit(bench, user, form)
        bench.accounts.add(
            text_of(form, "name"), text_of(form, "password"), roles, unit, text_of(form, "shown"), user.name
        )
    return go("/accounts", "账号已建好。")


def _account(bench: Workbench, user: User, number: str) -> Row:
    row = bench.accounts.get(whole(number))
    if not _mine(bench, user, row["unit"]):
        raise Refusal("没有这个账号，或不在您的范围内。", status=404)
    return row


@router.post("/accounts/{account}/{action}")
def change_account(request: Request, bench: Bench, user: Who, account: str, action: str, form: Form) -> Response:
    row = _account(bench, user, account)
    match action:
        case "password":
            bench.accounts.set_password(row["name"], text_of(form, "password"), user.name)
        case "disable" | "enable":
            if row["id"] == user.account:
                raise Refusal("不能停用自己的账号。")
            bench.accounts.disable(row["id"], action == "disable", user.name)
        case "change":
            roles = tuple(v for v in form.getlist("role") if isinstance(v, str))
            if row["id"] == user.account and "管理" not in roles:
                raise Refusal("不能取消自己的管理角色，请另一位管理员办理。")
            with bench.database.write():
                bench.accounts.change(row["id"], roles, _unit(bench, user, form), user.name)
        case "token":
            token = bench.accounts.new_token(row["id"], text_of(form, "label") or "接口", user.name)
            return _shown(request, bench, user, new_token=token)
        case _:
            raise Refusal("没有这一步。", status=404)
    return go("/accounts", "已办好。")


@router.post("/tokens/{token}/end")
def end_token(request: Request, bench: Bench, user: Who, token: str, form: Form) -> Response:
    number = whole(token)
    row = next((t for t in bench.accounts.tokens() if t["number"] == number), None)
    if row is None or not _mine(bench, user, row["unit"]):
        raise Refusal("没有这个令牌，它可能已经撤销。", status=404)
    bench.accounts.end_token(number, user.name)
    return go("/accounts", "令牌已撤销。")


@router.post("/units")
def move_unit(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    name, parent = text_of(form, "name").strip(), text_of(form, "parent").strip()
    if not name or not parent:
        raise Refusal("请写单位和上级单位。")
    bench.departments.units.move(name, parent, user)
    bench.database.log(user.name, "调整单位", f"{name} → {parent}")
    return go("/accounts", "单位已调整。")


@router.get("/archive")
def archive(request: Request, bench: Bench, user: Who) -> Response:
    return render(request, "archive.html", rows=bench.departments.archived(user))


@router.post("/archive/{put_away}")
def bring_back(request: Request, bench: Bench, user: Who, put_away: str, form: Form) -> Response:
    number = bench.archive.bring_back(whole(put_away), user)
    return go(f"/d/{number}", "部门已恢复，正在检查。")


# ------------------------------------------------------------------ the log


@router.get("/audit")
def audit(request: Request, bench: Bench, user: Who) -> Response:
    rows, names = bench.departments.log_lines(user, whole(request.query_params.get("before", ""), 2**62), 200)
    return render(request, "audit.html", rows=rows, names=names, whole=bench.database.log_is_whole())
