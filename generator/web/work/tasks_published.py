"""What a worker does with a published file: the audit, its papers, the pages with marks as pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.audit import audit_document, marked, record_of, write_papers
from generator.files import page_pictures, put, read_published

Answer = dict[str, Any]
Progress = Callable[[str], None]
PICTURES = 30
WIDTH = 1100  # pixels


def published(folder: str, name: str, workbook: str, progress: Progress) -> Answer:
    """Audit the file of a folder; its papers and pictures beside it.  ``workbook``: what was approved."""
    progress("核对公开文件")
    place = Path(folder)
    data = (place / "file").read_bytes()
    publication = read_published(data, name)
    result = audit_document(publication, name=name, workbook=Path(workbook) if workbook else None)
    record = record_of(result)
    progress("写出检查表和审核意见")
    write_papers(result, record, data, place / "papers", None)
    if record.form == "pdf":
        progress("画出有问题的各页")
        made = marked(record, data)
        wanted = sorted({p for one in record.problems if one.level != "info" for p in one.pages})[:PICTURES]
        for page, picture in page_pictures(made.data if made else data, wanted, WIDTH):
            put(place / "pages" / f"{page}.png", picture)
    plain = json.loads(json.dumps(record.as_plain(), ensure_ascii=False, default=str))
    return {"record": plain, "department": record.department, "year": record.year}


PUBLISHED_TASKS: dict[str, Callable[..., Answer]] = {"published": published}
