"""Single faults planted in published documents of made-up departments: how many the audit finds, at the right place.

Each document is composed, one thing in it is spoiled, it is written as PDF or Word by the program's own writers, read
back by the reader of published documents and audited.  Found: a finding (不符 or 存疑) at the spoiled place.  False: an
error anywhere else.

    python -m tools.proof.published_faults --count 300 --seed 1 --forms pdf,docx
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from generator.audit import Audit, as_publication, audit_document
from generator.department import examine
from generator.files import read_published
from generator.model import Document, Heading, Paragraph, Part, Severity, Span, Table, TableCell
from tools.made.departments import write

PACKS = ("liaoning", "chaoyang", "xinjiang", "shanghai", "dalian-budget")
AMOUNT = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?(?=万元)")
RATE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?=%)")


@dataclass(frozen=True)
class Planted:
    """A spoiled document: what kind of fault, and the text or table it stands in."""

    kind: str
    document: Document
    block: str = ""
    table: str = ""
    said: str = ""


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


# ------------------------------------------------------------------ changing a document


def with_block(document: Document, block_id: str, change: Callable[[Any], Any]) -> Document:
    """The document with one block changed, or left out."""
    parts: list[Part] = []
    for part in document.parts:
        blocks = tuple(b for old in part.blocks if (b := change(old) if old.id == block_id else old) is not None)
        heading = change(part.heading) if part.heading.id == block_id else part.heading
        assert isinstance(heading, Heading)
        parts.append(replace(part, blocks=blocks, heading=heading))
    return replace(document, parts=tuple(parts))


def said(block: Paragraph | Heading, text: str) -> Paragraph | Heading:
    return replace(block, spans=(Span(text),))


def spoiled(digits: str, random: Random) -> str:
    """Another amount: one digit changed, two swapped, or the point moved."""
    plain = digits.replace(",", "")
    way = random.choice(("digit", "digit", "swap", "ten"))
    places = [k for k, c in enumerate(plain) if c.isdigit()]
    out = plain
    if way == "digit":
        k = random.choice(places[:-1] or places)
        out = plain[:k] + str((int(plain[k]) + random.randint(1, 8)) % 10) + plain[k + 1 :]
    elif way == "swap" and len(places) > 1:
        k = random.randrange(len(places) - 1)
        a, b = places[k], places[k + 1]
        out = plain[:a] + plain[b] + plain[a + 1 : b] + plain[a] + plain[b + 1 :]
    elif way == "ten" and "." in plain:
        whole, _, rest = plain.partition(".")
        out = f"{whole}{rest[:1]}.{rest[1:] or '0'}"
    return out if out != plain else plain[:-1] + str((int(plain[-1]) + 5) % 10)


def statement(document: Document) -> list[Paragraph]:
    """Paragraphs of the statement: with figures, not the glossary."""
    out = []
    for part in document.parts:
        if part.kind == "prose" and "解释" not in part.heading.text and "概况" not in part.heading.text:
            out += [b for b in part.blocks if isinstance(b, Paragraph) and b.text]
    return out


def statutory(document: Document) -> list[Table]:
    return [
        t
        for t in document.tables()
        if t.role == "table" and any(re.search(r"\d\.\d\d", c.text) for r in t.body for c in r)
    ]


# ------------------------------------------------------------------ the faults


def amount(document: Document, random: Random) -> Planted | None:
    """An amount of the text."""
    places = [(b, m) for b in statement(document) for m in AMOUNT.finditer(b.text) if float(m[0].replace(",", "")) > 0]
    return _in_text("amount", document, random, places, lambda m: spoiled(m[0], random))


def rate(document: Document, random: Random) -> Planted | None:
    """A rate or share of the text."""
    places = [(b, m) for b in statement(document) for m in RATE.finditer(b.text) if float(m[0]) > 0]
    return _in_text("rate", document, random, places, lambda m: spoiled(m[0], random))


def direction(document: Document, random: Random) -> Planted | None:
    """增加 for 减少, 大于 for 小于."""
    pairs = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长", "大于": "小于", "小于": "大于"}
    pattern = re.compile("(?:增加|减少)(?=[\\d])|(?:增长|下降)(?=[\\d])|(?:大于|小于)(?=(?:年初)?预算)")
    places = [
        (b, m)
        for b in statement(document)
        for m in pattern.finditer(b.text)
        if not re.match(r"0(\.0+)?(万元|%)", b.text[m.end() :])
    ]
    return _in_text("direction", document, random, places, lambda m: pairs[m[0]])


def year(document: Document, random: Random) -> Planted | None:
    """Last year's year, or the year before in a comparison."""
    own = str(document.year)
    blocks: list[Paragraph | Heading] = [
        *statement(document),
        *(b for b in document.blocks() if isinstance(b, Heading)),
    ]
    places = [(b, m) for b in blocks for m in re.finditer(rf"{own}(?=年)|(?<=与){document.year - 1}(?=年)", b.text)]
    return _in_text("year", document, random, places, lambda m: str(int(m[0]) - 1))


def name(document: Document, random: Random) -> Planted | None:
    """Another office's name in a heading or at the beginning of a sentence."""
    own = document.department
    other = f"滨海市{random.choice(('民政', '水务', '教育', '审计'))}局"
    blocks: list[Paragraph | Heading] = [
        *statement(document),
        *(b for b in document.blocks() if isinstance(b, Heading)),
    ]
    places = [
        (b, m) for b in blocks for m in re.finditer(re.escape(own), b.text) if isinstance(b, Heading) or m.start() < 8
    ]
    return _in_text("name", document, random, places, lambda _: other)


def kind_word(document: Document, random: Random) -> Planted | None:
    """预算 for 决算 in a heading of the statement."""
    own, other = (document.kind, "预算" if document.kind == "决算" else "决算")
    heads = [
        b
        for b in document.blocks()
        if isinstance(b, Heading) and re.search(rf"部门{own}(情况|表)|支出{own}(总体)?情况|收入{own}情况", b.text)
    ]
    places = [(b, m) for b in heads for m in re.finditer(own, b.text)]
    return _in_text("决算/预算", document, random, places, lambda _: other)


def _in_text(
    kind: str,
    document: Document,
    random: Random,
    places: Sequence[tuple[Paragraph | Heading, re.Match[str]]],
    new: Callable[[re.Match[str]], str],
) -> Planted | None:
    if not places:
        return None
    block, found = random.choice(places)
    text = block.text[: found.start()] + new(found) + block.text[found.end() :]
    if text == block.text:
        return None
    return Planted(
        kind, with_block(document, block.id, lambda b: said(b, text)), block=text, said=f"{found[0]}→{new(found)}"
    )


def punctuation(document: Document, random: Random) -> Planted | None:
    """A mark doubled, a final one lost, a bracket unclosed."""
    blocks = [b for b in statement(document) if b.text.endswith("。") and len(b.text) > 30]
    if not blocks:
        return None
    block = random.choice(blocks)
    text = block.text
    way = random.choice(("double", "lost", "bracket"))
    if way == "double":
        marks = [k for k, c in enumerate(text) if c in "，。；"]
        k = random.choice(marks)
        text = text[: k + 1] + random.choice((text[k], "。", "；")) + text[k + 1 :]
    elif way == "bracket" and "）" in text:
        k = text.index("）")
        text = text[:k] + text[k + 1 :]
    else:
        text = text[:-1]
    return Planted("punctuation", with_block(document, block.id, lambda b: said(b, text)), block=text)


def words(document: Document, random: Random) -> Planted | None:
    """A word doubled, a prompt left in, a reason cut off."""
    blocks = [b for b in statement(document) if len(b.text) > 30]
    block = random.choice(blocks)
    text = block.text
    way = random.choice(("double", "prompt", "cut"))
    cut = re.search(r"主要原因(?:是|：|:)[^。；]{4,}", text)
    if way == "double":
        found = random.choice(list(re.finditer(r"支出|收入|预算|情况|原因|经费", text)) or [None])
        if found is None:
            return None
        text = text[: found.end()] + found[0] + text[found.end() :]
    elif way == "cut" and cut:
        text = text[: cut.start() + 5] + text[cut.end() :]
    else:
        text = text[:-1] + random.choice(("（注：请单位根据实际情况填写）", "XX万元", "（柱状图）")) + text[-1]
    return Planted("words", with_block(document, block.id, lambda b: said(b, text)), block=text)


def cell(document: Document, random: Random) -> Planted | None:
    """One amount of a table."""
    tables = statutory(document)
    table = random.choice(tables)
    places = [
        (i, j)
        for i, r in enumerate(table.body)
        for j, c in enumerate(r)
        if re.fullmatch(r"[\d,]+\.\d\d", c.text) and c.text != "0.00"
    ]
    if not places:
        return None
    i, j = random.choice(places)
    old = table.body[i][j].text
    new = spoiled(old, random)
    body = tuple(
        tuple(replace(c, spans=(Span(new),)) if (a, b) == (i, j) else c for b, c in enumerate(r))
        for a, r in enumerate(table.body)
    )
    return Planted(
        "cell",
        with_block(document, table.id, lambda t: replace(t, body=body)),
        table=table.title,
        said=f"{table.title} {old}→{new}",
    )


def slid(document: Document, random: Random) -> Planted | None:
    """A column of some rows moved down by one."""
    tables = [
        t
        for t in statutory(document)
        if len(t.body) > 8 and all(len(r) == len(t.body[-2]) for r in t.body[2:-1]) and t.body[3][0].text[:3].isdigit()
    ]
    if not tables:
        return None
    table = random.choice(tables)
    column = next(
        (
            j
            for j in range(2 if not re.search(r"\d-", table.body[3][0].text) else 1, len(table.body[3]))
            if re.search(r"\d", table.body[3][j].text)
        ),
        None,
    )
    if column is None:
        return None
    start = random.randint(2, max(2, len(table.body) - 7))
    end = min(len(table.body) - 1, start + random.randint(4, 8))
    rows = [list(r) for r in table.body]
    if any(column >= len(r) for r in rows[start:end]):
        return None
    texts = [rows[k][column] for k in range(start, end)]
    moved = [texts[0], *texts[:-1]]
    if len({c.text for c in texts}) < 4:
        return None
    for k, one in zip(range(start, end), moved, strict=True):
        rows[k][column] = replace(rows[k][column], spans=(Span(one.text),))
    body: tuple[tuple[TableCell, ...], ...] = tuple(map(tuple, rows))
    return Planted("slid rows", with_block(document, table.id, lambda t: replace(t, body=body)), table=table.title)


def section(document: Document, random: Random) -> Planted | None:
    """A heading of the statement with everything below it left out."""
    part = next(
        (
            p
            for p in document.parts
            if p.kind == "prose" and sum(isinstance(b, Heading) and b.level == 2 for b in p.blocks) > 3
        ),
        None,
    )
    if part is None:
        return None
    heads = [k for k, b in enumerate(part.blocks) if isinstance(b, Heading) and b.level == 2]
    k = random.randrange(len(heads) - 1)
    start, end = heads[k], heads[k + 1]
    gone = part.blocks[start]
    assert isinstance(gone, Heading)
    blocks = part.blocks[:start] + part.blocks[end:]
    parts = tuple(replace(p, blocks=blocks) if p.id == part.id else p for p in document.parts)
    return Planted("section", replace(document, parts=parts), block=gone.text, said=gone.text)


def table_gone(document: Document, random: Random) -> Planted | None:
    """A statutory table left out."""
    table = random.choice([t for t in document.tables() if t.role == "table"][:9])
    return Planted("table", with_block(document, table.id, lambda _: None), block=table.title, said=table.title)


KINDS = (
    amount,
    amount,
    amount,
    rate,
    rate,
    direction,
    year,
    name,
    kind_word,
    punctuation,
    words,
    cell,
    cell,
    slid,
    section,
    table_gone,
)


# ------------------------------------------------------------------ judging


def at_place(planted: Planted, result: Audit) -> bool:
    """Whether a finding stands at the spoiled place."""
    for found in result.faults:
        if found.severity is Severity.INFO:
            continue
        if planted.kind in ("section", "table"):
            if any(key(planted.said) in flat(found.finding.message) for key in (flat, _topic)) or found.finding.id in (
                "SH-233",
                "SH-234",
                "SH-232",
            ):
                return True
            continue
        for spot in found.spots:
            if planted.table and flat(spot.table) and _same(spot.table, planted.table):
                return True
            if planted.block and spot.text and flat(spot.text).strip("…") in flat(planted.block):
                return True
    return False


def _topic(text: str) -> str:
    return re.sub(r"[一二三四五六七八九十]+、|情况(说明)?|决算|预算", "", flat(text))[:6]


def _same(one: str, other: str) -> bool:
    plain = [re.sub(r"[“”\"]", "", flat(t)) for t in (one, other)]
    return plain[0] in plain[1] or plain[1] in plain[0]


def elsewhere(planted: Planted, result: Audit, usual: set[str]) -> list[str]:
    """Errors that have nothing to do with the spoiled place."""
    out = []
    for found in result.faults:
        if found.severity is not Severity.ERROR or found.finding.message in usual:
            continue
        near = any(
            (planted.block and spot.text and flat(spot.text).strip("…") in flat(planted.block))
            or (planted.table and _same(spot.table or "?", planted.table))
            for spot in found.spots
        )
        related = planted.kind in ("section", "table", "cell", "slid rows")
        if not near and not related:
            out.append(f"{found.finding.id} {found.finding.message[:90]}")
    return out


def audited(document: Document, form: str) -> Audit:
    """Written in a form, read back, audited."""
    if form == "model":
        return audit_document(as_publication(document))
    from generator.writers import write_docx, write_typst

    data = write_docx(document) if form == "docx" else write_typst(document)
    return audit_document(read_published(data, f"a.{form}"))


def documents(folder: Path, count: int) -> Iterator[tuple[str, Document]]:
    """Made-up departments of every pack."""
    for pack in PACKS:
        for seed in range(count):
            document = examine(write(folder / pack / str(seed), pack, seed)).document
            assert document is not None
            yield pack, document


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--departments", type=int, default=4)
    parser.add_argument("--forms", default="pdf,docx")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    random = Random(options.seed)
    forms = options.forms.split(",")
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    false: Counter[int] = Counter()
    missed: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        all_documents = list(documents(Path(folder), options.departments))
        usual = {id(d): {f.finding.message for f in audited(d, "model").faults} for _, d in all_documents}
        start = time.time()
        while sum(tried.values()) < options.count:
            pack, document = random.choice(all_documents)
            planted = random.choice(KINDS)(document, random)
            if planted is None:
                continue
            form = random.choice(forms)
            result = audited(planted.document, form)
            tried[planted.kind] += 1
            if sum(tried.values()) % 50 == 0:
                print(f"{sum(found.values())} of {sum(tried.values())}", file=sys.stderr, flush=True)
            if at_place(planted, result):
                found[planted.kind] += 1
            else:
                missed[planted.kind].append(f"{pack} {form} {planted.said} | {planted.block[:400] or planted.table}")
            wrong = elsewhere(planted, result, usual[id(document)])
            false[len(wrong)] += 1
            if wrong and options.v:
                print(f"  false [{planted.kind} {pack} {planted.said}]: {wrong}")
    for kind in sorted(tried):
        print(f"{kind:12} {found[kind]:4}/{tried[kind]:<4} {found[kind] / tried[kind]:6.1%}")
        if options.v:
            for line in missed[kind]:
                print(f"    missed {line}")
    total, all_tried = sum(found.values()), sum(tried.values())
    print(
        f"found {total} of {all_tried} ({total / all_tried:.1%}); false errors a document: {dict(sorted(false.items()))}; {time.time() - start:.0f} s"
    )
    return 0 if total >= 0.9 * all_tried else 1


if __name__ == "__main__":
    sys.exit(main())
