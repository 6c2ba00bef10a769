"""What people have is read or said: exported tables of every flavour, with what goes wrong in them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from generator.cli.command_line import main
from generator.files import WORKBOOK
from generator.packs.compiled import CompiledPack
from generator.workbook import Imported, import_tables, read_workbook
from tests.incoming.made import HEADS, TRUE, Export, csv, html, mht, ods, row_of, xls, xlsx, xml2003

PLAIN = Export()


@pytest.fixture
def taken(tmp_path: Path, liaoning: CompiledPack) -> Callable[..., Imported]:
    """Take a file of this name and content into a form."""

    def take(data: bytes, name: str = "导出.xlsx") -> Imported:
        path = tmp_path / name
        path.write_bytes(data)
        return import_tables([path], liaoning.pack, 2024)

    return take


def figures(made: Imported) -> dict[str, Decimal]:
    """The figures of 公开03表 that came in, in 元."""
    table = made.data.tables["expenditure"]
    found = {f"total.{k}": v for k, v in table.totals.items()}
    found |= {f"{r.code}.{k}": v for r in table.rows for k, v in r.cells.items()}
    return {k: Decimal(v) for k, v in found.items() if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", v)}


def said(made: Imported) -> list[tuple[str, str]]:
    """The findings but for the tables that are not in the file: id and first cell."""
    return [(f.id, f.cells[0].cell) for f in made.findings if f.id != "WB-030"]


# ------------------------------------------------------------------ flavours

FLAVOURS: dict[str, Callable[[], bytes]] = {
    "导出.xlsx": lambda: xlsx(PLAIN),
    "导出.xls": lambda: xls(PLAIN),
    "导出.et": lambda: xls(PLAIN),
    "导出.ods": lambda: ods(PLAIN),
    "网页.xls": lambda: html(PLAIN).encode("gb18030"),
    "网页.html": lambda: html(PLAIN).replace("gb2312", "utf-8").encode(),
    "单个文件网页.xls": lambda: mht(PLAIN),
    "表格2003.xls": lambda: xml2003(PLAIN),
    "逗号.csv": lambda: csv(PLAIN).encode("gb18030"),
    "逗号.xls": lambda: csv(PLAIN).encode("utf-8-sig"),
    "制表符.xls": lambda: csv(PLAIN, "\t").encode("utf-16"),
    "等号.csv": lambda: csv(PLAIN).replace("2010601,", '="2010601",').encode(),
}


@pytest.mark.parametrize("name", FLAVOURS)
def test_every_flavour_gives_the_same_figures(name: str, taken: Callable[..., Imported]) -> None:
    made = taken(FLAVOURS[name](), name)
    assert figures(made) == TRUE and said(made) == []
    assert "4 行，合计 2,120,000.00 元" in str(made.taken[0])


REFUSED: dict[str, tuple[bytes, str]] = {
    "~$导出.xlsx": (b"\x06" + "某某".encode("gbk") + b" " * 160, "临时文件"),
    "导出.xlsx": (b"\x04abcd" + b" " * 50 + b"\x04\0a\0b\0c\0d\0" + b" \0" * 50, "临时文件"),
    "空.xlsx": (b"", "空的"),
    "零.xls": (bytes(4096), "空的"),
    "扫描件.xls": (b"\xff\xd8\xff\xe0" + bytes(500), "图片"),
    "报表.xlsx": (b"Rar!\x1a\x07" + bytes(500), "压缩包"),
    "文档.xls": (b"{\\rtf1 abc}", "文字文档"),
    "程序.xls": (b'<?xml version="1.0"?><orders><order/></orders>', "XML"),
    "只有字.xls": ("这里没有表。\n只是几句话。".encode(), "没有表格"),
    "框架.xls": (b"<html><head></head><frameset><frame src='a_files/sheet001.htm'></frameset></html>", "网页格式"),
    "损坏.xlsx": (xlsx(PLAIN)[:2000], "损坏"),
    "旧的.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "损坏"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words_that_fit(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, words = REFUSED[name]
    (tmp_path / name).write_bytes(data)
    command = [
        "new",
        "--pack",
        "liaoning",
        "--year",
        "2024",
        "--name",
        "某局",
        "--from",
        str(tmp_path / name),
        "--",
        str(tmp_path / "部门"),
    ]
    assert main(command) != 0
    told = capsys.readouterr()
    assert words in told.out and "没有生成填报表" in told.err and not (tmp_path / "部门").exists()


# ------------------------------------------------------------------ units


@pytest.mark.parametrize(
    "line",
    ["金额单位：人民币元", "单位：人民币元", "（单位：元 币种：人民币）", "金额单位:元", "计量单位：元", "单 位：元", "货币单位: RMB 元",
     "单位：元（保留两位小数）", "2024年度 金额单位：元", "人民币元", "单位\u200b：元", "以元为单位"],
)  # fmt: skip
def test_a_unit_line_in_any_wording_is_read(line: str, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(unit=line)))
    assert figures(made) == TRUE and not [f for f in made.findings if f.id in ("WB-038", "WB-066")]


@pytest.mark.parametrize(
    ("line", "size"),
    [("单位：人民币万元", 10**4), ("金额单位：千元", 10**3), ("单位：百万元", 10**6), ("（人民币亿元）", 10**8)],
)
def test_other_units_are_their_size(line: str, size: int, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(unit=line, size=Decimal(size)), code="General"))
    assert figures(made) == TRUE and said(made) == []


@pytest.mark.parametrize(
    "line",
    [
        "金额单位：yuan",
        "单位：百元",
        "单位：元/万元",
        "单位：美元",
        "币种：美元 单位：元",
        "金额单位：？",
        "单位：万员",
        "单位：千万元",
    ],
)
def test_a_unit_that_is_not_understood_is_an_error_that_quotes_it(line: str, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(unit=line)))
    [finding] = [f for f in made.findings if f.id == "WB-066"]
    assert "expenditure" not in made.data.tables and finding.severity.value == "error"
    assert line.partition("：")[2].strip("？")[:3] in finding.message and finding.cells[0].cell == "H3"


def test_two_units_are_an_error_and_none_is_a_default_that_is_said(taken: Callable[..., Imported]) -> None:
    two = taken(xlsx(PLAIN.but(unit="单位：元", heads=("本年支出合计（万元）", *HEADS[1:]))))
    assert [f.id for f in two.findings if f.id == "WB-066"] and not two.data.tables
    head = taken(xlsx(PLAIN.but(unit="", heads=tuple(f"{h}（元）" for h in HEADS))))
    assert figures(head) == TRUE and said(head) == []
    none = taken(xlsx(PLAIN.but(unit="")))
    assert [i for i, _ in said(none)] == ["WB-038"]
    office = taken(xlsx(PLAIN.but(department="单位：广元市财政局")))
    assert figures(office) == TRUE and said(office) == []


# ------------------------------------------------------------------ what a cell shows


@pytest.mark.parametrize("code", ["0!.0000", '0"."0000', "0\\.0000", "#!.0000", '0!.0000"万元"', "[>=10000]0!.0000;0"])
def test_an_amount_shown_in_the_unit_of_the_table_is_taken_as_it_is_seen(
    code: str, taken: Callable[..., Imported]
) -> None:
    made = taken(xlsx(PLAIN.but(unit="单位：万元"), code=code))
    assert figures(made) == TRUE and {i for i, _ in said(made)} == {"WB-060"}


@pytest.mark.parametrize(
    ("code", "unit"),
    [("0!.0000", "单位：元"), ("#,##0.00,", "单位：元"), ("#,##0.00,", "单位：万元"), (";;;", "单位：元"), ("0.00%", "单位：元"), ('"见附件"', "单位：元"),
     ('0"0000"', "单位：元"), ('0.00"万元"', "单位：元"), ("0.00;0.00;", "单位：元")],
)  # fmt: skip
def test_a_format_that_shows_another_number_is_an_error_at_the_cell(
    code: str, unit: str, taken: Callable[..., Imported]
) -> None:
    export = PLAIN.but(unit=unit, change={("2010601", 0): -1500000} if code.startswith("0.00;") else {})
    made = taken(xlsx(export, code=code))
    wrong = [c for i, c in said(made) if i in ("WB-059", "WB-053")]
    assert "C10" in wrong
    if made.data.tables:
        assert "2010601.total" not in figures(made)
        assert made.data.tables["expenditure"].rows[2].cells["total"].startswith("？")


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "0.00",
        '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        "#,##0.00;[Red]#,##0.00",
        "0.00E+00",
        "[DBNum1]0",
        "[$¥-804]#,##0.00",
    ],
)
def test_a_format_that_shows_the_number_says_nothing(code: str, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN, code=code))
    assert figures(made) == TRUE and said(made) == []


def test_old_and_open_formats_show_as_well(taken: Callable[..., Imported]) -> None:
    wan = PLAIN.but(unit="单位：万元")
    assert figures(taken(xls(wan, code="0!.0000"), "a.xls")) == TRUE
    assert figures(taken(ods(wan, shown=lambda v: f"{v / 10000:.4f}"), "a.ods")) == TRUE
    assert figures(taken(xml2003(wan, code="0\\.0000"), "b.xls")) == TRUE
    for data, name in (
        (xls(PLAIN, code="0!.0000"), "c.xls"),
        (ods(PLAIN, shown=lambda v: f"{v / 10000:.4f}"), "c.ods"),
        (xml2003(PLAIN, code="0\\.0000"), "d.xls"),
    ):
        assert {i for i, _ in said(taken(data, name))} == {"WB-059"}, name


ODD: list[tuple[Any, str, int | None]] = [
    ("1500000①", "①", None), ("1500000*", "*", None), ("1500000【注】", "【注】", None), ("1500000²", "²", None), ("l500000", "l", None),
    ("620000\n80000", "不止一个数", None), ("620000 80000", "不止一个数", None), ("620000/80000", "不止一个数", None), ("620000、80000", "不止一个数", None),
    ("620000\u300080000", "不止一个数", None), ("1 500 000", "不止一个数", None), ("12,34", "数字旁边有“”" , None), ("150万元", "写着“万元”", None),
    ("#REF!", "公式错误", None), ("=SUM(C11:C12)", "公式的字样", None), ('=DISPIMG("ID_1",1)', "公式的字样", None), ("约1500000", "约", None), ("15e9999", "15", None),
    ("1500000\u200b", "WB-061", 1500000), ("\u20601,500,000.00", "WB-061", 1500000), ("１５０００００", "", 1500000), ("1，500，000", "", 1500000),
    ("￥1,500,000元", "", 1500000), ("人民币1500000", "", 1500000), (" 1500000\xa0", "", 1500000), ("+1500000", "", 1500000),
]  # fmt: skip


@pytest.mark.parametrize(("value", "words", "figure"), ODD, ids=[repr(o[0]) for o in ODD])
def test_what_stands_in_an_amount(value: str, words: str, figure: int | None, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(change={("2010601", 0): value})))
    if figure is not None:
        assert figures(made)["2010601.total"] == figure
        assert [i for i, _ in said(made)] == ([words] if words else [])
        return
    [finding] = [f for f in made.findings if f.severity.value == "error"]
    assert finding.cells[0].cell == "C10" and (words.startswith("数字旁边有“”") or words in finding.message), (
        finding.message
    )
    assert "2010601.total" not in figures(made)
    assert made.data.tables["expenditure"].rows[2].cells["total"] not in ("", "0"), "what was not read stays to be seen"


@pytest.mark.parametrize("value", ["-", "——", "－", "―", "‒", "─", "/", "无", "--"])
def test_dashes_are_blank_and_said_once_a_sheet(value: str, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(change={("2010601", 2): value, ("2010607", 1): value})))
    assert figures(made) == TRUE and [i for i, _ in said(made)] == ["WB-064"]


@pytest.mark.parametrize(
    ("value", "figure"), [("（3.5）", "-3.5"), ("(1,500.00)", "-1500"), ("−7", "-7"), ("-￥1,500", "-1500")]
)
def test_negative_amounts(value: str, figure: str, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(change={("2010601", 0): value})))
    assert Decimal(made.data.tables["expenditure"].rows[2].cells["total"]) == Decimal(figure)


# ------------------------------------------------------------------ errors and formulas in every format


def test_errors_and_formulas_without_a_result_are_findings_in_every_format(taken: Callable[..., Imported]) -> None:
    row = row_of(PLAIN, "2010601")

    def paint(sheet: Any, _book: Any) -> None:
        sheet.write_formula(row, 3, "=1/0", None, "#DIV/0!")

    def waiting(sheet: Any, _book: Any) -> None:
        sheet.write_formula(row, 3, "=1000000+500000", None, "")

    def without_result(data: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                target.writestr(name, re.sub(rb' t="str"><f>([^<]*)</f><v></v>', rb"><f>\1</f>", source.read(name)))
        return out.getvalue()

    errors = {
        "a.xlsx": xlsx(PLAIN, paint=paint), "a.xls": xls(PLAIN, error=(row, 3, "#REF!")), "a.et": xls(PLAIN, error=(row, 3, "#NUM!")),
        "a.ods": ods(PLAIN, odd={(row, 3): "#DIV/0!"}), "b.ods": ods(PLAIN, odd={(row, 3): "Err:502"}), "b.xls": xml2003(PLAIN, error=(row, 3)),
        "c.xls": html(PLAIN.but(change={("2010601", 1): "#VALUE!"})).encode("gb18030"), "a.csv": csv(PLAIN.but(change={("2010601", 1): "#NAME?"})).encode(),
    }  # fmt: skip
    for name, data in errors.items():
        made = taken(data, name)
        assert said(made) == [("WB-052", f"D{row + 1}")], name
        assert "2010601.basic" not in figures(made)
    pending = {
        "d.xlsx": without_result(xlsx(PLAIN, paint=waiting)), "d.xls": xls(PLAIN, formula=(row, 3)), "d.ods": ods(PLAIN, odd={(row, 3): ""}),
    }  # fmt: skip
    for name, data in pending.items():
        made = taken(data, name)
        assert said(made) == [("WB-054", f"D{row + 1}")], name
        assert made.data.tables["expenditure"].rows[2].cells["basic"].startswith("？")


def test_what_was_not_read_is_named_again_by_the_check_of_the_form(
    tmp_path: Path, liaoning: CompiledPack, capsys: pytest.CaptureFixture[str]
) -> None:
    export = PLAIN.but(change={("2010601", 0): "1500000①", ("2010607", 0): "#REF!"})
    (tmp_path / "导出.xlsx").write_bytes(xlsx(export, code="General"))
    command = [
        "new",
        "--pack",
        "liaoning",
        "--year",
        "2024",
        "--name",
        "某局",
        "--from",
        str(tmp_path / "导出.xlsx"),
        "--",
        str(tmp_path / "部门"),
    ]
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "公开03表!C10  错误 WB-051" in told and "公开03表!C11  错误 WB-052" in told and "有 2 处没有带入" in told
    again = read_workbook(tmp_path / "部门" / WORKBOOK, liaoning.pack)
    assert {f.id for f in again.findings if f.cells[0].sheet == "公开03表" and f.severity.value == "error"} == {
        "WB-051",
        "WB-052",
    }


# ------------------------------------------------------------------ tables known by what they hold


@pytest.mark.parametrize("codes", ["one", "spread", "stepped", "whole", "joined"])
@pytest.mark.parametrize("last", [False, True])
def test_subject_codes_in_one_cell_in_three_or_joined(codes: str, last: bool, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(codes=codes, last=last)))
    assert figures(made) == TRUE and said(made) == []
    assert [r.name for r in made.data.tables["expenditure"].rows] == [
        "一般公共服务支出",
        "财政事务",
        "行政运行",
        "信息化建设",
    ]


@pytest.mark.parametrize("tall", [0, 1, 3])
@pytest.mark.parametrize("ordinals", [False, True])
def test_headers_of_other_heights(tall: int, ordinals: bool, taken: Callable[..., Imported]) -> None:
    made = taken(xlsx(PLAIN.but(tall=tall, ordinals=ordinals)))
    assert figures(made) == TRUE and said(made) == []


@pytest.mark.parametrize(
    ("title", "number", "sheet"),
    [
        ("2024年度部门支出决算表", "", "Sheet1"),
        ("某某局2024年度单位支出决算表", "", "3"),
        ("支出决算表（草案）", "附表3", "GK03"),
        ("", "", "公开03表"),
        ("", "公开03表", "Sheet1"),
    ],
)
def test_titles_with_years_and_departments_and_renamed_sheets(
    title: str, number: str, sheet: str, taken: Callable[..., Imported]
) -> None:
    made = taken(xlsx(PLAIN.but(title=title, number=number), names=(sheet,)))
    assert figures(made) == TRUE and said(made) == []


def test_heads_of_other_systems(taken: Callable[..., Imported]) -> None:
    other = PLAIN.but(heads=("合计", "基本支出", "项目支出", "上缴上级", "事业单位经营支出", "附属单位补助支出"))
    assert figures(taken(xlsx(other))) == TRUE
    strange = taken(xlsx(PLAIN.but(heads=("本年支出合计", "基本支出", "专项业务", *HEADS[3:]))))
    [finding] = [f for f in strange.findings if f.id == "WB-033"]
    assert "项目支出" in finding.message and "专项业务" in finding.message
    moved = PLAIN.but(heads=("基本支出", "本年支出合计", *HEADS[2:]), change={
        (c, k): v for c, t, b in (("合计", 2120000, 1500000), ("201", 2120000, 1500000), ("20106", 2120000, 1500000), ("2010601", 1500000, 1500000), ("2010607", 620000, "")) for k, v in ((0, b), (1, t))
    })  # fmt: skip
    assert figures(taken(xlsx(moved))) == TRUE


def test_doubled_sheets_are_said_with_both_names(taken: Callable[..., Imported]) -> None:
    other = PLAIN.but(change={("2010601", 0): 1400000})
    made = taken(xlsx(other, PLAIN, names=("公开03表（旧）", "公开03表（新）")))
    [finding] = [f for f in made.findings if f.id == "WB-068"]
    assert (
        finding.severity.value == "warning"
        and "（旧）" in finding.message
        and "（新）" in finding.message
        and "旧表" in finding.message
    )
    assert figures(made) == TRUE
    copy = taken(xlsx(other, PLAIN, names=("公开03表 (2)", "公开03表")))
    assert figures(copy) == TRUE and [f.id for f in copy.findings if f.id != "WB-030"] == ["WB-068"]
    same = taken(xlsx(PLAIN, PLAIN, names=("甲", "乙")))
    assert [f.severity.value for f in same.findings if f.id == "WB-068"] == ["info"]
    hidden = taken(
        xlsx(
            other,
            PLAIN,
            names=("公开03表甲", "公开03表乙"),
            paint=lambda s, _: s.hide() if s.name.endswith("甲") else s.activate(),
        )
    )
    assert figures(hidden) == TRUE and "隐藏" in next(f.message for f in hidden.findings if f.id == "WB-068")


def test_hidden_and_filtered_rows_and_columns_are_said(taken: Callable[..., Imported]) -> None:
    row = row_of(PLAIN, "2010601")
    made = taken(xlsx(PLAIN, paint=lambda s, _: s.set_row(row, None, None, {"hidden": True})))
    assert figures(made) == TRUE and said(made) == [("WB-069", f"A{row + 1}")]

    def filtered(sheet: Any, _book: Any) -> None:
        sheet.autofilter(5, 0, 10, 7)
        sheet.filter_column(0, "x == 2010607")
        sheet.set_row(row, None, None, {"hidden": True})

    assert "筛选" in next(f.message for f in taken(xlsx(PLAIN, paint=filtered)).findings if f.id == "WB-069")
    column = taken(xlsx(PLAIN, paint=lambda s, _: s.set_column(4, 4, None, None, {"hidden": True})))
    assert "E 列" in next(f.message for f in column.findings if f.id == "WB-069")


def test_two_totals_that_differ_are_an_error(taken: Callable[..., Imported]) -> None:
    export = PLAIN
    rows = export.rows()
    again = [*rows, ["", "合计", 2120001, 1500000, 620000]]

    class Twice(Export):
        def rows(self) -> list[list[Any]]:
            return again

    assert [f.id for f in taken(xlsx(Twice())).findings if f.severity.value == "error"] == ["WB-036"]


def test_a_file_with_none_of_the_tables_says_once_what_it_holds(taken: Callable[..., Imported]) -> None:
    made = taken(
        xlsx(
            PLAIN.but(title="花名册", number="", heads=("姓名", "年龄", "岗位", "电话", "住址", "备注")),
            names=("人员",),
        )
    )
    [finding] = made.findings
    assert finding.id == "WB-030" and "“人员”" in finding.message and not made.taken
