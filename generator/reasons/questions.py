"""The places in which a reason is asked for, with the two amounts that it explains.

Reasons of the pack, the reasons and uses of each 项, and each 类 and 项 against last year (which no
text may ask for, but which can be explained).  What was written, drafted and accepted stands beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.model import Figure, Record, Text
from generator.packs import ColumnSpec, CompiledPack, Context, ListSpec, RowView, Word, met, spans_of

DRAFT, ACCEPT = "_draft", "_accept"
TAKEN = "采用"
NOTHING = Text()
LENGTH_OF_CLASS = 3


@dataclass(frozen=True)
class Slot:
    """One place for a reason.  ``tag`` is what drivers name; ``kind`` what the phrases are for."""

    id: str
    title: str
    tag: str
    kind: str  # prior, budget, composed, use
    name: Word
    current: Figure
    base: Figure
    scope: tuple[str, ...] = ()
    text: Text = NOTHING
    asked: bool = True
    asks_equal: bool = True
    subject: RowView | None = None


def slots(compiled: CompiledPack, context: Context) -> list[Slot]:
    """All places for reasons, in the order of the workbook."""
    items = list(_items(compiled, context))
    told = {s.subject.code for s in items if s.tag == "items_prior" and s.subject}
    return [*_reasons(compiled, context), *items, *_classes(context), *_subjects(context, told)]


def _reasons(compiled: CompiledPack, context: Context) -> Iterator[Slot]:
    members = context.members
    for spec in compiled.pack.in_force(compiled.pack.reasons, context.year):
        text = context.submission.reasons.get(spec.id, Text(label=spec.title))
        made = compiled.reasons[spec.id]
        if made.current is None or spec.names:
            continue
        current = made.current(members)
        base = made.base(members) if made.base else Figure(None)
        if not isinstance(current, Figure) or not isinstance(base, Figure):
            continue
        asked = spec.required and met(made.when, members)
        kind = "composed" if not spec.base else "budget" if spec.wording.startswith("compare") else "prior"
        name = Word(spans_of(spec.subject or subject_of(spec.title)))
        yield Slot(f"reason:{spec.id}", spec.title, spec.id, kind, name, current, base, spec.scope, text, asked)


def subject_of(title: str) -> str:
    """What a reason is about, from its title: 公务接待费决算数与预算数差异的原因 → 公务接待费."""
    return (
        re.split(r"与|变化|变动|差异|增减|的原因", title)[0]
        .removesuffix("决算数")
        .removesuffix("决算")
        .removesuffix("预算")
    )


def facts_list(compiled: CompiledPack) -> ListSpec | None:
    """The list that holds the facts of each 项."""
    return compiled.pack.lists.get(compiled.pack.meta.facts)


def _items(compiled: CompiledPack, context: Context) -> Iterator[Slot]:
    spec = facts_list(compiled)
    if spec is None:
        return
    records = {str(r["code"]): r for r in context.submission.lists.get(spec.id, ()) if "code" in r}
    columns = {c.id: c for c in spec.columns}
    budgets = {c.base for c in spec.columns if c.base}
    entered = {b for b in budgets for r in records.values() if isinstance(f := r.get(b), Figure) and not f.blank}
    rows: list[RowView] = list(context.members["used_items"])  # type: ignore[call-overload]
    if any(len(code) == LENGTH_OF_CLASS for code in records):  # a pack that asks for each 类
        rows = context.tables["general"].classes if "general" in context.tables else []
    for row in rows:
        for column in ("reason", "use"):
            if column in columns and column + DRAFT in columns:
                given = columns[column].base in entered
                slot = _item(row, columns[column], records.get(row.code), given=given)
                if slot is not None:
                    yield slot


def _item(row: RowView, column: ColumnSpec, record: Record | None, *, given: bool) -> Slot | None:
    """A 项.  Where no amount to compare with was entered at all, none is known (blank is not zero)."""
    current = row.members().get("total")
    base = row.facts.members().get(column.base) if column.base else Figure(None)
    if not isinstance(current, Figure) or not isinstance(base, Figure):
        return None
    if column.base and (record is None or not given):
        base = replace(base, missing=f"{row.code}{row.row.name}的分科目说明")
    text = suggested_text(record, column.id) if record is not None else Text(label=column.label)
    kind = column.base if column.base in ("prior", "budget") else "use"
    tag = "uses" if kind == "use" else f"items_{kind}"
    title = f"{row.code}{row.row.name} {column.label}"
    prefix = "use" if kind == "use" else "item"
    scope = (f"f:{row.code}", row.row.name)
    return Slot(
        f"{prefix}:{row.code}", title, tag, kind, row.name, current, base, scope, text, True, column.asks_equal, row
    )


def suggested_text(record: Record, column: str) -> Text:
    """A cell of a list with the draft that stands beside it."""
    value, draft, taken = record.get(column), record.get(column + DRAFT), record.get(column + ACCEPT)
    text = value if isinstance(value, Text) else Text()
    if text.draft:
        return text
    suggestion = draft.value if isinstance(draft, Text) else ""
    return Text(
        text.value, text.cells, text.label, text.missing, suggestion,
        isinstance(taken, Text) and taken.value.strip() == TAKEN, text.pieces, text.pending,
    )  # fmt: skip


def _classes(context: Context) -> Iterator[Slot]:
    table = context.tables.get("expenditure")
    last = context.last
    if table is None or not last.has("expenditure"):
        return
    for row in table.classes:
        now, then = row.members().get("total"), last.cell("expenditure", row.code, "total")
        if isinstance(now, Figure) and then is not None:
            title = f"{row.code}{row.row.name}与上年相比变化的原因"
            scope = (f"f:{row.code}*", row.row.name)
            yield Slot(
                f"class:{row.code}", title, "classes", "prior", row.name, now, then, scope, asked=False, subject=row
            )


def _subjects(context: Context, told: set[str]) -> Iterator[Slot]:
    """Each 项 against last year, where the text compares it with its budget only."""
    rows: list[RowView] = context.members["used_items"]  # type: ignore[assignment]
    for row in rows:
        name = row.table.spec.id
        now, then = (
            row.members().get("total"),
            context.last.cell(name, row.code, "total") if context.last.has(name) else None,
        )
        if row.code not in told and isinstance(now, Figure) and then is not None:
            title = f"{row.code}{row.row.name}与上年相比变化的原因"
            scope = (f"f:{row.code}", row.row.name)
            yield Slot(
                f"subject:{row.code}",
                title,
                "items_prior",
                "prior",
                row.name,
                now,
                then,
                scope,
                asked=False,
                subject=row,
            )
