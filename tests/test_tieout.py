"""The finished files are read back; any number that differs, lacks a source or is missing stops them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from generator import edits
from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.tieout import counted, gate
from generator.model.document import Document, Paragraph, Span, Table
from generator.writers.docx import write_docx
from generator.writers.pdf import write_pdf
from generator.writers.typst import write_typst
from tests.conftest import INPUTS, examined_of
from tests.word_xml import Q, document_of, with_document


@lru_cache
def document(seed: str) -> Document:
    found = examined_of(seed).document
    assert found is not None
    return found


@lru_cache
def files(seed: str) -> dict[str, bytes]:
    return {"a.docx": write_docx(document(seed)), "a.pdf": write_pdf(document(seed))}


@pytest.mark.parametrize("seed", ["000", "002"])
def test_every_number_of_a_real_department_is_matched(seed: str) -> None:
    assert gate(document(seed), files(seed)) == []
    assert counted(document(seed)) > 300


@pytest.mark.parametrize(
    "folder", sorted(p.parent for p in INPUTS.parent.glob("*/*/填报表.xlsx")), ids=lambda p: p.name[:6]
)
def test_the_other_engine_ties_out_too(folder: Path) -> None:
    found = examine(folder).document
    assert found is not None
    assert gate(found, {"a.pdf": write_typst(found)}) == []


def changed(source: Document, block: str, old: str, new: str) -> Document:
    """The same document printing something else in one place, its figures as they were."""

    def spans(items: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(replace(s, text=s.text.replace(old, new)) for s in items)

    def one(b: object) -> object:
        if getattr(b, "id", "") != block:
            return b
        if isinstance(b, Table):
            return replace(b, body=tuple(tuple(replace(c, spans=spans(c.spans)) for c in row) for row in b.body))
        assert isinstance(b, Paragraph)
        return replace(b, spans=spans(b.spans))

    parts = tuple(replace(p, blocks=tuple(one(b) for b in p.blocks)) for p in source.parts)  # type: ignore[arg-type]
    return replace(source, parts=parts)


def a_number(source: Document, kind: type) -> tuple[str, str]:
    for block in source.blocks():
        if isinstance(block, kind):
            every = [s for row in block.body for c in row for s in c.spans] if isinstance(block, Table) else block.spans  # type: ignore[union-attr]
            found = next((s.text for s in every if s.figure and s.figure.value and "." in s.text), None)
            if found:
                return block.id, found
    raise AssertionError


@pytest.mark.parametrize("kind", [Paragraph, Table])
def test_a_number_that_differs_in_a_file_is_found(kind: type) -> None:
    source = document("000")
    block, number = a_number(source, kind)
    at = next(k for k in range(len(number) - 1) if number[k : k + 2].isdigit() and number[k] != number[k + 1])
    wrong = changed(
        source, block, number, f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"
    )  # two digits swapped
    assert {f.id for f in gate(wrong, {})} == {"TO-301"}
    found = gate(source, {"a.docx": write_docx(wrong)})
    assert {f.id for f in found} == {"TO-303"} and any(number in f.expected for f in found)
    for write in (write_pdf, write_typst):
        assert {f.id for f in gate(source, {"a.pdf": write(wrong)})} == {"TO-304"}


def test_a_missing_paragraph_a_further_one_and_a_foreign_file_are_found() -> None:
    source = document("000")
    root = document_of(files("000")["a.docx"])
    victim = next(
        p for p in root.iter(f"{Q}p") if "".join(t.text or "" for t in p.iter(f"{Q}t")).startswith("（一）收入总计")
    )
    victim.getparent().remove(victim)  # type: ignore[union-attr]
    assert {f.id for f in gate(source, {"a.docx": with_document(files("000")["a.docx"], root)})} == {"TO-303"}
    assert gate(source, {"a.pdf": files("002")["a.pdf"]}) and gate(source, {"a.docx": b"x", "a.pdf": b"%PDF-1.7"})


def test_final_writes_nothing_where_anything_is_wrong(department: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["build", str(department), "--format", "txt", "--out", str(out)]) == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    generated = examine(department).generated
    assert generated is not None
    edits.save(
        department, edits.reword(generated, "income.total", "收入5,743.67万元，另有37笔，包括：", author="张", at="t")
    )
    assert main(["build", str(department), "--final", "--format", "docx", "--out", str(out)]) == 1
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    edits.drop(department, "income.total", edits.state(department, "income.total"))
    assert main(["build", str(department), "--final", "--format", "docx", "--out", str(out)]) == 0
    assert {p.suffix for p in out.iterdir()} == {".docx", ".pdf", ".txt", ".json"}
