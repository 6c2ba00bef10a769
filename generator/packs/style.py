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
KEEP, DROP = "保留", "去掉"


def _thousands(text: str) -> dict[str, Any]:
    return {"thousands": True} if text in YES else {"thousands": False} if text in NO else {}


def _zero(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"0(\.0+)?[%％]?", text)
    if not found:
        return {}
    return {"zero": "" if found[1] else "0"}


def _trim(text: str) -> dict[str, Any]:
    return {"trim": text == DROP} if text in (KEEP, DROP) else {}


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
}
MAIN = {"money": "money", "rate": "percent"}  # the format of each kind that says what the pack does


def _choice(name: str) -> _Choice | None:
    """A choice by its name; ``purchase_zero`` is the zero of the formats of the group purchase alone."""
    group, _, rest = name.rpartition("_")
    return CHOICES.get(name) or (_Choice("money", _zero, group) if group and rest == "zero" else None)


def usual(formats: Mapping[str, Format], name: str) -> str:
    """What a pack does where the department chooses nothing, as it is written in the form."""
    choice = _choice(name)
    if choice is None:
        return ""
    group = next((f for f in formats.values() if choice.group and f.group == choice.group), None)
    form = group or formats.get(MAIN[choice.kind])
    if form is None:
        return ""
    match name:
        case "thousands":
            return YES[0] if form.thousands else NO[0]
        case "trim" | "rate_trim":
            return DROP if form.trim else KEEP
        case "rate_decimals":
            return str(form.decimals)
        case "rate_whole":
            return "100.00%" if "." in show_value(Decimal(1), form) else "100%"
        case _:
            return ("0.00" if "." in show_value(ZERO, form) else "0") + ("%" if choice.kind == "rate" else "")


def styled(pack: Pack, submission: Submission) -> Mapping[str, Format]:
    """The formats of a submission: the pack's, with the department's choices over them."""
    group = submission.groups.get(GROUP)
    chosen: list[tuple[_Choice, str]] = []
    for name, value in group.data.items() if group else ():
        choice, text = _choice(name), value.value.strip() if isinstance(value, Text) else ""
        if choice and text and text != usual(pack.formats, name):
            chosen.append((choice, text))
    if not chosen:
        return pack.formats
    chosen.sort(key=lambda pair: bool(pair[0].group))  # what speaks of one group has the last word
    return {name: _with(form, chosen) for name, form in pack.formats.items()}


def _with(form: Format, chosen: Iterable[tuple[_Choice, str]]) -> Format:
    changes: dict[str, Any] = {}
    for choice, text in chosen:
        if choice.kind == form.kind and choice.group in ("", form.group):
            changes |= choice.meaning(text)
    if not changes:
        return form
    made = form.model_copy(update=changes)
    return made.model_copy(update={"blank": show_value(ZERO, made)}) if form.blank else made


def with_defaults(pack: Pack) -> Pack:
    """The choices of the form offer what the pack does, where its author says nothing else."""
    fields = {
        name: spec.model_copy(update={"default": usual(pack.formats, name.removeprefix(GROUP + "."))})
        for name, spec in pack.fields.items()
        if name.startswith(GROUP + ".") and not spec.default
    }
    return replace(pack, fields={**pack.fields, **fields}) if fields else pack
