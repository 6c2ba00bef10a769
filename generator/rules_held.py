"""Rules that hold written reasons to the figures, and shortened lists to the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.findings import Severity
from generator.formulas import printed_value
from generator.language import Word
from generator.model import Figure, Text
from generator.reasons.held import check_slots
from generator.rules import Examination, Problem, rule

BASIS = "《地方预决算公开操作规程》：说明应当与公开的数字一致"
HINT = "请核对原因和数字；说的是另一个口径的，可以写明理由后保留。"
WHAT = {"direction": "的说法与数字相反", "amount": "不是表里的数", "rate": "不是表里的增减率", "people": "与填报的事实不一致"}


def _problems(e: Examination, kinds: tuple[str, ...]) -> Iterator[Problem]:
    for slot, found in check_slots(e.compiled, e.context):
        if found.kind in kinds:
            message = f"“{slot.title}”写的“{found.said}”{WHAT[found.kind]}：{found.so}。"
            cells = (*slot.text.cells, *(c for f in found.figures for c in f.cells))
            yield Problem(message, tuple(dict.fromkeys(cells)), found.so, found.said, found.difference)


@rule("DR-404", "原因里的增减与数字相反", severity=Severity.WARNING, basis=BASIS, hint=HINT)
def directions(e: Examination) -> Iterator[Problem]:
    """A subject, project or amount that is said to have moved one way and moved another."""
    yield from _problems(e, ("direction",))


@rule("DR-405", "原因里的金额、增减率或人数在填报的数里找不到", severity=Severity.WARNING, basis=BASIS, hint=HINT)
def amounts(e: Examination) -> Iterator[Problem]:
    yield from _problems(e, ("amount", "rate", "people"))


@rule(
    "DR-406", "列举的科目不全或没有数", severity=Severity.WARNING, basis="部门决算公开文本规范",
    hint="缩短列举的，请确认漏列的科目可以不写；不填则自动列出全部。",
)  # fmt: skip
def shortened(e: Examination) -> Iterator[Problem]:
    """A list of names that a person shortened: what is left out, and what has no amount."""
    pack = e.compiled.pack
    money = pack.formats["money"]
    for spec in pack.in_force(pack.reasons, e.context.year):
        rule_of_names = e.compiled.expressions.get(f"reason:{spec.id}:names")
        text = e.submission.reasons.get(spec.id, Text())
        if rule_of_names is None or not text.value.strip():
            continue
        names: list[Word] = rule_of_names(e.context.members)
        full = {n.plain: n for n in names}
        said = [w for w in re.split(r"[、，,；;]|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff])", text.value.strip().rstrip("等。")) if w.strip()]
        gone = [n for n in full if n not in said and n not in text.value]
        if gone:
            figures = [_amount(e, full[n]) for n in gone]
            listed = "、".join(f"{n}（{printed_value(f.number, money):,f}万元）" for n, f in zip(gone, figures, strict=True))
            cells = (*text.cells, *(c for n in gone for s in full[n].spans for c in s.cells))
            yield Problem(f"“{spec.title}”没有列出：{listed}。", cells, "、".join(full), text.value)
        unknown = [w.strip() for w in said if w.strip() not in full and not any(w.strip() in n for n in full)]
        if unknown:
            yield Problem(f"“{spec.title}”列出的{'、'.join(unknown)}在表里没有数。", text.cells, "、".join(full), "、".join(unknown))


def _amount(e: Examination, name: Word) -> Figure:
    """The amount behind a name: the figure of its cell."""
    cells = {c for s in name.spans for c in s.cells}
    for table in e.submission.tables.values():
        for figure in table.slots.values():
            if cells & set(figure.cells):
                return figure
    return Figure(None)
