"""Reads a filled 填报表 into a Submission: never raises on bad data, names every cell it cannot read.

Places are found by label, code and header.  The officer's file is only read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.files import Sheet, as_text, norm, open_workbook, unit_named
from generator.model import CellRef, Figure, Finding, Record, Severity, Submission, TableData, Text, Value, make_finding
from generator.packs import ColumnSpec, FieldSpec, ListSpec, Pack, SheetSpec
from generator.workbook._reading import Reading, unit_of
from generator.workbook.finding import find_tables
from generator.workbook.form.words import (
    ACCEPT,
    ERRORS,
    FIELD_HEAD,
    FORM_UNIT,
    GUIDE,
    LIVE,
    REASON_HEAD,
    REASONS,
    UNIT_SHEET,
)
from generator.workbook.stamp import Stamp, _stamp
from generator.workbook.tables import read_table

UNIT_ROWS = 12  # within which the form's unit is chosen


@dataclass(frozen=True)
class ReadResult:
    """The submission (or none) and what was found while reading."""

    submission: Submission | None
    findings: list[Finding]
    stamp: Stamp
    places: dict[str, CellRef] = field(default_factory=dict)


def read_workbook(source: Path | bytes, pack: Pack | None, *, year: int | None = None) -> ReadResult:
    """Read a workbook under a pack (without a pack: only whether it can be read at all)."""
    name = source.name if isinstance(source, Path) else "填报表.xlsx"
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        cell = CellRef(name, "A1")
        return ReadResult(None, [make_finding("WB-004/system", [cell], why=error.strerror)], Stamp())
    opened = open_workbook(data, name)
    stamp = _stamp(opened.sheets)
    if opened.findings or pack is None:
        return ReadResult(None, opened.findings, stamp)
    if stamp.pack and stamp.pack != pack.id:
        words = {"found": stamp.pack, "wanted": pack.id, "title": pack.meta.title}
        finding = make_finding("WB-021", [CellRef(name, "A1")], **words).but(hint="请使用本地区的填报表。")
        return ReadResult(None, [finding], stamp)
    if year and stamp.year and stamp.year != year:
        years = {"found": stamp.year, "wanted": year}
        finding = make_finding("WB-021/year", [CellRef(name, "A1")], **years).but(hint="请使用本年度的填报表。")
        return ReadResult(None, [finding], stamp)
    reader = _Reader(pack, opened.sheets, stamp.year or year or 0)
    return reader.read(stamp)


class _Reader:
    """One pass over one workbook."""

    def __init__(self, pack: Pack, sheets: Sequence[Sheet], year: int) -> None:
        self.pack, self.sheets, self.year = pack, sheets, year
        self.reading = Reading(pack)
        self.no_prior = self._no_prior()

    def _no_prior(self) -> str:
        """Why there is no prior year; then its figures are not asked for."""
        spec = self.pack.fields.get(f"{self.pack.meta.prior}.none")
        title = norm(self.pack.sheets[spec.sheet].title) if spec else ""
        sheet = next((s for s in self.sheets if norm(s.name) == title), None)
        if spec is None or sheet is None:
            return ""
        label, value = _field_columns(sheet)
        at = _label_rows(sheet, label).get(norm(spec.label))
        return as_text(sheet.at(at, value)).strip() if at is not None and value >= 0 else ""

    def _asked(self, spec: FieldSpec | ColumnSpec) -> bool:
        prior = self.pack.meta.prior
        return spec.required and not (self.no_prior and (spec.id == prior or spec.id.startswith(prior + ".")))

    def read(self, stamp: Stamp) -> ReadResult:
        pack, reading = self.pack, self.reading
        year = self.year or self._guess_year()
        first = CellRef(self.sheets[0].name if self.sheets else "填报表", "A1")
        if not stamp.pack:
            reading.add("WB-020/told", [first])
        reading.form_unit = self._form_unit()
        tables: dict[str, TableData] = {}
        specs = tuple(pack.in_force(pack.tables, year))
        found = find_tables(reading, self._candidates(year), specs, form=True)
        for spec in specs:
            if spec.id in found:
                sheet, layout = found[spec.id]
                tables[spec.id] = read_table(reading, spec, sheet, layout)
            else:
                reading.add("WB-030", [first], title=spec.number + spec.title)
                tables[spec.id] = TableData(spec.id, spec.number, spec.unit, present=False)
        groups: dict[str, dict[str, Value]] = {}
        lists: dict[str, tuple[Record, ...]] = {}
        for entry in pack.in_force(pack.sheets, year):
            self._supplement(entry, year, groups, lists, first)
        reasons = self._reasons(year)
        named = groups.get("info", {}).get("name")
        name = (named.value if isinstance(named, Text) else "") or stamp.name
        if stamp.margin:
            tables = {k: _within(t, stamp.margin) for k, t in tables.items()}
        submission = Submission(pack.id, year, name, tables, {g: Record(v) for g, v in groups.items()}, lists, reasons)
        return ReadResult(submission, reading.finish(), replace(stamp, year=year), reading.places)

    def _guess_year(self) -> int:
        for sheet in self.sheets[:3]:
            for row in sheet.rows[:6]:
                for value in row:
                    found = re.search(r"(20\d{2})年", as_text(value))
                    if found:
                        return int(found[1])
        return 0

    # -------------------------------------------------------------- sheets

    def _candidates(self, year: int) -> list[Sheet]:
        """The sheets that can be a statutory table: not those that this program writes for something else."""
        own = {norm(t) for t in (GUIDE, REASONS, LIVE, ERRORS)}
        own |= {norm(s.title) for s in self.pack.in_force(self.pack.sheets, year)}
        return [s for s in self.sheets if not s.name.startswith("_") and norm(s.name) not in own]

    def _form_unit(self) -> str:
        """The money unit that is chosen once for the whole form."""
        for sheet in self.sheets:
            if norm(sheet.name) == norm(UNIT_SHEET):
                for row in range(min(len(sheet.rows), UNIT_ROWS)):
                    for column, value in enumerate(sheet.rows[row]):
                        if norm(value).lstrip("*") == norm(FORM_UNIT):
                            words = as_text(sheet.at(row, column + 1))
                            unit = unit_named(words)
                            if words and not unit:
                                place = sheet.ref(row, column + 1)
                                self.reading.add("WB-066", [place], sheet=sheet.name, words=words[:40])
                                return self.pack.meta.amount_unit  # said once, not for every sheet
                            return unit
        return ""

    def _supplement(
        self,
        spec: SheetSpec,
        year: int,
        groups: dict[str, dict[str, Value]],
        lists: dict[str, tuple[Record, ...]],
        first: CellRef,
    ) -> None:
        fields = [f for f in self.pack.in_force(self.pack.fields, year) if f.sheet == spec.id]
        entries = [x for x in self.pack.in_force(self.pack.lists, year) if x.sheet == spec.id]
        if not fields and not entries:
            return
        sheet = next((s for s in self.sheets if norm(s.name) == norm(spec.title)), None)
        if sheet is None:
            sheet = self._by_labels(spec, fields, entries)
        if sheet is None:
            severity = (
                Severity.ERROR if any(f.required for f in fields) or any(x.minimum for x in entries) else Severity.INFO
            )
            if not spec.optional:
                self.reading.add("WB-030/sheet", [first], severity, title=spec.title)
            for entry in () if spec.optional else fields:
                group, _, name = entry.id.partition(".")
                groups.setdefault(group, {})[name] = _blank(entry, ())
            return
        unit = unit_of(self.reading, sheet, _above(sheet, entries), spec.unit) if spec.unit else "元"
        unit = unit or spec.unit
        if fields:
            self._fields(sheet, fields, unit, groups)
        titles = {norm(x.title) for x in entries}
        for item in entries:
            lists[item.id] = self._list(sheet, item, unit, titles - {norm(item.title)})

    def _by_labels(self, spec: SheetSpec, fields: Sequence[FieldSpec], entries: Sequence[ListSpec]) -> Sheet | None:
        """A renamed supplementary sheet, known by its labels."""
        wanted = {norm(f.label) for f in fields} | {norm(c.label) for x in entries for c in x.columns}
        best: tuple[float, Sheet | None] = (0.6, None)
        for sheet in self.sheets:
            if sheet.name.startswith("_"):
                continue
            seen = {norm(v).lstrip("*") for row in sheet.rows[:80] for v in row}
            score = len(wanted & seen) / max(len(wanted), 1)
            if score > best[0]:
                best = (score, sheet)
        if best[1] is not None:
            words = {"sheet": best[1].name, "title": spec.title}
            self.reading.add("WB-031/content", [best[1].ref(0, 0)], **words)
        return best[1]

    # -------------------------------------------------------------- fields

    def _fields(
        self, sheet: Sheet, fields: Sequence[FieldSpec], unit: str, groups: dict[str, dict[str, Value]]
    ) -> None:
        label_column, value_column = _field_columns(sheet)
        rows = _label_rows(sheet, label_column)
        for entry in fields:
            group, _, name = entry.id.partition(".")
            at = rows.get(norm(entry.label))
            if at is None:
                severity = Severity.ERROR if entry.required else Severity.INFO
                if not entry.optional:
                    self.reading.add("WB-041", [sheet.ref(0, 0)], severity, sheet=sheet.name, label=entry.label)
                blank = _blank(entry, ())
                answered = replace(blank, value=entry.unasked) if isinstance(blank, Text) and entry.unasked else blank
                groups.setdefault(group, {})[name] = answered
                continue
            column = value_column
            if column < 0:
                column = next(k for k, v in enumerate(sheet.rows[at]) if norm(v).lstrip("*") == norm(entry.label)) + 1
            self.reading.places[f"field:{entry.id}"] = sheet.ref(at, column)
            self.reading.places[f"label:{entry.label}"] = sheet.ref(at, column)
            value = self._value(sheet, at, column, entry, unit, entry.label)
            groups.setdefault(group, {})[name] = value

    def _value(self, sheet: Sheet, row: int, column: int, spec: FieldSpec | ColumnSpec, unit: str, label: str) -> Value:
        """One entered value; what cannot be read becomes a finding, a required blank too."""
        reading, ref = self.reading, sheet.ref(row, column)
        value: Value
        match spec.type:
            case "amount":
                value = reading.figure(sheet, row, column, unit, label, negative=spec.negative)
            case "count" | "number" | "percent":
                percent, whole = spec.type == "percent", spec.type == "count"
                unit = getattr(spec, "unit", "") or ("比率" if percent else "个")
                value = reading.count(sheet, row, column, unit, label, percent=percent, whole=whole)
            case _:
                text, wrong = reading.words(sheet, row, column, f"“{label}”")
                value = Text(text, (ref,), label, label if wrong else "")
                if spec.choices and value.value and value.value not in spec.choices:
                    chosen = next((c for c in spec.choices if norm(c) == norm(value.value)), "")
                    if chosen:
                        value = replace(value, value=chosen)
                    else:
                        options = "、".join(spec.choices)
                        reading.add("WB-042", [ref], label=label, actual=value.value[:20], options=options)
        blank = value.blank if isinstance(value, Figure) else not value.value.strip()
        if blank and self._asked(spec) and not value.missing:
            reading.add("WB-040", [ref], label=label)
            value = replace(value, missing=label)
        return value

    # -------------------------------------------------------------- lists

    def _list(self, sheet: Sheet, spec: ListSpec, unit: str, others: set[str]) -> tuple[Record, ...]:
        head, columns = _list_header(sheet, spec, others)
        if head < 0:
            severity = Severity.ERROR if spec.minimum else Severity.INFO
            words = {"sheet": sheet.name, "label": spec.title}
            self.reading.add("WB-041/list", [sheet.ref(0, 0)], severity, **words)
            return ()
        entered = {c.id: columns[k] for k, c in enumerate(spec.columns) if k in columns and c.type != "lookup"}
        records: list[Record] = []
        for row in range(head + 1, len(sheet.rows)):
            first = next((norm(v) for v in sheet.rows[row] if norm(v)), "")
            if first in others or (first and _starts_list(sheet, row, others)):
                break
            if not any(
                as_text(sheet.at(row, c)) or sheet.ref(row, c).cell in sheet.uncalculated for c in entered.values()
            ):
                continue
            values: dict[str, Value] = {}
            for column in spec.columns:
                if column.type == "lookup":
                    continue
                if column.id not in entered:
                    values[column.id] = _blank(column, ())
                    continue
                label = f"{spec.title}第{len(records) + 1}行“{column.label}”"
                values[column.id] = self._value(sheet, row, entered[column.id], column, unit, label)
            if spec.key and isinstance(key := values.get(spec.key), Text):
                values[spec.key] = replace(key, value=re.sub(r"\.0+$", "", norm(key.value)))
            records.append(Record(values, sheet.ref(row, min(entered.values()))))
        if len(records) < spec.minimum:
            where = sheet.ref(head + 1, min(columns.values()))
            self.reading.add("WB-040/rows", [where], label=spec.title, count=spec.minimum)
        return tuple(records)

    # -------------------------------------------------------------- reasons

    def _reasons(self, year: int) -> dict[str, Text]:
        specs = self.pack.in_force(self.pack.reasons, year)
        sheet = next((s for s in self.sheets if norm(s.name) == norm(REASONS)), None)
        if sheet is None:
            sheet = next(
                (s for s in self.sheets if any(norm(REASON_HEAD[1]) in [norm(v) for v in r] for r in s.rows[:8])), None
            )
        if sheet is None:
            if specs:
                where = CellRef(self.sheets[0].name if self.sheets else REASONS, "A1")
                self.reading.add("WB-030/sheet", [where], title=REASONS)
            return {}
        title_column, text_column, draft_column, accept_column = 1, 3, -1, -1
        for row in sheet.rows[:10]:
            texts = [norm(v) for v in row]
            if norm(REASON_HEAD[1]) in texts:
                title_column = texts.index(norm(REASON_HEAD[1]))
                at_head = {h: texts.index(norm(h)) for h in REASON_HEAD[3:] if norm(h) in texts}
                text_column = at_head.get(REASON_HEAD[3], text_column)
                draft_column, accept_column = at_head.get(REASON_HEAD[5], -1), at_head.get(REASON_HEAD[6], -1)
        rows = {norm(sheet.at(k, title_column)): k for k in range(len(sheet.rows)) if norm(sheet.at(k, title_column))}
        out: dict[str, Text] = {}
        for spec in specs:
            at = rows.get(norm(spec.title))
            if at is None:
                if spec.required:
                    words = {"sheet": sheet.name, "label": spec.title}
                    self.reading.add("WB-041", [sheet.ref(0, 0)], Severity.WARNING, **words)
                continue
            ref = sheet.ref(at, text_column)
            self.reading.places[f"reason:{spec.id}"] = ref
            self.reading.places[f"label:{spec.title}"] = ref
            draft = ""
            if draft_column >= 0:
                self.reading.places[f"draft:reason:{spec.id}"] = sheet.ref(at, draft_column)
                draft = as_text(sheet.at(at, draft_column))
            if accept_column >= 0:
                self.reading.places[f"accept:reason:{spec.id}"] = sheet.ref(at, accept_column)
            accepted = accept_column >= 0 and as_text(sheet.at(at, accept_column)).strip() == ACCEPT
            said, wrong = self.reading.words(sheet, at, text_column, f"“{spec.title}”")
            out[spec.id] = Text(said, (ref,), spec.title, spec.title if wrong else "", draft=draft, accepted=accepted)
        return out


def _blank(spec: FieldSpec | ColumnSpec, cells: tuple[CellRef, ...]) -> Value:
    missing = spec.label if spec.required else ""
    if spec.type in ("amount", "count", "number", "percent"):
        return Figure(None, "元" if spec.type == "amount" else "个", cells, label=spec.label, missing=missing)
    return Text("", cells, spec.label, missing)


def _field_columns(sheet: Sheet) -> tuple[int, int]:
    for row in sheet.rows[:15]:
        texts = [norm(v) for v in row]
        if FIELD_HEAD[0] in texts and FIELD_HEAD[1] in texts:
            return texts.index(FIELD_HEAD[0]), texts.index(FIELD_HEAD[1])
    return -1, -1


def _above(sheet: Sheet, entries: Sequence[ListSpec]) -> int:
    """How many rows stand above what is filled in: the title, the help, the unit."""
    titles = {norm(x.title) for x in entries}
    for row, line in enumerate(sheet.rows[:UNIT_ROWS]):
        texts = [norm(v) for v in line]
        if (FIELD_HEAD[0] in texts and FIELD_HEAD[1] in texts) or (row and titles & set(texts)):
            return row
    return UNIT_ROWS


def _label_rows(sheet: Sheet, label_column: int) -> dict[str, int]:
    """Rows by label.  A section heading of the same words stands alone in its row and gives way."""
    rows: dict[str, int] = {}
    alone: set[str] = set()
    for number, row in enumerate(sheet.rows):
        cells = row if label_column < 0 else row[label_column : label_column + 1]
        for value in cells:
            text = norm(value).lstrip("*")
            if text and (text not in rows or text in alone):
                rows[text] = number
                alone.discard(text)
                if sum(1 for v in row if as_text(v)) == 1:
                    alone.add(text)
    return rows


def _list_header(sheet: Sheet, spec: ListSpec, others: set[str]) -> tuple[int, dict[int, int]]:
    """The header row of a list and its columns: where most of its labels stand.

    A header under the title of another list is that list's, unless all labels are there: a workbook
    of an earlier version of the pack may lack a list whose columns are like another's.
    """
    from generator.workbook._align import align

    wanted = [norm(c.label) for c in spec.columns]
    best, at, columns = 0, -1, dict[int, int]()
    title = next((k for k, row in enumerate(sheet.rows) if norm(spec.title) in [norm(v) for v in row]), 0)
    foreign = False
    for number in range(title, min(len(sheet.rows), title + 60) if title else len(sheet.rows)):
        foreign = not title and (foreign or _starts_list(sheet, number, others))
        texts = [norm(v).lstrip("*") for v in sheet.rows[number]]
        found = align(wanted, texts, lambda e, a: e == a)
        if len(found) > best and (len(found) == len(wanted) or not foreign):
            best, at, columns = len(found), number, found
    return (at, columns) if best >= max(1, (len(wanted) + 1) // 2) else (-1, {})


def _starts_list(sheet: Sheet, row: int, others: set[str]) -> bool:
    return any(norm(v) in others for v in sheet.rows[row])


def _within(data: TableData, margin: Decimal) -> TableData:
    """A table whose amounts were summed from amounts that were rounded: each may be off by what all of them may."""

    def wide(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            k: replace(v, margin=max(v.margin, margin)) if isinstance(v, Figure) and not v.blank else v
            for k, v in values.items()
        }

    rows = tuple(replace(r, cells=wide(r.cells)) for r in data.rows)
    return replace(data, slots=wide(data.slots), totals=wide(data.totals), rows=rows)
