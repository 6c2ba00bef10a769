"""``python -m tools.licences``: docs/许可.md, the licences of all libraries that the lock file names, and of fonts.

What a library says of itself in its metadata is taken (``License-Expression``, ``License``, classifiers); those that are
needed on other systems only, and so are not installed here, stand in ELSEWHERE with what their project states.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK, PAGE = ROOT / "requirements.lock", ROOT / "docs" / "许可.md"
ELSEWHERE = {
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
    "exceptiongroup": "MIT",
    "async-timeout": "Apache-2.0",
}
SPELLED = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "BSD License": "BSD", "BSD": "BSD", "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "Python Software Foundation License": "PSF-2.0", "The Unlicense (Unlicense)": "Unlicense",
    "Apache License 2.0": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Zope Public License": "ZPL-2.1",
}  # fmt: skip
FONTS = (
    ("Liberation Serif（随程序）", "SIL OFL 1.1", "generator/writers/assets/fonts/LICENSE-Liberation.txt"),
    ("pylopdf-fonts-zh-cn 里的 Noto CJK", "SIL OFL 1.1", "字体文件所在的文件夹"),
    ("方正小标宋、仿宋_GB2312、楷体_GB2312 等", "不随程序提供", "装在计算机上的照原许可使用"),
)


def locked() -> dict[str, str]:
    """Names and versions of the lock file."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def licence(name: str) -> str:
    """The licence that a library states.  SystemExit where there is none to be found."""
    try:
        about: Any = metadata(name)
    except PackageNotFoundError:
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        raise SystemExit(f"{name} 没有安装，也不在 ELSEWHERE 里") from None
    said = about.get("License-Expression") or ""
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    short = about.get("License") or ""
    said = said or (short if short and len(short) < 60 and "\n" not in short else "") or "、".join(classifiers)
    if not said:
        raise SystemExit(f"{name} 没有写明许可")
    return SPELLED.get(said, said)


def page() -> str:
    """The page."""
    lines = [
        "# 许可",
        "",
        "本程序用 MIT 许可（[LICENSE](../LICENSE)）。用到的库和字体各用各的许可，都可以在单位内部和对外提供服务时免费使用。",
        "这一页由 `make licences` 按 requirements.lock 做出，测试核对它是不是现在的。",
        "",
        "| 库 | 版本 | 许可 |",
        "|---|---|---|",
        *(f"| {name} | {version} | {licence(name)} |" for name, version in sorted(locked().items())),
        "",
        "| 字体 | 许可 | 许可的全文 |",
        "|---|---|---|",
        *(f"| {name} | {said} | {where} |" for name, said, where in FONTS),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
