"""Findings: what is wrong, where, by how much, and what to do.

A finding is data.  Printing it lives in ``cli.py``, marking it in the workbook in its own module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from generator.model.figures import CellRef


class Severity(StrEnum):
    """How grave: 错误 blocks publication, not drafting."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def chinese(self) -> str:
        return {"error": "错误", "warning": "警告", "info": "提示"}[self.value]

    @property
    def rank(self) -> int:
        return {"error": 2, "warning": 1, "info": 0}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.  ``id`` names the rule; ``cells`` the places, first the main one.

    ``expected``, ``actual``, ``difference`` and ``band`` (the allowed difference) are already in
    the unit of the sheet; ``hint`` says what to do.
    """

    id: str
    severity: Severity
    message: str
    cells: tuple[CellRef, ...] = ()
    title: str = ""
    expected: str = ""
    actual: str = ""
    difference: str = ""
    band: str = ""
    related: tuple[str, ...] = ()
    hint: str = ""

    def but(
        self, *, severity: Severity | None = None, hint: str = "", related: tuple[str, ...] | None = None
    ) -> Finding:
        """The same finding, graver or lighter, with other advice, or tied to others."""
        return replace(
            self,
            severity=severity or self.severity,
            hint=hint or self.hint,
            related=self.related if related is None else related,
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Finding:
        """A finding from its machine-readable form."""
        words = {
            k: str(kept[k]) for k in ("id", "message", "title", "expected", "actual", "difference", "band", "hint")
        }
        cells = tuple(CellRef(*c.split("!", 1)) for c in kept["cells"] if "!" in c)
        return cls(severity=Severity(kept["severity"]), cells=cells, related=tuple(kept["related"]), **words)

    def as_json(self) -> dict[str, object]:
        """The stable machine-readable form (``check --json``: other programs rely on it)."""
        return {
            "id": self.id,
            "severity": self.severity.value,
            "title": self.title,
            "message": self.message,
            "cells": [str(c) for c in self.cells],
            "expected": self.expected,
            "actual": self.actual,
            "difference": self.difference,
            "band": self.band,
            "related": list(self.related),
            "hint": self.hint,
        }


def publishable(findings: Iterable[Finding]) -> bool:
    """True where nothing blocks publication."""
    return not any(f.severity is Severity.ERROR for f in findings)
