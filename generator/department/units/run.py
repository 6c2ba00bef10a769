"""``juesuan merge``: the department's workbook from its units', written so that nothing typed is lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator.department.units._combine import Combined, combine, keep_words
from generator.department.units._compare import compare, sheets
from generator.department.units._read import Units, read_units
from generator.files import WORKBOOK, put_in_place
from generator.model import CellRef, Finding, Severity, Submission, make_finding
from generator.packs import CompiledPack
from generator.workbook import form_data, read_workbook, write_form
from generator.writers import write_lists

SOURCES = "合并来源.xlsx"


@dataclass(frozen=True)
class Merged:
    """What a merge came to.  ``written``: the files; ``kept``: the workbook that was there before."""

    units: Units
    findings: tuple[Finding, ...]
    combined: Combined | None = None
    written: tuple[Path, ...] = ()
    kept: Path | None = None


def merge(
    department: Path,
    *,
    name: str = "",
    pack: str = "",
    root: Path | None = None,
    rewrite: bool = False,
    write: bool = True,
) -> Merged:
    """Merge the units of a department.

    Where the department has a workbook already it is compared, and written anew only if ``rewrite``:
    the old one is kept beside it, and the words in it are carried over.
    """
    units = read_units(department, pack=pack, root=root)
    if any(f.severity is Severity.ERROR for f in units.findings) or units.compiled is None:
        return Merged(units, units.findings)
    compiled = units.compiled
    target = department / WORKBOOK
    before = read_workbook(target, compiled.pack).submission if target.is_file() else None
    year = units.units[0].submission.year
    combined = combine(compiled.pack, units.units, name or (before.name if before else department.name), year)
    findings = [*units.findings, *combined.findings]
    if target.is_file() and not rewrite:
        findings += _held_against(compiled, target, before, combined)
        return Merged(
            units, tuple(findings), combined, _write(department, compiled, units, combined, None, year) if write else ()
        )
    if not write:
        return Merged(units, tuple(findings), combined)
    data = combined.data
    if before is not None:
        data, count = keep_words(data, form_data(before, compiled.pack, data.unit), compiled.pack)
        if count:
            findings.append(make_finding("HB-113", [CellRef("原因说明", "A1")], count=count, sheet=SOURCES))
    kept = _keep(target)
    content = write_form(compiled.pack, year, data.fields.get("info.name") or department.name, data=data)
    written = _write(department, compiled, units, combined, content, year)
    again = read_workbook(target, compiled.pack).submission
    findings += _held_against(compiled, target, again, combined)
    return Merged(units, tuple(findings), combined, written, kept)


def _held_against(compiled: CompiledPack, target: Path, own: Submission | None, combined: Combined) -> list[Finding]:
    if own is None:
        return [make_finding("HB-114", [CellRef(target.name, "A1")], file=target)]
    return compare(compiled.pack, own, combined)


def _keep(target: Path) -> Path | None:
    """The workbook that was there, under a name of its own."""
    if not target.is_file():
        return None
    at = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    kept = target.parent / "合并前" / f"{target.stem}（{at}）{target.suffix}"
    kept.parent.mkdir(exist_ok=True)
    shutil.copy2(target, kept)
    return kept


def _write(
    department: Path, compiled: CompiledPack, units: Units, combined: Combined, content: bytes | None, year: int
) -> tuple[Path, ...]:
    listed = write_lists("合并来源", sheets(compiled.pack, units.units, combined), datetime(year, 12, 31))
    files = {SOURCES: listed} | ({WORKBOOK: content} if content is not None else {})
    return put_in_place(department, files)
