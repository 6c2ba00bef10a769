"""The number style that a department chose in its workbook, laid over the formats of its pack.

The choices are fields of the group ``style``.  A choice that says what the pack says anyway changes
nothing, so that formats that differ on purpose stay as the pack has them.  Only what is printed
changes, never what is compared: decimals of money are the pack's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from generator.model import ZERO, Format, Submission, Text, show_value
from generator.packs.pack import Pack

GROUP = "style"
YES, NO = ("是", "有", "要", "yes", "y", "true"), ("否", "无", "不要", "没有", "no", "n", "false")
KEEP, DROP, DROP_WHOLE = "保留", "去掉", "整数去掉"
AS_IS, BLANK = "照填", "空白"


def _thousands(text: str) -> dict[str, Any]:
    return {"thousands": True} if text in YES else {"thousands": False} if text in NO else {}


def _zero(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"0(\.0+)?[%％]?", text)
    if not found:
        return {}
    return {"zero": "" if found[1] else "0"}


def _trim(text: str) -> dict[str, Any]:
    known = {KEEP: (False, False), DROP: (True, False), DROP_WHOLE: (False, True)}
    return dict(zip(("trim", "bare_whole"), known[text], strict=True)) if text in known else {}


def _empty(text: str) -> dict[str, Any]:
    return {"hide_zero": text == BLANK} if text in (AS_IS, BLANK) else {}


def _decimals(text: str) -> dict[str, Any]:
    found = re.search(r"\d", text)
    return {"decimals": int(found[0])} if found else {}


def _whole(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"100(\.0+)?[%％]?|1", text)
    return {"bare_whole": not found[1]} if found else {}


class _Choice(NamedTuple):
    """What a choice changes: the kind of format, the group of formats (empty: all of the kind), how."""

    kind: str
    meaning: Callable[[str], dict[str, Any]]
    group: str = ""


CHOICES = {
    "thousands": _Choice("money", _thousands),
    "zero": _Choice("money", _zero),
    "trim": _Choice("money", _trim),
    "rate_decimals": _Choice("rate", _decimals),
    "rate_whole": _Choice("rate", _whole),
    "rate_zero": _Choice("rate", _zero),
    "rate_trim": _Choice("rate", _trim),
    "table_decimals": _Choice("table", _decimals),
    "table_zero": _Choice("table", _empty),
    "table_trim": _Choice("table", _trim),
}
MAIN = {"money": "money", "rate": "percent", "table": "table"}  # the format of each kind that says what the pack does


def _choice(name: str) -> tuple[str, _Choice] | None:
    """A choice by its name: what it is called, and what it does.  ``purchase_zero`` is the zero of the formats of
    the group purchase alone."""
    if name in CHOICES:
        return name, CHOICES[name]
    for own in sorted(CHOICES, key=len, reverse=True):
        if name.endswith("_" + own):
            return own, CHOICES[own]._replace(group=name.removesuffix("_" + own))
    return None


def usual(formats: Mapping[str, Format], name: str) -> str:
    """What a pack does where the department chooses nothing, as it is written in the form."""
    known = _choice(name)
    if known is None:
        return ""
    own, choice = known
    of_kind = [f for f in formats.values() if f.kind == choice.kind]
    if choice.group:
        form = next((f for f in of_kind if f.group == choice.group), None)
    else:
        main = formats.get(MAIN[choice.kind])
        form = main if main in of_kind else next(iter(of_kind), None)
    if form is None:
        return ""
    match own:
        case "thousands":
            return YES[0] if form.thousands else NO[0]
        case "trim" | "rate_trim" | "table_trim":
            return DROP if form.trim else DROP_WHOLE if form.bare_whole else KEEP
        case "rate_decimals" | "table_decimals":
            return str(form.decimals)
        case "table_zero":
            return BLANK if form.hide_zero else AS_IS
        case "rate_whole":
            return "100.00%" if "." in show_value(Decimal(1), form) else "100%"
        case _:
            return ("0.00" if "." in show_value(ZERO, form) else "0") + ("%" if choice.kind == "rate" else "")


def styled(pack: Pack, submission: Submission) -> Mapping[str, Format]:
    """The formats of a submission: the pack's, with the department's choices over them."""
    group = submission.groups.get(GROUP)
    chosen: list[tuple[str, _Choice, str]] = []
    for name, value in group.data.items() if group else ():
        known, text = _choice(name), value.value.strip() if isinstance(value, Text) else ""
        if known and text and (known[1].group or text != usual(pack.formats, name)):
            chosen.append((*known, text))
    if not chosen:
        return pack.formats
    return {name: _with(form, chosen, pack) for name, form in pack.formats.items()}


def _with(form: Format, chosen: Iterable[tuple[str, _Choice, str]], pack: Pack) -> Format:
    changes: dict[str, Any] = {}
    for own, choice, text in chosen:
        if choice.kind == form.kind and _concerns(choice.group, own, form, pack):
            changes |= choice.meaning(text)
    if not changes:
        return form
    made = form.model_copy(update=changes)
    return made.model_copy(update={"blank": show_value(ZERO, made)}) if form.blank else made


def _concerns(group: str, own: str, form: Format, pack: Pack) -> bool:
    """A common choice concerns every format that has no such choice of its own group."""
    if group or not form.group:
        return group == form.group
    return not form.alone and f"{GROUP}.{form.group}_{own}" not in pack.fields


def with_defaults(pack: Pack) -> Pack:
    """The choices of the form offer what the pack does, where its author says nothing else."""
    fields = {
        name: spec.model_copy(update={"default": usual(pack.formats, name.removeprefix(GROUP + "."))})
        for name, spec in pack.fields.items()
        if name.startswith(GROUP + ".") and not spec.default
    }
    return replace(pack, fields={**pack.fields, **fields}) if fields else pack
