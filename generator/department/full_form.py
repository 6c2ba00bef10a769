"""A full workbook that a pack makes of itself, to be tried with: everything filled, nothing true.

Every table with two levels of rows, every list with two entries, every field, every reason.  Amounts add up
along the codes and all differ, so that one printed in the place of another is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from generator.checks import Filled
from generator.packs import ColumnSpec, FieldSpec, ListSpec, Pack, TableSpec, row_columns, slot_ids

NAME = "某某局"
WORDS = "按规定开展工作"
FUNDS = ("fund", "soe")  # the tables of money that is used for 项 of its own (as Context.used_items has it)


def full(pack: Pack, year: int, unit: str = "万元") -> Filled:
    """Everything filled.  Amounts in the given unit, with two decimals."""
    return _Filler(pack, year, unit).all()


def variants(pack: Pack, year: int) -> Iterator[tuple[str, Filled]]:
    """The full workbook in the ways in which a text may turn: what is said of it, and it."""
    yield "每一项都填", full(pack, year)
    yield "以元为单位", full(pack, year, "元")
    base = full(pack, year)
    for spec in pack.in_force(pack.tables, year):
        if spec.rows:
            empty: dict[str, Any] = {"slots": {}, "rows": [], "totals": {}}
            yield f"{spec.number}是空表", replace(base, tables={**base.tables, spec.id: empty})
    amounts = [f.id for f in pack.in_force(pack.fields, year) if f.type == "amount"]
    prior = {k: v for k, v in base.fields.items() if k in amounts}
    for said, value in (("上年数都大", "99999999.99"), ("上年数都是零", "0"), ("上年数都没有填", "")):
        yield said, replace(base, fields={**base.fields, **dict.fromkeys(prior, value)})
    yield "金额都是零", _zeros(base)
    choices = {f.id: f.choices for f in pack.in_force(pack.fields, year) if f.type == "choice" and len(f.choices) > 1}
    for at in range(1, max((len(c) for c in choices.values()), default=1)):
        chosen = {k: c[at] for k, c in choices.items() if at < len(c)}
        yield f"选择项都选第{at + 1}个", replace(base, fields={**base.fields, **chosen})
    yield "清单都没有填", replace(base, lists={})


def _zeros(filled: Filled) -> Filled:
    def nothing(cells: Mapping[str, str]) -> dict[str, str]:
        return {k: v if not _number(v) else "0" for k, v in cells.items()}

    tables = {
        name: {
            "slots": nothing(raw["slots"]),
            "rows": [{**r, "cells": nothing(r["cells"])} for r in raw["rows"]],
            "totals": nothing(raw["totals"]),
        }
        for name, raw in filled.tables.items()
    }
    return replace(filled, tables=tables)


def _number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


class _Filler:
    def __init__(self, pack: Pack, year: int, unit: str) -> None:
        self.pack, self.year, self.unit = pack, year, unit
        self.numbers = count(1)
        self.funds = dict(zip(("", *FUNDS), self._codes(), strict=False))
        self.items = [code for codes in self.funds.values() for code in codes]

    def amount(self) -> str:
        """An amount that stands nowhere else."""
        whole = 100000 + 1017 * next(self.numbers)
        return f"{whole}.{whole % 89 + 10}"

    def _codes(self) -> list[list[str]]:
        """For each of three kinds of money four 项 of two 类, two of each in a row."""
        by_class: dict[str, list[str]] = {}
        for code in self.pack.functional:
            if len(code) == 7:
                by_class.setdefault(code[:3], []).append(code)
        pairs = [sorted(codes)[:2] for codes in by_class.values()]
        return [[code for pair in pairs[at : at + 2] for code in pair] for at in (0, 2, 4)]

    def all(self) -> Filled:
        pack, year = self.pack, self.year
        made = Filled(year, NAME, unit=self.unit)
        made.tables = {s.id: self.table(s) for s in pack.in_force(pack.tables, year)}
        made.fields = {f.id: v for f in pack.in_force(pack.fields, year) if (v := self.field(f))}
        made.fields |= {"info.name": NAME} if "info.name" in pack.fields else {}
        made.lists = {s.id: self.rows(s) for s in pack.in_force(pack.lists, year) if s.id != pack.meta.last_lines}
        made.reasons = {r.id: WORDS for r in pack.in_force(pack.reasons, year)}
        return made

    def table(self, spec: TableSpec) -> dict[str, Any]:
        slots = {s: self.amount() for s in slot_ids(spec)}
        if not spec.rows:
            return {"slots": slots, "rows": [], "totals": {}}
        columns = row_columns(spec)
        known, widths = (self.pack.economic, (3, 5)) if spec.rows == "economic" else (self.pack.functional, (3, 5, 7))
        leaves = (
            [c for c in known if len(c) == 5][:4]
            if spec.rows == "economic"
            else self.funds.get(spec.id, self.funds[""])
        )
        if spec.rows == "list":
            typed = re.findall(r"\{(\w+):text\}", spec.row)
            rows = [
                {
                    "code": "",
                    "name": f"第{n}行",
                    "cells": self.cells(columns) | dict.fromkeys(typed, WORDS),
                    "text": typed,
                    "kind": "row",
                }
                for n in "一二"
            ]
            return {"slots": slots, "rows": rows, "totals": {c: self.amount() for c in columns if c not in typed}}
        sums: dict[str, dict[str, Decimal]] = {}
        for code in leaves:
            for column, text in self.cells(columns).items():
                for width in (0, *widths):
                    place = sums.setdefault(code[:width], {})
                    place[column] = place.get(column, Decimal(0)) + Decimal(text) * (width >= len(code[:width]))
        written = {k: {c: str(v) for c, v in cells.items()} for k, cells in sums.items()}
        rows = [
            {"code": k, "name": known[k].name if k in known else f"科目{k}", "cells": written[k]}
            for k in sorted(written)
            if k
        ]
        return {"slots": slots, "rows": rows, "totals": written.get("", {})}

    def cells(self, columns: list[str]) -> dict[str, str]:
        return {c: self.amount() for c in columns}

    def field(self, spec: FieldSpec) -> str:
        group = spec.id.partition(".")[0]
        if group in ("style", "origin"):
            return ""
        return self.value(spec, spec.default or (spec.choices[0] if spec.choices else ""))

    def value(self, spec: FieldSpec | ColumnSpec, choice: str) -> str:
        match spec.type:
            case "amount":
                return self.amount()
            case "count" | "number":
                return str(next(self.numbers))
            case "percent":
                return f"{next(self.numbers) % 97}.5%"
            case "choice":
                return choice
            case "date":
                return f"{self.year + 1}-09-01"
            case "lookup":
                return ""
        return choice or f"{spec.label.strip('（）')}{WORDS}"

    def rows(self, spec: ListSpec) -> list[dict[str, str]]:
        by_code = any(c.id == spec.key and c.choices_from in ("functional", "economic") for c in spec.columns)
        keys = self.items if by_code else ["1", "2"]
        out = []
        for at, key in enumerate(keys):
            row = {}
            for column in spec.columns:
                choice = column.choices[at % len(column.choices)] if column.choices else ""
                if column.choices_from == "functional":
                    choice = self.items[at % len(self.items)] if self.items else ""
                row[column.id] = key if column.id in (spec.key, "no") else self.value(column, choice)
            out.append(row)
        return out
