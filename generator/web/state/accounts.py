"""Who may come in: accounts with scrypt passwords, sessions, tokens of other systems.

Without accounts (one person on the own machine) everyone is the same officer with every role.  How often a password
may be guessed is in :mod:`entering`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from generator.model import Refusal
from generator.web.state.database import Database, Row, now

ROLES = ("填报", "审核", "批准", "管理")
SESSION_SECONDS = 12 * 3600  # without work
SESSION_MOST = 7 * 86400  # however much work
COST, BLOCK, PARALLEL = 2**14, 8, 1
LEAST_PASSWORD = 10
VISITOR = "0."  # begins the cookie of a browser that nobody has logged in with


@dataclass(frozen=True, slots=True)
class User:
    """Who acts: name, roles and the unit whose tree he sees (``None``: all)."""

    name: str
    shown: str
    roles: frozenset[str]
    unit: int | None = None
    account: int | None = None

    def may(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))


LOCAL = User("本机", "本机用户", frozenset(ROLES))


@dataclass(frozen=True, slots=True)
class Session:
    """One browser: its user (or nobody yet) and the token that its forms carry.  ``fresh``: the cookie is to be set."""

    user: User | None
    csrf: str
    token: str = ""
    fresh: bool = False
    slid: bool = False  # it has been made longer: the cookie is to be set again


def password_hash(password: str, salt: bytes | None = None) -> str:
    """scrypt with a salt of its own."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=2**26)
    return f"scrypt${COST}${salt.hex()}${digest.hex()}"


def password_fits(password: str, kept: str) -> bool:
    kind, cost, salt, digest = kept.split("$")
    if kind != "scrypt":
        return False
    made = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=int(cost), r=BLOCK, p=PARALLEL, maxmem=2**26)
    return hmac.compare_digest(made.hex(), digest)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(row: Row) -> User:
    return User(row["name"], row["shown"], frozenset(row["roles"].split(",")), row["unit"], row["id"])


class Accounts:
    """Accounts, sessions and tokens in the database."""

    def __init__(self, database: Database, *, required: bool) -> None:
        self.database, self.required = database, required

    def any(self) -> bool:
        return self.database.value("SELECT COUNT(*) FROM account WHERE disabled=0") > 0

    def find(self, name: str) -> Row:
        """An account by its name.  Refusal where there is none."""
        row = self.database.one("SELECT * FROM account WHERE name=?", name.strip())
        if row is None:
            raise Refusal(f"没有账号“{name.strip()[:40]}”。", status=404)
        return row

    def get(self, number: int) -> Row:
        row = self.database.one("SELECT * FROM account WHERE id=?", number)
        if row is None:
            raise Refusal("没有这个账号。", status=404)
        return row

    # -------------------------------------------------------------- kept

    def add(
        self,
        name: str,
        password: str,
        roles: tuple[str, ...],
        unit: int | None = None,
        shown: str = "",
        who: str = "系统",
    ) -> None:
        """A new account; Refusal where the name is taken or the password too weak."""
        name = name.strip()
        if not name or len(name) > 40 or any(ord(c) < 32 for c in name):
            raise Refusal("账号名为1到40个字。")
        _known(roles)
        _strong(password, name)
        with self.database.write() as change:
            if change.execute("SELECT 1 FROM account WHERE name=?", (name,)).fetchone():
                raise Refusal(f"账号“{name}”已经有了。")
            change.execute(
                "INSERT INTO account (name, shown, roles, unit, password) VALUES (?,?,?,?,?)",
                (name, shown.strip()[:40] or name, ",".join(roles), unit, password_hash(password)),
            )
            self.database.log(who, "新增账号", f"{name}（{'、'.join(roles)}）")

    def set_password(self, name: str, password: str, who: str) -> None:
        """A new password; whoever was in with the old one, or with a token, is out."""
        account = self.find(name)
        _strong(password, account["name"])
        with self.database.write() as change:
            change.execute("UPDATE account SET password=? WHERE id=?", (password_hash(password), account["id"]))
            self._out(account["id"])
            change.execute("DELETE FROM device WHERE account=?", (account["id"],))
            change.execute("DELETE FROM attempt WHERE account=?", (account["id"],))
            self.database.log(who, "重设密码" if who != account["name"] else "改自己的密码", account["name"])

    def change_own(self, user: User, old: str, new: str) -> None:
        """One's own password, by whoever knows the old one."""
        account = self.get(user.account or 0)
        if not password_fits(old, account["password"]):
            raise Refusal("原来的密码不对。")
        self.set_password(account["name"], new, account["name"])

    def change(self, number: int, roles: tuple[str, ...], unit: int | None, who: str) -> None:
        """Other roles or another unit; whoever loses a role or sees less comes in anew, and his tokens end."""
        _known(roles)
        account = self.get(number)
        with self.database.write() as change:
            change.execute("UPDATE account SET roles=?, unit=? WHERE id=?", (",".join(roles), unit, number))
            if set(account["roles"].split(",")) - set(roles) or (unit is not None and unit != account["unit"]):
                self._out(number)
            self.database.log(who, "改账号的角色和单位", f"{account['name']}（{'、'.join(roles)}）")

    def disable(self, number: int, disabled: bool, who: str) -> None:
        account = self.get(number)
        with self.database.write() as change:
            change.execute("UPDATE account SET disabled=? WHERE id=?", (int(disabled), number))
            if disabled:
                self._out(number)
            self.database.log(who, "停用账号" if disabled else "启用账号", account["name"])

    def _out(self, account: int) -> None:
        """End the sessions and tokens of an account."""
        with self.database.write() as change:
            change.execute("DELETE FROM session WHERE account=?", (account,))
            change.execute("DELETE FROM api_token WHERE account=?", (account,))

    # -------------------------------------------------------------- sessions

    def visitor(self, token: str = "") -> Session:
        """A session that nobody has logged in to; nothing is kept of it: its forms carry a token that only this workbench can make."""
        cookie = token or VISITOR + secrets.token_urlsafe(32)
        csrf = hmac.new(self.database.secret, cookie.encode(), hashlib.sha256).hexdigest()
        return Session(None if self.required else LOCAL, csrf, cookie, fresh=not token)

    def start(self, account: int) -> tuple[str, str]:
        """A new session of an account: its cookie and the token of its forms."""
        token, csrf, at = secrets.token_urlsafe(32), secrets.token_urlsafe(24), time.time()
        with self.database.write() as change:
            change.execute("DELETE FROM session WHERE expires < ?", (at,))
            change.execute(
                "INSERT INTO session (token, account, csrf, expires, started) VALUES (?,?,?,?,?)",
                (token_hash(token), account, csrf, at + SESSION_SECONDS, at),
            )
        return token, csrf

    def end(self, token: str) -> None:
        with self.database.write() as change:
            change.execute("DELETE FROM session WHERE token=?", (token_hash(token),))

    def session(self, token: str, *, at_work: bool = True) -> Session | None:
        """The session of a cookie; none where it has ended.  Somebody ``at_work`` makes it last longer."""
        if token.startswith(VISITOR):
            return self.visitor(token)
        at = time.time()
        row = (
            self.database.one("SELECT * FROM session WHERE token=? AND expires>?", token_hash(token), at)
            if token
            else None
        )
        if row is None:
            return None
        account = self.database.one("SELECT * FROM account WHERE id=? AND disabled=0", row["account"])
        if account is None:
            return None
        most = (row["started"] or at) + SESSION_MOST
        slid = at_work and row["expires"] - at < SESSION_SECONDS / 2 and row["expires"] < most
        if slid:
            with self.database.write() as change:
                change.execute(
                    "UPDATE session SET expires=?, started=? WHERE token=?",
                    (min(at + SESSION_SECONDS, most), row["started"] or at, row["token"]),
                )
        return Session(user_of(account) if self.required else LOCAL, row["csrf"], token, slid=slid)

    # -------------------------------------------------------------- tokens

    def new_token(self, account: int, label: str, who: str) -> str:
        """A token for another system; shown once, kept as its hash."""
        token, row = secrets.token_urlsafe(32), self.get(account)
        if row["disabled"]:
            raise Refusal("账号已停用，不能发接口令牌。")
        with self.database.write() as change:
            change.execute(
                "INSERT INTO api_token (token, account, label, created) VALUES (?,?,?,?)",
                (token_hash(token), account, label[:60], now()),
            )
            self.database.log(who, "新增接口令牌", row["name"])
        return token

    def tokens(self) -> list[Row]:
        """All tokens (without what they are): whose, for what, since when, when last used."""
        return self.database.all(
            "SELECT api_token.rowid AS number, api_token.account, label, created, used, name, unit FROM api_token"
            " JOIN account ON account.id=api_token.account ORDER BY created"
        )

    def end_token(self, number: int, who: str) -> None:
        with self.database.write() as change:
            row = change.execute(
                "SELECT name FROM api_token JOIN account ON account.id=api_token.account WHERE api_token.rowid=?",
                (number,),
            ).fetchone()
            if row is None:
                raise Refusal("没有这个令牌，它可能已经撤销。", status=404)
            change.execute("DELETE FROM api_token WHERE rowid=?", (number,))
            self.database.log(who, "撤销接口令牌", row["name"])

    def user_of_token(self, token: str) -> User | None:
        row = self.database.one(
            "SELECT account.*, api_token.used FROM api_token JOIN account ON account.id=api_token.account"
            " WHERE token=? AND disabled=0",
            token_hash(token),
        )
        if row is None:
            return None
        today = now()[:10]
        if row["used"] != today:
            with self.database.write() as change:
                change.execute("UPDATE api_token SET used=? WHERE token=?", (today, token_hash(token)))
        return user_of(row)


def _known(roles: tuple[str, ...]) -> None:
    if not roles or any(r not in ROLES for r in roles):
        raise Refusal(f"角色只能是{'、'.join(ROLES)}，至少选一个。")


def _strong(password: str, name: str) -> None:
    if len(password) < LEAST_PASSWORD:
        raise Refusal(f"密码至少{LEAST_PASSWORD}个字符。")
    if len(password) > 200 or name.lower() in password.lower() or len(set(password)) < 5:
        raise Refusal("密码太容易猜到（不要含账号名，不要只用几个字符重复），请另设。")
