"""What goes to a department and stays with the bureau, from one record: the checklist, the opinion, the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from generator.audit.results.checklist import VERDICTS, Row, timely
from generator.audit.results.record import LEVELS, Problem, Record
from generator.files import Entry, printable
from generator.writers import CheckLine, Checklist, Letter, LetterHeading, LetterTable, write_checklist, write_letter

TIMELY = "及时性"
NOTES = (
    "“是”：没有发现问题；“否”：有不符；“待核”：有存疑之处，请检查人看过后改为“是”或“否”；空白：文件本身看不出，请检查人填写。",
    "金额、文字由程序与公开文件自身的报表核对；标明“请核对”的，请以原件为准。",
)
HEAD = ("检查内容", "符合要求", "问题")


def checked(record: Record, entry: Entry | None) -> tuple[Row, ...]:
    """The rows with what the roster knows."""
    return tuple(timely(r, entry) if r.id == TIMELY else r for r in record.rows)


def checklist(record: Record, entry: Entry | None = None) -> bytes:
    """公开情况检查表 as a workbook."""
    url = entry.url if entry else ""
    title = f"{record.what}公开情况检查表" if record.year else "公开情况检查表"
    rows = checked(record, entry) or (Row("", "", "公开文件", "否", record.why or ("文件没有读出。",)),)
    lines = [CheckLine(r.group, r.name, r.verdict, r.problems) for r in rows]
    fields = [("部门名称", record.department or record.file), ("公开网址", printable(url)), ("公开文件", record.file)]
    return write_checklist(Checklist(title, fields, HEAD, lines, VERDICTS, NOTES))


# ------------------------------------------------------------------ the opinion


def opinion(record: Record, day: str) -> bytes:
    """审核意见 as a Word file.  ``day``: the day it is of, as it is to be printed."""
    who = record.department or record.file
    grave = [p for p in record.problems if p.level == "error"]
    doubt = [p for p in record.problems if p.level == "warning"]
    blocks: list[str | LetterHeading | LetterTable] = [f"{who}："]
    if not record.readable:
        blocks.append(f"你部门（单位）的公开文件“{record.file}”没有读出：{''.join(record.why)}请重新提供。")
    elif not grave and not doubt:
        blocks.append(f"你部门（单位）的{record.what}公开文本已经核对，没有发现问题。")
    else:
        parts = [f"应当改正的{len(grave)}条" if grave else "", f"请核对的{len(doubt)}条" if doubt else ""]
        blocks.append(f"你部门（单位）的{record.what}公开文本已经核对，有{'、'.join(filter(None, parts))}，意见如下。")
    for title, problems in (("应当改正的", grave), ("请核对的", doubt)):
        if problems:
            number = "一" if title == "应当改正的" or not grave else "二"
            blocks += [LetterHeading(f"{number}、{title}"), _problems(problems)]
    if record.more:
        blocks.append(f"另有{record.more}条没有列出，改正后请再核对一次。")
    if grave:
        blocks.append("请改正后重新公开。对意见有不同看法的，请说明理由。")
    title = f"关于{record.what}公开文本的审核意见"
    return write_letter(Letter(title, blocks, (day,) if day else ()))


def _problems(problems: Sequence[Problem]) -> LetterTable:
    rows = [(str(k), p.where, p.message, p.hint) for k, p in enumerate(problems, 1)]
    return LetterTable(("序号", "位置", "问题", "怎样处理"), (7, 14, 54, 25), rows)


# ------------------------------------------------------------------ the page

STYLE = """
body { font: 15px/1.65 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1c2733; background: #fff; }
h1 { font-size: 1.45rem; margin-bottom: .2rem; } h2 { font-size: 1.12rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; } th, td { border: 1px solid #b9c6d3; padding: .35rem .55rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #e6eef6; white-space: nowrap; } .n { text-align: right; white-space: nowrap; } .k { white-space: nowrap; }
.error { border-left: .35rem solid #b3261e; } .warning { border-left: .35rem solid #b7791f; } .info { border-left: .35rem solid #6b7c8c; }
li.f { list-style: none; padding: .4rem .8rem; margin: .5rem 0; background: #f6f8fa; } ol, ul.files { padding-left: 0; }
.f b { margin-right: .6rem; } .q { color: #44525f; font-size: 13.5px; } .no { color: #a11d16; font-weight: bold; }
a { color: #0b57a4; } .wide { overflow-x: auto; } ul.files li { display: inline-block; margin-right: 1.2rem; }
"""


def sheet(title: str, body: str) -> bytes:
    """A page that stands alone."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n"
    ).encode()


def page(record: Record, entry: Entry | None = None, beside: Mapping[str, str] | None = None) -> bytes:
    """The result of one document as a web page.  ``beside``: files in the same folder, by what they are called."""
    from urllib.parse import quote

    parts = [f"<p>{escape(record.department or '没有认出部门名称')}　{escape(record.what)}　{escape(record.file)}</p>"]
    parts += [f'<p class="no">没有读出：{escape(w)}</p>' for w in record.why]
    told = "，".join(f"{LEVELS[k]} {record.count(k)} 条" for k in LEVELS)
    counts = record.counts
    parts.append(
        f"<p>{told}。核对了：通过 {counts.get('passed', 0)}，不符 {counts.get('failed', 0)}，"
        f"不适用 {counts.get('not_applicable', 0)}，无法判断 {counts.get('cannot_tell', 0)}。</p>"
    )
    if beside:
        links = "".join(f'<li><a href="{quote(f)}">{escape(n)}</a></li>' for n, f in beside.items())
        parts.append(f'<ul class="files">{links}</ul>')
    for level, name in LEVELS.items():
        own = [p for p in record.problems if p.level == level]
        if own:
            parts.append(f"<h2>{name}（{len(own)} 条）</h2><ol>{''.join(map(_item, own))}</ol>")
    if record.more:
        parts.append(f"<p>还有 {record.more} 条没有列出。</p>")
    rows = "".join(
        f'<tr><td>{escape(r.name)}</td><td class="k{" no" if r.verdict == "否" else ""}">{escape(r.verdict)}</td>'
        f"<td>{'<br>'.join(map(escape, r.problems))}</td></tr>"
        for r in checked(record, entry)
    )
    if rows:
        head = "".join(f'<th scope="col">{h}</th>' for h in HEAD)
        parts.append(f"<h2>公开情况检查表</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    return sheet(f"{record.department or record.file}　审核结果", "\n".join(parts))


def _item(problem: Problem) -> str:
    quotes = "".join(
        f'<div class="q">{escape(_place(s.page, s.table, s.row, s.column))}{escape(s.text)}</div>'
        for s in problem.spots
        if s.text
    )
    return (
        f'<li class="f {escape(problem.level)}"><b>{escape(problem.where)}</b>{escape(problem.title)}'
        f"<div>{escape(problem.message)}</div>{quotes}<div>{escape(problem.hint)}</div></li>"
    )


def _place(page: int, table: str, row: str, column: str) -> str:
    cell = "　".join(filter(None, (row, column)))
    where = f"《{table}》{cell}" if table else ""
    return f"第{page}页　{where}：" if page else f"{where}：" if where else "原文："
