"""The folders without installation: what the lock file says, for whom, and that it is that of the program."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT
from tools.bundle import words
from tools.bundle.linux import glibc
from tools.bundle.lock import LOCK, WINDOWS, linux, read_lock, wanted

TEXT = """\
alpha==1.2 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via juesuan (pyproject.toml)
beta==2 ; sys_platform == 'win32' \\
    --hash=sha256:cc
    # via
    #   alpha
    #   weasyprint
gamma==3 ; platform_machine == 'aarch64' \\
    --hash=sha256:dd
    # via weasyprint
delta==4 \\
    --hash=sha256:ee
    # via gamma
weasyprint==5 \\
    --hash=sha256:ff
    # via juesuan (pyproject.toml)
"""


def names(*arguments: object) -> list[str]:
    return [x.name for x in wanted(*arguments)]  # type: ignore[arg-type]


def test_a_target_gets_what_holds_there_and_what_is_asked_for() -> None:
    assert names(WINDOWS, TEXT) == ["alpha", "beta"]  # delta is asked for by what is not there only
    assert names(linux("x86_64", "3.11"), TEXT) == ["alpha", "weasyprint"]
    assert names(linux("aarch64", "3.11"), TEXT) == ["alpha", "gamma", "delta", "weasyprint"]
    first = wanted(WINDOWS, TEXT)[0]
    assert first.line() == "alpha==1.2 --hash=sha256:aa --hash=sha256:bb"


def test_the_lock_is_that_of_the_program() -> None:
    """Every library that the program asks for is locked, in a version it takes, with hashes; nothing names a host."""
    text = LOCK.read_text(encoding="utf-8")
    locked = {x.name: x for x in read_lock(text)}
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for line in asked:
        wish = Requirement(line)
        held = locked[wish.name.lower().replace("_", "-")]
        assert wish.specifier.contains(held.version), line
    assert all(x.hashes and x.needed_by for x in locked.values()) and len(locked) > 30
    assert "://" not in text
    windows = names(WINDOWS)
    assert "typst" in windows and "weasyprint" not in windows and "pydyf" not in windows and "fonttools" in windows


@pytest.mark.parametrize(("inside", "least"), [(b"GLIBC_2.9 GLIBC_2.31", "2.31"), (b"GLIBC_2.4", "2.17")])
def test_the_least_c_library_is_read_from_the_files(tmp_path: Path, inside: bytes, least: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.so.1").write_bytes(b"\x7fELF" + inside)
    (tmp_path / "lib" / "text.txt").write_bytes(b"GLIBC_9.9")
    assert glibc(tmp_path) == least


def test_the_words_beside_the_program_can_be_read_where_they_are_read() -> None:
    """Batch files are read by cmd.exe line by line: nothing but ASCII before the code page is set, folders in ASCII."""
    for name, text in words.WINDOWS.items():
        if name.endswith(".bat"):
            assert text.isascii() and "chcp 65001" in text.splitlines()[1]
    assert "%k" in words.LINUX["启动工作台.desktop"] and words.LINUX["juesuan"].startswith("#!/bin/sh")
