"""The lock file (``requirements.lock``): which libraries a target needs, each with its hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"


@dataclass(frozen=True)
class Target:
    """A machine that a folder is made for.  ``tags``: the platforms of its wheels, the wanted first."""

    name: str
    python: str  # 3.13
    tags: tuple[str, ...]
    environment: dict[str, str]
    without: tuple[str, ...] = ()  # libraries that are of no use there, with what only they need


WINDOWS = Target(
    "windows",
    "3.13",
    ("win_amd64",),
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ("weasyprint",),  # its libraries of the system are not to be had there
)
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def linux(machine: str, python: str) -> Target:
    """Linux on ``x86_64`` or ``aarch64``, on glibc 2.28 and later."""
    tags = (*(f"manylinux_2_{n}_{machine}" for n in (28, 27, 26, 24, 17, 5)), f"manylinux2014_{machine}")
    return Target(f"linux-{machine}", python, tags, {**LINUX, "platform_machine": machine})


@dataclass
class Locked:
    """One library of the lock file; ``needed_by``: the libraries that ask for it."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)

    def line(self) -> str:
        """As a requirements file has it, without its marker."""
        return " ".join((f"{self.name}=={self.version}", *(f"--hash={h}" for h in self.hashes)))


def read_lock(text: str) -> Iterator[Locked]:
    """The libraries of a lock file."""
    current: Locked | None = None
    for line in text.splitlines():
        head = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]*?))?\s*\\?$", line)
        if head:
            if current:
                yield current
            current = Locked(head[1], head[2], (head[3] or "").strip())
        elif current and (found := re.search(r"--hash=(\S+)", line)):
            current.hashes.append(found[1])
        elif current and (found := re.match(r"\s+#\s+(?:via )?([A-Za-z0-9._-]+)", line)) and found[1] != "via":
            current.needed_by.append(found[1])
    if current:
        yield current


def wanted(target: Target, text: str | None = None) -> list[Locked]:
    """What a target needs: its markers hold there, and something that is there asks for it."""
    major = {"python_version": target.python, "python_full_version": f"{target.python}.0"}
    values = {**target.environment, **major, "implementation_name": "cpython"}
    values |= {"platform_python_implementation": "CPython"}
    known = {x.name: x for x in read_lock(text if text is not None else LOCK.read_text(encoding="utf-8"))}
    kept = {n: x for n, x in known.items() if not x.marker or Marker(x.marker).evaluate(values)}
    gone = set(known) - set(kept) | set(target.without)
    while True:
        left = {n for n, x in kept.items() if n in gone or (x.needed_by and all(b in gone for b in x.needed_by))}
        if left <= gone:
            return [x for n, x in kept.items() if n not in gone]
        gone |= left
