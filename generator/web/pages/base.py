"""What all pages share: the workbench behind them, the session, forms with their token, rendering."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from generator import __version__
from generator.web.state.accounts import Accounts, Session, User
from generator.web.state.database import Database
from generator.web.state.departments import STATES, Department, Departments
from generator.web.state.jobs import WORDS, Jobs
from generator.web.state.settings import Settings
from generator.web.state.snapshots import Cells, Snapshots
from generator.writers import safe_id

COOKIE = "juesuan"
HERE = Path(__file__).resolve().parents[1]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEVERITY_WORDS = {"error": "错误", "warning": "警告", "info": "提示"}


@dataclass(frozen=True)
class Workbench:
    """Everything behind the pages."""

    settings: Settings
    database: Database
    accounts: Accounts
    departments: Departments
    jobs: Jobs
    snapshots: Snapshots
    cells: Cells


class NeedLoginError(Exception):
    """Nobody is logged in; the page after logging in."""


def workbench(request: Request) -> Workbench:
    found: Workbench = request.app.state.workbench
    return found


# Dependencies are coroutines where they only look something up: a change of threads costs more than the look.


async def the_workbench(request: Request) -> Workbench:
    """Dependency: everything behind the pages."""
    return workbench(request)


def session_of(request: Request) -> Session:
    """The session of the browser.  A fresh one is started where there is none; its cookie is set later."""
    bench = workbench(request)
    kept: Session | None = getattr(request.state, "session", None)
    if kept is not None:
        return kept
    found = bench.accounts.session(request.cookies.get(COOKIE, ""))
    if found is None:
        found = bench.accounts.visitor()
    request.state.session = found
    return found


def user_of(request: Request) -> User:
    """Who is logged in; the login page otherwise."""
    found = session_of(request).user
    if found is None:
        raise NeedLoginError
    return found


async def the_user(request: Request) -> User:
    """Dependency: who is logged in."""
    return user_of(request)


async def form_of(request: Request) -> FormData:
    """The form of a request, with its token checked."""
    session = session_of(request)
    form = await request.form(max_fields=20000, max_files=20)
    given = request.headers.get("x-csrf-token") or str(form.get("csrf", ""))
    if session.fresh or not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise HTTPException(403, "这个页面放得太久或来自别处，请刷新页面后重新提交。您填写的内容还在原页面上。")
    return form


Bench = Annotated[Workbench, Depends(the_workbench)]
Who = Annotated[User, Depends(the_user)]
Form = Annotated[FormData, Depends(form_of)]


def text_of(form: FormData, name: str, usual: str = "") -> str:
    value = form.get(name, usual)
    return value if isinstance(value, str) else usual


def is_fragment(request: Request) -> bool:
    """Asked for by htmx: only a part of the page is wanted."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def department_of(request: Request, number: int) -> Department:
    """The department of an address; 404 also where the user may not see it."""
    found = workbench(request).departments.get(number, user_of(request))
    if found is None:
        raise HTTPException(404, "没有这个部门，或不在您的范围内。")
    return found


async def dept(request: Request, number: int) -> Department:
    """Dependency: the department of ``{number}``."""
    return department_of(request, number)


Dept = Annotated[Department, Depends(dept)]


# ------------------------------------------------------------------ rendering


def date_words(text: str) -> str:
    """A kept time as it is shown."""
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text


def money(text: str | None) -> str:
    """A plain number with separators."""
    if not text:
        return "空白"
    whole, dot, rest = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-') or '0'):,}{dot}{rest}"


def block_label(block: str) -> str:
    return re.sub(r"[^\w.\[\]-]", "", block)


def without_ids(detail: str) -> str:
    """A line of the log as people read it: without the ids of blocks."""
    return re.sub(r"^(?:段落 )?[a-z][a-z0-9_]*(?:[.\[][\w.\[\]-]*)? (?=\S)", "", detail)


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {
        "when": date_words,
        "money": money,
        "said": without_ids,
        "quote": lambda s: quote(str(s), safe=""),
        "anchor": safe_id,
    }
    made.globals |= {
        "STATES": STATES,
        "SEVERITY": SEVERITY_WORDS,
        "JOB_WORDS": WORDS,
        "VERSION": __version__,
        "today": date.today,
    }
    return made


def render(request: Request, name: str, status: int = 200, /, **content: Any) -> HTMLResponse:
    """A page or a part of one."""
    session = session_of(request)
    environment: Environment = request.app.state.environment
    text = environment.get_template(name).render(
        request=request,
        user=session.user,
        csrf=session.csrf,
        accounts_on=workbench(request).accounts.required,
        fragment=is_fragment(request),
        **content,
    )
    return with_cookie(request, HTMLResponse(text, status))


def with_cookie(request: Request, response: HTMLResponse) -> HTMLResponse:
    session = session_of(request)
    if session.fresh:
        set_cookie(request, response, session.token)
    return response


def set_cookie(request: Request, response: Response, token: str) -> None:
    secure = workbench(request).settings.secure
    response.set_cookie(COOKIE, token, max_age=12 * 3600, httponly=True, samesite="lax", secure=secure, path="/")


def go(address: str, notice: str = "") -> Response:
    """After a form: to a page that may be refreshed."""
    if notice:
        address += ("&" if "?" in address else "?") + "notice=" + quote(notice)
    return RedirectResponse(address, 303)


def download(path: Path, name: str, media: str = XLSX) -> FileResponse:
    return FileResponse(path, filename=name, media_type=media)


def attachment(data: bytes, name: str, media: str = XLSX) -> Response:
    header = f"attachment; filename*=utf-8''{quote(name)}"
    return Response(data, media_type=media, headers={"content-disposition": header})


def job_view(bench: Workbench, department: Department) -> dict[str, Any] | None:
    """The job that the progress panel shows."""
    row = bench.jobs.latest(department.id)
    if row is None:
        return None
    return {
        **dict(row),
        "result": json.loads(row["result"]),
        "open": row["state"] in ("queued", "running"),
        "progress": bench.jobs.progress(row["id"]),
    }
