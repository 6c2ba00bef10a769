"""Entries of a pack as their models: what is wrong with one, told to a template keeper; what of it can be used."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from generator.packs._layer import Raw
from generator.packs._slips import slip
from generator.packs.pack import PackError, near
from generator.packs.schema import SLOT, without_slots

Model = TypeVar("Model", bound=BaseModel)

KINDS = {
    "extra_forbidden": "是不认识的名称",
    "missing": "必须填写",
    "literal_error": "的值不在允许的范围内",
    "string_type": "的值要写在英文引号里",
    "bool_type": "的值只能是 true 或 false",
    "int_type": "的值要写成整数，不加引号",
    "int_parsing": "的值要写成整数，不加引号",
    "tuple_type": '的值要写成清单，如 ["甲", "乙"]',
    "dict_type": '的值要写成 { 名称 = "值" }',
    "string_too_short": "不能空着",
}


def validated(model: type[Model], raw: Raw, shown: str, entry: str) -> Model:
    """The entry as its model.  Where all faults are gathered, as much of it as is right."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        wrong = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        for one in wrong:
            slip(PackError(shown, entry, _told(model, one)))
        mended: Raw = deepcopy(raw)
        for one in wrong:
            _mend(mended, one)
        try:
            return model.model_validate(mended)
        except ValidationError:
            raise PackError(shown, entry, _told(model, wrong[0])) from None


def _told(model: type[BaseModel], one: Any) -> str:
    """What pydantic found, for a template keeper."""
    if one["type"] == "value_error":
        return str(one.get("ctx", {}).get("error", one["msg"]))
    where = ".".join(str(x) for x in one["loc"])
    said = KINDS.get(one["type"], "的值不对")
    if one["type"] == "literal_error":
        said += f"；可以写 {one['ctx']['expected'].replace(' or ', '、').replace(', ', '、')}"
    if one["type"] == "extra_forbidden" and len(one["loc"]) == 1:
        said += near(where, model.model_fields)
    return f"“{where}”{said}"


def _mend(raw: Any, one: Any) -> None:
    """Take out of an entry what is wrong with it, so that the rest can be looked at."""
    *way, last = one["loc"] or ("",)
    for step in way:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return
    if not isinstance(raw, dict):
        return
    if one["type"] == "missing":
        raw[last] = raw.get("id", str(last))
    elif one["type"] == "value_error":
        for key in [k for k, v in raw.items() if isinstance(v, str) and SLOT.search(v)]:
            raw[key] = without_slots(raw[key])
    else:
        raw.pop(last, None)
