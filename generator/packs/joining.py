"""How the words of a pack and the words of a person meet: no lead-in, ending or full stop twice.

Officers write whole sentences (主要原因是人员增加。) where the pack brings lead-in and full stop itself, and
name lists that end in 等 where the pack goes on with 等支出.  What both bring is printed once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from generator.model import Span, Spans

STOPS = "。；，"
# what the pack's words end with: what a person may have begun with too
LEADS = (
    (re.compile(r"(?:原因|主要)是$|原因(?:主要)?[是为]?[：:]$|主要原因[是为]$"),
     re.compile(r"^(?:其?主要)?原因(?:主要)?(?:[是为][：:]?|[：:])|^主要(?:原因)?是[：:]?|^是(?=由于|因为)")),
    (re.compile(r"(?:主要)?包括[：:]?$"), re.compile(r"^(?:主要)?包括[：:]?|^主要是[：:]?")),
    (re.compile(r"(?:主要)?用于[：:]?$"), re.compile(r"^(?:主要)?用于[：:]?|^主要是(?=用于)(?:用于)?")),
)  # fmt: skip
FIRST = re.compile(r"^(?:一是|其一|一方面)")
AFTER = re.compile(r"^等([\u4e00-\u9fff]{2,4}?)?(?=[，。；、）]|$)")
FOLLOWED = re.compile(r"^等")


def join(spans: Iterable[Span]) -> Spans:
    """The spans of a paragraph as they are printed; spans without text fall away."""
    out: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if out:
            before = out[-1]
            if before.kind == "typed" and span.kind != "typed":
                out[-1] = before = _ended(before, span)
                if not before.text:
                    out.pop()
            elif span.kind == "typed" and before.kind == "literal":
                span = _begun(before, span)
                if FIRST.match(span.text) and before.text.endswith("是"):
                    out.append(Span("："))
        if span.text:
            out.append(span)
    return tuple(out)


def _begun(before: Span, span: Span) -> Span:
    """A person's words without the lead-in that stands before them already."""
    for lead, said in LEADS:
        found = said.match(span.text)
        if found and lead.search(before.text) and found.end() < len(span.text):
            return replace(span, text=span.text[found.end() :])
    return span


def _ended(span: Span, after: Span) -> Span:
    """A person's words without the stop or the 等 … that comes after them anyway."""
    text = span.text
    if after.text[:1] in STOPS and text[-1:] in STOPS:
        text = text.rstrip(STOPS)
    if FOLLOWED.match(after.text):
        word = AFTER.match(after.text)
        for ending in (f"等{word[1]}" if word and word[1] else "", "等"):
            if (
                ending
                and text.endswith(ending)
                and not text.endswith(("平等", "同等", "对等", "高等", "中等", "初等", "优等", "上等", "均等"))
            ):
                text = text.removesuffix(ending)
                break
    return replace(span, text=text)
