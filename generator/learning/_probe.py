"""Which place of a pack's tables a cell of a published table is: a probe with another amount in every place, read back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from generator.audit import as_publication
from generator.checks import Filled, submission_from
from generator.learning.scene import CODE, Scene
from generator.packs import Pack, PackError, compose, load, row_columns, slot_ids
from generator.published import ReadTable, Row, Understood, understand, vocabulary_of

ITEM = "2010301"
WHOLE = "∑."  # the row 合计 of a table of subjects
STEP = 1000  # 元: whole hundredths of 万元


@dataclass
class Probe:
    """The tables of a pack, understood.  ``places``: by amount, the table and its place (``r31``, ``∑.basic``,
    ``row.basic``)."""

    pack: Pack
    scene: Scene
    places: Mapping[int, tuple[str, str]]
    listed: tuple[str, ...] = ()
    _told: dict[str, str] = field(default_factory=dict)

    def expression(self, name: str, item: str) -> str:
        """What a pack's text says for a cell of a published document; ``item`` is the row of a loop."""
        if "+" in name and name.count(":") > 2:
            parts = [self.expression(n, item) for n in name.split("+")]
            return f"total([{', '.join(parts)}])" if all(parts) else ""
        figure = self.scene.cell(name, ITEM if CODE in name else "")
        place = self.places.get(int(figure.number) // STEP) if figure is not None and len(figure.cells) == 1 else None
        if place is None:
            return ""
        table, slot = place
        if slot.startswith("row."):
            return f"{item}.{slot[4:]}" if item and CODE in name else ""
        return f"{table}.{slot.replace(WHOLE, 'total.')}"


def probe_of(base: str, narrative: str, meta: str, root: Path | None = None) -> Probe:
    """The probe of a pack with the tables of ``base`` alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "learned-probe"
        (folder / "narrative").mkdir(parents=True)
        (folder / "pack.toml").write_text(meta, encoding="utf-8")
        (folder / "narrative" / "表.j2").write_text(narrative, encoding="utf-8")
        compiled = load("learned-probe", Path(name))
        filled = Filled(2024, "某某局", unit="元")
        places: dict[int, tuple[str, str]] = {}
        for table in compiled.pack.tables.values():
            _fill(table.id, compiled.pack, filled, places)
        document = compose(submission_from(compiled.pack, filled), compiled)
        read = understand(as_publication(document), compiled.pack, vocabulary_of(base, root))
        return Probe(compiled.pack, Scene(read), places, tuple(t.id for t in read.tables if t.id))


def _fill(table: str, pack: Pack, filled: Filled, places: dict[int, tuple[str, str]]) -> None:
    spec = pack.tables[table]

    def amount(place: str) -> str:
        number = 1000 + len(places)
        places[number] = (table, place)
        return str(number * STEP)

    raw: dict[str, object] = {"slots": {s: amount(s) for s in slot_ids(spec)}, "rows": [], "totals": {}}
    if spec.rows == "functional":
        columns = row_columns(spec)
        raw["totals"] = {c: amount(f"{WHOLE}{c}") for c in columns}
        codes = [(ITEM[:k], pack.functional[ITEM[:k]].name) for k in (3, 5, 7) if ITEM[:k] in pack.functional]
        raw["rows"] = [{"code": c, "name": n, "cells": {x: amount(f"row.{x}") for x in columns}} for c, n in codes]
    filled.tables[table] = raw


# ------------------------------------------------------------------ the other way: a document's tables as a case


def case_tables(probe: Probe, document: Understood) -> dict[str, dict[str, object]]:
    """The amounts of a document by the places of the pack's tables, as a case writes them."""
    out: dict[str, dict[str, object]] = {}
    for read in probe.scene.document.tables:
        own = document.by_id.get(read.id)
        if own is None or not read.id:
            continue
        for row in read.rows:
            for index, figure in row.figures.items():
                place = probe.places.get(int(figure.number) // STEP) if figure.value is not None else None
                if place is None:
                    continue
                terms = next((c.terms for c in read.columns if c.index == index), ())
                content = out.setdefault(place[0], {})
                if place[1].startswith("row."):
                    if len(row.code) == len(ITEM):
                        _rows(content, own, place[1][4:], terms)
                elif place[1].startswith(WHOLE) and (value := _same(own, row, terms)) is not None:
                    totals = content.setdefault("totals", {})
                    assert isinstance(totals, dict)
                    totals[place[1].removeprefix(WHOLE)] = value
                elif (value := _same(own, row, terms)) is not None:
                    content[place[1]] = value
    return out


def _same(own: ReadTable, like: Row, terms: tuple[str, ...]) -> str | None:
    rows = [r for r in own.rows if r.key == like.key and r.side == like.side and r.kind == like.kind]
    if not rows and not re.search(r"[\u4e00-\u9fff∑]", like.key) and len(own.rows) == 1:
        rows = list(own.rows)  # a table of one line without a name
    for row in rows:
        for column in own.amounts(row.side):
            figure = row.figures.get(column.index)
            only = len(own.amounts(row.side)) == 1
            if (column.terms == terms or only) and figure is not None and figure.value is not None:
                return _plain(figure.number)
    return None


def _rows(content: dict[str, object], own: ReadTable, column_id: str, terms: tuple[str, ...]) -> None:
    rows = content.setdefault("rows", {})
    assert isinstance(rows, dict)
    for row in own.rows:
        if row.kind == "subject" and len(row.code) == 7:
            column = next((c for c in own.amounts(row.side) if c.terms == terms), None)
            figure = row.figures.get(column.index) if column is not None else None
            label = row.label.replace("(", "（").replace(")", "）").replace("|", "")
            entry = rows.setdefault(row.code, {"name": label})
            if figure is not None and figure.value is not None:
                entry[column_id] = _plain(figure.number)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


__all__ = ["PackError", "Probe", "case_tables", "probe_of"]
