"""The libraries of a target, fetched as wheels and laid out, and the program's own wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bundle.lock import ROOT, Locked, Target, wanted

STORE = ROOT / "var" / "bundle"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "output", "build", "*.egg-info", ".*cache", "__pycache__")


def pip(*arguments: str) -> None:
    """Run pip quietly; what it says is shown where it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(f"pip 没有完成：{' '.join(arguments[:3])}\n{made.stderr.strip()[-2000:]}")


def _platform(target: Target) -> list[str]:
    platforms = [x for tag in target.tags for x in ("--platform", tag)]
    return [*platforms, "--python-version", target.python, "--implementation", "cp", "--only-binary=:all:"]


def fetch(target: Target) -> list[tuple[Locked, Path]]:
    """Each library of a target with its wheel; every one must be there for that machine, with the locked hash."""
    store = STORE / f"wheels-{target.name}-{target.python}"
    store.mkdir(parents=True, exist_ok=True)
    libraries = wanted(target)
    asked = store / "requirements.txt"
    asked.write_text("".join(x.line() + "\n" for x in libraries))
    pip("download", "--quiet", "--no-deps", "--require-hashes", "-d", str(store), *_platform(target), "-r", str(asked))
    files = {p.name.split("-")[0].lower().replace("_", "-").replace(".", "-"): p for p in store.glob("*.whl")}
    return [(x, files[x.name.lower().replace("_", "-").replace(".", "-")]) for x in libraries]


def own_wheel() -> Path:
    """The program's wheel, built from a copy so that nothing is left in the checkout."""
    place = STORE / "own"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT, place / "source", ignore=LEFT_OUT)
    pip("wheel", "--quiet", "--no-deps", "-w", str(place), str(place / "source"))
    shutil.rmtree(place / "source")
    return next(place.glob("*.whl"))


def lay_out(target: Target, folder: Path, more: Sequence[Path]) -> list[tuple[Locked, Path]]:
    """All libraries of a target and some further wheels, unpacked into a folder."""
    fetched = fetch(target)
    names = [str(p) for _, p in fetched] + [str(p) for p in more]
    pip(
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-compile",
        "--target",
        str(folder),
        *_platform(target),
        *names,
    )
    shutil.rmtree(folder / "bin", ignore_errors=True)  # commands of libraries, made for this machine
    return fetched
