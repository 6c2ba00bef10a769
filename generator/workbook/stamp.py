"""The hidden stamp of a form: which pack, year and department it was made for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from generator.files import Sheet, as_text, open_workbook
from generator.workbook.form.words import STAMP


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the program wrote into the form."""

    pack: str = ""
    pack_version: str = ""
    year: int = 0
    name: str = ""
    margin: Decimal = Decimal(0)  # 元: what the amounts of the tables may be off by, where they were summed


def read_stamp(source: Path | bytes) -> Stamp:
    """The stamp of a form; empty where it has none or cannot be read."""
    data = source.read_bytes() if isinstance(source, Path) else source
    return _stamp(open_workbook(data, "填报表", STAMP).sheets)


def _stamp(sheets: Sequence[Sheet]) -> Stamp:
    for sheet in sheets:
        if sheet.name == STAMP:
            values = {as_text(r[0]): as_text(r[1]) for r in sheet.rows if len(r) > 1}
            year = values.get("year", "")
            return Stamp(
                values.get("pack", ""),
                values.get("pack_version", ""),
                int(year) if re.fullmatch(r"[0-9]{4}", year) else 0,
                values.get("name", ""),
                Decimal(margin)
                if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", margin := values.get("margin", ""))
                else Decimal(0),
            )
    return Stamp()
