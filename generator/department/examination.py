"""A department examined: its workbook read, its document composed, everything checked.

Bad data never raises; only a broken pack (PackError) or a path that names no department does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.checks import Report, check, check_tables
from generator.checks import accepted as explanations
from generator.department.glyphs import without_glyphs
from generator.edits import Applied, Edits
from generator.edits import apply as apply_edits
from generator.edits import read as read_edits
from generator.files import workbook_of
from generator.model import CellRef, Document, Finding, Record, Severity, Submission, Text, make_finding
from generator.packs import CompiledPack, Context, compose, load
from generator.reasons import settle
from generator.workbook import ReadResult, read_stamp, read_workbook

Progress = Callable[[str], None]
WITH_CHARTS = "附图解"  # the choice in the workbook


def quiet(_: str) -> None:
    """No progress."""


@dataclass(frozen=True)
class Examined:
    """A department that was read, composed and checked.

    ``submission`` and ``document`` are ``None`` where the workbook could not be read at all.
    """

    workbook: Path
    findings: tuple[Finding, ...]
    coverage: Mapping[str, int]
    compiled: CompiledPack | None = None
    submission: Submission | None = None
    context: Context | None = None
    document: Document | None = None
    report: Report | None = None
    generated: Document | None = None  # before people's edits
    edits: Edits = field(default_factory=Edits)
    applied: Applied | None = None
    places: Mapping[str, CellRef] = field(default_factory=dict)

    @property
    def publishable(self) -> bool:
        return self.document is not None and not any(f.severity is Severity.ERROR for f in self.findings)

    def as_json(self) -> dict[str, object]:
        """The stable answer of ``check --json``."""
        return {
            "department": self.submission.name if self.submission else self.workbook.parent.name,
            "year": self.submission.year if self.submission else None,
            "pack": self.compiled.pack.id if self.compiled else None,
            "publishable": self.publishable,
            "findings": [f.as_json() for f in self.findings],
            "coverage": dict(self.coverage),
        }


def examine(
    path: Path, *, pack: str = "", root: Path | None = None, progress: Progress = quiet, charts: bool = False
) -> Examined:
    """Read, compose and check a department.  PackError where the pack is broken.

    ``charts``: with the annex of charts, whatever the workbook says of it.
    """
    progress("读取填报表")
    opened = _opened(path, pack, root)
    if isinstance(opened, Examined):
        return opened
    workbook, compiled, read, written = opened
    progress("生成文字")
    settled = settle(written, compiled)
    submission = with_charts(settled.submission) if charts else settled.submission
    context = compiled.context(submission)
    generated = compose(submission, compiled, context=context)
    kept = read_edits(workbook.parent)
    applied = apply_edits(generated, kept)
    document = applied.document
    progress("检查")
    report = check(compiled, context, document, reading=settled.findings(read.findings), places=read.places)
    glyphs = without_glyphs(submission, document)
    blocking = [f for f in applied.findings if f.severity is Severity.ERROR]
    found = (*blocking, *report.findings, *glyphs, *(f for f in applied.findings if f not in blocking))
    findings = explanations.apply(found, explanations.read(workbook.parent)).findings
    return Examined(
        workbook,
        findings,
        report.coverage,
        compiled,
        submission,
        context,
        document,
        report,
        generated,
        kept,
        applied,
        read.places,
    )


def with_charts(submission: Submission) -> Submission:
    """The submission as if its workbook asked for the annex of charts."""
    info = submission.groups.get("info", Record({}))
    asked = Record({**info, "charts": Text(WITH_CHARTS)}, info.row)
    return replace(submission, groups={**submission.groups, "info": asked})


def examine_tables(path: Path, *, pack: str = "", root: Path | None = None) -> Examined:
    """Read a workbook and hold its tables against each other, without its document: for what is only added up."""
    opened = _opened(path, pack, root)
    if isinstance(opened, Examined):
        return opened
    workbook, compiled, read, written = opened
    settled = settle(written, compiled)
    context = compiled.context(settled.submission)
    formulas, _ = check_tables(compiled, context)
    findings = (*settled.findings(read.findings), *formulas)
    return Examined(workbook, findings, {}, compiled, settled.submission, context, places=read.places)


def _opened(path: Path, pack: str, root: Path | None) -> Examined | tuple[Path, CompiledPack, ReadResult, Submission]:
    """What stands in a workbook; what there is to say where it cannot be read."""
    workbook = workbook_of(path)
    stamp = read_stamp(workbook)
    name = pack or stamp.pack
    if not name:
        return _unread(workbook, _no_pack(workbook), None)
    compiled = load(name, root, stamp.year or None)
    read = read_workbook(workbook, compiled.pack)
    if read.submission is None:
        return _unread(workbook, tuple(read.findings), compiled)
    return workbook, compiled, read, read.submission


def _unread(workbook: Path, findings: tuple[Finding, ...], compiled: CompiledPack | None) -> Examined:
    coverage = {"passed": 0, "failed": len(findings), "not_applicable": 0, "cannot_tell": 0}
    return Examined(workbook, findings, coverage, compiled)


def _no_pack(workbook: Path) -> tuple[Finding, ...]:
    read = read_workbook(workbook, None)
    if read.findings:
        return tuple(read.findings)
    return (make_finding("WB-020", [CellRef(workbook.name, "A1")]),)
