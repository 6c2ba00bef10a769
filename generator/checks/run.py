"""All checks of a submission in one place: formulas, rules, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.checks._rules import Examination, run_rules
from generator.checks.formulas import Result, Status, rounding_findings, run_formulas
from generator.checks.rule_list import LISTED, RULES
from generator.checks.suspects import arrange
from generator.model import TITLES, CellRef, Document, Finding, Severity, publishable
from generator.packs import CompiledPack, Context


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that checking found, gravest first, with the counts of the four results."""

    findings: tuple[Finding, ...]
    results: tuple[Result, ...]
    coverage: Mapping[str, int]

    @property
    def publishable(self) -> bool:
        return publishable(self.findings)


def check(
    compiled: CompiledPack,
    context: Context,
    document: Document,
    *,
    reading: tuple[Finding, ...] = (),
    places: Mapping[str, CellRef] | None = None,
) -> Report:
    """Run every check; ``reading`` are the findings of reading the workbook."""
    results = run_formulas(compiled, context)
    failed = [r for r in results if r.status is Status.FAILED]
    formulas = arrange(failed, results, context) + rounding_findings(results, context)
    words, counts = run_rules(LISTED, Examination(compiled, context, document, places or {}))
    coverage = {s.value: counts[s] + sum(1 for r in results if r.status is s) for s in Status}
    findings = by_severity([*reading, *formulas, *words])
    return Report(tuple(findings), tuple(results), coverage)


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


def explain(compiled: CompiledPack, check_id: str) -> dict[str, str] | None:
    """What a check demands, on what it rests and what to do."""
    spec = compiled.pack.checks.get(check_id)
    if spec:
        return {
            "编号": spec.id,
            "名称": spec.title,
            "级别": Severity(spec.severity).chinese,
            "左边": spec.left,
            "关系": spec.relation,
            "右边": spec.right,
            "适用条件": spec.when or "总是适用",
            "逐行": spec.for_each or "否",
            "依据": spec.basis,
            "怎样处理": spec.hint or "请核对列出的单元格，改正后重新检查。",
        }
    entry = RULES.get(check_id)
    if entry:
        return {
            "编号": entry.id,
            "名称": entry.title,
            "级别": entry.severity.chinese,
            "依据": entry.basis,
            "怎样处理": entry.hint,
        }
    known = TITLES.get(check_id)
    return {"编号": check_id, "名称": known[0], "怎样处理": known[1]} if known else None
