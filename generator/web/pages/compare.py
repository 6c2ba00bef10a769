"""Two versions beside each other: cells, sentences word by word, pages; as Word with tracked changes."""

from __future__ import annotations

import re
import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.files import safe_name
from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Who, Workbench, attachment, render
from generator.web.pages.department import MEDIA, common
from generator.web.pages.versions import builds
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


def chosen(request: Request) -> tuple[str, str]:
    """The two versions by number; empty for what stands now."""
    found = [request.query_params.get(k, "") for k in ("old", "new")]
    if not all(re.fullmatch(r"\d{0,9}", v) for v in found):
        raise HTTPException(404, "没有这个版本。")
    return found[0], found[1]


@router.get("/compare")
def compare(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    old, new = chosen(request)
    known = builds(d)
    if not old and known["versions"]:
        old = str(known["versions"][0].id)
    found = {"failed": "还没有生成过，没有可以对照的版本。"}
    if old:
        try:
            found = bench.jobs.ask("compare", {"folder": str(d.folder), "old": old, "new": new}, 30)
        except Refusal as error:
            found = {"failed": str(error)}
    return render(request, "compare.html", found=found, old=old, new=new, built=known, **common(bench, d, "versions"))


def _written(bench: Workbench, d: Department, request: Request, kind: str) -> bytes:
    old, new = chosen(request)
    place = bench.jobs.staging / f"redline-{secrets.token_hex(8)}.docx"
    correction = builds(d)["correction"]
    reason = correction.reason if correction else ""
    arguments = {"folder": str(d.folder), "old": old, "new": new, "kind": kind, "reason": reason, "staging": str(place)}
    bench.jobs.ask("redline", arguments, 60)
    try:
        return place.read_bytes()
    finally:
        place.unlink(missing_ok=True)


@router.get("/redline.docx")
def redline(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    data = _written(bench, d, request, "redline")
    return attachment(data, f"{safe_name(d.name)}{d.year}年度（修订对照）.docx", MEDIA[".docx"])


@router.get("/notice.docx")
def notice(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    data = _written(bench, d, request, "notice")
    return attachment(data, f"{safe_name(d.name)}{d.year}年度更正说明.docx", MEDIA[".docx"])
