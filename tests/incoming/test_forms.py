"""Filled forms with words as they really arrive: pictures in cells, own characters, look-alikes, formula words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from generator.department import Examined, examine
from generator.files import WORKBOOK, Package
from generator.model import Finding, Severity, Text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAME = ("基本信息", "B6")
REASON = ("原因说明", "D23")


def with_cell(data: bytes, sheet: str, cell: str, inner: str, kind: str) -> bytes:
    """A workbook in which one cell holds this XML, as another program would have written it."""
    part = next(s.part for s in Package(data).sheets() if s.name == sheet)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                root = etree.fromstring(content)
                node = next(c for c in root.iter(f"{{{MAIN}}}c") if c.get("r") == cell)
                node[:] = list(etree.fromstring(f'<x xmlns="{MAIN}">{inner}</x>'))
                node.set("t", kind)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def filled(department: Path) -> Callable[..., Examined]:
    """Put something into one cell of a filled form, and examine it."""

    def fill(place: tuple[str, str], inner: str, kind: str = "inlineStr") -> Examined:
        path = department / WORKBOOK
        path.write_bytes(with_cell(path.read_bytes(), *place, inner, kind))
        return examine(department)

    return fill


def at(found: Examined, place: tuple[str, str]) -> list[Finding]:
    return [f for f in found.findings if f.cells and (f.cells[0].sheet, f.cells[0].cell) == place]


def errors(found: Examined, place: tuple[str, str]) -> list[str]:
    return [f.id for f in at(found, place) if f.severity is Severity.ERROR]


PICTURE = "DISPIMG(&quot;ID_0123456789ABCDEF0123456789ABCDEF&quot;,1)"


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        (f"<f>_xlfn.{PICTURE}</f><v>={PICTURE}</v>", "str"),
        (f"<is><t>={PICTURE}</t></is>", "inlineStr"),
        ("<f>VLOOKUP(A1,B:C,2,0)</f><v>#N/A</v>", "e"),
        ("<f>IF(A1&gt;0,1,2)</f>", "str"),
        ("<is><t>=IF(A1&gt;0,&quot;增加&quot;,&quot;减少&quot;)</t></is>", "inlineStr"),
    ],
)
def test_what_is_no_text_is_one_error_at_its_cell(inner: str, kind: str, filled: Callable[..., Examined]) -> None:
    found = filled(REASON, inner, kind)
    assert len(errors(found, REASON)) == 1 and errors(found, REASON)[0] in ("WB-052", "WB-054", "WB-057")
    assert not found.publishable and found.document is not None
    assert not any("DISPIMG" in getattr(b, "text", "") for b in found.document.blocks())


@pytest.mark.parametrize("own", ["\ue863\ue81a", "\U000f0001", "\uf8ff"])
def test_characters_that_no_font_has_are_named_with_their_cell(own: str, filled: Callable[..., Examined]) -> None:
    found = filled(NAME, f"<is><t>某省{own}办公室</t></is>")
    assert errors(found, NAME) == ["WB-063"]
    (finding,) = (f for f in at(found, NAME) if f.id == "WB-063")
    assert all(f"U+{ord(c):04X}" in finding.message for c in own)


def test_rare_characters_that_fonts_have_are_no_question(filled: Callable[..., Examined]) -> None:
    assert errors(filled(NAME, "<is><t>某省镕堃喆办公室</t></is>"), NAME) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("某省⻩⾦管理局", "某省黄金管理局"),
        ("某省\u200b黄\u00ad金管理局", "某省黄金管理局"),
        ("某省⻢⼭局", "某省马山局"),
    ],
)
def test_look_alikes_and_what_nobody_sees_are_put_right_and_said(
    words: str, name: str, filled: Callable[..., Examined]
) -> None:
    found = filled(NAME, f"<is><t>{words}</t></is>")
    assert found.submission is not None and found.submission.name == name
    said = [f for f in at(found, NAME) if f.id in ("WB-061", "WB-062")]
    assert said and {f.severity for f in said} == {Severity.INFO}
    assert any(name in line for line in found.document.cover) if found.document else False


def test_a_reason_is_cleaned_as_well(filled: Callable[..., Examined]) -> None:
    found = filled(REASON, "<is><t>压减公务\u200b用⻋支出</t></is>")
    assert found.submission is not None
    text = next(t for t in found.submission.reasons.values() if isinstance(t, Text) and t.cells[0].cell == REASON[1])
    assert text.value == "压减公务用车支出"
