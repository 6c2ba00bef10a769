"""A command that opens foreign files is ended when it takes too much, and only then."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from generator.cli import watch
from generator.cli.command_line import main
from tests.conftest import DEPARTMENTS


def ended(megabytes: int, seconds: float = 1000, step: str = "") -> str:
    """What a watch says at the end of this process, which holds more than a few megabytes."""
    said, over = list[str](), threading.Event()

    def end(words: str) -> None:
        said.append(words)
        over.set()

    found = watch.Watch(megabytes, seconds, end, tick=0.001)
    if step:
        found.step(step)
    found.start()
    assert over.wait(60)
    return said[0]


def test_memory_and_time_have_limits_that_are_said() -> None:
    assert "读取填报表时，文件展开后太大，用的内存超过了 1 MB" in ended(1, step="读取填报表")
    assert ended(10**6, seconds=0.01).startswith("处理时间过长")


def test_each_step_has_its_time_and_setting_files_may_take_more(monkeypatch: pytest.MonkeyPatch) -> None:
    found = watch.Watch()
    assert (found.megabytes, found.writing) == (watch.READING, watch.WRITING)
    before = found.since
    found.step("正在核对 甲.pdf")
    assert found.since > before and found.megabytes == watch.READING
    found.step("写出 pdf")
    found.step("核对成品")
    assert found.megabytes == watch.WRITING
    for words, limit in (("900", 900), ("", watch.READING), ("²", watch.READING), ("9" * 40, watch.READING)):
        monkeypatch.setenv(watch.MEMORY_SETTING, words)
        assert watch.Watch().reading == limit


def test_only_what_a_person_calls_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches and the workbench read in processes of their own; whoever calls ``main`` from a program watches itself."""
    seen = list[str]()
    monkeypatch.setattr(watch.Watch, "start", lambda _: seen.append("watched"))
    monkeypatch.setattr(watch, "_watch", None)
    workbook: Path = DEPARTMENTS["001"] / "填报表.xlsx"
    assert main(["check", str(workbook)]) == 0 and not seen
    monkeypatch.setattr("sys.argv", ["juesuan", "check", str(workbook)])
    assert main() == 0 and seen == ["watched"]
    watch.watched("batch")
    assert len(seen) == 1
