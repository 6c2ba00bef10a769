"""The units of a department: their workbooks, read and looked through."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.department.examination import Examined, examine_tables
from generator.files import MARKED, SUFFIXES, UNITS, WORKBOOK, DepartmentError
from generator.model import CellRef, Finding, Severity, Submission, make_finding
from generator.packs import CompiledPack


@dataclass(frozen=True)
class Unit:
    """One unit's workbook as it was read."""

    path: Path
    submission: Submission

    @property
    def name(self) -> str:
        return self.submission.name


@dataclass(frozen=True)
class Units:
    """All that could be read, in order of file names, and what is wrong with the rest."""

    units: tuple[Unit, ...]
    findings: tuple[Finding, ...]
    compiled: CompiledPack | None = None


def workbooks(department: Path) -> list[Path]:
    """The units' workbooks, by name.  DepartmentError where there are none."""
    home = department / UNITS
    if not home.is_dir():
        raise DepartmentError(
            f"{department} 里没有“{UNITS}”文件夹：请把各单位的填报表放在里面，一个单位一个文件或一个文件夹。"
        )
    found = []
    for path in sorted(home.iterdir()):
        if path.name.startswith(("~", ".")):
            continue
        if path.is_dir() and (path / WORKBOOK).is_file():
            found.append(path / WORKBOOK)
        elif path.is_file() and path.suffix.lower() in SUFFIXES and path.name != MARKED:
            found.append(path)
    if not found:
        raise DepartmentError(f"{home} 里没有填报表。")
    return found


def label(path: Path) -> str:
    """What a unit's file is called in findings: its folder, or its own name."""
    return path.parent.name if path.name == WORKBOOK else path.stem


def _place(path: Path, finding: Finding) -> tuple[CellRef, ...]:
    return tuple(CellRef(f"{label(path)}·{c.sheet}", c.cell) for c in finding.cells[:3]) or (
        CellRef(label(path), "A1"),
    )


def read_units(department: Path, *, pack: str = "", root: Path | None = None) -> Units:
    """Read every unit.  One that cannot be read, or is of another pack or year, is an error."""
    units: list[Unit] = []
    findings: list[Finding] = []
    compiled: CompiledPack | None = None
    for path in workbooks(department):
        seen = examine_tables(path, pack=pack, root=root)
        if seen.submission is None or seen.compiled is None:
            first = seen.findings[0] if seen.findings else None
            said = first.message if first else "没有内容。"
            cells = _place(path, first) if first else (CellRef(label(path), "A1"),)
            findings.append(make_finding("HB-101", cells, unit=label(path), why=said))
            continue
        findings += _looked_through(path, seen)
        compiled = compiled or seen.compiled
        units.append(Unit(path, seen.submission))
    return Units(tuple(units), (*findings, *_alike(units)), compiled)


def _looked_through(path: Path, seen: Examined) -> list[Finding]:
    errors = [f for f in seen.findings if f.severity is Severity.ERROR]
    if not errors:
        return []
    words = {"unit": label(path), "count": len(errors), "first": errors[0].message}
    hint = f"请先改正单位的填报表：juesuan check {path}"
    return [make_finding("HB-102", _place(path, errors[0]), **words).but(hint=hint)]


def _alike(units: list[Unit]) -> list[Finding]:
    """All of one pack, one year, each unit once."""
    out: list[Finding] = []
    names: dict[str, Path] = {}
    for unit in units:
        first, own = units[0].submission, unit.submission
        place = (CellRef(label(unit.path), "A1"),)
        if own.pack != first.pack or own.year != first.year:
            mine = {"unit": label(unit.path), "year": own.year, "pack": own.pack}
            other = {"other": label(units[0].path), "other_year": first.year, "other_pack": first.pack}
            out.append(make_finding("HB-103", place, **mine, **other))
        if unit.name in names:
            words = {"unit": label(unit.path), "other": label(names[unit.name]), "name": unit.name}
            out.append(make_finding("HB-104", place, **words))
        names.setdefault(unit.name, unit.path)
    return out
