"""What can be compared: a recorded version, a workbook or a department as it is now.

Written ``部门``, ``填报表.xlsx``, ``部门@3`` (version 3), ``部门@封存`` (the sealed one) or ``部门@上一版``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.model import Document
from generator.writers import paginate

Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Side:
    """One side of a comparison.  ``values``: figures and typed texts by name; ``reason``: of the 更正
    under which a version was made."""

    label: str
    document: Document
    values: Values = field(default_factory=dict)
    reason: str = ""
    at: str = ""

    @cached_property
    def pages(self) -> Mapping[str, int]:
        """The page on which each block begins."""
        return paginate(self.document).pages
