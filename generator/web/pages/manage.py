"""A department itself: its first form asked for again, a wrong name, year or pack mended, moved, deleted."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, go, render, text_of, whole
from generator.web.pages.department import common

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.post("/start")
def start(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """The first form once more, where it could not be made."""
    if not d.workbook:
        bench.jobs.add("new", d.id, user.shown)
    return go(f"/d/{d.id}", "正在准备填报表。")


@router.get("/manage")
def manage(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    unit = bench.database.one("SELECT name FROM unit WHERE id=?", d.unit)
    return render(
        request,
        "manage.html",
        packs=bench.departments.packs(),
        units=bench.departments.units.listed(user) if user.may("管理") and user.unit is None else [],
        unit=unit["name"] if unit else "",
        **common(bench, d, "manage"),
    )


@router.post("/reshape")
def reshape(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """Another name, year or pack: the form is written anew, and what was filled in goes along."""
    year, pack = whole(text_of(form, "year"), d.year), text_of(form, "pack", d.pack)
    deadline = text_of(form, "deadline").strip()
    name = bench.departments.check(text_of(form, "name", d.name), year, deadline)
    kind = bench.departments.kind_of(pack)
    if deadline != d.deadline:
        with bench.database.write() as change:
            change.execute("UPDATE department SET deadline=? WHERE id=?", (deadline, d.id))
            bench.database.log(user.name, "改公开截止日期", deadline, d.id)
    if (name, year, pack) == (d.name, d.year, d.pack):
        return go(f"/d/{d.id}/manage", "已保存。")
    if bench.departments.taken(name, year, kind, d.id):
        raise Refusal(f"“{name}”{year}年度已经有了一个，不能改成一样的。")
    if not d.workbook or bench.jobs.open_jobs(d.id):
        raise Refusal("还有工作在进行，请稍后再办理。")
    place = d.place if year == d.year else bench.departments.free_place(year, name, kind)
    bench.jobs.add("reshape", d.id, user.shown, {"name": name, "year": year, "pack": pack, "place": place})
    bench.database.log(user.name, "改正部门", f"{name} {year}年度（{pack}）", d.id)
    return go(f"/d/{d.id}", "正在改正，填过的内容会带到新的填报表里。")


@router.post("/move")
def move(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    bench.departments.move(d, text_of(form, "unit"), user)
    return go(f"/d/{d.id}/manage", "已划转。")


@router.post("/delete")
def delete(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """Off the board and into the archive, from where a 管理 brings it back."""
    bench.archive.put_away(d, user, text_of(form, "name"))
    return go("/", f"“{d.name}”{d.year}年度已删除，可以在“账号－存档”里恢复。")
