"""What a user would pick instead, on the same documents: docxtpl or python-docx, and LibreOffice for the PDF.

They get the finished Document (nothing to read, compose or check) and write Word and PDF only.  Each
process has a LibreOffice profile of its own, so that two can run side by side.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from generator.model import Document, Heading, Paragraph
from tools.proof.bench import docx_template, fill_template

WAYS = {
    "docxtpl＋LibreOffice（一次一份）": ("docxtpl", 1),
    "docxtpl＋LibreOffice（一次十份）": ("docxtpl", 10),
    "python-docx＋LibreOffice（一次一份）": ("python-docx", 1),
}


def available() -> bool:
    """Whether LibreOffice is here."""
    return shutil.which("soffice") is not None


def by_python_docx(document: Document) -> bytes:
    """python-docx with its cell objects, fetched once for each table (the fast way to use it)."""
    import docx

    made = docx.Document()
    for line in document.cover:
        made.add_paragraph(line)
    for block in document.blocks():
        if isinstance(block, Heading):
            made.add_heading(block.text, min(block.level, 3))
        elif isinstance(block, Paragraph):
            made.add_paragraph(block.text)
        else:
            made.add_paragraph(block.title)
            rows = block.grid("header") + block.grid("body")
            grid = made.add_table(rows=len(rows), cols=len(block.widths))
            cells = grid._cells
            for cell, text in zip(cells, (t for row in rows for t in row), strict=True):
                cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def convert(files: Sequence[Path], folder: Path) -> None:
    """One call of LibreOffice."""
    office = shutil.which("soffice")
    assert office is not None
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), *map(str, files)], check=True, capture_output=True, timeout=600)


def work(task: tuple[str, int, list[Document], str]) -> int:
    """Some documents by one way; how many PDFs there are in the end."""
    way, together, documents, place = task
    folder = Path(place)
    for start in range(0, len(documents), together):
        files = []
        for number, document in enumerate(documents[start : start + together], start):
            data = fill_template(docx_template(document), document) if way == "docxtpl" else by_python_docx(document)
            file = folder / f"{number}.docx"
            file.write_bytes(data)
            files.append(file)
        convert(files, folder)
    made = len(list(folder.glob("*.pdf")))
    for path in folder.glob("*.*"):
        if path.is_file():
            path.unlink()
    return made


def prepare(documents: Sequence[Document], home: Path, workers: int) -> None:
    """Make the profiles: the first call of each is not counted."""
    for number in range(workers):
        folder = home / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        work(("docxtpl", 1, [documents[0]], str(folder)))


def rate(name: str, documents: Sequence[Document], home: Path, workers: int) -> float:
    """Documents a second by one way, with as many processes as we use."""
    way, together = WAYS[name]
    shares = [list(documents[number::workers]) for number in range(workers)]
    tasks = [(way, together, share, str(home / str(number))) for number, share in enumerate(shares) if share]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        list(pool.map(len, [[]] * workers))  # processes and imports are not counted
        start = perf_counter()
        made = sum(pool.map(work, tasks))
        seconds = perf_counter() - start
    if made != len(documents):
        raise RuntimeError(f"{name}: {made} of {len(documents)}")
    return made / seconds
