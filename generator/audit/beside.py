"""What a document is held against, where the approved tables or last year's documents of many departments lie in one
folder: found by the department's name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath

from generator.audit.run import USUAL
from generator.files import WORKBOOK, Publication, discover, listed_publications, norm, read_publication
from generator.model import Finding, make_finding
from generator.packs import load
from generator.published import understand, vocabulary_of


def beside_of(
    workbook: str, last: str, name: str, publication: Publication, pack: str
) -> tuple[Path | None, Publication | None, tuple[Finding, ...]]:
    """The approved workbook and last year's document of one published document, and what was not found."""
    notes: list[Finding] = []
    found: list[Path | None] = []
    department: list[str] = []
    for given, what in ((workbook, "批复的报表"), (last, "上年公开的文件")):
        path = Path(given) if given else None
        if path is not None and path.is_dir() and (many := _listed(given)):
            if not department:
                department += [_department(publication, pack), *PurePosixPath(name).parts[-2:]]
            path = _one(many, department)
            if path is None and publication.blocks:
                notes.append(make_finding("SH-303", (), what=what))
        found.append(path)
    approved, earlier = found
    return approved, read_publication(earlier) if earlier else None, tuple(notes)


@lru_cache(maxsize=8)
def _listed(folder: str) -> dict[str, Path]:
    """Departments' folders and loose files by name; nothing where the folder is that of one department."""
    root = Path(folder)
    departments = [d.folder for d in discover(root)]
    loose = [p for p, _ in listed_publications([root])]
    if departments == [root]:
        if (root / WORKBOOK).is_file() or len([p for p in loose if p.parent == root]) < 2:
            return {}
        departments = []  # a folder of exported tables, one file a department
    out = {norm(d.name): d for d in departments}
    for path in loose:
        if not any(path.is_relative_to(d) for d in departments):
            out.setdefault(norm(path.stem), path)
            if path.parent != root:
                out.setdefault(norm(path.parent.name), path)
    return out


def _department(publication: Publication, pack: str) -> str:
    """Whose it is."""
    if not publication.blocks:
        return ""
    return understand(publication, load(pack or USUAL).pack, vocabulary_of(pack or USUAL)).identity.department


def _one(many: dict[str, Path], names: list[str]) -> Path | None:
    """The one that bears the name; else the only one that has it within its own."""
    wanted = [w for n in names if len(w := norm(n.rpartition(".")[0] or n)) > 3]
    for name in wanted:
        if name in many:
            return many[name]
    for name in wanted[:1]:
        inside = {p for n, p in many.items() if name in n}
        if len(inside) == 1:
            return inside.pop()
    return None
