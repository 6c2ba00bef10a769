"""What a rebuild of Word and PDF costs after one cell was corrected, with either engine.

python -m tools.proof.bench_correction
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.files import write_cells
from generator.model import Document, Figure
from generator.packs import compose, load
from generator.workbook import read_stamp, read_workbook
from generator.writers import write_docx, write_pdf, write_typst

DOCX_LIMIT, PDF_LIMIT = 0.2, 0.2


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def corrected(workbook: Path) -> tuple[Document, Document, str]:
    """The text before and after one amount of the general budget table is corrected by 1 万元."""
    compiled = load(read_stamp(workbook).pack)
    data = workbook.read_bytes()
    read = read_workbook(data, compiled.pack)
    assert read.submission is not None
    row = read.submission.tables["general"].rows[-1]
    figure = next(v for v in row.cells.values() if isinstance(v, Figure) and v.value)
    assert figure.value is not None
    place = figure.cells[0]
    changed = write_cells(data, {place: f"{figure.value / 10000 + 1:.2f}"})
    after = read_workbook(changed, compiled.pack)
    assert after.submission is not None
    return compose(read.submission, compiled), compose(after.submission, compiled), str(place)


def measure(workbook: Path) -> dict[str, Any]:
    """Seconds: both engines have set the document before, as in the workbench."""
    before, after, place = corrected(workbook)
    write_pdf(before)
    write_typst(before)
    weasyprint, _ = timed(lambda: write_pdf(after))
    typst, _ = timed(lambda: write_typst(after))
    docx = min(timed(lambda: write_docx(after))[0] for _ in range(5))
    return {"cell": place, "docx": docx, "typst": typst, "weasyprint": weasyprint}


def report(result: dict[str, Any]) -> list[str]:
    """Lines to print."""
    return [
        f"改正一格（{result['cell']}）以后重新生成：",
        f"  Word  {result['docx']:.3f}  （要求 ≤ {DOCX_LIMIT}）",
        f"  PDF   {result['typst']:.3f}  （要求 ≤ {PDF_LIMIT}；WeasyPrint {result['weasyprint']:.3f}）",
    ]


def main() -> int:
    root = Path(__file__).resolve().parent.parent.parent
    workbook = next(iter(sorted(root.glob("inputs/2024/*数据局/填报表.xlsx"))))
    result = measure(workbook)
    print("\n".join(report(result)))
    return 0 if result["typst"] <= PDF_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
