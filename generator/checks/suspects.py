"""Which single cell explains several broken equations.

A wrong amount moves every equation that it stands in by the same error.  A cell is suspected where
all the broken equations it stands in ask for the same correction and no equation that holds
speaks for it.  The suspect is named first; the equations that only follow from it are folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generator.checks.formulas import Result, finding_of, money_text, unit_of
from generator.model import CellRef, Figure, Finding, Severity, make_finding
from generator.packs import Context, View

CULPRIT = "GK-901"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell with the error that its broken equations agree on."""

    cell: CellRef
    error: Decimal
    broken: tuple[int, ...]
    witnesses: int  # equations that hold and would not, were the cell wrong


def suspects(failed: Sequence[Result], results: Sequence[Result]) -> list[Suspect]:
    """All cells that could explain broken equations, the best first."""
    equations = [(k, r) for k, r in enumerate(failed) if r.spec.relation == "="]
    standing: dict[CellRef, list[int]] = {}
    for k, result in equations:
        for cell in result.cells:
            standing.setdefault(cell, []).append(k)
    holding: dict[CellRef, list[Result]] = {}
    for result in results:
        if result.status.value == "passed" and result.spec.relation == "=":
            for cell in result.cells:
                if cell in standing:
                    holding.setdefault(cell, []).append(result)
    out = []
    for cell, numbers in standing.items():
        for error, group in _agreeing(cell, [(k, failed[k]) for k in numbers]):
            against = sum(1 for r in holding.get(cell, ()) if abs(r.residual + r.sign(cell) * -error) > r.band)
            out.append(Suspect(cell, error, tuple(group), against))
    out.sort(key=lambda s: (s.witnesses - len(s.broken), -len(s.broken), s.witnesses))
    return out


def _agreeing(cell: CellRef, group: list[tuple[int, Result]]) -> list[tuple[Decimal, list[int]]]:
    """Groups of equations that ask for the same correction of a cell."""
    out: list[tuple[Decimal, Decimal, list[int]]] = []
    for k, result in group:
        error = result.residual * result.sign(cell)
        for n, (known, band, members) in enumerate(out):
            if abs(known - error) <= band + result.band:
                members.append(k)
                out[n] = (known, min(band, result.band), members)
                break
        else:
            out.append((error, result.band, [k]))
    return [(error, members) for error, _, members in out]


def arrange(failed: Sequence[Result], results: Sequence[Result], context: Context) -> list[Finding]:
    """Findings with the suspects first and what follows from them after each."""
    open_ones = set(range(len(failed)))
    findings: list[Finding] = []
    candidates = suspects(failed, results) if len(failed) > 1 else []
    while True:
        best = _best(candidates, open_ones)
        if not best:
            break
        explained = sorted(set(best[0].broken) & open_ones)
        findings.append(_culprit_finding(best, [failed[k] for k in explained], context))
        for k in explained:
            findings.append(replace(finding_of(failed[k], context), related=(CULPRIT,)))
        open_ones -= set(explained)
    for k in sorted(open_ones):
        findings.append(finding_of(failed[k], context))
    return findings


def _best(candidates: list[Suspect], open_ones: set[int]) -> list[Suspect]:
    """The best suspects (several where nothing tells them apart) for what is still unexplained."""
    scored = [(len(set(s.broken) & open_ones), s) for s in candidates]
    scored = [(n, s) for n, s in scored if n >= 2 and s.witnesses < n]
    if not scored:
        return []
    top = max((n - s.witnesses, n) for n, s in scored)
    return [s for n, s in scored if (n - s.witnesses, n) == top and set(s.broken) & open_ones][:6]


def _culprit_finding(best: list[Suspect], explained: list[Result], context: Context) -> Finding:
    first = best[0]
    same = [s for s in best if set(s.broken) == set(first.broken)] or [first]
    cells = tuple(s.cell for s in same)
    unit, size = unit_of(context, cells)
    figure = _figure_at(first.cell, context)
    written = money_text(figure.number, size) if figure and not figure.blank else "空白"
    should = money_text((figure.number if figure else Decimal(0)) - first.error, size)
    label = figure.label if figure else ""
    ids = tuple(dict.fromkeys(r.spec.id for r in explained))
    gap = money_text(abs(first.error), size)
    bare = {"expected": should, "actual": written, "difference": gap}
    made = make_finding(
        CULPRIT if len(same) == 1 else "GK-901/several",
        cells,
        label=label,
        written=written,
        should=should,
        gap=gap,
        unit=unit,
        count=len(explained),
        checks="、".join(ids),
        places="、".join(map(str, cells)),
        **{k: v.replace(",", "") for k, v in bare.items()},
    )
    gravest = max((Severity(r.spec.severity) for r in explained), key=lambda s: s.rank)
    return made.but(severity=gravest, related=ids)


def _figure_at(cell: CellRef, context: Context) -> Figure | None:
    """The figure that stands in a cell."""
    for table in context.tables.values():
        found = _search(table, cell)
        if found:
            return found
        for row in table.rows:
            found = _search(row, cell)
            if found:
                return found
    return None


def _search(view: View, cell: CellRef) -> Figure | None:
    for value in view.members().values():
        if isinstance(value, Figure) and value.cells == (cell,):
            return value
        if isinstance(value, View):
            found = _search(value, cell)
            if found:
                return found
    return None
