"""The one catalogue of findings: every finding is made from an entry that stands here.

What a pack declares itself (its formulas) has its words in the pack and is made from an ``Entry`` of its own.
``juesuan explain`` and docs/检查项.md say what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.model.catalogue import (
    _audit,
    _edits,
    _files,
    _forms,
    _merge,
    _printed,
    _published,
    _reasons,
    _rules,
    _sums,
)
from generator.model.catalogue.entry import Entry
from generator.model.figures import CellRef
from generator.model.findings import Finding

TOPICS: dict[str, tuple[Entry, ...]] = {
    "打开文件": _files.ENTRIES,
    "读取填报表": _forms.ENTRIES,
    "归并与指认": _sums.ENTRIES,
    "文字、表单和文档": _rules.ENTRIES,
    "逐句核对成文": _printed.ENTRIES,
    "原因和草稿": _reasons.ENTRIES,
    "改写的文字": _edits.ENTRIES,
    "版本和成品核对": _published.ENTRIES,
    "合并单位": _merge.ENTRIES,
    "已公开的文件": _audit.ENTRIES,
}
ENTRIES: dict[str, Entry] = {entry.id: entry for topic in TOPICS.values() for entry in topic}


def make_finding(name: str, cells: Iterable[CellRef] = (), /, **words: object) -> Finding:
    """A finding by its id in the catalogue, or "id/case" where it is said in another way than the usual;
    ``words`` fill its message (see ``Entry.finding``).  What differs this once: ``Finding.but``."""
    rule, _, case = name.partition("/")
    return ENTRIES[rule].finding(cells, case, **words)
