"""A whole workbench as one archive, taken while it runs, and brought back: accounts, log, departments, versions, files.

What is in the archive fits together as at one moment, the one at which the database was taken:

- uploads that wait were there before it (else it is taken anew), blobs of workbooks are never deleted;
- a workbook that the workbench itself has changed since is the one that the database knows (its blob), so that cells
  that wait are written again into what they were typed for; one that was changed beside the workbench goes as it is;
- a department's own store is taken through SQLite, published files are those of one build (their manifest says so).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator import __version__
from generator.files import STAGING, WORKBOOK
from generator.model import Refusal
from generator.web.state.settings import Settings

DATABASE = "workbench.sqlite3"
LIST = "备份.json"
LEFT_OUT = ("snapshots", "staging")
"""Folders of the workbench's data that are made anew."""
BESIDE = ("-wal", "-shm", "-journal", ".lock", ".锁", ".锁~")
TIMES = 20  # that something is looked at again which changes while it is read


@dataclass
class Kept:
    """What an archive holds, by name: the hash of each file."""

    files: dict[str, str] = field(default_factory=dict)
    size: int = 0


def back_up(settings: Settings, target: Path) -> Kept:
    """Write the archive.  Refusal where there is no workbench; an older archive stays until the new one is whole."""
    if not (settings.data / DATABASE).is_file():
        raise Refusal(f"{settings.data} 里没有工作台的数据。请用 --data 指明工作台的数据在哪里。")
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = Kept()
    beside = target.with_name(f"{STAGING}{os.getpid()}-{target.name}")
    with tempfile.TemporaryDirectory(prefix="juesuan-backup-", dir=target.parent) as scratch:
        place = Path(scratch)
        try:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                _Backup(settings, place, archive, kept).run()
                about = {"version": __version__, "at": time.strftime("%Y-%m-%d %H:%M:%S"), "files": kept.files}
                archive.writestr(LIST, json.dumps(about, ensure_ascii=False, indent=1))
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    kept.size = target.stat().st_size
    return kept


class _Backup:
    def __init__(self, settings: Settings, place: Path, archive: zipfile.ZipFile, kept: Kept) -> None:
        self.settings, self.place, self.archive, self.kept = settings, place, archive, kept

    def run(self) -> None:
        database, uploads = self._database()
        self._add(f"data/{DATABASE}", database)
        for name, path in uploads.items():
            self._add(f"data/uploads/{name}", path)
        known = self._workbooks(database)
        for path in _files(self.settings.data):
            below = path.relative_to(self.settings.data)
            if below.parts[0] not in (*LEFT_OUT, "uploads") and below.name != DATABASE:
                self._take(f"data/{below.as_posix()}", path)
        for path in _files(self.settings.inputs):
            name = path.relative_to(self.settings.inputs).as_posix()
            self._take(f"inputs/{name}", self._as_known(path, name, known))
        for folder in _folders(self.settings.output):
            self._published(folder)

    def _database(self) -> tuple[Path, dict[str, Path]]:
        """The database as it is at one moment, and every upload that waits in it."""
        home, uploads = self.settings.data / "uploads", dict[str, Path]()
        for number in range(TIMES):
            copy = self.place / f"{number}.sqlite3"
            self._uploads(home, uploads)
            _through_sqlite(self.settings.data / DATABASE, copy)
            self._uploads(home, uploads)
            with closing(sqlite3.connect(copy)) as taken:
                waiting = {
                    json.loads(p)["file"]
                    for (p,) in taken.execute(
                        "SELECT payload FROM job WHERE kind='intake' AND state IN ('queued','running')"
                    )
                }
            if waiting <= uploads.keys():
                return copy, {name: uploads[name] for name in sorted(waiting)}
        raise Refusal("上传的文件正在不断变动，备份没有做成。请稍后再试。")

    def _uploads(self, home: Path, found: dict[str, Path]) -> None:
        for path in home.glob("*.upload"):
            copy = self.place / path.name
            try:
                shutil.copyfile(path, copy)
            except FileNotFoundError:
                continue  # taken in meanwhile; what was copied of it before stays
            found[path.name] = copy

    def _workbooks(self, database: Path) -> dict[str, tuple[str, int]]:
        """By the workbook's name below inputs: the hash that the database knows, and its department."""
        with closing(sqlite3.connect(database)) as taken:
            rows = taken.execute("SELECT folder, workbook, id FROM department WHERE archived='' AND workbook<>''")
            return {f"{folder}/{WORKBOOK}": (sha, number) for folder, sha, number in rows}

    def _as_known(self, path: Path, name: str, known: dict[str, tuple[str, int]]) -> Path:
        """The workbook that the database knows, where the workbench itself has replaced it since."""
        if name not in known:
            return path
        sha, number = known[name]
        blob = self.settings.data / "versions" / f"{sha}.xlsx"
        try:
            now = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return path
        if now == sha or not blob.is_file():
            return path
        with closing(sqlite3.connect(f"{(self.settings.data / DATABASE).as_uri()}?mode=ro", uri=True)) as live:
            own = live.execute("SELECT 1 FROM workbook_version WHERE department=? AND sha=?", (number, now)).fetchone()
        return blob if own else path

    def _published(self, folder: Path) -> None:
        """The files of one folder below the output, of one build where it has a manifest."""
        for _ in range(TIMES):
            files = {p.name: p.read_bytes() for p in _own(folder)}
            if _fits(files):
                break
            time.sleep(0.1)
        name = folder.relative_to(self.settings.output).as_posix()
        for file, data in files.items():
            self._write(f"output/{name}/{file}" if name != "." else f"output/{file}", data)

    # -------------------------------------------------------------- into the archive

    def _take(self, name: str, path: Path) -> None:
        """One file; a store through SQLite.  What is gone meanwhile was somebody's temporary file."""
        if path.suffix in (".sqlite", ".sqlite3"):
            copy = self.place / "store"
            copy.unlink(missing_ok=True)
            try:
                _through_sqlite(path, copy)
            except sqlite3.Error:
                copy = path  # damaged, or no store: as it is
            self._add(name, copy)
            return
        try:
            self._write(name, path.read_bytes())
        except FileNotFoundError:
            return

    def _add(self, name: str, path: Path) -> None:
        self._write(name, path.read_bytes())

    def _write(self, name: str, data: bytes) -> None:
        self.kept.files[name] = hashlib.sha256(data).hexdigest()
        packed = name.endswith((".xlsx", ".docx", ".zip", ".pdf"))
        self.archive.writestr(name, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


def _through_sqlite(path: Path, copy: Path) -> None:
    """A store as it is at one moment, whoever writes into it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as source, closing(
        sqlite3.connect(copy)
    ) as target:  # fmt: skip
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _files(root: Path) -> Iterator[Path]:
    for folder in _folders(root):
        yield from _own(folder)


def _folders(root: Path) -> Iterator[Path]:
    """Folders below (and with) ``root``, without links and what is being written."""
    for here, folders, _ in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(STAGING) and not Path(here, f).is_symlink())
        yield Path(here)


def _own(folder: Path) -> list[Path]:
    return sorted(
        p
        for p in folder.iterdir()
        if p.is_file() and not p.is_symlink() and not p.name.startswith(STAGING) and not p.name.endswith(BESIDE)
    )


def _fits(files: dict[str, bytes]) -> bool:
    """Whether files are those that their manifest names."""
    if "manifest.json" not in files:
        return True
    try:
        named = json.loads(files["manifest.json"])["outputs"]
        return all(hashlib.sha256(files[n]).hexdigest() == sha for n, sha in named.items())
    except (ValueError, KeyError, AttributeError):
        return False


# ------------------------------------------------------------------ bringing back


def bring_back(settings: Settings, source: Path) -> Kept:
    """Put an archive back into empty folders.  Refusal where one holds anything, or the archive is not whole; nothing
    is written then."""
    roots = {"data": settings.data, "inputs": settings.inputs, "output": settings.output}
    for root in roots.values():
        if root.exists() and any(root.iterdir()):
            raise Refusal(f"{root} 里已经有文件。恢复只写入空的文件夹：请先停下工作台，把它改名移开，或另指一个位置。")
    kept = Kept()
    places = {name: root.with_name(f"{STAGING}{os.getpid()}-{root.name}") for name, root in roots.items()}
    try:
        with zipfile.ZipFile(source) as archive:
            about = json.loads(archive.read(LIST))
            kept.files = dict(about["files"])
            if {n for n in archive.namelist() if n != LIST} != kept.files.keys():
                raise Refusal("备份不完整：缺文件，或多出文件。没有恢复任何内容。")
            for name, sha in kept.files.items():
                kept.size += _unpack(archive, name, sha, places)
        for name, root in roots.items():
            places[name].mkdir(parents=True, exist_ok=True)
            if root.exists():
                root.rmdir()
            places[name].replace(root)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise Refusal("这不是完好的备份文件，没有恢复任何内容。") from error
    finally:
        for place in places.values():
            shutil.rmtree(place, ignore_errors=True)
    return kept


def _unpack(archive: zipfile.ZipFile, name: str, sha: str, places: dict[str, Path]) -> int:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or path.parts[0] not in places:
        raise Refusal(f"备份里有不该有的文件“{name[:60]}”，没有恢复任何内容。")
    data = archive.read(name)
    if hashlib.sha256(data).hexdigest() != sha:
        raise Refusal(f"备份里的“{name[:60]}”与记录的不符，没有恢复任何内容。")
    target = places[path.parts[0]].joinpath(*path.parts[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return len(data)
