"""Which program sets the pages of a PDF.

Typst is the usual one: it needs only its wheel and makes an archival file with everything attached.
WeasyPrint sets the same text and tables on the same pages on request, and pages that are HTML by
nature; it needs libraries of the system, which Windows machines of officers do not have.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from functools import cache
from importlib.util import find_spec

ENGINES = ("typst", "weasyprint")
INSTEAD = "这台计算机不能使用 Typst，PDF 改由 WeasyPrint 排版（文字、表格、页码相同，不内附数字和报表）。"
ADVICE = "Debian、Ubuntu 请安装 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@cache
def trouble(engine: str) -> str:
    """Why an engine cannot be used here, in Chinese; empty where it can."""
    if engine == "typst":
        return (
            "" if find_spec("typst") else "没有安装 Typst：请运行 pip install typst，或改用 --pdf-engine weasyprint。"
        )
    try:
        with redirect_stdout(io.StringIO()):  # it tells in English, on the screen, what it lacks
            import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        return f"WeasyPrint 不能使用（{first[:120]}）。{ADVICE}；或改用 --pdf-engine typst。"
    return ""


def usual() -> str:
    """The engine of a document: Typst, or WeasyPrint where only that is there."""
    return "weasyprint" if trouble("typst") and not trouble("weasyprint") else "typst"
