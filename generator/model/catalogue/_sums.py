"""What is said over several formulas at once: rounding, and the one cell behind many (GK-9xx)."""

from __future__ import annotations

from generator.model.catalogue.entry import Entry
from generator.model.findings import Severity

ENTRIES = (
    Entry(
        "GK-900", Severity.INFO, "四舍五入形成的尾差",
        "{table}有{count}处合计与分项相差在四舍五入允许的范围内，最大 {difference}{unit}，不影响公开。",
        "按万元填报时，每个数可能差最后一位的一半，合计与分项会差一点；每张表合成一条提示。",
        "改用元填报可以消除尾差。",
    ),
    Entry(
        "GK-901", Severity.ERROR, "一处填错影响多个勾稽关系",
        "{label}填的是 {written}{unit}，按有关的{count}个勾稽关系应为 {should}{unit}，"
        "相差 {gap}{unit}；它使 {checks} 不成立。",
        "几项不符都要求同一格作同样的改动：先指出那一格和应有的数，其余折叠在后面。",
        "先核对这个单元格；改正后，下面折叠的不符会一并消失。",
        cases={"several": "下列单元格中有一格相差 {gap}{unit}，使 {checks} 不成立：{places}。"},
    ),
)  # fmt: skip
