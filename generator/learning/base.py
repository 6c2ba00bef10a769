"""What a pack says already: its own cases, composed and read like a published document; the nearest pack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from generator.audit import as_publication
from generator.checks import own_cases, submission_of_case
from generator.learning.scene import Scene
from generator.model import Figure, Record, Submission
from generator.packs import PackError, compose, listed, load
from generator.published import Understood, bare, clean_title, understand, vocabulary_of

SCALES = (Decimal(1), Decimal("0.5"), Decimal(2))  # what is compared with: as it is, half, double
USUAL = {"决算": "national", "预算": "national-budget"}


@lru_cache(maxsize=8)
def documents_of(pack: str, root: Path | None = None) -> tuple[Understood, ...]:
    """The documents that the cases of a pack make, understood; none of a pack without wording of its own."""
    compiled = load(pack, root)
    if compiled.pack.meta.abstract:
        return ()
    out = []
    for case in own_cases(compiled.pack):
        made = submission_of_case(case, compiled.pack)
        for scale in SCALES:
            document = compose(_scaled(made, scale), compiled)
            read = as_publication(document)
            out.append(understand(read, compiled.pack, vocabulary_of(pack, root)))
    return tuple(out)


def scenes_of_base(pack: str, root: Path | None = None) -> list[Scene]:
    """What to learn from beside the documents themselves."""
    return [Scene(d, weight=1) for d in documents_of(pack, root)]


def _scaled(submission: Submission, scale: Decimal) -> Submission:
    """The same tables with everything that was typed beside them scaled: more, less than what is compared with."""
    if scale == 1:
        return submission
    groups = {k: _record(r, scale) for k, r in submission.groups.items()}
    lists = {k: tuple(_record(r, scale) for r in rows) for k, rows in submission.lists.items()}
    return replace(submission, groups=groups, lists=lists)


def _record(record: Record, scale: Decimal) -> Record:
    data = {
        k: replace(v, value=v.value * scale) if isinstance(v, Figure) and v.value is not None and v.unit == "元" else v
        for k, v in record.data.items()
    }
    return replace(record, data=data)


def nearest(document: Understood, root: Path | None = None) -> str:
    """The pack whose tables and headings are most like a document's; the national one where none is."""
    kind = document.identity.kind or "决算"
    titles = {clean_title(t.title) for t in document.tables if t.title}
    heads = {bare(h.text) for h in document.outline.headings}
    best, score = USUAL[kind], 0.0
    for name, other_titles, other_heads in _known(kind, root):
        same = len(titles & other_titles) / max(1, len(titles | other_titles))
        same += len(heads & other_heads) / max(1, len(heads | other_heads))
        if same > score and len(titles & other_titles) >= 0.6 * len(other_titles):
            best, score = name, same
    return best


def _known(kind: str, root: Path | None) -> Iterator[tuple[str, set[str], set[str]]]:
    for known in listed(root):
        try:
            if known.trouble or known.abstract or known.kind != kind:
                continue
            for document in documents_of(known.name, root)[:1]:
                titles = {clean_title(t.title) for t in document.tables if t.title}
                yield known.name, titles, {bare(h.text) for h in document.outline.headings}
        except PackError:
            continue
