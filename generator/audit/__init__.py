"""Whether a published document holds: its tables, its sentences against them, its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.audit.against import as_publication
    from generator.audit.faults import Fault, Spot
    from generator.audit.many import Answer, Asked, audit_many
    from generator.audit.report import report_lines, write_report
    from generator.audit.run import Audit
    from generator.audit.run import audit as audit_document
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Answer",
    "Asked",
    "Audit",
    "Fault",
    "Spot",
    "as_publication",
    "audit_document",
    "audit_many",
    "report_lines",
    "write_report",
]
