"""The departments of the workbench: found, added, taken from a roster, put away.

A department is its number; its files stand in its own folder below the inputs, and what is built for it in the folder
of the same name below the output, whatever is typed into its workbook.
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
from generator.web.state.steps import STATES, WRITABLE, Steps, stage_words
from generator.web.state.units import IN_TREE, Units, clean

PORTION = 500  # lines of a roster written at once
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Department:
    """One department in one year, as a page shows it.  ``place``: its folder below inputs and output."""

    id: int
    name: str
    year: int
    pack: str
    kind: str
    folder: Path
    place: str
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
    correcting: int
    former: str

    @property
    def days_left(self) -> int | None:
        """Days to the publication date; negative where it has passed."""
        try:
            return (date.fromisoformat(self.deadline) - date.today()).days
        except ValueError:
            return None

    @property
    def stage_words(self) -> str:
        return stage_words(self.stage, self.errors, bool(self.snapshot), bool(self.correcting))

    @property
    def writable(self) -> bool:
        """Whether what is filled in may be changed now."""
        return self.stage in WRITABLE

    @property
    def title(self) -> str:
        return f"{self.name} {self.year}年度{self.kind}"

    @property
    def path(self) -> Path:
        return self.folder / WORKBOOK


FIELDS = ("id", "name", "year", "pack", "kind", "deadline", "state", "stage", "workbook", "snapshot", "fingerprint", "errors", "warnings", "infos", "changed", "changed_by", "sealed", "published", "unit", "correcting", "former")  # fmt: skip


def department_of(row: Row, inputs: Path) -> Department:
    return Department(folder=inputs / row["folder"], place=row["folder"], **{k: row[k] for k in FIELDS})


class Departments(Steps):
    """Departments in the database and their folders."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database, settings)
        self.units = Units(database)

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
        where, values = ["archived=''"], list[object]()
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
        row = (
            self.database.one("SELECT * FROM department WHERE id=? AND archived=''", number)
            if 0 < number < 2**62
            else None
        )
        if row is None or (user is not None and not self.units.reaches(user, row["unit"])):
            return None
        return department_of(row, self.settings.inputs)

    def years(self, user: User) -> list[int]:
        """The years in which a user sees departments, the newest first."""
        where, values = self._where(user, 0, "", "")
        rows = self.database.all(f"SELECT DISTINCT year FROM department WHERE {where} ORDER BY year DESC", *values)  # noqa: S608
        return [r[0] for r in rows]

    def usual_year(self, user: User) -> int:
        """The year that the board shows first: the one that is worked on, else the last one up to now."""
        years = self.years(user)
        if not years or self.settings.year in years:
            return self.settings.year
        return next((y for y in years if y <= date.today().year), years[-1])

    def history(self, department: int, limit: int = 100) -> list[Row]:
        """What was done with a department; who looked at it is left to the log."""
        return self.database.all(
            "SELECT * FROM audit WHERE department=? AND action NOT IN ('查看','下载') ORDER BY id DESC LIMIT ?",
            department,
            limit,
        )

    def log_lines(self, user: User, before: int, limit: int) -> tuple[list[Row], dict[int, str]]:
        """Lines of the log that a user may see, the newest first, and the titles of their departments."""
        mine = (
            f" AND department IN (SELECT id FROM department WHERE {IN_TREE})"  # noqa: S608 - only fixed words
            if user.unit is not None
            else ""
        )
        rows = self.database.all(
            f"SELECT * FROM audit WHERE id<?{mine} ORDER BY id DESC LIMIT ?",  # noqa: S608
            before,
            *((user.unit,) if mine else ()),
            limit,
        )
        found = (self.get(k, user) for k in {r["department"] for r in rows if r["department"]})
        return rows, {d.id: d.title for d in found if d is not None}

    # -------------------------------------------------------------- new ones

    def add(
        self,
        name: str,
        year: int,
        pack: str,
        user: User,
        *,
        deadline: str = "",
        parent: str = "",
        folder: str = "",
        sure: bool = True,
    ) -> int:
        """A new department; its id.  An existing one keeps its place and may get a deadline."""
        return self._add(name, year, pack, self.kind_of(pack), user, deadline, parent, folder, sure)[0]

    def take_roster(
        self, rows: Sequence[Entry], year: int, pack: str, user: User, *, sure: bool = False
    ) -> tuple[int, list[str]]:
        """Everyone who must publish; how many are new, and what is wrong with which line.

        Those already there keep their state and may get a deadline.  ``pack`` is for lines that name none.
        Written in portions, so that others can write in between.  ``sure``: parents that are new and like another
        unit are no slips of the pen.
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
                        added += self._add(row.name, year, chosen, kinds[chosen], user, deadline, row.parent, "", sure)[
                            1
                        ]
                    except Refusal as error:
                        problems.append(f"{row.name}：{error}")
        return added, problems

    def check(self, name: str, year: int, deadline: str = "") -> str:
        """The name as it is kept.  Refusal where name, year or date cannot be right."""
        name = clean(name)
        if not name or len(name) > 80 or any(ord(c) < 32 for c in name):
            raise Refusal("请写部门全称（80个字以内）。")
        last = date.today().year + 1
        if not FIRST_YEAR <= year <= last:
            raise Refusal(f"年度应在 {FIRST_YEAR} 到 {last} 之间，如 {self.settings.year}。")
        if deadline and not _is_date(deadline):
            raise Refusal(f"日期“{deadline[:20]}”应写成 {last - 1}-08-31 的样子。")
        return name

    def _add(
        self,
        name: str,
        year: int,
        pack: str,
        kind: str,
        user: User,
        deadline: str,
        parent: str,
        folder: str,
        sure: bool,
    ) -> tuple[int, bool]:
        """The id, and whether it is new."""
        name = self.check(name, year, deadline)
        with self.database.write() as change:
            row = change.execute(
                "SELECT id, unit, deadline FROM department WHERE name=? AND year=? AND kind=? AND archived=''",
                (name, year, kind),
            ).fetchone()
            if row:
                if not self.units.reaches(user, row["unit"]):
                    raise Refusal(f"“{name}”已经有了，不在您的范围内。", status=403)
                if deadline and deadline != row["deadline"] and (user.may("审核", "管理") or not row["deadline"]):
                    change.execute("UPDATE department SET deadline=? WHERE id=?", (deadline, row["id"]))
                return int(row["id"]), False
            if parent and clean(parent) != name:
                self.units.below(name, parent, user, sure=sure)
            unit = self.units.take(name, user, sure=True)
            place = folder or self.free_place(year, name, kind)
            made = change.execute(
                "INSERT INTO department (unit, name, year, pack, kind, folder, deadline, stage) VALUES (?,?,?,?,?,?,?,'blank')",
                (unit, name, year, pack, kind, place, deadline),
            )
            number = int(made.lastrowid or 0)
            self.database.log(user.name, "新增部门", f"{name} {year}年度{kind}（{pack}）", number)
        return number, True

    def free_place(self, year: int, name: str, kind: str) -> str:
        """A folder of its own for a department: no other has it, in whatever case it is written."""
        usual = f"{year}/{safe_name(name)}"
        for place in (usual, f"{usual}（{kind}）", *(f"{usual}（{kind}）-{k}" for k in range(2, 10_000))):
            if not self.database.one("SELECT 1 FROM department WHERE lower(folder)=lower(?)", place):
                return place
        raise Refusal(f"“{name}”已经有了太多次。")

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

    def default_deadline(self, approved: str) -> str:
        """The last day to publish: so many days after the day of approval."""
        if not _is_date(approved):
            raise Refusal(f"批复日期“{approved[:20]}”应写成 2025-08-11 的样子。")
        return (date.fromisoformat(approved) + timedelta(days=self.settings.publish_days)).isoformat()

    # -------------------------------------------------------------- mended, moved, put away

    def reshaped(self, department: Department, name: str, year: int, pack: str, kind: str, place: str) -> None:
        """A department goes by another name, year or pack; its files already stand in ``place``."""
        former = "\n".join(dict.fromkeys([*filter(None, department.former.split("\n")), department.name]))
        with self.database.write() as change:
            change.execute(
                "UPDATE department SET name=?, year=?, pack=?, kind=?, folder=?, former=? WHERE id=?",
                (
                    name,
                    year,
                    pack,
                    kind,
                    place,
                    former if name != department.name else department.former,
                    department.id,
                ),
            )
            alone = (
                change.execute("SELECT COUNT(*) FROM department WHERE unit=?", (department.unit,)).fetchone()[0] == 1
            )
            own = change.execute("SELECT name FROM unit WHERE id=?", (department.unit,)).fetchone()["name"]
            if (
                alone
                and own == department.name
                and not change.execute("SELECT 1 FROM unit WHERE name=?", (name,)).fetchone()
            ):
                change.execute("UPDATE unit SET name=? WHERE id=?", (name, department.unit))

    def taken(self, name: str, year: int, kind: str, but: int) -> bool:
        """Whether another department has this name in this year."""
        return bool(
            self.database.one(
                "SELECT 1 FROM department WHERE name=? AND year=? AND kind=? AND archived='' AND id<>?",
                name,
                year,
                kind,
                but,
            )
        )

    def move(self, department: Department, unit: str, user: User) -> None:
        """A department goes to another unit, with all that may be seen from there."""
        if user.unit is not None or not user.may("管理"):
            raise Refusal("部门由不限单位的管理员划转。", status=403)
        target = self.units.known(unit, user)
        with self.database.write() as change:
            change.execute("UPDATE department SET unit=? WHERE id=?", (target, department.id))
            self.database.log(user.name, "划转部门", clean(unit), department.id)

    def archived(self, user: User) -> list[Row]:
        """Departments that were put away, within a user's reach."""
        where, values = self._where(user, 0, "", "")
        where = where.replace("archived=''", "archived<>''")
        return self.database.all(f"SELECT * FROM department WHERE {where} ORDER BY archived DESC", *values)  # noqa: S608

    def put_away(self, number: int, user: User) -> None:
        with self.database.write() as change:
            change.execute("UPDATE department SET archived=? WHERE id=?", (f"{now()} {user.shown}", number))
            self.database.log(user.name, "删除部门", "移入存档，可以恢复", number)

    def bring_back(self, row: Row, place: str, user: User) -> None:
        if self.taken(row["name"], row["year"], row["kind"], row["id"]):
            raise Refusal(f"“{row['name']}”{row['year']}年度又有了一个，请先把它改名或删除。")
        with self.database.write() as change:
            change.execute("UPDATE department SET archived='', folder=? WHERE id=?", (place, row["id"]))
            self.database.log(user.name, "恢复部门", "", row["id"])


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII))
