"""What changed between two sides: cell → figures → sentences → pages.

Blocks are compared by id, words as words, numbers whole.  Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from generator.edits import refs_of, tokens_of
from generator.model import Block, Document, Heading, Spans, Table, sources
from generator.versions.sides import Side

Op = tuple[Literal["equal", "delete", "insert"], str]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One entered value.  ``old`` and ``new`` are ready to read; blank is empty."""

    name: str
    label: str
    cells: tuple[str, ...]
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One printed number, with the changed cells it rests on."""

    label: str
    old: str
    new: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """One sentence, or one cell of a table (``where`` says which)."""

    old: str
    new: str
    ops: tuple[Op, ...]
    where: str = ""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block.  ``place``: part and heading above it; pages count from the cover (0: not there)."""

    block: str
    kind: Literal["changed", "added", "removed", "moved"]
    place: str
    page_old: int
    page_new: int
    sentences: tuple[SentenceChange, ...]
    figures: tuple[FigureChange, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageShift:
    """An entry of the 目录 that stands on another page."""

    title: str
    old: int
    new: int


@dataclass(frozen=True)
class Difference:
    """All changes between two sides."""

    old: Side
    new: Side
    cells: tuple[CellChange, ...]
    blocks: tuple[BlockChange, ...]
    pages: tuple[PageShift, ...]

    @property
    def same(self) -> bool:
        return not self.cells and not self.blocks

    def as_json(self) -> dict[str, Any]:
        """The machine-readable form."""
        from dataclasses import asdict

        return {
            "old": self.old.label,
            "new": self.new.label,
            "cells": [asdict(c) for c in self.cells],
            "blocks": [
                {**asdict(b), "sentences": [{"old": s.old, "new": s.new, "where": s.where} for s in b.sentences]}
                for b in self.blocks
            ],
            "pages": [asdict(p) for p in self.pages],
        }


def compare(old: Side, new: Side) -> Difference:
    """Everything that differs."""
    cells = tuple(_cells(old.values, new.values))
    touched = {c for change in cells for c in change.cells}
    blocks = tuple(_blocks(old, new, touched))
    pages = tuple(_pages(old, new))
    return Difference(old, new, cells, blocks, pages)


# ------------------------------------------------------------------ values


def _cells(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[CellChange]:
    for name in [*new, *(n for n in old if n not in new)]:
        before, after = old.get(name, {}), new.get(name, {})
        one, other = shown_value(before), shown_value(after)
        if one != other:
            said = after or before
            cells = tuple(dict.fromkeys((*after.get("cells", ()), *before.get("cells", ()))))
            yield CellChange(name, str(said.get("label", "")), cells, one, other)


def shown_value(value: Mapping[str, Any]) -> str:
    """A recorded value as people read it: amounts in 元, ratios in %."""
    if "text" in value:
        return str(value["text"])
    if value.get("value") is None:
        return ""
    number = Decimal(str(value["value"]))
    unit = str(value.get("unit", ""))
    if unit == "元":
        return f"{number:,.2f}元"
    return f"{number * 100:f}".rstrip("0").rstrip(".") + "%" if unit == "比率" else f"{number:f}{unit}"


# ------------------------------------------------------------------ blocks


def aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Names in merged order: pairs that stay in place, names that go, names that come."""
    out: list[tuple[str | None, str | None]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            out += [(n, n) for n in old[a:b]]
        else:
            out += [(n, None) for n in old[a:b]]
            out += [(None, n) for n in new[c:d]]
    return out


def _blocks(old: Side, new: Side, touched: set[str]) -> Iterator[BlockChange]:
    ours = {b.id: b for b in old.document.blocks()}
    theirs = {b.id: b for b in new.document.blocks()}
    where = {**_places(old.document), **_places(new.document)}
    pairs = aligned(list(ours), list(theirs))
    gone = {a for a, b in pairs if b is None}
    for one, other in pairs:
        name = other or one or ""
        if one is not None and other is None and one in theirs:
            continue  # moved: said at its new place
        before, after = ours.get(name), theirs.get(name)
        sentences = tuple(_sentences(before, after))
        figures = tuple(_figures(before, after, touched))
        kind: Literal["changed", "added", "removed", "moved"] = "changed"
        if before is None:
            kind = "added"
        elif after is None:
            kind = "removed"
        elif name in gone:
            kind = "moved"
        if sentences or kind != "changed":
            cells = tuple(dict.fromkeys(str(c) for b in (after, before) for c in _sources(b) if str(c) in touched))
            yield BlockChange(
                name,
                kind,
                where.get(name, ""),
                old.pages.get(name, 0) if before else 0,
                new.pages.get(name, 0) if after else 0,
                sentences,
                figures,
                cells,
            )


def _places(document: Document) -> dict[str, str]:
    out: dict[str, str] = {}
    for part in document.parts:
        above = ""
        for block in part.whole():
            if isinstance(block, Heading) and block.level == 2:
                above = block.text
            if isinstance(block, Table):
                out[block.id] = f"{part.heading.text} {block.number} {block.title}".replace("  ", " ")
            else:
                own = above if above != block.text else ""
                out[block.id] = f"{part.heading.text} {own}".strip() if block is not part.heading else ""
    return out


def _sources(block: Block | None) -> tuple[Any, ...]:
    if block is None:
        return ()
    if isinstance(block, Table):
        return sources(s for row in block.body for c in row for s in c.spans)
    return sources(block.spans)


def _sentences(before: Block | None, after: Block | None) -> Iterator[SentenceChange]:
    if isinstance(before, Table) or isinstance(after, Table):
        yield from _table(before if isinstance(before, Table) else None, after if isinstance(after, Table) else None)
        return
    one = before.spans if before is not None else ()
    other = after.spans if after is not None else ()
    left, right = split(words_of(one)), split(words_of(other))
    keys = ["".join(s) for s in left], ["".join(s) for s in right]
    for tag, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for k in range(max(b - a, d - c)):
            x = left[a + k] if a + k < b else []
            y = right[c + k] if c + k < d else []
            yield SentenceChange("".join(x), "".join(y), tuple(operations(x, y)))


def words_of(spans: Spans) -> list[str]:
    """The words of some spans; each figure is one."""
    return [t.text for t in tokens_of("", spans)]


def split(words: Sequence[str]) -> list[list[str]]:
    """Words as sentences."""
    out: list[list[str]] = [[]]
    for word in words:
        out[-1].append(word)
        if word in "。！？\n":
            out.append([])
    return [s for s in out if s]


def operations(old: Sequence[str], new: Sequence[str]) -> Iterator[Op]:
    """Words kept, taken out and put in, in reading order.  A word or two that happen to be the same
    between two changes are shown as part of them: that reads better."""
    pieces: list[tuple[list[str], list[str], bool]] = []
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for n, (tag, a, b, c, d) in enumerate(opcodes):
        inner = 0 < n < len(opcodes) - 1
        small = (
            tag == "equal"
            and inner
            and b - a <= 2
            and not any(ch.isdigit() or ch in "，；。" for w in old[a:b] for ch in w)
        )
        same = tag == "equal" and not small
        if pieces and not same and not pieces[-1][2]:
            pieces[-1][0].extend(old[a:b])
            pieces[-1][1].extend(new[c:d])
        else:
            pieces.append((list(old[a:b]), list(new[c:d]), same))
    for gone, come, same in pieces:
        if same:
            yield "equal", "".join(gone)
            continue
        if gone:
            yield "delete", "".join(gone)
        if come:
            yield "insert", "".join(come)


def _figures(before: Block | None, after: Block | None, touched: set[str]) -> Iterator[FigureChange]:
    def known(block: Block | None) -> dict[tuple[object, ...], tuple[str, str, tuple[str, ...]]]:
        if block is None:
            return {}
        spans = (
            [s for row in block.body for c in row for s in c.spans] if isinstance(block, Table) else list(block.spans)
        )
        refs = refs_of("", spans)
        return {(r.unit, r.label, r.formula, r.cells, r.nth): (r.label, r.printed, r.cells) for r in refs}

    old, new = known(before), known(after)
    for key, (label, printed, cells) in new.items():
        was = old.get(key)
        if was is not None and was[1] != printed:
            yield FigureChange(label, was[1], printed, tuple(c for c in cells if c in touched) or cells)


# ------------------------------------------------------------------ tables


def row_key(row: Iterable[Any]) -> str:
    """What a row is known by: the words in it, not its numbers."""
    return "\x1f".join("" if any(s.figure is not None for s in c.spans) else c.text for c in row)


def rows_aligned(old: Table, new: Table) -> list[tuple[int | None, int | None]]:
    """Rows of two tables in merged order."""
    one, other = [row_key(r) for r in old.body], [row_key(r) for r in new.body]
    out: list[tuple[int | None, int | None]] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c and _alike(old, new, range(a, b), range(c, d))):
            out += list(zip(range(a, b), range(c, d), strict=True))
        else:
            out += [(k, None) for k in range(a, b)]
            out += [(None, k) for k in range(c, d)]
    return out


def _alike(old: Table, new: Table, ours: range, theirs: range) -> bool:
    """Rows that only say something else in some cells: the same code or first words."""
    for a, b in zip(ours, theirs, strict=True):
        one, other = old.body[a], new.body[b]
        if len(one) != len(other) or not one or one[0].text != other[0].text or not one[0].text:
            return False
    return True


def _whole(old: str, new: str, where: str) -> SentenceChange:
    """A change shown as a whole: nothing in it is cut."""
    return SentenceChange(old, new, tuple(operations([old] if old else [], [new] if new else [])), where)


def _table(before: Table | None, after: Table | None) -> Iterator[SentenceChange]:
    if before is None or after is None:
        names = [f"{t.number} {t.title}".strip() if t is not None else "" for t in (before, after)]
        yield _whole(names[0], names[1], "整张表")
        return
    for name in ("title", "subtitle", "number", "left", "middle", "right"):
        if getattr(before, name) != getattr(after, name):
            yield _whole(getattr(before, name), getattr(after, name), "表头")
    heads = after.grid("header")
    if before.grid("header") != heads:
        one, other = ("｜".join(c for row in t.grid("header") for c in row if c) for t in (before, after))
        yield _whole(one, other, "栏目")
    for a, b in rows_aligned(before, after):
        if a is None or b is None:
            one = "｜".join(c.text for c in before.body[a]) if a is not None else ""
            other = "｜".join(c.text for c in after.body[b]) if b is not None else ""
            yield _whole(one, other, f"第{(b if b is not None else a or 0) + 1}行")
            continue
        for k, (left, right) in enumerate(zip(before.body[a], after.body[b], strict=False)):
            if left.text != right.text:
                column = next((h[k] for h in reversed(heads) if k < len(h) and h[k] and not h[k].isdigit()), "")
                ops = tuple(operations(words_of(left.spans), words_of(right.spans)))
                yield SentenceChange(
                    left.text, right.text, ops, f"第{b + 1}行 {_row_label(after, b, k)} {column}".strip()
                )
    one, other = ("".join(s.text for n in t.notes for s in n) for t in (before, after))
    if one != other:
        yield _whole(one, other, "附注")


LINE_NUMBER = "行次"


def _row_label(table: Table, row: int, column: int) -> str:
    """What a cell is about: the nearest words before it, which on tables of two sides are its own half's, and its 行次."""
    heads = [h for h in table.grid("header") if len(h) > column]
    own, name, number = table.body[row][column], "", ""
    amount = any(s.figure for s in own.spans) or not own.text.strip() or _coded(own.text)
    for k in range(column if amount else max(column - 1, 0), -1, -1):
        cell = table.body[row][k]
        if any(s.figure for s in cell.spans):
            if not amount:
                break  # the other half
        elif not number and any(h[k].strip() == LINE_NUMBER for h in heads):
            number = cell.text.strip()
        elif cell.text.strip() and not _coded(cell.text):
            name = cell.text.strip()
            break
    return f"{name}（{LINE_NUMBER}{number}）" if name and number else name


def _coded(text: str) -> bool:
    return text.strip().replace(",", "").replace(".", "").replace("-", "").isdigit()


# ------------------------------------------------------------------ pages


def _pages(old: Side, new: Side) -> Iterator[PageShift]:
    before = {b.id: old.pages.get(b.id, 0) for b in old.document.contents()}
    for block in new.document.contents():
        was, now = before.get(block.id), new.pages.get(block.id, 0)
        if was is not None and was != now:
            yield PageShift(block.in_toc, was, now)
