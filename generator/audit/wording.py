"""The words of the text, by the checks that the department's own document goes through; personal data; ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.audit.amounts import Reading
from generator.audit.faults import Fault, Spot, fault, spot_of_text
from generator.checks import Remark, Said, adding_up, personal, wording
from generator.files import PubTable, PubText
from generator.model import make_finding
from generator.published import Paragraph, numbered

ENDS = "。！？；：…）)”》】:;.?!"
QUOTED = re.compile(r"名词解释|职能|职责")
ASIDE = {"DC-401/end", "DC-402/first"}  # a document read may set a list or a table after “包括：”
LOOK = {"DC-403", "DC-403/stop", "DC-404", "DC-407"}  # how marks and brackets stand may be the reading's own slip
ADDING = ("DC-411", "DC-412")  # parts and wholes, counts and names
TWICE = re.compile(r"([，。；：、])\1")
JOINED = re.compile(r"(?:持平|无变化|[%％]|万元)(?=主要原因(?:是|为|：))")


def check_wording(reading: Reading) -> Iterator[Fault]:
    """Every paragraph, heading and cell as a reader reads it."""
    paragraphs = {f"p{p.block}": p for p in (*reading.document.outline.cover, *reading.document.paragraphs)}
    blocks, cells = list(_blocks(reading)), list(_cells(reading))
    spots = {said.id: spot for said, spot in cells}
    spots.update((f"h{h.block}", Spot(h.page, h.text)) for h in reading.document.outline.headings)
    for remark in wording([*blocks, *(said for said, _ in cells)]):
        yield from _told(remark, paragraphs, spots)
    for remark in adding_up(blocks):
        if remark.name.startswith(ADDING):  # rates are held to the tables elsewhere
            yield from (found.doubtful() for found in _told(remark, paragraphs, spots))
    for paragraph in paragraphs.values():
        for found in personal(paragraph.text):
            spot = spot_of_text(paragraph, found.start, found.end)
            yield fault(
                "SH-245" if found.sure else "SH-245/phone",
                [spot],
                f"personal {found.shown}",
                said=spot.text.replace(paragraph.text[found.start + 4 : found.end - 2], "…"),
                what=found.shown,
            )
        for joined in JOINED.finditer(paragraph.text):
            spot = spot_of_text(paragraph, joined.start(), joined.end() + 4)
            yield fault("SH-241", [spot], f"mark {spot.text}", said=spot.text, what=f"“{joined[0]}”后面缺少标点")
        yield from _end(reading, paragraph)


def _blocks(reading: Reading) -> Iterator[Said]:
    """Cover, headings and paragraphs in order, as the shared checks want them."""
    document = reading.document
    found: list[tuple[int, Said]] = [
        (p.block, Said(f"p{p.block}", p.text, "line" if p in document.outline.cover else "text", under=p.heading))
        for p in (*document.outline.cover, *document.paragraphs)
    ]
    found += [(h.block, Said(f"h{h.block}", h.text, "heading", under=h.text)) for h in document.outline.headings]
    yield from (said for _, said in sorted(found, key=lambda f: f[0]))


def _cells(reading: Reading) -> Iterator[tuple[Said, Spot]]:
    for table in reading.document.tables:
        for row in table.source.cells:
            text = "".join(row.text.split())
            if text:
                page = row.page or table.source.page
                yield (
                    Said(f"{table.ref}R{row.row}C{row.column}", text, "cell", under=table.title),
                    Spot(page, text[:60], table.title),
                )


def _told(remark: Remark, paragraphs: dict[str, Paragraph], spots: dict[str, Spot]) -> Iterator[Fault]:
    if remark.name in ASIDE:
        return
    paragraph = paragraphs.get(remark.block.id)
    if paragraph is not None:
        if QUOTED.search(paragraph.topic) and not remark.name.startswith(("DC-403", "DC-404", "DC-405")):
            return
        spot = spot_of_text(paragraph, remark.start, remark.end)
    else:
        spot = spots.get(remark.block.id, Spot(0, remark.quote))
    finding = make_finding(
        remark.name,
        (),
        **{
            "where": remark.block.under or "正文",
            "quote": remark.quote,
            "actual": remark.words.get("said", ""),
            **remark.words,
        },
    )
    told = Fault(finding, (spot,), f"{remark.name} {remark.block.id} {remark.start}")
    yield told.doubtful() if _unsure(remark) else told


def _unsure(remark: Remark) -> bool:
    """What is wrong in one's own text, but may be meant (or misread) in another's."""
    said = str(remark.words.get("said", ""))
    if remark.name == "DC-401/zero":
        return remark.block.text[max(0, remark.start - 1) : remark.start + 1].startswith("：") or said[:1] == "："
    return remark.name in LOOK and not TWICE.fullmatch(said)


# ------------------------------------------------------------------ how a paragraph ends


def _end(reading: Reading, paragraph: Paragraph) -> Iterator[Fault]:
    spot = spot_of_text(paragraph, max(0, len(paragraph.text) - 12), len(paragraph.text))
    if not QUOTED.search(paragraph.topic) and _stops(reading, paragraph):
        yield fault("SH-241", [spot], f"end {spot.text}", said=spot.text, what="句末没有标点")
    elif _hangs(reading, paragraph):
        yield fault("SH-241", [spot], f"end {spot.text}", said=spot.text, what=f"一段以“{paragraph.text[-1]}”结尾")


def _unended(text: str) -> bool:
    """A sentence that just stops: long enough to be one, without a mark at its end."""
    if len(text) <= 24 or not re.search(r"[，。；]", text):
        return False
    return text[-1:] not in ENDS and not (text[-1:].isascii() and text[-1:].isalpha())


def _stops(reading: Reading, paragraph: Paragraph) -> bool:
    """A paragraph that ends without a mark, where the next surely begins anew."""
    sure = reading.document.publication.form != "pdf"  # a PDF does not tell where a paragraph ends
    return (
        _unended(paragraph.text)
        and not paragraph.text.startswith(("注", "附"))
        and (sure or _begins_anew(reading, paragraph))
    )


def _next(reading: Reading, paragraph: Paragraph) -> PubText | PubTable | None:
    blocks = reading.document.publication.blocks
    return blocks[paragraph.block + 1] if paragraph.block + 1 < len(blocks) else None


def _begins_anew(reading: Reading, paragraph: Paragraph) -> bool:
    """Whether what follows surely begins something else: a heading, a numbered paragraph, a table."""
    follow = _next(reading, paragraph)
    if follow is None or isinstance(follow, PubTable):
        return True
    headings = {h.block for h in reading.document.outline.headings}
    return paragraph.block + 1 in headings or bool(numbered(follow.text))


def _hangs(reading: Reading, paragraph: Paragraph) -> bool:
    """A paragraph that ends with ； or ， before a heading."""
    if paragraph.text[-1:] not in "；，、;," or len(paragraph.text) < 24:
        return False
    headings = {h.block for h in reading.document.outline.headings}
    return paragraph.block + 1 in headings or _next(reading, paragraph) is None
