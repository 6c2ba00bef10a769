"""Pictures as SVG, made here: bars with their words, no scripts, no styles in attributes that the policy forbids.

Every picture has a table of the same figures behind it; the picture itself is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from markupsafe import Markup

Length = Decimal | int
WIDE, LABEL, FIGURE, LINE = 640, 170, 130, 24
NOW, THEN, BUDGET, LESS = "#1f5fa8", "#9fb3c8", "#c98a1b", "#a61b1b"


def wan(value: Decimal) -> str:
    """An amount of 万元 as it is shown."""
    return f"{value:,.2f}"


def _text(x: Length, y: Length, words: str, anchor: str = "start", colour: str = "#1c2733") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="13">{escape(words)}</text>'


def _bar(x: Length, y: Length, width: Length, height: Length, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" fill="{colour}" rx="2"/>'


def _frame(height: Length, inside: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704 - all words in it are escaped
        f'<svg viewBox="0 0 {WIDE} {height:.0f}" width="{WIDE}" height="{height:.0f}" aria-hidden="true" class="picture">'
        + "".join(inside)
        + "</svg>"
    )


def _short(words: str, most: int = 12) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def parts(rows: Sequence[tuple[str, Decimal]], whole: Decimal) -> Markup:
    """Parts of a whole, the largest first: bar, amount, share."""
    room = WIDE - LABEL - FIGURE
    most = max((abs(v) for _, v in rows), default=Decimal(0)) or Decimal(1)
    out = []
    for k, (label, value) in enumerate(rows):
        y = k * LINE + 4
        share = f"（{value / whole * 100:.1f}%）" if whole else ""
        width = abs(value) / most * room
        out += [_text(LABEL - 8, y + 13, _short(label), "end"), _bar(LABEL, y, width, 17, NOW if value >= 0 else LESS)]
        out.append(_text(LABEL + width + 6, y + 13, wan(value) + share))
    return _frame(len(rows) * LINE + 6, out)


def against(rows: Sequence[tuple[str, Decimal | None, Decimal | None, Decimal | None]]) -> Markup:
    """This year (dark) over last year (pale) and the budget (amber)."""
    room = WIDE - LABEL - FIGURE
    most = max((abs(v) for row in rows for v in row[1:] if v is not None), default=Decimal(0)) or Decimal(1)
    out, y = list[str](), 4
    for label, *values in rows:
        out.append(_text(LABEL - 8, y + 13, _short(label), "end"))
        for value, colour, word in zip(values, (NOW, THEN, BUDGET), ("", "上年 ", "预算 "), strict=True):
            if value is None:
                continue
            width = abs(value) / most * room
            out += [_bar(LABEL, y, width, 14, colour), _text(LABEL + width + 6, y + 12, word + wan(value))]
            y += 17
        y += 9
    return _frame(y, out)


def changes(rows: Sequence[tuple[str, Decimal]]) -> Markup:
    """Increases to the right, decreases to the left."""
    room = (WIDE - LABEL - 2 * FIGURE) // 2
    middle = LABEL + FIGURE + room
    most = max((abs(v) for _, v in rows), default=Decimal(0)) or Decimal(1)
    out = [f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="0" y2="{len(rows) * LINE}" stroke="#7d8894"/>']
    for k, (label, value) in enumerate(rows):
        y, width = k * LINE + 4, abs(value) / most * room
        out.append(_text(LABEL - 8, y + 13, _short(label), "end"))
        if value >= 0:
            out += [_bar(middle, y, width, 17, NOW), _text(middle + width + 6, y + 13, "+" + wan(value))]
        else:
            out += [_bar(middle - width, y, width, 17, LESS), _text(middle - width - 6, y + 13, wan(value), "end")]
    return _frame(len(rows) * LINE + 6, out)


def progress(rows: Sequence[tuple[str, int, str]]) -> Markup:
    """One bar for all departments, by state."""
    total, x, out = sum(n for _, n, _ in rows) or 1, Decimal(0), list[str]()
    for _, number, colour in rows:
        width = Decimal(number) / total * WIDE
        if number:
            out.append(f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="16" fill="{colour}"/>')
        x += width
    return _frame(16, out)
