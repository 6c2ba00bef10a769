"""Windows and Linux write the same bytes of Office files."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest

from generator.writers.docx import write_docx
from generator.writers.xlsx import write_xlsx
from tests.writers.made import long_table, small


@pytest.mark.parametrize("write", [write_docx, write_xlsx])
def test_the_same_bytes_wherever_it_was_written(write, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    doc = small(long_table(9))
    here = write(doc)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        assert zipfile.ZipInfo("x").create_system == 0
        there = write(doc)
    assert there == here
    with zipfile.ZipFile(io.BytesIO(here)) as archive:
        assert {i.create_system for i in archive.infolist()} == {3} and archive.testzip() is None
