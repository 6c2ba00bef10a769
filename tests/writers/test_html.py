"""The page says what the Document says, every figure carries its cells, nothing comes from outside."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from generator.model.document import Document, Heading, Paragraph, Part, Span, Table, TableCell
from generator.model.figures import CellRef, Figure
from generator.writers.html import safe_id, write_html
from tests.web.browser import CHROMIUM, FLAGS
from tests.writers.sample import document, words

HOSTILE = "甲&amp;<script>alert(1)</script>\x00\x07\"'乙\r\n丙"


@pytest.fixture(scope="module", params=["000", "001"])
def sample(request: pytest.FixtureRequest) -> Document:
    return document(request.param)


def parse(doc: Document) -> html.HtmlElement:
    return html.document_fromstring(write_html(doc).decode())


def small(*blocks: Heading | Paragraph | Table, draft: bool = False) -> Document:
    part = Part("part", Heading("part", 1, words("第一部分"), toc=True), tuple(blocks))
    return Document("题目", "某部门", 2024, "决算", ("某部门", "2024年度部门决算"), (part,), draft=draft)


def element(page: html.HtmlElement, block_id: str) -> html.HtmlElement:
    return page.get_element_by_id(safe_id(block_id))


def test_prose_is_equal(sample: Document) -> None:
    page = parse(sample)
    blocks = [b for p in sample.parts if p.kind == "prose" for b in (p.heading, *p.blocks) if not isinstance(b, Table)]
    assert [element(page, b.id).text_content() for b in blocks] == sample.prose()
    order = [e.get("data-block") for e in page.xpath("//main//*[@data-block]")]
    assert order == [b.id for b in sample.blocks()]


def grid(section: html.HtmlElement | None, width: int) -> list[list[str]]:
    if section is None:
        return []
    rows = section.xpath("./tr")
    out = [[""] * width for _ in rows]
    covered: set[tuple[int, int]] = set()
    for i, row in enumerate(rows):
        column = 0
        for cell in row.xpath("./td|./th"):
            while (i, column) in covered:
                column += 1
            across, down = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
            out[i][column] = cell.text_content()
            covered |= {(i + a, column + b) for a in range(down) for b in range(across)}
            column += across
    return out


def test_tables_are_equal(sample: Document) -> None:
    page = parse(sample)
    for table in sample.tables():
        made = element(page, table.id)
        width = len(table.widths)
        assert grid(made.find(".//thead"), width) == table.grid("header")
        assert grid(made.find(".//tbody"), width) == table.grid("body")
        assert [p.text_content() for p in made.xpath(".//div[@class='notes']/p")] == [
            "".join(s.text for s in note) for note in table.notes
        ]
        assert made.xpath("string(.//caption/div[@class='title'])") == table.title
        assert all(th.get("scope") in ("col", "colgroup") for th in made.xpath(".//th"))


def test_contents_lead_to_their_blocks(sample: Document) -> None:
    page = parse(sample)
    links = page.xpath("//nav//a")
    assert [a.text_content() for a in links] == [e.in_toc for e in sample.contents()]
    for link, entry in zip(links, sample.contents(), strict=True):
        assert page.get_element_by_id(link.get("href")[1:]).get("data-block") == entry.id


def test_page_is_self_contained(sample: Document) -> None:
    page = parse(sample)
    assert page.get("lang") == "zh-CN"
    assert page.xpath("string(//title)") == sample.title
    assert not page.xpath("//script[not(@type='application/ld+json')] | //link | //img | //iframe | //*[@src]")
    assert "url(" not in page.xpath("string(//style)") and "@import" not in page.xpath("string(//style)")
    assert [h.tag for h in page.xpath("//main//h1 | //main//h2 | //main//h3")] == [
        f"h{b.level}" for b in sample.blocks() if isinstance(b, Heading)
    ]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_figures_carry_their_cells() -> None:
    cells = (CellRef("公开01表", "C8"), CellRef("公开 02表", "C6"))
    spans = (
        Span("收入"),
        Span("1,234.56", "figure", Figure(Decimal("12345600"), cells=cells)),
        Span("张三", "typed", cells=(CellRef("原因", "B2"),)),
        Span("【待填：原因】", "open"),
    )
    page = parse(small(Paragraph("p", spans)))
    number, typed, missing = element(page, "p").xpath("./span")
    assert (number.get("class"), number.text) == ("num", "1,234.56")
    assert number.get("data-cells") == number.get("title") == "公开01表!C8 公开 02表!C6"
    assert (typed.get("class"), typed.get("data-cells")) == ("typed", "原因!B2")
    assert (missing.get("class"), missing.get("data-cells")) == ("open", None)


def test_hostile_text_stays_text() -> None:
    cell = TableCell((Span(HOSTILE, "typed", cells=(CellRef('表"><b>', "A1"),)),))
    table = Table('t"1', HOSTILE, (), ((cell,),), (1,), left=HOSTILE, notes=((Span(HOSTILE),),))
    page = parse(replace(small(Paragraph("p<1>", words(HOSTILE)), table), title=HOSTILE, department=HOSTILE))
    assert not page.xpath("//script[not(@type='application/ld+json')] | //main//b")
    assert page.xpath("string(//title)").startswith("甲&amp;<script>")
    paragraph = element(page, "p<1>")
    assert paragraph.get("data-block") == "p<1>"
    assert paragraph.text_content() == "甲&amp;<script>alert(1)</script>\"'乙丙"
    assert len(paragraph.xpath("./br")) == 1
    assert element(page, 't"1').xpath(".//td/span/@data-cells") == ['表"><b>!A1']


def test_draft_is_marked() -> None:
    assert parse(small(draft=True)).xpath("string(//p[@class='draft'])") == "草稿，不得公开"
    assert not parse(small()).xpath("//p[@class='draft']")


def test_same_document_same_bytes(sample: Document) -> None:
    assert write_html(sample) == write_html(sample)


def test_ids_are_safe_and_differ() -> None:
    names = ["a", "a[1]", "a(1)", "a 1", "a_1", "部分", "项目.1", "a-1"]
    made = [safe_id(n) for n in names]
    assert len(set(made)) == len(made)
    assert all(m.isascii() and not set(m) & set(" \"'<>&#%[]()") for m in made)


def test_every_heading_can_be_linked_to_and_wide_tables_print_wide(sample: Document) -> None:
    page = parse(sample)
    for block in sample.blocks():
        if isinstance(block, Heading):
            (link,) = element(page, block.id).find_class("here")
            assert link.get("href") == f"#{safe_id(block.id)}" and not link.text_content() and link.get("aria-label")
        elif isinstance(block, Table):
            assert ("wide" in element(page, block.id).get("class")) == (block.landscape and block.new_page)


def test_it_is_read_on_a_phone_without_going_sideways(sample: Document, tmp_path: Path) -> None:
    """Only tables scroll, each in a frame of its own; nothing is asked for from outside."""
    from playwright.sync_api import sync_playwright

    (tmp_path / "a.html").write_bytes(write_html(sample))
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "a.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert len(asked) == 1
        browser.close()
