"""Reasons for changes: what moved, drafts, where they stand, last year, next year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.reasons.drafting import Draft, by_slot, drafts, drafts_for
    from generator.reasons.drafting import as_json as drafts_as_json
    from generator.reasons.facts import causes as fact_causes
    from generator.reasons.in_workbook import store as store_drafts
    from generator.reasons.last_year import read_last
    from generator.reasons.next_year import Taken, carried, roll, with_tables
    from generator.reasons.placed import settle
    from generator.reasons.questions import DRAFT, Slot, slots
    from generator.reasons.verify import Statement, check_slots
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "DRAFT",
    "Draft",
    "Slot",
    "Statement",
    "Taken",
    "by_slot",
    "carried",
    "check_slots",
    "drafts",
    "drafts_as_json",
    "drafts_for",
    "fact_causes",
    "read_last",
    "roll",
    "settle",
    "slots",
    "store_drafts",
    "with_tables",
]
