"""``python -m tools.proof.incoming N``: N random workbooks from outside are read.

Each is a statutory table as systems and hands leave it: some flavour of the formats, unit line, number format, shape of
the codes, header and title, and in some cells values that nobody should have typed.  Held to:

* no traceback;
* each figure that comes in is the true one, or the cell (or the sheet, or the file) has a finding;
* a unit line or a number format never changes a figure in silence.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from generator.model import Finding
from generator.packs import CompiledPack, load
from generator.workbook import Imported, import_tables
from tests.incoming.made import CODES, TRUE, Export, csv, html, mht, ods, xls, xlsx, xml2003

YEAR = 2024
UNITS: dict[str, int | None] = {
    "单位：元": 1, "金额单位：人民币元": 1, "（单位：元 币种：人民币）": 1, "单位:人民币 元": 1, "以元为单位": 1, "Unit: RMB yuan": None,
    "单位：万元": 10000, "金额单位：人民币万元": 10000, "单位 ： 万 元": 10000, "计量单位：千元": 1000, "单位：亿元": 10**8,
    "单位：美元": None, "单位：角": None, "金额单位：文": None, "单位：元、万元": None, "": 1,
}  # fmt: skip
"""What a unit line means; ``None``: it is not to be guessed."""
FORMATS = (
    "#,##0.00", "General", "0", "0.00", "0!.0000", '0"."0000', "#,##0,", "0.00%", "0.00E+00", ";;;", "#,##0;[Red]#,##0",
    "#,##0.00_);(#,##0.00)", '0.00"万元"', "0.00,,", "yyyy-mm-dd", '"合计"0', "[DBNum2]0", "# ?/?", "??0.0?", "[>=1000]0,;0",
)  # fmt: skip
SPOILED = (
    "1500000①", "620000\n80000", "1500000\u200b", "１５０００００", "1,500,000.00", "1 500 000", "(1500000)", "-", "——", "无", "0",
    "#REF!", "#DIV/0!", "=SUM(A1:A3)", "150万元", "1500000元", "1500000 *", "约1500000", "1.5e6", "1,50,0000", "1500000.", "十五万",
    "1500000/620000", "￥1500000", "−1500000", "{{x}}", "A" * 500, "\x07", "1500000%", -1500000, "1500000\u00ad", "۱۲۳",
)  # fmt: skip
FLAVOURS = ("xlsx", "xlsx", "xlsx", "xls", "ods", "html", "mht", "xml", "csv", "tsv")


def export(rng: random.Random) -> tuple[Export, int | None, dict[tuple[str, int], Any]]:
    """A random table, the size of its unit (nothing: not to be guessed), the cells that were spoiled."""
    words = rng.choice(list(UNITS))
    size = UNITS[words]
    change: dict[tuple[str, int], Any] = {}
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        change[rng.choice(["合计", *(c for c, _, _ in CODES)]), rng.randrange(3)] = rng.choice(SPOILED)
    made = Export(
        title=rng.choice(["支出决算表", "2024年度支出决算表", "某某局2024年度部门支出决算表", " 支 出 决 算 表 "]),
        number=rng.choice(["公开03表", "公开03表", ""]),
        unit=words,
        codes=rng.choice(["one", "spread", "stepped", "whole", "joined"]),
        tall=rng.choice((0, 0, 1, 3)),
        ordinals=rng.random() < 0.7,
        last=rng.random() < 0.3,
        size=Decimal(size or 1),
        change=change,
    )
    return made, size, change


def written(made: Export, flavour: str, code: str, rng: random.Random) -> tuple[str, bytes]:
    """The table in a flavour: name of the file and content."""
    match flavour:
        case "xlsx":
            return "导出.xlsx", xlsx(made, code=code, names=[rng.choice(["公开03表", "Sheet1", "支出决算表"])])
        case "xls":
            return rng.choice(["导出.xls", "导出.et"]), xls(made, code=code)
        case "ods":
            return "导出.ods", ods(made)
        case "html":
            return rng.choice(["导出.xls", "导出.html"]), html(made).encode("gb18030", "replace")
        case "mht":
            return "导出.mht", mht(made)
        case "xml":
            return "导出.xls", xml2003(made, code)
        case "csv":
            return "导出.csv", csv(made).encode(rng.choice(["utf-8-sig", "gb18030"]), "replace")
    return "导出.xls", csv(made, "\t").encode("utf-16")


def figures(made: Imported) -> dict[str, str]:
    """What came in, as it stands in the form, by row and column."""
    table = made.data.tables.get("expenditure")
    if table is None:
        return {}
    found = {f"total.{k}": v for k, v in table.totals.items()}
    return found | {f"{r.code}.{k}": v for r in table.rows for k, v in r.cells.items()}


def number(words: str) -> Decimal | None:
    """A figure of the form; nothing for words that are none."""
    try:
        return Decimal(words)
    except InvalidOperation:
        return None


def wrongs(given: Export, change: dict[tuple[str, int], Any], size: int | None, made: Imported) -> list[str]:
    """Figures that are not the true ones and of which nothing is said."""
    if size is None and made.taken:
        return [f"unit {given.unit!r} was guessed"]
    told = {c.cell for f in made.findings for c in f.cells if f.id != "WB-030"}
    everywhere = any(f.id in ("WB-038", "WB-060", "WB-066") for f in made.findings)
    out: list[str] = []
    rows = rows_of(given)
    for key, words in figures(made).items():
        code, _, column = key.partition(".")
        code = "合计" if code == "total" else code
        value, true = number(words), TRUE.get(key)
        spoiled = (code, {"total": 0, "basic": 1, "project": 2}.get(column, 9)) in change
        if value is None or value == (true or 0) or spoiled:
            continue
        if not (everywhere or any(cell.lstrip("ABCDEFGHIJKLMN") == str(rows.get(code)) for cell in told)):
            out.append(f"{key}: {words} for {true}")
    for (code, at), typed in change.items():
        key = f"{'total' if code == '合计' else code}.{('total', 'basic', 'project')[at]}"
        got = number(figures(made).get(key, ""))
        cell_told = any(cell.lstrip("ABCDEFGHIJKLMN") == str(rows[code]) for cell in told)
        if got is not None and got not in _meant(typed, size) and not cell_told and not everywhere:
            out.append(f"{key}: {got} read of {typed!r}")
    return out


def rows_of(given: Export) -> dict[str, int]:
    """The row (from 1) of the total and of each code."""
    body, count = [c for c, _, _ in CODES], len(given.rows())
    order = [*body, "合计"] if given.last else ["合计", *body]
    return {code: count - len(order) + k + 1 for k, code in enumerate(order)}


def _meant(value: object, size: int | None) -> set[Decimal]:
    """What a value that somebody typed can mean without a word: the number it says, in the unit of the table."""
    sure: dict[object, str] = {
        "１５０００００": "1500000", "1,500,000.00": "1500000", "(1500000)": "-1500000", "-": "0", "——": "0", "无": "0", "0": "0",
        "1500000元": "1500000", "1.5e6": "1500000", "1500000.": "1500000", "￥1500000": "1500000", "−1500000": "-1500000",
        -1500000: "-1500000",
    }  # fmt: skip
    if value == "150万元" and size == 10000:
        return {Decimal(1500000)}
    found = sure.get(value)
    return {Decimal(found) * (size or 1)} if found else set()


def give(seed: int, compiled: CompiledPack, folder: Path) -> tuple[list[str], Imported]:
    """One random file: what is wrong about how it was read."""
    rng = random.Random(seed)
    given, size, change = export(rng)
    name, data = written(given, rng.choice(FLAVOURS), rng.choice(FORMATS), rng)
    path = folder / name
    path.write_bytes(data)
    made = import_tables([path], compiled.pack, YEAR)
    return [f"{seed} {name} {w}" for w in wrongs(given, change, size, made)], made


def run(seeds: range, folder: Path) -> tuple[list[str], Counter[str]]:
    """What was read wrongly in silence, and the findings by id."""
    compiled = load("liaoning", year=YEAR)
    wrong: list[str] = []
    found: Counter[str] = Counter()
    for seed in seeds:
        said, made = give(seed, compiled, folder)
        wrong += said
        found.update(f.id for f in made.findings if isinstance(f, Finding))
        found["taken" if made.taken else "refused"] += 1
    return wrong, found


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        wrong, found = run(range(count), Path(folder))
    print(f"{count} 份随机的外来文件，{time.perf_counter() - start:.0f} 秒，没有程序错误；")
    print(f"带入 {found.pop('taken', 0)}，说明不能带入 {found.pop('refused', 0)}；没有说明而读错的 {len(wrong)}：")
    for line in wrong[:20]:
        print("  " + line)
    for name, number_of in found.most_common():
        print(f"  {name}  {number_of}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
