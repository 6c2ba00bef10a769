"""Compiled packs: every text, phrase and expression of a pack, checked for its names, ready to use.

``load`` is the only way in for the rest of the program.  Anything that does not compile, names
something that does not exist or prints an undeclared digit is a PackError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from generator.packs._functions import _functions
from generator.packs.compiled import CompiledPack
from generator.packs.grid import GridError, parse
from generator.packs.language import (
    Expression,
    Language,
    LanguageError,
    Sentence,
)
from generator.packs.pack import Pack, PackError
from generator.packs.phrases import FALLBACK, Case
from generator.packs.schema import BlockSpec, FactSpec
from generator.packs.tables import row_columns, slot_ids

TABLE_NAMES = {
    "empty",
    "rows",
    "subjects",
    "classes",
    "items",
    "units",
    "row",
    "total",
    "total_row",
    "parents",
    "numbered",
}
BUILT_IN = {"year", "kind", "reasons", "terms", "used_items", "n", "loop", "unit", "table_empty", "last"}


def _phrases(pack: Pack, language: Language) -> dict[str, dict[Case, Sentence]]:
    out: dict[str, dict[Case, Sentence]] = {}
    for spec in pack.phrases.values():
        texts: dict[Case, Sentence] = {}
        for case in Case:
            source: Case | None = case
            while source and not getattr(spec, source.value):
                source = FALLBACK[source]
            if source is None:
                raise PackError(_file(pack, "phrase", spec.id), spec.id, f"缺少“{case.value}”的说法")
            texts[case] = language.sentence(getattr(spec, source.value), f"phrase {spec.id}.{source.value}")
        out[spec.id] = texts
    return out


class _Names:
    """Which names a pack's texts may use."""

    def __init__(self, pack: Pack, functions: Iterable[str]) -> None:
        self.roots = set(BUILT_IN) | set(functions) | {"range", "dict", "cycler", "joiner", "namespace"}
        self.second: dict[str, set[str]] = {"reasons": set(pack.reasons)}
        for field_id in pack.fields:
            group, _, name = field_id.partition(".")
            self.second.setdefault(group, {"key"}).add(name)
        for spec in pack.tables.values():
            slots = {s.partition(".")[0] for s in slot_ids(spec)}
            self.second[spec.id] = slots | TABLE_NAMES
        self.third = {
            (spec.id, head): {s.partition(".")[2] for s in slot_ids(spec) if s.startswith(head + ".")}
            for spec in pack.tables.values()
            for head in {s.partition(".")[0] for s in slot_ids(spec) if "." in s}
        }
        for spec in pack.tables.values():
            if spec.rows:
                self.third[spec.id, "total"] = set(row_columns(spec))
        self.roots |= set(self.second) | set(pack.lists)

    def wrong(self, path: tuple[str, ...], local: set[str]) -> str:
        """The part of a dotted name that does not exist, or nothing."""
        root, *rest = path
        if root in local:
            return ""
        if root not in self.roots:
            return root
        if rest and root in self.second and rest[0] not in self.second[root]:
            return f"{root}.{rest[0]}"
        if len(rest) > 1 and (root, rest[0]) in self.third and rest[1] not in self.third[root, rest[0]]:
            return ".".join(path[:3])
        return ""


class _Compiler:
    """Compiles one pack; remembers nothing afterwards."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.table: dict[str, dict[Case, Sentence]] = {}
        functions = _functions(self.table, pack)
        self.language = Language(pack.formats, functions)
        self.names = _Names(pack, functions)
        self.literals = [re.compile(p) for p in pack.meta.literals]
        self.sentences: dict[str, Sentence] = {}
        self.expressions: dict[str, Expression] = {}

    def text(self, key: str, text: str, file: str, entry: str, local: set[str], *, digits: bool = True) -> None:
        try:
            self.sentences[key] = self.language.sentence(text, f"{file} 中的“{entry}”")
        except LanguageError as error:
            raise PackError(file, entry, str(error)) from None
        self._check_names(text, file, entry, local | self.language.assigned(text), is_expression=False)
        if digits:
            self._check_digits(text, file, entry)

    def rule(self, key: str, text: str, file: str, entry: str, local: set[str]) -> None:
        if not text:
            return
        try:
            self.expressions[key] = self.language.expression(text, f"{file} 中的“{entry}”")
        except LanguageError as error:
            raise PackError(file, entry, str(error)) from None
        self._check_names(text, file, entry, local, is_expression=True)

    def optional(self, kind: str, entry: str, local: set[str] | None = None, **rules: str) -> bool:
        """Compile rules of an entry.  An inherited one that names what this pack has removed is left out;
        one of the pack's own must be right."""
        file = _file(self.pack, kind, entry)
        for name, text in rules.items():
            try:
                self.rule(f"{kind}:{entry}:{name}", text, file, entry, local or set())
            except PackError:
                origin = self.pack.origins.get(f"{kind}:{entry}")
                if origin is None or origin.pack == self.pack.chain[-1]:
                    raise
                self.expressions.pop(f"{kind}:{entry}:{name}", None)
                return False
        return True

    def _fact(self, spec: FactSpec) -> None:
        """A kind of fact: its conditions and its words."""
        local = {"fact"} if spec.for_each else set()
        ready = self.optional("fact", spec.id, for_each=spec.for_each) and self.optional(
            "fact", spec.id, local, when=spec.when, direction=spec.direction, against=spec.against, about=spec.about
        )
        try:
            if ready:
                self.text(f"fact:{spec.id}", spec.text, _file(self.pack, "fact", spec.id), spec.id, local)
        except PackError:
            if self.pack.origins[f"fact:{spec.id}"].pack == self.pack.chain[-1]:
                raise
            self.sentences.pop(f"fact:{spec.id}", None)

    def _check_names(self, text: str, file: str, entry: str, local: set[str], *, is_expression: bool) -> None:
        for path in self.language.paths(text, is_expression=is_expression):
            wrong = self.names.wrong(path, local)
            if wrong:
                raise PackError(file, entry, f"用了不存在的名称“{wrong}”")

    def _check_digits(self, text: str, file: str, entry: str) -> None:
        """Digits in the wording itself must be declared (pack.toml literals): no number is typed."""
        for literal in self.language.literal_texts(text):
            rest = literal
            for pattern in self.literals:
                rest = pattern.sub("", rest)
            loose = re.search(r"\d[\d.,%]*", rest)
            if loose:
                raise PackError(
                    file, entry, f"文字里直接写了数字“{loose[0]}”，应取自表格，或在 pack.toml 的 literals 中声明"
                )

    def compile(self) -> CompiledPack:
        pack = self.pack
        try:
            self.table.update(_phrases(pack, self.language))
        except LanguageError as error:
            raise PackError(pack.chain[-1], "phrase", str(error)) from None
        self._meta()
        self._tables()
        self._forms()
        for spec in pack.reasons.values():
            file = _file(pack, "reason", spec.id)
            for side in ("current", "base", "when"):
                self.rule(f"reason:{spec.id}:{side}", getattr(spec, side), file, spec.id, set())
            self.optional("reason", spec.id, names=spec.names)
        for entry in pack.fields.values():
            self.rule(f"field:{entry.id}:when", entry.when, _file(pack, "field", entry.id), entry.id, set())
            self.optional("field", entry.id, last=entry.last)
        for item in pack.lists.values():
            self.optional("list", item.id, last=item.last)
            for column in item.columns:
                self.optional("list", item.id, {"row"}, **{f"{column.id}:last": column.last})
        for driver in pack.drivers.values():
            self.optional("driver", driver.id, {"subject"}, parts=driver.parts)
        for fact in pack.fact_kinds.values():
            self._fact(fact)
        for check in pack.checks.values():
            file = _file(pack, "check", check.id)
            local = {check.name or "item", *(["c"] if check.columns else [])}
            self.rule(f"check:{check.id}:for_each", check.for_each, file, check.id, set())
            for side in ("left", "right", "when", "unless"):
                self.rule(f"check:{check.id}:{side}", getattr(check, side), file, check.id, local)
        for part in pack.parts.values():
            self.text(f"part:{part.id}", part.title, _file(pack, "part", part.id), part.id, set(), digits=False)
            self._blocks(pack.blocks.get(part.id, ()))
        unknown = set(pack.blocks) - set(pack.parts)
        if unknown:
            raise PackError(pack.chain[-1], sorted(unknown)[0], "段落所属的部分没有定义")
        used = {b.id for blocks in pack.blocks.values() for b in blocks}
        for key in pack.narrative:
            if key not in used and pack.origins[f"text:{key}"].pack == pack.chain[-1]:
                raise PackError(pack.origins[f"text:{key}"].file, key, "这段文字没有对应的段落，请检查编号")
        return CompiledPack(pack, self.language, self.sentences, self.expressions, self.table)

    def _meta(self) -> None:
        meta, file = self.pack.meta, f"{self.pack.chain[-1]}/pack.toml"
        if meta.abstract:
            return
        self.text("title", meta.document_title, file, "document_title", set(), digits=False)
        for i, line in enumerate(meta.cover):
            self.text(f"cover:{i}", line, file, "cover", set(), digits=False)

    def _tables(self) -> None:
        for spec in self.pack.tables.values():
            file = _file(self.pack, "table", spec.id)
            for name in ("header", "body", "total", "row", "unit_row"):
                grid = getattr(spec, name)
                if grid:
                    try:
                        width = parse(grid).width
                    except GridError as error:
                        raise PackError(file, spec.id, f"{name}：{error}") from None
                    if width != parse(spec.header).width:
                        raise PackError(file, spec.id, f"{name} 有{width}列，与表头的列数不一致")
            if spec.widths and len(spec.widths) != parse(spec.header).width:
                raise PackError(file, spec.id, "widths 的个数与表头的列数不一致")
            for name in ("left", "middle", "right", "empty_note", "toc_text"):
                self.text(f"table:{spec.id}:{name}", getattr(spec, name), file, spec.id, set(), digits=False)
            for i, note in enumerate(spec.notes):
                self.text(f"table:{spec.id}:note:{i}", note, file, spec.id, set(), digits=False)
            if spec.format not in self.pack.formats:
                raise PackError(file, spec.id, f"没有叫“{spec.format}”的数字格式")

    def _forms(self) -> None:
        for spec in self.pack.forms.values():
            file = _file(self.pack, "form", spec.id)
            local = self._form_locals(spec.id)
            for name in ("title", "header", "body", "subtitle", "left", "right", "toc_text"):
                self.text(f"form:{spec.id}:{name}", getattr(spec, name), file, spec.id, local, digits=False)
            for i, note in enumerate(spec.notes):
                self.text(f"form:{spec.id}:note:{i}", note, file, spec.id, local, digits=False)

    def _form_locals(self, form: str) -> set[str]:
        """Loop variables of the blocks that show a form."""
        out: set[str] = set()
        for blocks in self.pack.blocks.values():
            by_id = {b.id: b for b in blocks}
            for block in blocks:
                if block.table == form and block.style in ("form", "inline"):
                    out |= _scope(block, by_id)
        return out

    def _blocks(self, blocks: tuple[BlockSpec, ...]) -> None:
        by_id = {b.id: b for b in blocks}
        for block in blocks:
            file = _file(self.pack, "block", block.id)
            if block.inside and block.inside not in by_id:
                raise PackError(file, block.id, f"inside 所指的段落“{block.inside}”不在同一部分")
            local = _scope(block, by_id)
            outer = _scope(by_id[block.inside], by_id) if block.inside else set()
            self.rule(f"block:{block.id}:when", block.when, file, block.id, local)
            self.rule(f"block:{block.id}:for_each", block.for_each, file, block.id, outer)
            self.text(f"block:{block.id}:toc", block.toc_text, file, block.id, local, digits=False)
            if block.style == "table":
                if block.table not in self.pack.tables:
                    raise PackError(file, block.id, f"没有叫“{block.table}”的报表")
                continue
            if block.style in ("form", "inline"):
                if block.table not in self.pack.forms:
                    raise PackError(file, block.id, f"没有叫“{block.table}”的表格")
                continue
            text = block.text or self.pack.narrative.get(block.id, "")
            if not text:
                raise PackError(file, block.id, "没有文字：请在 text 或 narrative/*.j2 里写出这一段")
            origin = self.pack.origins.get(f"text:{block.id}")
            self.text(f"block:{block.id}", text, origin.file if origin and not block.text else file, block.id, local)


def _scope(block: BlockSpec, by_id: Mapping[str, BlockSpec]) -> set[str]:
    """Loop variables that a block may use: its own and those it stands inside."""
    out: set[str] = set()
    current: BlockSpec | None = block
    while current:
        if current.name:
            out.add(current.name)
        current = by_id.get(current.inside) if current.inside else None
    return out


def _file(pack: Pack, kind: str, name: str) -> str:
    origin = pack.origins.get(f"{kind}:{name}")
    return origin.file if origin else pack.chain[-1]
