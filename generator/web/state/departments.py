"""The departments of the workbench: who sees them, in what state they are, how they move on.

``stage`` is how far people have brought a department; ``state`` is what the board shows.  A review
or an approval holds for the exact inputs that were seen (their fingerprint) and falls with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from generator.files import WORKBOOK, Entry, safe_name
from generator.files import parse_day as day
from generator.model import Refusal
from generator.packs import PackError, choices, load
from generator.web.state.accounts import User
from generator.web.state.database import Database, Row, now
from generator.web.state.settings import Settings

STATES = ("未报", "有错误", "待复核", "退回", "已定稿", "已公开")
STAGE_STATE = {
    "submitted": "待复核",
    "reviewed": "待复核",
    "returned": "退回",
    "approved": "已定稿",
    "sealed": "已定稿",
    "published": "已公开",
}
STAGE_WORDS = {
    "": "填报中",
    "blank": "尚未填报",
    "submitted": "已提交，等待审核",
    "returned": "已退回，等待修改",
    "reviewed": "审核通过，等待批准",
    "approved": "已批准，等待封存",
    "sealed": "已封存，等待公开",
    "published": "已公开",
}
PORTION = 500  # lines of a roster written at once
FALLING = ("submitted", "reviewed", "approved", "sealed", "published")
TREE = """WITH RECURSIVE tree(id) AS (SELECT id FROM unit WHERE id=? UNION SELECT unit.id FROM unit JOIN tree ON unit.parent=tree.id)"""
IS_BELOW = f"{TREE} SELECT COUNT(*) FROM tree WHERE id=?"  # noqa: S608 - only fixed words
IN_TREE = f"unit IN ({TREE} SELECT id FROM tree)"  # noqa: S608 - only fixed words


def state_of(stage: str, errors: int) -> str:
    if stage in STAGE_STATE:
        return STAGE_STATE[stage]
    return "有错误" if errors and stage != "blank" else "未报"


@dataclass(frozen=True, slots=True)
class Department:
    """One department in one year, as a page shows it."""

    id: int
    name: str
    year: int
    pack: str
    kind: str
    folder: Path
    deadline: str
    state: str
    stage: str
    workbook: str
    snapshot: str
    fingerprint: str
    errors: int
    warnings: int
    infos: int
    changed: str
    changed_by: str
    sealed: str
    published: str
    unit: int

    @property
    def days_left(self) -> int | None:
        """Days to the publication date; negative where it has passed."""
        try:
            return (date.fromisoformat(self.deadline) - date.today()).days
        except ValueError:
            return None

    @property
    def stage_words(self) -> str:
        if self.stage == "" and self.snapshot:
            return "填报中，有错误待改正" if self.errors else "填报中，没有错误，可以提交"
        return STAGE_WORDS[self.stage]

    @property
    def title(self) -> str:
        return f"{self.name} {self.year}年度{self.kind}"

    @property
    def path(self) -> Path:
        return self.folder / WORKBOOK


FIELDS = ("id", "name", "year", "pack", "kind", "deadline", "state", "stage", "workbook", "snapshot", "fingerprint", "errors", "warnings", "infos", "changed", "changed_by", "sealed", "published", "unit")  # fmt: skip


def department_of(row: Row, inputs: Path) -> Department:
    return Department(folder=inputs / row["folder"], **{k: row[k] for k in FIELDS})


class Departments:
    """Departments in the database and their folders."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings

    # -------------------------------------------------------------- finding

    def visible(
        self, user: User, *, year: int = 0, state: str = "", words: str = "", start: int = 0, limit: int = -1
    ) -> list[Department]:
        """What a user sees, those who have not handed in first; ``limit`` of them from ``start`` (-1: all)."""
        where, values = self._where(user, year, state, words)
        rank = " ".join(f"WHEN '{s}' THEN {k}" for k, s in enumerate(STATES))
        rows = self.database.all(
            f"SELECT * FROM department WHERE {where} ORDER BY CASE state {rank} END, year DESC, name, id LIMIT ? OFFSET ?",  # noqa: S608
            *values, limit, start,
        )  # fmt: skip
        return [department_of(r, self.settings.inputs) for r in rows]

    def counts(self, user: User, *, year: int = 0, words: str = "") -> dict[str, int]:
        """How many of the departments that a user sees are in each state."""
        where, values = self._where(user, year, "", words)
        rows = self.database.all(f"SELECT state, COUNT(*) FROM department WHERE {where} GROUP BY state", *values)  # noqa: S608
        return dict.fromkeys(STATES, 0) | {r[0]: r[1] for r in rows}

    def _where(self, user: User, year: int, state: str, words: str) -> tuple[str, list[object]]:
        """The condition, in fixed words only, and what stands for its question marks."""
        where, values = ["1=1"], list[object]()
        if user.unit is not None:
            where.append(IN_TREE)
            values.append(user.unit)
        if year:
            where.append("year=?")
            values.append(year)
        if state:
            where.append("state=?")
            values.append(state)
        for word in words.split()[:5]:
            where.append("name LIKE ? ESCAPE '\\'")
            values.append("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%")
        return " AND ".join(where), values

    def get(self, number: int, user: User | None = None) -> Department | None:
        """One department; none where the user may not see it."""
        row = self.database.one("SELECT * FROM department WHERE id=?", number) if 0 < number < 2**62 else None
        if row is None or (user is not None and not self.sees(user, row["unit"])):
            return None
        return department_of(row, self.settings.inputs)

    def sees(self, user: User, unit: int) -> bool:
        if user.unit is None:
            return True
        return self.database.value(IS_BELOW, user.unit, unit) > 0

    def years(self) -> list[int]:
        return [r[0] for r in self.database.all("SELECT DISTINCT year FROM department ORDER BY year DESC")]

    def remarks(self, department: int) -> list[Row]:
        return self.database.all("SELECT * FROM remark WHERE department=? ORDER BY done_at<>'', id DESC", department)

    def history(self, department: int, limit: int = 100) -> list[Row]:
        return self.database.all("SELECT * FROM audit WHERE department=? ORDER BY id DESC LIMIT ?", department, limit)

    def log_lines(self, user: User, before: int, limit: int) -> tuple[list[Row], dict[int, str]]:
        """Lines of the log that a user may see, the newest first, and the titles of their departments."""
        where, values = self._where(user, 0, "", "")
        mine = f" AND department IN (SELECT id FROM department WHERE {where})" if user.unit is not None else ""  # noqa: S608
        rows = self.database.all(
            f"SELECT * FROM audit WHERE id<?{mine} ORDER BY id DESC LIMIT ?",  # noqa: S608
            before,
            *(values if mine else ()),
            limit,
        )
        found = (self.get(k, user) for k in {r["department"] for r in rows if r["department"]})
        return rows, {d.id: d.title for d in found if d is not None}

    # -------------------------------------------------------------- units and new ones

    def unit(self, name: str, parent: int | None = None) -> int:
        """The unit of a name, made where it is new."""
        with self.database.write() as change:
            row = change.execute("SELECT id FROM unit WHERE name=?", (name,)).fetchone()
            if row:
                return int(row["id"])
            made = change.execute("INSERT INTO unit (parent, name) VALUES (?,?)", (parent, name))
            return int(made.lastrowid or 0)

    def units(self) -> list[Row]:
        return self.database.all("SELECT * FROM unit ORDER BY name")

    def move_unit(self, name: str, parent: str) -> None:
        """Put a unit under another; a unit never stands below itself."""
        child, above = self.unit(name), self.unit(parent)
        if self.database.value(IS_BELOW, child, above):
            raise Refusal(f"“{parent}”在“{name}”之下，不能作它的上级。")
        with self.database.write() as change:
            change.execute("UPDATE unit SET parent=? WHERE id=?", (above, child))

    def add(
        self, name: str, year: int, pack: str, user: User, *, deadline: str = "", parent: str = "", folder: str = ""
    ) -> int:
        """A new department; its id.  An existing one keeps its place and may get a deadline."""
        return self._add(name, year, pack, self.kind_of(pack), user, deadline=deadline, parent=parent, folder=folder)[0]

    def take_roster(self, rows: Sequence[Entry], year: int, pack: str, user: User) -> tuple[int, list[str]]:
        """Everyone who must publish; how many are new, and what is wrong with which line.

        Those already there keep their state and may get a deadline.  ``pack`` is for lines that name none.
        Written in portions, so that others can write in between.
        """
        added, problems = 0, list[str]()
        kinds = dict[str, str]()
        for start in range(0, len(rows), PORTION):
            with self.database.write():
                for row in rows[start : start + PORTION]:
                    try:
                        chosen = row.pack or pack
                        if chosen not in kinds:
                            kinds[chosen] = self.kind_of(chosen)
                        deadline = day(row.deadline) or (
                            self.default_deadline(day(row.approved)) if row.approved else ""
                        )
                        added += self._add(
                            row.name, year, chosen, kinds[chosen], user, deadline=deadline, parent=row.parent
                        )[1]
                    except Refusal as error:
                        problems.append(f"{row.name}：{error}")
        return added, problems

    def _add(
        self, name: str, year: int, pack: str, kind: str, user: User, *, deadline: str, parent: str, folder: str = ""
    ) -> tuple[int, bool]:
        """The id, and whether it is new."""
        name = re.sub(r"\s+", " ", name).strip()
        if not name or len(name) > 80 or any(ord(c) < 32 for c in name):
            raise Refusal("请写部门全称（80个字以内）。")
        if not 2000 <= year <= 2100:
            raise Refusal("年度应为四位数，如 2024。")
        if deadline and not _is_date(deadline):
            raise Refusal(f"日期“{deadline}”应写成 2025-08-31 的样子。")
        with self.database.write() as change:
            row = change.execute(
                "SELECT id, unit, deadline FROM department WHERE name=? AND year=? AND kind=?", (name, year, kind)
            ).fetchone()
            if row:
                if not self.sees(user, row["unit"]):
                    raise Refusal(f"“{name}”已经有了，不在您的范围内。")
                if deadline and deadline != row["deadline"] and (user.may("审核", "管理") or not row["deadline"]):
                    change.execute("UPDATE department SET deadline=? WHERE id=?", (deadline, row["id"]))
                return int(row["id"]), False
            place = folder or f"{year}/{safe_name(name)}"
            if change.execute("SELECT 1 FROM department WHERE folder=?", (place,)).fetchone():
                place = f"{place}（{kind}）"
            unit = self.unit(name, user.unit)
            if parent and parent != name:
                self.move_unit(name, parent)
            made = change.execute(
                "INSERT INTO department (unit, name, year, pack, kind, folder, deadline, stage) VALUES (?,?,?,?,?,?,?,'blank')",
                (unit, name, year, pack, kind, place, deadline),
            )
            number = int(made.lastrowid or 0)
            self.database.log(user.name, "新增部门", f"{name} {year}年度{kind}（{pack}）", number)
        return number, True

    def kind_of(self, pack: str) -> str:
        try:
            meta = load(pack, self.settings.packs).pack.meta
        except PackError as error:
            raise Refusal(f"模板包不能用：{error}") from None
        if meta.abstract:
            raise Refusal(f"模板包 {pack} 是共同部分，不能直接使用。")
        return meta.kind

    def packs(self) -> list[tuple[str, str]]:
        """Packs that may be chosen, with their titles."""
        return choices(self.settings.packs)

    # -------------------------------------------------------------- after data changed

    def workbook_changed(self, department: Department, sha: str, how: str, who: str, size: int) -> None:
        """A new workbook stands in the folder."""
        with self.database.write() as change:
            last = change.execute(
                "SELECT sha FROM workbook_version WHERE department=? ORDER BY id DESC LIMIT 1", (department.id,)
            ).fetchone()
            if last and last["sha"] == sha:
                return
            change.execute(
                "INSERT INTO workbook_version (department, sha, how, who, at, size) VALUES (?,?,?,?,?,?)",
                (department.id, sha, how, who, now(), size),
            )
            change.execute(
                "UPDATE department SET workbook=?, changed=?, changed_by=?, stage=CASE WHEN stage='blank' AND ?<>'空白表' THEN '' ELSE stage END"
                " WHERE id=?",
                (sha, now(), who, how, department.id),
            )
            self.database.log(who, how, sha[:12], department.id)

    def examined(self, number: int, result: dict[str, object]) -> None:
        """What an examination found; reviews of other inputs fall."""
        with self.database.write() as change:
            row = change.execute("SELECT * FROM department WHERE id=?", (number,)).fetchone()
            stage, fingerprint = row["stage"], str(result["fingerprint"])
            if stage in FALLING and row["submitted"] and row["submitted"] != fingerprint:
                self.database.log("系统", "内容变动", f"“{STAGE_WORDS[stage]}”随之失效，请重新提交", number)
                stage = ""
            errors = int(str(result["errors"]))
            change.execute(
                "UPDATE department SET snapshot=?, fingerprint=?, errors=?, warnings=?, infos=?, stage=?, state=?,"
                " submitted=CASE WHEN ?='' THEN '' ELSE submitted END WHERE id=?",
                (
                    result["snapshot"],
                    fingerprint,
                    errors,
                    result["warnings"],
                    result["infos"],
                    stage,
                    state_of(stage, errors),
                    stage,
                    number,
                ),
            )
            change.execute("UPDATE cell_edit SET state='applied' WHERE department=? AND state='written'", (number,))

    # -------------------------------------------------------------- steps of people

    def step(self, department: Department, action: str, user: User, fingerprint: str, note: str = "") -> None:
        """Move a department on.  Refusal where the role, the state or the inputs do not allow it."""
        role, before, after, word = STEPS_OF[action]
        if not user.may(*role):
            raise Refusal(f"“{word}”要由{'或'.join(role)}人办理。")
        with self.database.write() as change:
            row = change.execute("SELECT * FROM department WHERE id=?", (department.id,)).fetchone()
            if row["stage"] not in before:
                raise Refusal(f"现在是“{STAGE_WORDS[row['stage']]}”，不能{word}。")
            if row["fingerprint"] != fingerprint:
                raise Refusal("您看过之后内容又有变动，请先看新的内容，再办理。")
            if action not in ("return", "withdraw") and self._pending(number=department.id):
                raise Refusal("还有填写的内容没有检查完，请稍后再办理。")
            if action in ("submit", "review", "approve", "seal") and (row["errors"] or not row["snapshot"]):
                raise Refusal(f"还有 {row['errors']} 条错误没有改正，不能{word}。")
            submitted = fingerprint if action == "submit" else ("" if after in ("", "returned") else row["submitted"])
            change.execute(
                "UPDATE department SET stage=?, state=?, submitted=? WHERE id=?",
                (after, state_of(after, row["errors"]), submitted, department.id),
            )
            if action == "approve":
                change.execute("UPDATE department SET approved=? WHERE id=?", (f"{now()} {user.shown}", department.id))
            if action == "publish":
                change.execute(
                    "UPDATE department SET published=? WHERE id=?", (note or date.today().isoformat(), department.id)
                )
            self.database.log(user.name, word, note, department.id)

    def sealed(self, department: Department, who: str, digest: str) -> None:
        """The sealed bundle is in place."""
        with self.database.write() as change:
            change.execute(
                "UPDATE department SET stage='sealed', sealed=? WHERE id=?", (f"{now()} {digest}", department.id)
            )
            self.database.log(who, "封存", digest, department.id)

    def _pending(self, number: int) -> bool:
        waiting = self.database.value("SELECT COUNT(*) FROM cell_edit WHERE department=? AND state='pending'", number)
        kinds = "('new','intake','apply','draft','examine')"
        return bool(
            waiting
            or self.database.value(
                f"SELECT COUNT(*) FROM job WHERE department=? AND state IN ('queued','running') AND kind IN {kinds}",  # noqa: S608
                number,
            )
        )

    def remark(self, department: Department, place: str, text: str, user: User) -> None:
        """A remark on a cell, a block or the whole."""
        text = text.strip()
        if len(text) < 2:
            raise Refusal("请写明意见。")
        with self.database.write() as change:
            change.execute(
                "INSERT INTO remark (department, place, text, who, at) VALUES (?,?,?,?,?)",
                (department.id, place.strip()[:120], text[:2000], user.shown, now()),
            )
            self.database.log(user.name, "写审核意见", f"{place} {text}"[:300], department.id)

    def remark_done(self, department: Department, number: int, user: User) -> None:
        with self.database.write() as change:
            change.execute(
                "UPDATE remark SET done_by=?, done_at=? WHERE id=? AND department=? AND done_at=''",
                (user.shown, now(), number, department.id),
            )
            self.database.log(user.name, "审核意见已办", str(number), department.id)

    def default_deadline(self, approved: str) -> str:
        """The last day to publish: so many days after the day of approval."""
        if not _is_date(approved):
            raise Refusal(f"批复日期“{approved}”应写成 2025-08-11 的样子。")
        return (date.fromisoformat(approved) + timedelta(days=self.settings.publish_days)).isoformat()


STEPS_OF: dict[str, tuple[tuple[str, ...], tuple[str, ...], str, str]] = {
    # action: roles, stages before, stage after, word
    "submit": (("填报",), ("", "returned"), "submitted", "提交"),
    "withdraw": (("填报",), ("submitted",), "", "撤回提交"),
    "return": (("审核", "批准"), ("submitted", "reviewed", "approved"), "returned", "退回"),
    "review": (("审核",), ("submitted",), "reviewed", "审核通过"),
    "approve": (("批准",), ("reviewed",), "approved", "批准"),
    "seal": (("批准",), ("approved",), "approved", "请求封存"),
    "publish": (("批准", "管理"), ("sealed",), "published", "登记公开"),
}


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
