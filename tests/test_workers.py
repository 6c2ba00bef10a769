"""Workers bear what tasks do: take too long, take all memory, die; batch and the workbench use the same."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from generator.model import Refusal
from generator.workers import Ended, Limits, Pool, Worker
from tests.conftest import ROOT

ACT = "tests.tasks_of_workers:act"
TASKS = "tests.tasks_of_workers:act_on"
USUAL = Limits(seconds=60, megabytes=400)


def outcomes(pool: Pool[tuple[str, str]], *words: str, out: str = "") -> dict[str, object]:
    try:
        return {task[0]: found for task, found in pool.run([(w, out) for w in words])}
    finally:
        pool.close()


def reason(found: object) -> str:
    return found.reason if isinstance(found, Ended) else "done"


def gone(numbers: list[int]) -> bool:
    try:
        return all(psutil.Process(n).status() == psutil.STATUS_ZOMBIE for n in numbers if psutil.pid_exists(n))
    except psutil.NoSuchProcess:
        return gone(numbers)


def until_gone(*numbers: int) -> None:
    end = time.monotonic() + 60
    while not gone(list(numbers)):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_task_beyond_its_limits_is_ended_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = outcomes(
        Pool(2, Limits(seconds=8, megabytes=400), TASKS), "sleep", "eat", "gulp", "die", "once", "a", out=str(tmp_path)
    )
    assert {k: reason(v) for k, v in found.items()} == {
        "sleep": "time", "eat": "memory", "gulp": "memory", "die": "died", "once": "done", "a": "done",
    }  # fmt: skip
    assert isinstance(found["die"], Ended) and found["die"].detail == "9"


def test_time_is_the_time_of_the_task_not_of_a_busy_machine() -> None:
    """Mostly stopped from outside till its time is over, as on a machine that has none for it; one that spins is ended."""
    worker, over = Worker(ACT, Limits(seconds=2)), threading.Event()
    assert worker.run("a") == str(worker.pid)
    process = psutil.Process(worker.pid)

    def starve() -> None:
        end = time.monotonic() + 3
        while time.monotonic() < end and not over.wait(0.02):
            process.send_signal(signal.SIGSTOP)
            over.wait(0.08)
            process.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=starve)
    with tempfile.TemporaryDirectory() as folder:
        thread.start()
        try:
            assert worker.run("starve", folder) == str(process.pid)
        finally:
            over.set()
            thread.join()
    found = worker.run("spin")
    assert isinstance(found, Ended) and found.reason == "time"
    worker.close()


def test_workers_are_replaced_and_leave_nothing_behind() -> None:
    found = outcomes(Pool(1, Limits(tasks=2), TASKS), *"abcd")
    numbers = [int(str(found[k])) for k in "abcd"]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    until_gone(*numbers)


def test_a_worker_answers_refuses_and_lives_on() -> None:
    worker, said = Worker(ACT, USUAL), list[str]()
    try:
        first = worker.run("say", say=said.append)
        assert said == ["第0步", "第1步", "第2步"]
        with pytest.raises(Refusal, match="现在不行") as refused:
            worker.run("refuse")
        assert refused.value.status == 404
        fault = worker.run("fail")
        assert isinstance(fault, Ended) and fault.reason == "fault" and "planted" in fault.detail
        assert "不是您的填报问题" in fault.words and "planted" not in fault.words
        assert worker.run("a") == first, "the same process"
        assert reason(worker.run("sleep", "/tmp", limits=Limits(seconds=0))) == "time"  # noqa: S108
        assert worker.run("a") != first, "another one"
        psutil.Process(worker.pid).kill()
        until_gone(worker.pid)
        assert str(worker.run("a")).isdigit()
    finally:
        worker.close()


LEADER = """
import sys
from generator.workers import Limits, Worker
worker = Worker("tests.tasks_of_workers:act", Limits())
print(worker.run("a"), flush=True)
worker.run("sleep", sys.argv[1])
"""


def test_a_worker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", LEADER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert leader.stdout is not None
    number = int(leader.stdout.readline())
    while not (tmp_path / "asleep").exists():
        time.sleep(0.02)
    leader.kill()
    leader.wait()
    leader.stdout.close()
    until_gone(number)


def test_one_word_for_one_act_from_the_page_to_the_worker() -> None:
    """A job, the method that runs it and the task of the worker have one name; what pages ask is a task by its name."""
    from generator.web.state.acts import Act
    from generator.web.state.jobs import ASK, QUICK, WORDS
    from generator.web.state.lanes import LONG
    from generator.web.work.tasks import TASKS
    from generator.web.work.tasks_published import PUBLISHED_TASKS

    known = TASKS | PUBLISHED_TASKS
    assert set(WORDS) == {*ASK, *QUICK, *LONG}
    assert all(hasattr(Act, f"_{kind}") for kind in WORDS) and set(WORDS) - {"restore"} <= set(known)
    assert all(name == act.__name__ for name, act in known.items())
    pages = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "generator/web").rglob("*.py"))
    asked = set(re.findall(r"""ask\((?:bench, d, user, )?"(\w+)\"""", pages))
    assert {"sentence", "block", "mark", "redline"} <= asked <= set(known)
