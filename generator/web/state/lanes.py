"""Who is served next: lanes of workers, and fair turns between people.

Questions that a page waits for have a lane of their own, so that nobody's pages stop the work of others; examining and
building have theirs.  In each lane those who were served longest ago come first, however much somebody else has asked
for; and nobody may have more than some questions waiting.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count

from generator.model import Refusal
from generator.web.state.acts import PERFORM, Answer, done_by
from generator.web.state.database import Database, Row
from generator.web.state.settings import Settings
from generator.workers import Limits, Worker

LOG = logging.getLogger("juesuan.web")
ASK = ("compare",)
QUICK = ("new", "intake", "apply", "draft", "restore", "reshape", "prior", "examine")
SLOW = ("build", "seal")
OWN_QUESTIONS = 4  # of one person that may wait
ALL_QUESTIONS = 16  # of all; pages that need none are still served
LONG = (*SLOW, "published")


@dataclass
class _Call:
    """A short question to a worker that somebody waits for."""

    task: str
    arguments: Mapping[str, object]
    answer: Future[Answer]


class Lanes:
    """The lanes and their threads.  ``act`` does a job with a worker and never raises."""

    def __init__(self, database: Database, settings: Settings, act: Callable[[Row, Worker], None]) -> None:
        self.database, self.settings, self.act = database, settings, act
        self.stopping = False
        self.workers: list[Worker] = []
        self._threads: list[threading.Thread] = []
        self._wake = threading.Condition()
        self._busy: set[int] = set()  # departments with a job in hand
        self._calls: OrderedDict[str, deque[_Call]] = OrderedDict()  # by person; who waits longest comes first
        self._asking = 0  # questions that wait or are being answered
        self._turns: dict[str, int] = {}  # when each person's job was last begun
        self._turn = count(1)

    def start(self) -> None:
        s = self.settings
        quick, slow = Limits(s.quick_time, s.quick_memory), Limits(s.slow_time, s.memory)
        lanes = [(ASK, quick)] * s.ask_workers + [(QUICK, quick)] * s.quick_workers + [(LONG, slow)] * s.slow_workers
        for kinds, limits in lanes:
            worker = Worker(PERFORM, limits, lowly=True)
            self.workers.append(worker)
            thread = threading.Thread(target=self._lane, args=(kinds, worker), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with self._wake:
            self.stopping = True
            self._wake.notify_all()
        for worker in self.workers:
            worker.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def waken(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def settled(self, open_ones: Callable[[], bool], seconds: float) -> bool:
        """Wait until what is open has come to its end, at most so long; whether it has."""
        end = time.monotonic() + seconds
        with self._wake:
            while open_ones():
                left = end - time.monotonic()
                if left <= 0 or self.stopping:
                    return False
                self._wake.wait(timeout=min(left, 1))
        return True

    # -------------------------------------------------------------- questions

    def ask(self, task: str, arguments: Mapping[str, object], who: str, seconds: int) -> Answer:
        """Refusal (429) where this person has too many questions waiting, (503) where everybody together has."""
        call = _Call(task, arguments, Future())
        with self._wake:
            mine = self._calls.get(who, deque())
            if len(mine) >= OWN_QUESTIONS:
                raise Refusal("您的上一个请求还没有处理完，请稍等再试。", status=429)
            if self._asking >= ALL_QUESTIONS:
                raise Refusal("现在使用的人很多，请稍等再试。", status=503)
            self._calls.setdefault(who, deque()).append(call)
            self._asking += 1
            self._wake.notify_all()
        try:
            return call.answer.result(timeout=seconds)
        except TimeoutError:
            call.answer.cancel()
            raise Refusal("正忙，请稍后再试。", status=503) from None
        finally:
            with self._wake:
                self._asking -= 1
                if call in (waiting := self._calls.get(who, deque())):
                    waiting.remove(call)

    def _answer(self, call: _Call, worker: Worker) -> None:
        if not call.answer.set_running_or_notify_cancel():
            return
        try:
            call.answer.set_result(done_by(worker, call.task, call.arguments))
        except Exception as error:  # a refusal, or a fault that the page tells of
            call.answer.set_exception(error)

    # -------------------------------------------------------------- turns

    def _lane(self, kinds: tuple[str, ...], worker: Worker) -> None:
        if kinds == ASK:  # somebody will wait for its answer: made ready before the first question
            with contextlib.suppress(Refusal):
                done_by(worker, "ready", {})
        while True:
            with self._wake:
                call, job = self._next(kinds)
                while call is None and job is None and not self.stopping:
                    self._wake.wait(timeout=5)
                    call, job = self._next(kinds)
                if self.stopping:
                    return
            if call is not None:
                self._answer(call, worker)
            elif job is not None:
                try:
                    self.act(job, worker)
                except Exception:
                    LOG.exception("job %s", job["id"])
                finally:
                    with self._wake:
                        self._busy.discard(job["department"])
                        self._wake.notify_all()

    def _next(self, kinds: tuple[str, ...]) -> tuple[_Call | None, Row | None]:
        """What a lane does next (under the lock)."""
        if self.stopping:
            return None, None
        if kinds == ASK:
            for who in list(self._calls):
                waiting = self._calls.pop(who)
                if waiting:
                    call = waiting.popleft()
                    self._calls[who] = waiting  # behind the others now
                    return call, None
        busy = sorted(self._busy)
        marks, taken = ",".join("?" * len(kinds)), ",".join("?" * len(busy))
        first = self.database.all(
            f"SELECT MIN(id) AS id, who FROM job WHERE state='queued' AND kind IN ({marks})"  # noqa: S608 - question marks
            f" AND department NOT IN ({taken}) GROUP BY who",
            *kinds,
            *busy,
        )
        if not first:
            return None, None
        chosen = min(first, key=lambda r: (self._turns.get(r["who"], 0), r["id"]))
        with self.database.write() as change:
            change.execute("UPDATE job SET state='running' WHERE id=?", (chosen["id"],))
        job = self.database.one("SELECT * FROM job WHERE id=?", chosen["id"])
        assert job is not None
        self._turns[chosen["who"]] = next(self._turn)
        self._busy.add(job["department"])
        return None, job
