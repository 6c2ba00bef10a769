"""Finding places by their words: order-preserving alignment of row labels and the columns of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def align(expected: Sequence[str], actual: Sequence[str], same: Callable[[str, str], bool]) -> dict[int, int]:
    """Expected positions to actual ones: the longest common subsequence, early matches first."""
    rows, columns = len(expected), len(actual)
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    equal = [[bool(e) and bool(a) and same(e, a) for a in actual] for e in expected]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best = max(table[i + 1][j], table[i][j + 1])
            table[i][j] = max(best, table[i + 1][j + 1] + 1) if equal[i][j] else best
    out: dict[int, int] = {}
    i = j = 0
    while i < rows and j < columns:
        if equal[i][j] and table[i][j] == table[i + 1][j + 1] + 1:
            out[i] = j
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return out
