"""Rules over the finished text, as its readers read it: each takes its own from the remarks about the Document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from generator.checks._rules import Examination, Problem, Rule, problem
from generator.checks._texts import REPEATED
from generator.checks.printed.blocks import Remark
from generator.model import ENTRIES, CellRef

IDS = (
    "DC-401", "DC-402", "DC-403", "DC-404", "DC-405", "DC-406", "DC-407",
    "DC-411", "DC-412", "DC-413", "DC-414", "DC-415",
)  # fmt: skip
MAX_CELLS = 12


def _of(rule: str, e: Examination) -> Iterator[Problem]:
    for remark in e.remarks:
        name, _, case = remark.name.partition("/")
        if name == rule and not _known(e, remark):
            where = remark.block.under or remark.block.text[:20]
            yield problem(cells_of(e, remark), case, **{"where": where, "quote": remark.quote, **remark.words})


def _known(e: Examination, remark: Remark) -> bool:
    """Whether it is said already: an open place or a draft stands there, or the amounts are at fault in the tables."""
    spans = remark.block.behind(remark.start, remark.end)
    if any(s.kind in ("open", "draft") for s in spans):
        return True
    if remark.name == "DC-407" and any(s.kind == "typed" and s.cells and REPEATED.search(s.text) for s in spans):
        return True  # TX-393, under which people have explained it
    figures = {c for s in spans if s.figure for c in s.figure.cells}
    figures |= {c for block in remark.others for s in block.spans if s.figure for c in s.figure.cells}
    return remark.name.startswith("DC-41") and bool(figures & e.broken)


def cells_of(e: Examination, remark: Remark) -> tuple[CellRef, ...]:
    """The cells that feed a place: what was left blank there, what was typed, what was counted, else what stands
    nearest."""
    blank = [
        c
        for b in e.document.blanks
        if b.block == remark.block.id and remark.start - 1 <= b.at <= remark.end + 1
        for c in b.cells
    ]
    spans = remark.block.behind(remark.start, remark.end)
    typed = [c for s in spans if s.kind == "typed" for c in s.cells]
    figures = [c for s in spans if s.figure for c in s.figure.cells]
    named = [c for s in spans for c in s.cells]
    found = [*blank, *typed, *figures] or named
    return tuple(dict.fromkeys(found))[:MAX_CELLS]


RULES = tuple(Rule(ENTRIES[i], partial(_of, i)) for i in IDS)
