"""Values for a form: what is known before anybody fills it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from generator.model import Figure, Submission, TableData, Text
from generator.packs import Pack


def written(figure: Figure, size: Decimal = Decimal(1)) -> str:
    """An amount as it would be written in a sheet of the given unit."""
    return "" if figure.value is None else f"{(figure.value / size).normalize():f}"


def table_input(data: TableData, size: Decimal = Decimal(1)) -> TableInput:
    """A table that was read, as values to be written into a form."""
    rows = [
        RowInput(
            r.code,
            r.name,
            {k: written(v, size) if isinstance(v, Figure) else v.value for k, v in r.cells.items()},
            r.kind,
        )
        for r in data.rows
    ]
    return TableInput(
        {k: written(f, size) for k, f in data.slots.items()},
        rows,
        {k: written(v, size) if isinstance(v, Figure) else v.value for k, v in data.totals.items()},
    )


def form_data(submission: Submission, pack: Pack, unit: str = "万元") -> FormData:
    """A submission as values for a new form (for merging, rolling and rewriting)."""
    size = Decimal(10000) if unit == "万元" else Decimal(1)

    def text(value: Figure | Text, kind: str) -> str:
        if isinstance(value, Figure):
            return written(value, size if kind == "amount" else Decimal(1))
        return "" if value.pending else value.value

    fields = {
        f"{g}.{n}": text(v, pack.fields[f"{g}.{n}"].type)
        for g, record in submission.groups.items()
        for n, v in record.items()
        if f"{g}.{n}" in pack.fields
    }
    lists = {
        name: [
            {c.id: text(r[c.id], c.type) for c in pack.lists[name].columns if c.id in r and c.type != "lookup"}
            for r in records
        ]
        for name, records in submission.lists.items()
        if name in pack.lists
    }
    tables = {k: table_input(t, size) for k, t in submission.tables.items()}
    return FormData(
        unit, tables, fields, lists, {k: "" if t.pending else t.value for k, t in submission.reasons.items()}
    )


def replace_fields(data: FormData, **fields: str) -> FormData:
    """The same values with some fields changed."""
    return replace(data, fields={**data.fields, **fields})


@dataclass(frozen=True)
class RowInput:
    """A row by subject; amounts as written."""

    code: str
    name: str
    cells: Mapping[str, str]
    kind: str = "subject"


@dataclass(frozen=True)
class TableInput:
    """The amounts of one table, as written in the unit of the form."""

    slots: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[RowInput] = ()
    totals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormData:
    """Known values by the ids of the pack; all as text, so that written decimals are kept."""

    unit: str = ""
    tables: Mapping[str, TableInput] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    sheet_units: Mapping[str, str] = field(default_factory=dict)  # supplementary sheets in another unit, by id
    margin: Decimal = Decimal(0)  # 元: what every amount of the tables may be off by, known from where they came
