"""Fonts are found by name, by folder and in the package; a glyph that is nowhere is reported."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from generator.model.document import Fonts
from generator.writers import _typst_fonts, fonts, layout, typst
from tests.writers.made import Made
from tests.writers.sample import document

NOTO = Fonts(body=("没有这个字体", "Noto Serif SC"), hei=("Noto Sans SC",))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder with one font in it, named as the users' own."""
    package = fonts.package_folder()
    assert package is not None
    with TTFont(package / "NotoSansSC-Regular.otf", lazy=True) as font:
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = "仿宋_GB2312"
        font.save(tmp_path / "own.otf")
    (tmp_path / "broken.ttf").write_bytes(b"no font at all")
    monkeypatch.setenv("JUESUAN_FONTS", str(tmp_path))
    fonts.forget()
    yield tmp_path
    fonts.forget()


def test_the_package_serves_when_nothing_else_does() -> None:
    found = fonts.families("body", NOTO)
    assert [f.wanted for f in found] == ["Noto Serif SC"]


def test_a_machine_without_any_font_of_its_own_breaks_lines_where_they_were_reckoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but wheels: a Latin font of other widths would push lines over and pages on."""
    monkeypatch.setenv("JUESUAN_FONTS", str(tmp_path))
    monkeypatch.setattr(fonts, "_system_faces", lambda: ())
    for held in (fonts._families, _typst_fonts._stacks, _typst_fonts.font_book, typst._compiler):
        held.cache_clear()
    try:
        assert fonts.families("latin")[0].regular.path.parent == fonts.own_folder()
        assert fonts.families("latin")[0].bold is not None
        doc = document("001")
        made, plan = Made(doc, typst.write_typst(doc)), layout.paginate(doc)
        assert len(made.texts) == plan.total
        assert {b.id: made.page(b.id) for b in doc.contents()} == {b.id: plan.pages[b.id] for b in doc.contents()}
    finally:
        for held in (fonts._families, _typst_fonts._stacks, _typst_fonts.font_book, typst._compiler):
            held.cache_clear()


def test_the_project_folder_comes_first(folder: Path) -> None:
    first = fonts.families("body", Fonts())[0]
    assert (first.wanted, first.regular.path) == ("仿宋_GB2312", folder / "own.otf")
    report = {(role, name): path for role, name, path in fonts.font_report()}
    assert report["body", "仿宋_GB2312"] == folder / "own.otf"


def test_report_names_every_wanted_family() -> None:
    report = fonts.font_report()
    assert {role for role, _, _ in report} == set(fonts.ROLES)
    assert len(report) == sum(len(getattr(Fonts(), role)) for role in fonts.ROLES)
    assert report == fonts.font_report()


def test_no_font_at_all_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUESUAN_FONTS", str(tmp_path / "nowhere"))
    nothing = Fonts(*[("没有这个字体",)] * 6)
    assert fonts.families("body", nothing) == ()
    assert fonts.missing_glyphs("字", "body", nothing) == {"字"}
    assert "serif" in fonts.font_css(nothing)


def test_missing_glyphs() -> None:
    assert fonts.missing_glyphs("部门决算 2024，“三公”—…·㎡昇\n\t\u3000", "body", NOTO) == set()
    assert fonts.missing_glyphs("甲\U000f0000乙", "body", NOTO) == set()  # private use does not print
    assert fonts.missing_glyphs("甲\U00030ede", "body", NOTO) == {"\U00030ede"}


def test_files_and_weights_are_named() -> None:
    css = fonts.font_css(NOTO)
    noto = fonts.families("body", NOTO)[0]
    assert css.count("@font-face") == len({line for line in css.splitlines() if line.startswith("@font-face")})
    address = next(line for line in css.splitlines() if "NotoSerifSC" in line).split("url(")[1].split(")")[0]
    assert fonts.read_url(address) == fonts.face_bytes(noto.regular)
    assert fonts.read_url("file:///etc/hostname") is None


def test_all_faces_have_one_line_metric() -> None:
    for family in {f for role in fonts.ROLES for f in fonts.families(role)}:
        for face in family.faces:
            font = TTFont(io.BytesIO(fonts.face_bytes(face)), lazy=True)
            em = font["head"].unitsPerEm
            line = (font["hhea"].ascent / em, font["hhea"].descent / em, font["hhea"].lineGap)
            assert line == pytest.approx((0.875, -0.125, 0), abs=1 / em)
            assert font["BASE"].table.HorizAxis.BaseTagList.BaselineTag == ["ideo", "romn"]
            assert len(font.getGlyphOrder()) > 100


def test_a_face_is_taken_out_of_a_collection(tmp_path: Path) -> None:
    """Two files behind one collection header."""
    package = fonts.package_folder()
    assert package is not None
    data = (package / "NotoSansSC-Regular.otf").read_bytes()
    head = struct.pack(">4sHHLLL", b"ttcf", 1, 0, 2, 20, 20)
    moved = bytearray(data)
    for place in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16):
        (start,) = struct.unpack_from(">L", data, place + 8)
        struct.pack_into(">L", moved, place + 8, start + len(head))
    path = tmp_path / "two.ttc"
    path.write_bytes(head + moved)
    face = next(f for f in fonts._faces_of(path) if f.index == 1)
    assert "Noto Sans SC" in face.names
    assert fonts.face_bytes(face) == fonts.face_bytes(replace(face, path=package / "NotoSansSC-Regular.otf", index=0))
