"""What workers do: take in a file, write cells, examine, compose a sentence, build, seal, mark, roster.

Every task takes and gives plain values (JSON).  Files are written beside and moved by the parent;
only builds write into the output folder, through the pipeline's own moving into place.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generator.department import FORMATS, Built, Gate, sha256, tie_out
from generator.department import build as build_department
from generator.department import mark as mark_sealed
from generator.department import seal as seal_version
from generator.files import TABLE_SUFFIXES, WORKBOOK, CellsError, norm, open_tables, put, roster_of
from generator.model import CellRef, Refusal, Severity, make_finding
from generator.packs import load
from generator.versions import Store
from generator.web.same import same
from generator.web.work.examined import examined_now, root_of
from generator.web.work.snapshot import fingerprint_of, write_snapshot
from generator.web.work.tasks_prior import PRIOR_TASKS
from generator.web.work.tasks_text import TEXT_TASKS
from generator.web.work.tasks_versions import VERSION_TASKS
from generator.workbook import (
    FormData,
    annotate,
    form_data,
    import_tables,
    other_department,
    other_year,
    read_grids,
    read_stamp,
    read_workbook,
    replace_fields,
    set_cells,
    write_form,
)

Answer = dict[str, Any]
Progress = Callable[[str], None]

# ------------------------------------------------------------------ taking in


def intake(
    file: str, name: str, departments: list[str], pack: str, year: int, packs: str, progress: Progress
) -> Answer:
    """Whether an uploaded file may stand as the workbook of a department (by its name, or one it had before).

    A filled form is taken as it is.  Exported statutory tables without a stamp are carried into a
    new form (officers do not retype).
    """
    progress("检查文件")
    path = Path(file)
    suffix = Path(name).suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        return _refused("WB-003/named", name=name[:60])
    data = path.read_bytes()
    opened = open_tables(path, name[:60])
    if wrong := [f.as_json() for f in opened.findings if f.severity is Severity.ERROR]:
        return {"refused": wrong}
    stamp = read_stamp(data)
    if not stamp.pack:
        return _imported(path, suffix, departments, pack, year, packs)
    if stamp.pack != pack:
        return _refused("WB-021/department", "请下载本部门的填报表填写。", found=stamp.pack, wanted=pack)
    if stamp.year and stamp.year != year:
        return _refused("WB-021/year", "请上传本年度的填报表。", found=stamp.year, wanted=year)
    if stamp.name and norm(stamp.name) not in map(norm, departments):
        return _refused("WB-022", found=stamp.name[:60], wanted=departments[0])
    if not data.startswith(b"PK"):
        return _refused("WB-003/xlsx")
    return {"sha": sha256(data), "name": stamp.name}


def _refused(rule: str, hint: str = "", /, **words: object) -> Answer:
    return {"refused": [make_finding(rule, **words).but(hint=hint).as_json()]}


def _imported(path: Path, suffix: str, departments: list[str], pack: str, year: int, packs: str) -> Answer:
    compiled = load(pack, root_of(packs), year).pack
    source = path.with_suffix(suffix)
    shutil.copyfile(path, source)
    try:
        made = import_tables([source], compiled, year)
    finally:
        source.unlink(missing_ok=True)
    if not made.taken:
        told = [f.as_json() for f in made.findings if f.severity is Severity.ERROR]
        hint = "请下载本部门的填报表填写后上传，或上传系统导出的公开各表。"
        return {"refused": told} if told else _refused("WB-020/neither", hint)
    if other := other_department(made.about, *departments) or other_year(made.about, year):
        return _refused("WB-022/about", wrong=other)
    return {"tables": sorted(made.data.tables), "notes": [f.as_json() for f in made.findings]}


def new(
    staging: str, pack: str, year: int, name: str, packs: str, source: str, suffix: str, base: str, progress: Progress
) -> Answer:
    """A new form: blank, or with exported tables taken in beside what the present form (``base``) holds."""
    progress("生成填报表")
    compiled = load(pack, root_of(packs), year).pack
    data: FormData | None = None
    if source:
        copy = Path(source).with_suffix(suffix)
        shutil.copyfile(source, copy)
        try:
            data = import_tables([copy], compiled, year).data
        finally:
            copy.unlink(missing_ok=True)
        present = read_workbook(Path(base), compiled).submission if base else None
        if present is not None:
            held = form_data(present, compiled, "元")
            data = replace(held, unit="元", tables={**held.tables, **data.tables})
    content = write_form(compiled, year, name, data=data)
    Path(staging).write_bytes(content)
    return {"sha": sha256(content)}


def reshape(
    workbook: str, staging: str, was: str, pack: str, year: int, name: str, packs: str, progress: Progress
) -> Answer:
    """The form for another name, year or pack, with what was filled in for those things that it has too."""
    progress("重新生成填报表")
    root = root_of(packs)
    compiled = load(pack, root, year).pack
    present = read_workbook(Path(workbook), load(was, root).pack).submission
    if present is None:
        raise Refusal("现在的填报表读不出来，请先改正，或重新上传。")
    data = replace_fields(form_data(present, compiled, "元"), **{"info.name": name})
    Path(staging).write_bytes(write_form(compiled, year, name, data=data))
    return {}


def apply(workbook: str, staging: str, edits: list[dict[str, Any]], progress: Progress) -> Answer:
    """Write typed cells; an edit whose cell meanwhile says something else is not written."""
    progress("写入填报表")
    data = Path(workbook).read_bytes()
    current = {CellRef(g.name, c.cell): c.text for g in read_grids(data) for row in g.rows for c in row}
    values: dict[CellRef, str] = {}
    done: list[int] = []
    refused: dict[str, str] = {}
    for edit in edits:
        ref = CellRef(edit["sheet"], edit["cell"])
        here = values.get(ref, current.get(ref, ""))
        if here not in (edit["was"], edit["text"]) and not same(here, edit["was"]):
            refused[str(edit["id"])] = f"这一格现在是“{here[:200]}”"
            continue
        values[ref] = edit["text"]
        done.append(edit["id"])
    try:
        content = set_cells(data, values) if values else data
    except CellsError:
        content, done, refused = _one_by_one(data, edits, done, refused)
    Path(staging).write_bytes(content)
    return {"sha": sha256(content), "done": done, "refused": refused}


def _one_by_one(
    data: bytes, edits: list[dict[str, Any]], done: list[int], refused: dict[str, str]
) -> tuple[bytes, list[int], dict[str, str]]:
    kept = []
    for edit in edits:
        if edit["id"] in done:
            try:
                data = set_cells(data, {CellRef(edit["sheet"], edit["cell"]): edit["text"]})
                kept.append(edit["id"])
            except CellsError as error:
                refused[str(edit["id"])] = str(error)
    return data, kept, refused


# ------------------------------------------------------------------ examining


def examine(folder: str, pack: str, packs: str, snapshots: str, progress: Progress) -> Answer:
    """Examine a department and leave the snapshot that pages are made from."""
    examined, fingerprint = examined_now(folder, pack, packs, progress)
    progress("整理结果")
    name = write_snapshot(examined, fingerprint, Path(snapshots), Path(folder), root_of(packs))
    counts = {s: sum(1 for f in examined.findings if f.severity is s) for s in Severity}
    return {
        "snapshot": name,
        "fingerprint": fingerprint,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "infos": counts[Severity.INFO],
    }


def mark(folder: str, pack: str, packs: str, staging: str, progress: Progress) -> Answer:
    """The officer's own workbook with its findings marked."""
    examined, _ = examined_now(folder, pack, packs, progress)
    Path(staging).write_bytes(annotate(examined.workbook.read_bytes(), examined.findings))
    return {}


# ------------------------------------------------------------------ building


def build(folder: str, pack: str, packs: str, output: str, by: str, progress: Progress) -> Answer:
    """Build all formats."""
    root, place = root_of(packs), Path(folder)
    before = fingerprint_of(place, root, pack)
    return _said(_built(place, root, output, by, progress), before)


def seal(
    folder: str, pack: str, packs: str, output: str, fingerprint: str, bundle: str, by: str, progress: Progress
) -> Answer:
    """Build all formats and seal them with their hashes.

    The jobs of a department run one after the other, so its workbook stands still; what else may
    change meanwhile is seen by the fingerprint, and nothing is sealed then.
    """
    root, place = root_of(packs), Path(folder)
    before = fingerprint_of(place, root, pack)
    if before != fingerprint:
        raise Refusal("内容又有变动，请看过新的内容再办理。")
    built = _built(place, root, output, by, progress, tie_out)
    answer = _said(built, before)
    if built.draft:
        raise Refusal("有错误，不能封存。" + "".join(answer["problems"]))
    if fingerprint_of(place, root, pack) != before:
        raise Refusal("封存时内容又有变动，没有封存。")
    progress("封存")
    with Store.open(place) as store:
        held = store.sealed()
        same = held is not None and store.version(held.version).mark == store.version(built.version).mark
    if same:  # the process was killed after the seal
        mark_sealed(place, built.folder)
    else:
        seal_version(place, built.version, built.folder, by, "", {p.name: p.read_bytes() for p in built.files})
    answer["bundle"] = _bundle(Path(bundle), built, place / WORKBOOK)
    return answer


def _built(place: Path, root: Path | None, output: str, by: str, progress: Progress, gate: Gate | None = None) -> Built:
    made = build_department(
        place / WORKBOOK, formats=FORMATS, out=Path(output), root=root, progress=progress, by=by, gate=gate
    )
    if not isinstance(made, Built):
        said = "；".join(f.message + f.hint for f in made.findings if f.severity is Severity.ERROR)[:600]
        raise Refusal(f"{'有错误，不能封存' if gate else '没有生成文件'}：{said}")
    return made


def _said(built: Built, fingerprint: str) -> Answer:
    return {
        "folder": str(built.folder),
        "draft": built.draft,
        "fingerprint": fingerprint,
        "files": [p.name for p in built.files],
        "version": built.version,
        "problems": [f.message + f.hint for f in built.examined.findings if f.id.startswith("VS-")],
    }


def _bundle(target: Path, built: Built, workbook: Path) -> str:
    """All files with a list of their hashes; the same content gives the same bytes."""
    files = {p.name: p.read_bytes() for p in built.files} | {workbook.name: workbook.read_bytes()}
    sums = "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in sorted(files.items()):
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    put(target, out.getvalue())
    return sha256(out.getvalue())


# ------------------------------------------------------------------ roster


def roster(file: str, name: str, progress: Progress) -> Answer:
    """The rows of a list of units that must publish (应公开单位名单)."""
    progress("读取名单")
    return {"rows": [asdict(entry) for entry in roster_of(Path(file).read_bytes(), name[-60:])]}


def ready(progress: Progress) -> Answer:
    """The process has loaded what it works with."""
    progress("就绪")
    return {}


TASKS: dict[str, Callable[..., Answer]] = {
    "ready": ready,
    "intake": intake,
    "new": new,
    "reshape": reshape,
    "apply": apply,
    "examine": examine,
    "mark": mark,
    "build": build,
    "seal": seal,
    "roster": roster,
    **PRIOR_TASKS,
    **TEXT_TASKS,
    **VERSION_TASKS,
}
