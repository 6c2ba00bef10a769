"""Work in child processes that are watched, limited and replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.workers.limits import Ended, Limits, Say
    from generator.workers.pool import Pool
    from generator.workers.worker import Worker
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Ended",
    "Limits",
    "Pool",
    "Say",
    "Worker",
]
