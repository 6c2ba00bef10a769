"""Where a number comes from: a cell, last year's cell, a fact of the paragraph, or a function of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from generator.learning.scene import Scene

Op = Literal["cell", "fact", "last", "difference", "share", "rise", "completion", "before"]
HUNDRED = Decimal(100)
CENT = Decimal(100)  # 0.01 万元 in 元


@dataclass(frozen=True, slots=True)
class Source:
    """``cell``: the cell ``name`` · ``last``: the same cell of last year's document · ``fact``: a number that no table
    has, by the words before it · ``before``: what ``of[0]`` was before the change that is told ·
    ``share``, ``completion``: of[0] / of[1] in percent · ``rise``: (of[0] − of[1]) / of[1] in percent."""

    op: Op
    name: str = ""
    of: tuple[Source, ...] = ()

    @property
    def known(self) -> bool:
        """Whether tables alone tell it."""
        return self.op not in ("fact", "before") and all(s.known for s in self.of)

    def __str__(self) -> str:
        if self.op in ("cell", "fact"):
            return self.name
        if self.op == "last":
            return f"上年 {self.name}"
        words = {
            "difference": "{}－{}",
            "share": "{}÷{}",
            "completion": "{}÷{}",
            "rise": "({1}→{0})",
            "before": "{}的上年数",
        }
        return words[self.op].format(*self.of)


@dataclass
class Facts:
    """The facts of a paragraph, as they come up."""

    values: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def get(self, name: str, code: str) -> Decimal | None:
        return self.values.get((name, code))


def value_of(source: Source, scene: Scene, code: str, facts: Facts, *, printed: bool = False) -> Decimal | None:
    """In 元 or percent; nothing where it cannot be told.  ``printed``: from amounts as printed in 万元."""
    if source.op == "fact":
        return facts.get(source.name, code)
    if source.op == "before":
        return facts.get(f"before {source.of[0]}", code)
    if source.op in ("cell", "last"):
        figure = scene.cell(source.name, code, last=source.op == "last")
        if figure is None:
            return None
        return _cents(figure.number) if printed else figure.number
    first, second = (value_of(s, scene, code, facts, printed=printed) for s in source.of)
    if first is None or second is None:
        return None
    if source.op == "difference":
        return first - second
    if not second:
        if source.op == "rise":
            return HUNDRED if first > 0 else -HUNDRED if first < 0 else Decimal(0)
        return Decimal(0) if not first else None
    rate = first / second * HUNDRED
    return rate - HUNDRED if source.op == "rise" else rate


def spread(source: Source, scene: Scene, code: str) -> tuple[Decimal, Decimal]:
    """Between what bounds a share or completion of two cells lies, by the digits that the tables print."""
    nothing = (Decimal(0), Decimal(0))
    if source.op not in ("share", "completion") or any(s.op != "cell" for s in source.of):
        return nothing
    part, whole = (scene.cell(s.name, code) for s in source.of)
    if part is None or whole is None or whole.number <= whole.margin:
        return nothing
    found = [
        (part.number + a * part.margin) / (whole.number + b * whole.margin) * HUNDRED for a in (-1, 1) for b in (-1, 1)
    ]
    return min(found), max(found)


def _cents(value: Decimal) -> Decimal:
    return (value / CENT).quantize(Decimal(1), ROUND_HALF_UP) * CENT


def told(values: Mapping[Source, int]) -> list[Source]:
    """Sources by how often they fit, those that tables tell first."""
    return sorted(values, key=lambda s: (not s.known, -values[s]))
