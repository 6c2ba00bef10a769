"""``juesuan pack upgrade``: an outline in TOML becomes heads inside the narrative, where the document has them.

Nothing else of the pack changes, and nothing of what it prints: the pack (and every pack below it) is
assembled before and after, and where the two differ in anything the folder is left as it was.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.packs import schema
from generator.packs._heads import LISTED, SHOWN, Head, lines_of, read_heads, words_of
from generator.packs._layer import narrative_files, read_text, read_toml
from generator.packs.layers import assemble
from generator.packs.listing import layers
from generator.packs.pack import Pack, PackError
from generator.packs.places import available, find

SECTION = re.compile(r"\s*\[\[?\s*([\w.\"-]+)\s*\]\]?\s*(#.*)?$")
MOVED = ("part", "block")
KINDS = {"tables": " 报表", "forms": " 附表"}
Raw = dict[str, Any]


@dataclass
class _Entry:
    """A part or block of the outline with the remarks that stood before it."""

    raw: Raw
    notes: list[str] = field(default_factory=list)


def upgrade(name: str, root: Path | None = None) -> list[Path]:
    """Rewrite a pack's own outline into its narrative; the files written.  None where there is nothing to do.

    PackError where the pack is broken, or where the result would not be the same document.
    """
    known = {n: folder for n in available(root) if (folder := find(n, root))}
    if name not in known:
        raise PackError(name, "", f"没有这个模板包；现有：{'、'.join(known) or '无'}")
    folder = known[name]
    touched = [name, *(n for n in known if folder in _chain(known[n])[:-1])]
    before = {n: _effective(assemble(known[n])) for n in touched}
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "templates"
        for layer in {layer for n in touched for layer in _chain(known[n])}:
            shutil.copytree(layer, copy / layer.name)
        written = _rewrite(copy / name, assemble(folder))
        if not written:
            return []
        for n in touched:
            difference = _difference(before[n], _effective(assemble(copy / n)))
            if difference:
                raise PackError(name, difference, f"改写后与原来不同（{n}），没有改动任何文件")
        kept = {p.relative_to(copy / name) for p in (copy / name).rglob("*") if p.is_file()}
        for relative in sorted(kept):
            target, made = folder / relative, copy / name / relative
            if not target.exists() or target.read_bytes() != made.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(made.read_bytes())
        for path in [p for p in folder.rglob("*") if p.is_file()]:
            if path.relative_to(folder) not in kept:
                path.unlink()
        for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
            if not any(path.iterdir()):
                path.rmdir()
        return [folder / p.relative_to(copy / name) for p in written]


def _chain(folder: Path) -> list[Path]:
    return [f for f, _ in layers(folder) or []]


def _effective(pack: Pack) -> Raw:
    """Everything of a pack that an outline decides, and all the rest."""
    quiet = {"text": "", "after": "", "before": ""}
    blocks = {
        part: [(b.model_copy(update=quiet), pack.text_of(b)) for b in some]
        for part, some in pack.blocks.items()
        if some
    }
    order = [p.id for p in sorted(pack.parts.values(), key=lambda p: p.order)]
    rest = {k: getattr(pack, k) for k in ("tables", "sheets", "fields", "lists", "reasons", "forms", "terms")}
    rest |= {k: getattr(pack, k) for k in ("phrases", "checks", "drivers", "fact_kinds", "formats", "style", "meta")}
    return {**rest, "blocks": blocks, "order": order, "parts": {k: (p.title, p.kind) for k, p in pack.parts.items()}}


def _difference(one: Raw, other: Raw) -> str:
    for key, value in one.items():
        if value == other[key]:
            continue
        if key != "blocks":
            return key
        for part, blocks in value.items():
            theirs = other[key].get(part, [])
            for mine, made in zip(blocks, theirs, strict=False):
                if mine != made:
                    return str(mine[0].id)
            if len(blocks) != len(theirs):
                return str(part)
        return key
    return ""


# ------------------------------------------------------------------ one folder


def _rewrite(folder: Path, pack: Pack) -> list[Path]:
    """Move the outline of a folder into its narrative; the files written."""
    outline: dict[str, list[_Entry]] = {kind: [] for kind in MOVED}
    for path in sorted(p for p in folder.rglob("*.toml") if p.relative_to(folder).parts[0] != "cases"):
        raw = read_toml(path, path.name)
        if any(kind in raw for kind in MOVED):
            _cut(path, raw, outline)
    if not any(outline.values()):
        return []
    own = {e.raw["id"]: e for e in outline["part"]}
    inherited = assemble(folder.parent / pack.chain[-2]) if len(pack.chain) > 1 else None
    old = {path: read_heads(read_text(path), path.name) for path in narrative_files(folder)}
    texts = {h.id: h for heads in old.values() for h in heads if h.kind == "block" and h.source}
    sections: dict[str, list[_Entry]] = {}
    toc = {b.id: b.toc for blocks in pack.blocks.values() for b in blocks}
    for entry in outline["block"]:
        if entry.raw.get("style") in LISTED:
            entry.raw.setdefault("toc", toc[entry.raw["id"]])
        sections.setdefault(entry.raw.pop("part"), []).append(entry)
    written: list[Path] = []
    known = inherited.parts if inherited else {}
    for number, part in enumerate((p for p in own if p not in known), 1):
        following = next((p for p in _parts(pack)[_parts(pack).index(part) + 1 :] if p in known), "")
        if following:
            own[part].raw["before"] = following
        lines = list(_part(own[part], part, sections.pop(part, []), texts, inherited))
        name = _file_name(own[part].raw.get("title", "")) or part
        path = folder / "narrative" / f"{_place(part, pack, number)}-{name}.j2"
        written.append(_write(path, lines))
    moved = {e.raw["id"] for e in outline["block"]}
    if (
        sections or known.keys() & own.keys()
    ):  # changes to what a parent has: in the order of the document, with the texts that only change words
        order = {b.id: at for at, b in enumerate(_in_order(pack))}
        changed = [(order[h.id], list(_kept([h]))) for h in texts.values() if h.id not in moved and not h.part]
        changed += [(-1, list(_part(own[p], p, [], texts, inherited))) for p in own if p in known]
        for part, entries in sections.items():
            made = _part(None, part, entries, texts, inherited)
            changed += list(_by_head(made, order))
        lines = [line for _, some in sorted(changed, key=lambda pair: pair[0]) for line in some]
        written.append(_write(next(iter(old), folder / "narrative" / "本地说法.j2"), lines))
        moved |= set(texts)
    for path, heads in old.items():
        left = [h for h in heads if h.id not in moved]
        if left and path not in written:
            _write(path, list(_kept(left)))
        elif path not in written:
            path.unlink()
    return written


def _write(path: Path, lines: list[str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return path


def _in_order(pack: Pack) -> Iterator[schema.BlockSpec]:
    for part in sorted(pack.parts.values(), key=lambda p: p.order):
        yield from pack.blocks.get(part.id, ())


def _by_head(lines: Iterator[str], order: dict[str, int]) -> Iterator[tuple[int, list[str]]]:
    """Written heads with their places in the document; deeper ones stay under the one above."""
    current: list[str] = []
    for line in lines:
        current.append(line)
        if not line:
            heads = [c for c in current if c.startswith("@@")]
            yield order[heads[0].lstrip("@ ").split()[0]], current
            current = []


def _place(part: str, pack: Pack, number: int) -> int:
    order = _parts(pack)
    return order.index(part) + 1 if part in order else number


def _parts(pack: Pack) -> list[str]:
    return [p.id for p in sorted(pack.parts.values(), key=lambda p: p.order)]


def _file_name(title: str) -> str:
    """What a 部分 is called, for its file: 第三部分 {{ info.name }}…情况说明 → 情况说明."""
    plain = re.sub(r"\{[{%][^{}]*[}%]\}", " ", title)
    plain = re.sub(r"第[一二三四五六七八九十]+部分|[\\/:*?\"<>|、]", " ", plain)
    return plain.split()[-1].removeprefix("年度")[:20] if plain.split() else ""


def _cut(path: Path, raw: Raw, outline: dict[str, list[_Entry]]) -> None:
    """Take the parts and blocks out of a TOML file, with the remarks before them."""
    kept: list[str] = []
    remarks: list[str] = []
    gone = ""
    counts = dict.fromkeys(MOVED, 0)
    for line in read_text(path).splitlines():
        section = SECTION.match(line)
        if section:
            gone = section[1] if section[1] in MOVED else ""
        if gone and section:
            entry = raw[gone][counts[gone]]
            counts[gone] += 1
            outline[gone].append(_Entry(dict(entry), [f"## {r.strip().lstrip('# ')}" for r in remarks]))
            remarks = []
        elif not gone or line.strip().startswith("#"):
            if line.strip().startswith("#"):
                remarks.append(line)
            elif line.strip() or not remarks:
                kept += [*remarks, line]
                remarks = []
    kept += remarks
    text = "\n".join(kept).strip()
    if [r for r in kept if r.strip() and not r.strip().startswith("#")]:
        path.write_text(text + "\n", encoding="utf-8")
        left = read_toml(path, path.name)
        if left != {k: v for k, v in raw.items() if k not in MOVED}:
            raise PackError(
                path.name, "", "这个文件的写法特殊，不能自动改写；请把 [[part]]、[[block]] 单独放在一个文件里"
            )
    else:
        path.unlink()


def _part(
    own: _Entry | None, part: str, entries: list[_Entry], texts: dict[str, Head], inherited: Pack | None
) -> Iterator[str]:
    if own is not None:
        yield from own.notes
        raw = own.raw
        yield f"@部分 {part}{KINDS.get(raw.get('kind', ''), '')}"
        yield from (line for line in lines_of(raw) if line.startswith(("@年度", "@放在")))
        if raw.get("title"):
            yield raw["title"]
        yield ""
    known = [b.id for b in inherited.blocks.get(part, ())] if inherited else []
    kind = own.raw.get("kind", "") if own else ""
    depth: list[str] = []
    last = known[-1] if known else ""
    for entry in entries:
        raw = dict(entry.raw)
        name = raw["id"]
        if known and name not in known and not (raw.get("after") or raw.get("before")):
            raw["after"], last = last, name
        inside = raw.get("inside", "")
        depth = [*depth[: depth.index(inside) + 1], name] if inside in depth else [name]
        yield from entry.notes
        found = texts.get(name)
        yield from found.notes if found else ()
        words = list(words_of(raw))
        if kind in ("tables", "forms") and raw.get("style", "body") not in SHOWN.values() and name not in known:
            words += [] if raw.get("prose") else ["不进文本"]
        yield " ".join(["@@" + "@" * (len(depth) - 1), name, *words])
        if inside and len(depth) == 1:
            yield f"@属于 {inside}"
        yield from lines_of(raw)
        if raw.get("text"):
            yield _joined(raw["text"])
        elif found:
            yield from found.source
        yield ""


def _joined(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def _kept(heads: list[Head]) -> Iterator[str]:
    """Heads that stay where they were."""
    for head in heads:
        yield from head.notes
        if head.kind == "part":
            yield f"@部分 {head.id}{KINDS.get(head.raw.get('kind', ''), '')}"
        else:
            yield " ".join(["@@", head.id, *words_of(head.raw)])
        yield from lines_of(head.raw)
        yield from head.source
        yield ""
