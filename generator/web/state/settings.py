"""What a workbench is started with: its folders, who may come in, and the limits of its workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "testserver")


def working_year() -> int:
    """The year whose final accounts are published now: the last one."""
    return date.today().year - 1


@dataclass(frozen=True)
class Settings:
    """All paths are folders; ``data`` holds the state of the workbench, nothing of a department's own.

    Times in seconds, sizes in MB.
    """

    inputs: Path = Path("inputs")
    output: Path = Path("output")
    data: Path = Path("var/workbench")
    packs: Path | None = None
    accounts: bool = False
    hosts: tuple[str, ...] = LOCAL_HOSTS
    secure: bool = False  # cookies over https only
    year: int = field(default_factory=working_year)
    quick_workers: int = 1
    slow_workers: int = 1
    ask_workers: int = 1
    memory: int = 1500
    quick_memory: int = 600  # for what reads files from outside
    quick_time: int = 60
    slow_time: int = 300
    upload: int = 60
    publish_days: int = 20
    one_person: bool = False  # a small office: who hands in may also review and approve
    watch_seconds: float = 30  # between looks at workbooks that were changed in their folders
