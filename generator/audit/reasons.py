"""Reasons against the direction of the numbers, lists of accounts against the table, glossary, scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from generator.audit.amounts import Reading
from generator.audit.faults import Fault, Spot, fault, spot_of_cell, spot_of_text
from generator.published import Paragraph, Sentences, bare, flat, subject_names

UP = ("增加", "增长", "上升", "提高", "上涨", "增多", "新增", "追加", "增支", "扩大")
DOWN = ("减少", "下降", "降低", "压减", "缩减", "压缩", "减支", "节约", "结余", "削减", "核减", "调减", "取消", "未")
REASON = re.compile(r"(?:主要)?原因(?:是|为|：|:)+(?:由于|因)?(?P<why>[^。]{2,200})")
WENT = re.compile(r"(?P<up>增加|增长|上升)|(?P<down>减少|下降|降低)|(?P<level>持平|无变化|一致)")
LISTED = re.compile(
    r"(?P<what>人员经费|公用经费|工资福利支出|商品和服务支出|对个人和家庭的?补助)[^，。；：]{0,30}?\d万元[，,]?(?:主要)?(?:包括|用于|是)[：:]?(?P<list>[^。；]{3,400})"
)
GROUPS = {
    "人员经费": ("301", "303"),
    "公用经费": ("302", "307", "309", "310", "311", "312", "313", "399"),
    "工资福利支出": ("301",),
    "商品和服务支出": ("302",),
    "对个人和家庭的补助": ("303",),
    "对个人和家庭补助": ("303",),
}
ALL_ADDED = re.compile(r"(?:全部|均)(?:为|是)?(?:年中|当年)?(?:追加|新增)|年初未安排|无年初预算|年初没有安排")


def check_reasons(reading: Reading) -> Iterator[Fault]:
    """Words that the numbers do not bear."""
    for paragraph in reading.document.paragraphs:
        if re.search(r"名词解释|职能|职责|立项|项目概", paragraph.topic):
            continue
        yield from _direction(paragraph)
        yield from _empty(reading, paragraph)
        yield from _accounts(reading, paragraph)
        yield from _all_added(paragraph)
        yield from _limits(paragraph)
    yield from _glossary(reading)
    yield from _scores(reading)
    yield from _claims(reading)


def _direction(paragraph: Paragraph) -> Iterator[Fault]:
    """A reason that speaks only of the other direction than the change before it."""
    sentences = Sentences(paragraph)
    for found in REASON.finditer(paragraph.text):
        start = sentences.span_at(max(0, found.start() - 2))[0]
        before = paragraph.text[start : found.start()]
        if "预算数" in before[-24:] or "大于" in before[-16:] or "小于" in before[-16:]:
            continue
        ways = [m.lastgroup for m in WENT.finditer(re.sub(r"主要.*$", "", before))]
        if not ways:
            continue
        way, why = ways[-1], found["why"].strip("。；，")
        up, down = any(w in why for w in UP), any(w in why for w in DOWN)
        last = why[-2:]
        wrong = (way == "down" and up and not down and last in UP) or (way == "up" and down and not up and last in DOWN)
        wrong = wrong or (way == "level" and last in (*UP[:4], *DOWN[:3]) and not re.search("持平|不变|一致", why))
        if wrong:
            spot = spot_of_text(paragraph, found.start(), found.end())
            word = {"up": "增加", "down": "减少", "level": "持平"}[str(way)]
            yield fault("SH-251", [spot], f"reason {spot.text}", said=spot.text, expected=word, actual=why[:40])


def _empty(reading: Reading, paragraph: Paragraph) -> Iterator[Fault]:
    """主要原因： with nothing after it before the next heading."""
    found = re.search(r"(?:主要)?原因(?:是|为|：|:)*[：:]?$", paragraph.text)
    headings = {h.block for h in reading.document.outline.headings}
    if found and paragraph.block + 1 in headings:
        spot = spot_of_text(paragraph, found.start(), found.end())
        yield fault("SH-243", [spot], f"hole {spot.text}", said=spot.text, what="没有写原因", actual="", expected="")


def _limits(paragraph: Paragraph) -> Iterator[Fault]:
    """The value from which equipment is told is the same everywhere."""
    for found in re.finditer(r"(?:单价|单位价值)(\d+)万元?(?:（含）|\(含\))?(?:以上)", paragraph.text):
        if found[1] not in ("50", "100", "200"):
            spot = spot_of_text(paragraph, found.start(), found.end())
            told = f"大型设备按单价100万元（含）以上公开，这里写的是{found[1]}万元"
            yield fault("SH-218", [spot], f"limit {spot.text}", said=spot.text, sum=told)


def _all_added(paragraph: Paragraph) -> Iterator[Fault]:
    """A rate of completion where all money was added during the year."""
    found = ALL_ADDED.search(paragraph.text)
    rate = re.search(r"完成年初预算的(\d+(?:\.\d+)?)%", paragraph.text)
    if found and rate and Decimal(rate[1]) and rate.start() < found.start():
        spot = spot_of_text(paragraph, rate.start(), rate.end())
        told = f"写了“{rate[0]}”，又说“{found[0]}”，没有年初预算就没有完成率"
        yield fault(
            "SH-218",
            [spot, spot_of_text(paragraph, found.start(), found.end())],
            f"added {spot.text}",
            said=spot.text,
            sum=told,
        )


# ------------------------------------------------------------------ lists of accounts


def _accounts(reading: Reading, paragraph: Paragraph) -> Iterator[Fault]:
    """人员经费…主要包括 a、b、c: exactly the accounts that have money."""
    table = reading.document.by_id.get("basic")
    if table is None or "一般公共预算" not in flat(paragraph.topic + paragraph.text[:60]):
        return
    money: dict[str, bool] = {}
    for row in table.rows:
        if row.kind == "subject" and len(row.code) == 5:
            money[row.code] = money.get(row.code, False) or any(row.figures.values())
    names = {bare(reading.binder.economic.get(c, "")): c for c in money}
    for found in LISTED.finditer(paragraph.text):
        groups = GROUPS[found["what"]]
        words = re.sub(r"等(?:支出|费用|方面)?$", "", found["list"])
        listed = [bare(w) for w in re.split(r"[、，,]|(?<=[费助贴金缴支出])和(?=[一-鿿]{2})", words) if w.strip()]
        known = {names[w]: w for w in listed if w in names and names[w].startswith(groups)}
        if len(known) < 2 or len(known) < 0.6 * len(listed):
            continue
        at = paragraph.text.index(found["list"], found.start())
        empty = [w for c, w in known.items() if not money[c]]
        if empty:
            spots = []
            for word in empty:
                start = max(paragraph.text.find(word, at), at)
                spots.append(spot_of_text(paragraph, start, start + len(word)))
                row = next(r for r in table.rows if r.code == names[word])
                spots.append(spot_of_cell(reading.document, next(iter(row.figures.values())).cells[0]))
            told = f"列了“{'、'.join(empty)}”，《{table.title}》里没有数"
            yield fault("SH-218", spots, f"empty accounts {found['what']}", said=spots[0].text, sum=told)
        left = [
            c
            for c, has in money.items()
            if has
            and c.startswith(groups)
            and c not in known
            and bare(reading.binder.economic.get(c, "")) not in flat(words)
        ]
        if left and (not found["list"].rstrip("。").endswith("等") or _large(reading, left, list(known))):
            shown = "、".join(f"{c}{reading.binder.economic.get(c, '')}" for c in left[:6])
            spot = spot_of_text(paragraph, found.start(), found.start() + 12)
            yield fault(
                "SH-218",
                [spot],
                f"accounts {found['what']}",
                said=spot.text,
                sum=f"《{table.title}》里有数的{shown}没有列",
            )


def _large(reading: Reading, left: Sequence[str], known: Sequence[str]) -> bool:
    """Whether what a list leaves out is more than what it names in the middle."""
    table = reading.document.by_id["basic"]
    amounts = {
        r.code: max((f.number for f in r.figures.values()), default=Decimal(0))
        for r in table.rows
        if r.kind == "subject"
    }
    named = sorted(amounts[c] for c in known)
    return any(amounts[c] > named[len(named) // 2] for c in left)


# ------------------------------------------------------------------ glossary and scores


def _glossary(reading: Reading) -> Iterator[Fault]:
    """Entries of the 名词解释 for subjects: those used, and none of another office."""
    functional = reading.binder.functional
    entries: list[tuple[Paragraph, tuple[str, ...]]] = []
    for paragraph in reading.document.paragraphs:
        if re.search(r"名词解释|专业名词", paragraph.topic):
            entries += [(paragraph, s.names) for s in subject_names(paragraph.text[:120]) if len(s.names) == 3]
    if len(entries) < 3 or not functional:
        return
    foreign = [(p, n) for p, n in entries if not reading.binder.code_of_names(n) or _otherwise(functional, reading, n)]
    used = {c for c in functional if len(c) == 7 and _spent(reading, c)}
    named = {reading.binder.code_of_names(n) for _, n in entries}
    if foreign:
        spots = [spot_of_text(p, 0, min(40, len(p.text))) for p, _ in foreign]
        names = "、".join("—".join(n) for _, n in foreign[:4])
        made = fault(
            "SH-253",
            spots,
            "glossary",
            what=f"名词解释里有{len(foreign)}条科目与本部门报表里的不同：{names}" + ("等" if len(foreign) > 4 else ""),
        )
        yield made
    left = sorted(used - named)
    if left and len(named & used) >= 2 and len(left) <= len(used) / 2:
        shown = "、".join(f"{c}{functional[c]}" for c in left[:6])
        yield fault(
            "SH-253", [Spot(entries[0][0].page, "名词解释")], "glossary left", what=f"报表用到的科目{shown}没有名词解释"
        )


def _otherwise(functional: Mapping[str, str], reading: Reading, names: Sequence[str]) -> bool:
    """A subject of the tables under another spelling."""
    code = reading.binder.code_of_names(names)
    levels = (code[:3], code[:5], code)
    return any(c in functional and bare(functional[c]) != bare(n) for c, n in zip(levels, names, strict=False))


def _spent(reading: Reading, code: str) -> bool:
    return any(
        f is not None and bool(f) for f in (reading.binder.cell(t, code, "合计") for t in ("general", "fund", "soe"))
    )


def _scores(reading: Reading) -> Iterator[Fault]:
    """自评平均分 against the scores that follow."""
    paragraphs = reading.document.paragraphs
    for k, paragraph in enumerate(paragraphs):
        head = re.search(r"项目(?P<n>\d+)个.{0,300}?自评平均(?:得)?分(?:为)?(?P<mean>\d+(?:\.\d+)?)分", paragraph.text)
        if not head:
            continue
        scores = []
        for follow in paragraphs[k + 1 : k + 80]:
            found = re.search(
                r"项目(?:绩效)?自评(?:综述)?.{0,40}?(?:自评)?得分(?:为)?(?P<s>\d+(?:\.\d+)?)分", follow.text
            )
            if found:
                scores.append(Decimal(found["s"]))
        mean = Decimal(head["mean"])
        if scores and len(scores) == int(head["n"]):
            real = sum(scores, Decimal(0)) / len(scores)
            half = Decimal(5).scaleb(-max(0, -int(mean.as_tuple().exponent)) - 1)
            if abs(real - mean) > half:
                spot = spot_of_text(paragraph, head.start("mean"), head.end("mean"))
                told = f"列出的{len(scores)}个得分平均是{real:.2f}分，写的平均分是{mean}分"
                yield fault("SH-218", [spot], f"score {spot.text}", said=spot.text, sum=told)


# ------------------------------------------------------------------ 无…支出


def _claims(reading: Reading) -> Iterator[Fault]:
    """A sentence that says there is none of a fund, and a table that has some."""
    document = reading.document
    for table_id, word in (("fund", "政府性基金"), ("soe", "国有资本经营")):
        table = document.by_id.get(table_id)
        if table is None or table.empty:
            continue
        for paragraph in document.paragraphs:
            found = re.search(rf"(?:无|没有){word}[^，。；]{{0,24}}(?:支出|收入|收支|预算)", paragraph.text)
            if (
                found
                and "名词" not in paragraph.topic
                and not re.search(r"结转|如无", paragraph.text[: found.start() + 40])
            ):
                spot = spot_of_text(paragraph, found.start(), found.end())
                yield fault(
                    "SH-218",
                    [spot, Spot(table.source.page, table.title, table.title)],
                    f"claim {word}",
                    said=spot.text,
                    sum=f"《{table.title}》里有数",
                )
