"""Published files: handed in one by one or many at once, each page beside its findings, taken or set aside, sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from generator.audit import opinion
from generator.files import safe_name
from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, attachment, download, go, render, text_of, whole
from generator.web.pages.department import common
from generator.web.pages.outputs import MEDIA
from generator.web.state.accounts import User
from generator.web.state.database import Row
from generator.web.state.departments import Department
from generator.web.state.published import owner_of

router = APIRouter(include_in_schema=False)
MANY = 20  # files of one form
SEVERITY = {"error": "不符", "warning": "存疑"}


def _take(bench: Workbench, d: Department, file: UploadFile, user: User) -> int:
    data = file.file.read()
    if not data:
        raise Refusal("文件是空的，请重新选择。")
    name = re.sub(r"[\x00-\x1f/\\]", "_", file.filename or "文件")[-120:]
    number = bench.published.add(d, name, data, user)
    bench.jobs.add("published", d.id, user.shown, {"file": number, "name": name})
    return number


# ------------------------------------------------------------------ many at once


@router.get("/published")
def everything(request: Request, bench: Bench, user: Who) -> Response:
    """All files of the departments that one sees, the latest first."""
    seen = {d.id: d for d in bench.departments.visible(user)}
    rows = [
        r
        for r in bench.database.all("SELECT * FROM published_file ORDER BY id DESC LIMIT 800")
        if r["department"] in seen
    ]
    listed = [(r, seen[r["department"]], bench.published.looked(r)) for r in rows[:400]]
    return render(request, "published_all.html", rows=listed, many=MANY, problems=[])


@router.post("/published")
def drop_many(request: Request, bench: Bench, user: Who, form: Form) -> Response:
    """Each file goes to the department whose name it bears."""
    files = [f for f in form.getlist("file") if isinstance(f, UploadFile) and f.filename]
    if not files:
        raise Refusal("请选择要审核的公开文件。")
    seen = bench.departments.visible(user)
    problems, taken = [], 0
    for file in files[:MANY]:
        owner = owner_of(file.filename or "", seen)
        if owner is None:
            problems.append(
                f"“{file.filename}”：没有认出是哪个部门的。请在文件名里写部门的全称，或到部门的“公开文件”页上传。"
            )
            continue
        try:
            _take(bench, owner, file, user)
            taken += 1
        except Refusal as error:
            problems.append(f"“{file.filename}”：{error}")
    if not problems:
        return go("/published", f"收到 {taken} 份，正在审核。")
    rows = [(r, d, bench.published.looked(r)) for d in seen for r in bench.published.listed(d.id)]
    return render(
        request, "published_all.html", 409 if not taken else 200, rows=rows[:400], many=MANY, problems=problems
    )


# ------------------------------------------------------------------ one department


@router.get("/d/{number}/published")
def of_department(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    listed = [(r, bench.published.looked(r)) for r in bench.published.listed(d.id)]
    return render(request, "published.html", rows=listed, **common(bench, d, "published"))


@router.post("/d/{number}/published")
def drop(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refusal("请选择要审核的公开文件。")
    _take(bench, d, file, user)
    return go(f"/d/{d.id}/published", "收到，正在审核。")


@router.get("/d/{number}/published/{upload}")
def one(request: Request, bench: Bench, user: Who, d: Dept, upload: str) -> Response:
    """The page beside its findings."""
    row = bench.published.get(d.id, whole(upload))
    folder = bench.published.folder(d.id, row["id"])
    pictures = sorted(int(p.stem) for p in (folder / "pages").glob("*.png") if p.stem.isdigit())
    page = whole(request.query_params.get("page", ""), pictures[0] if pictures else 0)
    papers = sorted(
        p.name for p in (folder / "papers").glob("*") if p.suffix in (*MEDIA, ".pdf") and p.suffix != ".json"
    )
    return render(
        request, "published_file.html", row=row, record=bench.published.record(row), looked=bench.published.looked(row),
        pictures=pictures, page=page if page in pictures else 0, papers=papers, words=SEVERITY,
        decides=user.may("审核", "批准"), **common(bench, d, "published"),
    )  # fmt: skip


@router.get("/d/{number}/published/{upload}/pages/{page}")
def picture(bench: Bench, d: Dept, upload: str, page: str) -> Response:
    row = bench.published.get(d.id, whole(upload))
    place = bench.published.folder(d.id, row["id"]) / "pages" / f"{whole(page)}.png"
    if not place.is_file():
        raise HTTPException(404, "没有这一页。")
    return Response(place.read_bytes(), media_type="image/png")


@router.get("/d/{number}/published/{upload}/papers/{name}")
def paper(bench: Bench, d: Dept, upload: str, name: str) -> Response:
    row = bench.published.get(d.id, whole(upload))
    folder = bench.published.folder(d.id, row["id"]) / "papers"
    found = next((p for p in folder.glob("*") if p.name == name and p.suffix in MEDIA), None)
    if found is None:
        raise HTTPException(404, "没有这个文件。")
    return download(found, found.name, MEDIA[found.suffix])


@router.post("/d/{number}/published/{upload}/problems/{problem}")
def choose(request: Request, bench: Bench, user: Who, d: Dept, upload: str, problem: str, form: Form) -> Response:
    row = bench.published.get(d.id, whole(upload))
    index = whole(problem, -1)
    bench.published.choose(d, row, index, text_of(form, "choice"), text_of(form, "reason"), user)
    return go(f"/d/{d.id}/published/{row['id']}?page={whole(text_of(form, 'page'))}#p{index}")


@router.get("/d/{number}/published/{upload}/opinion.docx")
def opinion_file(bench: Bench, d: Dept, upload: str) -> Response:
    """The opinion with what was not set aside."""
    row = bench.published.get(d.id, whole(upload))
    day = date.today()
    return attachment(
        _opinion(bench, row, f"{day.year}年{day.month}月{day.day}日"),
        f"{safe_name(d.name)}审核意见.docx",
        MEDIA[".docx"],
    )


def _opinion(bench: Workbench, row: Row, day: str) -> bytes:
    record = bench.published.record(row)
    if record is None:
        raise Refusal("这份文件还没有审核完。")
    kept = tuple(one.problem for one in bench.published.looked(row) if one.choice != "drop")
    return opinion(replace(record, problems=kept), day)


@router.post("/d/{number}/published/{upload}/send")
def send(request: Request, bench: Bench, user: Who, d: Dept, upload: str, form: Form) -> Response:
    """What was not set aside becomes a remark that the department sees; findings in doubt must have been decided."""
    row = bench.published.get(d.id, whole(upload))
    looked = bench.published.looked(row)
    if not row["record"]:
        raise Refusal("这份文件还没有审核完。")
    if open_ := [one for one in looked if not one.choice and one.problem.level == "warning"]:
        raise Refusal(f"还有 {len(open_)} 条存疑的没有看，请先选“采纳”或“不采纳”。")
    kept = [one.problem for one in looked if one.choice != "drop"]
    words = "\n".join(f"{k}. {p.where}：{p.message}" for k, p in enumerate(kept, 1)) or "没有发现问题。"
    head = f"公开文件“{row['name']}”的审核意见（{len(kept)}条，全文见“公开文件”页）：\n"
    with bench.database.write():
        bench.departments.remark(d, "公开文件", f"{head}{words}"[:1990], user)
        bench.published.sent(row, user)
    return go(f"/d/{d.id}/published/{row['id']}", "意见已发给部门，在“审核”页可以看到答复。")
