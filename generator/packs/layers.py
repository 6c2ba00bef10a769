"""Packs laid over their parents: the folders of a pack merged into one, for one year where its entries differ by year.

A broken pack raises :class:`PackError` with the file and the entry, in Chinese, before any
workbook is opened.  Nothing here reads a workbook or knows a region.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from generator.model import Fonts, Format, PageStyle
from generator.packs import schema
from generator.packs._entries import validated
from generator.packs._layer import ALWAYS, LISTS, Layer, Raw, read_layer
from generator.packs._slips import each, slip
from generator.packs.pack import Origin, Pack, PackError, Subject, near
from generator.packs.places import parent_of
from generator.packs.style import with_defaults

Entries = list[tuple[str, Raw]]
YEARS = {
    "id",
    "since",
    "until",
    "part",
    "head",
    "worded",
}  # an entry that says no more than this only ends or begins another


LAST = 1_000_000  # parts of this order stand behind all that are added


def in_year(entries: Entries, year: int | None) -> Entries:
    """The entries of one folder that hold in a year: of several with one id the one whose years it is.

    Without a year the newest of several, and everything that stands once.
    """
    forms: dict[str, list[Raw]] = {}
    for _, raw in entries:
        forms.setdefault(str(raw.get("id", "")), []).append(raw)
    kept = []
    for shown, raw in entries:
        same = forms[str(raw.get("id", ""))]
        if year is None:
            if len(same) == 1 or raw is max(same, key=lambda r: r.get("until") or 9999):
                kept.append((shown, raw))
        elif holds(raw, year) or (len(same) == 1 and set(raw) <= YEARS and not raw.get("worded")):
            kept.append((shown, raw))
    return kept


def holds(raw: Raw, year: int) -> bool:
    """Whether an entry holds in a year."""
    return (raw.get("since") or 0) <= year <= (raw.get("until") or 9999)


def turns(layers: list[Layer]) -> list[int]:
    """The years from which on a pack differs from what it was, in order."""
    years: set[int] = set()
    for layer in layers:
        for raw in layer.entries():
            years |= {raw["since"]} if isinstance(raw.get("since"), int) else set()
            years |= {raw["until"] + 1} if isinstance(raw.get("until"), int) else set()
    return sorted(years)


def _merge_list(
    layers: list[Layer], key: str, origins: dict[str, Origin], year: int | None
) -> dict[str, tuple[str, Raw]]:
    """Entries of one list over all layers: same id, the child's keys replace the parent's."""
    merged: dict[str, tuple[str, Raw]] = {}
    for layer in layers:
        if key in layer.removed.get("all", []):
            merged.clear()
        for gone in layer.removed.get(key, []):
            if gone not in merged:
                said = f"remove.{key} 里的编号在上级模板包中不存在{near(gone, merged)}"
                slip(PackError(layer.meta_file, gone, said))
            merged.pop(gone, None)
        entries = layer.lists.get(key, [])
        for shown, entry in entries if key in ALWAYS else in_year(entries, year):
            name = str(entry.get("id", ""))
            if not name:
                slip(PackError(shown, "", f"[[{key}]] 缺少 id"))
                continue
            base: Raw = {} if entry.get("replace") else merged.get(name, ("", {}))[1]
            body = {k: v for k, v in entry.items() if k != "replace"}
            if key == "part":
                body = _part_order(body, merged, shown)
            merged[name] = (shown, _merge_columns(base, body) if key == "list" else {**base, **body})
            origins[f"{key}:{name}"] = Origin(layer.name, shown)
    return merged


def _part_order(entry: Raw, merged: dict[str, tuple[str, Raw]], shown: str) -> Raw:
    """A 部分 of a narrative file stands where the file has it: behind those before it, or where it says."""
    body = {k: v for k, v in entry.items() if k not in ("after", "before")}
    target = entry.get("after") or entry.get("before")
    if target:
        if target not in merged:
            slip(PackError(shown, str(entry["id"]), f"找不到部分“{target}”，无法确定位置{near(target, merged)}"))
            return {"order": 9999, **body}
        return {**body, "order": merged[target][1]["order"] + (1 if entry.get("after") else -1)}
    if "order" not in body and entry["id"] not in merged:
        known = [raw.get("order", 0) for _, raw in merged.values()]
        body["order"] = max((n for n in known if n < LAST), default=0) // 10 * 10 + 10
    return body


def _merge_columns(base: Raw, over: Raw) -> Raw:
    """A list's columns merge by id too, so that a child may add one column."""
    columns = {c["id"]: c for c in base.get("columns", [])}
    for column in over.get("columns", []):
        columns[column["id"]] = {**columns.get(column["id"], {}), **column}
    gone = set(over.get("remove_columns", []))
    kept = [c for name, c in columns.items() if name not in gone]
    return {**base, **{k: v for k, v in over.items() if k != "remove_columns"}, "columns": kept}


def _merge_blocks(layers: list[Layer], origins: dict[str, Origin], year: int | None) -> dict[str, Entries]:
    """The outline of each part; a new block of a child stands where ``after``/``before`` says."""
    parts: dict[str, Entries] = {}
    for layer in layers:
        known: set[str] = {b[1]["id"] for part in parts.values() for b in part}
        for gone in layer.removed.get("block", []):
            if gone not in known:
                why = f"remove.block 里的编号在上级模板包中不存在{near(gone, known)}"
                slip(PackError(layer.meta_file, gone, why))
            for part in parts.values():
                part[:] = [b for b in part if b[1]["id"] != gone]
        for gone in layer.removed.get("blocks_of", []):
            parts[gone] = []
        inherited = {part for part, blocks in parts.items() if blocks}
        said = {raw["id"] for _, raw in in_year(layer.texts, year)}
        for part_id, entries in layer.blocks.items():
            for shown, entry in in_year(entries, year):
                with each():
                    _lay(parts, part_id, shown, entry, inherited, origins, layer)
        for blocks in parts.values():  # a text of this folder stands over one that a parent wrote in its outline
            for at, (shown, raw) in enumerate(blocks):
                if raw["id"] in said and raw.get("text") and origins[f"block:{raw['id']}"].pack != layer.name:
                    blocks[at] = (shown, {**raw, "text": ""})
    return parts


def _lay(
    parts: dict[str, Entries],
    part_id: str,
    shown: str,
    entry: Raw,
    inherited: set[str],
    origins: dict[str, Origin],
    layer: Layer,
) -> None:
    """One block laid over what the layers below have."""
    name, head = str(entry.get("id", "")), entry.get("head", "")
    own = {k: v for k, v in entry.items() if k not in ("head", "worded")}
    home = next((p for p, blocks in parts.items() if any(b[1]["id"] == name for b in blocks)), None)
    placed = entry.get("after") or entry.get("before")
    if head and home is not None:
        part_id = home
    elif head and placed:
        everywhere = {b[1]["id"]: p for p, blocks in parts.items() for b in blocks}
        if placed not in everywhere:
            raise PackError(shown, name, f"找不到段落“{placed}”，无法确定位置{near(placed, everywhere)}")
        part_id = everywhere[placed]
    elif head and (head == "known" or part_id in inherited):
        known = [b[1]["id"] for blocks in parts.values() for b in blocks]
        raise PackError(
            shown, name, f"没有这个编号的段落{near(name, known)}；新增的段落要写明位置，如“@放在 某段的编号 之后”"
        )
    blocks = parts.setdefault(part_id, [])
    origins[f"block:{name}"] = Origin(layer.name, shown)
    at = next((i for i, b in enumerate(blocks) if b[1]["id"] == name), None)
    if at is None:
        blocks.insert(_place(blocks, entry, shown), (shown, own))
        return
    body = {**blocks[at][1], **own}
    if not placed:
        blocks[at] = (shown, body)
        return
    del blocks[at]
    blocks.insert(_place(blocks, entry, shown), (shown, body))


def _place(blocks: Entries, entry: Raw, shown: str) -> int:
    target = entry.get("after") or entry.get("before")
    if not target:
        return len(blocks)
    for i, (_, other) in enumerate(blocks):
        if other["id"] == target:
            return i + 1 if entry.get("after") else i
    known = [b[1]["id"] for b in blocks]
    slip(PackError(shown, str(entry.get("id")), f"找不到段落“{target}”，无法确定位置{near(target, known)}"))
    return len(blocks)


def _layers(folder: Path, seen: tuple[str, ...] = ()) -> list[Layer]:
    layer = read_layer(folder)
    parent = layer.meta.get("extends", "")
    if not parent:
        return [layer]
    if parent in (*seen, folder.name):
        raise PackError(layer.meta_file, "extends", f"模板包互相继承：{' → '.join((*seen, folder.name, parent))}")
    base = parent_of(folder, parent)
    if base is None:
        raise PackError(layer.meta_file, "extends", f"找不到上级模板包“{parent}”")
    return [*_layers(base, (*seen, folder.name)), layer]


def assemble(folder: Path, year: int | None = None) -> Pack:
    """Load and merge a pack without compiling its templates (see :func:`generator.packs.load`).

    ``year``: what holds in it; without one the newest form of what differs by year.
    """
    layers = _layers(folder)
    origins: dict[str, Origin] = {}
    collections: dict[str, Any] = {}
    for key, (attribute, model) in LISTS.items():
        merged = _merge_list(layers, key, origins, year)
        collections[attribute] = kept = {}
        for name, (shown, raw) in merged.items():
            with each():
                kept[name] = validated(model, raw, shown, name)
    blocks: dict[str, tuple[schema.BlockSpec, ...]] = {}
    seen: set[str] = set()
    for part, entries in _merge_blocks(layers, origins, year).items():
        specs: list[schema.BlockSpec] = []
        for shown, raw in entries:
            with each():
                specs.append(validated(schema.BlockSpec, raw, shown, raw.get("id", "")))
        blocks[part] = tuple(specs)
        for spec in specs:
            if spec.id in seen:
                slip(PackError(origins[f"block:{spec.id}"].file, spec.id, "段落编号在另一部分里已经用过"))
            seen.add(spec.id)
    formats: dict[str, Format] = {}
    narrative: dict[str, str] = {}
    functional: dict[str, Subject] = {}
    economic: dict[str, Subject] = {}
    meta_raw: Raw = {}
    style: Raw = {}
    for layer in layers:
        own = {"abstract": False, **layer.meta}
        named = {**meta_raw.get("names", {}), **own.get("names", {})}
        meta_raw |= {**own, "names": named} if named else own
        style |= layer.style
        for shown, raw in in_year(layer.formats, year):
            name = raw["id"]
            base = formats[name].model_dump() if name in formats else {}
            body = {k: v for k, v in raw.items() if k not in ("id", "since", "until")}
            with each():
                formats[name] = validated(Format, {**base, **body}, shown, f"formats.{name}")
            origins[f"format:{name}"] = Origin(layer.name, shown)
        for shown, raw in in_year(layer.texts, year):
            narrative[raw["id"]] = raw["text"]
            origins[f"text:{raw['id']}"] = Origin(layer.name, shown)
        for shown, raw in (e for some in layer.blocks.values() for e in in_year(some, year) if e[1].get("same")):
            # bound here: a pack below that words the other block anew changes that one alone
            text = narrative.get(raw["same"]) or _text_in_outline(layers, raw["same"])
            if not text:
                said = f"“@同 {raw['same']}”所指的段落没有文字{near(raw['same'], narrative)}"
                slip(PackError(shown, raw["id"], said))
                continue
            narrative[raw["id"]] = text
            origins[f"text:{raw['id']}"] = Origin(layer.name, shown)
        functional |= layer.subjects.get("functional", {})
        economic |= layer.subjects.get("economic", {})
    meta = validated(schema.PackMeta, meta_raw, layers[-1].meta_file, "")
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
        turns=tuple(turns(layers)),
        **collections,
    )
    return with_defaults(pack)


def _text_in_outline(layers: list[Layer], name: str) -> str:
    found = [e for layer in layers for some in layer.blocks.values() for _, e in some if e["id"] == name]
    return next((str(e["text"]) for e in reversed(found) if e.get("text")), "")


def _style(raw: Raw, shown: str) -> PageStyle:
    fonts = {k: tuple(v) for k, v in raw.get("fonts", {}).items()}
    lengths = {k: v for k, v in raw.items() if k != "fonts"}
    known = {f.name for f in dataclasses.fields(PageStyle)} - {"fonts"}
    for name in sorted(set(lengths) - known):
        slip(PackError(shown, "style", f"“{name}”是不认识的名称{near(name, known)}"))
    try:
        return PageStyle(**{k: v for k, v in lengths.items() if k in known}, fonts=Fonts(**fonts))
    except TypeError as error:
        slip(PackError(shown, "style.fonts", f"不认识的名称：{error}"))
        return PageStyle()
