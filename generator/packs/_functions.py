"""What packs may call in checks and texts: phrases, shares, totals, classes, codes, economic subjects."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from generator.model import Figure, total
from generator.model import rates as formulas
from generator.packs._saying import Sayer
from generator.packs.grid import parse
from generator.packs.language import Word, joined, open_place, plain_of, spans_of, word
from generator.packs.names import RecordView, count
from generator.packs.parts import FUNCTIONS as PARTS
from generator.packs.tables import RowView, TableView, View


def _functions(sayer: Sayer) -> dict[str, Callable[..., Any]]:
    return {
        **sayer.functions(),
        "mean": formulas.mean,
        "total": total,
        "count": count,
        "joined": joined,
        "because": _because,
        "upto": _upto,
        "to_fill": lambda label: open_place(plain_of(label)),
        "column": lambda rows, name: [r[name] for r in rows],
        "written": _written,
        **FUNCTIONS,
        **PARTS,
        "one_of": lambda *values: next((v for v in values if v), values[-1]),
    }


def _written(table: TableView, *prefixes: str) -> list[Any]:
    """Names of the subjects of a fixed table under some codes whose amount is printed as non-zero."""
    grid = parse(table.spec.body)
    out: list[tuple[str, Word]] = []
    for cell in grid.cells():
        code = cell.slot.removeprefix("e")
        if len(code) > 3 and code.startswith(prefixes):
            figure = table[cell.slot]
            if isinstance(figure, Figure) and figure:
                name = next((c.text for c in reversed(grid.rows[cell.row]) if c.column < cell.column), "")
                out.append((code, _name_of(name.strip(), figure)))
    return [w for _, w in sorted(out, key=lambda pair: pair[0])]


def _upto(text: object, mark: str) -> Word:
    """The words up to a mark, with it: ``upto(info.name, '区')``; nothing where it does not stand there."""
    spans = spans_of(text)
    whole = "".join(s.text for s in spans)
    head, found, _ = whole.partition(mark)
    if not found or len(spans) != 1:
        return word(head + found) if found else Word()
    return Word((replace(spans[0], text=head + found),))


def _because(before: object, reason: object, after: object = "") -> Word:
    """A reason with the words around it; nothing at all where there is nothing to give a reason for."""
    given = Word(spans_of(reason))
    return Word((*spans_of(before), *given.spans, *spans_of(after))) if given else Word()


def _name_of(text: str, figure: Figure) -> Word:
    return word(text, "name", cells=figure.cells)


CLASS_SLOT = re.compile(r"f(\d{3})$")
ECONOMIC_SLOT = re.compile(r"e(\d{3,5})$")
STAFF = ("301", "303")


class NamedView(View):
    """A view with a key and a name, so that a finding can say which row it means."""

    __slots__ = ("key", "name")

    def __init__(self, key: str, name: str, members: dict[str, object]) -> None:
        super().__init__(members)
        self.key, self.name = key, name


def class_slots(table: TableView) -> list[Figure]:
    """The amounts of all functional classes of a fixed table."""
    return [v for k, v in table.members().items() if CLASS_SLOT.match(k) and isinstance(v, Figure)]


def class_rows(table: TableView) -> list[View]:
    """The rows of all functional classes of a fixed table with several columns."""
    return [
        NamedView(k, k, dict(v.members()))
        for k, v in table.members().items()
        if CLASS_SLOT.match(k) and isinstance(v, View)
    ]


def sum_rows(table: TableView) -> list[View]:
    """Every row of a fixed table that has a column ``total``."""
    rows = [(k, v) for k, v in table.members().items() if isinstance(v, View) and "total" in v.members()]
    return [NamedView(k, k, dict(v.members())) for k, v in rows]


def class_codes(fixed: TableView, listed: TableView) -> list[str]:
    """Codes of the classes that a fixed table names, and of those only the other table has."""
    named = [m[1] for k in fixed.members() if (m := CLASS_SLOT.match(k))]
    return named + [r.code for r in listed.classes if r.code not in named and f"f{r.code}" in fixed.members()]


def _economic(table: TableView) -> dict[str, Figure]:
    return {m[1]: v for k, v in table.members().items() if (m := ECONOMIC_SLOT.match(k)) and isinstance(v, Figure)}


def economic_classes(table: TableView) -> list[View]:
    """Each economic class of a fixed table with its parts."""
    amounts = _economic(table)
    out: list[View] = []
    for code, amount in amounts.items():
        parts = [v for c, v in amounts.items() if len(c) == 5 and c.startswith(code)]
        if len(code) == 3 and parts:
            out.append(NamedView(code, code, {"amount": amount, "parts": parts}))
    return out


def public_classes(table: TableView) -> list[Figure]:
    """The economic classes that make up 公用经费 (all but 301 and 303)."""
    return [v for c, v in _economic(table).items() if len(c) == 3 and c not in STAFF]


def only_fiscal(summary: TableView, fiscal: TableView) -> bool:
    """No other money than fiscal appropriations came in or was carried over."""
    names = ("r4", "r5", "r6", "r7", "r8", "r28")
    others = [summary.members().get(n) for n in names]
    if any(isinstance(f, Figure) and not f.blank for f in others):
        return False
    carried, fiscal_carried = summary.members().get("r29"), fiscal.members().get("r28")
    if isinstance(carried, Figure) and isinstance(fiscal_carried, Figure):
        gap = carried - fiscal_carried
        return abs(gap.number) <= gap.margin
    return True


def outermost(rows: list[RowView]) -> list[RowView]:
    """Rows of budget units that stand in no other one (133, not its 133001): they add up to the whole."""
    codes = {r.code for r in rows if r.code}
    return [r for r in rows if not any(r.code[:n] in codes for n in range(1, len(r.code)))]


def of_number(records: list[View], number: Figure) -> list[View]:
    """The records of a list that belong to a number (their column ``no``)."""
    return [r for r in records if isinstance(n := r.members().get("no"), Figure) and n.value == number.value]


def rows_of(table: TableView, records: list[View]) -> list[RowView]:
    """The rows of a list table that some records name by their 序号 (their column ``no``)."""
    return [table.numbered(r.members().get("no")) for r in records]


def planned(table: TableView, facts: Sequence[RecordView], *others: TableView) -> list[RowView]:
    """The 项 of a table, and those the facts name with a budget although nothing was spent, by code.

    A code that stands in one of the other tables is theirs.
    """
    seen = {row.code for t in (table, *others) for row in t.items}
    unspent = [
        table.row(f.key)
        for f in facts
        if len(f.key) == 7 and f.key not in seen and isinstance(b := f.members().get("budget"), Figure) and b
    ]
    return sorted([*table.items, *unspent], key=lambda row: row.code) if unspent else table.items


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "class_slots": class_slots,
    "class_rows": class_rows,
    "sum_rows": sum_rows,
    "class_codes": class_codes,
    "economic_classes": economic_classes,
    "public_classes": public_classes,
    "only_fiscal": only_fiscal,
    "outermost": outermost,
    "of_number": of_number,
    "rows_of": rows_of,
    "planned": planned,
}
