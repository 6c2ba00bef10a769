"""``juesuan doctor``: whether this machine has what good documents need."""

from __future__ import annotations

import importlib
import importlib.metadata
import shutil
import sys
from collections.abc import Iterator

from generator.writers import INSTEAD, trouble

NEEDED = ("jinja2", "docx", "openpyxl", "xlsxwriter", "python_calamine", "pydantic", "lxml", "pypdfium2")
ROLES = {"title": "标题（方正小标宋）", "hei": "黑体", "kai": "楷体", "body": "仿宋", "song": "宋体", "latin": "西文"}


def report() -> Iterator[tuple[bool, str]]:
    """Each thing looked at: whether it is in order, and what to tell."""
    version = ".".join(str(v) for v in sys.version_info[:3])
    yield sys.version_info >= (3, 11), f"Python {version}（需要 3.11 以上）"
    for name in NEEDED:
        try:
            module = importlib.import_module(name)
        except ImportError:
            yield False, f"缺少 Python 库 {name}，请运行 pip install -e ."
        else:
            yield True, f"Python 库 {name} {getattr(module, '__version__', '')}".rstrip()
    missing, broken = trouble("typst"), trouble("weasyprint")
    if not missing:
        yield True, f"PDF 组件 Typst {importlib.metadata.version('typst')}"
    elif broken:
        yield False, f"PDF 组件 {missing}"
    else:
        yield True, f"PDF 组件 {INSTEAD}{missing}"
    if broken:
        yield True, f"PDF 组件 WeasyPrint 没有（只在 --pdf-engine weasyprint 和对照页写成 PDF 时需要）：{broken}"
    else:
        yield True, f"PDF 组件 WeasyPrint {importlib.metadata.version('weasyprint')}"
    yield from _fonts()
    office = shutil.which("soffice") or shutil.which("libreoffice")
    yield True, f"LibreOffice：{office or '没有（只在测试和比较时需要）'}"


def _fonts() -> Iterator[tuple[bool, str]]:
    from generator.writers import font_report

    for role, wanted, found in font_report():
        label = ROLES.get(role, role)
        if found:
            yield True, f"字体 {label}：{wanted} → {found}"
        else:
            yield True, f"字体 {label}：{wanted} 没有安装，由后面的字体代替"
