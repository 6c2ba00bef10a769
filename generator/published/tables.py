"""A published table, understood: what it is, its unit, its columns by name, its rows by code or label.

Every amount becomes a Figure in 元 with the margin that its printed digits allow and a reference to its place.
What cannot be read for certain is missing, never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from generator.files import SIZE, PubTable, parse_number
from generator.model import YUAN, CellRef, Figure
from generator.published._heads import CODED, TOTALS, Column, columns_of, head_rows
from generator.published.names import bare, flat, is_part, numbered
from generator.published.vocabulary import Known, Vocabulary

Kind = Literal["total", "subject", "unit", "line", "part", "list"]
UNIT = re.compile(r"单位[:：]?\s*(?:人民币\s*)?[(（]?(亿元|万元|千元|元)")
SIZES = {**SIZE, "千元": Decimal(1000), "亿元": Decimal(10) ** 8}
NEUTRAL = {"金额", "金额(万元)", "金额(元)"}
UNREAD = "读不准"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands in the document."""

    table: str
    page: int
    row: int
    column: int
    text: str = ""
    label: str = ""


@dataclass(frozen=True)
class Row:
    """A row of one side of a table.  ``key``: its code, the name of its line, or its label.

    ``figures`` are the amounts by column index; a blank cell is a blank figure.
    """

    index: int
    side: int
    key: str
    label: str
    kind: Kind
    code: str = ""
    page: int = 0
    numbering: str = ""
    figures: Mapping[int, Figure] = field(default_factory=dict)

    @property
    def level(self) -> int:
        return {3: 1, 5: 2, 7: 3}.get(len(self.code), 0)


@dataclass(frozen=True)
class ReadTable:
    """A table of a document.  ``id`` is its kind in the vocabulary (empty where it is none of them)."""

    ref: str
    source: PubTable
    id: str
    title: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    heads: int
    above: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    decimals: int = 2

    @property
    def pages(self) -> tuple[int, ...]:
        return self.source.pages

    @property
    def empty(self) -> bool:
        """No amount but zeros."""
        return not any(f for row in self.rows for f in row.figures.values())

    @property
    def coded(self) -> bool:
        return any(r.code for r in self.rows)

    def amounts(self, side: int | None = None) -> list[Column]:
        return [c for c in self.columns if c.role == "amount" and (side is None or c.side == side)]

    def sides_of(self, word: str) -> set[int]:
        """The sides whose heads begin with a word (收入, 支出)."""
        other = {"收入": "支出", "支出": "收入"}.get(word, "\0")
        return {c.side for c in self.columns if c.path and word in c.path[0] and other not in c.path[0]}


class TableReader:
    """Reads the tables of one document; numbers them and remembers their places."""

    def __init__(self, words: Vocabulary, names: Mapping[str, str], economic: Mapping[str, str]) -> None:
        self.words = words
        self.functional, self.economic = names, economic
        self.classes = {bare(n): c for c, n in names.items() if len(c) == 3}
        self.places: dict[CellRef, Place] = {}
        self.count = 0

    def read(self, table: PubTable, above: Sequence[str], notes: Sequence[str]) -> ReadTable:
        """Understand a table with the lines above and below it."""
        self.count += 1
        ref = f"T{self.count}"
        table, thin = _without_thin(table)
        title, inner = title_of(table, above)
        known = None if inner else self.kind_of(table, title)
        heads = head_rows(table)
        columns = [replace(c, role="text") if c.index in thin else c for c in columns_of(table, heads, self.words)]
        unit = unit_of(above, table, heads)
        decimals = _decimals(table, heads, columns)
        read = ReadTable(
            ref,
            table,
            known.id if known else "",
            title,
            unit,
            tuple(columns),
            (),
            heads,
            tuple(above),
            tuple(notes),
            decimals,
        )
        if unit and (known is not None or any(c.role == "code" for c in columns)) and not inner:
            rows = tuple(_carried(list(self._rows(read, known))))
            read = ReadTable(
                ref, table, read.id, title, unit, tuple(columns), rows, heads, tuple(above), tuple(notes), decimals
            )
        return read

    def kind_of(self, table: PubTable, title: str) -> Known | None:
        """Which kind of table it is: by its title, else by what it holds."""
        name = clean_title(title)
        for known in self.words.tables:
            if any(p.search(name) for p in known.title):
                return known
        return self.by_contents(table)

    def by_contents(self, table: PubTable) -> Known | None:
        """The only kind of table whose words all stand in this one."""
        said = {flat(c) for row in table.rows for c in row if c}
        joined = "\n".join(said)
        coded = sum(1 for t in said if re.fullmatch(r"20[1-9]|2[12]\d", t) or re.fullmatch(r"2\d{4}|2\d{6}", t))
        found = [
            k for k in self.words.tables
            if k.holds and all(w in joined for w in k.holds) and (k.rows != "functional" or coded)
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    # -------------------------------------------------------------- rows

    def _rows(self, table: ReadTable, known: Known | None) -> Iterator[Row]:
        sides = sorted({c.side for c in table.columns})
        for side in sides:
            columns = [c for c in table.columns if c.side == side]
            last_code: list[str] = []
            for index in range(table.heads, len(table.source.rows)):
                row = self._row(table, known, columns, index, side, last_code)
                if row is not None:
                    yield row

    def _row(
        self,
        table: ReadTable,
        known: Known | None,
        columns: Sequence[Column],
        index: int,
        side: int,
        last_code: list[str],
    ) -> Row | None:
        texts = table.source.rows[index]
        codes = [flat(texts[c.index]) for c in columns if c.role == "code"]
        names = [flat(texts[c.index]) for c in columns if c.role == "name" and texts[c.index].strip()]
        label = names[-1] if names else ""
        words = [c for c in codes if c and not c.isdigit()]
        if not label and words and not any(c.isdigit() for c in codes):
            label = words[-1]  # 合计 over the code cells
        code = _code(codes, last_code)
        split = CODED.fullmatch(label)
        if not code and split:
            code, label = split[1], split[2]
        elif not code and len(codes) == 1 and (split := CODED.fullmatch(codes[0])):
            code, label = split[1], label or split[2]
        page = table.source.row_pages[index] if index < len(table.source.row_pages) else 0
        key, kind = self._key(known, code, label)
        if not key and not any(flat(texts[c.index]) for c in columns if c.role == "amount"):
            return None
        named = label or (self.functional.get(code) or self.economic.get(code) or "")
        figures = {
            c.index: self._figure(table, index, c, named or key, page) for c in columns if c.role == "amount"
        }  # fmt: skip
        return Row(index, side, key, named, kind, code, page, numbered(texts_label(texts, columns)), figures)

    def _key(self, known: Known | None, code: str, label: str) -> tuple[str, Kind]:
        plain = bare(label)
        if code:
            return code, "subject" if self._is_subject(known, code, plain) else "unit"
        if known is not None and known.rows in ("sides", "labels"):
            line = self.words.line(plain)
            if not line and plain in self.classes:
                return self.classes[plain], "line"
            if plain in TOTALS or line == "总计":
                return (
                    "总计" if known.rows == "sides" else "合计"
                ) if line == "总计" or known.rows == "labels" else line, "total"
            return line or plain, "part" if is_part(label) else "line"
        if plain in TOTALS or re.fullmatch(r"(收入|支出|本年支出|本年收入)?(合|总)计", plain):
            return "∑", "total"
        line = self.words.line(plain)
        return line or plain, "line"

    def _is_subject(self, known: Known | None, code: str, name: str) -> bool:
        listed = self.economic if known is not None and known.rows == "economic" else self.functional
        if len(code) not in (3, 5, 7):
            return False
        if len(code) > 3 and any(c.startswith(code[:3]) for c in listed):
            return True  # budget units have codes of 3, 6 or 9 digits
        official = bare(listed.get(code, ""))
        if official and name and (name in official or official in name):
            return True
        if (
            known is not None
            and known.rows in ("functional", "economic")
            and any(c.startswith(code[:3]) for c in listed)
        ):
            return not re.search(r"(局|办公室|委员会|中心|本级|院|所|队|馆|站|校|厅)(\([^()]*\))?$", name)
        return bool(official) and not name

    def _figure(self, table: ReadTable, index: int, column: Column, label: str, page: int) -> Figure:
        text = table.source.rows[index][column.index]
        ref = CellRef(table.ref, f"R{index}C{column.index}")
        shown = f"{label} {column.label}".strip()
        self.places[ref] = Place(table.ref, page, index, column.index, "".join(text.split()), shown)
        joined, sure = _number_text(text)
        parsed = parse_number(joined, table.unit)
        if parsed.error or not sure:
            return Figure(None, YUAN, (ref,), label=shown, missing=UNREAD)
        if parsed.value is None:
            return Figure(None, YUAN, (ref,), label=shown)
        size = SIZES[table.unit]
        places = max(parsed.decimals, table.decimals)
        margin = Decimal(0) if size == 1 and places >= 2 else size * Decimal(5).scaleb(-places - 1)
        return Figure(parsed.value * size, YUAN, (ref,), margin, shown)


def _carried(rows: Sequence[Row]) -> Iterator[Row]:
    """A label that reaches over to the next side, where its amount stands, goes there (公用经费合计)."""
    nameless = {(r.index, r.side): r for r in rows if not r.key and any(not f.blank for f in r.figures.values())}
    taken: set[tuple[int, int]] = set()
    for row in rows:
        over = nameless.get((row.index, row.side + 1))
        if over is not None and row.key and all(f.blank and not f.missing for f in row.figures.values()):
            taken.add((row.index, row.side + 1))
            figures = {k: replace(f, label=f"{row.label} {f.label}".strip()) for k, f in over.figures.items()}
            yield replace(row, side=over.side, figures=figures)
        elif (row.index, row.side) not in taken:
            yield row


def _without_thin(table: PubTable) -> tuple[PubTable, set[int]]:
    """A column in which hardly a cell begins comes from an edge that stands askew: its words go to the left."""
    begins = Counter(c.column for c in table.cells)
    few = max(1, len(table.rows) // 15)
    thin = {j for j in range(1, table.width) if begins[j] <= few and len(table.rows) > 8}
    if not thin:
        return table, set()
    rows = [list(r) for r in table.rows]
    for row in rows:
        for j in sorted(thin):
            left = next((k for k in range(j - 1, -1, -1) if k not in thin), 0)
            if row[j] and not row[left]:
                row[left], row[j] = row[j], ""
    return replace(table, rows=tuple(map(tuple, rows))), thin


def texts_label(texts: Sequence[str], columns: Sequence[Column]) -> str:
    """The label of a row as it is printed."""
    return next((texts[c.index] for c in columns if c.role == "name" and texts[c.index].strip()), "")


def _code(cells: Sequence[str], last: list[str]) -> str:
    """A code from one cell, or from 类, 款 and 项; what is left out above a lower level is the row's before."""
    if not any(c.isdigit() for c in cells):
        return ""
    if len(cells) == 1:
        return cells[0] if cells[0].isdigit() else ""
    parts = [c if c.isdigit() else "" for c in cells]
    deepest = max(k for k, p in enumerate(parts) if p)
    for k in range(deepest):
        if not parts[k] and k < len(last):
            parts[k] = last[k]
    joined = parts[0] + "".join(p.zfill(2) for p in parts[1 : deepest + 1] if p)
    if len(parts[0]) > 3 or any(len(p) > 3 for p in parts):  # the whole code stands in the first or last cell
        joined = max(parts, key=len)
    last[:] = parts[: deepest + 1]
    return joined


def _number_text(text: str) -> tuple[str, bool]:
    """The digits of a cell, and whether they are surely one number."""
    lines = [t for t in text.split("\n") if t.strip()]
    if len(lines) <= 1:
        return text.strip(), " " not in text.strip() or not re.search(r"\d\s+\d", text)
    joined = "".join("".join(t.split()) for t in lines)
    broken = re.fullmatch(r"[-−]?\d{1,3}(,\d{3})*(\.\d{1,2})?", joined) and not re.fullmatch(
        r"[\d,]+\.\d{2}", lines[0].strip()
    )
    return joined, bool(broken)


def _decimals(table: PubTable, heads: int, columns: Sequence[Column]) -> int:
    """How many decimals the amounts of a table are printed with."""
    found: Counter[int] = Counter()
    for row in table.rows[heads:]:
        for column in columns:
            text = flat(row[column.index]) if column.role == "amount" else ""
            if re.fullmatch(r"[-−]?[\d,]+\.\d+", text):
                found[len(text.partition(".")[2])] += 1
    return max(found, key=lambda d: (found[d], d)) if found else 0


def unit_of(above: Sequence[str], table: PubTable, heads: int) -> str:
    """The unit of the amounts as it is said above a table or in its head."""
    lines = [*(flat(t) for t in reversed(above)), *(flat(c) for row in table.rows[: heads + 1] for c in row if c)]
    for line in lines:
        found = UNIT.search(line)
        if found:
            return found[1]
    for row in table.rows[:heads]:
        for cell in row:
            found = re.search(r"[(（](万元|元)[)）]", flat(cell))
            if found:
                return found[1]
    return ""


def title_of(table: PubTable, above: Sequence[str]) -> tuple[str, bool]:
    """What a table is called, and whether that stands inside it (then it is a form)."""
    for line in reversed(above):
        text = flat(line)
        if re.search(r"表(\(.{1,12}\))?$", clean_title(text)) and len(text) < 60 and "详见" not in text:
            return text, False
    first = [flat(c) for c in table.rows[0] if c.strip()] if table.rows else []
    if len(first) == 1 and re.search(r"表$", first[0]):
        return first[0], True
    return table.name if table.name else "", False


def clean_title(title: str) -> str:
    """A title without year, department, number and unit."""
    text = flat(title)
    text = re.sub(r"(公开|附表|附件|表)\d+表?[:：]?", "", text)
    text = re.split(r"(?:金额)?单位[:：]|编制(部门|单位)", text)[0]
    return re.sub(r"\d{4}年?(年度)?", "", text)
