"""Amounts of a block of rows that have slid up or down against another table or against their own total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.checks import Result, Status
from generator.model import CellRef, Figure
from generator.published import ReadTable, Row, Understood, cell_of_row

LEAST = 3  # rows that must have slid the same way
PAIRS = (
    ("expenditure", "general", "合计"), ("expenditure", "general", "基本支出"), ("expenditure", "general", "项目支出"),
    ("income", "expenditure", "合计"), ("expenditure", "by_function", "合计"), ("income", "general", "合计"),
)  # fmt: skip


@dataclass(frozen=True)
class Slide:
    """A block of cells that stands some rows away from where it belongs (``by`` > 0: too low)."""

    table: ReadTable
    column: str
    cells: tuple[CellRef, ...]
    first: str
    last: str
    by: int
    other: str

    def explains(self, result: Result) -> bool:
        return bool(set(self.cells) & set(result.cells))


def slides(document: Understood, results: Sequence[Result]) -> list[Slide]:
    """Every block that has slid.  Only looked for where relations are broken."""
    if sum(r.status is Status.FAILED for r in results) < LEAST:
        return []
    broken = {c for r in results if r.status is Status.FAILED for c in r.cells}
    out: list[Slide] = []
    for one, other, column in PAIRS:
        a, b = document.by_id.get(one), document.by_id.get(other)
        if a is None or b is None:
            continue
        for table, against in ((a, b), (b, a)):
            out += [s for s in _against(table, against, column) if set(s.cells) & broken and not _known(s, out)]
    for table in document.tables:
        out += [s for s in _within(table) if set(s.cells) & broken and not _known(s, out)]
    return out


def _known(slide: Slide, others: Sequence[Slide]) -> bool:
    return any(set(slide.cells) & set(o.cells) for o in others)


def _column(table: ReadTable, column: str) -> list[tuple[Row, Figure]]:
    return [(r, f) for r in table.rows if r.kind == "subject" and (f := cell_of_row(table, r, column)) is not None]


def _against(table: ReadTable, other: ReadTable, column: str) -> Iterator[Slide]:
    """A column against the same column of another table with the same codes."""
    own, theirs = _column(table, column), {r.code: f for r, f in _column(other, column)}
    if not own or len({r.code for r, _ in own}) != len(own) or sum(r.code in theirs for r, _ in own) < 0.8 * len(own):
        return
    values = [f.number for _, f in own]
    right = [theirs[r.code].number if r.code in theirs else None for r, _ in own]
    if sum(v == w for v, w in zip(values, right, strict=True)) < len(own) * 0.3:
        return
    yield from _blocks(table, column, own, values, right, f"《{other.title}》")


def _blocks(
    table: ReadTable,
    column: str,
    own: Sequence[tuple[Row, Figure]],
    values: Sequence[object],
    right: Sequence[object],
    other: str,
) -> Iterator[Slide]:
    for by in (1, -1, 2, -2):
        k = 0
        while k < len(own):
            end = k
            while (
                end < len(own)
                and 0 <= end - by < len(own)
                and values[end] == right[end - by]
                and (values[end] != right[end] or not values[end])
            ):
                end += 1
            block = [n for n in range(k, end) if values[n]]
            if len({values[n] for n in block if values[n] != right[n]}) >= LEAST:
                cells = tuple(own[n][1].cells[0] for n in range(k, end))
                first, last = (f"{own[n][0].code}{own[n][0].label}" for n in (k, end - 1))
                yield Slide(table, column, cells, first, last, by, other)
            k = max(end, k + 1)


def _within(table: ReadTable) -> Iterator[Slide]:
    """Of 合计 = 基本 + 项目, one column that fits its neighbours' rows instead of its own."""
    names = [c.terms for c in table.amounts()]
    if not all((n,) in names for n in ("合计", "基本支出", "项目支出")):
        return
    whole, basic, project = (_column(table, n) for n in ("合计", "基本支出", "项目支出"))
    if not len(whole) == len(basic) == len(project) > LEAST:
        return
    w, b, p = ([f.number for _, f in part] for part in (whole, basic, project))
    for name, own, should in (
        ("合计", whole, [x + y for x, y in zip(b, p, strict=True)]),
        ("基本支出", basic, [x - y for x, y in zip(w, p, strict=True)]),
        ("项目支出", project, [x - y for x, y in zip(w, b, strict=True)]),
    ):
        values = [f.number for _, f in own]
        if sum(v == s for v, s in zip(values, should, strict=True)) >= 0.3 * len(values):
            yield from _blocks(table, name, own, values, should, "本表的合计")
