"""What some sheets say of themselves: whose they are, of which year, whether they are a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.files import Sheet, as_text, cleaned, norm, unit_line

DEPARTMENT = re.compile(
    r"(?:编制|编报|填报|公开|预算主管|主管|预算|报表)?(?:部门|单位)(?:名称|全称)?(?:[(（]?(?:公章|盖章|签章)[)）]?)?[:：](.{2,60})"
)
TITLED = re.compile(r"^(.{3,60}?)(20\d\d)年(?:度)?(?:部门|单位|本级)?(?:决算|预算)")
YEAR = re.compile(r"(?<!\d)(20\d\d)年")
DRAFTS = ("草稿", "征求意见稿", "送审稿", "未审定", "初稿")
HEAD = 8  # rows that speak of the whole
NAMES = 60
PLACEHOLDER = frozenset("某甲乙丙丁测试ＸXx×*·（）()县市区省厅局委办中心单位部门")  # names in blank forms


@dataclass(frozen=True, slots=True)
class About:
    """Departments and years that are named, as they are written; words that call it a draft."""

    names: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    draft: str = ""


def about(sheets: Sequence[Sheet]) -> About:
    """What stands in the first rows of the sheets."""
    names: dict[str, None] = {}
    years: dict[int, int] = {}
    draft = ""
    for sheet in sheets:
        for row in sheet.rows[:HEAD]:
            for value in row:
                if not isinstance(value, str) or len(value) > 200:
                    continue
                text = cleaned(as_text(value)).text
                for line in text.split("\n"):
                    name = _named(" ".join(line.split()))
                    if name:
                        names.setdefault(name)
                for year in YEAR.findall(norm(text)):
                    years[int(year)] = years.get(int(year), 0) + 1
                draft = draft or next((w for w in DRAFTS if w in text), "")
    often = sorted(years, key=lambda y: -years[y])
    return About(tuple(names)[:NAMES], tuple(often), draft)


def _named(line: str) -> str:
    """The department that a line names: 编制单位：某局, or 某局2024年度部门决算."""
    if unit_line(line) is not None:
        return ""
    found = DEPARTMENT.search(line) or TITLED.match(line)
    if found is None:
        return ""
    name = re.split(r"[\s,，;；]|20\d\d|金额单位|单位[:：]", found[1].strip(" :：（("))[0]
    return name if len(name) > 1 and not re.fullmatch(r"[XxＸ×*_\-\d.]+.*", name) else ""


def same_department(one: str, other: str) -> bool:
    """Whether two names can be one department: equal but for brackets and room, or one part of the other."""
    first, second = norm(one), norm(other)
    return bool(first and second) and (first == second or first in second or second in first)


def other_department(about: About, *known: str) -> str:
    """In words, what says that a file is another department's than ``known`` (its name, and those it had before);
    empty where nothing does, or no real name is known."""
    names = [n for n in about.names if set(n) - PLACEHOLDER]
    real = [n for n in known if len(n) > 2 and set(n) - PLACEHOLDER]
    if not names or not real or any(same_department(n, name) for n in names for name in known):
        return ""
    return f"文件上写的部门是“{'”“'.join(names[:3])}”，不是“{real[0]}”"


def other_year(about: About, year: int) -> str:
    """In words, what says that a file is another year's; empty where nothing does."""
    if not about.years or year in about.years:
        return ""
    return f"文件上写的年度是 {'、'.join(map(str, about.years[:3]))} 年，应为 {year} 年"
