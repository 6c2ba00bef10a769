"""What the audit of many documents came to, for the bureau: by department, by kind of problem, who has not published,
who differs from what was approved, what lies far from the others, and “三公” of all departments together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.audit.results.checklist import NO, Row, timely
from generator.audit.results.measures import outliers
from generator.audit.results.record import LEVELS, Record
from generator.files import Entry, norm

STATES = ("没有读出", "不符合", "待核", "符合")
APPROVED = ("SH-301", "SH-302")
EARLIER = ("SH-311", "SH-312")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem and how often it was found."""

    id: str
    title: str
    level: str
    departments: int
    count: int


@dataclass(frozen=True, slots=True)
class Far:
    """A department whose measure lies far from the others."""

    measure: str
    name: str
    value: Decimal
    middle: Decimal


@dataclass(frozen=True)
class Sangong:
    """“三公” of all departments of a year and kind (万元): each item's budget and actual by department, and the sums.
    ``left_out``: departments with several files or files of single units that are part of a department."""

    year: int
    kind: str
    items: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Decimal | None, Decimal | None], ...]], ...]
    unread: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def sums(self) -> tuple[tuple[Decimal, Decimal], ...]:
        return tuple(
            (
                sum((r[k][0] or Decimal(0) for _, r in self.rows), Decimal(0)),
                sum((r[k][1] or Decimal(0) for _, r in self.rows), Decimal(0)),
            )
            for k in range(len(self.items))
        )


@dataclass(frozen=True)
class AuditSummary:
    """All records with the folder of each one's papers, and the roster."""

    records: tuple[tuple[Record, str], ...]
    roster: tuple[Entry, ...] = ()
    compared: tuple[str, ...] = ()  # what was compared with: 批复, 上年
    measures: tuple[tuple[str, str, bool], ...] = ()  # id, name, whether outliers are told

    def ordered(self) -> list[tuple[Record, str]]:
        return sorted(self.records, key=lambda r: (STATES.index(r[0].state), r[0].department or r[0].file))

    def count(self, state: str) -> int:
        return sum(r.state == state for r, _ in self.records)

    def missing(self) -> list[Entry]:
        """Who is on the roster and has no document."""
        here = {norm(r.department) for r, _ in self.records if r.department}
        files = " ".join(norm(r.file) for r, _ in self.records)
        return [e for e in self.roster if norm(e.name) not in here and norm(e.name) not in files]

    def strangers(self) -> list[str]:
        """Who has a document and is not on the roster."""
        wanted = {norm(e.name) for e in self.roster}
        names = [r.department or r.file for r, _ in self.records]
        return sorted({n for n in names if wanted and norm(n) not in wanted and not any(w in norm(n) for w in wanted)})

    def late(self) -> list[tuple[str, Row]]:
        row = Row("", "", "", "")
        found = [(e.name, timely(row, e)) for e in self.roster]
        return [(name, r) for name, r in found if r.verdict == NO]

    def kinds(self) -> list[Kind]:
        where: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        titles: dict[str, str] = {}
        for record, _ in self.records:
            for problem in record.problems:
                where[problem.id, problem.level][record.department or record.file] += 1
                titles.setdefault(problem.id, problem.title)
        made = [Kind(i, titles[i], s, len(c), sum(c.values())) for (i, s), c in where.items()]
        return sorted(made, key=lambda k: (list(LEVELS).index(k.level), -k.departments, k.id))

    def differing(self, ids: Sequence[str] = APPROVED) -> list[tuple[str, int, str]]:
        """Who differs from what was approved: how often, and the first difference."""
        out = []
        for record, _ in self.ordered():
            own = [p for p in record.problems if p.id in ids]
            if own:
                out.append((record.department or record.file, len(own), own[0].message))
        return out

    def far(self) -> list[Far]:
        """Each measure is looked at among the documents of one year and kind."""
        out = []
        for name, group in _groups(self.records).items():
            del name
            for key, title, told in self.measures:
                if not told:
                    continue
                values = {r.department or r.file: r.measures.values[key] for r in group if key in r.measures.values}
                middle, found = outliers(values)
                out += [Far(title, who, values[who], middle) for who in found]
        return out

    def sangong(self) -> list[Sangong]:
        return [_sangong(year, kind, group) for (year, kind), group in sorted(_groups(self.records).items())]

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "documents": len(self.records),
            "states": {s: self.count(s) for s in STATES},
            "missing": [e.name for e in self.missing()],
            "not_on_roster": self.strangers(),
            "late": [name for name, _ in self.late()],
            "kinds": [{"id": k.id, "title": k.title, "severity": k.level, "departments": k.departments, "count": k.count} for k in self.kinds()],
            "differ_from_approved": [{"department": d, "count": n} for d, n, _ in self.differing()],
            "outliers": [{"measure": f.measure, "department": f.name, "value": str(f.value), "median": str(f.middle)} for f in self.far()],
            "sangong": [
                {
                    "year": s.year, "kind": s.kind, "departments": len(s.rows), "without": list(s.unread),
                    "sums": {i: {"budget": str(b), "actual": str(a)} for i, (b, a) in zip(s.items, s.sums, strict=True)},
                }
                for s in self.sangong()
            ],
            "files": [
                {
                    "file": r.file, "department": r.department, "year": r.year or None, "kind": r.kind, "state": r.state,
                    **{level: r.count(level) for level in LEVELS}, "folder": folder,
                }
                for r, folder in self.ordered()
            ],
        }  # fmt: skip


def _groups(records: Sequence[tuple[Record, str]]) -> Mapping[tuple[int, str], list[Record]]:
    out: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for record, _ in records:
        if record.readable and record.kind and record.year:
            out[record.year, record.kind].append(record)
    return out


def _sangong(year: int, kind: str, group: Sequence[Record]) -> Sangong:
    whole = [r for r in group if r.level != "单位"] or list(group)
    left_out = [r.department or r.file for r in group if r not in whole]
    best: dict[str, Record] = {}
    for record in whole:
        name = record.department or record.file
        if name in best:
            left_out.append(record.file)
        old = best.get(name)
        if old is None or _told(record) > _told(old):
            best[name] = record
    items = tuple(dict.fromkeys(i for r in best.values() for i in r.measures.sangong))
    rows, unread = [], []
    for name, record in sorted(best.items()):
        values = tuple(record.measures.sangong.get(i, (None, None)) for i in items)
        if any(v is not None for pair in values for v in pair):
            rows.append((name, values))
        else:
            unread.append(name)
    return Sangong(year, kind, items, tuple(rows), tuple(unread), tuple(left_out))


def _told(record: Record) -> int:
    return sum(v is not None for pair in record.measures.sangong.values() for v in pair)
