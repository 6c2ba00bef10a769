"""Random requests to the API over the wire, valid and not: ``python -m tools.fuzz_api [examples]``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2

from generator.web.app import open_workbench
from generator.web.settings import Settings
from tools.load_web import departments, serve, stop

PHASES = "examples,coverage,fuzzing"


def token_for(root: Path) -> str:
    """An account of another system, with its token."""
    bench = open_workbench(Settings(root / "inputs", root / "output", root / "state", accounts=True))
    try:
        bench.accounts.add("system", "a long password 1", ("填报", "管理"))
        return bench.accounts.new_token(1, "推送", "system")
    finally:
        bench.database.close()


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
            tool = str(Path(sys.executable).parent / "schemathesis")
            command = [tool, "run", f"{address}/api/openapi.json", "--seed", "1", "--max-examples", examples, "--phases", PHASES]
            code = subprocess.run([*command, "-H", f"Authorization: Bearer {token}"], cwd=root, check=False).returncode
            alive = server.poll() is None and httpx2.get(f"{address}/login", timeout=60).status_code == 200
        finally:
            stop(server)
    print("服务一直在运行。" if alive else "服务停了。")
    return code if alive else 1


if __name__ == "__main__":
    sys.exit(main())
