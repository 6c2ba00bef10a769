"""Coming in with a password: how often it may be guessed, from where, and that nobody locks out others for long.

A guess is counted before the password is looked at, so that many at once are no more guesses than one after another.
What is counted is an account and where the guess comes from: a browser that has been in before, or else an address.
Guesses from elsewhere never keep out a browser that has been in.
"""

from __future__ import annotations

import secrets
import time

from generator.model import Refusal
from generator.web.state.accounts import Accounts, password_fits, password_hash, token_hash
from generator.web.state.database import Row, now

FROM_ONE = 5  # wrong guesses from one place
FROM_ALL = 20  # from all places that nobody has been in from
WAIT = 300  # seconds until another round of guesses
NOBODY = password_hash("没有这个账号", b"0" * 16)
STRANGERS = "*"


def enter(accounts: Accounts, name: str, password: str, address: str = "", device: str = "") -> Row:
    """The account of a right password.  Refusal (403) otherwise; (429) where there were too many guesses."""
    database = accounts.database
    row = database.one("SELECT * FROM account WHERE name=? AND disabled=0", name.strip())
    if row is None:
        password_fits(password, NOBODY)
        raise Refusal("账号或密码不对。", status=403)
    known = bool(
        device and database.one("SELECT 1 FROM device WHERE token=? AND account=?", token_hash(device), row["id"])
    )
    places = [(f"device {token_hash(device)}", FROM_ONE)] if known else [(address, FROM_ONE), (STRANGERS, FROM_ALL)]
    for place, most in places:
        _count(accounts, row, place, most)
    if not password_fits(password, row["password"]):
        raise Refusal("账号或密码不对。", status=403)
    with database.write() as change:
        change.executemany("DELETE FROM attempt WHERE account=? AND source=?", [(row["id"], p) for p, _ in places])
        database.log(row["name"], "登录")
    return row


def _count(accounts: Accounts, row: Row, place: str, most: int) -> None:
    """One more guess from a place.  Refusal where there were too many."""
    at = time.time()
    with accounts.database.write() as change:
        change.execute("DELETE FROM attempt WHERE since<?", (at - WAIT,))
        found = change.execute(
            "SELECT failed, since FROM attempt WHERE account=? AND source=?", (row["id"], place)
        ).fetchone()
        if found is None:
            change.execute("INSERT INTO attempt VALUES (?,?,1,?)", (row["id"], place, at))
            return
        if found["failed"] >= most:
            minutes = int((found["since"] + WAIT - at) // 60) + 1
            raise Refusal(
                f"密码输错的次数太多，请{minutes}分钟后再试，或请管理员重设密码；以前登录过的浏览器不受影响。",
                status=429,
            )
        change.execute("UPDATE attempt SET failed=failed+1 WHERE account=? AND source=?", (row["id"], place))
        if found["failed"] + 1 == most:
            accounts.database.log(row["name"], "密码多次输错", f"{most}次")


def remember(accounts: Accounts, account: int) -> str:
    """A cookie for a browser that has been in with this account."""
    token = secrets.token_urlsafe(24)
    with accounts.database.write() as change:
        change.execute("INSERT INTO device VALUES (?,?,?)", (token_hash(token), account, now()))
        change.execute(
            "DELETE FROM device WHERE account=? AND token NOT IN (SELECT token FROM device WHERE account=? ORDER BY rowid DESC LIMIT 20)",
            (account, account),
        )
    return token
