"""Long work: kept in the database, done by workers, taken up again after a restart.

The jobs of one department run one after the other.  Cells that are typed are in the database before the page answers, and one job writes
all that are waiting.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.files import put
from generator.model import Refusal
from generator.web.state.database import Database, Row, now
from generator.web.state.departments import Department, Departments
from generator.web.state.settings import Settings
from generator.workers import Ended, Limits, Say, Worker

LOG = logging.getLogger("juesuan.web")
PERFORM = "generator.web.work.worker:perform"
Answer = dict[str, Any]
SLOW = ("build", "seal")
KEPT_SNAPSHOTS = 4
QUICK = ("new", "intake", "apply", "draft", "examine")
WORDS = {
    "new": "生成填报表",
    "intake": "接收填报表",
    "apply": "写入填写的内容",
    "draft": "采用草稿",
    "examine": "检查",
    "build": "生成公开文本",
    "seal": "封存",
}


@dataclass
class _Call:
    """A short question to a worker that somebody waits for."""

    task: str
    arguments: Mapping[str, object]
    answer: Future[Answer]


class Jobs:
    """The queue and its lanes."""

    def __init__(self, database: Database, departments: Departments, settings: Settings) -> None:
        self.database, self.departments, self.settings = database, departments, settings
        self.uploads, self.staging = settings.data / "uploads", settings.data / "staging"
        self.blobs, self.snapshots = settings.data / "versions", settings.data / "snapshots"
        for folder in (self.uploads, self.staging, self.blobs, self.snapshots):
            folder.mkdir(parents=True, exist_ok=True)
        self._wake = threading.Condition()
        self._calls: list[_Call] = []
        self._busy: set[int] = set()
        self._said: dict[int, str] = {}  # how far running jobs are
        self.stopping = False
        self._threads: list[threading.Thread] = []
        self._workers: list[Worker] = []

    # -------------------------------------------------------------- life

    def start(self) -> None:
        """Take up what was left, start the lanes."""
        with self.database.write() as change:
            change.execute("UPDATE job SET state='queued' WHERE state='running'")
            stuck = change.execute("SELECT DISTINCT department FROM cell_edit WHERE state='pending'").fetchall()
        for row in stuck:
            self.apply(row["department"], "系统")
        quick = Limits(self.settings.quick_time, self.settings.memory)
        slow = Limits(self.settings.slow_time, self.settings.memory)
        lanes = [(QUICK, quick)] * self.settings.quick_workers + [(SLOW, slow)] * self.settings.slow_workers
        for kinds, limits in lanes:
            worker = Worker(PERFORM, limits, lowly=True)
            self._workers.append(worker)
            thread = threading.Thread(target=self._lane, args=(kinds, worker), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with self._wake:
            self.stopping = True
            self._wake.notify_all()
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join(timeout=5)

    # -------------------------------------------------------------- asking for work

    def add(self, kind: str, department: int, who: str, payload: Mapping[str, object] | None = None) -> int:
        """Queue a job; an examination or writing that already waits is not queued twice."""
        with self.database.write() as change:
            if kind in ("apply", "examine"):
                row = change.execute(
                    "SELECT id FROM job WHERE department=? AND kind=? AND state='queued'", (department, kind)
                ).fetchone()
                if row:
                    return int(row["id"])
            made = change.execute(
                "INSERT INTO job (department, kind, state, payload, who, created) VALUES (?,?,'queued',?,?,?)",
                (department, kind, json.dumps(dict(payload or {}), ensure_ascii=False), who, now()),
            )
            number = int(made.lastrowid or 0)
            self.database.after(self._waken)
        return number

    def _waken(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def apply(self, department: int, who: str) -> int:
        return self.add("apply", department, who)

    def ask(self, task: str, arguments: Mapping[str, object], seconds: int = 20) -> Answer:
        """A short question, answered before queued jobs.  Refusal where it cannot be answered or takes too long."""
        call = _Call(task, arguments, Future())
        with self._wake:
            self._calls.append(call)
            self._wake.notify_all()
        try:
            return call.answer.result(timeout=seconds)
        except TimeoutError:
            call.answer.cancel()
            raise Refusal("正忙，请稍后再试。", status=503) from None

    def latest(self, department: int) -> Row | None:
        """The job that a page shows: the oldest that is not done, else the last one."""
        return self.database.one(
            "SELECT * FROM job WHERE department=? ORDER BY state IN ('queued','running') DESC,"
            " CASE WHEN state IN ('queued','running') THEN id ELSE -id END LIMIT 1",
            department,
        )

    def open_jobs(self, department: int) -> list[Row]:
        return self.database.all(
            "SELECT * FROM job WHERE department=? AND state IN ('queued','running') ORDER BY id", department
        )

    # -------------------------------------------------------------- lanes

    def _lane(self, kinds: tuple[str, ...], worker: Worker) -> None:
        while True:
            with self._wake:
                call, job = self._next(kinds)
                while call is None and job is None and not self.stopping:
                    self._wake.wait(timeout=5)
                    call, job = self._next(kinds)
                if self.stopping:
                    return
            if call is not None:
                if call.answer.set_running_or_notify_cancel():
                    try:
                        call.answer.set_result(done_by(worker, call.task, call.arguments))
                    except Refusal as error:
                        call.answer.set_exception(error)
            elif job is not None:
                try:
                    self._do(job, worker)
                except Exception:
                    LOG.exception("job %s", job["id"])
                    self._finish(job, {"failed": "程序出错了，这不是您的填报问题。请联系维护人员。"})
                finally:
                    with self._wake:
                        self._busy.discard(job["department"])
                        self._wake.notify_all()

    def _next(self, kinds: tuple[str, ...]) -> tuple[_Call | None, Row | None]:
        """What a lane does next (under the lock)."""
        if self.stopping:
            return None, None
        if kinds == QUICK and self._calls:
            return self._calls.pop(0), None
        marks = ",".join("?" * len(kinds))
        for row in self.database.all(
            f"SELECT * FROM job WHERE state='queued' AND kind IN ({marks}) ORDER BY id LIMIT 200",  # noqa: S608
            *kinds,
        ):
            if row["department"] in self._busy:
                continue
            with self.database.write() as change:
                change.execute("UPDATE job SET state='running' WHERE id=?", (row["id"],))
            self._busy.add(row["department"])
            return None, row
        return None, None

    def progress(self, job: int) -> str:
        """How far a running job is, in words."""
        return self._said.get(job, "")

    def say(self, job: int, text: str) -> None:
        """A running job has come so far."""
        self._said[job] = text

    def _finish(self, job: Row, answer: Answer) -> None:
        state = "failed" if "failed" in answer else "refused" if "refused" in answer else "done"
        self._said.pop(job["id"], None)
        with self.database.write() as change:
            change.execute(
                "UPDATE job SET state=?, result=?, finished=? WHERE id=?",
                (state, json.dumps(answer, ensure_ascii=False), now(), job["id"]),
            )

    def _do(self, job: Row, worker: Worker) -> None:
        department = self.departments.get(job["department"])
        if department is None:
            self._finish(job, {"failed": "没有这个部门了。"})
            return
        if self.stopping:
            return
        try:
            answer = _Run(self, job, department, worker).answer()
        except Refusal as error:
            if self.stopping:
                return  # taken up again at the next start
            answer = {"failed": str(error)}
        self._finish(job, answer)

    # -------------------------------------------------------------- files

    def put_workbook(self, department: Department, data: bytes, how: str, who: str) -> None:
        """Keep a version and move it into the department's folder."""
        digest = hashlib.sha256(data).hexdigest()
        kept = self.blob(digest)
        if not kept.is_file():
            put(kept, data)
        put(department.path, data)
        self.departments.workbook_changed(department, digest, how, who, len(data))

    def blob(self, digest: str) -> Path:
        return self.blobs / f"{digest}.xlsx"

    def bundle(self, department: Department) -> Path:
        return self.settings.data / "sealed" / f"{department.id}-{department.fingerprint}.zip"


def done_by(worker: Worker, task: str, arguments: Mapping[str, object], say: Say | None = None) -> Answer:
    """The answer of a worker.  Refusal where the task refused, or its process came to an end."""
    found = worker.run(task, dict(arguments), say=say)
    if isinstance(found, Ended):
        if found.reason == "fault":
            LOG.error("%s\n%s", task, found.detail)
        raise Refusal(found.words)
    assert isinstance(found, dict)
    return found


class _Run:
    """One job with what it needs."""

    def __init__(self, jobs: Jobs, job: Row, department: Department, worker: Worker) -> None:
        self.jobs, self.job, self.department, self.worker = jobs, job, department, worker
        self.payload: dict[str, Any] = json.loads(job["payload"])
        self.packs = str(jobs.settings.packs or "")
        self.place = jobs.staging / f"{job['id']}.xlsx"

    def answer(self) -> Answer:
        try:
            answer: Answer = getattr(self, f"_{self.job['kind']}")()
        finally:
            self.place.unlink(missing_ok=True)
        return answer

    def _run(self, task: str, **arguments: object) -> Answer:
        return done_by(self.worker, task, arguments, lambda text: self.jobs.say(self.job["id"], text))

    def _of_department(self, task: str, **arguments: object) -> Answer:
        return self._run(
            task, folder=str(self.department.folder), pack=self.department.pack, packs=self.packs, **arguments
        )

    def _examine(self) -> Answer:
        home = self.jobs.snapshots / str(self.department.id)
        answer = self._of_department("examine", snapshots=str(home))
        answer["snapshot"] = f"{self.department.id}/{answer['snapshot']}"
        self.jobs.departments.examined(self.department.id, answer)
        old = sorted((p for p in home.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
        for folder in old[:-KEPT_SNAPSHOTS]:
            if f"{self.department.id}/{folder.name}" != answer["snapshot"]:
                shutil.rmtree(folder, ignore_errors=True)
        return answer

    def _new(self) -> Answer:
        if self.department.path.is_file():
            self.jobs.put_workbook(self.department, self.department.path.read_bytes(), "原有填报表", self.job["who"])
            return self._examine()
        self._form()
        return self._examine()

    def _form(self, source: str = "", suffix: str = "", how: str = "空白表") -> None:
        """A new form; with exported tables (``source``), what the present one holds goes into it too."""
        d = self.department
        base = str(d.path) if source and d.path.is_file() else ""
        self._run(
            "new",
            staging=str(self.place),
            pack=d.pack,
            year=d.year,
            name=d.name,
            packs=self.packs,
            source=source,
            suffix=suffix,
            base=base,
        )
        self.jobs.put_workbook(d, self.place.read_bytes(), how, self.job["who"])

    def _intake(self) -> Answer:
        d, file = self.department, self.jobs.uploads / self.payload["file"]
        if not file.is_file():
            raise Refusal("上传的文件已经处理过了。")
        name = self.payload["name"]
        try:
            answer = self._run(
                "intake", file=str(file), name=name, department=d.name, pack=d.pack, year=d.year, packs=self.packs
            )
        except Refusal:
            if not self.jobs.stopping:
                self._refuse(file, name)
            raise
        if "refused" in answer:
            self._refuse(file, name)
            return answer
        if "tables" in answer:
            self._form(str(file), Path(name).suffix.lower(), "带入导出的报表")
        else:
            self.jobs.put_workbook(d, file.read_bytes(), "上传填报表", self.job["who"])
        found = self._examine()
        file.unlink(missing_ok=True)
        return {**answer, **found}

    def _refuse(self, file: Path, name: str) -> None:
        file.unlink(missing_ok=True)
        self.jobs.database.log(self.job["who"], "上传被拒绝", name[:80], self.department.id)

    def _apply(self) -> Answer:
        database, d = self.jobs.database, self.department
        rows = database.all(
            "SELECT * FROM cell_edit WHERE department=? AND state='pending' ORDER BY id LIMIT 4000", d.id
        )
        answer: Answer = {}
        if rows:
            edits = [{k: r[k] for k in ("id", "sheet", "cell", "was", "text")} for r in rows]
            answer = self._run("apply", workbook=str(d.path), staging=str(self.place), edits=edits)
            names = "、".join(dict.fromkeys(r["who"] for r in rows))
            if answer["done"]:
                self.jobs.put_workbook(d, self.place.read_bytes(), "网上填写", names)
            with database.write() as change:
                change.executemany("UPDATE cell_edit SET state='written' WHERE id=?", [(k,) for k in answer["done"]])
                change.executemany(
                    "UPDATE cell_edit SET state='refused', note=? WHERE id=?",
                    [(note, int(k)) for k, note in answer["refused"].items()],
                )
        return {**self._examine(), "refused_cells": answer.get("refused", {})}

    def _draft(self) -> Answer:
        """A draft that was taken stands in the workbook, its numbers live."""
        self._of_department("draft", staging=str(self.place), **self.payload)
        self.jobs.put_workbook(self.department, self.place.read_bytes(), "采用草稿", self.job["who"])
        return self._examine()

    def _build(self) -> Answer:
        answer = self._of_department("build", output=str(self.jobs.settings.output), by=self.job["who"])
        self.jobs.database.log(
            self.job["who"], "生成草稿" if answer["draft"] else "生成公开文本", "", self.department.id
        )
        return answer

    def _seal(self) -> Answer:
        d = self.department
        target = self.jobs.bundle(d)
        if d.stage != "approved":
            raise Refusal("还没有批准，不能封存。")
        answer = self._of_department(
            "seal",
            output=str(self.jobs.settings.output),
            fingerprint=d.fingerprint,
            bundle=str(target),
            by=self.job["who"],
        )
        now_there = self.jobs.departments.get(d.id)
        if now_there is None or now_there.stage != "approved" or now_there.fingerprint != d.fingerprint:
            raise Refusal("封存时内容又有变动，没有封存。")
        self.jobs.departments.sealed(d, self.job["who"], answer["bundle"])
        return answer
