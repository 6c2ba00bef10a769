"""The tables of a published document as sheets: the lines above a table first, then its rows."""

from __future__ import annotations

import re
from itertools import pairwise

from generator.files.published.model import Publication, PubText
from generator.files.safety import Opened, Sheet
from generator.files.values import NUMBER
from generator.model import CellRef, Finding, make_finding

ABOVE = 4  # lines above a table that may say what it is
DRAFT_LINE = "草稿，不得公开"


def sheets_of(publication: Publication) -> Opened:
    """Every table with the lines above it.  A draft is said to be one."""
    sheets: list[Sheet] = []
    above: list[str] = []
    for block in publication.blocks:
        if isinstance(block, PubText):
            above = [*above, block.text][-ABOVE:]
            continue
        lines = [re.split(r"[\t\u3000]+| {1,}", line) for line in above if line.strip()]
        rows = [[_joined(text) for text in row] for row in block.rows]
        sheets.append(Sheet(_name(block.name, above, len(sheets) + 1), [*lines, *rows]))
        above = []
    draft = any(DRAFT_LINE in line for line in publication.running)
    return Opened(sheets, [*publication.findings, *([draft_finding(publication.name)] if draft else [])])


def _joined(text: str) -> str:
    """The lines of a cell as one; two amounts one below the other stay two."""
    lines = text.split("\n")
    parted = any(
        a[-1:].isdigit() and b[:1].isdigit() and NUMBER.fullmatch(a.strip()) and NUMBER.fullmatch(b.strip())
        for a, b in pairwise(lines)
    )
    return "\n".join(lines) if parted else "".join(lines)


def _name(sheet: str, above: list[str], count: int) -> str:
    """What a table is called: its sheet, its number, else its place in the file."""
    found = re.search(r"公开\s*\d+\s*表", "\n".join(above))
    return sheet or (re.sub(r"\s", "", found[0]) if found else f"第{count}个表")


def draft_finding(name: str) -> Finding:
    """The file says of itself that it is a draft."""
    return make_finding("WB-058", [CellRef(name, "A1")], file=name)
