"""Puts people's edits into a generated document and says what could not be put."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from generator.edits._three_way import keys, merge
from generator.edits.model import PLACE, Applied, Conflict, Dispute, Edit, Edits
from generator.edits.naming import called, names_of
from generator.edits.text import (
    FigureIndex,
    FigureRef,
    Token,
    digest,
    index_of,
    marked,
    read_marked,
    settled,
    text_blocks,
    tokens_of,
)
from generator.edits.words import amounts, same_number
from generator.model import (
    Block,
    CellRef,
    Document,
    Finding,
    Heading,
    Paragraph,
    Part,
    Span,
    Spans,
    Table,
    TextPlace,
    make_finding,
    plain,
    sources,
)

LONG = 40


def apply(document: Document, edits: Edits) -> Applied:
    """See :func:`generator.edits`."""
    if not edits.entries:
        return Applied(document, edits.findings, (), ())
    worker = _Applying(document)
    for edit in edits:
        worker.put(edit)
    worker.place([e for e in edits if e.action in ("insert", "move")])
    return Applied(
        worker.document(), (*edits.findings, *worker.findings), tuple(worker.orphans), tuple(worker.conflicts)
    )


def settle(document: Document, edit: Edit, *, author: str, at: str) -> Edit:
    """The edit over what is generated now, alternatives and disputes closed."""
    block = text_blocks(document).get(edit.block)
    index = index_of(document)
    refs: list[FigureRef] = []
    base_text = marked(tokens_of(block.id, block.spans), refs) if block is not None else edit.base_text
    known = [t for t in settled(read_marked(edit.text, edit.figures), index) if t.ref is None or index.find(t.ref)]
    text = marked(known, refs)
    update = {"base_text": base_text, "base": digest(base_text), "text": text, "figures": tuple(refs)}
    closed = edit.note + f"{at} {author}确定采用改写的文字。"
    return edit.model_copy(update={**update, "disputes": (), "alternatives": (), "note": closed})


class _Applying:
    """One pass over one document."""

    def __init__(self, document: Document) -> None:
        self.before = document
        self.index: FigureIndex = index_of(document)
        self.blocks = {b.id: b for b in document.blocks()}
        self.names = names_of(document)
        self.made: dict[str, tuple[Block, ...]] = {}
        self.parts = [[p.heading.id, *(b.id for b in p.blocks)] for p in document.parts]
        self.findings: list[Finding] = []
        self.orphans: list[Edit] = []
        self.conflicts: list[Conflict] = []

    # -------------------------------------------------------------- one edit

    def put(self, edit: Edit) -> None:
        block = self.blocks.get(edit.block)
        if edit.action == "note":
            pass
        elif edit.action == "insert":
            self._insert(edit)
        elif block is None:
            self._orphan(edit)
            return
        elif isinstance(block, Table):
            pass
        elif edit.action in ("reword", "move"):
            self._reword(edit, block)
        elif edit.action == "delete":
            self._delete(edit, block)
        for dispute in edit.disputes:
            self._dispute(edit, dispute)

    def _orphan(self, edit: Edit) -> None:
        self.orphans.append(edit)
        words = _short(edit.plain or "（删去）")
        self._say("ED-103", edit, text=words)

    def _reword(self, edit: Edit, block: Heading | Paragraph) -> None:
        if edit.action == "move" and not edit.text:
            return
        now = tokens_of(block.id, block.spans)
        base = settled(read_marked(edit.base_text, edit.figures), self.index)
        person = settled(read_marked(edit.text, edit.figures), self.index)
        merged = merge(base, person, now)
        lost = [t for t in merged.tokens if t.ref is not None and t.span is None]
        rivals = [(a, _text(settled(read_marked(a.text, a.figures), self.index))) for a in edit.alternatives]
        others = tuple(f"{a.author} {a.at}：{text}" for a, text in rivals if text != _text(person))
        if _text(person) == block.text and not others:
            return  # what is generated now says the same: there are no two wordings to choose from
        if merged.conflict or lost or others:
            self._conflict(edit, Conflict(block.id, _text(base), _text(person), block.text, others))
        tokens = merged.tokens
        self.made[block.id] = _rebuilt(block, tokens, now)
        self._loose(edit, tokens, now)
        if keys(tokens) != keys(now) and not merged.conflict:
            self._say("ED-106", edit, sources(block.spans), text=_short(_text(tokens)))

    def _delete(self, edit: Edit, block: Heading | Paragraph) -> None:
        now = tokens_of(block.id, block.spans)
        base = settled(read_marked(edit.base_text, edit.figures), self.index)
        if keys(base) != keys(now):
            self._conflict(edit, Conflict(block.id, _text(base), "（删去）", block.text))
            return
        self.made[block.id] = ()
        self._say("ED-105", edit, sources(block.spans), text=_short(block.text))

    def _insert(self, edit: Edit) -> None:
        tokens = settled(read_marked(edit.text, edit.figures), self.index)
        lost = [t for t in tokens if t.ref is not None and t.span is None]
        if lost:
            self._conflict(edit, Conflict(edit.block, "", _text(tokens), "（所引用的数现在没有了）"))
        self.made[edit.block] = _rebuilt(Paragraph(edit.block, ()), tokens, ())
        self._loose(edit, tokens, ())
        self._say("ED-106/added", edit, text=_short(_text(tokens)))

    def _conflict(self, edit: Edit, conflict: Conflict) -> None:
        self.conflicts.append(conflict)
        others = "".join(f"；另一改写：{a}" for a in conflict.alternatives)
        self._say(
            "ED-101",
            edit,
            (),
            "请确定采用哪一种：juesuan edits 部门 列出改写的段落和编号，再用 juesuan edits 部门 --decide 编号 person（采用改写）或 "
            "generated（采用生成）。",
            person=conflict.person,
            now=conflict.now,
            others=others,
            base=conflict.base,
        )

    def _dispute(self, edit: Edit, dispute: Dispute) -> None:
        cells = tuple(CellRef(*c.rsplit("!", 1)) for c in dispute.cells if "!" in c)
        where = f"（{dispute.where}）" if dispute.where else ""
        if dispute.kind == "number":
            now = dispute.generated
            if dispute.figure is not None:
                found = self.index.find(dispute.figure)
                now = found[1].text if found else now
            if same_number(now, dispute.typed):
                return  # the data have come to agree
            words = {"where": where, "generated": dispute.generated, "expected": now, "actual": dispute.typed}
            self._say("ED-102", edit, cells, **words)
        elif dispute.kind == "words":
            words = {"generated": _short(dispute.generated), "typed": _short(dispute.typed), "where": where}
            self._say("ED-108", edit, cells, **words)
        else:
            self._say("ED-109", edit, cells, typed=dispute.typed, where=where)

    def _loose(self, edit: Edit, tokens: Sequence[Token], now: Iterable[Token]) -> None:
        """Numbers in a person's words that no figure stands behind and that were not generated."""
        given = (
            {t.text for t in now}
            | {t.text for t in read_marked(edit.base_text, edit.figures)}
            | {str(self.before.year)}
        )
        typed = "".join(" " if t.ref is not None else t.text for t in tokens)
        loose = list(dict.fromkeys(n for n in amounts(typed) if n not in given))
        if loose:
            self._say("ED-104", edit, numbers="、".join(loose))

    def _say(
        self,
        rule: str,
        edit: Edit,
        cells: tuple[CellRef, ...] = (),
        hint: str = "",
        /,
        **words: object,
    ) -> None:
        place = (TextPlace(PLACE, edit.block, called(self.names, edit.block, edit.after)), *cells[:8])
        self.findings.append(make_finding(rule, place, who=_who(edit), **words).but(hint=hint))

    # -------------------------------------------------------------- order

    def place(self, edits: Sequence[Edit]) -> None:
        """Added and moved paragraphs go after the block that they followed."""
        waiting = list(edits)
        while waiting:
            rest = [e for e in waiting if not self._placed(e)]
            if len(rest) == len(waiting):
                break
            waiting = rest
        for edit in waiting:
            if edit.action == "insert":
                self.made.pop(edit.block, None)
                self._orphan(edit)
            elif edit.block in self.blocks:
                self._say("ED-103/place", edit, text=_short(edit.plain))

    def _placed(self, edit: Edit) -> bool:
        if edit.action == "move" and edit.block not in self.blocks:
            return True
        target = next((p for p in self.parts if edit.after in p), None)
        if target is None:
            return False
        for part in self.parts:
            if edit.block in part[1:]:
                part.remove(edit.block)
        target.insert(target.index(edit.after) + 1, edit.block)
        return True

    def document(self) -> Document:
        parts: list[Part] = []
        for part, order in zip(self.before.parts, self.parts, strict=True):
            heading = self.made.get(part.heading.id, (part.heading,))
            first = heading[0] if heading and isinstance(heading[0], Heading) else part.heading
            blocks: list[Block] = list(heading[1:])
            for name in order[1:]:
                blocks.extend(self.made[name] if name in self.made else (self.blocks[name],))
            parts.append(replace(part, heading=first, blocks=tuple(blocks)))
        return replace(self.before, parts=tuple(parts))


def _who(edit: Edit) -> str:
    return edit.author or "有人"


def _short(text: str) -> str:
    text = text.replace("\n", "／")
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def _text(tokens: Iterable[Token]) -> str:
    return "".join(t.text for t in tokens)


def _rebuilt(block: Heading | Paragraph, tokens: Sequence[Token], now: Sequence[Token]) -> tuple[Block, ...]:
    """The block with other words; further lines become paragraphs of their own."""
    lines: list[list[Span]] = [[]]
    same = _same(tokens, now)
    for number, token in enumerate(tokens):
        if token.text == "\n":
            lines.append([])
            continue
        span = token.span or same.get(number) or Span(token.text, "typed")
        last = lines[-1][-1] if lines[-1] else None
        if (
            last is not None
            and last.kind == span.kind
            and last.cells == span.cells
            and span.figure is None
            and last.figure is None
        ):
            lines[-1][-1] = replace(last, text=last.text + span.text)
        else:
            lines[-1].append(span)
    kept = [tuple(line) for line in lines if plain(line).strip()]
    if not kept:
        return ()
    style = block.style if isinstance(block, Paragraph) else "body"
    rest = tuple(Paragraph(f"{block.id}~{k}", spans, style) for k, spans in enumerate(kept[1:], 2))
    return (replace(block, spans=_spans(kept[0])), *rest)


def _spans(spans: Spans) -> Spans:
    return tuple(s for s in spans if s.text)


def _same(tokens: Sequence[Token], now: Sequence[Token]) -> dict[int, Span]:
    """Words that are as they are generated keep their source."""
    out: dict[int, Span] = {}
    for a, b, size in SequenceMatcher(None, keys(tokens), keys(now), autojunk=False).get_matching_blocks():
        for k in range(size):
            span = now[b + k].span
            if span is not None:
                out[a + k] = span
    return out
