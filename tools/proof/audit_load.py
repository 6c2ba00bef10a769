"""``python -m tools.proof.audit_load [FILES] [SPOILED]``: the audit under load and on broken files.

Time and memory of a PDF of thirty pages and more; FILES published PDFs of made-up departments with two jobs; SPOILED
files that were damaged at random (PDF, Word, web page, workbook) and the hostile ones of the tests: every one must end
in an answer in words, in time, never in a traceback.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

import psutil
from pypdf import PdfReader

from generator.department import Built, build
from tools.made.departments import write

PACKS = ("liaoning", "chaoyang", "xinjiang", "shanghai", "dalian-budget")
FORMATS = ("pdf", "docx", "html", "xlsx")


def published(folder: Path, each: int) -> list[Path]:
    """Published files of made-up departments, ``each`` of every pack, in every format."""
    out: list[Path] = []
    for pack in PACKS:
        for seed in range(each):
            built = build(
                write(folder / "in" / pack / str(seed), pack, seed), formats=FORMATS, out=folder / "out" / pack
            )
            assert isinstance(built, Built)
            out += [p for p in built.files if p.suffix[1:] in FORMATS]
    return out


def run(*arguments: object) -> tuple[int, str, str, float, int]:
    """The command with its seconds and the most megabytes that it and its children held."""
    start = time.time()
    command = [sys.executable, "-m", "generator", "audit", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watched, most = psutil.Process(process.pid), 0
    while True:
        try:
            out, err = process.communicate(timeout=0.1)
            return process.returncode, out, err, time.time() - start, most >> 20
        except subprocess.TimeoutExpired:
            try:
                family = [watched, *watched.children(recursive=True)]
                most = max(most, *(p.memory_info().rss for p in family))
            except psutil.Error:
                continue


def spoiled(data: bytes, random: Random) -> bytes:
    """A file with something broken: cut, bytes changed, a stretch doubled, the text inside a package changed."""
    way = random.choice(("cut", "bytes", "double", "inner", "inner"))
    if way == "cut":
        return data[: random.randrange(1, len(data))]
    if way == "double":
        at = random.randrange(len(data))
        return data[:at] + data[at // 2 : at] * 2 + data[at:]
    if way == "inner" and data.startswith(b"PK"):
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            names = [n for n in old.namelist() if n.endswith(".xml")]
            chosen = random.choice(names)
            for name in old.namelist():
                inner = old.read(name)
                new.writestr(name, _scattered(inner, random) if name == chosen else inner)
        return out.getvalue()
    return _scattered(data, random)


def _scattered(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 5, 50))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def main() -> int:
    files, broken = (int(a) for a in (*sys.argv[1:], *("400", "200")[len(sys.argv) - 1 :]))
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = published(folder, 4)
        pdfs = [p for p in made if p.suffix == ".pdf"]

        pages = {p: len(PdfReader(p).pages) for p in pdfs}
        longest = max(pages, key=lambda p: pages[p])
        code, _, _, seconds, megabytes = run(longest)
        print(f"a PDF of {pages[longest]} pages: {seconds:.1f} s, {megabytes} MB (exit {code})")
        bad += seconds > 5 or megabytes > 600 or code not in (0, 1)

        many = folder / "many"
        many.mkdir()
        for k in range(files):
            shutil.copy(pdfs[k % len(pdfs)], many / f"{k:04}.pdf")
        code, out, err, seconds, megabytes = run(many, "--jobs", 2, "--json")
        answers = json.loads(out)
        errors = sum(f["severity"] == "error" for a in answers for f in a["findings"])
        print(
            f"{len(answers)} PDFs ({sum(pages[pdfs[k % len(pdfs)]] for k in range(files))} pages), two jobs:"
            f" {seconds:.0f} s, {megabytes} MB a process, {errors} errors (exit {code})"
        )
        bad += len(answers) != files or bool(errors) or "Traceback" in err

        random, hurt = Random(7), folder / "hurt"
        hurt.mkdir()
        for k in range(broken):
            source = random.choice(made)
            (hurt / f"{k:04}{source.suffix}").write_bytes(spoiled(source.read_bytes(), random))
        code, out, err, seconds, megabytes = run(hurt, "--jobs", 2, "--json")
        answers = json.loads(out)
        unread = sum(not a["tables"] and not a["kind"] for a in answers)
        print(
            f"{broken} damaged files: {len(answers)} answers, {unread} unread, {seconds:.0f} s, {megabytes} MB (exit {code})"
        )
        bad += len(answers) != broken or "Traceback" in err or "程序出错" in out
        if "程序出错" in out:
            print([a["file"] for a in answers if "程序出错" in json.dumps(a, ensure_ascii=False)])
            shutil.copytree(hurt, "hurt", dirs_exist_ok=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
