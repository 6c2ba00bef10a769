"""A Document made straight from a published text and its tables, to try the writers on.

It needs no pack and no workbook: the writers are tested by themselves.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from generator.model.document import Block, Document, Heading, Paragraph, Part, Row, Span, Table, TableCell

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
TITLES = "一二三四五六七八九"


def words(text: str) -> tuple[Span, ...]:
    return (Span(text),) if text else ()


def block(number: int, line: str) -> Block:
    if re.match(r"[一二三四五六七八九十]+、", line) and len(line) < 40:
        return Heading(f"h{number}", 2, words(line), toc=True)
    if re.match(r"（[一二三四五六七八九十]+）.{2,30}情况。$", line):
        return Heading(f"h{number}", 3, words(line))
    return Paragraph(f"p{number}", words(line))


def header_rows(rows: list[list[str]]) -> tuple[Row, ...]:
    """Merge blanks of a header with the cell above, or else with the cell at the left."""
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    span: dict[tuple[int, int], list[int]] = {}
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            place = (i, j)
            if text:
                span[place] = [1, 1]
                owner[place] = place
            elif j and owner[i, j - 1][0] == i and not (i and rows[i - 1][j] and span[owner[i - 1, j]][1] == 1):
                owner[place] = owner[i, j - 1]
                span[owner[place]][1] = j - owner[place][1] + 1
            else:
                owner[place] = owner[i - 1, j] if i else place
                span.setdefault(owner[place], [1, 1])[0] = i - owner[place][0] + 1
    return tuple(
        tuple(
            TableCell(words(rows[i][j]), colspan=span[i, j][1], rowspan=span[i, j][0], align="center", bold=True)
            for j in range(len(rows[i]))
            if owner[i, j] == (i, j)
        )
        for i in range(len(rows))
    )


def body_row(cells: list[str]) -> Row:
    number = re.compile(r"-?[\d,]+\.\d+$")
    return tuple(TableCell(words(c), align="right" if number.match(c) else "left") for c in cells)


def tables(seed: str) -> list[Table]:
    out = []
    for k, t in enumerate(json.loads((GOLDEN / f"tables-{seed}.json").read_text(encoding="utf-8"))):
        width = len(t["header"][-1])
        out.append(
            Table(
                id=f"t{k + 1}",
                title=t["title"],
                header=header_rows(t["header"]),
                body=tuple(body_row(r) for r in t["body"]),
                widths=tuple([10] * width),
                number=t["number"],
                left=t["department"],
                right=f"单位：{t['unit']}",
                notes=tuple(words(n) for n in t["notes"]),
                landscape=width >= 7,
                toc=True,
                toc_text=f"{TITLES[k]}、{t['title']}",
            )
        )
    return out


def document(seed: str = "001") -> Document:
    lines = (GOLDEN / f"{seed}.txt").read_text(encoding="utf-8").splitlines()
    parts: list[Part] = []
    heading: Heading | None = None
    blocks: list[Block] = []
    for number, line in enumerate(filter(None, lines)):
        if re.match(r"第[一二三四五]部分", line):
            if heading:
                parts.append(Part(heading.id, heading, tuple(blocks)))
            heading, blocks = Heading(f"part{len(parts) + 1}", 1, words(line), toc=True), []
        else:
            blocks.append(block(number, line))
    assert heading is not None
    parts.append(Part(heading.id, heading, tuple(blocks)))
    parts.append(
        Part(
            "part4", Heading("part4", 1, words("第四部分 2024年度部门决算表"), toc=True), tuple(tables(seed)), "tables"
        )
    )
    name = "辽宁省数据局" if seed == "001" else "某部门"
    return Document(
        title=f"{name}2024年度部门决算",
        department=name,
        year=2024,
        kind="决算",
        cover=(name, "2024年度部门决算"),
        parts=tuple(parts),
    )
