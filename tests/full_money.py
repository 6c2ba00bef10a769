"""The made-up department with every kind of money, from the shared case of the packs."""

from __future__ import annotations

from generator.checks.cases import cases_of, submission_of
from generator.model.submission import Submission
from generator.packs.compiled import CompiledPack


def submission(compiled: CompiledPack) -> Submission:
    """The department of ``templates/national/cases/everything.toml`` under a pack."""
    return submission_of(cases_of(compiled.pack)["everything"], compiled.pack)
