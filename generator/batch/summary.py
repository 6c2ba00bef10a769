"""What a run came to, for the bureau: a page, a workbook and a machine-readable file.

State of each department, findings by rule, who is missing from the roster, time and engine.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from generator.batch.job import HOME, STATES, Outcome
from generator.batch.plan import Done
from generator.files import norm, put_in_place
from generator.writers import ListSheet as Sheet
from generator.writers import write_lists

NAMES = ("汇总.html", "汇总.xlsx", "汇总.json")
LEVELS = {"error": "错误", "warning": "警告", "info": "提示"}
ENGINES = {"typst": "Typst", "weasyprint": "WeasyPrint"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and how often it was broken."""

    id: str
    title: str
    severity: str
    departments: int
    count: int


@dataclass(frozen=True)
class Summary:
    """The counts and lists of a run."""

    done: Done
    missing: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    roster: int = 0

    @property
    def outcomes(self) -> list[Outcome]:
        order = {state: number for number, state in enumerate(("failed", "unreadable", "draft", "published"))}
        return sorted(self.done.outcomes.values(), key=lambda o: (order[o.state], o.key))

    def count(self, state: str) -> int:
        return sum(o.state == state for o in self.done.outcomes.values())

    def rules(self) -> list[Rule]:
        """Rules that were broken, errors first, then by how many departments."""
        where: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        titles: dict[str, str] = {}
        for outcome in self.done.outcomes.values():
            for found in outcome.findings:
                where[found.id, found.severity][outcome.key] += 1
                titles.setdefault(found.id, found.title)
        made = [Rule(i, titles[i], s, len(c), sum(c.values())) for (i, s), c in where.items()]
        return sorted(made, key=lambda r: (list(LEVELS).index(r.severity), -r.departments, r.id))


def summarize(done: Done, roster: Sequence[str] = ()) -> Summary:
    """Compare what came with who was to come."""
    here = {norm(name_of(o)) for o in done.outcomes.values()} | {norm(Path(o.key).name) for o in done.outcomes.values()}
    wanted = {norm(n) for n in roster}
    missing = tuple(n for n in roster if norm(n) not in here)
    strangers = tuple(
        sorted(
            name_of(o)
            for o in done.outcomes.values()
            if roster and not {norm(name_of(o)), norm(Path(o.key).name)} & wanted
        )
    )
    return Summary(done, missing, strangers, len(roster))


def name_of(outcome: Outcome) -> str:
    """A department's name; its folder's where the workbook could not be read."""
    return outcome.name or Path(outcome.key).name


def levels(outcome: Outcome) -> Mapping[str, int]:
    """How many findings of each severity."""
    counts = Counter(f.severity for f in outcome.findings)
    return {level: counts[level] for level in LEVELS}


def first_problem(outcome: Outcome) -> str:
    """What to look at first: why it failed, or the first error with its place."""
    if outcome.message:
        return outcome.message
    for found in outcome.findings:
        if found.severity == "error":
            return f"{found.place}  {found.message}" if found.place else found.message
    return ""


def sheets(summary: Summary) -> list[Sheet]:
    """The lists of the workbook."""
    ran = summary.done.ran
    states = [
        (
            name_of(o), o.year or "", STATES[o.state], *levels(o).values(), first_problem(o),
            "" if not o.outputs else "本次" if o.key in ran and o.fresh else "未变", f"{o.seconds:.1f}", o.megabytes, o.pack, o.folder or o.key,
        )
        for o in summary.outcomes
    ]  # fmt: skip
    findings = [
        (name_of(o), LEVELS[f.severity], f.id, f.title, f.place, f.message)
        for o in summary.outcomes
        for f in o.findings
        if f.severity != "info"
    ]
    head = (
        "部门（单位）",
        "年度",
        "状态",
        "错误",
        "警告",
        "提示",
        "先看哪里",
        "文件",
        "用时（秒）",
        "内存（MB）",
        "模板包",
        "文件夹",
    )
    out = [
        Sheet("各部门", head, states),
        Sheet(
            "按检查项",
            ("编号", "检查项", "级别", "部门数", "条数"),
            [(r.id, r.title, LEVELS[r.severity], r.departments, r.count) for r in summary.rules()],
        ),
        Sheet("问题明细", ("部门（单位）", "级别", "编号", "检查项", "位置", "内容"), findings),
    ]
    if summary.roster:
        out.append(Sheet("未交名单", ("部门（单位）",), [(n,) for n in summary.missing]))
        out.append(Sheet("名单以外", ("部门（单位）",), [(n,) for n in summary.strangers]))
    return out


def headline(summary: Summary) -> list[str]:
    """The run in a few lines, for the page and the terminal."""
    done, total = summary.done, len(summary.done.outcomes)
    fresh = [o for k, o in done.outcomes.items() if k in done.ran and o.fresh and o.state in ("published", "draft")]
    rate = len(done.ran) / done.seconds if done.seconds else 0.0
    lines = [
        f"共 {total} 个部门：" + "，".join(f"{text} {summary.count(state)}" for state, text in STATES.items()) + "。",
        f"本次处理 {len(done.ran)} 个（重新生成 {len(fresh)} 个），其余 {total - len(done.ran)} 个没有变化；"
        f"用时 {done.seconds:.1f} 秒" + (f"，每秒 {rate:.2f} 个。" if done.ran else "。"),
    ]
    if "pdf" in done.plan.formats:
        lines.append(f"PDF 由 {ENGINES[done.plan.pdf_engine]} 排版。")
    if summary.roster:
        lines.append(
            f"名单上 {summary.roster} 个，未交 {len(summary.missing)} 个"
            + (f"；名单以外 {len(summary.strangers)} 个。" if summary.strangers else "。")
        )
    return lines


def page(summary: Summary, at: str) -> str:
    """The page: static, self-contained."""
    parts = [f"<p>{escape(line)}</p>" for line in headline(summary)]
    if summary.missing:
        parts.append("<h2>未交</h2><ul>" + "".join(f"<li>{escape(n)}</li>" for n in summary.missing) + "</ul>")
    if summary.strangers:
        parts.append("<h2>名单以外</h2><ul>" + "".join(f"<li>{escape(n)}</li>" for n in summary.strangers) + "</ul>")
    for sheet in sheets(summary)[:2]:
        numeric = {"错误", "警告", "提示", "部门数", "条数", "用时（秒）", "内存（MB）", "年度"}
        kinds = [' class="n"' if h in numeric else "" for h in sheet.header]
        rows = "".join(
            f'<tr class="{_row_class(sheet, row)}">'
            + "".join(f"<td{k}>{escape(str(v))}</td>" for k, v in zip(kinds, row, strict=True))
            + "</tr>\n"
            for row in sheet.rows
        )
        head = "".join(f'<th scope="col"{k}>{escape(h)}</th>' for k, h in zip(kinds, sheet.header, strict=True))
        parts.append(
            f"<h2>{escape(sheet.name)}</h2><table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table>"
        )
    return PAGE.replace("{at}", escape(at)).replace("{body}", "\n".join(parts))


def _row_class(sheet: Sheet, row: Sequence[object]) -> str:
    if "状态" not in sheet.header:
        return ""
    state = row[sheet.header.index("状态")]
    return next(k for k, v in STATES.items() if v == state)


PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>批量生成汇总</title><style>
body { font: 15px/1.6 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #1c2733; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; } th, td { border: 1px solid #c6d2de; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #e6eef6; position: sticky; top: 0; white-space: nowrap; } .n { text-align: right; white-space: nowrap; }
td:first-child { min-width: 11rem; } td:nth-child(3), td:nth-child(11) { white-space: nowrap; }
tr.failed td:nth-child(3), tr.unreadable td:nth-child(3) { background: #f6c9c4; } tr.draft td:nth-child(3) { background: #fbe7b4; } tr.published td:nth-child(3) { background: #cfead2; }
</style></head><body><h1>批量生成汇总</h1><p>{at}</p>
{body}
</body></html>
"""


def as_json(summary: Summary, at: str) -> dict[str, object]:
    """The machine-readable form."""
    done = summary.done
    return {
        "at": at,
        "seconds": round(done.seconds, 3),
        "processed": len(done.ran),
        "pdf_engine": done.plan.pdf_engine,
        "formats": list(done.plan.formats),
        "states": {state: summary.count(state) for state in STATES},
        "missing": list(summary.missing),
        "not_on_roster": list(summary.strangers),
        "rules": [{"id": r.id, "title": r.title, "severity": r.severity, "departments": r.departments, "count": r.count} for r in summary.rules()],
        "departments": [
            {
                "department": name_of(o), "year": o.year or None, "pack": o.pack or None, "state": o.state, "fresh": o.key in done.ran and o.fresh,
                **levels(o), "message": first_problem(o), "seconds": round(o.seconds, 3), "folder": o.folder or None, "input": o.key,
            }
            for o in summary.outcomes
        ],
    }  # fmt: skip


def write_summary(summary: Summary) -> tuple[Path, ...]:
    """The three files, beside the ledger."""
    now = datetime.now().astimezone()
    at = now.strftime("%Y-%m-%d %H:%M")
    files = {
        NAMES[0]: page(summary, at).encode(),
        NAMES[1]: write_lists("批量生成汇总", sheets(summary), now),
        NAMES[2]: (json.dumps(as_json(summary, at), ensure_ascii=False, indent=1) + "\n").encode(),
    }
    return put_in_place(summary.done.plan.output / HOME, files)
