"""Rules over counts, forms and the finished Document: what a formula cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generator.checks._rules import Examination, NotApplicable, Problem, problem, rule
from generator.model import Figure, Heading, Paragraph, Record, Table, Text, round_half_up

CENT = Decimal("0.01")


def _number(record: Record, name: str) -> Figure:
    value = record.data.get(name)
    return value if isinstance(value, Figure) else Figure(None)


def _name(record: Record, *names: str) -> str:
    for name in names:
        value = record.data.get(name)
        if isinstance(value, Text) and value:
            return value.value
    return ""


def _scored(name: str, score: Figure, should: Decimal) -> Problem:
    words = {"expected": should, "actual": score.number, "difference": abs(should - score.number)}
    return problem(score.cells, name=name, **words)


@rule("FM-375a")
def execution_score(e: Examination) -> Iterator[Problem]:
    """10 points by the rate of execution; the form's own figure stays, a difference is said."""
    records = e.submission.lists.get("projects", ())
    if not records or "execution_score" not in {k for r in records for k in r}:
        raise NotApplicable
    for record in records:
        budget, executed, score = (_number(record, k) for k in ("budget", "executed", "execution_score"))
        if budget.number <= 0 or executed.blank or score.blank:
            continue
        rate = min(executed.number / budget.number, Decimal(1))
        should = round_half_up(rate * 10, 2)
        if abs(should - score.number) > CENT:
            yield _scored(_name(record, "name"), score, should)


@rule("FM-355")
def projects_within(e: Examination) -> Iterator[Problem]:
    table = e.context.tables.get("expenditure")
    records = e.submission.lists.get("projects", ())
    if table is None or not records:
        raise NotApplicable
    spent = table.data.totals.get("project", Figure(None))
    executed = [_number(r, "executed") for r in records]
    assert isinstance(spent, Figure)
    whole = sum(executed[1:], executed[0])
    if whole.number - spent.number > whole.margin + spent.margin:
        amounts = {"executed": f"{whole.number / 10000:,.2f}", "spent": f"{spent.number / 10000:,.2f}"}
        yield problem((*spent.cells, *whole.cells), **amounts)


@rule("FM-340")
def vehicles(e: Examination) -> Iterator[Problem]:
    fleet, visits = e.submission.groups.get("vehicles"), e.submission.groups.get("visits")
    if fleet is None or visits is None or "holding" not in visits:
        raise NotApplicable
    kinds = [k for k in fleet if k not in ("equipment", "equipment_general", "equipment_special", "value", "area")]
    counts = [v for k in kinds if isinstance(v := fleet[k], Figure)]
    holding = visits["holding"]
    explained = any("holding" in k and isinstance(v, Text) and v for k, v in visits.items())
    if not counts or not isinstance(holding, Figure) or holding.blank or explained:
        raise NotApplicable
    number = sum((c.number for c in counts), Decimal(0))
    if number != holding.number:
        cells = (*holding.cells, *(c for f in counts for c in f.cells))
        yield problem(cells, expected=number, actual=holding.number, difference=abs(number - holding.number))


@rule("FM-322")
def parents_present(e: Examination) -> Iterator[Problem]:
    for view in e.context.tables.values():
        if view.spec.rows != "functional":
            continue
        codes = {r.code for r in view.subjects}
        if not any(len(c) == 3 for c in codes):
            continue
        for row in view.subjects:
            lacking = [row.code[:k] for k in (3, 5) if k < len(row.code) and row.code[:k] not in codes]
            if lacking:
                words = {"table": view.spec.number, "code": row.code, "name": row.row.name}
                yield problem(row.cells, **words, parents="、".join(lacking))


@rule("FM-322b")
def names_agree(e: Examination) -> Iterator[Problem]:
    known = e.compiled.pack.functional
    for view in e.context.tables.values():
        if view.spec.rows != "functional":
            continue
        for row in view.subjects:
            subject = known.get(row.code)
            if subject and row.row.name and _bare(subject.name) != _bare(row.row.name):
                words = {"expected": subject.name, "actual": row.row.name}
                yield problem(row.cells, table=view.spec.number, code=row.code, **words)


def _bare(name: str) -> str:
    return re.sub(r"\s", "", name).replace("(", "（").replace(")", "）")


@rule("FM-320")
def strange_amounts(e: Examination) -> Iterator[Problem]:
    """Rates of execution beyond all measure."""
    for record in e.submission.lists.get("projects", ()):
        budget, executed = _number(record, "budget"), _number(record, "executed")
        if budget.number > 0 and executed.number > budget.number * Decimal("1.5"):
            yield problem(executed.cells, name=_name(record, "name"))


@rule("FM-323")
def blank_or_zero(e: Examination) -> Iterator[Problem]:
    for view in e.context.tables.values():
        figures = list(view.data.slots.values())
        figures += [v for r in view.data.rows for v in r.cells.values() if isinstance(v, Figure)]
        zeros = [f for f in figures if f.value == 0]
        blanks = [f for f in figures if f.blank]
        if zeros and blanks and len(zeros) > 3:
            cells = (c for f in zeros[:5] for c in f.cells)
            yield problem(cells, table=view.spec.number, zeros=len(zeros), blanks=len(blanks))


@rule("DC-341")
def sourced_numbers(e: Examination) -> Iterator[Problem]:
    """Digits in the wording that are no declared literal: a number without a source."""
    literals = [re.compile(p) for p in e.compiled.pack.meta.literals]
    for block in e.document.blocks():
        if not isinstance(block, Paragraph) or block.id.startswith("glossary"):
            continue
        for span in block.spans:
            rest = span.text if span.kind == "literal" else ""
            for pattern in literals:
                rest = pattern.sub("", rest)
            found = re.search(r"\d[\d.,]*", rest)
            if found:
                yield problem(text=block.text[:20], actual=found[0])


@rule("DC-377")
def complete_outline(e: Examination) -> Iterator[Problem]:
    """Every part of the pack, and every published table once."""
    pack, year = e.compiled.pack, e.context.year
    for part in e.document.parts:
        if not part.heading.text and not pack.parts[part.id].listed:
            yield problem((), "heading", part=part.id)
    shown = [b.table for blocks in pack.blocks.values() for b in blocks if b.style == "table" and b.applies(year)]
    for spec in pack.in_force(pack.tables, year):
        if not spec.hidden and shown.count(spec.id) != 1:
            yield problem(table=spec.number + spec.title, count=shown.count(spec.id))


@rule("DC-380")
def glossary_numbers(e: Examination) -> Iterator[Problem]:
    entries = [b for b in e.document.blocks() if isinstance(b, Paragraph) and b.id.startswith("glossary.")]
    terms = [re.sub(r"^[\d一二三四五六七八九十]+[.、]", "", b.text).split("：")[0] for b in entries]
    for term in {t for t in terms if terms.count(t) > 1}:
        yield problem(term=term, count=terms.count(term))
    numbers = [int(m[1]) for b in entries if (m := re.match(r"(\d+)\.", b.text))]
    if numbers and numbers != list(range(1, len(numbers) + 1)):
        yield problem((), "numbers")


@rule("DC-379")
def empty_tables_noted(e: Examination) -> Iterator[Problem]:
    spec_of = {b.id: b.table for some in e.compiled.pack.blocks.values() for b in some if b.style == "table"}
    made = (b for b in e.document.blocks() if isinstance(b, Table) and b.role == "table")
    tables = {spec_of.get(b.id.partition("[")[0], ""): b for b in made}
    for view in e.context.tables.values():
        published = tables.get(view.spec.id)
        if published and view.empty and not published.notes:
            yield problem(table=view.spec.number)


@rule("DC-378")
def contents_agree(e: Examination) -> Iterator[Problem]:
    pack = e.compiled.pack
    blocks = {b.id: b for some in pack.blocks.values() for b in some}
    for entry in e.document.contents():
        title = entry.text if isinstance(entry, Heading) else entry.title
        spec = blocks.get(entry.id.partition("[")[0]) or pack.parts.get(entry.id)
        if not title or (spec and spec.toc_differs):
            continue  # in the contents alone, or worded otherwise on purpose
        bare = re.sub(r"^([一二三四五六七八九十]+、|\d+[.、])", "", entry.in_toc)
        if not _shortened(re.sub(r"\s", "", bare), re.sub(r"\s", "", title)):
            yield problem(entry=entry.in_toc, title=title)


def _shortened(entry: str, title: str) -> bool:
    """Whether an entry of the 目录 is the title with words left out (a form may print it shorter)."""
    rest = iter(title)
    return all(char in rest for char in entry)
