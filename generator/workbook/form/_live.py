"""The checks of a pack as spreadsheet formulas, from the same declarations.

The expressions of a check are evaluated over symbols instead of figures: a symbol prints the cells
it stands for.  Rows by subject are whole columns, so that one formula speaks for all of them.
Checks that use something a formula cannot say are left to the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import UndefinedError

from generator.packs import CheckSpec, Language, LanguageError, Pack, TableSpec

MAX_TERMS = 40
CLASS_SLOT = re.compile(r"f(\d{3})$")
ECONOMIC_SLOT = re.compile(r"e(\d{3,5})$")


class CannotSay(Exception):  # noqa: N818 - a result, not an error
    """The check uses something that has no formula."""


@dataclass(frozen=True)
class Sym:
    """An expression in 万元.  ``terms``: rounded amounts in it; ``mask``: rows it speaks for."""

    text: str
    terms: int = 1
    mask: str = ""
    sheet: str = ""

    def _with(self, other: object, sign: str) -> Sym:
        if not isinstance(other, Sym):
            raise CannotSay
        return Sym(f"{self.text}{sign}({other.text})", self.terms + other.terms, self.mask or other.mask, self.sheet)

    def __add__(self, other: object) -> Sym:
        return self._with(other, "+")

    def __radd__(self, other: object) -> Sym:
        if other == 0:
            return self
        raise CannotSay

    def __sub__(self, other: object) -> Sym:
        return self._with(other, "-")

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Place:
    """Where a table stands in the form: cells of its slots, columns of its rows, its unit."""

    sheet: str
    unit: str
    slots: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)  # column id -> absolute range of the rows


def scale(place: Place) -> str:
    """What turns an amount of a sheet into 万元."""
    return f"IF('{place.sheet}'!{place.unit}=\"元\",10000,1)" if place.unit else "1"


class Members:
    """Named symbols, by attribute or key."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        self.known: dict[str, Any] = dict(known or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "known":
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        if name not in self.known:
            raise CannotSay
        return self.known[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.known[name] = value


class Rows(Members):
    """Rows by subject as columns; ``children`` and ``code`` where a check asks for them."""


class Table(Members):
    """A table of the form as symbols."""

    def __init__(self, spec: TableSpec, place: Place) -> None:
        super().__init__()
        self.spec, self.place = spec, place
        for slot, cell in place.slots.items():
            self._put(slot, Sym(f"N('{place.sheet}'!{cell})/{scale(place)}", sheet=place.sheet))
        if place.ranges:
            self._rows()

    def _put(self, slot: str, value: Sym) -> None:
        head, _, tail = slot.partition(".")
        if tail:
            self.known.setdefault(head, Members())[tail] = value
        else:
            self[head] = value

    def _range(self, column: str) -> str:
        return f"'{self.place.sheet}'!{self.place.ranges[column]}"

    def _rows(self) -> None:
        codes = self._range("code")
        columns = [c for c in self.place.ranges if c not in ("code", "name")]
        whole = {
            c: Sym(f"{self._range(c)}/{scale(self.place)}", mask=f"(LEN({codes})>0)", sheet=self.place.sheet)
            for c in columns
        }
        self["subjects"] = [Rows(whole)]
        self["total_row"] = self.known.get("total", Members())
        self["classes"] = Rows(
            {c: Sym(f'SUMIF({codes},"???",{self._range(c)})/{scale(self.place)}', 20) for c in columns}
        )
        parents = f'(LEN({codes})>0)*(LEN({codes})<7)*(COUNTIF({codes},{codes}&"??")>0)'
        below = Rows({c: Sym(f'SUMIF({codes},{codes}&"??",{self._range(c)})/{scale(self.place)}', 20) for c in columns})
        above = Rows({c: Sym(whole[c].text, mask=parents, sheet=self.place.sheet) for c in columns})
        above["children"] = below
        self["parents"] = [above]
        items = Rows({c: Sym(whole[c].text, mask=f"(LEN({codes})=7)", sheet=self.place.sheet) for c in columns})
        items["code"] = codes
        self["items"] = [items]

    def row(self, code: str) -> Rows:
        """The row of a code: a class number, or the codes of another table."""
        codes = self._range("code")
        wanted = f'"{code}"' if code.isdigit() else code
        return Rows(
            {
                c: Sym(f"SUMIF({codes},{wanted},{self._range(c)})/{scale(self.place)}")
                for c in self.place.ranges
                if c not in ("code", "name")
            }
        )


def _total(values: Any) -> Sym:
    if isinstance(values, Sym):
        return values
    found = list(values)
    if not found or not all(isinstance(v, Sym) for v in found):
        raise CannotSay
    whole: Sym = sum(found[1:], found[0])
    return whole


def _column(rows: Any, name: str) -> Any:
    return rows[name] if isinstance(rows, Rows) else [r[name] for r in rows]


def _slots(table: Table, pattern: re.Pattern[str]) -> dict[str, Any]:
    return {m[1]: v for k, v in table.known.items() if (m := pattern.match(k))}


def _economic_classes(table: Table) -> list[Members]:
    found = _slots(table, ECONOMIC_SLOT)
    out = []
    for code, amount in found.items():
        parts = [v for c, v in found.items() if len(c) == 5 and c.startswith(code)]
        if len(code) == 3 and parts:
            out.append(Members({"amount": amount, "parts": parts}))
    return out


def _cannot(*_: object) -> Any:
    raise CannotSay


FUNCTIONS: dict[str, Any] = {
    "total": _total,
    "column": _column,
    "class_slots": lambda t: list(_slots(t, CLASS_SLOT).values()),
    "class_rows": lambda t: list(_slots(t, CLASS_SLOT).values()),
    "class_codes": lambda t, _: list(_slots(t, CLASS_SLOT)),
    "sum_rows": lambda t: [v for v in t.known.values() if isinstance(v, Members) and "total" in v.known],
    "economic_classes": _economic_classes,
    "public_classes": lambda t: [
        v for c, v in _slots(t, ECONOMIC_SLOT).items() if len(c) == 3 and c not in ("301", "303")
    ],
    "only_fiscal": _cannot,
    "one_of": _cannot,
    "written": _cannot,
    "phrase": _cannot,
    "share": _cannot,
    "completion": _cannot,
    "count": _cannot,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet 勾稽: what must hold, and the formula that says ✓ or by how much not."""

    check: str
    title: str
    formula: str


def lines(pack: Pack, year: int, places: Mapping[str, Place], fields: Mapping[str, Place]) -> Iterator[Line]:
    """All checks that a formula can say, in the order of the pack."""
    language = Language(pack.formats, FUNCTIONS)
    scope: dict[str, Any] = {i: Table(pack.tables[i], p) for i, p in places.items()}
    for name, place in fields.items():
        group, _, member = name.partition(".")
        symbol = Sym(f"N('{place.sheet}'!{place.slots['']})/{scale(place)}", sheet=place.sheet)
        scope.setdefault(group, Members())[member] = symbol
    for spec in pack.in_force(pack.checks, year):
        try:
            made = list(_check(language, spec, scope))
        except (CannotSay, LanguageError, UndefinedError):  # undefined: a list, which has no cell of its own
            continue
        yield from made


def _check(language: Language, spec: CheckSpec, scope: Mapping[str, Any]) -> Iterator[Line]:
    if spec.relation not in ("=", ">=", "<="):
        raise CannotSay
    members: Sequence[Any] = [None]
    if spec.for_each:
        members = language.expression(spec.for_each, spec.id)(scope)
    names = [spec.columns] if spec.columns else [("",)]
    number = 0
    for member in members:
        for column in names[0]:
            local = {**scope, "c": column}
            if spec.for_each:
                local[spec.name or "item"] = member
            guard = language.expression(spec.when, spec.id)(local) if spec.when else True
            if not guard:
                raise CannotSay
            left = language.expression(spec.left, spec.id)(local)
            right = language.expression(spec.right, spec.id)(local)
            if not isinstance(left, Sym) or not isinstance(right, Sym) or left.terms + right.terms > MAX_TERMS:
                raise CannotSay
            number += 1
            suffix = f"（{number}）" if spec.for_each or spec.columns else ""
            formula = _formula(spec.relation, left, right)
            if isinstance(guard, Sym):
                formula = f'=IF({guard.text}=0,"✓",{formula[1:]})'
            yield Line(spec.id, spec.title + suffix, formula)


def _formula(relation: str, left: Sym, right: Sym) -> str:
    """✓, the difference in 万元, or how many rows differ."""
    gap = f"({left.text})-({right.text})"
    band = f"{0.005 * (left.terms + right.terms):.3f}"
    mask = left.mask or right.mask
    wrong = {"=": f"ABS({gap})>{band}", ">=": f"{gap}<-{band}", "<=": f"{gap}>{band}"}[relation]
    if mask:
        rows = f"SUMPRODUCT({mask}*({wrong}))"
        return f'=IF({rows}=0,"✓","有 "&{rows}&" 行不符")'
    return f'=IF({wrong},"差 "&TEXT({gap},"#,##0.00")&" 万元","✓")'
