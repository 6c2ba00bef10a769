"""The folder for Windows, tried under wine: a form, checks, all formats, a returned Word file, the workbench with a job.

python -m tools.proof.windows dist/juesuan-windows-x86_64 FOLDER-FOR-THE-TRIAL

Needs Debian's wine64 and gcc-mingw-w64-x86-64.  Two things that wine 8 lacks are seen to for the trial
alone: bcryptprimitives.dll (wheels made with Rust ask it for random numbers), and _wmi, whose use ends
wine; without it Python asks the registry.  Wine shows paths, drives, names, processes, locks and encodings;
it does not show Windows Defender, SmartScreen, printers, WPS, or how fast it is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WINE = "/usr/lib/wine/wine64"
STAND_IN = """#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, (ULONG)size); }
"""
PORT = 18500


class Machine:
    """A wine prefix with the folder in the home of a user with a Chinese name."""

    def __init__(self, bundle: Path, place: Path) -> None:
        self.prefix = place / "prefix"
        self.environment = {
            **os.environ,
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "bcryptprimitives=n",
            "DISPLAY": "",
        }
        for command in (("wineboot", "-i"), ("winecfg", "-v", "win10")):
            self.wine(*command, at=place)
        source = place / "stand_in.c"
        source.write_text(STAND_IN)
        target = self.prefix / "drive_c/windows/system32/bcryptprimitives.dll"
        compiler = "x86_64-w64-mingw32-gcc"
        subprocess.run([compiler, "-shared", "-o", str(target), str(source), "-ladvapi32"], check=True)
        self.home = self.prefix / "drive_c/users/张三/决算公开"
        shutil.copytree(bundle, self.home)
        (self.home / "python" / "_wmi.pyd").unlink()

    def wine(self, *command: str, at: Path | None = None) -> tuple[int, str]:
        # a pipe, not a file: Python on wine cannot open a file as its standard output
        made = subprocess.run(
            [WINE, *command],
            cwd=at or self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
            check=False,
        )
        return made.returncode, made.stdout.decode("utf-8", "replace")

    def juesuan(self, *arguments: str) -> tuple[int, str]:
        start = time.perf_counter()
        code, said = self.wine("python/python.exe", "-X", "utf8", "-m", "generator", *arguments)
        last = said.strip().splitlines()[-1] if said.strip() else ""
        print(f"  {' '.join(arguments)[:60]:<62}{code}  {time.perf_counter() - start:5.1f} 秒  {last[:60]}")
        return code, said

    def job(self) -> bool:
        """The workbench: opened, a department examined by its worker."""
        command = [WINE, "python/python.exe", "-X", "utf8", "-m", "generator", "serve", "--no-open"]
        with subprocess.Popen(
            [*command, "--port", str(PORT)],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ) as server:
            try:
                end = time.monotonic() + 300
                while time.monotonic() < end:
                    time.sleep(1)
                    try:
                        address = f"http://127.0.0.1:{PORT}/api/v1/departments"
                        answer = json.load(urllib.request.urlopen(address, timeout=10))
                    except OSError:
                        continue
                    if any("可以提交" in d["stage"] for d in answer):
                        return True
                return False
            finally:
                subprocess.run(["wineserver", "-k"], env=self.environment, check=False)
                server.wait(timeout=60)


def main() -> int:
    bundle, place = (Path(a).resolve() for a in sys.argv[1:3])
    place.mkdir(parents=True, exist_ok=True)
    machine = Machine(bundle, place)
    department = next(p for p in sorted(ROOT.glob("inputs/2024/*")) if p.name.endswith("数据局"))
    shutil.copytree(department, machine.home / "inputs/2024" / department.name)
    inside = f"C:\\users\\张三\\决算公开\\inputs\\2024\\{department.name}"
    wrong = []
    for arguments in (
        ("pack", "list"),
        ("doctor",),
        ("new", "--pack", "liaoning", "--year", "2024", "--name", "某某局"),
        ("check", inside),
        ("build", inside, "--final"),
    ):
        if machine.juesuan(*arguments)[0]:
            wrong.append(arguments[0])
    made = machine.home / "output/2024" / department.name / "决算"
    subprocess.run(
        [sys.executable, "-m", "generator", "build", str(department), "--out", str(place / "linux")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "JUESUAN_FONTS": str(bundle / "fonts")},
    )
    for path in sorted(p for p in made.glob("*") if p.suffix != ".json" or "年度" in p.name):
        same = path.read_bytes() == (place / "linux" / path.name).read_bytes()
        print(f"  {path.suffix:<6}{'与 Linux 逐字节相同' if same else '与 Linux 不同'}")
        if not same:
            wrong.append(path.suffix)
    shutil.copy(next(made.glob("*.docx")), machine.home / "改过.docx")
    if machine.juesuan("pull", "改过.docx", inside)[0]:
        wrong.append("pull")
    done = machine.job()
    print(f"  工作台的一项工作：{'完成' if done else '没有完成'}")
    print("全部通过" if done and not wrong else f"不对：{wrong}")
    return 0 if done and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
