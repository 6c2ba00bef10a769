"""One base of refusals: said in the same words at every door, and nothing translates them on the way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from generator.cli.command_line import main
from generator.model import Refusal
from tests.conftest import ROOT

SIGNALS = {"NotApplicable", "CannotTell", "CannotSay", "LanguageError", "GridError", "NeedLoginError"}
"""Exceptions that never reach a person: results inside one package, and the way to the login page."""


def trees() -> dict[Path, ast.Module]:
    return {p: ast.parse(p.read_text(encoding="utf-8")) for p in (ROOT / "generator").rglob("*.py")}


def test_every_exception_of_the_program_is_a_refusal_or_a_signal() -> None:
    own: dict[str, list[str]] = {
        node.name: [ast.unparse(b) for b in node.bases]
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }

    def root(name: str) -> str:
        return root(own[name][0]) if own.get(name) else name

    raised = {n for n in own if root(n) in ("Exception", "ValueError", "RuntimeError", "OSError")}
    direct = {n for n in raised if own[n][0] in ("Exception", "ValueError", "RuntimeError", "OSError")}
    assert direct == {"Refusal"} | SIGNALS
    assert len(raised - direct) <= 9, "a class of its own is for refusals that some caller answers otherwise"


def test_nothing_translates_one_refusal_into_another() -> None:
    """No ``except SomeError as error: raise Other(str(error))``: the first message goes all the way."""
    found = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and node.name and len(node.body) == 1:
                only = node.body[0]
                if isinstance(only, ast.Raise) and isinstance(only.exc, ast.Call):
                    words = [ast.unparse(a) for a in only.exc.args]
                    if words == [f"str({node.name})"]:
                        found.append(f"{path.name}:{node.lineno}")
    assert not found


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "没有这个文件夹"], 2, "不能完成：找不到"),
        (["diff", "没有@1", "没有@2"], 2, "不能完成："),
        (["check", "HERE", "--pack", "没有这个包"], 3, "模板包有误："),
        (["roll", "HERE", "--to", "1999"], 2, "用法不对："),
        (["pull", "HERE/填报表.xlsx", "HERE"], 2, "不能完成："),
        (["accept", "HERE", "GK-999", "--reason", "实际如此", "--by", "张三"], 2, "不能完成："),
    ],
)
def test_a_refusal_at_the_command_line(
    words: list[str], code: int, said: str, department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([w.replace("HERE", str(department)) for w in words]) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[0].startswith(said) and len(lines) == 1, lines


def test_a_refusal_knows_its_status() -> None:
    assert (Refusal("x").status, Refusal("x").code) == (409, 2)
    assert Refusal("x", status=404).status == 404 and Refusal("y").status == 409
