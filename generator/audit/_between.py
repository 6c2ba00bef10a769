"""What must be the same in several tables, as the pack's reading words list it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.audit._sums import spec
from generator.checks import Result, Status, judge
from generator.model import Figure
from generator.published import ReadTable, Understood
from generator.published import cell as find
from generator.published import cell_of_row as value


def between(document: Understood) -> list[Result]:
    """Every relation between tables, as it came out."""
    return [*_same(document), *_each(document)]


def _same(document: Understood) -> Iterator[Result]:
    for entry in document.words.raw.get("same", ()):
        if entry.get("budget") and _has_year_lines(document):
            continue
        found = [(name, f) for name in entry["cells"] if (f := find(document, name)) is not None and not f.missing]
        for _, figure in found[1:]:
            result = _compare(document, entry, found[0][1], figure)
            if result is not None:
                yield result


def _has_year_lines(document: Understood) -> bool:
    """Whether the totals of the year stand apart from carried-over money."""
    return find(document, "summary:收入.本年合计") is not None or find(document, "fiscal:收入.本年合计") is not None


def _compare(document: Understood, entry: Mapping[str, Any], first: Figure, other: Figure) -> Result | None:
    if first.blank and other.blank:
        return None
    names = [document.tables[int(f.cells[0].sheet[1:]) - 1].title for f in (first, other)]
    made = spec("between", f"{entry['name']}：{names[0]}＝{names[1]}", first.cells[0].sheet)
    return Result(made, judge(made, first, other), str(entry["name"]), first, other)


def _each(document: Understood) -> Iterator[Result]:
    for entry in document.words.raw.get("each", ()):
        if not all(document.by_id.get(name.partition(":")[0]) for name in entry["cells"]):
            continue
        if "when" in entry and not _equal_totals(document, entry["when"]):
            continue
        results = list(_rows(document, entry))
        wrong = sum(1 for r in results if r.status is Status.FAILED)
        if wrong > (0.25 if entry.get("mostly") else 0.7) * len(results):
            continue
        yield from results


def _equal_totals(document: Understood, names: Sequence[str]) -> bool:
    figures = [find(document, n) for n in names]
    known = [f for f in figures if f is not None and not f.blank]
    return len(known) == len(names) and all(
        abs(f.number - known[0].number) <= f.margin + known[0].margin for f in known[1:]
    )


def _rows(document: Understood, entry: Mapping[str, Any]) -> Iterator[Result]:
    tables = [document.by_id[name.partition(":")[0]] for name in entry["cells"]]
    codes = dict.fromkeys(
        r.code or r.key for t in tables for r in t.rows if (r.code or r.key).isdigit() and r.kind in ("subject", "line")
    )
    if any(r.kind == "unit" for t in tables for r in t.rows):
        return  # a subject stands once for each unit
    for code in codes:
        if entry.get("rows") == "class" and len(code) != 3:
            continue
        figures = [_figure(document, t, n.format(code)) for t, n in zip(tables, entry["cells"], strict=True)]
        if any(f is None or f.missing for f in figures) or all(not f for f in figures):
            continue  # a row that one of the tables leaves out is told by what the sums say
        result = _compare(document, {"name": f"{entry['name']}（{code}{document.names.get(code, '')}）"}, *figures)  # type: ignore[arg-type]
        if result is not None:
            yield result


def _figure(document: Understood, table: ReadTable, name: str) -> Figure | None:
    if "." in name.split(":")[1]:
        return find(document, name)
    _, row_name, column = name.split(":")
    rows = [r for r in table.rows if r.code == row_name and r.kind == "subject"]
    return value(table, rows[0], column) if len(rows) == 1 else None
