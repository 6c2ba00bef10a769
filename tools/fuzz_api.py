"""Random requests to the API over the wire, valid and not: ``python -m tools.fuzz_api [examples]``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.load_web import departments, idle, serve, stop

SKIPPED = "ignored_auth"  # the workbench of one person asks for no token; the tests cover the other


def main() -> int:
    """0 where every answer was as the schema says and the server stayed up."""
    examples = sys.argv[1] if len(sys.argv) > 1 else "100"
    with tempfile.TemporaryDirectory(prefix="juesuan-fuzz-") as scratch:
        root = Path(scratch)
        (root / "inputs").mkdir()
        departments(root / "inputs", 2)
        server, address = serve(root)
        try:
            idle(address, 120)
            command = [Path(sys.executable).parent / "schemathesis", "run", f"{address}/api/openapi.json", "--seed", "1", "--max-examples", examples]
            code = subprocess.run([*map(str, command), "--exclude-checks", SKIPPED, "--phases", "examples,coverage,fuzzing"], cwd=root, check=False).returncode
            alive = server.poll() is None and idle(address, 600)
        finally:
            stop(server)
    print("服务一直在运行。" if alive else "服务停了，或工作没有做完。")
    return code if alive else 1


if __name__ == "__main__":
    sys.exit(main())
