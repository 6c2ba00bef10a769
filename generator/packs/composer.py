"""From a submission and a compiled pack to the Document: outline, sentences, tables, forms.

Bad data never raises here: what is missing becomes an open place.  A template that cannot be
rendered is a PackError, because the pack is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from generator.model import (
    Blank,
    Block,
    Document,
    Heading,
    Paragraph,
    Part,
    Record,
    Row,
    Span,
    Spans,
    Submission,
    Table,
    TableCell,
    plain,
)
from generator.packs.compiled import CompiledBlock, CompiledPack, met
from generator.packs.grid import GridCell, build, split
from generator.packs.joining import join
from generator.packs.language import MARK, LanguageError, Sentence, read_marks
from generator.packs.names import Context
from generator.packs.pack import PackError
from generator.packs.published import Published, chinese, grid_rows
from generator.packs.schema import NUMBERS, BlockSpec, FormSpec, PartSpec
from generator.packs.tables import TableView

Scope = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Composer:
    """What the steps of composing share."""

    compiled: CompiledPack
    context: Context
    counts: dict[str, int] = field(default_factory=dict)  # the numbers given so far, by the way they are written
    blanks: list[Blank] = field(default_factory=list)

    def block(self, spec: BlockSpec) -> CompiledBlock:
        return self.compiled.blocks[spec.id]

    def number(self, spec: BlockSpec) -> Spans:
        """The next number of a block that is counted; those written in a deeper way begin afresh."""
        if not spec.number:
            return ()
        at = NUMBERS.index(spec.number)
        self.counts[spec.number] = self.counts.get(spec.number, 0) + 1
        for deeper in NUMBERS[at + 1 :]:
            self.counts.pop(deeper, None)
        count = self.counts[spec.number]
        shown = spec.number.replace("一", chinese(count)).replace("1", str(count))
        return (Span(shown, "ordinal"),)


def compose(
    submission: Submission, compiled: CompiledPack, *, draft: bool = False, context: Context | None = None
) -> Document:
    """The whole Document of a submission."""
    pack = compiled.pack
    composer = Composer(compiled, context or compiled.context(submission))
    scope = composer.context.scope()
    try:
        ordered = pack.ordered_parts(submission.year)
        parts = tuple(_part(composer, p) for p in ordered if met(compiled.parts[p.id].when, scope))
        cover = tuple(text for line in compiled.cover if (text := line.text(scope)))
        head = compiled.running_head.text(scope) if compiled.running_head else ""
        title = compiled.title.text(scope) if compiled.title else ""
    except LanguageError as error:
        raise PackError(pack.id, "", str(error)) from error
    return Document(
        title=title,
        department=submission.name,
        year=submission.year,
        kind=pack.meta.kind,
        cover=cover,
        parts=parts,
        toc_title=pack.meta.toc_title,
        date=_date(composer.context) or f"{submission.year}-12-31",
        draft=draft,
        style=pack.style,
        scope=composer.context.whose,
        running_head=head,
        blanks=tuple(composer.blanks),
    )


def _date(context: Context) -> str:
    """The date of publication, where the department gave one (ISO)."""
    info = context.submission.groups.get("info", Record({}))
    found = re.match(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", str(info.get("published", "")))
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""


def _part(composer: Composer, spec: PartSpec) -> Part:
    made, scope = composer.compiled.parts[spec.id], composer.context.scope()
    spans, toc_text = _noted(composer, spec.id, made.title.spans(scope)), made.toc.text(scope)
    if spec.listed:  # the contents lead to its first table
        spans, toc_text = (), toc_text or plain(spans)
    heading = Heading(spec.id, 1, spans, toc=True, toc_text=toc_text)
    composer.counts.clear()
    blocks = tuple(_blocks(composer, composer.compiled.pack.blocks.get(spec.id, ())))
    return Part(spec.id, heading, blocks, spec.kind)


def _blocks(composer: Composer, specs: tuple[BlockSpec, ...]) -> Iterator[Block]:
    year = composer.context.year
    children: dict[str, list[BlockSpec]] = {}
    for spec in specs:
        if spec.applies(year):
            children.setdefault(spec.inside, []).append(spec)
    yield from _run(composer, children, "", composer.context.scope(), "")


def _run(
    composer: Composer, children: Mapping[str, list[BlockSpec]], inside: str, scope: Scope, suffix: str
) -> Iterator[Block]:
    for spec in children.get(inside, []):
        made = composer.block(spec)
        if made.for_each is None:
            local = _named(made, scope)
            if met(made.when, local):
                yield from _block(composer, spec, local, suffix)
                yield from _run(composer, children, spec.id, local, suffix)
            continue
        number = 0
        for position, member in enumerate(made.for_each(scope), 1):
            name = spec.name or "item"
            local = _named(made, {**scope, name: member, "n": number + 1})
            if not met(made.when, local):
                continue
            number += 1
            key = getattr(member, "key", "")
            own = f"[{key}]" if key else f"{suffix}[{position}]"
            yield from _block(composer, spec, local, own)
            yield from _run(composer, children, spec.id, local, own)


def _named(made: CompiledBlock, scope: Scope) -> Scope:
    """The names with those that a block gives to expressions over them."""
    if not made.let:
        return scope
    local = dict(scope)
    for name, expression in made.let:
        local[name] = expression(local)
    return local


def _block(composer: Composer, spec: BlockSpec, scope: Scope, suffix: str) -> Iterator[Block]:
    name = spec.id + suffix
    made = composer.block(spec)
    spans = made.text.spans(scope) if made.text else ()
    number = composer.number(spec) if plain(spans) else ()
    spans = (*number, *spans)
    match spec.style:
        case "table":
            table = composer.context.tables.get(spec.table)
            if table is not None:
                made_table = statutory(composer, table, name, spec, scope)
                counted = plain(composer.number(spec))  # counted in the contents alone
                yield replace(made_table, toc_text=counted + made_table.in_toc) if counted else made_table
        case "form" | "inline":
            yield form(composer, composer.compiled.pack.forms[spec.table], name, spec, scope)
        case "h2" | "h3":
            toc_text = made.toc.text(scope)
            if spans := _noted(composer, name, spans):
                toc_text = plain(number) + toc_text if toc_text else ""
                yield Heading(name, 2 if spec.style == "h2" else 3, spans, spec.toc, toc_text, spec.prose)
        case "body" | "center":
            if spans := _noted(composer, name, spans):
                yield Paragraph(name, spans, "center" if spec.style == "center" else "body", spec.prose)


def _noted(composer: Composer, block: str, spans: Spans) -> Spans:
    """The words of a block, joined; where a person left something blank is noted with its cell."""
    written: list[Span] = []
    for span in spans:
        if not span.text:
            composer.blanks.append(Blank(block, len(plain(join(written))), span.cells))
        written.append(span)
    return join(written)


def _solid(spans: Spans) -> Spans:
    return tuple(s for s in spans if s.text)


# ------------------------------------------------------------------ statutory tables


def statutory(composer: Composer, table: TableView, name: str, block: BlockSpec, scope: Scope) -> Table:
    """A statutory table as it is published."""
    spec = table.spec
    local = {**scope, "unit": spec.unit, "table_empty": table.empty}
    made = composer.compiled.tables[spec.id]
    notes = (*made.notes, *((made.empty_note,) if table.empty and spec.empty_note else ()))
    published = Published(table, made, composer.context.formats[spec.format], local)
    toc_text = composer.block(block).toc.text(local) if block.toc_text else ""
    return Table(
        id=name,
        title=made.title.text(local),
        header=published.header(),
        body=tuple(published.body()),
        widths=published.widths(),
        number=spec.number if spec.show_number else "",
        left=made.left.text(local),
        middle=made.middle.text(local),
        right=made.right.text(local),
        notes=tuple(s for n in notes if (s := _solid(n.spans(local)))),
        landscape=spec.landscape,
        toc=block.toc,
        toc_text=toc_text or made.toc.text(local),
        font_pt=spec.font,
    )


# ------------------------------------------------------------------ appendix forms


def form(composer: Composer, spec: FormSpec, name: str, block: BlockSpec, scope: Scope) -> Table:
    """An appendix form, or a table inside the text."""
    made = composer.compiled.forms[spec.id]
    header = _form_rows(made.header, spec, scope, bold=True) if spec.header else ()
    body = _form_rows(made.body, spec, scope, bold=False)
    width = sum(c.colspan for c in (header or body)[0]) if (header or body) else 1
    role: Literal["form", "inline"] = "form" if block.style == "form" else "inline"
    toc_text = composer.block(block).toc.text(scope) if block.toc_text else ""
    return Table(
        id=name,
        title=made.title.text(scope),
        header=header,
        body=body,
        widths=spec.widths or tuple([10] * width),
        subtitle=made.subtitle.text(scope),
        left=made.left.text(scope),
        right=made.right.text(scope),
        notes=tuple(s for n in made.notes if (s := _solid(n.spans(scope)))),
        landscape=spec.landscape,
        role=role,
        toc=block.toc,
        toc_text=toc_text or made.toc.text(scope),
        font_pt=spec.font,
        new_page=spec.new_page and role == "form",
        chart=spec.chart if role == "inline" else "",
    )


def _form_rows(text_of: Sentence, spec: FormSpec, scope: Scope, *, bold: bool) -> tuple[Row, ...]:
    text, marks = text_of.marked(scope)
    raw = [split(line) for line in text.splitlines() if line.strip()]
    try:
        grid = build(raw)
    except ValueError as error:
        raise LanguageError(f"{text_of.place}：{error}") from error

    def make(cell: GridCell) -> TableCell:
        spans = _solid(read_marks(cell.text, marks))
        number = len(spans) == 1 and spans[0].kind == "figure"
        centred = bold or cell.column in spec.center or number
        label = not MARK.search(cell.text)
        return TableCell(spans, align="center" if centred or label else "left", bold=bold)

    return grid_rows(grid, make)
