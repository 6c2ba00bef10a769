"""``python -m tools.proof.fuzz N``: N random workbooks' worth of errors; no traceback, every finding has a cell.

Starts from the real departments and changes values, types, rows and whole tables at random (seeded).
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from generator.checks import check
from generator.department import examine
from generator.files import WORKBOOK
from generator.model import Figure, Record, Submission, Text, Value
from generator.packs import CompiledPack, compose, load
from tools.proof.mutate import amounts, with_amount

ROOT = Path(__file__).resolve().parent.parent.parent
WITHOUT_CELL = ("TX-300", "DC-")
WORDS = [
    "",
    "。。",
    "（未完",
    "XX",
    "增加",
    "减少",
    "11010519491231002X",
    "13800138000",
    "A" * 3000,
    "\x00\ufffe",
    "{{ x }}",
    "=1+1",
    "<b>&",
]


def spoiled(submission: Submission, rng: random.Random) -> Submission:
    """A submission with some random errors."""
    places = [(t, p, f) for t, table in submission.tables.items() for p, f in amounts(table)]
    for table, place, old in rng.sample(places, min(len(places), rng.randint(0, 15))):
        value = rng.choice(
            [None, Decimal(0), Decimal(rng.randint(-(10**12), 10**12)), old.number * rng.choice([10, -1, 10000])]
        )
        submission = with_amount(submission, table, place, replace(old, value=value))
    tables = dict(submission.tables)
    if rng.random() < 0.2:
        del tables[rng.choice(list(tables))]
    for name, data in list(tables.items()):
        rows = list(data.rows)
        if rows and rng.random() < 0.3:
            rng.shuffle(rows)
            rows = rows[: rng.randint(0, len(rows))]
            if rows:
                rows[0] = replace(
                    rows[0], code=rng.choice(["", "2", "999", "2010399", "20103", "99999999"]), name=rng.choice(WORDS)
                )
            tables[name] = replace(data, rows=tuple(rows))
    lists = {k: tuple(_row(r, rng) for r in rows if rng.random() > 0.1) for k, rows in submission.lists.items()}
    groups = {k: _row(r, rng) for k, r in submission.groups.items()}
    reasons = {
        k: replace(t, value=rng.choice(WORDS)) if rng.random() < 0.1 else t for k, t in submission.reasons.items()
    }
    return replace(submission, tables=tables, lists=lists, groups=groups, reasons=reasons)


def _row(record: Record, rng: random.Random) -> Record:
    return Record({k: _value(v, rng) for k, v in record.data.items()}, record.row)


def _value(value: Value, rng: random.Random) -> Value:
    if rng.random() > 0.05:
        return value
    if isinstance(value, Figure):
        return replace(value, value=rng.choice([None, Decimal(0), Decimal(-1), Decimal(10**15), Decimal("0.001")]))
    return Text(rng.choice(WORDS), value.cells, value.label, value.missing)


def fuzz(count: int, seed: int = 0) -> Counter[str]:
    """Findings by id over ``count`` random workbooks.  AssertionError where one has no cell."""
    starts: list[tuple[CompiledPack, Submission]] = []
    for workbook in sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}")):
        examined = examine(workbook)
        if examined.submission is not None:
            starts.append((load(examined.submission.pack), examined.submission))
    found: Counter[str] = Counter()
    for number in range(count):
        rng = random.Random(seed + number)
        compiled, submission = rng.choice(starts)
        made = spoiled(submission, rng)
        context = compiled.context(made)
        report = check(compiled, context, compose(made, compiled, context=context))
        for finding in report.findings:
            assert finding.cells or finding.id.startswith(WITHOUT_CELL), (seed + number, finding)
            found[finding.id] += 1
    return found


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = time.perf_counter()
    found = fuzz(count)
    print(f"{count} 份随机填报表，{time.perf_counter() - start:.0f} 秒，没有程序错误；发现的问题：")
    for name, number in found.most_common():
        print(f"  {name}  {number}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
