"""Tracked changes: accept all is the new document, reject all the old one, on every pair."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from generator.model.document import Document, Heading, Paragraph, Table
from generator.versions.redline import write_redline
from generator.writers.docx import write_docx
from tests.conftest import examined_of
from tests.libre_edit import SOFFICE, edit
from tests.word_xml import Q, content, document_of, resolve


def document(seed: str) -> Document:
    found = examined_of(seed).document
    assert found is not None
    return found


def with_blocks(source: Document, part: str, change: Callable[[list[object]], list[object]]) -> Document:
    parts = tuple(replace(p, blocks=tuple(change(list(p.blocks)))) if p.id == part else p for p in source.parts)  # type: ignore[arg-type]
    return replace(source, parts=parts)


def without_rows(source: Document) -> Document:
    def change(blocks: list[object]) -> list[object]:
        return [
            replace(b, body=b.body[:3] + b.body[5:], notes=b.notes[:-1]) if isinstance(b, Table) and k in (1, 2) else b
            for k, b in enumerate(blocks)
        ]

    return with_blocks(source, "tables", change)


def reordered(source: Document) -> Document:
    return with_blocks(source, "overview", lambda b: [b[0], *b[3:5], *b[1:3], *b[6:]])


def without_a_part(source: Document) -> Document:
    return replace(source, parts=source.parts[:2] + source.parts[3:], cover=(*source.cover, "（更正）"))


def without_a_table(source: Document) -> Document:
    return with_blocks(source, "tables", lambda b: b[:3] + b[4:])


PAIRS: dict[str, Callable[[], tuple[Document, Document]]] = {
    "same": lambda: (document("001"), document("001")),
    "rows": lambda: (document("001"), without_rows(document("001"))),
    "rows back": lambda: (without_rows(document("004")), document("004")),
    "order": lambda: (document("001"), reordered(document("001"))),
    "part": lambda: (document("001"), without_a_part(document("001"))),
    "table": lambda: (without_a_table(document("001")), document("001")),
    "others": lambda: (document("000"), document("001")),
    "region": lambda: (document("004"), document("002")),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_accept_is_the_new_one_and_reject_the_old_one(pair: str) -> None:
    old, new = PAIRS[pair]()
    root = document_of(write_redline(old, new))
    assert content(resolve(root, accept=True)) == content(document_of(write_docx(new)))
    assert content(resolve(root, accept=False)) == content(document_of(write_docx(old)))
    changes = list(root.iter(f"{Q}ins", f"{Q}del"))
    assert bool(changes) == (pair != "same")
    for kept in ("ins", "del"):
        assert not [v for v in views(root, kept) if re.search(r"\d[,.]?\|[,.]?\d", v)]


def views(root: etree._Element, kept: str) -> list[str]:
    """Each paragraph as it reads on one side, cut by ``|`` where a tracked change begins or ends."""
    out = []
    for paragraph in root.iter(f"{Q}p"):
        pieces = [""]
        for node in paragraph:
            if node.tag == f"{Q}r":
                pieces[-1] += "".join(t.text or "" for t in node.iter(f"{Q}t"))
            elif node.tag == f"{Q}{kept}":
                pieces += ["".join(t.text or "" for t in node.iter(f"{Q}t", f"{Q}delText")), ""]
        out.append("|".join(pieces))
    return out


def test_numbers_are_whole_and_words_are_words() -> None:
    old = document("001")

    def change(blocks: list[object]) -> list[object]:
        out: list[object] = []
        for b in blocks:
            if isinstance(b, Paragraph) and b.id == "income.total":
                spans = tuple(
                    replace(s, text=s.text.replace("5,743.67", "5,753.67").replace("收入总计", "收入合计"))
                    for s in b.spans
                )
                b = replace(b, spans=spans)
            out.append(b)
        return out

    root = document_of(write_redline(old, with_blocks(old, "statement", change)))
    seen = [
        (c.tag.removeprefix(Q), "".join(c.itertext()))
        for c in root.iter(f"{Q}ins", f"{Q}del")
        if c.getparent().tag != f"{Q}rPr"
    ]  # type: ignore[union-attr]
    assert seen == [("del", "总计5,743.67"), ("ins", "合计5,753.67")]


def test_rows_are_marked_as_rows() -> None:
    root = document_of(write_redline(document("001"), without_rows(document("001"))))
    assert len(root.findall(f".//{Q}trPr/{Q}del")) == 4
    assert not root.findall(f".//{Q}trPr/{Q}ins")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_accepts_and_rejects_to_the_same_text(tmp_path: Path) -> None:
    old = document("001")
    new = without_rows(reordered(old))

    def text(data: bytes) -> list[str]:
        from generator.files.docx import FlowTable, read_docx

        flow = read_docx(data).flow
        return [
            "｜".join(c for r in f.rows for c in r) if isinstance(f, FlowTable) else f.text
            for f in flow
            if isinstance(f, FlowTable) or f.text.strip()
        ]

    red = write_redline(old, new)
    for operation, wanted in (("accept", new), ("reject", old)):
        made = text(edit(red, [(operation, "", "")], tmp_path))
        assert made == text(edit(write_docx(wanted), [("none", "", "")], tmp_path))


def test_every_kind_of_block_is_there() -> None:
    kinds = {type(b) for b in document("001").blocks()}
    assert kinds == {Heading, Paragraph, Table}
