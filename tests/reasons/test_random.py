"""Any two years of a department: drafts say no digit without a figure, never more than the change, and nothing false."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from generator.checks.filled import submission
from generator.model.figures import CellRef
from generator.model.submission import Text
from generator.packs.loader import load
from generator.packs.names import Context
from generator.reasons.drafting import Draft, drafts
from generator.reasons.last_year import LastSource, lines
from generator.reasons.verify import check_slots
from tests.reasons.planted import FACTS, YEARS, filled

KEYS = list(YEARS[2023])
AMOUNT = st.one_of(st.just(0), st.integers(1, 400), st.integers(0, 9_000_000))
YEAR = st.fixed_dictionaries(dict.fromkeys(KEYS, AMOUNT))
COMPILED = load("liaoning")


def made(before: dict[str, int], after: dict[str, int], facts: bool) -> tuple[list[Draft], Context]:
    """The drafts of the second year, without a workbook."""
    pack = COMPILED.pack
    old = COMPILED.context(submission(pack, filled(2023, before)))
    found = lines(LastSource(COMPILED, old, "", "", (*old.tables, "projects"), whole=True), 2024)
    now = filled(2024, after)
    now.lists["last_lines"] = [{"key": x.key, "label": x.label, "amount": f"{x.amount.number:f}"} for x in found]
    now.fields["origin.known"] = " ".join((*old.tables, "projects"))
    whole = str(sum(before.values()))
    now.fields |= {f"prior.{k}": whole for k in ("income", "expenditure", "fiscal")} | {"prior.closing": "0"}
    if facts:
        now.fields |= FACTS["fields"]
        now.lists |= FACTS["lists"]
    context = COMPILED.context(submission(pack, now))
    return drafts(COMPILED, context), context


@settings(max_examples=40, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@given(YEAR, YEAR, st.booleans())
def test_drafts_of_any_two_years(before: dict[str, int], after: dict[str, int], facts: bool) -> None:
    found, context = made(before, after, facts)
    again, _ = made(before, after, facts)
    assert [d.text for d in found] == [d.text for d in again]
    for draft in found:
        for span in draft.spans:
            sourced = span.figure is not None or span.kind in ("name", "typed", "ordinal")
            assert sourced or not re.search(r"\d", span.text), (draft.slot, span)
            if span.figure is not None:
                assert span.figure.cells, (draft.slot, span)
        change = abs((draft.current - draft.base).number)
        if draft.explanation is not None:
            assert draft.explanation.net <= change
        for claim in draft.claims:
            if claim.direction and claim.current is not None and claim.base is not None:
                moved = (claim.current - claim.base).number
                assert (moved > 0) is (claim.direction == "increase")
    # taken over word for word, a draft stands up to the check of what people write
    said = {
        d.reason: Text(d.text, (CellRef("原因说明", "D1"),)) for d in found if d.slot.startswith("reason:") and d.text
    }
    told = COMPILED.context(replace(context.submission, reasons=said))
    assert [s for _, s in check_slots(COMPILED, told)] == []
