"""Who may come in: accounts with scrypt passwords, lock-out, sessions, tokens of other systems.

Without accounts (one person on the own machine) everyone is the same officer with every role.
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
ATTEMPTS, LOCKED_SECONDS, SESSION_SECONDS = 5, 900, 12 * 3600
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
    """One browser: its user (or nobody yet) and the token that its forms carry."""

    user: User | None
    csrf: str
    token: str = ""
    fresh: bool = False


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


NOBODY = password_hash("没有这个账号", b"0" * 16)


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
        if not name or len(name) > 40:
            raise Refusal("账号名为1到40个字。")
        unknown = [r for r in roles if r not in ROLES]
        if unknown or not roles:
            raise Refusal(f"角色只能是{'、'.join(ROLES)}，至少选一个。")
        _strong(password, name)
        with self.database.write() as change:
            if change.execute("SELECT 1 FROM account WHERE name=?", (name,)).fetchone():
                raise Refusal(f"账号“{name}”已经有了。")
            change.execute(
                "INSERT INTO account (name, shown, roles, unit, password) VALUES (?,?,?,?,?)",
                (name, shown or name, ",".join(roles), unit, password_hash(password)),
            )
            self.database.log(who, "新增账号", f"{name}（{'、'.join(roles)}）")

    def set_password(self, name: str, password: str, who: str) -> None:
        _strong(password, name)
        with self.database.write() as change:
            found = change.execute(
                "UPDATE account SET password=?, failed=0, locked_until=0 WHERE name=?", (password_hash(password), name)
            )
            if not found.rowcount:
                raise Refusal(f"没有账号“{name}”。")
            change.execute("DELETE FROM session WHERE account=(SELECT id FROM account WHERE name=?)", (name,))
            self.database.log(who, "重设密码", name)

    def disable(self, name: str, disabled: bool, who: str) -> None:
        with self.database.write() as change:
            change.execute("UPDATE account SET disabled=? WHERE name=?", (int(disabled), name))
            change.execute("DELETE FROM session WHERE account=(SELECT id FROM account WHERE name=?)", (name,))
            self.database.log(who, "停用账号" if disabled else "启用账号", name)

    # -------------------------------------------------------------- coming in

    def enter(self, name: str, password: str) -> Row:
        """The account of a right password; Refusal otherwise, locked out after some attempts."""
        row = self.database.one("SELECT * FROM account WHERE name=? AND disabled=0", name.strip())
        if row is None:
            password_fits(password, NOBODY)
            raise Refusal("账号或密码不对。")
        if row["locked_until"] > time.time():
            minutes = int((row["locked_until"] - time.time()) // 60) + 1
            raise Refusal(f"密码连续输错{ATTEMPTS}次，账号已锁定，请{minutes}分钟后再试，或请管理员重设密码。")
        if not password_fits(password, row["password"]):
            self._failed(row)
            raise Refusal("账号或密码不对。")
        with self.database.write() as change:
            change.execute("UPDATE account SET failed=0, locked_until=0 WHERE id=?", (row["id"],))
            self.database.log(row["name"], "登录")
        return row

    def _failed(self, row: Row) -> None:
        with self.database.write() as change:
            change.execute("UPDATE account SET failed=failed+1 WHERE id=?", (row["id"],))
            failed = change.execute("SELECT failed FROM account WHERE id=?", (row["id"],)).fetchone()[0]
            if failed >= ATTEMPTS:
                change.execute(
                    "UPDATE account SET failed=0, locked_until=? WHERE id=?", (time.time() + LOCKED_SECONDS, row["id"])
                )
                self.database.log(row["name"], "账号锁定", f"密码连续输错{failed}次")

    # -------------------------------------------------------------- sessions and tokens

    def visitor(self, token: str = "") -> Session:
        """A session that nobody has logged in to; nothing is kept of it: its forms carry a token that only this workbench can make."""
        cookie = token or VISITOR + secrets.token_urlsafe(32)
        csrf = hmac.new(self.database.secret, cookie.encode(), hashlib.sha256).hexdigest()
        return Session(None if self.required else LOCAL, csrf, cookie, fresh=not token)

    def start(self, account: int) -> tuple[str, str]:
        """A new session of an account: its cookie and the token of its forms."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        with self.database.write() as change:
            change.execute("DELETE FROM session WHERE expires < ?", (time.time(),))
            change.execute(
                "INSERT INTO session VALUES (?,?,?,?)",
                (token_hash(token), account, csrf, time.time() + SESSION_SECONDS),
            )
        return token, csrf

    def end(self, token: str) -> None:
        with self.database.write() as change:
            change.execute("DELETE FROM session WHERE token=?", (token_hash(token),))

    def session(self, token: str) -> Session | None:
        """The session of a cookie; none where it has ended."""
        if token.startswith(VISITOR):
            return self.visitor(token)
        row = (
            self.database.one("SELECT * FROM session WHERE token=? AND expires>?", token_hash(token), time.time())
            if token
            else None
        )
        if row is None:
            return None
        account = self.database.one("SELECT * FROM account WHERE id=? AND disabled=0", row["account"])
        user = user_of(account) if account else None
        return Session(user if self.required else LOCAL, row["csrf"], token)

    def new_token(self, account: int, label: str, who: str) -> str:
        """A token for another system; shown once, kept as its hash."""
        token = secrets.token_urlsafe(32)
        with self.database.write() as change:
            change.execute("INSERT INTO api_token VALUES (?,?,?,?)", (token_hash(token), account, label[:60], now()))
            self.database.log(who, "新增接口令牌", label[:60])
        return token

    def user_of_token(self, token: str) -> User | None:
        row = self.database.one(
            "SELECT account.* FROM api_token JOIN account ON account.id=api_token.account WHERE token=? AND disabled=0",
            token_hash(token),
        )
        return user_of(row) if row else None


def _strong(password: str, name: str) -> None:
    if len(password) < LEAST_PASSWORD:
        raise Refusal(f"密码至少{LEAST_PASSWORD}个字符。")
    if len(password) > 200 or name.lower() in password.lower() or len(set(password)) < 5:
        raise Refusal("密码太容易猜到（不要含账号名，不要只用几个字符重复），请另设。")
