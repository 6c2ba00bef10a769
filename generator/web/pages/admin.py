"""Coming in and going out, accounts and the tree of units, the log."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from generator.model import Refusal
from generator.web.pages.base import Bench, Form, Who, go, render, session_of, set_cookie, text_of, workbench
from generator.web.state.accounts import ROLES

router = APIRouter(include_in_schema=False)


def inside(address: str) -> str:
    """An address of this site only."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


@router.get("/login")
def login_page(request: Request) -> Response:
    if session_of(request).user is not None:
        return RedirectResponse("/", 303)
    return render(request, "login.html", problem="", name="", after=inside(request.query_params.get("after", "/")))


@router.post("/login")
def login(request: Request, bench: Bench, form: Form) -> Response:
    name, after = text_of(form, "name"), inside(text_of(form, "after", "/"))
    try:
        row = bench.accounts.enter(name, text_of(form, "password")[:300])
    except Refusal as error:
        return render(request, "login.html", 403, problem=str(error), name=name[:40], after=after)
    bench.accounts.end(session_of(request).token)
    token, _ = bench.accounts.start(row["id"])
    answer = RedirectResponse(after, 303)
    set_cookie(request, answer, token)
    return answer


@router.post("/logout")
def logout(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    bench.accounts.end(session_of(request).token)
    bench.database.log(user.name, "退出")
    return RedirectResponse("/login" if workbench(request).accounts.required else "/", 303)


@router.get("/accounts")
def accounts(request: Request, bench: Bench, user: Who) -> Response:
    _admin(user.may("管理"))
    rows = bench.database.all(
        "SELECT account.*, unit.name AS unit_name FROM account LEFT JOIN unit ON unit.id=account.unit ORDER BY account.name"
    )
    return render(request, "accounts.html", rows=rows, roles=ROLES, units=bench.departments.units(), new_token="")


def _admin(right: bool) -> None:
    if not right:
        raise Refusal("账号由管理员办理。")


@router.post("/accounts")
def new_account(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    _admin(user.may("管理"))
    roles = tuple(v for v in form.getlist("role") if isinstance(v, str))
    unit = text_of(form, "unit").strip()
    number = bench.departments.unit(unit) if unit else None
    bench.accounts.add(
        text_of(form, "name"), text_of(form, "password"), roles, number, text_of(form, "shown"), user.name
    )
    return go("/accounts", "账号已建好。")


@router.post("/accounts/{name}/{action}")
def change_account(request: Request, bench: Bench, user: Who, name: str, action: str, form: Form) -> Response:
    _admin(user.may("管理"))
    match action:
        case "password":
            bench.accounts.set_password(name, text_of(form, "password"), user.name)
        case "disable" | "enable":
            if name == user.name:
                raise Refusal("不能停用自己的账号。")
            bench.accounts.disable(name, action == "disable", user.name)
        case "token":
            row = bench.database.one("SELECT id FROM account WHERE name=? AND disabled=0", name)
            if row is None:
                raise Refusal("没有这个账号。")
            token = bench.accounts.new_token(row["id"], text_of(form, "label") or "接口", user.name)
            rows = bench.database.all(
                "SELECT account.*, unit.name AS unit_name FROM account LEFT JOIN unit ON unit.id=account.unit ORDER BY account.name"
            )
            return render(
                request, "accounts.html", rows=rows, roles=ROLES, units=bench.departments.units(), new_token=token
            )
        case _:
            raise Refusal("没有这一步。")
    return go("/accounts", "已办好。")


@router.post("/units")
def move_unit(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    _admin(user.may("管理"))
    name, parent = text_of(form, "name").strip(), text_of(form, "parent").strip()
    if not name or not parent:
        raise Refusal("请写单位和上级单位。")
    bench.departments.move_unit(name, parent)
    bench.database.log(user.name, "调整单位", f"{name} → {parent}")
    return go("/accounts", "单位已调整。")


@router.get("/audit")
def audit(request: Request, bench: Bench, user: Who) -> Response:
    if not user.may("审核", "批准", "管理"):
        raise Refusal("日志由审核人、批准人和管理员查看。")
    before = request.query_params.get("before", "")
    last = int(before) if before.isdigit() and len(before) < 18 else 2**62
    rows, names = bench.departments.log_lines(user, last, 200)
    return render(request, "audit.html", rows=rows, names=names, whole=bench.database.log_is_whole())
