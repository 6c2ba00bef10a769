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

SCHEMA = """
CREATE TABLE IF NOT EXISTS unit (
  id INTEGER PRIMARY KEY, parent INTEGER REFERENCES unit(id), name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS department (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL REFERENCES unit(id), name TEXT NOT NULL, year INTEGER NOT NULL,
  pack TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL, deadline TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT '未报', stage TEXT NOT NULL DEFAULT '', workbook TEXT NOT NULL DEFAULT '',
  snapshot TEXT NOT NULL DEFAULT '', fingerprint TEXT NOT NULL DEFAULT '',
  errors INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0, infos INTEGER NOT NULL DEFAULT 0,
  changed TEXT NOT NULL DEFAULT '', changed_by TEXT NOT NULL DEFAULT '',
  submitted TEXT NOT NULL DEFAULT '', reviewed TEXT NOT NULL DEFAULT '', approved TEXT NOT NULL DEFAULT '',
  sealed TEXT NOT NULL DEFAULT '', published TEXT NOT NULL DEFAULT '',
  UNIQUE (name, year, kind));
CREATE TABLE IF NOT EXISTS account (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, shown TEXT NOT NULL, roles TEXT NOT NULL,
  unit INTEGER REFERENCES unit(id), password TEXT NOT NULL, failed INTEGER NOT NULL DEFAULT 0,
  locked_until REAL NOT NULL DEFAULT 0, disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS session (
  token TEXT PRIMARY KEY, account INTEGER REFERENCES account(id), csrf TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS api_token (
  token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), label TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
  department INTEGER, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS remark (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), place TEXT NOT NULL,
  text TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, done_by TEXT NOT NULL DEFAULT '', done_at TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS job (
  id INTEGER PRIMARY KEY, department INTEGER REFERENCES department(id), kind TEXT NOT NULL, state TEXT NOT NULL,
  payload TEXT NOT NULL DEFAULT '{}', result TEXT NOT NULL DEFAULT '{}',
  who TEXT NOT NULL DEFAULT '', created TEXT NOT NULL, finished TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS cell_edit (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), sheet TEXT NOT NULL, cell TEXT NOT NULL,
  was TEXT NOT NULL, text TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  note TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS workbook_version (
  id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id), sha TEXT NOT NULL, how TEXT NOT NULL,
  who TEXT NOT NULL, at TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS secret (
  id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS department_at ON department (folder);
CREATE INDEX IF NOT EXISTS department_of ON department (unit);
CREATE INDEX IF NOT EXISTS unit_below ON unit (parent);
CREATE INDEX IF NOT EXISTS job_open ON job (state, department);
CREATE INDEX IF NOT EXISTS edit_open ON cell_edit (department, state);
CREATE INDEX IF NOT EXISTS version_of ON workbook_version (department, id);
CREATE INDEX IF NOT EXISTS audit_of ON audit (department, id);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;
CREATE TRIGGER IF NOT EXISTS remark_no_delete BEFORE DELETE ON remark BEGIN SELECT RAISE(ABORT, 'remarks are kept'); END;
CREATE TRIGGER IF NOT EXISTS remark_text BEFORE UPDATE OF text, who, at, place, department ON remark
  BEGIN SELECT RAISE(ABORT, 'remarks are kept'); END;
CREATE TRIGGER IF NOT EXISTS edit_no_delete BEFORE DELETE ON cell_edit BEGIN SELECT RAISE(ABORT, 'typed words are kept'); END;
CREATE TRIGGER IF NOT EXISTS edit_text BEFORE UPDATE OF text, was, who, at, sheet, cell, department ON cell_edit
  BEGIN SELECT RAISE(ABORT, 'typed words are kept'); END;
CREATE TRIGGER IF NOT EXISTS version_no_update BEFORE UPDATE ON workbook_version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
CREATE TRIGGER IF NOT EXISTS version_no_delete BEFORE DELETE ON workbook_version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
"""
LAYOUTS = (SCHEMA,)
"""Step by step from nothing to the newest; 0.1.0 wrote the first layout without its number."""
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
