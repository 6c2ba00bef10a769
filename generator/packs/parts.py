"""The parts of a change, as packs name them: each with this year's amount and the one it is compared with.

A builder gives ``None`` where last year's table is not known: what is unknown is not zero.
Knows slots and codes, no particular table and no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from generator.model import Figure, LastYear, total
from generator.packs.grid import parse
from generator.packs.language import Word, spans_of, word
from generator.packs.tables import RowView, TableView, View

ECONOMIC = re.compile(r"e(\d{3,5})$")
CODE = re.compile(r"\d{3,7}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a change.  ``sign`` is -1 where the part lowers the whole (支出 in 结转结余)."""

    key: str
    name: Word
    current: Figure
    base: Figure
    sign: int = 1

    @property
    def change(self) -> Figure:
        """What the part itself changed by, in 元."""
        return self.current - self.base

    @property
    def contribution(self) -> Decimal:
        """What it adds to the change of the whole."""
        return self.change.number * self.sign


def part(key: str, name: object, current: object, base: object, sign: int = 1) -> list[Part] | None:
    """One part, or nothing where one of its amounts is not known."""
    if not isinstance(current, Figure) or not isinstance(base, Figure) or current.missing or base.missing:
        return None
    return [Part(key, Word(spans_of(name)), current, base, sign)]


def all_of(*groups: Sequence[Part] | None) -> list[Part] | None:
    """The parts of several groups; nothing at all where one group is not known."""
    if any(g is None for g in groups):
        return None
    return [p for g in groups if g is not None for p in g]


def known(*groups: Sequence[Part] | None) -> list[Part]:
    """The parts of those groups that are known."""
    return [p for g in groups if g is not None for p in g]


def _amount(row: View, column: str) -> Figure:
    value = row.members().get(column)
    return value if isinstance(value, Figure) else Figure(None)


def subject_parts(
    tables: TableView | Sequence[TableView], last: LastYear, column: str = "total", level: int = 3
) -> list[Part] | None:
    """Each functional subject (``level`` 1 类, 3 项) over one or several tables."""
    many = [tables] if isinstance(tables, TableView) else list(tables)
    if not many or not any(last.has(t.spec.id) for t in many):
        return None
    wanted = {1: 3, 2: 5, 3: 7}[level]
    names: dict[str, Word] = {}
    for table in many:
        for row in table.subjects if level > 1 else table.classes:
            if len(row.code) == wanted:
                names.setdefault(row.code, row.name)
        for code, said in last.rows(table.spec.id).items():
            if len(code) == wanted and code.isdigit():
                names.setdefault(code, word(said or table.row(code).row.name or code, "name"))
    out = []
    for code in sorted(names):
        now = total(_amount(t.row(code) if level > 1 else t.ancestor(code), column) for t in many)
        then = total(f for t in many if (f := last.cell(t.spec.id, code, column)) is not None)
        out.append(Part(f"f:{code}", names[code], now, then))
    return out


def under(parts: Sequence[Part] | None, code: str) -> list[Part] | None:
    """The parts whose functional subject belongs to a 类 or 款."""
    return None if parts is None else [p for p in parts if p.key.startswith(f"f:{code}")]


def budget_parts(rows: Iterable[RowView], column: str = "total", fact: str = "budget") -> list[Part]:
    """Each 项 against what the officer entered for it, e.g. its 年初预算."""
    out = []
    for row in rows:
        base = row.facts.members().get(fact)
        if isinstance(base, Figure) and not base.missing:
            out.append(Part(f"f:{row.code}", row.name, _amount(row, column), base))
    return out


def economic_parts(
    table: TableView, last: LastYear, prefixes: Sequence[str] = ("",), level: int = 5
) -> list[Part] | None:
    """Each economic subject of a fixed table."""
    if not last.has(table.spec.id):
        return None
    if not table.spec.body:
        return _economic_rows(table, last, tuple(prefixes), level)
    grid = parse(table.spec.body)
    out = []
    for cell in grid.cells():
        found = ECONOMIC.match(cell.slot)
        if not found or len(found[1]) != level or not found[1].startswith(tuple(prefixes)):
            continue
        now, then = table[cell.slot], last.at(f"{table.spec.id}.{cell.slot}")
        if isinstance(now, Figure) and then is not None and (now or then):
            label = next((c.text for c in reversed(grid.rows[cell.row]) if c.column < cell.column), found[1])
            name = word(label.strip(), "name", cells=now.cells or then.cells)
            out.append(Part(f"e:{found[1]}", name, now, then))
    return out


def _economic_rows(table: TableView, last: LastYear, prefixes: tuple[str, ...], level: int) -> list[Part]:
    """The same for a table with a row for each economic subject."""
    names = {r.code: r.name for r in table.subjects if len(r.code) == level}
    for code, said in last.rows(table.spec.id).items():
        if len(code) == level and code.isdigit():
            names.setdefault(code, word(said or code, "name"))
    return [
        Part(f"e:{c}", n, _amount(table.row(c), "total"), last.cell(table.spec.id, c, "total") or Figure(None))
        for c, n in names.items()
        if c.startswith(prefixes)
    ]


def project_parts(projects: Sequence[View], last: LastYear, column: str = "executed") -> list[Part] | None:
    """Each project by its name; projects of one name in several units are one part."""
    if not last.has("projects"):
        return None
    now: dict[str, list[Figure]] = {}
    names: dict[str, Word] = {}
    for project in projects:
        name = Word(spans_of(project.members().get("name")))
        if name and not name.open:
            now.setdefault(name.plain, []).append(_amount(project, column))
            names.setdefault(name.plain, name)
    for said in last.rows("projects"):
        names.setdefault(said, word(said, "name"))
    return [
        Part(f"p:{n}", w, total(now.get(n, [])), last.cell("projects", n, column) or Figure(None))
        for n, w in names.items()
    ]


def project_budgets(projects: Sequence[View]) -> list[Part]:
    """Each project, what was executed against its budget."""
    named: dict[str, tuple[Word, list[Figure], list[Figure]]] = {}
    for project in projects:
        name = Word(spans_of(project.members().get("name")))
        if name and not name.open:
            entry = named.setdefault(name.plain, (name, [], []))
            entry[1].append(_amount(project, "executed"))
            entry[2].append(_amount(project, "budget"))
    return [Part(f"p:{n}", w, total(now), total(then)) for n, (w, now, then) in named.items()]


def unit_parts(rows: Sequence[View]) -> list[Part]:
    """Each unit of the department, from what was entered for it."""
    out = []
    for row in rows:
        name = Word(spans_of(row.members().get("name")))
        if name and not name.open:
            out += known(part(f"u:{name.plain}", name, _amount(row, "current"), _amount(row, "prior")))
    return out


def use_parts(subject: RowView, projects: Sequence[View], others: Sequence[RowView]) -> list[Part]:
    """What a 项 is used for, from the tables: its projects, and 人员经费 and 公用经费 where it runs the unit."""
    out: list[Part] = []
    nothing = Figure(None)
    if _amount(subject, "project"):
        linked = [p for p in projects if str(p.members().get("code", "")) == subject.code]
        alone = [r for r in others if _amount(r, "project")] == [subject]
        for project in linked or (list(projects) if alone else []):
            name = Word(spans_of(project.members().get("name")))
            if name and not name.open and name.plain not in [p.name.plain for p in out]:
                out.append(Part(f"p:{name.plain}", name, _amount(project, "executed"), nothing))
        if not out:
            return []
    if _amount(subject, "basic"):
        plain = subject.row.name
        amount = _amount(subject, "basic")
        if plain.endswith("运行"):
            out += [
                Part(k, Word(spans_of(n)), amount, nothing)
                for k, n in (("n:staff", "人员经费"), ("n:public", "公用经费"))
            ]
        else:
            name = subject.name
            cut = Word(replace(s, text=s.text.removesuffix("支出")) for s in name.spans)
            out.append(Part(f"f:{subject.code}", cut, amount, nothing))
    return out


def keys_of(text: object) -> list[str]:
    """What an officer's words about a fact point at: codes as keys, everything else as names."""
    out = []
    for piece in re.split(r"[、，,；;\s]+", Word(spans_of(text)).plain):
        if CODE.fullmatch(piece):
            out += [f"e:{piece}*"] if piece.startswith("3") and len(piece) <= 5 else [f"f:{piece}*"]
        elif piece:
            out.append(f"{piece}*")
    return out or ["total"]


SPREAD = 3  # what one person may cost, against the average


def worth(people: Figure, cost: Figure, heads: Figure) -> Figure:
    """The most that so many people can account for: three times what they cost on average; unknown where it is."""
    if not people or not heads or not cost:
        return Figure(None)
    return Figure(abs(cost.number) / heads.number * people.number * SPREAD)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "part": part,
    "all_of": all_of,
    "known": known,
    "subject_parts": subject_parts,
    "under": under,
    "budget_parts": budget_parts,
    "economic_parts": economic_parts,
    "project_parts": project_parts,
    "project_budgets": project_budgets,
    "unit_parts": unit_parts,
    "use_parts": use_parts,
    "keys_of": keys_of,
    "worth": worth,
}
