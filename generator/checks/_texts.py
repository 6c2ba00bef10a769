"""Rules over what people typed: missing, placeholder, repeated, against the figures, not for the public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from generator.checks._rules import CannotTell, Examination, NotApplicable, Problem, rule
from generator.model import CellRef, Figure, Severity, SubjectRow, Text
from generator.packs import Case, ReasonSpec, View, decide, met

PLACEHOLDER = re.compile(
    r"(?<![A-Za-z])[XxＸｘ×]{2,}(?![A-Za-z])|待填写?|待补充|待定|……|\.{3,}|TODO|暂无数据|某某|#REF!|#N/A", re.I
)
DOUBLED = re.compile(r"[。；，、：！？]{2,}|[,;:!?]{2,}|\.{2}(?!\.)")
REPEATED = re.compile(r"的的|了了|是是|有有|在在|和和|及及|为为(?!民)|与与")
IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
PAIRS = {"（": "）", "《": "》", "“": "”", "‘": "’", "【": "】", "(": ")", "〔": "〕"}
UP = ("增加", "增长", "上升", "提高", "上涨", "新增", "扩大", "追加")
DOWN = (
    "减少",
    "下降",
    "降低",
    "压减",
    "节约",
    "压缩",
    "缩减",
    "减员",
    "取消",
    "结余",
    "低于",
    "小于",
    "削减",
    "退休",
    "死亡",
    "过紧日子",
    "未",
    "不满足",
    "严格",
    "已完成",
    "验收",
)
BASIS_REASON = "《地方预决算公开操作规程》：应当对增减变化情况作出说明"
BASIS_FORM = "部门决算公开文本规范"


def _asked(examination: Examination) -> Iterator[tuple[str, bool, Text]]:
    """Each reason of the pack: whether it is asked for, and what was written."""
    compiled, members = examination.compiled, examination.context.members
    for spec in compiled.pack.in_force(compiled.pack.reasons, examination.context.year):
        asked = spec.required and met(compiled.reasons[spec.id].when, members)
        yield spec.id, asked, examination.submission.reasons.get(spec.id, Text())


def _compared(e: Examination) -> Iterator[tuple[ReasonSpec, Text, Figure, Figure]]:
    """Reasons that explain a comparison, with the two figures (both known)."""
    for name, _, text in _asked(e):
        spec, made = e.compiled.pack.reasons[name], e.compiled.reasons[name]
        if made.base is None or made.current is None:
            continue
        current, base = made.current(e.context.members), made.base(e.context.members)
        if isinstance(current, Figure) and isinstance(base, Figure) and not current.missing and not base.missing:
            yield spec, text, current, base


@rule(
    "TX-365",
    "需要说明的事项没有填写",
    severity=Severity.ERROR,
    basis=BASIS_REASON,
    hint="请在“原因说明”表填写，只写原因本身，句末不加标点。",
)
def reason_missing(e: Examination) -> Iterator[Problem]:
    for name, asked, text in _asked(e):
        if asked and not text.value.strip():
            yield Problem(f"“{e.compiled.pack.reasons[name].title}”没有填写。", text.cells or e.place(f"reason:{name}"))


@rule("TX-382", "按填报情况应当填写的内容没有填写", severity=Severity.ERROR, basis=BASIS_FORM)
def field_missing(e: Examination) -> Iterator[Problem]:
    for spec in e.compiled.pack.in_force(e.compiled.pack.fields, e.context.year):
        if not spec.when or not met(e.compiled.fields[spec.id].when, e.context.members):
            continue
        group, _, name = spec.id.partition(".")
        value = e.submission.groups.get(group, {}).get(name)
        blank = value is None or (value.blank if isinstance(value, Figure) else not value.value.strip())
        if blank:
            cells = value.cells if value is not None and value.cells else e.place(f"field:{spec.id}")
            yield Problem(f"“{spec.label}”没有填写。", cells)


@rule(
    "TX-363",
    "分科目说明缺少用途或差异原因",
    severity=Severity.ERROR,
    basis=BASIS_REASON,
    hint="请在分科目说明的清单里为这个科目填写。",
)
def item_facts(e: Examination) -> Iterator[Problem]:
    """Every 项 that the text prints has its facts; which facts are asked for is the pack's choice."""
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    if facts is None:
        raise NotApplicable
    shown = {row.code: row for row in e.context.members["used_items"]}  # type: ignore[attr-defined]
    known = {str(r["code"]): r for r in e.submission.lists.get(facts.id, ()) if "code" in r}
    asked = [c for c in facts.columns if c.type == "clause"]
    opened = _open_labels(e)
    for code, row in shown.items():
        record = known.get(code)
        if record is None:
            if any(label.startswith(code) for label in opened):
                labels = "、".join(c.label for c in asked)
                yield Problem(f"{code}{row.row.name}没有填写{labels}。", row.cells)
            continue
        for column in asked:
            value = record.data.get(column.id)
            if column.required and not (isinstance(value, Text) and value.value.strip()):
                cells = value.cells if isinstance(value, Text) else ()
                yield Problem(
                    f"{code}{row.row.name}的“{column.label}”没有填写。", cells or ((record.row,) if record.row else ())
                )


@rule("TX-364", "决算数与年初预算数不一致而没有写原因", severity=Severity.ERROR, basis=BASIS_REASON)
def item_reason(e: Examination) -> Iterator[Problem]:
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    columns = {c.id for c in facts.columns} if facts else set()
    if not facts or not {"budget", "reason"} <= columns:
        raise NotApplicable
    form = e.compiled.pack.formats["money"]
    for row in e.context.members["used_items"]:  # type: ignore[attr-defined]
        record = next((r for r in e.submission.lists.get(facts.id, ()) if str(r.get("code", "")) == row.code), None)
        if record is None:
            continue
        budget, reason = record.data.get("budget", Figure(None)), record.data.get("reason", Text())
        assert isinstance(budget, Figure) and isinstance(reason, Text)
        total = row["total"]
        if reason.value.strip() or decide(total, budget, form) in (Case.EQUAL, Case.BOTH_ZERO):
            continue
        yield Problem(f"{row.code}{row.row.name}的决算数与年初预算数不一致，请填写原因。", reason.cells)


def _open_labels(e: Examination) -> list[str]:
    labels = []
    for block in e.document.blocks():
        for span in getattr(block, "spans", ()):
            if span.kind == "open":
                labels.append(span.text.removeprefix("【待填：").removesuffix("】"))
    return list(dict.fromkeys(labels))


@rule("TX-386", "文字里有占位符", severity=Severity.ERROR, basis=BASIS_FORM, hint="请换成实际内容。")
def placeholder(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts():
        found = PLACEHOLDER.search(text.value)
        if found:
            yield Problem(f"“{label}”里有占位符“{found[0]}”。", text.cells, actual=found[0])


@rule("TX-387", "标点重复或括号引号不配对", severity=Severity.WARNING, basis=BASIS_FORM)
def punctuation(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts():
        found = DOUBLED.search(text.value.rstrip("。；，、 "))
        if found:
            yield Problem(f"“{label}”里有重复的标点“{found[0]}”。", text.cells, actual=found[0])
        loose = unbalanced(text.value)
        if loose:
            yield Problem(f"“{label}”里的“{loose}”没有配对。", text.cells, actual=loose)


def unbalanced(text: str) -> str:
    """The first bracket or quote that has no partner."""
    stack: list[str] = []
    text = re.sub(r"(^|[；。\s])[（(]?[一二三四五六七八九十\d]+[）)]", "", text)
    for char in text:
        if char in PAIRS:
            stack.append(char)
        elif char in PAIRS.values():
            if not stack or not _matches(stack[-1], char):
                return char
            stack.pop()
    return stack[-1] if stack else ""


def _matches(opening: str, closing: str) -> bool:
    return PAIRS[opening] == closing or {opening, closing} in ({"（", ")"}, {"(", "）"})


@rule("TX-393", "文字里有重复的字词", severity=Severity.WARNING, basis=BASIS_FORM)
def repeated_words(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts():
        found = REPEATED.search(text.value)
        if found:
            yield Problem(f"“{label}”里有重复的字词“{found[0]}”。", text.cells, actual=found[0])


@rule(
    "TX-383",
    "几处原因的文字完全相同",
    severity=Severity.WARNING,
    basis=BASIS_REASON,
    hint="请分别说明各自的原因；确实相同的，可以写明理由后保留。",
)
def same_reason(e: Examination) -> Iterator[Problem]:
    seen: dict[str, list[tuple[str, Text]]] = {}
    members = e.context.members
    for name, _, text in _asked(e):
        spec = e.compiled.pack.reasons[name]
        amount = e.compiled.reasons[name].current
        if len(text.value.strip()) < 10 or amount is None:
            continue
        current = amount(members)
        if isinstance(current, Figure) and current:
            seen.setdefault(text.value.strip(), []).append((spec.title, text))
    for group in seen.values():
        if len(group) > 2:
            titles = "、".join(f"“{t}”" for t, _ in group)
            yield Problem(f"{titles}的文字完全相同。", tuple(c for _, t in group for c in t.cells))


@rule(
    "TX-366",
    "原因与增减方向不一致",
    severity=Severity.WARNING,
    basis=BASIS_REASON,
    hint="请核对原因和数字；确实如此的，可以写明理由后保留。",
)
def reason_direction(e: Examination) -> Iterator[Problem]:
    """A reason that speaks only of the other direction than the figures went."""
    form = e.compiled.pack.formats["money"]
    for spec, text, current, base in _compared(e):
        if not text:
            continue
        up = any(w in text.value for w in UP)
        down = any(w in text.value for w in DOWN)
        case = decide(current, base, form)
        if case in (Case.INCREASE, Case.FROM_ZERO, Case.FROM_NEGATIVE) and down and not up:
            went = "增加"
        elif case in (Case.DECREASE, Case.TO_ZERO, Case.TO_NEGATIVE) and up and not down:
            went = "减少"
        elif case in (Case.EQUAL, Case.BOTH_ZERO) and up and not down:
            went = "持平"
        else:
            continue
        yield Problem(
            f"“{spec.title}”：数字是{went}，原因的说法相反：“{text.value[:40]}”。", text.cells, actual=text.value
        )


STOCK = re.compile(
    r"(正常(变动|增减|支出)|据实列支|其他原因|相关经费|工作需要|实际情况|经费)?(增加|减少|变动|变化|调整)?"
)


@rule(
    "TX-367",
    "变动幅度大而原因过于笼统",
    severity=Severity.WARNING,
    basis=BASIS_REASON,
    hint="请写明具体的人员、项目或政策因素。",
)
def large_change(e: Examination) -> Iterator[Problem]:
    """A rate beyond the pack's threshold with a stock phrase for a reason."""
    form, limit = e.compiled.pack.formats["money"], e.compiled.pack.meta.threshold
    for spec, text, current, base in _compared(e):
        if not text or not base or decide(current, base, form) in (Case.EQUAL, Case.BOTH_ZERO):
            continue
        rate = abs((current.number - base.number) / base.number) * 100
        bare = text.value.strip().rstrip("。；，")
        if rate > limit and (len(bare) < 5 or STOCK.fullmatch(bare)):
            yield Problem(
                f"“{spec.title}”：变动 {rate:.2f}%（超过 {limit}%），原因只写了“{bare[:20]}”。", text.cells, actual=bare
            )


@rule(
    "TX-398",
    "文字里有个人信息",
    severity=Severity.ERROR,
    basis="《个人信息保护法》；公开前应当删除个人信息",
    hint="公开文本不得出现身份证号和个人电话，请删除。",
)
def personal_data(e: Examination) -> Iterator[Problem]:
    for label, text in e.texts():
        for number in IDENTITY.findall(text.value):
            if checksum(number):
                yield Problem(f"“{label}”里有身份证号 {number[:6]}…{number[-2:]}。", text.cells)
        phone = MOBILE.search(text.value)
        if phone:
            shown = f"{phone[0][:3]}…{phone[0][-2:]}"
            yield Problem(f"“{label}”里像有手机号 {shown}。", text.cells, severity=Severity.WARNING)


def checksum(number: str) -> bool:
    """Whether the last character of an identity number fits (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


@rule(
    "TX-390",
    "原因里提到的年度不是本年或上年",
    severity=Severity.INFO,
    basis=BASIS_FORM,
    hint="请核对是否沿用了以前年度的文字。",
)
def other_year(e: Examination) -> Iterator[Problem]:
    year = e.context.year
    for name, _, text in _asked(e):
        bare = re.sub(r"《[^》]*》|[〔\[【（(]\d{4}[〕\]】）)]", "", text.value)
        for found in re.findall(r"(?<!\d)(20\d{2})年", bare):
            if not year - 1 <= int(found) <= year + 1:
                title = e.compiled.pack.reasons[name].title
                yield Problem(f"“{title}”里提到{found}年。", text.cells, expected=str(year), actual=found)


@rule("TX-392", "用了已经停用的科目名称", severity=Severity.WARNING, basis="《政府收支分类科目》当年版")
def obsolete_names(e: Examination) -> Iterator[Problem]:
    table = e.compiled.pack.meta.obsolete
    for label, text in e.texts():
        for old, new in table.items():
            if old in text.value:
                yield Problem(f"“{label}”里的“{old}”现在叫“{new}”。", text.cells, expected=new, actual=old)
    for view in e.context.tables.values():
        for row in view.rows:
            if row.row.name in table:
                new = table[row.row.name]
                yield Problem(
                    f"{row.code}的名称“{row.row.name}”现在叫“{new}”。", row.cells, expected=new, actual=row.row.name
                )


@rule("TX-385", "公开日期晚于批复后二十日", severity=Severity.WARNING, basis="《预算法》第十四条")
def published_in_time(e: Examination) -> Iterator[Problem]:
    info = e.submission.groups.get("info")
    approved, published = (_date(info.get(k)) if info else None for k in ("approved", "published"))
    if approved is None or published is None:
        raise CannotTell
    days = (published - approved).days
    if not 0 <= days <= 20:
        cell = info["published"].cells if info else ()
        yield Problem(f"批复日期 {approved}，公开日期 {published}，相隔{days}日。", cell, "20", str(days))


def _date(value: object) -> date | None:
    text = value.value if isinstance(value, Text) else ""
    found = re.match(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})", text.strip())
    try:
        return date(*(int(x) for x in found.groups())) if found else None
    except ValueError:
        return None


@rule("TX-300", "文档里还有待填的内容", severity=Severity.ERROR, basis=BASIS_FORM, hint="请按提示填写完整。")
def open_places(e: Examination) -> Iterator[Problem]:
    """Whatever the other rules did not name: no open place may be published."""
    reported = _reported(e)
    for label in _open_labels(e):
        if not any(label == known or label.endswith(known) or known.endswith(label) for known in reported):
            yield Problem(f"“{label}”还没有填写。", e.place(f"label:{label}") or _fact_cell(e, label))


def _fact_cell(e: Examination, label: str) -> tuple[CellRef, ...]:
    """The cell of a missing fact of a subject, e.g. the 名词解释 of a code outside the dictionary."""
    facts = e.compiled.pack.lists.get(e.compiled.pack.meta.facts)
    for record in e.submission.lists.get(facts.id, ()) if facts else ():
        if label.startswith(str(record.get("code", "")) or "-"):
            value = record.get("definition")
            return value.cells if isinstance(value, Text) and value.cells else ((record.row,) if record.row else ())
    return tuple(row.ref for row in _used_rows(e) if label.startswith(row.code) and row.ref)


def _used_rows(e: Examination) -> list[SubjectRow]:
    return [view.row for view in e.context.members["used_items"]]  # type: ignore[attr-defined]


def _reported(e: Examination) -> set[str]:
    """Labels of what is reported at its own cell already."""
    pack = e.compiled.pack
    titles = {s.title for s in pack.reasons.values()}
    fields = {f.label for f in pack.fields.values() if f.required or f.when}
    columns = {c.label for spec in pack.lists.values() for c in spec.columns if c.required}
    lists = {spec.title for spec in pack.lists.values() if spec.minimum}
    return titles | fields | columns | lists | set(_required_cells(e))


def _required_cells(e: Examination) -> Iterator[str]:
    """Labels of the cells that a table requires."""
    for view in e.context.tables.values():
        for need in view.spec.required:
            value: object = view
            for part in need.split("."):
                value = value[part] if isinstance(value, View) else None
            if isinstance(value, Figure):
                yield value.label


def amounts_of(e: Examination) -> Iterator[tuple[str, Figure]]:
    """Every amount of money that was entered, by its label."""
    for table in e.submission.tables.values():
        values = [*table.slots.values(), *(v for v in table.totals.values() if isinstance(v, Figure))]
        values += [v for row in table.rows for v in row.cells.values() if isinstance(v, Figure)]
        yield from ((f.label or table.sheet, f) for f in values if not f.blank and f.unit == "元")
    for group, record in e.submission.groups.items():
        for name, value in record.items():
            spec = e.compiled.pack.fields.get(f"{group}.{name}")
            if isinstance(value, Figure) and spec and spec.type == "amount" and not value.blank:
                yield spec.label, value


@rule(
    "TX-391",
    "金额的数量级像是元和万元填错了",
    severity=Severity.WARNING,
    basis=BASIS_FORM,
    hint="请核对表头的金额单位。",
)
def magnitude(e: Examination) -> Iterator[Problem]:
    """A figure ten thousand times away from what it is compared with."""
    for spec, _, current, base in _compared(e):
        if not current or not base:
            continue
        ratio = abs(current.number / base.number)
        if ratio >= 2000 or ratio * 2000 <= 1:
            yield Problem(
                f"“{spec.title}”比较的两个数相差{max(ratio, 1 / ratio):.0f}倍，可能一个按元、一个按万元填写。",
                (*base.cells, *current.cells),
            )
    for label, figure in amounts_of(e):
        if abs(figure.number) >= 10**13:
            yield Problem(f"{label}超过十万亿元，请核对金额单位。", figure.cells)
