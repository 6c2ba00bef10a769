"""Sentences of one form, with what each of their places stands for, chosen by majority."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from generator.learning._changes import Way, ways_of
from generator.learning.pieces import NO_YEAR_BEFORE, ORDINAL, Piece, Sentence
from generator.learning.printing import CHANGED, Votes, kind_of
from generator.learning.scene import CODE, Scene
from generator.learning.sources import Facts, Source, value_of
from generator.published import Paragraph, Quantity, bare, flat, quantities_in

WHOLE = re.compile(r"占(?P<what>[^，。；占]{2,40}?)(?:的?(?:比重|比例))?的?$")
TOTALS = (
    "summary:收入.总计", "summary:支出.总计", "income:∑:合计", "expenditure:∑:合计", "fiscal:收入.总计",
    "fiscal:支出.总计:合计", "fiscal:支出.本年合计:合计", "general:∑:合计", "general:∑:基本支出", "sangong::合计.决算数",
    "sangong::合计",
)  # fmt: skip
BUDGET = re.compile(r"(?:预算|预算数|\.预算数|:预算数)$")
ABOVE = 14  # paragraphs above that may hold what a share is of


@dataclass
class Slot:
    """A place with a number: its source, what else fits as well, how many of the occurrences it fits."""

    source: Source
    others: tuple[Source, ...] = ()
    fits: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Template:
    """All sentences of one form.  ``slots`` by the number of the piece; a change has two sources: what is and was."""

    topic: str
    lead: str  # what the paragraph begins with
    skeleton: str
    sentences: list[tuple[Scene, Sentence]] = field(default_factory=list)
    slots: dict[int, Slot] = field(default_factory=dict)
    bases: dict[int, Slot] = field(default_factory=dict)  # of a change: what it was before
    ways: dict[int, Counter[Way]] = field(default_factory=dict)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.sentences[0][1].pieces

    @property
    def weight(self) -> int:
        return sum(scene.weight for scene, _ in self.sentences)

    def scope(self, number: int) -> str:
        return f"{self.topic}|{self.lead}|{self.skeleton}|{number}"


@dataclass
class Learned:
    """Everything that was learned: templates by their form, the style of numbers, ways of putting changes."""

    templates: dict[tuple[str, str, str], Template]
    votes: Votes
    ways: dict[str, Counter[Way]]  # by what is compared with
    printed: dict[str, bool] = field(default_factory=dict)  # shares, changes: from amounts as they are printed
    _by_form: dict[str, list[Template]] = field(default_factory=lambda: defaultdict(list))
    _loose: dict[str, list[Template]] = field(default_factory=lambda: defaultdict(list))

    def place(self, scene: Scene, sentence: Sentence) -> tuple[str, str, str]:
        """What tells the template of a sentence: where it stands, what its paragraph begins with, its form."""
        topic = topic_of(sentence.paragraph, scene.document.identity.department)
        first = scene.by_paragraph[sentence.paragraph.block][0]
        return topic, "" if first.start == sentence.start else first.skeleton[:60], sentence.skeleton

    def add(self, scene: Scene, sentence: Sentence) -> None:
        key = self.place(scene, sentence)
        if key not in self.templates:
            self.templates[key] = Template(*key)
            self._by_form[sentence.skeleton].append(self.templates[key])
            self._loose[sentence.loose].append(self.templates[key])
        self.templates[key].sentences.append((scene, sentence))

    def find(self, scene: Scene, sentence: Sentence) -> Template | None:
        """The template of a sentence: of the same place, else of the same part, else the first of its form."""
        key = self.place(scene, sentence)
        own = self.templates.get(key)
        if own is not None:
            return own
        same = self._by_form.get(sentence.skeleton, [])
        return next((t for t in same if t.topic == key[0]), same[0] if same else None)

    def near(self, scene: Scene, sentence: Sentence) -> Template | None:
        """A template that differs in clauses of words alone, which a person may have typed."""
        topic = self.place(scene, sentence)[0]
        kinds = [p.kind for p in sentence.pieces]
        same = [t for t in self._loose.get(sentence.loose, []) if [p.kind for p in t.pieces] == kinds]
        return next((t for t in same if t.topic == topic), same[0] if same else None)

    def uncompared(self, scene: Scene, sentence: Sentence) -> Template | None:
        """A template with a change, for a sentence that says in words that there is nothing to compare with."""
        if not NO_YEAR_BEFORE.search(sentence.text):
            return None
        topic, form = self.place(scene, sentence)[0], sentence.loose
        kinds = [p.kind for p in sentence.pieces if p.kind != "words"]
        same = [
            t
            for t in self.templates.values()
            if any(p.kind == "change" for p in t.pieces)
            and t.sentences[0][1].uncompared == form
            and [p.kind for p in t.pieces if p.kind not in ("words", "change")] == kinds
        ]
        return next((t for t in same if t.topic == topic), same[0] if same else None)


def topic_of(paragraph: Paragraph, department: str) -> str:
    """The headings above without what changes from office to office and year to year."""
    out = []
    for heading in paragraph.section[-2:]:
        plain = re.sub(r"\d{4}年?(?:年度|度)?", "", bare(heading).replace(flat(department), ""))
        out.append(re.sub(r"^(?:部门|单位|\(部门\)|\(单位\))", "", plain))
    return "／".join(out)


def learn(scenes: Sequence[Scene], base: Sequence[Scene] = ()) -> Learned:
    """Templates from documents, the first counting most; what only the base says comes last."""
    learned = Learned({}, Votes(), defaultdict(Counter))
    for scene in (*scenes, *base):
        for sentence in scene.sentences:
            learned.add(scene, sentence)
    for template in learned.templates.values():
        _styles(template, learned)
    for template in learned.templates.values():
        _amounts(template, learned)
    for template in learned.templates.values():
        _rates(template, learned)
        _changes(template, learned)
    learned.printed.update(_bases(learned))
    return learned


def scopes_of(template: Template, number: int, learned_topic: str = "") -> list[str]:
    """From the place to the whole document."""
    return [template.scope(number), learned_topic or template.topic, ""]


def _styles(template: Template, learned: Learned) -> None:
    """How numbers are printed and changes put; a pack's own documents speak only where no other does."""
    others = all(scene.weight == 1 for scene, _ in template.sentences)
    for scene, sentence in template.sentences:
        for number, piece in enumerate(sentence.pieces):
            if piece.kind in ("change", "side"):
                template.ways.setdefault(number, Counter())[ways_of(piece)] += scene.weight
                learned.ways[piece.form][ways_of(piece)] += scene.weight
            if scene.weight == 1 and not others:
                continue
            scopes = scopes_of(template, number)[: 1 if others else None]
            for quantity in numbers_in(piece):
                changed = CHANGED if piece.kind == "change" and quantity.kind == "rate" else ""
                learned.votes.count(scopes, quantity, changed)


def numbers_in(piece: Piece) -> list[Quantity]:
    """The numbers of a piece: its own, or the amounts and rates inside a change."""
    if piece.kind == "change":
        return [q for q in quantities_in(piece.said) if q.kind in ("amount", "rate")]
    return [piece.quantity] if piece.quantity is not None else []


# ------------------------------------------------------------------ amounts


def _amounts(template: Template, learned: Learned) -> None:
    """The source of every amount and count: the cell that fits most sentences, else a fact."""
    for number, piece in enumerate(template.pieces):
        if piece.kind != "number" or piece.quantity is None or piece.quantity.kind == "rate":
            continue
        fits: Counter[Source] = Counter()
        seen: dict[Source, None] = {}
        for scene, sentence in template.sentences:
            for source in cells_of(scene, sentence, sentence.pieces[number]):
                seen.setdefault(source)
        for scene, sentence in template.sentences:
            own = sentence.pieces[number]
            code = scene.code_at(sentence, own.start)
            for source in seen:
                value = value_of(source, scene, code, Facts())
                if (
                    value is not None
                    and own.quantity is not None
                    and _prints(value, own, scene, template, number, learned)
                ):
                    fits[source] += scene.weight
        name = fact_name(template.sentences[0][0], template.sentences[0][1], piece)
        fact, words = Source("fact", name), template.topic + template.skeleton
        template.slots[number] = _chosen(fits, list(seen), fact, template.weight, words)


def _chosen(fits: Counter[Source], order: Sequence[Source], fact: Source, of: int, place: str = "") -> Slot:
    best = max(fits.values(), default=0)
    if best == 0 or best < 0.5 * of:
        return Slot(fact, (), of, of)
    equal = sorted((s for s in order if fits[s] == best), key=lambda s: _strange(s, place))
    return Slot(equal[0], tuple(equal[1:]), best, of)


def _strange(source: Source, place: str) -> int:
    """Whether a cell is of other money than the place speaks of: of all money, of the treasury's."""
    treasury = source.name.startswith(("fiscal", "general", "basic", "sangong", "fund", "soe"))
    return int(treasury != bool(re.search("财政拨款|一般公共预算|三公|政府性基金|国有资本", place)))


def cells_of(scene: Scene, sentence: Sentence, piece: Piece) -> Iterator[Source]:
    """The cells that an amount may mean by its words."""
    mention = scene.mention(sentence.paragraph, piece.start)
    if mention is None:
        return
    code = scene.code_at(sentence, piece.start)
    for candidate in scene.binder.candidates(mention):
        yield Source("cell", re.sub(rf"(?<=:){code}(?=:|$)", CODE, candidate.name) if code else candidate.name)
    before = next((p for p in reversed(sentence.pieces) if p.end <= piece.start), None)
    if before is not None and before.kind == "class" and code:
        for table in ("general", "expenditure", "by_function", "fund"):
            yield Source("cell", f"{table}:{CODE}:合计")


def _prints(value: Decimal, piece: Piece, scene: Scene, template: Template, number: int, learned: Learned) -> bool:
    """Whether a value is printed as this number: rounded, or cut where the document cuts."""
    quantity = piece.quantity
    assert quantity is not None
    size = quantity.half * 2
    gap = value - quantity.value
    rounded, cut = abs(gap) <= quantity.half, 0 <= gap < size
    if rounded != cut and scene.weight > 1:
        learned.votes.rounding(scopes_of(template, number)[:1], kind_of(quantity), down=cut)
    return rounded or cut


def fact_name(scene: Scene, sentence: Sentence, piece: Piece) -> str:
    """A number that no table has, by the words before it: from the last mark or number on."""
    text = sentence.paragraph.text
    start = sentence.start
    for other in sentence.pieces:
        if other.end <= piece.start and other.kind in ("number", "change", "side"):
            start = other.end
    words = text[start : piece.start].replace(scene.document.identity.department, "")
    words = re.split(r"[，。；：（）]", words)[-1] or words
    year = scene.document.identity.year
    words = re.sub(r"(?<!\d)20\d\d(?=年)", lambda m: {0: "本", -1: "上"}.get(int(m[0]) - year, m[0]), words)
    unit = piece.quantity.unit if piece.quantity is not None else ""
    return words.strip("，。；：、“”") or f"数（{unit}）"


# ------------------------------------------------------------------ rates


def operands(learned: Learned, scene: Scene, sentence: Sentence, at: int) -> list[Source]:
    """What a rate may be of: the amounts before it in the paragraph, the nearest first."""
    out: list[Source] = []
    for other in scene_sentences(scene, sentence.paragraph):
        if other.start > sentence.start:
            break
        known = learned.find(scene, other)
        for number, piece in enumerate(other.pieces):
            if known is not None and piece.start < at and piece.kind == "number" and number in known.slots:
                quantity = piece.quantity
                if quantity is not None and quantity.kind == "amount":
                    out.append(known.slots[number].source)
    return list(dict.fromkeys(reversed(out)))


def scene_sentences(scene: Scene, paragraph: Paragraph) -> list[Sentence]:
    return scene.by_paragraph.get(paragraph.block, [])


def _above(learned: Learned, scene: Scene, sentence: Sentence) -> list[Source]:
    """The amounts of the paragraphs above in the same part."""
    out: list[Source] = []
    blocks = [b for b in scene.by_paragraph if b < sentence.paragraph.block][-ABOVE:]
    for block in reversed(blocks):
        for other in scene.by_paragraph[block]:
            if other.paragraph.section[:2] != sentence.paragraph.section[:2]:
                return out
            known = learned.find(scene, other)
            out += [s.source for s in known.slots.values() if s.source.op == "cell"] if known else []
    return out


def _wholes(learned: Learned, scene: Scene, sentence: Sentence, piece: Piece) -> list[Source]:
    """What a share says it is of: the amount that was told under these words, else the cells that they mean."""
    words = WHOLE.search(sentence.paragraph.text[sentence.start : piece.start])
    if words is None:
        return []
    what = words["what"].strip("，、")
    return [*called(learned, scene, sentence, piece.start, what), *(Source("cell", n) for n in scene.total_of(what))]


def called(learned: Learned, scene: Scene, sentence: Sentence, upto: int, what: str) -> list[Source]:
    """The amounts told above in this part right after some words, the nearest first."""
    out: list[Source] = []
    for block in [b for b in scene.by_paragraph if b <= sentence.paragraph.block][-2 * ABOVE :]:
        for other in scene.by_paragraph[block]:
            known = learned.find(scene, other)
            for number, piece in enumerate(other.pieces if known else ()):
                slot = known.slots.get(number) if known else None
                before = block < sentence.paragraph.block or piece.end <= upto
                if slot is None or not before or piece.quantity is None or piece.quantity.kind != "amount":
                    continue
                if other.paragraph.text[: piece.start].removesuffix("为").endswith(what):
                    out.append(slot.source)
    return list(dict.fromkeys(reversed(out)))


def rate_candidates(learned: Learned, scene: Scene, sentence: Sentence, piece: Piece) -> Iterator[Source]:
    """What a rate may be, by the words around it."""
    near = operands(learned, scene, sentence, piece.start)[:8]
    before = sentence.paragraph.text[sentence.start : piece.start]
    if re.search(r"完成[^，。；]{0,14}$", before):
        for part in [s for s in near[:4] if not BUDGET.search(s.name)]:
            for whole in (*_budgets(part), *(s for s in near if BUDGET.search(s.name))):
                yield Source("completion", of=(part, whole))
    share = re.search(r"(?P<gap>[^。；]{0,60}?)占[^，。；占]{0,40}$", before)
    if share is None:
        return
    wholes = [*_wholes(learned, scene, sentence, piece), *near[1:], *_above(learned, scene, sentence)]
    wholes += [Source("cell", n) for n in TOTALS]
    gap = re.split(r"[，,；]|\d(?:万元|元)", share["gap"].rstrip("，,"))[-1]
    gap = ORDINAL.sub("", gap).split("其中：")[-1]
    parts = near[:1] if len(gap) < 2 else called(learned, scene, sentence, piece.start, gap)
    for part in parts:
        for whole in dict.fromkeys(wholes):
            if whole != part:
                yield Source("share", of=(part, whole))


def _budgets(source: Source) -> list[Source]:
    """The budget of an indicator that the table of 三公 holds beside its final account."""
    if "决算数" in source.name:
        return [Source("cell", source.name.replace("决算数", "预算数"))]
    return []


def _rates(template: Template, learned: Learned) -> None:
    for number, piece in enumerate(template.pieces):
        if piece.kind != "number" or piece.quantity is None or piece.quantity.kind != "rate":
            continue
        fits: Counter[Source] = Counter()
        gaps: Counter[Source] = Counter()
        seen: dict[Source, None] = {}
        for scene, sentence in template.sentences:
            for source in rate_candidates(learned, scene, sentence, sentence.pieces[number]):
                seen.setdefault(source)
        for scene, sentence in template.sentences:
            own = sentence.pieces[number]
            facts = facts_of(learned, scene, sentence, own.start)
            code = scene.code_at(sentence, own.start)
            for source in seen:
                gap = _gap(source, scene, code, facts, own)
                if gap is not None:
                    fits[source] += scene.weight
                    gaps[source] += int(gap * 10000) * scene.weight
        name = fact_name(template.sentences[0][0], template.sentences[0][1], piece)
        order = sorted(seen, key=lambda s: gaps[s])
        template.slots[number] = _chosen(fits, order, Source("fact", name), len(template.sentences))


def _gap(source: Source, scene: Scene, code: str, facts: Facts, piece: Piece) -> Decimal | None:
    """How far a rate is from what is printed; nothing where it is another one."""
    quantity = piece.quantity
    values = [value_of(source, scene, code, facts, printed=p) for p in (False, True)]
    known = [abs(v - quantity.value) for v in values if v is not None and quantity is not None]
    if quantity is None or not known:
        return None
    loose = quantity.half if source.known else max(quantity.half, Decimal("0.06"))
    return min(known) if min(known) <= loose else None


def facts_of(learned: Learned, scene: Scene, sentence: Sentence, upto: int) -> Facts:
    """The facts that a paragraph has told up to a place."""
    facts = Facts()
    for other in scene_sentences(scene, sentence.paragraph):
        known = learned.find(scene, other)
        for number, piece in enumerate(other.pieces if known else ()):
            slot = known.slots.get(number) if known else None
            if piece.start < upto and slot is not None and slot.source.op == "fact" and piece.quantity is not None:
                facts.values[slot.source.name, scene.code_at(other, piece.start)] = piece.quantity.value
    return facts


def _bases(learned: Learned) -> dict[str, bool]:
    """Whether shares and changes are told from amounts as they are printed, by what is printed more often."""
    votes: dict[str, Counter[bool]] = {"share": Counter(), "change": Counter()}
    for template in learned.templates.values():
        for number, slot in template.slots.items():
            for scene, sentence in template.sentences:
                if scene.weight == 1:
                    continue
                piece = sentence.pieces[number]
                facts, code = facts_of(learned, scene, sentence, piece.start), scene.code_at(sentence, piece.start)
                for printed in (False, True):
                    if slot.source.op in ("share", "completion") and piece.quantity is not None:
                        value = value_of(slot.source, scene, code, facts, printed=printed)
                        votes["share"][printed] += value is not None and _near(
                            value, piece.quantity.value, piece.quantity.half
                        )
                    elif piece.kind == "change" and number in template.bases:
                        pair = slot.source, template.bases[number].source
                        votes["change"][printed] += _exactly(piece, pair, scene, code, facts, printed=printed)
    return {kind: found[True] > found[False] for kind, found in votes.items()}


def _near(value: Decimal, other: Decimal, half: Decimal) -> bool:
    return abs(value - other) <= half


def _exactly(
    piece: Piece, pair: tuple[Source, Source], scene: Scene, code: str, facts: Facts, *, printed: bool
) -> bool:
    """Whether a change comes out to its last digit."""
    way = ways_of(piece)
    now, was = (value_of(s, scene, code, facts, printed=printed) for s in pair)
    if now is None or was is None:
        return False
    if way.amount is not None and not _near(abs(now - was), way.amount, way.half or Decimal(50)):
        return False
    return way.rate is None or not was or _near(abs((now - was) / was * 100), way.rate, way.rate_half)


# ------------------------------------------------------------------ changes


def _changes(template: Template, learned: Learned) -> None:
    """What a change is of and against what, by how many of the sentences it fits."""
    for number, piece in enumerate(template.pieces):
        if piece.kind != "change":
            continue
        fits: Counter[tuple[Source, Source]] = Counter()
        seen: dict[tuple[Source, Source], None] = {}
        for scene, sentence in template.sentences:
            for pair in change_candidates(learned, scene, sentence, sentence.pieces[number]):
                seen.setdefault(pair)
        for scene, sentence in template.sentences:
            own = sentence.pieces[number]
            facts = facts_of(learned, scene, sentence, own.start)
            code = scene.code_at(sentence, own.start)
            for pair in seen:
                if _tells(own, pair, scene, code, facts):
                    fits[pair] += scene.weight
        best = max(fits.values(), default=0)
        equal = [p for p in seen if fits[p] == best] if best else []
        order = sorted(equal, key=lambda p: not (p[0].known and p[1].known))
        if order:
            (now, was), others = order[0], order[1:]
            template.slots[number] = Slot(now, tuple(o[0] for o in others), best, template.weight)
            template.bases[number] = Slot(was, tuple(o[1] for o in others), best, template.weight)


def change_candidates(
    learned: Learned, scene: Scene, sentence: Sentence, piece: Piece
) -> Iterator[tuple[Source, Source]]:
    near = operands(learned, scene, sentence, piece.start)[:8]
    what = piece.found["what"] if piece.found is not None else ""
    plain = re.sub(r"^(?:今年|本年度?|当年|20\d\d年度?)", "", what)
    phrases = [what, plain, f"{plain}总计", f"本年{plain}合计"] if plain else []
    named = [Source("cell", n) for phrase in phrases for n in scene.total_of(phrase)]
    nows = [s for s in dict.fromkeys((*named, *near)) if not s.name.startswith("上")]
    if not near or plain:
        nows = list(dict.fromkeys((*nows, *_above(learned, scene, sentence))))[:24]
    for now in nows:
        if now.op == "cell":
            yield now, Source("last", now.name)
        for base in near:
            if base != now and base.name.startswith("上"):
                yield now, base
    for now in nows:
        yield now, Source("before", of=(now,))


def _tells(piece: Piece, pair: tuple[Source, Source], scene: Scene, code: str, facts: Facts) -> bool:
    """Whether a change between two values is what is printed."""
    way = ways_of(piece)
    now = value_of(pair[0], scene, code, facts)
    if now is None:
        return False
    if pair[1].op == "before":
        was: Decimal | None = None if way.amount is None and way.sign else now - way.sign * (way.amount or Decimal(0))
    else:
        was = value_of(pair[1], scene, code, facts)
    if was is None:
        return False
    gap, half = now - was, way.half or Decimal(50)
    sign = 0 if abs(gap) < Decimal(50) else 1 if gap > 0 else -1
    if sign != way.sign and abs(gap) > 2 * half:
        return False
    if way.amount is not None and abs(abs(gap) - way.amount) > 2 * half:
        return False
    return way.rate is None or may_be(now, was, way.rate, way.rate_half)


def may_be(now: Decimal, was: Decimal, rate: Decimal, last: Decimal) -> bool:
    """Whether a rate of change can follow from two amounts that are known to half of 0.01 万元."""
    half = Decimal(50)
    if abs(was) <= half:
        return rate in (Decimal(100), Decimal(0))
    found = [abs(((now + a) / (was + b) - 1) * 100) for a in (-half, half) for b in (-half, half)]
    return min(found) - last <= rate <= max(found) + last
