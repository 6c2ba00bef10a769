"""``python -m tools.proof.kill_web [TIMES]``: the workbench killed (-9) in the middle of saves and builds.

Four people type into cells of their own and two departments are built all the while; the server is killed at a random
moment, even while it starts, and started again on the same folders.  Every fifth time it may finish: every save that was answered
stands in the workbook (or what the same person sent after it without an answer), every version of a workbook that the
history names is there, the stores are whole, published files are those of one build.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx2

from generator.files.atomic import recover
from generator.versions.store import FILE
from generator.workbook import read_grids
from tools.proof.load_web import SHEET, departments, idle, serve, stop

CELLS = ("C8", "C9", "C10", "C11")
EACH = 5  # kills between two times that all is looked at


@dataclass
class Person:
    """Somebody who types into one cell of a department, again and again."""

    number: int
    cell: str
    address: str
    answered: str = ""
    sent: set[str] = field(default_factory=set)
    saves: int = 0

    def work(self, over: threading.Event, chance: random.Random) -> None:
        """Until the server is gone."""
        with httpx2.Client(base_url=self.address, timeout=30, trust_env=False) as client:
            while not over.is_set():
                try:
                    self.save(client, str(chance.randrange(1, 10**6)))
                except httpx2.HTTPError:
                    return
                over.wait(chance.uniform(0, 0.3))

    def save(self, client: httpx2.Client, text: str) -> None:
        page = client.get(f"/d/{self.number}/fill?sheet={SHEET}").text
        found = [re.search(p, page) for p in (r'X-CSRF-Token": "([^"]+)"', r'name="sheet" value="(\d+)"', rf'name="was:{self.cell}" value="([^"]*)"')]  # fmt: skip
        if not all(found):
            return  # the page waits for its first examination
        csrf, sheet, was = (unescape(f[1]) for f in found if f)
        self.sent.add(text)
        form = {"csrf": csrf, "sheet": sheet, f"c:{self.cell}": text, f"was:{self.cell}": was}
        answer = client.post(f"/d/{self.number}/fill", data=form)
        if answer.status_code in (200, 303):
            self.answered, self.sent = text, set()
            self.saves += 1


def builds(address: str, numbers: list[int], over: threading.Event) -> None:
    """Ask for a build whenever none is waiting."""
    with httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
        while not over.is_set():
            try:
                for number in numbers:
                    client.post(f"/api/v1/departments/{number}/builds")
            except httpx2.HTTPError:
                return
            over.wait(1)


def wrong(root: Path, people: list[Person], names: dict[int, str]) -> list[str]:
    """What is lost or damaged, the server being idle."""
    out = []
    for person in people:
        data = (root / "inputs" / "2024" / names[person.number] / "填报表.xlsx").read_bytes()
        there = {c.cell: c.text for g in read_grids(data) if g.name == SHEET for row in g.rows for c in row}[
            person.cell
        ]
        if person.answered and there not in {person.answered, *person.sent}:
            out.append(f"{names[person.number]} {person.cell}：已答复保存 {person.answered}，表里是 {there}")
        person.answered, person.sent = there if person.answered else "", set()
    with closing(sqlite3.connect(root / "state" / "workbench.sqlite3")) as db:
        if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            out.append("工作台的数据库损坏")
        for (sha,) in db.execute("SELECT DISTINCT sha FROM workbook_version"):
            kept = root / "state" / "versions" / f"{sha}.xlsx"
            if not kept.is_file() or hashlib.sha256(kept.read_bytes()).hexdigest() != sha:
                out.append(f"填报表的版本 {sha[:8]} 不在或不完整")
        if refused := db.execute("SELECT COUNT(*) FROM cell_edit WHERE state='refused'").fetchone()[0]:
            out.append(f"有 {refused} 次填写没有写入")
        out += [f"工作没有做成：{r}" for (r,) in db.execute("SELECT result FROM job WHERE state='failed'")]
    for store in root.glob(f"inputs/*/*/{FILE}"):
        with closing(sqlite3.connect(store)) as db:
            if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                out.append(f"{store.parent.name} 的版本库损坏")
    for manifest in root.glob("output/**/manifest.json"):
        recover(manifest.parent)
        made = json.loads(manifest.read_text(encoding="utf-8"))["outputs"]
        out += [
            f"{name} 与清单不是同一次生成的"
            for name, sha in made.items()
            if hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() != sha
        ]
    return out


def run(root: Path, times: int, seed: int = 1, note: bool = False) -> tuple[list[str], int, int]:
    """What went wrong, how many saves were answered, how many builds came to their end."""
    chance = random.Random(seed)
    (root / "inputs").mkdir(parents=True)
    departments(root / "inputs", 2)
    server, address = serve(root)
    found: list[str] = []
    try:
        idle(address, 180)
        names = {d["id"]: d["name"] for d in httpx2.get(f"{address}/api/v1/departments", timeout=30).json()}
        people = [Person(n, cell, address) for k, n in enumerate(names) for cell in CELLS[2 * k : 2 * k + 2]]
        for turn in range(1, times + 1):
            over, before = threading.Event(), sum(p.saves for p in people)
            for person in people:
                person.address = address
            rounds = [
                threading.Thread(target=p.work, args=(over, random.Random(seed * turn + k)))
                for k, p in enumerate(people)
            ]
            rounds.append(threading.Thread(target=builds, args=(address, list(names), over)))
            for thread in rounds:
                thread.start()
            while turn % 10 and sum(p.saves for p in people) == before and server.poll() is None:
                time.sleep(0.02)  # not before somebody's save was answered; every tenth time at any moment
            time.sleep(chance.uniform(0, 2.5))
            stop(server, signal.SIGKILL)
            over.set()
            for thread in rounds:
                thread.join()
            server, address = serve(root)
            if turn % EACH and turn != times:
                continue  # killed again in the middle of what it has taken up
            if not idle(address, 600):
                found.append(f"第 {turn} 次：十分钟后还有没做完的工作")
            found += [f"第 {turn} 次：{w}" for w in wrong(root, people, names)]
            if note:
                for line in found[-3:]:
                    print(line)
                print(f"第 {turn} 次：共答复 {sum(p.saves for p in people)} 次保存，不符 {len(found)}", flush=True)
    finally:
        stop(server)
    with closing(sqlite3.connect(root / "state" / "workbench.sqlite3")) as db:
        built = db.execute("SELECT COUNT(*) FROM job WHERE kind='build' AND state='done'").fetchone()[0]
    return found, sum(p.saves for p in people), built


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory(prefix="juesuan-kill-web-") as folder:
        found, saves, built = run(Path(folder) / "x", times, note=True)
    for line in found[:20]:
        print(line)
    print(f"kill -9 {times} 次，答复了 {saves} 次保存，生成完 {built} 次，丢失或损坏 {len(found)}。")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
