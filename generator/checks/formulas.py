"""Runs the checks of a pack on a submission: intervals, four results, findings.

A check ends 通过, 不符, 不适用 or 无法判断; missing data is never a pass.  Two amounts agree where the
intervals that their written digits allow meet (half of the last written digit of each).  Differences inside the
band are gathered into one 提示 for each table.  Nothing here prints or reads a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from generator.model import YUAN, CellRef, Entry, Figure, Finding, Severity, make_finding, unite
from generator.packs import CheckSpec, CompiledPack, Context, LanguageError, PackError, RowView, column_label, met

MAX_CELLS = 40
ROUNDING = "GK-900"


class Status(StrEnum):
    """How one instance of a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"

    @property
    def chinese(self) -> str:
        return {"passed": "通过", "failed": "不符", "not_applicable": "不适用", "cannot_tell": "无法判断"}[self.value]


@dataclass(frozen=True, slots=True)
class Result:
    """One instance of a formula check (one row, one column)."""

    spec: CheckSpec
    status: Status
    where: str = ""
    left: Figure = field(default_factory=lambda: Figure(None))
    right: Figure = field(default_factory=lambda: Figure(None))

    @property
    def residual(self) -> Decimal:
        return self.left.number - self.right.number

    @property
    def band(self) -> Decimal:
        return self.left.margin + self.right.margin

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return unite(self.left.cells, self.right.cells)

    @property
    def rounding(self) -> bool:
        """Passed, but only because of the rounding."""
        return self.status is Status.PASSED and self.spec.relation == "=" and self.residual != 0

    def sign(self, cell: CellRef) -> int:
        """How the residual moves when a cell grows: +1 or -1."""
        if cell in self.left.cells:
            return -1 if cell in self.left.minus else 1
        return 1 if cell in self.right.minus else -1


def holds(relation: str, residual: Decimal, band: Decimal) -> bool:
    """Whether the two intervals allow the relation."""
    match relation:
        case "=":
            return abs(residual) <= band
        case ">=":
            return residual >= -band
        case "<=":
            return residual <= band
        case ">":
            return residual > -band if band else residual > 0
        case "<":
            return residual < band if band else residual < 0
        case _:
            raise ValueError(relation)


def judge(spec: CheckSpec, left: Figure, right: Figure) -> Status:
    """The status of a comparison of two figures."""
    if (left.missing and left.blank) or (right.missing and right.blank):
        return Status.CANNOT_TELL
    if left.absent or right.absent or (left.blank and right.blank):
        return Status.NOT_APPLICABLE
    gap = left - right
    return Status.PASSED if holds(spec.relation, gap.number, gap.margin) else Status.FAILED


def run_formulas(compiled: CompiledPack, context: Context) -> list[Result]:
    """All formula checks of the pack that are in force in the year."""
    results: list[Result] = []
    for spec in compiled.pack.in_force(compiled.pack.checks, context.year):
        try:
            results += _instances(compiled, context, spec)
        except LanguageError as error:
            raise PackError(compiled.pack.id, spec.id, str(error)) from error
    return results


def _instances(compiled: CompiledPack, context: Context, spec: CheckSpec) -> Iterator[Result]:
    made = compiled.checks[spec.id]
    scope = context.members
    members: Iterable[object] = made.for_each(scope) if made.for_each else (None,)
    found = False
    for member in members:
        for column in spec.columns or ("",):
            found = True
            local = dict(scope)
            if member is not None:
                local[spec.name or "item"] = member
            if column:
                local["c"] = column
            where = _where(member, column, context, spec)
            if not met(made.when, local):
                yield Result(spec, Status.NOT_APPLICABLE, where)
                continue
            left = made.left(local)
            if spec.relation == "holds":
                yield Result(spec, Status.PASSED if left else Status.FAILED, where)
                continue
            assert made.right is not None  # only a check that "holds" has no right side
            right = made.right(local)
            if not isinstance(left, Figure) or not isinstance(right, Figure):
                side = made.right.source if isinstance(left, Figure) else made.left.source
                raise LanguageError(f"“{side}”算不出数来，请检查里面的名称")
            status = judge(spec, left, right)
            if status is Status.FAILED and made.unless and made.unless(local):
                status = Status.NOT_APPLICABLE
            yield Result(spec, status, where, left, right)
    if not found:
        yield Result(spec, Status.NOT_APPLICABLE)


def _where(member: object, column: str, context: Context, spec: CheckSpec) -> str:
    """Which row and column an instance means, in words."""
    words: list[str] = []
    if isinstance(member, RowView):
        words.append(f"{member.code}{member.row.name}")
    elif isinstance(member, str):
        words.append(context.names.get(member, ""))
    if column:
        table = context.tables.get(spec.table)
        words.append(column_label(table.spec, column) if table and table.spec.rows else "")
    return " ".join(w for w in words if w)


# ------------------------------------------------------------------ findings


def unit_of(context: Context, cells: Sequence[CellRef]) -> tuple[str, Decimal]:
    """The unit in which the sheet of the first cell is filled, and its size in 元."""
    for cell in cells:
        for data in context.submission.tables.values():
            if data.sheet == cell.sheet:
                return (data.unit, Decimal(10000) if data.unit == "万元" else Decimal(1))
    return ("万元", Decimal(10000))


def money_text(value: Decimal, size: Decimal) -> str:
    """An amount in the unit of the sheet, at least two decimals, none lost up to six."""
    number = (value / size).quantize(Decimal("0.000001"))
    text = f"{number:,.6f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def _plain(value: Decimal, size: Decimal) -> str:
    return f"{(value / size).normalize():f}"


WHERE = "请核对列出的单元格，改正后重新检查。"
SAYS = "{title}{where}：左边 {left}，右边 {right}，差 {gap}（允许 {allowed}）{unit}；{relation}。"
RELATIONS = {"=": "＝", ">=": "≥", "<=": "≤", "<": "＜", ">": "＞", "holds": "成立"}
RELATION_WORDS = {
    "=": "应当相等",
    ">=": "左边应不小于右边",
    "<=": "左边应不大于右边",
    ">": "左边应大于右边",
    "<": "左边应小于右边",
}


def entry_of(spec: CheckSpec) -> Entry:
    """The words of a formula of a pack, as an entry of the catalogue."""
    sides = f"{spec.left} {RELATIONS[spec.relation]} {spec.right}".strip()
    return Entry(spec.id, Severity(spec.severity), spec.title, SAYS, sides, spec.hint or WHERE, spec.basis)


def finding_of(result: Result, context: Context) -> Finding:
    """What to tell about a failed result: both sides, difference, band, what to do."""
    spec = result.spec
    unit, size = unit_of(context, result.cells)
    words = money_text
    if result.left.unit != YUAN:  # counts
        unit, size, words = result.left.unit, Decimal(1), _plain
    left, right = words(result.left.number, size), words(result.right.number, size)
    difference, band = words(abs(result.residual), size), words(result.band, size)
    where = f"（{result.where}）" if result.where else ""
    said = {"left": left, "right": right, "gap": difference, "allowed": band, "unit": unit}
    bare = {"expected": right, "actual": left, "difference": difference, "band": band}
    return entry_of(spec).finding(
        result.cells[:MAX_CELLS],
        title=spec.title,
        where=where,
        relation=RELATION_WORDS.get(spec.relation, ""),
        **said,
        **{k: v.replace(",", "") for k, v in bare.items()},
    )


def rounding_findings(results: Iterable[Result], context: Context) -> list[Finding]:
    """One 提示 for each table whose sums differ inside the rounding (尾差)."""
    by_table: dict[str, list[Result]] = {}
    for result in results:
        if result.rounding:
            by_table.setdefault(result.spec.table, []).append(result)
    out = []
    for table, found in by_table.items():
        view = context.tables.get(table)
        name = view.spec.number if view else "填报表"
        unit, size = unit_of(context, found[0].cells)
        largest = max(abs(r.residual) for r in found)
        out.append(
            make_finding(
                ROUNDING,
                [r.left.cells[0] for r in found if r.left.cells][:MAX_CELLS],
                table=name,
                count=len(found),
                unit=unit,
                difference=money_text(largest, size),
            ).but(related=tuple(dict.fromkeys(r.spec.id for r in found)))
        )
    return out
