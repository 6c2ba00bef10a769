"""The tree of units: whom a user reaches, how units are found, made and moved.

A user of a unit reaches it and what stands below it; a user of none reaches all.  Units are made below one's own, and
only an unrestricted 管理 moves them, so that nobody brings foreign units within his reach.
"""

from __future__ import annotations

import difflib

from generator.model import Refusal
from generator.web.state.accounts import User
from generator.web.state.database import Database, Row

TREE = """WITH RECURSIVE tree(id) AS (SELECT id FROM unit WHERE id=? UNION SELECT unit.id FROM unit JOIN tree ON unit.parent=tree.id)"""
IS_BELOW = f"{TREE} SELECT COUNT(*) FROM tree WHERE id=?"  # noqa: S608 - only fixed words
IN_TREE = f"unit IN ({TREE} SELECT id FROM tree)"  # noqa: S608 - only fixed words
ALIKE = 0.75  # how much alike names are that one may have been misspelt for another


class Units:
    """Units in the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def reaches(self, user: User, unit: int) -> bool:
        """Whether a unit is the user's own or below it."""
        return user.unit is None or self.database.value(IS_BELOW, user.unit, unit) > 0

    def listed(self, user: User) -> list[Row]:
        """The units within a user's reach, by name."""
        if user.unit is None:
            return self.database.all("SELECT * FROM unit ORDER BY name")
        return self.database.all(
            f"{TREE} SELECT unit.* FROM unit JOIN tree ON tree.id=unit.id ORDER BY name",  # noqa: S608 - fixed words
            user.unit,
        )

    def find(self, name: str) -> int | None:
        row = self.database.one("SELECT id FROM unit WHERE name=?", clean(name))
        return int(row["id"]) if row else None

    def alike(self, name: str, user: User, *, above: bool = False) -> list[str]:
        """Units within reach (that stand ``above`` others) whose names are so much like this one that it may be misspelt."""
        listed = self.listed(user)
        parents = {r["parent"] for r in listed}
        names = [r["name"] for r in listed if not above or r["id"] in parents]
        return difflib.get_close_matches(clean(name), names, 3, ALIKE)

    def known(self, name: str, user: User) -> int:
        """A unit within reach by its name.  Refusal where there is none, with those that are meant perhaps."""
        found = self.find(name)
        if found is not None and self.reaches(user, found):
            return found
        alike = self.alike(name, user)
        meant = f"您要找的是不是“{'”“'.join(alike)}”？" if alike else ""
        raise Refusal(f"没有“{clean(name)}”这个单位。{meant}")

    def take(self, name: str, user: User, *, sure: bool, parent: int | None = None, above: bool = False) -> int:
        """A unit within reach, made below one's own (or ``parent``) where it is new.

        Refusal where it is somebody else's, or new and so like another that it may be misspelt (but for ``sure``).
        """
        name = clean(name)
        if not name or len(name) > 80:
            raise Refusal("请写单位全称（80个字以内）。")
        found = self.find(name)
        if found is not None:
            if not self.reaches(user, found):
                raise Refusal(f"“{name}”不在您的范围内，请联系管理员。", status=403)
            return found
        if not sure and (alike := self.alike(name, user, above=above)):
            raise Refusal(
                f"没有“{name}”这个单位，您要写的是不是“{'”“'.join(alike)}”？确是另一个单位的，请勾选“确认新建”。"
            )
        with self.database.write() as change:
            made = change.execute("INSERT INTO unit (parent, name) VALUES (?,?)", (parent or user.unit, name))
        return int(made.lastrowid or 0)

    def move(self, name: str, parent: str, user: User) -> None:
        """Put a unit below another; a unit never stands below itself."""
        if user.unit is not None or not user.may("管理"):
            raise Refusal("单位的上下级由不限单位的管理员调整。", status=403)
        child, above = self.known(name, user), self.known(parent, user)
        if self.database.value(IS_BELOW, child, above):
            raise Refusal(f"“{parent}”在“{name}”之下，不能作它的上级。")
        with self.database.write() as change:
            change.execute("UPDATE unit SET parent=? WHERE id=?", (above, child))

    def below(self, name: str, parent: str, user: User, *, sure: bool) -> None:
        """As a roster has it: a new unit stands below its parent; one that stands elsewhere is only moved by whoever may."""
        child = self.find(name)
        if child is not None and not self.reaches(user, child):
            raise Refusal(f"“{name}”不在您的范围内，请联系管理员。", status=403)
        above = self.take(parent, user, sure=sure, above=True)
        if child is None:
            self.take(name, user, sure=True, parent=above)
            return
        row = self.database.one("SELECT parent FROM unit WHERE id=?", child)
        if row and row["parent"] == above:
            return
        self.move(name, parent, user)


def clean(name: str) -> str:
    """A name as it is kept: no spaces at its ends, one space within."""
    return " ".join(name.split())
