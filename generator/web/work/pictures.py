"""What the pictures of a department show: amounts by name, in 万元, as the pack lists them (reading/pictures.toml).

Blank is not zero: a part that was not filled in is left out, and so is a picture of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.model import Figure
from generator.packs import PackError, View, reading_words

Answer = dict[str, Any]
MOST_CHANGES = 6


def figure_at(members: Mapping[str, object], path: str) -> Figure | None:
    """A figure by its name in the pack, e.g. ``summary.r31``."""
    value: object = members
    for part in path.split(".") if path else ():
        try:
            value = value[part] if isinstance(value, View | Mapping) else getattr(value, part)
        except (KeyError, AttributeError):
            return None
    return value if isinstance(value, Figure) else None


def pictures_of(members: Mapping[str, object], pack: str, root: Any) -> list[Answer]:
    """Each picture with its rows: label, now, last year, budget (texts of 万元, empty where blank)."""
    try:
        wanted = reading_words(pack, root).get("picture", ())
    except PackError:
        return []
    out = []
    for spec in wanted:
        rows = []
        for label, *names in spec["rows"]:
            found = [_wan(figure_at(members, n)) for n in (*names, "", "")[:3]]
            if any(found):
                rows.append({"label": label, "now": found[0], "then": found[1], "budget": found[2]})
        if rows:
            out.append(
                {
                    "id": spec["id"],
                    "kind": spec["kind"],
                    "of": _wan(figure_at(members, spec.get("of", ""))),
                    "rows": rows,
                }
            )
    return out


def _wan(figure: Figure | None) -> str:
    """An amount of 元 in 万元, exactly; empty where it is blank."""
    return "" if figure is None or figure.value is None or figure.blank else f"{figure.value / 10000:f}"
