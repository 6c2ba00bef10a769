"""Departments that were deleted: their files go to the archive of the workbench, whole, and can be brought back."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.model import Refusal
from generator.web.state.accounts import User
from generator.web.state.database import Row
from generator.web.state.departments import Department, Departments
from generator.web.state.jobs import Jobs
from generator.web.state.steps import SEALED


class Archive:
    """``<data>/archive/<number>/inputs`` and ``output``."""

    def __init__(self, departments: Departments, jobs: Jobs) -> None:
        self.departments, self.jobs, self.settings = departments, jobs, departments.settings
        self.home = self.settings.data / "archive"

    def put_away(self, department: Department, user: User, name: str) -> None:
        """``name``: typed by the person as a sign that it is this department that he means."""
        if name.strip() != department.name:
            raise Refusal("请照写一遍部门全称，确认要删除的是这个部门。")
        if department.stage in SEALED and user.unit is not None:
            raise Refusal("已经封存或公开的部门，由不限单位的管理员删除。", status=403)
        if self.jobs.open_jobs(department.id):
            raise Refusal("这个部门还有工作在进行，请稍后再删除。")
        self.departments.put_away(department.id, user)
        self._move_out(department.id, department.place)

    def finish(self) -> None:
        """What was put away while the process was killed."""
        for row in self.departments.database.all("SELECT id, folder FROM department WHERE archived<>''"):
            others = self.departments.database.one(
                "SELECT 1 FROM department WHERE folder=? AND archived=''", row["folder"]
            )
            if others is None and not (self.home / str(row["id"]) / "inputs").exists():
                self._move_out(row["id"], row["folder"])

    def _move_out(self, number: int, place: str) -> None:
        for name, root in self._roots():
            if (root / place).is_dir():
                _move(root / place, self.home / str(number) / name)

    def bring_back(self, number: int, user: User) -> int:
        """The department as it was, in its own folder or, where that is taken, in a new one."""
        row: Row | None = next((r for r in self.departments.archived(user) if r["id"] == number), None)
        if row is None:
            raise Refusal("存档里没有这个部门。", status=404)
        taken = self.departments.database.one("SELECT 1 FROM department WHERE folder=? AND archived=''", row["folder"])
        place = (
            self.departments.free_place(row["year"], row["name"], row["kind"])
            if taken or (self.settings.inputs / row["folder"]).exists()
            else row["folder"]
        )
        self.departments.bring_back(row, place, user)
        for name, root in self._roots():
            kept = self.home / str(number) / name
            if kept.is_dir():
                _move(kept, root / place)
        self.jobs.add("examine", number, user.shown)
        return number

    def _roots(self) -> tuple[tuple[str, Path], ...]:
        return ("inputs", self.settings.inputs), ("output", self.settings.output)


def _move(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, target)
