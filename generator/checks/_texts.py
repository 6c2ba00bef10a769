"""Rules over what people typed: missing, placeholder, repeated, against the figures, not for the public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from generator.checks._rules import CannotTell, Examination, NotApplicable, Problem, problem, rule
from generator.checks.printed.brackets import lonely
from generator.checks.printed.personal import personal
from generator.model import CellRef, Figure, Text
from generator.packs import Case, View, decide, met

PLACEHOLDER = re.compile(
    r"(?<![A-Za-z])[XxＸｘ×]{2,}(?![A-Za-z])|待填写?|待补充|待定|……|\.{3,}|TODO|暂无数据|某某|#REF!|#N/A", re.I
)
DOUBLED = re.compile(r"[。；，、：！？]{2,}|[,;:!?]{2,}|\.{2}(?!\.)")
REPEATED = re.compile(r"的的|了了|是是|有有|在在|和和|及及|为为(?!民)|与与")


@rule("TX-365")
def reason_missing(e: Examination) -> Iterator[Problem]:
    for spec, asked, text in e.asked:
        if asked and not text.value.strip() and not text.missing:
            yield problem(text.cells or e.place(f"reason:{spec.id}"), label=spec.title)


@rule("TX-382")
def field_missing(e: Examination) -> Iterator[Problem]:
    for spec in e.compiled.pack.in_force(e.compiled.pack.fields, e.context.year):
        if not spec.when or not met(e.compiled.fields[spec.id].when, e.context.members):
            continue
        group, _, name = spec.id.partition(".")
        value = e.submission.groups.get(group, {}).get(name)
        blank = value is None or (value.blank if isinstance(value, Figure) else not value.value.strip())
        if blank:
            cells = value.cells if value is not None and value.cells else e.place(f"field:{spec.id}")
            yield problem(cells, label=spec.label)


@rule("TX-388")
def never_asked(e: Examination) -> Iterator[Problem]:
    """Statements that rest on a question which an older form does not have yet, or on an amount left blank."""
    for spec in e.compiled.pack.in_force(e.compiled.pack.fields, e.context.year):
        group, _, name = spec.id.partition(".")
        value = e.submission.groups.get(group, {}).get(name)
        if (
            spec.unasked
            and isinstance(value, Text)
            and not value.cells
            and met(e.compiled.fields[spec.id].when, e.context.members)
        ):
            yield problem((), label=spec.label, answer=value.value)
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    column = next((c for c in facts.columns if c.id == "budget" and not c.required), None) if facts else None
    if facts is None or column is None:
        return
    records = {str(r.get("code", "")): r for r in e.submission.lists.get(facts.id, ())}
    for row in e.used_rows:
        value = records[row.code].data.get(column.id) if row.code in records else None
        if isinstance(value, Figure) and value.blank and not value.missing:
            yield problem(value.cells, "amount", subject=f"{row.code}{row.name}", label=column.label)


@rule("TX-363")
def item_facts(e: Examination) -> Iterator[Problem]:
    """Every 项 that the text prints has its facts; which facts are asked for is the pack's choice."""
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    if facts is None:
        raise NotApplicable
    shown = {row.code: row for row in e.context.members["used_items"]}  # type: ignore[attr-defined]
    known = {str(r["code"]): r for r in e.submission.lists.get(facts.id, ()) if "code" in r}
    asked = [c for c in facts.columns if c.type == "clause"]
    opened = e.open_labels
    for code, row in shown.items():
        record = known.get(code)
        if record is None:
            if any(label.startswith(code) for label in opened):
                labels = "、".join(c.label for c in asked)
                yield problem(row.cells, "none", subject=f"{code}{row.row.name}", label=labels)
            continue
        for column in asked:
            value = record.data.get(column.id)
            if column.required and not (isinstance(value, Text) and value.value.strip()):
                cells = value.cells if isinstance(value, Text) else ()
                place = cells or ((record.row,) if record.row else ())
                yield problem(place, subject=f"{code}{row.row.name}", label=column.label)


@rule("TX-364")
def item_reason(e: Examination) -> Iterator[Problem]:
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    columns = {c.id for c in facts.columns} if facts else set()
    if not facts or not {"budget", "reason"} <= columns:
        raise NotApplicable
    form = e.compiled.pack.formats["money"]
    known = {str(r.get("code", "")): r for r in reversed(e.submission.lists.get(facts.id, ()))}
    for row in e.context.members["used_items"]:  # type: ignore[attr-defined]
        record = known.get(row.code)
        if record is None:
            continue
        budget, reason = record.data.get("budget", Figure(None)), record.data.get("reason", Text())
        assert isinstance(budget, Figure) and isinstance(reason, Text)
        total = row["total"]
        if reason.value.strip() or decide(total, budget, form) in (Case.EQUAL, Case.BOTH_ZERO):
            continue
        yield problem(reason.cells, subject=f"{row.code}{row.row.name}")


@rule("TX-386")
def placeholder(e: Examination) -> Iterator[Problem]:
    for label, text in e.unprinted:
        found = PLACEHOLDER.search(text.value)
        if found:
            yield problem(text.cells, label=label, actual=found[0])


@rule("TX-387")
def punctuation(e: Examination) -> Iterator[Problem]:
    for label, text in e.unprinted:
        found = DOUBLED.search(text.value.rstrip("。；，、 "))
        if found:
            yield problem(text.cells, label=label, actual=found[0])
        at = lonely(text.value)
        if at >= 0:
            yield problem(text.cells, "pair", label=label, actual=text.value[at])


@rule("TX-393")
def repeated_words(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts:
        found = REPEATED.search(text.value)
        if found:
            yield problem(text.cells, label=label, actual=found[0])


@rule("TX-398")
def personal_data(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts:
        phones = 0
        for found in personal(text.value):
            number = found.shown.split(" ")[1]
            if found.sure:
                yield problem(text.cells, label=label, number=number)
            elif not phones:
                phones = 1
                yield problem(text.cells, "phone", label=label, number=number)


@rule("TX-390")
def other_year(e: Examination) -> Iterator[Problem]:
    year = e.context.year
    for spec, _, text in e.asked:
        bare = re.sub(r"《[^《》]*+》|[〔\[【（(]\d{4}[〕\]】）)]", "", text.value)
        for found in re.findall(r"(?<!\d)(20\d{2})年", bare):
            if not year - 1 <= int(found) <= year + 1:
                yield problem(text.cells, label=spec.title, expected=year, actual=found)


@rule("TX-392")
def obsolete_names(e: Examination) -> Iterator[Problem]:
    table = e.compiled.pack.meta.obsolete
    for label, text in e.texts:
        for old, new in table.items():
            if old in text.value:
                yield problem(text.cells, label=label, expected=new, actual=old)
    for view in e.context.tables.values():
        for row in view.rows:
            if row.row.name in table:
                new = table[row.row.name]
                yield problem(row.cells, "row", code=row.code, expected=new, actual=row.row.name)


@rule("TX-385")
def published_in_time(e: Examination) -> Iterator[Problem]:
    info = e.submission.groups.get("info")
    approved, published = (_date(info.get(k)) if info else None for k in ("approved", "published"))
    if approved is None or published is None:
        raise CannotTell
    days = (published - approved).days
    if not 0 <= days <= 20:
        cell = info["published"].cells if info else ()
        yield problem(cell, approved=approved, published=published, expected=20, actual=days)


def _date(value: object) -> date | None:
    text = value.value if isinstance(value, Text) else ""
    found = re.match(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})", text.strip())
    try:
        return date(*(int(x) for x in found.groups())) if found else None
    except ValueError:
        return None


@rule("TX-300")
def open_places(e: Examination) -> Iterator[Problem]:
    """Whatever the other rules did not name: no open place may be published."""
    reported = _reported(e)
    for label in e.open_labels:
        if not any(label == known or label.endswith(known) or known.endswith(label) for known in reported):
            yield problem(e.place(f"label:{label}") or _fact_cell(e, label), label=label)


def _fact_cell(e: Examination, label: str) -> tuple[CellRef, ...]:
    """The cell of a missing fact of a subject, e.g. the 名词解释 of a code outside the dictionary."""
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    for record in e.submission.lists.get(facts.id, ()) if facts else ():
        if label.startswith(str(record.get("code", "")) or "-"):
            value = record.get("definition")
            return value.cells if isinstance(value, Text) and value.cells else ((record.row,) if record.row else ())
    return tuple(row.ref for row in e.used_rows if label.startswith(row.code) and row.ref)


def _reported(e: Examination) -> set[str]:
    """Labels of what is reported at its own cell already."""
    pack = e.compiled.pack
    titles = {s.title for s in pack.reasons.values()}
    fields = {f.label for f in pack.fields.values() if f.required or f.when}
    columns = {c.label for spec in pack.lists.values() for c in spec.columns if c.required}
    lists = {spec.title for spec in pack.lists.values() if spec.minimum}
    return titles | fields | columns | lists | set(_required_cells(e)) | set(_blanks(e))


def _blanks(e: Examination) -> Iterator[str]:
    """What reading the form has named at its own cell already."""
    records = [*e.submission.groups.values(), *(r for rows in e.submission.lists.values() for r in rows)]
    yield from (v.missing for r in records for v in r.data.values() if v.missing and v.cells)


def _required_cells(e: Examination) -> Iterator[str]:
    """Labels of the cells that a table requires."""
    for view in e.context.tables.values():
        for need in view.spec.required:
            value: object = view
            for part in need.split("."):
                value = value[part] if isinstance(value, View) else None
            if isinstance(value, Figure):
                yield value.label
