"""Checks that are not formulas: rules over words, dates, forms and the Document.

Each rule has an id, a title, its basis and a hint, and yields the problems it found.  Rules are
plain functions in a written list (``rule_list``); they know no region.  What is missing is reported at the cell
where it should stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from generator.checks.formulas import Status
from generator.model import CellRef, Document, Finding, Severity, Submission, Text
from generator.packs import CompiledPack, Context


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a rule does not hold."""

    message: str
    cells: tuple[CellRef, ...] = ()
    expected: str = ""
    actual: str = ""
    difference: str = ""
    severity: Severity | None = None


class NotApplicable(Exception):  # noqa: N818 - a result, not an error
    """The rule says nothing about this submission."""


class CannotTell(Exception):  # noqa: N818 - a result, not an error
    """What the rule needs is missing."""


@dataclass(frozen=True)
class Examination:
    """What rules look at."""

    compiled: CompiledPack
    context: Context
    document: Document
    places: Mapping[str, CellRef] = field(default_factory=dict)

    @property
    def submission(self) -> Submission:
        return self.context.submission

    def place(self, key: str) -> tuple[CellRef, ...]:
        """The cell in which something should stand, by its id in the workbook."""
        found = self.places.get(key)
        return (found,) if found else ()

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Everything a person typed, with what it is called."""
        pack = self.compiled.pack
        for name, text in self.submission.reasons.items():
            if text and name in pack.reasons:
                yield pack.reasons[name].title, text
        for group, record in self.submission.groups.items():
            for name, value in record.items():
                spec = pack.fields.get(f"{group}.{name}")
                if isinstance(value, Text) and value and spec and spec.type in ("text", "long", "clause"):
                    yield spec.label, value
        for list_id, records in self.submission.lists.items():
            columns = {c.id: c for c in pack.lists[list_id].columns} if list_id in pack.lists else {}
            for record in records:
                for name, value in record.items():
                    column = columns.get(name)
                    if isinstance(value, Text) and value and column and column.type in ("text", "long", "clause"):
                        yield column.label, value


RuleFunction = Callable[[Examination], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check that is not a formula."""

    id: str
    title: str
    severity: Severity
    basis: str
    hint: str
    run: RuleFunction


def rule(
    rule_id: str, title: str, *, severity: Severity, basis: str, hint: str = "请改正后重新检查。"
) -> Callable[[RuleFunction], Rule]:
    """Make a function a rule; it runs where it stands in ``rule_list``."""

    def made(function: RuleFunction) -> Rule:
        return Rule(rule_id, title, severity, basis, hint, function)

    return made


def run_rules(rules: Iterable[Rule], examination: Examination) -> tuple[list[Finding], dict[Status, int]]:
    """Run rules; the findings and how the rules ended."""
    findings: list[Finding] = []
    counts = dict.fromkeys(Status, 0)
    for entry in rules:
        try:
            problems = list(entry.run(examination))
        except NotApplicable:
            counts[Status.NOT_APPLICABLE] += 1
            continue
        except CannotTell:
            counts[Status.CANNOT_TELL] += 1
            continue
        counts[Status.FAILED if problems else Status.PASSED] += 1
        findings += [
            Finding(
                id=entry.id,
                severity=p.severity or entry.severity,
                title=entry.title,
                message=p.message,
                cells=p.cells,
                expected=p.expected,
                actual=p.actual,
                difference=p.difference,
                hint=entry.hint,
            )
            for p in problems
        ]
    return findings, counts
