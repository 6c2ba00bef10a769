"""A pack looked at as a whole: every fault at once, and as much of it as can be used."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.packs._slips import gathered
from generator.packs.compiled import CompiledPack
from generator.packs.layers import assemble
from generator.packs.lint import faults
from generator.packs.loader import compile_pack
from generator.packs.pack import Pack, PackError, near
from generator.packs.places import available, find

OFFERED = {
    "check": "检查",
    "driver": "变动的分法",
    "fact": "事实",
    "reason": "原因说明",
    "block": "段落",
    "field": "填写项",
}
NO_BLOCK = "这段文字没有对应的段落"
COMPILED = ("tables", "forms", "reasons", "fields", "lists", "parts", "terms", "checks")


def look(name: str, root: Path | None = None) -> tuple[list[PackError], CompiledPack | None]:
    """Everything wrong with a pack and its parents, and the pack without what is wrong.

    Nothing comes back in place of the pack where not even its parents can be read.
    """
    folder = find(name, root)
    if folder is None:
        return [
            PackError(
                name, "", f"没有这个模板包{near(name, available(root))}；现有：{'、'.join(available(root)) or '无'}"
            )
        ], None
    with gathered() as found:
        try:
            pack = assemble(folder)
            compiled = compile_pack(pack)
        except PackError as error:
            return _once([*found, error]), None
        for year in (turn - 1 for turn in pack.turns[:1]):  # the form before the first turn
            try:
                compile_pack(assemble(folder, year))
            except PackError as error:
                found.append(error)
        for turn in pack.turns:
            try:
                compile_pack(assemble(folder, turn))
            except PackError as error:
                found.append(error)
        found += faults(compiled)
    told = _once(found)
    return told, _usable(compiled, told)


def _once(found: list[PackError]) -> list[PackError]:
    """Each fault once; what one entry says in several places the same way, too."""
    faults_of = list({(e.file, e.entry, e.message): e for e in found}.values())
    mended = {e.entry for e in faults_of if "必须填写" in e.message}  # looked at further with its id in that place
    others = {e.entry for e in faults_of if NO_BLOCK not in e.message}
    return [
        e
        for e in faults_of
        if not (e.entry in mended and f"“{e.entry}”" in e.message) and not (e.entry in others and NO_BLOCK in e.message)
    ]


def _usable(compiled: CompiledPack, found: list[PackError]) -> CompiledPack:
    """The pack without the entries that are at fault."""
    bad = {e.entry for e in found}
    pack = compiled.pack
    kept: dict[str, Any] = {
        kind: {k: v for k, v in getattr(pack, kind).items() if k in getattr(compiled, kind)} for kind in COMPILED
    }
    kept["tables"] = {
        k: t.model_copy(update={"required": (), "negative": ()}) if k in bad else t for k, t in kept["tables"].items()
    }
    kept["checks"] = {k: v for k, v in kept["checks"].items() if k not in bad}
    kept["terms"] = {k: v for k, v in kept["terms"].items() if k not in bad}
    kept["reasons"] = {k: v for k, v in kept["reasons"].items() if k not in bad}
    for kind in ("fields", "lists"):  # those of a sheet that is not there
        kept[kind] = {k: v for k, v in kept[kind].items() if v.sheet in pack.sheets}
    kept["fields"] = {k: v for k, v in kept["fields"].items() if "." in k}
    cases = {e.entry.rpartition(".")[0] for e in found}
    phrases = [p for p in pack.phrases if p in bad or p in cases or p not in compiled.phrases]
    blocks = {
        part: tuple(
            b
            for b in some
            if b.id in compiled.blocks
            and b.id not in bad
            and not (b.style == "table" and b.table not in kept["tables"])
            and not (b.style in ("form", "inline") and b.table not in kept["forms"])
            and not any(p in pack.text_of(b) for p in phrases)
        )
        for part, some in pack.blocks.items()
        if part in kept["parts"]
    }
    drivers = {k: v for k, v in pack.drivers.items() if k in compiled.drivers}
    facts = {k: v for k, v in pack.fact_kinds.items() if k in compiled.facts}
    meta = pack.meta.model_copy(update={"literals": tuple(p for p in pack.meta.literals if _compiles(p))})
    return replace(compiled, pack=replace(pack, meta=meta, blocks=blocks, drivers=drivers, fact_kinds=facts, **kept))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def together(found: list[PackError], pack: Pack) -> list[PackError]:
    """What is inherited and no longer fits, by kind in one message with an offer; the rest as it is."""
    mine = pack.chain[-1]
    kind_of = {key.partition(":")[2]: key.partition(":")[0] for key, o in pack.origins.items() if o.pack != mine}
    out: list[PackError] = []
    inherited: dict[str, list[PackError]] = {}
    for error in found:
        kind = kind_of.get(error.entry, "")
        if kind == "text":
            kind = "block"
        if len(pack.chain) > 1 and kind in OFFERED and not error.file.startswith(f"{mine}/"):
            inherited.setdefault(kind, []).append(error)
        else:
            out.append(error)
    for kind, errors in inherited.items():
        names = list(dict.fromkeys(e.entry for e in errors))
        why = "；".join(f"{e.entry}：{e.message}" for e in errors[:3]) + ("；……" if len(errors) > 3 else "")
        offer = ", ".join(f'"{n}"' for n in names)
        out.append(
            PackError(
                f"{mine}/pack.toml",
                "remove",
                f"从上级继承的{OFFERED[kind]}有 {len(names)} 条与本包改过的报表对不上（{why}）。"
                f"不再适用的，在 [remove] 下写：{kind} = [{offer}]；仍然适用的，在本包里按同样的编号重写",
            )
        )
    return out
