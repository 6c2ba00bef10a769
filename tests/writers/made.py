"""What PDF tests share: a Document and the file that was made of it, and small documents."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import Destination

from generator.model.document import Document, Heading, Paragraph, Part, Row, Table, TableCell
from generator.writers.html import safe_id
from tests.writers.sample import words

ROOT = Path(__file__).resolve().parents[2]
FOOTER = re.compile(r"—(\d+)—$")
LOREM = "部门决算公开文本由填报表生成，数字逐一对应单元格。"


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


@dataclass
class Made:
    """A Document and what was made of it."""

    document: Document
    data: bytes

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.data), strict=True)

    @cached_property
    def texts(self) -> list[str]:
        """The text of each page without white space and without its number."""
        return [FOOTER.sub("", squeeze(p.extract_text())) for p in self.reader.pages]

    @cached_property
    def outline(self) -> list[tuple[str, int]]:
        """Titles and pages of the bookmarks, in order."""

        def walk(nodes: list[Destination | list]) -> list[tuple[str, int]]:  # type: ignore[type-arg]
            out = []
            for node in nodes:
                if isinstance(node, list):
                    out += walk(node)
                else:
                    out.append((node.title, (self.reader.get_destination_page_number(node) or 0) + 1))
            return out

        return walk(self.reader.outline)

    def page(self, block_id: str) -> int:
        number = self.reader.get_destination_page_number(self.reader.named_destinations[safe_id(block_id)])
        assert number is not None
        return number + 1


def small(*blocks: Heading | Paragraph | Table, kind: str = "tables", draft: bool = False) -> Document:
    part = Part("part", Heading("part", 1, words("第一部分 表"), toc=True), blocks, kind)  # type: ignore[arg-type]
    return Document("题目", "某部门", 2024, "决算", ("某部门", "2024年度部门决算"), (part,), draft=draft)


def long_table(count: int, **extra: object) -> Table:
    header: Row = tuple(
        TableCell(words(t), align="center", bold=True) for t in ("项目名称表头", "行次表头", "金额表头")
    )
    body = tuple(
        (TableCell(words(f"支出项目{i}")), TableCell(words(str(i))), TableCell(words(f"{i},234.56"), align="right"))
        for i in range(count)
    )
    return Table("long", "长表", (header,), body, (50, 10, 20), number="公开01表", toc=True, **extra)  # type: ignore[arg-type]
