"""Whether what was filled in and what was written holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.checks import accepted
    from generator.checks.cases import own_cases
    from generator.checks.cases import submission_of as submission_of_case
    from generator.checks.filled import Filled
    from generator.checks.filled import submission as submission_from
    from generator.checks.formulas import Result, Status, finding_of, judge, money_text, unit_of
    from generator.checks.pack import lines as pack_lines
    from generator.checks.pack import verify as verify_pack
    from generator.checks.printed.all import adding_up, remarks
    from generator.checks.printed.blocks import Grid, Remark, Said, grids_of, said_by
    from generator.checks.printed.personal import personal
    from generator.checks.printed.wording import wording
    from generator.checks.run import Report, check, check_tables, explain
    from generator.checks.suspects import CULPRIT, Suspect
    from generator.checks.suspects import suspects as suspects_of
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "CULPRIT",
    "Filled",
    "Grid",
    "Remark",
    "Report",
    "Result",
    "Said",
    "Status",
    "Suspect",
    "accepted",
    "adding_up",
    "check",
    "check_tables",
    "explain",
    "finding_of",
    "grids_of",
    "judge",
    "money_text",
    "own_cases",
    "pack_lines",
    "personal",
    "remarks",
    "said_by",
    "submission_from",
    "submission_of_case",
    "suspects_of",
    "unit_of",
    "verify_pack",
    "wording",
]
