"""Whether a published document holds: its tables, its sentences against them, its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.audit.against import as_publication
    from generator.audit.faults import Fault, Spot
    from generator.audit.many import Answer, Asked, audit_many
    from generator.audit.report import report_lines
    from generator.audit.results.folder import written as write_papers
    from generator.audit.results.marks import marked
    from generator.audit.results.measures import outliers
    from generator.audit.results.papers import checklist, opinion
    from generator.audit.results.papers import page as result_page
    from generator.audit.results.record import LEVELS, Problem, Record, from_plain, record_of
    from generator.audit.results.summary import AuditSummary
    from generator.audit.results.summary_files import headline, summary_of, write_summary
    from generator.audit.run import Audit
    from generator.audit.run import audit as audit_document
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "LEVELS",
    "Answer",
    "Asked",
    "Audit",
    "AuditSummary",
    "Fault",
    "Problem",
    "Record",
    "Spot",
    "as_publication",
    "audit_document",
    "audit_many",
    "checklist",
    "from_plain",
    "headline",
    "marked",
    "opinion",
    "outliers",
    "record_of",
    "report_lines",
    "result_page",
    "summary_of",
    "write_papers",
    "write_summary",
]
