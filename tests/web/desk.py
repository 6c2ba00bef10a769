"""A workbench in this process, and an officer's way of using it without a browser."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient
from httpx2 import Response

from generator.model.figures import CellRef
from generator.web.app import create_app
from generator.web.pages.base import Workbench
from generator.web.state.settings import Settings
from generator.workbook.cells import set_cells
from tests.conftest import DEPARTMENTS

NAME = "辽宁省数据局"
PLANTED = (CellRef("公开01表", "C6"), "5941.5")
PASSWORD = "correct horse 42"  # noqa: S105 - of a test


def settings(
    root: Path, *, accounts: bool = False, departments: tuple[str, ...] = ("001",), **more: object
) -> Settings:
    """Folders of its own, with some real departments in them."""
    for seed in departments:
        folder = root / "inputs" / "2024" / DEPARTMENTS[seed].name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "填报表.xlsx").exists():
            shutil.copy(DEPARTMENTS[seed] / "填报表.xlsx", folder)
    (root / "inputs").mkdir(exist_ok=True)
    return Settings(root / "inputs", root / "output", root / "state", accounts=accounts, year=2024, **more)  # type: ignore[arg-type]


def real_workbook(seed: str = "001") -> bytes:
    return (DEPARTMENTS[seed] / "填报表.xlsx").read_bytes()


def wrong_workbook() -> bytes:
    """A real workbook with one amount written wrong."""
    return set_cells(real_workbook(), dict([PLANTED]))


class Desk:
    """One browser at a workbench."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    @property
    def bench(self) -> Workbench:
        bench: Workbench = self.client.app.state.workbench  # type: ignore[attr-defined]
        return bench

    def get(self, address: str, **more: object) -> Response:
        answer: Response = self.client.get(address, **more)  # type: ignore[arg-type]
        return answer

    def post(self, address: str, data: dict[str, object] | None = None, page: str = "/", **more: object) -> Response:
        """A form of a page: with its token."""
        answer: Response = self.client.post(address, data={"csrf": self.token(page), **(data or {})}, **more)  # type: ignore[arg-type]
        return answer

    def token(self, page: str = "/") -> str:
        found = re.search(r'X-CSRF-Token": "([^"]+)"', self.get(page).text)
        assert found
        return found[1]

    def department(self, name: str = NAME) -> int:
        row = self.bench.database.one("SELECT id FROM department WHERE name=?", name)
        assert row
        return int(row["id"])

    def state(self, number: int) -> str:
        found = self.bench.departments.get(number)
        assert found
        return found.state

    def idle(self, seconds: int = 300) -> None:
        """Wait until no work is left."""
        end = time.monotonic() + seconds
        while self.bench.database.value("SELECT COUNT(*) FROM job WHERE state IN ('queued','running')"):
            assert time.monotonic() < end, [dict(r) for r in self.bench.database.all("SELECT * FROM job")]
            time.sleep(0.05)

    def until(self, there: Callable[[], bool], seconds: int = 300) -> None:
        """Wait until something has come about."""
        end = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < end
            time.sleep(0.05)

    def upload(self, number: int, data: bytes, name: str = "填报表.xlsx") -> Response:
        answer = self.post(f"/d/{number}/upload", {"base": ""}, files={"file": (name, data)})
        self.idle()
        return answer

    def sheet(self, number: int, name: str) -> int:
        found = self.bench.departments.get(number)
        assert found
        return [s["name"] for s in self.bench.snapshots.main(found)["sheets"]].index(name)

    def type(self, number: int, cell: CellRef, was: str, text: str, *, htmx: bool = False) -> Response:
        headers = {"hx-request": "true"} if htmx else {}
        data = {"sheet": self.sheet(number, cell.sheet), f"c:{cell.cell}": text, f"was:{cell.cell}": was}
        return self.post(f"/d/{number}/fill", data, headers=headers)

    def step(self, number: int, action: str, note: str = "") -> Response:
        found = self.bench.departments.get(number)
        assert found
        return self.post(f"/d/{number}/review/{action}", {"fingerprint": found.fingerprint, "note": note})


@contextmanager
def open_desk(root: Path, **more: object) -> Iterator[Desk]:
    """A workbench that lives as long as the context, its first examinations done."""
    with TestClient(create_app(settings(root, **more))) as client:  # type: ignore[arg-type]
        desk = Desk(client)
        desk.idle()
        yield desk


def login(desk: Desk, name: str, roles: tuple[str, ...], unit: int | None = None) -> Desk:
    """Another browser of the same workbench, logged in with an account of its own."""
    other = Desk(TestClient(desk.client.app))
    if not desk.bench.database.one("SELECT 1 FROM account WHERE name=?", name):
        desk.bench.accounts.add(name, PASSWORD, roles, unit)
    answer = other.post("/login", {"name": name, "password": PASSWORD}, page="/login")
    assert answer.status_code == 200, answer.text
    return other
