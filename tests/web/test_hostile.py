"""Hostile uploads are refused in Chinese, the server stays up, its workers bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.web.state.acts import PERFORM
from generator.workers import Ended, Limits, Worker
from tests.web.desk import NAME, Desk, open_desk, real_workbook
from tests.web.hostile import FILES, large_workbook


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("hostile"), upload=20) as found:
        yield found


def worker_memory(desk: Desk) -> int:
    """The most memory that a worker has used so far, in MB."""
    peaks = [0]
    for worker in desk.bench.jobs.workers:
        if worker.pid:
            found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker.pid}/status").read_text())
            peaks.append(int(found[1]) // 1024 if found else 0)
    return max(peaks)


@pytest.mark.parametrize("label", sorted(FILES))
def test_a_hostile_file_is_refused_and_said(desk: Desk, label: str) -> None:
    number, (name, make) = desk.department(), FILES[label]
    before = desk.get(f"/d/{number}/workbook.xlsx").content
    answer = desk.upload(number, make(), name)
    assert answer.status_code == 200, label
    row = desk.bench.database.one("SELECT * FROM job ORDER BY id DESC LIMIT 1")
    assert row and row["state"] in ("refused", "failed"), (label, row["result"] if row else "")
    said = json.loads(row["result"])
    messages = [f["message"] for f in said.get("refused", [])] or [said["failed"]]
    assert all(re.search("[\u4e00-\u9fff]", m) and "程序出错" not in m for m in messages), messages
    assert messages[0][:20] in desk.get(f"/d/{number}").text
    assert desk.get(f"/d/{number}/workbook.xlsx").content == before == real_workbook()
    assert worker_memory(desk) < 1500
    assert not list(desk.bench.jobs.uploads.iterdir())


def test_two_hundred_megabytes_are_refused_without_being_kept(desk: Desk) -> None:
    number, token = desk.department(), desk.token()

    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token.encode() + b"\r\n"
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
        for _ in range(200):
            yield b"x" * 2**20
        yield b"\r\n--x--\r\n"

    for length in ({}, {"content-length": str(200 * 2**20)}):
        answer = desk.client.post(
            f"/d/{number}/upload", content=body(), headers={"content-type": "multipart/form-data; boundary=x", **length}
        )
        assert answer.status_code == 413 and "MB" in answer.text
    big = desk.client.put(f"/api/v1/departments/{number}/workbook", content=b"x" * (26 * 2**20))
    assert big.status_code == 413
    assert desk.get("/").status_code == 200 and not list(desk.bench.jobs.uploads.iterdir())


def test_a_large_file_ends_the_worker_that_has_too_little_memory(tmp_path: Path) -> None:
    arguments = {"name": "a.xlsx", "departments": [NAME], "pack": "liaoning", "year": 2024, "packs": ""}
    large, usual = tmp_path / "large.xlsx", tmp_path / "a.xlsx"
    large.write_bytes(large_workbook())
    usual.write_bytes(real_workbook())
    worker = Worker(PERFORM, Limits(seconds=60, megabytes=250))
    try:
        found = worker.run("intake", {**arguments, "file": str(large)})
        assert isinstance(found, Ended) and "内存不足" in found.words
        fair = worker.run("intake", {**arguments, "file": str(usual)}, limits=Limits(seconds=60, megabytes=1500))
        assert isinstance(fair, dict) and "sha" in fair
    finally:
        worker.close()
