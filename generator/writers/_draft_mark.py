"""The mark of a draft on every page of a finished PDF: under the text, and no part of it for who reads by ear."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

NAME = "/JuesuanDraft"
DRAWN = b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q %s Do Q EMC\n" % NAME.encode()


def _size(page: pikepdf.Page) -> tuple[int, int]:
    left, low, right, high = page.mediabox
    return round(right - left), round(high - low)


def marked_draft(made: bytes, marks: bytes) -> bytes:
    """The PDF with a mark on each page; ``marks``: a PDF with one page of each size, drawn as it is."""
    with pikepdf.open(io.BytesIO(made)) as pdf, pikepdf.open(io.BytesIO(marks)) as source:
        forms = {_size(page): pdf.copy_foreign(page.as_form_xobject()) for page in source.pages}
        for page in pdf.pages:
            held: Any = page.obj
            resources = pikepdf.Dictionary(held.Resources)  # pages may share theirs
            resources.XObject = pikepdf.Dictionary({**_items(held.Resources.get("/XObject")), NAME: forms[_size(page)]})
            held.Resources = resources
            page.contents_add(DRAWN, prepend=True)
        buffer = io.BytesIO()
        pdf.save(
            buffer,
            deterministic_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return buffer.getvalue()


def _items(held: Any) -> dict[str, Any]:
    return {} if held is None else {str(k): held[k] for k in held.keys()}  # noqa: SIM118 - a PDF dictionary
