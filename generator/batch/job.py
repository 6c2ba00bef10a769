"""One department as a job: plain data in, plain data out, the same in a pool and on a cluster.

A job never raises: whatever goes wrong becomes an :class:`Outcome` with a Chinese message.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.metadata
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from generator.department import Built, Examined, build, engine_fingerprint, manifest, sha256
from generator.files import BATCH_HOME, STAGING, DepartmentError, put_in_place
from generator.model import Document, Finding, figures_of
from generator.packs import PackError

State = Literal["published", "draft", "unreadable", "failed"]
STATES: dict[State, str] = {"published": "可以公开", "draft": "草稿", "unreadable": "不能读取", "failed": "没有完成"}
LIBRARIES = (
    "typst",
    "weasyprint",
    "python-docx",
    "XlsxWriter",
    "lxml",
    "fonttools",
    "jinja2",
    "xlrd",
    "openpyxl",
)
MANIFEST = "manifest.json"
HOME = BATCH_HOME


@dataclass(frozen=True, slots=True)
class Output:
    """A file that was written, so that a later run can tell whether it still stands there."""

    name: str
    size: int
    modified: int
    sha256: str

    def stands(self, folder: Path) -> bool:
        """Untouched by size and time, or by its hash where the time moved."""
        try:
            stat = (folder / self.name).stat()
            if stat.st_size != self.size:
                return False
            return stat.st_mtime_ns == self.modified or sha256((folder / self.name).read_bytes()) == self.sha256
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one department.  ``rendered`` and ``outputs``: what stands there from before."""

    key: str
    department: str
    out: str
    formats: tuple[str, ...]
    pdf_engine: str
    environment: str
    pack: str = ""
    packs: str = ""
    rendered: str = ""
    outputs: tuple[Output, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as the summary shows it."""

    id: str
    severity: str
    title: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.  ``fresh``: files were written; else just this stood there already."""

    key: str
    state: State
    message: str = ""
    name: str = ""
    year: int = 0
    pack: str = ""
    pack_hash: str = ""
    folder: str = ""
    rendered: str = ""
    outputs: tuple[Output, ...] = ()
    findings: tuple[Found, ...] = ()
    seconds: float = 0.0
    megabytes: int = 0
    fresh: bool = True


@dataclass(slots=True)
class _Seen:
    """What the pipeline showed on its way."""

    rendered: str = ""
    reused: bool = False


@lru_cache(maxsize=4)
def environment(formats: tuple[str, ...], pdf_engine: str) -> str:
    """Hash of everything besides the inputs and the pack that files depend on: program, libraries, fonts."""
    from generator.writers import font_report

    digest = hashlib.sha256(f"{engine_fingerprint()}|{formats}|{pdf_engine}|{sys.version_info[:2]}".encode())
    for name in LIBRARIES:
        try:
            digest.update(f"{name} {importlib.metadata.version(name)};".encode())
        except importlib.metadata.PackageNotFoundError:
            digest.update(f"{name} -;".encode())
    for role, wanted, path in font_report():
        size = path.stat().st_size if path else 0
        digest.update(f"{role} {wanted} {path.name if path else '-'} {size};".encode())
    return digest.hexdigest()


def rendered_hash(document: Document, examined: Examined, environment: str) -> str:
    """Hash of all that the files say: equal hash, equal bytes (but for the manifest)."""
    assert examined.submission is not None
    figures = sorted(figures_of(examined.submission).items())
    return hashlib.sha256(f"{environment}\n{document!r}\n{figures!r}".encode("utf-8", "surrogatepass")).hexdigest()


def work(_: Callable[[str], None], job: Job) -> Outcome:
    """A job as the task of a worker."""
    return run(job)


def run(job: Job) -> Outcome:
    """Do a job.  Nothing escapes but the end of the process."""
    start = time.perf_counter()
    try:
        with _without_collector():
            outcome = _run(job)
    except (DepartmentError, PackError) as error:
        outcome = Outcome(job.key, "unreadable" if isinstance(error, DepartmentError) else "failed", str(error))
    except MemoryError:
        outcome = Outcome(job.key, "failed", "内存不够。请减少同时进行的数目（--jobs），或单独生成这个部门。")
    except OSError as error:
        outcome = Outcome(job.key, "failed", f"读写文件不成功：{error}")
    except Exception as error:  # a bug: this department is told apart, the others go on
        outcome = Outcome(job.key, "failed", f"程序出错（不是填报问题）：{type(error).__name__}：{error}")
    return replace(outcome, seconds=time.perf_counter() - start, megabytes=_megabytes())


@contextmanager
def _without_collector() -> Iterator[None]:
    """A job makes many objects that all go at its end: they are collected once, there.

    What was there before (the program itself) is not looked through each time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        if was_on:
            gc.enable()


def _run(job: Job) -> Outcome:
    if environment(job.formats, job.pdf_engine) != job.environment:
        raise OSError("这台计算机上的程序、组件或字体与主机不同，文件会不一样；请装成一样的再运行。")
    seen = _Seen()

    def same(examined: Examined, document: Document, folder: Path) -> bool:
        if job.interrupted:
            _sweep(folder)
        seen.rendered = rendered_hash(document, examined, job.environment)
        seen.reused = bool(job.outputs) and seen.rendered == job.rendered and all(o.stands(folder) for o in job.outputs)
        return seen.reused

    built = build(
        Path(job.department),
        formats=job.formats,
        output_root=Path(job.out),
        pack=job.pack,
        root=Path(job.packs) if job.packs else None,
        pdf_engine=job.pdf_engine,
        same=same,
    )
    examined = built.examined if isinstance(built, Built) else built
    findings = tuple(_found(f) for f in examined.findings)
    pack = examined.compiled.pack if examined.compiled else None
    outcome = Outcome(
        job.key,
        "unreadable",
        findings[0].message if findings else "",
        name=examined.submission.name if examined.submission else "",
        year=examined.submission.year if examined.submission else 0,
        pack=pack.id if pack else "",
        pack_hash=pack.fingerprint if pack else "",
        findings=findings,
    )
    if not isinstance(built, Built):
        return outcome
    if seen.reused:  # the same files under a pack that changed elsewhere: only the manifest tells of it
        kept = {o.name: (built.folder / o.name).read_bytes() for o in job.outputs if o.name != MANIFEST}
        put_in_place(built.folder, {MANIFEST: manifest(examined, kept, built.draft)})
        names: Iterable[str] = (o.name for o in job.outputs)
    else:
        names = (p.name for p in built.files)
    return replace(
        outcome,
        state="draft" if built.draft else "published",
        message="",
        folder=str(built.folder),
        rendered=seen.rendered,
        outputs=tuple(_output(built.folder / name) for name in names),
        fresh=not seen.reused,
    )


def _output(path: Path) -> Output:
    stat = path.stat()
    return Output(path.name, stat.st_size, stat.st_mtime_ns, sha256(path.read_bytes()))


def _sweep(folder: Path) -> None:
    """Remove what a killed run left half-written beside its place."""
    for left in folder.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _found(finding: Finding) -> Found:
    place = str(finding.cells[0]) if finding.cells else ""
    return Found(finding.id, finding.severity.value, finding.title or finding.id, place, finding.message)


def _megabytes() -> int:
    """Memory of this process."""
    import psutil

    return int(psutil.Process(os.getpid()).memory_info().rss >> 20)
