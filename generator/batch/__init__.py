"""Many departments in one go: found, divided among processes or a cluster, recorded, summed up.

One job is one department and plain data on both sides (``job``); a pool and ``cluster`` run the
same function, so their files are the same to the byte.  ``ledger`` remembers what was done: a run
that was killed goes on where it stopped, and what has not changed is not done again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.batch.plan import FORMATS, LIMITS, Plan, Step
    from generator.batch.plan import run as run_batch
    from generator.batch.summary import as_json as summary_as_json
    from generator.batch.summary import first_problem, headline, name_of, summarize, write_summary
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "FORMATS",
    "LIMITS",
    "Plan",
    "Step",
    "first_problem",
    "headline",
    "name_of",
    "run_batch",
    "summarize",
    "summary_as_json",
    "write_summary",
]
