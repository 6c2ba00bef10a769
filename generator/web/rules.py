"""Who may ask for what: one rule for every address, the only place where that is written down.

An address without a rule does not start.  The rule is looked at before anything of the page or the API is done; the
department of an address is fetched here, within the reach of whoever asks, and handed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from generator.model import Refusal
from generator.web.pages.base import user_of, workbench
from generator.web.state.accounts import LOCAL, ROLES, User
from generator.web.state.departments import Department
from generator.web.state.steps import WHY_NOT

Reach = Literal["open", "inside", "department"]
"""open: without coming in · inside: whoever has come in · department: whoever reaches that department's unit."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``roles``: one of them is needed; ``unbound``: and to be bound to no unit; ``writes``: only while the department
    may be changed."""

    reach: Reach = "department"
    roles: tuple[str, ...] = ROLES
    writes: bool = False
    unbound: bool = False


FILL = Rule(roles=("填报",), writes=True)
SEE = Rule()
KEEPER = Rule("inside", ("管理",))
REVIEWERS = ("审核", "批准")

RULES: dict[str, Rule] = {
    # coming in
    "GET /login": Rule("open"),
    "POST /login": Rule("open"),
    "POST /logout": Rule("inside"),
    "GET /password": Rule("inside"),
    "POST /password": Rule("inside"),
    "GET /here": Rule("inside"),
    "GET /api/docs": Rule("open"),
    # accounts, units, the log: within the reach of a 管理
    "GET /accounts": KEEPER,
    "POST /accounts": KEEPER,
    "POST /accounts/{account}/{action}": KEEPER,
    "POST /tokens/{token}/end": KEEPER,
    "POST /units": Rule("inside", ("管理",), unbound=True),
    "GET /archive": KEEPER,
    "POST /archive/{put_away}": KEEPER,
    "GET /audit": Rule("inside", (*REVIEWERS, "管理")),
    # the board
    "GET /": Rule("inside"),
    "GET /board.xlsx": Rule("inside"),
    "GET /board.csv": Rule("inside"),
    "POST /departments": Rule("inside", ("填报", "管理")),
    "GET /roster": Rule("inside", ("审核", "管理")),
    "GET /roster.xlsx": Rule("inside", ("审核", "管理")),
    "POST /roster": Rule("inside", ("审核", "管理")),
    # one department
    "GET /d/{number}": SEE,
    "GET /d/{number}/progress": SEE,
    "GET /d/{number}/workbook.xlsx": SEE,
    "GET /d/{number}/marked.xlsx": SEE,
    "POST /d/{number}/prior": FILL,
    "POST /d/{number}/upload": FILL,
    "POST /d/{number}/build": SEE,
    "GET /d/{number}/files/{name}": SEE,
    "GET /d/{number}/drafts/{name}": SEE,
    "POST /d/{number}/start": Rule(roles=("填报", "管理")),
    "GET /d/{number}/manage": Rule(roles=("填报", "管理")),
    "POST /d/{number}/reshape": Rule(roles=("填报", "管理"), writes=True),
    "POST /d/{number}/move": Rule(roles=("管理",), unbound=True),
    "POST /d/{number}/delete": Rule(roles=("管理",)),
    "GET /d/{number}/fill": SEE,
    "POST /d/{number}/fill": FILL,
    "GET /d/{number}/fill/sentences": SEE,
    "GET /d/{number}/fill/said": SEE,
    "GET /d/{number}/findings": SEE,
    "GET /d/{number}/findings/{index}": SEE,
    "POST /d/{number}/findings/{index}/explain": FILL,
    "GET /d/{number}/reasons": SEE,
    "POST /d/{number}/reasons/{reason}": FILL,
    "POST /d/{number}/reasons/{reason}/sentence": Rule(roles=("填报",)),
    "POST /d/{number}/reasons/{reason}/draft": FILL,
    "GET /d/{number}/pictures": SEE,
    "GET /d/{number}/preview": SEE,
    "GET /d/{number}/figure/{index}": SEE,
    "GET /d/{number}/blocks/{block}": Rule(roles=("填报",)),
    "POST /d/{number}/blocks/{block}": FILL,
    "GET /d/{number}/versions": SEE,
    "GET /d/{number}/versions/{version}.xlsx": SEE,
    "POST /d/{number}/versions/{version}/restore": FILL,
    "POST /d/{number}/correct": Rule(roles=("填报", *REVIEWERS)),
    "GET /d/{number}/bundle.zip": SEE,
    "GET /d/{number}/compare": SEE,
    "POST /d/{number}/compare": SEE,
    "GET /d/{number}/redline.docx": SEE,
    "GET /d/{number}/notice.docx": SEE,
    "GET /d/{number}/review": SEE,
    "POST /d/{number}/review/{action}": SEE,  # the role of each step stands in STEPS_OF
    "POST /d/{number}/remarks": Rule(roles=REVIEWERS),
    "POST /d/{number}/remarks/{remark}/answer": Rule(roles=("填报",)),
    "POST /d/{number}/remarks/{remark}/done": Rule(roles=(*REVIEWERS, "管理")),
    # published files
    "GET /published": Rule("inside", REVIEWERS),
    "GET /reminders": Rule("inside", (*REVIEWERS, "管理")),
    "GET /reminders.ics": Rule("inside", (*REVIEWERS, "管理")),
    "POST /published": Rule("inside", REVIEWERS),
    "GET /d/{number}/published": SEE,
    "POST /d/{number}/published": Rule(roles=("填报", *REVIEWERS)),
    "GET /d/{number}/published/{upload}": SEE,
    "GET /d/{number}/published/{upload}/pages/{page}": SEE,
    "GET /d/{number}/published/{upload}/papers/{name}": SEE,
    "GET /d/{number}/published/{upload}/opinion.docx": SEE,
    "POST /d/{number}/published/{upload}/problems/{problem}": Rule(roles=REVIEWERS),
    "POST /d/{number}/published/{upload}/send": Rule(roles=REVIEWERS),
    # the same for other systems
    "GET /api/v1/departments": Rule("inside"),
    "POST /api/v1/departments": Rule("inside", ("填报", "管理")),
    "GET /api/v1/departments/{number}": SEE,
    "GET /api/v1/departments/{number}/workbook": SEE,
    "PUT /api/v1/departments/{number}/workbook": FILL,
    "GET /api/v1/departments/{number}/findings": SEE,
    "POST /api/v1/departments/{number}/builds": SEE,
    "GET /api/v1/departments/{number}/documents": SEE,
    "GET /api/v1/departments/{number}/documents/{form}": SEE,
    "GET /api/v1/departments/{number}/published": SEE,
    "POST /api/v1/departments/{number}/published": Rule(roles=("填报", *REVIEWERS)),
    "GET /api/v1/departments/{number}/published/{upload}": SEE,
    "GET /api/v1/jobs/{job}": SEE,
}
WORDS = {"填报": "填报人", "审核": "审核人", "批准": "批准人", "管理": "管理员"}
NOT_YOURS = "没有这个部门，或不在您的范围内。"
BEARER = HTTPBearer(auto_error=False, description="管理员在“账号”页发给的接口令牌；单机使用时不需要。")


def rule_of(route: APIRoute) -> Rule:
    """The rule of a route; KeyError where it has none."""
    (method,) = route.methods or ("",)
    return RULES[f"{method} {route.path}"]


async def allowed(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)] = None
) -> None:
    """What stands before every address."""
    route = request.scope["route"]
    rule = rule_of(route)
    if rule.reach == "open":
        return
    is_api = route.path.startswith("/api/v1/")
    user = api_user(request, credentials) if is_api else user_of(request)
    request.state.user = user
    if rule.reach == "department":
        request.state.department = _department(request, user)
    if not user.may(*rule.roles):
        raise Refusal(f"这要由{'、'.join(WORDS[r] for r in rule.roles)}办理。", status=403)
    if rule.unbound and user.unit is not None:
        raise Refusal("这要由不限单位的管理员办理。", status=403)
    if rule.writes and not request.state.department.writable:
        raise Refusal(WHY_NOT[request.state.department.stage])
    if rule.reach == "department" and request.method == "GET" and workbench(request).accounts.required:
        await run_in_threadpool(workbench(request).looks.note, user, request.state.department.id, route.path)


def api_user(request: Request, credentials: HTTPAuthorizationCredentials | None) -> User:
    """The user of a token; the local user where there are no accounts."""
    bench = workbench(request)
    if not bench.accounts.required:
        return LOCAL
    found = bench.accounts.user_of_token(credentials.credentials) if credentials else None
    if found is None:
        raise HTTPException(401, "需要接口令牌（Authorization: Bearer …）。", headers={"WWW-Authenticate": "Bearer"})
    return found


def _department(request: Request, user: User) -> Department:
    """The department of an address, also by the job of one; 404 where there is none or the user may not see it."""
    bench = workbench(request)
    word = request.path_params.get("number") or request.path_params.get("job") or ""
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 18 else 0
    if "job" in request.path_params:
        row = bench.database.one("SELECT department FROM job WHERE id=?", number)
        number = row["department"] if row else 0
    found = bench.departments.get(number, user)
    if found is None:
        raise Refusal(NOT_YOURS, status=404)
    return found
