"""A Submission straight from plain values by the ids of a pack, without a workbook.

For the cases of packs, for examples and for tests.  Amounts are texts in the unit given; each
figure gets a made-up place of its own, so that findings can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from generator.model import CellRef, Figure, Record, SubjectRow, Submission, TableData, Text, Value
from generator.packs import ColumnSpec, FieldSpec, Pack, TableSpec


@dataclass
class Filled:
    """Values of one department by the ids of its pack; amounts as written, in the unit given."""

    year: int
    name: str
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unit: str = "万元"
    sheet_units: dict[str, str] = field(default_factory=dict)  # supplementary sheets in another unit, by id
    names: dict[str, str] = field(default_factory=dict)  # of subjects that the pack does not list


SCALE = {"万元": Decimal(10000), "元": Decimal(1)}


def money(text: str, unit: str, place: tuple[str, str], *, whole_yuan: bool = False) -> Figure:
    """An amount in 元; the margin is half of the last decimal that was written (at least two)."""
    if not text:
        return Figure(None, cells=(CellRef(*place),))
    decimals = max(2, len(text.partition(".")[2]))
    rounded = whole_yuan and "." not in text
    margin = Decimal("0.5") * rounded if unit == "元" else SCALE[unit] * Decimal(5).scaleb(-decimals - 1)
    return Figure(Decimal(text) * SCALE[unit], cells=(CellRef(*place),), margin=margin)


def value(spec: FieldSpec | ColumnSpec, text: str, unit: str, place: tuple[str, str]) -> Value:
    if spec.type == "amount":
        return money(text, unit, place)
    if spec.type in ("count", "number"):
        return Figure(Decimal(text) if text else None, spec.unit or "个", (CellRef(*place),))
    if spec.type == "percent":
        return Figure(Decimal(text.rstrip("%")) / 100 if text else None, "比率", (CellRef(*place),))
    return Text(text or "", (CellRef(*place),))


def table(spec: TableSpec, raw: Mapping[str, Any], unit: str) -> TableData:
    sheet = spec.number
    amount = partial(money, whole_yuan=spec.whole_yuan)
    rows = []
    for number, row in enumerate(raw["rows"], 1):
        cells: dict[str, Value] = {
            c: Text(v, (CellRef(sheet, f"{c}{number}"),))
            if c in row.get("text", ())
            else amount(v, unit, (sheet, f"{c}{number}"))
            for c, v in row["cells"].items()
        }
        rows.append(
            SubjectRow(row["code"], row["name"], cells, row.get("kind", "subject"), CellRef(sheet, f"A{number}"))
        )
    return TableData(
        spec.id,
        sheet,
        unit,
        {s: amount(v, unit, (sheet, s)) for s, v in raw["slots"].items()},
        tuple(rows),
        {c: amount(v, unit, (sheet, f"{c}0")) for c, v in raw["totals"].items()},
    )


def submission(pack: Pack, filled: Filled) -> Submission:
    """The Submission that a workbook with these values would give."""
    groups: dict[str, dict[str, Value]] = {}
    for name, text in filled.fields.items():
        group, _, member = name.partition(".")
        spec = pack.fields[name]
        unit = filled.sheet_units.get(spec.sheet, filled.unit)
        groups.setdefault(group, {})[member] = value(spec, text, unit, (pack.sheets[spec.sheet].title, name))
    units = {name: filled.sheet_units.get(pack.lists[name].sheet, filled.unit) for name in filled.lists}
    lists = {
        name: tuple(
            Record(
                {
                    c.id: value(c, row.get(c.id, ""), units[name], (name, f"{c.id}{k}"))
                    for c in pack.lists[name].columns
                },
                CellRef(name, f"A{k}"),
            )
            for k, row in enumerate(rows, 1)
        )
        for name, rows in filled.lists.items()
    }
    return Submission(
        pack.id,
        filled.year,
        filled.name,
        {k: table(pack.tables[k], raw, filled.unit) for k, raw in filled.tables.items()},
        {k: Record(v) for k, v in groups.items()},
        lists,
        {k: Text(v, (CellRef("原因说明", k),)) for k, v in filled.reasons.items()},
    )
