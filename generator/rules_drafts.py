"""Rules over drafted reasons: none may be published before a person has taken or rewritten it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Severity
from generator.model import CellRef, Text
from generator.reasons.drafts import drafts
from generator.reasons.slots import DRAFT
from generator.rules import CannotTell, Examination, NotApplicable, Problem, rule

BASIS = "《地方预决算公开操作规程》：增减变化的原因由公开主体说明"


def _texts(e: Examination) -> Iterator[tuple[str, str, Text, tuple[CellRef, ...]]]:
    """Every place with a stored draft: its name, what it is called, the text, the cells."""
    pack = e.compiled.pack
    for name, text in e.submission.reasons.items():
        if text.draft.strip() and name in pack.reasons:
            yield f"reason:{name}", pack.reasons[name].title, text, (*text.cells, *e.place(f"draft:reason:{name}"))
    facts = pack.lists.get(pack.meta.facts)
    for record in e.submission.lists.get(facts.id, ()) if facts else ():
        for column in facts.columns if facts else ():
            value = record.get(column.id)
            if isinstance(value, Text) and value.draft.strip():
                text = value
                code = str(record.get("code", ""))
                beside = record.get(column.id + DRAFT)
                cells = (*text.cells, *(beside.cells if isinstance(beside, Text) else ()))
                yield f"{'use' if column.id == 'use' else 'item'}:{code}", f"{code} {column.label}", text, cells


@rule(
    "DR-401", "原因的草稿还没有采用或改写", severity=Severity.ERROR, basis=BASIS,
    hint="同意草稿的，在“采用”一格选“采用”；不同意的，把自己的说明写在填写的一格里。",
)  # fmt: skip
def pending(e: Examination) -> Iterator[Problem]:
    for _, title, text, cells in _texts(e):
        if text.pending:
            yield Problem(f"“{title}”是程序起草的建议，还没有采用或改写：“{text.value[:60]}”。", cells, actual=text.value)


@rule(
    "DR-402", "采用草稿以后数字有变", severity=Severity.WARNING, basis=BASIS,
    hint="请重新运行 juesuan draft 取得新的草稿，或改写说明。",
)  # fmt: skip
def stale(e: Examination) -> Iterator[Problem]:
    """An accepted draft that would be said otherwise by the figures of now: both are shown."""
    accepted = {slot: (title, text, cells) for slot, title, text, cells in _texts(e) if text.accepted and text.value.strip() == text.draft.strip() and not text.pieces}
    if not accepted:
        return
    now = {d.slot: d.text for d in drafts(e.compiled, e.context)}
    for slot, (title, text, cells) in accepted.items():
        said = now.get(slot, "")
        yield Problem(f"“{title}”采用的草稿是“{text.value}”，按现在的数应为“{said or '（没有可说的）'}”。", cells, said, text.value)


@rule(
    "DR-403", "带入的上年数还没有核对", severity=Severity.INFO, basis="部门决算公开文本规范",
    hint="请核对“上年明细”和“上年数与年初预算”里带入的数，核对后选“已核对”。",
)  # fmt: skip
def unconfirmed(e: Examination) -> Iterator[Problem]:
    if not e.context.last:
        raise NotApplicable
    origin = e.submission.groups.get("origin")
    if origin is None:
        raise CannotTell
    if not str(origin.get("checked", "")).strip():
        yield Problem(f"上年数取自{origin.get('file') or '上年的文件'}，还没有核对。", e.place("field:origin.checked"))

