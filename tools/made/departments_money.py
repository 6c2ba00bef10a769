"""The money of a made-up department: what each 项 got, spent and carried on; the nine tables follow.

All sums are whole 分, so that everything agrees to the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from generator.packs import Pack
from generator.packs import parse_grid as parse
from generator.workbook import RowInput, TableInput

Sums = dict[str, int]
FUND_ITEMS = {"2120803": "城市建设支出", "2120804": "农村基础设施建设支出", "2296002": "用于社会福利的彩票公益金支出"}
SOE_ITEMS = {"2230105": "国有企业退休人员社会化管理补助支出", "2239999": "其他国有资本经营预算支出"}
PARENTS = {
    "21208": "国有土地使用权出让收入安排的支出", "22960": "彩票公益金安排的支出", "22301": "解决历史遗留问题及改革成本支出",
    "22399": "其他国有资本经营预算支出",
}  # fmt: skip
FUND_CLASSES = ("21207", "21208", "21210", "21213", "22904", "22960", "223", "234")
STAFF = ["30101", "30102", "30103", "30107", "30108", "30109", "30110", "30112", "30113", "30199", "30302", "30305"]
PUBLIC = [
    "30201",
    "30202",
    "30205",
    "30206",
    "30207",
    "30208",
    "30209",
    "30211",
    "30213",
    "30215",
    "30216",
    "30226",
    "30227",
    "30228",
    "30229",
    "30239",
    "30299",
    "31002",
]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a department is."""

    items: int
    units: int
    projects: int
    wholes: int


@dataclass(slots=True)
class Item:
    """One 项 in 分."""

    code: str
    source: str  # general, fund or soe
    opening: int
    income: int
    basic: int
    project: int

    @property
    def spent(self) -> int:
        return self.basic + self.project

    @property
    def closing(self) -> int:
        return self.opening + self.income - self.spent


def yuan(value: int) -> str:
    """分 as 元 with the decimals it needs."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    whole, cents = divmod(value, 100)
    return f"{sign}{whole}.{cents:02}" if cents else f"{sign}{whole}"


def shown(cells: Mapping[str, int]) -> dict[str, str]:
    """What is not zero."""
    return {k: yuan(v) for k, v in cells.items() if v}


def split(random: Random, total: int, count: int) -> list[int]:
    """A sum in parts of uneven size; their sum is the total."""
    if count <= 1 or total <= 0:
        return [total] + [0] * (count - 1)
    weights = [random.paretovariate(1.2) for _ in range(count)]
    parts = [int(total * w / sum(weights)) for w in weights]
    parts[0] += total - sum(parts)
    return parts


class Money:
    """All amounts of a department."""

    def __init__(self, pack: Pack, random: Random, size: Size, dealings: tuple[Sums, Sums] | None = None) -> None:
        """``dealings``: what other money came in and what it paid for, where that is given."""
        self.pack, self.random, self.size, self.dealings = pack, random, size, dealings
        self.names = {k: s.name for k, s in pack.functional.items()} | PARENTS | FUND_ITEMS | SOE_ITEMS
        self.items = self._items()
        self._other()

    def amount(self, low: int, high: int) -> int:
        """Between two sums in 元, to the 分, as accounts have them: small sums oftener than large ones."""
        value = low * (high / low) ** self.random.random()
        return int(value * 100) if self.random.random() < 0.7 else int(value // 100) * 10000

    # ---------------------------------------------------------- what happened

    def _codes(self) -> list[str]:
        """项 for general funds; where the catalogue has too few, further ones below its 款."""
        known = [c for c in self.pack.functional if len(c) == 7 and not c.startswith(FUND_CLASSES)]
        first = next((c for c in known if c.endswith("01") and c.startswith("201")), known[0])
        codes = [first, *self.random.sample([c for c in known if c != first], min(self.size.items, len(known)) - 1)]
        parents = sorted({c[:5] for c in known})
        number = 0
        while len(codes) < self.size.items:
            parent, turn = parents[number % len(parents)], number // len(parents)
            code = f"{parent}{60 + turn:02}"
            if turn < 39 and code not in self.names:
                self.names[code] = f"{self.names[parent].removesuffix('支出')}第{turn + 1}项支出"
                codes.append(code)
            number += 1
        return sorted(codes)

    def _items(self) -> list[Item]:
        random, out = self.random, []
        for number, code in enumerate(self._codes()):
            staffed = number == 0 or code.startswith(("20805", "21011", "22102")) or code.endswith(("01", "50"))
            basic = self.amount(80_000, 9_000_000) if staffed else 0
            project = self.amount(50_000, 20_000_000) if not staffed or random.random() < 0.1 else 0
            opening = self.amount(1_000, 300_000) if random.random() < 0.15 else 0
            closing = self.amount(1_000, 200_000) if random.random() < 0.2 else 0
            out.append(Item(code, "general", opening, max(basic + project + closing - opening, 0), basic, project))
        if random.random() < 0.3:
            out += [self._own(code, "fund") for code in random.sample(sorted(FUND_ITEMS), random.randint(1, 2))]
        if random.random() < 0.15:
            out.append(self._own(random.choice(sorted(SOE_ITEMS)), "soe"))
        return sorted(out, key=lambda i: i.code)

    def _own(self, code: str, source: str) -> Item:
        spent, carried = self.amount(100_000, 5_000_000), self.random.random() < 0.4 and source == "fund"
        opening = self.amount(5_000, 90_000) if carried else 0
        closing = self.amount(5_000, 90_000) if carried else 0
        return Item(code, source, opening, spent + closing - opening, 0, spent)

    def _other(self) -> None:
        """Money that is not the treasury's: what came in, what it paid for, how it was carried on."""
        random = self.random
        self.code = next(i.code for i in self.items if i.source == "general" and i.basic)
        self.received: Sums = {}
        self.paid: Sums = {}
        self.surplus = self.shared = self.other_opening = 0
        if self.dealings is not None:
            self.received, self.paid = self.dealings
        elif random.random() < 0.35:
            kinds = random.sample(("superior", "undertaking", "operating", "affiliated", "other"), random.randint(1, 3))
            self.received = {k: self.amount(10_000, 2_000_000) for k in kinds}
            self.other_opening = self.amount(1_000, 100_000) if random.random() < 0.5 else 0
            self.surplus = self.amount(1_000, 50_000) if random.random() < 0.2 else 0
            here = sum(self.received.values()) + self.surplus + self.other_opening
            spent = here * random.randint(60, 95) // 100
            ways = ["basic", *random.sample(("project", "remitted", "operating", "subsidy"), random.randint(0, 2))]
            self.paid = dict(zip(ways, split(random, spent, len(ways)), strict=True))
            self.shared = (here - spent) // 3 if random.random() < 0.2 else 0

    # ---------------------------------------------------------- sums

    def of(self, source: str) -> list[Item]:
        return [i for i in self.items if i.source == source]

    def total(self, source: str, what: str) -> int:
        return sum(int(getattr(i, what)) for i in self.of(source))

    @cached_property
    def spent(self) -> dict[str, Sums]:
        """Spending of all funds by 项."""
        out = {i.code: {"basic": i.basic, "project": i.project} for i in self.items}
        for way, value in self.paid.items():
            cells = out[self.code]
            cells[way] = cells.get(way, 0) + value
        for cells in out.values():
            cells["total"] = sum(cells.values())
        return out

    @cached_property
    def came(self) -> dict[str, Sums]:
        """Income of all sources by 项."""
        out: dict[str, Sums] = {i.code: {"fiscal": i.income} for i in self.items}
        out[self.code] |= self.received
        for cells in out.values():
            cells["total"] = sum(cells.values())
        return out

    @cached_property
    def summary(self) -> Sums:
        """公开01表."""
        out = {f"r{k}": self.total(s, "income") for k, s in enumerate(("general", "fund", "soe"), 1)}
        for line, kind in zip(
            ("r4", "r5", "r6", "r7", "r8"), ("superior", "undertaking", "operating", "affiliated", "other"), strict=True
        ):
            out[line] = self.received.get(kind, 0)
        out["r27"] = sum(out.values())
        out |= {"r28": self.surplus, "r29": sum(i.opening for i in self.items) + self.other_opening}
        out["r31"] = out["r62"] = out["r27"] + out["r28"] + out["r29"]
        for code, cells in self.spent.items():
            out[f"f{code[:3]}"] = out.get(f"f{code[:3]}", 0) + cells["total"]
        out["r58"] = sum(c["total"] for c in self.spent.values())
        out["r59"] = self.shared
        out["r60"] = out["r62"] - out["r58"] - out["r59"]
        return out

    @cached_property
    def fiscal(self) -> Sums:
        """公开04表."""
        out: Sums = {}
        for k, source in enumerate(("general", "fund", "soe")):
            opening, income, spent = (self.total(source, w) for w in ("opening", "income", "spent"))
            out |= {f"r{k + 1}": income, f"r{29 + k}": opening}
            lines = {"r59": spent, "r60": opening + income - spent, "r64": opening + income}
            lines |= {f"f{i.code[:3]}": 0 for i in self.of(source)}
            for item in self.of(source):
                lines[f"f{item.code[:3]}"] += item.spent
            for line, value in lines.items():
                out[f"{line}.{source}"] = value
                out[f"{line}.total"] = out.get(f"{line}.total", 0) + value
        out["r27"] = out["r1"] + out["r2"] + out["r3"]
        out["r28"] = out["r29"] + out["r30"] + out["r31"]
        out["r32"] = out["r27"] + out["r28"]
        return out

    @cached_property
    def sangong(self) -> Sums:
        """“三公”经费: what was spent, and a budget not smaller."""
        random, whole = self.random, self.total("general", "basic")
        most = max(whole // 50, 100)
        final = {
            "abroad": random.randint(100, most) if random.random() < 0.2 and whole > 10_000_000 else 0,
            "reception": random.randint(100, most // 2) if random.random() < 0.5 else 0,
            "running": random.randint(100, most) if random.random() < 0.8 else 0,
            "purchase": random.randint(100, most) if random.random() < 0.1 else 0,
        }
        out: Sums = {}
        for column in ("budget", "final"):
            got = {
                k: v
                if column == "final"
                else (v * random.choice((100, 105, 120)) // 100 if v else random.choice((0, 0, 500_000)))
                for k, v in final.items()
            }
            got["vehicle"] = got["running"] + got["purchase"]
            got["total"] = got["abroad"] + got["reception"] + got["vehicle"]
            out |= {f"{k}.{column}": v for k, v in got.items()}
        return out

    @cached_property
    def basic(self) -> Sums:
        """公开06表: basic spending of general funds by economic subject."""
        random, whole = self.random, self.total("general", "basic")
        visits = {
            f"e{code}": self.sangong[f"{kind}.final"]
            for code, kind in (("30212", "abroad"), ("30217", "reception"), ("30231", "running"), ("31013", "purchase"))
        }
        rest = whole - sum(visits.values())
        public = rest * random.randint(8, 30) // 100
        out = {k: v for k, v in visits.items() if v}
        for codes, total, least in ((STAFF, rest - public, 4), (PUBLIC, public, 5)):
            chosen = random.sample(codes, random.randint(least, len(codes)))
            for code, value in zip(chosen, split(random, total, len(chosen)), strict=True):
                out[f"e{code}"] = out.get(f"e{code}", 0) + value
        for key in list(out):
            out[key[:4]] = out.get(key[:4], 0) + out[key]
        out["staff"] = out.get("e301", 0) + out.get("e303", 0)
        out["public"] = whole - out["staff"]
        return out

    # ---------------------------------------------------------- tables

    def _by_subject(self, items: Mapping[str, Sums], columns: Iterable[str]) -> TableInput:
        """类, 款 and 项 with their sums."""
        sums: dict[str, Sums] = {}
        wanted = set(columns)
        for code, cells in items.items():
            for key in ("", code[:3], code[:5], code):
                into = sums.setdefault(key, {})
                for column, value in cells.items():
                    if column in wanted:
                        into[column] = into.get(column, 0) + value
        rows = [RowInput(code, self.names.get(code, "其他支出"), shown(sums[code])) for code in sorted(sums) if code]
        return TableInput({}, rows, shown(sums.get("", {})))

    def tables(self) -> dict[str, TableInput]:
        """The tables that the pack has, each with the places that the pack gives it."""
        general = {i.code: {"total": i.spent, "basic": i.basic, "project": i.project} for i in self.of("general")}
        own = {
            source: {
                i.code: {
                    "opening": i.opening,
                    "income": i.income,
                    "total": i.spent,
                    "basic": 0,
                    "project": i.project,
                    "closing": i.closing,
                }
                for i in self.of(source)
            }
            for source in ("fund", "soe")
        }
        listed = {"income": self.came, "expenditure": self.spent, "general": general, **own}
        fixed = {"summary": self.summary, "fiscal": self.fiscal, "basic": self.basic, "sangong": self.sangong}
        out = {}
        for name, spec in self.pack.tables.items():
            if name in listed:
                columns = [c.slot for c in parse(spec.row).cells() if c.slot]
                out[name] = self._by_subject(listed[name], columns)
            elif name in fixed:
                places = {c.slot for c in parse(spec.body).cells() if c.slot}
                out[name] = TableInput(shown({k: v for k, v in fixed[name].items() if k in places}))
        return out
