"""One department: its state, the workbook up and down, progress, building and downloads."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from generator.files import safe_name
from generator.model import Refusal
from generator.web.pages.base import (
    Bench,
    Dept,
    Form,
    Who,
    Workbench,
    attachment,
    download,
    go,
    job_view,
    render,
    text_of,
)
from generator.web.pages.outputs import output_file, outputs
from generator.web.pages.path import path_of
from generator.web.pages.uploads import keep, take_prior
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


def common(bench: Workbench, department: Department, tab: str) -> dict[str, Any]:
    """What every page of a department shows; its workbook is glanced at, for it may have been changed in its folder."""
    if tab:
        bench.jobs.glance(department)
    return {"d": department, "tab": tab, "job": job_view(bench, department)}


def block_starts(bench: Workbench, department: Department) -> dict[str, str]:
    """How the blocks of the document begin, by their ids: what people call them by."""
    parts = bench.snapshots.read(department.snapshot, "document").get("parts", [])
    return {b["id"]: b["text"].strip()[:14] for p in parts for b in p["blocks"] if b["text"].strip()}


@router.get("")
def overview(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    return render(
        request,
        "overview.html",
        remarks=bench.departments.remarks(d.id),
        history=bench.departments.history(d.id, 12),
        outputs=outputs(bench, d),
        path=path_of(bench, d),
        refused=bench.cells.refused(d),
        blocks=block_starts(bench, d),
        **common(bench, d, "overview"),
    )


@router.get("/progress")
def progress(request: Request, bench: Bench, d: Dept) -> Response:
    """The progress panel alone; when work has ended, the page is told (it loads anew where nothing is being typed)."""
    was_open = request.query_params.get("was") == "open"
    answer = render(request, "progress.html", **common(bench, d, ""))
    job = job_view(bench, d)
    if was_open and (job is None or not job["open"]):
        answer.headers["hx-trigger-after-settle"] = "work-ended"
    return answer


# ------------------------------------------------------------------ the workbook


@router.get("/workbook.xlsx")
def workbook(bench: Bench, d: Dept) -> Response:
    if not d.path.is_file():
        raise HTTPException(404, "填报表还在准备，请稍后再下载。")
    return download(d.path, f"{safe_name(d.name)}{d.year}年度填报表.xlsx")


@router.get("/marked.xlsx")
def marked(bench: Bench, user: Who, d: Dept) -> Response:
    """The officer's own workbook, with the findings marked in it."""
    if not d.path.is_file():
        raise HTTPException(404, "填报表还在准备，请稍后再下载。")
    place = bench.jobs.staging / f"mark-{secrets.token_hex(8)}.xlsx"
    arguments = {
        "folder": str(d.folder),
        "pack": d.pack,
        "packs": str(bench.settings.packs or ""),
        "staging": str(place),
    }
    bench.jobs.ask("mark", arguments, user.shown, 60)
    try:
        return attachment(place.read_bytes(), f"{safe_name(d.name)}{d.year}年度填报表（检查标注）.xlsx")
    finally:
        place.unlink(missing_ok=True)


def take(bench: Workbench, d: Department, file: UploadFile, base: str, who: str) -> int:
    """Queue an uploaded workbook; Refusal where the workbook has moved on meanwhile."""
    if base and base != d.workbook:
        raise Refusal(
            f"您打开页面之后，{d.changed_by}已经改过填报表。请先下载现在的填报表看一看；仍要以您的文件替换的，请刷新页面后重新上传（原来的版本会留在“版本”里）。"
        )
    name = f"{secrets.token_hex(12)}.upload"
    place = bench.jobs.uploads / name
    size = keep(file, place)
    if size == 0:
        place.unlink()
        raise Refusal("文件是空的，请重新选择。")
    shown = re.sub(r"[\x00-\x1f/\\]", "_", file.filename or "文件")[:120]
    try:
        with bench.database.write():
            bench.departments.writing(d.id)
            bench.database.log(who, "上传文件", f"{size // 1024 + 1} KB", d.id)
            return bench.jobs.add("intake", d.id, who, {"file": name, "name": shown})
    except BaseException:
        place.unlink(missing_ok=True)
        raise


@router.post("/upload")
def upload(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refusal("请选择要上传的填报表。")
    take(bench, d, file, text_of(form, "base"), user.shown)
    return go(f"/d/{d.id}")


@router.post("/prior")
def prior(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    files = [f for f in form.getlist("prior") if isinstance(f, UploadFile) and f.filename]
    if not files:
        raise Refusal("请选择上年的文件。")
    take_prior(bench, d, files, user.shown)
    return go(f"/d/{d.id}")


# ------------------------------------------------------------------ building


@router.post("/build")
def build(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    bench.jobs.add("build", d.id, user.shown)
    return go(f"/d/{d.id}/versions" if text_of(form, "from") == "versions" else f"/d/{d.id}")


@router.get("/files/{name}")
def built_file(bench: Bench, d: Dept, name: str) -> Response:
    return output_file(bench, d, name, draft=False)


@router.get("/drafts/{name}")
def draft_file(bench: Bench, d: Dept, name: str) -> Response:
    return output_file(bench, d, name, draft=True)


def job_result(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(job["result"]) if isinstance(job["result"], str) else job["result"]
    return found
