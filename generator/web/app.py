"""The application: everything behind the pages, the routes, and what is said when something goes wrong."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as RoutingError
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from generator import __version__
from generator.files import WORKBOOK, safe_name
from generator.model import Refusal
from generator.versions import existing
from generator.web import api, api_published
from generator.web.guard import Guard
from generator.web.pages import admin as pages_admin
from generator.web.pages import blocks as pages_blocks
from generator.web.pages import board as pages_board
from generator.web.pages import compare as pages_compare
from generator.web.pages import department as pages_department
from generator.web.pages import fill as pages_fill
from generator.web.pages import findings as pages_findings
from generator.web.pages import manage as pages_manage
from generator.web.pages import pictures as pages_pictures
from generator.web.pages import preview as pages_preview
from generator.web.pages import published as pages_published
from generator.web.pages import reasons as pages_reasons
from generator.web.pages import reminders as pages_reminders
from generator.web.pages import review as pages_review
from generator.web.pages import versions as pages_versions
from generator.web.pages.base import HERE, NeedLoginError, Workbench, environment, is_fragment, render
from generator.web.pages.outputs import output_of
from generator.web.rules import allowed, rule_of
from generator.web.state.accounts import LOCAL, Accounts
from generator.web.state.archive import Archive
from generator.web.state.database import Database
from generator.web.state.departments import Department, Departments
from generator.web.state.jobs import Jobs
from generator.web.state.looks import Looks
from generator.web.state.settings import Settings
from generator.web.state.snapshots import Cells, Snapshots
from generator.workbook import read_stamp

LOG = logging.getLogger("juesuan.web")
PAGES = (
    pages_admin,
    pages_blocks,
    pages_board,
    pages_compare,
    pages_department,
    pages_fill,
    pages_findings,
    pages_manage,
    pages_pictures,
    pages_preview,
    pages_published,
    pages_reminders,
    pages_reasons,
    pages_review,
    pages_versions,
)


ROUTERS = (api.router, api_published.router, api.pages, *(module.router for module in PAGES))


def open_workbench(settings: Settings) -> Workbench:
    """The state of a workbench, opened or made."""
    database = Database(settings.data / "workbench.sqlite3")
    departments = Departments(database, settings)
    jobs = Jobs(database, departments, settings)
    snapshots = Snapshots(jobs.snapshots)
    accounts = Accounts(database, required=settings.accounts)
    cells, archive = Cells(database, snapshots), Archive(departments, jobs)
    return Workbench(settings, database, accounts, departments, jobs, snapshots, cells, archive, Looks(database))


def adopt(bench: Workbench) -> None:
    """Departments that already have a folder under inputs come onto the board; an odd file keeps out itself only."""
    known = {r["folder"] for r in bench.database.all("SELECT folder FROM department")}
    for workbook in sorted(bench.settings.inputs.glob(f"*/*/{WORKBOOK}")):
        folder = workbook.parent.relative_to(bench.settings.inputs).as_posix()
        if folder in known:
            continue
        try:
            stamp = read_stamp(workbook)
            if stamp.pack and stamp.year:
                name = stamp.name or workbook.parent.name
                number = bench.departments.add(name, stamp.year, stamp.pack, LOCAL, folder=folder)
                found = bench.departments.get(number)
                if found is not None and found.place == folder:
                    bench.jobs.add("new", number, "系统")
                else:
                    LOG.warning("%s: the department has another folder", workbook)
        except Exception as error:  # whatever it is, the others have their workbench
            LOG.warning("%s: %r", workbook, error)


def refresh(bench: Workbench) -> None:
    """Examine departments whose files were changed outside the workbench, or never examined."""
    for row in bench.database.all("SELECT id, snapshot FROM department WHERE workbook<>'' AND archived=''"):
        try:
            department = bench.departments.get(row["id"])
            if department is None or not department.path.is_file():
                continue
            readdress(bench, department)
            changed = bench.jobs.take_notice(department)
            if changed or not row["snapshot"] or not (bench.jobs.snapshots / row["snapshot"] / "main.json").is_file():
                bench.jobs.add("examine", row["id"], "系统")
        except Exception as error:
            LOG.warning("%s: %r", row["id"], error)


def readdress(bench: Workbench, department: Department) -> None:
    """What 0.1.0 built under the name typed into the workbook goes to the department's own folder, where it is surely its own."""
    base = bench.settings.output
    new = output_of(bench, department)
    old = base / str(department.year) / safe_name(department.name) / department.kind
    if new.exists() or old == new or not (old / "manifest.json").is_file():
        return
    digest = hashlib.sha256((old / "manifest.json").read_bytes()).hexdigest()
    store = existing(department.folder)
    if store is None:
        return
    with store:
        own = any(v.files.get(("output", "manifest.json")) == digest for v in store.versions())
    if own:
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)


def create_app(settings: Settings) -> FastAPI:
    """The workbench as an ASGI application."""
    bench = open_workbench(settings)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        refresh(bench)
        adopt(bench)
        bench.archive.finish()
        bench.jobs.start()
        try:
            yield
        finally:
            bench.jobs.stop()
            bench.database.close()

    app = FastAPI(
        title="决算公开工作台",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.state.workbench = bench
    app.state.environment = environment()
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            rule_of(route)  # an address without a rule does not start
        app.include_router(router, dependencies=[Depends(allowed)])
    _errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1400, compresslevel=4)
    app.add_middleware(Guard, hosts=settings.hosts, upload=settings.upload)
    return app


def methods_of(app: FastAPI, path: str) -> list[str]:
    """The methods that an address of the API knows."""
    out: set[str] = set()
    for template, calls in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{[^{}]+\}", "[^/]+", template), path):
            out |= {method.upper() for method in calls}
    return sorted(out)


def _errors(app: FastAPI) -> None:
    def is_api(request: Request) -> bool:
        return request.url.path.startswith("/api/v1")

    def said(request: Request, status: int, text: str) -> Response:
        if is_api(request):
            return JSONResponse({"detail": text}, status)
        if is_fragment(request):
            own = request.headers.get("x-requested-with") == "juesuan"  # htmx shows nothing of an answer that failed
            return render(request, "problem_part.html", status if own else 200, text=text)
        return render(request, "problem.html", status, text=text)

    @app.exception_handler(NeedLoginError)
    def need_login(request: Request, _: Exception) -> Response:
        if is_fragment(request):  # the page stays as it is, the login is laid over it
            return Response("请重新登录。", status_code=401, headers={"hx-trigger": "need-login"})
        page = request.url.path if request.method == "GET" else urlsplit(request.headers.get("referer", "/")).path
        return RedirectResponse("/login?after=" + quote(page or "/"), 303)

    @app.exception_handler(Refusal)
    def refusal(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return said(request, error.status, str(error))

    @app.exception_handler(RoutingError)
    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RoutingError)
        text = str(error.detail)
        if text == "Not Found":
            text = "没有这个页面。"
        elif text == "Method Not Allowed":
            text = "这个地址不接受这种请求。"
        answer = said(request, error.status_code, text)
        for key, value in (getattr(error, "headers", None) or {}).items():
            answer.headers[key] = value
        if error.status_code == 405 and is_api(request):
            answer.headers["allow"] = ", ".join(methods_of(app, request.url.path))
        return answer

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if is_api(request):
            plain = [{"loc": [str(x) for x in e["loc"]], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
            return JSONResponse({"detail": plain}, 422)
        return said(request, 404, "没有这个页面。")

    @app.exception_handler(OverflowError)
    def too_far(request: Request, _: Exception) -> Response:
        return said(request, 404, "没有这个页面。")
