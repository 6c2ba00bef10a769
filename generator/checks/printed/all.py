"""Everything that is remarked about a text, by all checks of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.checks.printed.blocks import Grid, Remark, Said
from generator.checks.printed.counts import counts
from generator.checks.printed.forms import forms
from generator.checks.printed.rates import rates
from generator.checks.printed.sums import sums
from generator.checks.printed.wording import wording

LONGEST = 10_000


def adding_up(blocks: Sequence[Said], grids: Sequence[Grid] = ()) -> Iterator[Remark]:
    """Parts and wholes, counts, rates, and the scores of forms.  A paragraph of many pages is none: left out."""
    blocks = [b for b in blocks if len(b.text) <= LONGEST]
    yield from sums(blocks)
    yield from counts(blocks)
    yield from rates(blocks)
    yield from forms(grids)


def remarks(blocks: Sequence[Said], grids: Sequence[Grid] = ()) -> Iterator[Remark]:
    """All of it: words first, then what adds up."""
    yield from wording(blocks)
    yield from adding_up(blocks, grids)
