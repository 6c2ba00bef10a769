"""Reads the snapshots that workers left; keeps the last ones in memory.

The values of cells are those of the snapshot with the typed cells that still wait laid over them.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.model import Refusal
from generator.web.same import same
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


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed into a cell: what the page showed there, the new text, and the page's last word of that cell."""

    was: str
    text: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that somebody else changed after the page was made: what it says now, what was typed, who changed it."""

    cell: str
    now: str
    mine: str
    version: int
    who: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a page has seen: the last typed cell, the last workbook that came from elsewhere."""

    edit: int = -1
    outside: int = -1

    @classmethod
    def read(cls, words: str) -> Seen:
        """From a form; nothing seen where it holds no such words."""
        found = re.fullmatch(r"([0-9]{1,15})[.]([0-9]{1,15})", words)
        return cls(int(found[1]), int(found[2])) if found else cls()

    def __str__(self) -> str:
        return f"{self.edit}.{self.outside}"


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

    def seen(self, department: Department) -> Seen:
        """How far a page that is made now has seen."""
        edit = self.database.value("SELECT MAX(id) FROM cell_edit WHERE department=?", department.id)
        outside = self.database.value(
            "SELECT MAX(id) FROM workbook_version WHERE department=? AND how NOT IN ('网上填写','采用草稿')",
            department.id,
        )
        return Seen(edit, outside)

    def type(
        self, department: Department, sheet: int, values: Mapping[str, Typed], who: str, seen: Seen | None = None
    ) -> tuple[dict[str, tuple[str, int]], list[Clash]]:
        """Keep typed words by cell; what each cell says now with the number of its last word, and the conflicts.

        There is a conflict only where somebody else's word came after what the page had seen of this cell and says
        something else than the page showed.  It is not kept as a change; the page shows both.
        """
        content = self.snapshots.sheet(department, sheet)
        if not content:
            raise Refusal("填报表还没有检查好，请稍后再填。")
        known = {c["c"]: c for row in content["rows"] for c in row if c.get("e")}
        name, seen = content["name"], seen or Seen()
        kept, clashes = dict[str, tuple[str, int]](), list[Clash]()
        with self.database.write() as change:
            waiting = self.waiting(department, name)
            # a job may have finished since this department was read: its snapshot decides
            row = change.execute("SELECT snapshot, stage FROM department WHERE id=?", (department.id,)).fetchone()
            if row["stage"] not in WRITABLE:
                raise Refusal(WHY_NOT[row["stage"]])
            if row["snapshot"] != department.snapshot:
                fresh = self.snapshots.read(row["snapshot"], f"sheet-{sheet}")
                known = {c["c"]: c for line in fresh.get("rows", []) for c in line if c.get("e")}
            replaced = self.seen(department).outside > seen.outside
            for cell, typed in values.items():
                if cell not in known:
                    raise Refusal(f"{name}!{cell[:10]} 不是填写的格子。")
                here = waiting.get(cell, known[cell].get("t", ""))
                was, text = _plain(typed.was), _plain(typed.text)[:20000]
                last = change.execute(
                    "SELECT id, who, at FROM cell_edit WHERE department=? AND sheet=? AND cell=? AND state<>'refused'"
                    " ORDER BY id DESC LIMIT 1",
                    (department.id, name, cell),
                ).fetchone()
                number = last["id"] if last else 0
                base = seen.edit if typed.version is None else typed.version
                if text in (here, was):  # so already, or not touched
                    kept[cell] = (here, number)
                    continue
                if (replaced or number > base) and not same(here, was):
                    clashes.append(Clash(cell, here, text, number, *((last["who"], last["at"]) if last else ())))
                    continue
                made = change.execute(
                    "INSERT INTO cell_edit (department, sheet, cell, was, text, who, at) VALUES (?,?,?,?,?,?,?)",
                    (department.id, name, cell, here, text, who, now()),
                )
                kept[cell] = (text, int(made.lastrowid or 0))
        return kept, clashes


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
