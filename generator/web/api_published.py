"""The JSON API of published files: hand one in, see how far it is, what was found and what was decided."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from generator.web.api import ERRORS, Dept
from generator.web.pages.base import Bench, Who, Workbench
from generator.web.state.database import Row

router = APIRouter(prefix="/api/v1/departments/{number}/published", tags=["公开文件"])
Upload = Annotated[int, Path(ge=1, le=2**53, description="公开文件的编号")]
WAIT = "3"  # seconds


class FoundOut(BaseModel):
    """One finding and what was decided about it."""

    number: int
    severity: Literal["error", "warning"]
    title: str
    message: str
    hint: str
    pages: list[int]
    choice: Literal["", "take", "drop"] = Field(description="take 采纳，drop 不采纳；空的还没有看")
    reason: str
    who: str


class RowOut(BaseModel):
    """A row of 公开情况检查表."""

    name: str
    verdict: str
    problems: list[str]


class PublishedOut(BaseModel):
    """A published file.  ``state``: waiting, done or failed; findings and rows once it is done."""

    id: int
    name: str
    sha256: str
    state: Literal["waiting", "done", "failed"]
    note: str
    at: str
    who: str
    sent: str
    department: str = Field(description="文件里写的部门")
    year: int
    kind: str
    findings: list[FoundOut]
    rows: list[RowOut]


def _out(bench: Workbench, row: Row) -> PublishedOut:
    record = bench.published.record(row)
    return PublishedOut(
        id=row["id"], name=row["name"], sha256=row["sha"], state=row["state"], note=row["note"], at=row["at"], who=row["who"],
        sent=row["sent"], department=record.department if record else "", year=record.year if record else 0,
        kind=record.kind if record else "",
        findings=[
            FoundOut(
                number=one.number, severity="error" if one.problem.level == "error" else "warning", title=one.problem.title,
                message=one.problem.message, hint=one.problem.hint, pages=one.problem.pages,
                choice="take" if one.choice == "take" else "drop" if one.choice == "drop" else "", reason=one.reason, who=one.who,
            )
            for one in bench.published.looked(row)
        ],
        rows=[RowOut(name=r.name, verdict=r.verdict, problems=list(r.problems)) for r in (record.rows if record else ())],
    )  # fmt: skip


@router.get("", responses={k: ERRORS[k] for k in (401, 404)}, summary="公开文件一览")
def list_published(bench: Bench, d: Dept) -> list[PublishedOut]:
    return [_out(bench, row) for row in bench.published.listed(d.id)]


@router.post(
    "",
    status_code=201,
    responses={k: ERRORS[k] for k in (400, 401, 403, 404, 409, 413)},
    summary="上传公开文件，开始审核",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
        }
    },
)
async def new_published(
    request: Request, response: Response, bench: Bench, user: Who, d: Dept,
    filename: Annotated[str, Query(max_length=120)] = "公开文件.pdf",
) -> PublishedOut:  # fmt: skip
    """Kept and queued; ``Location`` is where the result will be."""
    data = await request.body()
    if not data:
        raise HTTPException(400, "请求里没有文件。")
    name = re.sub(r"[\x00-\x1f/\\]", "_", filename) or "公开文件"

    def kept() -> PublishedOut:
        number = bench.published.add(d, name, data, user)
        bench.jobs.add("published", d.id, user.shown, {"file": number, "name": name})
        return _out(bench, bench.published.get(d.id, number))

    made = await run_in_threadpool(kept)
    response.headers["location"] = f"/api/v1/departments/{d.id}/published/{made.id}"
    response.headers["retry-after"] = WAIT
    return made


@router.get("/{upload}", responses={k: ERRORS[k] for k in (401, 404)}, summary="一份公开文件的审核结果")
def one_published(response: Response, bench: Bench, d: Dept, upload: Upload) -> PublishedOut:
    found = _out(bench, bench.published.get(d.id, upload))
    if found.state == "waiting":
        response.headers["retry-after"] = WAIT
    return found
