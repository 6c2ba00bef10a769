"""What a made-up department answers besides its tables: fields, lists and reasons.

What is known by its name follows from the money; everything else by the pack's own specification:
its type, its choices, whether it is required.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from generator.packs import ColumnSpec, FieldSpec, Pack
from tools.made.departments_money import Item, Money, Size, split, yuan

WORK = [
    "完成年度重点任务",
    "推进信息系统建设",
    "保障机关日常运转",
    "开展业务培训",
    "组织专项检查",
    "落实惠民政策",
    "维护办公设施",
    "购买专业服务",
    "开展宣传活动",
    "编制发展规划",
    "推动项目建设",
    "加强队伍建设",
    "提升服务质量",
    "改善基础设施",
    "支持基层工作",
]
CAUSES = [
    "人员变动",
    "据实结算",
    "年中政策调整",
    "项目按进度分期实施",
    "政策性调整社会保险缴费基数",
    "按工作计划安排",
    "工作任务变化",
    "按合同约定支付",
    "公务活动安排变化",
    "车辆维修据实支付",
    "按实际缴费人数结算",
    "根据上级部署安排",
    "按照批复执行",
]
SUBJECTS = [
    "信息化运维",
    "办公用房维修",
    "业务培训",
    "专项检查",
    "宣传",
    "调查研究",
    "政策评估",
    "设备更新",
    "公共服务",
    "基层补助",
    "人才引进",
    "应急保障",
    "数据治理",
    "档案整理",
]
LEVELS = (
    ("产出指标", "数量指标", "完成任务数量", ">=", "项"),
    ("产出指标", "质量指标", "验收合格率", ">=", "%"),
    ("产出指标", "时效指标", "按期完成率", ">=", "%"),
    ("产出指标", "成本指标", "成本控制率", "<=", "%"),
    ("效益指标", "社会效益指标", "服务对象覆盖率", ">=", "%"),
    ("效益指标", "可持续影响指标", "制度健全率", ">=", "%"),
    ("满意度指标", "服务对象满意度指标", "服务对象满意度", ">=", "%"),
)
FLEET = ("leader", "chief", "confidential", "emergency", "enforcement", "special", "retired", "other")


class Answers:
    """Everything that is asked outside the tables."""

    def __init__(self, pack: Pack, random: Random, size: Size, money: Money, name: str, year: int) -> None:
        self.pack, self.random, self.size, self.money, self.name, self.year = pack, random, size, money, name, year
        self.known = self._known()

    # ---------------------------------------------------------- words

    def clause(self) -> str:
        one, two = self.random.sample(CAUSES, 2)
        return f"一是{one}；二是{two}" if self.random.random() < 0.6 else one

    def sentence(self, count: int = 2) -> str:
        return "，".join(self.random.sample(WORK, count)) + "。"

    def near(self, value: int) -> int:
        """Last year's amount: the same, none, or somewhat different."""
        kind = self.random.random()
        if kind < 0.1:
            return value
        if kind < 0.15:
            return 0
        return value * self.random.randint(60, 145) // 100

    # ---------------------------------------------------------- fields

    def _known(self) -> dict[str, str]:
        """Fields whose value follows from the money."""
        random, money = self.random, self.money
        summary, fiscal, sangong = money.summary, money.fiscal, money.sangong
        general = money.total("general", "spent")
        self.budgets = self._budgets()
        total = sum(self.budgets.values())
        basic = min(sum(v for k, v in self.budgets.items() if self._item(k).basic), total)
        amounts = {
            "prior.income": self.near(summary["r31"]), "prior.expenditure": self.near(summary["r58"]), "prior.closing": summary["r29"],
            "prior.fiscal": self.near(fiscal["r59.total"]), "prior.general": self.near(general),
            "prior.abroad": self.near(sangong["abroad.final"]), "prior.reception": self.near(sangong["reception.final"]),
            "prior.vehicle": self.near(sangong["vehicle.final"]),
            "budget.total": total, "budget.basic": basic, "budget.project": total - basic, "budget.fiscal": total,
            "budget.general": sum(v for k, v in self.budgets.items() if self._item(k).source == "general"),
            "visits.amount": sangong["reception.final"], "visits.foreign_amount": 0,
        }  # fmt: skip
        amounts["prior.sangong"] = sum(amounts[f"prior.{k}"] for k in ("abroad", "reception", "vehicle"))
        operating = money.basic["public"] * random.randint(50, 100) // 100 if random.random() < 0.8 else 0
        amounts |= {"operating.amount": operating, "prior.operating": self.near(operating)}
        if money.paid:
            spent = money.spent
            whole = sum(c["basic"] for c in spent.values()) - money.total("general", "basic")
            amounts["full.e302"] = money.basic.get("e302", 0) + whole
        bought = {
            k: random.randint(0, 3_000_000) * 100 if random.random() < 0.6 else 0
            for k in ("goods", "works", "services")
        }
        small = {k: v * random.randint(0, 100) // 100 for k, v in bought.items()}
        amounts |= {f"procurement.{k}": v for k, v in bought.items()} | {
            f"procurement.sme_{k}": v for k, v in small.items()
        }
        amounts |= {"procurement.sme": sum(small.values()), "procurement.micro": sum(small.values()) // 2}
        counts = {
            "visits.groups": 1 + random.randrange(3) if sangong["abroad.final"] else 0,
            "visits.batches": 1 + random.randrange(30) if sangong["reception.final"] else 0,
            "visits.foreign_batches": 0, "visits.foreign_guests": 0,
            "visits.purchased": 1 if sangong["purchase.final"] else 0,
        }  # fmt: skip
        counts["visits.persons"] = counts["visits.groups"] * 3
        counts["visits.guests"] = counts["visits.batches"] * 6
        fleet = {k: random.choice((0, 0, 1, 2)) if sangong["running.final"] else 0 for k in FLEET}
        if sangong["running.final"] and not sum(fleet.values()):
            fleet["other"] = 1
        counts |= {f"vehicles.{k}": v for k, v in fleet.items()} | {"visits.holding": sum(fleet.values())}
        grades = {"a": self.size.projects - self.size.projects // 4, "b": self.size.projects // 4, "c": 0, "d": 0}
        problems = {"fixed": random.randrange(5), "fixing": random.randrange(3)}
        counts |= {f"performance.grade_{k}": v for k, v in grades.items()} | {
            f"performance.{k}": v for k, v in problems.items()
        }
        counts |= {f"performance.{k}": self.size.projects for k in ("due", "self_count", "track_count", "target_count")}
        counts["performance.problems"] = sum(problems.values())
        project = sum(i.project for i in money.items)
        amounts |= {f"performance.{k}_amount": project for k in ("self", "track", "target")}
        amounts |= {f"reserved.{k}": sum(small.values()) // 2 for k in ("sme", "micro", "sme_won", "micro_won")} | {
            "reserved.other_won": 0
        }
        words = {
            "info.name": self.name,
            "info.self": "本部门",
            "info.subordinate": "有",
            "performance.held": "已开展" if any(i.project for i in money.items) or self.size.wholes else "未开展",
            "info.duties": "".join(self.sentence() for _ in range(3)),
        }
        counted = {
            k: str(v) for k, v in counts.items() if k in self.pack.fields and self.pack.fields[k].type == "count"
        }
        return {k: yuan(v) for k, v in amounts.items()} | counted | words

    def _item(self, code: str) -> Item:
        return next(i for i in self.money.items if i.code == code)

    def _budgets(self) -> dict[str, int]:
        """The year's first budget of each 项."""
        random = self.random
        factors = (0, 80, 90, 95, 100, 100, 105, 120)
        return {i.code: i.spent * random.choice(factors) // 100 for i in self.money.items}

    def answer(self, spec: FieldSpec | ColumnSpec) -> str:
        """What a specification allows, where nothing better is known."""
        random = self.random
        match spec.type:
            case "amount":
                return yuan(random.randint(0, 50_000) * 100) if self.needed(spec) else ""
            case "count":
                return str(random.randint(0, 40)) if self.needed(spec) else ""
            case "number":
                return str(random.randint(80, 100)) if spec.required else ""
            case "percent":
                return "1" if spec.required else ""
            case "choice":
                default = getattr(spec, "default", "")
                return default or (spec.choices[0] if spec.choices else "")
            case "clause":
                return self.clause()
            case "long":
                return self.sentence(3) if spec.required else ""
            case "text":
                return str(getattr(spec, "default", "")) or (random.choice(WORK) if spec.required else "")
            case _:
                return ""

    @staticmethod
    def needed(spec: FieldSpec | ColumnSpec) -> bool:
        """Required, or required where something holds; nothing is wrong where it does not."""
        return spec.required or bool(getattr(spec, "when", ""))

    def fields(self) -> dict[str, str]:
        return {
            k: self.known.get(k) or self.answer(s) if k not in self.known else self.known[k]
            for k, s in self.pack.fields.items()
        }

    # ---------------------------------------------------------- lists

    def lists(self) -> dict[str, list[dict[str, str]]]:
        made = {
            "duties": [
                {"text": f"（{'一二三四五六七八九十'[k]}）{self.sentence()}"} for k in range(self.random.randint(4, 9))
            ],
            "units": self._units(),
            "items": self._items(),
            **self._projects(),
            **self._wholes(),
        }
        out = {}
        for name, spec in self.pack.lists.items():
            ids = [c.id for c in spec.columns if c.type != "lookup"]
            words = all(c.type == "long" for c in spec.columns)
            given = made.get(name) or [
                dict.fromkeys(ids, self.sentence(3)) if words else {} for _ in range(max(spec.minimum, words))
            ]
            out[name] = [self._row(spec.columns, ids, row) for row in given]
        return out

    def _row(self, columns: tuple[ColumnSpec, ...], ids: list[str], row: dict[str, str]) -> dict[str, str]:
        """A row in the pack's columns; what is required and unknown is answered by its type."""
        out = {k: v for k, v in row.items() if k in ids}
        for column in columns:
            if column.required and column.id in ids and not out.get(column.id):
                out[column.id] = self.answer(column)
        return out

    def _units(self) -> list[dict[str, str]]:
        body = self.name.removesuffix("（虚构）")
        kinds = ("行政单位", "事业单位")
        out = [{"name": f"{body}本级（虚构）", "kind": kinds[0], "code": "001001", "note": kinds[0]}]
        for k in range(1, self.size.units):
            out.append(
                {
                    "name": f"{body}第{k}事务服务中心（虚构）",
                    "kind": kinds[1],
                    "code": f"001{k + 1:03}",
                    "note": kinds[1],
                }
            )
        return out

    def _items(self) -> list[dict[str, str]]:
        funds = {"general": "一般公共预算", "fund": "政府性基金预算", "soe": "国有资本经营预算"}
        return [
            {
                "code": i.code, "budget": yuan(self.budgets[i.code]), "prior": yuan(self.near(i.spent)), "use": self.random.choice(WORK),
                "reason": self.clause(), "fund": funds[i.source],
                "definition": "" if self.pack.functional.get(i.code) and self.pack.functional[i.code].definition else f"反映{self.money.names.get(i.code, '其他支出')}方面的支出。",
            }
            for i in self.money.items
        ]  # fmt: skip

    def _projects(self) -> dict[str, list[dict[str, str]]]:
        """Projects with their forms; together they spend no more than the tables say."""
        spent = sum(c["project"] for c in self.money.spent.values())
        count = self.size.projects if spent else 0
        projects, indicators = [], []
        for number, executed in enumerate(split(self.random, spent * 8 // 10, count), 1):
            budget = max(executed * self.random.choice((100, 100, 105, 125)) // 100, 1)
            rate = min(Decimal(executed) / budget, Decimal(1)) * 10
            score = f"{rate.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
            whole = f"{Decimal(score) + 90:f}"
            subject = self.random.choice(SUBJECTS)
            projects.append(
                {
                    "no": str(number), "name": f"{subject}项目（第{number}期）", "department": self.name, "unit": self.name, "fund": "一般公共预算",
                    "budget": yuan(budget), "executed": yuan(executed), "goal_initial": self.sentence(4), "goal_done": self.sentence(4),
                    "subtotal": "90", "execution_score": score, "deduction": "0", "total": whole, "problem": self.clause(), "improve": self.random.choice(WORK),
                    "initial": yuan(budget), "fiscal_initial": yuan(budget), "fiscal_full": yuan(budget), "fiscal_executed": yuan(executed),
                }
            )  # fmt: skip
            for level, weight in zip(LEVELS, ("10", "10", "10", "15", "15", "15", "15"), strict=True):
                indicators.append(self._indicator(str(number), level, weight))
        return {"projects": projects, "indicators": indicators}

    def _indicator(self, number: str, level: tuple[str, str, str, str, str], weight: str) -> dict[str, str]:
        one, two, three, sign, unit = level
        target = str(self.random.randint(5, 40)) if unit == "项" else "95"
        return {
            "no": number, "l1": one, "l2": two, "l3": f"{self.random.choice(SUBJECTS)}{three}", "op": sign, "target": target, "unit": unit,
            "actual": target, "completion": "100%", "weight": weight, "score": weight,
        }  # fmt: skip

    def _wholes(self) -> dict[str, list[dict[str, str]]]:
        wholes, tasks, indicators = [], [], []
        for number in range(1, self.size.wholes + 1):
            money = self.money.total("general", "spent") // self.size.wholes
            wholes.append(
                {
                    "no": str(number), "unit_name": f"001{number:03}{self.name}", "budget_income": yuan(money), "budget_expenditure": yuan(money),
                    "goal_initial": self.sentence(5), "goal_done": self.sentence(5), "total": "100",
                }
            )  # fmt: skip
            for part, share in zip(
                ("基本支出人员经费", "基本支出公用经费", "项目支出"), split(self.random, money, 3), strict=True
            ):
                tasks.append(
                    {
                        "no": str(number),
                        "item": part,
                        "issued": yuan(share),
                        "executed": yuan(share),
                        "rate": "1",
                        "weight": "10",
                        "score": "10",
                    }
                )
            for level in LEVELS * 2:
                indicators.append(self._indicator(str(number), level, "5") | {"completion": "1"})
        return {"wholes": wholes, "whole_tasks": tasks, "whole_indicators": indicators}

    # ---------------------------------------------------------- reasons

    def reasons(self) -> dict[str, str]:
        """Every reason that is asked for; what follows by itself is left open."""
        return {k: self.clause() for k, spec in self.pack.reasons.items() if spec.required}
