"""Plausible departments, made up from a seed: consistent in 元 in every table, for every pack.

They feed tests and the bench.  The money is invented first (what each 项 got and spent, from which
source), the tables follow from it; what a pack asks for besides (fields, lists, reasons) is answered
by the pack's own specifications, so that a new pack comes along by itself.  Every name says 虚构.

    python -m tools.made.departments FOLDER --pack liaoning --count 40 --seed 1
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random

from generator.files import WORKBOOK, safe_name
from generator.packs import Pack, available, load
from generator.workbook import FormData, write_form
from tools.made.departments_answers import Answers
from tools.made.departments_budget import Budget
from tools.made.departments_money import Money, Size

CITIES = [
    "滨海",
    "临江",
    "云岭",
    "青川",
    "东屏",
    "南麓",
    "西津",
    "北原",
    "安和",
    "永宁",
    "长汀",
    "平湖",
    "丰泽",
    "嘉陵",
    "清远",
    "望江",
    "石门",
    "龙泉",
    "金沙",
    "银河",
]
TOPICS = [
    "财政",
    "民政",
    "教育",
    "科技",
    "文化",
    "卫生健康",
    "生态环境",
    "住房保障",
    "交通运输",
    "水务",
    "农业农村",
    "林业",
    "商务",
    "应急管理",
    "审计",
    "统计",
    "市场监督管理",
    "医疗保障",
    "信访",
    "机关事务",
    "体育",
    "档案",
    "司法",
    "人力资源",
    "自然资源",
    "城市管理",
    "退役军人事务",
    "营商环境",
    "数据",
    "供销合作",
]
KINDS = ("局", "管理中心", "服务中心", "委员会", "研究院")


def name_of(seed: int) -> str:
    """A name for each seed; numbered where cities and topics are used up."""
    city = CITIES[seed % len(CITIES)]
    topic = TOPICS[seed // len(CITIES) % len(TOPICS)]
    turn = seed // (len(CITIES) * len(TOPICS))
    number = f"第{turn // len(KINDS)}" if turn >= len(KINDS) else ""
    return f"{city}市{topic}{number}{KINDS[turn % len(KINDS)]}（虚构）"


def size_of(seed: int) -> Size:
    """Most are small, some are large, as in a province."""
    random = Random(f"size {seed}")
    kind = random.random()
    if kind < 0.55:
        return Size(random.randint(4, 9), random.randint(1, 2), random.randint(1, 4), 1)
    if kind < 0.9:
        return Size(random.randint(9, 18), random.randint(2, 8), random.randint(4, 8), random.randint(1, 2))
    return Size(random.randint(18, 30), random.randint(8, 20), random.randint(8, 14), random.randint(2, 4))


USUAL = Size(14, 2, 7, 2)
"""A department of the usual size: a document of some 38 pages."""
LARGE = Size(520, 60, 20, 4)
"""60 units, and some 600 rows by subject."""


FINAL = {"summary", "income", "expenditure", "fiscal", "general"}
BUDGET = {"overall", "income", "expenditure", "functional", "economic", "fiscal", "general"}


def packs(tables: set[str] = FINAL) -> list[str]:
    """All packs of final accounts (or, by their tables, of budgets) for which departments can be made up."""
    loaded = ((name, load(name).pack) for name in available())
    return [name for name, pack in loaded if not pack.meta.abstract and tables <= set(pack.tables)]


def made_up(pack: Pack, seed: int, size: Size | None = None, year: int = 2024) -> tuple[str, FormData]:
    """The name and all values of a department; the same for the same seed."""
    name, size = name_of(seed), size or size_of(seed)
    random = Random(f"{pack.id} {seed}")
    if set(pack.tables) >= BUDGET:
        return name, Budget(pack, random, size, name).data()
    money = Money(pack, random, size)
    answers = Answers(pack, random, size, money, name, year)
    return name, FormData("元", money.tables(), answers.fields(), answers.lists(), answers.reasons())


def write(folder: Path, pack_name: str, seed: int, size: Size | None = None, year: int = 2024) -> Path:
    """The workbook of a made-up department in a folder of its name."""
    pack = load(pack_name).pack
    name, data = made_up(pack, seed, size, year)
    home = folder / safe_name(name)
    home.mkdir(parents=True, exist_ok=True)
    (home / WORKBOOK).write_bytes(write_form(pack, year, name, data=data))
    return home


def write_units(folder: Path, pack_name: str, seed: int, count: int, year: int = 2024) -> Path:
    """A department's folder with its units' workbooks, ready to be merged.

    The first unit pays the others 对附属单位补助支出, and each gets that as 上级补助收入; the others pay
    the first something back as 上缴上级支出.
    """
    pack = load(pack_name).pack
    home = folder / safe_name(name_of(seed))
    random = Random(f"units {seed}")
    given = [random.randint(100, 9_000_000) * 100 for _ in range(count - 1)]
    back = [value // 10 for value in given]
    for number in range(count):
        if number == 0:
            dealings = ({"undertaking": sum(given) * 2, "affiliated": sum(back)}, {"subsidy": sum(given)})
        else:
            dealings = (
                {"superior": given[number - 1]},
                {"remitted": back[number - 1], "basic": given[number - 1] // 2},
            )
        name = f"{name_of(seed).removesuffix('（虚构）')}第{number}单位（虚构）" if number else f"{name_of(seed)}本级"
        size, own = Size(random.randint(4, 9), 1, random.randint(1, 3), 1), Random(f"{pack_name} {seed} {number}")
        money = Money(pack, own, size, dealings)
        answers = Answers(pack, own, size, money, name, year)
        place = home / "单位" / safe_name(name)
        place.mkdir(parents=True)
        data = FormData("元", money.tables(), answers.fields(), answers.lists(), answers.reasons())
        (place / WORKBOOK).write_bytes(write_form(pack, year, name, data=data))
    return home


def _write(task: tuple[str, str, int, Size | None]) -> None:
    write(Path(task[0]), task[1], task[2], task[3])


def write_many(
    folder: Path, pack_names: Sequence[str], count: int, first: int = 0, size: Size | None = None, workers: int = 2
) -> None:
    """Departments of several packs by turns, on several processors."""
    tasks = [(str(folder), pack_names[k % len(pack_names)], first + k, size) for k in range(count)]
    if count <= 3 or workers < 2:
        for task in tasks:
            _write(task)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        list(pool.map(_write, tasks, chunksize=4))


def main() -> int:
    parser = argparse.ArgumentParser(description="生成虚构的部门填报表")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pack", default="", help="模板包（默认轮流用全部决算模板包）")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="从第几号开始")
    options = parser.parse_args()
    write_many(options.folder, [options.pack] if options.pack else packs(), options.count, options.seed)
    print(f"{options.count} 个部门已写入 {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
