"""Names of cells and areas: ``C8`` and row 7, column 2.  The arithmetic is openpyxl's."""

from __future__ import annotations

from functools import lru_cache

from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from generator.model import Refusal

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
Area = tuple[int, int, int, int]


class CellsError(Refusal):
    """A cell cannot be written or is none; the message is Chinese."""


@lru_cache(maxsize=65536)
def position(cell: str) -> tuple[int, int]:
    """``C8`` as row and column from 0.  CellsError for anything else."""
    letters = cell.rstrip("0123456789")
    row = cell[len(letters) :]
    if not (letters.isascii() and letters.isupper() and letters.isalpha() and len(letters) < 4 and 0 < len(row) < 8):
        raise CellsError(f"“{cell[:20]}”不是单元格的位置。")
    return max(int(row), 1) - 1, column_index_from_string(letters) - 1


def is_cell(words: str) -> bool:
    """Whether these words name a cell."""
    try:
        position(words)
    except CellsError:
        return False
    return True


def column_letter(index: int) -> str:
    """0 -> A, 26 -> AA."""
    return get_column_letter(index + 1)


def cell_name(row: int, column: int) -> str:
    """Row and column from 0 as ``C8``."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def area(words: str) -> Area | None:
    """``B2:C8``, ``$A:$B``, ``3:5`` or one cell as first and last row and column from 0; nothing where it is no area."""
    if len(words) > 40 or not (":" in words or words[-1:].isdigit()):
        return None
    try:
        left, top, right, bottom = range_boundaries(words)
    except (ValueError, TypeError):
        return None
    return (top or 1) - 1, (left or 1) - 1, (bottom or LAST_ROW) - 1, (right or LAST_COLUMN) - 1
