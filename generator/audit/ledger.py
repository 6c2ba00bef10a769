"""What was audited, in one SQLite file in the folder of the results: a run that was killed goes on where it stopped.

Only the process that leads a run writes here, one transaction for each file.  The ledger may be deleted at any time:
then all is done again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.files import StoreError, open_store, transaction
from generator.model import Refusal

HOME = "台账"
FILE = "审核台账.sqlite"
SCHEMA = "CREATE TABLE file (shown TEXT PRIMARY KEY, inputs TEXT NOT NULL, answers TEXT NOT NULL);"


class AuditLedger:
    """The ledger of a folder of results.  One run at a time; a second one is refused."""

    def __init__(self, output: Path) -> None:
        self.path = output / HOME / FILE
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._base = self._open()
        except StoreError as error:
            if error.busy:
                raise Refusal(f"另一次审核正在使用 {self.path}，请等它结束。") from None
            self.path.replace(self.path.with_suffix(".损坏"))  # kept to be looked at; everything is done again
            for beside in ("-wal", "-shm"):
                Path(f"{self.path}{beside}").unlink(missing_ok=True)
            self._base = self._open()

    def _open(self) -> sqlite3.Connection:
        return open_store(self.path, "审核台账", (SCHEMA,), timeout=1, exclusive=True)

    def close(self) -> None:
        self._base.close()

    def known(self, shown: str, inputs: str) -> Any | None:
        """What was answered for a file that is the same as then."""
        row = self._base.execute("SELECT inputs, answers FROM file WHERE shown = ?", (shown,)).fetchone()
        return json.loads(row[1]) if row and row[0] == inputs else None

    def finish(self, shown: str, inputs: str, answers: object) -> None:
        """From now on the file counts as done."""
        text = json.dumps(answers, ensure_ascii=False, default=str)
        with transaction(self._base):
            self._base.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (shown, inputs, text))

    def keep(self, shown: Iterable[str]) -> None:
        """Forget all other files."""
        here = set(shown)
        gone = [(s,) for (s,) in self._base.execute("SELECT shown FROM file") if s not in here]
        with transaction(self._base):
            self._base.executemany("DELETE FROM file WHERE shown = ?", gone)
