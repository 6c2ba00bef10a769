"""Amounts that are ten to ten thousand times what they should be near: 元 and 万元 mixed up, a digit too many.

What a figure should be near is told by the pack: last year's by this year's, the budget by what came of it, an entry of a
list by the table it explains.  One figure may really have grown tenfold; a whole sheet or column that is off by the
same power of ten has not, nor has the total of a department.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.checks._rules import Examination, Problem, problem, rule
from generator.model import CellRef, Figure, SubjectRow, unite

CLOSE = Decimal("0.35")  # of a power of ten: 4.5 to 22 for ten
TENFOLD = Decimal("0.75")  # six times and more, since years differ
POWERS = (1, 2, 3, 4)
SOME = 3  # figures that speak for a sheet
PART = Decimal("0.6")  # of them
TOTAL_SHARE, SHARE = Decimal("0.3"), Decimal("0.02")  # of what the department has in all
BEYOND, FAR_BEYOND = 20, 900  # times what the department has in all
HUGE = Decimal(10) ** 13
SEVERAL = 10**11  # 元: departments of more are asked about


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure that was typed and one it should be near."""

    label: str
    typed: Figure
    near: Figure
    swings: bool = False  # balances may be anything
    column: str = ""  # of a list

    @property
    def power(self) -> Decimal:
        """How many powers of ten the typed one is above (below: negative) the other."""
        return (abs(self.typed.number) / abs(self.near.number)).log10()

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return unite(self.typed.cells, self.near.cells)


@rule("TX-391")
def magnitude(e: Examination) -> Iterator[Problem]:
    """Figures that are powers of ten away from what they should be near."""
    pairs = [p for p in _pairs(e) if p.typed.number and p.near.number]
    whole = _whole(e)
    told: set[CellRef] = set()
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(_group(pair), []).append(pair)
    for name, group in groups.items():
        power = _common(group)
        if power:
            off = [p for p in group if abs(p.power - power) <= CLOSE]
            told |= {c for p in off for c in p.typed.cells}
            way = "大" if power > 0 else "小"
            cells = unite(*(p.typed.cells for p in off))[:12]
            yield problem(cells, "sheet", sheet=name, count=len(off), ratio=f"{10 ** abs(power):,}", way=way)
    for pair in pairs:
        if told.isdisjoint(pair.typed.cells) and (case := _single(pair, whole)):
            ratio = 10 ** abs(pair.power)
            yield problem(pair.cells, case.removeprefix("one"), label=pair.label, ratio=f"{ratio:,.0f}")
            told |= set(pair.typed.cells)
    for label, figure in amounts_of(e):
        if abs(figure.number) >= HUGE:
            yield problem(figure.cells, "huge", label=label)
        elif whole and told.isdisjoint(figure.cells) and _typed_beside(e, figure):
            ratio = abs(figure.number) / whole
            if ratio > BEYOND:
                case = "beyond" if ratio > FAR_BEYOND else "large"
                yield problem(figure.cells, case, label=label, ratio=f"{ratio:,.0f}")
    if whole >= SEVERAL:
        yield problem((), "several", amount=f"{whole / 10**8:,.0f}")


def _group(pair: Pair) -> str:
    """A sheet; in a list each column by itself."""
    sheet = pair.typed.cells[0].sheet if pair.typed.cells else ""
    return f"{sheet}”的“{pair.column}" if pair.column else sheet


def _common(group: Sequence[Pair]) -> int:
    """The power of ten by which most figures of a sheet are off; 0 where there is none."""
    steady = [p for p in group if not p.swings]
    for power in (k * s for k in reversed(POWERS) for s in (1, -1)):
        off = sum(abs(p.power - power) <= CLOSE for p in steady)
        least = 2 if abs(power) > 2 else SOME
        if off >= least and off >= PART * len(steady):
            return power
    return 0


def _single(pair: Pair, whole: Decimal) -> str:
    """How grave one figure by itself is: an error for what is a large part of all, a question for what is not."""
    power = abs(pair.power)
    larger = max(abs(pair.typed.number), abs(pair.near.number))
    if not whole or pair.swings:
        return "one" if power >= Decimal("3.3") else ""
    if power >= TENFOLD and larger >= TOTAL_SHARE * whole:
        return "total"
    if power >= 2 and larger >= SHARE * whole:
        return "total"
    return "one" if power >= 3 or (power >= 1 and larger >= SHARE * whole) else ""


def _whole(e: Examination) -> Decimal:
    """What the department has in all: the largest amount of the statutory tables."""
    figures = [f for t in e.submission.tables.values() for f in t.slots.values()]
    figures += [f for t in e.submission.tables.values() for f in t.totals.values() if isinstance(f, Figure)]
    return max((abs(f.number) for f in figures), default=Decimal(0))


def _typed_beside(e: Examination, figure: Figure) -> bool:
    """Whether an amount was typed beside the statutory tables."""
    sheets = {t.sheet for t in e.submission.tables.values()}
    return bool(figure.cells) and figure.cells[0].sheet not in sheets


# ------------------------------------------------------------------ what should be near what


def _pairs(e: Examination) -> Iterator[Pair]:
    seen: set[tuple[CellRef, ...]] = set()
    for pair in (*_fields(e), *_compared(e), *_lists(e)):
        if pair.typed.cells and pair.typed.cells not in seen:
            seen.add(pair.typed.cells)
            yield pair


def _fields(e: Examination) -> Iterator[Pair]:
    """Fields with the figure of this year that the pack names: last year's figure, the budget."""
    pack = e.compiled.pack
    for spec in pack.in_force(pack.fields, e.context.year):
        made = e.compiled.fields.get(spec.id)
        near = (made.near or made.last) if made and spec.type == "amount" else None
        group, _, name = spec.id.partition(".")
        record = e.submission.groups.get(group)
        typed = record.data.get(name) if record else None
        if near is None or not isinstance(typed, Figure):
            continue
        found = near(e.context.members)
        if isinstance(found, Figure) and found.cells != typed.cells:
            yield Pair(spec.label, typed, found, spec.negative)


def _compared(e: Examination) -> Iterator[Pair]:
    """The two figures of a comparison that a reason explains."""
    for spec, _, current, base in e.compared:
        yield Pair(spec.title, base, current, current.number < 0 or base.number < 0)


def _lists(e: Examination) -> Iterator[Pair]:
    """Amounts of a list with the figure of the table that stands beside them."""
    pack = e.compiled.pack
    for name, records in e.submission.lists.items():
        spec = pack.lists.get(name)
        beside = (
            next((c.lookup for c in spec.columns if c.lookup and not c.lookup.endswith(".name")), "") if spec else ""
        )
        table, _, column = beside.partition(".")
        data = e.submission.tables.get(table)
        if spec is None or data is None or not spec.key:
            continue
        known: dict[str, list[SubjectRow]] = {}
        for row in data.rows:
            known.setdefault(row.code, []).append(row)
        for record in records:
            code = str(record.get(spec.key) or "")
            found = [v for r in known.get(code, ()) if isinstance(v := r.cells.get(column), Figure) and not v.blank]
            for entry in spec.columns if found else ():
                typed = record.data.get(entry.id)
                if entry.type == "amount" and isinstance(typed, Figure):
                    near = sum(found[1:], found[0])
                    yield Pair(f"{spec.title}{code}{entry.label}", typed, near, column=entry.label)


def amounts_of(e: Examination) -> Iterator[tuple[str, Figure]]:
    """Every amount of money that was entered, by its label."""
    for table in e.submission.tables.values():
        values = [*table.slots.values(), *(v for v in table.totals.values() if isinstance(v, Figure))]
        values += [v for row in table.rows for v in row.cells.values() if isinstance(v, Figure)]
        yield from ((f.label or table.sheet, f) for f in values if not f.blank and f.unit == "元")
    for group, record in e.submission.groups.items():
        for name, value in record.items():
            spec = e.compiled.pack.fields.get(f"{group}.{name}")
            if isinstance(value, Figure) and spec and spec.type == "amount" and not value.blank:
                yield spec.label, value
