"""``make bench``: what one department costs, stage by stage, beside what a user would pick instead.

One run on the same work: the department with two units under inputs/, all formats.  The other way is docxtpl
filling a template of the same tables and LibreOffice converting it, and WeasyPrint on bare HTML of
the same content with the same tags.  Times are the best of several runs, those of the PDF pair the
medians of runs in turn; read the ratios.
"""

from __future__ import annotations

import gc
import io
import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from generator.checks import check
from generator.checks.formulas import run_formulas
from generator.model import Document, Heading, Paragraph, figures_of
from generator.packs import compose, load
from generator.workbook import read_stamp, read_workbook
from generator.writers import (
    fonts,
    paginate,
    write_docx,
    write_html,
    write_json,
    write_text,
    write_typst,
    write_xlsx,
)
from tools.proof import bench_correction

ROOT = Path(__file__).resolve().parent.parent.parent
SUBJECT = next(iter(sorted(ROOT.glob("inputs/2024/*数据局/填报表.xlsx"))), None)
LIMITS = {"读取": 0.3, "生成文字": 0.2, "检查": 0.15, "Word": 0.25}


def best(run: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The shortest of some runs, and what the last one gave."""
    seconds, result = float("inf"), None
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        result = run()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, result


def in_turn(runs: dict[str, Callable[[], Any]], times: int = 5) -> dict[str, tuple[float, Any]]:
    """Median time and last result of each, run in turn so that a busy moment hits all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    results: dict[str, Any] = {}
    for _ in range(times):
        for name, run in runs.items():
            gc.collect()
            start = time.perf_counter()
            results[name] = run()
            seconds[name].append(time.perf_counter() - start)
    return {name: (statistics.median(seconds[name]), results[name]) for name in runs}


def signs(pdf: bytes) -> int:
    """Printed characters of a PDF: both sides of a comparison must set the same work."""
    from pypdf import PdfReader

    return sum(len("".join(p.extract_text().split())) for p in PdfReader(io.BytesIO(pdf)).pages)


def bare_html(document: Document) -> str:
    """The same content as plain markup, as anyone would write it for WeasyPrint."""
    style = document.style
    out = [
        f"<html lang='zh-CN'><head><title>{escape(document.title)}</title><style>"
        "@page{size:A4;margin:37mm 24mm 35mm 28mm;@bottom-center{content:counter(page)}}"
        "@page wide{size:A4 landscape;margin:18mm}"
        f"body{{font:{style.size / 20}pt/29pt {','.join(fonts.stack('body', style.fonts))}}}h1{{break-before:page}}"
        f"h1{{font-family:{','.join(fonts.stack('title', style.fonts))}}}h2{{font-family:{','.join(fonts.stack('hei', style.fonts))}}}"
        f"h3{{font-family:{','.join(fonts.stack('kai', style.fonts))}}}table{{font-family:{','.join(fonts.stack('song', style.fonts))}}}"
        ".t{break-before:page;page:wide}table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:9pt;line-height:1.2}"
        "td,th{border:1px solid #000;padding:2pt}tr{break-inside:avoid}"
        "nav a::after{content:leader('.') target-counter(attr(href),page)}"
        f"</style></head><body><div>{''.join(f'<p>{escape(x)}</p>' for x in document.cover)}</div><nav><h1>目录</h1>"
    ]
    out += [f"<p><a href='#x{k}'>{escape(b.in_toc)}</a></p>" for k, b in enumerate(document.contents())]
    out.append("</nav>")
    marks = {b.id: k for k, b in enumerate(document.contents())}
    for block in document.blocks():
        if isinstance(block, Heading):
            mark = f" id='x{marks[block.id]}'" if block.id in marks else ""
            out.append(f"<h{block.level}{mark}>{escape(block.text)}</h{block.level}>")
        elif isinstance(block, Paragraph):
            out.append(f"<p>{escape(block.text)}</p>")
        else:
            mark = f" id='x{marks[block.id]}'" if block.id in marks else ""
            lines = (block.subtitle, block.number, f"{block.left} {block.right}")
            above = "".join(f"<p>{escape(x)}</p>" for x in lines)
            out.append(f"<div class='t'><h2{mark}>{escape(block.title)}</h2>{above}<table>")
            for tag, rows in (("th", block.header), ("td", block.body)):
                if not rows:
                    continue  # WeasyPrint leaves out a table whose head is empty
                out.append("<thead>" if tag == "th" else "<tbody>")
                for row in rows:
                    cells = "".join(
                        f"<{tag} colspan={c.colspan} rowspan={c.rowspan}>{escape(c.text)}</{tag}>" for c in row
                    )
                    out.append(f"<tr>{cells}</tr>")
                out.append("</thead>" if tag == "th" else "</tbody>")
            notes = "".join(f"<p>{escape(''.join(s.text for s in n))}</p>" for n in block.notes)
            out.append(f"</table>{notes}</div>")
    return "".join(out) + "</body></html>"


def bare_pdf(html: str, document: Document) -> Callable[[], bytes]:
    """WeasyPrint as it comes, with the same tags and the same fonts (parsed once, like ours)."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Faces(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - the library's signature
            return URLFetcherResponse(url, fonts.read_url(url) or b"")

    config = FontConfiguration()
    css = weasyprint.CSS(string=fonts.font_css(document.style.fonts), font_config=config, url_fetcher=Faces())

    def run() -> bytes:
        made: bytes = weasyprint.HTML(string=html, url_fetcher=Faces()).write_pdf(
            font_config=config, stylesheets=[css], pdf_variant="pdf/ua-1"
        )
        return made

    return run


def docx_template(document: Document) -> bytes:
    """A template for docxtpl with the same paragraphs and tables (no merged cells)."""
    import docx

    made = docx.Document()
    made.add_paragraph("{%p for p in paragraphs %}")
    made.add_paragraph("{{ p }}")
    made.add_paragraph("{%p endfor %}")
    for number, table in enumerate(document.tables()):
        made.add_paragraph(f"{{{{ tables[{number}].title }}}}")
        grid = made.add_table(rows=3, cols=len(table.widths))
        grid.cell(0, 0).text = f"{{%tr for r in tables[{number}].rows %}}"
        for column in range(len(table.widths)):
            grid.cell(1, column).text = f"{{{{ r[{column}] }}}}"
        grid.cell(2, 0).text = "{%tr endfor %}"
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def fill_template(template: bytes, document: Document) -> bytes:
    """docxtpl fills the template."""
    from docxtpl.template import DocxTemplate

    made = DocxTemplate(io.BytesIO(template))
    tables = [{"title": t.title, "rows": t.grid("header") + t.grid("body")} for t in document.tables()]
    made.render({"paragraphs": document.prose(), "tables": tables}, autoescape=True)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def convert(data: bytes, folder: Path) -> None:
    """LibreOffice, one call a document."""
    source = folder / "other.docx"
    source.write_bytes(data)
    office = shutil.which("soffice")
    if office is None:
        raise FileNotFoundError("soffice")
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=300)


def measure(workbook: Path) -> dict[str, Any]:
    """All stages and the other ways."""
    start = time.perf_counter()
    compiled = load(read_stamp(workbook).pack)
    stages: dict[str, float] = {"装入模板包（首次）": time.perf_counter() - start}
    stages["读取"], read = best(lambda: read_workbook(workbook, compiled.pack), 5)
    submission = read.submission
    context = compiled.context(submission)
    stages["生成文字"], document = best(lambda: compose(submission, compiled), 5)
    stages["检查"], _ = best(lambda: check(compiled, compiled.context(submission), document), 5)
    stages["计算页码"], plan = best(lambda: paginate(document))
    stages["Word"], _ = best(lambda: write_docx(document), 5)
    stages["Excel"], _ = best(lambda: write_xlsx(document))
    stages["网页"], _ = best(lambda: write_html(document))
    stages["文本和 JSON"], _ = best(lambda: (write_text(document), write_json(document, figures_of(submission))))
    stages["PDF（首次）"], _ = best(lambda: write_typst(document, plan), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    other: dict[str, float] = {}
    pair = in_turn({"ours": lambda: write_typst(document, plan), "bare": bare_pdf(bare_html(document), document)})
    (stages["PDF"], ours), (other["WeasyPrint 直接排同样的内容"], bare) = pair["ours"], pair["bare"]
    if signs(bare) < 0.97 * signs(ours):
        raise SystemExit("对照的 PDF 内容不全，比值没有意义。")
    template = docx_template(document)
    other["docxtpl 填同样的表"], filled = best(lambda: fill_template(template, document))
    if shutil.which("soffice"):
        with tempfile.TemporaryDirectory() as folder:
            convert(filled, Path(folder))  # the first call makes the profile
            other["LibreOffice 转 PDF（一次一份）"], _ = best(lambda: convert(filled, Path(folder)), 2)
    assert context is not None
    return {"stages": stages, "other": other, "peak_mb": peak}


def growth(workbook: Path) -> list[tuple[int, float]]:
    """Time of all formula checks with ever more rows by subject."""
    compiled = load(read_stamp(workbook).pack)
    submission = read_workbook(workbook, compiled.pack).submission
    assert submission is not None
    out = []
    for times in (1, 4, 16):
        tables = dict(submission.tables)
        for name in ("income", "expenditure", "general"):
            rows = tables[name].rows
            more = tuple(
                replace(r, code=f"{int(r.code[:3]) + 30 * k:03}{r.code[3:]}")
                for k in range(times)
                for r in rows
                if r.code
            )
            tables[name] = replace(tables[name], rows=more)
        grown = replace(submission, tables=tables)
        seconds, _ = best(lambda made=grown: run_formulas(compiled, compiled.context(made)), 2)  # type: ignore[misc]
        out.append((sum(len(tables[n].rows) for n in ("income", "expenditure", "general")), seconds))
    return out


def main() -> int:
    if SUBJECT is None:
        print("inputs/2024 里没有示例部门，请先运行 make fill")
        return 1
    result = measure(SUBJECT)
    stages, other = result["stages"], result["other"]
    print(f"{SUBJECT.parent.name}，{platform.python_implementation()} {platform.python_version()}，单位：秒")
    for name, seconds in stages.items():
        limit = f"  （要求 ≤ {LIMITS[name]}）" if name in LIMITS else ""
        print(f"  {name:<12}{seconds:8.3f}{limit}")
    print("另外的做法：")
    for name, seconds in other.items():
        print(f"  {name}  {seconds:.3f}")
    total = sum(v for k, v in stages.items() if "首次" not in k)
    ratios = {"PDF ÷ WeasyPrint 直接排": stages["PDF"] / other["WeasyPrint 直接排同样的内容"]}
    ratios["Word ÷ docxtpl"] = stages["Word"] / other["docxtpl 填同样的表"]
    if "LibreOffice 转 PDF（一次一份）" in other:
        theirs = other["docxtpl 填同样的表"] + other["LibreOffice 转 PDF（一次一份）"]
        ratios["全部格式和检查 ÷（docxtpl＋LibreOffice，只有 Word 和 PDF）"] = total / theirs
    print("检查的用时随行数增长（公开02、03、05表的行数 → 秒）：")
    for rows, seconds in growth(SUBJECT):
        print(f"  {rows:>5} 行  {seconds:.3f}  每百行 {seconds / rows * 100:.4f}")
    print("比值：")
    for name, ratio in ratios.items():
        print(f"  {name}  {ratio:.2f}")
    print(f"全部格式合计 {total:.2f} 秒；内存峰值 {result['peak_mb']:.0f} MB（要求 ≤ 600）")
    correction = bench_correction.measure(SUBJECT)
    print("\n".join(bench_correction.report(correction)))
    out = ROOT / "output" / "bench.json"
    out.write_text(
        json.dumps({**result, "ratios": ratios, "correction": correction}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    print(f"结果存入 {out.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
