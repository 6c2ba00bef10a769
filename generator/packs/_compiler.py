"""Compiled packs: every text, phrase and expression of a pack, checked for its names, ready to use.

``load`` is the only way in for the rest of the program.  Anything that does not compile, names
something that does not exist or prints an undeclared digit is a PackError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from generator.model import ENTRIES
from generator.packs._functions import _functions
from generator.packs._known import Known
from generator.packs._saying import Sayer
from generator.packs._slips import alone, each, made_of, slip
from generator.packs.compiled import (
    CompiledBlock,
    CompiledCheck,
    CompiledFact,
    CompiledField,
    CompiledForm,
    CompiledList,
    CompiledPack,
    CompiledPart,
    CompiledReason,
    CompiledTable,
    CompiledTerm,
)
from generator.packs.grid import GridError, parse
from generator.packs.language import Expression, Language, LanguageError, Sentence
from generator.packs.pack import Pack, PackError, near
from generator.packs.phrases import FALLBACK, Case
from generator.packs.schema import (
    BlockSpec,
    CheckSpec,
    DriverSpec,
    FactSpec,
    FieldSpec,
    FormSpec,
    ListSpec,
    PartSpec,
    PhraseSpec,
    ReasonSpec,
    TableSpec,
    TermSpec,
)

Made = TypeVar("Made")
Local = frozenset[str]


def _phrases(pack: Pack, language: Language) -> dict[str, dict[Case, Sentence]]:
    out: dict[str, dict[Case, Sentence]] = {}
    for spec in pack.phrases.values():
        with each():
            out[spec.id] = _phrase(pack, spec, language)
    return out


def _phrase(pack: Pack, spec: PhraseSpec, language: Language) -> dict[Case, Sentence]:
    """The texts of one phrase; where a case has none, that of the case it falls back on."""
    texts: dict[Case, Sentence] = {}
    file = _file(pack, "phrase", spec.id)
    if spec.places not in pack.formats:
        slip(PackError(file, spec.id, f"places 写的数字格式“{spec.places}”不存在{near(spec.places, pack.formats)}"))
    for case in Case:
        source: Case | None = case
        if case is Case.NO_PRIOR and not spec.no_prior and pack.meta.no_prior:
            texts[case] = language.sentence(pack.meta.no_prior, "no_prior")
            continue
        while source and not getattr(spec, source.value):
            source = FALLBACK[source]
        if source is None:
            raise PackError(file, spec.id, f"缺少“{case.value}”的说法")
        try:
            texts[case] = language.sentence(getattr(spec, source.value), f"{file} 中的“{spec.id}.{source.value}”")
        except LanguageError as error:
            raise PackError(file, spec.id, str(error)) from None
    return texts


def language_of(pack: Pack) -> tuple[Language, tuple[str, ...], Sayer]:
    """The language of a pack, the names of its functions, and who says its phrases (to be filled in later)."""
    sayer = Sayer(pack)
    functions = _functions(sayer)
    return Language(pack.formats, functions), tuple(functions), sayer


class _Compiler:
    """Compiles one pack; remembers nothing afterwards."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.language, functions, self.sayer = language_of(pack)
        self.names = Known(pack, functions)
        self.literals = []
        for pattern in pack.meta.literals:
            try:
                self.literals.append(re.compile(pattern))
            except re.error as error:
                said = f"“{pattern}”的写法不对（{error}）；只写文字就可以，如 12月31日"
                slip(PackError(f"{pack.chain[-1]}/pack.toml", "literals", said))

    # -------------------------------------------------------------- one text, one expression

    def text(self, text: str, file: str, entry: str, local: Local = frozenset(), *, digits: bool = False) -> Sentence:
        """A text; ``digits``: every digit in its wording must be declared."""
        try:
            made = self.language.sentence(text, f"{file} 中的“{entry}”")
        except LanguageError as error:
            slip(PackError(file, entry, str(error)))
            return self.language.sentence("", entry)
        self._check_names(text, file, entry, local | self.language.assigned(text), is_expression=False)
        if digits:
            self._check_digits(text, file, entry)
        return made

    def rule(self, text: str, file: str, entry: str, local: Local = frozenset()) -> Expression | None:
        """An expression; nothing where none was written."""
        if not text:
            return None
        try:
            made = self.language.expression(text, f"{file} 中的“{entry}”")
        except LanguageError as error:
            slip(PackError(file, entry, str(error)))
            return self.language.expression("none", entry)
        self._check_names(text, file, entry, local, is_expression=True)
        return made

    def optional(self, kind: str, entry: str, make: Callable[[str], Made]) -> Made | None:
        """What ``make`` compiles for the file of an entry.  An inherited entry that names what this pack has
        removed is left out; one of the pack's own must be right."""
        try:
            with alone():
                return make(_file(self.pack, kind, entry))
        except PackError as error:
            origin = self.pack.origins.get(f"{kind}:{entry}")
            if origin is None or origin.pack == self.pack.chain[-1]:
                slip(error)
            return None

    def _check_names(self, text: str, file: str, entry: str, local: Local, *, is_expression: bool) -> None:
        for path in self.language.paths(text, is_expression=is_expression):
            wrong = self.names.wrong(path, local)
            if wrong:
                slip(PackError(file, entry, f"用了不存在的名称“{wrong}”{self.names.near(wrong, local)}"))

    def _check_digits(self, text: str, file: str, entry: str) -> None:
        """Digits in the wording itself must be declared (pack.toml literals): no number is typed."""
        for literal in self.language.literal_texts(text):
            rest = literal
            for pattern in self.literals:
                rest = pattern.sub("", rest)
            loose = re.search(r"\d[\d.,%]*", rest)
            if loose:
                said = f"文字里直接写了数字“{loose[0]}”，应取自表格，或在 pack.toml 的 literals 中声明"
                slip(PackError(file, entry, said))

    # -------------------------------------------------------------- the pack

    def compile(self) -> CompiledPack:
        pack = self.pack
        self.sayer.phrases.update(_phrases(pack, self.language))
        title, cover, head = self._meta()
        compiled = CompiledPack(
            pack=pack,
            language=self.language,
            phrases=self.sayer.phrases,
            sayer=self.sayer,
            title=title,
            cover=cover,
            names=self._own_names(),
            running_head=head,
            tables=made_of(pack.tables, self._table),
            forms=made_of(pack.forms, self._form),
            reasons=made_of(pack.reasons, self._reason),
            fields=made_of(pack.fields, self._field),
            lists=made_of(pack.lists, self._list),
            drivers={k: made for k, made in made_of(pack.drivers, self._driver).items() if made},
            facts={k: fact for k, fact in made_of(pack.fact_kinds, self._fact).items() if fact},
            checks=made_of(pack.checks, self._check),
            parts=made_of(pack.parts, self._part),
            terms=made_of(pack.terms, self._term),
            blocks=self._blocks(),
        )
        unknown = {part for part, blocks in pack.blocks.items() if blocks} - set(pack.parts)
        for part in sorted(unknown):
            file = _file(pack, "block", pack.blocks[part][0].id)
            slip(PackError(file, part, f"段落所属的部分没有定义{near(part, pack.parts)}"))
        self.sayer.texts.update({k: block.text for k, block in compiled.blocks.items() if block.text})
        for key in pack.narrative:
            if key not in compiled.blocks and pack.origins[f"text:{key}"].pack == pack.chain[-1]:
                said = f"这段文字没有对应的段落，请检查编号{near(key, compiled.blocks)}"
                slip(PackError(pack.origins[f"text:{key}"].file, key, said))
        return compiled

    def _blocks(self) -> dict[str, CompiledBlock]:
        out: dict[str, CompiledBlock] = {}
        for part in self.pack.parts:
            for block in self._of(part):
                with each():
                    out[block.id] = self._block(block, self._of(part))
        return out

    def _meta(self) -> tuple[Sentence | None, tuple[Sentence, ...], Sentence | None]:
        meta, file = self.pack.meta, f"{self.pack.chain[-1]}/pack.toml"
        if meta.abstract:
            return None, (), None
        cover = tuple(self.text(line, file, "cover") for line in meta.cover)
        head = self.text(meta.running_head, file, "running_head") if meta.running_head else None
        return self.text(meta.document_title, file, "document_title"), cover, head

    def _own_names(self) -> tuple[tuple[str, Expression], ...]:
        """The names that the pack gives to expressions; each may use those before it."""
        file, out = f"{self.pack.chain[-1]}/pack.toml", []
        for name, text in self.pack.meta.names.items():
            if not name.isidentifier() or name.startswith("_"):
                slip(PackError(file, "names", f"“{name}”不能作名称"))
                continue
            made = self.rule(text, file, f"names.{name}")
            if made is not None:
                out.append((name, made))
        return tuple(out)

    def _part(self, spec: PartSpec) -> CompiledPart:
        file = _file(self.pack, "part", spec.id)
        return CompiledPart(
            self.text(spec.title, file, spec.id),
            self.text(spec.toc_text, file, spec.id),
            self.rule(spec.when, file, spec.id),
        )

    def _term(self, spec: TermSpec) -> CompiledTerm:
        file = _file(self.pack, "term", spec.id)
        return CompiledTerm(
            self.text(spec.term, file, spec.id),
            self.text(spec.text, file, spec.id),
            self.rule(spec.when, file, spec.id),
        )

    def _table(self, spec: TableSpec) -> CompiledTable:
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
        if spec.format not in self.pack.formats:
            raise PackError(file, spec.id, f"没有叫“{spec.format}”的数字格式{near(spec.format, self.pack.formats)}")
        for name, plain in (("head", spec.header), ("lines", spec.body)):
            self._same_shape(getattr(spec, name), plain, file, spec.id)
        text = partial(self.text, file=file, entry=spec.id)
        used = frozenset({"used"})
        shown = [(slot, self.rule(rule, file, spec.id, used)) for slot, rule in spec.shown]
        return CompiledTable(
            title=text(spec.heading or spec.title),
            header=text(spec.head) if spec.head else None,
            lines=text(spec.lines) if spec.lines else None,
            split_codes=self.rule(spec.split_codes, file, spec.id),
            shown=tuple((slot, rule) for slot, rule in shown if rule),
            left=text(spec.left),
            middle=text(spec.middle),
            right=text(spec.right),
            empty_note=text(spec.empty_note),
            toc=text(spec.toc_text),
            notes=tuple(text(note) for note in spec.notes),
        )

    def _same_shape(self, published: str, plain: str, file: str, entry: str) -> None:
        """A published grid has the cells of the one that is filled in, in the same places."""
        if not published:
            return
        try:
            ours, theirs = parse(published), parse(plain)
        except GridError as error:
            raise PackError(file, entry, str(error)) from None
        places = [[(c.row, c.column, c.slot) for c in grid.cells()] for grid in (ours, theirs)]
        if places[0] != places[1]:
            raise PackError(file, entry, "公开的格子（head、lines）与填报的（header、body）不一样多，或者名称不同")

    def _form(self, spec: FormSpec) -> CompiledForm:
        text = partial(
            self.text, file=_file(self.pack, "form", spec.id), entry=spec.id, local=self._form_locals(spec.id)
        )
        return CompiledForm(
            title=text(spec.title),
            header=text(spec.header),
            body=text(spec.body),
            subtitle=text(spec.subtitle),
            left=text(spec.left),
            right=text(spec.right),
            toc=text(spec.toc_text),
            notes=tuple(text(note) for note in spec.notes),
        )

    def _form_locals(self, form: str) -> frozenset[str]:
        """Loop variables of the blocks that show a form."""
        out: frozenset[str] = frozenset()
        for blocks in self.pack.blocks.values():
            by_id = {b.id: b for b in blocks}
            for block in blocks:
                if block.table == form and block.style in ("form", "inline"):
                    out |= _scope(block, by_id)
        return out

    def _reason(self, spec: ReasonSpec) -> CompiledReason:
        rule = partial(self.rule, file=_file(self.pack, "reason", spec.id), entry=spec.id)
        return CompiledReason(
            current=rule(spec.current),
            base=rule(spec.base),
            when=rule(spec.when),
            names=self.optional("reason", spec.id, lambda file: self.rule(spec.names, file, spec.id)),
        )

    def _field(self, spec: FieldSpec) -> CompiledField:
        return CompiledField(
            when=self.rule(spec.when, _file(self.pack, "field", spec.id), spec.id),
            last=self.optional("field", spec.id, lambda file: self.rule(spec.last, file, spec.id)),
            near=self.optional("field", spec.id, lambda file: self.rule(spec.near, file, spec.id)),
        )

    def _list(self, spec: ListSpec) -> CompiledList:
        def source(text: str, local: Local = frozenset()) -> Expression | None:
            return self.optional("list", spec.id, lambda file: self.rule(text, file, spec.id, local))

        columns = {c.id: made for c in spec.columns if (made := source(c.last, frozenset({"row"})))}
        return CompiledList(source(spec.last), columns)

    def _driver(self, spec: DriverSpec) -> Expression | None:
        return self.optional(
            "driver", spec.id, lambda file: self.rule(spec.parts, file, spec.id, frozenset({"subject"}))
        )

    def _fact(self, spec: FactSpec) -> CompiledFact | None:
        """A kind of fact: its conditions and its words."""
        local = frozenset({"fact"}) if spec.for_each else frozenset()

        def make(file: str) -> CompiledFact:
            direction = self.rule(spec.direction, file, spec.id, local)
            against = self.rule(spec.against, file, spec.id, local)
            if direction is None or against is None:
                raise PackError(file, spec.id, "direction 和 against 不能空着")
            return CompiledFact(
                text=self.text(spec.text, file, spec.id, local, digits=True),
                direction=direction,
                against=against,
                for_each=self.rule(spec.for_each, file, spec.id),
                when=self.rule(spec.when, file, spec.id, local),
                about=self.rule(spec.about, file, spec.id, local),
                size=self.rule(spec.size, file, spec.id, local),
                carries=self.optional("fact", spec.id, lambda f: self.rule(spec.carries, f, spec.id, local)),
            )

        return self.optional("fact", spec.id, make)

    def _check(self, spec: CheckSpec) -> CompiledCheck:
        local = frozenset({spec.name or "item", *(["c"] if spec.columns else [])})
        file = _file(self.pack, "check", spec.id)
        if spec.id in ENTRIES:
            raise PackError(file, spec.id, f"编号 {spec.id} 已经用于“{ENTRIES[spec.id].title}”，请换一个编号")
        rule = partial(self.rule, file=file, entry=spec.id)
        left, right = rule(spec.left, local=local), rule(spec.right, local=local)
        if left is None or (right is None and spec.relation != "holds"):
            raise PackError(file, spec.id, "left、right 都要写（relation 是 holds 的只写 left）")
        return CompiledCheck(
            left=left,
            right=right,
            when=rule(spec.when, local=local),
            unless=rule(spec.unless, local=local),
            for_each=rule(spec.for_each),
        )

    def _of(self, part: str) -> tuple[BlockSpec, ...]:
        return self.pack.blocks.get(part, ())

    def _block(self, block: BlockSpec, others: tuple[BlockSpec, ...]) -> CompiledBlock:
        by_id = {b.id: b for b in others}
        file = _file(self.pack, "block", block.id)
        if block.inside and block.inside not in by_id:
            raise PackError(file, block.id, f"inside 所指的段落“{block.inside}”不在同一部分")
        local = _scope(block, by_id)
        outer = _scope(by_id[block.inside], by_id) if block.inside else frozenset()
        let: list[tuple[str, Expression]] = []
        for name, text in block.let.items():
            if not name.isidentifier() or name.startswith("_"):
                raise PackError(file, block.id, f"“{name}”不能作名称")
            before = (local - set(block.let)) | {n for n, _ in let}
            made = self.rule(text, file, block.id, before)
            if made is None:
                raise PackError(file, block.id, f"“{name}”没有写出是什么")
            let.append((name, made))
        return CompiledBlock(
            let=tuple(let),
            when=self.rule(block.when, file, block.id, local),
            for_each=self.rule(block.for_each, file, block.id, outer),
            toc=self.text(block.toc_text, file, block.id, local),
            text=self._block_text(block, file, local),
        )

    def _block_text(self, block: BlockSpec, file: str, local: Local) -> Sentence | None:
        if block.style == "table":
            if block.table not in self.pack.tables:
                raise PackError(file, block.id, f"没有叫“{block.table}”的报表{near(block.table, self.pack.tables)}")
            return None
        if block.style in ("form", "inline"):
            if block.table not in self.pack.forms:
                raise PackError(file, block.id, f"没有叫“{block.table}”的表格{near(block.table, self.pack.forms)}")
            return None
        if block.style == "group":
            return None
        text = self.pack.text_of(block)
        if not text:
            raise PackError(file, block.id, "没有文字：请在 text 或 narrative/*.j2 里写出这一段")
        origin = self.pack.origins.get(f"text:{block.id}")
        place = origin.file if origin and not block.text else file
        return self.text(text, place, block.id, local, digits=True)


def _scope(block: BlockSpec, by_id: Mapping[str, BlockSpec]) -> frozenset[str]:
    """Loop variables that a block may use: its own and those it stands inside."""
    out: set[str] = set()
    current: BlockSpec | None = block
    while current:
        out |= {current.name or "item"} if current.for_each else set()
        out |= set(current.let)
        current = by_id.get(current.inside) if current.inside else None
    return frozenset(out)


def _file(pack: Pack, kind: str, name: str) -> str:
    origin = pack.origins.get(f"{kind}:{name}")
    return origin.file if origin else pack.chain[-1]
