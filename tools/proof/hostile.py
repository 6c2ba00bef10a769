"""``python -m tools.proof.hostile [NAME …]``: files that nobody should send, given to the command line.

Each file is opened by every command that reads such files, in a process of its own.  Shown: the most memory it took,
how it ended.  Asked: under 600 MB, ended by itself within five minutes, in Chinese words, without a traceback, and the
published files of before are what they were.
"""

from __future__ import annotations

import io
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MOST = 600  # MB
LONGEST = 330  # seconds
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Make = Callable[[], bytes]


# ------------------------------------------------------------------ PDF


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first being the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def stream(data: bytes, more: bytes = b"", times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * times
    return b"<< /Length %d /Filter [%s] %s >>\nstream\n" % (len(data), filters, more) + data + b"\nendstream"


def page_of(content: bytes, resources: bytes = b"<< >>", box: bytes = b"0 0 595 842") -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources %s >>" % (box, resources),
        content,
    )


FONT = b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def _pdf_letters() -> bytes:
    """A few kilobytes that are millions of letters."""
    line = b"BT /F 1 Tf 10 700 Td (" + b"5,741.50 " * 2000 + b") Tj ET\n"
    return page_of(stream(line * 8000, times=2), FONT)


def _pdf_lines() -> bytes:
    return page_of(stream(b"10 10 m 500 700 l S\n" * 8_000_000, times=2), FONT)


def _pdf_stream() -> bytes:
    return page_of(stream(b" " * 900_000_000, times=2), FONT)


def _pdf_pages() -> bytes:
    """One page, a hundred thousand times."""
    kids = b"3 0 R " * 100_000
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count 100000 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % FONT,
        stream(b"BT /F 9 Tf 10 700 Td (5,741.50) Tj ET\n" * 50),
    )


def _pdf_forms() -> bytes:
    """Forms within forms, ten times each: a billion letters."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream(b"/X Do\n" * 10),
    ]
    for k in range(8):
        more = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X %d 0 R >> >>" % (6 + k)
        objects.append(stream(b"/X Do\n" * 10, more))
    objects.append(stream(b"BT /F 9 Tf 10 700 Td (5,741.50) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources " + FONT))  # fmt: skip
    return pdf(*objects)


def _pdf_image() -> bytes:
    size = 30_000
    image = stream(bytes(size * size // 8), b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray" % (size, size), 2)  # fmt: skip
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream(b"q 500 0 0 500 10 10 cm /X Do Q"),
        image,
    )


def _pdf_nested() -> bytes:
    return page_of(stream(b"[" * 2_000_000 + b"]" * 2_000_000 + b" TJ", times=2), FONT)


def _pdf_box() -> bytes:
    return page_of(stream(b"BT /F 9 Tf 10 700 Td (5,741.50) Tj ET"), FONT, b"0 0 9999999 9999999")


# ------------------------------------------------------------------ Word


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body and further parts (by name without ``word/`` and ``.xml``)."""
    out = io.BytesIO()
    kinds = "".join(
        f'<Override PartName="/word/{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{n}+xml"/>'
        for n in parts
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{n}" Target="{n}.xml"/>'
        for n in parts
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{kinds}</Types>')  # fmt: skip
        target.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')  # fmt: skip
        target.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>')  # fmt: skip
        target.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            target.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def said(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _docx_comments() -> bytes:
    """Twenty thousand comments, all on one paragraph and one within another."""
    count = 20_000
    comments = "".join(
        f'<w:comment w:id="{k}" w:author="甲">{said("这里的数请再核对，与附表不一致。" * 5)}</w:comment>'
        for k in range(count)
    )
    begins = "".join(f'<w:commentRangeStart w:id="{k}"/>' for k in range(count))
    ends = "".join(f'<w:commentRangeEnd w:id="{k}"/><w:r><w:commentReference w:id="{k}"/></w:r>' for k in range(count))
    body = f"<w:p>{begins}<w:r><w:t>{'一、收入总计5,741.50万元。' * 500}</w:t></w:r>{ends}</w:p>"
    return docx(body, comments=f'<w:comments xmlns:w="{W}">{comments}</w:comments>')


def _mixed(count: int, piece: str) -> str:
    """A piece many times over, each time with other letters, so that it does not shrink to nothing."""
    return "".join(piece.replace("@", f"{k * 2654435761 % 2**32:08x}{k * 40503 % 2**32:08x}") for k in range(count))


def _docx_words() -> bytes:
    return docx(_mixed(700_000, said("一、收入总计@万元，比上年增加@万元。")))


def _docx_runs() -> bytes:
    return docx("<w:p>" + _mixed(1_500_000, "<w:r><w:t>一@</w:t></w:r>") + "</w:p>")


def _docx_deep() -> bytes:
    return docx("<w:tbl><w:tr><w:tc>" * 3000 + said("深") + "</w:tc></w:tr></w:tbl>" * 3000)


def _docx_cells() -> bytes:
    row = "<w:tr>" + f"<w:tc>{said('5,741.50@')}</w:tc>" * 60 + "</w:tr>"
    return docx("<w:tbl>" + _mixed(20_000, row) + "</w:tbl>")


def _docx_spans() -> bytes:
    """Cells that say they are as wide as nothing is."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p/></w:tc>'
    return docx("<w:tbl>" + f"<w:tr>{cell}</w:tr>" * 50 + "</w:tbl>")


def _docx_changes() -> bytes:
    piece = '<w:ins w:id="1" w:author="甲"><w:r><w:t>增@</w:t></w:r></w:ins><w:del w:id="2" w:author="甲"><w:r><w:delText>减</w:delText></w:r></w:del>'
    return docx(f"<w:p>{_mixed(600_000, piece)}</w:p>")


# ------------------------------------------------------------------ workbooks, web pages, packages


def _sheet(rows: str) -> bytes:
    from tests.web.hostile import _with

    return _with(xl__worksheets__sheet3_dot_xml=f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')


def _xlsx_wide() -> bytes:
    """As wide as a sheet may be, and a thousand rows."""
    row = "".join(f"<c><v>{k}</v></c>" for k in range(16_384))
    return _sheet(f"<row>{row}</row>" * 600)


def _xlsx_long() -> bytes:
    return _sheet("<row><c><v>1</v></c><c><v>2.5</v></c></row>" * 1_000_000)


def _xlsx_blank() -> bytes:
    """Nothing but formatted blanks, as whole columns that were once coloured."""
    return _sheet(("<row>" + '<c s="1"/>' * 200 + "</row>") * 9_000)


def _xlsx_inline() -> bytes:
    return _sheet(("<row>" + f'<c t="inlineStr"><is><t>{"字" * 3_000}</t></is></c>' * 10 + "</row>") * 300)


def _xlsx_merged() -> bytes:
    from tests.web.hostile import _with

    merges = "".join(f'<mergeCell ref="A{k}:XFD{k}"/>' for k in range(1, 200_000))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells>{merges}</mergeCells></worksheet>'
    return _with(xl__worksheets__sheet3_dot_xml=sheet)


def _html_deep() -> bytes:
    return ("<html><body>" + "<div>" * 300_000 + "收入总计" + "</div>" * 300_000).encode()


def _html_long() -> bytes:
    return ("<html><body>" + "<table>" + "<tr><td>收入</td><td>5,741.50</td></tr>" * 900_000 + "</table>").encode()


def _zip_many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for k in range(20_000):
            target.writestr(f"{k}.pdf", b"%PDF-1.7")
    return out.getvalue()


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for k in range(8):
            with target.open(f"{k}.pdf", "w") as part:
                for _ in range(300):
                    part.write(bytes(2**20))
    return out.getvalue()


OWN: dict[str, tuple[str, Make]] = {
    "pdf-letters": (".pdf", _pdf_letters),
    "pdf-lines": (".pdf", _pdf_lines),
    "pdf-stream": (".pdf", _pdf_stream),
    "pdf-pages": (".pdf", _pdf_pages),
    "pdf-forms": (".pdf", _pdf_forms),
    "pdf-image": (".pdf", _pdf_image),
    "pdf-nested": (".pdf", _pdf_nested),
    "pdf-box": (".pdf", _pdf_box),
    "docx-comments": (".docx", _docx_comments),
    "docx-words": (".docx", _docx_words),
    "docx-runs": (".docx", _docx_runs),
    "docx-deep": (".docx", _docx_deep),
    "docx-cells": (".docx", _docx_cells),
    "docx-spans": (".docx", _docx_spans),
    "docx-changes": (".docx", _docx_changes),
    "xlsx-wide": (".xlsx", _xlsx_wide),
    "xlsx-long": (".xlsx", _xlsx_long),
    "xlsx-blank": (".xlsx", _xlsx_blank),
    "xlsx-inline": (".xlsx", _xlsx_inline),
    "xlsx-merged": (".xlsx", _xlsx_merged),
    "html-deep": (".html", _html_deep),
    "html-long": (".html", _html_long),
    "zip-many": (".zip", _zip_many),
    "zip-bomb": (".zip", _zip_bomb),
}


def corpus() -> Iterator[tuple[str, str, Make]]:
    """Name, ending and how it is made: those of the workbench's doors first."""
    from tests.web.hostile import FILES, large_workbook

    for name, (called, make) in FILES.items():
        yield name, Path(called).suffix, make
    yield "xlsx-large", ".xlsx", large_workbook
    for name, (ending, make) in OWN.items():
        yield name, ending, make


# ------------------------------------------------------------------ given to the commands


@dataclass
class Run:
    """One command on one file."""

    file: str
    command: str
    megabytes: int
    seconds: float
    code: int
    words: str

    @property
    def wrong(self) -> str:
        """What is not as it has to be; empty where all is well."""
        if self.megabytes >= MOST:
            return f"{self.megabytes} MB"
        if self.code not in (0, 1, 2, 3):
            return f"以 {self.code} 结束"
        if "Traceback" in self.words or "程序出错" in self.words or not re.search("[\u4e00-\u9fff]", self.words):
            return "没有说清楚"
        return ""


def commands(file: Path, home: Path, out: Path) -> list[list[str]]:
    """What a person might do with such a file."""
    new = ["new", "--pack", "liaoning", "--year", "2025", "--name", "局", str(out / "新"), "--prior", str(file)]
    match file.suffix:
        case ".pdf":
            return [new, ["audit", str(file)]]
        case ".docx":
            return [["pull", str(file), str(home)], new, ["audit", str(file)]]
        case ".xlsx" | ".xls":
            department = out / "来件"
            department.mkdir(exist_ok=True)
            shutil.copy(file, department / f"填报表{file.suffix}")
            built = ["build", str(department), "--format", "txt,json", "--out", str(out / "成品")]
            return [["check", str(department)], built, [*new[:-2], "--from", str(file)], new, ["audit", str(file)]]
        case ".html" | ".zip":
            return [["audit", str(file)]]
        case _:
            return [["check", str(file)], ["audit", str(file)]]


def run(file: Path, words: list[str], folder: Path) -> Run:
    """One command in a process of its own; its memory is that of its children too."""
    begun = time.monotonic()
    with (folder / "说").open("w+b") as said_there:
        process = subprocess.Popen(
            [sys.executable, "-m", "generator", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=said_there,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST)),
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        said_there.seek(0)
        text = said_there.read().decode(errors="replace")
    return Run(file.name, words[0], used.ru_maxrss >> 10, time.monotonic() - begun, code, text)


def give(names: list[str], folder: Path, note: Callable[[Run], None] = lambda _: None) -> list[Run]:
    """Every file (or those named) given to its commands."""
    home, out = folder / "局", folder / "out"
    home.mkdir()
    shutil.copy(next(iter(sorted(ROOT.glob("inputs/2024/*数据局/填报表.xlsx")))), home)
    build = [sys.executable, "-m", "generator", "build", str(home), "--format", "txt", "--out", str(out / "好")]
    subprocess.run(build, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    before = {p.name: p.read_bytes() for p in (out / "好").iterdir()}
    found = []
    for name, ending, make in corpus():
        if names and name not in names:
            continue
        file = folder / f"{name}{ending}"
        file.write_bytes(make())
        for words in commands(file, home, out):
            found.append(run(file, words, folder))
            note(found[-1])
            for left in ("新", "成品"):
                shutil.rmtree(out / left, ignore_errors=True)
        shutil.rmtree(out / "来件", ignore_errors=True)
        file.unlink()
    assert before == {p.name: p.read_bytes() for p in (out / "好").iterdir()}, "已有的文件变了"
    return found


def main() -> int:
    def note(run: Run) -> None:
        last = next((line for line in reversed(run.words.splitlines()) if line.strip()), "")
        print(f"{run.file:28} {run.command:6} {run.megabytes:5} MB {run.seconds:6.1f} 秒 {run.code:3} {run.wrong}  {last[:60]}", flush=True)  # fmt: skip

    with tempfile.TemporaryDirectory() as folder:
        found = give(sys.argv[1:], Path(folder), note)
    wrong = [r for r in found if r.wrong]
    most = max(found, key=lambda r: r.megabytes)
    print(
        f"{len({r.file for r in found})} 个文件，{len(found)} 次，最多 {most.megabytes} MB（{most.file} {most.command}），不符 {len(wrong)}。"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
