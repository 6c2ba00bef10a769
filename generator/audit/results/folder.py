"""The files of one audited document in a folder of its own, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from generator.audit.report import report_lines
from generator.audit.results.marks import marked
from generator.audit.results.papers import checklist, opinion, page
from generator.audit.results.record import Record
from generator.audit.run import Audit
from generator.files import Entry, put_in_place, safe_name

FORMS = {"pdf": ".pdf", "docx": ".docx"}


def stem_of(shown: str) -> str:
    """What the files of a document are called: its own name, its folder's where it lies in one."""
    parts = PurePosixPath(shown.replace("\\", "/")).parts[-2:]
    return safe_name(PurePosixPath("_".join(parts) or "文件").stem)


def folders_of(shown: Iterable[str]) -> dict[str, str]:
    """A folder's name for each document; two never share one."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for name in shown:
        wanted = stem_of(name)
        if wanted.casefold() in taken:
            wanted = safe_name(f"{wanted}（{PurePosixPath(name).suffix.lstrip('.')}）")
        number = 2
        first = wanted
        while wanted.casefold() in taken:
            wanted, number = f"{first}（{number}）", number + 1
        taken.add(wanted.casefold())
        out[name] = wanted
    return out


def written(
    result: Audit, record: Record, data: bytes, folder: Path, entry: Entry | None, today: date | None = None
) -> Sequence[str]:
    """Write the papers of a document; the names of the files."""
    stem = stem_of(record.file)
    day = today or date.today()
    text = "\n".join(report_lines(result)) + "\n"
    files = {
        f"{stem}.公开情况检查表.xlsx": checklist(record, entry),
        f"{stem}.审核意见.docx": opinion(record, f"{day.year}年{day.month}月{day.day}日"),
    }
    made = marked(record, data)
    if made is not None:
        files[f"{stem}.批注{FORMS[record.form]}"] = made.data
    beside = {name.removeprefix(f"{stem}.").rpartition(".")[0]: name for name in files}
    files[f"{stem}.审核结果.html"] = page(record, entry, beside)
    files[f"{stem}.审核结果.txt"] = text.encode()
    files[f"{stem}.审核结果.json"] = (json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    put_in_place(folder, files)
    for suffix in FORMS.values():
        if (old := f"{stem}.批注{suffix}") not in files:  # of an earlier audit that had something to say
            (folder / old).unlink(missing_ok=True)
    return tuple(files)
