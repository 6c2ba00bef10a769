"""What a worker of the workbench runs: one task by its name."""

from __future__ import annotations

from typing import Any

from generator.web.work.tasks import TASKS
from generator.web.work.tasks_published import PUBLISHED_TASKS
from generator.workers import Say


def perform(say: Say, task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do a task; its plain answer.  Refusal where it cannot be done."""
    return {**TASKS, **PUBLISHED_TASKS}[task](progress=say, **arguments)
