"""What was learned, applied to a published document: its tables give the figures, its facts and free words are granted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from generator.learning._changes import Way, ways_of
from generator.learning.pieces import LEVEL, Piece, Sentence
from generator.learning.printing import CHANGED, Style, Votes, kind_of
from generator.learning.scene import Scene
from generator.learning.sources import Source, spread, value_of
from generator.learning.templates import Learned, Template, cells_of, facts_of, may_be, operands, scopes_of, topic_of
from generator.published import quantities_in

OPEN = "【{}】"
INSIDE = Decimal("0.03")


@dataclass
class Tried:
    """A published sentence beside what the learned templates make of it."""

    published: str
    generated: str = ""
    computed: bool = False
    granted: list[str] = field(default_factory=list)  # words and counts that only a person knows
    facts: dict[str, str] = field(default_factory=dict)  # numbers that no table has
    assumed: list[str] = field(default_factory=list)  # a way of putting it that was not seen
    why: str = ""

    @property
    def equal(self) -> bool:
        return "".join(self.generated.split()) == "".join(self.published.split())

    def as_json(self) -> dict[str, object]:
        return {
            "published": self.published,
            "generated": self.generated,
            "computed": self.computed,
            "granted": self.granted,
            "facts": self.facts,
            "unsure": self.assumed,
        }


def try_on(learned: Learned, scene: Scene) -> list[Tried]:
    """Every sentence of a document, generated.  How it prints a zero and thousands is the office's own choice."""
    own = Votes()
    for sentence in scene.sentences:
        topic = topic_of(sentence.paragraph, scene.document.identity.department)
        for piece in sentence.pieces:
            for quantity in [piece.quantity] if piece.quantity else quantities_in(piece.said):
                if piece.kind in ("number", "change") and quantity.kind in ("amount", "rate"):
                    changed = CHANGED if piece.kind == "change" and quantity.kind == "rate" else ""
                    own.count((topic, ""), quantity, changed)
    return [_tried(learned, scene, s, own) for s in scene.sentences]


def _tried(learned: Learned, scene: Scene, sentence: Sentence, own: Votes) -> Tried:
    topic = topic_of(sentence.paragraph, scene.document.identity.department)
    template = learned.find(scene, sentence)
    out = Tried(sentence.text)
    numbers = [p for p in sentence.pieces if p.kind in ("number", "change", "side")]
    loose = template is None
    template = template or learned.near(scene, sentence) or learned.uncompared(scene, sentence)
    if template is None:
        out.computed = any(p.kind != "number" or _from_tables(scene, sentence, p) for p in numbers)
        out.why = "没有见过这样的句子"
        return out
    parts = list(_Writer(learned, template, scene, sentence, out, own, topic, loose).parts())
    out.generated = "".join(parts)
    return out


def own_lead(form: str) -> str:
    """What is compared with, where no document says how: 比-1年预算."""
    return form


def _from_tables(scene: Scene, sentence: Sentence, piece: Piece) -> bool:
    """Whether a number of a sentence that was never seen is one that the tables may have."""
    mention = scene.mention(sentence.paragraph, piece.start)
    if piece.quantity is not None and piece.quantity.kind == "rate":  # of amounts that no table has, or of the tables
        amounts = [p for p in sentence.pieces if p.quantity is not None and p.quantity.kind == "amount"]
        return not amounts or any(_from_tables(scene, sentence, p) for p in amounts)
    return mention is not None and bool(scene.binder.candidates(mention))


@dataclass
class _Writer:
    learned: Learned
    template: Template
    scene: Scene
    sentence: Sentence
    out: Tried
    own: Votes  # how this document prints its numbers
    topic: str
    loose: bool = False  # clauses of words are a person's

    def parts(self) -> Iterator[str]:
        theirs = list(enumerate(self.template.pieces))
        if len(theirs) == len(self.sentence.pieces):
            for (number, piece), own in zip(theirs, self.sentence.pieces, strict=True):
                yield self._part(number, piece, own)
            return
        kept = iter((n, p) for n, p in theirs if p.kind not in ("words", "change"))
        for own in self.sentence.pieces:  # words instead of a change
            if own.kind == "words":
                self.out.granted.append(own.said)
                yield own.said
            else:
                yield self._part(*next(kept), own)

    def _part(self, number: int, piece: Piece, own: Piece) -> str:
        identity = self.scene.document.identity
        if piece.kind == "words" and self.loose and piece.said != own.said:
            self.out.granted.append(own.said)
            return own.said
        if piece.kind == "words":
            last = number == len(self.template.pieces) - 1
            return piece.said.rstrip("。；") + own.said[len(own.said.rstrip("。；")) :] if last else piece.said
        if piece.kind == "department":
            return identity.department
        if piece.kind == "year":
            return str(identity.year + int(piece.form))
        if piece.kind == "list":
            return self.scene.lists.get(piece.form, "")
        if piece.kind == "ordinal":
            return own.said
        if piece.kind in ("subject", "class"):
            return own.said
        if piece.kind == "free":
            self.out.granted.append(own.said)
            return own.said
        if piece.kind == "number":
            return self._number(number, own)
        if piece.kind == "side":
            return self._side(number, own)
        return self._change(number, own)

    # -------------------------------------------------------------- numbers

    def _number(self, number: int, own: Piece) -> str:
        assert own.quantity is not None
        slot = self.template.slots.get(number)
        quantity = own.quantity
        if slot is None or slot.source.op == "fact":
            if quantity.kind in ("amount", "rate", "points"):
                self.out.facts[slot.source.name if slot else "数"] = quantity.text
            else:
                self.out.granted.append(own.said)
            return own.said
        self.out.computed = True
        source = self._of_this_part(slot.source, own)
        if source.name.startswith("basic:3") and not list(cells_of(self.scene, self.sentence, own)):
            return OPEN.format("全部资金的数，报表里没有")  # the table is of the treasury's money alone
        value = self._value(source, own)
        if value is None:
            return OPEN.format(slot.source)
        if (
            quantity.kind == "rate"
            and all(s.op == "fact" for s in slot.source.of)
            and abs(value - quantity.value) < 2 * INSIDE
        ):
            return own.said  # facts are printed with fewer digits than the rate was made from
        unit = quantity.unit
        style = self._style(number, kind_of(quantity))
        low, high = spread(source, self.scene, self.scene.code_at(self.sentence, own.start))
        if style.show(low, unit) != style.show(high, unit):
            self.out.assumed.append(
                f"报表印出的位数不够，比率在{style.show(low, unit)}%和{style.show(high, unit)}%之间"
            )
        return f"{style.show(value, unit)}{unit}"

    def _of_this_part(self, source: Source, own: Piece) -> Source:
        """A form that was seen in another part of a document only: the cell that the words mean in this part."""
        if source.op != "cell" or self.template.topic == self.topic:
            return source
        here = list(cells_of(self.scene, self.sentence, own))
        return source if not here or source in here else here[0]

    def _style(self, number: int, kind: str) -> Style:
        """As it was learned at this place, with the zero and the thousands of this office."""
        votes, place = self.learned.votes, self.template.scope(number)
        learned = votes.style(scopes_of(self.template, number), kind)
        own = self.own.style((self.topic, ""), kind)
        zero, here = own.zero or learned.zero, votes.at(place, kind, "zero")
        if here and (kind == "%" or len(self.own.at(self.topic, kind, "zero")) > 1):
            zero = str(here[0])
        ends = learned.ends if votes.at(place, kind, "ends") else own.ends
        return replace(learned, zero=zero, thousands=own.thousands, ends=ends)

    def _value(self, source: Source, own: Piece, *, change: bool = False) -> Decimal | None:
        code = self.scene.code_at(self.sentence, own.start)
        facts = facts_of(self.learned, self.scene, self.sentence, own.start)
        basis = "share" if source.op in ("share", "completion") else "change" if change else ""
        return value_of(source, self.scene, code, facts, printed=self.learned.printed.get(basis, False))

    # -------------------------------------------------------------- changes

    def _change(self, number: int, own: Piece) -> str:
        found = own.found
        assert found is not None
        lead = found["lead"] + found["what"]
        told = ways_of(own)
        now_slot, was_slot = self.template.slots.get(number), self.template.bases.get(number)
        self.out.computed = self.out.computed or now_slot is not None or bool(told.shape)
        if now_slot is None or was_slot is None:
            if not told.shape:  # of a number of people, of something no table has
                self.out.granted.append(own.said)
                return own.said
            return lead + OPEN.format("增减")
        now = self._value(now_slot.source, own, change=True)
        if now is None:  # what it is of is told in other words here: the amount before it
            near = operands(self.learned, self.scene, self.sentence, own.start)
            now = next((v for s in near if (v := self._value(s, own, change=True)) is not None), None)
        if now is None:
            return lead + OPEN.format(now_slot.source)
        was = self._before(now_slot.source, was_slot.source, now, told, own)
        if was is None:
            return lead + OPEN.format(was_slot.source)
        derived = was_slot.source.op in ("before", "last") and not (now_slot.source.op == "cell" and self.scene.last)
        gap = now - was
        sign = 0 if abs(gap) < Decimal(50) else 1 if gap > 0 else -1
        way = self._way(number, own.form, sign, told.shape)
        form = way.form
        if "A" in form:
            style = self._style(number, "万元")
            form = form.replace("A", style.show(abs(gap), "万元"), 1)
        if "R" in form:
            rate = abs(gap / was * 100) if was else Decimal(100 if gap else 0)
            if derived and told.rate is not None and may_be(now, was, told.rate, told.rate_half):
                rate = told.rate  # what it was has further digits that the rate tells
            style = self._style(number, CHANGED)
            form = form.replace("R", style.show(rate, "%"), 1)
        return re.sub(r"[+-]\d(?=年)", lambda m: str(self.scene.document.identity.year + int(m[0])), form)

    def _before(self, now: Source, was: Source, value: Decimal, told: Way, own: Piece) -> Decimal | None:
        """What it was before: last year's cell, a number of the text, or (granted) what the printed change says."""
        if now.op == "cell" and self.scene.last is not None and was.op in ("last", "before"):
            return self._value(Source("last", now.name), own, change=True)
        if was.op not in ("before", "last"):
            return self._value(was, own, change=True)
        if told.amount is None and told.sign:
            return None
        before = value - told.sign * (told.amount or Decimal(0))
        self.out.facts[f"{now}的上年数（由增减额推出）"] = f"{before / 10000:f}"
        return before

    def _way(self, number: int, form: str, sign: int, _shape: str) -> Way:
        """How this direction is put: as seen here, else with the same words elsewhere, else turned round."""
        own = self.template.ways.get(number, Counter[Way]())
        seen = [w for w, _ in sorted(own.items(), key=lambda i: -i[1])]
        same = next((w for w in seen if w.sign == sign), None)
        if same is not None:
            return same
        shape = next((w.shape for w in seen if w.sign), "")
        elsewhere = [w for w, _ in self.learned.ways.get(form, Counter[Way]()).items()]
        for way in elsewhere:
            if way.sign == sign and (not sign or not shape or way.shape == shape):
                return way
        if sign:
            opposite = next((w for w in (*seen, *elsewhere) if w.sign == -sign), None)
            lead = own_lead(form)
            made = Way(sign, opposite.turned() if opposite else lead + ("增加A万元" if sign > 0 else "减少A万元"))
        else:
            made = Way(0, own_lead(form) + self._level())
        self.out.assumed.append(made.form)
        return made

    def _level(self) -> str:
        """How this document says that nothing changed."""
        counts: dict[str, int] = {}
        for ways in self.learned.ways.values():
            for way, times in ways.items():
                words = re.search(LEVEL, way.form)
                if not way.sign and words is not None:
                    counts[words[0]] = counts.get(words[0], 0) + times
        return max(counts, key=lambda f: counts[f]) if counts else "持平"

    def _side(self, number: int, own: Piece) -> str:
        """决算数大于预算数: by the completion told before it."""
        facts = self.sentence
        rate = next(
            (
                p.quantity
                for p in reversed(facts.pieces)
                if p.end <= own.start and p.quantity and p.quantity.kind == "rate"
            ),
            None,
        )
        if rate is None:
            return own.said
        sign = 0 if rate.value == 100 else 1 if rate.value > 100 else -1
        if not rate.value:
            sign = self._both(own)
        return self._way(number, own.form, sign, "").form

    def _both(self, own: Piece) -> int:
        """Nothing done: less than was planned, or nothing was planned either."""
        at = max(
            (k for k, p in enumerate(self.sentence.pieces) if p.end <= own.start and p.kind == "number"), default=-1
        )
        slot = self.template.slots.get(at)
        if slot is not None and slot.source.op == "completion":
            planned = self._value(slot.source.of[1], self.sentence.pieces[at])
            if planned is not None:
                return -1 if planned > 0 else 0
        before = [
            p for s in self.scene.by_paragraph[self.sentence.paragraph.block] for p in s.pieces if p.end <= own.start
        ]
        done = next((p.quantity for p in reversed(before) if p.quantity and p.quantity.kind == "amount"), None)
        return 0 if done is not None and not done.value else -1
