"""Two versions beside each other: cells, sentences word by word, pages; as Word with tracked changes."""

from __future__ import annotations

import json
import re
import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.files import safe_name
from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, attachment, go, render, text_of, whole
from generator.web.pages.department import common
from generator.web.pages.outputs import MEDIA
from generator.web.pages.versions import builds
from generator.web.state.accounts import User
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


def chosen(request: Request) -> tuple[str, str]:
    """The two versions by number; empty for what stands now."""
    found = [request.query_params.get(k, "") for k in ("old", "new")]
    if not all(re.fullmatch(r"[0-9]{0,9}", v) for v in found):
        raise HTTPException(404, "没有这个版本。")
    return found[0], found[1]


def _asked(bench: Workbench, d: Department, old: str, new: str) -> dict[str, object]:
    """What is compared: versions by number, or what stands now, by its fingerprint."""
    return {"old": old, "new": new, "now": "" if old and new else d.fingerprint}


@router.get("/compare")
def compare(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    """The comparison, made by a worker while the page waits with its progress; a failed one is asked for again by hand."""
    old, new = chosen(request)
    known = builds(d)
    if not old and known["versions"]:
        old = str(known["versions"][0].id)
    found: dict[str, object] = {"failed": "还没有生成过，没有可以对照的版本。"}
    if old:
        asked = _asked(bench, d, old, new)
        row = bench.database.one(
            "SELECT * FROM job WHERE department=? AND kind='compare' AND payload=? ORDER BY id DESC LIMIT 1",
            d.id,
            json.dumps(asked, ensure_ascii=False),
        )
        if row is None:
            bench.jobs.add("compare", d.id, user.shown, asked)
        found = {"waiting": True} if row is None or row["state"] in ("queued", "running") else json.loads(row["result"])
    return render(request, "compare.html", found=found, old=old, new=new, built=known, **common(bench, d, "versions"))


@router.post("/compare")
def again(request: Request, bench: Bench, user: Who, d: Dept, form: Form) -> Response:
    """Compare once more."""
    old, new = whole(text_of(form, "old")), whole(text_of(form, "new"))
    words = (str(old) if old else "", str(new) if new else "")
    bench.jobs.add("compare", d.id, user.shown, _asked(bench, d, *words))
    return go(f"/d/{d.id}/compare?old={words[0]}&new={words[1]}")


def _written(bench: Workbench, user: User, d: Department, request: Request, kind: str) -> bytes:
    old, new = chosen(request)
    place = bench.jobs.staging / f"redline-{secrets.token_hex(8)}.docx"
    correction = builds(d)["correction"]
    reason = correction.reason if correction else ""
    arguments = {"folder": str(d.folder), "old": old, "new": new, "kind": kind, "reason": reason, "staging": str(place)}
    bench.jobs.ask("redline", arguments, user.shown, 60)
    try:
        return place.read_bytes()
    finally:
        place.unlink(missing_ok=True)


@router.get("/redline.docx")
def redline(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    data = _written(bench, user, d, request, "redline")
    return attachment(data, f"{safe_name(d.name)}{d.year}年度（修订对照）.docx", MEDIA[".docx"])


@router.get("/notice.docx")
def notice(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    data = _written(bench, user, d, request, "notice")
    return attachment(data, f"{safe_name(d.name)}{d.year}年度更正说明.docx", MEDIA[".docx"])
