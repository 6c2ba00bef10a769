"""What is wrong with a pack although every text and expression of it compiles.

Names behind a loop variable, columns by a name of their own, phrases and texts that do not exist, digits
in phrases, tables that are filled in but never published, references between the files of a pack.  Only
what the pack itself wrote is told; what it inherits is its parent's to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from jinja2 import nodes

from generator.packs.aliases import row_aliases, table_aliases
from generator.packs.compiled import CompiledPack
from generator.packs.grid import GridError
from generator.packs.pack import PackError, near
from generator.packs.schema import CASES, BlockSpec, CheckSpec, TableSpec
from generator.packs.tables import IDENTITY, row_columns, slot_ids

CODES = {"code", "codename"}
OF_ROW = {
    "key",
    "name",
    "level",
    "table",
    "klass",
    "kuan",
    "items",
    "groups",
    "children",
    "facts",
    "definition",
    "code",
}
OF_ROW |= {"row", "cells", "n", "values", "members"}
OF_RECORD = {"key", "cells", "record", "members", "row"}
ROWS_OF = {"items", "rows", "subjects", "classes", "parents", "units", "各行", "各类", "各项", "各科目"}
ROWS_UNDER = {"items", "groups", "children", "各项", "各款"}
ROW_ABOVE = {"klass", "kuan", "类", "款"}
Kinds = Mapping[str, set[str]]  # what each loop variable has; one that is not here may have anything


def faults(compiled: CompiledPack) -> Iterator[PackError]:
    """Everything wrong with what the pack itself wrote, in the order of its files."""
    yield from _Linter(compiled).all()


class _Linter:
    def __init__(self, compiled: CompiledPack) -> None:
        self.compiled, self.pack = compiled, compiled.pack
        self.env = compiled.language.env
        self.mine = self.pack.chain[-1]

    def all(self) -> Iterator[PackError]:
        yield from self._whole()
        yield from self._tables()
        yield from self._fields()
        yield from self._blocks()
        yield from self._phrases()
        yield from self._checks()

    def own(self, kind: str, name: str) -> str:
        """The file of an entry that the pack itself wrote; nothing for an inherited one."""
        origin = self.pack.origins.get(f"{kind}:{name}")
        return origin.file if origin is not None and origin.pack == self.mine else ""

    # ------------------------------------------------------------------ the pack as a whole

    def _whole(self) -> Iterator[PackError]:
        pack, file = self.pack, f"{self.mine}/pack.toml"
        if pack.meta.abstract:
            return
        if not any(pack.blocks.get(part) for part in pack.parts):
            yield PackError(
                file, "", "没有写公开文本：请在 narrative/ 里写“@部分”和“@@ 段落”，或者用 extends 继承一个模板包"
            )
        if not pack.tables:
            yield PackError(file, "", "一张报表也没有：请在 tables.toml 里写 [[table]]，或者用 extends 继承一个模板包")
        shown = {b.table for blocks in pack.blocks.values() for b in blocks if b.style == "table"}
        for spec in pack.tables.values():
            where = self.own("table", spec.id) or (file if self._outline_is_mine else "")
            if where and not spec.hidden and spec.id not in shown:
                yield PackError(
                    where,
                    spec.id,
                    f"“{spec.number}{spec.title}”要填写，公开文本里却没有：请在 narrative/ 的报表部分写“@@ table.{spec.id} "
                    f"报表 {spec.id}”；不公开的写 hidden = true",
                )
        if not [*(pack.folders[-1] / "cases").glob("*.toml")]:
            yield PackError(
                file, "", "一个案例也没有：请在 cases/ 里写“报了什么数、应当写成什么”，见 templates/README.md 第七节"
            )

    @cached_property
    def _outline_is_mine(self) -> bool:
        """Whether the pack itself says which tables are published."""
        return any(o.pack == self.mine and k.startswith("block:table") for k, o in self.pack.origins.items())

    # ------------------------------------------------------------------ tables, fields, lists

    def _tables(self) -> Iterator[PackError]:
        for spec in self.pack.tables.values():
            file = self.own("table", spec.id)
            if not file:
                continue
            try:
                yield from self._table(spec, file)
            except GridError:  # told where it is compiled
                continue

    def _table(self, spec: TableSpec, file: str) -> Iterator[PackError]:
        slots, columns = set(slot_ids(spec)), set(row_columns(spec)) if spec.rows else set()
        if spec.rows and not spec.row:
            yield PackError(file, spec.id, "写了 rows，还要写 row（每一行的格子）")
        if spec.rows in ("functional", "economic") and not CODES & self._slots(spec.row):
            wrong = sorted(columns & {"lei", "kuan", "xiang", "kemu", "bianma"})
            hint = f"；“{wrong[0]}”不是科目编码的名称" if wrong else ""
            yield PackError(file, spec.id, f"row 里没有科目编码的格子 {{code}}{hint}，填报的科目会读不出来")
        if spec.rows and spec.rows != "list" and not {"name", "codename"} & self._slots(spec.row):
            yield PackError(file, spec.id, "row 里没有科目名称的格子 {name}")
        stray = sorted(self._slots(spec.total) - columns - IDENTITY) if spec.rows and spec.row else []
        for slot in stray:
            yield PackError(file, spec.id, f"合计行的“{slot}”在 row 里没有{near(slot, columns)}")
        both = [s for s in slot_ids(spec) if slot_ids(spec).count(s) > 1]
        for slot in dict.fromkeys(both):
            yield PackError(file, spec.id, f"格子“{slot}”写了两次，只能填一个数")
        places = slots | {f"total.{c}" for c in columns} | columns
        for key in ("required", "negative"):
            for slot in getattr(spec, key):
                if slot not in places and slot.rpartition(".")[2] not in columns:
                    yield PackError(file, spec.id, f"{key} 里的“{slot}”在表里没有{near(slot, places)}")

    @staticmethod
    def _slots(grid: str) -> set[str]:
        return set(re.findall(r"\{(\w+(?:\.\w+)*)(?::\w+)?\}", grid))

    def _fields(self) -> Iterator[PackError]:
        pack = self.pack
        for field in pack.fields.values():
            if not (file := self.own("field", field.id)):
                continue
            if field.sheet not in pack.sheets:
                yield PackError(
                    file, field.id, f"sheet 写的工作表“{field.sheet}”不存在{near(field.sheet, pack.sheets)}"
                )
            if "." not in field.id:
                yield PackError(file, field.id, "填写项的编号要写成“组.名称”，如 info.name")
            if field.type == "choice" and not field.choices:
                yield PackError(file, field.id, "type 是 choice 的要写 choices（可以选的各项）")
            if field.default and field.choices and field.default not in field.choices:
                yield PackError(
                    file, field.id, f"default “{field.default}”不在 choices 里{near(field.default, field.choices)}"
                )
        for spec in pack.lists.values():
            if not (file := self.own("list", spec.id)):
                continue
            names = {c.id for c in spec.columns}
            if spec.sheet not in pack.sheets:
                yield PackError(file, spec.id, f"sheet 写的工作表“{spec.sheet}”不存在{near(spec.sheet, pack.sheets)}")
            if spec.key and spec.key not in names:
                yield PackError(file, spec.id, f"key 写的“{spec.key}”不是这张清单的一栏{near(spec.key, names)}")
            for column in spec.columns:
                yield from self._column(file, spec.id, names, column.id, column.base, column.lookup)

    def _column(
        self, file: str, entry: str, names: set[str], column: str, base: str, lookup: str
    ) -> Iterator[PackError]:
        if base and base not in names:
            yield PackError(file, entry, f"“{column}”的 base “{base}”不是这张清单的一栏{near(base, names)}")
        table, _, slot = lookup.partition(".")
        spec = self.pack.tables.get(table)
        if spec is not None and spec.rows and slot and slot not in {*row_columns(spec), *IDENTITY}:
            yield PackError(
                file, entry, f"“{column}”的 lookup “{lookup}”：表里没有这一栏{near(slot, row_columns(spec))}"
            )

    # ------------------------------------------------------------------ texts and loops

    def _blocks(self) -> Iterator[PackError]:
        for blocks in self.pack.blocks.values():
            by_id = {b.id: b for b in blocks}
            for block in blocks:
                text, file = self.pack.text_of(block), self.own("text", block.id) or self.own("block", block.id)
                if not file:
                    continue
                kinds = self._in_scope(block, by_id)
                said = {"": text, "toc": block.toc_text, "when": _as_text(block.when)}
                said |= {f"let.{n}": _as_text(v) for n, v in block.let.items()}
                for source in said.values():
                    yield from self._source(source, kinds, file, block.id)
        for form in self.pack.forms.values():
            if file := self.own("form", form.id):
                yield from self._source(form.body, {}, file, form.id)
        for term in self.pack.terms.values():
            if file := self.own("term", term.id):
                yield from self._source(term.text, {}, file, term.id)

    def _source(self, source: str, kinds: Kinds, file: str, entry: str) -> Iterator[PackError]:
        """One text: what it says of loop variables, which phrases and texts it calls."""
        try:
            tree = self.env.parse(source)
        except Exception:
            return
        known = dict(kinds)
        for loop in tree.find_all(nodes.For):
            if isinstance(loop.target, nodes.Name):
                known[loop.target.name] = self._kind(loop.iter, known)
        for node in tree.find_all(nodes.Getattr):
            wrong = self._member(node, known)
            if wrong:
                yield PackError(file, entry, wrong)
        for call in tree.find_all(nodes.Call):
            name = call.node.name if isinstance(call.node, nodes.Name) else ""
            first = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else None
            if name == "phrase" and isinstance(first, str) and first not in self.pack.phrases:
                yield PackError(file, entry, f"没有叫“{first}”的说法{near(first, self.pack.phrases)}")
            if name == "text" and isinstance(first, str) and first not in self.compiled.blocks:
                yield PackError(file, entry, f"text() 所指的段落“{first}”不存在{near(first, self.compiled.blocks)}")

    def _member(self, node: nodes.Getattr, kinds: Kinds) -> str:
        """What is wrong with ``variable.name`` or ``variable.facts.name``."""
        owner = node.node
        if isinstance(owner, nodes.Name) and (has := kinds.get(owner.name)) and node.attr not in has:
            return f"用了不存在的名称“{owner.name}.{node.attr}”{_near_of(owner.name, node.attr, has)}"
        if isinstance(owner, nodes.Getattr) and owner.attr in ("facts", "填报") and isinstance(owner.node, nodes.Name):
            spec = self.pack.lists.get(self.pack.meta.facts)
            if owner.node.name in kinds and spec is not None:
                has = {c.id for c in spec.columns} | OF_RECORD | {_plain_name(c.label) for c in spec.columns}
                if node.attr not in has:
                    whole = f"{owner.node.name}.{owner.attr}"
                    return f"用了不存在的名称“{whole}.{node.attr}”{_near_of(whole, node.attr, has)}"
        return ""

    def _in_scope(self, block: BlockSpec, by_id: Mapping[str, BlockSpec]) -> dict[str, set[str]]:
        """What the loop variables of a block, and of the blocks around it, have."""
        chain: list[BlockSpec] = []
        at: BlockSpec | None = block
        while at is not None and at not in chain:
            chain.append(at)
            at = by_id.get(at.inside) if at.inside else None
        kinds: dict[str, set[str]] = {}
        for one in reversed(chain):
            if one.for_each:
                kinds[one.name or "item"] = self._kind(self._parsed(one.for_each), kinds)
            kinds |= {name: set() for name in one.let}
        return kinds

    def _parsed(self, expression: str) -> nodes.Node | None:
        try:
            return next(self.env.parse(_as_text(expression)).find_all(nodes.Output)).nodes[0]
        except Exception:
            return None

    def _kind(self, node: nodes.Node | None, kinds: Kinds) -> set[str]:
        """What each one of a sequence has; empty where it cannot be known."""
        match node:
            case nodes.Name(name=name) if name in self.pack.lists:
                columns = self.pack.lists[name].columns
                return (
                    {c.id for c in columns if c.type != "lookup"} | {_plain_name(c.label) for c in columns} | OF_RECORD
                )
            case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if attr in ROWS_OF and name in self.pack.tables:
                return self._row(self.pack.tables[name])
            case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if attr in ROWS_UNDER and kinds.get(name):
                return set(kinds[name])
            case nodes.Add(left=left, right=right):
                first, second = self._kind(left, kinds), self._kind(right, kinds)
                return first & second if first and second else set()
            case nodes.CondExpr(expr1=first_of):
                return self._kind(first_of, kinds)
            case nodes.Filter(node=inner, name="list" | "selectattr" | "rejectattr" | "sort" | "unique") if inner:
                return self._kind(inner, kinds)
        return set()

    def _row(self, spec: TableSpec) -> set[str]:
        try:
            return {*row_columns(spec), *row_aliases(spec)} | OF_ROW | set(OF_RECORD)
        except GridError:
            return set()

    # ------------------------------------------------------------------ phrases and checks

    def _phrases(self) -> Iterator[PackError]:
        literals = [re.compile(p) for p in self.pack.meta.literals if _compiles(p)]
        for spec in self.pack.phrases.values():
            if not (file := self.own("phrase", spec.id)):
                continue
            for case in (*CASES, "no_base", "no_prior"):
                for words in self._wording(getattr(spec, case)):
                    rest = words
                    for pattern in literals:
                        rest = pattern.sub("", rest)
                    if loose := re.search(r"\d[\d.,%]*", rest):
                        yield PackError(
                            file,
                            f"{spec.id}.{case}",
                            f"文字里直接写了数字“{loose[0]}”，应取自表格，如 {{{{ diff|money }}}}；或在 pack.toml 的 literals 中声明",
                        )

    def _wording(self, text: str) -> list[str]:
        try:
            return list(self.compiled.language.literal_texts(text))
        except Exception:
            return []

    def _checks(self) -> Iterator[PackError]:
        for spec in self.pack.checks.values():
            if not (file := self.own("check", spec.id)):
                continue
            if spec.table and spec.table not in self.pack.tables:
                yield PackError(
                    file, spec.id, f"table 写的报表“{spec.table}”不存在{near(spec.table, self.pack.tables)}"
                )
            variable = spec.name or "item"
            kinds = {variable: self._kind(self._parsed(spec.for_each), {})} if spec.for_each else {}
            for source in (spec.left, spec.right, spec.when, spec.unless):
                if source:
                    yield from self._source(_as_text(source), kinds, file, spec.id)
            yield from self._by_column(spec, file, kinds.get(variable, set()), variable)

    def _by_column(self, spec: CheckSpec, file: str, row: set[str], variable: str) -> Iterator[PackError]:
        """``row[c]`` and ``table.total[c]`` for each of the columns."""
        told: set[str] = set()
        for source in filter(None, (spec.left, spec.right)):
            tree = self._parsed(source)
            found = [tree, *tree.find_all(nodes.Getitem)] if tree is not None else []
            for item in found:
                if not isinstance(item, nodes.Getitem) or not isinstance(item.arg, nodes.Name) or item.arg.name != "c":
                    continue
                has, name = self._columns_of(item.node, row, variable)
                for column in spec.columns if has else ():
                    if column not in has and column not in told:
                        told.add(column)
                        yield PackError(
                            file, spec.id, f"columns 里的“{column}”在 {name} 里没有这一栏{near(column, has)}"
                        )

    def _columns_of(self, node: nodes.Node, row: set[str], variable: str) -> tuple[set[str], str]:
        tables = self.pack.tables
        match node:
            case nodes.Name(name=name) if name == variable:
                return row, variable
            case nodes.Getattr(node=nodes.Name(name=name), attr="total" | "合计") if (
                name in tables and tables[name].rows
            ):
                return {*row_columns(tables[name]), *row_aliases(tables[name])}, f"{tables[name].number}的合计"
            case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if name in tables and not tables[name].rows:
                head = table_aliases(tables[name]).get(attr, attr)
                inner = {s.partition(".")[2] for s in slot_ids(tables[name]) if s.startswith(head + ".")}
                return inner, f"{tables[name].number}的{attr}"
        return set(), ""


def _as_text(expression: str) -> str:
    return "{{ " + expression + " }}" if expression else ""


def _near_of(owner: str, wrong: str, has: set[str]) -> str:
    found = near(wrong, {h for h in has if h not in OF_RECORD})
    return found.replace("“", f"“{owner}.", 1) if found else ""


def _plain_name(label: str) -> str:
    from generator.packs.aliases import name_of

    return name_of(label)


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
