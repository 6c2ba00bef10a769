"""Units summed to a department: tables by place, fields by their type, lists and reasons gathered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generator.department.units._offsets import Offset, offsets
from generator.department.units._places import TOTAL_ROW, Laid, Place, Row, laid
from generator.department.units._read import Unit
from generator.files import SIZE
from generator.model import CellRef, Figure, Finding, Record, Submission, Text, Value, make_finding
from generator.packs import ColumnSpec, FieldSpec, Pack
from generator.packs import parse_grid as parse
from generator.workbook import FormData, RowInput, TableInput

NUMERALS = "一二三四五六七八九十"
MARKER = re.compile(f"^[{NUMERALS}]是")
NOT_SUMMED = ("分", "%", "比率")
"""Units of numbers that are rates or scores: their sum says nothing."""


@dataclass(frozen=True)
class Source:
    """One amount of the department: what came from each unit (元), what was offset, what is left."""

    place: Place
    parts: tuple[Figure | None, ...]
    offset: Decimal

    @property
    def sum(self) -> Decimal:
        return sum((p.number for p in self.parts if p is not None), Decimal(0))

    @property
    def margin(self) -> Decimal:
        return sum((p.margin for p in self.parts if p is not None), Decimal(0))

    @property
    def value(self) -> Decimal:
        return self.sum - self.offset


@dataclass(frozen=True)
class Combined:
    """The department as it follows from its units."""

    data: FormData
    sources: Mapping[Place, Source]
    offsets: tuple[Offset, ...]
    names: Mapping[tuple[str, Row], str]
    findings: tuple[Finding, ...]


def combine(pack: Pack, units: Sequence[Unit], name: str, year: int) -> Combined:
    """Everything that the department's workbook is to say."""
    sides = [laid(u.submission) for u in units]
    made, findings = offsets(pack, sides, year)
    sources = _sources(sides, made)
    names: dict[tuple[str, Row], str] = {}
    kinds: dict[tuple[str, Row], str] = {}
    words: dict[Place, str] = {}
    for side in sides:
        names = {**side.names, **names}
        kinds = {**side.kinds, **kinds}
        words = {**side.words, **words}
    unit = "元" if all(t.unit == "元" for u in units for t in u.submission.tables.values() if not t.empty) else "万元"
    if unit == "万元":
        findings.append(_rounded(units))
    gather = _Gather(pack, units, unit)
    fields = gather.fields() | {"info.name": name}
    tables = {t: _table(pack, t, sources, names, kinds, words, SIZE[unit]) for t in pack.tables}
    margin = max((s.margin for s in sources.values()), default=Decimal(0)) if unit == "万元" else Decimal(0)
    data = FormData(unit, tables, fields, gather.lists(), gather.reasons(), margin=margin)
    return Combined(data, sources, tuple(made), names, (*findings, *gather.findings))


def _rounded(units: Sequence[Unit]) -> Finding:
    names = [u.name for u in units if any(t.unit != "元" and not t.empty for t in u.submission.tables.values())]
    listed = f"{'、'.join(names[:5])}{'等' if len(names) > 5 else ''}"
    return make_finding("HB-111", [CellRef(names[0], "A1")], units=listed)


def _sources(sides: Sequence[Laid], made: Sequence[Offset]) -> dict[Place, Source]:
    taken: dict[Place, Decimal] = {}
    for offset in made:
        for place, value in offset.places.items():
            taken[place] = taken.get(place, Decimal(0)) + value
    places = dict.fromkeys(p for side in sides for p in side.amounts)
    return {p: Source(p, tuple(s.amounts.get(p) for s in sides), taken.get(p, Decimal(0))) for p in places}


def _written(value: Decimal, size: Decimal) -> str:
    return f"{(value / size).normalize():f}"


def _table(
    pack: Pack, name: str, sources: Mapping[Place, Source], names: Mapping[tuple[str, Row], str],
    kinds: Mapping[tuple[str, Row], str], words: Mapping[Place, str], size: Decimal,
) -> TableInput:  # fmt: skip
    """A table of the department.  What was offset to nothing is left blank, and so are its rows."""
    slots: dict[str, str] = {}
    totals: dict[str, str] = {}
    rows: dict[Row, dict[str, str]] = {}
    for place, source in sources.items():
        if place.table != name or all(p is None or p.blank for p in source.parts):
            continue
        text = _written(source.value, size) if source.value or not source.offset else ""
        if place.row is None:
            slots[place.column] = text
        elif place.row == TOTAL_ROW:
            totals[place.column] = text
        else:
            rows.setdefault(place.row, {})[place.column] = text
    for place, word in words.items():
        if place.table == name and place.row in rows:
            rows[place.row].setdefault(place.column, word)
    spec = pack.tables[name]
    subjects = bool(spec.row) and "code" in {c.slot for c in parse(spec.row).cells()}
    kept = {row: cells for row, cells in rows.items() if any(cells.values())}
    order = sorted(kept) if subjects and all(r.code for r in kept) else list(kept)
    made = [RowInput(r.code, names.get((name, r), ""), kept[r], kinds.get((name, r), "subject")) for r in order]
    return TableInput(slots, made, totals)


class _Gather:
    """Fields, lists and reasons of all units as one."""

    def __init__(self, pack: Pack, units: Sequence[Unit], unit: str) -> None:
        self.pack, self.units, self.size = pack, units, SIZE[unit]
        self.subs = [u.submission for u in units]
        self.findings: list[Finding] = []

    def text(self, value: Value | None, kind: str) -> str:
        if isinstance(value, Figure):
            return "" if value.value is None else _written(value.value, self.size if kind == "amount" else Decimal(1))
        return value.value if value else ""

    # ---------------------------------------------------------- fields

    def fields(self) -> dict[str, str]:
        return {name: self.field(name, spec) for name, spec in self.pack.fields.items()}

    def field(self, name: str, spec: FieldSpec) -> str:
        group, _, member = name.partition(".")
        values = [s.groups[group].get(member) if group in s.groups else None for s in self.subs]
        figures = [v for v in values if isinstance(v, Figure) and not v.blank]
        match spec.type:
            case "amount" | "count":
                return self._summed(name, spec, values, figures)
            case "number" if spec.unit not in NOT_SUMMED:
                return self._summed(name, spec, values, figures)
            case "number" | "percent":
                if figures:
                    self._ask(spec, "各单位的数不能相加，请按部门口径填写。")
                return ""
            case "choice" | "date":
                return next((self.text(v, spec.type) for v in values if v), "")
            case _:
                return self._joined([self.text(v, spec.type) for v in values], first=group == "info")

    def _summed(self, name: str, spec: FieldSpec, values: Sequence[Value | None], figures: Sequence[Figure]) -> str:
        if not figures:
            return ""
        rule = self.pack.merges.get(name)
        whole = sum((f.number for f in figures), Decimal(0))
        if rule is not None and rule.kind == "stand_in":
            table, _, slot = rule.place.partition(".")
            for submission, value in zip(self.subs, values, strict=True):
                if not isinstance(value, Figure) or value.blank:
                    whole += submission.tables[table].slots.get(slot, Figure(None)).number
        return _written(whole, self.size if spec.type == "amount" else Decimal(1))

    def _ask(self, spec: FieldSpec, what: str) -> None:
        sheet = self.pack.sheets[spec.sheet].title
        self.findings.append(make_finding("HB-112", [CellRef(sheet, "A1")], label=spec.label, why=what))

    @staticmethod
    def _joined(texts: Sequence[str], *, first: bool = False) -> str:
        """Different words one after another, each once; ``first``: those of the first unit only."""
        distinct = list(dict.fromkeys(t.strip().rstrip("。；;") for t in texts if t.strip()))
        if not distinct or first or len(distinct) == 1:
            return next((t for t in texts if t.strip()), "")
        if any("。" in t for t in distinct):
            return "；".join(distinct)
        marked = [c.strip() for t in distinct for c in re.split("[；;]", t) if c.strip()]
        clauses = list(dict.fromkeys(MARKER.sub("", c) for c in marked))
        if len(clauses) == 1 or len(clauses) > len(NUMERALS) or not any(MARKER.match(c) for c in marked):
            return "；".join(clauses)
        return "；".join(f"{n}是{c}" for n, c in zip(NUMERALS, clauses, strict=False))

    # ---------------------------------------------------------- lists

    def lists(self) -> dict[str, list[dict[str, str]]]:
        shifts = self._shifts()
        out = {}
        for name, spec in self.pack.lists.items():
            columns = [c for c in spec.columns if c.type != "lookup"]
            ids = {c.id for c in columns}
            if "no" in ids:
                out[name] = self._numbered(name, columns, shifts)
            elif spec.key or ("code" in ids and "name" not in ids):
                out[name] = self._by_key(name, columns, spec.key or "code")
            else:
                out[name] = self._listed(name, columns)
        return out

    def _rows(self, submission: Submission, name: str, columns: Sequence[ColumnSpec]) -> list[dict[str, str]]:
        records: Sequence[Record] = submission.lists.get(name, ())
        return [{c.id: self.text(r.get(c.id), c.type) for c in columns} for r in records]

    def _listed(self, name: str, columns: Sequence[ColumnSpec]) -> list[dict[str, str]]:
        """Units, offices: every row once.  Long words (duties) are the first unit's, the department's own."""
        words = all(c.type == "long" for c in columns)
        found = [row for s in self.subs[: 1 if words else None] for row in self._rows(s, name, columns)]
        kept: dict[str, dict[str, str]] = {}
        for row in found:
            kept.setdefault(next(iter(row.values()), ""), row)
        return list(kept.values())

    def _by_key(self, name: str, columns: Sequence[ColumnSpec], key: str) -> list[dict[str, str]]:
        """Facts of each 项: amounts summed, words joined."""
        kept: dict[str, list[dict[str, str]]] = {}
        for submission in self.subs:
            for row in self._rows(submission, name, columns):
                kept.setdefault(row.get(key, ""), []).append(row)
        out = []
        for _, rows in sorted(kept.items()):
            one = {}
            for column in columns:
                texts = [r[column.id] for r in rows if r[column.id]]
                if column.type in ("amount", "count") and texts:
                    one[column.id] = f"{sum((Decimal(t) for t in texts), Decimal(0)).normalize():f}"
                elif column.type in ("clause", "long"):
                    one[column.id] = self._joined(texts)
                else:
                    one[column.id] = texts[0] if texts else ""
            out.append(one)
        return out

    def _shifts(self) -> dict[str, list[int]]:
        """For each list that others refer to: what is added to the 序号 of each unit."""
        out: dict[str, list[int]] = {}
        for name in {self._head(n) for n, s in self.pack.lists.items() if "no" in {c.id for c in s.columns}}:
            shift, shifts = 0, []
            for submission in self.subs:
                shifts.append(shift)
                shift += len(submission.lists.get(name, ()))
            out[name] = shifts
        return out

    def _head(self, name: str) -> str:
        rule = self.pack.merges.get(name)
        return rule.of if rule is not None and rule.kind == "numbered" and rule.of in self.pack.lists else name

    def _numbered(
        self, name: str, columns: Sequence[ColumnSpec], shifts: Mapping[str, list[int]]
    ) -> list[dict[str, str]]:
        """Projects and their indicators, numbered through."""
        head = self._head(name)
        out = []
        for submission, shift in zip(self.subs, shifts[head], strict=True):
            numbers = [self.text(r.get("no"), "count") for r in submission.lists.get(head, ())]
            order = {n: str(shift + k) for k, n in enumerate(numbers, 1)}
            for row in self._rows(submission, name, columns):
                out.append({**row, "no": order.get(row["no"], row["no"])} | ({"order": ""} if "order" in row else {}))
        return out

    # ---------------------------------------------------------- reasons

    def reasons(self) -> dict[str, str]:
        return {k: self._joined([s.reasons.get(k, Text()).value for s in self.subs]) for k in self.pack.reasons}


def keep_words(data: FormData, before: FormData, pack: Pack) -> tuple[FormData, int]:
    """The department's own words over the gathered ones, and how many: nothing typed is lost."""
    kept = 0
    fields, reasons, lists = dict(data.fields), dict(data.reasons), dict(data.lists)
    for name, spec in pack.fields.items():
        if spec.type not in ("amount", "count") and before.fields.get(name) and before.fields[name] != fields.get(name):
            fields[name], kept = before.fields[name], kept + 1
    for name, words in before.reasons.items():
        if words and words != reasons.get(name):
            reasons[name], kept = words, kept + 1
    for name, list_spec in pack.lists.items():
        if (
            all(c.type == "long" for c in list_spec.columns)
            and before.lists.get(name)
            and before.lists[name] != lists.get(name)
        ):
            lists[name], kept = list(before.lists[name]), kept + 1
    return replace(data, fields=fields, reasons=reasons, lists=lists), kept
