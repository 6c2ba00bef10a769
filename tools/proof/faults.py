"""``python -m tools.proof.faults [NAME …]``: one-line faults planted in the code; the tests must catch each.

Every fault is one line of the program changed in a copy of the repository; the tests of that place run on the copy and
have to fail.  Asked: at least 95 % caught.  A fault whose line is gone from the code is said: the list is kept current.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LEAST = 0.95
RULES, DESK = "tests/web/test_rules.py", "tests/web/test_desk.py"
WEB, STATE = "generator/web", "generator/web/state"
LEFT_OUT = (".venv", ".git", "var", "output", "build", ".mypy_cache", ".ruff_cache", ".pytest_cache", "dist")


@dataclass(frozen=True)
class Fault:
    """``old`` stands once in ``file`` and becomes ``new``; ``tests`` are arguments of pytest."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def f(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name, file, old, new, tests)


STANDING = "tests/test_standing.py"
VERSIONS, STORES, INPUTS, TIE, KEEPING = (
    "tests/test_versions.py",
    "tests/test_stores.py",
    "tests/test_inputs.py",
    "tests/test_tieout.py",
    "tests/web/test_keeping.py",
)
FAULTS = (
    # the guard before everything
    f("Origin 不看", f"{WEB}/guard.py", 'if origin and origin != "null" and urlsplit(origin).netloc != host:', "if False:", DESK, "-k", "cookies_tokens"),
    f("Host 不看", f"{WEB}/guard.py", 'if "*" not in self.hosts and name not in self.hosts:', "if False:", DESK, "-k", "cookies_tokens"),
    f("不同站点的请求", f"{WEB}/guard.py", 'headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site")', "False", DESK, "-k", "cookies_tokens"),
    f("角色不看", f"{WEB}/rules.py", "if not user.may(*rule.roles):", "if False:", RULES, "-k", "every_address"),
    f("不限单位不看", f"{WEB}/rules.py", "if rule.unbound and user.unit is not None:", "if False:", RULES, "-k", "every_address"),
    f("能不能写不看", f"{WEB}/rules.py", "if rule.writes and not request.state.department.writable:", "if False:", DESK, "-k", "review_goes or sealed_files"),
    f("看了不记", f"{WEB}/rules.py", 'if rule.reach == "department" and request.method == "GET" and workbench(request).accounts.required:', "if False:", RULES, "-k", "the_log_tells"),
    f("说明理由不限角色", f"{WEB}/rules.py", '"POST /d/{number}/findings/{index}/explain": FILL', '"POST /d/{number}/findings/{index}/explain": SEE', RULES, "-k", "every_address"),
    f("恢复不限角色", f"{WEB}/rules.py", '"POST /d/{number}/versions/{version}/restore": FILL', '"POST /d/{number}/versions/{version}/restore": SEE', RULES, "-k", "every_address"),
    f("单位的门", f"{STATE}/departments.py", "if row is None or (user is not None and not self.units.reaches(user, row[\"unit\"])):", "if row is None:", RULES, "-k", "every_address"),
    # coming in
    f("登录不过期", f"{STATE}/accounts.py", "SELECT * FROM session WHERE token=? AND expires>?", "SELECT * FROM session WHERE token=? AND expires>0*?", RULES, "-k", "lasts_while"),
    f("改密码后还在", f"{STATE}/accounts.py", 'change.execute("DELETE FROM session WHERE account=?", (account,))', "pass", RULES, "-k", "what_ends or own_password"),
    f("令牌不收回", f"{STATE}/accounts.py", 'change.execute("DELETE FROM api_token WHERE account=?", (account,))', "pass", RULES, "-k", "what_ends"),
    f("停用的令牌", f"{STATE}/accounts.py", '" WHERE token=? AND disabled=0",', '" WHERE token=?",', RULES, "-k", "disabled_means"),
    f("停用的登录", f"{STATE}/accounts.py", "SELECT * FROM account WHERE id=? AND disabled=0\", row", "SELECT * FROM account WHERE id=?\", row", RULES, "-k", "disabled_means"),
    f("停用的进来", f"{STATE}/entering.py", "SELECT * FROM account WHERE name=? AND disabled=0", "SELECT * FROM account WHERE name=?", RULES, "-k", "disabled_means"),
    f("猜不完", f"{STATE}/entering.py", 'if found["failed"] >= most:', "if False:", RULES, "-k", "sixty"),
    f("先判密码", f"{STATE}/entering.py", "        _count(accounts, row, place, most)", "        pass", RULES, "-k", "sixty"),
    f("登录一周以上", f"{STATE}/accounts.py", "(min(at + SESSION_SECONDS, most),", "(at + SESSION_SECONDS,", RULES, "-k", "lasts_while"),
    # steps of people
    f("有错也提交", f"{STATE}/steps.py", 'if action in ("submit", *BLOCKED) and (row["errors"] or not row["snapshot"]):', "if False:", DESK, "-k", "wrong_workbook"),
    f("意见没办结", f"{STATE}/steps.py", "if action in BLOCKED and (left := self.open_remarks(department.id)):", "if False and (left := 0):", DESK, "-k", "review_goes"),
    f("状态不对也走", f"{STATE}/steps.py", 'if row["stage"] not in before:', "if False:", DESK, "-k", "review_goes"),
    f("看过又变", f"{STATE}/steps.py", 'if row["fingerprint"] != fingerprint:', "if False:", DESK, "-k", "review_goes"),
    f("变了不失效", f"{STATE}/steps.py", 'if stage in FALLING and row["submitted"] and row["submitted"] != fingerprint:', "if False:", DESK, "-k", "review_goes"),
    f("自己审自己", f"{STATE}/steps.py", 'if action == "review" and row["submitted_by"] == user.name:', "if False:", RULES, "-k", "reviews_or_approves"),
    f("自己批自己", f"{STATE}/steps.py", 'if action in ("approve", "seal") and user.name in (row["submitted_by"], row["reviewed_by"]):', "if False:", RULES, "-k", "reviews_or_approves"),
    f("别人办结意见", f"{STATE}/steps.py", "if not may_close(row, user):", "if False:", RULES, "-k", "reviews_or_approves"),
    f("没批准就封存", f"{STATE}/acts.py", 'if d.stage != "approved":', "if False:", RULES, "-k", "reviews_or_approves"),
    # departments, units
    f("名单带走单位", f"{STATE}/units.py", 'if user.unit is not None or not user.may("管理"):', "if False:", RULES, "-k", "roster_brings"),
    f("单位转圈", f"{STATE}/units.py", "if self.database.value(IS_BELOW, child, above):", "if False:", DESK, "-k", "line_that_fails"),
    f("写错的单位不问", f"{STATE}/units.py", "if not sure and (alike := self.alike(name, user, above=above)):", "if False and (alike := []):", KEEPING, "-k", "misspelt"),
    f("误删", f"{STATE}/archive.py", "if name.strip() != department.name:", "if False:", KEEPING, "-k", "deleted"),
    f("年度不限", f"{STATE}/departments.py", "if not FIRST_YEAR <= year <= last:", "if False:", RULES, "-k", "odd_numbers"),
    f("两局一个文件夹", f"{STATE}/departments.py", "if not self.database.one(\"SELECT 1 FROM department WHERE lower(folder)=lower(?)\", place):", "if True:", RULES, "-k", "look_alike"),
    f("文件夹里的改动不管", f"{STATE}/acts.py", "noticed = self.jobs.take_notice(self.department)", "noticed = False", KEEPING, "-k", "kept_before"),
    f("失败了不再写", f"{STATE}/jobs.py", "            self.apply(row[\"department\"], \"系统\")\n        self.lanes", "            pass\n        self.lanes", DESK, "-k", "restart_in_the_middle"),
    f("先来的一直先", f"{STATE}/lanes.py", "key=lambda r: (self._turns.get(r[\"who\"], 0), r[\"id\"])", "key=lambda r: r[\"id\"]", "tests/web/test_lanes.py", "-k", "longest_ago"),
    f("一个人问不完", f"{STATE}/lanes.py", "if len(mine) >= OWN_QUESTIONS:", "if False:", "tests/web/test_lanes.py", "-k", "stops_no_work"),
    # the store
    f("草稿也封存", "generator/versions/store.py", 'if version.draft or version.kind != "build":', "if False:", STORES),
    f("不更正再封存", "generator/versions/store.py", "if before is not None and opened is None:", "if False:", STORES),
    f("封存别的文件", "generator/versions/store.py", 'if version.files.get(("output", name), sha) != sha:', "if False:", STORES),
    f("理由可以不写", "generator/versions/store.py", "if len(reason.strip()) < 4:", "if False:", STORES),
    f("两项更正", "generator/versions/store.py", "        if opened is not None:\n            raise StoreError(f\"已有", "        if False:\n            raise StoreError(f\"已有", STORES),
    f("封存后随便改", "generator/versions/record.py", "if seal is None or opened is not None or store.version(seal.version).mark == mark_of(document):", "if True:", VERSIONS, "tests/test_correction.py"),
    f("新格式照开", "generator/files/sqlite.py", "if known > len(steps):", "if False:", STORES),
    f("升级不在一起", "generator/files/sqlite.py", 'connection.execute(f"PRAGMA user_version={known + 1}")', "pass", STORES),
    f("理由不算输入", "generator/files/department.py", "if (folder / REASONS).is_file():", "if False:", INPUTS),
    # sealed places
    f("别处的填报表覆盖", "generator/department/standing.py", 'if store.identity == held.get("identity"):', "if True:", STANDING),
    f("同名覆盖", "generator/department/standing.py", "if owner and owner != own and Path(owner).exists():", "if False:", STANDING),
    f("旧草稿留着", "generator/department/publish.py", "        retire_drafts(base)", "        pass", STANDING),
    f("旧的当新的", "generator/department/standing.py", 'made["inputs"] == now_there and', "", DESK, "-k", "state_it_is"),
    f("没有锁就算了", "generator/files/sqlite.py", "if not locks_hold(path.parent):", "if False:", "tests/test_locks.py"),
    # finished files against the Document
    f("印错的数", "generator/department/tieout.py", "if abs(printed[0]) not in [abs(g) for g in given]:", "if False:", TIE),
    f("没出处的数", "generator/department/tieout.py", 'if span.kind == "typed" and not span.cells and span.figure is None:', "if False:", TIE),
    f("Word 的段落", "generator/department/tieout.py", 'if there.by != "anchor" or there.text != (block.text or None) or there.joined:', "if False:", TIE),
    f("Word 的格子", "generator/department/tieout.py", "for cell in found.cells:", "for cell in ():", TIE),
    f("Word 多的段落", "generator/department/tieout.py", "for added in found.added:", "for added in ():", TIE),
    # files from outside
    f("宏", "generator/files/safety.py", 'if "vbaproject" in low:', "if False:", "tests/web/test_hostile.py", "-k", "macro"),
    f("路径", "generator/files/safety.py", 'if path.startswith("/") or ".." in path.split("/"):', "if False:", "tests/test_guard.py", "tests/web/test_hostile.py", "-k", "path or both_doors"),
    f("文档类型", "generator/files/safety.py", "                if _typed(part):", "                if False:", "tests/test_guard.py"),
    f("外部链接", "generator/files/safety.py", 'if low.startswith("xl/externallinks/"):', "if False:", "tests/test_guard.py"),
    f("展开太大", "generator/files/safety.py", "if inflated > MAX_INFLATED or (inflated > 10 * 2**20 and inflated / packed > MAX_RATIO):", "if False:", "tests/web/test_hostile.py", "-k", "bomb"),
    f("内存不看", "generator/cli/watch.py", "if held() > self.megabytes:", "if False:", "tests/test_watch.py"),
    f("时间不看", "generator/cli/watch.py", "if time.monotonic() - self.since > self.seconds:", "if False:", "tests/test_watch.py"),
    # the backup
    f("等着的上传", f"{WEB}/backup.py", "        for name, path in uploads.items():\n            self._add", "        for name, path in ():\n            self._add", "tests/web/test_backup.py", "-k", "waits"),
    f("后来的填报表", f"{WEB}/backup.py", "return blob if own else path", "return path", "tests/web/test_backup.py", "-k", "moved_on"),
    f("备份不核对", f"{WEB}/backup.py", "if hashlib.sha256(data).hexdigest() != sha:", "if False:", "tests/web/test_backup.py", "-k", "not_whole"),
)  # fmt: skip


def copy(folder: Path) -> Path:
    """A copy of the repository."""
    made = folder / "copy"
    shutil.copytree(ROOT, made, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    return made


def caught(fault: Fault, place: Path) -> bool | None:
    """Whether the tests fail with the fault; None where its line is not in the code any more."""
    target = place / fault.file
    whole = target.read_text(encoding="utf-8")
    if whole.count(fault.old) != 1:
        return None
    target.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    try:
        environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *fault.tests]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=1800)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{fault.name}：{done.stdout.decode()[-600:]}{done.stderr.decode()[-300:]}")
        return done.returncode == 1
    finally:
        target.write_text(whole, encoding="utf-8")


def stale(place: Path = ROOT) -> list[str]:
    """Faults whose line does not stand once in the code any more."""
    return [x.name for x in FAULTS if (place / x.file).read_text(encoding="utf-8").count(x.old) != 1]


def main() -> int:
    chosen = [x for x in FAULTS if not sys.argv[1:] or x.name in sys.argv[1:]]
    found: dict[str, bool | None] = {}
    with tempfile.TemporaryDirectory(prefix="juesuan-faults-") as folder:
        place = copy(Path(folder))
        for fault in chosen:
            begun = time.monotonic()
            found[fault.name] = caught(fault, place)
            said = {True: "发现", False: "没有发现", None: "代码里没有这一行"}[found[fault.name]]
            print(f"{fault.name:<16} {said}  {time.monotonic() - begun:.0f} 秒  {fault.file}", flush=True)
    share = sum(v is True for v in found.values()) / len(found)
    print(f"{len(found)} 处错，发现 {sum(v is True for v in found.values())} 处（{share:.1%}，要求 {LEAST:.0%}）。")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
