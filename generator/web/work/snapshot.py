"""What pages are made from: one folder of JSON for each state of a department's inputs.

Written by a worker after an examination, never changed afterwards, so that a page needs neither
the workbook nor the engine.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.checks import Result, Status, finding_of, money_text, unit_of
from generator.department import Examined
from generator.files import STAGING, WORKBOOK, inputs_hash, plain_digits
from generator.model import CellRef, Document, Figure, Finding, Heading, Paragraph, Submission, Table, unite
from generator.packs import compose, load, met
from generator.reasons import Draft, by_slot, drafts_for
from generator.web.work.pictures import figure_at, pictures_of
from generator.workbook import NUMBER_KINDS, SheetGrid, read_grids
from generator.writers import DocumentPage

Answer = dict[str, Any]


def fingerprint_of(folder: Path, root: Path | None, pack: str) -> str:
    """Hash of everything a document is made from: the department's inputs and the pack."""
    return inputs_hash(folder, load(pack, root).pack.fingerprint)[:40]


def write_snapshot(
    examined: Examined, fingerprint: str, snapshots: Path, folder: Path, root: Path | None = None
) -> str:
    """Leave the snapshot in place; its name."""
    name = fingerprint
    target = snapshots / name
    if (target / "main.json").is_file():
        return name
    grids = read_grids((folder / WORKBOOK).read_bytes()) if examined.submission else []
    content: dict[str, Answer] = {"main": _main(examined, fingerprint, grids, root)}
    for number, grid in enumerate(grids):
        content[f"sheet-{number}"] = _sheet(grid)
    if examined.document is not None:
        page = DocumentPage(examined.document)
        content["document"] = page.content()
        content["document"]["edits"] = {
            e.block: {"author": e.author, "at": e.at, "action": e.action} for e in examined.edits
        }
        content["document"]["conflicts"] = [c.block for c in examined.applied.conflicts] if examined.applied else []
        content["figures"] = {"figures": [_figure(f, text, block) for f, text, block in page.figures]}
    snapshots.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=STAGING, dir=snapshots))
    for file, value in content.items():
        (beside / f"{file}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    try:
        beside.rename(target)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
    return name


def _filled(grid: SheetGrid) -> int:
    """How many places are filled in: numbers where a sheet asks for numbers (its words are mostly given)."""
    entries = [c for row in grid.rows for c in row if c.entry]
    numbers = [c for c in entries if c.kind in NUMBER_KINDS]
    return sum(bool(c.text) for c in numbers or entries)


def _sheet(grid: SheetGrid) -> Answer:
    rows = [[_cell(c) for c in row] for row in grid.rows]
    return {"name": grid.name, "widths": grid.widths, "frozen": grid.frozen, "rows": rows}


def _cell(cell: Any) -> Answer:
    out: Answer = {"c": cell.cell}
    for key, value, usual in (
        ("t", cell.text, ""),
        ("k", cell.kind, "text"),
        ("e", int(cell.entry), 0),
        ("f", int(cell.formula), 0),
        ("x", cell.colspan, 1),
        ("y", cell.rowspan, 1),
        ("o", list(cell.choices), []),
        ("l", cell.codes, ""),
        ("b", int(cell.bold), 0),
        ("a", cell.align, ""),
    ):
        if value != usual:
            out[key] = value
    return out


def _main(examined: Examined, fingerprint: str, grids: list[SheetGrid], root: Path | None) -> Answer:
    texts = {f"{g.name}!{c.cell}": c.text for g in grids for row in g.rows for c in row if c.text}
    broken = _failed(examined)
    findings = []
    for number, finding in enumerate(examined.findings):
        findings.append({**finding.as_json(), "n": number, "equation": _equation(finding, broken, examined, texts)})
    return {
        "fingerprint": fingerprint,
        "publishable": examined.publishable,
        "coverage": dict(examined.coverage),
        "findings": findings,
        "sheets": [
            {
                "name": g.name,
                "entries": sum(c.entry for row in g.rows for c in row),
                "filled": _filled(g),
            }
            for g in grids
        ],
        "reasons": _reasons(examined) if examined.submission else [],
        "title": examined.document.title if examined.document else "",
        "subjects": _subjects(examined),
        "brought": _brought(examined),
        "pictures": pictures_of(examined.context.members, examined.submission.pack, root)
        if examined.context and examined.submission
        else [],
    }


def _brought(examined: Examined) -> bool:
    """Whether figures of last year stand in the workbook."""
    submission, compiled = examined.submission, examined.compiled
    return bool(submission and compiled and submission.lists.get(compiled.pack.meta.last_lines, ()))


def _subjects(examined: Examined) -> dict[str, list[list[str]]]:
    if examined.compiled is None:
        return {}
    pack = examined.compiled.pack
    return {
        "A": [[s.code, s.name] for s in pack.functional.values()],
        "C": [[s.code, s.name] for s in pack.economic.values()],
    }


# ------------------------------------------------------------------ both sides of a check


def _failed(examined: Examined) -> dict[tuple[object, ...], Result]:
    if examined.report is None or examined.context is None:
        return {}
    out: dict[tuple[object, ...], Result] = {}
    for result in examined.report.results:
        if result.status is Status.FAILED and result.spec.relation != "holds":
            made = finding_of(result, examined.context)
            out[(made.id, made.cells, made.difference)] = result
    return out


def _equation(
    finding: Finding, broken: Mapping[tuple[object, ...], Result], examined: Examined, texts: Mapping[str, str]
) -> Answer | None:
    result = broken.get((finding.id, finding.cells, finding.difference))
    if result is None or examined.context is None:
        return None
    unit, size = unit_of(examined.context, result.cells)
    return {
        "unit": unit,
        "relation": result.spec.relation,
        "left": _side(result.left, size, texts),
        "right": _side(result.right, size, texts),
        "difference": money_text(abs(result.residual), size),
        "band": money_text(result.band, size),
    }


def _side(figure: Figure, size: Decimal, texts: Mapping[str, str]) -> Answer:
    return {
        "value": "空白" if figure.blank else money_text(figure.number, size),
        "formula": figure.formula,
        "terms": [
            {"cell": str(c), "sign": "－" if c in figure.minus else "＋", "text": texts.get(str(c), "")}
            for c in figure.cells[:60]
        ],
    }


def _figure(figure: Figure, text: str, block: str) -> Answer:
    return {
        "text": text,
        "value": None if figure.value is None else plain_digits(figure.value),
        "unit": figure.unit,
        "cells": [str(c) for c in figure.cells[:80]],
        "minus": [str(c) for c in figure.minus],
        "formula": figure.formula,
        "label": figure.label,
        "margin": plain_digits(figure.margin) if figure.margin else "",
        "block": block,
    }


# ------------------------------------------------------------------ reasons


def with_reasons(submission: Submission, words: Mapping[str, str]) -> Submission:
    """The submission with a person's words for some reasons."""
    told = {
        n: replace(submission.reasons[n], value=w, draft="", accepted=False, pieces=(), pending=False)
        for n, w in words.items()
    }
    return replace(submission, reasons={**submission.reasons, **told})


def reason_blocks(examined: Examined) -> dict[str, list[str]]:
    """The blocks that each reason goes into, found by composing once with marks in their place."""
    submission, compiled = examined.submission, examined.compiled
    if submission is None or compiled is None:
        return {}
    marks = {name: f"〔〔{k}〕〕" for k, name in enumerate(submission.reasons)}
    marked = with_reasons(submission, marks)
    out: dict[str, list[str]] = {}
    for block in compose(marked, compiled).blocks():
        text = block.text if isinstance(block, Heading | Paragraph) else ""
        for name, mark in marks.items():
            if mark in text:
                out.setdefault(name, []).append(block.id)
    return out


def _reasons(examined: Examined) -> list[Answer]:
    submission, compiled, context, document = (
        examined.submission,
        examined.compiled,
        examined.context,
        examined.document,
    )
    assert submission is not None and compiled is not None and context is not None and document is not None
    said = prose_of(document)
    blocks = reason_blocks(examined)
    drafts = by_slot(drafts_for(examined))
    out = []
    for spec in compiled.pack.in_force(compiled.pack.reasons, submission.year):
        text = submission.reasons.get(spec.id)
        if text is None:
            continue
        names = ("决算", "预算") if spec.wording.startswith("compare") else ("本年", "上年")
        out.append(
            {
                "id": spec.id,
                "title": spec.title,
                "section": spec.section,
                "help": spec.help,
                "required": spec.required,
                "asked": met(compiled.reasons[spec.id].when, context.members),
                "long": spec.type == "long",
                "text": text.value,
                "cell": str(text.cells[0]) if text.cells else "",
                "change": _change(figure_at(context.members, spec.current), figure_at(context.members, spec.base)),
                "figures": _compared(
                    figure_at(context.members, spec.current), figure_at(context.members, spec.base), names
                ),
                "draft": _draft(drafts.get(f"reason:{spec.id}"), examined.places, spec.id),
                "sentences": [said[b] for b in blocks.get(spec.id, []) if b in said],
            }
        )
    return out


def _draft(draft: Draft | None, places: Mapping[str, CellRef], reason: str) -> Answer | None:
    """A suggested reason with what drives it, and the cells in which it is taken."""
    if draft is None or not (draft.text or draft.missing):
        return None
    cells = {k: str(places[f"{k}:reason:{reason}"]) for k in ("draft", "accept") if f"{k}:reason:{reason}" in places}
    drivers = [
        {
            "text": c.text,
            "now": _wan(c.current),
            "then": _wan(c.base),
            "cells": [str(x) for x in (c.cells or unite(*(f.cells for f in (c.current, c.base) if f)))][:8],
        }
        for c in draft.claims
    ]
    return {
        "text": draft.text,
        "missing": draft.missing,
        "status": draft.status.value,
        "cells": cells,
        "drivers": drivers,
    }


def _wan(figure: Figure | None) -> str:
    return "" if figure is None or figure.value is None else _shown(figure.value)


def _shown(amount: Decimal) -> str:
    """An amount of 元 in 万元."""
    return f"{(amount / 10000).quantize(Decimal('0.01')):,.2f}"


def prose_of(document: Document) -> dict[str, str]:
    """The text of each block that is no table."""
    return {b.id: b.text for b in document.blocks() if not isinstance(b, Table)}


def _change(current: Figure | None, base: Figure | None) -> str:
    """By how much a figure moved, in 万元; empty where one side is blank."""
    if current is None or base is None or current.value is None or base.value is None:
        return ""
    return f"{(current.value - base.value) / 10000:f}"


def _compared(current: Figure | None, base: Figure | None, names: tuple[str, str]) -> str:
    """The figures that a reason explains, in words."""
    if current is None:
        return ""
    now = _shown(current.number)
    if base is None:
        return f"{now} 万元"
    then = _shown(base.number)
    gap = (current - base).number
    if now == then:
        return f"{names[0]} {now} 万元，{names[1]} {then} 万元，持平"
    word = "增加" if gap > 0 else "减少"
    rate = f"（{abs(gap) / abs(base.number) * 100:.2f}%）" if base.number else ""
    return f"{names[0]} {now} 万元，{names[1]} {then} 万元，{word} {abs(gap) / 10000:,.2f} 万元{rate}"
