"""The JSON API for systems that push workbooks and fetch documents (OpenAPI at ``/api/openapi.json``)."""

from __future__ import annotations

import json
import re
import secrets
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from generator.files import safe_name
from generator.web.pages.base import Bench, Who, Workbench, download, render
from generator.web.pages.outputs import MEDIA, Standing, output_file, outputs
from generator.web.state.departments import Department

router = APIRouter(prefix="/api/v1", tags=["部门"])
pages = APIRouter(include_in_schema=False)
Number = Annotated[int, Path(ge=1, le=2**53, description="部门的编号")]
State = Literal["未报", "有错误", "待复核", "退回", "更正中", "已定稿", "已公开"]
PIECE = 2**20


class Problem(BaseModel):
    """What was wrong with a request."""

    detail: str | list[Any]


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "请求的写法不对"},
    401: {"model": Problem, "description": "没有令牌，或令牌无效"},
    403: {"model": Problem, "description": "没有这个权限"},
    404: {"model": Problem, "description": "没有，或不在可见的范围内"},
    409: {"model": Problem, "description": "现在的状态不允许"},
    413: {"description": "文件太大"},
    422: {"model": Problem, "description": "内容不合要求"},
}


class NewDepartment(BaseModel):
    """A department for one year."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=80, description="部门（单位）全称", examples=["某某局"])
    year: int = Field(ge=2000, le=2100, description="年度", examples=[2024])
    pack: str = Field(min_length=1, max_length=60, description="模板包")
    deadline: str = Field("", max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="公开截止日期")


class DepartmentOut(BaseModel):
    """One department and its state."""

    id: int
    name: str
    year: int
    kind: str
    pack: str
    state: State
    stage: str
    errors: int
    warnings: int
    infos: int
    changed: str
    changed_by: str
    deadline: str
    days_left: int | None
    workbook: str = Field(description="现在的填报表的 sha256；上传时放在 If-Match 里可防止覆盖别人的改动")


class JobOut(BaseModel):
    """Long work: ``state`` is queued, running, done, refused or failed."""

    id: int
    department: int
    kind: str
    state: Literal["queued", "running", "done", "refused", "failed"]
    progress: str
    result: dict[str, Any]


class FindingsOut(BaseModel):
    """What ``juesuan check --json`` gives."""

    department: str
    year: int
    pack: str
    publishable: bool
    findings: list[dict[str, Any]]
    coverage: dict[str, int]


class DocumentOut(BaseModel):
    """A built file."""

    name: str
    draft: bool
    standing: Standing = Field(
        description="draft 草稿，不得公开；old 旧的，生成以后填报表或模板又改过；current 与现在的填报表一致，还没有封存；sealed 已封存"
    )
    kb: int


async def the_department(request: Request, number: Number) -> Department:
    """The department of the address, as its rule has found it."""
    found: Department = request.state.department
    assert found.id == number
    return found


Dept = Annotated[Department, Depends(the_department)]


def shown(d: Department) -> DepartmentOut:
    return DepartmentOut(
        id=d.id, name=d.name, year=d.year, kind=d.kind, pack=d.pack, state=cast(State, d.state), stage=d.stage_words, errors=d.errors,
        warnings=d.warnings, infos=d.infos, changed=d.changed, changed_by=d.changed_by, deadline=d.deadline, days_left=d.days_left,
        workbook=d.workbook,
    )  # fmt: skip


@router.get("/departments", responses={401: ERRORS[401]}, summary="部门一览")
def list_departments(
    bench: Bench,
    user: Who,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    state: Annotated[State | None, Query()] = None,
) -> list[DepartmentOut]:
    return [shown(d) for d in bench.departments.visible(user, year=year or 0, state=state or "")]


@router.post(
    "/departments", status_code=201, responses={k: ERRORS[k] for k in (400, 401, 403, 409)}, summary="新增部门"
)
def new_department(bench: Bench, user: Who, body: NewDepartment) -> DepartmentOut:
    """An existing department is given back as it is."""
    number = bench.departments.add(body.name, body.year, body.pack, user, deadline=body.deadline)
    bench.jobs.first_form(number, user.shown)
    found = bench.departments.get(number, user)
    assert found is not None
    return shown(found)


@router.get("/departments/{number}", responses={k: ERRORS[k] for k in (401, 404)}, summary="一个部门")
def one_department(d: Dept) -> DepartmentOut:
    return shown(d)


@router.get(
    "/departments/{number}/workbook",
    responses={
        **{k: ERRORS[k] for k in (401, 404)},
        200: {"content": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}}},
    },
    response_class=FileResponse,
    summary="下载填报表",
)
def get_workbook(d: Dept) -> Response:
    if not d.path.is_file():
        raise HTTPException(404, "填报表还在准备，请稍后再下载。")
    return download(d.path, f"{safe_name(d.name)}{d.year}年度填报表.xlsx")


@router.put(
    "/departments/{number}/workbook",
    status_code=202,
    responses={k: ERRORS[k] for k in (400, 401, 403, 404, 409, 413)},
    summary="上传填报表",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
        }
    },
)
async def put_workbook(
    request: Request,
    bench: Bench,
    user: Who,
    d: Dept,
    filename: Annotated[str, Query(max_length=120)] = "填报表.xlsx",
    if_match: Annotated[str, Header(max_length=80)] = "",
) -> JobOut:
    """Checked and read by a worker; the job says whether it was taken or why it was refused."""
    if if_match.strip('"') and if_match.strip('"') != d.workbook:
        raise HTTPException(409, f"填报表已由{d.changed_by or '别人'}改动，请先取得现在的填报表。")
    name = f"{secrets.token_hex(12)}.upload"
    place, size = bench.jobs.uploads / name, 0
    try:
        with place.open("wb") as target:
            async for piece in request.stream():
                size += len(piece)
                target.write(piece)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    if not size:
        place.unlink(missing_ok=True)
        raise HTTPException(400, "请求里没有文件。")
    word = re.sub(r"[\x00-\x1f/\\]", "_", filename)

    def queued() -> JobOut:
        try:
            with bench.database.write():
                bench.departments.writing(d.id)
                job = bench.jobs.add("intake", d.id, user.shown, {"file": name, "name": word})
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return job_out(bench, job)

    return await run_in_threadpool(queued)


@router.get("/departments/{number}/findings", responses={k: ERRORS[k] for k in (401, 404, 409)}, summary="检查结果")
def get_findings(bench: Bench, d: Dept) -> FindingsOut:
    main = bench.snapshots.main(d)
    if not main:
        raise HTTPException(409, "还没有检查完，请稍后再取。")
    findings = [{k: v for k, v in f.items() if k not in ("n", "equation")} for f in main["findings"]]
    return FindingsOut(
        department=d.name,
        year=d.year,
        pack=d.pack,
        publishable=main["publishable"],
        findings=findings,
        coverage=main["coverage"],
    )


@router.post(
    "/departments/{number}/builds",
    status_code=202,
    responses={k: ERRORS[k] for k in (401, 403, 404)},
    summary="生成文件",
)
def new_build(bench: Bench, user: Who, d: Dept) -> JobOut:
    return job_out(bench, bench.jobs.add("build", d.id, user.shown))


@router.get("/departments/{number}/documents", responses={k: ERRORS[k] for k in (401, 404)}, summary="已生成的文件")
def list_documents(bench: Bench, d: Dept) -> list[DocumentOut]:
    return [
        DocumentOut(name=f["name"], draft=g["draft"], standing=g["standing"], kb=f["kb"])
        for g in outputs(bench, d)
        for f in g["files"]
    ]


@router.get(
    "/departments/{number}/documents/{form}",
    responses={
        **{k: ERRORS[k] for k in (401, 404, 409)},
        200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA.values()}},
    },
    response_class=FileResponse,
    summary="下载文件",
)
def get_document(
    bench: Bench,
    d: Dept,
    form: Literal["docx", "pdf", "xlsx", "html", "txt", "json"],
    draft: bool = False,
    old: Annotated[bool, Query(description="也要生成以后填报表又改过的旧文件")] = False,
) -> Response:
    """Published files; one that is of other contents than the workbook now only where it is asked for."""
    for group in outputs(bench, d):
        for file in group["files"]:
            if group["draft"] == draft and file["name"].endswith(f".{form}"):
                if group["standing"] == "old" and not old:
                    raise HTTPException(409, f"{group['words']}仍要旧文件的，请加 old=true。")
                return output_file(bench, d, file["name"], draft=draft)
    raise HTTPException(404, "没有这个文件，请先生成。")


@router.get("/jobs/{job}", responses={k: ERRORS[k] for k in (401, 404)}, tags=["工作"], summary="工作的进展")
def get_job(bench: Bench, job: Annotated[int, Path(ge=1, le=2**53)]) -> JobOut:
    return job_out(bench, job)


def job_out(bench: Workbench, number: int) -> JobOut:
    row = bench.database.one("SELECT * FROM job WHERE id=?", number)
    assert row is not None
    result = {k: v for k, v in json.loads(row["result"]).items() if k not in ("folder", "died")}
    return JobOut(
        id=row["id"],
        department=row["department"],
        kind=row["kind"],
        state=row["state"],
        progress=bench.jobs.progress(number),
        result=result,
    )


@pages.get("/api/docs")
def docs(request: Request) -> Response:
    """The documentation of the API, made from its schema: no script, nothing from outside."""
    schema = request.app.openapi()
    calls = [
        {"path": path, "method": method.upper(), **call}
        for path, methods in schema["paths"].items()
        for method, call in methods.items()
    ]
    return render(
        request, "api_docs.html", calls=calls, schemas=schema["components"]["schemas"], title=schema["info"]["title"]
    )
