"""Both engines say what the Document says, on the pages that were counted, whole."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from generator.model.document import Document, Heading, Paragraph, Table
from generator.writers import layout, table_layout
from generator.writers.pdf import write_pdf
from generator.writers.typst import write_typst
from tests.writers.made import FOOTER, ROOT, Made, long_table, small, squeeze
from tests.writers.sample import document
from tests.writers.shapes import shapes

WRITERS: dict[str, Callable[[Document], bytes]] = {"weasyprint": write_pdf, "typst": write_typst}


@pytest.fixture(scope="module", params=[(w, s) for w in WRITERS for s in ("000", "001")], ids="-".join)
def made(request: pytest.FixtureRequest) -> Made:
    writer, seed = request.param
    doc = document(seed)
    return Made(doc, WRITERS[writer](doc))


def test_prose_is_equal(made: Made) -> None:
    parts = made.document.parts
    starts = [made.page(p.heading.id) for p in parts] + [len(made.texts) + 1]
    pages = [
        text
        for part, first, after in zip(parts, starts, starts[1:], strict=False)
        if part.kind == "prose"
        for text in made.texts[first - 1 : after - 1]
    ]
    assert "".join(pages) == squeeze("".join(made.document.prose()))


def test_tables_are_whole(made: Made) -> None:
    for table in made.document.tables():
        first = made.page(table.id)
        plan = table_layout.table_layout(table, made.document.style)
        text = "".join(made.texts[first - 1 : first - 1 + plan.pages])
        rows = [c for row in table.grid("body") for c in row]
        again = [c for row in table.grid("header") for c in row] * plan.pages
        notes = ["".join(s.text for s in note) for note in table.notes]
        said = squeeze(
            "".join([table.title, table.number, table.left, table.middle, table.right, *rows, *again, *notes])
        )
        assert Counter(text) == Counter(said)


def test_contents_name_the_right_pages(made: Made) -> None:
    text = "".join(made.texts[1 : made.page(made.document.parts[0].id) - 1])
    plan = layout.paginate(made.document)
    for entry in made.document.contents():
        page = made.page(entry.id)
        assert re.search(re.escape(squeeze(entry.in_toc)) + rf"\.*{page}(?!\d)", text), entry.in_toc
        assert squeeze(entry.text if isinstance(entry, Heading) else entry.title) in made.texts[page - 1]
        assert page == plan.pages[entry.id]
    assert len(made.texts) == plan.total


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", sorted(shapes()))
def test_contents_stand_where_they_were_counted(name: str, writer: str) -> None:
    doc = shapes()[name]
    made = Made(doc, WRITERS[writer](doc))
    plan = layout.paginate(doc)
    assert len(made.texts) == plan.total
    assert {b.id: made.page(b.id) for b in doc.contents()} == {b.id: plan.pages[b.id] for b in doc.contents()}
    upright = [b.id for b in doc.contents() if not (isinstance(b, Table) and b.landscape)]
    boxes = {i: made.reader.pages[made.page(i) - 1].mediabox for i in upright}
    assert all(box.height > box.width for box in boxes.values())


def test_pages_are_numbered_and_none_is_empty(made: Made) -> None:
    for number, page in enumerate(made.reader.pages, 1):
        found = FOOTER.search(squeeze(page.extract_text()))
        assert (found[1] if found else "") == ("" if number == 1 else str(number))
    assert all(made.texts)
    assert made.texts[0] == squeeze("".join(made.document.cover))


def test_pages_have_their_shape(made: Made) -> None:
    for table in made.document.tables():
        box = made.reader.pages[made.page(table.id) - 1].mediabox
        assert (box.width > box.height) == table.landscape
    assert {(round(float(p.mediabox.width), 1), round(float(p.mediabox.height), 1)) for p in made.reader.pages} <= {
        (595.3, 841.9),
        (841.9, 595.3),
    }


def test_bookmarks_are_the_headings_in_order(made: Made) -> None:
    wanted = [made.document.toc_title]
    wanted += [b.in_toc for b in made.document.blocks() if not isinstance(b, Paragraph)]
    assert [title for title, _ in made.outline] == wanted


@pytest.mark.parametrize("writer", WRITERS)
def test_same_bytes_in_another_process(writer: str) -> None:
    write = WRITERS[writer]
    code = (
        f"import hashlib; from tests.writers.sample import document; from {write.__module__} import {write.__name__} as write;"
        "print(hashlib.sha256(write(document('000'))).hexdigest())"
    )
    write(document("001"))  # what was made before leaves no trace
    answers = {hashlib.sha256(write(document("000"))).hexdigest()}
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        answers.add(run.stdout.strip())
    assert len(answers) == 1


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(("count", "landscape"), [(60, True), (90, False), (600, False)])
def test_header_stands_on_each_page(count: int, landscape: bool, writer: str) -> None:
    table = long_table(count, landscape=landscape)
    result = Made(small(table), WRITERS[writer](small(table)))
    plan = table_layout.table_layout(table, result.document.style)
    pages = result.texts[result.page("long") - 1 :]
    assert len(pages) == plan.pages > 1
    assert all(p.count("项目名称表头行次表头金额表头") == 1 for p in pages)
    assert "".join(pages).count(",234.56") == count
