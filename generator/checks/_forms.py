"""Rules over counts, forms and the finished Document: what a formula cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generator.checks._rules import Examination, NotApplicable, Problem, rule
from generator.model import Figure, Heading, Paragraph, Record, Severity, Table, Text, round_half_up

BASIS_FORM = "部门决算公开文本规范"
BASIS_SCORE = "项目支出绩效评价管理办法（财预〔2020〕10号）"
CENT = Decimal("0.01")


def _number(record: Record, name: str) -> Figure:
    value = record.data.get(name)
    return value if isinstance(value, Figure) else Figure(None)


def _name(record: Record, *names: str) -> str:
    for name in names:
        value = record.data.get(name)
        if isinstance(value, Text) and value:
            return value.value
    return ""


@rule(
    "FM-375a",
    "预算执行率得分与执行率不符",
    severity=Severity.INFO,
    basis=BASIS_SCORE,
    hint="得分由系统或人工评定的，可以不改。",
)
def execution_score(e: Examination) -> Iterator[Problem]:
    """10 points by the rate of execution; the form's own figure stays, a difference is said."""
    records = e.submission.lists.get("projects", ())
    if not records or "execution_score" not in {k for r in records for k in r}:
        raise NotApplicable
    for record in records:
        budget, executed, score = (_number(record, k) for k in ("budget", "executed", "execution_score"))
        if budget.number <= 0 or executed.blank or score.blank:
            continue
        rate = min(executed.number / budget.number, Decimal(1))
        should = round_half_up(rate * 10, 2)
        if abs(should - score.number) > CENT:
            yield Problem(
                f"“{_name(record, 'name')}”的预算执行率得分填 {score.number}，按执行率计算为 {should}。",
                score.cells,
                str(should),
                str(score.number),
                str(abs(should - score.number)),
            )


@rule(
    "FM-375b", "项目自评总得分与各部分得分不符", severity=Severity.INFO, basis=BASIS_SCORE, hint="请核对得分和减分项。"
)
def project_total(e: Examination) -> Iterator[Problem]:
    records = e.submission.lists.get("projects", ())
    if not records or "subtotal" not in {k for r in records for k in r}:
        raise NotApplicable
    for record in records:
        parts = [_number(record, k) for k in ("subtotal", "execution_score", "total")]
        if any(p.blank for p in parts):
            continue
        should = parts[0].number + parts[1].number - _number(record, "deduction").number
        if abs(should - parts[2].number) > CENT:
            yield Problem(
                f"“{_name(record, 'name')}”的总得分填 {parts[2].number}，按指标得分、执行率得分和减分项计算为 {should}。",
                parts[2].cells,
                str(should),
                str(parts[2].number),
                str(abs(should - parts[2].number)),
            )


@rule("FM-375c", "整体自评总得分与各项得分之和不符", severity=Severity.INFO, basis=BASIS_SCORE)
def whole_total(e: Examination) -> Iterator[Problem]:
    wholes = e.submission.lists.get("wholes", ())
    if not wholes:
        raise NotApplicable
    for record in wholes:
        number, total = _number(record, "no").number, _number(record, "total")
        rows = [*e.submission.lists.get("whole_tasks", ()), *e.submission.lists.get("whole_indicators", ())]
        scores = [_number(r, "score") for r in rows if _number(r, "no").number == number]
        if total.blank or not scores or any(s.blank for s in scores):
            continue
        should = round_half_up(sum((s.number for s in scores), Decimal(0)), 2)
        if abs(should - total.number) > CENT:
            yield Problem(
                f"“{_name(record, 'unit_name')}”的总评价得分填 {total.number}，各项得分之和为 {should}。",
                total.cells,
                str(should),
                str(total.number),
                str(abs(should - total.number)),
            )


@rule(
    "FM-355",
    "绩效自评项目的执行数大于项目支出",
    severity=Severity.WARNING,
    basis=BASIS_FORM,
    hint="请核对附件与公开03表的项目支出。",
)
def projects_within(e: Examination) -> Iterator[Problem]:
    table = e.context.tables.get("expenditure")
    records = e.submission.lists.get("projects", ())
    if table is None or not records:
        raise NotApplicable
    spent = table.data.totals.get("project", Figure(None))
    executed = [_number(r, "executed") for r in records]
    assert isinstance(spent, Figure)
    whole = sum(executed[1:], executed[0])
    if whole.number - spent.number > whole.margin + spent.margin:
        yield Problem(
            f"各项目执行数合计 {whole.number / 10000:,.2f}万元，大于公开03表项目支出 {spent.number / 10000:,.2f}万元。",
            (*spent.cells, *whole.cells),
        )


@rule(
    "FM-340",
    "年末车辆总数与公务用车保有量不一致",
    severity=Severity.WARNING,
    basis=BASIS_FORM,
    hint="确实不一致的，请写明差异原因。",
)
def vehicles(e: Examination) -> Iterator[Problem]:
    fleet, visits = e.submission.groups.get("vehicles"), e.submission.groups.get("visits")
    if fleet is None or visits is None or "holding" not in visits:
        raise NotApplicable
    kinds = [k for k in fleet if k not in ("equipment", "equipment_general", "equipment_special", "value", "area")]
    counts = [v for k in kinds if isinstance(v := fleet[k], Figure)]
    holding = visits["holding"]
    explained = any("holding" in k and isinstance(v, Text) and v for k, v in visits.items())
    if not counts or not isinstance(holding, Figure) or holding.blank or explained:
        raise NotApplicable
    number = sum((c.number for c in counts), Decimal(0))
    if number != holding.number:
        yield Problem(
            f"年末车辆共{number}辆，公务用车保有量{holding.number}辆，相差{abs(number - holding.number)}辆。",
            (*holding.cells, *(c for f in counts for c in f.cells)),
            str(number),
            str(holding.number),
            str(abs(number - holding.number)),
        )


@rule(
    "FM-322",
    "科目编码缺少上级科目",
    severity=Severity.WARNING,
    basis="《政府收支分类科目》",
    hint="请补上类、款两级科目的行。",
)
def parents_present(e: Examination) -> Iterator[Problem]:
    for view in e.context.tables.values():
        if view.spec.rows != "functional":
            continue
        codes = {r.code for r in view.subjects}
        if not any(len(c) == 3 for c in codes):
            continue
        for row in view.subjects:
            lacking = [row.code[:k] for k in (3, 5) if k < len(row.code) and row.code[:k] not in codes]
            if lacking:
                yield Problem(
                    f"{view.spec.number}的{row.code}{row.row.name}缺少上级科目{'、'.join(lacking)}。", row.cells
                )


@rule("FM-322b", "科目名称与科目库不一致", severity=Severity.INFO, basis="《政府收支分类科目》当年版")
def names_agree(e: Examination) -> Iterator[Problem]:
    known = e.compiled.pack.functional
    for view in e.context.tables.values():
        if view.spec.rows != "functional":
            continue
        for row in view.subjects:
            subject = known.get(row.code)
            if subject and row.row.name and _bare(subject.name) != _bare(row.row.name):
                yield Problem(
                    f"{view.spec.number}的{row.code}写作“{row.row.name}”，科目库为“{subject.name}”。",
                    row.cells,
                    subject.name,
                    row.row.name,
                )


def _bare(name: str) -> str:
    return re.sub(r"\s", "", name).replace("(", "（").replace(")", "）")


@rule("FM-320", "金额异常", severity=Severity.WARNING, basis="部门决算报表编制说明")
def strange_amounts(e: Examination) -> Iterator[Problem]:
    """Rates of execution beyond all measure."""
    for record in e.submission.lists.get("projects", ()):
        budget, executed = _number(record, "budget"), _number(record, "executed")
        if budget.number > 0 and executed.number > budget.number * Decimal("1.5"):
            yield Problem(f"“{_name(record, 'name')}”的全年执行数超过预算的一倍半，请核对。", executed.cells)


@rule(
    "FM-323",
    "同一张表里空白和0.00混用",
    severity=Severity.INFO,
    basis=BASIS_FORM,
    hint="没有发生的金额，全表留空或全表填0。",
)
def blank_or_zero(e: Examination) -> Iterator[Problem]:
    for view in e.context.tables.values():
        figures = list(view.data.slots.values())
        figures += [v for r in view.data.rows for v in r.cells.values() if isinstance(v, Figure)]
        zeros = [f for f in figures if f.value == 0]
        blanks = [f for f in figures if f.blank]
        if zeros and blanks and len(zeros) > 3:
            yield Problem(
                f"{view.spec.number}有{len(zeros)}处填0、{len(blanks)}处留空。",
                tuple(c for f in zeros[:5] for c in f.cells),
            )


@rule("DC-341", "印出的数字没有来源", severity=Severity.ERROR, basis="每个数字都应取自表格")
def sourced_numbers(e: Examination) -> Iterator[Problem]:
    """Digits in the wording that are no declared literal: a number without a source."""
    literals = [re.compile(p) for p in e.compiled.pack.meta.literals]
    for block in e.document.blocks():
        if not isinstance(block, Paragraph) or block.id.startswith("glossary"):
            continue
        for span in block.spans:
            rest = span.text if span.kind == "literal" else ""
            for pattern in literals:
                rest = pattern.sub("", rest)
            found = re.search(r"\d[\d.,]*", rest)
            if found:
                yield Problem(f"段落“{block.text[:20]}…”里的“{found[0]}”没有来源。", actual=found[0])


@rule("DC-377", "文档的部分、标题或报表不全", severity=Severity.ERROR, basis=BASIS_FORM)
def complete_outline(e: Examination) -> Iterator[Problem]:
    """Every part of the pack, and every published table once."""
    pack, year = e.compiled.pack, e.context.year
    for part in e.document.parts:
        if not part.heading.text:
            yield Problem(f"部分“{part.id}”没有标题。")
    shown = [b.table for blocks in pack.blocks.values() for b in blocks if b.style == "table" and b.applies(year)]
    for spec in pack.in_force(pack.tables, year):
        if not spec.hidden and shown.count(spec.id) != 1:
            yield Problem(f"{spec.number}{spec.title}在文档里出现{shown.count(spec.id)}次，应为一次。")


@rule("DC-380", "名词解释的编号不连续或词条重复", severity=Severity.ERROR, basis=BASIS_FORM)
def glossary_numbers(e: Examination) -> Iterator[Problem]:
    entries = [b for b in e.document.blocks() if isinstance(b, Paragraph) and b.id.startswith("glossary.")]
    terms = [re.sub(r"^[\d一二三四五六七八九十]+[.、]", "", b.text).split("：")[0] for b in entries]
    for term in {t for t in terms if terms.count(t) > 1}:
        yield Problem(f"名词“{term}”解释了{terms.count(term)}次。")
    numbers = [int(m[1]) for b in entries if (m := re.match(r"(\d+)\.", b.text))]
    if numbers and numbers != list(range(1, len(numbers) + 1)):
        yield Problem("名词解释的编号不连续。")


@rule(
    "DC-379",
    "空表没有规定的说明",
    severity=Severity.ERROR,
    basis="《地方预决算公开操作规程》：没有数据的表格应当列出空表并说明",
)
def empty_tables_noted(e: Examination) -> Iterator[Problem]:
    tables = {b.title: b for b in e.document.blocks() if isinstance(b, Table) and b.role == "table"}
    for view in e.context.tables.values():
        published = tables.get(view.spec.title)
        if published and view.empty and not published.notes:
            yield Problem(f"{view.spec.number}是空表，下面没有说明。")


@rule("DC-378", "目录与标题不一致", severity=Severity.ERROR, basis=BASIS_FORM)
def contents_agree(e: Examination) -> Iterator[Problem]:
    for entry in e.document.contents():
        title = entry.text if isinstance(entry, Heading) else entry.title
        bare = re.sub(r"^[一二三四五六七八九十]+、", "", entry.in_toc)
        if not _shortened(re.sub(r"\s", "", bare), re.sub(r"\s", "", title)):
            yield Problem(f"目录写作“{entry.in_toc}”，标题为“{title}”。")


def _shortened(entry: str, title: str) -> bool:
    """Whether an entry of the 目录 is the title with words left out (a form may print it shorter)."""
    rest = iter(title)
    return all(char in rest for char in entry)
