"""What is kept of an audit: plain values, the same whether it was just made or comes out of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from generator.audit.faults import Spot
from generator.audit.results.checklist import Row, rows_of
from generator.audit.results.measures import Measures, measures_of
from generator.audit.run import Audit
from generator.files import printable
from generator.model import Severity

LEVELS = {"error": "不符", "warning": "存疑", "info": "提示"}
SHORT = 12  # places of one problem that are kept


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in words, with its places.  ``level``: error, warning or info."""

    id: str
    level: str
    title: str
    message: str
    hint: str
    spots: tuple[Spot, ...] = ()
    expected: str = ""
    actual: str = ""

    @property
    def pages(self) -> list[int]:
        return sorted({s.page for s in self.spots if s.page})

    @property
    def where(self) -> str:
        """``第3、5页``; the table where the format has no pages."""
        pages = self.pages
        if pages:
            return f"第{'、'.join(map(str, pages[:6]))}{'等' if len(pages) > 6 else ''}页"
        table = next((s.table for s in self.spots if s.table), "")
        return f"《{table}》" if table else "正文"


@dataclass(frozen=True)
class Record:
    """The audit of one document.  ``why``: what could not be read; without tables and text nothing else is told."""

    file: str
    form: str
    readable: bool
    department: str = ""
    year: int = 0
    kind: str = ""
    level: str = ""
    problems: tuple[Problem, ...] = ()
    more: int = 0
    why: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    measures: Measures = field(default_factory=Measures)
    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, level: str) -> int:
        return sum(p.level == level for p in self.problems)

    @property
    def state(self) -> str:
        if not self.readable:
            return "没有读出"
        return "不符合" if self.count("error") else "待核" if self.count("warning") else "符合"

    @property
    def what(self) -> str:
        """``2024年度部门决算``"""
        return f"{self.year}年度{self.level or '部门'}{self.kind}" if self.year and self.kind else "公开文本"

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def record_of(result: Audit) -> Record:
    """All words of the document are cleaned of what no XML holds."""
    why = tuple(printable(f"{f.message}{f.hint}") for f in result.unread)
    document = result.document
    if document is None:
        return Record(printable(result.name), "", False, why=why)
    identity = document.identity
    problems = []
    for found in result.faults:
        spots = tuple(
            Spot(s.page, printable(s.text), printable(s.table), printable(s.row), printable(s.column))
            for s in found.spots[:SHORT]
        )
        finding = found.finding
        problems.append(
            Problem(
                finding.id, finding.severity.value, finding.title, printable(finding.message), printable(finding.hint), spots,
                printable(finding.expected), printable(finding.actual),
            )
        )  # fmt: skip
    return Record(
        printable(result.name), document.publication.form, True, printable(identity.department), identity.year, identity.kind,
        identity.level, tuple(problems), result.more, why, rows_of(result), measures_of(document), dict(result.counts),
    )  # fmt: skip


def from_plain(raw: Mapping[str, Any]) -> Record:
    """The record that ``as_plain`` wrote to JSON."""
    values = dict(raw)
    values["problems"] = tuple(Problem(**{**p, "spots": tuple(Spot(**s) for s in p["spots"])}) for p in raw["problems"])
    values["rows"] = tuple(Row(**{**r, "problems": tuple(r["problems"])}) for r in raw["rows"])
    measures = raw["measures"]
    values["measures"] = Measures(
        {k: Decimal(v) for k, v in measures["values"].items()},
        {k: (_maybe(a), _maybe(b)) for k, (a, b) in measures["sangong"].items()},
    )
    values["why"] = tuple(raw["why"])
    return Record(**values)


def _maybe(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def worst(problems: tuple[Problem, ...]) -> str:
    """The gravest level among some problems."""
    order = [s.value for s in sorted(Severity, key=lambda s: -s.rank)]
    return min((p.level for p in problems), key=order.index, default="")
