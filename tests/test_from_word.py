"""What comes back from Word: words and nothing else, whatever Word and WPS hold outside plain runs."""

from __future__ import annotations

import copy
import io
import itertools
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from generator.cli.command_line import main
from generator.department.examination import examine
from generator.department.publish import Built, build
from generator.department.returned import Pulled, pull
from generator.files import DepartmentError
from tests.conftest import DEPARTMENTS

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W = f"{{{SPACE}}}"
LEAD = "主要原因是"


@dataclass(frozen=True)
class Home:
    folder: Path
    file: Path

    def text(self) -> str:
        examined = examine(self.folder)
        assert examined.document is not None
        return "\n".join(examined.document.prose())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A real department with the document that was built from it."""
    place = tmp_path_factory.mktemp("部门")
    folder = place / "部门"
    folder.mkdir()
    shutil.copy(DEPARTMENTS["001"] / "填报表.xlsx", folder)
    built = build(folder, formats=("docx",), out=place / "out")
    assert isinstance(built, Built)
    return Home(folder, next(p for p in built.files if p.suffix == ".docx"))


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    shutil.copytree(made.folder, tmp_path / "部门")
    return Home(tmp_path / "部门", made.file)


def edited(home: Home, change: Callable[[etree._Element], None], parts: dict[str, bytes] | None = None) -> Pulled:
    data = io.BytesIO()
    with zipfile.ZipFile(home.file) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                change(root)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
            new.writestr(name, content)
        for name, content in (parts or {}).items():
            new.writestr(name, content)
    file = home.folder.parent / "改过.docx"
    file.write_bytes(data.getvalue())
    return pull(file, home.folder, by="局长")


def words(node: etree._Element) -> str:
    return "".join(t.text or "" for t in node.iter(f"{W}t"))


def reason(root: etree._Element) -> etree._Element:
    """The run behind the first 主要原因是."""
    for paragraph in root.iter(f"{W}p"):
        runs = paragraph.findall(f"{W}r")
        for before, run in itertools.pairwise(runs):
            if words(before).endswith(LEAD) and len(words(run)) > 8:
                return run
    raise AssertionError


def node(xml: str) -> etree._Element:
    return etree.fromstring(xml.replace(" ", f' xmlns:w="{SPACE}" xmlns:mc="{MC}" ', 1))


def numbered(root: etree._Element) -> None:
    for paragraph in root.iter(f"{W}p"):
        found = re.match(r"[一二三四五六七八九十]+、|\d+\.(?!\d)", words(paragraph))
        props = paragraph.find(f"{W}pPr")
        style = props.find(f"{W}pStyle") if props is not None else None
        if found and style is not None and not style.get(f"{W}val", "").upper().startswith("TOC"):
            left = len(found[0])
            for t in paragraph.iter(f"{W}t"):
                cut = min(left, len(t.text or ""))
                t.text, left = (t.text or "")[cut:], left - cut
            props.append(node('<w:numPr a="1"><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'))


def no_anchors(root: etree._Element) -> None:
    for mark in list(root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        mark.getparent().remove(mark)


def in_several_forms(root: etree._Element) -> None:
    run = reason(root)
    place = run.getparent()
    at = list(place).index(run)
    place.remove(run)
    wrap = node('<mc:AlternateContent a="1"><mc:Choice Requires="wps"/><mc:Fallback/></mc:AlternateContent>')
    wrap[0].append(run)
    wrap[1].append(copy.deepcopy(run))
    place.insert(at, wrap)


def unseen_characters(root: etree._Element) -> None:
    text = reason(root).find(f"{W}t")
    text.text = text.text[:3] + "\u00ad" + text.text[3:6] + "\u200b" + text.text[6:] + "\ufeff"


def hidden(props: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        run = reason(root)
        added = node(f'<w:r a="1"><w:rPr>{props}</w:rPr><w:t>内部掌握三百万元</w:t></w:r>')
        run.addnext(added)

    return change


def all_of_it(root: etree._Element) -> None:
    numbered(root)
    no_anchors(root)


@pytest.mark.parametrize("change", [numbered, no_anchors, all_of_it, in_several_forms, unseen_characters])
def test_what_looks_the_same_is_the_same(home: Home, change: Callable[[etree._Element], None]) -> None:
    """Numbers that Word holds, lost bookmarks, words in two forms, characters nobody sees: no edit, the text as before."""
    before = home.text()
    pulled = edited(home, change)
    assert [(c.block, c.before, c.after) for c in pulled.kept.taken] == [] and pulled.matched.oddities == []
    assert home.text() == before and examine(home.folder).publishable


def test_a_strict_file_is_read_as_any_other(home: Home) -> None:
    with zipfile.ZipFile(home.file) as package:
        parts = {n: package.read(n) for n in package.namelist()}
    file = home.folder.parent / "严格.docx"
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content.replace(SPACE.encode(), STRICT.encode()))
    assert pull(file, home.folder, by="局长").kept.taken == []


@pytest.mark.parametrize("props", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'])
def test_what_a_reader_does_not_see_is_listed_and_never_published(home: Home, props: str) -> None:
    pulled = edited(home, hidden(props))
    assert pulled.kept.taken == []
    assert [(r.kind, r.text) for r, _ in pulled.remarks] == [("untaken", "看不见的文字“内部掌握三百万元”")]
    assert "内部掌握" not in home.text()


def test_symbols_and_notes_are_said_with_their_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    def change(root: etree._Element) -> None:
        run = reason(root)
        run.append(node('<w:sym w:font="Wingdings" w:char="F0FC"/>'))
        run.append(node('<w:footnoteReference w:id="2"/>'))

    notes = f'<w:footnotes xmlns:w="{SPACE}"><w:footnote w:id="2"><w:p><w:r><w:t>含上年结转资金</w:t></w:r></w:p></w:footnote></w:footnotes>'
    pulled = edited(home, change, {"word/footnotes.xml": notes.encode()})
    assert [r.text for r, _ in pulled.remarks] == ["插入的符号", "脚注“含上年结转资金”"]
    assert all(block for _, block in pulled.remarks)
    assert main(["pull", str(home.folder.parent / "改过.docx"), str(home.folder)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"“.+”第\d段  没有取回 .*脚注“含上年结转资金”", said)


def test_an_edit_beside_lost_bookmarks_is_taken_at_its_place(home: Home) -> None:
    """All anchors gone, one paragraph reworded, one added: those two, nothing else."""

    def change(root: etree._Element) -> None:
        no_anchors(root)
        run = reason(root)
        run.find(f"{W}t").text += "，进一步规范管理"
        paragraph = run.getparent()
        added = copy.deepcopy(paragraph)
        for text in list(added.iter(f"{W}t"))[1:]:
            text.text = ""
        next(added.iter(f"{W}t")).text = "以上数据已经核对。"
        paragraph.addnext(added)

    pulled = edited(home, change)
    assert len(pulled.kept.taken) == 2 and pulled.matched.oddities == []
    assert "，进一步规范管理" in home.text() and "\n以上数据已经核对。\n" in home.text()


def test_the_file_of_another_department_or_year_is_refused(home: Home, tmp_path: Path) -> None:
    other = tmp_path / "别的部门"
    other.mkdir()
    shutil.copy(DEPARTMENTS["000"] / "填报表.xlsx", other)
    build(other, formats=("txt",), out=tmp_path / "别的")
    with pytest.raises(DepartmentError, match=r"不像是.+没有取回"):
        pull(home.file, other, by="局长")
    assert not (other / "edits").exists()


def test_no_name_of_the_program_reaches_an_officer(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks are called by their heading, edits by their number; settled by that number too."""

    def change(root: etree._Element) -> None:
        run = reason(root)
        run.find(f"{W}t").text += "，另有37人"
        paragraph = run.getparent()
        added = copy.deepcopy(paragraph)
        paragraph.addnext(added)

    edited(home, change)
    file = home.folder.parent / "改过.docx"
    main(["pull", str(file), str(home.folder)])
    main(["check", str(home.folder)])
    main(["edits", str(home.folder)])
    said = capsys.readouterr()
    assert "第1段" in said.out or "第2段" in said.out
    assert not re.search(r"改写!|new:|\b[a-z_]{3,}\.[a-z_]{3,}\b(?<!\.xlsx)(?<!\.docx)", said.out), said.out
    assert re.search(r"^1\. “.+”第\d+段", said.out, re.M)
    assert main(["edits", str(home.folder), "--decide", "1", "generated"]) == 0
    assert "已确定：“" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words_", "rule"), [("。", "DC-401"), ("上年项目（已验收", "DC-404"), ("XX项目减少", "DC-405")]
)
def test_the_checks_of_text_run_on_pulled_words(home: Home, words_: str, rule: str) -> None:
    def change(root: etree._Element) -> None:
        reason(root).find(f"{W}t").text = words_

    assert edited(home, change).kept.taken
    examined = examine(home.folder)
    assert not examined.publishable and rule in {f.id for f in examined.findings}
    assert main(["build", str(home.folder), "--final", "--format", "txt", "--out", str(home.folder / "出")]) != 0
