"""The PDF put together from parts is the PDF made at once, and only what changed is rendered again."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pikepdf
import pytest

from generator.department.tieout import gate
from generator.files.pdf import read_pdf
from generator.model.document import Document, Heading, Paragraph, Part, Span, Table, TableCell
from generator.writers.html import safe_id
from generator.writers.pdf import write_pdf
from generator.writers.pdf_parts import PartCache, write_pdf_parts


def small() -> Document:
    """A document with every kind of part: prose, tables upright and wide, a table in the text, forms."""

    def table(name: str, *, rows: int, wide: bool = False, inline: bool = False) -> Table:
        body = tuple(
            (TableCell((Span(f"科目{k}"),)), TableCell((Span(f"{k},234.50"),), align="right")) for k in range(1, rows)
        )
        header = ((TableCell((Span("项目"),)), TableCell((Span("金额"),))),)
        role = "inline" if inline else "table"
        return Table(
            name,
            f"{name}表",
            header,
            body,
            (20, 10),
            number=name,
            left="部门：某局",
            right="单位：万元",
            landscape=wide,
            toc=not inline,
            role=role,
            new_page=not inline,
            notes=((Span("注：本表反映收支。"),),),
        )

    words = tuple(
        Paragraph(f"p{k}", (Span(f"第{k}段，收入总计1,595.76万元，" + "主要是按规定统筹安排有关支出，" * 6),))
        for k in range(30)
    )
    heads = (Heading("h1", 2, (Span("一、总体情况"),), toc=True), Heading("h2", 3, (Span("（一）收入。"),)))
    return Document(
        "某局2024年度部门决算",
        "某局",
        2024,
        "决算",
        ("某局", "2024年度部门决算"),
        (
            Part(
                "a",
                Heading("a", 1, (Span("第一部分 说明"),), toc=True),
                (*heads, *words[:20], table("t0", rows=4, inline=True), *words[20:]),
            ),
            Part(
                "b",
                Heading("b", 1, (Span("第二部分 报表"),), toc=True),
                (table("t1", rows=9), table("t2", rows=70, wide=True)),
                "tables",
            ),
            Part(
                "c",
                Heading("c", 1, (Span("第三部分 附件"),), toc=True),
                (table("t3", rows=5), Paragraph("end", (Span("以上。"),))),
                "forms",
            ),
        ),
        date="2025-08-01",
    )


@lru_cache
def once() -> tuple[bytes, bytes]:
    return write_pdf(small()), write_pdf_parts(small())


def outline(data: bytes) -> list[tuple[int, str, int, list[str]]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        out: list[tuple[int, str, int, list[str]]] = []

        def walk(items: list[pikepdf.OutlineItem], depth: int) -> None:
            for item in items:
                place = list(item.destination)  # type: ignore[call-overload]
                out.append(
                    (
                        depth,
                        str(item.title),
                        pdf.pages.index(pikepdf.Page(place[0])),
                        [f"{float(x):.2f}" for x in place[2:]],
                    )
                )
                walk(item.children, depth + 1)

        with pdf.open_outline() as tree:
            walk(tree.root, 0)
        return out


def test_text_tags_bookmarks_and_places_are_those_of_the_whole() -> None:
    whole, parts = once()
    one, other = read_pdf(whole), read_pdf(parts)
    assert [(p.tag, p.text, p.page) for p in one.pieces] == [(p.tag, p.text, p.page) for p in other.pieces]
    assert one.anchors == other.anchors and one.pages == other.pages
    assert outline(whole) == outline(parts) and len(outline(parts)) == 9
    assert gate(small(), {"a.pdf": parts}) == []
    assert len(parts) < 1.15 * len(whole)  # the fonts are there once


def test_tags_links_and_metadata_are_in_order() -> None:
    whole, parts = once()
    with pikepdf.open(io.BytesIO(parts)) as pdf, pikepdf.open(io.BytesIO(whole)) as old:
        assert set(pdf.Root.keys()) == set(old.Root.keys())
        assert bytes(pdf.Root.Metadata.read_bytes()) == bytes(old.Root.Metadata.read_bytes())
        assert str(pdf.docinfo.Title) == str(old.docinfo.Title) and "/ID" in pdf.trailer
        held = list(pdf.Root.StructTreeRoot.ParentTree.Nums)  # type: ignore[call-overload]
        tree = {int(k): v for k, v in zip(held[::2], held[1::2], strict=True)}
        assert list(tree) == sorted(tree)
        linked = set()
        for page in pdf.pages:
            for tag in tree.pop(int(page.obj.StructParents)):
                assert "/Pg" not in tag or tag.Pg.objgen == page.obj.objgen
            for annotation in page.obj.get("/Annots", []):
                assert tree.pop(int(annotation.StructParent)).K is not None
                linked.add(str(annotation.Dest))
        assert not tree and linked == {safe_id(b.id) for b in small().contents()}


def test_kept_parts_give_the_same_bytes_and_only_changes_are_rendered(tmp_path: Path) -> None:
    _, parts = once()
    cache = PartCache(tmp_path)
    assert write_pdf_parts(small(), cache=cache) == parts
    rendered, cache.missed = cache.missed, 0
    assert write_pdf_parts(small(), cache=cache) == parts and cache.missed == 0
    changed = small()
    part = changed.parts[1]
    table = part.blocks[0]
    assert isinstance(table, Table)
    row = (table.body[0][0], replace(table.body[0][1], spans=(Span("9,234.50"),)))
    table = replace(table, body=(row, *table.body[1:]))
    changed = replace(
        changed, parts=(changed.parts[0], replace(part, blocks=(table, *part.blocks[1:])), changed.parts[2])
    )
    fresh = PartCache(tmp_path)  # another run: only the folder is there
    made = write_pdf_parts(changed, cache=fresh)
    assert fresh.missed == 1 < rendered
    assert made == write_pdf_parts(changed) != parts
    for path in tmp_path.glob("*.pdf"):
        path.write_bytes(path.read_bytes()[:-100])  # cut off: noticed, rendered again
    assert write_pdf_parts(changed, cache=PartCache(tmp_path)) == made


@pytest.mark.parametrize("draft", [True, False])
def test_drafts_are_marked_on_every_page(draft: bool) -> None:
    made = write_pdf_parts(replace(small(), draft=draft))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert all(("/XObject" in p.obj.Resources and len(p.obj.Resources.XObject) > 0) == draft for p in pdf.pages)
