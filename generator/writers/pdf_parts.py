"""The published PDF made of parts that are rendered on their own: only what changed is rendered again.

Each 部分 and each table starts a page, so each can be set alone, kept by the hash of its markup and
first page, and put together: pages, tags, bookmarks, links, named places.  The fonts of all parts
are embedded once.  With or without kept parts the bytes are the same.  Not for PDF/A (see ``pdf``).
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import pikepdf

from generator.model import Block, Document, Heading, Span, Table
from generator.writers import fonts as fontfiles
from generator.writers import layout, pdf
from generator.writers.html import asset, attribute, lines_html, page_html, safe_id, text_html, toc_level
from generator.writers.line_breaks import EM

SCHEME = "juesuan:"  # links to places in other parts, until the parts are together
KEEP, ON_DISK = 120, 1000  # rendered parts kept in memory and in a folder (about 0.2 MB each)
PRUNE = 100  # how often the folder is looked through


@dataclass
class PartCache:
    """Rendered parts by hash: in memory, and in a folder where one is given (it may be deleted at any
    time).  ``missed`` counts what had to be rendered."""

    folder: Path | None = None
    held: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    missed: int = 0

    def get(self, key: str) -> bytes | None:
        if key in self.held:
            self.held.move_to_end(key)
            return self.held[key]
        path = self.folder / f"{key}.pdf" if self.folder else None
        if path is None or not path.is_file():
            return None
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        if data[-64:-32] != hashlib.sha256(data[:-64]).hexdigest()[:32].encode():
            return None  # cut off or damaged: made again
        return self._hold(key, data[:-64])

    def put(self, key: str, data: bytes) -> bytes:
        self.missed += 1
        if self.folder is not None:
            self._write(self.folder, key, data)
        return self._hold(key, data)

    def _write(self, folder: Path, key: str, data: bytes) -> None:
        """On disk too; a folder that cannot be written is done without."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".写入中-", delete=False) as file:
                file.write(data + hashlib.sha256(data).hexdigest()[:32].encode() + b"0" * 32)
            Path(file.name).replace(folder / f"{key}.pdf")
            if self.missed % PRUNE == 0:
                for path in sorted(folder.glob("*.pdf"), key=lambda p: p.stat().st_mtime)[:-ON_DISK]:
                    path.unlink(missing_ok=True)
        except OSError:
            return

    def _hold(self, key: str, data: bytes) -> bytes:
        self.held[key] = data
        while len(self.held) > KEEP:
            self.held.popitem(last=False)
        return data


@lru_cache(maxsize=2)
def parts_in(folder: Path | None) -> PartCache:
    """The cache of this process over a folder."""
    return PartCache(folder)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is rendered on its own: some blocks that begin a page and end one."""

    blocks: tuple[Block, ...]
    body: str


def write_pdf_parts(document: Document, plan: layout.Layout | None = None, cache: PartCache | None = None) -> bytes:
    """The PDF (PDF/UA-1), as bytes.  ``cache``: keeps rendered parts for the next time."""
    plan = plan or layout.paginate(document)
    cache = cache if cache is not None else PartCache()
    units = list(_units(document, plan))
    front_pages = 1 + plan.toc_pages
    while True:
        made: list[pikepdf.Pdf] = []
        anchors: dict[str, int] = {}
        page = front_pages + 1
        for unit in units:
            part = _open(_rendered(document, unit.body, page, cache))
            for name, place in _names(part):
                anchors[name] = page + part.pages.index(pikepdf.Page(place[0]))
            page += len(part.pages)
            made.append(part)
        front = _open(_rendered(document, _front(document, anchors), 1, cache))
        if len(front.pages) == front_pages:
            break
        front_pages = len(front.pages)
    labels = [[(document.toc_title, 1)], *(list(_labels(u.blocks)) for u in units)]
    return _together(document, [front, *made], labels, cache)


def _open(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


# ------------------------------------------------------------------ parts


def _units(document: Document, plan: layout.Layout) -> Iterator[_Unit]:
    for part in document.parts:
        group: list[Block] = []
        groups: list[list[Block]] = [group]
        for block in (part.heading, *part.blocks):
            alone = isinstance(block, Table) and block.new_page
            after = bool(groups[-1]) and isinstance(groups[-1][-1], Table) and groups[-1][-1].new_page
            if groups[-1] and (alone or after):
                groups.append([])
            groups[-1].append(block)
        for group in groups:
            if group:
                body = "".join(pdf._print_block(b, plan, document.style, new=b.id in plan.breaks) for b in group)
                yield _Unit(tuple(group), f"<section>\n{body}</section>\n")


def _labels(blocks: Sequence[Block]) -> Iterator[tuple[str, int]]:
    """Bookmarks of some blocks with their level, as the stylesheet makes them."""
    for block in blocks:
        if isinstance(block, Heading):
            yield block.in_toc, min(max(block.level, 1), 3)
        elif isinstance(block, Table) and block.title and block.role != "inline":
            yield block.in_toc, 2


def _front(document: Document, anchors: Mapping[str, int]) -> str:
    """Cover and 目录, with the pages on which the parts came to stand."""
    lines = []
    for entry in document.contents():
        deep = toc_level(entry) > 1
        room = (document.style.chars - (2 if deep else 0) - 3) * EM
        inside = lines_html((Span(entry.in_toc),), room)
        name = safe_id(entry.id)
        kind = "deep" if deep else "part"
        lines.append(
            f'<p class="{kind}"><a href="{SCHEME}{name}" data-page="{anchors.get(name, 0)}">{inside}</a></p>\n'
        )
    title = text_html(document.toc_title)
    head = f'<nav class="toc">\n<h1 data-label="{attribute(document.toc_title)}">{title}</h1>\n'
    return f"{pdf._print_cover(document)}{head}{''.join(lines)}</nav>\n"


def _rendered(document: Document, body: str, first: int, cache: PartCache) -> bytes:
    """One part as a PDF of its own whose first page has the given number."""
    import weasyprint

    css = pdf._measures(body) + ".toc a::after { content: leader('.') attr(data-page); }\n"
    css += f"@page :first {{ counter-reset: page {first}; }}\n" if first > 1 else ""
    page = page_html(document, css, body, pdf.dates(document))
    sheet = (
        fontfiles.font_css(document.style.fonts)
        + asset("print.css")
        + pdf.page_css(document.style, draft=document.draft)
    )
    key = hashlib.sha256("\x1f".join((weasyprint.__version__, sheet, page)).encode()).hexdigest()[:40]
    return cache.get(key) or cache.put(key, pdf.render_page(document, page))


# ------------------------------------------------------------------ putting together


def _names(part: pikepdf.Pdf) -> list[tuple[str, Any]]:
    names = part.Root.get("/Names")
    held: list[Any] = list(names.Dests.Names) if names is not None and "/Dests" in names else []
    return [(str(n), p) for n, p in zip(held[::2], held[1::2], strict=True)]


def _together(
    document: Document, parts: Sequence[pikepdf.Pdf], labels: Sequence[Sequence[tuple[str, int]]], cache: PartCache
) -> bytes:
    out = parts[0]
    tree = out.Root.StructTreeRoot
    top = _document_tag(tree)
    numbers: list[Any] = list(tree.ParentTree.Nums)
    names = _names(out)
    marks = [(label, level, place) for (label, level), place in zip(labels[0], _bookmarks(out), strict=True)]
    carrier, fonts = _fonts(document, parts, cache)  # the file must stay open while its fonts are copied
    resources = [out.pages[0].obj.Resources]
    for part, wanted in zip(parts[1:], labels[1:], strict=True):
        shift = max((int(n) for n in numbers[::2]), default=-1) + 1
        before = len(out.pages)
        out.pages.extend(part.pages)
        resources.append(out.pages[before].obj.Resources)
        for page in list(out.pages)[before:]:
            page.obj.StructParents = int(page.obj.StructParents) + shift
            for annotation in page.obj.get("/Annots", []):
                if "/StructParent" in annotation:
                    annotation.StructParent = int(annotation.StructParent) + shift
        copied = out.copy_foreign(part.Root.StructTreeRoot)
        for kid in _kids(_document_tag(copied)):
            kid.P = top
            top.K.append(kid)
        held = list(copied.ParentTree.Nums)
        for number, value in zip(held[::2], held[1::2], strict=True):
            numbers += [int(number) + shift, value]
        places = {n: out.copy_foreign(part.make_indirect(p)) for n, p in _names(part)}
        names += list(places.items())
        found = [out.copy_foreign(part.make_indirect(p)) for p in _bookmarks(part)]
        marks += [(label, level, place) for (label, level), place in zip(wanted, found, strict=True)]
    tree.ParentTree.Nums = pikepdf.Array(numbers)
    _use_fonts(resources, {n: out.copy_foreign(carrier.make_indirect(f)) for n, f in fonts.items()})
    names.sort(key=lambda n: n[0].encode())
    out.Root.Names = pikepdf.Dictionary(
        Dests=pikepdf.Dictionary(Names=pikepdf.Array([x for n, p in names for x in (pikepdf.String(n), p)]))
    )
    _link(out)
    _outline(out, marks)
    buffer = io.BytesIO()
    out.save(
        buffer, deterministic_id=True, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    return buffer.getvalue()


def _document_tag(tree: Any) -> Any:
    return tree.K[0] if isinstance(tree.K, pikepdf.Array) else tree.K


def _kids(tag: Any) -> list[Any]:
    return list(tag.K) if isinstance(tag.K, pikepdf.Array) else [tag.K]


def _bookmarks(part: pikepdf.Pdf) -> list[Any]:
    """The places of the bookmarks, in order of reading."""
    out: list[Any] = []

    def walk(item: Any) -> None:
        while item is not None:
            out.append(item.Dest)
            if "/First" in item:
                walk(item.First)
            item = item.get("/Next")

    outlines = part.Root.get("/Outlines")
    if outlines is not None and "/First" in outlines:
        walk(outlines.First)
    return out


def _outline(out: pikepdf.Pdf, marks: Sequence[tuple[str, int, Any]]) -> None:
    """All bookmarks in one tree, by level."""
    if "/Outlines" in out.Root:
        del out.Root.Outlines
    with out.open_outline() as outline:
        stack: list[tuple[int, pikepdf.OutlineItem]] = []
        for label, level, place in marks:
            item = pikepdf.OutlineItem(label, destination=pikepdf.Array(list(place)))
            while stack and stack[-1][0] >= level:
                stack.pop()
            (stack[-1][1].children if stack else outline.root).append(item)
            stack.append((level, item))


def _link(out: pikepdf.Pdf) -> None:
    """Links of the 目录 lead to places in the same file."""
    for page in out.pages:
        for annotation in page.obj.get("/Annots", []):
            action = annotation.get("/A")
            target = str(action.get("/URI", "")) if action is not None else ""
            if target.startswith(SCHEME):
                del annotation["/A"]
                annotation.Dest = pikepdf.String(target.removeprefix(SCHEME))


# ------------------------------------------------------------------ fonts


def _known(part: pikepdf.Pdf) -> dict[str, Any]:
    held: Any = part.pages[0].obj.Resources.get("/Font", {})
    return {str(k): held[k] for k in held}


def _used(font: Any) -> dict[int, str]:
    """The glyphs of a font with the text they stand for."""
    out: dict[int, str] = {}
    for item in pikepdf.parse_content_stream(font.ToUnicode):
        if str(item.operator) == "endbfchar":
            operands: Any = item.operands
            codes = [bytes(o) for o in operands]
            out |= {int.from_bytes(c): t.decode("utf-16-be") for c, t in zip(codes[::2], codes[1::2], strict=True)}
    return out


def _fonts(document: Document, parts: Sequence[pikepdf.Pdf], cache: PartCache) -> tuple[pikepdf.Pdf, dict[str, Any]]:
    """Each font once, with all glyphs that any part uses: from a part that prints nothing else."""
    need: dict[str, dict[int, str]] = {}
    for part in parts:
        for name, font in _known(part).items():
            need.setdefault(f"{name} {font.BaseFont}", {}).update(_used(font))
    lines = []
    for face, weight in fontfiles.faces_in_css(document.style.fonts):
        base = face.replace(" ", "-") + ("-Bold" if weight == 700 else "")
        texts = {t for key, used in need.items() if key.endswith(f"+{base}") for t in used.values()}
        if texts:
            lines.append(
                f"<p style=\"font-family:'{face}';font-weight:{weight};white-space:normal\">{escape(' '.join(sorted(texts)))}</p>"
            )
    carrier = _open(_rendered(document, "\n".join(lines), 1, cache))
    known = _known(carrier)
    return carrier, {
        name: font
        for name, font in known.items()
        if (used := need.get(f"{name} {font.BaseFont}")) is not None and set(used) <= set(_used(font))
    }


def _use_fonts(resources: Sequence[Any], fonts: Mapping[str, Any]) -> None:
    for held in resources:
        known: Any = held.get("/Font", {})
        for name in [str(n) for n in known]:
            if name in fonts:
                known[name] = fonts[name]
