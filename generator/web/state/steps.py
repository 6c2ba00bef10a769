"""How departments move on: stages, the steps of people, what falls when the data change, remarks.

``stage`` is how far people have brought a department; ``state`` is what the board shows.  A review or an approval holds
for the exact inputs that were seen (their fingerprint) and falls with them.  What was sealed stays sealed: a change in
its folder is said, and only a 更正 makes it writable again.  Writes obey the stage.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from generator.model import Refusal
from generator.web.state.accounts import User
from generator.web.state.database import Database, Row, now
from generator.web.state.settings import Settings

if TYPE_CHECKING:
    from generator.web.state.departments import Department

STATES = ("未报", "有错误", "待复核", "退回", "更正中", "已定稿", "已公开")
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
WRITABLE = ("", "blank", "returned")
FALLING = ("submitted", "reviewed", "approved")
SEALED = ("sealed", "published")
WHY_NOT = {
    "submitted": "已经提交审核，不能修改。要改的，请先在“审核”页撤回提交。",
    "reviewed": "审核已经通过，不能修改。要改的，请审核人或批准人先退回。",
    "approved": "已经批准，不能修改。要改的，请批准人先退回。",
    "sealed": "已经封存，不能修改。要改的，请先在“版本”页写明理由开启更正。",
    "published": "已经公开，不能修改。要改的，请先在“版本”页写明理由开启更正。",
}
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
BLOCKED = ("review", "approve", "seal")
"""Steps that wait until every remark is closed."""


def state_of(stage: str, errors: int, correcting: bool = False) -> str:
    if stage in STAGE_STATE:
        return STAGE_STATE[stage]
    if errors and stage != "blank":
        return "有错误"
    return "更正中" if correcting else "未报"


def stage_words(stage: str, errors: int, examined: bool, correcting: bool) -> str:
    if stage == "" and examined:
        doing = "更正中" if correcting else "填报中"
        return f"{doing}，有错误待改正" if errors else f"{doing}，没有错误，可以提交"
    return STAGE_WORDS[stage] + ("（更正）" if correcting and stage not in SEALED else "")


def needs_role(action: str, user: User) -> None:
    """Refusal (403) where a step is not this user's to do."""
    role, _, _, word = STEPS_OF[action]
    if not user.may(*role):
        raise Refusal(f"“{word}”要由{'或'.join(role)}人办理。", status=403)


class Steps:
    """What people and examinations do to a department."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings

    # -------------------------------------------------------------- after data changed

    def writing(self, number: int) -> None:
        """Refusal where a department may not be changed now.  To be asked inside the transaction that keeps the change."""
        row = self.database.one("SELECT stage FROM department WHERE id=? AND archived=''", number)
        if row is None:
            raise Refusal("没有这个部门，或不在您的范围内。", status=404)
        if row["stage"] not in WRITABLE:
            raise Refusal(WHY_NOT[row["stage"]])

    def workbook_changed(
        self, department: Department, sha: str, how: str, who: str, size: int, words: str = ""
    ) -> None:
        """A new workbook stands in the folder.  ``words``: what was done to it, for the log."""
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
            self.database.log(who, how, words or sha[:12], department.id)

    def examined(self, number: int, result: dict[str, object]) -> None:
        """What an examination found; reviews of other inputs fall, and it is said that they did."""
        with self.database.write() as change:
            row = change.execute("SELECT * FROM department WHERE id=?", (number,)).fetchone()
            stage, fingerprint = row["stage"], str(result["fingerprint"])
            if stage in FALLING and row["submitted"] and row["submitted"] != fingerprint:
                self.database.log("系统", "内容变动", f"“{STAGE_WORDS[stage]}”随之失效，请重新提交", number)
                stage = ""
            elif stage in SEALED and row["fingerprint"] != fingerprint != row["submitted"]:
                self.database.log(
                    "系统", "封存以后内容变动", "封存和公开的文件不变；要公开新的内容，请开启更正", number
                )
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
                    state_of(stage, errors, bool(row["correcting"])),
                    stage,
                    number,
                ),
            )
            change.execute("UPDATE cell_edit SET state='applied' WHERE department=? AND state='written'", (number,))

    def differs(self, department: Department) -> bool:
        """Whether a sealed department's folder holds something else than what was sealed."""
        row = self.database.one("SELECT submitted FROM department WHERE id=?", department.id)
        return bool(department.stage in SEALED and row and row["submitted"] not in ("", department.fingerprint))

    # -------------------------------------------------------------- steps of people

    def step(self, department: Department, action: str, user: User, fingerprint: str, note: str = "") -> None:
        """Move a department on.  Refusal where the role, the state, the inputs, remarks or who did what do not allow it."""
        _, before, after, word = STEPS_OF[action]
        needs_role(action, user)
        with self.database.write() as change:
            row = change.execute("SELECT * FROM department WHERE id=?", (department.id,)).fetchone()
            if row["stage"] not in before:
                raise Refusal(f"现在是“{STAGE_WORDS[row['stage']]}”，不能{word}。")
            if row["fingerprint"] != fingerprint:
                raise Refusal("您看过之后内容又有变动，请先看新的内容，再办理。")
            if action not in ("return", "withdraw") and self._pending(number=department.id):
                raise Refusal("还有填写的内容没有检查完，请稍后再办理。")
            if action in ("submit", *BLOCKED) and (row["errors"] or not row["snapshot"]):
                raise Refusal(f"还有 {row['errors']} 条错误没有改正，不能{word}。")
            if action in BLOCKED and (left := self.open_remarks(department.id)):
                raise Refusal(f"还有 {left} 条审核意见没有办结，不能{word}；请写意见的人看过以后办结。")
            self._two_people(row, action, user)
            submitted = fingerprint if action == "submit" else ("" if after in ("", "returned") else row["submitted"])
            change.execute(
                "UPDATE department SET stage=?, state=?, submitted=? WHERE id=?",
                (after, state_of(after, row["errors"], bool(row["correcting"])), submitted, department.id),
            )
            match action:
                case "submit":
                    change.execute(
                        "UPDATE department SET submitted_by=?, reviewed_by='', approved_by='' WHERE id=?",
                        (user.name, department.id),
                    )
                case "review":
                    change.execute("UPDATE department SET reviewed_by=? WHERE id=?", (user.name, department.id))
                case "approve":
                    change.execute(
                        "UPDATE department SET approved=?, approved_by=? WHERE id=?",
                        (f"{now()} {user.shown}", user.name, department.id),
                    )
                case "publish":
                    day = note or date.today().isoformat()
                    change.execute("UPDATE department SET published=? WHERE id=?", (day, department.id))
            self.database.log(user.name, word, note if action == "publish" else "", department.id)

    def _two_people(self, row: Row, action: str, user: User) -> None:
        """Nobody reviews what he handed in, or approves and seals what he reviewed, unless the office is set so."""
        if self.settings.one_person or not self.settings.accounts:
            return
        if action == "review" and row["submitted_by"] == user.name:
            raise Refusal("这份填报是您自己提交的，请另一位审核人审核。", status=403)
        if action in ("approve", "seal") and user.name in (row["submitted_by"], row["reviewed_by"]):
            did = "提交" if row["submitted_by"] == user.name else "审核"
            raise Refusal(f"这份填报是您自己{did}的，请另一位批准人办理。", status=403)

    def sealed(self, department: Department, who: str, digest: str) -> None:
        """The sealed bundle is in place; a 更正 that led to it is over."""
        with self.database.write() as change:
            change.execute(
                "UPDATE department SET stage='sealed', state=?, sealed=?, correcting=0 WHERE id=?",
                (state_of("sealed", 0), f"{now()} {digest}", department.id),
            )
            self.database.log(who, "封存", digest, department.id)

    def correcting(self, department: Department, user: User) -> None:
        """A 更正 has been opened: from now on the department may be changed."""
        with self.database.write() as change:
            change.execute(
                "UPDATE department SET stage='', state=?, submitted='', correcting=1 WHERE id=? AND stage IN ('sealed','published')",
                (state_of("", department.errors, True), department.id),
            )
            self.database.log(user.name, "开启更正", "", department.id)

    def _pending(self, number: int) -> bool:
        waiting = self.database.value("SELECT COUNT(*) FROM cell_edit WHERE department=? AND state='pending'", number)
        kinds = "('new','intake','apply','draft','examine','reshape')"
        return bool(
            waiting
            or self.database.value(
                f"SELECT COUNT(*) FROM job WHERE department=? AND state IN ('queued','running') AND kind IN {kinds}",  # noqa: S608
                number,
            )
        )

    # -------------------------------------------------------------- remarks

    def remarks(self, department: int) -> list[Row]:
        return self.database.all("SELECT * FROM remark WHERE department=? ORDER BY done_at<>'', id DESC", department)

    def open_remarks(self, department: int) -> int:
        return self.database.value("SELECT COUNT(*) FROM remark WHERE department=? AND done_at=''", department)

    def remark(self, department: Department, place: str, text: str, user: User) -> None:
        """A remark on a cell, a block or the whole."""
        text = text.strip()
        if len(text) < 2:
            raise Refusal("请写明意见。")
        with self.database.write() as change:
            made = change.execute(
                "INSERT INTO remark (department, place, text, who, at, maker) VALUES (?,?,?,?,?,?)",
                (department.id, place.strip()[:120], text[:2000], user.shown, now(), user.name),
            )
            self.database.log(user.name, "写审核意见", f"第 {made.lastrowid} 条", department.id)

    def answer(self, department: Department, number: int, text: str, user: User) -> None:
        """What the department says to a remark; it stays open until whoever made it closes it."""
        text = text.strip()
        if len(text) < 2:
            raise Refusal("请写明怎样改的，或为什么不改。")
        with self.database.write() as change:
            found = change.execute(
                "UPDATE remark SET answer=?, answered=? WHERE id=? AND department=? AND done_at=''",
                (text[:2000], f"{now()} {user.shown}", number, department.id),
            )
            if not found.rowcount:
                raise Refusal("没有这条意见，或它已经办结。", status=404)
            self.database.log(user.name, "答复审核意见", f"第 {number} 条", department.id)

    def remark_done(self, department: Department, number: int, user: User) -> None:
        """Closed by who made it (by any reviewer where that is not known any more), or by an unrestricted 管理."""
        with self.database.write() as change:
            row = change.execute("SELECT * FROM remark WHERE id=? AND department=?", (number, department.id)).fetchone()
            if row is None:
                raise Refusal("没有这条意见。", status=404)
            if not may_close(row, user):
                raise Refusal(f"这条意见是{row['who']}写的，请{row['who']}看过以后办结。", status=403)
            change.execute(
                "UPDATE remark SET done_by=?, done_at=? WHERE id=? AND done_at=''", (user.shown, now(), number)
            )
            self.database.log(user.name, "办结审核意见", f"第 {number} 条", department.id)


def may_close(remark: Row, user: User) -> bool:
    if remark["maker"]:
        return bool(remark["maker"] == user.name) or (user.unit is None and user.may("管理"))
    return user.may("审核", "批准", "管理")
