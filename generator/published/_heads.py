"""The head of a table: how many rows it has, and for each column the words above it and what it holds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.files import PubCell, PubTable
from generator.published.names import NUMBERING, flat
from generator.published.vocabulary import Vocabulary

Role = Literal["code", "name", "number", "amount", "text"]
AMOUNT = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
WITH_DECIMALS = re.compile(r"[-−]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+\.\d+)")
CODE = re.compile(r"\d{3}|\d{5}|\d{7}")
CODED = re.compile(r"(\d{3,7})[-—](\D.*)")
TOTALS = {"合计", "总计"}
MAX_HEAD = 9


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the words above it from the top down, what it holds, which side of the table it belongs to.

    ``terms`` are the words by the names of the vocabulary where it knows them.
    """

    index: int
    path: tuple[str, ...]
    terms: tuple[str, ...]
    role: Role
    side: int = 0

    @property
    def label(self) -> str:
        return "".join(self.path[-1:])


def head_rows(table: PubTable) -> int:
    """How many first rows are heads."""
    rows = [[flat(c) for c in row] for row in table.rows]
    for k, row in enumerate(rows[:MAX_HEAD]):
        if k and not any(row):
            rest = next((r for r in rows[k + 1 : k + 3] if any(r)), [])
            if sum(1 for t in rest if t) < 3 or _is_data(rest, rows[:k]):
                return k
            continue
        if _is_data(row, rows[:k]):
            return k
    return min(len(rows), MAX_HEAD)


def _is_data(row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    said = [t for t in row if t]
    if not said:
        return False
    if any(WITH_DECIMALS.fullmatch(t) for t in said):
        return True
    if above and (CODE.fullmatch(said[0]) or CODED.fullmatch(said[0])):
        return True
    if above and len(said) == 1 and said[0] in TOTALS:
        return True
    if above and re.match(r"一、", said[0]) and len(said[0]) > 3:
        return True
    digits = [t for t in said if t.isdigit()]
    if above and digits and len(digits) >= len(said) - 1:
        return not _ordinals(digits)
    return bool(above) and said[0] in TOTALS and len(digits) > 0


def _ordinals(digits: Sequence[str]) -> bool:
    """1, 2, 3 …: the numbers of columns."""
    numbers = [int(d) for d in digits]
    return len(numbers) > 1 and all(b - a in (0, 1) for a, b in itertools.pairwise(numbers)) and numbers[0] in (0, 1)


def columns_of(table: PubTable, heads: int, words: Vocabulary) -> list[Column]:
    """Every column with its words and what it holds."""
    covering = table.covering()
    spread = _spread(table, heads, covering)
    out: list[Column] = []
    side, amounts_seen = 0, False
    for index in range(table.width):
        path = _path(spread[k][index] for k in range(heads))
        body = [flat(row[index]) for row in table.rows[heads:] if flat(row[index])]
        role = _role(path, body, index, words)
        if role in ("code", "name", "number") and amounts_seen:
            side, amounts_seen = side + 1, False
        amounts_seen = amounts_seen or role == "amount"
        out.append(Column(index, path, _terms(path, words), role, side))
    return out


def _terms(path: Sequence[str], words: Vocabulary) -> tuple[str, ...]:
    """What a column is: its lowest words by name; 合计 and 预算数 belong to what stands above them."""
    leaf = words.column(path[-1]) or path[-1] if path else ""
    if leaf in ("合计", "预算数", "决算数") and len(path) > 1:
        above = words.column(path[-2])
        if leaf != "合计" and above == "合计" and len(path) > 2 and words.column(path[-3]):
            above = words.column(path[-3])
        if above and above != leaf:
            return (above,) if leaf == "合计" else (above, leaf)
    return (leaf,) if leaf else ()


def _spread(table: PubTable, heads: int, covering: Mapping[tuple[int, int], PubCell]) -> list[list[str]]:
    """The words of the head at every place, merged cells at all their places."""
    merged = any(c.colspan > 1 or c.rowspan > 1 for c in table.cells if c.row < heads)
    out = []
    for k in range(heads):
        row = [flat(covering[k, j].text) if (k, j) in covering else "" for j in range(table.width)]
        if not merged and k + 1 < heads:  # a format that does not tell merged cells: words reach to the right
            below = [flat(c) for c in table.rows[k + 1]]
            for j in range(1, table.width):
                if not row[j] and j < len(below) and below[j] and below[j] not in TOTALS - {"合计"}:
                    row[j] = row[j - 1]
        out.append(row)
    return out


def _path(texts: object) -> tuple[str, ...]:
    out: list[str] = []
    for text in texts:  # type: ignore[attr-defined]
        if text and not text.isdigit() and text != "栏次" and (not out or out[-1] != text):
            out.append(text)
    return tuple(out)


def _role(path: Sequence[str], body: Sequence[str], index: int, words: Vocabulary) -> Role:
    leaf = path[-1] if path else ""
    if leaf in ("行次", "序号", "栏次"):
        return "number"
    numeric = sum(1 for t in body if AMOUNT.fullmatch(t))
    plain = sum(1 for t in body if t.isdigit() and len(t) <= 7)
    headed = any(re.search(r"编码|代码", p) for p in path[-2:]) or leaf in ("类", "款", "项")
    if headed and not any(WITH_DECIMALS.fullmatch(t) for t in body):
        return "code"
    if (
        body
        and index < 4
        and not words.column(leaf)
        and plain >= 0.8 * len(body)
        and sum(1 for t in body if CODE.fullmatch(t)) >= 0.6 * len(body)
    ):
        return "code"
    known = words.column(leaf)
    if body and numeric >= 0.5 * len(body):
        return "amount"
    if (
        not numeric
        and (re.search(r"名称|科目|项目(?!支出)|类别|内容", leaf) or leaf in ("收入", "支出", "项目"))
        and not known
    ):
        return "name"
    if known or re.search(r"数$|金额", leaf):
        return "amount"
    if body and (index == 0 or any(NUMBERING.match(t) for t in body)):
        return "name"
    return "text" if body else ("amount" if path else "text")
