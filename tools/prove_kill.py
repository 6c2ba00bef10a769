"""``python -m tools.prove_kill [TIMES]``: kill -9 a batch at random moments, resume, compare every byte.

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
from pathlib import Path

from generator.batch.job import HOME
from tools.departments import packs, write_many

ROOT = Path(__file__).resolve().parent.parent
COUNT = 40


def tree(output: Path) -> dict[str, str]:
    """Every published file with its hash."""
    files = sorted(p for p in output.rglob("*") if p.is_file() and HOME not in p.relative_to(output).parts)
    return {p.relative_to(output).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def written(output: Path) -> int:
    """How many departments have all their files (while others are being written)."""
    return sum(1 for p in output.rglob("manifest.json") if ".写入中-" not in str(p))


def command(source: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "generator", "batch", str(source), "--out", str(output), "--jobs", "2"]


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chance = random.Random(8)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory(prefix="juesuan-kill-") as folder:
        source, whole, killed = Path(folder) / "in", Path(folder) / "whole", Path(folder) / "killed"
        write_many(source, packs(), COUNT)
        start = time.monotonic()
        subprocess.run(command(source, whole), cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL)
        usual = time.monotonic() - start
        print(f"不受打扰：{COUNT} 个部门，{usual:.1f} 秒，{len(tree(whole))} 个文件", flush=True)
        for number in range(1, times + 1):
            process = subprocess.Popen(command(source, killed), cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            start = time.monotonic()
            if number % 5 == 0:  # while it starts
                time.sleep(chance.uniform(0.3, 4))
            else:  # while it writes: at any moment after something new has come
                before = written(killed)
                while written(killed) == before and process.poll() is None and time.monotonic() - start < 60:
                    time.sleep(0.02)
                time.sleep(chance.uniform(0, 1.5))
            lived = time.monotonic() - start
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"第 {number} 次：{lived:.1f} 秒后 kill -9，已有 {written(killed)} 个部门", flush=True)
        subprocess.run(command(source, killed), cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL)
        one, other = tree(whole), tree(killed)
        left = list(killed.rglob(".写入中-*"))
    different = sorted(k for k in one.keys() | other.keys() if one.get(k) != other.get(k))
    print(f"{len(one)} 个文件，不同的 {len(different)} 个；没有写完的文件夹 {len(left)} 个")
    for name in different[:10]:
        print(f"  {name}")
    return 1 if different or left else 0


if __name__ == "__main__":
    sys.exit(main())
