"""Some workers that share a list of tasks; a task whose process dies is tried once more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Generic, TypeVar

from generator.workers.limits import Ended, Limits
from generator.workers.worker import TICK, Worker

T = TypeVar("T")


class Pool(Generic[T]):
    """``function`` is ``module:name``, called with one task each (see :class:`Worker`)."""

    def __init__(self, workers: int, limits: Limits, function: str) -> None:
        self._workers = [Worker(function, limits) for _ in range(max(1, workers))]

    def run(self, tasks: Iterable[T], begin: Callable[[T], None] = lambda _: None) -> Iterator[tuple[T, object]]:
        """Each task with its answer, or how it :class:`Ended`, as they come.  ``begin`` is called before a task is given."""
        waiting = deque(tasks)
        given: dict[Worker, T] = {}
        again: list[T] = []
        while waiting or given:
            for worker in self._workers:
                if worker not in given and waiting:
                    given[worker] = waiting.popleft()
                    begin(given[worker])
                    worker.give(given[worker])
            wait([w.pipe for w in given], timeout=TICK)
            for worker in list(given):
                found = worker.look()
                if found is None:
                    continue
                task = given.pop(worker)
                if isinstance(found, Ended):
                    if found.reason == "died" and task not in again:
                        again.append(task)
                        waiting.appendleft(task)
                        continue
                    yield task, found
                else:
                    yield task, found[0]

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()
