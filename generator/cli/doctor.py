"""``juesuan doctor``: whether this machine has what good documents need.  A ✓ stands for what was tried and works."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator import cache
from generator.cli.base import Said
from generator.model import Document
from generator.writers import trouble

LIBRARIES = (
    "jinja2",
    "docx",
    "openpyxl",
    "xlsxwriter",
    "xlrd",
    "pydantic",
    "lxml",
    "pypdfium2",
    "pikepdf",
    "filelock",
    "fastapi",
    "uvicorn",
    "python_multipart",
)
ROLES = {
    "title": ("标题", "方正小标宋"),
    "hei": ("一级标题", "黑体"),
    "kai": ("二级标题", "楷体"),
    "body": ("正文", "仿宋"),
    "song": ("表格", "宋体"),
    "latin": ("西文和数字", "Times New Roman"),
}
LEAST_FREE = 500_000_000
GOOD, LACKS, BAD = "✓", "－", "✗"


def report() -> Iterator[tuple[Said, str]]:
    """Each thing looked at: in order, lacking but not needed, or wrong; and what to tell."""
    version = ".".join(str(v) for v in sys.version_info[:3])
    yield GOOD if sys.version_info >= (3, 11) else BAD, f"Python {version}（需要 3.11 以上）"
    yield from _libraries()
    yield from _packs()
    yield from _readers()
    yield from _engines()
    yield from _fonts()
    yield from _folders()


def _libraries() -> Iterator[tuple[Said, str]]:
    """All of them load; versions as they were tried together."""
    lacking = []
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except (ImportError, OSError):
            lacking.append(name)
    if lacking:
        yield BAD, f"缺少 Python 库 {'、'.join(lacking)}。请重新安装本程序。"
    else:
        yield GOOD, f"Python 库齐全（{len(LIBRARIES)} 个都能装入）"
    lock = locked()
    if not lock:
        yield LACKS, "没有版本清单 requirements.lock，不能核对各库的版本"
        return
    other = []
    for name, wanted in lock.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if found != wanted:
            other.append(f"{name} {found}（清单 {wanted}）")
    if other:
        shown = "、".join(other[:6]) + (f" 等 {len(other)} 个" if len(other) > 6 else "")
        yield LACKS, f"与版本清单不同：{shown}。多半照常可用；文件要逐字节一致的，请装成一样的版本"
    else:
        yield GOOD, "各库的版本与版本清单一致"


def locked() -> dict[str, str]:
    """The versions of the lock file, in the program or at the top of the repository."""
    package = Path(__file__).resolve().parents[1]
    for path in (package / "requirements.lock", package.parent / "requirements.lock"):
        if path.is_file():
            return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8")))
    return {}


def _packs() -> Iterator[tuple[Said, str]]:
    from generator.packs import PackError, listed, load, pack_roots

    known = listed()
    broken = []
    for pack in known:
        try:
            load(pack.name)
        except PackError as error:
            broken.append(f"{pack.name}：{error}")
    places = "、".join(str(p) for p in pack_roots())
    if not known:
        yield BAD, "没有找到模板包。请重新安装本程序，或用 --packs 指明模板包所在的文件夹"
    elif broken:
        yield BAD, f"模板包 {len(known)} 个，其中 {len(broken)} 个写错：{'；'.join(broken[:3])}"
    else:
        yield GOOD, f"模板包 {len(known)} 个，都能使用；在 {places}"


def _page() -> Document:
    """A document of one heading and one small table."""
    from generator.model import Heading, Part, Span, Table, TableCell

    table = Table("t", "表", (), ((TableCell((Span("决算"),)), TableCell((Span("1.00"),))),), (1, 1))
    return Document("试", "试", 2024, "决算", ("试",), (Part("p", Heading("h", 1, (Span("一"),), toc=True), (table,)),))


def _readers() -> Iterator[tuple[Said, str]]:
    """A small file of each kind is written and read back."""
    from generator.files import open_workbook, read_docx, read_pdf
    from generator.writers import write_docx, write_typst, write_xlsx

    def excel() -> bool:
        return bool(open_workbook(write_xlsx(_page()), "试.xlsx").sheets)

    def word() -> bool:
        return bool(read_docx(write_docx(_page())).flow)

    def pdf() -> bool:
        return bool(trouble("typst")) or bool(read_pdf(write_typst(_page())).pieces)

    wrong = []
    for name, tried in (("Excel", excel), ("Word", word), ("PDF", pdf)):
        try:
            if not tried():
                wrong.append(f"{name}（读不回来）")
        except Exception as error:
            wrong.append(f"{name}（{error}）")
    if wrong:
        yield BAD, f"不能读写 {'、'.join(wrong)}。请重新安装本程序"
    else:
        yield GOOD, "写出并读回 Excel、Word 和 PDF：试过，可以"


def _engines() -> Iterator[tuple[Said, str]]:
    from generator.writers import write_pdf, write_typst

    page = _page()
    for engine, name, write in (("typst", "Typst", write_typst), ("weasyprint", "WeasyPrint", write_pdf)):
        problem = trouble(engine)
        if not problem:
            try:
                write(page)
            except Exception as error:
                problem = f"{name} 排不出一页（{error}）"
        if not problem:
            yield GOOD, f"PDF 用 {name} {importlib.metadata.version(engine)} 排版：试过，可以"
        elif engine == "typst":
            yield BAD, f"PDF：{problem}"
        else:
            yield LACKS, "WeasyPrint 没有，只在 --pdf-engine weasyprint 和对照页写成 PDF 时需要"
    office = shutil.which("soffice") or shutil.which("libreoffice")
    yield (GOOD, "LibreOffice 有") if office else (LACKS, "LibreOffice 没有，只在测试时需要")


def _fonts() -> Iterator[tuple[Said, str]]:
    """For each role the family that serves it; ✓ where it is the one of the official form."""
    from generator.writers import font_report

    found = [(role, wanted, path) for role, wanted, path in font_report()]
    for role, (use, official) in ROLES.items():
        stack = [(wanted, path) for r, wanted, path in found if r == role]
        served = next(((wanted, path) for wanted, path in stack if path is not None), None)
        if served is None:
            yield BAD, f"字体 {use}（{official}）：没有可用的，请把字体文件放进 fonts 或装进系统"
        elif served[0] == stack[0][0]:
            yield GOOD, f"字体 {use}：{served[0]}（{served[1].name}）"
        else:
            yield LACKS, f"字体 {use}：没有{official}，PDF 由 {served[0]} 代替；Word 在装有{official}的计算机上照常"


def _folders() -> Iterator[tuple[Said, str]]:
    here = Path.cwd()
    try:
        with tempfile.TemporaryDirectory(dir=here, prefix=cache.STAGING) as place:
            folder = Path(place)
            (folder / "试.txt").write_text("试", encoding="utf-8")
            (folder / "试.txt").replace(folder / "换.txt")
            locks = _locks(folder)
        yield GOOD, f"这个文件夹可以写入：{here}"
        if locks:
            yield LACKS, f"这个文件夹不能加锁（{locks}），版本照常记录；几个人常用的，请放到本机硬盘，或使用网页工作台"
        else:
            yield GOOD, "这个文件夹可以加锁，版本库可以读写"
    except OSError as error:
        yield BAD, f"这个文件夹不能写入（{error.strerror or error}）：{here}。请换一个自己能写的文件夹"
    free = shutil.disk_usage(here).free
    yield GOOD if free > LEAST_FREE else BAD, f"硬盘剩余 {free / 1e9:.1f} GB"
    place_of_cache = cache.folder()
    if place_of_cache is None:
        yield LACKS, "没有暂存文件夹（JUESUAN_CACHE 是空的），每次都重新准备，慢一些"
    elif cache.shelf("packs") is None:
        yield LACKS, f"暂存文件夹用不了（不能写，或别人也能写）：{place_of_cache}，每次都重新准备，慢一些"
    else:
        yield GOOD, f"暂存文件夹：{place_of_cache}"


def _locks(folder: Path) -> str:
    """Why locks do not hold in a folder; empty where they do."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "锁"), FileLock(folder / "锁", timeout=0, is_singleton=False):
            return "加了锁别人还能再加"
    except Timeout:
        pass
    except (OSError, NotImplementedError) as error:
        return str(error)
    try:
        with sqlite3.connect(folder / "试.sqlite") as connection:
            connection.execute("CREATE TABLE t (a)")
        connection.close()
    except sqlite3.Error as error:
        return f"版本库：{error}"
    return ""
