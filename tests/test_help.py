"""The command line speaks Chinese, and its examples can be run."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess

import pytest

from generator.cli import chinese
from generator.cli.command_line import main, parser

COMMANDS = dict(chinese.commands(parser()))
ENGLISH = re.compile(
    r"\b(usage|options?|positional|arguments?|help message|exit|required|invalid|choose|expected|unrecognized|error)\b"
    r"(?!-)"
)


@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_chinese_with_examples_that_parse(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*path.split(), "--help"])
    shown = capsys.readouterr().out
    assert end.value.code == 0
    plain = re.sub(r"--?[a-z][a-z-]*|\{[^}]*\}|juesuan.*", "", shown)  # names of options and commands are what they are
    assert not ENGLISH.search(plain), shown
    assert not re.search(r"(?<![\w-])[A-Z][A-Z_]{2,}(?![\w-])", plain.replace("PDF", "").replace("JSON", "")), shown
    examples = chinese.EXAMPLES.get(path, ())
    assert examples and all(f"  {line}" in shown for line in examples), path
    for line in examples:
        words = shlex.split(line.partition(" > ")[0])
        assert words[0] == "juesuan" and callable(parser().parse_args(words[1:]).run)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check", "还缺：部门文件夹"),
        ("build x --pdf-engine word", "没有 'word'，可选"),
        ("new --pack a --year 今年 --name b", "--year：写的不对：'今年'"),
        ("check x --wrong", "不认识：--wrong"),
        ("build x --out", "后面要写一个值"),
        ("biuld x", "没有 'biuld'，可选"),
    ],
)
def test_slips_are_told_in_chinese(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(line.split())
    told = capsys.readouterr().err
    assert end.value.code == 2 and said in told and "用法不对" in told and "--help" in told
    assert not ENGLISH.search(re.sub(r"--[a-z-]+|\{[^}]*\}|juesuan.*|\[.*?\]", "", told)), told


def test_the_shell_completes(capsys: pytest.CaptureFixture[str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "juesuan.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    ask = f"source {script}; COMP_WORDS=(juesuan pa); COMP_CWORD=1; _shtab_juesuan; echo ${{COMPREPLY[@]}}"
    told = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["pack"]


def test_every_value_has_a_chinese_name() -> None:
    for path, command in COMMANDS.items():
        for action in command._actions:
            if action.nargs != 0 and action.choices is None and not isinstance(action, argparse._SubParsersAction):
                names = (action.metavar,) if isinstance(action.metavar, str) else action.metavar
                assert names and not any(n.isascii() for n in names), (path, action.dest)
                assert "值" not in names, f"{path} {action.dest}: give it a name in chinese.VALUES"
