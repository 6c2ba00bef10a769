"""``python -m tools.proof.mutate``: change every single amount of the nine tables and see whether it is found.

Each written amount is changed in turn (by 1.00 万元, two digits swapped, ten times, deleted) in the
consistent tables of a real department.  Counted: found (some equation with the cell breaks), and
named (the cell is named first, or stands in the smallest set that the broken equations allow).
Amounts that stand in no equation are listed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from generator.checks import Result, Status
from generator.checks.formulas import run_formulas
from generator.checks.suspects import arrange
from generator.department import examine
from generator.model import CellRef, Figure, Submission, TableData
from generator.packs import CompiledPack, Context, load

ROOT = Path(__file__).resolve().parent.parent.parent
WAN = Decimal(10000)
Change = Callable[[Decimal], Decimal | None]


def swapped(value: Decimal) -> Decimal | None:
    """Two neighbouring digits that differ, exchanged; nothing where all are the same."""
    digits = list(f"{abs(value / WAN):.2f}")
    for k in range(len(digits) - 1, 0, -1):
        if "." not in digits[k - 1 : k + 1] and digits[k] != digits[k - 1] and k <= len(digits) - 1:
            digits[k - 1], digits[k] = digits[k], digits[k - 1]
            made = Decimal("".join(digits)) * WAN
            return made if made != abs(value) else None
    return None


CHANGES: dict[str, Change] = {
    "加 1.00": lambda v: v + WAN,
    "两位数字对调": swapped,
    "乘以 10": lambda v: v * 10 if v else None,
    "删除": lambda _: None,
}


@dataclass
class Tally:
    """What came of all changes."""

    tried: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


def amounts(table: TableData) -> Iterator[tuple[str, Figure]]:
    """Every written amount of a table with its place in it."""
    for slot, figure in table.slots.items():
        if not figure.blank:
            yield f"slot:{slot}", figure
    for column, value in table.totals.items():
        if isinstance(value, Figure) and not value.blank:
            yield f"total:{column}", value
    for number, row in enumerate(table.rows):
        for column, value in row.cells.items():
            if isinstance(value, Figure) and not value.blank:
                yield f"row:{number}:{column}", value


def with_amount(submission: Submission, table_id: str, place: str, figure: Figure) -> Submission:
    """The submission with one amount replaced."""
    table = submission.tables[table_id]
    kind, _, rest = place.partition(":")
    if kind == "slot":
        table = replace(table, slots={**table.slots, rest: figure})
    elif kind == "total":
        table = replace(table, totals={**table.totals, rest: figure})
    else:
        number, _, column = rest.partition(":")
        rows = list(table.rows)
        rows[int(number)] = replace(rows[int(number)], cells={**rows[int(number)].cells, column: figure})
        table = replace(table, rows=tuple(rows))
    return replace(submission, tables={**submission.tables, table_id: table})


def judge(compiled: CompiledPack, submission: Submission, cell: CellRef, known: set[str]) -> tuple[bool, bool]:
    """Whether a changed cell is found, and whether it is named."""
    context: Context = compiled.context(submission)
    results = run_formulas(compiled, context)
    failed = [r for r in results if r.status is Status.FAILED and key(r) not in known]
    hit = [r for r in failed if cell in r.cells]
    if not hit:
        return False, False
    first = arrange(failed, results, context)[0]
    if first.id == "GK-901":
        return True, cell in first.cells[:6]
    return True, cell in first.cells and len(failed) == len(hit)


def key(result: Result) -> str:
    return f"{result.spec.id}/{result.where}"


def mutate(department: Path, *, every: int = 1) -> Tally:
    """All changes of one department (``every``: only each n-th amount, for a sample)."""
    examined = examine(department)
    submission = examined.submission
    assert submission is not None
    compiled = load(submission.pack)
    base = run_formulas(compiled, compiled.context(submission))
    known = {key(r) for r in base if r.status is Status.FAILED}
    standing = {c for r in base if r.status is not Status.NOT_APPLICABLE for c in r.cells}
    tally = Tally()
    places = [(t, p, f) for t, table in submission.tables.items() for p, f in amounts(table)]
    for table_id, place, figure in places[::every]:
        cell = figure.cells[0]
        if cell not in standing:
            tally.loose.append(f"{cell} {figure.label}")
            continue
        assert figure.value is not None
        spec = compiled.pack.tables[table_id]
        required = {f"slot:{r}" for r in spec.required} | {r.replace("total.", "total:") for r in spec.required}
        for name, change in CHANGES.items():
            if name == "删除" and figure.value == 0:
                continue  # nothing written and nothing at all are the same to every sum
            value = change(figure.value)
            if value is None and name != "删除":
                continue
            tally.tried[name] += 1
            made = replace(figure, value=value, margin=figure.margin if value is not None else Decimal(0))
            found, named = judge(compiled, with_amount(submission, table_id, place, made), cell, known)
            if value is None and place in required:
                found = named = True  # a required cell left blank is named when the workbook is read (WB-040)
            tally.found[name] += found
            tally.named[name] += named
            if not found:
                tally.missed.append(f"{cell} {figure.label} {name}")
            elif not named:
                tally.unnamed.append(f"{cell} {figure.label} {name}")
    return tally


def main() -> int:
    department = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "inputs" / "2024" / "辽宁省数据局"
    tally = mutate(department)
    for name in tally.tried:
        tried, found, named = tally.tried[name], tally.found[name], tally.named[name]
        print(f"{name}：{tried} 处，查出 {found}（{found / tried:.1%}），先指出 {named}（{named / tried:.1%}）")
    tried, found, named = (sum(c.values()) for c in (tally.tried, tally.found, tally.named))
    print(f"合计：{tried} 处，查出 {found}（{found / tried:.2%}），先指出 {named}（{named / tried:.2%}）")
    for title, entries in (
        ("没有查出", tally.missed),
        ("查出而没有先指出", tally.unnamed),
        ("不在任何勾稽关系中", tally.loose),
    ):
        print(f"{title}：{len(entries)} 处")
        for entry in entries[:40]:
            print(f"  {entry}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
