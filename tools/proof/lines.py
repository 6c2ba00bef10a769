"""Lines as a typesetter ends them: counted in the PDF and in LibreOffice's rendering of the Word file.

python -m tools.proof.lines [HOW-MANY-MADE-UP]

Counts of: a number parted from its unit, 万 from 元, a last line of one letter, a page that begins or ends with
one line of a paragraph, and whether the 目录 of the Word file names LibreOffice's pages.  The departments under
inputs/ and some made-up ones of every pack; 0 is asked for.

LibreOffice alone does not end a line between 、 and a digit: three numbers in a row (0批次、0人、0.00万元) are one
word to it, and what does not fit is cut where it likes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

from lxml import etree

from generator.department import examine
from generator.files import WORKBOOK
from generator.model import Heading, PageStyle
from generator.writers import UNITS, paginate, write_docx, write_typst
from tools.made import departments

ROOT = Path(__file__).resolve().parents[2]
CLOSING = re.compile(r"[，。、；：？！）》”’\s]")
WORDS = "{http://www.w3.org/1999/xhtml}"
TWIPS = 20


@dataclass
class Counts:
    """What was found.  ``lone``: last lines of one letter; ``edge``: single lines at the edge of a page."""

    unit: int = 0
    yuan: int = 0
    lone: int = 0
    edge: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def all(self) -> int:
        return self.unit + self.yuan + self.lone + self.edge


@dataclass(frozen=True)
class Line:
    """A line of prose; ``begins``: a paragraph."""

    text: str
    begins: bool


def _pages(pdf: Path, style: PageStyle) -> list[list[Line]]:
    """The lines of body text, page by page."""
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout
    root = etree.fromstring(re.sub(rb"&#x?0*([0-8]|1[0-9a-f]?|b|c|e|f);|[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", told))
    size, left = style.size / TWIPS, style.left / TWIPS
    return [_lines(page, size, left) for page in root.iter(f"{WORDS}page")]


def _lines(page: etree._Element, size: float, left: float) -> list[Line]:
    words = sorted(
        (float(w.get("yMax", 0)), float(w.get("xMin", 0)), n, w) for n, w in enumerate(page.iter(f"{WORDS}word"))
    )
    rows: list[list[tuple[float, float, int, etree._Element]]] = []
    for word in words:
        if rows and word[0] - rows[-1][-1][0] < size / 3:
            rows[-1].append(word)
        else:
            rows.append([word])
    out = []
    for row in rows:
        found = sorted(row, key=lambda w: w[1])
        heights = {round(float(w.get("yMax", 0)) - float(w.get("yMin", 0))) for *_, w in found}
        begin, text = found[0][1] - left, "".join(w.text or "" for *_, w in found)
        prose = -0.6 * size < begin < size / 4 or abs(begin - 2 * size) < size / 4
        apart = any(b[1] - float(a[3].get("xMax", 0)) > size for a, b in pairwise(found))
        if prose and not apart and 0.8 * size <= max(heights) <= 1.32 * size and "....." not in text:
            out.append(Line(text, begin > size))  # a bracket that opens a line may stand half in the margin
    return out


def count(pdf: Path, style: PageStyle, places: list[str] | None = None) -> Counts:
    """What a typesetter would send back; ``places`` collects the lines."""
    found, last, shown = Counts(), list[Line](), places if places is not None else []
    for lines in _pages(pdf, style):
        for k, (above, line) in enumerate(pairwise(lines), start=1):
            if line.begins:
                continue
            unit = bool(re.search(r"[0-9%]$", above.text) and re.match(UNITS, line.text))
            yuan = above.text.endswith("万") and line.text.startswith("元")
            ends = k + 1 == len(lines) or lines[k + 1].begins
            lone = ends and len(CLOSING.sub("", line.text)) == 1 and not line.text[0].isdigit()
            found += Counts(unit, yuan, lone)
            shown += [f"{above.text}|{line.text}"] if unit or yuan or lone else []
        if lines and last and not lines[0].begins:  # the paragraph goes over the page
            edge = (len(lines) > 1 and lines[1].begins) + last[-1].begins
            found.edge += edge
            shown += [f"{last[-1].text}‖{lines[0].text}"] if edge else []
        last = lines
    return found


def libre(files: list[Path], folder: Path) -> list[Path]:
    """Word files as LibreOffice renders them."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=1800)
    return [folder / f"{p.stem}.pdf" for p in files]


def wrong_pages(pdf: Path, pages: dict[str, int], headings: dict[str, str]) -> int:
    """Headings of the 目录 that are not on the page it names."""
    told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    texts = [re.sub(r"\s", "", p) for p in told.split("\f")]
    return sum(headings[k][:20] not in texts[n - 1] for k, n in pages.items() if k in headings)


def main() -> int:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    place = Path(tempfile.mkdtemp(prefix="lines-"))
    workbooks = sorted(ROOT.glob(f"inputs/*/*/{WORKBOOK}"))
    packs = departments.packs() + departments.packs(departments.BUDGET)
    for number in range(many):
        workbooks.append(departments.write(place / "made", packs[number % len(packs)], number) / WORKBOOK)
    documents = []
    for number, workbook in enumerate(workbooks):
        document = examine(workbook).document
        assert document is not None
        documents.append(document)
        (place / f"pdf-{number}.pdf").write_bytes(write_typst(document))
        (place / f"{number}.docx").write_bytes(write_docx(document))
    libre([place / f"{n}.docx" for n in range(len(documents))], place)
    totals, wrong = {"pdf-": Counts(), "": Counts()}, 0
    for number, document in enumerate(documents):
        for form in totals:
            places: list[str] = []
            totals[form] += count(place / f"{form}{number}.pdf", document.style, places)
            for line in places:
                print(f"  {workbooks[number].parent.name[:20]} {'PDF' if form else 'Word'} {line}")
            headings = {b.id: re.sub(r"\s", "", b.text) for b in document.contents() if isinstance(b, Heading)}
            wrong += wrong_pages(place / f"{form}{number}.pdf", paginate(document).pages, headings)
    print(f"{len(workbooks)} 个部门  PDF {totals['pdf-']}  Word（LibreOffice）{totals['']}  目录页码不符 {wrong}")
    shutil.rmtree(place)
    return 1 if wrong or any(t.all for t in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
