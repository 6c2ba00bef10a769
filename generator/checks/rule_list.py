"""Every rule, in the order in which they are run and printed: a rule that does not stand here is not run."""

from __future__ import annotations

from generator.checks import _directions, _forms, _magnitude, _printed, _reasons, _texts
from generator.checks._rules import Rule

LISTED: tuple[Rule, ...] = (
    _reasons.pending,
    _reasons.stale,
    _reasons.unconfirmed,
    _forms.execution_score,
    _forms.projects_within,
    _forms.vehicles,
    _forms.parents_present,
    _forms.names_agree,
    _forms.strange_amounts,
    _forms.blank_or_zero,
    _forms.sourced_numbers,
    _forms.complete_outline,
    _forms.glossary_numbers,
    _forms.empty_tables_noted,
    _forms.contents_agree,
    _reasons.directions,
    _reasons.amounts,
    _reasons.shortened,
    _reasons.uses,
    _texts.reason_missing,
    _texts.field_missing,
    _texts.never_asked,
    _texts.item_facts,
    _texts.item_reason,
    _texts.placeholder,
    _texts.punctuation,
    _texts.repeated_words,
    _directions.same_reason,
    _directions.one_fact,
    _directions.reason_direction,
    _directions.large_change,
    _texts.personal_data,
    _texts.other_year,
    _texts.obsolete_names,
    _texts.published_in_time,
    _texts.open_places,
    _magnitude.magnitude,
    *_printed.RULES,
)
RULES: dict[str, Rule] = {r.id: r for r in LISTED}
