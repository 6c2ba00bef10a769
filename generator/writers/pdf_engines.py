"""Which program sets the pages of a PDF on this machine.

WeasyPrint is the usual one; it needs libraries of the system, which Windows machines of officers do
not have.  There Typst takes its place, which needs only its wheel: same text, same tables, same pages.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

ENGINES = ("weasyprint", "typst")
INSTEAD = "这台计算机不能使用 WeasyPrint，PDF 改由 Typst 排版（文字、表格、页码相同）。"
ADVICE = "Debian、Ubuntu 请安装 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@cache
def trouble(engine: str) -> str:
    """Why an engine cannot be used here, in Chinese; empty where it can."""
    if engine == "typst":
        return (
            "" if find_spec("typst") else "没有安装 typst：请先运行 pip install typst，或改用 --pdf-engine weasyprint。"
        )
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        return f"WeasyPrint 不能使用（{first[:120]}）。{ADVICE}；或改用 --pdf-engine typst。"
    return ""


def usual() -> str:
    """The engine for a single document: WeasyPrint where it works, else Typst where that is there."""
    return "typst" if trouble("weasyprint") and not trouble("typst") else "weasyprint"
