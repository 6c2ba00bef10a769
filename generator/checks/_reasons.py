"""Rules that hold written reasons to the figures, and shortened lists to the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks._rules import CannotTell, Examination, NotApplicable, Problem, problem, rule
from generator.model import CellRef, Figure, Text, printed_value
from generator.packs import Word
from generator.reasons import DRAFT, drafts, slots


def _texts(e: Examination) -> Iterator[tuple[str, str, Text, tuple[CellRef, ...]]]:
    """Every place with a stored draft: its name, what it is called, the text, the cells."""
    pack = e.compiled.pack
    for name, text in e.submission.reasons.items():
        if text.draft.strip() and name in pack.reasons:
            yield f"reason:{name}", pack.reasons[name].title, text, (*text.cells, *e.place(f"draft:reason:{name}"))
    facts = pack.lists.get(pack.meta.facts)
    for record in e.submission.lists.get(facts.id, ()) if facts else ():
        for column in facts.columns if facts else ():
            value = record.get(column.id)
            if isinstance(value, Text) and value.draft.strip():
                text = value
                code = str(record.get("code", ""))
                beside = record.get(column.id + DRAFT)
                cells = (*text.cells, *(beside.cells if isinstance(beside, Text) else ()))
                yield f"{'use' if column.id == 'use' else 'item'}:{code}", f"{code} {column.label}", text, cells


@rule("DR-401")
def pending(e: Examination) -> Iterator[Problem]:
    for _, title, text, cells in _texts(e):
        if text.pending:
            yield problem(cells, label=title, text=text.value[:60], actual=text.value)


@rule("DR-402")
def stale(e: Examination) -> Iterator[Problem]:
    """An accepted draft that would be said otherwise by the figures of now: both are shown."""
    accepted = {
        slot: (title, text, cells)
        for slot, title, text, cells in _texts(e)
        if text.accepted and text.value.strip() == text.draft.strip() and not text.pieces
    }
    if not accepted:
        return
    now = {d.slot: d.text for d in drafts(e.compiled, e.context)}
    for slot, (title, text, cells) in accepted.items():
        said = now.get(slot, "")
        yield problem(cells, label=title, said=said or "（没有可说的）", expected=said, actual=text.value)


@rule("DR-403")
def unconfirmed(e: Examination) -> Iterator[Problem]:
    if not e.context.last:
        raise NotApplicable
    origin = e.submission.groups.get("origin")
    if origin is None:
        raise CannotTell
    if not str(origin.get("checked", "")).strip():
        yield problem(e.place("field:origin.checked"), file=origin.get("file") or "上年的文件")


CASES = ("rate", "people")  # kinds of statements that DR-405 says in its own way


def _problems(e: Examination, kinds: tuple[str, ...]) -> Iterator[Problem]:
    for slot, found in e.statements:
        if found.kind in kinds:
            cells = dict.fromkeys((*slot.text.cells, *(c for f in found.figures for c in f.cells)))
            words = {"expected": found.so, "actual": found.said, "difference": found.difference}
            yield problem(cells, found.kind if found.kind in CASES else "", label=slot.title, **words)


@rule("DR-404")
def directions(e: Examination) -> Iterator[Problem]:
    """A subject, project or amount that is said to have moved one way and moved another."""
    yield from _problems(e, ("direction",))


@rule("DR-405")
def amounts(e: Examination) -> Iterator[Problem]:
    yield from _problems(e, ("amount", "rate", "people"))


@rule("DR-406")
def shortened(e: Examination) -> Iterator[Problem]:
    """A list of names that a person shortened: what is left out, and what has no amount."""
    pack = e.compiled.pack
    money = pack.formats["money"]
    for spec in pack.in_force(pack.reasons, e.context.year):
        rule_of_names = e.compiled.reasons[spec.id].names
        text = e.submission.reasons.get(spec.id, Text())
        if rule_of_names is None or not text.value.strip():
            continue
        names: list[Word] = rule_of_names(e.context.members)
        full = {n.plain: n for n in names}
        said = [
            w
            for w in re.split(
                r"[、，,；;]|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff])", text.value.strip().rstrip("等。")
            )
            if w.strip()
        ]
        gone = [n for n in full if n not in said and n not in text.value]
        if gone:
            figures = [_amount(e, full[n]) for n in gone]
            listed = "、".join(
                f"{n}（{printed_value(f.number, money):,f}万元）" for n, f in zip(gone, figures, strict=True)
            )
            cells = (*text.cells, *(c for n in gone for s in full[n].spans for c in s.cells))
            yield problem(cells, label=spec.title, names=listed, expected="、".join(full), actual=text.value)
        unknown = [w.strip() for w in said if w.strip() not in full and not any(w.strip() in n for n in full)]
        if unknown:
            words = {"expected": "、".join(full), "actual": "、".join(unknown)}
            yield problem(text.cells, "unknown", label=spec.title, names="、".join(unknown), **words)


@rule("DR-407")
def uses(e: Examination) -> Iterator[Problem]:
    """A use that a person wrote, against the projects that were entered under the same subject."""
    money = e.compiled.pack.formats["money"]
    projects = e.submission.lists.get("projects", ())
    for slot in slots(e.compiled, e.context):
        if slot.kind != "use" or slot.subject is None or not slot.text.value.strip() or slot.text.pieces:
            continue
        mine = [p for p in projects if str(p.get("code", "")).strip() == slot.subject.code]
        gone = [
            p
            for p in mine
            if str(p.get("name", "")).strip() not in slot.text.value
            and str(p.get("text_name", "") or "\0") not in slot.text.value
        ]
        if gone:
            spent = [p.get("executed") for p in gone]
            listed = "、".join(
                f"{p.get('name')}（{printed_value(f.number, money):,f}万元）"
                for p, f in zip(gone, spent, strict=True)
                if isinstance(f, Figure)
            )
            cells = (*slot.text.cells, *(c for f in spent if isinstance(f, Figure) for c in f.cells))
            words = {"expected": "、".join(str(p.get("name")) for p in mine), "actual": slot.text.value}
            yield problem(cells, label=slot.title, names=listed, **words)


def _amount(e: Examination, name: Word) -> Figure:
    """The amount behind a name: the figure of its cell."""
    cells = {c for s in name.spans for c in s.cells}
    for table in e.submission.tables.values():
        for figure in table.slots.values():
            if cells & set(figure.cells):
                return figure
    return Figure(None)
