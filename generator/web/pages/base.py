"""What all pages share: the workbench behind them, the session, forms with their token, rendering."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
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
from generator.web.state.archive import Archive
from generator.web.state.database import Database
from generator.web.state.departments import Department, Departments
from generator.web.state.jobs import WORDS, Jobs
from generator.web.state.looks import Looks
from generator.web.state.published import Published
from generator.web.state.settings import Settings
from generator.web.state.snapshots import Cells, Snapshots
from generator.web.state.steps import STATES, WHY_NOT
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
    archive: Archive
    looks: Looks

    @property
    def published(self) -> Published:
        return self.jobs.published


class NeedLoginError(Exception):
    """Nobody is logged in; the page after logging in."""


POLLS = ("/progress", "/fill/said")
"""What pages ask by themselves: that is nobody's work."""


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
    found = bench.accounts.session(request.cookies.get(COOKIE, ""), at_work=not request.url.path.endswith(POLLS))
    if found is None:
        found = bench.accounts.visitor()
    request.state.session = found
    return found


def whole(text: str, usual: int = 0) -> int:
    """A whole number that was typed or stands in an address; the usual one where it is none."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else usual


def user_of(request: Request) -> User:
    """Who is logged in; the login page otherwise."""
    found = session_of(request).user
    if found is None:
        raise NeedLoginError
    return found


async def the_user(request: Request) -> User:
    """Dependency: who asks (see ``rules``)."""
    found: User = request.state.user
    return found


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


async def the_department(request: Request) -> Department:
    """Dependency: the department of the address, within the reach of whoever asks (see ``rules``)."""
    found: Department = request.state.department
    return found


Dept = Annotated[Department, Depends(the_department)]


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
    """A line of the log as people read it: without the ids of blocks and without hashes."""
    detail = re.sub(r"^(?:段落 )?[a-z][a-z0-9_]*(?:[.\[][\w.\[\]-]*)?(?: |$)", "", detail)
    return "" if re.fullmatch(r"[0-9a-f]{12,64}", detail) else detail


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
        "WHY_NOT": WHY_NOT,
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
        notice=notice_of(request),
        status=status,
        **content,
    )
    return with_cookie(request, HTMLResponse(text, status))


def with_cookie(request: Request, response: HTMLResponse) -> HTMLResponse:
    session = session_of(request)
    if session.fresh or session.slid:
        set_cookie(request, response, session.token)
    return response


def set_cookie(request: Request, response: Response, token: str) -> None:
    secure = workbench(request).settings.secure
    response.set_cookie(COOKIE, token, max_age=12 * 3600, httponly=True, samesite="lax", secure=secure, path="/")


def go(address: str, notice: str = "") -> Response:
    """After a form: to a page that may be refreshed."""
    if notice:
        address += ("&" if "?" in address else "?") + f"notice={quote(notice)}&said={_mark(notice)}"
    return RedirectResponse(address, 303)


_NOTICES = secrets.token_bytes(32)  # for as long as this process lives


def _mark(notice: str) -> str:
    return hmac.new(_NOTICES, notice.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]


def notice_of(request: Request) -> str:
    """What this workbench itself has to say on the next page; words that came from elsewhere are not shown."""
    notice, said = request.query_params.get("notice", ""), request.query_params.get("said", "")
    return notice[:200] if notice and hmac.compare_digest(_mark(notice).encode(), said.encode()) else ""


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
