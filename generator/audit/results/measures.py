"""The few figures of a document that are looked at across departments, named in a pack's ``reading/measures.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from statistics import median

from generator.model import Figure, round_half_up
from generator.published import Understood, cell

WAN = Decimal(10000)
FAR = 6  # times the usual distance from the middle
FEW = 6  # with fewer departments nothing is said to be far from the others
CLOSE = Decimal(5)  # points: less than this is never far


@dataclass(frozen=True)
class Measures:
    """``values`` by the id of the measure (万元 or %); ``sangong`` (万元): budget and actual of each item.  What the
    document does not tell is missing, never zero."""

    values: Mapping[str, Decimal] = field(default_factory=dict)
    sangong: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)


def measures_of(document: Understood) -> Measures:
    """Read them off the tables and the text."""
    values: dict[str, Decimal] = {}
    for entry in document.words.raw.get("measure", ()):
        found = _value(document, entry)
        if found is not None:
            values[str(entry["id"])] = found
    sangong = {}
    for entry in document.words.raw.get("sangong", ()):
        keys = ("plan", "") if document.identity.kind == "预算" else ("budget", "actual")
        budget, actual = (_wan(_cell(document, str(entry.get(k, "")))) for k in keys)
        sangong[str(entry["id"])] = (budget, actual)
    return Measures(values, sangong)


def _value(document: Understood, entry: Mapping[str, object]) -> Decimal | None:
    if said := entry.get("said"):
        return _said(document, str(said), entry)
    whole = _cell(document, str(entry["of"]))
    if not entry.get("by"):
        return _wan(whole)
    base = _cell(document, str(entry["by"]))
    if whole is None or base is None or base.number == 0:
        return None
    return round_half_up(whole.number / base.number * 100, 2)


def _said(document: Understood, said: str, entry: Mapping[str, object]) -> Decimal | None:
    """The first rate the text prints in these words; down is negative."""
    pattern = _pattern(said)
    down = entry.get("down", ())
    for paragraph in document.paragraphs:
        if found := pattern.search(paragraph.text):
            way, rate = found[1], found[2]
            if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", rate):
                return -Decimal(rate) if way in down else Decimal(rate)  # type: ignore[operator]
    return None


@lru_cache(maxsize=64)
def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(said)


def _cell(document: Understood, names: str) -> Figure | None:
    """The first of some cells that is there and holds a number."""
    for name in names.split("|"):
        figure = cell(document, name) if name else None
        if figure is not None and not figure.missing and not figure.blank:
            return figure
    return None


def _wan(figure: Figure | None) -> Decimal | None:
    return None if figure is None else round_half_up(figure.number / WAN, 6)


def outliers(values: Mapping[str, Decimal]) -> tuple[Decimal, list[str]]:
    """The middle of some values and the keys of those far from it, farthest first.

    Far: more than six times the median distance from the middle (which single wild values do not move).
    """
    if len(values) < FEW:
        return Decimal(0), []
    middle = median(values.values())
    usual = median(abs(v - middle) for v in values.values())
    far = {k: abs(v - middle) for k, v in values.items() if abs(v - middle) > max(FAR * usual, CLOSE)}
    return middle, sorted(far, key=lambda k: (-far[k], k))
