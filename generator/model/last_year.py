"""Last year's figures by name, as they stand in the workbook's sheet 上年明细.

A name says table, row and column: ``summary.r31``, ``expenditure[2010301].basic``,
``projects[大厅运转].executed``.  Where a table is known, an amount that is not there was nothing;
where it is not known, nothing may be concluded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from generator.model.figures import Figure
from generator.model.submission import Record, Text

NAME = re.compile(r"(\w+)(?:\[(.*)\])?\.([\w.]+)$")


def line_name(table: str, column: str, row: str = "") -> str:
    """The name of a figure of last year."""
    return f"{table}[{row}].{column}" if row else f"{table}.{column}"


class LastYear:
    """Last year's figures; ``at`` gives ``None`` where the table is not known.

    ``tables`` are known even where they held nothing.  ``nothing``: there was no last year, every
    amount of it is zero.
    """

    def __init__(self, lines: Iterable[Record] = (), tables: Iterable[str] = (), *, nothing: bool = False) -> None:
        self._figures: dict[str, Figure] = {}
        self._rows: dict[str, dict[str, str]] = {}
        self._tables: set[str] = set(tables)
        self._nothing = nothing
        for record in lines:
            key, label, amount = record.get("key"), record.get("label"), record.get("amount")
            found = NAME.match(str(key).strip()) if isinstance(key, Text) else None
            if found is None or not isinstance(amount, Figure) or amount.blank:
                continue
            self._tables.add(found[1])
            said = str(label).strip() if isinstance(label, Text) else ""
            figure = replace(amount, label=f"上年{said}" if said else f"上年 {found[0]}")
            known = self._figures.get(found[0])
            self._figures[found[0]] = figure if known is None else known + figure
            if found[2]:
                self._rows.setdefault(found[1], {}).setdefault(found[2], said)

    def __bool__(self) -> bool:
        return bool(self._figures)

    def has(self, table: str) -> bool:
        """Whether last year's table is known."""
        return self._nothing or table in self._tables

    def rows(self, table: str) -> dict[str, str]:
        """The rows of a table by code or name, with what they are called."""
        return dict(self._rows.get(table, {}))

    def at(self, name: str) -> Figure | None:
        """A figure; nothing (zero) where the table has no such amount, ``None`` where it is not known."""
        found = self._figures.get(name)
        if found is not None:
            return found
        match = NAME.match(name)
        if match is None or not self.has(match[1]):
            return None
        return Figure(Decimal(0), label=f"上年 {name}")

    def cell(self, table: str, row: str, column: str) -> Figure | None:
        """A figure of a table with rows."""
        return self.at(line_name(table, column, row))

    def figures(self) -> dict[str, Figure]:
        """All figures by name."""
        return dict(self._figures)
