"""For the leader who signs: the document with marks where it changed since the last one, and a sheet of what was checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.department.examination import Examined, examine
from generator.department.sides import side
from generator.files import DepartmentError
from generator.model import Align, Block, Document, Finding, Heading, Paragraph, Part, Severity, Span, Table, TableCell
from generator.versions import Difference, compare, existing, write_redline
from generator.writers import Writer, paginate, write_docx

MOST = 200  # changed numbers that the sheet lists; all of them are marked in the copy


@dataclass(frozen=True)
class Signing:
    """The two files, and what the copy is marked against (nothing where there is no version yet)."""

    sheet: bytes
    copy: bytes
    against: str
    errors: int


def signing(path: Path, since: str = "") -> Signing:
    """The sheet and the marked copy of a department as it stands.

    ``since``: the version it is marked against (as in ``diff``); by default the last one that was recorded.
    DepartmentError or StoreError where there is nothing to sign, or no such version.
    """
    examined = examine(path)
    if examined.document is None:
        raise DepartmentError(f"{path} 读不出来，请先用 juesuan check 检查。")
    new = side(str(path))
    spec = since or (f"{path}@上一版" if _recorded(path) else "")
    old = side(spec) if spec else new
    difference = compare(old, new)
    against = old.label if spec else ""
    return Signing(
        _alone(sheet(examined, difference, against)),
        write_redline(old.document, new.document),
        against,
        sum(1 for f in examined.findings if f.severity is Severity.ERROR),
    )


class _Sheet(Writer):
    """One sheet: no cover, no 目录."""

    def cover(self) -> Iterator[str]:
        return iter(())

    def contents(self) -> Iterator[str]:
        return iter(())


def _alone(document: Document) -> bytes:
    return write_docx(document, paginate(document), _Sheet)


def _recorded(path: Path) -> bool:
    store = existing(path if path.is_dir() else path.parent)
    if store is None:
        return False
    with store:
        return any(v.kind == "build" for v in store.versions())


def sheet(examined: Examined, difference: Difference, against: str) -> Document:
    """What was checked, what was said of it, and every number that changed."""
    document = difference.new.document
    name = f"{document.department}{document.year}年度{document.scope}{document.kind}公开文本"
    changes = list(_changes(difference))
    blocks: list[Block] = [
        Paragraph("signing.what", (Span(f"送审文件：{name}。"),)),
        Paragraph(
            "signing.against", (Span(f"修订标记对照：{against}。" if against else "以前没有生成过，没有修订标记。"),)
        ),
        _table("signing.checks", "检查结果", ("项目", "结果"), list(_checks(examined)), (24, 46)),
    ]
    asked = [f for f in examined.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
    if asked:
        rows = [(f.severity.chinese, f.message) for f in asked]
        blocks.append(_table("signing.findings", "错误和警告", ("级别", "内容"), rows, (8, 62)))
    if changes:
        more = f"（共{len(changes)}处，列出前{MOST}处）" if len(changes) > MOST else f"（共{len(changes)}处）"
        blocks.append(_table("signing.changes", f"改动的数{more}", ("位置", "原", "现"), changes[:MOST], (38, 16, 16)))
    elif against:
        blocks.append(Paragraph("signing.same", (Span("数字没有改动。"),)))
    for label in ("经办人：", "审核人：", "负责人：", "日期："):
        blocks.append(Paragraph(f"signing.{label}", (Span(label),)))
    head = Heading("signing", 1, (Span("送审单"),))
    part = Part("signing", head, tuple(blocks))
    return Document(
        f"送审单（{name}）", document.department, document.year, document.kind, (document.department, "送审单"), (part,),
        date=document.date, style=document.style,
    )  # fmt: skip


def _checks(examined: Examined) -> Iterator[tuple[str, str]]:
    counts = {s: _count(examined.findings, s) for s in Severity}
    coverage = examined.coverage
    yield (
        "勾稽和文字检查",
        f"通过{coverage['passed']}项，不符{coverage['failed']}项，不适用{coverage['not_applicable']}项，无法判断{coverage['cannot_tell']}项",
    )
    yield "问题", f"错误{counts[Severity.ERROR]}条，警告{counts[Severity.WARNING]}条，提示{counts[Severity.INFO]}条"
    yield "结论", "没有错误，可以公开" if examined.publishable else "有错误，不能公开"


def _count(findings: tuple[Finding, ...], severity: Severity) -> int:
    return sum(1 for f in findings if f.severity is severity)


def _changes(difference: Difference) -> Iterator[tuple[str, str, str]]:
    """Every printed number that is another one: in sentences by its name, in tables by its item."""
    for block in difference.blocks:
        cells = [s for s in block.sentences if s.where]
        for cell in cells:
            yield f"{block.place} {cell.where}".strip(), cell.old or "（空）", cell.new or "（空）"
        if not cells:
            yield from ((f"{block.place} {f.label}".strip(), f.old, f.new) for f in block.figures)


ALIGN: Align = "left"


def _table(
    name: str, title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]
) -> Table:
    return Table(
        id=name,
        title=title,
        header=(tuple(TableCell((Span(t),), align="center", bold=True) for t in heads),),
        body=tuple(tuple(TableCell((Span(t, "typed"),) if t else (), align=ALIGN) for t in row) for row in rows),
        widths=widths,
        role="inline",
        new_page=False,
        font_pt=10,
    )
