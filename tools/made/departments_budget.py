"""The money of a made-up budget: every sum by unit, subject, economic subject, use and source.

The tables of a department's budget follow from one list of such sums; all whole 元.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from generator.packs import Pack
from generator.workbook import FormData, RowInput, TableInput
from tools.made.departments_answers import CAUSES, FLEET, SUBJECTS, WORK
from tools.made.departments_money import FUND_CLASSES, PARENTS, SOE_ITEMS, STAFF, Size, split

Sums = dict[str, int]
FUND = {"2120803": "城市建设支出", "2120804": "农村基础设施建设支出"}
PUBLIC = "30201 30202 30205 30206 30207 30211 30213 30215 30216 30226 30239 30299".split()  # noqa: SIM905
PROJECT = "30227 30226 30213 31002 30299".split()  # noqa: SIM905
VISITS = {"abroad": "30212", "reception": "30217", "running": "30231"}


@dataclass(frozen=True, slots=True)
class Sum:
    """One amount of the budget (元)."""

    unit: str
    code: str
    economic: str
    use: str  # staff, public or project
    source: str  # general, fund, soe, special or own
    value: int


def shown(cells: Mapping[str, int]) -> dict[str, str]:
    return {k: str(v) for k, v in cells.items() if v}


def add(into: Sums, cells: Mapping[str, int]) -> None:
    for column, value in cells.items():
        into[column] = into.get(column, 0) + value


class Budget:
    """All amounts of a department's budget."""

    def __init__(self, pack: Pack, random: Random, size: Size, name: str) -> None:
        self.pack, self.random, self.size, self.name = pack, random, size, name
        body = name.removesuffix("（虚构）")
        self.units = {"601": name, "601001": f"{body}（本级）（虚构）"}
        self.units |= {f"601{k:03}": f"{body}第{k - 1}事务中心（虚构）" for k in range(2, size.units + 1)}
        self.first, *self.others = [c for c in self.units if len(c) > 3]
        self.names = (
            {k: s.name for k, s in (*pack.functional.items(), *pack.economic.items())} | PARENTS | FUND | SOE_ITEMS
        )
        self.projects: list[tuple[str, str, Sums]] = []
        self.sums = list(self._sums())
        opening = random.randint(1, 30) * 10_000
        self.opening, self.closing = opening, random.randint(0, opening // 10_000) * 10_000

    def amount(self, low: int, high: int) -> int:
        return int(low * (high / low) ** self.random.random()) // 100 * 100

    def _sums(self) -> Iterable[Sum]:
        random = self.random
        known = [c for c in self.pack.functional if len(c) == 7 and not c.startswith(FUND_CLASSES)]
        run = next((c for c in known if c.startswith("20103") and c.endswith("01")), known[0])
        insured = [c for c in known if c.startswith(("20805", "21011", "22102"))]
        for unit in (self.first, *self.others):
            staff = random.sample([c for c in STAFF if c in self.names and c.startswith("301")], 5)
            for economic, value in zip(staff, split(random, self.amount(400_000, 6_000_000), 5), strict=True):
                yield Sum(unit, run, economic, "staff", "general", value)
            public = random.sample([c for c in PUBLIC if c in self.names], 6)
            for economic, value in zip(public, split(random, self.amount(60_000, 900_000), 6), strict=True):
                yield Sum(unit, run, economic, "public", "general", value)
            for kind, economic in VISITS.items():
                if random.random() < (0.2 if kind == "abroad" else 0.6):
                    yield Sum(unit, run, economic, "public", "general", self.amount(3_000, 60_000))
            for code in random.sample(insured, min(3, len(insured))):
                yield Sum(unit, code, "30108", "staff", "general", self.amount(50_000, 500_000))
        for code in random.sample([c for c in known if c not in (run, *insured)], min(self.size.projects, 12)):
            unit = random.choice((self.first, *self.others))
            yield self._project(
                unit,
                code,
                random.choice([c for c in PROJECT if c in self.names]),
                "general",
                self.amount(50_000, 3_000_000),
            )
        if random.random() < 0.4:
            yield self._project(
                self.first, random.choice(sorted(FUND)), "31005", "fund", self.amount(100_000, 5_000_000)
            )
        if random.random() < 0.2:
            yield self._project(self.first, "2230105", "30399", "soe", self.amount(100_000, 900_000))

    def _project(self, unit: str, code: str, economic: str, source: str, value: int) -> Sum:
        name = f"{self.random.choice(SUBJECTS)}项目（第{len(self.projects) + 1}项）"
        self.projects.append((unit, name, {source: value}))
        return Sum(unit, code, economic, "project", source, value)

    # ---------------------------------------------------------- tables

    def _listed(
        self,
        code_of: Callable[[Sum], str],
        cells_of: Callable[[Sum], Sums],
        wanted: Callable[[Sum], bool] = lambda _: True,
    ) -> TableInput:
        """Rows by budget unit and subject, with the sums of everything above."""
        whole: Sums = {}
        sums: dict[tuple[str, str], Sums] = {}
        for one in filter(wanted, self.sums):
            code, cells = code_of(one), cells_of(one)
            steps = [code[:3], code[:5], code] if len(code) == 7 else [code[:3], code]
            add(whole, cells)
            for key in (("601", ""), (one.unit, ""), *((one.unit, s) for s in steps)):
                add(sums.setdefault(key, {}), cells)
        rows = []
        for unit, name in self.units.items():
            if (unit, "") in sums:
                rows.append(RowInput(unit, name, shown(sums[unit, ""]), "unit"))
            rows += [
                RowInput(c, self.names.get(c, "其他支出"), shown(sums[u, c]))
                for u, c in sorted(sums)
                if u == unit and c
            ]
        return TableInput({}, rows, shown(whole))

    def _by_unit(self, cells: Mapping[str, Sums]) -> TableInput:
        """The department and its units."""
        whole: Sums = {}
        for values in cells.values():
            add(whole, values)
        rows = [
            RowInput(c, n, shown(whole if c == "601" else cells[c]), "row")
            for c, n in self.units.items()
            if c in cells or (c == "601" and cells)
        ]
        return TableInput({}, rows, shown(whole))

    def _fixed(self, sources: Sequence[str]) -> TableInput:
        """The two sides of 收支预算总表 and of 财政拨款预算总表."""
        slots: Sums = {}
        income: Sums = {}
        for one in self.sums:
            if one.source not in sources:
                continue
            for line in (f"f{one.code[:3]}", "spent", "sum"):
                add(slots, {f"{line}.total": one.value, f"{line}.{one.source}": one.value})
            add(slots, {one.use: one.value, "out_total": one.value, "out_sum": one.value})
            add(slots, {"department" if one.use == "project" else "basic": one.value})
            add(income, {f"in_{one.source}": one.value})
        add(income, {"in_general": self.closing - self.opening})
        for line in ("carry", "sum"):
            add(slots, {f"{line}.total": self.closing, f"{line}.general": self.closing})
        slots |= income | {
            "in_total": sum(income.values()),
            "in_carry": self.opening,
            "in_sum": sum(income.values()) + self.opening,
        }
        slots |= {
            "out_carry": self.closing,
            "out_sum": slots["out_sum"] + self.closing,
            "project": slots.get("department", 0),
        }
        return TableInput(shown(slots))

    def _income(self) -> TableInput:
        units: dict[str, Sums] = {}
        for one in self.sums:
            add(units.setdefault(one.unit, {}), {one.source: one.value, "current": one.value, "total": one.value})
        change = self.closing - self.opening
        add(units[self.first], {"general": change, "current": change, "total": self.closing, "carry": self.opening})
        return self._by_unit(units)

    @cached_property
    def sangong(self) -> dict[str, Sums]:
        """“三公”经费 by unit; nothing is bought."""
        out: dict[str, Sums] = {}
        kinds = {"30212": ("abroad",), "30217": ("reception",), "30231": ("vehicle",)}
        for one in self.sums:
            for kind in kinds.get(one.economic, ()):
                add(out.setdefault(one.unit, {}), {kind: one.value, "total": one.value})
        return out

    def _project_list(self) -> TableInput:
        whole: Sums = {}
        rows = []
        for unit, name, sources in self.projects:
            cells = {"total": sum(sources.values()), **sources}
            add(whole, cells)
            rows.append(
                RowInput(
                    "", name, shown(cells) | {"agency": f"{unit}-{self.units[unit]}", "category": "31-部门项目"}, "row"
                )
            )
        return TableInput({}, rows, shown(whole))

    def tables(self) -> dict[str, TableInput]:
        """The tables that the pack has."""

        def by_use(one: Sum) -> Sums:
            return {"total": one.value, one.use: one.value} | ({"basic": one.value} if one.use != "project" else {})

        def by_source(one: Sum) -> Sums:
            fiscal = one.value if one.source in ("general", "fund", "soe") else 0
            return {"total": one.value, "fiscal": fiscal, one.source: one.value}

        def functional(one: Sum) -> str:
            return one.code

        def economic(one: Sum) -> str:
            return one.economic

        bought = {u: {"total": v, "goods": v} for u, v in ((self.first, self.amount(10_000, 500_000)),)}
        made = {
            "overall": self._fixed(("general", "fund", "soe", "special")),
            "income": self._income(),
            "expenditure": self._listed(functional, by_use),
            "functional": self._listed(functional, by_source),
            "economic": self._listed(economic, by_source),
            "fiscal": self._fixed(("general", "fund", "soe")),
            "general": self._listed(functional, by_use, lambda s: s.source == "general"),
            "basic": self._listed(
                economic,
                lambda s: {"total": s.value, s.use: s.value},
                lambda s: s.source == "general" and s.use != "project",
            ),
            "sangong": self._by_unit(self.sangong),
            "fund": self._listed(functional, by_use, lambda s: s.source == "fund"),
            "soe": self._listed(functional, by_use, lambda s: s.source == "soe"),
            "project_list": self._project_list(),
            "procurement": self._by_unit(bought),
        }
        return {k: v for k, v in made.items() if k in self.pack.tables}

    # ---------------------------------------------------------- answers

    def near(self, value: int) -> str:
        return str(value * self.random.randint(60, 140) // 100)

    def data(self) -> FormData:
        """The whole form."""
        random, tables = self.random, self.tables()
        visits = {k: sum(s.value for s in self.sums if s.economic == e) for k, e in VISITS.items()}
        public = sum(s.value for s in self.sums if s.use == "public")
        classes = sorted({s.code[:3] for s in self.sums if s.source == "general"})
        priors = {
            c: int(self.near(sum(s.value for s in self.sums if s.source == "general" and s.code.startswith(c))))
            for c in classes
        }
        before = sum(priors.values())
        more = before + random.randrange(40) * 10_000
        fields = {
            "info.name": self.name, "info.subordinate": "有" if self.others else "无", "prior.general": str(before), "prior.purchase": "0",
            **{f"prior.{k}": str(more) for k in ("income", "expenditure", "fiscal_income", "fiscal_expenditure")},
            "prior.operating": self.near(public), "operating.amount": str(public // 2), "performance.goal": "，".join(random.sample(WORK, 4)),
            **{f"prior.{k}": self.near(v) for k, v in visits.items()}, **{f"vehicles.{k}": str(random.choice((0, 0, 1))) for k in FLEET},
            "vehicles.equipment_general": "0", "vehicles.equipment_special": "0",
        }  # fmt: skip
        numbers = [str(k) for k in range(1, len(self.projects) + 1)]
        items = sorted({s.code for s in self.sums})
        lists = {
            "duties": [{"text": f"（{'一二三四五六'[k]}）{random.choice(WORK)}。"} for k in range(4)],
            "offices": [{"name": n} for n in ("办公室", "业务科", "财务科")],
            "units": [{"name": self.units[u]} for u in self.others],
            "items": [{"code": c, "prior": str(v), "reason": "、".join(random.sample(CAUSES, 2))} for c, v in priors.items()]
            + [{"code": c, "reason": "、".join(random.sample(CAUSES, 2)), "definition": f"反映{self.names.get(c, '其他')}方面的支出。"} for c in items],
            "goals": [{"no": n, "goal": "，".join(random.sample(WORK, 3))} for n in numbers],
            "indicators": [{"no": n, "l1": "产出指标", "l2": "数量指标", "l3": "完成任务数量", "nature": "≥", "target": "10", "unit": "项"} for n in numbers],
            "whole_indicators": [{"activity": w, "task": w, "l1": "产出指标", "l2": "数量指标", "l3": "完成任务数量", "target": "10"} for w in random.sample(WORK, 4)],
        }  # fmt: skip
        reasons = {k: "、".join(random.sample(CAUSES, 2)) for k in self.pack.reasons}
        known = {k: v for k, v in fields.items() if k in self.pack.fields}
        return FormData("元", tables, known, {k: v for k, v in lists.items() if k in self.pack.lists}, reasons)
