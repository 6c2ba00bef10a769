"""Documents with everything that moves a page: long text, long and tall tables, tables in the text."""

from __future__ import annotations

from dataclasses import replace

from generator.model.document import Block, Document, Heading, Paragraph, Part, Table, TableCell
from tests.writers.sample import words

REMARK = "进一步加强项目管理，提高预算执行率。"
LONG_NAME = "某某省某某市某某区农业农村和水利综合行政执法及服务保障中心（某某省某某市某某区乡村振兴服务中心）"


def cell(text: str, **kind: object) -> TableCell:
    return TableCell(words(text), **kind)  # type: ignore[arg-type]


def long_table(rows: int, **extra: object) -> Table:
    header = (tuple(cell(t, align="center") for t in ("编码", "名称", "金额")),)
    body = tuple(
        (cell(f"20{k:05}"), cell("某项支出" * (1 + k % 9)), cell("1,234.56", align="right")) for k in range(rows)
    )
    return Table(f"long{rows}", f"长表{rows}", header, body, (2, 5, 2), toc=True, **extra)  # type: ignore[arg-type]


def form(name: str, groups: int, big: int, *, landscape: bool = True) -> Table:
    """A self-evaluation form: merged cells at the left, remarks of any length at the right."""
    titles = ("一级指标", "二级指标", "三级指标", "指标值", "完成值", "分值", "得分", "偏差原因及改进措施")
    rows = []
    for g in range(groups):
        for k in range(4):
            row = [cell("产出指标（履职效能）" * 2, rowspan=4, align="center")] if k == 0 else []
            row += [cell("数量指标管理效率", rowspan=2, align="center")] if k % 2 == 0 else []
            row += [cell("数据资源目录编制完成及时率"), cell(">=95%"), cell("100%"), cell("12.5"), cell("12.50")]
            rows.append((*row, cell(REMARK * (big if k == 1 and g % 2 == 0 else 1))))
    rows.append((cell("年度总体目标", align="center"), cell("完成全年工作任务，推进数字政府建设。" * 120, colspan=7)))
    rows.append((cell("说明", align="center", rowspan=2), cell("上半部分", colspan=3), cell("下半部分", colspan=4)))
    rows.append((cell("甲乙丙" * 60, colspan=7),))
    rows.append((cell("合计", colspan=5), cell("100"), cell("98.50"), cell("")))
    table = Table(
        name, f"{name}自评表", (tuple(cell(t, align="center") for t in titles),), tuple(rows), (2, 2, 3, 2, 2, 1, 1, 3)
    )
    return replace(table, role="form", toc=True, landscape=landscape)


def prose(name: str, count: int) -> tuple[Block, ...]:
    """Sections of sentences full of numbers, marks and brackets."""
    blocks: list[Block] = []
    for k in range(count):
        blocks.append(Heading(f"{name}{k}", 2, words(f"第{k}节 {name}情况说明"), toc=True))
        text = f"2024年度“三公”经费支出{k * 1111.11:,.2f}万元，完成预算的{k * 3.7:.2f}%（含{k}项）；" * (3 + k % 5)
        blocks += [Paragraph(f"{name}{k}.{n}", words(text[n * 7 :] + "。")) for n in range(1 + k % 3)]
    return tuple(blocks)


def part(name: str, *blocks: Block, kind: str = "prose") -> Part:
    return Part(name, Heading(name, 1, words(f"部分{name} 说明"), toc=True), blocks, kind)  # type: ignore[arg-type]


def made(*parts: Part) -> Document:
    return Document("合成文档", "某局", 2024, "决算", ("某局", "2024年度部门决算"), parts)


def shapes() -> dict[str, Document]:
    """Each by name."""
    inline = replace(long_table(4), id="i4", role="inline", new_page=False, title="文中表一")
    longer = replace(long_table(12), id="i12", role="inline", new_page=False, title="文中表二", notes=())
    pages = replace(long_table(70), id="i70", role="inline", new_page=False, title="文中长表")
    named = long_table(3, left=f"单位：{LONG_NAME}", middle="2024年度", right="单位：万元", number="公开01表")
    short = replace(named, id="short", left="单位：某局", title=f"{LONG_NAME}收入支出决算总表")
    return {
        "prose": made(
            part("甲", *prose("一", 24)),
            part("乙", long_table(60), long_table(400), long_table(3), kind="tables"),
            part("丙", *prose("二", 2)),
        ),
        "forms": made(
            part("甲", *prose("一", 3)),
            part("乙", form("整体", 5, 3), form("项目", 12, 30), form("竖", 3, 3, landscape=False), kind="forms"),
            part("丙", *prose("二", 3)),
        ),
        "inline": made(
            part("甲", *prose("一", 5), inline, *prose("二", 7), longer, *prose("三", 9), pages, *prose("四", 3))
        ),
        "between": made(
            part("甲", *prose("一", 4), form("文中", 2, 1), *prose("二", 4), named, short, *prose("三", 2))
        ),
    }
