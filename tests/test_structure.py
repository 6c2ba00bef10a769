"""The rules that keep the program in shape: which way imports go, and that the engine knows no region."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

GENERATOR = Path(__file__).resolve().parent.parent / "generator"
FILES = sorted(GENERATOR.rglob("*.py"))
# imports go one way: a module may import only from its own or a lower step
STEPS: dict[str, int] = {
    "model": 0,
    "findings": 1,
    "document": 1,
    "grid": 1,
    "pack_schema": 1,
    "formulas": 2,
    "wording": 3,
    "pack": 3,
    "language": 3,
    "last_year": 3,
    "views": 4,
    "reasons.parts": 5,
    "reasons": 8,
    "reasons.prior": 10,
    "reasons.roll": 14,
    "readers": 5,
    "table_functions": 5,
    "packs": 6,
    "workbook_values": 2,
    "workbook_safety": 3,
    "workbook_align": 4,
    "workbook_roster": 4,
    "workbook_grid": 4,
    "workbook_tables": 5,
    "live_formulas": 4,
    "workbook_form_base": 4,
    "workbook_form_tables": 5,
    "workbook_form_sheets": 5,
    "workbook_form": 6,
    "workbook_read": 7,
    "workbook": 8,
    "checks": 7,
    "culprits": 8,
    "rules": 8,
    "rules_text": 9,
    "rules_forms": 9,
    "rules_drafts": 9,
    "rules_held": 9,
    "check_run": 10,
    "compose": 7,
    "plain": 5,
    "cases": 11,
    "pack_kit": 12,
    "words": 1,
    "finding_titles": 0,
    "edits": 5,
    "versions.store": 12,
    "versions.codec": 12,
    "versions.record": 13,
    "versions": 24,
    "placing": 1,
    "pull": 24,
    "tieout": 25,
    "annotate": 2,
    "workbook_cells": 3,
    "explanations": 2,
    "pipeline": 20,
    "pack_show": 21,
    "doctor": 21,
    "batch": 25,
    "merge": 25,
    "web": 28,
    "commands": 29,
    "cli": 30,
    "__main__": 31,
    "__init__": 0,
}
OFFICE = {"openpyxl", "xlsxwriter", "docx", "python_calamine"}


def imports(path: Path) -> set[str]:
    out: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            out |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out |= {f"{node.module}.{a.name}" for a in node.names} if node.module == "generator" else {node.module}
    return out


def step(name: str) -> int:
    """A module's step: its own, or the one of its package."""
    return STEPS.get(name, STEPS.get(name.split(".")[0], 99))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(GENERATOR.parent).with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    own = name_of(path).removeprefix("generator.")
    ours = {i.removeprefix("generator.") for i in imports(path) if i.startswith("generator.")} - {"__version__"}
    if own.startswith("writers."):
        allowed = {"document", "model"}
        assert all(i in allowed or i.startswith("writers") for i in ours), ours
    else:
        package = own.split(".")[0]
        lower = {i for i in ours if not i.startswith("writers") and i.split(".")[0] != package}
        assert step(own) < 99, f"{own} has no step"
        assert all(step(i) < step(own) for i in lower), {i for i in lower if step(i) >= step(own)}
        assert step(own) >= STEPS["pipeline"] or not any(i.startswith("writers") for i in ours)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_office_libraries_stay_at_the_border(path: Path) -> None:
    own = name_of(path).removeprefix("generator.")
    used = {i.split(".")[0] for i in imports(path)} & OFFICE
    assert not used or own.startswith(("writers.", "workbook", "readers.")), used


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_engine_knows_no_region(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("辽宁", "朝阳", "新疆", "大连", "西岗", "上海", "liaoning ==", "xinjiang", "chaoyang", "dalian", "shanghai"):
        assert word not in text
    assert not re.search(r"pack\.id\s*==\s*[\"']", text)


def test_no_sentence_of_a_document_stands_in_the_program() -> None:
    """Runs of ten characters and more that a published text has come from packs and workbooks only."""
    published = "".join(p.read_text(encoding="utf-8") for p in (GENERATOR.parent / "tests/golden").glob("00*.txt"))
    assert len(published) > 20_000
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for words in re.findall(r"[一-鿿、，（）“”]{10,}", node.value):
                    assert words not in published, f"{path.name}:{node.lineno} {words}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    if name_of(path).startswith(("generator.cli", "generator.commands", "generator.__main__")):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "exit", "quit", "float"), f"{path.name}:{node.lineno}"


def test_every_top_level_folder_has_a_readme() -> None:
    root = GENERATOR.parent
    for folder in ("templates", "generator", "inputs", "tests", "output", "tools"):
        assert (root / folder / "README.md").is_file(), folder
