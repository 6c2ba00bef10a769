"""``python -m tools.proof.prove_kill [TIMES]``: kill -9 a batch at random moments, resume, compare every byte.

The run is killed TIMES times (20), leader first, its workers ending with it; then it is let end.  The
files must be those of a run that nobody disturbed, and no half-written folder may be left.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from generator.batch.job import HOME
from generator.files import STAGING
from tools.made.departments import packs, write_many

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
COUNT = 40


def tree(output: Path) -> dict[str, str]:
    """Every published file with its hash."""
    files = sorted(p for p in output.rglob("*") if p.is_file() and HOME not in p.relative_to(output).parts)
    return {p.relative_to(output).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def written(output: Path) -> int:
    """How many departments have all their files.  Folders may come and go meanwhile: os.walk passes over those."""
    count = 0
    for _, folders, files in os.walk(output):
        folders[:] = [f for f in folders if not f.startswith(STAGING)]
        count += "manifest.json" in files
    return count


def kill(command: Sequence[str], output: Path, wait: float, *, at_once: bool = False) -> float:
    """Start, kill -9 ``wait`` seconds after it has written something new (or after its start); the seconds it lived."""
    before, start = written(output), time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not at_once and written(output) == before and process.poll() is None and time.monotonic() - start < 60:
        time.sleep(0.02)
    time.sleep(wait)
    lived = time.monotonic() - start
    process.send_signal(signal.SIGKILL)
    process.wait()
    return lived


def finish(command: Sequence[str]) -> None:
    """Let the command run to its end."""
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=False, stdout=subprocess.DEVNULL)


def command(source: Path, output: Path, *options: str) -> list[str]:
    """The batch as a person would call it, with two processes."""
    return [sys.executable, "-m", "generator", "batch", str(source), "--out", str(output), "--jobs", "2", *options]


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chance = random.Random(8)
    with tempfile.TemporaryDirectory(prefix="juesuan-kill-") as folder:
        source, whole, killed = Path(folder) / "in", Path(folder) / "whole", Path(folder) / "killed"
        write_many(source, packs(), COUNT)
        start = time.monotonic()
        finish(command(source, whole))
        print(f"不受打扰：{COUNT} 个部门，{time.monotonic() - start:.1f} 秒，{len(tree(whole))} 个文件", flush=True)
        for number in range(1, times + 1):
            starting = number % 5 == 0  # while it starts; else at any moment after something new has come
            lived = kill(
                command(source, killed),
                killed,
                chance.uniform(0.3, 4) if starting else chance.uniform(0, 1.5),
                at_once=starting,
            )
            print(f"第 {number} 次：{lived:.1f} 秒后 kill -9，已有 {written(killed)} 个部门", flush=True)
        finish(command(source, killed))
        one, other = tree(whole), tree(killed)
        left = list(killed.rglob(f"{STAGING}*"))
    different = sorted(k for k in one.keys() | other.keys() if one.get(k) != other.get(k))
    print(f"{len(one)} 个文件，不同的 {len(different)} 个；没有写完的文件夹 {len(left)} 个")
    for name in different[:10]:
        print(f"  {name}")
    return 1 if different or left else 0


if __name__ == "__main__":
    sys.exit(main())
