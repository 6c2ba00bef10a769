"""What a job does: each kind is a method, a worker's task of the same name does what is heavy."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.model import Refusal
from generator.web.state.database import Row
from generator.web.state.departments import Department
from generator.workers import Ended, Say, Worker

if TYPE_CHECKING:
    from generator.web.state.jobs import Jobs

LOG = logging.getLogger("juesuan.web")
PERFORM = "generator.web.work.worker:perform"
APPROVED = ("approved", "sealed", "published")
KEPT_SNAPSHOTS = 4
AT_ONCE = 4000  # cells that one job writes
Answer = dict[str, Any]


def done_by(worker: Worker, task: str, arguments: Mapping[str, object], say: Say | None = None) -> Answer:
    """The answer of a worker.  Refusal where the task refused, or its process came to an end."""
    found = worker.run(task, dict(arguments), say=say)
    if isinstance(found, Ended):
        if found.reason == "fault":
            LOG.error("%s\n%s", task, found.detail)
        raise Refusal(found.words)
    assert isinstance(found, dict)
    return found


class Act:
    """One job with what it needs."""

    def __init__(self, jobs: Jobs, job: Row, department: Department, worker: Worker) -> None:
        self.jobs, self.job, self.department, self.worker = jobs, job, department, worker
        self.payload: dict[str, Any] = json.loads(job["payload"])
        self.packs = str(jobs.settings.packs or "")
        self.place = jobs.staging / f"{job['id']}.xlsx"

    def answer(self) -> Answer:
        """Do it.  What somebody put into the folder meanwhile is kept first."""
        noticed = self.jobs.take_notice(self.department)
        try:
            answer: Answer = getattr(self, f"_{self.job['kind']}")()
        finally:
            self.place.unlink(missing_ok=True)
        if noticed and self.job["kind"] not in ("examine", "apply", "intake", "draft", "restore", "reshape", "new"):
            self.jobs.add("examine", self.department.id, "系统")
        return answer

    def _run(self, task: str, **arguments: object) -> Answer:
        return done_by(self.worker, task, arguments, lambda text: self.jobs.say(self.job["id"], text))

    def _of_department(self, task: str, **arguments: object) -> Answer:
        return self._run(
            task, folder=str(self.department.folder), pack=self.department.pack, packs=self.packs, **arguments
        )

    def _put(self, how: str, who: str = "", words: str = "") -> None:
        """What a worker left in the staging place becomes the workbook."""
        self.jobs.put_workbook(self.department, self.place.read_bytes(), how, who or self.job["who"], words)

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

    # -------------------------------------------------------------- published files

    def _published(self) -> Answer:
        """Audit a published file; held against the workbook once that has been approved."""
        d, number = self.department, int(self.payload["file"])
        published = self.jobs.published
        folder = published.folder(d.id, number)
        workbook = str(d.path) if d.stage in APPROVED and d.path.is_file() else ""
        try:
            answer = self._run("published", folder=str(folder), name=self.payload["name"], workbook=workbook)
        except Refusal as error:
            if not self.jobs.stopping:
                published.failed(number, str(error))
            raise
        published.done(number, answer.pop("record"))
        return answer

    # -------------------------------------------------------------- the workbook

    def _new(self) -> Answer:
        d = self.department
        if d.path.is_file():
            self.jobs.put_workbook(d, d.path.read_bytes(), "原有填报表", self.job["who"])
        else:
            self._form("", "", "空白表")
        return self._examine()

    def _form(self, source: str, suffix: str, how: str) -> None:
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
        self._put(how)

    def _intake(self) -> Answer:
        d, file, name = self.department, self.jobs.uploads / self.payload["file"], self.payload["name"]
        if not file.is_file():
            raise Refusal("上传的文件已经处理过了。")
        names = [d.name, *filter(None, d.former.split("\n"))]
        try:
            answer = self._run(
                "intake", file=str(file), name=name, departments=names, pack=d.pack, year=d.year, packs=self.packs
            )
        except Refusal:
            if not self.jobs.stopping:
                self._refuse(file)
            raise
        if "refused" in answer:
            self._refuse(file)
            return answer
        if "tables" in answer:
            self._form(str(file), Path(name).suffix.lower(), "带入导出的报表")
        else:
            self.jobs.put_workbook(d, file.read_bytes(), "上传填报表", self.job["who"])
        found = self._examine()
        file.unlink(missing_ok=True)
        return {**answer, **found}

    def _prior(self) -> Answer:
        """Last year's files bring their figures into the present form."""
        d = self.department
        files = [(self.jobs.uploads / f["file"], f["name"]) for f in self.payload["files"]]
        if not all(place.is_file() for place, _ in files):
            raise Refusal("上传的文件已经处理过了。")
        self.jobs.departments.writing(d.id)
        try:
            answer = self._run(
                "prior", workbook=str(d.path), staging=str(self.place), files=[[str(p), n] for p, n in files], pack=d.pack,
                year=d.year, name=d.name, packs=self.packs,
            )  # fmt: skip
        except Refusal:
            if not self.jobs.stopping:
                for place, _ in files:
                    place.unlink(missing_ok=True)
            raise
        if "refused" not in answer:
            names = "、".join(n for _, n in files)
            self._put("带入上年的数", words=f"从{names}带入 {len(answer['taken'])} 项")
        for place, _ in files:
            place.unlink(missing_ok=True)
        return answer if "refused" in answer else {**answer, **self._examine()}

    def _refuse(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        self.jobs.database.log(self.job["who"], "上传被拒绝", "", self.department.id)

    def _apply(self) -> Answer:
        database, d = self.jobs.database, self.department
        rows = database.all(
            "SELECT * FROM cell_edit WHERE department=? AND state='pending' ORDER BY id LIMIT ?", d.id, AT_ONCE
        )
        answer: Answer = {}
        if rows:
            edits = [{k: r[k] for k in ("id", "sheet", "cell", "was", "text")} for r in rows]
            answer = self._run("apply", workbook=str(d.path), staging=str(self.place), edits=edits)
            if answer["done"]:
                written = {r["id"]: r["sheet"] for r in rows}
                cells = Counter(written[k] for k in answer["done"])
                words = "、".join(f"{sheet} {n} 格" for sheet, n in cells.items())
                self._put("网上填写", "、".join(dict.fromkeys(r["who"] for r in rows)), words)
            with database.write() as change:
                change.executemany("UPDATE cell_edit SET state='written' WHERE id=?", [(k,) for k in answer["done"]])
                change.executemany(
                    "UPDATE cell_edit SET state='refused', note=? WHERE id=?",
                    [(note, int(k)) for k, note in answer["refused"].items()],
                )
            if len(rows) == AT_ONCE:
                self.jobs.apply(d.id, self.job["who"])
        return {**self._examine(), "refused_cells": answer.get("refused", {})}

    def _draft(self) -> Answer:
        """A draft that was taken stands in the workbook, its numbers live."""
        self.jobs.departments.writing(self.department.id)
        self._of_department("draft", staging=str(self.place), **self.payload)
        self._put("采用草稿")
        return self._examine()

    def _restore(self) -> Answer:
        """An earlier workbook comes back; the present one stays among the versions."""
        d, version = self.department, self.payload["version"]
        row = self.jobs.database.one("SELECT sha FROM workbook_version WHERE department=? AND id=?", d.id, version)
        if row is None or not self.jobs.blob(row["sha"]).is_file():
            raise Refusal("没有这个版本。")
        self.jobs.departments.writing(d.id)
        self.jobs.put_workbook(d, self.jobs.blob(row["sha"]).read_bytes(), f"恢复版本{version}", self.job["who"])
        return self._examine()

    def _reshape(self) -> Answer:
        """The form is written anew for another name, year or pack, with what was filled in; may be done twice over."""
        d, departments = self.department, self.jobs.departments
        name, year, pack, place = (self.payload[k] for k in ("name", "year", "pack", "place"))
        kind = departments.kind_of(pack)
        if departments.taken(name, year, kind, d.id):
            raise Refusal(f"“{name}”{year}年度已经有了一个。")
        inputs, output = self.jobs.settings.inputs, self.jobs.settings.output
        now_at = d.path if d.path.is_file() else inputs / place / d.path.name
        self._run(
            "reshape", workbook=str(now_at), staging=str(self.place), was=d.pack, pack=pack, year=year, name=name, packs=self.packs
        )  # fmt: skip
        if place != d.place:
            for root in (inputs, output):
                if (root / d.place).is_dir() and not (root / place).exists():
                    (root / place).parent.mkdir(parents=True, exist_ok=True)
                    (root / d.place).rename(root / place)
        departments.reshaped(d, name, year, pack, kind, place)
        found = departments.get(d.id)
        assert found is not None
        self.department = found
        self._put("改正名称、年度或模板包")
        return self._examine()

    # -------------------------------------------------------------- looking and building

    def _compare(self) -> Answer:
        return self._run(
            "compare", folder=str(self.department.folder), old=self.payload["old"], new=self.payload["new"]
        )

    def _output(self) -> str:
        d = self.department
        return str(self.jobs.settings.output / d.place / d.kind)

    def _build(self) -> Answer:
        answer = self._of_department("build", output=self._output(), by=self.job["who"])
        self.jobs.database.log(
            self.job["who"], "生成草稿" if answer["draft"] else "生成公开文本", "", self.department.id
        )
        return answer

    def _seal(self) -> Answer:
        d = self.department
        if d.stage != "approved":
            raise Refusal("还没有批准，不能封存。")
        target = self.jobs.settings.data / "sealed" / f"{d.id}.写入中.zip"
        answer = self._of_department(
            "seal", output=self._output(), fingerprint=d.fingerprint, bundle=str(target), by=self.job["who"]
        )
        now_there = self.jobs.departments.get(d.id)
        if now_there is None or now_there.stage != "approved" or now_there.fingerprint != d.fingerprint:
            raise Refusal("封存时内容又有变动，没有封存。")
        target.replace(self.jobs.settings.data / "sealed" / f"{d.id}-{answer['bundle'][:40]}.zip")
        self.jobs.departments.sealed(d, self.job["who"], answer["bundle"])
        return answer
