"""A pack as the document it makes, with its slots in words, for a bureau to read and approve.

Every paragraph stands at its place, whichever way its conditions turn: 〔公开01表“收入总计”〕 for a number,
［…］ for words that are not always there, 【如果……】 and 【每个……】 before a paragraph.  Tables are empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.model import Block, Document, Heading, Paragraph, Part, Span, Submission, Table
from generator.packs.compiled import CompiledPack
from generator.packs.composer import compose
from generator.packs.grid import parse
from generator.packs.pack import Pack
from generator.packs.schema import BlockSpec, TableSpec
from generator.packs.tables import column_label, row_columns, slot_ids, slot_label

SLOT = re.compile(r"\{\{(.*?)\}\}", re.S)
TAG = re.compile(r"\{%-?\s*(if|elif|else|endif|for|endfor|set)\b(.*?)-?%\}", re.S)
PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+|[A-Za-z_]\w*")
STRING = re.compile(r"'([^']*)'")
OF_ROW = {"name": "科目名称", "code": "编码", "klass": "类", "kuan": "款", "text": "文字", "term": "名词"}
UNDER = {"items": "下面的项", "groups": "下面的款", "children": "下一级"}
FIXED = {
    "terms": "名词",
    "year": "年度",
    "last_year": "上年度",
    "scope": "部门或单位",
    "n": "序号",
    "kind": "决算或预算",
    "diff": "差额",
    "rate": "增减率",
    "rate_of_all": "增减率",
    "completion": "完成率",
    "deviation": "差异率",
    "deviation_of_all": "差异率",
    "absent": "没有上年数的原因",
}
OPERATORS = {
    " and ": "并且",
    " or ": "或者",
    "not ": "没有",
    " == ": "是",
    " != ": "不是",
    " >= ": "不小于",
    " > ": "大于",
}


def approval(compiled: CompiledPack, year: int) -> Document:
    """The document of a pack with its slots in words.  ``year``: as the pack is in this fiscal year."""
    blank = compose(Submission(compiled.pack.id, year, "某某部门"), compiled)
    tables = {b.id.partition("[")[0]: b for b in blank.tables()}
    parts = tuple(_part(compiled.pack, part, tables, year) for part in blank.parts)
    title = f"{compiled.pack.meta.title}（送审稿）"
    return replace(blank, title=title, cover=(compiled.pack.meta.title, "送审稿"), parts=parts, blanks=(), draft=False)


def _part(pack: Pack, made: Part, tables: dict[str, Table], year: int) -> Part:
    said = in_words(pack.parts[made.id].title, pack)
    heading = replace(made.heading, spans=(Span(said),), toc_text="") if made.heading.spans else made.heading
    blocks = tuple(b for spec in pack.blocks.get(made.id, ()) if spec.applies(year) for b in _block(pack, spec, tables))
    return Part(made.id, heading, blocks, made.kind)


def _block(pack: Pack, spec: BlockSpec, tables: dict[str, Table]) -> Iterator[Block]:
    when = []
    if spec.for_each:
        when.append(f"【每个{_label(spec.for_each, pack)}写一段】")
    if spec.when:
        when.append(f"【如果{_condition(spec.when, pack)}】")
    if spec.style in ("table", "form", "inline"):
        if spec.id in tables:
            yield tables[spec.id]
        return
    text = pack.text_of(spec)
    if spec.style == "group":
        if when:
            yield Paragraph(spec.id, (Span("".join(when)),))
        return
    spans = (Span("".join(when) + in_words(text, pack)),)
    if spec.style in ("h2", "h3"):
        yield Heading(spec.id, 2 if spec.style == "h2" else 3, spans, spec.toc)
    else:
        yield Paragraph(spec.id, spans, "center" if spec.style == "center" else "body")


def in_words(text: str, pack: Pack) -> str:
    """A text of a pack with its slots in words."""
    return SLOT.sub(lambda found: _slot(found[1], pack), TAG.sub(_tag, text)).strip()


def _tag(found: re.Match[str]) -> str:
    return {"if": "［", "elif": "］或者［", "else": "］或者［", "endif": "］", "for": "［逐个：", "endfor": "］"}.get(
        found[1], ""
    )


def _slot(expression: str, pack: Pack) -> str:
    called = re.match(r"\s*phrase\(\s*'([^']+)'\s*,(.*)\)", expression, re.S)
    if called and called[1] in pack.phrases:
        spec = pack.phrases[called[1]]
        ways = [in_words(getattr(spec, case), pack) for case in ("increase", "decrease", "equal")]
        return "［" + "／".join(dict.fromkeys(w for w in ways if w)) + "］"
    expression = re.sub(r"\byear - 1\b", "last_year", expression)
    words = STRING.findall(expression)
    if re.match(r"\s*to_fill\(", expression) and words:
        return f"〔待填：{words[0]}〕"
    labels = list(
        dict.fromkeys(label for path in PATH.findall(STRING.sub("", expression)) if (label := _name(path, pack)))
    )
    spoken = [w for w in words if re.search("[\u4e00-\u9fff，。；]", w)]
    if not labels:
        made = (
            "比率" if re.search(r"\|\s*(percent|completion|share)", expression) else "数" if "|" in expression else ""
        )
        return "／".join(spoken) or (f"〔{made}〕" if made else "")
    return "〔" + "、".join(labels) + "〕" + (f"［{'／'.join(spoken)}］" if spoken and " if " not in expression else "")


def _label(expression: str, pack: Pack, otherwise: str = "一项") -> str:
    found = [label for path in PATH.findall(STRING.sub("", expression)) if (label := _name(path, pack))]
    return "、".join(dict.fromkeys(found)) or otherwise


def _condition(expression: str, pack: Pack) -> str:
    text = PATH.sub(
        lambda m: m[0] if m[0] in ("and", "or", "not", "if", "else") else _name(m[0], pack) or m[0], expression
    )
    for sign, word in OPERATORS.items():
        text = text.replace(sign, word)
    if re.search(r"[A-Za-z_]{2,}|[\[\]|]", text):
        return f"关于“{_label(expression, pack)}”的条件成立"
    return re.sub(r"没有(\S*?)是空表", r"\1不是空表", text)


def _name(path: str, pack: Pack) -> str:
    """What a name of the language is called in the forms; nothing for functions and signs."""
    root, _, rest = path.partition(".")
    if root in FIXED and not rest:
        return FIXED[root]
    if root in pack.meta.names and not rest:
        return _label(pack.meta.names[root], pack, "")
    if root in pack.tables:
        return _of_table(root, rest, pack)
    if path in pack.fields:
        return pack.fields[path].label
    if root == "reasons":
        return pack.reasons[rest].title if rest in pack.reasons else ""
    if root in pack.lists:
        return pack.lists[root].title
    return _of_loop(rest, pack) if rest else ""


def _of_loop(rest: str, pack: Pack) -> str:
    """What a name behind a loop variable is called."""
    *way, last = rest.split(".")
    facts = pack.lists.get(pack.meta.facts)
    if "facts" in way and facts is not None:
        return next((c.label for c in facts.columns if c.id == last), "")
    if last in UNDER:
        return UNDER[last]
    if last in OF_ROW:
        return ({"klass": "类", "kuan": "款"}.get(way[-1], "") if way else "") + OF_ROW[last]
    if last == "total":
        return "该科目金额"
    for spec in pack.lists.values():
        for column in spec.columns:
            if column.id == last and spec is not facts:
                return column.label
    for table in pack.tables.values():
        if table.rows and last in row_columns(table):
            return f"该科目{column_label(table, last)}"
    return ""


def _heading(spec: TableSpec, slot: str) -> str:
    """The heading over a slot that stands in a row without a label."""
    column = next((c.column for c in parse(spec.body).cells() if c.slot == slot), 0)
    head = parse(spec.header)
    texts = [head.text_at(row, column) for row in range(len(head.rows))]
    return next((t for t in reversed(texts) if t and not t.isdigit()), "")


def _of_table(root: str, rest: str, pack: Pack) -> str:
    spec = pack.tables[root]
    if rest in slot_ids(spec):
        label = slot_label(spec, rest)
        return label if "“" + rest not in label else f"{spec.number}“{_heading(spec, rest)}”"
    head, _, column = rest.partition(".")
    if head == "empty":
        return f"{spec.number}是空表"
    if head == "total" and column in row_columns(spec):
        return f"{spec.number}合计{column_label(spec, column)}"
    said = {
        "classes": "的类",
        "items": "的项",
        "rows": "的各行",
        "total": "合计",
        "total_row": "合计行",
        "parents": "的类和款",
        "subjects": "的科目",
        "units": "的单位",
    }
    return spec.number + said.get(head, "")
