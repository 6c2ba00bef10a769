"""Many documents at once: each file in a process of its own under limits of time and memory, answers in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.audit.report import report_lines, write_report
from generator.audit.run import Audit, audit
from generator.files import listed_publications, publications_of, read_publication
from generator.model import Severity, make_finding
from generator.workers import Ended, Limits, Pool, Say

LIMITS = Limits(seconds=120, megabytes=1500, tasks=200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be audited, and against what."""

    path: str
    shown: str
    pack: str = ""
    workbook: str = ""
    last: str = ""
    out: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The audit of one document as plain values: what ``--json`` says, and in words."""

    name: str
    data: dict[str, object]
    lines: tuple[str, ...]
    readable: bool
    clean: bool


def audit_many(
    paths: Sequence[Path], asked: Callable[[str, str], Asked], jobs: int, begin: Callable[[str], None] = lambda _: None
) -> Iterator[Answer]:
    """Every document of files, folders and zips, in order.  ``asked`` makes the task of a path and its shown name."""
    tasks = [asked(str(path), shown) for path, shown in listed_publications(paths)]
    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            begin(task.shown)
            yield from answers(task)
        return
    found: dict[Asked, tuple[Answer, ...]] = {}
    waiting = iter(tasks)
    due = next(waiting, None)
    pool = Pool[Asked](min(jobs, len(tasks)), LIMITS, "generator.audit.many:work")
    try:
        for task, got in pool.run(tasks, lambda t: begin(t.shown)):
            found[task] = (_ended(task, got),) if isinstance(got, Ended) else tuple(got)  # type: ignore[arg-type]
            while due is not None and due in found:
                yield from found.pop(due)
                due = next(waiting, None)
    finally:
        pool.close()


def work(say: Say, task: Asked) -> tuple[Answer, ...]:
    """In a child process."""
    say(f"正在核对 {task.shown}")
    return tuple(answers(task))


def answers(task: Asked) -> Iterator[Answer]:
    """Every document of one file (a zip has many)."""
    last = read_publication(Path(task.last)) if task.last else None
    workbook = Path(task.workbook) if task.workbook else None
    for name, publication in publications_of(Path(task.path), task.shown):
        result = audit(publication, task.pack, name=name, workbook=workbook, last=last)
        if task.out:
            write_report(result, Path(task.out))
        yield _answer(result)


def _answer(result: Audit) -> Answer:
    return Answer(result.name, result.as_json(), tuple(report_lines(result)), result.readable, result.clean)


def _ended(task: Asked, ended: Ended) -> Answer:
    """A document that gave no answer within its limits, or at all."""
    finding = make_finding("WB-004/system", (), why=ended.words).but(severity=Severity.ERROR)
    return _answer(Audit(task.shown, None, (), unread=(finding,)))
