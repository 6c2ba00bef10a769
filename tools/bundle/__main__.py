"""``make bundle``: the folders for Windows and for Linux, each as a folder and as one file to hand out."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from pathlib import Path

from tools.bundle import linux, windows
from tools.bundle.libraries import fetch
from tools.bundle.lock import ROOT, Locked
from tools.bundle.lock import linux as linux_target

HERE = f"linux-{platform.machine()}"


def megabytes(path: Path) -> float:
    """Of a file, or of all files below a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) / 1e6


def listed(libraries: list[tuple[Locked, Path]]) -> None:
    """The libraries with the wheels that serve them."""
    for library, wheel in libraries:
        print(f"  {library.name:<24}{library.version:<12}{megabytes(wheel):7.1f} MB  {wheel.name}")
    print(f"  共 {len(libraries)} 个，{sum(megabytes(w) for _, w in libraries):.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bundle", description="不用安装的文件夹")
    parser.add_argument("target", choices=("windows", "linux", "aarch64"), help="aarch64：只列出所需的库")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="放在哪里（默认 dist）")
    parser.add_argument("--fonts", type=Path, default=ROOT / "var" / "fonts", help="一并带上的字体")
    options = parser.parse_args()
    if options.target == "aarch64":
        listed(fetch(linux_target("aarch64", f"{sys.version_info[0]}.{sys.version_info[1]}")))
        return 0
    name = "windows-x86_64" if options.target == "windows" else HERE
    folder = options.out / f"juesuan-{name}"
    make = windows.make if options.target == "windows" else linux.make
    listed(make(folder, options.fonts))
    kind = "zip" if options.target == "windows" else "gztar"
    file = Path(shutil.make_archive(str(folder), kind, root_dir=options.out, base_dir=folder.name))
    print(f"{folder}（{megabytes(folder):.0f} MB），{file.name}（{megabytes(file):.0f} MB）")
    return 0


if __name__ == "__main__":
    sys.exit(main())
