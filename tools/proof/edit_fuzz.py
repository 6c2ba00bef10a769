"""Random edits of a generated Word file: each must come back, be reported or be listed; none lost, none misplaced.

Paragraphs are reworded, split, joined, deleted, moved, added; numbers are retyped; anchors are lost; words stand in
two forms or are hidden; amounts are planted that equal a figure of another paragraph.  Each tenth file is saved again
by LibreOffice.
The proof is complete: after pulling, the text made from the edits must be paragraph by paragraph what
the edited file says, only with every retyped number back to its generated value and reported.

    python -m tools.proof.edit_fuzz 100
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from generator import edits
from generator.department import examine
from generator.edits import Edits, match
from generator.edits import taking as take
from generator.edits.words import NUMBER
from generator.files import read_docx
from generator.model import Document, Table
from generator.writers import anchor, write_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
EVERY = 10  # so many of the files go through LibreOffice before they come back
WORDS = ["统筹安排", "按规定", "进一步", "有关工作", "据实列支", "主要用于", "此外", "本部门", "较为", "相关单位"]


@dataclass
class Case:
    """One edited file and what was done to it."""

    root: etree._Element
    paragraphs: dict[str, etree._Element]
    rng: random.Random
    done: list[str] = field(default_factory=list)
    retyped: list[tuple[str, str]] = field(default_factory=list)
    planted: list[tuple[str, str, str]] = field(default_factory=list)  # where, equal to a figure of, the number
    used: set[str] = field(default_factory=set)
    count: int = 0

    def pick(self, wanted: Callable[[str], bool] = lambda _: True) -> str:
        """A paragraph that nothing was done to, nor to its neighbours."""
        names = list(self.paragraphs)
        free = [
            n
            for k, n in enumerate(names)
            if wanted(_text(self.paragraphs[n])) and not self.used & set(names[max(k - 1, 0) : k + 2]) and k > 1
        ]
        name = self.rng.choice(free)
        self.used.add(name)
        return name


def _text(paragraph: etree._Element) -> str:
    return "".join(t.text or "" for t in paragraph.iter(f"{W}t"))


def _runs(paragraph: etree._Element) -> list[etree._Element]:
    return [r for r in paragraph.findall(f"{W}r") if r.find(f"{W}t") is not None]


def _next(case: Case, name: str) -> str | None:
    """The paragraph right after, where it is a plain one too."""
    follower = case.paragraphs[name].getnext()
    return next((n for n, p in case.paragraphs.items() if p is follower), None)


def reword(case: Case) -> None:
    name = case.pick(lambda t: len(t) > 8)
    run = case.rng.choice(_runs(case.paragraphs[name]))
    text = run.find(f"{W}t")
    whole = text.text or ""
    at = 0 if NUMBER.fullmatch(whole) else case.rng.randint(0, len(whole))
    if any(m.start() < at < m.end() for m in NUMBER.finditer(whole)):
        at = 0
    case.count += 1
    text.text = f"{whole[:at]}{case.rng.choice(WORDS)}{'甲乙丙丁'[case.count % 4]}{whole[at:]}"
    case.done.append(f"改写 {name}")


def cut(case: Case) -> None:
    """Take some words out."""
    name = case.pick(lambda t: len(t) > 20)
    run = max(_runs(case.paragraphs[name]), key=lambda r: len(r.find(f"{W}t").text or ""))
    text = run.find(f"{W}t")
    whole = text.text or ""
    if len(whole) < 8 or NUMBER.search(whole):
        return
    at = case.rng.randint(1, len(whole) - 4)
    text.text = whole[:at] + whole[at + 3 :]
    case.done.append(f"删字 {name}")


def retype(case: Case) -> None:
    name = case.pick(lambda t: bool(NUMBER.search(t)) and "." in t)
    runs = [
        r
        for r in _runs(case.paragraphs[name])
        if NUMBER.fullmatch(r.find(f"{W}t").text or "") and "." in (r.find(f"{W}t").text or "")
    ]
    if not runs:
        return
    text = case.rng.choice(runs).find(f"{W}t")
    was = text.text or ""
    text.text = ("7" if was[0] != "7" else "6") + was[1:]
    text.set("was", was)
    case.retyped.append((was, text.text))
    case.done.append(f"改数 {name} {was}→{text.text}")


def split(case: Case) -> None:
    name = case.pick(lambda t: len(t) > 16)
    paragraph = case.paragraphs[name]
    runs = _runs(paragraph)
    if len(runs) < 2:
        return
    at = case.rng.randint(1, len(runs) - 1)
    second = etree.Element(f"{W}p")
    props = paragraph.find(f"{W}pPr")
    if props is not None:
        second.append(deepcopy(props))
        for found in second.iter(f"{W}pageBreakBefore"):
            found.getparent().remove(found)
            break
    keep_end = case.rng.random() < 0.5  # the anchor may end in the first half, or in the second
    moving = [c for c in paragraph if c is runs[at] or runs[at] in list(c.itersiblings(preceding=True))]
    for child in moving:
        if child.tag == f"{W}bookmarkEnd" and keep_end:
            continue
        second.append(child)
    for child in list(paragraph):
        if child.tag == f"{W}bookmarkEnd" and keep_end:
            paragraph.append(child)
    paragraph.addnext(second)
    case.done.append(f"拆分 {name}{'（书签留在前半）' if keep_end else ''}")


def join(case: Case) -> None:
    name = case.pick()
    follower = _next(case, name)
    if follower is None:
        return
    case.used.add(follower)
    after = _next(case, follower)
    if after is not None:
        case.used.add(after)
    gone = case.paragraphs[follower]
    for child in list(gone):
        if child.tag != f"{W}pPr":
            case.paragraphs[name].append(child)
    gone.getparent().remove(gone)
    case.done.append(f"合并 {name}＋{follower}")


def delete(case: Case) -> None:
    name = case.pick()
    paragraph = case.paragraphs[name]
    paragraph.getparent().remove(paragraph)
    case.done.append(f"删段 {name}")


def move(case: Case) -> None:
    name, target = case.pick(), case.pick()
    case.paragraphs[target].addprevious(case.paragraphs[name])
    case.done.append(f"移动 {name} 到 {target} 之前")


def insert(case: Case) -> None:
    name = case.pick()
    fresh = etree.Element(f"{W}p")
    run = etree.SubElement(fresh, f"{W}r")
    case.count += 1
    etree.SubElement(
        run, f"{W}t"
    ).text = f"{case.rng.choice(WORDS)}新增一段{'甲乙丙丁戊己庚辛'[case.count % 8]}，{case.rng.choice(WORDS)}。"
    case.paragraphs[name].addnext(fresh)
    case.done.append(f"增段 {name} 之后")


def lose(case: Case) -> None:
    """The anchor is lost, as when a paragraph is retyped as a whole."""
    name = case.pick(lambda t: len(t) > 12)
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for node in case.paragraphs[name].findall(f"{W}{tag}"):
            case.paragraphs[name].remove(node)
    if case.rng.random() < 0.5:
        text = _runs(case.paragraphs[name])[-1].find(f"{W}t")
        text.text = (text.text or "") + case.rng.choice(WORDS)
    case.done.append(f"失去书签 {name}")


def wrap(case: Case) -> None:
    """The same words in two forms, as some programs keep them."""
    name = case.pick()
    run = case.rng.choice(_runs(case.paragraphs[name]))
    parent = run.getparent()
    at = list(parent).index(run)
    whole = etree.Element(f"{MC}AlternateContent")
    parent.remove(run)
    etree.SubElement(whole, f"{MC}Choice", Requires="wps").append(run)
    etree.SubElement(whole, f"{MC}Fallback")
    parent.insert(at, whole)
    case.done.append(f"两种形式 {name}")


def unseen(case: Case) -> None:
    """Characters that nobody sees, between words, and hidden words."""
    name = case.pick(lambda t: len(t) > 8)
    text = case.rng.choice(_runs(case.paragraphs[name])).find(f"{W}t")
    whole = text.text or ""
    if len(whole) > 2 and not NUMBER.search(whole):
        text.set("was", whole)
        text.text = f"{whole[:2]}\u00ad{whole[2:]}\u200b"
    hidden = etree.Element(f"{W}r")
    etree.SubElement(etree.SubElement(hidden, f"{W}rPr"), f"{W}vanish")
    etree.SubElement(hidden, f"{W}t").text = "内部掌握"
    _runs(case.paragraphs[name])[-1].addnext(hidden)
    case.done.append(f"看不见 {name}")


def plant(case: Case) -> None:
    """A sentence with an amount typed by hand that equals a figure of another paragraph, which is edited too."""
    source = case.pick(lambda t: "." in t and "万元" in t)
    amounts = [
        t.text
        for t in case.paragraphs[source].iter(f"{W}t")
        if t.text and NUMBER.fullmatch(t.text) and "." in t.text and not t.text.endswith("%")
    ]
    target = case.pick(lambda t: len(t) > 8)
    if not amounts:
        return
    amount = case.rng.choice(amounts)
    for name, words in ((source, "，据实列支"), (target, f"，另列支{amount}万元")):
        run = etree.Element(f"{W}r")
        etree.SubElement(run, f"{W}t").text = words
        _runs(case.paragraphs[name])[-1].addnext(run)
        case.done.append(f"写相同的数 {name}")
    case.planted.append((target, source, amount))


OPERATIONS = (
    reword, reword, cut, retype, retype, split, join, delete, move, insert, lose, wrap, unseen, plant, plant,
)  # fmt: skip


def one(document: Document, data: bytes, seed: int) -> list[str]:
    """Edit, pull, apply; what is wrong (nothing, it is to be hoped)."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    names = {anchor(b.id): b.id for b in document.blocks() if not isinstance(b, Table)}
    heads = {p.heading.id for p in document.parts}
    paragraphs = {}
    for paragraph in root.iter(f"{W}p"):
        mark = paragraph.find(f"{W}bookmarkStart")
        name = names.get(mark.get(f"{W}name")) if mark is not None else None
        if name is not None and name not in heads and _text(paragraph):
            paragraphs[name] = paragraph
    case = Case(root, paragraphs, random.Random(seed))
    for operation in case.rng.choices(OPERATIONS, k=case.rng.randint(1, 6)):
        operation(case)
    edited = with_document(data, root)
    if SOFFICE and seed % EVERY == EVERY - 1:
        edited = saved_by_libreoffice(edited)
    read = read_docx(edited)
    base = take.Base(document, document)
    found = take.changes(base, match(document, read, anchor), author="随机", at="t", source="随机.docx")
    kept = Edits(tuple({c.block: c.edit for c in found if c.edit is not None}.values()))
    kept = Edits(tuple(edits.load(edits.dump(e)) for e in kept))
    applied = edits.apply(document, kept)
    wrong = []
    ours = [b.text for b in applied.document.blocks() if not isinstance(b, Table)]
    theirs = _expected(root)
    if ours != theirs:
        lost = [t for t in theirs if t not in ours][:3]
        more = [t for t in ours if t not in theirs][:3]
        wrong.append(f"文本不一致：少 {lost} 多 {more}" if lost or more else "段落顺序不一致")
    reported = {(d.generated, d.typed) for e in kept for d in e.disputes} | {
        ("", n)
        for f in applied.findings
        if f.id == "ED-104"
        for n in f.message.split("：")[-1].rstrip("。").split("、")
    }
    for was, now in case.retyped:
        if (was, now) not in reported and ("", now) not in reported:
            wrong.append(f"改动的数没有报告：{was}→{now}")
    for target, source, amount in case.planted:
        edit = kept.of(target)
        if edit is not None and any(f.block == source and f.printed == amount for f in edit.figures):
            wrong.append(f"碰巧相等的数认作了别处的：{amount}")
        if not any(amount in number for _, number in reported):
            wrong.append(f"手写的数没有报告：{amount}")
    if applied.orphans or applied.conflicts:
        wrong.append(f"不该有的孤儿或冲突：{applied.orphans} {applied.conflicts}")
    touched = {n for d in case.done for n in document_ids(d, names.values())}
    for edit in kept:
        if edit.action in ("reword", "delete") and edit.block not in touched:
            wrong.append(f"改写落在没有动过的段落 {edit.block}")
    return [f"{seed}：{w}（{'；'.join(case.done)}）" for w in wrong]


def document_ids(said: str, names: object) -> set[str]:
    """The blocks that a line of the log names."""
    assert hasattr(names, "__iter__")
    words = said.replace("＋", " ").replace("（", " ").split()
    return {n for n in names if n in words}


def _expected(root: etree._Element) -> list[str]:
    """The paragraphs of the edited file from the first part on, retyped numbers put back, tables left out."""
    body = root.find(f"{W}body")
    assert body is not None
    out: list[str] = []
    for node in body:
        style = node.find(f"{W}pPr/{W}pStyle") if node.tag == f"{W}p" else None
        kind = style.get(f"{W}val") if style is not None else ""
        if node.tag != f"{W}p" or kind in ("Title", "TOCHeading", "TOC1", "TOC2", "TableTitle", "TableLine"):
            continue
        text = "".join(t.get("was") or t.text or "" for t in node.iter(f"{W}t") if not _hidden(t))
        if text.strip():
            out.append(text)
    return out


def _hidden(text: etree._Element) -> bool:
    run = text.getparent()
    return run is not None and run.find(f"{W}rPr/{W}vanish") is not None


SOFFICE = shutil.which("soffice")


def saved_by_libreoffice(data: bytes) -> bytes:
    """The file opened and saved again by LibreOffice."""
    assert SOFFICE is not None
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        (home / "in").mkdir()
        (home / "in" / "a.docx").write_bytes(data)
        subprocess.run(
            [SOFFICE, f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", "docx", "--outdir", str(home / "out"), str(home / "in" / "a.docx")],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return (home / "out" / "a.docx").read_bytes()


def with_document(data: bytes, root: etree._Element) -> bytes:
    """A Word file with another document part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = (
                etree.tostring(root, xml_declaration=True, encoding="UTF-8")
                if info.filename == "word/document.xml"
                else source.read(info)
            )
            target.writestr(info, content)
    return out.getvalue()


def run(folder: Path, seeds: range) -> list[str]:
    """All that went wrong over some seeds."""
    document = examine(folder).generated
    assert document is not None
    data = write_docx(document)
    return [w for seed in seeds for w in one(document, data, seed)]


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    root = Path(__file__).resolve().parent.parent.parent
    folder = next(iter(sorted(root.glob("inputs/2024/*数据局"))))
    wrong = run(folder, range(count))
    for line in wrong:
        print(line)
    print(f"随机改动 {count} 次，不符 {len(wrong)}。")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
