"""What a published document is: final accounts or a budget, whose, of which year, of a department or a unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from generator.published.names import HAN

YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?=年)|(二[〇零○][〇零一二三四五六七八九○]{2})(?=年)")
OWNER = re.compile(
    r"(?:预算主管部门|编制部门|编制单位|部门名称|单位名称|预算部门|公开部门|主管部门)[:：](.{2,50}?)(?:单位[:：]|金额单位|编制日期|日期|$)"
)
TITLE = re.compile(
    r"^(.{2,50}?)(?:20\d\d|二[〇零○].{2})年(?:度)?(?:区级|市级|省级|本级|县级)?(?:部门|单位)?(?:整体)?(?:收支)?(决算|预算)"
)
FLAT_TITLE = re.compile(r"^(?:20\d\d|二[〇零○].{2})年(?:度)?(.{2,50}?)(?:部门|单位)(决算|预算)")
PART = re.compile(r"第[一二三四五六七八九十]+部分(.{2,50}?)(?:概况|基本情况|(?:20\d\d)年)")
PLACE = re.compile(r"^.{2,14}(?:省|市|区|县|自治区)$")


@dataclass(frozen=True, slots=True)
class Identity:
    """As the cover says it, else as the headings and the tables do.  Empty where the document does not tell."""

    kind: str = ""
    department: str = ""
    year: int = 0
    level: str = ""  # 部门 or 单位


def year_in(text: str) -> int:
    """The first year of a text; 0 where there is none."""
    found = YEAR.search(text)
    if not found:
        return 0
    return int(found[1]) if found[1] else int("".join(str(HAN.get(c, 0)) for c in found[2].replace("○", "〇")))


def identity_of(cover: list[str], headings: list[str], above: list[str], paragraphs: Iterable[str]) -> Identity:
    """``above`` are the lines above the tables."""
    front = [c for c in cover if c]
    joined = "".join(front)
    kinds: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    years: Counter[int] = Counter()
    for weight, lines in ((20, front), (2, headings), (1, above)):
        for line in lines:
            for word in re.findall(r"决算|预算(?!财政|支出|收入|数|绩效|单位|拨款|主管|部门)", line):
                kinds[word] += weight
            for word in re.findall(r"(部门|单位)(?=决算|预算|收支|整体)", line):
                levels[word] += weight
            if year := year_in(line):
                years[year] += weight
    if not years:
        years.update(y for p in list(paragraphs)[:40] if (y := year_in(p)))
    year = years.most_common(1)[0][0] if years else 0
    return Identity(
        kinds.most_common(1)[0][0] if kinds else "",
        _department(front, joined, headings, above),
        year,
        levels.most_common(1)[0][0] if levels else "",
    )


def _department(front: list[str], joined: str, headings: list[str], above: list[str]) -> str:
    for line in front:
        found = OWNER.search(line)
        if found:
            return _tidy(found[1])
    for line in (*front, joined):
        found = TITLE.match(line) or FLAT_TITLE.match(line)
        if found and not PLACE.match(found[1]):
            return _tidy(found[1])
    for k, line in enumerate(front):
        if k and re.search(r"^20\d\d年(度)?(部门|单位)?(决算|预算)", line) and 2 < len(front[k - 1]) < 50:
            return _tidy(front[k - 1])
    votes: Counter[str] = Counter()
    for line in above:
        found = OWNER.search(line)
        if found:
            votes[_tidy(found[1])] += 1
    for line in headings:
        found = PART.search(line)
        if found and found[1] not in ("部门", "单位", "本部门", "本单位"):
            votes[_tidy(found[1])] += 1
    return votes.most_common(1)[0][0] if votes else ""


def _tidy(name: str) -> str:
    return re.sub(r"[（(](部门|本级|汇总|公章|盖章)[）)]$", "", name.strip("：:，。 "))
