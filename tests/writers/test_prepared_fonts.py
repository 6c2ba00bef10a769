"""Fonts are prepared once for all runs, and whoever dies leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.model import Fonts
from generator.writers import _typst_fonts as prepared
from generator.writers.fonts import Face, families
from tests.writers.made import ROOT

CHILD = """
import os, sys
from generator.writers.typst import write_typst
from generator.model.document import Paragraph
from tests.writers.made import small
from tests.writers.sample import words
assert write_typst(small(Paragraph("p", words("甲"))), attachments=[("a.bin", bytes(range(256)), "数")])[:4] == b"%PDF"
print("made", flush=True)
sys.stdin.read()
"""


def killed(temporary: Path, cache: str) -> None:
    """A process that has set a document and is killed."""
    env = {**os.environ, "TMPDIR": str(temporary), "JUESUAN_CACHE": cache, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"made\n"
        child.send_signal(signal.SIGKILL)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_processes_leave_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    temporary, cache = tmp_path / "tmp", tmp_path / "cache"
    temporary.mkdir()
    for _ in range(3):
        killed(temporary, str(cache))
    assert list(temporary.iterdir()) == []
    faces = list((cache / "fonts").iterdir())
    assert faces and all(len(list(f.iterdir())) == 1 for f in faces)
    for _ in range(3):  # nothing may be kept: the next one takes away what the last one left
        killed(temporary, "")
    assert len(list(temporary.iterdir())) == 1


def face() -> Face:
    return families("hei", Fonts())[0].regular


def test_a_face_is_prepared_once_and_again_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUESUAN_CACHE", str(tmp_path / "cache"))
    copy = tmp_path / "a.otf"
    copy.write_bytes(face().path.read_bytes())
    mine = (("juesuan-a0", Face(copy, face().index, ("a",))),)
    (first,) = prepared._folders(mine)
    (file,) = first.iterdir()
    whole, made = file.read_bytes(), file.stat().st_ino
    assert prepared._folders(mine) == [first] and file.stat().st_ino == made
    data = bytearray(copy.read_bytes())
    data[20] ^= 1  # a checksum in the table directory
    before = copy.stat()
    copy.write_bytes(bytes(data))
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    (second,) = prepared._folders(mine)
    assert second != first and next(second.iterdir()).read_bytes() == whole
    monkeypatch.setattr(prepared, "KEEP", 1)
    copy.write_bytes(face().path.read_bytes())
    (third,) = prepared._folders(mine)
    assert [p.name for p in (tmp_path / "cache" / "fonts").iterdir()] == [third.name]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("JUESUAN_CACHE", str(tmp_path / "file"))
    (folder,) = prepared._folders((("juesuan-b0", face()),))
    assert [p.name for p in folder.iterdir()] == ["juesuan-b0.otf"]
