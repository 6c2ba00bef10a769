"""Two documents as one Word file with tracked changes: accept all for the new one, reject all for the old.

The new document's writer is used for everything that stays; what goes and comes is marked the way
Word marks it (runs, paragraph ends, table rows).  Numbers are whole, Chinese is cut at words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeVar, cast
from xml.sax.saxutils import quoteattr

from generator.model import Block, Document, Heading, Paragraph, Row, Span, Spans, Table, TableCell
from generator.versions.diff import aligned, operations, rows_aligned, words_of
from generator.writers import (
    BREATH,
    SMALL_LINE,
    TAB,
    Layout,
    TableLayout,
    Writer,
    anchor,
    ends,
    paginate,
    tab_stops,
    text_run,
    toc_entries,
    write_docx,
)

State = Literal["", "ins", "del"]
Ends = tuple[str, str, str]
Item = TypeVar("Item")
THIN = f'<w:spacing w:line="{BREATH}" w:lineRule="exact"/>'


def write_redline(old: Document, new: Document, *, author: str = "决算公开", at: str = "") -> bytes:
    """The Word file with tracked changes, as bytes.  ``at``: the moment of the changes (ISO)."""
    moment = at or f"{new.date or f'{new.year}-12-31'}T00:00:00Z"
    before, after = paginate(old), paginate(new)

    def writer(document: Document, layout: Layout, *parts: str) -> Writer:
        return _Redline(old, document, before, layout, author, moment, *parts)

    return write_docx(new, after, writer)


class _Redline(Writer):
    """The body with both documents in it."""

    def __init__(
        self,
        old: Document,
        new: Document,
        before: Layout,
        after: Layout,
        author: str,
        at: str,
        footer: str,
        blank: str,
        header: str,
    ) -> None:
        super().__init__(new, after, footer, blank, header)
        self.old, self.before = old, before
        self.said = f"w:author={quoteattr(author)} w:date={quoteattr(at)}"
        self.changes = 100000
        self.pairs: dict[int, tuple[TableCell, State]] = {}  # by the identity of a cell in a merged table
        self.kept: list[TableCell] = []
        self.state: State = ""

    # -------------------------------------------------------------- marks

    def tag(self, name: State) -> str:
        self.changes += 1
        return f'<w:{name} w:id="{self.changes}" {self.said}'

    def wrap(self, runs: str, state: State) -> str:
        if not runs or not state:
            return runs
        if state == "del":
            runs = (
                runs.replace("<w:t ", "<w:delText ").replace("<w:t>", "<w:delText>").replace("</w:t>", "</w:delText>")
            )
        return f"{self.tag(state)}>{runs}</w:{state}>"

    def mark_of_paragraph(self, state: State) -> str:
        return f"<w:rPr>{self.tag(state)}/></w:rPr>" if state else ""

    def words(self, old: list[str], new: list[str], props: str = "") -> str:
        out = []
        for kind, text in operations(old, new):
            run = text_run(text, props)
            out.append(run if kind == "equal" else self.wrap(run, "del" if kind == "delete" else "ins"))
        return "".join(out)

    def line(self, style: str, old: str | None, new: str | None, *, props: str = "", block: str = "") -> str:
        """A paragraph of plain text on both sides (``None``: not there)."""
        state: State = "ins" if old is None else "del" if new is None else ""
        before, after = words_of((Span(old or "", "typed"),)), words_of((Span(new or "", "typed"),))
        return self.paragraph(
            style, self.words(before, after), props=props + self.mark_of_paragraph(state), block=block
        )

    # -------------------------------------------------------------- front

    def cover(self) -> Iterator[str]:
        drop = self.style.pitch * 5
        for number, (old, new) in enumerate(_paired(self.old.cover, self.document.cover)):
            space = f'<w:spacing w:before="{drop if number == 0 else 0}" w:after="{self.style.pitch}" w:line="{self.style.pitch * 2}" w:lineRule="exact"/>'
            yield self.line("Title", old, new, props=space)

    def contents(self) -> Iterator[str]:
        yield self.line("TOCHeading", self.old.toc_title, self.document.toc_title, props="<w:pageBreakBefore/>")
        ours = {b.id: (b.in_toc, self.before.pages[b.id], level) for b, level in toc_entries(self.old)}
        theirs = {b.id: (b.in_toc, self.layout.pages[b.id], level) for b, level in toc_entries(self.document)}
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        entries = aligned(list(ours), list(theirs))
        for number, (one, other) in enumerate(entries):
            old, new = ours.get(one or ""), theirs.get(other or "")
            state: State = "ins" if old is None else "del" if new is None else ""
            text = self.words(
                words_of((Span(old[0] if old else "", "typed"),)), words_of((Span(new[0] if new else "", "typed"),))
            )
            page = self.words([str(old[1])] if old else [], [str(new[1])] if new else [])
            tab = self.wrap("<w:r><w:tab/></w:r>", state)
            level = (new or old or ("", 0, 1))[2]
            head = begin if number == 0 else ""
            tail = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(entries) - 1 else ""
            if state:
                inner = text + tab + page
            else:
                name = anchor(other or "")
                inner = (
                    f'<w:hyperlink w:anchor="{name}" w:history="1">{text}{tab}<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                    f'<w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
                    f'{page}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>'
                )
            yield self.paragraph(f"TOC{min(level, 2)}", head + inner + tail, props=self.mark_of_paragraph(state))
        yield self.turn(landscape=False, first=True)

    # -------------------------------------------------------------- body

    def body(self) -> Iterator[str]:
        yield from self.cover()
        yield from self.contents()
        ours = {b.id: b for b in self.old.blocks()}
        theirs = {b.id: b for b in self.document.blocks()}
        for one, other in aligned(list(ours), list(theirs)):
            before, after = ours.get(one or ""), theirs.get(other or "")
            if before is not None and after is not None and _kind(before) != _kind(after):
                yield from self.pair(before, None)
                yield from self.pair(None, after)
            else:
                yield from self.pair(before, after)
        yield self.section(self.landscape)

    def pair(self, old: Block | None, new: Block | None) -> Iterator[str]:
        block = new or old
        assert block is not None
        self.state = "ins" if old is None else "del" if new is None else ""
        layout = self.layout if new is not None else self.before
        if isinstance(block, Table):
            yield from self.tables(cast("Table | None", old), cast("Table | None", new))
            return
        broken, fresh = self.begin(block, layout.breaks)
        yield broken
        props = "<w:pageBreakBefore/>" if fresh else ""
        if isinstance(block, Heading):
            style = f"Heading{block.level}"
        else:
            style = "BodyText" if block.style == "body" else "Normal"
            props += '<w:jc w:val="center"/>' if block.style == "center" else ""
        content = self.both(_spans(old), _spans(new))
        yield self.paragraph(
            style, content, props=props + self.mark_of_paragraph(self.state), block=block.id if new is not None else ""
        )

    def both(self, old: Spans | None, new: Spans | None, props: str = "") -> str:
        if old is not None and new is not None and [s.text for s in old] == [s.text for s in new]:
            return self.runs(new, props=props)
        return self.words(words_of(old or ()), words_of(new or ()), props)

    # -------------------------------------------------------------- tables

    def tables(self, old: Table | None, new: Table | None) -> Iterator[str]:
        if old is not None and new is not None:
            merged = self.merged(old, new)
            if merged is None:  # another grid: the whole table is replaced
                self.state = "del"
                yield from self.tables(old, None)
                self.state = "ins"
                yield from self.tables(None, new)
                return
            yield from self.sheet(old, new, *merged)
        elif new is not None:
            yield from self.sheet(None, new, new, self.layout.tables[new.id], ["ins"] * len(new.body))
        elif old is not None:
            yield from self.sheet(old, None, old, self.before.tables[old.id], ["del"] * len(old.body))

    def sheet(
        self, old: Table | None, new: Table | None, shown: Table, layout: TableLayout, states: list[State]
    ) -> Iterator[str]:
        table = new or old
        assert table is not None
        broken, fresh = self.begin(table, (self.layout if new is not None else self.before).breaks)
        yield broken
        props = "<w:pageBreakBefore/>" if fresh else ""
        yield self.line(
            "TableTitle",
            old.title if old else None,
            new.title if new else None,
            props=props,
            block=table.id if new else "",
        )
        for name, jc in (("subtitle", "center"), ("number", "right")):
            one, other = (getattr(t, name) or None if t else None for t in (old, new))
            if one is not None or other is not None:
                yield self.line("TableLine", one, other, props=f'<w:jc w:val="{jc}"/>')
        width = sum(layout.columns)
        for before, after in _paired(*(ends(t, width) if t else [] for t in (old, new))):
            yield self.ends_of(before, after, width)
        self.row_states = states
        yield self.grid(shown, layout)
        yield from self.notes(old, new)

    def ends_of(self, old: Ends | None, new: Ends | None, width: int) -> str:
        """The line over a table: department, what stands in the middle, unit; each may come or go."""
        one, other = old or ("", "", ""), new or ("", "", "")
        out = []
        for number, (before, after) in enumerate(zip(one, other, strict=True)):
            state: State = "" if bool(before) == bool(after) else "ins" if after else "del"
            tab = self.wrap(TAB, state) if number and (before or after) else ""
            out.append(tab + self.words([before] if before else [], [after] if after else []))
        line: State = "ins" if old is None else "del" if new is None else ""
        _, middle, right = new or one
        return self.paragraph(
            "TableLine", "".join(out), props=tab_stops(middle, right, width) + self.mark_of_paragraph(line)
        )

    def notes(self, old: Table | None, new: Table | None) -> Iterator[str]:
        spacing = f'<w:spacing w:line="{SMALL_LINE}" w:lineRule="exact"/>'
        sides: list[list[str]] = []
        for table, layout in ((old, self.before), (new, self.layout)):
            notes = ["".join(s.text for s in n) for n in table.notes] if table else []
            sides.append([*notes, *([""] if table and self.gap(table, layout.tables[table.id]) else [])])
        for one, other in _paired(*sides):
            yield self.line("TableLine", one, other, props=spacing if (one or other) else THIN)

    def merged(self, old: Table, new: Table) -> tuple[Table, TableLayout, list[State]] | None:
        """Both tables in one grid; ``None`` where their grids cannot be laid over each other."""
        ours, theirs = self.before.tables[old.id], self.layout.tables[new.id]
        if len(old.widths) != len(new.widths) or _shape(old.header) != _shape(new.header):
            return None
        header = tuple(self.cells(a, b) for a, b in zip(old.header, new.header, strict=True))
        if _shape(old.body) == _shape(new.body) and any(c.rowspan > 1 for row in new.body for c in row):
            body = tuple(self.cells(a, b) for a, b in zip(old.body, new.body, strict=True))
            return replace(new, header=header, body=body), theirs, [""] * len(body)
        if any(c.rowspan > 1 for t in (old, new) for row in t.body for c in row):
            return None
        rows: list[Row] = []
        states: list[State] = []
        heights: list[int] = []
        tall: set[int] = set()
        for a, b in rows_aligned(old, new):
            if a is not None and b is not None and _shape((old.body[a],)) == _shape((new.body[b],)):
                made = [("", self.cells(old.body[a], new.body[b]), theirs, b)]
            else:
                made = [("del", old.body[a], ours, a)] if a is not None else []
                made += [("ins", new.body[b], theirs, b)] if b is not None else []
            for state, row, layout, k in made:
                if k in layout.tall:
                    tall.add(len(rows))
                rows.append(row)
                states.append(cast("State", state))
                heights.append(layout.body[k])
        layout = replace(theirs, body=tuple(heights), tall=frozenset(tall))
        return replace(new, header=header, body=tuple(rows)), layout, states

    def cells(self, old: Row, new: Row) -> Row:
        out = []
        for a, b in zip(old, new, strict=True):
            cell = replace(b)
            if a.text != b.text:
                self.pairs[id(cell)] = (a, "")
            self.kept.append(cell)  # so that no other cell gets its identity
            out.append(cell)
        return tuple(out)

    def rows(
        self, table: Table, rows: tuple[Row, ...], heights: tuple[int, ...], layout: TableLayout, *, header: bool
    ) -> Iterator[str]:
        states = [self.state] * len(rows) if header else self.row_states
        outer = self.state
        for number, state in enumerate(states):
            self.state = state
            one = self._one_row(table, rows, heights, layout, number, header=header)
            yield one.replace("</w:trPr>", f"{self.tag(state)}/></w:trPr>", 1) if state else one
        self.state = outer

    def _one_row(
        self,
        table: Table,
        rows: tuple[Row, ...],
        heights: tuple[int, ...],
        layout: TableLayout,
        number: int,
        *,
        header: bool,
    ) -> str:
        if not any(c.rowspan > 1 for row in rows for c in row):
            tall = replace(layout, tall=frozenset({0}) if number in layout.tall else frozenset())
            return next(
                super().rows(table, rows[number : number + 1], heights[number : number + 1], tall, header=header)
            )
        key = (id(rows), header)
        if getattr(self, "_group", None) != key:
            self._group, self._made = key, super().rows(table, rows, heights, layout, header=header)
        return next(self._made)

    def _cell_runs(self, cell: TableCell, props: str) -> str:
        pair = self.pairs.get(id(cell))
        if pair is not None:
            return self.words(words_of(pair[0].spans), words_of(cell.spans), props)
        return self.wrap(super()._cell_runs(cell, props), self.state)


def _paired(old: Sequence[Item], new: Sequence[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """Lines side by side; surplus lines go or come."""
    for k in range(max(len(old), len(new))):
        yield (old[k] if k < len(old) else None), (new[k] if k < len(new) else None)


def _shape(rows: tuple[Row, ...]) -> list[list[tuple[int, int]]]:
    return [[(c.colspan, c.rowspan) for c in row] for row in rows]


def _kind(block: Block) -> str:
    match block:
        case Heading():
            return f"h{block.level}"
        case Paragraph():
            return f"p{block.style}"
        case Table():
            return f"t{block.new_page}{block.landscape}"


def _spans(block: Block | None) -> Spans | None:
    return None if block is None or isinstance(block, Table) else block.spans
