"""Nobody stops the others: fair turns, lanes of their own for questions and for work, limits for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.model import Refusal
from generator.web.state import lanes
from generator.web.state.database import Database, Row, now
from generator.web.state.lanes import Lanes
from generator.web.state.settings import Settings
from generator.workers import Worker
from tests.web.desk import open_desk


class Bench:
    """Lanes whose jobs and questions wait until they are let go, one by one."""

    def __init__(self, root: Path) -> None:
        self.database = Database(root / "x.sqlite3")
        self.begun: list[str] = []
        self.something = threading.Condition()
        self.go = threading.Semaphore(0)
        self.lanes = Lanes(self.database, Settings(data=root), self.act)

    def note(self, what: str) -> None:
        with self.something:
            self.begun.append(what)
            self.something.notify_all()

    def until(self, count: int) -> list[str]:
        with self.something:
            assert self.something.wait_for(lambda: len(self.begun) >= count, 60), self.begun
            return list(self.begun)

    def act(self, job: Row, _: Worker) -> None:
        self.note(f"{job['who']}{job['department']}")
        self.go.acquire(timeout=60)
        with self.database.write() as change:
            change.execute("UPDATE job SET state='done' WHERE id=?", (job["id"],))

    def queue(self, who: str, kind: str, *departments: int) -> None:
        with self.database.write() as change:
            for number in departments:
                change.execute("INSERT OR IGNORE INTO unit (id, name) VALUES (1, '局')")
                change.execute(
                    "INSERT OR IGNORE INTO department (id, unit, name, year, pack, kind, folder) VALUES (?,1,?,2024,'x','决算',?)",
                    (number, f"{number}局", f"{number}"),
                )
                change.execute(
                    "INSERT INTO job (department, kind, state, payload, who, created) VALUES (?,?,'queued','{}',?,?)",
                    (number, kind, who, now()),
                )
        self.lanes.waken()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    found = Bench(tmp_path)

    def answer(_: object, task: str, arguments: dict[str, str], *__: object) -> dict[str, str]:
        if task != "ready":
            found.note(f"问{arguments['who']}")
            found.go.acquire(timeout=60)
        return {}

    monkeypatch.setattr(lanes, "done_by", answer)
    yield found
    for _ in range(100):
        found.go.release()
    found.lanes.stop()


def test_who_was_served_longest_ago_comes_first(bench: Bench) -> None:
    bench.queue("甲", "build", *range(1, 9))
    bench.queue("乙", "build", 11)
    bench.queue("丙", "build", 12, 13)
    bench.lanes.start()
    for count in range(1, 12):
        bench.until(count)
        bench.go.release()
    order = [b[0] for b in bench.until(11)]
    assert order[:5] == ["甲", "乙", "丙", "甲", "丙"] and order[5:] == ["甲"] * 6


def test_a_question_stops_no_work_and_one_person_may_not_ask_without_end(bench: Bench) -> None:
    bench.lanes.start()

    def ask(who: str) -> None:
        bench.lanes.ask("compose", {"who": who}, who, 60)

    threads = [threading.Thread(target=ask, args=("甲",)) for _ in range(1 + lanes.OWN_QUESTIONS)]
    threads[0].start()
    assert bench.until(1) == ["问甲"]
    for thread in threads[1:]:
        thread.start()
    waiting = threading.Event()
    while not waiting.wait(0.01) and len(bench.lanes._calls.get("甲", ())) < lanes.OWN_QUESTIONS:
        pass
    with pytest.raises(Refusal, match="上一个请求") as refused:
        bench.lanes.ask("compose", {"who": "甲"}, "甲", 60)
    assert refused.value.status == 429
    bench.queue("乙", "examine", 1)  # work goes on while a question is being answered
    bench.queue("丙", "build", 2)
    assert {*bench.until(3)} == {"问甲", "乙1", "丙2"}
    other = threading.Thread(target=ask, args=("丁",))
    other.start()
    while not waiting.wait(0.01) and not bench.lanes._calls.get("丁"):
        pass
    for _ in range(3):
        bench.go.release()
    later = bench.until(4)[3:]
    for _ in range(10):
        bench.go.release()
    for thread in (*threads, other):
        thread.join(60)
    questions = [b for b in bench.begun if b.startswith("问")]
    assert questions.index("问丁") <= 2, (questions, "he waits for one of the other's questions, not for all")
    assert later and len(questions) == 6


def test_looking_at_a_page_queues_nothing_twice(tmp_path: Path) -> None:
    """A comparison is asked for once, also where it failed; the page itself never waits for it."""
    with open_desk(tmp_path) as desk:
        number = desk.department()
        desk.post(f"/d/{number}/build")
        desk.idle()
        page = f"/d/{number}/compare?old=99"
        assert "正在对照" in desk.get(page).text
        desk.idle()
        for _ in range(3):
            assert "没有第 99 版" in desk.get(page).text
        count = "SELECT COUNT(*) FROM job WHERE kind='compare'"
        assert desk.bench.database.value(count) == 1
        before = desk.bench.database.value("SELECT COUNT(*) FROM job")
        for part in ("", "/fill", "/findings", "/versions", "/review", "/progress", "/reasons", "/preview"):
            desk.get(f"/d/{number}{part}")
        assert desk.bench.database.value("SELECT COUNT(*) FROM job") == before
        assert desk.post(f"/d/{number}/compare", {"old": "99", "new": ""}).status_code == 200
        desk.idle()
        assert desk.bench.database.value(count) == 2, "once more by hand"
