"""Calls with room below them behave as calls do."""

from __future__ import annotations

import sys
import threading

import pytest

from generator.writers.frames import with_room


def depth_reached() -> int:
    """How deep calls may go before Python says that it is too deep."""

    def deeper(level: int) -> int:
        try:
            return deeper(level + 1)
        except RecursionError:
            return level

    return deeper(0)


def test_results_errors_and_depth_are_those_of_the_call() -> None:
    assert with_room(lambda: with_room(lambda: 42)) == 42
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 // 0)
    assert with_room(depth_reached) <= depth_reached() < sys.getrecursionlimit()
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(with_room(lambda: sum(range(10)))))
    thread.start()
    thread.join()
    assert found == [45]
