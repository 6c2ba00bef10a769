"""``make demo``: the real departments under inputs/, all formats, and where the documents are.

Needs no root and no system package.  At the end a comparison page, which WeasyPrint sets where its
libraries are.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from generator.department import Built, build, examine, side
from generator.files import WORKBOOK, put, write_cells
from generator.model import Figure, Severity
from generator.versions import compare, correction_notice
from generator.writers import print_page, trouble

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "output"


def note(text: str) -> None:
    """Progress: on a terminal only, one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="…" if text else "", file=sys.stderr, flush=True)


def departments() -> tuple[int, int]:
    """Build every department: how many there are, and how many could be published."""
    workbooks = sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}"))
    ready = 0
    for number, workbook in enumerate(workbooks, 1):
        start = time.perf_counter()
        name = workbook.parent.name
        built = build(
            workbook.parent,
            output_root=OUTPUT,
            progress=lambda step, n=number, who=name: note(f"{n}/{len(workbooks)} {who} {step}"),  # type: ignore[misc]
        )
        note("")
        seconds = time.perf_counter() - start
        examined = built.examined if isinstance(built, Built) else built
        errors = sum(f.severity is Severity.ERROR for f in examined.findings)
        warnings = sum(f.severity is Severity.WARNING for f in examined.findings)
        print(f"{name}（{seconds:.1f} 秒；错误 {errors}，警告 {warnings}）")
        if isinstance(built, Built):
            print(f"    {'草稿（不得公开）' if built.draft else '公开文本'}：{built.folder.relative_to(ROOT)}/")
        ready += not errors
    return len(workbooks), ready


def comparison() -> None:
    """One cell corrected: what changes with it, as a page to be printed."""
    source = next(p.parent for p in sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}")))
    submission = examine(source).submission
    assert submission is not None
    figure = next(
        f
        for table in submission.tables.values()
        for row in table.rows
        for f in row.cells.values()
        if isinstance(f, Figure) and f.value and f.cells
    )
    assert figure.value is not None
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / f"{source.name}（改了一格）"
        changed.mkdir()
        data = write_cells((source / WORKBOOK).read_bytes(), {figure.cells[0]: f"{figure.value / 10000 + 1:.2f}"})
        (changed / WORKBOOK).write_bytes(data)
        page = correction_notice.as_html(compare(side(str(source)), side(str(changed))))
    put(OUTPUT / "示例" / "改一格的对照.html", page)
    problem = trouble("weasyprint")
    if problem:
        print(f"跳过对照页的 PDF：{problem.partition('（')[0]}（缺系统组件），不影响公开文本。")
        return
    put(OUTPUT / "示例" / "改一格的对照.pdf", print_page(page, datetime.now()))
    print(f"改了一格的对照：{(OUTPUT / '示例').relative_to(ROOT)}/")


def main() -> int:
    """0 where every department could be published."""
    count, ready = departments()
    comparison()
    print(f"\n共 {count} 个部门，{ready} 个可以公开。")
    print("接下来：打开 output/2024 里的 Word 和 PDF 看看，再照 README“填报人怎样用”做自己的一份。")
    return 0 if ready == count else 1


if __name__ == "__main__":
    sys.exit(main())
