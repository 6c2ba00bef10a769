"""The way from a blank form to the document: seven steps, how far each is, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.web.pages.base import Workbench
from generator.web.pages.outputs import outputs
from generator.web.state.departments import Department

How = Literal["done", "open", "later"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its word, where it is done (below the department's address), how it stands, and that in words."""

    word: str
    address: str
    how: How
    said: str


def path_of(bench: Workbench, d: Department) -> list[Step]:
    """The seven steps of a department as its last examination saw it."""
    main = bench.snapshots.main(d)
    sheets = [s for s in main.get("sheets", []) if s["entries"]]
    ready, begun = bool(main), d.stage != "blank"
    brought = bool(main.get("brought"))
    filled = sum(1 for s in sheets if s.get("filled"))
    asked = [r for r in main.get("reasons", []) if r["asked"] and r["required"]]
    open_reasons = sum(1 for r in asked if not r["text"].strip())
    built = [o for o in outputs(bench, d) if not o["draft"]]

    def how(done: bool, may: bool) -> How:
        return "done" if done else "open" if may else "later"

    return [
        Step("领表", "", how(ready, True), "填报表已备好" if ready else "正在准备填报表"),
        Step("带入", "#files", how(brought, ready), "上年的数已经在表里" if brought else "有上年的文件、导出的报表就拖进来"),
        Step("填写", "/fill", how(begun and ready, ready), f"{filled} 张表填了，共 {len(sheets)} 张" if begun else "还没有填写"),
        Step("看问题", "/findings", how(begun and ready and not d.errors, begun and ready), _found(d, begun)),
        Step(
            "写原因", "/reasons", how(begun and ready and not open_reasons, begun and ready),
            f"还有 {open_reasons} 条没有写" if open_reasons else "该写的都写了" if begun and ready else "数字填好以后再写",
        ),
        Step("预览", "/preview", how(bool(built), begun and ready), "照印出来的样子看一遍" if begun else "填写以后就能看"),
        Step("生成", "/versions", how(bool(built), begun and ready and not d.errors), "已经生成" if built else "没有错误就能生成"),
    ]  # fmt: skip


def _found(d: Department, begun: bool) -> str:
    if not begun:
        return "填写以后检查"
    if d.errors:
        return f"有 {d.errors} 条错误，{d.warnings} 条警告"
    return f"没有错误，{d.warnings} 条警告" if d.warnings else "没有错误"
