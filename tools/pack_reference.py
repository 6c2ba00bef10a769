"""``python -m tools.pack_reference``: all keys of the pack language in templates/README.md, each with an example.

What a key means is said in tools/pack_keys.toml, which keys there are in the schema; the examples are those of
the packs that come with the program.  A test fails where the page is not what this makes, or a key is not explained.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.model import Fonts, Format, PageStyle
from generator.packs import available, load, schema_models

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "templates" / "README.md"
MARK = "<!-- 以下由 python -m tools.pack_reference 从程序生成，不要手改 -->"
LONG = 46
COMMON = ("id", "since", "until")
OUTSIDE = {"list": ("remove_columns",)}


def keys() -> dict[str, tuple[str, ...]]:
    """All keys that can be written, by kind of entry."""
    models = schema_models()
    found = {kind: tuple(model.model_fields) for kind, model in models.items()}
    found = {k: tuple(f for f in v if k in ("meta", "draft", "format") or f not in COMMON) for k, v in found.items()}
    found["format"] = tuple(Format.model_fields)
    found["style"] = tuple(f.name for f in dataclasses.fields(PageStyle))
    found["fonts"] = tuple(f.name for f in dataclasses.fields(Fonts))
    for kind, more in OUTSIDE.items():
        found[kind] += more
    return found


def callables() -> tuple[list[str], list[str]]:
    """The functions and the filters that a text may use, without the formats of one pack and what Jinja brings."""
    from jinja2 import Environment

    compiled = load("liaoning")
    plain = Environment()
    functions = sorted(set(compiled.language.env.globals) - set(plain.globals))
    filters = sorted(set(compiled.language.env.filters) - set(plain.filters) - set(compiled.pack.formats))
    return functions, filters


def words() -> Mapping[str, Any]:
    """What each key means, in Chinese, and examples where no pack has one."""
    return tomllib.loads((Path(__file__).parent / "pack_keys.toml").read_text(encoding="utf-8"))


def written() -> dict[str, dict[str, list[Any]]]:
    """What the packs of the program write under each key, in the order of the packs."""
    out: dict[str, dict[str, list[Any]]] = {}
    for name in available():
        pack = load(name).pack
        entries: list[tuple[str, Iterable[Any]]] = [
            ("meta", [pack.meta]),
            ("draft", [pack.meta.draft]),
            ("format", pack.formats.values()),
            ("style", [pack.style]),
            ("fonts", [pack.style.fonts]),
            ("block", (b for some in pack.blocks.values() for b in some)),
            ("column", (c for spec in pack.lists.values() for c in spec.columns)),
        ]
        kinds = ("table", "sheet", "field", "list", "reason", "part", "form", "term", "phrase", "check", "driver")
        entries += [(k, getattr(pack, k + "s").values()) for k in kinds]
        entries += [
            ("fact", pack.fact_kinds.values()),
            ("rename", pack.renames.values()),
            ("merge", pack.merges.values()),
        ]
        for kind, some in entries:
            for entry in some:
                for key, value in _values(entry):
                    out.setdefault(kind, {}).setdefault(key, []).append(value)
    return out


def _values(entry: Any) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(entry):
        yield from ((f.name, getattr(entry, f.name)) for f in dataclasses.fields(entry))
        return
    for name, spec in type(entry).model_fields.items():
        value = getattr(entry, name)
        if value not in (spec.default, "", (), {}, None) or spec.is_required():
            yield name, value


def example(key: str, values: list[Any]) -> str:
    """The shortest telling thing that a pack writes there."""
    shown = [t for v in values if (t := _toml(v))]
    fit = [t for t in shown if len(t) <= LONG]
    if not fit and shown:
        return f"`{key} = {shown[0][: LONG - 1]}……`".replace("|", "\\|")
    best = max(fit, key=lambda t: (len(t), t)) if fit else ""
    return f"`{key} = {best}`".replace("|", "\\|") if best else ""


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str() if "\n" not in value and '"' not in value:
            return f'"{value}"'
        case str():
            return ""
        case tuple() | list() if value and all(isinstance(v, str | int) for v in value):
            return "[" + ", ".join(_toml(v) for v in value) + "]"
        case dict() if value and all(isinstance(v, str) for v in value.values()):
            return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return ""


def reference() -> str:
    """The generated end of the page."""
    said, known, used = words(), keys(), written()
    out = [MARK, "", "## 全部写法", "", "每一条都可以写的："]
    out += ["", "| 键 | 意思 |", "|---|---|", *(f"| `{k}` | {v} |" for k, v in said["common"].items())]
    for kind, title in said["titles"].items():
        if kind == "remove":
            lines = [f"| `{k}` | {v} | |" for k, v in said["remove"].items()]
            lines.append(
                '| 其余 | 一种内容 = 编号的清单：table、field、list、reason、part、form、term、phrase、check、driver、fact、block | `block = ["fund.none"]` |'
            )
        else:
            examples = used.get(kind, {})
            given, raw = said["examples"].get(kind, {}), said["raw"].get(kind, {})
            lines = []
            for k in known[kind]:
                shown = f"`{_cell(raw[k])}`" if k in raw else example(k, examples.get(k, []))
                shown = shown or (example(k, [given[k]]) if k in given else "")
                lines.append(f"| `{k}` | {_cell(said[kind].get(k, ''))} | {shown} |")
        out += ["", f"### {title}", "", "| 键 | 意思 | 例子 |", "|---|---|---|", *lines]
    functions, filters = callables()
    out += ["", "### 花括号里可以用的", "", "| 写法 | |", "|---|---|"]
    for name in functions:
        form, _, what = said["functions"].get(name, name).partition("：")
        out.append(f"| `{form}` | {what} |".replace("||", "\\|\\|"))
    for name in filters:
        form, _, what = said["filters"].get(name, name).partition("：")
        out.append(f"| `{form.replace('|', chr(92) + '|')}` | {what} |")
    formats = sorted({f for n in available() for f in load(n).pack.formats})
    out += [_formats(formats), ""]
    return "\n".join(out)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _formats(names: list[str]) -> str:
    return "| " + "、".join(f"`\\|{n}`" for n in names) + " | 各模板包的数字格式 |"


def page() -> str:
    """The whole page: what is written by hand, and the reference."""
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0].rstrip()
    return head + "\n\n" + reference()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
