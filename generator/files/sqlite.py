"""One way to open a store in SQLite: safe against kills, with a layout that is known and brought up to date.

A store is described by its steps: step k (from 1) brings layout k-1 to k.  Each step and its number are written in
one transaction, so that an upgrade that is killed goes on at the next opening; of two programs that open an old
store at once, one does each step.  The number is SQLite's ``user_version``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator.files.locks import locks_hold, stale_gone
from generator.model import Refusal

Step = str | Callable[[sqlite3.Connection], None]
"""SQL statements, or a function that changes what is there (inside the transaction)."""

CAUSES = {
    sqlite3.SQLITE_BUSY: "正在使用，请等别的操作结束后再试",
    sqlite3.SQLITE_LOCKED: "正在使用，请等别的操作结束后再试",
    sqlite3.SQLITE_FULL: "所在的磁盘已满，请腾出空间后再试",
    sqlite3.SQLITE_READONLY: "所在的位置不能写入，请检查权限",
    sqlite3.SQLITE_CANTOPEN: "打不开，请检查所在的位置和权限",
    sqlite3.SQLITE_PERM: "打不开，请检查权限",
    sqlite3.SQLITE_IOERR: "读写不成，请检查所在的磁盘或网络位置",
    sqlite3.SQLITE_CONSTRAINT: "不接受这项改动",
}
DAMAGED = "已损坏，请移走这个文件，或从备份恢复；填报表和改写的文字不受影响"


class StoreError(Refusal):
    """A store cannot be opened or used.  ``busy``: somebody else is at it now."""

    busy = False


def store_error(name: str, error: sqlite3.Error) -> StoreError:
    """What SQLite says, in words a person can do something with."""
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    made = StoreError(f"{name}{CAUSES.get(code, DAMAGED)}。")
    made.busy = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return made


class Connection(sqlite3.Connection):
    """``without_locks``: the place knows no locks on files (some network shares)."""

    without_locks = False


def open_store(
    path: Path, name: str, steps: Sequence[Step], *, timeout: float = 20, exclusive: bool = False, threads: bool = False
) -> Connection:
    """The connection to a store, made or brought to its newest layout; transactions are begun by hand.

    ``name`` is what people call it.  ``exclusive``: one process at a time; ``threads``: the connection may be closed
    by another thread.  StoreError where it is busy, damaged, or written by a newer program.
    """
    try:
        connection = _connected(path, timeout, threads)
    except sqlite3.Error as error:
        raise store_error(name, error) from error
    try:
        if exclusive:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        if not connection.without_locks:  # needs memory that processes share
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _bring_up(connection, name, steps)  # foreign keys off: a step may build a table anew
        connection.execute("PRAGMA foreign_keys=ON")
        if exclusive:
            with transaction(connection):  # taken now, not with the first change
                pass
    except sqlite3.Error as error:
        connection.close()
        raise store_error(name, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, timeout: float, threads: bool) -> Connection:
    """The connection; where the place knows no locks, by a lock beside the file."""

    def connect(address: Path | str, seconds: float) -> Connection:
        return sqlite3.connect(
            address, timeout=seconds, isolation_level=None, check_same_thread=not threads, factory=Connection,
            uri=isinstance(address, str),
        )  # fmt: skip

    connection = connect(path, 0)
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        if not locks_hold(path.parent):
            connection.close()
            beside = path.with_name(f"{path.name}.lock")
            stale_gone(beside)
            connection = connect(f"{path.absolute().as_uri()}?vfs=unix-dotfile", timeout)
            connection.without_locks = True
    connection.execute(f"PRAGMA busy_timeout={int(timeout * 1000)}")
    return connection


def _bring_up(connection: sqlite3.Connection, name: str, steps: Sequence[Step]) -> None:
    while (known := _layout(connection)) != len(steps):
        if known > len(steps):
            raise StoreError(f"{name}是更新的程序写的（第{known}版格式），请升级本程序后再用；原文件没有改动。")
        with transaction(connection):
            if _layout(connection) != known:
                continue  # somebody else has just done it
            step = steps[known]
            if callable(step):
                step(connection)
            else:
                for statement in statements(step):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={known + 1}")


def _layout(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one (``executescript`` would end the transaction)."""
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of what is done in it, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has already rolled it back
            connection.execute("ROLLBACK")
        raise
