"""A difference for people: as text, as a page, and as the 更正说明 that is published."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from generator.model import Align, Document, Heading, Paragraph, Part, Span, Table, TableCell
from generator.versions.diff import BlockChange, Difference, SentenceChange

KINDS = {"changed": "改动", "added": "增加", "removed": "删去", "moved": "移动"}


def pages(change: BlockChange) -> str:
    """第6页, or 第6页（原第5页）."""
    now, was = change.page_new, change.page_old
    if not now:
        return f"原第{was}页"
    return f"第{now}页" if not was or was == now else f"第{now}页（原第{was}页）"


def as_text(difference: Difference) -> Iterator[str]:
    """Line by line: cells, then sentences with their figures and pages, then the 目录."""
    yield f"原：{difference.old.label}"
    yield f"新：{difference.new.label}"
    if difference.same:
        yield "没有不同。"
        return
    yield f"填报内容有 {len(difference.cells)} 处不同："
    for cell in difference.cells:
        place = "、".join(cell.cells[:3]) or "（没有单元格）"
        yield f"  {place}  {cell.label}：{cell.old or '（空）'} → {cell.new or '（空）'}"
    yield f"文本有 {len(difference.blocks)} 段（表）不同："
    for block in difference.blocks:
        because = f"  因 {'、'.join(block.cells)}" if block.cells else ""
        yield f"  {pages(block)}  {block.place or '文本'}  {KINDS[block.kind]}{because}"
        for figure in block.figures:
            yield f"      数 {figure.label or '、'.join(figure.cells)}：{figure.old} → {figure.new}"
        for sentence in block.sentences:
            where = f"{sentence.where}：" if sentence.where else ""
            yield f"      {where}{inline(sentence)}"
    if difference.pages:
        yield "目录页码变动："
        yield from (f"  {p.title}：第{p.old}页 → 第{p.new}页" for p in difference.pages)


def inline(sentence: SentenceChange) -> str:
    """One line with what goes in [-…-] and what comes in {+…+}."""
    marks = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in sentence.ops).replace("\n", "／")


PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>
body{{font:16px/1.7 "Noto Sans SC","Microsoft YaHei",sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1a1a1a}}
h1{{font-size:1.4em}}h2{{font-size:1.15em;margin-top:2em;border-bottom:1px solid #bbb}}table{{border-collapse:collapse;width:100%}}
td,th{{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}}th{{background:#f3f3f3}}
ins{{background:#d8f5d8;text-decoration:none;border-bottom:2px solid #2e7d32}}del{{background:#fde0e0;color:#8a1c1c}}
.place{{color:#555;font-size:.9em}}.why{{color:#555;font-size:.9em}}section{{margin:1.2em 0}}p{{margin:.3em 0}}
@media print{{body{{margin:0}}}}</style></head><body>
"""


def as_html(difference: Difference) -> bytes:
    """A page of its own, without outside resources."""
    out = [
        PAGE.format(title="版本对照"),
        f"<h1>版本对照</h1><p>原：{escape(difference.old.label)}<br>新：{escape(difference.new.label)}</p>",
    ]
    if difference.same:
        out.append("<p>没有不同。</p>")
    if difference.cells:
        rows = "".join(
            f"<tr><td>{escape('、'.join(c.cells) or '（没有单元格）')}</td><td>{escape(c.label)}</td><td><del>{escape(c.old or '（空）')}</del></td><td><ins>{escape(c.new or '（空）')}</ins></td></tr>"
            for c in difference.cells
        )
        out.append(
            f"<h2>填报内容（{len(difference.cells)} 处）</h2><table><tr><th>单元格</th><th>内容</th><th>原</th><th>新</th></tr>{rows}</table>"
        )
    if difference.blocks:
        out.append(f"<h2>文本（{len(difference.blocks)} 段或表）</h2>")
    tags = {"equal": "{}", "delete": "<del>{}</del>", "insert": "<ins>{}</ins>"}
    for block in difference.blocks:
        why = f'<p class="why">因 {escape("、".join(block.cells))}</p>' if block.cells else ""
        lines = "".join(
            f"<p>{escape(s.where)}{'：' if s.where else ''}{''.join(tags[k].format(escape(t)) for k, t in s.ops)}</p>"
            for s in block.sentences
        )
        head = f"{pages(block)}　{block.place or '文本'}　{KINDS[block.kind]}"
        out.append(f'<section><p class="place">{escape(head)}</p>{lines}{why}</section>')
    if difference.pages:
        out.append(
            "<h2>目录页码</h2><ul>"
            + "".join(f"<li>{escape(p.title)}：第{p.old}页 → 第{p.new}页</li>" for p in difference.pages)
            + "</ul>"
        )
    return ("".join(out) + "</body></html>\n").encode()


# ------------------------------------------------------------------ 更正说明


def notice(difference: Difference, reason: str, date: str = "") -> Document:
    """The 更正说明 for publication: what changed and why, as a Document for any writer.

    ``reason``: of the 更正.  ``date``: of publication (ISO), printed at the end where given.
    """
    new = difference.new.document
    name = f"{new.department}{new.year}年度{new.scope}{new.kind}公开文本"
    head = Heading("notice", 1, (Span(f"关于更正{name}的说明"),), toc=True)
    rows = tuple(
        tuple(
            TableCell((Span(text, "typed"),) if text else (), align=align)
            for text, align in zip(row, ALIGN, strict=True)
        )
        for row in _rows(difference)
    )
    table = Table(
        id="notice.table",
        title="更正内容",
        header=(tuple(TableCell((Span(t),), align="center", bold=True) for t in ("序号", "位置", "更正前", "更正后")),),
        body=rows,
        widths=(4, 18, 24, 24),
        role="inline",
        new_page=False,
        font_pt=10,
    )
    said = reason.strip().rstrip("。") or "有关内容有误"
    blocks: list[Paragraph | Table] = [
        Paragraph(
            "notice.why",
            (Span("我单位已公开的《"), Span(name, "name"), Span("》，因"), Span(said, "typed"), Span("，现更正如下：")),
        ),
        table if rows else Paragraph("notice.none", (Span("文本内容没有变化。"),)),
        Paragraph("notice.rest", (Span("除上述内容外，其他内容不变。特此说明。"),)),
        Paragraph("notice.sign", (Span(new.department, "name"),), "center"),
    ]
    if date:
        year, month, day = date.split("-")
        blocks.append(Paragraph("notice.date", (Span(f"{int(year)}年{int(month)}月{int(day)}日", "date"),), "center"))
    part = Part("notice", head, tuple(blocks))
    return Document(
        f"更正说明（{name}）",
        new.department,
        new.year,
        new.kind,
        (new.department, "更正说明"),
        (part,),
        date=date or new.date,
        style=new.style,
    )


ALIGN: tuple[Align, ...] = ("center", "left", "left", "left")


def plain_lines(document: Document) -> Iterator[str]:
    """The 更正说明 as lines of text, the rows of its table in their place."""
    for block in document.blocks():
        if isinstance(block, Table):
            yield from ("｜".join(c.text for c in row) for row in (*block.header, *block.body))
        else:
            yield block.text


def _rows(difference: Difference) -> Iterator[tuple[str, str, str, str]]:
    number = 0
    for block in difference.blocks:
        place = f"{block.place}（{pages(block)}）" if block.place else pages(block)
        if block.kind == "moved" and not block.sentences:
            number += 1
            yield str(number), place, "（段落位置）", "段落移至此处"
        for sentence in block.sentences:
            number += 1
            where = f"{place} {sentence.where}" if sentence.where else place
            yield str(number), where, sentence.old.strip() or "（无）", sentence.new.strip() or "（删去）"
