"""The parts of a document: 目录 against headings, numbering, what must be there, empty tables, pages."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from generator.audit.amounts import Reading
from generator.audit.faults import Fault, Spot, fault, spot_of_text
from generator.published import Entry, Heading, ReadTable, Understood, bare, clean_title, flat, han_number, numbered

NOTHING = re.compile(
    r"空表|无数据|没有数据|无此类|无.{0,30}(收入|支出|预算|收支|经费|拨款|数据)|没有.{0,30}(收入|支出|预算|经费|拨款)|不涉及|未安排|未发生"
)
FUNDS = {"fund": ("政府性基金", "国有资本经营"), "soe": ("国有资本经营", "政府性基金")}
IF_EMPTY = re.compile(r"如本表为空|如为空表|本表为空的|若本表")
REPEATED = 3


def check_structure(reading: Reading) -> Iterator[Fault]:
    """Everything about the form that needs no figure."""
    document = reading.document
    yield from _contents(document)
    yield from _numbering(document)
    yield from _required(document)
    for table in document.tables if document.publication.form != "xlsx" else ():
        yield from _empty(table)
    yield from _repeated(document)
    yield from _pages(document)


# ------------------------------------------------------------------ 目录


def _key(text: str, document: Understood) -> str:
    """A heading for comparing: without number, year, department and 部门/单位."""
    plain = bare(text).replace('"', "")
    plain = plain.replace(flat(document.identity.department), "")
    plain = re.sub(r"\d{4}年?(年度|度)?|\(部门\)|\(单位\)|\(见附表\)|\.$", "", plain)
    return re.sub(r"^(部门|单位)", "", plain)


def _contents(document: Understood) -> Iterator[Fault]:
    entries = document.outline.entries
    if len(entries) < 4:
        return
    keys: dict[str, list[Heading]] = defaultdict(list)
    for heading in document.outline.headings:
        keys[_key(heading.text, document)].append(heading)
    titles = {_key(clean_title(t.title), document): t for t in document.tables if t.title}
    found = [
        e for e in entries if _known(_key(e.text, document), keys) or _key(clean_title(e.text), document) in titles
    ]
    for entry in entries:
        spot = Spot(entry.at, entry.text)
        if re.search(r"PAGEREF|HYPERLINK|错误!未|_Toc", entry.text):
            yield fault("SH-231/field", [spot], actual=entry.text)
        elif entry not in found and len(found) >= 0.6 * len(entries):
            yield from _unmatched(document, entry, list(keys), spot)
    yield from _entry_years(document, entries)
    yield from _left_out(document, entries)
    yield from _entry_pages(document, entries, keys, titles)


def _known(key: str, keys: dict[str, list[Heading]]) -> bool:
    """A heading, or the end of one that has a name before it."""
    return key in keys or (len(key) > 3 and any(k.endswith(key) for k in keys))


def _unmatched(document: Understood, entry: Entry, keys: Sequence[str], spot: Spot) -> Iterator[Fault]:
    key = _key(entry.text, document)
    if _inside(document, key):
        return
    listed = {_key(e.text, document) for e in document.outline.entries}
    free = [k for k in keys if k and k not in listed]
    close = (
        difflib.get_close_matches(key, free, 1, 0.62)
        or [k for k in free if len(key) > 3 and (key in k or k in key)][:1]
    )
    if close:
        heading = next(h for h in document.outline.headings if _key(h.text, document) == close[0])
        yield fault("SH-231", [spot, Spot(heading.page, heading.text)], actual=entry.text, expected=heading.text)
    else:
        yield fault("SH-231/none", [spot], actual=entry.text)


def _inside(document: Understood, key: str) -> bool:
    """A heading that was not told from the text, or a group of tables."""
    if re.search(r"(决算|预算)?(报)?表$|附件|附表", key) and len(key) < 12:
        return True
    return any(key and key in flat(p.text)[: len(key) + 24] for p in document.paragraphs)


def _entry_years(document: Understood, entries: Sequence[Entry]) -> Iterator[Fault]:
    year = document.identity.year
    for entry in entries:
        years = {int(y) for y in re.findall(r"(20\d\d)年", entry.text)}
        if years and year and year not in years:
            yield fault(
                "SH-221",
                [Spot(entry.at, entry.text)],
                f"year {entry.text}",
                said=entry.text,
                expected=year,
                actual=min(years),
            )


def _left_out(document: Understood, entries: Sequence[Entry]) -> Iterator[Fault]:
    """Headings of a level whose brothers are listed."""
    listed = {_key(e.text, document) for e in entries}
    families: dict[tuple[int, str], list[Heading]] = defaultdict(list)
    parent: dict[int, str] = {}
    for heading in document.outline.headings:
        if numbered(heading.text):
            parent[heading.level] = heading.text
            families[heading.level, parent.get(heading.level - 1, "")].append(heading)
    for (level, _), family in families.items():
        known = [h for h in family if _key(h.text, document) in listed]
        if level > 2 or len(known) < 3 or len(known) < 0.7 * len(family):
            continue
        for heading in family:
            key = _key(heading.text, document)
            if (
                key not in listed
                and not difflib.get_close_matches(key, listed, 1, 0.62)
                and not any(k and (k in key or key in k) for k in listed)
            ):
                yield fault("SH-231/missing", [Spot(heading.page, heading.text)], actual=heading.text)


def _entry_pages(
    document: Understood, entries: Sequence[Entry], keys: dict[str, list[Heading]], titles: dict[str, ReadTable]
) -> Iterator[Fault]:
    if document.publication.form != "pdf" or sum(1 for e in entries if e.page) < 4:
        return
    pages: list[tuple[Entry, int]] = []
    for entry in entries:
        key = _key(entry.text, document)
        found_at = [h.page for h in keys.get(key, ())] or [t.source.page for k, t in titles.items() if k == key]
        if entry.page and len(found_at) == 1:
            pages.append((entry, found_at[0]))
    if len(pages) < 4:
        return
    offset, votes = Counter(at - e.page for e, at in pages).most_common(1)[0]
    if votes < 0.6 * len(pages):
        return
    for entry, at in pages:
        if at - entry.page != offset:
            yield fault(
                "SH-231/page", [Spot(entry.at, entry.text)], name=entry.text, actual=entry.page, expected=at - offset
            )


# ------------------------------------------------------------------ numbering


def _numbering(document: Understood) -> Iterator[Fault]:
    """Numbers of headings of one level under one heading: 1, 2, 3 …"""
    groups: dict[tuple[int, str, str], list[tuple[int, str, int]]] = defaultdict(list)
    stack: dict[int, str] = {}
    for heading in document.outline.headings:
        mark = numbered(heading.text)
        if not mark or (re.search(r"表$", heading.text) and heading.level == 2 and not mark):
            continue
        stack = {k: v for k, v in stack.items() if k < heading.level}
        above = "/".join(stack.values())
        stack[heading.level] = f"{heading.text}@{heading.block}"
        style = re.sub(r"[一二三四五六七八九十\d]+", "0", mark)
        number = han_number(re.sub(r"[^一二三四五六七八九十\d]", "", mark))
        groups[heading.level, above, style].append((number, heading.text, heading.page))
    for (level, _, _), found in groups.items():
        numbers = [n for n, _, _ in found]
        if (
            len(found) < 3
            or level > 3
            or sum(b == a + 1 for a, b in itertools.pairwise(numbers)) < 0.6 * (len(found) - 1)
        ):
            continue
        if numbers[0] not in (1, numbers[-1]):
            text, page = found[0][1], found[0][2]
            first = _mark(numbered(text), 1)
            yield fault(
                "SH-232", [Spot(page, text)], f"number {text}", said=text, actual=numbered(text), expected=first
            )
        for (before, _, _), (number, text, page) in itertools.pairwise(found):
            if number != before + 1 and number != 1:
                other = _between(document, level, page, before, number)
                text, page = other or (text, page)
                mark = numbered(text)
                yield fault(
                    "SH-232",
                    [Spot(page, text)],
                    f"number {text}",
                    said=text,
                    actual=mark,
                    expected=_mark(mark, before + 1),
                )


def _between(document: Understood, level: int, page: int, before: int, number: int) -> tuple[str, int] | None:
    """The heading that is missing, where it stands under another style of number: 10、 among 九、 and 十一、."""
    if number - before != 2:
        return None
    for heading in document.outline.headings:
        mark = numbered(heading.text)
        if (
            mark
            and heading.page in (0, page, page - 1, page - 2)
            and heading.level > level
            and _number(mark) == before + 1
        ):
            return heading.text, heading.page
    return None


def _number(mark: str) -> int:
    return han_number(re.sub(r"[^一二三四五六七八九十\d]", "", mark))


def _mark(mark: str, number: int) -> str:
    digits = re.search(r"\d+", mark)
    if digits and re.fullmatch(r"\d+、", mark) and number > 9:
        return _mark("一、", number)
    if digits:
        return mark.replace(digits[0], str(number))
    tens, ones = divmod(number, 10)
    words = ("" if tens == 0 else "十" if tens == 1 else "〇一二三四五六七八九"[tens] + "十") + (
        "" if ones == 0 else "〇一二三四五六七八九"[ones]
    )
    return re.sub(r"[一二三四五六七八九十]+", words, mark)


# ------------------------------------------------------------------ what must be there


def _required(document: Understood) -> Iterator[Fault]:
    kind = document.identity.kind
    headings = [flat(h.text) for h in document.outline.headings]
    texts = [flat(p.text) for p in document.paragraphs if not re.search(r"名词解释|专业名词", p.topic)]
    whole = len(texts) >= 12 and len([t for t in document.tables if t.id]) >= 5
    if not whole or document.publication.form == "xlsx":
        return  # a part of a document: what it lacks may stand elsewhere
    for entry in document.words.raw.get("required", ()):
        if entry.get("kind") and entry["kind"] != kind:
            continue
        patterns = [re.compile(flat(p)) for p in entry["any"]]
        pool = headings if entry.get("heading") else [*headings, *texts]
        if not any(p.search(t) for p in patterns for t in pool):
            yield fault("SH-233", [Spot(1, "")], f"missing {entry['what']}", what=entry["what"])
    yield from _table_numbers(document)
    ids = {t.id for t in document.tables}
    for entry in document.words.raw.get("required_table", ()):
        if entry["id"] not in ids:
            known = document.words.known(str(entry["id"]))
            yield fault(
                "SH-234", [Spot(1, "")], f"missing table {entry['id']}", what=known.name if known else entry["id"]
            )


def _table_numbers(document: Understood) -> Iterator[Fault]:
    """公开01表, 附表1 …: a number that is left out among those printed."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for table in document.tables:
        for line in table.above:
            named = re.search(r"(公开|附表|表)0?(\d{1,2})(?=表|$|[^\d.])", flat(line))
            if named:
                found[named[1]].setdefault(int(named[2]), table.source.page)
    for style, numbers in found.items():
        if len(numbers) >= 5:
            for missing in sorted(set(range(1, max(numbers))) - set(numbers)):
                what = f"公开{missing:02d}表" if style == "公开" else f"{style}{missing}"
                yield fault("SH-234", [Spot(numbers.get(missing + 1, 0), what)], f"missing number {what}", what=what)


# ------------------------------------------------------------------ empty tables


def _empty(table: ReadTable) -> Iterator[Fault]:
    if not table.id or not table.unit:
        return
    notes = [n for n in table.notes if NOTHING.search(n) and not IF_EMPTY.search(n)]
    inner = [flat(c) for row in table.source.rows[table.heads :] for c in row if NOTHING.search(flat(c)) and len(c) > 8]
    told = [*notes, *inner]
    spot = Spot(table.source.pages[-1] if table.source.pages else 0, (told or [table.title])[0], table.title)
    own, other = FUNDS.get(table.id, ("", ""))
    if own and told and not any(own in n for n in told) and any(other in n for n in told):
        yield fault("SH-235/wrong", [spot], f"note {table.title}", table=table.title, actual=other, said=told[0])
        return
    if table.empty and not told and not any(IF_EMPTY.search(n) for n in table.notes):
        if table.id in FUNDS:
            yield fault("SH-235", [spot], table=table.title)
    elif not table.empty and any(re.search(r"本表为空|空表|无数据", n) for n in told):
        yield fault("SH-235/full", [spot], f"note {table.title}", table=table.title, said=told[0])


# ------------------------------------------------------------------ repetition and pages


def _repeated(document: Understood) -> Iterator[Fault]:
    """Runs of paragraphs that stand twice."""
    seen: dict[str, int] = {}
    paragraphs = [p for p in document.paragraphs if len(p.text) > 24]
    run: list[int] = []
    start = -1

    def told() -> Iterator[Fault]:
        if len(run) >= REPEATED and sum(len(paragraphs[k].text) for k in run) > 200:
            first, before = paragraphs[run[0]], paragraphs[start]
            spot = spot_of_text(first, 0, min(30, len(first.text)))
            yield fault("SH-236", [spot], said=spot.text, count=len(run), page=before.page or "前")

    for k, paragraph in enumerate(paragraphs):
        before = seen.get(paragraph.text)
        if before is not None and (not run or before == start + len(run)):
            start = before if not run else start
            run.append(k)
        else:
            yield from told()
            run = [k] if before is not None else []
            start = before if before is not None else -1
        seen.setdefault(paragraph.text, k)
    yield from told()


def _pages(document: Understood) -> Iterator[Fault]:
    publication = document.publication
    last = publication.pages
    blanks = [p for p in publication.blanks if p != last]
    if blanks:
        yield fault("SH-237", [Spot(p) for p in blanks], pages="、".join(map(str, blanks)))
    if publication.pictures:
        yield fault(
            "SH-237/pictures", [Spot(p) for p in publication.pictures], pages="、".join(map(str, publication.pictures))
        )
