"""Long work: kept in the database, done by workers, taken up again after a restart.

The jobs of one department run one after the other.  Cells that are typed are in the database before the page answers,
and one job writes all that are waiting.  Who waits for what and in which turn is in :mod:`lanes`, what a job does in
:mod:`acts`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from generator.files import put
from generator.model import Refusal
from generator.web.state.acts import Act, Answer
from generator.web.state.database import Database, Row, now
from generator.web.state.departments import Department, Departments
from generator.web.state.lanes import ASK, QUICK, SLOW, Lanes
from generator.web.state.published import Published
from generator.web.state.settings import Settings
from generator.workers import Worker

LOG = logging.getLogger("juesuan.web")
WORDS = {
    "new": "生成填报表",
    "intake": "接收填报表",
    "apply": "写入填写的内容",
    "draft": "采用草稿",
    "prior": "带入上年的文件",
    "restore": "恢复以前的填报表",
    "reshape": "改正名称、年度或模板包",
    "examine": "检查",
    "compare": "对照",
    "build": "生成公开文本",
    "seal": "封存",
    "published": "审核公开文件",
}
ONCE = ("new", "apply", "examine", "build", "seal", "compare")  # one that waits is enough
TRIES = 20  # in an hour, to write what was typed in a department
WAITING_INTAKES = 3  # uploads of one department that may wait
KEPT_COMPARISONS = 20


class Jobs:
    """The queue, and the files that jobs work with."""

    def __init__(self, database: Database, departments: Departments, settings: Settings) -> None:
        self.database, self.departments, self.settings = database, departments, settings
        self.uploads, self.staging = settings.data / "uploads", settings.data / "staging"
        self.blobs, self.snapshots = settings.data / "versions", settings.data / "snapshots"
        for folder in (self.uploads, self.staging, self.blobs, self.snapshots):
            folder.mkdir(parents=True, exist_ok=True)
        self.published = Published(database, settings.data)
        self.lanes = Lanes(database, settings, self._do)
        self._said: dict[int, str] = {}  # how far running jobs are
        self._seen: dict[int, tuple[int, int]] = {}  # time and size of workbooks, as they were last read
        self._ending = threading.Event()

    # -------------------------------------------------------------- life

    def start(self) -> None:
        """Take up what was left, start the lanes."""
        with self.database.write() as change:
            change.execute("UPDATE job SET state='queued' WHERE state='running'")
            stuck = change.execute("SELECT DISTINCT department FROM cell_edit WHERE state='pending'").fetchall()
        for row in stuck:
            self.apply(row["department"], "系统")
        self.lanes.start()
        self._ending.clear()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._ending.set()
        self.lanes.stop()

    @property
    def stopping(self) -> bool:
        return self.lanes.stopping

    @property
    def workers(self) -> list[Worker]:
        return self.lanes.workers

    # -------------------------------------------------------------- asking for work

    def add(self, kind: str, department: int, who: str, payload: Mapping[str, object] | None = None) -> int:
        """Queue a job; its number.  Of most kinds one that waits is enough.  Refusal (429) where too many uploads wait."""
        words = json.dumps(dict(payload or {}), ensure_ascii=False)
        with self.database.write() as change:
            waiting = change.execute(
                "SELECT id, payload FROM job WHERE department=? AND kind=? AND state='queued' ORDER BY id",
                (department, kind),
            ).fetchall()
            if kind in ONCE and (same := [r["id"] for r in waiting if r["payload"] == words]):
                return int(same[0])
            if kind == "intake" and len(waiting) >= WAITING_INTAKES:
                raise Refusal("这个部门已经有几份上传的文件在等候处理，请等处理完再上传。", status=429)
            made = change.execute(
                "INSERT INTO job (department, kind, state, payload, who, created) VALUES (?,?,'queued',?,?,?)",
                (department, kind, words, who, now()),
            )
            if kind == "compare":
                change.execute(
                    "DELETE FROM job WHERE kind='compare' AND department=? AND state NOT IN ('queued','running') AND id NOT IN"
                    " (SELECT id FROM job WHERE kind='compare' AND department=? ORDER BY id DESC LIMIT ?)",
                    (department, department, KEPT_COMPARISONS),
                )
            number = int(made.lastrowid or 0)
            self.database.after(self.lanes.waken)
        return number

    def apply(self, department: int, who: str) -> int:
        return self.add("apply", department, who)

    def first_form(self, department: int, who: str) -> bool:
        """The first workbook of a department is made once; where that failed, a person asks for it again."""
        found = self.departments.get(department)
        known = self.database.value("SELECT COUNT(*) FROM job WHERE department=? AND kind='new'", department)
        if found is None or found.workbook or known:
            return False
        self.add("new", department, who)
        return True

    def ask(self, task: str, arguments: Mapping[str, object], who: str, seconds: int = 20) -> Answer:
        """A short question that a page waits for.  Refusal where it cannot be answered, or too many are waiting."""
        return self.lanes.ask(task, arguments, who, seconds)

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

    # -------------------------------------------------------------- doing it

    def progress(self, job: int) -> str:
        """How far a running job is, in words."""
        return self._said.get(job, "")

    def say(self, job: int, text: str) -> None:
        """A running job has come so far."""
        self._said[job] = text

    def _do(self, job: Row, worker: Worker) -> None:
        department = self.departments.get(job["department"])
        try:
            if department is None:
                raise Refusal("没有这个部门了。")
            answer = Act(self, job, department, worker).answer()
        except Refusal as error:
            if self.stopping:
                return  # taken up again at the next start
            answer = {"failed": str(error)}
        except OSError as error:
            LOG.warning("job %s: %s", job["id"], error)
            answer = {
                "failed": "文件读写不成（可能正被别的程序打开，或磁盘已满）。关闭打开的填报表后会再试，填写的内容没有丢。"
            }
        except Exception:
            LOG.exception("job %s", job["id"])
            answer = {"failed": "程序出错了，这不是您的填报问题。请联系维护人员。"}
        self._said.pop(job["id"], None)
        state = "failed" if "failed" in answer else "refused" if "refused" in answer else "done"
        with self.database.write() as change:
            change.execute(
                "UPDATE job SET state=?, result=?, finished=? WHERE id=?",
                (state, json.dumps(answer, ensure_ascii=False), now(), job["id"]),
            )

    # -------------------------------------------------------------- files

    def put_workbook(self, department: Department, data: bytes, how: str, who: str, words: str = "") -> None:
        """Keep a version and move it into the department's folder."""
        digest = hashlib.sha256(data).hexdigest()
        self._keep(digest, data)
        put(department.path, data)
        self._remember(department)
        self.departments.workbook_changed(department, digest, how, who, len(data), words)

    def _keep(self, digest: str, data: bytes) -> None:
        kept = self.blob(digest)
        if not kept.is_file():
            put(kept, data)

    def blob(self, digest: str) -> Path:
        return self.blobs / f"{digest}.xlsx"

    def bundle(self, department: Department) -> Path:
        """The sealed files, by their hash (0.1.0 named them by what was examined)."""
        home, digest = self.settings.data / "sealed", department.sealed.rpartition(" ")[2]
        place = home / f"{department.id}-{digest[:40]}.zip"
        if digest and not place.is_file():
            for old in home.glob(f"{department.id}-*.zip"):
                if hashlib.sha256(old.read_bytes()).hexdigest() == digest:
                    return old
        return place

    # -------------------------------------------------------------- changed from outside

    def take_notice(self, department: Department) -> bool:
        """Keep as a version what somebody put into the folder beside the workbench; whether there was something."""
        try:
            self._remember(department)
            data = department.path.read_bytes()
        except OSError:
            return False
        digest = hashlib.sha256(data).hexdigest()
        if digest == department.workbook or not department.workbook:
            return False
        self._keep(digest, data)
        self.departments.workbook_changed(department, digest, "文件夹里的改动", "系统", len(data))
        return True

    def _remember(self, department: Department) -> None:
        stat = department.path.stat()
        self._seen[department.id] = (stat.st_mtime_ns, stat.st_size)

    def glance(self, department: Department) -> None:
        """Where a workbook was changed from outside, by its time and size, it is looked at."""
        try:
            stat = department.path.stat()
        except OSError:
            return
        seen = self._seen.get(department.id)
        if department.workbook and seen is not None and seen != (stat.st_mtime_ns, stat.st_size):
            self._seen[department.id] = (stat.st_mtime_ns, stat.st_size)
            self.add("examine", department.id, "系统")

    def try_again(self) -> None:
        """What was typed and could not be written (a workbook open elsewhere, no time or memory for it) is tried again."""
        rows = self.database.all(
            "SELECT department FROM cell_edit WHERE state='pending' GROUP BY department"
            " HAVING department NOT IN (SELECT department FROM job WHERE kind='apply' AND state IN ('queued','running'))"
        )
        for row in rows:
            lately = (datetime.now().astimezone() - timedelta(hours=1)).isoformat(timespec="seconds")
            count = "SELECT COUNT(*) FROM job WHERE kind='apply' AND state='failed' AND department=? AND finished>?"
            if self.database.value(count, row["department"], lately) < TRIES:
                self.apply(row["department"], "系统")

    def _watch(self) -> None:
        while not self._ending.wait(self.settings.watch_seconds):
            try:
                self.try_again()
                for row in self.database.all("SELECT id FROM department WHERE workbook<>'' AND archived=''"):
                    found = self.departments.get(row["id"])
                    if found is not None:
                        self.glance(found)
            except Exception:
                LOG.exception("watch")


__all__ = ["ASK", "QUICK", "SLOW", "WORDS", "Answer", "Jobs"]
