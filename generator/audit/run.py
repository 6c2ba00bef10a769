"""The audit of one document: everything that is checked, each cause told once, with the counts of what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.audit.against import approved, check_approved, check_last
from generator.audit.amounts import Reading, check_amounts, check_repeats, read_text
from generator.audit.directions import check_directions, check_steps
from generator.audit.faults import Fault
from generator.audit.identity import check_identity
from generator.audit.parts import check_parts
from generator.audit.ratios import check_completions, check_ratios
from generator.audit.reasons import check_reasons
from generator.audit.structure import check_structure
from generator.audit.tables import TableFaults, check_tables
from generator.audit.wording import check_wording
from generator.checks import Status
from generator.files import Publication
from generator.model import Finding, Severity
from generator.packs import load
from generator.published import Understood, understand, vocabulary_of

MOST = 60
USUAL = "national-budget"  # the subjects and the reading words of final accounts and budgets alike
ONCE = {"SH-221", "SH-222", "SH-223", "SH-224", "SH-225", "DC-405", "DC-406"}  # one slip in many places
CHECKS: tuple[Callable[[Reading], Iterable[Fault]], ...] = (
    check_amounts, check_repeats, check_ratios, check_completions, check_parts, check_directions, check_steps, check_identity, check_structure,
    check_wording, check_reasons,
)  # fmt: skip


@dataclass(frozen=True)
class Audit:
    """What was found in a document, gravest first; ``more`` findings were left out beyond the most."""

    name: str
    document: Understood | None
    faults: tuple[Fault, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    more: int = 0
    unread: tuple[Finding, ...] = ()

    @property
    def readable(self) -> bool:
        return self.document is not None

    @property
    def clean(self) -> bool:
        """No errors."""
        return self.readable and not any(f.severity is Severity.ERROR for f in self.faults)

    def as_json(self) -> dict[str, object]:
        """The stable machine-readable answer (``audit --json``: other programs rely on it)."""
        document = self.document
        identity = document.identity if document else None
        tables = document.tables if document else ()
        findings = [f.as_json() for f in self.faults]
        findings += [
            {"id": f.id, "severity": f.severity.value, "message": f.message, "places": [], "expected": "", "actual": ""}
            for f in self.unread
        ]
        return {
            "file": self.name,
            "kind": identity.kind if identity else "",
            "department": identity.department if identity else "",
            "year": identity.year if identity and identity.year else None,
            "tables": [{"id": t.id, "title": t.title, "pages": list(t.pages)} for t in tables],
            "findings": findings,
            "coverage": dict(self.counts),
        }


def audit(
    publication: Publication, pack: str = "", *, name: str = "", workbook: Path | None = None,
    last: Publication | None = None, root: Path | None = None,
) -> Audit:  # fmt: skip
    """Check a published document.  ``pack`` names whose subjects and reading words to use; ``workbook`` is what
    was approved, ``last`` last year's document."""
    shown = name or publication.name
    if not publication.blocks:
        return Audit(shown, None, (), unread=tuple(publication.findings))
    own = load(pack or USUAL, root).pack
    document = understand(publication, own, vocabulary_of(pack or USUAL, root))
    reading = read_text(document)
    tables = check_tables(document)
    faults = [*tables.faults, *(f for check in CHECKS for f in check(reading))]
    if workbook is not None:
        faults += check_approved(reading, *approved(workbook, own, document))
    if last is not None:
        faults += check_last(reading, understand(last, own, document.words))
    told = list(_told_once(faults))
    told.sort(key=lambda f: (-f.severity.rank, f.spots[0].page if f.spots else 0))
    kept = told[:MOST]
    counts = _counts(tables, reading, told)
    return Audit(shown, document, tuple(kept), counts, len(told) - len(kept), tuple(publication.findings))


def _told_once(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Findings of one cause as one: its places together."""
    groups: dict[tuple[str, ...], list[Fault]] = {}
    for found in _without_echoes(list(faults)):
        finding = found.finding
        if finding.id in ONCE:
            key: tuple[str, ...] = (finding.id, finding.severity.value, finding.expected, finding.actual)
        else:
            key = (finding.id, found.about or finding.message)
        groups.setdefault(key, []).append(found)
    for group in groups.values():
        spots = tuple(dict.fromkeys(s for f in group for s in f.spots))
        yield replace(group[0], spots=spots)


def _without_echoes(faults: list[Fault]) -> Iterator[Fault]:
    """What only follows from a finding that is told already is left out."""
    cells = {
        (s.table, s.row, s.column)
        for f in faults
        if f.finding.id in ("SH-102", "SH-103", "SH-101", "SH-105")
        for s in f.spots
        if s.row
    }
    wrong_amounts = [f for f in faults if f.finding.id == "SH-201"]
    for found in faults:
        kind = found.finding.id
        if kind == "SH-201" and any((s.table, s.row, s.column) in cells for s in found.spots[1:]):
            continue
        if kind == "SH-215" and found.about.startswith("list") and wrong_amounts:
            continue
        if kind == "SH-215" and any(w.spots[0].text in {s.text for s in found.spots} for w in wrong_amounts):
            continue
        yield found


def _counts(tables: TableFaults, reading: Reading, told: list[Fault]) -> dict[str, int]:
    counts: Counter[str] = Counter({s.value: 0 for s in Status})
    counts.update(r.status.value for r in tables.results)
    for bound in reading.bound:
        counts["passed" if bound.fits else "failed" if bound.candidates else "cannot_tell"] += 1
    counts.update(reading.tally)
    counts["failed"] += sum(1 for f in told if f.finding.id not in ("SH-201", "SH-101", "SH-102", "SH-105", "SH-104"))
    return dict(counts)
