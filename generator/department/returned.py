"""``pull``: a Word file that came back, taken into the inputs of its department.

The file itself is recorded first, so that nothing in it can be lost; then each change becomes an
edit, one whole file each.  Pulling the same file again changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from generator import edits
from generator.department.examination import examine
from generator.edits import Edits, Matched, match
from generator.edits import taking as take
from generator.files import (
    DepartmentError,
    FlowParagraph,
    ReadError,
    Remark,
    StoreError,
    Tracked,
    WordFile,
    inputs_of,
    put,
    read_docx,
    workbook_of,
    write_cells,
)
from generator.model import CellRef, Finding
from generator.versions import Snapshot, Store, Version, decode, now
from generator.versions import author as who
from generator.writers import VERSION, anchor

FRONT = 40  # paragraphs of cover and 目录, where a document says whose it is


@dataclass
class Pulled:
    """What a pull did, for people to read."""

    version: int
    kept: take.Kept
    remarks: list[tuple[Remark, str]]  # with the block they stand at
    findings: tuple[Finding, ...] = ()
    to_workbook: list[take.Change] = field(default_factory=list)
    matched: Matched = field(default_factory=Matched)


def pull(
    file: Path, folder: Path, *, by: str = "", tracked: Tracked = "reject", to_workbook: bool = False, source: str = ""
) -> Pulled:
    """Take what people changed in ``file`` into the inputs of the department at ``folder``.

    ``tracked``: whether tracked changes count as made.  ``to_workbook``: where only a typed text of
    the workbook changed, write it into its cell.  ReadError, DepartmentError or StoreError where it
    cannot be done; then nothing was changed.
    """
    workbook = workbook_of(folder)
    home = workbook.parent
    data = file.read_bytes()
    read = read_docx(data, tracked)
    at = now()
    person = by or read.author or who()
    with Store.open(home) as store:
        base = _base(store, read, workbook)
        _of_this_department(read, base, store)
        matched = match(base.document, read, anchor)
        remarks = [(r, matched.place.get(r.paragraph, "")) for r in read.remarks]
        inputs = {key: path.read_bytes() for key, path in inputs_of(workbook).items()}
        files = {**inputs, ("source", file.name): data, ("remarks", ""): _remarks(remarks)}
        newest = store.newest()
        version = store.version(base.number) if base.number else newest
        store.record(
            Snapshot(
                "pull",
                at,
                by or who(),
                base.document.department,
                base.document.year,
                files,
                pack=version.pack if version else "",
                note=f"取回 {source or file.name}（第 {base.number} 版）",
            )
        )
    found = take.changes(base, matched, author=person, at=at, source=source or file.name)
    done: list[take.Change] = []
    if to_workbook:
        done = [c for c in found if c.typed is not None and _written(workbook, base, c)]
    kept = take.keep(home, [c for c in found if c not in done])
    return Pulled(base.number, kept, remarks, edits.read(home).findings, done, matched)


def _remarks(remarks: list[tuple[Remark, str]]) -> bytes:
    return json.dumps([{**asdict(r), "block": block} for r, block in remarks], ensure_ascii=False).encode()


def _base(store: Store, read: WordFile, workbook: Path) -> take.Base:
    """The version that a file came from: by its mark, else the one whose text it shares most."""
    mark = next((n.removeprefix(VERSION) for n in read.anchors if n.startswith(VERSION)), "")
    version = store.newest(mark=mark) if mark else None
    if version is None:
        version = _likeliest(store, read)
    if version is not None:
        document = decode(store.file(version.id, "document"))
        generated = decode(store.file(version.id, "generated"))
        held = [edits.load(store.file(version.id, role, name)) for role, name in version.files if role == "edit"]
        return take.Base(document, generated, Edits(tuple(held)), version.id)
    examined = examine(workbook)
    if examined.document is None or examined.generated is None:
        raise DepartmentError("填报表读不出来，也没有记录过的版本，无法知道这份文件是从哪一版改的。")
    return take.Base(examined.document, examined.generated, examined.edits)


def _of_this_department(read: WordFile, base: take.Base, store: Store) -> None:
    """DepartmentError for a file of another department or year: what it says of itself is on its first pages."""
    mark = next((n.removeprefix(VERSION) for n in read.anchors if n.startswith(VERSION)), "")
    if mark and store.newest(mark=mark) is not None:
        return
    lines = [p.text for p in read.flow if isinstance(p, FlowParagraph) and p.text.strip()]
    front = "".join("".join(lines[:FRONT]).split()) + read.title
    ours = base.document
    if "".join(ours.department.split()) in front and str(ours.year) in front:
        return
    said = "，".join(f"“{x.strip()[:30]}”" for x in lines[:3])
    raise DepartmentError(
        f"这份文件不像是{ours.department}{ours.year}年度的公开文本（开头是{said or '空的'}），没有取回。请核对文件和部门文件夹。"
    )


def _likeliest(store: Store, read: WordFile) -> Version | None:
    """The newest version with the most paragraphs in common (the mark was lost)."""
    texts = {p.text for p in read.flow if hasattr(p, "text") and p.text.strip()}
    best: tuple[int, Version | None] = (0, None)
    for version in reversed(store.versions()[-50:]):
        if ("document", "") not in version.files:
            continue
        try:
            document = decode(store.file(version.id, "document"))
        except StoreError:
            continue
        score = sum(1 for b in document.blocks() if getattr(b, "text", "") in texts)
        if score > best[0]:
            best = (score, version)
    return best[1]


def _written(workbook: Path, base: take.Base, change: take.Change) -> bool:
    """Write a typed text into its cell, where the cell still holds what the version printed."""
    assert change.typed is not None
    sheet, cell, text = change.typed
    examined = examine(workbook)
    spans = [
        s
        for b in (examined.generated.blocks() if examined.generated else ())
        if b.id == change.block
        for s in getattr(b, "spans", ())
    ]
    before = [s for b in base.generated.blocks() if b.id == change.block for s in getattr(b, "spans", ())]
    was = next(
        (
            s.text
            for s in before
            if s.kind == "typed" and s.cells and (s.cells[0].sheet, s.cells[0].cell) == (sheet, cell)
        ),
        None,
    )
    stands = [
        s.text for s in spans if s.kind == "typed" and s.cells and (s.cells[0].sheet, s.cells[0].cell) == (sheet, cell)
    ]
    if was is None or stands != [was]:
        return False  # the cell says something else by now: the text becomes an edit instead
    try:
        put(workbook, write_cells(workbook.read_bytes(), {CellRef(sheet, cell): text}))
    except ReadError:
        return False
    return True
