"""All checks of a submission in one place: formulas, rules, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.checks._rules import Examination, run_rules
from generator.checks.formulas import Result, Status, entry_of, rounding_findings, run_formulas
from generator.checks.rule_list import LISTED
from generator.checks.suspects import arrange
from generator.model import ENTRIES, CellRef, Document, Finding, publishable
from generator.packs import CompiledPack, Context, Pack


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that checking found, gravest first, with the counts of the four results."""

    findings: tuple[Finding, ...]
    results: tuple[Result, ...]
    coverage: Mapping[str, int]

    @property
    def publishable(self) -> bool:
        return publishable(self.findings)


BLANK, BETTER_SAID = "WB-040", ("TX-363",)
"""A blank cell is named once: by its subject, where it has one."""


def check(
    compiled: CompiledPack,
    context: Context,
    document: Document,
    *,
    reading: tuple[Finding, ...] = (),
    places: Mapping[str, CellRef] | None = None,
) -> Report:
    """Run every check; ``reading`` are the findings of reading the workbook."""
    formulas, results = check_tables(compiled, context)
    failed = [r for r in results if r.status is Status.FAILED]
    broken = frozenset(c for r in failed if r.spec.severity == "error" for c in r.cells)
    words, counts = run_rules(LISTED, Examination(compiled, context, document, places or {}, broken))
    coverage = {s.value: counts[s] + sum(1 for r in results if r.status is s) for s in Status}
    named = {f.cells for f in words if f.id in BETTER_SAID and f.cells}
    first = [f for f in reading if f.id != BLANK or f.cells not in named]
    findings = by_severity([*first, *formulas, *words])
    return Report(tuple(findings), tuple(results), coverage)


def check_tables(compiled: CompiledPack, context: Context) -> tuple[list[Finding], list[Result]]:
    """Only what the tables say of each other: no document is needed."""
    results = run_formulas(compiled, context)
    failed = [r for r in results if r.status is Status.FAILED]
    return arrange(failed, results, context) + rounding_findings(results, context), results


def by_severity(findings: list[Finding]) -> list[Finding]:
    """Gravest first; findings folded under a suspect stay behind it."""
    groups: list[list[Finding]] = []
    for finding in findings:
        if groups and groups[-1][0].id in finding.related and len(finding.related) == 1:
            groups[-1].append(finding)
        else:
            groups.append([finding])
    groups.sort(key=lambda g: -max(f.severity.rank for f in g))
    return [f for g in groups for f in g]


def explain(check_id: str, pack: Pack | None = None) -> dict[str, str] | None:
    """What a finding of this id means, on what it rests and what to do: out of the catalogue, or a formula of a pack."""
    spec = pack.checks.get(check_id) if pack else None
    entry = entry_of(spec) if spec else ENTRIES.get(check_id)
    if entry is None:
        return None
    said = {"编号": entry.id, "名称": entry.title, "级别": entry.severity.chinese, "说明": entry.means}
    if spec:
        said |= {"适用条件": spec.when or "总是适用", "逐行": spec.for_each or "否"}
    said |= {"依据": entry.basis, "怎样处理": entry.todo}
    return {name: value for name, value in said.items() if value}
