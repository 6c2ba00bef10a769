"""Tables as texts and checks see them: rows, columns, slots, totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from generator.model import Figure, SubjectRow, TableData, Value, total
from generator.packs.aliases import column_aliases, row_aliases, table_aliases
from generator.packs.grid import parse
from generator.packs.language import Word, typed, word
from generator.packs.schema import TableSpec

IDENTITY = {"code", "name", "codename", "n", "unit"}


class View:
    """Attributes by name or by what the form calls them; a name that the pack does not know stays undefined."""

    __slots__ = ("_aliases", "_members")

    def __init__(self, members: Mapping[str, object], aliases: Mapping[str, str] | None = None) -> None:
        self._members, self._aliases = members, aliases

    def __getattr__(self, name: str) -> object:
        try:
            return self._members[name]
        except KeyError:
            if self._aliases and name in self._aliases:
                return getattr(self, self._aliases[name])
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> object:
        if self._aliases and name not in self._members and name in self._aliases:
            return getattr(self, self._aliases[name])
        return self._members[name]

    def members(self) -> Mapping[str, object]:
        """All members by name."""
        return self._members


def nested(slots: Mapping[str, object], aliases: Mapping[str, str] | None = None) -> dict[str, object]:
    """``{"r59.total": x}`` as ``{"r59": View({"total": x})}``."""
    out: dict[str, object] = {}
    groups: dict[str, dict[str, object]] = {}
    for name, value in slots.items():
        head, _, tail = name.partition(".")
        if tail:
            groups.setdefault(head, {})[tail] = value
        else:
            out[name] = value
    return out | {head: View(nested(inner), aliases) for head, inner in groups.items()}


class RowView(View):
    """A row by subject, with its 类 and 款 and the facts that the officer gave for it."""

    __slots__ = ("_table", "cells", "code", "row")

    def __init__(self, row: SubjectRow, members: Mapping[str, object], table: TableView | None) -> None:
        super().__init__(members, row_aliases(table.spec) if table else None)
        self.row, self.code, self._table = row, row.code, table
        self.cells = (row.ref,) if row.ref else ()

    @property
    def key(self) -> str:
        return self.code

    @property
    def name(self) -> Word:
        return word(self.row.name, "name", cells=self.cells)

    @property
    def level(self) -> int:
        return self.row.level

    @property
    def table(self) -> TableView:
        if self._table is None:
            raise AttributeError("table")
        return self._table

    @property
    def klass(self) -> RowView:
        """The 类 above this row."""
        return self.table.ancestor(self.code[:3])

    @property
    def kuan(self) -> RowView:
        """The 款 above this row."""
        return self.table.ancestor(self.code[:5])

    @property
    def items(self) -> list[RowView]:
        """The 项 under this row."""
        return self.table.items_under(self.code)

    @property
    def groups(self) -> list[RowView]:
        """The 款 under this row."""
        return [r for r in self.table.rows if r.level == 2 and r.code.startswith(self.code)]

    @property
    def children(self) -> list[RowView]:
        """The rows one level below that add up to this one (款 of a 类, 项 of a 款, 类 of a budget unit)."""
        if self.row.kind == "unit":
            return self.table.children_of_unit(self.code)
        return self.table.children_of(self.code, self.row.unit_code)

    @property
    def facts(self) -> View:
        """What the officer entered for this subject (the pack's list of facts)."""
        return self.table.facts_of(self.row)

    @property
    def definition(self) -> Word:
        """The 名词解释 of the subject: the pack's, or else the officer's, or else an open place."""
        return self.table.definition_of(self.row)


class TableView(View):
    """One statutory table."""

    __slots__ = (
        "_below",
        "_by_code",
        "_definition",
        "_facts",
        "_names",
        "_under",
        "data",
        "items",
        "rows",
        "spec",
        "subjects",
    )

    def __init__(
        self,
        spec: TableSpec,
        data: TableData,
        names: Mapping[str, str],
        facts: Callable[[SubjectRow], View],
        definition: Callable[[SubjectRow], Word],
    ) -> None:
        self.spec, self.data, self._names = spec, data, names
        self._facts, self._definition = facts, definition
        members: dict[str, object] = nested(fixed_slots(spec, data), column_aliases(spec) if spec.body else None)
        if spec.rows:
            columns = row_columns(spec)
            totals = {c: _total_cell(spec, data, c) for c in columns}
            members["total"] = View(totals, column_aliases(spec))
            labels = {c: column_label(spec, c) for c in columns}
            self.rows = [RowView(r, _row_members(spec, r, labels), self) for r in data.rows]
        else:
            self.rows = []
        self.subjects = [r for r in self.rows if r.row.kind == "subject"]
        self.items = [r for r in self.subjects if r.level == 3]
        self._by_code: dict[str, RowView] = {}
        self._under: dict[str, list[RowView]] = {}
        self._below: dict[tuple[str, str], dict[int, list[RowView]]] = {}
        for row in self.subjects:
            known = self._by_code.get(row.code)
            self._by_code[row.code] = row if known is None else _together(known, row, self)
            for length in (3, 5):
                if len(row.code) > length:
                    for unit in {"", row.row.unit_code}:  # under its budget unit, and in the whole table
                        self._below.setdefault((unit, row.code[:length]), {}).setdefault(len(row.code), []).append(row)
        for row in self.items:
            for length in (3, 5, 7):
                self._under.setdefault(row.code[:length], []).append(row)
        super().__init__(members, table_aliases(spec))

    def children_of(self, code: str, unit: str = "") -> list[RowView]:
        """The rows of the nearest level under a code: of one budget unit, or of all."""
        levels = self._below.get((unit, code), {})
        return levels[min(levels)] if levels else []

    def children_of_unit(self, code: str) -> list[RowView]:
        """What adds up to a budget unit: the units right below it, or else its 类."""
        inner = [u for u in self.units if u.code != code and u.code.startswith(code)]
        codes = {u.code for u in inner}
        nearest = [u for u in inner if not any(u.code[:n] in codes for n in range(1, len(u.code)))]
        return nearest or [r for r in self.subjects if r.level == 1 and r.row.unit_code == code]

    def numbered(self, number: object) -> RowView:
        """The row of a list by its 序号; an open place where the list has no such row."""
        wanted = int(number.number) if isinstance(number, Figure) else number if isinstance(number, int) else 0
        if 0 < wanted <= len(self.rows):
            return self.rows[wanted - 1]
        label = f"{self.spec.number}序号{wanted or ''}的"
        members: dict[str, object] = {
            c: Figure(None, label=label + column_label(self.spec, c), missing=label + column_label(self.spec, c))
            for c in row_columns(self.spec)
        }
        return RowView(SubjectRow("", "", {}, "row"), members, self)

    def items_under(self, code: str) -> list[RowView]:
        """The 项 whose code begins with this one."""
        return self._under.get(code, [])

    @property
    def empty(self) -> bool:
        """No money in it: every amount is blank or zero (exported tables are full of 0.00)."""
        amounts = [*self.data.slots.values(), *self.data.totals.values()]
        amounts += [v for row in self.data.rows for v in row.cells.values()]
        return not any(isinstance(v, Figure) and v for v in amounts)

    @property
    def units(self) -> list[RowView]:
        return [r for r in self.rows if r.row.kind == "unit"]

    @property
    def classes(self) -> list[RowView]:
        """One row for each 类, in the order of the table."""
        seen = dict.fromkeys(r.code[:3] for r in self.subjects)
        return [self.ancestor(code) for code in seen]

    @property
    def total_row(self) -> View:
        """The row 合计."""
        return RowView(SubjectRow("", "合计", {}, "total"), dict(self["total"].members()), self)  # type: ignore[attr-defined]

    @property
    def parents(self) -> list[RowView]:
        """The rows that have rows under them (类 and 款)."""
        return [r for r in self.subjects if r.children]

    def ancestor(self, code: str) -> RowView:
        """The row of a 类 or 款; where the table lacks it, the sum of what stands under it."""
        found = self._by_code.get(code)
        if found is not None:
            return found
        below = self.items_under(code)
        members: dict[str, object] = {
            c: total([f for r in below if isinstance(f := r[c], Figure)], f"{self._names.get(code, code)}")
            for c in row_columns(self.spec)
        }
        name = self._names.get(code, "")
        return RowView(SubjectRow(code, name, {}), members, self)

    def row(self, code: str) -> RowView:
        """The row of a code; blank where the table lacks it."""
        found = self._by_code.get(code)
        if found is not None:
            return found
        blank = SubjectRow(code, self._names.get(code, ""), {})
        labels = {c: column_label(self.spec, c) for c in row_columns(self.spec)}
        return RowView(blank, _row_members(self.spec, blank, labels), self)

    def facts_of(self, row: SubjectRow) -> View:
        return self._facts(row)

    def definition_of(self, row: SubjectRow) -> Word:
        return self._definition(row)


def _together(first: RowView, second: RowView, table: TableView) -> RowView:
    """One subject that several budget units use, as one row with the sums."""
    members = {
        c: v + w if isinstance(v, Figure) and isinstance(w := second[c], Figure) else v
        for c, v in first.members().items()
    }
    return RowView(replace(first.row, unit_code=""), members, table)


def row_columns(spec: TableSpec) -> list[str]:
    """Column ids of a table with rows, in order."""
    shape = parse(spec.row or spec.total)
    return [c.slot for c in shape.cells() if c.slot and c.slot not in IDENTITY]


def slot_ids(spec: TableSpec) -> list[str]:
    """Ids of the fixed places of a table."""
    return [c.slot for c in parse(spec.body).cells() if c.slot] if spec.body else []


def slot_label(spec: TableSpec, slot: str) -> str:
    """What a fixed place is called: table, row label, column heading."""
    grid = parse(spec.body)
    head = parse(spec.header)
    for cell in grid.cells():
        if cell.slot == slot:
            texts = [c.text for c in grid.rows[cell.row] if c.column < cell.column and c.text]
            words = [t for t in texts if not t.isdigit()]
            label = words[-1] if words else slot
            above = head.text_at(len(head.rows) - 1, cell.column)
            if above.isdigit() and len(head.rows) > 1:
                above = head.text_at(len(head.rows) - 2, cell.column)
            column = above if "." in slot else ""
            return f"{spec.number}“{label.strip()}”{column}"
    return f"{spec.number} {slot}"


def fixed_slots(spec: TableSpec, data: TableData) -> dict[str, object]:
    """All fixed places; blank ones too, missing ones marked."""
    out: dict[str, object] = {}
    for slot in slot_ids(spec):
        figure = data.slots.get(slot, Figure(None))
        label = figure.label or slot_label(spec, slot)
        missing = label if figure.blank and slot in spec.required else figure.missing
        out[slot] = replace(figure, label=label, missing=missing)
    return out


def _total_cell(spec: TableSpec, data: TableData, column: str) -> Value:
    value = data.totals.get(column, Figure(None))
    if isinstance(value, Figure):
        label = value.label or f"{spec.number}“合计”{column_label(spec, column)}"
        missing = label if value.blank and f"total.{column}" in spec.required else ""
        return replace(value, label=label, missing=missing)
    return value


def column_label(spec: TableSpec, column: str) -> str:
    """The heading of a column of a table with rows."""
    head = parse(spec.header)
    for cell in parse(spec.row or spec.total).cells():
        if cell.slot == column:
            for row in range(len(head.rows) - 1, -1, -1):
                text = head.text_at(row, cell.column)
                if text and not text.isdigit():
                    return text
    return column


def _row_members(spec: TableSpec, row: SubjectRow, labels: Mapping[str, str]) -> dict[str, object]:
    """``labels``: the heading of each column."""
    members: dict[str, object] = {}
    for column, heading in labels.items():
        value = row.cells.get(column, Figure(None))
        if isinstance(value, Figure):
            label = value.label or f"{spec.number}“{row.name}”{heading}"
            members[column] = replace(value, label=label)
        else:
            members[column] = typed(value)
    return members
