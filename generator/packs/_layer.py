"""One folder of a pack as raw data: its TOML files, its narrative, its subjects, each entry with its file."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from generator.packs import schema
from generator.packs._heads import Head, read_heads
from generator.packs._slips import each, slip
from generator.packs.listing import decoded
from generator.packs.pack import PackError, Subject, near

Raw = dict[str, Any]

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


def schema_models() -> dict[str, type[BaseModel]]:
    """Every kind of thing that the files of a pack may say, with its model, for the reference of the language."""
    kinds = {kind: model for kind, (_, model) in LISTS.items()}
    return {
        "meta": schema.PackMeta,
        "draft": schema.DraftSettings,
        "block": schema.BlockSpec,
        "column": schema.ColumnSpec,
        **kinds,
    }


READING = "reading"  # how published documents are read: see reading.py
ALWAYS = {"rename"}  # since is the year in which the code changed: the entry itself holds in every year
QUOTES = "“”‘’＂"


@dataclass
class Layer:
    """One pack folder as raw data, each entry with the file it stands in.

    ``blocks`` by 部分; a block of a narrative file has the key ``head`` (removed when the layers are merged):
    ``new`` where its file says which 部分 it stands in.  ``texts`` by block, each with the years it holds in.
    """

    name: str
    folder: Path
    meta: Raw
    meta_file: str
    lists: dict[str, list[tuple[str, Raw]]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    blocks: dict[str, list[tuple[str, Raw]]] = field(default_factory=dict)
    formats: list[tuple[str, Raw]] = field(default_factory=list)
    style: Raw = field(default_factory=dict)
    texts: list[tuple[str, Raw]] = field(default_factory=list)
    subjects: dict[str, dict[str, Subject]] = field(default_factory=dict)

    def entries(self) -> Iterator[Raw]:
        """Everything that may hold for some years only."""
        lists = (entries for key, entries in self.lists.items() if key not in ALWAYS)
        for group in (*lists, *self.blocks.values(), self.formats, self.texts):
            yield from (raw for _, raw in group)


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


def read_layer(folder: Path) -> Layer:
    """Read one folder.  PackError where a file of it cannot be read."""
    meta_path = folder / "pack.toml"
    if not meta_path.is_file():
        raise PackError(f"{folder.name}/pack.toml", "", "没有这个文件，这个文件夹不是模板包")
    shown = f"{folder.name}/pack.toml"
    raw = read_toml(meta_path, shown)
    layer = Layer(folder.name, folder, {}, shown)
    _take(layer, raw, shown, meta=True)
    for path in sorted(folder.rglob("*.toml")):
        relative = path.relative_to(folder)
        if path != meta_path and relative.parts[0] not in ("cases", READING):
            name = f"{folder.name}/{relative.as_posix()}"
            with each():
                _take(layer, read_toml(path, name), name)
    for path in narrative_files(folder):
        name = f"{folder.name}/narrative/{path.name}"
        with each():
            _narrative(layer, read_heads(read_text(path), name), name)
    for kind in ("functional", "economic"):
        path = folder / "subjects" / f"{kind}.csv"
        if path.is_file():
            with each():
                layer.subjects[kind] = read_subjects(path, f"{folder.name}/subjects/{kind}.csv")
    return layer


def narrative_files(folder: Path) -> list[Path]:
    """The narrative of a pack, in the order of the document (the files by their names)."""
    found = (p for p in (folder / "narrative").glob("*") if p.suffix in (".j2", ".txt") and p.is_file())
    return sorted(found, key=lambda p: p.name)


def _narrative(layer: Layer, heads: list[Head], shown: str) -> None:
    """The heads of one file as parts, blocks and texts of the layer."""
    for head in heads:
        years: Raw = {k: head.raw[k] for k in ("since", "until") if k in head.raw}
        if head.kind == "part":
            title = {"title": head.text} if head.text else {}
            if title or len(head.raw) > 1:  # without a title it only says where the blocks below belong
                _once(layer.lists.setdefault("part", []), shown, {**head.raw, **title})
            continue
        if head.text:
            _once(layer.texts, shown, {"id": head.id, "text": head.text, **years})
        if head.part or len(head.raw) > 1:
            raw = {**head.raw, "head": "new" if head.part else "known", "worded": bool(head.text)}
            _once(layer.blocks.setdefault(head.part, []), shown, raw)


def _once(entries: list[tuple[str, Raw]], shown: str, raw: Raw) -> None:
    """Add an entry; an id may stand twice where each says its years."""
    same = [(f, e) for f, e in entries if raw.get("id") and e.get("id") == raw["id"]]
    if any(overlap(e, raw) for _, e in same):
        where = f"，{same[0][0]} 里已经用过" if same[0][0] != shown else ""
        slip(PackError(shown, str(raw.get("id", "")), f"编号重复{where}；分年度写几次的，每一次都要写明年度"))
        return
    entries.append((shown, raw))


def overlap(one: Raw, other: Raw) -> bool:
    """Whether two entries hold in a same year."""
    since = max(one.get("since") or 0, other.get("since") or 0)
    until = min(one.get("until") or 9999, other.get("until") or 9999)
    return since <= until


def _take(layer: Layer, raw: Raw, shown: str, *, meta: bool = False) -> None:
    """Sort the keys of one TOML file into the layer."""
    for key, value in raw.items():
        if key in LISTS:
            for entry in value if isinstance(value, list) else [value]:
                _once(layer.lists.setdefault(key, []), shown, entry)
        elif key == "block":
            for entry in value:
                part = entry.pop("part", "")
                if not part:
                    slip(PackError(shown, str(entry.get("id", "")), "[[block]] 缺少 part（属于哪个部分）"))
                    continue
                layer.blocks.setdefault(part, []).append((shown, entry))
        elif key == "formats":
            for name, body in value.items():
                _once(layer.formats, shown, {"id": name, **body})
        elif key == "format":
            for entry in value if isinstance(value, list) else [value]:
                _once(layer.formats, shown, entry)
        elif key == "style":
            layer.style |= value
        elif key == "remove":
            for name, ids in value.items():
                unknown = [
                    n for n in ([*ids] if name == "all" else [name]) if n not in {*LISTS, "block", "blocks_of", "all"}
                ]
                for one in unknown:
                    said = f"没有“{one}”这种内容{near(one, LISTS)}；可以写 {'、'.join(LISTS)}、block"
                    slip(PackError(shown, "remove", said))
                ids = [i for i in ids if i not in unknown]
                if name in unknown:
                    continue
                layer.removed.setdefault(name, []).extend(ids)
        elif meta:
            layer.meta[key] = value
        else:
            known = {*LISTS, "block", "format", "formats", "style", "remove"}
            slip(PackError(shown, key, f"不认识的名称{near(key, known)}；请对照 templates/README.md 检查拼写"))
