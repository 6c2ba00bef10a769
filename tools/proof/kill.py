"""Kills build, pull and seal at random moments: no edit lost, nothing half-written, the store opens.

python -m tools.proof.kill 100
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from generator import edits
from generator.department import Built, build, pull
from generator.files.atomic import recover
from generator.versions import Store, decode
from generator.versions.store import FILE

ROOT = Path(__file__).resolve().parent.parent.parent
FORMATS = "docx,html,txt,json"


class Stage:
    """A department with its output, a Word file edited by somebody, and what must survive."""

    def __init__(self, folder: Path, workbook: Path) -> None:
        self.home = folder / "inputs" / "2024" / "局"
        self.out = folder / "out"
        self.home.mkdir(parents=True)
        shutil.copy(workbook, self.home / "填报表.xlsx")
        first = build(self.home, formats=("docx", "html", "txt", "json"), out=self.out, by="甲")
        assert isinstance(first, Built) and not first.draft and first.examined.generated is not None
        for block in ("income.total", "expenditure.total"):
            text = next(b.text for b in first.examined.generated.blocks() if b.id == block)  # type: ignore[union-attr]
            edits.save(self.home, edits.reword(first.examined.generated, block, "经审核，" + text, author="甲", at="t"))
        second = build(self.home, formats=("docx", "html", "txt", "json"), out=self.out, by="甲")
        assert isinstance(second, Built)
        self.came = folder / "改过.docx"
        self.came.write_bytes(edited(next(p for p in second.files if p.suffix == ".docx").read_bytes()))
        self.kept = {p.name: p.read_bytes() for p in (self.home / "edits").glob("*.toml")}
        whole = folder / "whole"
        shutil.copytree(self.home, whole)
        pull(self.came, whole, by="乙")
        self.wanted = {e.block: e.plain for e in edits.read(whole)}

    def command(self, kind: str) -> list[str]:
        words = {
            "build": ["build", str(self.home), "--format", FORMATS, "--out", str(self.out)],
            "pull": ["pull", str(self.came), str(self.home), "--by", "乙"],
            "seal": ["seal", str(self.home), "--out", str(self.out)],
        }[kind]
        return [sys.executable, "-m", "generator", *words]


def edited(data: bytes) -> bytes:
    """Five paragraphs with a word before them."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "word/document.xml":
                text = content.decode()
                for begin in ("2.上级补助收入", "3.事业收入", "4.经营收入", "5.附属单位上缴收入", "6.其他收入"):
                    text = text.replace(f">{begin}", f">{begin[:2]}本年{begin[2:]}", 1)
                content = text.encode()
            target.writestr(info, content)
    return out.getvalue()


def run_and_kill(stage: Stage, kind: str, after: float) -> bool:
    """Start a command and kill it; whether it was still running."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUESUAN_USER": "丙"}
    process = subprocess.Popen(
        stage.command(kind),
        cwd=stage.home.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def broken(stage: Stage) -> list[str]:
    """What an interruption has damaged."""
    wrong = []
    for path in stage.out.iterdir():  # each file whole, even before anything is put right
        if path.suffix == ".docx" and zipfile.ZipFile(path).testzip() is not None:
            wrong.append(f"{path.name} 不完整")
    recover(stage.out)
    manifest = json.loads((stage.out / "manifest.json").read_text(encoding="utf-8"))
    for name, sha in manifest["outputs"].items():
        if hashlib.sha256((stage.out / name).read_bytes()).hexdigest() != sha:
            wrong.append(f"{name} 与清单不是同一次生成的")
    read = edits.read(stage.home)
    wrong += [f.message for f in read.findings]
    for name, data in stage.kept.items():
        if (stage.home / "edits" / name).read_bytes() != data:
            wrong.append(f"改写 {name} 变了")
    wrong += [f"取回的 {e.block} 不完整" for e in read if e.block in stage.wanted and e.plain != stage.wanted[e.block]]
    db = sqlite3.connect(stage.home / FILE)
    if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        wrong.append("版本库损坏")
    db.close()
    with Store.open(stage.home) as store:
        for version in store.versions():
            if version.kind == "build":
                decode(store.file(version.id, "document"))
        seal = store.sealed()
        if seal is not None:
            outputs = [n for r, n in store.version(seal.version).files if r == "output"]
            wrong += [f"封存的 {n} 没有存下" for n in outputs if not store.file(seal.version, "output", n)]
    return wrong


def run(count: int, seed: int, workbook: Path, folder: Path) -> tuple[list[str], int]:
    """What went wrong, and how many commands were killed while running."""
    rng = random.Random(seed)
    stage = Stage(folder, workbook)
    wrong: list[str] = []
    killed = 0
    usual: dict[str, float] = {}
    for kind in ("build", "pull"):
        copy = folder / f"time-{kind}"
        shutil.copytree(stage.home, copy)
        start = time.perf_counter()
        subprocess.run(
            [
                w.replace(str(stage.home), str(copy)).replace(str(stage.out), str(folder / "other"))
                for w in stage.command(kind)
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
        )
        usual[kind] = time.perf_counter() - start
    usual["seal"] = usual["pull"] / 2
    for number in range(count):
        kind = rng.choice(("build", "build", "pull", "seal"))
        killed += run_and_kill(stage, kind, usual[kind] * rng.uniform(0.35, 1.02))
        wrong += [f"第 {number + 1} 次（{kind}）：{w}" for w in broken(stage)]
    pull(stage.came, stage.home, by="乙")  # in the end everything arrives
    if {e.block: e.plain for e in edits.read(stage.home)} != stage.wanted:
        wrong.append("改写没有全部取回")
    return wrong, killed


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    workbook = next(iter(sorted(ROOT.glob("inputs/2024/*数据局/填报表.xlsx"))))
    with tempfile.TemporaryDirectory() as folder:
        wrong, killed = run(count, 1, workbook, Path(folder))
    for line in wrong:
        print(line)
    print(f"中断 {count} 次（其中 {killed} 次在运行中），不符 {len(wrong)}。")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
