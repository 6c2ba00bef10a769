"""Rules that hold reasons to the way the figures went, to their size, and to one another.

They read every place where a reason explains a comparison: the reasons of the pack, and those in lists, by
subject and by project, where most of them stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.checks._rules import Compared, Examination, Problem, problem, rule
from generator.model import Figure, Text
from generator.packs import Case, decide
from generator.reasons import fact_causes

UP = re.compile(r"增加|增长|上升|提高|上涨|新增|扩大|追加|上调|调增|补发|增资|增编|增人")
DOWN = re.compile(
    r"减少|下降|降低|压减|压缩|缩减|减员|削减|取消|低于|小于|下调|调减|辞职|调出|"
    r"未(?:支付|支出|执行|发生|实施|开展|使用|安排|完成)|不满足|资金结余|节约"
)
GONE = re.compile(r"死亡|去世|(?<!离)退休(?!费|人员(?:经费|待遇|工资|补贴|医疗|补助|生活))")
COSTS = re.compile(r"退休|年金|抚恤|养老|丧葬|补助")  # what a person who leaves costs more of
THEN_NOT = re.compile(r"(?:上年|去年|年初|以前年度)[^，。；]{0,12}(?:未|无|没有)")  # then not, so now more
ECONOMY = re.compile(r"过紧日子|厉行节约|严格(?:控制|执行|落实|管理|规范)|勤俭|节约意识|压减一般性支出|中央八项规定")
NOT_SAID = re.compile(r"《[^《》]{1,60}》|结转和?结余|一般公共预算|政府性基金预算|国有资本经营预算")
STOCK = re.compile(
    r"(正常(变动|增减|支出|调整|业务)|据实(列支|结算|支付|支出)|按实际(支付|发生|支出|需要|情况)?|根据(实际|工作|业务)(需要|情况)|"
    r"其他(原因|因素)|相关经费|工作需要|业务需要|实际情况|实际需要|政策性?(因素|原因)|经费)?(增加|减少|变动|变化|调整)?"
)
GREW = (Case.INCREASE, Case.FROM_ZERO, Case.FROM_NEGATIVE)
FELL = (Case.DECREASE, Case.TO_ZERO, Case.TO_NEGATIVE)
SAME = (Case.EQUAL, Case.BOTH_ZERO)
POORLY = re.compile(
    r"执行率(?:较|偏|过|比较)?低|执行(?:进度)?(?:较|偏)?慢|未(?:全部|完全)?(?:支付|支出|执行)|资金结余|未达到预期"
)
OVER = re.compile(r"超支|超预算|超出预算|超过预算")
MANY = 2  # changes that have nothing to do with one another and one reason
HUNDRED = Decimal(100)
SHORT = 10  # characters: a shorter text is no reason that was copied


def leaning(text: str, about: str) -> tuple[bool, bool]:
    """Whether a reason speaks of more and of less.  Economy measures say less only where nothing else is said,
    and people who left mean less only of what is not paid for having left."""
    clauses = [c for c in re.split(r"[，。；;！？]", NOT_SAID.sub("", text)) if c.strip()]
    others = [c for c in clauses if not ECONOMY.search(c)]
    if clauses and not others:
        return bool(UP.search(text)), True
    up = any(UP.search(c) or THEN_NOT.search(c) for c in others)
    left = not COSTS.search(about)
    down = any(DOWN.search(c) or (left and GONE.search(c)) for c in others if not THEN_NOT.search(c))
    return up, down


@rule("TX-383")
def same_reason(e: Examination) -> Iterator[Problem]:
    """One text for changes that have nothing to do with one another, or that went opposite ways.

    A change that shows in several places (the whole, its only part, this and last year) rightly has one reason.
    """
    seen: dict[str, list[Compared]] = {}
    for one in e.explained:
        if not one.listed and len(one.text.value.strip()) >= SHORT and one.current:
            seen.setdefault(one.text.value.strip(), []).append(one)
    form = e.compiled.pack.formats["money"]
    for group in seen.values():
        apart = _unlike(group)
        ways = {decide(o.current, o.base, form) in GREW for o in group if decide(o.current, o.base, form) not in SAME}
        if len(apart) > MANY or (len(group) > 1 and len(ways) > 1):
            titles = "、".join(f"“{o.title}”" for o in group)
            yield problem((c for o in group for c in o.text.cells), labels=titles)


def _unlike(group: Sequence[Compared]) -> list[Compared]:
    """One of each change: those with an amount, or the amount of the change, in common are one."""
    out: list[Compared] = []
    for one in group:
        if not any(_close(one.change, o.change) or _close(one.current, o.current) for o in out):
            out.append(one)
    return out


def _close(one: Figure, other: Figure) -> bool:
    """Equal but for little: of two wholes of which one contains the other, nearly all is the same money."""
    return abs(one.number - other.number) <= max(one.margin + other.margin, abs(one.number) / HUNDRED)


@rule("DR-408")
def one_fact(e: Examination) -> Iterator[Problem]:
    """A fact of the form that stands as the reason of many changes, whichever way it got there."""
    for cause in fact_causes(e.compiled, e.context):
        group = [o for o in e.explained if cause.text.plain in o.text.value]
        if len(_unlike(group)) > MANY:
            titles = "、".join(f"“{o.title}”" for o in group)
            yield problem(
                (*cause.cells, *(c for o in group for c in o.text.cells)),
                fact=cause.text.plain,
                count=len(group),
                labels=titles,
            )


@rule("TX-366")
def reason_direction(e: Examination) -> Iterator[Problem]:
    """A reason that speaks only of the other direction than the figures went."""
    form = e.compiled.pack.formats["money"]
    for one in e.explained:
        up, down = leaning(one.text.value, one.title)
        case = decide(one.current, one.base, form)
        if case in GREW and down and not up:
            went = "增加"
        elif case in FELL and up and not down:
            went = "减少"
        elif case in SAME and up and not down:
            went = "持平"
        else:
            continue
        yield _against(one.title, went, one.text)
    for title, text, executed, budget in _executed(e):
        if executed.number >= budget.number and POORLY.search(text.value) and not OVER.search(text.value):
            yield _against(title, "执行数不小于预算数", text)
        elif executed.number < budget.number and OVER.search(text.value):
            yield _against(title, "执行数小于预算数", text)


def _against(title: str, went: str, text: Text) -> Problem:
    return problem(text.cells, label=title, went=went, text=text.value[:40], actual=text.value)


def _executed(e: Examination) -> Iterator[tuple[str, Text, Figure, Figure]]:
    """What is said of each project about its execution, with what was executed and its budget."""
    spec = e.compiled.pack.lists.get("projects")
    label = next((c.label for c in spec.columns if c.id == "problem"), "") if spec else ""
    for record in e.submission.lists.get("projects", ()):
        text, executed, budget = record.get("problem"), record.get("executed"), record.get("budget")
        if isinstance(text, Text) and text and isinstance(executed, Figure) and isinstance(budget, Figure) and budget:
            yield f"{record.get('name')} {label}", text, executed, budget


@rule("TX-367")
def large_change(e: Examination) -> Iterator[Problem]:
    """A rate beyond the pack's threshold with a stock phrase for a reason."""
    form, limit = e.compiled.pack.formats["money"], e.compiled.pack.meta.threshold
    for one in e.explained:
        if not one.base or decide(one.current, one.base, form) in SAME:
            continue
        rate = abs((one.current.number - one.base.number) / one.base.number) * HUNDRED
        bare = one.text.value.strip().rstrip("。；，")
        if rate > limit and (len(bare) < 5 or STOCK.fullmatch(bare)):
            words = {"label": one.title, "rate": f"{rate:.2f}", "limit": limit, "text": bare[:20], "actual": bare}
            yield problem(one.text.cells, **words)
