"""Whether what was filled in and what was written holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.checks import accepted
    from generator.checks.formulas import Result, Status, finding_of, money_text, unit_of
    from generator.checks.pack import lines as pack_lines
    from generator.checks.pack import verify as verify_pack
    from generator.checks.run import Report, check, explain
    from generator.checks.suspects import CULPRIT
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "CULPRIT",
    "Report",
    "Result",
    "Status",
    "accepted",
    "check",
    "explain",
    "finding_of",
    "money_text",
    "pack_lines",
    "unit_of",
    "verify_pack",
]
