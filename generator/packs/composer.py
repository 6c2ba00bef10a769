"""From a submission and a compiled pack to the Document: outline, sentences, tables, forms.

Bad data never raises here: what is missing becomes an open place.  A template that cannot be
rendered is a PackError, because the pack is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from generator.model import (
    Block,
    Document,
    Figure,
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
    show,
)
from generator.packs.compiled import CompiledBlock, CompiledPack, met
from generator.packs.grid import Grid, GridCell, build, parse, split
from generator.packs.language import MARK, LanguageError, Sentence, read_marks, spans_of
from generator.packs.names import Context
from generator.packs.pack import PackError
from generator.packs.schema import BlockSpec, FormSpec, PartSpec, TableSpec
from generator.packs.tables import RowView, TableView, View

Scope = Mapping[str, object]
SUM_NAME = re.compile(r"(合计|总计|小计)$")


@dataclass(frozen=True, slots=True)
class Composer:
    """What the steps of composing share."""

    compiled: CompiledPack
    context: Context

    def block(self, spec: BlockSpec) -> CompiledBlock:
        return self.compiled.blocks[spec.id]


def compose(
    submission: Submission, compiled: CompiledPack, *, draft: bool = False, context: Context | None = None
) -> Document:
    """The whole Document of a submission."""
    pack = compiled.pack
    composer = Composer(compiled, context or compiled.context(submission))
    scope = composer.context.scope()
    try:
        parts = tuple(_part(composer, part) for part in pack.ordered_parts(submission.year))
        cover = tuple(line.text(scope) for line in compiled.cover)
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
    )


def _date(context: Context) -> str:
    """The date of publication, where the department gave one (ISO)."""
    info = context.submission.groups.get("info", Record({}))
    found = re.match(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", str(info.get("published", "")))
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""


def _part(composer: Composer, spec: PartSpec) -> Part:
    heading = Heading(spec.id, 1, composer.compiled.parts[spec.id].spans(composer.context.scope()), toc=True)
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
    match spec.style:
        case "table":
            table = composer.context.tables.get(spec.table)
            if table is not None:
                yield statutory(composer, table, name, spec, scope)
        case "form" | "inline":
            yield form(composer, composer.compiled.pack.forms[spec.table], name, spec, scope)
        case "h2" | "h3":
            toc_text = made.toc.text(scope)
            if spans:
                yield Heading(name, 2 if spec.style == "h2" else 3, spans, spec.toc, toc_text)
        case "body" | "center":
            if spans:
                yield Paragraph(name, _one_stop(spans), "center" if spec.style == "center" else "body")


def _one_stop(spans: Spans) -> Spans:
    """Words join without doubled final marks (。。) where a person's text met the sentence's own."""
    out: list[Span] = []
    for span in spans:
        if out and out[-1].kind == "typed" and span.text[:1] in "。；，" and out[-1].text[-1:] in "。；，":
            last = out[-1]
            out[-1] = replace(last, text=last.text.rstrip("。；，"))
        out.append(span)
    return tuple(s for s in out if s.text)


# ------------------------------------------------------------------ statutory tables


def statutory(composer: Composer, table: TableView, name: str, block: BlockSpec, scope: Scope) -> Table:
    """A statutory table as it is published."""
    spec = table.spec
    local = {**scope, "unit": spec.unit, "table_empty": table.empty}
    made = composer.compiled.tables[spec.id]
    notes = (*made.notes, *((made.empty_note,) if table.empty and spec.empty_note else ()))
    header = _grid_rows(parse(spec.header), lambda c: TableCell((Span(c.text),), align="center", bold=True))
    toc_text = composer.block(block).toc.text(local) if block.toc_text else ""
    return Table(
        id=name,
        title=spec.title,
        header=header,
        body=tuple(_body(composer, table)),
        widths=spec.widths or tuple([10] * parse(spec.header).width),
        number=spec.number if spec.show_number else "",
        left=made.left.text(local),
        middle=made.middle.text(local),
        right=made.right.text(local),
        notes=tuple(s for n in notes if (s := n.spans(local))),
        landscape=spec.landscape,
        toc=block.toc,
        toc_text=toc_text or made.toc.text(local),
        font_pt=spec.font,
    )


def _grid_rows(grid: Grid, make: Callable[[GridCell], TableCell]) -> tuple[Row, ...]:
    return tuple(tuple(_spanning(make(c), c) for c in row) for row in grid.rows)


def _spanning(cell: TableCell, at: GridCell) -> TableCell:
    """A cell over as many columns and rows as its place in the grid."""
    return cell if at.colspan == at.rowspan == 1 else replace(cell, colspan=at.colspan, rowspan=at.rowspan)


def _body(composer: Composer, table: TableView) -> Iterator[Row]:
    spec = table.spec
    show_figure = _shower(composer, spec)
    if spec.body:
        yield from _grid_rows(parse(spec.body), lambda c: _fixed_cell(c, table, show_figure))
    if spec.rows:
        totals = _row_cells(parse(spec.total), None, table["total"], show_figure, 0)
        if not spec.total_last:
            yield totals
        for number, row in enumerate(table.rows, 1):
            shape = spec.unit_row if row.row.kind == "unit" and spec.unit_row else spec.row
            yield _row_cells(parse(shape), row, row, show_figure, number)
        if spec.total_last:
            yield totals


def _shower(composer: Composer, spec: TableSpec) -> object:
    pack_format = composer.context.formats[spec.format]

    def show_figure(figure: Figure) -> TableCell:
        text = show(figure, pack_format)
        return TableCell((Span(text, "figure", figure=figure),) if text else (), align="right")

    return show_figure


def _text_cell(text: str) -> TableCell:
    compact = re.sub(r"\s", "", text)
    centred = compact.isdigit() or SUM_NAME.search(compact) is not None
    return TableCell((Span(text),) if text else (), align="center" if centred else "left")


def _fixed_cell(cell: GridCell, table: TableView, show_figure: object) -> TableCell:
    if not cell.slot:
        code_at_left = any(
            c.column == cell.column - 1 and c.text.isdigit() and len(c.text) == 5
            for c in parse(table.spec.body).rows[cell.row]
        )
        made = _text_cell(cell.text)
        if made.align == "center" and cell.text.isdigit() and len(cell.text) in (3, 5):
            made = replace(made, align="left")
        return replace(made, indent=1) if code_at_left else made
    value: object = table
    for part in cell.slot.split("."):
        value = value[part] if isinstance(value, View) else None
    assert callable(show_figure)
    return show_figure(value) if isinstance(value, Figure) else TableCell()


def _row_cells(grid: Grid, row: RowView | None, values: object, show_figure: object, number: int) -> Row:
    assert isinstance(values, View) and callable(show_figure)
    cells: list[TableCell] = []
    for c in grid.rows[0]:
        cell = _text_cell(c.text)
        if c.slot == "n":
            cell = TableCell((Span(str(number), "ordinal"),), align="center")
        elif c.slot in ("code", "name", "codename") and row is not None:
            cell = _identity_cell(c.slot, row)
        elif c.slot:
            value = values[c.slot]
            cell = show_figure(value) if isinstance(value, Figure) else TableCell(spans_of(value))
        cells.append(_spanning(cell, c))
    return tuple(cells)


def _identity_cell(slot: str, row: RowView) -> TableCell:
    code, name = row.code, row.row.name
    text = {"code": code, "name": name, "codename": f"{code}-{name}" if code else name}[slot]
    indent = max(row.level - 1, 0) if slot != "code" else 0
    return TableCell((Span(text, "name", cells=row.cells),) if text else (), indent=indent)


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
        notes=tuple(s for n in made.notes if (s := n.spans(scope))),
        landscape=spec.landscape,
        role=role,
        toc=block.toc,
        toc_text=toc_text or made.toc.text(scope),
        font_pt=spec.font,
        new_page=spec.new_page and role == "form",
    )


def _form_rows(text_of: Sentence, spec: FormSpec, scope: Scope, *, bold: bool) -> tuple[Row, ...]:
    text, marks = text_of.marked(scope)
    raw = [split(line) for line in text.splitlines() if line.strip()]
    try:
        grid = build(raw)
    except ValueError as error:
        raise LanguageError(f"{text_of.place}：{error}") from error

    def make(cell: GridCell) -> TableCell:
        spans = read_marks(cell.text, marks)
        number = len(spans) == 1 and spans[0].kind == "figure"
        centred = bold or cell.column in spec.center or number
        label = not MARK.search(cell.text)
        return TableCell(spans, align="center" if centred or label else "left", bold=bold)

    return _grid_rows(grid, make)
