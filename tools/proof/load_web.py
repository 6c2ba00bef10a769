"""Many officers at one workbench: ``python -m tools.proof.load_web [officers] [seconds]`` (loopback only).

Two officers share each department.  Each reads pages as people do, types cells of his own, and adds
to a cell that both use, so that a lost update shows in the sum.  Documents are built all the while.
Bounded in time; seeded; the server runs as ``juesuan serve`` does.
"""

from __future__ import annotations

import asyncio
import io
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx2

from generator.workbook import read_grids

ROOT = Path(__file__).resolve().parent.parent.parent
SHEET, SHARED = "公开01表", "C12"  # 六、经营收入 … a cell that nobody needs otherwise
OWN = ("C8", "C9")
PAGES = (
    "",
    "/fill?sheet=公开02表",
    "/findings",
    "/reasons",
    "/preview",
    "/figure/7",
    "/versions",
    "/review",
    "/findings/0",
)
LIMIT = 0.5  # seconds, p95


@dataclass
class Load:
    """What was seen."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)
    conflicts: int = 0
    shared: int = 0
    counted: Counter[int] = field(default_factory=Counter)
    typed: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def all(self) -> list[float]:
        return sorted(t for times in self.times.values() for t in times)


def quantile(times: list[float], part: float) -> float:
    """A quantile of sorted times, in seconds."""
    return times[min(int(len(times) * part), len(times) - 1)] if times else 0


def departments(inputs: Path, count: int) -> None:
    """Copies of a real department under names of their own."""
    source = next(p for p in sorted((ROOT / "inputs").glob("*/*/填报表.xlsx")) if len(p.parent.name) < 8)
    name = source.parent.name
    for k in range(count):
        folder = inputs / "2024" / f"压测{k:03}局"
        folder.mkdir(parents=True)
        out = io.BytesIO()
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                data = old.read(entry)
                if entry.filename == "xl/sharedStrings.xml":
                    data = data.replace(name.encode(), folder.name.encode())
                new.writestr(entry, data)
        (folder / "填报表.xlsx").write_bytes(out.getvalue())


class Officer:
    """One browser."""

    def __init__(self, client: httpx2.AsyncClient, number: int, mine: str, load: Load, seed: int) -> None:
        self.client, self.number, self.mine, self.load = client, number, mine, load
        self.random = random.Random(seed)
        self.csrf = ""

    async def get(self, kind: str, address: str) -> str:
        start = time.perf_counter()
        try:
            answer = await self.client.get(address)
        except httpx2.HTTPError as error:
            self.load.problems.append(f"{kind} {type(error).__name__}")
            return ""
        self.load.times[kind].append(time.perf_counter() - start)
        if answer.status_code != 200 and not (kind in ("/findings/0", "/figure/7") and answer.status_code == 404):
            self.load.problems.append(f"{kind} {answer.status_code}")
        return answer.text

    async def post(self, kind: str, address: str, data: dict[str, str]) -> httpx2.Response | None:
        start = time.perf_counter()
        try:
            answer = await self.client.post(address, data={"csrf": self.csrf, **data})
        except httpx2.HTTPError as error:
            self.load.problems.append(f"{kind} {type(error).__name__}")
            return None
        self.load.times[kind].append(time.perf_counter() - start)
        if answer.status_code not in (200, 303, 409):
            self.load.problems.append(f"{kind} {answer.status_code}")
        return answer

    async def work(self, until: float) -> None:
        """Read and type until the time is up."""
        await asyncio.sleep(self.random.uniform(0, 2))
        home = f"/d/{self.number}"
        while time.monotonic() < until:
            match self.random.randrange(8):
                case 0:
                    await self.get("/", "/")
                case 1 | 2:
                    await self.type(self.mine)
                case 3:
                    await self.type(SHARED)
                case 4 if self.csrf and self.random.random() < 0.2:
                    await self.post("build", f"{home}/build", {})
                case _:
                    page = self.random.choice(PAGES)
                    await self.get(page, home + page)
            await asyncio.sleep(self.random.uniform(1, 4))

    async def type(self, cell: str) -> None:
        """Change one cell, as the page shows it; a refusal because somebody was first is right."""
        page = await self.get("/fill", f"/d/{self.number}/fill?sheet={SHEET}")
        token = re.search(r'X-CSRF-Token": "([^"]+)"', page)
        shown = re.search(rf'name="was:{cell}" value="([^"]*)"', page)
        sheet = re.search(r'name="sheet" value="(\d+)"', page)
        if not (token and shown and sheet):
            return
        self.csrf = token[1]
        was = unescape(shown[1])
        more = self.random.randrange(1, 10**6)
        text = str(int(was or 0) + more) if cell == SHARED else str(more)
        await asyncio.sleep(self.random.uniform(0.2, 1))
        answer = await self.post(
            "save", f"/d/{self.number}/fill", {"sheet": sheet[1], f"c:{cell}": text, f"was:{cell}": was}
        )
        if answer is None:
            return
        if answer.status_code == 409:
            self.load.conflicts += 1
        elif cell == SHARED:
            self.load.counted[self.number] += more
            self.load.shared += 1
        else:
            self.load.typed[self.number, cell] = text


async def use(address: str, officers: int, seconds: float, seed: int) -> Load:
    """All officers at once."""
    load = Load()
    until = time.monotonic() + seconds
    numbers = [d["id"] for d in httpx2.get(f"{address}/api/v1/departments", timeout=30).json()]
    clients = [httpx2.AsyncClient(base_url=address, timeout=30, trust_env=False) for _ in range(officers)]
    try:
        people = [
            Officer(c, numbers[k // 2 % len(numbers)], OWN[k % 2], load, seed * 1000 + k) for k, c in enumerate(clients)
        ]
        await asyncio.gather(*(p.work(until) for p in people))
    finally:
        for client in clients:
            await client.aclose()
    return load


def idle(address: str, seconds: float) -> bool:
    """Wait until nothing is queued: every department's last job is done."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        numbers = [d["id"] for d in httpx2.get(f"{address}/api/v1/departments", timeout=30).json()]
        if not any('class="working"' in httpx2.get(f"{address}/d/{n}/progress", timeout=30).text for n in numbers):
            return True
        time.sleep(0.5)
    return False


def lost(inputs: Path, load: Load, names: dict[int, str]) -> list[str]:
    """Updates that were accepted and do not stand in the workbook."""
    out = []
    for number, name in names.items():
        data = (inputs / "2024" / name / "填报表.xlsx").read_bytes()
        cells = {c.cell: c.text for g in read_grids(data) if g.name == SHEET for row in g.rows for c in row}
        if int(cells.get(SHARED) or 0) != load.counted[number]:
            out.append(f"{name} {SHARED}：记下的累加为 {load.counted[number]}，表里是 {cells.get(SHARED)}")
        for (owner, cell), text in load.typed.items():
            if owner == number and cells.get(cell) != text:
                out.append(f"{name} {cell}：记下 {text}，表里是 {cells.get(cell)}")
    return out


def serve(root: Path, *more: str) -> tuple[subprocess.Popen[bytes], str]:
    """The server as its command starts it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    folders = ["--inputs", str(root / "inputs"), "--output", str(root / "output"), "--data", str(root / "state")]
    with (root / "serve.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "generator", "serve", "--port", str(port), *folders, *more],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            httpx2.get(f"{address}/api/v1/departments", timeout=30)
            return server, address
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise RuntimeError((root / "serve.log").read_text(encoding="utf-8"))


def stop(server: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    server.send_signal(how)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def measure(root: Path, officers: int, seconds: float, *, seed: int = 1, crash: bool = False) -> tuple[Load, list[str]]:
    """Run the load; with ``crash``, kill the server at the end and let it take up its work again."""
    (root / "inputs").mkdir(parents=True, exist_ok=True)
    departments(root / "inputs", max(1, officers // 2))
    server, address = serve(root)
    try:
        idle(address, 180)
        load = asyncio.run(use(address, officers, seconds, seed))
        names = {d["id"]: d["name"] for d in httpx2.get(f"{address}/api/v1/departments", timeout=30).json()}
        if crash:
            stop(server, signal.SIGKILL)
            server, address = serve(root)
        if not idle(address, 900):
            load.problems.append("十五分钟后还有没做完的工作")
    finally:
        stop(server)
    return load, lost(root / "inputs", load, names)


def main() -> int:
    """0 where nothing failed, nothing was lost and p95 holds."""
    officers = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    with tempfile.TemporaryDirectory(prefix="juesuan-load-") as scratch:
        load, missing = measure(Path(scratch), officers, seconds, crash=True)
    times = load.all
    print(
        f"{officers} 人，{seconds} 秒，{len(times)} 个请求；冲突（如实告知）{load.conflicts} 次，共用一格累加 {load.shared} 次"
    )
    for kind, found in sorted(load.times.items()):
        found.sort()
        print(
            f"  {kind:<24}{len(found):>6} 次  中位 {quantile(found, 0.5):.3f}  p95 {quantile(found, 0.95):.3f}  最长 {found[-1]:.3f} 秒"
        )
    p95 = quantile(times, 0.95)
    print(
        f"  合计 中位 {quantile(times, 0.5):.3f}  p95 {p95:.3f}  最长 {times[-1] if times else 0:.3f} 秒（要求 p95 ≤ {LIMIT}）"
    )
    for line in [*Counter(load.problems).items(), *missing]:
        print("  问题：", line)
    print(f"错误 {len(load.problems)}，丢失 {len(missing)}")
    return 0 if not load.problems and not missing and p95 <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
