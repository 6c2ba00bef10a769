"""The board: departments by year with their state, a roster, search, export; and new departments."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from generator.files import Entry
from generator.model import Refusal
from generator.web.pages import charts
from generator.web.pages.base import Bench, Form, Who, Workbench, attachment, go, is_fragment, render, text_of, whole
from generator.web.pages.uploads import keep, take_prior
from generator.web.state.accounts import User
from generator.web.state.departments import Department
from generator.web.state.steps import STATES
from generator.writers import ListSheet as Sheet
from generator.writers import list_csv, write_lists

router = APIRouter(include_in_schema=False)
HEAD = (
    "部门",
    "年度",
    "类别",
    "状态",
    "进展",
    "错误",
    "警告",
    "提示",
    "最后变动",
    "变动人",
    "公开截止日期",
    "剩余天数",
)
COLOURS = {
    "未报": "#c3ccd6",
    "有错误": "#c0392b",
    "退回": "#d98880",
    "待复核": "#d99a2b",
    "更正中": "#e6c26b",
    "已定稿": "#58a06f",
    "已公开": "#1c7a43",
}
PAGE = 200  # departments on one page
ROSTER_HEAD = ("部门名称", "上级单位", "模板包", "公开截止日期", "批复日期")


def chosen_by(bench: Workbench, user: User, request: Request) -> dict[str, Any]:
    """What the page is asked to show."""
    query = request.query_params
    years = bench.departments.years(user)
    raw = query.get("year", "")
    year = int(raw) if re.fullmatch(r"[0-9]{4}", raw) else 0 if raw == "all" else bench.departments.usual_year(user)
    state = query.get("state", "") if query.get("state", "") in STATES else ""
    return {"year": year, "years": years, "state": state, "q": query.get("q", "")[:60]}


def filtered(bench: Workbench, user: User, request: Request) -> list[Department]:
    """All departments that pass the chosen filters."""
    chosen = chosen_by(bench, user, request)
    return bench.departments.visible(user, year=chosen["year"], state=chosen["state"], words=chosen["q"])


@router.get("/")
def board(request: Request, bench: Bench, user: Who) -> Response:
    chosen = chosen_by(bench, user, request)
    counts = bench.departments.counts(user, year=chosen["year"], words=chosen["q"])
    found = counts[chosen["state"]] if chosen["state"] else sum(counts.values())
    page = max(1, min(whole(request.query_params.get("page", ""), 1), -(-found // PAGE)))
    shown = bench.departments.visible(
        user, year=chosen["year"], state=chosen["state"], words=chosen["q"], start=(page - 1) * PAGE, limit=PAGE
    )
    content: dict[str, Any] = {
        "chosen": chosen,
        "departments": shown,
        "counts": counts,
        "found": found,
        "page": page,
        "size": PAGE,
        "bar": charts.progress([(s, counts[s], COLOURS.get(s, "#9fb3c8")) for s in STATES]),
    }
    if is_fragment(request):
        return render(request, "board_rows.html", **content)
    return render(
        request,
        "board.html",
        packs=bench.departments.packs(),
        usual_year=chosen["year"] or bench.settings.year,
        nothing=not sum(bench.departments.counts(user).values()),
        **content,
    )


def _rows(departments: list[Department]) -> list[list[str | int]]:
    return [
        [d.name, d.year, d.kind, d.state, d.stage_words, d.errors, d.warnings, d.infos, d.changed[:16].replace("T", " "),
         d.changed_by, d.deadline, "" if d.days_left is None else d.days_left]
        for d in departments
    ]  # fmt: skip


@router.get("/board.xlsx")
def board_xlsx(request: Request, bench: Bench, user: Who) -> Response:
    return attachment(_list("公开情况", HEAD, _rows(filtered(bench, user, request))), f"公开情况-{date.today()}.xlsx")


def _list(title: str, head: tuple[str, ...], rows: list[list[str | int]]) -> bytes:
    return write_lists(title, [Sheet(title, head, rows)], datetime.now())


@router.get("/board.csv")
def board_csv(request: Request, bench: Bench, user: Who) -> Response:
    return attachment(
        list_csv(HEAD, _rows(filtered(bench, user, request))), f"公开情况-{date.today()}.csv", "text/csv; charset=utf-8"
    )


@router.post("/departments")
def new_department(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    if text_of(form, "many"):
        return go("/roster")
    year, deadline = whole(text_of(form, "year")), text_of(form, "deadline").strip()
    number = bench.departments.add(text_of(form, "name"), year, text_of(form, "pack"), user, deadline=deadline)
    bench.jobs.first_form(number, user.shown)
    files = [f for f in form.getlist("prior") if isinstance(f, UploadFile) and f.filename]
    if files and (found := bench.departments.get(number)) is not None:
        take_prior(bench, found, files, user.shown)
    return go(f"/d/{number}", "部门已建好，正在准备填报表。")


# ------------------------------------------------------------------ roster


@router.get("/roster")
def roster(request: Request, bench: Bench, user: Who) -> Response:
    return render(
        request, "roster.html", packs=bench.departments.packs(), year=bench.settings.year, problems=[], added=None
    )


@router.get("/roster.xlsx")
def roster_form(bench: Bench, user: Who) -> Response:
    packs = bench.departments.packs()
    example: list[list[str | int]] = [
        ["（示例，请删去）某某局", "", packs[0][0] if packs else "", f"{date.today().year}-08-31", ""]
    ]
    return attachment(_list("应公开单位名单", ROSTER_HEAD, example), "应公开单位名单.xlsx")


@router.post("/roster")
def take_roster(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    """Everyone who must publish; those already there keep their state and may get a deadline."""
    file, year, usual = form.get("file"), whole(text_of(form, "year")), text_of(form, "pack")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refusal("请选择名单文件。")
    bench.departments.check("单位", year)
    place = bench.jobs.uploads / f"roster-{secrets.token_hex(8)}"
    keep(file, place)
    entries, problems = list[Entry](), list[str]()
    try:
        answer = bench.jobs.ask("roster", {"file": str(place), "name": file.filename}, user.shown, 60)
        entries = [Entry(**row) for row in answer["rows"]]
    except Refusal as error:
        problems.append(str(error))
    finally:
        place.unlink(missing_ok=True)
    added, wrong = bench.departments.take_roster(entries, year, usual, user, sure=text_of(form, "sure") == "yes")
    problems += wrong
    bench.database.log(user.name, "上传应公开单位名单", f"{year}年度，新增 {added} 个")
    total = len(entries)
    status = 422 if problems and not total else 200
    return render(
        request,
        "roster.html",
        status,
        packs=bench.departments.packs(),
        year=year,
        problems=problems,
        added=(added, total),
    )
