"""The files that were built for a department: which there are, of which state they are, and one by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from fastapi import HTTPException
from starlette.responses import FileResponse

from generator.department import SEALED, sealed_there, still_of
from generator.files import DRAFTS
from generator.packs import PackError, load
from generator.web.pages.base import XLSX, Workbench
from generator.web.state.departments import Department

FORMAT_WORDS = {".docx": "Word", ".pdf": "PDF", ".xlsx": "Excel", ".html": "网页", ".txt": "文本", ".json": "数据"}
MEDIA = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": XLSX,
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
RECORDS = ("manifest.json", SEALED)
Standing = Literal["draft", "old", "current", "sealed"]
NAMED = {"draft": "（草稿）", "old": "（旧稿）"}
"""What a file's name says when it is fetched, beside what the file itself says."""


def output_of(bench: Workbench, department: Department) -> Path:
    """Where the files of a department are built: a folder of its own, whatever name is typed into its workbook."""
    return bench.settings.output / department.place / department.kind


def outputs(bench: Workbench, department: Department) -> list[dict[str, Any]]:
    """Files that were built, published ones before drafts; each group with its standing, in a word and in words."""
    base = output_of(bench, department)
    order = list(FORMAT_WORDS)
    out = []
    for folder, draft in ((base, False), (base / DRAFTS, True)):
        files = (
            [p for p in folder.glob("*.*") if p.suffix in order and p.name not in RECORDS] if folder.is_dir() else []
        )
        if files:
            standing, words = _standing(bench, department, folder, draft)
            listed = [
                {"name": p.name, "word": FORMAT_WORDS[p.suffix], "kb": p.stat().st_size // 1024 + 1}
                for p in sorted(files, key=lambda p: (order.index(p.suffix), p.name))
            ]
            out.append({"draft": draft, "standing": standing, "words": words, "files": listed})
    return out


def _standing(bench: Workbench, department: Department, folder: Path, draft: bool) -> tuple[Standing, str]:
    try:
        pack = load(department.pack, bench.settings.packs, department.year).pack.fingerprint
    except PackError:
        pack = ""
    still = still_of(folder, department.folder, pack)
    since = "" if still else "生成以后填报表或模板又改过，不是现在的内容。"
    if draft:
        return "draft", since
    if held := sealed_there(folder):
        said = f"第 {held.get('version')} 版，{str(held.get('at', ''))[:10]} 由{held.get('by')}封存。"
        return "sealed", said + ("" if still else "封存以后填报表又改过，这些文件仍是封存时的内容。")
    if not still:
        return "old", since + "请不要公开这些文件，重新生成以后再用。"
    return "current", "与现在的填报表一致，还没有封存。"


def output_file(bench: Workbench, d: Department, name: str, *, draft: bool) -> FileResponse:
    """A built file by its exact name; a draft and an old one say so in the name they are fetched by."""
    for group in outputs(bench, d):
        if group["draft"] == draft and name in [f["name"] for f in group["files"]]:
            base = output_of(bench, d)
            path = (base / DRAFTS if draft else base) / name
            shown = f"{path.stem}{NAMED.get(group['standing'], '')}{path.suffix}"
            return FileResponse(path, filename=shown, media_type=MEDIA[path.suffix])
    raise HTTPException(404, "没有这个文件，请先生成。")
