"""Reads the snapshots that workers left; keeps the last ones in memory.

The values of cells are those of the snapshot with the typed cells that still wait laid over them.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from generator.model import Refusal
from generator.web.state.database import Database, now
from generator.web.state.departments import Department
from generator.web.state.steps import WHY_NOT, WRITABLE

Content = dict[str, Any]
KEPT = 160


class Snapshots:
    """Snapshots by name and file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: OrderedDict[tuple[str, str], Content] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, name: str, file: str) -> Content:
        """One file of a snapshot; empty where there is none."""
        key = (name, file)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        path = self.folder / name / f"{file}.json"
        if not name or not path.is_file():
            return {}
        content: Content = json.loads(path.read_text(encoding="utf-8"))
        with self._lock:
            self._kept[key] = content
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return content

    def main(self, department: Department) -> Content:
        return self.read(department.snapshot, "main")

    def sheet(self, department: Department, number: int) -> Content:
        return self.read(department.snapshot, f"sheet-{number}")

    def findings(self, department: Department) -> list[Content]:
        return list(self.main(department).get("findings", []))


class Cells:
    """Typing into cells: what they say now, and an optimistic lock on each."""

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        self.database, self.snapshots = database, snapshots

    def waiting(self, department: Department, sheet: str) -> dict[str, str]:
        """Typed cells of a sheet that are not in the snapshot yet: the last words for each."""
        rows = self.database.all(
            "SELECT cell, text FROM cell_edit WHERE department=? AND sheet=? AND state IN ('pending','written') ORDER BY id",
            department.id,
            sheet,
        )
        return {r["cell"]: r["text"] for r in rows}

    def refused(self, department: Department) -> list[Any]:
        """Typed cells that could not be written; kept so that nothing is lost."""
        return self.database.all(
            "SELECT * FROM cell_edit WHERE department=? AND state='refused' ORDER BY id DESC LIMIT 20", department.id
        )

    def type(
        self, department: Department, sheet: int, values: dict[str, tuple[str, str]], who: str
    ) -> list[tuple[str, str, str]]:
        """Keep typed words (cell -> what the page showed, what was typed).

        The conflicts come back: cell, what it says now, what was typed.  They are not kept as
        changes; the page shows both.
        """
        content = self.snapshots.sheet(department, sheet)
        if not content:
            raise Refusal("填报表还没有检查好，请稍后再填。")
        known = {c["c"]: c for row in content["rows"] for c in row if c.get("e")}
        name = content["name"]
        conflicts = []
        with self.database.write() as change:
            waiting = self.waiting(department, name)
            # a job may have finished since this department was read: its snapshot decides
            row = change.execute("SELECT snapshot, stage FROM department WHERE id=?", (department.id,)).fetchone()
            if row["stage"] not in WRITABLE:
                raise Refusal(WHY_NOT[row["stage"]])
            if row["snapshot"] != department.snapshot:
                fresh = self.snapshots.read(row["snapshot"], f"sheet-{sheet}")
                known = {c["c"]: c for line in fresh.get("rows", []) for c in line if c.get("e")}
            for cell, (was, text) in values.items():
                if cell not in known:
                    raise Refusal(f"{name}!{cell[:10]} 不是填写的格子。")
                here = waiting.get(cell, known[cell].get("t", ""))
                text = text.replace("\r\n", "\n").strip()[:20000]
                if text in (here, was):
                    continue
                if here != was.replace("\r\n", "\n").strip():
                    conflicts.append((cell, here, text))
                    continue
                change.execute(
                    "INSERT INTO cell_edit (department, sheet, cell, was, text, who, at) VALUES (?,?,?,?,?,?,?)",
                    (department.id, name, cell, here, text, who, now()),
                )
        return conflicts
