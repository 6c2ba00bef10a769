"""A block that a person words anew, in place: a save on a text that moved on is refused and both are shown."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from generator.web.pages.base import Bench, Dept, Form, Who, Workbench, date_words, go, is_fragment, render, text_of
from generator.web.pages.department import common
from generator.web.state.accounts import User
from generator.web.state.database import now
from generator.web.state.departments import Department

router = APIRouter(prefix="/d/{number}/blocks", include_in_schema=False)


def ask(bench: Workbench, d: Department, user: User, task: str, **arguments: object) -> dict[str, Any]:
    """A question about the wording of a department."""
    where = {"folder": str(d.folder), "pack": d.pack, "packs": str(bench.settings.packs or "")}
    return bench.jobs.ask(task, {**where, **arguments}, user.shown, 60)


@router.get("/{block}")
def edit(request: Request, bench: Bench, user: Who, d: Dept, block: str) -> Response:
    found = ask(bench, d, user, "block", block=block)
    page = "block_form.html" if is_fragment(request) else "block.html"
    return render(request, page, block=block, found=found, clash=None, **common(bench, d, "preview"))


@router.post("/{block}")
def save(request: Request, bench: Bench, user: Who, d: Dept, block: str, form: Form) -> Response:
    """Numbers stay the program's own; a number that was changed by hand becomes an error at its cell."""
    text, base = text_of(form, "text")[:20000], text_of(form, "base")
    at = date_words(now())
    if text_of(form, "do") in ("person", "generated"):
        ask(bench, d, user, "decide", block=block, choice=text_of(form, "do"), author=user.shown, at=at)
        said = "已定下。"
    elif text_of(form, "do") == "back":
        found = ask(bench, d, user, "block", block=block)
        answer = ask(
            bench, d, user, "reword", block=block, text=found["generated"], base=base, author=user.shown, at=at
        )
        said = "已恢复为生成的文字，改写的文字留在“旧稿”里。"
        if "conflict" in answer:
            return _clash(request, bench, user, d, block, found["generated"], answer)
    else:
        answer = ask(bench, d, user, "reword", block=block, text=text, base=base, author=user.shown, at=at)
        if "conflict" in answer:
            return _clash(request, bench, user, d, block, text, answer)
        said = "已保存改写。"
        if answer.get("changed"):
            numbers = "、".join(f"{c['generated']} 改成 {c['typed']}" for c in answer["changed"])
            said = f"文字已保存；数字由填报表决定，没有照改（{numbers}），请改填报表。"
    bench.database.log(user.name, "改写段落", block, d.id)
    bench.jobs.add("examine", d.id, user.shown)
    return go(f"/d/{d.id}/preview", said)


def _clash(
    request: Request, bench: Workbench, user: User, d: Department, block: str, mine: str, answer: dict[str, Any]
) -> Response:
    """Both texts; saving again from here starts from the text that stands now."""
    found = {**ask(bench, d, user, "block", block=block), "base": answer["base"]}
    clash = {**answer["conflict"], "mine": mine}
    return render(request, "block.html", 409, block=block, found=found, clash=clash, **common(bench, d, "preview"))
