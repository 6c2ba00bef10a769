"""Many documents at once: each file in a process of its own under limits of time and memory, answers in their order.

With a folder for the results, what was done is remembered there: the same files are not audited again, and a run that
was killed goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from generator.audit.beside import beside_of
from generator.audit.ledger import AuditLedger
from generator.audit.report import report_lines
from generator.audit.results.folder import folders_of, stem_of, written
from generator.audit.results.record import Record, from_plain, record_of
from generator.audit.run import USUAL, Audit, audit
from generator.department import engine_fingerprint
from generator.files import Entry, listed_publications, norm, publications_of, read_roster
from generator.model import Severity, make_finding
from generator.packs import reading_words
from generator.workers import Ended, Limits, Pool, Say

LIMITS = Limits(seconds=120, megabytes=1500, tasks=200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be audited, and against what.  ``workbook`` and ``last`` may be folders with those of many
    departments; ``out`` is the folder of the results, ``roster`` a file."""

    path: str
    shown: str
    pack: str = ""
    workbook: str = ""
    last: str = ""
    out: str = ""
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The audit of one document as plain values: what ``--json`` says, in words, and what is kept; ``folder`` and
    ``files`` below the folder of the results."""

    name: str
    data: dict[str, object]
    lines: tuple[str, ...]
    readable: bool
    clean: bool
    record: Record
    folder: str = ""
    files: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {
            "name": self.name, "data": self.data, "lines": self.lines, "readable": self.readable, "clean": self.clean,
            "record": self.record.as_plain(), "folder": self.folder, "files": self.files,
        }  # fmt: skip


def audit_many(
    paths: Sequence[Path], asked: Callable[[str, str], Asked], jobs: int, begin: Callable[[str], None] = lambda _: None,
    *, force: bool = False,
) -> Iterator[Answer]:  # fmt: skip
    """Every document of files, folders and zips, in order.  ``asked`` makes the task of a path and its shown name;
    ``force``: what is in the ledger is done again."""
    tasks = [asked(str(path), shown) for path, shown in listed_publications(paths)]
    folders = folders_of(t.shown for t in tasks)
    if len(folders) < len(tasks):  # files of the same name from several folders
        tasks = [replace(t, shown=t.path) for t in tasks]
        folders = folders_of(t.shown for t in tasks)
    output = next((t.out for t in tasks if t.out), "")
    tasks = [replace(t, out=str(Path(t.out) / folders[t.shown]) if t.out else "") for t in tasks]
    ledger = AuditLedger(Path(output)) if output else None
    try:
        yield from _run(tasks, jobs, begin, ledger, force)
        if ledger is not None:
            ledger.keep(t.shown for t in tasks)
    finally:
        if ledger is not None:
            ledger.close()


def _run(
    tasks: Sequence[Asked], jobs: int, begin: Callable[[str], None], ledger: AuditLedger | None, force: bool
) -> Iterator[Answer]:
    """The answers in order; those of the ledger as they were."""
    inputs = _inputs() if ledger is not None else None
    marks = {t: inputs(t) for t in tasks} if inputs else {}
    due = [t for t in tasks if ledger is None or force or _kept(ledger, t, marks[t]) is None]
    still = set(due)
    fresh = _answered(due, jobs, begin)
    waiting: dict[Asked, tuple[Answer, ...]] = {}
    for task in tasks:
        if task not in still and ledger is not None:
            yield from _kept(ledger, task, marks[task]) or ()
            continue
        while task not in waiting:
            done, found = next(fresh)
            waiting[done] = found
            if ledger is not None:
                ledger.finish(done.shown, marks[done], [a.as_plain() for a in found])
        yield from waiting.pop(task)


def _kept(ledger: AuditLedger, task: Asked, mark: str) -> tuple[Answer, ...] | None:
    """The answers of the ledger, where the files that were written then are still there."""
    raw = ledger.known(task.shown, mark)
    if raw is None:
        return None
    found = tuple(_answer_of(r) for r in raw)
    home = Path(task.out).parent
    there = all((home / a.folder / name).is_file() for a in found for name in a.files)
    return found if there else None


def _answer_of(raw: Mapping[str, Any]) -> Answer:
    return Answer(
        raw["name"], raw["data"], tuple(raw["lines"]), raw["readable"], raw["clean"], from_plain(raw["record"]),
        raw["folder"], tuple(raw["files"]),
    )  # fmt: skip


def _answered(
    tasks: Sequence[Asked], jobs: int, begin: Callable[[str], None]
) -> Iterator[tuple[Asked, tuple[Answer, ...]]]:
    """Tasks as they are done."""
    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            begin(task.shown)
            yield task, tuple(answers(task))
        return
    pool = Pool[Asked](min(jobs, len(tasks)), LIMITS, "generator.audit.many:work")
    try:
        for task, got in pool.run(tasks, lambda t: begin(t.shown)):
            yield task, (_ended(task, got),) if isinstance(got, Ended) else tuple(got)  # type: ignore[arg-type]
    finally:
        pool.close()


def work(say: Say, task: Asked) -> tuple[Answer, ...]:
    """In a child process."""
    say(f"正在核对 {task.shown}")
    return tuple(answers(task))


def answers(task: Asked) -> Iterator[Answer]:
    """Every document of one file (a zip has many)."""
    path = Path(task.path)
    several = path.suffix.lower() == ".zip"
    taken: set[str] = set()
    for name, publication in publications_of(path, task.shown):
        workbook, last, notes = beside_of(task.workbook, task.last, name, publication, task.pack)
        result = audit(publication, task.pack, name=name, workbook=workbook, last=last)
        if notes:
            result = replace(result, unread=(*result.unread, *notes))
        record = record_of(result)
        if not task.out:
            yield _answer(result, record)
            continue
        folder = Path(task.out)
        if several:
            inner = next(f for k in range(1, 9999) if (f := stem_of(name) + (f"（{k}）" if k > 1 else "")) not in taken)
            taken.add(inner)
            folder /= inner
        data = b"" if several else path.read_bytes() if path.is_file() else b""
        files = written(result, record, data, folder, _entry(task.roster, record.department))
        home = Path(task.out).parent
        yield _answer(result, record, str(folder.relative_to(home).as_posix()), files)


def _answer(result: Audit, record: Record, folder: str = "", files: Sequence[str] = ()) -> Answer:
    lines = tuple(report_lines(result))
    return Answer(result.name, result.as_json(), lines, result.readable, result.clean, record, folder, tuple(files))


def _ended(task: Asked, ended: Ended) -> Answer:
    """A document that gave no answer within its limits, or at all."""
    finding = make_finding("WB-004/system", (), why=ended.words).but(severity=Severity.ERROR)
    result = Audit(task.shown, None, (), unread=(finding,))
    return _answer(result, record_of(result))


# ------------------------------------------------------------------ the roster, and what an answer depends on


@lru_cache(maxsize=4)
def _roster(path: str) -> dict[str, Entry]:
    return {norm(e.name): e for e in read_roster(Path(path))}


def _entry(path: str, department: str) -> Entry | None:
    return _roster(path).get(norm(department)) if path else None


def _inputs() -> Callable[[Asked], str]:
    """What an answer is made from: the file, what it is held against, the program, the words of the pack."""

    @cache
    def of(path: str) -> str:
        sum_ = hashlib.sha256()
        root = Path(path)
        for file in sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else [root]:
            sum_.update(str(file.relative_to(root)).encode("utf-8", "surrogatepass"))
            try:
                with file.open("rb") as opened:
                    sum_.update(hashlib.file_digest(opened, "sha256").digest())
            except OSError:
                sum_.update(b"?")
        return sum_.hexdigest()

    @cache
    def words(pack: str) -> str:
        return hashlib.sha256(repr(reading_words(pack or USUAL)).encode()).hexdigest()

    program = engine_fingerprint()

    def mark(task: Asked) -> str:
        parts = [of(p) if p else "" for p in (task.path, task.workbook, task.last, task.roster)]
        told = "\n".join([program, words(task.pack), task.pack, *parts])
        return hashlib.sha256(told.encode()).hexdigest()

    return mark
