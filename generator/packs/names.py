"""A Submission as packs see it: ``summary.r31``, ``general.items``, ``prior.income``, ``reasons.fiscal``.

Every name that a pack may use exists here, also where the workbook is empty: a blank is a blank
figure, a required blank an open place.  Nothing is computed that a table already says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from generator.model import Figure, LastYear, Record, SubjectRow, Submission, TableData, Text, Value
from generator.packs.aliases import REASONS, record_aliases, root_aliases, sheet_fields
from generator.packs.language import FORMATS, Word, open_place, typed, word
from generator.packs.pack import Pack
from generator.packs.schema import ColumnSpec, FieldSpec
from generator.packs.style import styled
from generator.packs.tables import RowView, TableView, View

NONE = "none"  # the field that says why there is no prior year
AMOUNT_TYPES = {"amount", "count", "number", "percent"}


class RecordView(View):
    """A group of fields or a row of a list."""

    __slots__ = ("cells", "key", "record")

    def __init__(
        self, record: Record, members: Mapping[str, object], key: str, aliases: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(members, aliases)
        self.record, self.key = record, key
        self.cells = (record.row,) if record.row else ()


def _shown(value: Value | None, spec: FieldSpec | ColumnSpec, label: str, absent: str = "") -> object:
    """A value as templates see it: figures stay figures, words become words with a source.

    ``absent``: why there is no prior year; then a figure of it is none, and not asked for.
    """
    if spec.type in AMOUNT_TYPES and absent:
        cells = value.cells if isinstance(value, Figure) else ()
        return Figure(None, "元" if spec.type == "amount" else spec.unit, cells, label=label, absent=absent)
    if spec.type in AMOUNT_TYPES:
        figure = value if isinstance(value, Figure) else Figure(None, "元" if spec.type == "amount" else spec.unit)
        missing = (figure.missing or (label if spec.required else "")) if figure.blank else ""
        return replace(figure, label=figure.label or label, missing=missing)
    text = value if isinstance(value, Text) else Text()
    missing = text.missing or (label if spec.required else "")
    return typed(replace(text, missing=missing), as_clause=spec.type == "clause")


def record_members(
    record: Record, specs: Mapping[str, FieldSpec | ColumnSpec], absent: Callable[[str], str] = lambda _: ""
) -> dict[str, object]:
    """The values of a record by name; ``absent``: which of them there cannot be, and why."""
    return {name: _shown(record.data.get(name), spec, spec.label, absent(name)) for name, spec in specs.items()}


def _but_why(absent: str) -> Callable[[str], str]:
    """Everything of a group is absent but the reason itself."""
    return lambda name: absent if name != NONE else ""


class Context:
    """Everything a pack's templates and expressions may name, for one submission."""

    def __init__(self, pack: Pack, submission: Submission) -> None:
        self.pack, self.submission = pack, submission
        self.year = submission.year
        names = {code: s.name for code, s in pack.functional.items()}
        for data in submission.tables.values():
            names |= {r.code: r.name for r in data.rows if r.name and r.kind == "subject" and r.code not in names}
        self.names = names
        info = submission.groups.get("info", Record({}))
        last = submission.groups.get(pack.meta.prior, Record({}))
        self.no_prior = str(last.get(NONE, "")).strip()
        self.whose = str(info.get("scope", "")) or pack.meta.scope
        members: dict[str, object] = {"year": submission.year, "kind": pack.meta.kind, "scope": self.whose}
        members |= self._groups()
        members |= self._lists()
        self._facts = {v.key: v for v in members.get(pack.meta.facts, []) if v.key}  # type: ignore[attr-defined]
        self.tables = {
            spec.id: TableView(
                spec, submission.tables.get(spec.id, TableData(spec.id)), names, self.facts_of, self.definition_of
            )
            for spec in pack.in_force(pack.tables, submission.year)
        }
        members |= self.tables
        members |= {alias: members[name] for alias, name in root_aliases(pack, self.year).items()}
        members |= self._by_sheet(members)
        known = submission.groups.get("origin", Record({})).get("known", Text())
        self.last = LastYear(submission.lists.get(pack.meta.last_lines, ()), str(known).split())
        members["last"] = self.last
        members["reasons"] = members[REASONS] = ReasonsView(self)
        members["used_items"] = self._used_items()
        self.formats = styled(pack, submission)
        members[FORMATS] = self.formats
        self.members = members

    def _groups(self) -> dict[str, object]:
        by_group: dict[str, dict[str, FieldSpec | ColumnSpec]] = {}
        for spec in self.pack.in_force(self.pack.fields, self.year):
            group, _, name = spec.id.partition(".")
            by_group.setdefault(group, {})[name] = spec
        out: dict[str, object] = {}
        for group, specs in by_group.items():
            record = self.submission.groups.get(group, Record({}))
            whole = self.no_prior if group == self.pack.meta.prior else ""
            out[group] = RecordView(record, record_members(record, specs, _but_why(whole)), group)
        return out

    def _by_sheet(self, members: Mapping[str, object]) -> dict[str, object]:
        """The fields by the sheet that they stand in, by their labels."""
        out: dict[str, object] = {}
        for sheet, fields in sheet_fields(self.pack, self.year).items():
            if sheet not in members:
                places = {alias: name.partition(".") for alias, name in fields.items()}
                out[sheet] = View({alias: members[g][n] for alias, (g, _, n) in places.items()})  # type: ignore[index]
        return out

    def _lists(self) -> dict[str, object]:
        out: dict[str, object] = {}
        for spec in self.pack.in_force(self.pack.lists, self.year):
            columns: dict[str, FieldSpec | ColumnSpec] = {c.id: c for c in spec.columns if c.type != "lookup"}
            views, aliases = [], record_aliases(columns)
            for number, record in enumerate(self.submission.lists.get(spec.id, ()), 1):
                key = _plain(record.data.get(spec.key)) if spec.key else str(number)
                views.append(RecordView(record, record_members(record, columns, self._absent), key, aliases))
            out[spec.id] = views
        return out

    def _absent(self, column: str) -> str:
        return self.no_prior if column == self.pack.meta.prior else ""

    def facts_of(self, row: SubjectRow) -> View:
        """The facts of a subject; open places where the officer has not written them yet."""
        found = self._facts.get(row.code)
        if isinstance(found, View):
            return found
        spec = self.pack.lists.get(self.pack.meta.facts)
        columns = [c for c in spec.columns if c.type != "lookup"] if spec else []
        members: dict[str, object] = {}
        for column in columns:
            label = f"{row.code}{row.name} {column.label}"
            if column.type in AMOUNT_TYPES:
                absent = self._absent(column.id)
                missing = label if column.required and not absent else ""
                members[column.id] = Figure(None, label=label, missing=missing, absent=absent)
            else:
                members[column.id] = open_place(label) if column.required else Word()
        return View(members)

    def definition_of(self, row: SubjectRow) -> Word:
        subject = self.pack.functional.get(row.code)
        if subject and subject.definition:
            return word(subject.definition.rstrip("。"))
        own = self._facts.get(row.code)
        text = getattr(own, "definition", None)
        if isinstance(text, Word) and text:
            return Word(replace(s, text=s.text.rstrip("。")) for s in text.spans)
        return open_place(f"{row.code}{row.name} 名词解释")

    def _used_items(self) -> list[RowView]:
        """Every 项 that the money tables use, once, by code."""
        found: dict[str, RowView] = {}
        for name in ("general", "fund", "soe"):
            table = self.tables.get(name)
            if table:
                for row in table.items:
                    found.setdefault(row.code, row)
        return [found[code] for code in sorted(found)]

    def scope(self, **local: object) -> dict[str, object]:
        """The names with some local ones over them."""
        return {**self.members, **local}


def _plain(value: Value | None) -> str:
    if isinstance(value, Figure):
        return "" if value.value is None else f"{value.value.normalize():f}"
    return value.value.strip() if value else ""


class ReasonsView:
    """``reasons.income``: the officer's words, trimmed; an open place where they are asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked: Callable[[str], bool] = lambda _id: True

    def ask_with(self, asked: Callable[[str], bool]) -> None:
        """How to find out whether a reason is asked for (an expression of the pack)."""
        self._asked = asked

    def __getattr__(self, name: str) -> Word:
        spec = self._context.pack.reasons.get(name)
        if spec is None or not spec.applies(self._context.year):
            raise AttributeError(name)
        text = self._context.submission.reasons.get(name, Text())
        shown = typed(replace(text, missing=""), as_clause=spec.type == "clause")
        if not shown and spec.required and self._asked(name):
            return open_place(spec.title)
        return shown

    def __getitem__(self, title: str) -> Word:
        """A reason by its title, as it stands in the sheet 原因说明."""
        specs = self._context.pack.in_force(self._context.pack.reasons, self._context.year)
        found = next((spec.id for spec in specs if title in (spec.title, spec.id)), "")
        if not found:
            raise KeyError(title)
        return self.__getattr__(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._context.pack.reasons)


def count(items: Sequence[object], unit: str = "个") -> Figure:
    """How many, with the rows that were counted."""
    cells = tuple(c for i in items for c in getattr(i, "cells", ()))
    return Figure(Decimal(len(items)), unit, cells, label="个数")
