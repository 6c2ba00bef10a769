"""A published document against what was approved (a filled form or exported tables), and against last year's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from generator.audit.amounts import Bound, Reading
from generator.audit.faults import Fault, Spot, fault, printed, spot_of_cell, spot_of_text, table_of, wan
from generator.department import examine
from generator.files import PubCell, Publication, PubTable, PubText, read_publication
from generator.model import Document, Figure, Heading, Refusal, Table
from generator.packs import Pack
from generator.published import Paragraph, ReadTable, Row, Understood, cell, cell_label, flat, understand
from generator.workbook import read_stamp


class WorkbookError(Refusal):
    """The workbook to compare with cannot be read; the message is Chinese."""

    code = 2
    opening = "不能完成"


# ------------------------------------------------------------------ what was approved


def approved(path: Path, pack: Pack, like: Understood) -> tuple[Understood, Document | None]:
    """A filled form as the document it gives, or exported tables as they are."""
    if path.is_dir() or (path.suffix.lower() in (".xlsx", ".xlsm") and read_stamp(path).pack):
        examined = examine(path)
        if examined.document is None:
            raise WorkbookError(f"填报表 {path.name} 读不出来，不能用来核对。")
        return understand(as_publication(examined.document), pack, like.words), examined.document
    read = read_publication(path)
    if not read.blocks:
        raise WorkbookError(f"{path.name}：{read.findings[0].message}")
    return understand(read, pack, like.words), None


def as_publication(document: Document) -> Publication:
    """A composed document as one that was read."""
    out = Publication(document.title, "docx")
    out.blocks += [PubText(line, center=True) for line in document.cover]
    out.blocks.append(PubText(document.toc_title, center=True))
    out.blocks += [PubText(entry.in_toc) for entry in document.contents()]
    for block in document.blocks():
        if isinstance(block, Table):
            lines = (
                block.title,
                block.subtitle,
                block.number,
                " ".join(filter(None, (block.left, block.middle, block.right))),
            )
            out.blocks += [PubText(line, center=True) for line in lines if line]
            out.blocks.append(_table(block))
            out.blocks += [PubText("".join(s.text for s in note)) for note in block.notes]
        elif isinstance(block, Heading):
            out.blocks.append(PubText(block.text, style=f"h{block.level}"))
        elif block.text:
            out.blocks.append(PubText(block.text))
    return out


def _table(table: Table) -> PubTable:
    rows = (*table.header, *table.body)
    width = len(table.widths)
    cells: list[PubCell] = []
    taken: set[tuple[int, int]] = set()
    for i, row in enumerate(rows):
        j = 0
        for one in row:
            while (i, j) in taken:
                j += 1
            cells.append(PubCell(one.text, i, j, one.rowspan, one.colspan))
            taken |= {(r, c) for r in range(i, i + one.rowspan) for c in range(j, j + one.colspan)}
            j += one.colspan
    full = [[""] * width for _ in rows]
    for found in cells:
        if found.column < width:
            full[found.row][found.column] = found.text
    return PubTable(tuple(map(tuple, full)), tuple(cells), heads=len(table.header))


def check_approved(reading: Reading, other: Understood, document: Document | None) -> Iterator[Fault]:
    """Cell by cell, and sentence by sentence where the form gives a text."""
    for table in reading.document.tables:
        theirs = other.by_id.get(table.id) if table.id else None
        if theirs is not None and table.rows and reading.document.by_id.get(table.id) is table:
            yield from _cells(reading.document, table, theirs)
    if document is not None:
        yield from _sentences(
            reading, [b.text for b in document.blocks() if not isinstance(b, Table | Heading) and b.text]
        )


def _cells(document: Understood, table: ReadTable, other: ReadTable) -> Iterator[Fault]:
    theirs = {(k, t): f for k, t, f, _ in _named(other)}
    own = {(k, t): (f, n) for k, t, f, n in _named(table)}
    for key, (figure, name) in own.items():
        wanted = theirs.pop(key, None)
        if wanted is None or figure.missing or wanted.missing:
            continue
        gap = abs(figure.number - wanted.number)
        if gap > figure.margin + wanted.margin:
            yield fault(
                "SH-301", [spot_of_cell(document, figure.cells[0])], f"approved {key}", table=table.title, cell=name,
                actual=printed(figure.number, table.unit), expected=printed(wanted.number, table.unit),
                difference=printed(gap, table.unit), unit=table.unit,
            )  # fmt: skip
    rows = {r.key for r in table.rows}
    for (row, _), figure in theirs.items():
        if figure and row[1] not in rows and row[1].isdigit():
            yield fault(
                "SH-301/none", [Spot(table.source.page, table.title, table.title)], f"approved row {row[1]}", table=table.title,
                cell=figure.label, expected=printed(figure.number, table.unit), actual="",
            )  # fmt: skip


def _named(table: ReadTable) -> Iterator[tuple[tuple[int, str], tuple[str, ...], Figure, str]]:
    """Every amount by row and column, each name once."""
    seen: dict[tuple[tuple[int, str], tuple[str, ...]], int] = {}
    for row in table.rows:
        for column in table.amounts(row.side):
            if column.index in row.figures and row.key:
                key = ((row.side if not row.code else 0, row.key), _column_name(table, row, column.terms))
                seen[key] = seen.get(key, 0) + 1
                if seen[key] == 1:
                    yield key[0], key[1], row.figures[column.index], cell_label(table, row, column)


def _column_name(table: ReadTable, row: Row, terms: tuple[str, ...]) -> tuple[str, ...]:
    return () if len(table.amounts(row.side)) == 1 else terms


def _sentences(reading: Reading, wanted: Sequence[str]) -> Iterator[Fault]:
    """Paragraphs that differ from those that the form gives."""
    published = list(reading.document.paragraphs)
    everything = {flat(b.text) for b in reading.document.publication.texts()}
    have = [flat(p.text) for p in published]
    want = [flat(w) for w in wanted]
    matcher = difflib.SequenceMatcher(None, want, have, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal" or tag == "insert":
            continue
        left = list(range(b0, b1))
        for k in (n for n in range(a0, a1) if want[n] not in everything):
            close = max(left, key=lambda n: _alike(want[k], have[n]), default=None)
            if close is not None and _alike(want[k], have[close]) > 0.7:
                left.remove(close)
                yield _differs(published[close], have[close], want[k])
            elif len(want[k]) > 12 and want[k] not in "".join(have):
                yield fault(
                    "SH-302/none", [Spot(0, wanted[k][:40])], f"text {want[k][:30]}", expected=wanted[k][:60], actual=""
                )


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).quick_ratio()


def _differs(paragraph: Paragraph, have: str, want: str) -> Fault:
    """Where two sentences part."""
    start = next((k for k, (a, b) in enumerate(zip(want, have, strict=False)) if a != b), min(len(want), len(have)))
    end = next((k for k, (a, b) in enumerate(zip(reversed(want), reversed(have), strict=False)) if a != b), 0)
    left = max(0, start - 12)
    spot = spot_of_text(paragraph, start, max(start + 1, len(have) - end))
    return fault(
        "SH-302", [spot], f"text {have[:30]} {start}", expected=want[left : max(start + 1, len(want) - end) + 6],
        actual=have[left : max(start + 1, len(have) - end) + 6],
    )  # fmt: skip


# ------------------------------------------------------------------ last year


def check_last(reading: Reading, last: Understood) -> Iterator[Fault]:
    """Last year's amounts as this year's text has them or implies them, against last year's document."""
    if (
        last.identity.kind == reading.document.identity.kind
        and last.identity.year == reading.document.identity.year - 1
    ):
        yield from _bases(reading, last)
        yield from _carried(reading, last)
    yield from _copied(reading, last)


def _bases(reading: Reading, last: Understood) -> Iterator[Fault]:
    for paragraph in reading.document.paragraphs:
        bound = reading.by_paragraph[paragraph.block]
        for k, one in enumerate(bound):
            if one.mention.aspect == "change":
                now = _current(reading, bound, k)
                if now is None:
                    continue
                names, value, half = now
                step = one.mention.quantity
                before = value - one.mention.sign * step.value
                yield from _held(last, one, names, before, half + step.half, implied=True)
            elif one.mention.aspect == "prior" and "执行" not in one.mention.label:
                again = replace(one.mention, aspect="own", year=reading.document.identity.year)
                names = [c.name for c in reading.binder.candidates(again)]
                yield from _held(last, one, names, one.mention.quantity.value, one.mention.quantity.half, implied=False)


def _current(reading: Reading, bound: Sequence[Bound], k: int) -> tuple[list[str], Decimal, Decimal] | None:
    """The cells that a change is a change of, and what stands in them now."""
    step = bound[k].mention
    if step.core:
        again = replace(step, aspect="own", sign=0)
        found = reading.binder.candidates(again)
        if found:
            return [c.name for c in found], found[0].figure.number, found[0].figure.margin
    before = bound[k - 1] if k else None
    if before is None or not before.candidates or before.fits is None:
        return None
    between = step.paragraph.text[before.mention.quantity.end : step.quantity.start]
    if not re.fullmatch(r"[，,、。]?(?:与|比|较)?[^，。；\d]{0,12}(?:20\d\d年)?(?:度)?[^，。；\d]{0,12}", between):
        return None
    return [c.name for c in before.candidates], before.fits.figure.number, before.fits.figure.margin


def _held(
    last: Understood,
    one: Bound,
    names: Sequence[str],
    value: Decimal,
    half: Decimal,
    *,
    implied: bool,
) -> Iterator[Fault]:
    figures = [f for n in names if (f := _last_figure(last, n)) is not None and not f.missing]
    if not figures or any(abs(f.number - value) <= half + f.margin + Decimal(1) for f in figures):
        return
    best = figures[0]
    mention = one.mention
    spot = spot_of_text(mention.paragraph, mention.quantity.start, mention.quantity.end)
    theirs = spot_of_cell(last, best.cells[0]) if best.cells else Spot()
    yield fault(
        "SH-311/implied" if implied else "SH-311", [spot], f"last {spot.text}", said=spot.text, actual=f"{wan(value)}万元",
        table=table_of(last, best), cell=" ".join(filter(None, (theirs.row, theirs.column))), expected=f"{wan(best.number)}万元",
    )  # fmt: skip


def _last_figure(last: Understood, name: str) -> Figure | None:
    parts = name.split(":")
    if len(parts) == 3 and parts[1].isdigit():
        table = last.by_id.get(parts[0])
        if table is None:
            return None
        return cell(last, name) or Figure(Decimal(0))
    return cell(last, name)


def _carried(reading: Reading, last: Understood) -> Iterator[Fault]:
    """年初结转 of this year is 年末结转 of last year."""
    for now, before in (
        ("summary:收入.年初结转", "summary:支出.年末结转"),
        ("fiscal:收入.年初结转", "fiscal:支出.年末结转:合计"),
    ):
        opening, closing = cell(reading.document, now), cell(last, before)
        if opening is None or closing is None or opening.missing or closing.missing:
            continue
        if abs(opening.number - closing.number) > opening.margin + closing.margin:
            spot = spot_of_cell(reading.document, opening.cells[0])
            theirs = spot_of_cell(last, closing.cells[0])
            made = fault(
                "SH-311", [spot], f"carried {now}", said=f"{spot.table}{spot.row}", actual=f"{wan(opening.number)}万元",
                table=theirs.table, cell=theirs.row, expected=f"{wan(closing.number)}万元",
            )  # fmt: skip
            yield made.doubtful()  # carried-over money may be adjusted by law


def _copied(reading: Reading, last: Understood) -> Iterator[Fault]:
    """Paragraphs that are last year's to the letter, with last year's year in them."""
    year = last.identity.year
    theirs = {flat(p.text) for p in last.paragraphs if re.search(rf"{year}年", p.text)}
    for paragraph in reading.document.paragraphs:
        text = re.sub(r"《[^《》]*》", "", flat(paragraph.text))
        at = paragraph.text.find(f"{year}年")
        if flat(paragraph.text) in theirs and at >= 0 and re.search(rf"{year}年", text) and len(text) > 16:
            spot = spot_of_text(paragraph, at, at + 5)
            yield fault("SH-312", [spot], f"copied {spot.text}", said=spot.text)
