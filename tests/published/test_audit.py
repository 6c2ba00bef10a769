"""The audit of published documents: known faults at their places, nothing where nothing is wrong, one cause once."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from generator.audit.against import as_publication
from generator.audit.run import Audit, audit
from generator.cli.command_line import main
from generator.department.publish import build
from generator.files.published.model import PubCell, Publication, PubTable, PubText
from generator.files.published.reader import read_published
from generator.model.document import Block, Document, Paragraph, Span, Table
from generator.model.findings import Severity
from generator.writers.docx import write_docx
from generator.writers.pdf import write_pdf
from tests.conftest import DEPARTMENTS, GOLDEN, examined_of
from tests.golden_text import deviations, normalise
from tools.proof import published_faults as plant


def document_of(seed: str) -> Document:
    document = examined_of(seed).document
    assert document is not None
    return document


def errors(result: Audit) -> list[str]:
    return [f"{f.finding.id} {f.finding.message}" for f in result.faults if f.severity is Severity.ERROR]


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


# ------------------------------------------------------------------ nothing where nothing is wrong


def test_no_error_in_a_departments_own_outputs(seed: str, tmp_path: Path) -> None:
    """Word, web page and workbook of all five; the PDF of two."""
    formats = ("docx", "html", "xlsx", "pdf") if seed in ("000", "003") else ("docx", "html", "xlsx")
    built = build(DEPARTMENTS[seed], formats=formats, out=tmp_path)
    for path in (p for p in built.files if p.suffix.strip(".") in formats):
        result = audit(read_published(path.read_bytes(), path.name))
        assert errors(result) == [], path.suffix
        assert result.document is not None and result.counts["passed"] > 150
        identity, source = result.document.identity, document_of(seed)
        if path.suffix != ".xlsx":
            assert (identity.department, identity.year, identity.kind) == (source.department, source.year, source.kind)


@pytest.mark.parametrize("pack", plant.PACKS)
def test_no_error_in_made_up_departments(pack: str, tmp_path: Path) -> None:
    from generator.department.examination import examine
    from tools.made.departments import write

    for number in (11, 12):
        document = examine(write(tmp_path / str(number), pack, number)).document
        assert document is not None
        assert errors(audit(as_publication(document))) == []


# ------------------------------------------------------------------ known faults


def as_published(seed: str) -> Publication:
    """The document as it was published: the golden lines, errors and all, with this program's tables."""
    document = document_of(seed)
    made = as_publication(document)
    prose = document.prose()
    front = len(document.cover) + len(list(document.contents()))
    first = next(k for k, b in enumerate(made.blocks) if k > front and isinstance(b, PubText) and b.text == prose[0])
    rest = [b for b in made.blocks[first:] if isinstance(b, PubTable) or b.text not in set(prose)]
    lines = [line.strip() for line in (GOLDEN / f"{seed}.txt").read_text("utf-8").splitlines()]
    made.blocks = [*made.blocks[:first], *(PubText(line) for line in lines if line), *rest]
    return made


def test_every_published_error_of_the_five_documents_is_found(seed: str) -> None:
    """Each line of the deviation lists, at its line; the last line of 004 is only renumbered by the ones before."""
    lines = (GOLDEN / f"{seed}.txt").read_text("utf-8").splitlines()
    result = audit(as_published(seed))
    spots = [flat(s.text).strip("…") for f in result.faults for s in f.spots if s.text]
    missed = [d["line"] for d in deviations(seed) if not any(t and t in flat(lines[int(d["line"]) - 1]) for t in spots)]
    assert missed == ([132] if seed == "004" else [])
    expected = {"000": ["DC-403"] * 4, "001": ["SH-214"], "004": ["DC-403"] * 4 + ["DC-401"]}.get(seed, [])
    assert [e[:6] for e in errors(result)] == expected


def printed_as_published(seed: str) -> Document:
    """The document of a seed with the published lines, errors and all, in place of its own."""
    document = document_of(seed)
    golden = [t for line in (GOLDEN / f"{seed}.txt").read_text("utf-8").splitlines() if (t := line.strip())]
    own = document.prose()
    match = difflib.SequenceMatcher(None, [*map(normalise, golden)], [*map(normalise, own)], autojunk=False)
    instead: dict[int, list[str]] = {}
    for tag, i1, i2, j1, j2 in match.get_opcodes():
        if tag != "equal":
            instead.update({j: [] for j in range(j1, j2)})
            for k, line in enumerate(golden[i1:i2]):
                instead.setdefault(min(j1 + k, max(j1, j2 - 1)), []).append(line)
    number = iter(range(len(own)))

    def changed(block: Block) -> list[Block]:
        if isinstance(block, Table):
            return [block]
        lines = instead.get(next(number), [block.text])
        said = [replace(block, spans=(Span(t),), id=f"{block.id}.{k}" if k else block.id) for k, t in enumerate(lines)]
        return [*said]

    parts = []
    for part in document.parts:
        if part.kind == "prose":
            heading = changed(part.heading)[0]
            blocks = tuple(new for b in part.blocks for new in changed(b))
            part = replace(part, heading=heading, blocks=blocks)
        parts.append(part)
    made = replace(document, parts=tuple(parts))
    assert [normalise(t) for t in made.prose()] == [*map(normalise, golden)]
    return made


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_published_errors_are_found_in_word_and_pdf(seed: str, form: str) -> None:
    made = printed_as_published(seed)
    data = write_docx(made) if form == "docx" else write_pdf(made)
    result = audit(read_published(data, f"a.{form}"))
    lines = (GOLDEN / f"{seed}.txt").read_text("utf-8").splitlines()
    spots = [flat(s.text).strip("…") for f in result.faults for s in f.spots if s.text]
    missed = [d["line"] for d in deviations(seed) if not any(t and t in flat(lines[int(d["line"]) - 1]) for t in spots)]
    assert missed == ([132] if seed == "004" else [])


PLANTED = (
    plant.amount, plant.rate, plant.direction, plant.year, plant.name, plant.kind_word, plant.punctuation, plant.words,
    plant.cell, plant.slid, plant.section, plant.table_gone,
)  # fmt: skip


@pytest.mark.parametrize("kind", PLANTED, ids=lambda k: k.__name__)
def test_planted_faults_are_found_at_their_place(kind: object) -> None:
    """Each kind, six times, in the documents of five packs; no error anywhere else."""
    random = Random(5)
    found = tried = 0
    for _ in range(40):
        seed = random.choice(sorted(DEPARTMENTS))
        planted = kind(document_of(seed), random)  # type: ignore[operator]
        if planted is None:
            continue
        result = audit(as_publication(planted.document))
        usual = {f.finding.message for f in audit(as_publication(document_of(seed))).faults}
        assert plant.elsewhere(planted, result, usual) == [], planted.said
        tried += 1
        found += plant.at_place(planted, result)
        if tried == 6:
            break
    assert tried >= 3 and found >= tried - (3 if kind in (plant.amount, plant.rate, plant.name) else 1), (found, tried)


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_a_fault_is_told_with_page_words_cell_and_sum(form: str) -> None:
    """One amount of the text spoiled: once, with where it stands in the text and in the table."""
    document = document_of("000")
    block = next(
        b for b in document.blocks() if isinstance(b, Paragraph) and "商贸事务（款）事业运行（项）924.09万元" in b.text
    )
    text = block.text.replace("924.09", "942.09", 1)
    spoiled = plant.with_block(document, block.id, lambda b: plant.said(b, text))  # type: ignore[arg-type]
    data = write_docx(spoiled) if form == "docx" else write_pdf(spoiled)
    result = audit(read_published(data, f"a.{form}"))
    [found] = [f for f in result.faults if f.severity is Severity.ERROR]
    answer = found.as_json()
    assert answer["id"] == "SH-201" and answer["actual"] == "942.09万元" and answer["expected"] == "924.09万元"
    said, cell = answer["places"]  # type: ignore[misc]
    assert "942.09万元" in said["text"] and cell["row"] == "2011350事业运行" and cell["text"] == "924.09"
    assert (said["page"] is not None and said["page"] < cell["page"]) if form == "pdf" else said["page"] is None


def test_a_wrong_cell_is_one_finding_with_the_culprit_first() -> None:
    document = document_of("001")
    table = next(t for t in document.tables() if t.title == "支出决算表")
    body = [list(r) for r in table.body]

    k = next(i for i, r in enumerate(body) if r[0].text == "2010301")
    column = next(j for j, c in enumerate(body[k]) if re.fullmatch(r"[\d,]+\.\d\d", c.text))
    old = body[k][column].text
    new = old.replace(old[0], str((int(old[0]) + 1) % 10 or 1), 1)
    body[k][column] = replace(body[k][column], spans=(Span(new),))
    spoiled = plant.with_block(document, table.id, lambda t: replace(t, body=tuple(map(tuple, body))))  # type: ignore[type-var]
    result = audit(as_publication(spoiled))
    found = [f for f in result.faults if f.severity is Severity.ERROR]
    assert found[0].finding.id == "SH-102" and found[0].spots[0].text == new and found[0].finding.expected == old
    assert len(found) == 1


def test_the_unit_of_a_table_is_never_guessed() -> None:
    """A table of 元 marked 万元 is named as such, and does not make every amount of the text wrong."""
    made = as_publication(document_of("003"))
    changed = False
    blocks = []
    for block in made.blocks:
        if isinstance(block, PubText) and "单位：元" in block.text and not changed:
            block, changed = replace(block, text=block.text.replace("单位：元", "单位：万元")), True
        blocks.append(block)
    assert changed
    made.blocks = blocks
    found = errors(audit(made))
    assert len(found) == 1 and found[0].startswith("SH-108")


def test_what_cannot_be_read_is_no_error() -> None:
    """Two amounts in one cell: said, and what hangs on it is not judged."""
    made = as_publication(document_of("000"))
    for k, block in enumerate(made.blocks):
        if (
            isinstance(block, PubTable)
            and any("事业运行" in c for r in block.rows for c in r)
            and len(block.rows[0]) == 5
        ):
            rows = [list(r) for r in block.rows]
            at = next(i for i, r in enumerate(rows) if "2011350" in r[0])
            rows[at][2] = "924.09\n12.30"
            made.blocks[k] = PubTable(
                tuple(map(tuple, rows)), tuple(PubCell(t, i, j) for i, r in enumerate(rows) for j, t in enumerate(r))
            )
            break
    result = audit(made)
    assert errors(result) == [] and "SH-110" in [f.finding.id for f in result.faults]


# ------------------------------------------------------------------ against other papers


def test_against_the_approved_form_and_last_year(tmp_path: Path) -> None:
    document = document_of("000")
    form = DEPARTMENTS["000"]
    assert errors(audit(as_publication(document), workbook=form)) == []
    block = next(b for b in document.blocks() if isinstance(b, Paragraph) and "截至2024年12月31日" in b.text)
    text = block.text.replace("离退休干部用车2辆", "离退休干部用车1辆").replace("共有车辆2辆", "共有车辆1辆")
    spoiled = plant.with_block(document, block.id, lambda b: plant.said(b, text))  # type: ignore[arg-type]
    told = [f for f in audit(as_publication(spoiled), workbook=form).faults if f.finding.id == "SH-302"]
    assert len(told) == 1 and "共有车辆2辆" in told[0].finding.expected and "共有车辆1辆" in told[0].finding.actual
    # last year: the same document a year earlier, whose closing balance is not this year's opening one
    last = as_publication(replace(document, year=2023))
    last.blocks = [
        replace(b, text=b.text.replace("2024年", "2023年")) if isinstance(b, PubText) else b for b in last.blocks
    ]
    result = audit(as_publication(document), last=last)
    ids = {f.finding.id for f in result.faults}
    assert "SH-311" in ids
    implied = next(f for f in result.faults if f.finding.id == "SH-311" and "收入总计" in f.finding.message)
    assert implied.finding.actual == "1,711.83万元" and implied.finding.expected == "1,595.76万元"


# ------------------------------------------------------------------ the command


def published(tmp_path: Path, seed: str = "002") -> Path:
    built = build(DEPARTMENTS[seed], formats=("docx",), out=tmp_path / "made")
    return next(p for p in built.files if p.suffix == ".docx")


def test_the_command_and_its_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = published(tmp_path)
    assert main(["audit", str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["department"], answer["year"]) == ("决算", "新疆维吾尔自治区口岸管理办公室", 2024)
    assert [t["id"] for t in answer["tables"] if t["id"]][:3] == ["summary", "income", "expenditure"]
    assert all({"id", "severity", "message", "places", "expected", "actual"} == set(f) for f in answer["findings"])
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    assert main(["audit", str(path), str(broken), "--json", "--out", str(tmp_path / "结果")]) == 2
    answers = json.loads(capsys.readouterr().out)
    assert len(answers) == 2 and answers[1]["findings"][0]["severity"] == "error"
    assert len(list((tmp_path / "结果").glob("*/*审核结果.txt"))) == 2
    assert main(["audit", str(path)]) == 0
    said = capsys.readouterr().out
    assert "新疆维吾尔自治区口岸管理办公室" in said and "不符 0 条" in said


def test_foreign_words_stay_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Formulas, template signs, markup and paths in a document come out as they are, in every output."""
    evil = '=HYPERLINK("http://x","点") {{ 7*7 }} {% raw %} @@ <script>alert(1)</script> ../../../x'
    page = f"<html><body><h1>某某市水务局2024年度部门决算</h1><p>本年收入合计XX万元，{evil.replace('<', '&lt;')}。</p></body></html>"
    path = tmp_path / "=a{{x}}.html"
    path.write_text(page, "utf-8")
    assert main(["audit", str(path), "--json", "--out", str(tmp_path / "结果")]) == 1
    answer = json.loads(capsys.readouterr().out)
    told = next(f for f in answer["findings"] if f["id"] == "DC-405" and "XX" in f["message"])
    assert "XX万元" in told["places"][0]["text"]
    assert {p.parent.parent for p in (tmp_path / "结果").glob("*/*审核结果.txt")} == {tmp_path / "结果"}


@pytest.mark.parametrize("kind", ["empty", "cut", "table"])
def test_odd_documents_end_in_words(kind: str) -> None:
    """Nothing, a piece, a single strange table: answered, never a traceback."""
    blocks = {
        "empty": [PubText("目录")],
        "cut": [PubText("一、收入决算情况说明"), PubText("本年收入合计万元，占%")],
        "table": [
            PubTable(
                (("单位：万元", ""), ("", "9" * 40), ("合计", "1.2.3")),
                (PubCell("单位：万元", 0, 0), PubCell("9" * 40, 1, 1)),
            )
        ],
    }[kind]
    result = audit(Publication("a.docx", "docx", list(blocks)))  # type: ignore[arg-type]
    assert isinstance(result.as_json(), dict) and all(f.finding.message for f in result.faults)


def test_the_most_findings_are_sixty() -> None:
    lines = [PubText(f"本部门第{k}项收入XX万元，增长%。") for k in range(90)]
    result = audit(Publication("a.docx", "docx", list(lines)))
    assert len(result.faults) <= 60
    assert isinstance(document_of("000").tables()[0], Table)


def test_damaged_files_end_in_words(tmp_path: Path) -> None:
    """A small sample of ``tools.proof.audit_load``."""
    from tools.proof.audit_load import spoiled

    random = Random(3)
    files = build(DEPARTMENTS["003"], formats=("docx", "pdf", "html", "xlsx"), out=tmp_path).files
    files = [p for p in files if p.suffix in (".docx", ".pdf", ".html", ".xlsx")]
    for _ in range(24):
        path = random.choice(files)
        result = audit(read_published(spoiled(path.read_bytes(), random), path.name))
        assert result.readable or result.unread
        json.dumps(result.as_json())


def test_several_documents_with_two_jobs_answer_in_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = tmp_path / "各部门"
    many.mkdir()
    for name, seed in (("b.docx", "003"), ("a.docx", "002"), ("c.docx", "001")):
        (many / name).write_bytes(write_docx(document_of(seed)))
    (many / "d.pdf").write_bytes(b"%PDF-1.7 broken")
    assert main(["audit", str(many), "--jobs", "2", "--json", "--out", str(tmp_path / "out")]) == 2
    answers = json.loads(capsys.readouterr().out)
    assert [a["file"] for a in answers] == ["a.docx", "b.docx", "c.docx", "d.pdf"]
    assert [a["department"] for a in answers[:3]] == [document_of(s).department for s in ("002", "003", "001")]
    assert answers[3]["findings"] and len(list((tmp_path / "out").glob("*/*审核结果.json"))) == 4
