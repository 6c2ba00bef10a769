"""Files appear whole or not at all, also where two write, and where one was killed."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.files.atomic import ABANDONED, LIST, STAGING, put, put_in_place, recover


def test_two_who_write_the_same_folder_leave_one_whole_set(tmp_path: Path) -> None:
    names = {f"{k}.txt" for k in range(50)} | {"manifest.json"}
    for number in range(8):
        with ThreadPoolExecutor(4) as pool:
            sets = [dict.fromkeys(names, b"%d-%d" % (number, k)) for k in range(4)]
            list(pool.map(lambda files: put_in_place(tmp_path, files), sets))
        assert {p.name for p in tmp_path.iterdir()} == names
        assert len({p.read_bytes() for p in tmp_path.iterdir()}) == 1


def test_a_set_that_was_written_is_finished_and_one_that_was_not_never_shows(tmp_path: Path) -> None:
    put(tmp_path / "文.txt", b"1")
    whole, half = tmp_path / f"{STAGING}a", tmp_path / f"{STAGING}b"
    for folder in (whole, half):
        folder.mkdir()
        (folder / "文.txt").write_bytes(folder.name.encode())
    (whole / LIST).write_text(json.dumps(["早已移走.txt", "文.txt"]), encoding="utf-8")
    assert recover(tmp_path) and (tmp_path / "文.txt").read_bytes() == whole.name.encode()
    assert {p.name for p in tmp_path.iterdir()} == {"文.txt", half.name}, "someone may still be writing it"
    long_ago(half)
    assert not recover(tmp_path) and not half.exists()


def test_what_a_killed_writer_left_beside_is_swept(tmp_path: Path) -> None:
    put(tmp_path / "文.txt", b"0")
    for name in ("1-1-文.txt", "2-1-文.txt", "3-1-别.txt"):
        (tmp_path / f"{STAGING}{name}").write_bytes(b"x")
        long_ago(tmp_path / f"{STAGING}{name}")
    (tmp_path / f"{STAGING}4-1-文.txt").write_bytes(b"x")  # of someone who is writing now
    put(tmp_path / "文.txt", b"1")
    assert {p.name for p in tmp_path.iterdir()} == {"文.txt", f"{STAGING}3-1-别.txt", f"{STAGING}4-1-文.txt"}
    recover(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"文.txt", f"{STAGING}4-1-文.txt"}


def long_ago(path: Path) -> None:
    os.utime(path, (time.time() - ABANDONED - 60,) * 2)
