"""``python -m tools.proof.damage [TIMES]``: files that broke on their way, given to every command.

One file of a department (workbook, edit, store of versions, edited Word file, last year's Word or PDF)
is cut, overwritten, emptied or replaced by a folder; then some commands run.  Each must end in words:
no program error, no traceback, and what was published before stays as it was unless something new
was published whole.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.cli import main as juesuan
from tools.proof.kill import edited

ROOT = Path(__file__).resolve().parent.parent.parent
FORMATS = ("--format", "txt,docx,json")
WAYS = ("flip", "cut", "empty", "noise", "words", "folder")
EACH = 4  # commands after each damage


class Stage:
    """A department that was built, edited in Word and built again, and its files as they should be."""

    def __init__(self, folder: Path, workbook: Path) -> None:
        self.folder = folder
        self.home, self.out = folder / "inputs" / "2024" / "局", folder / "out"
        self.word, self.prior = folder / "改过.docx", folder / "上年.docx"
        self.pdf = folder / "上年.pdf"
        self.home.mkdir(parents=True)
        shutil.copy(workbook, self.home / "填报表.xlsx")
        self._must(
            "build", str(self.home), "--out", str(self.out), "--format", "txt,docx,json,pdf", "--pdf-engine", "typst"
        )
        published = next(self.out.glob("*.docx")).read_bytes()
        self.word.write_bytes(edited(published))
        self.prior.write_bytes(published)
        shutil.copy(next(self.out.glob("*.pdf")), self.pdf)
        self._must("pull", str(self.word), str(self.home))
        self._must("build", str(self.home), "--out", str(self.out), *FORMATS)
        self.good = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        self.fragile = [p for p in self.good if not p.is_relative_to(self.out)]

    def commands(self) -> list[tuple[str, ...]]:
        """What a person might do next."""
        home, other = str(self.home), self.folder / "别处"
        new = ("new", "--pack", "liaoning", "--year", "2025", "--name", "局", str(other / "n"), "--prior")
        return [
            ("check", home), ("build", home, "--out", str(self.out), *FORMATS), ("build", home, "--out", str(other / "b"), "--final", "--format", "txt"),
            ("versions", home), ("edits", home), ("draft", home), (*new, str(self.prior)), (*new, str(self.pdf)), (*new, str(self.home / "填报表.xlsx")),
            ("pull", str(self.word), home), ("diff", f"{home}@1", home), ("roll", home, "--to", "2025", "--out", str(other / "r")),
            ("restore", home, "1"), ("restore", home, "1", "--files", str(other / "f")), ("seal", home, "--out", str(self.out)),
            ("correct", home, "--reason", "更正"),
        ]  # fmt: skip

    def reset(self) -> None:
        """All files as they were."""
        for path in (self.home, self.folder / "别处", self.out):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.fragile:
            if path.is_dir():
                path.rmdir()
        for path, data in self.good.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def _must(self, *words: str) -> None:
        code, told = call(words)
        if code:
            raise RuntimeError(f"{words}: {told}")


def damage(path: Path, way: str, chance: random.Random) -> None:
    """Break a file in one of the ways."""
    data = bytearray(path.read_bytes())
    match way:
        case "flip":
            for _ in range(chance.randint(1, 25) if data else 0):
                data[chance.randrange(len(data))] = chance.randrange(256)
        case "cut":
            del data[chance.randrange(len(data) + 1) :]
        case "empty":
            data.clear()
        case "noise":
            data[:] = chance.randbytes(3000)
        case "words":
            data[:] = "不是这种文件\x00=1".encode()
        case _:
            path.unlink()
            path.mkdir()
            return
    path.write_bytes(data)


def call(words: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command, and all it said."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = juesuan(words)
    return code, told.getvalue()


def run(seeds: Sequence[int], workbook: Path, folder: Path) -> list[str]:
    """What went wrong, a line each; nothing where all ended in words."""
    stage = Stage(folder, workbook)
    wrong: list[str] = []
    for seed in seeds:
        chance = random.Random(seed)
        stage.reset()
        victim, way = chance.choice(stage.fragile), chance.choice(WAYS)
        damage(victim, way, chance)
        for words in chance.sample(stage.commands(), EACH):
            before = published(stage.out)
            code, told = call(words)
            label = f"{seed}: {way} {victim.name}, {words[0]}"
            if code not in (0, 1, 2) or "Traceback" in told:
                wrong.append(f"{label} → {code} {told[-300:]}")
            elif not re.search("[\u4e00-\u9fff\\[{]", told):
                wrong.append(f"{label} → {code} says nothing: {told[-100:]}")
            if published(stage.out) != before and (words[0], code) != ("build", 0):
                wrong.append(f"{label} → {code} changed what was published")
    return wrong


def published(out: Path) -> dict[str, bytes]:
    """The published files (drafts lie deeper)."""
    return {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    workbook = next(iter(sorted(ROOT.glob("inputs/2024/*数据局/填报表.xlsx"))))
    with tempfile.TemporaryDirectory(prefix="juesuan-damage-") as folder:
        wrong = run(range(times), workbook, Path(folder))
    print(f"弄坏 {times} 次，执行命令 {times * EACH} 次，不对的 {len(wrong)} 次")
    for line in wrong[:20]:
        print(f"  {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
