"""``make demo``: the real departments under inputs/, all formats, and where the documents are."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from generator.department import Built, build
from generator.department.examination import quiet
from generator.files import WORKBOOK

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Build every department; 0 where all could be published."""
    workbooks = sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}"))
    failed = 0
    for workbook in workbooks:
        start = time.perf_counter()
        built = build(workbook.parent, output_root=ROOT / "output", progress=quiet)
        seconds = time.perf_counter() - start
        examined = built.examined if isinstance(built, Built) else built
        errors = sum(1 for f in examined.findings if f.severity.value == "error")
        warnings = sum(1 for f in examined.findings if f.severity.value == "warning")
        print(f"\n{workbook.parent.name}（{seconds:.1f} 秒；错误 {errors}，警告 {warnings}）")
        if isinstance(built, Built):
            print("  草稿（不得公开）：" if built.draft else "  公开文本：")
            for path in built.files:
                print(f"    {path.relative_to(ROOT)}")
        failed += errors > 0
    print(f"\n共 {len(workbooks)} 个部门，{len(workbooks) - failed} 个可以公开；文件在 {ROOT / 'output'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
