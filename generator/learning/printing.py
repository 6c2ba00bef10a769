"""How a document prints its numbers, by vote: separators, decimals, zeros, rounding."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from generator.published import Quantity

SIZES = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "亿元": Decimal(10) ** 8}
CHANGED = "%±"  # a rate of change: its style is its own


@dataclass(frozen=True, slots=True)
class Style:
    """``decimals`` as a rule; ``ends``: zeros at the end stay (``pad``), go (``trim``), or go only from whole numbers
    (``whole``); ``zero``: how nothing is printed; ``down``: cut, not rounded."""

    decimals: int = 2
    thousands: bool = False
    ends: str = "pad"
    zero: str = ""
    down: bool = False

    def show(self, value: Decimal, unit: str) -> str:
        """A number (amounts in 元, rates in percent) without its unit."""
        size = SIZES.get(unit, Decimal(1))
        step = Decimal(1).scaleb(-self.decimals)
        shown = (value / size).quantize(step, ROUND_DOWN if self.down else ROUND_HALF_UP)
        if not shown and self.zero:
            return self.zero
        text = f"{shown:,f}" if self.thousands else f"{shown:f}"
        if "." in text and (self.ends == "trim" or (self.ends == "whole" and shown == shown.to_integral_value())):
            text = text.rstrip("0").rstrip(".")
        return text


@dataclass
class Votes:
    """What was seen of the numbers of a kind, from the nearest scope (a place in a template) to the whole document."""

    seen: dict[tuple[str, str, str], Counter[object]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, scopes: Sequence[str], quantity: Quantity, kind: str = "") -> None:
        """One printed number."""
        text = re.match(r"[-−]?[\d,，]+(?:\.\d+)?", quantity.text)
        if text is None:
            return
        digits, kind = text[0], kind or kind_of(quantity)
        whole, _, rest = digits.replace("，", ",").partition(".")
        for scope in scopes:
            if not quantity.value:
                self.seen[scope, kind, "zero"][digits] += 1
                continue
            if len(whole.replace(",", "").lstrip("-")) > 3:
                self.seen[scope, kind, "thousands"]["," in whole] += 1
            self.seen[scope, kind, "decimals"][len(rest)] += 1
            if len(rest) < 2 or rest.endswith("0"):
                self.seen[scope, kind, "ends"][
                    "" if not rest else "." if not int(rest) else rest[-1:] if len(rest) > 1 else "1"
                ] += 1

    def rounding(self, scopes: Sequence[str], kind: str, *, down: bool) -> None:
        """A number that is cut where it should be rounded, or rounded where it could have been cut."""
        for scope in scopes:
            self.seen[scope, kind, "down"][down] += 1

    def style(self, scopes: Sequence[str], kind: str) -> Style:
        """The style of a kind of number (its unit) where it stands."""
        decimals: Counter[int] = Counter()
        for scope in scopes:
            decimals = Counter({int(str(k)): v for k, v in self.seen.get((scope, kind, "decimals"), Counter()).items()})
            if sum(decimals.values()) > 1 and max(decimals):
                break
        return Style(
            max(decimals, default=2 if kind != "count" else 0),
            bool(self._first(scopes, kind, "thousands", default=False)),
            self._ends(scopes, kind),
            str(self._first(scopes, kind, "zero", default="")),
            bool(self._first(scopes[:1], kind, "down", default=False)),
        )

    def _ends(self, scopes: Sequence[str], kind: str) -> str:
        """What happens to zeros at the end, by the numbers that would have them."""
        for scope in scopes:
            seen = self.seen.get((scope, kind, "ends"))
            if seen:
                whole, one, padded, padded_whole = seen[""], seen["1"], seen["0"], seen["."]
                fits = {"pad": padded + padded_whole, "trim": whole + one, "whole": whole + padded}
                return max(fits, key=lambda k: fits[k])
        return "pad"

    def at(self, scope: str, kind: str, what: str) -> list[object]:
        """What was seen in one scope, the most frequent first."""
        return [value for value, _ in self.seen.get((scope, kind, what), Counter()).most_common()]

    def _first(self, scopes: Sequence[str], kind: str, what: str, *, default: object) -> object:
        for scope in scopes:
            found = self.seen.get((scope, kind, what))
            if found:
                return found.most_common(1)[0][0]
        return default


def kind_of(quantity: Quantity) -> str:
    """Under which name the style of a number is counted."""
    return quantity.unit if quantity.kind in ("amount", "rate") else "count"
