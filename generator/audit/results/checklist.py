"""The rows of 公开情况检查表 for one document, as a pack's ``reading/checklist.toml`` names them.

Every finding stands in exactly one row: by what it is, by the table or the heading it stands under, else in the row
for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from generator.audit.faults import Fault
from generator.audit.run import Audit
from generator.files import Entry, parse_day, printable
from generator.model import Severity
from generator.published import ReadTable, Understood, clean_title, flat

YES, NO, OPEN, NONE = "是", "否", "待核", ""
VERDICTS = (YES, NO, OPEN, "不适用")
MOST = 12
DAYS = 20  # 《预算法》第十四条：批复后二十日内
WHOLE = ("pdf", "docx")  # forms that hold a whole document: cover, contents


@dataclass(frozen=True, slots=True)
class Row:
    """A row: whether the document is as it must be there, and what is wrong in words that can be sent."""

    id: str
    group: str
    name: str
    verdict: str
    problems: tuple[str, ...] = ()


@dataclass
class _Made:
    """A row in the making."""

    entry: Mapping[str, Any]
    name: str
    table: str = ""  # the id or title it stands for
    there: bool | None = True  # None: cannot be told
    absent: str = ""
    faults: list[Fault] = field(default_factory=list)


def rows_of(result: Audit) -> tuple[Row, ...]:
    """All rows but 及时性, which the document itself does not tell (see ``timely``), in the order of their rank."""
    document = result.document
    if document is None:
        return ()
    kind = document.identity.kind
    entries = [
        e for e in document.words.raw.get("checklist", ()) if not e.get("drop") and e.get("kind", kind) in (kind, "")
    ]
    entries.sort(key=lambda e: int(e.get("rank", 0)))
    made = [m for e in entries for m in _begun(e, document)]
    sorter = _Sorter(made, document)
    for found in result.faults:
        if found.severity is not Severity.INFO:
            sorter.row(found).faults.append(found)
    return tuple(_row(m) for m in made)


def timely(row: Row, entry: Entry | None) -> Row:
    """The row 及时性 from what the roster says: the day of publishing against the last day there was."""
    published, last, why = ("", "", "") if entry is None else (_day(entry.published), *_last_day(entry))
    if not published or not last:
        missing = "公开日期" if not published else "截止日期或批复日期"
        return Row(row.id, row.group, row.name, NONE, (f"名单里没有{missing}，请检查人填写。",))
    late = (date.fromisoformat(published) - date.fromisoformat(last)).days
    if late <= 0:
        return Row(row.id, row.group, row.name, YES)
    return Row(row.id, row.group, row.name, NO, (f"{why}，实际公开日期是{published}，晚了{late}天。",))


def _last_day(entry: Entry) -> tuple[str, str]:
    if last := _day(entry.deadline):
        return last, f"应当在{last}以前公开"
    if approved := _day(entry.approved):
        last = (date.fromisoformat(approved) + timedelta(days=DAYS)).isoformat()
        return last, f"批复日期是{approved}，应当在二十日内（{last}以前）公开"
    return "", ""


def _day(words: str) -> str:
    day = parse_day(words)
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return ""


# ------------------------------------------------------------------ what there must be


def _begun(entry: Mapping[str, Any], document: Understood) -> Iterator[_Made]:
    name = str(entry["name"])
    match entry.get("part"):
        case "timely":
            yield _Made(entry, name, there=None)
        case "cover":
            yield _Made(entry, name, there=_cover(document), absent=_cover_lacks(document))
        case "contents":
            there = bool(document.outline.entries) or (None if document.publication.form not in WHOLE else False)
            yield _Made(entry, name, there=there, absent="没有找到目录。")
        case "tables":
            yield from _tables(entry, document)
        case _:
            there, absent = _section(entry, document)
            yield _Made(entry, name, there=there, absent=absent)


def _cover(document: Understood) -> bool | None:
    if document.publication.form not in WHOLE:
        return None
    return not _cover_lacks(document)


def _cover_lacks(document: Understood) -> str:
    """What a cover has to name and does not."""
    words = flat("".join(p.text for p in document.outline.cover))
    if not words:
        return "没有找到封面。"
    identity = document.identity
    lacks = [
        name
        for name, there in (
            ("部门名称", not identity.department or flat(identity.department) in words),
            ("年度", str(identity.year) in words or bool(re.search(r"二[〇零○O0]", words))),
            (f"“{identity.kind or '决算'}”字样", identity.kind in words),
        )
        if not there
    ]
    return f"封面没有写明{'、'.join(lacks)}。" if lacks else ""


def _section(entry: Mapping[str, Any], document: Understood) -> tuple[bool | None, str]:
    """Whether the parts are there that ``required`` names; with none named, whether a heading is."""
    if document.publication.form == "xlsx":
        return None, "文件只有报表，没有核对正文。"
    headings = [flat(h.text) for h in document.outline.headings]
    if not entry.get("required"):
        patterns = _patterns(tuple(entry.get("heading", ())))
        titles = [clean_title(t.title) for t in document.tables]
        there = any(p.search(t) for p in patterns for t in [*headings, *titles])
        if there or not entry.get("optional"):
            return there, f"没有找到{entry['name']}。"
        return None, f"没有找到{entry['name']}，请核对是否应当公开。"
    texts = [flat(p.text) for p in document.paragraphs if not re.search(r"名词解释|专业名词", p.topic)]
    lacks = []
    for need in document.words.raw.get("required", ()):
        if need["id"] not in entry["required"] or need.get("kind", document.identity.kind) != document.identity.kind:
            continue
        pool = headings if need.get("heading") else [*headings, *texts]
        if not any(p.search(t) for p in _patterns(tuple(need["any"])) for t in pool):
            lacks.append(str(need["what"]))
    return not lacks, f"没有找到{'、'.join(lacks)}。"


def _tables(entry: Mapping[str, Any], document: Understood) -> Iterator[_Made]:
    """A row for each table that must be there, then for each other one that is known; by the name it has itself."""
    own = [str(e["id"]) for e in document.words.raw.get("required_table", ())]
    seen = set()
    for table_id in own:
        table = document.by_id.get(table_id)
        known = document.words.known(table_id)
        name = table.title if table is not None else known.name if known else table_id
        yield _Made(entry, clean_title(name) or name, table_id, table is not None, "没有找到这张表。")
    others = [e for e in document.words.raw.get("checklist", ()) if e.get("tables")]
    for table in document.tables:
        title = clean_title(table.title)
        if table.id in own or not title or title in seen:
            continue
        if any(p.search(title) for e in others for p in _patterns(tuple(e["tables"]))):
            continue
        if not table.id and not title.endswith("表"):
            continue
        seen.add(title)
        yield _Made(entry, title, table.id or title)


# ------------------------------------------------------------------ where a finding belongs


class _Sorter:
    """Which row a finding stands in."""

    def __init__(self, made: Sequence[_Made], document: Understood) -> None:
        self.made, self.document = made, document
        self.titles = {flat(clean_title(t.title)): t for t in document.tables if t.title}
        self.entries = {flat(e.text) for e in document.outline.entries}
        self.cover = flat("".join(p.text for p in document.outline.cover))
        parts = {m.entry.get("part"): m for m in made}
        self.rest = parts.get("rest") or next((m for m in reversed(made) if m.entry.get("part") == "section"), made[-1])
        self.statement = next((m for m in made if m.entry.get("part") == "section" and m.entry.get("kind")), self.rest)
        self.parts = parts
        self.texts = [(flat(p.text), p.section) for p in document.paragraphs]

    def row(self, found: Fault) -> _Made:
        finding = found.finding
        for one in self.made:
            if finding.id in one.entry.get("finds", ()):
                return one
        if (absent := self._absent(found)) is not None:
            return absent
        spot = found.spots[0] if found.spots else None
        if spot is None:
            return self.rest
        if spot.table and (row := self._table(spot.table)) is not None:
            return row
        text = flat(spot.text.strip("…"))
        if not text:
            return self.rest
        if text in self.entries and "contents" in self.parts and spot.page <= self._last_of_contents():
            return self.parts["contents"]
        if len(text) > 3 and text in self.cover and "cover" in self.parts and spot.page <= 1:
            return self.parts["cover"]
        if (row := self._table(text)) is not None:
            return row
        return self._topic(text, spot.page) or self.statement

    def _absent(self, found: Fault) -> _Made | None:
        """What is not there stands in the row where it should be."""
        if not found.about.startswith("missing "):
            return None
        what = found.about.removeprefix("missing ")
        if what.startswith("table "):
            return next((m for m in self.made if m.table == what.removeprefix("table ")), self.rest)
        need = next((e["id"] for e in self.document.words.raw.get("required", ()) if e["what"] == what), "")
        return next((m for m in self.made if need and need in m.entry.get("required", ())), self.rest)

    def _last_of_contents(self) -> int:
        return max((e.at for e in self.document.outline.entries), default=0)

    def _table(self, title: str) -> _Made | None:
        name = flat(clean_title(title))
        table: ReadTable | None = self.titles.get(name)
        if table is None:
            return None
        for one in self.made:
            if one.table and one.table in (table.id, clean_title(table.title)):
                return one
        for one in self.made:
            if any(p.search(name) for p in _patterns(tuple(one.entry.get("tables", ())))):
                return one
        return None

    def _topic(self, text: str, page: int) -> _Made | None:
        for heading in self.document.outline.headings:
            if flat(heading.text) == text and heading.page == page:
                return self._headed([heading.text])
        for words, section in self.texts:
            if text in words:
                return self._headed(list(reversed(section)))
        return None

    def _headed(self, headings: Sequence[str]) -> _Made | None:
        for heading in headings:
            for one in self.made:
                if any(p.search(flat(heading)) for p in _patterns(tuple(one.entry.get("heading", ())))):
                    return one
        return None


@lru_cache(maxsize=256)
def _patterns(texts: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(flat(t)) for t in texts)


# ------------------------------------------------------------------ the verdict


def _row(made: _Made) -> Row:
    problems = [_words(f) for f in made.faults[:MOST]]
    if len(made.faults) > MOST:
        problems.append(f"还有{len(made.faults) - MOST}条，见审核意见。")
    told = any(f.about.startswith("missing ") for f in made.faults)
    if made.there is not True and made.absent and not told:
        problems.insert(0, made.absent)
    worst = max((f.severity.rank for f in made.faults), default=-1)
    if made.there is False or worst >= Severity.ERROR.rank:
        verdict = NO
    elif made.faults or made.there is None:
        verdict = OPEN if made.faults or made.absent else NONE
    else:
        verdict = YES
    return Row(
        str(made.entry["id"]), printable(str(made.entry.get("group", ""))), printable(_quoted(made.name)), verdict,
        tuple(problems),
    )  # fmt: skip


def _quoted(name: str) -> str:
    """Straight quotes, by which names are compared, as they are printed."""
    return re.sub(r'"([^"]*)"', r"“\1”", name)


def _words(found: Fault) -> str:
    """A problem as it can be sent: the page, what is wrong; whether it is for certain."""
    pages = sorted({s.page for s in found.spots if s.page})
    if found.about.startswith("missing "):
        pages = []  # it stands on none
    where = f"第{'、'.join(map(str, pages[:4]))}{'等' if len(pages) > 4 else ''}页：" if pages else ""
    doubt = "" if found.severity is Severity.ERROR else "（请核对）"
    return printable(f"{where}{found.finding.message}{doubt}")
