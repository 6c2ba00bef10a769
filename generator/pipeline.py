"""One department from its workbook to its published files: read, check, compose, write, move in place.

Every step returns a value and findings.  Output is written beside and moved into place; a draft
goes into the folder 草稿 and never replaces published files (CLARIFICATIONS 7).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from generator import __version__, explanations
from generator.check_run import Report, check
from generator.compose import compose
from generator.document import Document
from generator.edits import Applied, Edits
from generator.edits import apply as apply_edits
from generator.edits import read as read_edits
from generator.findings import Finding, Severity
from generator.model import CellRef, Figure, Submission
from generator.packs import CompiledPack, load
from generator.placing import put_in_place
from generator.reasons.settle import settle
from generator.versions.record import inputs_of, keep, locked, sealed_files, values_of
from generator.views import Context
from generator.workbook import read_stamp, read_workbook
from generator.writers.text import write_json, write_text

FORMATS = ("docx", "pdf", "xlsx", "html", "txt", "json")
WORKBOOK = "填报表.xlsx"
DRAFTS = "草稿"
MARKED = "填报表（检查标注）.xlsx"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
UNITS = "单位"
"""The folder of a department's units (see ``merge``): they are part of it, not departments."""

Progress = Callable[[str], None]
Gate = Callable[[Document, Mapping[str, bytes]], Sequence[Finding]]


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


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left behind.  ``files`` is empty where they were there already (see ``build``)."""

    examined: Examined
    folder: Path
    files: tuple[Path, ...]
    draft: bool
    version: int = 0  # its number in the store; 0 where it could not be recorded


class DepartmentError(Exception):
    """The path names no department; the message is Chinese (exit code 2)."""


def workbook_of(path: Path) -> Path:
    """The workbook of a department: the file itself, or the one in its folder."""
    if path.is_file():
        return path
    if path.is_dir():
        usual = path / WORKBOOK
        if usual.is_file():
            return usual
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(("~", ".")) and p.name != MARKED)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(p.name for p in found)
            raise DepartmentError(f"{path} 里有几个工作簿（{names}），请指明其中一个，或改名为“{WORKBOOK}”。")
        raise DepartmentError(f"{path} 里没有填报表（{WORKBOOK}）。")
    raise DepartmentError(f"找不到 {path}。")


def examine(path: Path, *, pack: str = "", root: Path | None = None, progress: Progress = quiet) -> Examined:
    """Read, compose and check a department.  PackError where the pack is broken."""
    workbook = workbook_of(path)
    progress("读取填报表")
    stamp = read_stamp(workbook)
    name = pack or stamp.pack
    if not name:
        return _unread(workbook, _no_pack(workbook), None)
    compiled = load(name, root)
    read = read_workbook(workbook, compiled.pack)
    if read.submission is None:
        return _unread(workbook, tuple(read.findings), compiled)
    progress("生成文字")
    settled = settle(read.submission, compiled)
    submission = settled.submission
    context = compiled.context(submission)
    generated = compose(submission, compiled, context=context)
    kept = read_edits(workbook.parent)
    applied = apply_edits(generated, kept)
    document = applied.document
    progress("检查")
    report = check(compiled, context, document, reading=settled.findings(read.findings), places=read.places)
    blocking = [f for f in applied.findings if f.severity is Severity.ERROR]
    found = (*blocking, *report.findings, *(f for f in applied.findings if f not in blocking))
    findings = explanations.apply(found, explanations.read(workbook.parent)).findings
    return Examined(
        workbook, findings, report.coverage, compiled, submission, context, document, report, generated, kept, applied, read.places
    )


def _unread(workbook: Path, findings: tuple[Finding, ...], compiled: CompiledPack | None) -> Examined:
    coverage = {"passed": 0, "failed": len(findings), "not_applicable": 0, "cannot_tell": 0}
    return Examined(workbook, findings, coverage, compiled)


def _no_pack(workbook: Path) -> tuple[Finding, ...]:
    read = read_workbook(workbook, None)
    if read.findings:
        return tuple(read.findings)
    return (
        Finding(
            "WB-020",
            Severity.ERROR,
            "这个工作簿没有写明所用的模板包，请用 --pack 指明，或用 juesuan new 生成的填报表填写。",
            (CellRef(workbook.name, "A1"),),
            "不是本程序的填报表",
        ),
    )


def figures_of(submission: Submission) -> dict[str, Figure]:
    """Every figure of a submission by a name that other programs may rely on."""
    out: dict[str, Figure] = {}
    for table in submission.tables.values():
        out |= {f"{table.id}.{slot}": f for slot, f in table.slots.items()}
        out |= {f"{table.id}.total.{c}": v for c, v in table.totals.items() if isinstance(v, Figure)}
        for number, row in enumerate(table.rows, 1):
            key = row.code or str(number)
            out |= {f"{table.id}[{key}].{c}": v for c, v in row.cells.items() if isinstance(v, Figure)}
    for group, fields in submission.groups.items():
        out |= {f"{group}.{n}": v for n, v in fields.items() if isinstance(v, Figure)}
    for name, records in submission.lists.items():
        for number, item in enumerate(records, 1):
            out |= {f"{name}[{number}].{n}": v for n, v in item.items() if isinstance(v, Figure)}
    return out


def render(
    document: Document,
    submission: Submission,
    formats: tuple[str, ...],
    pdf_engine: str = "",
    *,
    keep: Path | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Each wanted format as bytes.  Writers are imported when they are needed.

    ``pdf_engine``: ``weasyprint`` or ``typst``; the usual one of this machine where none is named.
    ``keep``: a folder for rendered parts of the PDF, so that a correction renders again only what
    depends on it; the bytes are the same with and without it.
    """
    from generator.writers.engines import usual
    from generator.writers.layout import paginate

    pdf_engine = pdf_engine or (usual() if "pdf" in formats else "")
    plan = paginate(document) if {"docx", "pdf"} & set(formats) else None
    tables: bytes | None = None
    if "xlsx" in formats or ("pdf" in formats and pdf_engine == "typst"):
        from generator.writers.xlsx import write_xlsx

        tables = write_xlsx(document)
    for form in formats:
        match form:
            case "docx":
                from generator.writers.docx import write_docx

                yield form, write_docx(document, plan)
            case "pdf" if pdf_engine == "typst":
                from generator.writers.typst import write_typst

                assert tables is not None
                figures = write_json(document, figures_of(submission), compact=True)
                attached = [
                    ("figures.json", figures, "全部数字及其来源单元格（机器可读）"),
                    ("tables.xlsx", tables, "公开报表和数据来源"),
                ]
                yield form, write_typst(document, plan, attachments=attached)
            case "pdf":
                from generator.writers.pdf_parts import parts_in, write_pdf_parts

                yield form, write_pdf_parts(document, plan, cache=parts_in(keep))
            case "html":
                from generator.writers.html import write_html

                yield form, write_html(document)
            case "xlsx":
                assert tables is not None
                yield form, tables
            case "txt":
                yield form, write_text(document)
            case "json":
                yield form, write_json(document, figures_of(submission))
            case _:
                raise ValueError(form)


def parts_folder() -> Path | None:
    """Where rendered parts are kept between runs: ``JUESUAN_CACHE``, else the user's cache folder.  An
    empty ``JUESUAN_CACHE`` keeps nothing on disk.  The folder may be deleted at any time."""
    named = os.environ.get("JUESUAN_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "juesuan"
    except RuntimeError:
        return None


def safe_name(name: str) -> str:
    """A department's name as a folder or file name on any system."""
    cleaned = "".join("_" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    return cleaned[:80] or "未命名部门"


def output_folder(document: Document, root: Path = Path("output")) -> Path:
    """Where the published files of a document lie."""
    return root / str(document.year) / safe_name(document.department) / document.kind


def build(
    path: Path,
    *,
    formats: tuple[str, ...] = FORMATS,
    out: Path | None = None,
    output_root: Path = Path("output"),
    pack: str = "",
    root: Path | None = None,
    progress: Progress = quiet,
    by: str = "",
    gate: Gate | None = None,
    pdf_engine: str = "",
    same: Callable[[Examined, Document, Path], bool] | None = None,
) -> Built | Examined:
    """Build a department.  An :class:`Examined` comes back where nothing could be read.

    Every build is recorded beside the workbook before its files are moved into place; ``by`` is who.
    ``gate`` (``--final``): looks at the finished files; where it finds anything, or the text is not
    publishable, nothing is written and an :class:`Examined` comes back.
    ``same`` is asked before anything is written, with the document and its folder: where it says
    that just this stands there already, nothing is rendered.
    """
    examined = examine(path, pack=pack, root=root, progress=progress)
    submission, document, compiled = examined.submission, examined.document, examined.compiled
    if submission is None or document is None or compiled is None:
        return examined
    lock = locked(examined.workbook.parent, document)
    if lock is not None:
        examined = replace(examined, findings=(lock, *examined.findings))
    draft = not examined.publishable
    if gate is not None and draft:
        return examined
    document = replace(document, draft=draft)
    base = out or output_folder(document, output_root)
    folder = base / DRAFTS if draft else base
    stem = f"{safe_name(submission.name)}{submission.year}年度部门{compiled.pack.meta.kind}"
    if same is not None and same(examined, document, folder):
        return Built(examined, folder, (), draft)
    files: dict[str, bytes] = {}
    for form, data in render(document, submission, formats, pdf_engine, keep=parts_folder()):
        progress(f"写出 {form}")
        files[f"{stem}.{form}"] = data
    files |= {n: data for n, data in sealed_files(examined.workbook.parent, document).items() if n in files}
    if gate is not None:
        progress("核对成品")
        stops = tuple(gate(document, files))
        if stops:
            return replace(examined, findings=(*stops, *examined.findings))
    files["manifest.json"] = manifest(examined, files, draft)
    number = keep(
        examined.workbook,
        document,
        examined.generated or document,
        values_of(submission, figures_of(submission)),
        files,
        pack=(compiled.pack.id, compiled.pack.fingerprint),
        engine=(__version__, engine_fingerprint()),
        by=by,
    )
    if isinstance(number, Finding):
        examined = replace(examined, findings=(*examined.findings, number))
    written = put_in_place(folder, files)
    return Built(examined, folder, written, draft, number if isinstance(number, int) else 0)


def manifest(examined: Examined, files: Mapping[str, bytes], draft: bool) -> bytes:
    """What went in and what came out, each with its hash."""
    assert examined.compiled is not None and examined.submission is not None
    content = {
        "department": examined.submission.name,
        "year": examined.submission.year,
        "kind": examined.compiled.pack.meta.kind,
        "draft": draft,
        "inputs": {name: sha256(data) for (_, name), data in sorted(inputs_of(examined.workbook).items())},
        "pack": {
            "id": examined.compiled.pack.id,
            "version": examined.compiled.pack.meta.version,
            "sha256": examined.compiled.pack.fingerprint,
        },
        "engine": {"version": __version__, "sha256": engine_fingerprint()},
        "coverage": dict(examined.coverage),
        "outputs": {name: sha256(data) for name, data in sorted(files.items())},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def engine_fingerprint() -> str:
    """Hash of the program itself."""
    digest = hashlib.sha256()
    base = Path(__file__).resolve().parent
    for path in sorted(p for p in base.rglob("*") if p.suffix in (".py", ".css", ".html", ".typ")):
        digest.update(path.relative_to(base).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
