"""The state of the workbench in SQLite: one file, ordered changes, a log that only grows.

The departments' own files are not here; they stay in their folders.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from generator.files import open_store, transaction
from generator.web.state.layouts import LAYOUTS

Row = sqlite3.Row
Values = Sequence[object]


def now() -> str:
    """Local time to the second, with its zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


class Database:
    """One connection for each thread; changes in ordered transactions."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._local = threading.local()
        self._writing = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        self.connection.execute("INSERT OR IGNORE INTO secret VALUES (1,?)", (secrets.token_bytes(32),))
        self.secret: bytes = self.connection.execute("SELECT value FROM secret").fetchone()["value"]

    @property
    def connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = open_store(self.path, "工作台的数据库（workbench.sqlite3）", LAYOUTS, threads=True)
            found.row_factory = sqlite3.Row
            self._local.connection = found
            self._open.append(found)
        return found

    def all(self, sql: str, *values: object) -> list[Row]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Row | None:
        found: Row | None = self.connection.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, *values: object) -> int:
        """The number that a query of one value gives (0 where there is none)."""
        found = self.one(sql, *values)
        return int(found[0] or 0) if found else 0

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing; one at a time.  Inside another, all of this part or nothing."""
        connection = self.connection
        if connection.in_transaction:
            waiting = len(self._local.__dict__.get("after", ()))
            connection.execute("SAVEPOINT part")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK TO part")
                del self._local.__dict__.get("after", [])[waiting:]
                raise
            finally:
                connection.execute("RELEASE part")
            return
        with self._writing:
            try:
                with transaction(connection):
                    yield connection
            except BaseException:
                self._local.__dict__.pop("after", None)
                raise
        self._committed()

    def after(self, act: Callable[[], None]) -> None:
        """Do something once what is being written is there for everybody to see."""
        waiting: list[Callable[[], None]] = self._local.__dict__.setdefault("after", [])
        waiting.append(act)
        if not self.connection.in_transaction:
            self._committed()

    def _committed(self) -> None:
        waiting: list[Callable[[], None]] = self._local.__dict__.pop("after", [])
        for act in waiting:
            act()

    def close(self) -> None:
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._local = threading.local()

    # -------------------------------------------------------------- the log

    def log(self, who: str, action: str, detail: str = "", department: int | None = None) -> None:
        """One more line of the log, chained to the one before by its hash."""
        with self.write() as change:
            last = change.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
            previous, at = (last["hash"] if last else ""), now()
            digest = chain(previous, at, who, action, department, detail)
            change.execute(
                "INSERT INTO audit (at, who, action, department, detail, previous, hash) VALUES (?,?,?,?,?,?,?)",
                (at, who, action, department, detail, previous, digest),
            )

    def log_is_whole(self) -> bool:
        """Whether each line of the log still follows from the one before."""
        previous = ""
        for row in self.connection.execute("SELECT * FROM audit ORDER BY id"):
            digest = chain(previous, row["at"], row["who"], row["action"], row["department"], row["detail"])
            if row["previous"] != previous or row["hash"] != digest:
                return False
            previous = row["hash"]
        return True


def chain(previous: str, at: str, who: str, action: str, department: int | None, detail: str) -> str:
    """The hash of a line of the log."""
    return hashlib.sha256("\x1f".join((previous, at, who, action, str(department or ""), detail)).encode()).hexdigest()
