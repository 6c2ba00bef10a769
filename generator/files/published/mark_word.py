"""Comments in a Word file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from generator.files.published.marking import AUTHOR, NUMBER, Mark, Marked, find, labels, plain, squeezed
from generator.files.safety import BROKEN


def mark_word(data: bytes, marks: Sequence[Mark]) -> Marked | None:
    """The Word file with a comment at the place of each note; nothing where it cannot be written."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    try:
        document = docx.Document(io.BytesIO(data))
        finder = _Finder(document)
        placed = 0
        for mark in marks:
            runs = finder.runs(mark)
            placed += bool(runs)
            runs = runs or finder.first()
            if runs:
                document.add_comment([runs[0], runs[-1]], text=mark.note, author=AUTHOR, initials=AUTHOR)
        out = io.BytesIO()
        document.save(out)
    except (*BROKEN, PackageNotFoundError, etree.LxmlError, KeyError, ValueError, AttributeError, TypeError):
        return None
    return Marked(out.getvalue(), placed, len(marks))


class _Finder:
    """Paragraphs and table rows of the document by their words."""

    def __init__(self, document: Any) -> None:
        from docx.oxml.ns import qn
        from docx.text.paragraph import Paragraph

        self.qn = qn
        body = document.element.body
        self.paragraphs = [Paragraph(p, document._body) for p in body.iter(qn("w:p"))]
        self.texts = [plain("".join(r.text for r in p.runs)) for p in self.paragraphs]
        self.by_element = {id(p._p): p for p in self.paragraphs}
        self.rows = [(plain("".join(t.text or "" for t in tr.iter(qn("w:t")))), tr) for tr in body.iter(qn("w:tr"))]

    def first(self) -> list[Any]:
        return next((p.runs for p in self.paragraphs if p.runs), [])

    def runs(self, mark: Mark) -> list[Any]:
        needle = plain(mark.text)
        if not needle:
            return []
        if mark.row and (found := self._cell(needle, mark.row)):
            return found
        for words in dict.fromkeys((needle, NUMBER.sub("", needle))):
            for paragraph, text in zip(self.paragraphs, self.texts, strict=True):
                if words and words in text and paragraph.runs:
                    return _covering(paragraph, words)
        for paragraph, text in zip(self.paragraphs, self.texts, strict=True):
            at = find(needle, text)
            if at is not None and at[1] - at[0] > len(needle) // 2 and paragraph.runs:
                return _covering(paragraph, text[at[0] : at[1]])
        return []

    def _cell(self, needle: str, row: str) -> list[Any]:
        for label in labels(row):
            for text, tr in self.rows:
                if label not in text or needle not in text:
                    continue
                for p in tr.iter(self.qn("w:p")):
                    paragraph = self.by_element[id(p)]
                    if plain(paragraph.text) == needle and paragraph.runs:
                        return list(paragraph.runs)
        return []


def _covering(paragraph: Any, words: str) -> list[Any]:
    """The runs of a paragraph that hold some words."""
    text = ""
    ends = []
    for run in paragraph.runs:
        text += squeezed(run.text)[0]
        ends.append(len(text))
    start = text.find(words)
    if start < 0:
        return list(paragraph.runs)
    first = next(k for k, end in enumerate(ends) if end > start)
    last = next(k for k, end in enumerate(ends) if end >= start + len(words))
    return list(paragraph.runs[first : last + 1])
