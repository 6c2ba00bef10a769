"""One department to its published files: rendered, read back, recorded, moved in place.

Output is written beside and moved into place; a draft goes into the folder 草稿 and never replaces
published files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator import __version__
from generator.department.examination import Examined, Progress, examine, quiet
from generator.department.provenance import engine_fingerprint, manifest
from generator.department.standing import claim, foreign_seal, retire_drafts
from generator.files import DRAFTS, output_folder, put_in_place, safe_name
from generator.model import Document, Finding, Submission, figures_of
from generator.versions import keep, locked, sealed_files, values_of
from generator.writers import OPEN_DATA, write_json, write_open_data, write_text

FORMATS = ("docx", "pdf", "xlsx", "html", "txt", "json")
"""What is written where no format is named; ``data`` (open data) beside them on request."""
ALL_FORMATS = (*FORMATS, "data")
Gate = Callable[[Document, Mapping[str, bytes]], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left behind.  ``files`` is empty where they were there already (see ``build``)."""

    examined: Examined
    folder: Path
    files: tuple[Path, ...]
    draft: bool
    version: int = 0  # its number in the store; 0 where it could not be recorded


def render(
    document: Document,
    submission: Submission,
    formats: tuple[str, ...],
    pdf_engine: str = "",
) -> Iterator[tuple[str, bytes]]:
    """Each wanted format as bytes.  Writers are imported when they are needed.

    ``pdf_engine``: ``typst`` or ``weasyprint``; the usual one of this machine where none is named.
    """
    from generator.writers import paginate, usual

    pdf_engine = pdf_engine or (usual() if "pdf" in formats else "")
    plan = paginate(document) if {"docx", "pdf"} & set(formats) else None
    tables: bytes | None = None
    if "xlsx" in formats or ("pdf" in formats and pdf_engine == "typst"):
        from generator.writers import write_xlsx

        tables = write_xlsx(document)
    for form in formats:
        match form:
            case "docx":
                from generator.writers import write_docx

                yield form, write_docx(document, plan)
            case "pdf" if pdf_engine == "typst":
                from generator.writers import write_typst

                assert tables is not None
                figures = write_json(document, figures_of(submission), compact=True)
                attached = [
                    ("figures.json", figures, "全部数字及其来源单元格（机器可读）"),
                    ("tables.xlsx", tables, "公开报表和数据来源"),
                ]
                yield form, write_typst(document, plan, attachments=attached)
            case "pdf":
                from generator.writers import write_pdf

                yield form, write_pdf(document, plan)
            case "html":
                from generator.writers import write_html

                yield form, write_html(document)
            case "xlsx":
                assert tables is not None
                yield form, tables
            case "txt":
                yield form, write_text(document)
            case "json":
                yield form, write_json(document, figures_of(submission))
            case "data":
                yield form, write_open_data(document)
            case _:
                raise ValueError(form)


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
    charts: bool = False,
    same: Callable[[Examined, Document, Path], bool] | None = None,
) -> Built | Examined:
    """Build a department.  An :class:`Examined` comes back where nothing could be read.

    Every build is recorded beside the workbook before its files are moved into place; ``by`` is who.
    ``charts``: with the annex 图解.
    ``gate`` (``--final``): looks at the finished files; where it finds anything, or the text is not
    publishable, nothing is written and an :class:`Examined` comes back.
    ``same`` is asked before anything is written, with the document and its folder: where it says
    that just this stands there already, nothing is rendered.
    """
    examined = examine(path, pack=pack, root=root, progress=progress, charts=charts)
    submission, document, compiled = examined.submission, examined.document, examined.compiled
    if submission is None or document is None or compiled is None:
        return examined
    lock = locked(examined.workbook.parent, document)
    if lock is not None:
        examined = replace(examined, findings=(lock, *examined.findings))
    base = out or output_folder(document, output_root)
    if out is None:
        claim(output_root, base, examined.workbook.parent)
    foreign = foreign_seal(base, examined.workbook.parent)
    if foreign is not None:
        examined = replace(examined, findings=(foreign, *examined.findings))
    draft = not examined.publishable
    if gate is not None and draft:
        return examined
    document = replace(document, draft=draft)
    folder = base / DRAFTS if draft else base
    stem = f"{safe_name(submission.name)}{submission.year}年度{document.scope}{document.kind}"
    if same is not None and same(examined, document, folder):
        return Built(examined, folder, (), draft)
    files: dict[str, bytes] = {}
    for form, data in render(document, submission, formats, pdf_engine):
        progress(f"写出 {form}")
        files[f"{stem}.{OPEN_DATA if form == 'data' else form}"] = data
    files |= {n: data for n, data in sealed_files(examined.workbook.parent, document).items() if n in files}
    if gate is not None:
        progress("核对成品")
        stops = tuple(gate(document, files))
        if stops:
            return replace(examined, findings=(*stops, *examined.findings))
    files["manifest.json"] = manifest(examined, files, draft)
    number, said = keep(
        examined.workbook,
        document,
        examined.generated or document,
        values_of(submission, figures_of(submission)),
        files,
        pack=(compiled.pack.id, compiled.pack.fingerprint),
        engine=(__version__, engine_fingerprint()),
        by=by,
    )
    if said is not None:
        examined = replace(examined, findings=(*examined.findings, said))
    written = put_in_place(folder, files)
    if not draft:
        retire_drafts(base)
    return Built(examined, folder, written, draft, number)
