"""One fault stops a pack at once, or all faults are gathered and told together.

Wherever a pack is read or compiled, ``with each():`` stands round one entry, and ``slip`` reports a fault
after which the entry can still be looked at.  Usually both raise.  Inside ``gathered()`` the faults are kept
and the rest of the pack goes on, for ``juesuan pack check``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from generator.packs.pack import PackError

Spec = TypeVar("Spec")
Made = TypeVar("Made")

_kept: ContextVar[list[PackError] | None] = ContextVar("slips", default=None)


@contextmanager
def gathered() -> Iterator[list[PackError]]:
    """The faults found while this lasts, in the order in which they were met."""
    found: list[PackError] = []
    token = _kept.set(found)
    try:
        yield found
    finally:
        _kept.reset(token)


@contextmanager
def alone() -> Iterator[None]:
    """Here the first fault raises, whatever is gathered around."""
    token = _kept.set(None)
    try:
        yield
    finally:
        _kept.reset(token)


@contextmanager
def each() -> Iterator[None]:
    """Around one entry: while faults are gathered, the next entry is looked at as well."""
    try:
        yield
    except PackError as error:
        slip(error)


def slip(error: PackError) -> None:
    """A fault; PackError unless faults are gathered."""
    found = _kept.get()
    if found is None:
        raise error
    if not any(error.args == other.args for other in found):
        found.append(error)


def made_of(entries: Mapping[str, Spec], make: Callable[[Spec], Made]) -> dict[str, Made]:
    """What is made of each entry, without those that are at fault."""
    out: dict[str, Made] = {}
    for key, spec in entries.items():
        with each():
            out[key] = make(spec)
    return out
