"""What an audit gives to people: checklist, opinion, marks, summary; hostile words stay words; a killed run goes on."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pikepdf
import pytest
from docx import Document as Word
from lxml import etree, html

from generator.audit import (
    Record,
    as_publication,
    audit_document,
    checklist,
    from_plain,
    marked,
    opinion,
    outliers,
    record_of,
    result_page,
    summary_of,
    write_summary,
)
from generator.cli import main
from generator.department import examine
from generator.files import read_published, read_roster
from generator.model import Document
from generator.writers import write_docx, write_pdf
from tools.made.departments import write
from tools.proof import published_faults as plant

EVIL = """=HYPERLINK("http://x","点") +1 @SUM(A1) {{ 7*7 }} </script><script>alert(1)</script> ../../x"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Document:
    document = examine(write(tmp_path_factory.mktemp("made") / "a", "liaoning", 1)).document
    assert document is not None
    return document


def recorded(document: Document, form: str = "model") -> Record:
    if form == "model":
        return record_of(audit_document(as_publication(document)))
    data = write_docx(document) if form == "docx" else write_pdf(document)
    return record_of(audit_document(read_published(data, f"某局.{form}"), name=f"某局.{form}"))


def verdicts(record: Record) -> dict[str, str]:
    return {r.name: r.verdict for r in record.rows}


# ------------------------------------------------------------------ the checklist


def test_the_rows_are_those_of_the_bureau_and_a_clean_document_is_all_yes(made: Document) -> None:
    rows = recorded(made, "pdf").rows
    names = [r.name for r in rows]
    assert names[:7] == ["及时性", "封面", "目录", "主要职能", "机构设置", "名词解释", "情况说明"]
    assert names[7:9] == ["收入支出决算总表", "收入决算表"] and "财政拨款“三公”经费支出决算表" in names
    assert names[-2:] == ["其他相关说明", "项目情况"] and len(names) == 7 + 9 + 2
    assert {r.verdict for r in rows[1:]} == {"是"} and rows[0].verdict == ""


@pytest.mark.parametrize(
    ("kind", "form"),
    [("amount", "docx"), ("cell", "pdf"), ("table_gone", "model"), ("words", "model"), ("kind_word", "pdf")],
)
def test_a_planted_fault_is_one_no_in_its_row(made: Document, kind: str, form: str) -> None:
    random, seen = Random(11), 0
    for _ in range(12):
        planted = getattr(plant, kind)(made, random)
        if planted is None:
            continue
        record = recorded(planted.document, form)
        wrong = [r for r in record.rows if r.verdict in ("否", "待核") and r.name != "及时性"]
        told = sum(len(r.problems) for r in wrong)
        assert told == record.count("error") + record.count("warning")
        if not told:
            continue
        seen += 1
        if planted.table:
            words = planted.table.replace('"', "")
            assert any(w.name in words or words in w.name or "三公" in w.name for w in wrong), (planted.said, wrong)
        assert all(p for r in wrong for p in r.problems)
        if seen == 2:
            break
    assert seen == 2


def test_the_workbook_says_title_name_address_rows_and_words_are_words(made: Document, tmp_path: Path) -> None:
    roster = tmp_path / "名单.csv"
    name = made.department
    roster.write_text(f'部门名称,公开网址,批复日期,公开日期\n{name},"=1+1",2025-08-01,2025-08-25\n', "utf-8")
    [entry] = read_roster(roster)
    random = Random(2)
    planted = next(p for _ in range(9) if (p := plant.amount(made, random)))
    sheet = openpyxl.load_workbook(io.BytesIO(checklist(recorded(planted.document, "pdf"), entry))).active
    assert sheet is not None
    values = [[c.value for c in row] for row in sheet.iter_rows()]
    assert values[0][0] == "2024年度部门决算公开情况检查表"
    assert values[1][:2] == ["部门名称", name] and values[2][:2] == ["公开网址", "=1+1"]
    assert [v for v in values[4] if v] == ["检查内容", "符合要求", "问题"]
    assert values[5][0] == "及时性" and values[5][2] == "否" and "晚了4天" in values[5][3]
    assert values[6][:2] == ["内容规范性", "封面"]
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}  # n: empty
    assert any(row[2] == "否" and row[3] and "第" in row[3] for row in values[6:])


def test_a_pack_changes_the_rows(made: Document, tmp_path: Path) -> None:
    pack = tmp_path / "河滨"
    (pack / "reading").mkdir(parents=True)
    meta = 'id = "河滨"\ntitle = "河滨区"\nextends = "national"\nkind = "决算"\nversion = "1"\n'
    (pack / "pack.toml").write_text(meta, "utf-8")
    (pack / "reading" / "checklist.toml").write_text(
        '[[checklist]]\nid = "目录"\ndrop = true\n[[checklist]]\nid = "债务"\nrank = 85\npart = "section"\nname = "债务情况"\n'
        'heading = ["债务"]\noptional = true\n',
        "utf-8",
    )
    result = audit_document(as_publication(made), "河滨", root=tmp_path)
    names = [r.name for r in record_of(result).rows]
    assert "目录" not in names and names[names.index("其他相关说明") + 1] == "债务情况"
    assert verdicts(record_of(result))["债务情况"] == "待核"


# ------------------------------------------------------------------ hostile words


@pytest.fixture(scope="module")
def hostile(made: Document) -> Document:
    """A document whose department and sentences are an attack."""
    block = plant.statement(made)[3]
    return replace(
        plant.with_block(made, block.id, lambda b: plant.said(b, f"本年收入XX万元，{EVIL}，《{EVIL}》增长%。")),
        department=f"{EVIL}局",
        cover=tuple(line.replace(made.department, f"{EVIL}局") for line in made.cover),
    )


def test_hostile_words_come_out_as_words_in_xlsx_html_docx_and_marks(hostile: Document, tmp_path: Path) -> None:
    for form in ("pdf", "docx"):
        data = write_docx(hostile) if form == "docx" else write_pdf(hostile)
        result = audit_document(read_published(data, f"{EVIL[:30]}.{form}"), name=f"=a{{{{x}}}}.{form}")
        record = replace(record_of(result), department=f"{EVIL}\x01\ud800".encode("utf-8", "replace").decode())
        assert record.count("error")
        made = marked(record, data)
        assert made is not None and made.placed >= made.total - 1
        if form == "pdf":
            with pikepdf.open(io.BytesIO(made.data)) as file:
                notes = [a for p in file.pages for a in p.obj.get("/Annots", []) if a.get("/T") == "核对"]
                assert notes and {str(n.Subtype) for n in notes} <= {"/Highlight", "/Text"}
                assert not any("/A" in n or "/AA" in n or "/JS" in n for n in notes)
                assert any("XX" in str(n.Contents) and n.Subtype == "/Highlight" for n in notes)
        else:
            with zipfile.ZipFile(io.BytesIO(made.data)) as package:
                comments = etree.fromstring(package.read("word/comments.xml"))
            said = "".join(comments.itertext())
            assert "XX" in said and not comments.findall(".//{*}fldSimple") and not comments.findall(".//{*}instrText")
        book = openpyxl.load_workbook(io.BytesIO(checklist(record)))
        assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
        page = html.fromstring(result_page(record).decode())
        assert not page.xpath("//script") and "<script>" in page.text_content()
        word = Word(io.BytesIO(opinion(record, "2025年9月1日")))
        assert EVIL[:20] in "\n".join(p.text for p in word.paragraphs)
        assert b"<w:fldSimple" not in etree.tostring(word.element)
        write_summary(summary_of([(record, "../x")]), tmp_path / form)
        book = openpyxl.load_workbook(tmp_path / form / "审核汇总.xlsx")
        assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
        page = html.fromstring((tmp_path / form / "审核汇总.html").read_bytes())
        assert not page.xpath("//script")


def test_marks_stand_on_the_printed_words(made: Document) -> None:
    """The highlighted stretch of the page is the sentence, and the cell is the one of its row."""
    random = Random(4)
    planted = next(p for _ in range(20) if (p := plant.amount(made, random)))
    data = write_pdf(planted.document)
    record = record_of(audit_document(read_published(data, "a.pdf")))
    done = marked(record, data)
    assert done is not None and done.placed == done.total
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(done.data)
    with pikepdf.open(io.BytesIO(done.data)) as file:
        found = 0
        for number, page in enumerate(file.pages):
            for note in page.obj.get("/Annots", []):
                if note.get("/T") != "核对":
                    continue
                left, bottom, right, top = (float(v) for v in note.Rect)
                text = document[number].get_textpage().get_text_bounded(left - 1, bottom - 1, right + 1, top + 1)
                words = re.sub(r"\s", "", text)
                told = re.sub(r"\s", "", str(note.Contents))
                assert words and (words[:6] in told or words[-6:] in told or words in told), (words, told)
                found += 1
    document.close()
    assert found == done.total


# ------------------------------------------------------------------ many


def test_the_summary_counts_what_was_planted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A small sample of ``tools.proof.audit_many``: by kind, who is missing, Σ, who differs, and a second run."""
    docs, inputs, out = tmp_path / "公开", tmp_path / "批复", tmp_path / "结果"
    docs.mkdir()
    sums: Counter[str] = Counter()
    names = []
    for seed in range(1, 4):
        place = write(inputs / f"部门{seed}", "liaoning", seed)
        document = examine(place).document
        assert document is not None
        name = document.department
        names.append(name)
        place.rename(inputs / name)
        if seed == 2:
            table = plant.statutory(document)[8]
            document = plant.with_block(document, table.id, lambda _: None)
        record = recorded(document, "docx")
        sums.update({k: v for k, (_, v) in record.measures.sangong.items() if v is not None})  # type: ignore[misc]
        (docs / f"{name}.docx").write_bytes(write_docx(document))
    (docs / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    roster = tmp_path / "名单.txt"
    roster.write_text("\n".join([*names, "滨海市水务局"]), "utf-8")
    call = ["audit", str(docs), "--jobs", "2", "--out", str(out), "--roster", str(roster), "--json"]
    assert main(call) == 2
    capsys.readouterr()
    said = json.loads((out / "审核汇总.json").read_text("utf-8"))
    assert said["documents"] == 4 and said["states"]["没有读出"] == 1 and said["states"]["不符合"] == 1
    assert said["missing"] == ["滨海市水务局"]
    assert [(k["id"], k["departments"]) for k in said["kinds"] if k["severity"] == "error"] == [("SH-234", 1)]
    [total] = said["sangong"]
    assert (
        Decimal(total["sums"]["合计"]["actual"]) == sums["合计"] and total["departments"] + len(total["without"]) == 3
    )
    for name in names:
        files = {p.name.removeprefix(name) for p in (out / name).iterdir()}
        assert {".公开情况检查表.xlsx", ".审核意见.docx", ".审核结果.html"} <= files
        assert (".批注.docx" in files) == (name == names[1])
    # nothing changed: nothing is done again; one file changed: only that one
    before = {p: p.stat().st_mtime_ns for p in out.glob("*虚构*/*")}
    assert main(call) == 2
    assert before == {p: p.stat().st_mtime_ns for p in out.glob("*虚构*/*")}
    (docs / f"{names[1]}.docx").write_bytes((docs / f"{names[0]}.docx").read_bytes())
    next((out / names[2]).glob("*.xlsx")).unlink()
    assert main(call) == 2
    capsys.readouterr()
    after = {p: p.stat().st_mtime_ns for p in out.glob("*虚构*/*")}
    assert {p.parent.name for p in after if before.get(p) != after[p]} == {names[1], names[2]}
    assert not list((out / names[1]).glob("*批注*"))


def test_a_record_comes_out_of_the_ledger_as_it_went_in(made: Document) -> None:
    record = recorded(made)
    again = from_plain(json.loads(json.dumps(record.as_plain(), default=str)))
    assert again == record and again.measures.values["支出"] > 0


def test_what_is_far_from_the_others() -> None:
    usual = {f"d{k}": Decimal(40 + k % 5) for k in range(20)}
    middle, far = outliers({**usual, "x": Decimal(95), "y": Decimal(2)})
    assert far == ["x", "y"] and 40 <= middle <= 44
    assert outliers({"a": Decimal(1), "b": Decimal(99)})[1] == []


def test_published_too_late_by_the_day() -> None:
    from generator.audit.results.checklist import Row, timely
    from generator.files import Entry

    row = Row("及时性", "", "及时性", "")
    assert timely(row, Entry("a", approved="2025年8月1日", published="2025-08-21")).verdict == "是"
    assert timely(row, Entry("a", approved="2025-08-01", published="2025/8/22")).verdict == "否"
    assert timely(row, Entry("a", deadline="2025-08-31", approved="2025-08-01", published="2025-08-31")).verdict == "是"
    assert timely(row, Entry("a", published="2025-08-31")).verdict == "" and timely(row, None).problems
    assert date(2025, 8, 21) > date(2025, 8, 1)
