"""Rules that hold written reasons to the figures, and shortened lists to the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from generator.checks._rules import CannotTell, Examination, NotApplicable, Problem, rule
from generator.model import CellRef, Figure, Severity, Text, printed_value
from generator.packs import Context, Word
from generator.reasons import DRAFT, Slot, Statement, check_slots, drafts, slots

BASIS_OF_DRAFTS = "《地方预决算公开操作规程》：增减变化的原因由公开主体说明"


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
    "DR-401", "原因的草稿还没有采用或改写", severity=Severity.ERROR, basis=BASIS_OF_DRAFTS,
    hint="同意草稿的，在“采用”一格选“采用”；不同意的，把自己的说明写在填写的一格里。",
)  # fmt: skip
def pending(e: Examination) -> Iterator[Problem]:
    for _, title, text, cells in _texts(e):
        if text.pending:
            yield Problem(
                f"“{title}”是程序起草的建议，还没有采用或改写：“{text.value[:60]}”。", cells, actual=text.value
            )


@rule(
    "DR-402", "采用草稿以后数字有变", severity=Severity.WARNING, basis=BASIS_OF_DRAFTS,
    hint="请重新运行 juesuan draft 取得新的草稿，或改写说明。",
)  # fmt: skip
def stale(e: Examination) -> Iterator[Problem]:
    """An accepted draft that would be said otherwise by the figures of now: both are shown."""
    accepted = {
        slot: (title, text, cells)
        for slot, title, text, cells in _texts(e)
        if text.accepted and text.value.strip() == text.draft.strip() and not text.pieces
    }
    if not accepted:
        return
    now = {d.slot: d.text for d in drafts(e.compiled, e.context)}
    for slot, (title, text, cells) in accepted.items():
        said = now.get(slot, "")
        yield Problem(
            f"“{title}”采用的草稿是“{text.value}”，按现在的数应为“{said or '（没有可说的）'}”。",
            cells,
            said,
            text.value,
        )


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


BASIS = "《地方预决算公开操作规程》：说明应当与公开的数字一致"
HINT = "请核对原因和数字；说的是另一个口径的，可以写明理由后保留。"
WHAT = {
    "direction": "的说法与数字相反",
    "amount": "不是表里的数",
    "rate": "不是表里的增减率",
    "people": "与填报的事实不一致",
}


_found: WeakKeyDictionary[Context, list[tuple[Slot, Statement]]] = WeakKeyDictionary()


def _problems(e: Examination, kinds: tuple[str, ...]) -> Iterator[Problem]:
    if e.context not in _found:
        _found[e.context] = list(check_slots(e.compiled, e.context))
    for slot, found in _found[e.context]:
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
        rule_of_names = e.compiled.reasons[spec.id].names
        text = e.submission.reasons.get(spec.id, Text())
        if rule_of_names is None or not text.value.strip():
            continue
        names: list[Word] = rule_of_names(e.context.members)
        full = {n.plain: n for n in names}
        said = [
            w
            for w in re.split(
                r"[、，,；;]|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff])", text.value.strip().rstrip("等。")
            )
            if w.strip()
        ]
        gone = [n for n in full if n not in said and n not in text.value]
        if gone:
            figures = [_amount(e, full[n]) for n in gone]
            listed = "、".join(
                f"{n}（{printed_value(f.number, money):,f}万元）" for n, f in zip(gone, figures, strict=True)
            )
            cells = (*text.cells, *(c for n in gone for s in full[n].spans for c in s.cells))
            yield Problem(f"“{spec.title}”没有列出：{listed}。", cells, "、".join(full), text.value)
        unknown = [w.strip() for w in said if w.strip() not in full and not any(w.strip() in n for n in full)]
        if unknown:
            yield Problem(
                f"“{spec.title}”列出的{'、'.join(unknown)}在表里没有数。",
                text.cells,
                "、".join(full),
                "、".join(unknown),
            )


@rule(
    "DR-407", "主要用途没有写到列支的项目", severity=Severity.WARNING, basis="部门决算公开文本规范",
    hint="缩短列举的，请确认漏写的项目可以不写。",
)  # fmt: skip
def uses(e: Examination) -> Iterator[Problem]:
    """A use that a person wrote, against the projects that were entered under the same subject."""
    money = e.compiled.pack.formats["money"]
    projects = e.submission.lists.get("projects", ())
    for slot in slots(e.compiled, e.context):
        if slot.kind != "use" or slot.subject is None or not slot.text.value.strip() or slot.text.pieces:
            continue
        mine = [p for p in projects if str(p.get("code", "")).strip() == slot.subject.code]
        gone = [
            p
            for p in mine
            if str(p.get("name", "")).strip() not in slot.text.value
            and str(p.get("text_name", "") or "\0") not in slot.text.value
        ]
        if gone:
            spent = [p.get("executed") for p in gone]
            listed = "、".join(
                f"{p.get('name')}（{printed_value(f.number, money):,f}万元）"
                for p, f in zip(gone, spent, strict=True)
                if isinstance(f, Figure)
            )
            cells = (*slot.text.cells, *(c for f in spent if isinstance(f, Figure) for c in f.cells))
            yield Problem(
                f"“{slot.title}”没有写到：{listed}。",
                cells,
                "、".join(str(p.get("name")) for p in mine),
                slot.text.value,
            )


def _amount(e: Examination, name: Word) -> Figure:
    """The amount behind a name: the figure of its cell."""
    cells = {c for s in name.spans for c in s.cells}
    for table in e.submission.tables.values():
        for figure in table.slots.values():
            if cells & set(figure.cells):
                return figure
    return Figure(None)
