"""Lines as a typesetter ends them: units with their numbers, no letter and no line alone."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model.document import Heading, PageStyle, Paragraph, Span
from generator.writers import layout, typst, write_docx, write_pdf, write_typst
from generator.writers.docx import prose_of
from generator.writers.line_breaks import EM, LIBRE, OWN, PLAIN, WORD, break_lines, parted
from generator.writers.word_lines import PROGRAMS, _Paragraph, tuned
from tests.writers.made import small
from tests.writers.test_docx import VAL, W, document_of, root_of
from tools.proof import lines

STYLE = PageStyle()
WIDTH, INDENT = STYLE.chars * EM + 25, 2 * EM
FILL = "部门决算公开文本由填报表生成"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
PROSE = sorted({x for p in GOLDEN.glob("*.txt") for x in p.read_text(encoding="utf-8").split("\n") if len(x) > 28})


def ends(broken: list[str]) -> list[int]:
    """Where the lines but the last end."""
    out, at = [], 0
    for line in broken[:-1]:
        at += len(line)
        out.append(at)
    return out


@pytest.mark.parametrize("unit", ["万元", "亿元", "%", "辆", "人次", "个", "批次"])
def test_a_line_never_ends_between_a_number_and_its_unit(unit: str) -> None:
    for before in range(16, 30):
        text = (FILL * 3)[:before] + f"1,234.56{unit}，" + FILL
        assert not parted(text) & set(ends(break_lines(text, WIDTH, INDENT, OWN)))
    assert any(
        parted(t) & set(ends(break_lines(t, WIDTH, INDENT, PLAIN)))
        for before in range(16, 30)
        for t in [(FILL * 3)[:before] + f"1,234.56{unit}，" + FILL]
        if unit != "%"
    ) == (unit != "%")


@given(st.text("部门决算支出万元辆个人次0123456789.%，。（）", min_size=1, max_size=140))
@settings(max_examples=150, deadline=None)
def test_every_letter_stays_and_no_line_is_too_long(text: str) -> None:
    broken = break_lines(text, WIDTH, INDENT, OWN)
    assert "".join(broken) == text
    found = tuned(text, STYLE.chars, 2, STYLE.size)
    assert all(0 <= a < b <= len(text) for a, b, _ in found.spacing)
    assert all(b <= c for (_, b, _), (c, _, _) in pairwise(found.spacing))


def word_lines(text: str, setting: object, spacing: layout.Spacing) -> list[int]:
    paragraph = _Paragraph(text, WIDTH, INDENT, EM / STYLE.size)
    for a, b, twips in spacing:
        paragraph.extra[a:b] = [twips] * (b - a)
    out = [0]
    while out[-1] < len(text):
        out.append(paragraph.line(out[-1], setting))  # type: ignore[arg-type]
    return out[1:-1]


def test_letters_are_spaced_where_word_would_part_a_number_from_its_unit() -> None:
    before = after = 0
    for text in PROSE:
        spacing = tuned(text, STYLE.chars, 2, STYLE.size).spacing
        for setting in PROGRAMS:
            before += len(parted(text) & set(word_lines(text, setting, ())))
            after += len(parted(text) & set(word_lines(text, setting, spacing)))
    assert before > 100
    assert after <= 2  # three numbers in a row, for LibreOffice alone


def test_lines_counted_for_word_are_those_of_the_plain_breaker() -> None:
    """Without space, both ways of counting agree."""
    for text in PROSE:
        for setting in (LIBRE, WORD, PLAIN):
            assert word_lines(text, setting, ()) == ends(break_lines(text, WIDTH, INDENT, setting))


def test_spaced_letters_are_only_looks(seed: str) -> None:
    document = document_of(seed)
    data = write_docx(document)
    plan = layout.paginate(document)
    root = root_of(data)
    spaced = set(root.xpath("//w:p//w:rPr/w:spacing/@w:val", namespaces=W))
    assert plan.spacing
    assert spaced
    assert all(-10 <= int(v) <= 70 for v in spaced)
    texts = set(prose_of(data))
    by_id = {b.id: b for b in document.blocks() if isinstance(b, Heading | Paragraph)}
    assert all(by_id[k].text in texts for k in plan.spacing)


def test_word_keeps_headings_with_text_and_two_lines_of_a_paragraph(seed: str) -> None:
    styles = root_of(write_docx(document_of(seed)), "word/styles.xml")
    for name in ("Normal", "BodyText", "Heading2"):
        (found,) = styles.xpath(f"//w:style[@w:styleId='{name}']/w:pPr/w:widowControl", namespaces=W)
        assert found.get(VAL) in (None, "1", "true")
    assert styles.xpath("//w:style[@w:styleId='Heading2']/w:pPr/w:keepNext[not(@w:val)]", namespaces=W)


@pytest.mark.parametrize("write", [write_typst, write_pdf])
def test_no_line_of_a_paragraph_stands_alone_on_a_page(write: object, tmp_path: Path) -> None:
    """Every place that a paragraph of 2 to 5 lines may have on the page."""
    blocks: list[Paragraph] = []
    for length in (30, 60, 90, 130):
        for k in range(23):
            blocks += [Paragraph(f"p{length}.{k}", (Span((FILL * 12)[: length + k] + "。"),)) for _ in (1, 2)]
    blocks = [Paragraph(f"n{n}", b.spans) for n, b in enumerate(blocks)]
    document = small(*blocks, kind="prose")
    path = tmp_path / "a.pdf"
    path.write_bytes(write(document))  # type: ignore[operator]
    seen: list[str] = []
    assert lines.count(path, document.style, seen).all == 0, seen
    plan = layout.paginate(document)
    text = lines._pages(path, document.style)
    for block in blocks[::7]:
        assert any(block.text.startswith(x.text) for x in text[plan.pages[block.id] - 1] if x.begins)


def test_the_counter_sees_what_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With lines broken the plain way, it finds units parted from their numbers."""
    texts = [(FILL * 3)[:before] + "234.56万元，" + FILL * 2 for before in range(16, 28)]
    document = small(*[Paragraph(f"p{n}", (Span(t),)) for n, t in enumerate(texts)], kind="prose")
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(write_typst(document))
    monkeypatch.setattr(typst, "OWN", PLAIN)
    bad.write_bytes(write_typst(document))
    assert lines.count(good, document.style).all == 0
    found = lines.count(bad, document.style)
    assert found.unit
    assert found.yuan


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice")
def test_libreoffice_ends_no_line_behind_a_number(tmp_path: Path) -> None:
    texts = [(FILL * 3)[:before] + "234.56万元，" + FILL * 2 for before in range(16, 28)]
    texts += [t for t in PROSE if parted(t) & set(word_lines(t, LIBRE, ())) and "批次、0人、0.00万元" not in t][:30]
    document = small(*[Paragraph(f"p{n}", (Span(t),)) for n, t in enumerate(texts)], kind="prose")
    (tmp_path / "a.docx").write_bytes(write_docx(document))
    (rendered,) = lines.libre([tmp_path / "a.docx"], tmp_path)
    seen: list[str] = []
    assert lines.count(rendered, document.style, seen).all == 0, seen
