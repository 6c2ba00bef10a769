"""The summary of many documents as a workbook, a page and data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from urllib.parse import quote

from generator.audit.results.folder import stem_of
from generator.audit.results.papers import sheet
from generator.audit.results.record import LEVELS, Record
from generator.audit.results.summary import EARLIER, AuditSummary, Sangong
from generator.audit.run import USUAL
from generator.files import Entry, put_in_place
from generator.packs import reading_words
from generator.writers import ListSheet, write_lists

NAMES = ("审核汇总.html", "审核汇总.xlsx", "审核汇总.json")
NUMERIC = {"不符", "存疑", "提示", "部门数", "条数", "年度", "数值", "中间的数"}
Value = str | int | Decimal


def summary_of(
    records: Sequence[tuple[Record, str]], roster: Sequence[Entry] = (), compared: Sequence[str] = (), pack: str = ""
) -> AuditSummary:
    """The summary with the measures that a pack names.  ``records``: each with the folder of its papers."""
    entries = reading_words(pack or USUAL).get("measure", ())
    measures = tuple((str(e["id"]), str(e["name"]), bool(e.get("outlier"))) for e in entries)
    return AuditSummary(tuple(records), tuple(roster), tuple(compared), measures)


def headline(summary: AuditSummary) -> list[str]:
    """The run in a few lines."""
    told = "，".join(f"{s} {n} 份" for s in ("符合", "待核", "不符合", "没有读出") if (n := summary.count(s)))
    lines = [f"共 {len(summary.records)} 份公开文件：{told or '没有'}。"]
    if summary.roster:
        missing, strangers = summary.missing(), summary.strangers()
        lines.append(
            f"名单上 {len(summary.roster)} 个，没有公开的 {len(missing)} 个"
            + (f"，晚公开的 {len(late)} 个" if (late := summary.late()) else "")
            + (f"，名单以外 {len(strangers)} 个。" if strangers else "。")
        )
    if "批复" in summary.compared:
        lines.append(f"与批复的数不一致的 {len(summary.differing())} 个。")
    return lines


def sheets(summary: AuditSummary) -> list[ListSheet]:
    """The lists of the workbook; lists without a line are left out, but for the first two."""
    states = [
        (_name(r), r.year or "", r.kind, r.state, r.count("error"), r.count("warning"), r.count("info"), _first(r), r.file, folder)
        for r, folder in summary.ordered()
    ]  # fmt: skip
    out = [
        ListSheet(
            "各部门", ("部门（单位）", "年度", "种类", "结果", "不符", "存疑", "提示", "先看哪里", "文件", "结果文件夹"), states,
        ),
        ListSheet(
            "按问题种类", ("问题", "级别", "部门数", "条数"),
            [(k.title, LEVELS[k.level], k.departments, k.count) for k in summary.kinds()],
        ),
    ]  # fmt: skip
    more: list[tuple[str, tuple[str, ...], Sequence[Sequence[Value]]]] = [
        ("没有公开的", ("部门（单位）", "上级单位", "公开截止日期"), [(e.name, e.parent, e.deadline) for e in summary.missing()]),
        ("名单以外", ("部门（单位）",), [(n,) for n in summary.strangers()]),
        ("晚公开的", ("部门（单位）", "情况"), [(n, "".join(r.problems)) for n, r in summary.late()]),
        ("与批复不一致", ("部门（单位）", "条数", "先看哪里"), summary.differing()),
        ("与上年不一致", ("部门（单位）", "条数", "先看哪里"), summary.differing(EARLIER)),
        ("与别的部门相差很大", ("项目", "部门（单位）", "数值", "中间的数"), [(f.measure, f.name, f.value, f.middle) for f in summary.far()]),
    ]  # fmt: skip
    out += [ListSheet(name, head, rows) for name, head, rows in more if rows]
    for sangong in summary.sangong():
        if sangong.rows or sangong.unread:
            out.append(_sangong(sangong))
    details = [
        (_name(r), LEVELS[p.level], p.where, p.title, p.message, p.hint)
        for r, _ in summary.ordered()
        for p in r.problems
        if p.level != "info"
    ]
    if details:
        out.append(ListSheet("问题明细", ("部门（单位）", "级别", "位置", "问题", "内容", "怎样处理"), details))
    if summary.measures:
        rows = [
            (_name(r), r.year, r.kind, *(r.measures.values.get(key, "") for key, _, _ in summary.measures))
            for r, _ in summary.ordered()
            if r.readable
        ]
        out.append(ListSheet("主要数据", ("部门（单位）", "年度", "种类", *(n for _, n, _ in summary.measures)), rows))
    return out


def _sangong(sangong: Sangong) -> ListSheet:
    """A row for each department, the sums last.  A blank is an amount that the document does not tell."""
    final = sangong.kind != "预算"
    head = ["部门（单位）"]
    for item in sangong.items:
        head += [f"{item}预算数", f"{item}决算数"] if final else [f"{item}预算数"]

    def flat(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> list[Value]:
        return [v if v is not None else "" for pair in pairs for v in (pair if final else pair[:1])]

    rows: list[list[Value]] = [[name, *flat(values)] for name, values in sangong.rows]
    rows.append([f"合计（{len(sangong.rows)}个部门，万元）", *flat(sangong.sums)])
    rows += [[f"没有读出：{name}", *[""] * (len(head) - 1)] for name in sangong.unread]
    rows += [[f"没有计入：{name}", *[""] * (len(head) - 1)] for name in sangong.left_out]
    return ListSheet(f"三公经费{sangong.year}{sangong.kind}", tuple(head), rows)


def _name(record: Record) -> str:
    return record.department or record.file


def _first(record: Record) -> str:
    if record.why and not record.readable:
        return "".join(record.why)
    found = next((p for p in record.problems if p.level != "info"), None)
    return f"{found.where}：{found.message}" if found else ""


def page(summary: AuditSummary, at: str) -> bytes:
    """The page: static, self-contained; each department leads to its own page."""
    parts = [f"<p>{escape(at)}</p>", *(f"<p>{escape(line)}</p>" for line in headline(summary))]
    lists = sheets(summary)
    for made in lists:
        if made.name in ("问题明细", "主要数据"):
            continue
        numeric = [h in NUMERIC or (made.name.startswith("三公") and k > 0) for k, h in enumerate(made.header)]
        columns = [k for k, h in enumerate(made.header) if h != "结果文件夹"]
        head = "".join(f'<th scope="col">{escape(made.header[k])}</th>' for k in columns)
        body = []
        for number, row in enumerate(made.rows):
            cells = [_cell(row[k], numeric[k]) for k in columns]
            if made.name == "各部门" and row[-1]:
                record, folder = summary.ordered()[number]
                link = quote(f"{folder}/{stem_of(record.file)}.审核结果.html")
                cells[0] = f'<td><a href="{link}">{escape(str(row[0]))}</a></td>'
            body.append(f"<tr>{''.join(cells)}</tr>")
        parts.append(
            f'<h2>{escape(made.name)}（{len(made.rows)}）</h2><div class="wide" tabindex="0" role="region"'
            f' aria-label="{escape(made.name)}"><table><thead><tr>{head}</tr></thead><tbody>\n'
            + "\n".join(body)
            + "\n</tbody></table></div>"
        )
    return sheet("公开情况审核汇总", "\n".join(parts))


def _cell(value: Value, numeric: bool) -> str:
    text = f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
    return f'<td class="n">{escape(text)}</td>' if numeric else f"<td>{escape(text)}</td>"


def write_summary(summary: AuditSummary, folder: Path) -> tuple[Path, ...]:
    """The three files in the folder of the results."""
    now = datetime.now().astimezone()
    at = now.strftime("%Y-%m-%d %H:%M")
    files = {
        NAMES[0]: page(summary, at),
        NAMES[1]: write_lists("公开情况审核汇总", sheets(summary), now),
        NAMES[2]: (json.dumps({"at": at, **summary.as_json()}, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    return put_in_place(folder, files)
