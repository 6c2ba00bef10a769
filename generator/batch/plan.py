"""A run over many departments: what need not be done again is left out, the rest is divided and recorded."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from generator.batch.job import Job, Outcome, environment
from generator.batch.ledger import Entry, Ledger
from generator.files import Department, discover, inputs_hash
from generator.packs import PackError, assemble, find_pack
from generator.workers import Ended, Limits, Pool

FORMATS = ("docx", "pdf", "xlsx")
LIMITS = Limits(seconds=300, megabytes=2000, tasks=40, kept=650)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do."""

    root: Path
    output: Path
    formats: tuple[str, ...] = FORMATS
    pdf_engine: str = "typst"
    engine: str = "local"
    scheduler: str = ""
    workers: int = 0
    only_failed: bool = False
    force: bool = False
    pack: str = ""
    packs: Path | None = None
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run stands: the outcome that has just come, and the counts."""

    outcome: Outcome | None
    done: int
    total: int
    skipped: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: the last outcome of every department, and what was left out."""

    outcomes: Mapping[str, Outcome]
    ran: frozenset[str]
    seconds: float
    plan: Plan


Watch = Callable[[Step], None]


def run(plan: Plan, watch: Watch = lambda _: None) -> Done:
    """Do what is to be done; ``watch`` is called after each department."""
    start = time.perf_counter()
    plan = replace(plan, root=plan.root.resolve(), output=plan.output.resolve())
    departments = discover(plan.root)
    mark = environment(plan.formats, plan.pdf_engine)
    ledger = Ledger(plan.output)
    try:
        before = ledger.entries()
        broken = ledger.interrupted()
        hashes: dict[str, str] = {}
        jobs: list[Job] = []
        fingerprint = cache(lambda name: _fingerprint(name, plan.packs))
        for department in departments:
            key = str(department.folder)
            entry = before.get(key)
            if plan.only_failed and (entry is None or entry.outcome.state == "published"):
                continue
            hashes[key] = inputs_hash(department.folder)
            other = bool(plan.pack) and entry is not None and entry.outcome.pack != plan.pack
            if plan.force or key in broken or other or not _stands(entry, hashes[key], mark, fingerprint):
                jobs.append(_job(plan, department, entry, mark, key in broken))
        ran: set[str] = set()
        skipped = len(departments) - len(jobs)
        watch(Step(None, 0, len(jobs), skipped, time.perf_counter() - start))
        after = {str(d.folder): before[str(d.folder)].outcome for d in departments if str(d.folder) in before}
        for outcome in _outcomes(plan, jobs, lambda job: ledger.begin(job.key)):
            at = datetime.now().astimezone().isoformat(timespec="seconds")
            ledger.finish(outcome, hashes[outcome.key], mark, at)
            after[outcome.key] = outcome
            ran.add(outcome.key)
            watch(Step(outcome, len(ran), len(jobs), skipped, time.perf_counter() - start))
        here = {str(d.folder) for d in departments}
        gone = [k for k in before if k not in here and Path(k).is_relative_to(plan.root)]
        ledger.forget(gone)
    finally:
        ledger.close()
    return Done(after, frozenset(ran), time.perf_counter() - start, plan)


def _fingerprint(name: str, packs: Path | None) -> str:
    """The hash of an effective pack; empty where it is broken (each of its departments then says so)."""
    folder = find_pack(name, packs)
    try:
        return assemble(folder).fingerprint if folder else ""
    except PackError:
        return ""


def _stands(entry: Entry | None, inputs: str, mark: str, fingerprint: Callable[[str], str]) -> bool:
    """Whether a department need not be looked at: same inputs, program and pack, files untouched."""
    if entry is None or entry.outcome.state == "failed" or (entry.inputs, entry.environment) != (inputs, mark):
        return False
    outcome = entry.outcome
    if outcome.pack and fingerprint(outcome.pack) != outcome.pack_hash:
        return False
    return all(o.stands(Path(outcome.folder)) for o in outcome.outputs)


def _job(plan: Plan, department: Department, entry: Entry | None, mark: str, interrupted: bool) -> Job:
    known = entry is not None and entry.environment == mark and not plan.force and not interrupted
    return Job(
        str(department.folder),
        str(department.folder),
        str(plan.output),
        plan.formats,
        plan.pdf_engine,
        mark,
        plan.pack,
        str(plan.packs) if plan.packs else "",
        rendered=entry.outcome.rendered if entry and known else "",
        outputs=entry.outcome.outputs if entry and known else (),
        interrupted=interrupted,
    )


def _outcomes(plan: Plan, jobs: Sequence[Job], begin: Callable[[Job], None]) -> Iterator[Outcome]:
    if not jobs:
        return
    if plan.engine == "dask":
        from generator.batch.cluster import run_on_dask

        yield from run_on_dask(jobs, plan.scheduler, workers=plan.workers, begin=begin)
        return
    pool = Pool[Job](min(plan.workers or os.cpu_count() or 1, len(jobs)), plan.limits, "generator.batch.job:work")
    try:
        for job, found in pool.run(jobs, begin):
            yield found if isinstance(found, Outcome) else _ended(job, found, plan.limits)
    finally:
        pool.close()


def _ended(job: Job, ended: object, limits: Limits) -> Outcome:
    """A job that gave no outcome, in words."""
    assert isinstance(ended, Ended)
    said = {
        "time": f"超过 {limits.seconds:g} 秒没有完成，已停止。可以用 --time-limit 放宽。",
        "memory": f"用的内存超过 {limits.megabytes} MB，已停止。可以用 --memory-limit 放宽。",
        "died": f"处理这个部门的进程两次意外结束（代码 {ended.detail}）。",
    }
    return Outcome(job.key, "failed", said.get(ended.reason, ended.words), seconds=ended.seconds)
