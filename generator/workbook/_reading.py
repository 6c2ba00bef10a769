"""What has been found so far while a workbook is read, and how one cell is taken in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from generator.files import (
    SIZE,
    Parsed,
    Sheet,
    UnitLine,
    amount_at,
    as_text,
    cleaned,
    fault_in_words,
    norm,
    percent_at,
    says_unit,
    unit_in_head,
    unit_line,
    unit_named,
)
from generator.model import CellRef, Figure, Finding, Severity, make_finding
from generator.packs import Pack

MIN_DECIMALS = 2
NAMED = 8  # cells that a notice names
UNIT_LABELS = ("金额单位", "货币单位", "单位")


@dataclass
class Reading:
    """The findings and places of one pass over one workbook.  ``form_unit``: the money unit chosen for a whole form."""

    pack: Pack
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, CellRef] = field(default_factory=dict)
    form_unit: str = ""
    whole_yuan: bool = False  # of the table that is being read: amounts rounded to 元
    codes: dict[str, tuple[str, list[CellRef]]] = field(default_factory=dict)
    notes: dict[tuple[str, str, str], tuple[str, list[CellRef]]] = field(default_factory=dict)

    def add(
        self, rule: str, cells: Iterable[CellRef] = (), severity: Severity | None = None, /, **words: object
    ) -> None:
        """Note a finding, with the words of its entry in the catalogue."""
        self.findings.append(make_finding(rule, cells, **words).but(severity=severity))

    def finish(self) -> list[Finding]:
        """All findings; what was said of many cells of a sheet in one."""
        for (kind, sheet, _), (said, cells) in self.notes.items():
            named = "、".join(c.cell for c in cells[:NAMED]) + (f"等 {len(cells)} 格" if len(cells) > NAMED else "")
            self.add(NOTES[kind], cells[:NAMED], None, sheet=sheet, said=said, cells=named)
        self.notes.clear()
        strange = [(code, name, cells[0]) for code, (name, cells) in self.codes.items() if name]
        if strange:
            listed = "、".join(f"{code}（{name}）" for code, name, _ in strange[:NAMED])
            more = f"等 {len(strange)} 个" if len(strange) > NAMED else ""
            self.add("WB-037/codes", [cell for *_, cell in strange[:NAMED]], codes=listed + more)
        self.codes.clear()
        return self.findings

    def figure(self, sheet: Sheet, row: int, column: int, unit: str, label: str, *, negative: bool = True) -> Figure:
        """An amount in 元 with the margin of its written digits; problems become findings."""
        parsed, ref = self._number(sheet, row, column, label, unit), sheet.ref(row, column)
        if parsed.value is None:
            return Figure(None, cells=(ref,), label=label, missing=label if parsed.error else "")
        size = SIZE[unit]
        if parsed.value < 0 and not negative:
            self.add("WB-055", [ref], label=label, actual=parsed.value)
        rounded = Decimal(5).scaleb(-1) if self.whole_yuan and not parsed.decimals else Decimal(0)
        margin = rounded if unit == "元" else size * Decimal(5).scaleb(-max(MIN_DECIMALS, parsed.decimals) - 1)
        return Figure(parsed.value * size, cells=(ref,), margin=margin, label=label)

    def count(
        self, sheet: Sheet, row: int, column: int, unit: str, label: str, *, percent: bool, whole: bool
    ) -> Figure:
        """A count, number or rate; problems become findings."""
        parsed = self._number(sheet, row, column, f"“{label}”", percent=percent)
        ref = sheet.ref(row, column)
        if parsed.error:
            return Figure(None, unit, (ref,), label=label, missing=label)
        if whole and parsed.value is not None and (parsed.value < 0 or parsed.value % 1):
            self.add("WB-056", [ref], label=f"“{label}”", actual=parsed.value)
        return Figure(parsed.value, unit, (ref,), Decimal(0), label)

    def _number(
        self, sheet: Sheet, row: int, column: int, label: str, unit: str = "", *, percent: bool = False
    ) -> Parsed:
        ref = sheet.ref(row, column)
        if sheet.waits(row, column) and as_text(sheet.at(row, column)) == "":
            self.add("WB-054", [ref], label=label)
            return Parsed(error="没有计算")
        parsed = percent_at(sheet, row, column) if percent else amount_at(sheet, row, column, unit)
        for kind, said in parsed.notes:
            self.note(kind, ref, said)
        if parsed.error:
            self.add(parsed.code, [ref], label=label, why=parsed.error)
        return parsed

    def words(self, sheet: Sheet, row: int, column: int, label: str) -> tuple[str, bool]:
        """The words in a cell, and whether something is wrong with them: results of formulas, pictures, hidden text.

        What nobody sees is taken out, look-alikes are put right; both are said.
        """
        raw, ref = sheet.at(row, column), sheet.ref(row, column)
        if sheet.waits(row, column) and as_text(raw) == "":
            self.add("WB-054/text", [ref], label=label)
            return "", True
        text = as_text(raw)
        if not text:
            return "", False
        if isinstance(raw, str) and sheet.shown_at(row, column) == "":
            self.add("WB-059", [ref], label=label, why=f"里写着“{text[:30]}”，被单元格格式隐藏了")
            return "", True
        code, why = fault_in_words(text)
        if code:
            self.add(code, [ref], label=label, why=why)
            return "", True
        found = cleaned(text)
        if found.unseen:
            self.note("unseen", ref, "、".join(found.unseen))
        for old, new in found.replaced:
            self.note("replaced", ref, f"“{old}”换成“{new}”")
        return found.text.strip(), False

    def strange(self, code: str, name: str, place: CellRef, table: str) -> None:
        """A subject that the list does not have: one notice a workbook; an error where it has no name either."""
        if not name:
            self.add("WB-037", [place], table=table, code=code, name="，也没有名称")
        self.codes.setdefault(code, (name, []))[1].append(place)

    def note(self, kind: str, ref: CellRef, said: str) -> None:
        """Something that was understood otherwise than it stands there: one notice for a sheet."""
        group = "" if kind in ("nil", "scaled") else said
        self.notes.setdefault((kind, ref.sheet, group), (said, []))[1].append(ref)


NOTES = {"unseen": "WB-061", "replaced": "WB-062", "nil": "WB-064", "scaled": "WB-060"}


# ------------------------------------------------------------------ the unit of a sheet


def unit_of(reading: Reading, sheet: Sheet, top: int, default: str, heads: Iterable[int] = ()) -> str:
    """The money unit that a sheet says above its header or in it; the form's or the usual one where it says none.

    Empty where a line speaks of a unit that is not understood, or two lines speak of different ones: the sheet is
    then not to be read.
    """
    told: dict[str, CellRef] = {}
    for row in range(min(max(top, 1), len(sheet.rows))):
        for column, value in enumerate(sheet.rows[row]):
            said = _said(sheet, row, column, as_text(value)) if isinstance(value, str) else None
            if said is None or _follows(reading, sheet, row, column):
                continue
            if not said.unit:
                reading.add("WB-066", [sheet.ref(row, column)], sheet=sheet.name, words=said.words)
                return ""
            told.setdefault(said.unit, sheet.ref(row, column))
    for row in heads:
        for column, value in enumerate(sheet.rows[row] if row < len(sheet.rows) else ()):
            if unit := unit_in_head(as_text(value)):
                told.setdefault(unit, sheet.ref(row, column))
    if not told:
        told = _in_notes(sheet, top)
    if len(told) > 1:
        reading.add("WB-066/two", told.values(), sheet=sheet.name, words="”和“".join(told))
        return ""
    if told:
        return next(iter(told))
    if reading.form_unit:
        return reading.form_unit
    reading.add("WB-038", [sheet.ref(0, 0)], sheet=sheet.name, unit=default)
    return default


def _said(sheet: Sheet, row: int, column: int, text: str) -> UnitLine | None:
    """What a cell says of the unit; a label alone is read with what stands beside it."""
    label = norm(text).strip(":")
    if label not in UNIT_LABELS:
        return unit_line(text)
    for beside in range(column + 1, column + 4):
        words = as_text(sheet.at(row, beside))
        if words:
            told = says_unit(label, words, f"{text} {words}")
            return told if label != "单位" or (told is not None and unit_named(words)) else None
    return None


def _follows(reading: Reading, sheet: Sheet, row: int, column: int) -> bool:
    """Whether a sheet's unit is a formula that repeats the form's."""
    return bool(reading.form_unit) and any(sheet.is_formula(row, c) for c in range(column, column + 4))


def _in_notes(sheet: Sheet, top: int) -> dict[str, CellRef]:
    """The unit that a note below a table names (本表以万元为金额单位)."""
    for row in range(top, len(sheet.rows)):
        for column, value in enumerate(sheet.rows[row]):
            if isinstance(value, str) and "元为" in value and (said := unit_line(value)) and said.unit:
                return {said.unit: sheet.ref(row, column)}
    return {}
