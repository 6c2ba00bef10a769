"""One document to learn from or to apply to: its cells by name, last year's beside them, the facts of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from generator.learning.pieces import Names, Sentence, sentences_of
from generator.model import Figure
from generator.published import Binder, Mention, Paragraph, Understood, bare, cell, flat, mentions_in

CODE = "{code}"
AND = "（和）"  # a list whose last name is joined by 和
GROUPS = {
    "人员经费": ("301", "303"),
    "公用经费": ("302", "307", "309", "310", "311", "312", "313", "399"),
    "工资福利支出": ("301",),
    "商品和服务支出": ("302",),
    "对个人和家庭的补助": ("303",),
    "资本性支出": ("310",),
}


@dataclass
class Scene:
    """A document with what its sentences are evaluated on."""

    document: Understood
    last: Understood | None = None
    weight: int = 1000  # of its sentences in every vote; what only a pack says weighs 1
    _cells: dict[str, Figure | None] = field(default_factory=dict)

    @cached_property
    def binder(self) -> Binder:
        return Binder(self.document)

    @cached_property
    def binder_of_last(self) -> Binder | None:
        return Binder(self.last) if self.last is not None else None

    @cached_property
    def names(self) -> Names:
        classes = {_full(n): c for c, n in self.binder.functional.items() if len(c) == 3}
        identity = self.document.identity
        lists: dict[str, tuple[str, ...]] = {}
        for name, said in self.lists.items():
            if said:
                lists[flat(said)] = (*lists.get(flat(said), ()), name)
        return Names(identity.department, identity.year, classes, lists)

    @cached_property
    def lists(self) -> Mapping[str, str]:
        """The accounts with figures, as a list would name them, by what makes the list."""
        table = self.document.by_id.get("basic")
        out: dict[str, str] = {}
        for name, groups in GROUPS.items():
            rows = [r for r in table.rows if r.kind == "subject" and len(r.code) == 5] if table else []
            rows = [r for r in rows if r.code[:3] in groups and any(f for f in r.figures.values())]
            labels = [_full(r.label) for r in sorted(rows, key=lambda r: r.code)]
            out[name] = "、".join(labels)
            out[f"{name}{AND}"] = "和".join(filter(None, ("、".join(labels[:-1]), *labels[-1:])))
        return out

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Every sentence outside the tables, in reading order."""
        titles = {line for t in self.document.tables for line in t.above}
        found = [p for p in self.document.paragraphs if p.source.text not in titles]
        return [s for p in found for s in sentences_of(p, self.names)]

    @cached_property
    def by_paragraph(self) -> dict[int, list[Sentence]]:
        """The sentences of each paragraph by its block."""
        out: dict[int, list[Sentence]] = {}
        for sentence in self.sentences:
            out.setdefault(sentence.paragraph.block, []).append(sentence)
        return out

    @cached_property
    def _mentions(self) -> dict[int, dict[int, Mention]]:
        return {}

    def mention(self, paragraph: Paragraph, start: int) -> Mention | None:
        """The amount that begins at a place of a paragraph."""
        known = self._mentions.setdefault(paragraph.block, {})
        if not known:
            known.update({m.quantity.start: m for m in mentions_in(paragraph, self.document.identity.department)})
        return known.get(start)

    def code_at(self, sentence: Sentence, at: int) -> str:
        """The subject that a place of a sentence is about; empty where there is none, or the tables lack it."""
        names: tuple[str, ...] = ()
        for piece in sentence.pieces:
            if piece.kind in ("subject", "class") and piece.start <= at:
                names = piece.names
        if not names:
            for other in self.by_paragraph.get(sentence.paragraph.block, ()):
                if other.start < sentence.start:
                    names = next((p.names for p in other.pieces if p.kind in ("subject", "class")), names)
        return self.binder.code_of_names([flat(n) for n in names]) if names else ""

    def cell(self, name: str, code: str = "", *, last: bool = False) -> Figure | None:
        """The cell of a name; ``{code}`` in it is the subject in hand."""
        if CODE in name and not code:
            return None
        known = f"{'last ' if last else ''}{name.replace(CODE, code)}"
        if known not in self._cells:
            self._cells[known] = self._look(name.replace(CODE, code), code if CODE in name else "", last)
        return self._cells[known]

    def _look(self, name: str, code: str, last: bool) -> Figure | None:
        binder = self.binder_of_last if last else self.binder
        if binder is None:
            return None
        if "+" in name and name.count(":") > 2:
            parts = [self._look(n, code, last) for n in name.split("+")]
            known = [p for p in parts if p is not None]
            if not known or parts[0] is None:
                return None
            return Figure(sum((p.number for p in known), Decimal(0)), known[0].unit, known[0].cells)
        table, _, rest = name.partition(":")
        row, _, column = rest.partition(":")
        figure = binder.cell(table, row, column) if re.fullmatch(r"\d{3,7}", row) else None
        if figure is None:
            figure = cell(binder.document, name)
        if figure is None and code and table in binder.document.by_id:
            return Figure(Decimal(0))  # a table without the subject: nothing
        return None if figure is None or figure.missing else figure

    def total_of(self, name: str) -> Iterator[str]:
        """The names of the cells that a phrase means (本年支出合计)."""
        for paragraph in self.document.paragraphs[:1]:
            for candidate in self.binder.named(name, paragraph):
                yield candidate.name


def _full(name: str) -> str:
    return bare(name).replace("(", "（").replace(")", "）")
