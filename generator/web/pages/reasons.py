"""Reasons: each with the figures it explains and its sentence, which is composed anew as one types."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from generator.model import Refusal
from generator.web.pages.base import Bench, Dept, Form, Who, go, is_fragment, render, text_of, whole
from generator.web.pages.department import common
from generator.web.state.snapshots import Seen, Typed

router = APIRouter(prefix="/d/{number}", include_in_schema=False)


@router.get("/reasons")
def reasons(request: Request, bench: Bench, user: Who, d: Dept) -> Response:
    main = bench.snapshots.main(d)
    waiting = bench.cells.waiting(d, _sheet(main)[1]) if main else {}
    entries = []
    for entry in main.get("reasons", []):
        cell = entry["cell"].partition("!")[2]
        entries.append({**entry, "text": waiting.get(cell, entry["text"]), "waiting": cell in waiting})
    asked = [e for e in entries if e["asked"] or e["text"]]
    return render(
        request, "reasons.html", seen=bench.cells.seen(d), entries=asked, idle=[e for e in entries if e not in asked], may_fill=user.may("填报") and d.writable,
        ready=bool(main), **common(bench, d, "reasons"),
    )  # fmt: skip


def _sheet(main: dict[str, object]) -> tuple[int, str]:
    """The sheet in which the reasons stand."""
    entries = main.get("reasons")
    name = next((e["cell"].partition("!")[0] for e in entries if e["cell"]), "") if isinstance(entries, list) else ""
    sheets = main.get("sheets")
    names = [s["name"] for s in sheets] if isinstance(sheets, list) else []
    return (names.index(name) if name in names else -1), name


@router.post("/reasons/{reason}/sentence")
def sentence(request: Request, bench: Bench, user: Who, d: Dept, reason: str, form: Form) -> Response:
    """The sentence as it would read."""
    arguments = {
        "folder": str(d.folder), "pack": d.pack, "packs": str(bench.settings.packs or ""), "reason": reason, "text": text_of(form, "text")[:5000],
    }  # fmt: skip
    try:
        sentences, problem = bench.jobs.ask("sentence", arguments, user.shown, 20)["sentences"], ""
    except Refusal as error:
        sentences, problem = [], str(error)
    return render(request, "sentence.html", sentences=sentences, problem=problem)


@router.post("/reasons/{reason}/draft")
def draft(request: Request, bench: Bench, user: Who, d: Dept, reason: str, form: Form) -> Response:
    """Take a draft: its numbers stay live where the workbook keeps drafts; or take its words to be changed."""
    main = bench.snapshots.main(d)
    entry = next((e for e in main.get("reasons", []) if e["id"] == reason), None)
    if entry is None or not entry["draft"] or not entry["draft"]["text"]:
        raise HTTPException(404, "没有这一条草稿。")
    made, number = entry["draft"], _sheet(main)[0]
    if text_of(form, "do") == "change":
        return render(
            request,
            "reason_tried.html",
            entry=entry,
            text=made["text"],
            sentences=entry["sentences"],
            **common(bench, d, "reasons"),
        )
    if len(made["cells"]) == 2 and not entry["text"]:
        bench.jobs.add("draft", d.id, user.shown, {"reason": reason, "text": made["text"]})
        return go(f"/d/{d.id}/reasons", "正在采用草稿。")
    own, seen = entry["cell"].partition("!")[2], Seen.read(text_of(form, "seen"))
    if bench.cells.type(d, number, {own: Typed(text_of(form, "was"), made["text"])}, user.shown, seen)[1]:
        raise Refusal("您打开页面之后，别人改过这一项，请刷新后再办理。")
    bench.jobs.apply(d.id, user.shown)
    return go(f"/d/{d.id}/reasons", "已采用草稿，正在检查。")


@router.post("/reasons/{reason}")
def save(request: Request, bench: Bench, user: Who, d: Dept, reason: str, form: Form) -> Response:
    """Keep a reason in its cell, with the same lock as any cell."""
    main = bench.snapshots.main(d)
    entry = next((e for e in main.get("reasons", []) if e["id"] == reason), None)
    if entry is None or not entry["cell"]:
        raise HTTPException(404, "没有这一项。")
    if text_of(form, "do") == "preview":
        text = text_of(form, "text")[:5000]
        arguments = {
            "folder": str(d.folder),
            "pack": d.pack,
            "packs": str(bench.settings.packs or ""),
            "reason": reason,
            "text": text,
        }
        answer = bench.jobs.ask("sentence", arguments, user.shown, 20)
        return render(
            request,
            "reason_tried.html",
            entry=entry,
            text=text,
            sentences=answer.get("sentences", []),
            **common(bench, d, "reasons"),
        )
    number, _ = _sheet(main)
    cell = entry["cell"].partition("!")[2]
    was, text = text_of(form, "was"), text_of(form, "text")
    version = text_of(form, "v")
    typed = {cell: Typed(was, text, whole(version) if version else None)}
    kept, clashes = bench.cells.type(d, number, typed, user.shown, Seen.read(text_of(form, "seen")))
    if clashes:
        content = {"entry": entry, "clash": clashes[0], **common(bench, d, "reasons")}
        return render(request, "reason_clash.html", 200 if is_fragment(request) else 409, **content)
    bench.jobs.apply(d.id, user.shown)
    if is_fragment(request):
        return render(request, "reason_kept.html", entry=entry, text=kept[cell][0], version=kept[cell][1])
    return go(f"/d/{d.id}/reasons", "已保存。")
