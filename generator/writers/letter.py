"""A short letter as a Word file: a title, paragraphs, tables with a head.  For opinions, not for what is published."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.writers._docx_parts import CONTROL

LOST = {**CONTROL, **dict.fromkeys(range(0xD800, 0xE000))}


@dataclass(frozen=True, slots=True)
class LetterTable:
    """A table with a head; ``widths`` are shares of the line."""

    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class LetterHeading:
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """``signed`` are lines at the right below everything."""

    title: str
    blocks: Sequence[str | LetterHeading | LetterTable]
    signed: Sequence[str] = ()


def write_letter(letter: Letter) -> bytes:
    """The Word file.  All words are text: nothing in them becomes a field or markup."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = docx.Document()
    document.core_properties.title = _clean(letter.title)[:250]
    document.core_properties.author = ""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.8)
    normal = document.styles["Normal"]
    _font(normal, "仿宋", 14)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.4
    title = document.add_paragraph(_clean(letter.title))
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(16)
    _font(title.runs[0] if title.runs else title.add_run(), "黑体", 18)
    for block in letter.blocks:
        match block:
            case LetterHeading(text):
                made = document.add_paragraph()
                _font(made.add_run(_clean(text)), "黑体", 14)
                made.paragraph_format.keep_with_next = True
                made.paragraph_format.space_before = Pt(8)
            case LetterTable():
                _table(document, block)
            case _:
                made = document.add_paragraph(_clean(block))
                made.paragraph_format.first_line_indent = Pt(28)
    for line in letter.signed:
        document.add_paragraph(_clean(line)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _clean(words: str) -> str:
    """Words without characters that no XML can hold."""
    return words.translate(LOST)


def _font(of: Any, name: str, size: float) -> None:
    """The font of a run or style, for Chinese letters too."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    of.font.name, of.font.size = name, Pt(size)
    of.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _table(document: Any, block: LetterTable) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=1, cols=len(block.head), style="Table Grid")
    table.autofit = False
    widths = [Cm(15.8 * w / sum(block.widths)) for w in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row, words in enumerate([block.head, *block.rows]):
        cells = table.rows[0].cells if not row else table.add_row().cells
        for cell, text, width in zip(cells, words, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            _font(paragraph.add_run(_clean(text)), "宋体" if row else "黑体", 10.5)
            paragraph.paragraph_format.line_spacing = 1.15
            paragraph.paragraph_format.space_after = Pt(1)
    document.add_paragraph().paragraph_format.space_after = Pt(0)
