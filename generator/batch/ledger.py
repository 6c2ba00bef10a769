"""What was done with each department, in one SQLite file below the output folder.

Only the process that leads a run writes here, one transaction for each department, so that a killed
run loses nothing that was finished.  The file may be deleted at any time: then all is done again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from generator.batch.job import HOME, Found, Outcome, Output
from generator.files import StoreError, open_store, transaction
from generator.model import Refusal

FILE = "台账.sqlite"
SCHEMA = """
CREATE TABLE department (
  key TEXT PRIMARY KEY, inputs TEXT NOT NULL, environment TEXT NOT NULL, outcome TEXT NOT NULL, finished TEXT NOT NULL
);
CREATE TABLE begun (key TEXT PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """The last outcome of a department, and the hash of what went in."""

    inputs: str
    environment: str
    outcome: Outcome


class Ledger:
    """The ledger of an output folder.  One run at a time; a second one is refused."""

    def __init__(self, output: Path) -> None:
        self.path = output / HOME / FILE
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = self._open()
        except StoreError as error:
            if error.busy:
                raise Refusal(f"另一次批量生成正在使用 {self.path}，请等它结束。") from None
            # damaged, or of another program: kept to be looked at; everything is done again
            self.path.replace(self.path.with_suffix(".损坏"))
            for beside in ("-wal", "-shm"):
                Path(f"{self.path}{beside}").unlink(missing_ok=True)
            self._base = self._open()

    def _open(self) -> sqlite3.Connection:
        return open_store(self.path, "批量台账", (SCHEMA,), timeout=1, exclusive=True)

    def close(self) -> None:
        self._base.close()

    def entries(self) -> dict[str, Entry]:
        """The last outcome of every department."""
        rows = self._base.execute("SELECT key, inputs, environment, outcome FROM department")
        return {key: Entry(inputs, environment, _outcome(text)) for key, inputs, environment, text in rows}

    def interrupted(self) -> set[str]:
        """Departments that a killed run had begun and not finished."""
        return {key for (key,) in self._base.execute("SELECT key FROM begun")}

    def begin(self, key: str) -> None:
        self._base.execute("INSERT OR REPLACE INTO begun VALUES (?)", (key,))

    def finish(self, outcome: Outcome, inputs: str, environment: str, at: str) -> None:
        """Record an outcome; from now on the department counts as done."""
        with transaction(self._base):
            self._base.execute(
                "INSERT OR REPLACE INTO department VALUES (?, ?, ?, ?, ?)",
                (outcome.key, inputs, environment, json.dumps(asdict(outcome), ensure_ascii=False), at),
            )
            self._base.execute("DELETE FROM begun WHERE key = ?", (outcome.key,))

    def forget(self, keys: Iterable[str]) -> None:
        """Departments that are no longer there."""
        self._base.executemany("DELETE FROM department WHERE key = ?", [(k,) for k in keys])


def _outcome(text: str) -> Outcome:
    raw = json.loads(text)
    raw["outputs"] = tuple(Output(**o) for o in raw["outputs"])
    raw["findings"] = tuple(Found(**f) for f in raw["findings"])
    return Outcome(**raw)
