"""The command for the open data of many departments: opendata."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, note, say

if TYPE_CHECKING:
    from generator.cli.base import Commands


def register(commands: Commands) -> None:
    """Add this command with its Chinese help."""
    data = commands.add_parser("opendata", help="把各部门的开放数据合成一个文件（先用 --format data 生成各部门的）")
    data.add_argument("folder", type=Path, metavar="文件夹", help="各部门的成品所在的文件夹，如 output")
    data.add_argument("--year", type=int, default=0, metavar="年度", help="只要这个年度的（默认每个年度各一个文件）")
    data.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="写在哪个文件夹（默认当前文件夹）")
    data.set_defaults(run=run_open_data)


def run_open_data(options: argparse.Namespace) -> int:
    import zipfile

    from generator.files import put
    from generator.writers import OPEN_DATA, combined, open_data_of

    if not options.folder.is_dir():
        raise UsageError(f"找不到文件夹 {options.folder}。")
    years: dict[int, list[bytes]] = defaultdict(list)
    drafts = 0
    for path in sorted(options.folder.rglob(f"*.{OPEN_DATA}")):
        note(f"正在读 {path.name}")
        try:
            data = path.read_bytes()
            year, draft = open_data_of(data)
        except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
            say(f"没有用：{path.name} 不是本程序写的开放数据。")
            continue
        if draft:
            drafts += 1
        elif options.year in (0, year):
            years[year].append(data)
    if not years:
        raise UsageError(f"{options.folder} 下面没有可以公开的开放数据，请先用 --format data 生成各部门的文件。")
    for year, parts in sorted(years.items()):
        target = options.out / f"{year}年度各部门{OPEN_DATA}"
        put(target, combined(parts, f"{year}年度各部门开放数据"))
        say(f"{target}（{len(parts)} 份）")
    if drafts:
        say(f"草稿 {drafts} 份没有计入。")
    return 0
