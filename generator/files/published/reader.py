"""One door for published documents: PDF, Word, web page, Excel, text; a folder or a zip of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from generator.files.published.html import read_html_publication
from generator.files.published.model import Publication, PubText
from generator.files.published.pdf import read_pdf_publication
from generator.files.published.sheets import read_sheets_publication
from generator.files.published.word import read_word_publication
from generator.files.safety import BROKEN, MAX_BYTES, MAX_INFLATED
from generator.model import CellRef, make_finding

SUFFIXES = (
    ".pdf",
    ".docx",
    ".html",
    ".htm",
    ".mhtml",
    ".xlsx",
    ".xls",
    ".et",
    ".txt",
    ".doc",
    ".wps",
    ".docm",
    ".xlsm",
)
MAX_FILES = 5000


def read_publication(path: Path) -> Publication:
    """One document.  What cannot be read comes back as findings in words."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return refused(path.name, "WB-001/over", limit=MAX_BYTES // 2**20)
        data = path.read_bytes()
    except OSError as error:
        return refused(path.name, "WB-004/system", why=error.strerror or "读不出来")
    return read_published(data, path.name)


def read_published(data: bytes, name: str) -> Publication:
    """One document from its bytes: known by what it holds, by its name only where that does not tell."""
    suffix = PurePosixPath(name).suffix.lower()
    if not data.strip():
        return refused(name, "WB-004/empty")
    if b"%PDF-" in data[:1024]:
        return read_pdf_publication(data, name)
    if data.startswith(b"PK"):
        kind = _package(data)
        if kind == "word":
            return read_word_publication(data, name)
        if kind == "excel" or suffix in (".xlsx", ".et"):
            return read_sheets_publication(data, name)
        return refused(name, "WB-003/published" if kind else "WB-004")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return (
            read_word_publication(data, name)
            if suffix in (".doc", ".wps", ".docx")
            else read_sheets_publication(data, name)
        )
    head = data[:2048].lower()
    if (suffix in (".html", ".htm", ".xls") and b"<" in head) or b"<html" in head or b"<!doctype html" in head:
        return read_html_publication(data, name)
    if suffix == ".txt":
        return _text(data, name)
    if suffix == ".pdf":
        return refused(name, "WB-004/pdf")
    return refused(name, "WB-003/published")


def refused(name: str, rule: str, /, **words: object) -> Publication:
    """A document that cannot be read, with the finding that says why."""
    finding = make_finding(rule, [CellRef(name, "A1")], **words).but(hint="请换一份完整的文件。")
    return Publication(name, "text", findings=[finding])


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except BROKEN:
        return ""
    if any(n.startswith("word/") for n in names):
        return "word"
    return "excel" if any(n.startswith("xl/") for n in names) else "other"


def _text(data: bytes, name: str) -> Publication:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Publication(name, "text", [PubText(line.strip()) for line in words.splitlines() if line.strip()])
    return refused(name, "WB-004/encoding")


def publications(paths: list[Path]) -> Iterator[tuple[str, Publication]]:
    """Every document of some files, folders and zips, each with what it is called."""
    for path, shown in listed_publications(paths):
        yield from publications_of(path, shown)


def listed_publications(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The files of some files and folders, in order, each with what it is called; none is opened."""
    for path in paths:
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.is_file() and _wanted(p.name)):
                yield inner, str(inner.relative_to(path))
        else:
            yield path, path.name


def _wanted(name: str) -> bool:
    return not name.startswith((".", "~$")) and name.lower().endswith((*SUFFIXES, ".zip"))


def publications_of(path: Path, shown: str) -> Iterator[tuple[str, Publication]]:
    """The document of a file, or all of a zip."""
    if path.suffix.lower() != ".zip":
        yield shown, read_publication(path)
        return
    try:
        with zipfile.ZipFile(path) as package:
            entries = [e for e in package.infolist() if not e.is_dir()]
            if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > 4 * MAX_INFLATED:
                yield shown, refused(shown, "WB-005/zip")
                return
            for entry in entries:
                name = _named(entry)
                if not _wanted(PurePosixPath(name).name) or name.lower().endswith(".zip"):
                    continue
                if entry.flag_bits & 1:
                    yield name, refused(name, "WB-002/zip")
                elif entry.file_size > MAX_BYTES:
                    yield name, refused(name, "WB-001/over", limit=MAX_BYTES // 2**20)
                else:
                    yield name, read_published(package.read(entry), PurePosixPath(name).name)
    except BROKEN:
        yield shown, refused(shown, "WB-004/zip")


def _named(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; Windows writes Chinese names in its own encoding."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
