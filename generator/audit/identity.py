"""Years, names of departments, 决算 and 预算, 部门 and 单位: left over from last year or from another office."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.audit.amounts import Reading
from generator.audit.faults import Fault, Spot, fault, spot_of_text
from generator.published import Mention, Paragraph, Understood, clean_title, flat, year_in

COMPARED = re.compile(
    r"(?:与|比|较|和)(?P<year>20\d\d)年(?:度)?(?P<what>[^，。；]{0,14}?)(?:相比|决算|预算|执行|数|支出|收入|增加|减少|持平|增长|下降|一致|无变化|略有)"
)
END_OF_YEAR = re.compile(r"(?:截至|截止)(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
OWN_YEAR = re.compile(
    r"(?P<year>20\d\d)年(?:度)?(?=[^，。；\d]{0,30}(?:收入|支出|总计|合计|预算|决算|机关运行|政府采购|绩效|“三公”|公务|购置))"
)
OWNER = re.compile(
    r"^(?:纳入|本次公开的)?(?P<name>[^，。；：“”（）()\d]{4,36}(?:局|办公室|委员会|委|厅|院|所|中心|处|街道办事处|人民政府|法院|检察院|总工会|联合会|协会|学校|大队|支队|队|馆|站|社|会|部))(?=20\d\d年|（部门）|\(部门\)|部门预算|部门决算|组织对|已对|对20|在20|共有|下属|内设|无下属|是(?!指|否))"
)
AFTER_YEAR = re.compile(
    r"^20\d\d年(?:度)?(?P<name>[一-鿿]{4,30}?(?:局|办公室|委员会|厅|院|中心|街道办事处|人民政府|法院|检察院|总工会|联合会))"
    r"(?=单位|部门|[（(]|机关|政府|财政|收入|支出|“三公”|预算|20)"
)
PARTS = re.compile(r"第[一二三四五六七八九十]+部分(?P<name>.{4,40}?)(?=20\d\d年|概况|基本情况)")
EDITORS = re.compile(
    r"(?:编制部门|编制单位|预算主管部门|部门名称|单位名称|部门|单位)[:：](?P<name>[^\s:：]{4,40}?)(?=单位[:：]|金额单位|$)"
)
FUND_WORDS = re.compile("一般公共预算|预算财政拨款|基金预算|经营预算|预算绩效|预算单位|预算编制")
LAWS = re.compile(r"《[^《》]*》|[〔\[【（(]\d{4}[〕\]】）)]")


def check_identity(reading: Reading) -> Iterator[Fault]:
    """Whose the document is and of which year, at every place that says so."""
    document = reading.document
    yield from _table_years(document)
    yield from _heading_words(document)
    for paragraph in document.paragraphs:
        if re.search(r"名词解释|职能|职责|立项|项目概|实施|项目情况|年度预算安排", paragraph.topic):
            continue
        yield from _years(reading, paragraph)
    yield from _names(document)
    yield from _levels(document)
    yield from _obsolete(document)


# ------------------------------------------------------------------ years


def _table_years(document: Understood) -> Iterator[Fault]:
    year = document.identity.year
    for table in document.tables:
        for line in (table.title, *(" ".join(c.path) for c in table.columns[:1]), *table.notes):
            found = re.search(r"(20\d\d)年(?!\d{0,2}月)", line)
            if found and year and int(found[1]) not in (year,) and table.id and "与" not in line and "比" not in line:
                if line in table.notes and int(found[1]) == year - 1 and "上年" in line:
                    continue
                yield fault(
                    "SH-221", [Spot(table.source.page, line, table.title)], f"year {line}",
                    said=line[:40], expected=year, actual=found[1],
                )  # fmt: skip


def _years(reading: Reading, paragraph: Paragraph) -> Iterator[Fault]:
    document = reading.document
    year, kind = document.identity.year, document.identity.kind
    if not year:
        return
    text = LAWS.sub(lambda m: "\0" * len(m[0]), paragraph.text)
    told: set[int] = set()
    for found in COMPARED.finditer(text):
        base = int(found["year"])
        told.add(found.start("year"))
        if base != year - 1 and not (base == year and re.search(r"年初|全年", found["what"])):
            spot = spot_of_text(paragraph, found.start(), found.end())
            case = "SH-221/base" if base in (year, year - 2, year + 1) else "SH-221/doubt"
            if (
                base == year - 2
                and re.search(r"20\d\d年", text[found.end() : found.end() + 20])
                and str(year - 1) in text
            ):
                case = "SH-221/doubt"
            yield fault(
                case,
                [spot],
                f"year {spot.text}",
                said=spot.text,
                expected=year - 1 if case.endswith("base") else year,
                actual=base,
            )
    for found in END_OF_YEAR.finditer(text):
        at = int(found["year"])
        told.add(found.start("year"))
        wrong = at != year if kind == "决算" else not year - 2 <= at <= year - 1
        if wrong:
            spot = spot_of_text(paragraph, found.start(), found.end())
            yield fault("SH-221", [spot], f"year {spot.text}", said=spot.text, expected=year, actual=at)
    yield from _own_years(reading, paragraph, text, told)


def _own_years(reading: Reading, paragraph: Paragraph, text: str, told: set[int]) -> Iterator[Fault]:
    """Sentences about this year's figures that name another year."""
    year = reading.document.identity.year
    for bound in reading.by_paragraph[paragraph.block]:
        mention = bound.mention
        odd = mention.year and mention.year not in (year, year - 1) and mention.aspect in ("own", "budget")
        if not odd and not (mention.year == year - 1 and _is_this_year(reading, mention)):
            continue
        start = paragraph.text.rfind(str(mention.year), 0, mention.quantity.start)
        if start < 0 or start in told:
            continue
        told.add(start)
        spot = spot_of_text(paragraph, start, mention.quantity.end)
        case = "SH-221" if _is_this_year(reading, mention) else "SH-221/doubt"
        yield fault(case, [spot], f"year {spot.text}", said=spot.text, expected=year, actual=mention.year)
    for found in OWN_YEAR.finditer(text):
        named = int(found["year"])
        if found.start("year") in told or abs(named - year) > 6 or named in (year, year - 1):
            continue
        if named == year + 1 and re.search(r"下一步|明年|下年|将", text):
            continue
        spot = spot_of_text(paragraph, found.start(), found.end() + 12)
        yield fault("SH-221/doubt", [spot], f"year {spot.text}", said=spot.text, expected=year, actual=named)
    yield from _odd_one(paragraph, text, year, told)
    if reading.document.identity.kind == "决算":
        for found in re.finditer(rf"(?<![与比较和从自至]){year - 1}年(?:度)?(?![末底初\d])", text):
            before, after = text[max(0, found.start() - 2) : found.start()], text[found.end() : found.end() + 14]
            if found.start() in told or re.search(r"[与比较]", before):
                continue
            if re.search(r"(原因|主要是)[^。]*$", text[: found.start()]):
                continue  # a reason may speak of last year
            if re.search(r"决算|执行数|相比|上年|以来|以前|至今|起|成立|结转", after):
                continue
            told.add(found.start())
            spot = spot_of_text(paragraph, found.start(), found.end() + 8)
            yield fault("SH-221/doubt", [spot], f"year {spot.text}", said=spot.text, expected=year, actual=year - 1)
    head = re.match(
        r"[^，。；]{0,40}?(20\d\d)年度?(?:无|没有|未|本部门|本单位|“三公”|政府采购|预算绩效|机关运行|一般公共|政府性|国有资本|收入|支出|财政拨款)",
        text,
    )
    if (
        head
        and int(head[1]) == year - 1
        and head.start(1) not in told
        and not re.search(r"执行|决算数|相比|比", text[head.start(1) : head.end() + 6])
    ) and (reading.document.identity.kind == "决算" or not re.search("比|较|执行", text[:60])):
        spot = spot_of_text(paragraph, head.start(1), head.end())
        yield fault("SH-221", [spot], f"year {spot.text}", said=spot.text, expected=year, actual=head[1])


def _odd_one(paragraph: Paragraph, text: str, year: int, told: set[int]) -> Iterator[Fault]:
    """…的2024年度项目…，…的2023年度项目…: the same words under another year."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for found in re.finditer(r"(?<![与比较])(20\d\d)年度?([一-鿿]{2})", text):
        groups.setdefault(found[2], []).append((int(found[1]), found.start(1)))
    for members in groups.values():
        odd = [(y, at) for y, at in members if y == year - 1 and at not in told]
        if len(odd) == 1 and sum(y == year for y, _ in members) >= 2:
            spot = spot_of_text(paragraph, odd[0][1], odd[0][1] + 10)
            yield fault("SH-221/doubt", [spot], f"year {spot.text}", said=spot.text, expected=year, actual=odd[0][0])


def _is_this_year(reading: Reading, mention: Mention) -> bool:
    """An amount under another year that is this year's in the tables."""
    budget = mention.aspect == "budget" and reading.document.identity.kind == "预算"
    if not (budget or mention.aspect == "own") or not mention.quantity.value or mention.names:
        return False
    if re.search(r"执行|[比较与]", mention.label):
        return False
    year = reading.document.identity.year
    again = Mention(
        mention.quantity,
        mention.paragraph,
        mention.label,
        mention.core,
        mention.aspect,
        year,
        0,
        mention.names,
        mention.sentence,
    )
    return any(
        abs(c.figure.number - mention.quantity.value) <= mention.quantity.half for c in reading.binder.candidates(again)
    )


# ------------------------------------------------------------------ 决算 and 预算, headings


def _heading_words(document: Understood) -> Iterator[Fault]:
    year, kind = document.identity.year, document.identity.kind
    other = {"决算": "预算", "预算": "决算"}.get(kind, "")
    for heading in document.outline.headings:
        named = year_in(heading.text)
        spot = Spot(heading.page, heading.text)
        if named and year and named != year and not re.search(r"相比|比较", heading.text):
            yield fault("SH-221", [spot], f"year {heading.text}", said=heading.text, expected=year, actual=named)
        title = FUND_WORDS.sub("", clean_title(heading.text))
        if other and _other_kind(title, kind, other):
            yield fault("SH-224", [spot], f"kind {heading.text}", said=heading.text, expected=kind, actual=other)
    for table in document.tables:
        title = FUND_WORDS.sub("", clean_title(table.title))
        if table.id and other in title and kind not in title and kind and not re.search("绩效|项目", title):
            yield fault(
                "SH-224",
                [Spot(table.source.page, table.title, table.title)],
                f"kind {table.title}",
                said=table.title,
                expected=kind,
                actual=other,
            )


def _other_kind(title: str, kind: str, other: str) -> bool:
    """A heading about this year's figures that says 预算 in final accounts, or 决算 in a budget."""
    if kind == "预算":
        return "决算" in title and not re.search(r"上年|执行", title)
    wrong = rf"(部门|单位){other}(情况|报?表|编制|公开|说明)|(收入|支出|收支)[^，。]{{0,4}}{other}(总体|总|结构|具体)?(表|情况)"
    return bool(re.search(wrong, title)) and kind not in title


# ------------------------------------------------------------------ names


def _names(document: Understood) -> Iterator[Fault]:
    own = document.identity.department
    if len(own) < 4:
        return
    places: list[tuple[str, Spot]] = []
    for heading in document.outline.headings:
        found = PARTS.search(heading.text)
        if found:
            places.append((found["name"], Spot(heading.page, heading.text)))
    for table in document.tables:
        for line in table.above:
            found = EDITORS.search(flat(line))
            if found:
                places.append((found["name"], Spot(table.source.page, line, table.title)))
    for paragraph in document.paragraphs:
        if re.search(r"名词解释|立项|项目概", paragraph.topic):
            continue
        found = OWNER.match(paragraph.text) or AFTER_YEAR.match(paragraph.text)
        if found:
            places.append((found["name"], spot_of_text(paragraph, 0, found.end())))
    told: set[str] = set()
    for name, spot in places:
        plain = re.sub(r"[（(][^（()）]*[）)]|20\d\d.*", "", name).strip("的年度部门单位 ")
        if plain in told or len(plain) < 4 or re.fullmatch(r"(本|我)?(部门|单位|局|办)?(决算|预算)?", plain):
            continue
        verdict = _verdict(plain, own)
        if verdict is not None:
            told.add(plain)
            yield fault(f"SH-222{verdict}", [spot], f"name {plain}", said=spot.text, expected=own, actual=plain)


def _verdict(name: str, own: str) -> str | None:
    """Whether a name is another's (“”), a doubtful spelling (“/doubt”), or the department's own (nothing)."""
    a, b = flat(name), re.sub(r"\([^()]*\)", "", flat(own))
    if a in b or b in a or _subsequence(a, b) or a in flat(own):
        return None
    if re.search(r"XX|××|某", a):
        return None  # a prompt that was left in: told as one
    same = _distance_small(a, b)
    return (
        "/doubt"
        if same
        else ("" if a[-1] == b[-1] or re.search(r"(局|办公室|委员会|厅|街道办事处|中心|法院|检察院)$", a) else "/doubt")
    )


def _distance_small(a: str, b: str) -> bool:
    return abs(len(a) - len(b)) <= 2 and len(set(a) ^ set(b)) <= 3


def _subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def _levels(document: Understood) -> Iterator[Fault]:
    """本单位 in the document of a department, 本部门 in that of a unit: told once."""
    level = document.identity.level
    other = {"部门": "本单位", "单位": "本部门"}.get(level, "")
    own = f"本{level}"
    spots = []
    owns = 0
    for paragraph in document.paragraphs:
        if re.search(r"名词解释|职能|职责", paragraph.topic):
            continue
        owns += paragraph.text.count(own)
        at = paragraph.text.find(other) if other else -1
        if at >= 0:
            spots.append(spot_of_text(paragraph, at, at + 3))
    if spots and owns > len(spots):
        yield fault("SH-223", spots, said=spots[0].text, expected=f"{level}{document.identity.kind}", actual=other)


def _obsolete(document: Understood) -> Iterator[Fault]:
    listed = {flat(n) for t in document.tables for r in t.rows for n in (r.label,)}
    for old, new in document.obsolete.items():
        if flat(old) in listed and flat(new) not in listed:
            continue
        for paragraph in document.paragraphs:
            at = paragraph.text.find(old)
            if (
                at >= 0
                and paragraph.text[at : at + len(new)] != new
                and not re.search(rf"原{re.escape(old)}", paragraph.text)
            ):
                spot = spot_of_text(paragraph, at, at + len(old))
                yield fault("SH-225", [spot], f"obsolete {old}", said=spot.text, actual=old, expected=new)
                break
