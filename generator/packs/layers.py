"""Packs: the law and the wording of a region as data, loaded, merged with the parent and compiled.

A broken pack raises :class:`PackError` with the file and the entry, in Chinese, before any
workbook is opened.  Nothing here reads a workbook or knows a region.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from generator.model import Fonts, Format, PageStyle
from generator.packs import schema
from generator.packs.listing import decoded
from generator.packs.pack import Origin, Pack, PackError, Subject
from generator.packs.style import with_defaults

Raw = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)

LISTS: dict[str, tuple[str, type[schema.Entry]]] = {
    "table": ("tables", schema.TableSpec),
    "sheet": ("sheets", schema.SheetSpec),
    "field": ("fields", schema.FieldSpec),
    "list": ("lists", schema.ListSpec),
    "reason": ("reasons", schema.ReasonSpec),
    "part": ("parts", schema.PartSpec),
    "form": ("forms", schema.FormSpec),
    "term": ("terms", schema.TermSpec),
    "phrase": ("phrases", schema.PhraseSpec),
    "check": ("checks", schema.CheckSpec),
    "driver": ("drivers", schema.DriverSpec),
    "fact": ("fact_kinds", schema.FactSpec),
    "rename": ("renames", schema.RenameSpec),
    "merge": ("merges", schema.MergeSpec),
}
QUOTES = "“”‘’＂"


@dataclass
class _Layer:
    """One pack folder as raw data, each entry with the file it stands in."""

    name: str
    folder: Path
    meta: Raw
    meta_file: str
    lists: dict[str, list[tuple[str, Raw]]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    blocks: dict[str, list[tuple[str, Raw]]] = field(default_factory=dict)
    formats: dict[str, tuple[str, Raw]] = field(default_factory=dict)
    style: Raw = field(default_factory=dict)
    narrative: dict[str, tuple[str, str]] = field(default_factory=dict)
    subjects: dict[str, dict[str, Subject]] = field(default_factory=dict)


def read_text(path: Path) -> str:
    """A text file of a pack: UTF-8 with or without BOM, or what Chinese Windows writes."""
    text = decoded(path.read_bytes())
    if text is None:
        raise PackError(path.name, "", "文件的编码无法识别，请另存为 UTF-8")
    return text


def read_toml(path: Path, shown: str) -> Raw:
    """A TOML file, or a PackError that says in Chinese what to mend."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else 0
        source = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
        value = source.split("=", 1)[-1].strip()
        if value[:1] in QUOTES:
            hint = f'第{line}行的值用了中文引号{value[:1]}，请改成英文引号"（引号里面的中文引号可以保留）'
        elif "Cannot overwrite" in str(error) or "Cannot declare" in str(error):
            hint = f"第{line}行的名称重复了，同一处只能写一次"
        else:
            hint = f"第{line}行的写法不对（{error}）：{source.strip()[:60]}"
        raise PackError(shown, "", hint) from None


def split_narrative(text: str, shown: str) -> dict[str, str]:
    """Texts of a .j2 file by block id: a line ``@@ id`` begins a block.

    Line ends inside a block are for the reader's eye: the lines are joined without a space.
    """
    blocks: dict[str, str] = {}
    current: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("@@"):
            current = stripped[2:].strip()
            if not current:
                raise PackError(shown, "", f"第{number}行的“@@”后面要写段落的编号")
            if current in blocks:
                raise PackError(shown, current, f"第{number}行：这个编号在本文件里已经用过")
            blocks[current] = ""
        elif stripped and not stripped.startswith("##"):
            if current is None:
                raise PackError(shown, "", f"第{number}行的文字前面缺少“@@ 段落编号”")
            blocks[current] += stripped
    return blocks


def read_subjects(path: Path, shown: str) -> dict[str, Subject]:
    """A CSV of subjects with the columns code, name, definition."""
    reader = csv.DictReader(io.StringIO(read_text(path)))
    out: dict[str, Subject] = {}
    for number, row in enumerate(reader, 2):
        code = (row.get("code") or "").strip()
        if not code.isdigit():
            raise PackError(shown, code, f"第{number}行的科目编码不是数字")
        if code in out:
            raise PackError(shown, code, f"第{number}行的科目编码重复")
        out[code] = Subject(code, (row.get("name") or "").strip(), (row.get("definition") or "").strip(), shown)
    return out


def _read_layer(folder: Path) -> _Layer:
    meta_path = folder / "pack.toml"
    if not meta_path.is_file():
        raise PackError(f"{folder.name}/pack.toml", "", "没有这个文件，这个文件夹不是模板包")
    shown = f"{folder.name}/pack.toml"
    raw = read_toml(meta_path, shown)
    layer = _Layer(folder.name, folder, {}, shown)
    _take(layer, raw, shown, meta=True)
    for path in sorted(folder.rglob("*.toml")):
        relative = path.relative_to(folder)
        if path != meta_path and relative.parts[0] != "cases":
            name = f"{folder.name}/{relative.as_posix()}"
            _take(layer, read_toml(path, name), name)
    for path in sorted((folder / "narrative").glob("*.j2")):
        name = f"{folder.name}/narrative/{path.name}"
        for key, text in split_narrative(read_text(path), name).items():
            if key in layer.narrative:
                raise PackError(name, key, f"这个编号在 {layer.narrative[key][0]} 里已经用过")
            layer.narrative[key] = (name, text)
    for kind in ("functional", "economic"):
        path = folder / "subjects" / f"{kind}.csv"
        if path.is_file():
            layer.subjects[kind] = read_subjects(path, f"{folder.name}/subjects/{kind}.csv")
    return layer


def _take(layer: _Layer, raw: Raw, shown: str, *, meta: bool = False) -> None:
    """Sort the keys of one TOML file into the layer."""
    for key, value in raw.items():
        if key in LISTS:
            entries = value if isinstance(value, list) else [value]
            seen = {e.get("id") for _, e in layer.lists.get(key, [])}
            for entry in entries:
                if entry.get("id") in seen:
                    raise PackError(shown, str(entry.get("id")), f"[[{key}]] 的编号重复")
                seen.add(entry.get("id"))
                layer.lists.setdefault(key, []).append((shown, entry))
        elif key == "block":
            for entry in value:
                part = entry.pop("part", "")
                if not part:
                    raise PackError(shown, str(entry.get("id", "")), "[[block]] 缺少 part（属于哪个部分）")
                layer.blocks.setdefault(part, []).append((shown, entry))
        elif key == "formats":
            layer.formats |= {name: (shown, body) for name, body in value.items()}
        elif key == "style":
            layer.style |= value
        elif key == "remove":
            for name, ids in value.items():
                unknown = [
                    n for n in ([*ids] if name == "all" else [name]) if n not in {*LISTS, "block", "blocks_of", "all"}
                ]
                if unknown:
                    raise PackError(shown, "remove", f"没有“{unknown[0]}”这种内容；可以写 {'、'.join(LISTS)}、block")
                layer.removed.setdefault(name, []).extend(ids)
        elif meta:
            layer.meta[key] = value
        else:
            raise PackError(shown, key, "不认识的名称；请对照 templates/README.md 检查拼写")


def _validate(model: type[Model], raw: Raw, shown: str, entry: str) -> Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        slips = error.errors()
        first = next((e for e in slips if e["type"] == "extra_forbidden"), slips[0])
        where = ".".join(str(x) for x in first["loc"])
        kinds = {
            "extra_forbidden": "是不认识的名称",
            "missing": "必须填写",
            "literal_error": "的值不在允许的范围内",
        }
        what = kinds.get(first["type"], f"的值不对：{first['msg']}")
        raise PackError(shown, entry, f"“{where}”{what}") from None


def _merge_list(layers: list[_Layer], key: str, origins: dict[str, Origin]) -> dict[str, tuple[str, Raw]]:
    """Entries of one list over all layers: same id, the child's keys replace the parent's."""
    merged: dict[str, tuple[str, Raw]] = {}
    for layer in layers:
        if key in layer.removed.get("all", []):
            merged.clear()
        for gone in layer.removed.get(key, []):
            if gone not in merged:
                raise PackError(layer.meta_file, gone, f"remove.{key} 里的编号在上级模板包中不存在")
            del merged[gone]
        for shown, entry in layer.lists.get(key, []):
            name = str(entry.get("id", ""))
            if not name:
                raise PackError(shown, "", f"[[{key}]] 缺少 id")
            base: Raw = {} if entry.get("replace") else merged.get(name, ("", {}))[1]
            body = {k: v for k, v in entry.items() if k != "replace"}
            merged[name] = (shown, _merge_columns(base, body) if key == "list" else {**base, **body})
            origins[f"{key}:{name}"] = Origin(layer.name, shown)
    return merged


def _merge_columns(base: Raw, over: Raw) -> Raw:
    """A list's columns merge by id too, so that a child may add one column."""
    columns = {c["id"]: c for c in base.get("columns", [])}
    for column in over.get("columns", []):
        columns[column["id"]] = {**columns.get(column["id"], {}), **column}
    gone = set(over.get("remove_columns", []))
    kept = [c for name, c in columns.items() if name not in gone]
    return {**base, **{k: v for k, v in over.items() if k != "remove_columns"}, "columns": kept}


def _merge_blocks(layers: list[_Layer], origins: dict[str, Origin]) -> dict[str, list[tuple[str, Raw]]]:
    """The outline of each part; a new block of a child stands where ``after``/``before`` says."""
    parts: dict[str, list[tuple[str, Raw]]] = {}
    for layer in layers:
        for gone in layer.removed.get("block", []):
            for part in parts.values():
                part[:] = [b for b in part if b[1]["id"] != gone]
        for gone in layer.removed.get("blocks_of", []):
            parts[gone] = []
        for part_id, entries in layer.blocks.items():
            blocks = parts.setdefault(part_id, [])
            for shown, entry in entries:
                name = str(entry.get("id", ""))
                origins[f"block:{name}"] = Origin(layer.name, shown)
                at = next((i for i, b in enumerate(blocks) if b[1]["id"] == name), None)
                moved = entry.get("after") or entry.get("before")
                if at is not None:
                    body = {**blocks[at][1], **entry}
                    if not moved:
                        blocks[at] = (shown, body)
                        continue
                    del blocks[at]
                else:
                    body = entry
                blocks.insert(_place(blocks, entry, shown), (shown, body))
    return parts


def _place(blocks: list[tuple[str, Raw]], entry: Raw, shown: str) -> int:
    target = entry.get("after") or entry.get("before")
    if not target:
        return len(blocks)
    for i, (_, other) in enumerate(blocks):
        if other["id"] == target:
            return i + 1 if entry.get("after") else i
    raise PackError(shown, str(entry.get("id")), f"找不到段落“{target}”，无法确定位置")


def _layers(folder: Path, seen: tuple[str, ...] = ()) -> list[_Layer]:
    layer = _read_layer(folder)
    parent = layer.meta.get("extends", "")
    if not parent:
        return [layer]
    if parent in (*seen, folder.name):
        raise PackError(layer.meta_file, "extends", f"模板包互相继承：{' → '.join((*seen, folder.name, parent))}")
    base = folder.parent / parent
    if not base.is_dir():
        raise PackError(layer.meta_file, "extends", f"找不到上级模板包“{parent}”")
    return [*_layers(base, (*seen, folder.name)), layer]


def assemble(folder: Path) -> Pack:
    """Load and merge a pack without compiling its templates (see :func:`generator.packs.load`)."""
    layers = _layers(folder)
    origins: dict[str, Origin] = {}
    collections: dict[str, Any] = {}
    for key, (attribute, model) in LISTS.items():
        merged = _merge_list(layers, key, origins)
        collections[attribute] = {name: _validate(model, raw, shown, name) for name, (shown, raw) in merged.items()}
    blocks: dict[str, tuple[schema.BlockSpec, ...]] = {}
    seen: set[str] = set()
    for part, entries in _merge_blocks(layers, origins).items():
        blocks[part] = tuple(_validate(schema.BlockSpec, raw, shown, raw.get("id", "")) for shown, raw in entries)
        for spec in blocks[part]:
            if spec.id in seen:
                raise PackError(origins[f"block:{spec.id}"].file, spec.id, "段落编号在另一部分里已经用过")
            seen.add(spec.id)
    formats: dict[str, Format] = {}
    narrative: dict[str, str] = {}
    functional: dict[str, Subject] = {}
    economic: dict[str, Subject] = {}
    meta_raw: Raw = {}
    style: Raw = {}
    for layer in layers:
        own = {"abstract": False, **layer.meta}
        meta_raw |= own
        style |= layer.style
        for name, (shown, body) in layer.formats.items():
            base = formats[name].model_dump() if name in formats else {}
            formats[name] = _validate(Format, {**base, **body}, shown, f"formats.{name}")
            origins[f"format:{name}"] = Origin(layer.name, shown)
        for name, (shown, text) in layer.narrative.items():
            narrative[name] = text
            origins[f"text:{name}"] = Origin(layer.name, shown)
        functional |= layer.subjects.get("functional", {})
        economic |= layer.subjects.get("economic", {})
    meta = _validate(schema.PackMeta, meta_raw, layers[-1].meta_file, "")
    pack = Pack(
        meta=meta,
        blocks=blocks,
        formats=formats,
        narrative=narrative,
        functional=functional,
        economic=economic,
        style=_style(style, layers[-1].meta_file),
        origins=origins,
        chain=tuple(layer.name for layer in layers),
        folders=tuple(layer.folder for layer in layers),
        **collections,
    )
    return with_defaults(pack)


def _style(raw: Raw, shown: str) -> PageStyle:
    fonts = {k: tuple(v) for k, v in raw.get("fonts", {}).items()}
    lengths = {k: v for k, v in raw.items() if k != "fonts"}
    try:
        return PageStyle(**lengths, fonts=Fonts(**fonts))
    except TypeError as error:
        raise PackError(shown, "style", f"不认识的名称：{error}") from None
