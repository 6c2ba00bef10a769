"""Charts of every pack: the annex 图解 of the departments under inputs/ and of made-up ones, in every format.

python -m tools.proof.charts [HOW-MANY-MADE-UP] [FOLDER]

Each is built with its annex, its Word, Excel and both PDF files are read back and held against the Document; the
rest of the text must be what it is without.  With FOLDER the files are kept there, to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from generator.department import examine, tie_out
from generator.files import WORKBOOK
from generator.writers import charts, write_docx, write_html, write_json, write_pdf, write_text, write_typst, write_xlsx
from tools.made import departments

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 14
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    wrong = drawn = 0
    with tempfile.TemporaryDirectory(prefix="charts-") as place:
        workbooks = sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}"))
        packs = departments.packs() + departments.packs(departments.BUDGET)
        for number in range(many):
            workbooks.append(departments.write(Path(place), packs[number % len(packs)], number) / WORKBOOK)
        for number, workbook in enumerate(workbooks):
            examined = examine(workbook, charts=True)
            bare, document = examine(workbook).document, examined.document
            assert document is not None and bare is not None
            files = {
                "a.docx": write_docx(document),
                "a.pdf": write_typst(document),
                "b.pdf": write_pdf(document),
                "a.xlsx": write_xlsx(document),
            }
            found = list(tie_out(document, files))
            same = replace(document, parts=tuple(p for p in document.parts if p.id != "charts")).prose() == bare.prose()
            count = len(list(charts(document.tables())))
            new = {f.message for f in examined.findings} - {f.message for f in examine(workbook).findings}
            wrong += bool(found) or not same or not count or bool(new)
            drawn += count
            print(f"  {workbook.parent.name[:20]} {count} 幅 {'✓' if not found and same and not new else ''}")
            for line in (*[f.message for f in found], *new):
                print("     ", line)
            if kept:
                kept.mkdir(parents=True, exist_ok=True)
                files |= {
                    "a.html": write_html(document),
                    "a.txt": write_text(document),
                    "a.json": write_json(document, {}),
                }
                for name, data in files.items():
                    (kept / f"{number}-{name}").write_bytes(data)
    print(f"{len(workbooks)} 个部门，{drawn} 幅图，不符 {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
