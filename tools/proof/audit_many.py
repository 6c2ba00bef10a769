"""``python -m tools.proof.audit_many [FILES] [COMPOSED]``: the bureau's audit of FILES published documents, two jobs.

COMPOSED made-up departments under ever new names, half as PDF and half as Word; in three of four one fault is planted
(its kind is known), one department of twenty has not published, one file in a hundred is damaged.  Measured: rate,
memory, whether the summary says what was planted, whether a run that is killed goes on and one that is repeated does
nothing.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import psutil

from generator.audit import as_publication, audit_document, record_of
from generator.department import examine
from generator.writers import write_docx, write_typst
from tools.made.departments import write
from tools.proof import published_faults as plant

PACKS = ("liaoning", "chaoyang", "xinjiang", "shanghai", "dalian-budget")
KINDS = (plant.amount, plant.rate, plant.cell, plant.section, plant.table_gone, plant.words, plant.punctuation)


@dataclass(frozen=True)
class Truth:
    """What is in a file."""

    name: str
    planted: str
    sangong: Decimal | None
    budget: bool
    broken: bool = False


def renamed(value: Any, old: str, new: str) -> Any:
    """A document of another department: the name changed wherever it stands."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, tuple):
        return tuple(renamed(v, old, new) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: renamed(getattr(value, f.name), old, new) for f in fields(value) if f.init}
        return replace(value, **changed)
    return value


def _made(task: tuple[str, int, int, int]) -> list[tuple[str, Truth]]:
    """The files of one composed department under its new names, in a process of its own."""
    place, seed, files, composed = task
    folder, random = Path(place), Random(f"26 {seed}")
    pack = PACKS[seed % len(PACKS)]
    source = examine(write(folder / "in", pack, 2600 + seed)).document
    assert source is not None
    totals = record_of(audit_document(as_publication(source))).measures.sangong.get("合计", (None, None))
    amount = totals[0] if source.kind == "预算" else totals[1]
    body = source.department.removesuffix("（虚构）")
    out = []
    for k in range(seed, files, composed):
        name = f"滨海市第{k + 1}测试局"
        document = renamed(source, body, name)
        turn = k // composed + seed
        planted = KINDS[turn % len(KINDS)](document, random) if turn % 4 else None
        final = planted.document if planted else document
        pdf = turn % 2 == 0
        path = folder / "公开" / f"{k:04}.{'pdf' if pdf else 'docx'}"
        data = write_typst(final) if pdf else write_docx(final)
        broken = k % 100 == 50
        path.write_bytes(data[: len(data) // 3] if broken else data)
        table = planted is not None and ("三公" in planted.table or "三公" in planted.said)
        said = "" if planted is None else planted.kind
        out.append((path.name, Truth(f"{name}（虚构）", said, None if table else amount, final.kind == "预算", broken)))
    return out


def written(folder: Path, files: int, composed: int) -> dict[str, Truth]:
    """The published files, and what is in each."""
    (folder / "公开").mkdir()
    tasks = [(str(folder), seed, files, composed) for seed in range(min(composed, files))]
    with get_context("spawn").Pool(2, maxtasksperchild=5) as pool:
        return {name: truth for made in pool.imap(_made, tasks) for name, truth in made}


def run(arguments: Sequence[object], kill_after: int = 0, out: Path | None = None) -> tuple[int, str, float, int]:
    """The command: exit code, what it said to stderr, seconds, the most megabytes of one process.

    ``kill_after``: it is killed once so many results stand in ``out``."""
    start = time.time()
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "audit", *map(str, arguments)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    watched, most = psutil.Process(process.pid), 0
    while True:
        try:
            _, err = process.communicate(timeout=0.3)
            return process.returncode, err, time.time() - start, most >> 20
        except subprocess.TimeoutExpired:
            if kill_after and out is not None and len(list(out.glob("*/*.审核结果.json"))) >= kill_after:
                process.send_signal(signal.SIGKILL)
                kill_after = 0
            try:
                most = max(most, *(p.memory_info().rss for p in [watched, *watched.children(recursive=True)]))
            except (psutil.Error, ValueError):
                continue


def recount(out: Path) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """States and kinds counted anew from the results of the single documents."""
    states: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for path in out.glob("*/*.审核结果.json"):
        answer = json.loads(path.read_text("utf-8"))
        levels = Counter(f["severity"] for f in answer["findings"] if answer["tables"] or answer["kind"])
        readable = bool(answer["tables"] or answer["kind"])
        states[
            "没有读出" if not readable else "不符合" if levels["error"] else "待核" if levels["warning"] else "符合"
        ] += 1
        kinds.update((f["id"], f["severity"]) for f in answer["findings"] if readable)
    return states, kinds


def judge(out: Path, truths: dict[str, Truth], absent: Sequence[str]) -> list[str]:
    """What the summary says that is not so."""
    wrong = []
    said = json.loads((out / "审核汇总.json").read_text("utf-8"))
    states, kinds = recount(out)
    if {k: v for k, v in said["states"].items() if v} != dict(states):
        wrong.append(f"states {said['states']} for {dict(states)}")
    if {(k["id"], k["severity"]): k["count"] for k in said["kinds"]} != dict(kinds):
        wrong.append("kinds do not add up")
    if said["missing"] != list(absent):
        wrong.append(f"missing {len(said['missing'])} for {len(absent)}")
    if said["documents"] != len(truths):
        wrong.append(f"documents {said['documents']}")
    for sums in said["sangong"]:
        own = [t for t in truths.values() if not t.broken and t.budget == (sums["kind"] == "预算")]
        expected = sum((t.sangong or Decimal(0) for t in own), Decimal(0))
        told = Decimal(sums["sums"]["合计"]["budget" if sums["kind"] == "预算" else "actual"])
        print(
            f"  Σ “三公” {sums['kind']}: {told:,.2f} 万元 of {sums['departments']} departments, {expected:,.2f} by the sources"
        )
        if abs(told - expected) > expected * Decimal("0.02") + 1:  # a planted fault may stand in one of its cells
            wrong.append(f"Σ {sums['kind']} {told} for {expected}")
    book = openpyxl.load_workbook(out / "审核汇总.xlsx", read_only=True)
    if len(list(book["各部门"].iter_rows())) != len(truths) + 1:
        wrong.append("rows of the workbook")
    return wrong


def told(out: Path, truths: dict[str, Truth]) -> tuple[Counter[str], Counter[str], list[str], int]:
    """Planted and told by kind, false alarms in documents without a fault, damaged files that were read."""
    said = json.loads((out / "审核汇总.json").read_text("utf-8"))
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false, unread = [], 0
    for entry in said["files"]:
        truth = truths[entry["file"]]
        if truth.broken:
            unread += entry["state"] == "没有读出"
        elif truth.planted:
            planted[truth.planted] += 1
            found[truth.planted] += entry["error"] + entry["warning"] > 0
        elif entry["error"]:
            false.append(entry["file"])
    return planted, found, false, unread


def main() -> int:
    files, composed = (int(a) for a in (*sys.argv[1:], *("400", "40")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        truths = written(folder, files, composed)
        absent = [f"滨海市第{k + 1}未公开局" for k in range(files // 20)]
        roster = folder / "名单.txt"
        roster.write_text("\n".join([*(t.name for t in truths.values()), *absent]), "utf-8")
        out = folder / "结果"
        call = [folder / "公开", "--jobs", 2, "--out", out, "--roster", roster]
        run(call, kill_after=files // 3, out=out)
        done = len(list(out.glob("*/*.审核结果.json")))
        code, err, seconds, megabytes = run(call)
        bad = "Traceback" in err
        left = files - done
        print(
            f"killed after {done} of {files}; the rest, two jobs: {seconds:.0f} s, {left / seconds:.2f} documents a second"
        )
        print(f"  most memory of a process {megabytes} MB (exit {code})")
        wrong = judge(out, truths, absent)
        planted, found, false, unread = told(out, truths)
        print(f"  {sum(planted.values())} faults planted, {sum(found.values())} documents told: " + ", ".join(
            f"{k} {found[k]}/{n}" for k, n in sorted(planted.items())))  # fmt: skip
        clean = sum(not t.planted and not t.broken for t in truths.values())
        print(
            f"  without a fault {clean}, errors told in {len(false)}; damaged {sum(t.broken for t in truths.values())}, unread {unread}"
        )
        before = {p: p.stat().st_mtime_ns for p in out.glob("*/*") if "台账" not in str(p)}
        _, _, seconds, _ = run(call)
        same = before == {p: p.stat().st_mtime_ns for p in out.glob("*/*") if "台账" not in str(p)}
        print(f"  again: {seconds:.0f} s, {'nothing done' if same else 'SOMETHING DONE AGAIN'}")
        checklists = len(list(out.glob("*/*.公开情况检查表.xlsx")))
        marked = len(list(out.glob("*/*.批注.*")))
        print(f"  {checklists} checklists, {marked} files with marks")
        for words in wrong:
            print(f"  WRONG {words}")
        bad = bad or bool(wrong) or bool(false) or not same or megabytes > 600 or checklists != files
        bad = bad or sum(found.values()) < 0.9 * sum(planted.values())
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
