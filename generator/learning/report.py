"""What was learned and what is open, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.files import Publication
from generator.learning.base import nearest, scenes_of_base
from generator.learning.scene import Scene
from generator.learning.sources import Facts, Source, value_of
from generator.learning.templates import Learned, Template, learn
from generator.learning.trial import Tried, try_on
from generator.packs import load
from generator.published import Understood, understand, vocabulary_of

USUAL = "national-budget"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a keeper can say: the sentence, the place in it, what it may be."""

    kind: str  # cells: two cells that are equal here · odd: a line that does not go with its like · way: not seen
    sentence: str
    place: str
    candidates: tuple[tuple[str, str], ...] = ()  # what it may be, with its value here

    def as_json(self) -> dict[str, object]:
        found = [{"source": s, "value": v} for s, v in self.candidates]
        return {"kind": self.kind, "sentence": self.sentence, "place": self.place, "candidates": found}


@dataclass
class Lesson:
    """The learned wording with its proof: the documents themselves, generated again."""

    base: str
    learned: Learned
    scenes: list[Scene]
    itself: list[Tried]
    questions: list[Question]
    tried: list[tuple[str, list[Tried]]] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, str]:
        """Every number that no table has, by its name, with what it is in the documents."""
        return {k: v for t in self.itself for k, v in t.facts.items()}

    def as_json(self) -> dict[str, object]:
        return {
            "base": self.base,
            "learned": {
                "sentences": len(self.itself),
                "reproduced": sum(t.equal for t in self.itself),
                "to_confirm": [q.as_json() for q in self.questions],
                "facts": [{"name": k, "value": v} for k, v in self.facts.items()],
            },
            "tried": [{"file": name, "sentences": [t.as_json() for t in found]} for name, found in self.tried],
        }


def read_all(publications: Sequence[tuple[str, Publication]], pack: str, root: Path | None) -> list[Understood]:
    """The documents, understood with the words of a pack."""
    own, words = load(pack or USUAL, root).pack, vocabulary_of(pack or USUAL, root)
    return [understand(p, own, words) for _, p in publications]


def lesson(
    publications: Sequence[tuple[str, Publication]], pack: str = "", *,
    last: Publication | None = None, tried: Sequence[tuple[str, Publication]] = (), root: Path | None = None,
) -> Lesson:  # fmt: skip
    """Learn from documents (the first counts most) on top of a pack, and try it on others."""
    documents = read_all(publications, pack, root)
    before = read_all([("", last)], pack, root) if last is not None else []
    everything = [*documents, *before]
    base = pack or nearest(documents[0], root)
    scenes = [Scene(d, _before(d, everything)) for d in documents]
    learned = learn(scenes, scenes_of_base(base, root))
    itself = [t for s in scenes for t in try_on(learned, s)]
    out = Lesson(base, learned, scenes, itself, list(_questions(learned, scenes)))
    for (name, _), document in zip(tried, read_all(tried, pack, root), strict=True):
        out.tried.append((name, try_on(learned, Scene(document, _before(document, everything)))))
    return out


def _before(document: Understood, others: Sequence[Understood]) -> Understood | None:
    """The same office's document of the year before, if it is among those that were given."""
    own = document.identity
    found = [o for o in others if (o.identity.department, o.identity.kind) == (own.department, own.kind)]
    return next((o for o in found if o.identity.year == own.year - 1), None)


# ------------------------------------------------------------------ what is open


def _questions(learned: Learned, scenes: Sequence[Scene]) -> Iterator[Question]:
    asked: set[tuple[str, str]] = set()
    own = {id(s) for s in scenes}
    for template in learned.templates.values():
        mine = [(scene, sentence) for scene, sentence in template.sentences if id(scene) in own]
        if not mine:
            continue
        yield from (*_two_cells(template, mine[0][0], asked), *_odd(template), *_not_seen(template, asked))


def _two_cells(template: Template, scene: Scene, asked: set[tuple[str, str]]) -> Iterator[Question]:
    """Cells that are equal in these documents and need not be in others."""
    sentence = template.sentences[0][1]
    for number, slot in template.slots.items():
        if slot.source.op != "cell":
            continue
        same = _always_equal(scene, slot.source.name)
        others = [o for o in slot.others if o.op == "cell" and _differs(o.name, slot.source.name, same)]
        key = (slot.source.name, "、".join(o.name for o in others))
        if not others or key in asked:
            continue
        asked.add(key)
        piece = sentence.pieces[number]
        code = scene.code_at(sentence, piece.start)
        candidates = tuple((str(s), _shown(s, scene, code)) for s in (slot.source, *others))
        yield Question("cells", sentence.text, piece.said, candidates)


def _differs(one: str, other: str, same: set[str]) -> bool:
    """Two cells of one column or row are the same by the rules of the tables; others are not."""
    return one not in same and one.split(":")[1:] != other.split(":")[1:]


def _always_equal(scene: Scene, name: str) -> set[str]:
    """The cells that the rules between the tables make equal to one."""
    groups = [{c for n in e["cells"] for c in str(n).split("|")} for e in scene.document.words.raw.get("same", ())]
    groups += [set(e["cells"]) for e in scene.document.words.raw.get("indicator", ())]
    return {c for g in groups if name in g for c in g}


def _shown(source: Source, scene: Scene, code: str) -> str:
    value = value_of(source, scene, code, Facts())
    return "" if value is None else f"{value / 10000:,.2f}万元"


def _odd(template: Template) -> Iterator[Question]:
    """Sentences that do not go with the others of their form."""
    for slot in template.slots.values():
        if slot.source.op == "fact" or slot.fits // 1000 == slot.of // 1000:
            continue
        for sentence in slot.wrong[:3]:
            yield Question("odd", sentence, str(slot.source), ())


def _not_seen(template: Template, asked: set[tuple[str, str]]) -> Iterator[Question]:
    """Directions of a change that no document showed."""
    for number, ways in template.ways.items():
        piece = template.pieces[number]
        missing = {1, -1, 0} - {w.sign for w in ways}
        key = ("way", piece.kind + piece.form)
        if missing and key not in asked and piece.kind == "change":
            asked.add(key)
            words = {1: "增加", -1: "减少", 0: "持平"}
            yield Question(
                "way", template.sentences[0][1].text, piece.said, tuple((words[m], "") for m in sorted(missing))
            )


def lesson_lines(made: Lesson) -> Iterator[str]:
    """The result in words."""
    identity = made.scenes[0].document.identity
    yield f"━━ {identity.department or '（没有认出部门名称）'} {identity.year or ''}年度部门{identity.kind}，上级模板 {made.base}"
    good = sum(t.equal for t in made.itself)
    yield f"学到 {len(made.itself)} 句，照样写出 {good} 句；{len(made.facts)} 个数报表里没有，要填写；{len(made.questions)} 处要确认。"
    for tried in made.itself:
        if not tried.equal:
            yield f"写不出　公开的：{tried.published}"
            yield f"　　　　生成的：{tried.generated or tried.why}"
    for question in made.questions:
        yield f"{KINDS[question.kind]}　“{question.place}”　{question.sentence}"
        yield from (f"　　{source}　{value}" for source, value in question.candidates)
    for name, sentences in made.tried:
        computed = [t for t in sentences if t.computed]
        same = [t for t in computed if t.equal]
        alone = sum(not t.facts for t in same)
        yield (
            f"━━ 试用于 {name}：{len(computed)} 句由数字决定，{len(same)} 句一字不差"
            f"（其中 {alone} 句只用报表的数，其余另用了报表没有的数）。"
        )
        for tried in computed:
            if not tried.equal:
                yield f"不同　公开的：{tried.published}"
                yield f"　　　生成的：{tried.generated or tried.why}"


KINDS = {"cells": "两格相等", "odd": "与同类不同", "way": "没有见过"}
