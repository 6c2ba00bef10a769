"""Versions of the workbook: who brought which and when, downloads, restoring an earlier one; built files."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.files import StoreError, safe_name
from generator.model import Refusal
from generator.versions import existing
from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, download, go, render, text_of
from generator.web.pages.department import common
from generator.web.pages.outputs import outputs
from generator.web.state.departments import Department
from generator.web.state.steps import SEALED

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.get("/versions")
def versions(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    rows = bench.database.all("SELECT * FROM workbook_version WHERE department=? ORDER BY id DESC LIMIT 200", d.id)
    return render(
        request, "versions.html", rows=rows, outputs=outputs(bench, d), bundle=bench.jobs.bundle(d).is_file(), may_fill=user.may("填报") and d.writable, built=builds(d),
        **common(bench, d, "versions"),
    )  # fmt: skip


def _version(bench: Workbench, d: int, version: int) -> tuple[int, str]:
    row = bench.database.one("SELECT id, sha FROM workbook_version WHERE department=? AND id=?", d, version)
    if row is None or not bench.jobs.blob(row["sha"]).is_file():
        raise HTTPException(404, "没有这个版本。")
    return row["id"], row["sha"]


@router.get("/versions/{version}.xlsx")
def version_file(bench: Bench, d: Dept, version: int) -> Response:
    number, sha = _version(bench, d.id, version)
    return download(bench.jobs.blob(sha), f"{safe_name(d.name)}{d.year}年度填报表-版本{number}.xlsx")


@router.post("/versions/{version}/restore")
def restore(request: Request, bench: Bench, user: Who, d: Dept, version: int, form: Form) -> Response:
    """Bring an earlier workbook back; the present one stays among the versions."""
    number, _ = _version(bench, d.id, version)
    if text_of(form, "base") != d.workbook:
        raise Refusal("您打开页面之后填报表又有变动，请看过现在的版本再恢复。")
    if [j for j in bench.jobs.open_jobs(d.id) if j["kind"] in ("intake", "apply", "new")]:
        raise Refusal("还有填写的内容正在写入，请稍后再恢复。")
    bench.jobs.add("restore", d.id, user.shown, {"version": number})
    return go(f"/d/{d.id}/versions", f"正在恢复版本{number}。")


@router.post("/correct")
def correct(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """Open a 更正: from now on a sealed department may be changed, and a new version published."""
    reason = text_of(form, "reason").strip()[:1000]
    if d.stage not in SEALED:
        raise Refusal("还没有封存，不需要更正，直接修改填报表即可。")
    if builds(d)["correction"] is None:
        bench.jobs.ask("correct", {"folder": str(d.folder), "by": user.shown, "reason": reason}, user.shown)
    bench.departments.correcting(d, user)
    return go(f"/d/{d.id}/versions", "已开启更正，可以修改填报表。改好后重新提交、审核、批准、封存。")


def builds(d: Department) -> dict[str, Any]:
    """What the store of the department has recorded, newest first."""
    try:
        store = existing(d.folder)
        if store is None:
            return {"versions": [], "seal": None, "correction": None}
        with store:
            return {"versions": store.versions()[::-1][:50], "seal": store.sealed(), "correction": store.correction()}
    except StoreError as error:
        return {"versions": [], "seal": None, "correction": None, "problem": str(error)}


@router.get("/bundle.zip")
def bundle(bench: Bench, d: Dept) -> Response:
    """The sealed files with their hashes."""
    place = bench.jobs.bundle(d)
    if not d.sealed or not place.is_file():
        raise HTTPException(404, "还没有封存。")
    return download(place, f"{safe_name(d.name)}{d.year}年度部门{d.kind}（封存）.zip", "application/zip")
