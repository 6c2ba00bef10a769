"""Fills the workbooks of the departments under ``inputs/``: the real ones from the recovered truth, one made up.

``python -m tools.made.fill_inputs`` writes every department again; the figures and words come from
``tests/truth`` (see tools/made/truth.py) or, made up, tools/made/made_up_shanghai.py; the form from the pack.  Nothing is computed here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from generator.checks.cases import cases_of, filled
from generator.checks.filled import Filled
from generator.files import WORKBOOK, safe_name
from generator.packs import Pack, load
from generator.workbook import FormData, RowInput, TableInput, write_form
from tools.made import made_up_shanghai, truth, truth_dalian, truth_xinjiang

ROOT = Path(__file__).resolve().parent.parent.parent
Source = Callable[[Pack], Filled]


def form_data(filled: Filled) -> FormData:
    """The plain values as the values of a form."""
    tables = {
        name: TableInput(
            raw["slots"],
            [RowInput(r["code"], r["name"], r["cells"], r.get("kind", "subject")) for r in raw["rows"]],
            raw["totals"],
        )
        for name, raw in filled.tables.items()
    }
    return FormData(filled.unit, tables, filled.fields, filled.lists, filled.reasons, filled.sheet_units)


def of_case(pack: Pack, case: str) -> Filled:
    """The made-up department of a case of the pack."""
    cases = cases_of(pack)
    return filled(cases[case], pack, cases)


def departments() -> dict[str, tuple[str, Source]]:
    """Each department: its pack and where its values come from."""
    return {
        "000": ("liaoning", lambda pack: truth.liaoning_family(pack, "000")),
        "001": ("liaoning", lambda pack: truth.liaoning_family(pack, "001")),
        "002": ("xinjiang", truth_xinjiang.department),
        "003": ("dalian-budget", truth_dalian.department),
        "004": ("chaoyang", lambda pack: truth.liaoning_family(pack, "004")),
        "shanghai": ("shanghai", made_up_shanghai.department),
        "shanghai-budget": ("shanghai-budget", lambda pack: of_case(pack, "几种资金")),
        "shanghai-budget-unit": ("shanghai-budget-unit", lambda pack: of_case(pack, "单位")),
    }


def fill(root: Path, only: set[str] | None = None) -> list[Path]:
    """Write the workbooks; the folders that were written come back."""
    written = []
    for seed, (pack_name, source) in departments().items():
        if only and seed not in only:
            continue
        pack = load(pack_name).pack
        made = source(pack)
        folder = root / "inputs" / str(made.year) / safe_name(made.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WORKBOOK).write_bytes(write_form(pack, made.year, made.name, data=form_data(made)))
        written.append(folder)
    return written


if __name__ == "__main__":
    for place in fill(ROOT, set(sys.argv[1:]) or None):
        print(place.relative_to(ROOT))
