"""Last year's documents brought into a workbook: published, exported or filled in, as Word, PDF or spreadsheets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.files import open_workbook, safe_name
from generator.model import Refusal, Severity
from generator.packs import load
from generator.reasons import carried, read_last
from generator.web.work.examined import root_of
from generator.workbook import FormData, form_data, read_workbook, write_form

Answer = dict[str, Any]
Progress = Callable[[str], None]
SHEETS = (".xlsx", ".xls", ".et")
TAKEN = (*SHEETS, ".docx", ".pdf")


def prior(
    workbook: str, staging: str, files: list[list[str]], pack: str, year: int, name: str, packs: str, progress: Progress
) -> Answer:
    """Bring last year's figures into the form; what was filled in stays, what is blank is filled.

    ``files``: place and name of each upload.  What says where it came from always follows the new files.
    """
    root = root_of(packs)
    compiled = load(pack, root, year)
    with tempfile.TemporaryDirectory() as beside:
        paths = []
        for number, (place, shown) in enumerate(files):
            suffix = Path(shown).suffix.lower()
            if suffix not in TAKEN:
                raise Refusal(
                    f"“{shown[:60]}”不能带入：请用 Word、PDF、Excel 或 WPS 表格的文件（docx、pdf、xlsx、xls、et）。"
                )
            progress(f"读取 {shown[:40]}")
            path = Path(beside) / f"{number}{safe_name(Path(shown).stem)[:60]}{suffix}"
            shutil.copyfile(place, path)
            if suffix in SHEETS:
                opened = open_workbook(path.read_bytes(), shown[:60])
                if opened.findings:
                    return {"refused": [f.as_json() for f in opened.findings]}
            paths.append(path)
        last = read_last(paths, compiled, year, root)
        wrong_year = [f for f in last.findings if f.severity is Severity.ERROR and f.id == "WB-021"]
        if wrong_year:
            return {"refused": [f.as_json() for f in wrong_year]}
        if not last.tables:
            raise Refusal("文件里没有认出可以带入的报表。请上传上年公开的文本、上年的填报表，或系统导出的公开各表。")
        values, taken = carried(last, compiled, year)
    present = read_workbook(Path(workbook), compiled.pack).submission
    if present is None:
        raise Refusal("现在的填报表读不出来，请先改正，或重新上传。")
    unit = next(iter(values.sheet_units.values()), "元")
    progress("写入填报表")
    data = together(form_data(present, compiled.pack, unit), values, unit, compiled.pack.meta.last_lines)
    Path(staging).write_bytes(write_form(compiled.pack, year, name, data=data))
    return {"taken": [f"{t.label}：{t.shown}" for t in taken]}


def together(held: FormData, values: FormData, unit: str, last_lines: str) -> FormData:
    """What a form holds, its blanks filled with last year's values; the lines of last year are those that came now."""
    origin = {k: v for k, v in values.fields.items() if k.startswith("origin.")}
    lists = {**values.lists, **{k: v for k, v in held.lists.items() if any(any(r.values()) for r in v)}}
    if last_lines in values.lists:
        lists[last_lines] = values.lists[last_lines]
    return replace(
        held,
        unit=unit,
        fields={**values.fields, **{k: v for k, v in held.fields.items() if v}, **origin},
        lists=lists,
        reasons={**values.reasons, **{k: v for k, v in held.reasons.items() if v}},
        sheet_units=values.sheet_units,
    )


PRIOR_TASKS: dict[str, Callable[..., Answer]] = {"prior": prior}
