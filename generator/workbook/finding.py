"""Which sheets of a workbook, or tables of a document, are the statutory tables; doubled ones are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator.files import Sheet, norm
from generator.packs import TableSpec
from generator.workbook._layout import Layout
from generator.workbook._reading import Reading
from generator.workbook._recognise import Known, assign, worn

Found = Mapping[str, tuple[Sheet, Layout | None]]


def find_tables(reading: Reading, sheets: Sequence[Sheet], specs: Sequence[TableSpec], *, form: bool = False) -> Found:
    """Each table's sheet with its layout (``None``: not looked at yet), by the id of the pack.

    A sheet that has a table's number for a name is that table; the others are known by what they hold.  Where
    several claim to be one, the finding names them all, which was taken and why.  ``form``: other names are said.
    """
    named: dict[str, Sheet] = {}
    for spec in specs:
        exact = next((s for s in sheets if norm(s.name) == norm(spec.number)), None)
        if exact is not None:
            named[spec.id] = exact
    others = [s for s in sheets if s not in named.values()]
    assigned = assign([(s.name, s.rows) for s in others], specs, [k for k, s in enumerate(others) if s.hidden])
    out: dict[str, tuple[Sheet, Layout | None]] = {i: (s, None) for i, s in named.items()}
    for spec in specs:
        claims = [others[k] for k in assigned.doubled.get(spec.id, ())]
        taken = assigned.found.get(spec.id)
        if taken is not None:
            claims.insert(0, others[taken[0]])
        if spec.id in named:
            claims = [s for s in claims if _means(assigned.found, others, s, spec)]
            _doubled(reading, spec, named[spec.id], claims, "名称就是表号")
        elif taken is not None:
            sheet = others[taken[0]]
            out[spec.id] = sheet, taken[1].layout
            _doubled(reading, spec, sheet, claims[1:], _why(sheet, claims[1:]))
            if form:
                reading.add("WB-031", [sheet.ref(0, 0)], sheet=sheet.name, title=spec.number)
    for k, specs_in_doubt in assigned.doubtful.items():
        if any(s.id not in out for s in specs_in_doubt):
            first, second = (s.number + s.title for s in specs_in_doubt)
            at = others[k].ref(0, 0)
            reading.add("WB-068/doubt", [at], sheet=others[k].name, first=first, second=second)
    return out


def _means(found: Mapping[str, tuple[int, Known]], others: Sequence[Sheet], sheet: Sheet, spec: TableSpec) -> bool:
    """Whether another sheet really claims to be a table that is there under its own name."""
    taken = found.get(spec.id)
    return taken is None or others[taken[0]] is not sheet or taken[1].named >= 0.9


def _why(taken: Sheet, others: Sequence[Sheet]) -> str:
    if any(s.hidden for s in others) and not taken.hidden:
        return "另一张是隐藏的"
    if any(worn(s.name) for s in others) and not worn(taken.name):
        return "另一张的名称像旧表或副本"
    return "和表头、标题最相符；相符程度一样的，取排在前面的"


def _doubled(reading: Reading, spec: TableSpec, taken: Sheet, others: Sequence[Sheet], why: str) -> None:
    if not others:
        return
    names = "、".join(f"“{s.name}”" for s in (taken, *others))
    words = {"title": spec.number + spec.title, "names": names, "taken": taken.name}
    cells = [s.ref(0, 0) for s in (taken, *others)]
    if all(_content(s) == _content(taken) for s in others):
        reading.add("WB-068/same", cells, **words)
    else:
        reading.add("WB-068", cells, why=why, **words)


def _content(sheet: Sheet) -> Sheet:
    return replace(sheet, name="", hidden=False)
