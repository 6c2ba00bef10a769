"""The finished text read as its readers read it."""

from __future__ import annotations

from functools import cache

from generator.department import Examined, examine
from generator.model import Document
from tests.conftest import DEPARTMENTS, INPUTS, examined_of

MADE_UP = INPUTS / "上海市滨江文化服务局（虚构）"
SIX = (*sorted(DEPARTMENTS), "shanghai")


@cache
def _made_up() -> Examined:
    return examine(MADE_UP)


def six(seed: str) -> Examined:
    """One of the six departments, examined once."""
    return examined_of(seed) if seed in DEPARTMENTS else _made_up()


def document_of(seed: str) -> Document:
    document = six(seed).document
    assert document is not None
    return document
