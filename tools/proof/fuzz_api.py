"""Random requests to the API over the wire, valid and not: ``python -m tools.proof.fuzz_api [examples]``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from generator.web import Settings, open_workbench
from tools.proof.load_web import departments, serve, stop

PHASES = "examples,coverage,fuzzing"


def token_for(root: Path) -> str:
    """An account of another system, with its token."""
    bench = open_workbench(Settings(root / "inputs", root / "output", root / "state", accounts=True))
    try:
        bench.accounts.add("system", "a long password 1", ("填报", "管理"))
        return bench.accounts.new_token(1, "推送", "system")
    finally:
        bench.database.close()


def built(address: str, token: str) -> None:
    """Documents are there to be fetched."""
    with httpx2.Client(
        base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        job = client.post("/departments/1/builds").json()
        end = time.monotonic() + 120
        while job["state"] in ("queued", "running") and time.monotonic() < end:
            time.sleep(0.2)
            job = client.get(f"/jobs/{job['id']}").json()
        if job["state"] != "done":
            raise RuntimeError(f"没有生成：{job}")


def main() -> int:
    """0 where every answer was as the schema says and the server stayed up."""
    examples = sys.argv[1] if len(sys.argv) > 1 else "100"
    with tempfile.TemporaryDirectory(prefix="juesuan-fuzz-") as scratch:
        root = Path(scratch)
        (root / "inputs").mkdir()
        departments(root / "inputs", 2)
        token = token_for(root)
        server, address = serve(root, "--accounts")
        try:
            built(address, token)
            tool = str(Path(sys.executable).parent / "schemathesis")
            command = [
                tool,
                "run",
                f"{address}/api/openapi.json",
                "--seed",
                "1",
                "--max-examples",
                examples,
                "--phases",
                PHASES,
            ]
            code = subprocess.run([*command, "-H", f"Authorization: Bearer {token}"], cwd=root, check=False).returncode
            alive = server.poll() is None and httpx2.get(f"{address}/login", timeout=60).status_code == 200
        finally:
            stop(server)
    print("服务一直在运行。" if alive else "服务停了。")
    return code if alive else 1


if __name__ == "__main__":
    sys.exit(main())
