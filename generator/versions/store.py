"""Every version of a department, kept in one SQLite file beside its workbook.

What other modules use (stable):

    with Store.open(folder) as store:             folder: ``inputs/<year>/<department>``; the file is 版本.sqlite
        store.record(Snapshot(...)) -> int        keep a version in one transaction; its number comes back
        store.versions() -> list[Version]         all, oldest first
        store.version(number) -> Version          StoreError where there is none
        store.file(number, role, name="") -> bytes   what went in or came out (see ROLES)
        store.seal(number, by, at, note)          封存: from now on this version cannot be changed
        store.sealed() -> Seal | None             the seal in force (the newest)
        store.open_correction(by, at, reason)     更正: after a seal, a change needs one with its reason
        store.correction() -> Correction | None   the one that is open
    restore(folder, number, by, at) -> list[Path] the workbook and edits of a version put back; what stood
                                                  there is recorded first
    sealed_source(folder, year) -> (number, sha256 of the sealed workbook) | None

Crash-safe: WAL and one transaction for each change; a killed process leaves the last whole state.
Contents are append-only, and triggers refuse any change of a sealed version, even from outside this
program.  Errors are StoreError with a Chinese message.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from generator.files import Connection, StoreError, inputs_of, open_store, put, store_error, transaction

FILE = "版本.sqlite"
NAME = "版本库（版本.sqlite）"
ROLES = ("input", "edit", "document", "generated", "values", "output")
"""input: workbook and reasons · edit: files of edits/ · document, generated: the text with and
without people's edits (``codec``) · values: every figure and typed text by name · output: published
files (of sealed versions)."""

ALL = """SELECT id, kind, at, by, note, department, year, draft, pack, pack_sha, engine, engine_sha, mark, correction
FROM version ORDER BY id"""
ONE = """SELECT id, kind, at, by, note, department, year, draft, pack, pack_sha, engine, engine_sha, mark, correction
FROM version WHERE id=?"""
NEWEST = """SELECT id, kind, at, by, note, department, year, draft, pack, pack_sha, engine, engine_sha, mark, correction
FROM version WHERE (?='' OR mark=?) AND (?='' OR kind=?) ORDER BY id DESC LIMIT 1"""
SCHEMA = """
CREATE TABLE blob (sha TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE version (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL,
  department TEXT NOT NULL, year INTEGER NOT NULL, draft INTEGER NOT NULL, pack TEXT NOT NULL, pack_sha TEXT NOT NULL,
  engine TEXT NOT NULL, engine_sha TEXT NOT NULL, mark TEXT NOT NULL, correction INTEGER REFERENCES correction(id));
CREATE TABLE file (
  version INTEGER NOT NULL REFERENCES version(id), role TEXT NOT NULL, name TEXT NOT NULL, sha TEXT NOT NULL,
  kept INTEGER NOT NULL, PRIMARY KEY (version, role, name));
CREATE TABLE seal (version INTEGER PRIMARY KEY REFERENCES version(id), at TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE correction (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sealed INTEGER NOT NULL REFERENCES seal(version), at TEXT NOT NULL, by TEXT NOT NULL,
  reason TEXT NOT NULL, closed INTEGER REFERENCES version(id));
CREATE INDEX version_mark ON version(mark);
CREATE TRIGGER blob_update BEFORE UPDATE ON blob BEGIN SELECT RAISE(ABORT, '内容只增不改'); END;
CREATE TRIGGER blob_delete BEFORE DELETE ON blob BEGIN SELECT RAISE(ABORT, '内容只增不删'); END;
CREATE TRIGGER version_update BEFORE UPDATE ON version WHEN EXISTS (SELECT 1 FROM seal WHERE version = OLD.id)
  BEGIN SELECT RAISE(ABORT, '已封存的版本不能改动'); END;
CREATE TRIGGER version_delete BEFORE DELETE ON version WHEN EXISTS (SELECT 1 FROM seal WHERE version = OLD.id)
  BEGIN SELECT RAISE(ABORT, '已封存的版本不能删除'); END;
CREATE TRIGGER file_insert BEFORE INSERT ON file WHEN EXISTS (SELECT 1 FROM seal WHERE version = NEW.version)
  BEGIN SELECT RAISE(ABORT, '已封存的版本不能增加文件'); END;
CREATE TRIGGER file_update BEFORE UPDATE ON file WHEN EXISTS (SELECT 1 FROM seal WHERE version IN (OLD.version, NEW.version))
  BEGIN SELECT RAISE(ABORT, '已封存的版本不能改动'); END;
CREATE TRIGGER file_delete BEFORE DELETE ON file WHEN EXISTS (SELECT 1 FROM seal WHERE version = OLD.version)
  BEGIN SELECT RAISE(ABORT, '已封存的版本不能删除文件'); END;
CREATE TRIGGER seal_update BEFORE UPDATE ON seal BEGIN SELECT RAISE(ABORT, '封存不能改动'); END;
CREATE TRIGGER seal_delete BEFORE DELETE ON seal BEGIN SELECT RAISE(ABORT, '封存不能撤销'); END;
CREATE TRIGGER correction_update BEFORE UPDATE ON correction WHEN OLD.closed IS NOT NULL OR NEW.reason <> OLD.reason OR NEW.sealed <> OLD.sealed
  BEGIN SELECT RAISE(ABORT, '更正的记录不能改动'); END;
CREATE TRIGGER correction_delete BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, '更正的记录不能删除'); END;
"""


IDENTITY = """
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(16))));
CREATE TRIGGER identity_update BEFORE UPDATE ON identity BEGIN SELECT RAISE(ABORT, '版本库的标识不能改动'); END;
CREATE TRIGGER identity_delete BEFORE DELETE ON identity BEGIN SELECT RAISE(ABORT, '版本库的标识不能删除'); END;
"""
"""A store has a key of its own, which names the department whatever it is called."""
LAYOUTS = (SCHEMA, IDENTITY)
SAID = 1  # application_id of a store that has told of a place without locks


@dataclass(frozen=True)
class Snapshot:
    """What is to be kept of one version.  ``files``: contents by role and name; ``hashes``: of files
    that are not kept themselves (outputs can be made again).  ``mark`` tells which text it was."""

    kind: str
    at: str
    by: str
    department: str
    year: int
    files: Mapping[tuple[str, str], bytes]
    hashes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    draft: bool = False
    pack: str = ""
    pack_sha: str = ""
    engine: str = ""
    engine_sha: str = ""
    mark: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One recorded version.  ``files``: sha256 by role and name."""

    id: int
    kind: str
    at: str
    by: str
    note: str
    department: str
    year: int
    draft: bool
    pack: str
    pack_sha: str
    engine: str
    engine_sha: str
    mark: str
    correction: int | None
    sealed: bool
    files: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed version."""

    version: int
    at: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A 更正: why a sealed text is changed.  ``closed``: the version that was sealed with it."""

    id: int
    sealed: int
    at: str
    by: str
    reason: str
    closed: int | None = None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Store:
    """The open store; use it as a context manager."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self.db, self.path = connection, path

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open the store of a department, or make it.  StoreError where that is not possible."""
        path = folder / FILE
        return cls(open_store(path, NAME, LAYOUTS), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.db.close()

    @property
    def identity(self) -> str:
        """The key of this store."""
        return str(self.db.execute("SELECT id FROM identity").fetchone()[0])

    def tells_of_locks(self) -> bool:
        """Whether it is to be said that its place knows no locks: once in the life of a store."""
        if not self.db.without_locks or self.db.execute("PRAGMA application_id").fetchone()[0]:
            return False
        self.db.execute(f"PRAGMA application_id={SAID}")
        return True

    # -------------------------------------------------------------- versions

    def record(self, snapshot: Snapshot) -> int:
        """Keep a version with everything that belongs to it; its number comes back."""
        s = snapshot
        packed = {sha256(data): data for data in s.files.values()}
        known = {sha for sha in packed if self.db.execute("SELECT 1 FROM blob WHERE sha=?", (sha,)).fetchone()}
        ready = [(sha, len(data), zlib.compress(data, 1)) for sha, data in packed.items() if sha not in known]
        try:
            with transaction(self.db):
                self.db.executemany("INSERT OR IGNORE INTO blob VALUES (?,?,?)", ready)
                opened = self.correction()
                row = self.db.execute(
                    "INSERT INTO version (kind, at, by, note, department, year, draft, pack, pack_sha, engine, engine_sha, mark, correction)"
                    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        s.kind,
                        s.at,
                        s.by,
                        s.note,
                        s.department,
                        s.year,
                        s.draft,
                        s.pack,
                        s.pack_sha,
                        s.engine,
                        s.engine_sha,
                        s.mark,
                        opened.id if opened else None,
                    ),
                )
                number = int(row.lastrowid or 0)
                kept = [(number, role, name, sha256(data), 1) for (role, name), data in s.files.items()]
                named = [
                    (number, role, name, sha, 0)
                    for (role, name), sha in s.hashes.items()
                    if (role, name) not in s.files
                ]
                self.db.executemany("INSERT INTO file VALUES (?,?,?,?,?)", kept + named)
        except sqlite3.Error as error:
            raise store_error(NAME, error) from error
        return number

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        return [self._version(row) for row in self.db.execute(ALL)]

    def version(self, number: int) -> Version:
        """One version.  StoreError where there is none."""
        row = self.db.execute(ONE, (number,)).fetchone()
        if row is None:
            raise StoreError(f"没有第 {number} 版。")
        return self._version(row)

    def newest(self, *, mark: str = "", kind: str = "") -> Version | None:
        """The newest version (with this mark, of this kind)."""
        row = self.db.execute(NEWEST, (mark, mark, kind, kind)).fetchone()
        return self._version(row) if row else None

    def _version(self, row: Sequence[Any]) -> Version:
        number = int(row[0])
        files = {
            (r, n): sha
            for r, n, sha in self.db.execute(
                "SELECT role, name, sha FROM file WHERE version=? ORDER BY role, name", (number,)
            )
        }
        sealed = self.db.execute("SELECT 1 FROM seal WHERE version=?", (number,)).fetchone() is not None
        known: list[Any] = [*row[:7], bool(row[7]), *row[8:14]]
        return Version(*[*known, sealed, files])

    def file(self, number: int, role: str, name: str = "") -> bytes:
        """The content of one file of a version.  StoreError where it was not kept."""
        row = self.db.execute(
            "SELECT blob.data, blob.sha FROM file JOIN blob ON blob.sha = file.sha WHERE version=? AND role=? AND (?='' OR name=?) LIMIT 1",
            (number, role, name, name),
        ).fetchone()
        if row is None:
            raise StoreError(f"第 {number} 版没有保存这个文件（{role} {name}）。")
        try:
            data = zlib.decompress(row[0])
        except zlib.error:
            data = b""
        if sha256(data) != row[1]:
            raise StoreError(f"第 {number} 版的内容与记录的校验值不符，版本库可能已损坏，请从备份恢复。")
        return data

    # -------------------------------------------------------------- seal and correction

    def seal(self, number: int, by: str, at: str, note: str = "", outputs: Mapping[str, bytes] | None = None) -> None:
        """封存 a version: published, from now on unchangeable.  The published files are kept with it.

        Closes the 更正 that led to it.  StoreError for a draft, or where it is sealed already.
        """
        version = self.version(number)
        if version.draft or version.kind != "build":
            raise StoreError(f"第 {number} 版不是可以公开的版本，不能封存。")
        if version.sealed:
            raise StoreError(f"第 {number} 版已经封存。")
        before, opened = self.sealed(), self.correction()
        if before is not None and opened is None:
            raise StoreError(f"第 {before.version} 版已经封存；要封存新的版本，请先开启更正并写明理由。")
        try:
            with transaction(self.db):
                for name, data in (outputs or {}).items():
                    sha = sha256(data)
                    if version.files.get(("output", name), sha) != sha:
                        raise StoreError(f"{name} 与第 {number} 版生成的不一致，不能封存；请重新生成。")
                    self.db.execute(
                        "INSERT OR IGNORE INTO blob VALUES (?,?,?)", (sha, len(data), zlib.compress(data, 6))
                    )
                    self.db.execute("INSERT OR REPLACE INTO file VALUES (?,?,?,?,1)", (number, "output", name, sha))
                self.db.execute("INSERT INTO seal VALUES (?,?,?,?)", (number, at, by, note))
                if opened is not None:
                    self.db.execute("UPDATE correction SET closed=? WHERE id=?", (number, opened.id))
        except sqlite3.Error as error:
            raise store_error(NAME, error) from error

    def seals(self) -> list[Seal]:
        """All seals, oldest first."""
        return [Seal(*row) for row in self.db.execute("SELECT version, at, by, note FROM seal ORDER BY rowid")]

    def sealed(self) -> Seal | None:
        """The seal in force."""
        return next(iter(reversed(self.seals())), None)

    def open_correction(self, by: str, at: str, reason: str) -> int:
        """Open a 更正 of the sealed version; its number comes back."""
        seal, opened = self.sealed(), self.correction()
        if seal is None:
            raise StoreError("还没有封存的版本，不需要更正，直接修改填报表即可。")
        if opened is not None:
            raise StoreError(f"已有一项更正在进行（{opened.at}，{opened.by}：{opened.reason}）。")
        if len(reason.strip()) < 4:
            raise StoreError("更正的理由太短，请写明改什么、为什么改。")
        with transaction(self.db):
            row = self.db.execute(
                "INSERT INTO correction (sealed, at, by, reason) VALUES (?,?,?,?)",
                (seal.version, at, by, reason.strip()),
            )
        return int(row.lastrowid or 0)

    def corrections(self) -> list[Correction]:
        """All 更正, oldest first."""
        return [
            Correction(*row)
            for row in self.db.execute("SELECT id, sealed, at, by, reason, closed FROM correction ORDER BY id")
        ]

    def correction(self) -> Correction | None:
        """The 更正 that is open."""
        return next((c for c in self.corrections() if c.closed is None), None)


def existing(folder: Path) -> Store | None:
    """The store of a department, or none where nothing was recorded yet (and none is made)."""
    return Store.open(folder) if (folder / FILE).is_file() else None


def restore(folder: Path, number: int, *, by: str, at: str) -> list[Path]:
    """Put the inputs of a version back into the department's folder, in place of those that stand there.

    What stands there now is recorded first (kind ``before-restore``), so that nothing is lost.
    """
    with Store.open(folder) as store:
        version = store.version(number)
        wanted = {name: store.file(number, role, name) for role, name in version.files if role in ("input", "edit")}
        present = {key: path.read_bytes() for key, path in inputs_of(folder).items()}
        store.record(
            Snapshot(
                "before-restore",
                at,
                by,
                version.department,
                version.year,
                present,
                pack=version.pack,
                note=f"恢复第 {number} 版之前",
            )
        )
    here = {name: data for (_, name), data in present.items()}
    written = []
    for name, data in wanted.items():
        if here.get(name) != data:
            put(folder / name, data)
            written.append(folder / name)
    for name in here:
        if name not in wanted:
            (folder / name).unlink(missing_ok=True)  # kept in the version recorded above
            written.append(folder / name)
    return written


def sealed_source(folder: Path, year: int) -> tuple[int, str] | None:
    """The sealed version of a department for a year, and the sha256 of its workbook."""
    store = existing(folder)
    if store is None:
        return None
    with store:
        for seal in reversed(store.seals()):
            version = store.version(seal.version)
            if version.year == year:
                return seal.version, next(
                    (sha for (role, name), sha in version.files.items() if role == "input" and ".xls" in name), ""
                )
    return None
