"""One catalogue of findings: every id in the code stands in it, once, and every finding is made from it."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.checks import explain
from generator.checks.rule_list import LISTED
from generator.cli.command_line import main
from generator.model import ENTRIES, TOPICS, CellRef, Entry, Finding, Severity, make_finding
from generator.packs import available, load

GENERATOR = Path(__file__).resolve().parent.parent / "generator"
ID = re.compile(r"([A-Z]{2}-\d{3}[a-z]?)(?:/(\w+))?")
CATALOGUE = GENERATOR / "model" / "catalogue"


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(GENERATOR.rglob("*.py")):
        if CATALOGUE not in path.parents:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def used() -> dict[str, set[str]]:
    """Every id that a text in the code is (not: mentions), with the cases it is used in."""
    found: dict[str, set[str]] = {}
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and (m := ID.fullmatch(node.value)):
                found.setdefault(m[1], set()).add(m[2] or "")
    return found


def test_every_id_in_the_code_stands_in_the_catalogue_and_none_twice() -> None:
    listed = [entry.id for topic in TOPICS.values() for entry in topic]
    assert [name for name, count in Counter(listed).items() if count > 1] == []
    assert set(used()) == set(listed)
    for name, cases in used().items():
        assert cases <= {"", *ENTRIES[name].cases}, name
    assert {rule.id for rule in LISTED} == {n for n in listed if n[:2] in ("TX", "FM", "DC", "DR")}


def test_findings_are_made_from_the_catalogue_only() -> None:
    made = [
        path.relative_to(GENERATOR).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    ]
    assert made == []


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=str)
def test_an_entry_says_everything_in_chinese(entry: Entry) -> None:
    """Title, meaning, advice and every way of saying it; the cases with a severity of their own exist."""
    for text in (entry.title, entry.means, entry.todo, entry.says, *entry.cases.values()):
        assert text and not re.search(r"[A-Za-z]{2,}-\d", text)
    assert entry.todo.endswith("。") and entry.means.endswith("。") and not entry.title.endswith("。")
    assert set(entry.severities) <= set(entry.cases)
    for text in (entry.says, *entry.cases.values()):
        fields = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in fields), text


def test_words_are_never_a_template_and_stay_with_the_finding() -> None:
    cell = CellRef("公开01表", "C5")
    finding = make_finding("WB-042", [cell], label="{0}", actual="{label}", options="是、否")
    assert finding.message == "“{0}”填的是“{label}”，可选：是、否。"
    assert (finding.cells, finding.actual, finding.severity) == ((cell,), "{label}", Severity.WARNING)
    lighter = finding.but(severity=Severity.INFO, related=("GK-901",))
    assert (lighter.severity, lighter.related, lighter.hint) == (Severity.INFO, ("GK-901",), finding.hint)
    assert Finding.from_json(finding.as_json()) == finding


def test_every_id_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for name, entry in ENTRIES.items():
        said = explain(name)
        assert said and said["名称"] == entry.title and said["说明"] and said["怎样处理"]
    for pack in map(load, available()):
        for name in pack.pack.checks:
            assert name not in ENTRIES and explain(name, pack.pack)
    for name in ("HB-120", "WB-010", "WB-012", "GK-901", "YS-241"):  # the last: of a pack that was not named
        assert main(["explain", name]) == 0
        assert name in capsys.readouterr().out
