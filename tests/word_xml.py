"""Small hands on Word XML for tests: tracked changes put in, and an accept and reject of their own.

Written apart from the program's reader, so that one proves the other.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy

from lxml import etree

from tools.proof.edit_fuzz import with_document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Q = f"{{{W}}}"


def document_of(data: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def tracked(data: bytes, begins: str, old: str, new: str, *, author: str) -> bytes:
    """Replace words of a paragraph by a tracked deletion and insertion."""
    root = document_of(data)
    for paragraph in root.iter(f"{Q}p"):
        if not "".join(t.text or "" for t in paragraph.iter(f"{Q}t")).startswith(begins):
            continue
        for run in paragraph.findall(f"{Q}r"):
            text = run.find(f"{Q}t")
            if text is None or old not in (text.text or ""):
                continue
            head, tail = (text.text or "").split(old, 1)
            pieces: list[etree._Element] = [_run(run, head)]
            for tag, word in (("del", old), ("ins", new)):
                change = etree.Element(
                    f"{Q}{tag}", {f"{Q}id": "9", f"{Q}author": author, f"{Q}date": "2025-03-01T00:00:00Z"}
                )
                made = _run(run, word)
                if tag == "del":
                    made.find(f"{Q}t").tag = f"{Q}delText"  # type: ignore[union-attr]
                change.append(made)
                pieces.append(change)
            pieces.append(_run(run, tail))
            for piece in pieces:
                run.addprevious(piece)
            paragraph.remove(run)
            return with_document(data, root)
    raise AssertionError(f"{begins} {old}")


def _run(run: etree._Element, text: str) -> etree._Element:
    made = deepcopy(run)
    made.find(f"{Q}t").text = text  # type: ignore[union-attr]
    return made


def resolve(root: etree._Element, *, accept: bool) -> etree._Element:
    """The document with all tracked changes accepted or rejected (its own reading of the standard)."""
    root = deepcopy(root)
    keep, drop = ("ins", "del") if accept else ("del", "ins")
    for row in list(root.iter(f"{Q}tr")):
        props = row.find(f"{Q}trPr")
        if props is not None and props.find(f"{Q}{drop}") is not None:
            row.getparent().remove(row)  # type: ignore[union-attr]
    for table in list(root.iter(f"{Q}tbl")):
        if table.find(f"{Q}tr") is None:
            table.getparent().remove(table)  # type: ignore[union-attr]
    body = root.find(f"{Q}body")
    assert body is not None
    for container in [body, *root.iter(f"{Q}tc")]:
        paragraphs = list(container.findall(f"{Q}p"))
        for number, paragraph in enumerate(paragraphs):
            for change in [c for c in paragraph.iter(f"{Q}{drop}") if c.getparent().tag != f"{Q}rPr"]:  # type: ignore[union-attr]
                change.getparent().remove(change)  # type: ignore[union-attr]
            for change in [c for c in paragraph.iter(f"{Q}{keep}") if c.getparent().tag != f"{Q}rPr"]:  # type: ignore[union-attr]
                for child in list(change):
                    change.addprevious(child)
                change.getparent().remove(change)  # type: ignore[union-attr]
            for text in paragraph.iter(f"{Q}delText"):
                text.tag = f"{Q}t"
            mark = paragraph.find(f"{Q}pPr/{Q}rPr/{Q}{drop}")
            if mark is not None:  # the paragraph's end goes: its content goes on in the next one
                follower = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
                rest = [c for c in paragraph if c.tag != f"{Q}pPr"]
                if follower is not None:
                    at = 1 if len(follower) and follower[0].tag == f"{Q}pPr" else 0
                    for child in reversed(rest):
                        follower.insert(at, child)
                container.remove(paragraph)
            else:
                kept = paragraph.find(f"{Q}pPr/{Q}rPr/{Q}{keep}")
                if kept is not None:
                    kept.getparent().remove(kept)  # type: ignore[union-attr]
    for row in root.iter(f"{Q}trPr"):
        mark = row.find(f"{Q}{keep}")
        if mark is not None:
            row.remove(mark)
    return root


def content(root: etree._Element) -> list[object]:
    """What people read: each paragraph with its style, each table as rows of cells."""
    body = root.find(f"{Q}body")
    assert body is not None
    out: list[object] = []
    for node in body:
        if node.tag == f"{Q}p":
            text = _text(node)
            style = node.find(f"{Q}pPr/{Q}pStyle")
            if text or node.find(f"{Q}pPr/{Q}sectPr") is None:
                out.append((style.get(f"{Q}val") if style is not None else "", text))
        elif node.tag == f"{Q}tbl":
            out.append([[(_text(c), _span(c)) for c in row.findall(f"{Q}tc")] for row in node.findall(f"{Q}tr")])
    return out


def _text(node: etree._Element) -> str:
    out = []
    for item in node.iter(f"{Q}t", f"{Q}tab", f"{Q}br"):
        if item.tag == f"{Q}tab":
            out.append("\t" if item.getparent().tag == f"{Q}r" else "")  # type: ignore[union-attr]
        else:
            out.append("\n" if item.tag == f"{Q}br" else item.text or "")
    return "".join(out)


def _span(cell: etree._Element) -> tuple[str, str]:
    grid = cell.find(f"{Q}tcPr/{Q}gridSpan")
    merge = cell.find(f"{Q}tcPr/{Q}vMerge")
    return (
        grid.get(f"{Q}val", "") if grid is not None else "",
        merge.get(f"{Q}val", "continue") if merge is not None else "",
    )
