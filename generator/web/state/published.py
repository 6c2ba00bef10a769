"""Published files of departments: kept with them, audited by a job, each finding taken or set aside with a reason.

A file stays as it was handed in; what was decided about its findings is in the log as well.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.audit import Problem, Record, from_plain
from generator.files import norm
from generator.model import Refusal
from generator.web.state.accounts import User
from generator.web.state.database import Database, Row, now
from generator.web.state.departments import Department

CHOICES = {"take": "采纳", "drop": "不采纳"}
KEPT = 12  # files of one department


@dataclass(frozen=True)
class Looked:
    """A finding with what was decided about it."""

    number: int
    problem: Problem
    choice: str = ""
    reason: str = ""
    who: str = ""


class Published:
    """The files, their results and the choices."""

    def __init__(self, database: Database, data: Path) -> None:
        self.database, self.home = database, data / "published"

    def folder(self, department: int, number: int) -> Path:
        return self.home / str(department) / str(number)

    def listed(self, department: int) -> list[Row]:
        return self.database.all("SELECT * FROM published_file WHERE department=? ORDER BY id DESC", department)

    def get(self, department: int, number: int) -> Row:
        row = self.database.one("SELECT * FROM published_file WHERE department=? AND id=?", department, number)
        if row is None:
            raise Refusal("没有这份公开文件。", status=404)
        return row

    def add(self, department: Department, name: str, data: bytes, user: User) -> int:
        """Keep a file; its number.  Refusal where it is there already."""
        digest = hashlib.sha256(data).hexdigest()
        with self.database.write() as change:
            same = change.execute(
                "SELECT id FROM published_file WHERE department=? AND sha=? AND state<>'failed'",
                (department.id, digest),
            ).fetchone()
            if same is not None:
                raise Refusal(f"《{department.name}》的这份文件已经审核过了，内容完全相同。")
            made = change.execute(
                "INSERT INTO published_file (department, name, sha, who, at) VALUES (?,?,?,?,?)",
                (department.id, name, digest, user.shown, now()),
            )
            number = int(made.lastrowid or 0)
            folder = self.folder(department.id, number)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "file").write_bytes(data)
            self.database.log(user.name, "上传公开文件", f"{len(data) // 1024 + 1} KB", department.id)
        for old in self.listed(department.id)[KEPT:]:
            shutil.rmtree(self.folder(department.id, old["id"]) / "pages", ignore_errors=True)
        return number

    def done(self, number: int, record: dict[str, Any]) -> None:
        with self.database.write() as change:
            text = json.dumps(record, ensure_ascii=False)
            change.execute("UPDATE published_file SET state='done', record=? WHERE id=?", (text, number))

    def failed(self, number: int, words: str) -> None:
        with self.database.write() as change:
            change.execute("UPDATE published_file SET state='failed', note=? WHERE id=?", (words[:400], number))

    def record(self, row: Row) -> Record | None:
        return from_plain(json.loads(row["record"])) if row["record"] else None

    def looked(self, row: Row) -> list[Looked]:
        """The findings that are no mere remarks, gravest first, with the choices."""
        record = self.record(row)
        chosen = {r["problem"]: r for r in self.database.all("SELECT * FROM published_choice WHERE file=?", row["id"])}
        out = []
        for number, problem in enumerate(record.problems if record else ()):
            if problem.level == "info":
                continue
            made = chosen.get(number)
            out.append(
                Looked(number, problem, made["choice"], made["reason"], made["who"])
                if made
                else Looked(number, problem)
            )
        return out

    def choose(self, department: Department, row: Row, problem: int, choice: str, reason: str, user: User) -> None:
        """Take a finding, or set it aside with a reason."""
        if problem not in [one.number for one in self.looked(row)]:
            raise Refusal("没有这条问题。", status=404)
        reason = reason.strip()[:400]
        if choice not in CHOICES:
            raise Refusal("请选“采纳”或“不采纳”。")
        if choice == "drop" and len(reason) < 2:
            raise Refusal("不采纳的，请写明理由。")
        with self.database.write() as change:
            change.execute(
                "INSERT OR REPLACE INTO published_choice (file, problem, choice, reason, who, at) VALUES (?,?,?,?,?,?)",
                (row["id"], problem, choice, reason, user.shown, now()),
            )
            words = f"第 {problem + 1} 条{CHOICES[choice]}" + (f"：{reason}" if reason else "")
            self.database.log(user.name, "看公开文件的问题", words, department.id)

    def sent(self, row: Row, user: User) -> None:
        with self.database.write() as change:
            change.execute("UPDATE published_file SET sent=?, sent_by=? WHERE id=?", (now(), user.shown, row["id"]))


def owner_of(name: str, departments: Sequence[Department]) -> Department | None:
    """Whose file it is by its name: the department whose name is the longest in it, of the year that is named or the
    latest there is."""
    words = norm(name)
    inside = [d for d in departments if norm(d.name) in words]
    longest = max((len(norm(d.name)) for d in inside), default=0)
    found = [d for d in inside if len(norm(d.name)) == longest]
    if len({norm(d.name) for d in found}) != 1:
        return None
    return (
        [d for d in found if str(d.year) in words and d.kind in words]
        or [d for d in found if str(d.year) in words]
        or sorted(found, key=lambda d: -d.year)
    )[0]
