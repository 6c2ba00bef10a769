"""What was learned as an ordinary pack: sheets, wording, formats, and the document itself as its first case.

Everything that was read is foreign text: signs of templates in it come out as words, and text that could begin a line
with a mark of the pack's language is quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from generator.files import put
from generator.learning._changes import Way
from generator.learning._probe import Probe, case_tables, probe_of
from generator.learning.base import USUAL
from generator.learning.pieces import Piece, Sentence
from generator.learning.printing import CHANGED, SIZES, Style, kind_of
from generator.learning.report import Lesson
from generator.learning.scene import Scene
from generator.learning.sources import Facts, Source, value_of
from generator.learning.templates import Template, facts_of, scopes_of
from generator.packs import load
from generator.published import Heading, Paragraph, bare, flat

NAME = re.compile(r"[\w.-]{1,40}")
SIGNS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|^[@#]+")
META = """# 由公开的文件学来。没有确认的地方写在“待确认.txt”里。
id = {id}
title = {title}
extends = {base}
kind = {kind}
version = "1"
facts = "said_items"
rates = {rates}
cover = ["{{{{ info.name }}}}", "{{{{ year }}}}年度部门{kind_plain}"]
literals = {literals}
"""


@dataclass
class Written:
    """A pack as it grows: its fields with their values in the document, formats, phrases, blocks, what a case says."""

    probe: Probe
    scene: Scene
    lesson: Lesson
    fields: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id: label, type, value
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)  # of the list of subjects: id: label, type
    items: dict[str, dict[str, str]] = field(default_factory=dict)  # by code
    formats: dict[tuple[Style, str], str] = field(default_factory=dict)
    phrases: dict[tuple[str, str, str], str] = field(default_factory=dict)
    literals: dict[str, None] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    item: str = ""  # the row of the loop in hand
    from_zero: str = ""  # the rate that is printed where nothing was before
    before: int = 0  # how many lines are numbered before a loop

    def words(self, text: str) -> str:
        """Foreign words: digits in them are declared, signs of templates quoted."""
        for found in re.finditer(r"\d[\d.,%]*", text):
            self.literals.setdefault(rf"(?<![\d.]){re.escape(found[0])}(?!\.?\d)")
        return SIGNS.sub(lambda m: "".join(f"{{{{ {json.dumps(c, ensure_ascii=False)} }}}}" for c in m[0]), text)

    def fact(self, label: str, kind: str, value: str) -> str:
        """A new field of the form, with its value in the document."""
        name = f"f{len(self.fields) + 1}"
        self.fields[name] = (label, kind, value)
        return f"said.{name}"

    def column(self, label: str, kind: str, place: str) -> str:
        """A column of the list of subjects, the same for the same place of a line."""
        for name, (known, known_kind) in self.columns.items():
            if (known, known_kind) == (f"{label}{place}", kind):
                return name
        name = f"c{len(self.columns) + 1}"
        self.columns[name] = (f"{label}{place}", kind)
        return name

    def format(self, style: Style, unit: str) -> str:
        return self.formats.setdefault((style, unit), f"m{len(self.formats) + 1}")


def write_pack(lesson: Lesson, folder: Path, root: Path | None = None) -> list[Path]:
    """Write a pack named like its folder.  It extends the national one of its kind and says all of the wording."""
    scene = lesson.scenes[0]
    kind = scene.document.identity.kind or "决算"
    base = USUAL[kind]
    ids = list(load(base, root).pack.tables)
    tables = "".join(f"\n@@ t.{n} 报表 {i}\n" for n, i in enumerate(ids, 1))
    probe = probe_of(base, *_probe_files(base, kind, tables), root=root)
    made = Written(probe, scene, lesson)
    _narrative(made)
    name = folder.name
    files = {
        "pack.toml": _meta(made, name, base, kind),
        "narrative/公开文本.j2": "\n".join(made.lines) + "\n\n@部分 tables 报表\n报表\n" + tables,
        "sheets.toml": _sheets(made),
        "phrases.toml": _phrases(made),
        "cases/上年公开.toml": _case(made),
        "待确认.txt": "\n".join(f"{q.kind}\t{q.place}\t{q.sentence}" for q in lesson.questions) + "\n",
    }
    written = []
    for relative, content in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, content.encode("utf-8"))
        written.append(path)
    return written


def _probe_files(base: str, kind: str, tables: str) -> tuple[str, str]:
    meta = (
        f'id = "learned-probe"\ntitle = "试"\nextends = "{base}"\nkind = "{kind}"\nversion = "1"\ncover = ["试"]\n'
        'document_title = "试"\n'
    )
    return f"@部分 tables 报表\n报表\n{tables}", meta


# ------------------------------------------------------------------ wording


def _narrative(made: Written) -> None:
    """Headings and paragraphs in the order of the document; lines of one subject each as a loop."""
    document = made.scene.document
    blocks: list[tuple[int, Heading | Paragraph]] = [(h.block, h) for h in document.outline.headings]
    blocks += [(b, s[0].paragraph) for b, s in made.scene.by_paragraph.items()]
    made.lines += ["@部分 statement", made.words(f"部门{document.identity.kind}情况说明"), ""]
    run: list[tuple[int, str]] = []
    for block, what in sorted(blocks, key=lambda b: b[0]):
        code = _subject_of(made, block) if isinstance(what, Paragraph) else ""
        if code:
            run.append((block, code))
            continue
        _loops(made, run)
        run = []
        if isinstance(what, Heading):
            made.lines += [
                f"@@ h.{block} 标题" if what.level < 2 else f"@@ h.{block} 小标题",
                _heading(made, what.text),
                "",
            ]
        else:
            text, said = _paragraph(made, made.scene.by_paragraph[block], "")
            made.lines += [f"@@ p.{block}", text, ""]
            made.says[f"p.{block}"] = said
    _loops(made, run)


def _subject_of(made: Written, block: int) -> str:
    """The subject of the tables that a paragraph stands for."""
    first = made.scene.by_paragraph[block][0]
    named = [p for s in made.scene.by_paragraph[block] for p in s.pieces if p.kind in ("subject", "class")]
    if len(named) != 1 or not any(p in first.pieces for p in named):
        return ""  # of none, or of several
    code = made.scene.code_at(first, first.end)
    return code if len(code) in (3, 7) else ""


def _loops(made: Written, run: Sequence[tuple[int, str]]) -> None:
    """Lines of one subject each: 类 with their 项 below them, or 类 or 项 alone."""
    if not run:
        return
    classes, items = ([r for r in run if len(r[1]) == k] for k in (3, 7))
    if classes and items and len(run[0][1]) == 3:
        made.lines += [f"@@ g.{run[0][0]} 组", "@每个 klass 属于 general.classes", ""]
        _lines(made, classes, "klass", "@@@")
        made.lines += [f"@@@ g.{items[0][0]} 组", "@每个 subject 属于 klass.items", ""]
        _lines(made, items, "subject", "@@@@")
        return
    for part, name, source in ((classes, "klass", "general.classes"), (items, "subject", "general.items")):
        if part:
            made.lines += [f"@@ g.{part[0][0]} 组", f"@每个 {name} 属于 {source}", ""]
            _lines(made, part, name, "@@@")


def _heading(made: Written, text: str) -> str:
    identity = made.scene.document.identity
    parts = (
        re.split(rf"({re.escape(identity.department)}|{identity.year}(?=年))", text) if identity.department else [text]
    )
    shown = {identity.department: "{{ info.name }}", str(identity.year): "{{ year }}"}
    return "".join(shown.get(p) or made.words(p) for p in parts if p)


def _lines(made: Written, run: Sequence[tuple[int, str]], item: str, mark: str) -> None:
    """Every form of the lines of a loop once; the words of one subject are that subject's."""
    forms: dict[str, str] = {}
    first = made.scene.by_paragraph[run[0][0]][0].pieces[0]
    number = re.search(r"\d+", first.said) if first.kind == "ordinal" else None
    made.item, made.before = item, int(number[0]) - 1 if number else 0
    for block, code in run:
        sentences = made.scene.by_paragraph[block]
        form = "\n".join(s.skeleton for s in sentences)
        text, said = _paragraph(made, sentences, code)
        if form not in forms:
            name = forms[form] = made.column("写法", "text", f"（{run[0][0]}之{len(forms) + 1}）")
            made.lines += [f"{mark} p.{block}", f"@如果 {item}.facts.{name}", text, ""]
            made.says[f"p.{block}[{code}]"] = said
        made.items.setdefault(code, {})[forms[form]] = "是"


def _paragraph(made: Written, sentences: Sequence[Sentence], code: str) -> tuple[str, str]:
    out = []
    for sentence in sentences:
        template = made.lesson.learned.find(made.scene, sentence)
        assert template is not None
        for number, piece in enumerate(sentence.pieces):
            out.append(_piece(made, template, sentence, number, piece, code))
    return "".join(out), "".join(s.text for s in sentences)


def _piece(made: Written, template: Template, sentence: Sentence, number: int, piece: Piece, code: str) -> str:
    first = piece.start == sentence.start == 0
    if piece.kind == "words":
        text = made.words(piece.said)
        return text if first else SIGNS.sub(lambda m: m[0], text)
    if piece.kind == "department":
        return "{{ info.name }}"
    if piece.kind == "year":
        distance = int(piece.form)
        return f"{{{{ year{f' {distance:+d}'.replace('-', '- ').replace('+', '+ ') if distance else ''} }}}}"
    if piece.kind == "ordinal" and code and re.search(r"\d", piece.said):
        return re.sub(r"\d+", f"{{{{ n + {made.before} }}}}" if made.before else "{{ n }}", piece.said)
    if piece.kind == "subject" and code:
        names = iter((f"{made.item}.klass.name", f"{made.item}.kuan.name", f"{made.item}.name"))
        return re.sub("△", lambda _: f"{{{{ {next(names)} }}}}", piece.form)
    if piece.kind == "class" and code:
        return f"{{{{ {made.item}.name }}}}"
    if piece.kind == "number" and piece.quantity is not None:
        return _number(made, template, sentence, number, piece, code)
    if piece.kind == "change" and number in template.slots:
        made_of = _change(made, template, sentence, number, piece, code)
        if made_of:
            return made_of
    if piece.kind in ("ordinal", "class"):
        return made.words(piece.said)
    return _free(made, sentence, number, piece, code)


def _free(made: Written, sentence: Sentence, number: int, piece: Piece, code: str, kind: str = "text") -> str:
    """Words (or a number) of one department: a field, or a column of the list of subjects."""
    label = _label(sentence, piece)
    if code:
        column = made.column(label, kind, f"（{sentence.skeleton[:6]}…{number}）" if len(label) < 3 else "")
        made.items.setdefault(code, {})[column] = piece.said
        return f"{{{{ {made.item}.facts.{column} }}}}"
    return f"{{{{ {made.fact(label, kind, piece.said)} }}}}"


def _label(sentence: Sentence, piece: Piece) -> str:
    text = sentence.paragraph.text[max(0, piece.start - 24) : piece.start]
    words = re.split(r"[，。；：（）“”\d.]|万元|年度?", text.rstrip("，。；："))
    return re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", words[-1])[:30] or "文字"


def _number(made: Written, template: Template, sentence: Sentence, number: int, piece: Piece, code: str) -> str:
    quantity = piece.quantity
    assert quantity is not None
    slot = template.slots.get(number)
    unit = quantity.unit
    if slot is None or slot.source.op == "fact":
        if quantity.kind == "amount":
            value = f"{quantity.value.normalize():f}"
            style = made.format(_style(made, template, number, kind_of(quantity)), unit)
            return _given(made, sentence, piece, code, "amount", value, style) + unit
        return _free(made, sentence, number, piece, code)
    style = made.format(_style(made, template, number, kind_of(quantity)), "%" if quantity.kind == "rate" else unit)
    expression = _source(made, slot.source, sentence, piece, code)
    return f"{{{{ {expression}|{style} }}}}{unit}" if expression else _free(made, sentence, number, piece, code)


def _given(made: Written, sentence: Sentence, piece: Piece, code: str, kind: str, value: str, style: str) -> str:
    label = _label(sentence, piece)
    if code:
        column = made.column(label, kind, "")
        made.items.setdefault(code, {})[column] = value
        return f"{{{{ {made.item}.facts.{column}|{style} }}}}"
    return f"{{{{ {made.fact(label, kind, value)}|{style} }}}}"


def _source(made: Written, source: Source, sentence: Sentence, piece: Piece, code: str) -> str:
    """The expression of a source; empty where a pack's text cannot say it."""
    if source.op == "cell":
        return made.probe.expression(source.name, made.item if code else "")
    if source.op in ("share", "completion"):
        parts = [_source(made, s, sentence, piece, code) for s in source.of]
        return f"{source.op}({parts[0]}, {parts[1]})" if all(parts) else ""
    return ""


def _style(made: Written, template: Template, number: int, kind: str) -> Style:
    return made.lesson.learned.votes.style(scopes_of(template, number), kind)


def _change(made: Written, template: Template, sentence: Sentence, number: int, piece: Piece, code: str) -> str:
    """A phrase with its cases, over what is and (a field) what was."""
    now = _source(made, template.slots[number].source, sentence, piece, code)
    if not now:
        return ""
    own = made.scene.code_at(sentence, piece.start)
    facts = facts_of(made.lesson.learned, made.scene, sentence, piece.start)
    current = value_of(template.slots[number].source, made.scene, own, facts)
    was = value_of(template.bases[number].source, made.scene, own, facts)
    told = _way(piece)
    if current is None or (was is None and told.amount is None and told.sign):
        return ""
    before = was if was is not None else current - told.sign * (told.amount or Decimal(0))
    if was is None and not _told_again(made, template, number, current, before, told):
        return ""
    label, value = f"上年{_label(sentence, piece)}", f"{before.normalize():f}"
    if code:
        column = made.column(label, "amount", "")
        made.items.setdefault(code, {})[column] = value
        base = f"{made.item}.facts.{column}"
    else:
        base = made.fact(label, "amount", value)
    money = made.format(_style(made, template, number, "万元"), "万元")
    rate = made.format(_style(made, template, number, CHANGED), "%")
    ways = [w for w, _ in template.ways[number].most_common()]
    if not before and told.rate is not None:
        made.from_zero = style_text(piece)
    key = ("\n".join(sorted(f"{w.sign}{w.form}" for w in ways)), money, rate)
    phrase = made.phrases.setdefault(key, f"learned.c{len(made.phrases) + 1}")
    return f"{{{{ phrase('{phrase}', {now}, {base}) }}}}"


def _told_again(made: Written, template: Template, number: int, current: Decimal, before: Decimal, told: Way) -> bool:
    """Whether the change comes out again from what it was before, as its amount tells it."""
    if told.rate is None or not before:
        return True
    style = _style(made, template, number, CHANGED)
    return style.show(abs((current - before) / before * 100), "%") == style.show(told.rate, "%")


def style_text(piece: Piece) -> str:
    """The rate of a change as it is printed."""
    found = re.findall(r"(\d+(?:\.\d+)?)[%％]", piece.said)
    return found[-1] if found else ""


def _way(piece: Piece) -> Way:
    from generator.learning._changes import ways_of

    return ways_of(piece)


# ------------------------------------------------------------------ files


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _meta(made: Written, name: str, base: str, kind: str) -> str:
    identity = made.scene.document.identity
    if made.from_zero:
        made.words(made.from_zero)
    literals = "[" + ", ".join(_text(x) for x in made.literals) + "]"
    rates = "printed" if made.lesson.learned.printed.get("change") else "exact"
    out = META.format(
        id=_text(name), title=_text(f"{bare(flat(identity.department)) or name}的写法"), base=_text(base), kind=_text(kind),
        kind_plain=kind, literals=literals, rates=_text(rates),
    )  # fmt: skip
    for (style, unit), own in made.formats.items():
        rate = unit == "%"
        out += f"\n[formats.{own}]\n" + (
            'kind = "rate"\nscale = 100\nsuffix = ""\n' if rate else f"divisor = {SIZES.get(unit, 1)}\n"
        )
        out += f"decimals = {style.decimals}\nthousands = {str(style.thousands).lower()}\n"
        out += {"trim": "trim = true\n", "whole": "bare_whole = true\n"}.get(style.ends, "")
        nothing = style.zero or f"{Decimal(0):.{style.decimals}f}"
        out += f"blank = {_text(nothing)}\nzero = {_text(nothing)}\n"
    return out


def _sheets(made: Written) -> str:
    out = '[[sheet]]\nid = "said"\ntitle = "学到的填写项"\norder = 30\nunit = "万元"\n'
    out += '\n[[sheet]]\nid = "said_list"\ntitle = "分科目填写项"\norder = 31\nunit = "万元"\n'
    if "info.name" not in made.probe.pack.fields:
        out += '\n[[field]]\nid = "info.name"\nsheet = "said"\nlabel = "部门（单位）全称"\nrequired = true\n'
    for name, (label, kind, _) in made.fields.items():
        out += f'\n[[field]]\nid = "said.{name}"\nsheet = "said"\nlabel = {_text(f"{label}（{name[1:]}）")}\ntype = "{kind}"\n'
        out += "negative = true\n" if kind == "amount" else ""
    columns = ['  { id = "code", label = "科目编码", type = "text" },']
    columns += [
        f"  {{ id = {_text(c)}, label = {_text(label)}, type = {_text(k)} }}," for c, (label, k) in made.columns.items()
    ]
    out += '\n[[list]]\nid = "said_items"\nsheet = "said_list"\ntitle = "分科目填写项"\nkey = "code"\nrows = 60\n'
    return out + "columns = [\n" + "\n".join(columns) + "\n]\n"


def _phrases(made: Written) -> str:
    out = "# 各种比较的说法；没有见过的情形照见过的改了方向，请核对。\n"
    for (forms, money, rate), name in made.phrases.items():
        seen = [Way(int(re.match(r"-?\d", f)[0]), re.sub(r"^-?\d", "", f)) for f in forms.split("\n")]  # type: ignore[index]
        up = next((w.form for w in seen if w.sign > 0), "") or next((w.turned() for w in seen if w.sign < 0), "")
        down = next((w.form for w in seen if w.sign < 0), "") or next((w.turned() for w in seen if w.sign > 0), "")
        level = next((w.form for w in seen if not w.sign), "") or re.sub(r"(?:增加|减少|增长|下降).*$", "持平", up)
        cases = {
            "increase": up or f"{level[:-2]}增加A万元",
            "decrease": down or f"{level[:-2]}减少A万元",
            "equal": level,
        }
        begun = re.sub(r"[，,]?(?:增加|增长|上升)?R%", "", cases["increase"])
        cases["from_zero"] = (
            cases["increase"].replace("R", made.from_zero) if made.from_zero else begun or cases["increase"]
        )
        out += f"\n[[phrase]]\nid = {_text(name)}\n"
        for case, form in cases.items():
            out += f"{case} = {_text(_formed(form, money, rate))}\n"
    return out


def _formed(form: str, money: str, rate: str) -> str:
    text = re.sub(r"[+-]\d(?=年)", lambda m: f"{{{{ year {m[0][0]} {m[0][1]} }}}}", form)
    return text.replace("A", f"{{{{ diff|{money} }}}}", 1).replace("R", f"{{{{ rate|{rate} }}}}", 1)


def _case(made: Written) -> str:
    identity = made.scene.document.identity
    out = f"# 学到这些写法的文件：照样写得出来。\ntitle = {_text('公开的文件')}\nyear = {identity.year}\n"
    out += f'name = {_text(identity.department)}\nunit = "元"\n'
    for table, content in case_tables(made.probe, made.scene.document).items():
        out += f"\n[tables.{table}]\n" + "".join(_slots(content))
    return out + _typed(made)


def _slots(content: Mapping[str, object]) -> Iterator[str]:
    rows = content.get("rows")
    for slot, value in content.items():
        if slot not in ("rows", "totals") and not (isinstance(rows, dict) and rows and slot.startswith("total.")):
            yield f"{_dotted(slot)} = {_text(str(value))}\n"
    if isinstance(rows, dict) and rows:
        columns = list(dict.fromkeys(c for r in rows.values() for c in r if c != "name"))
        yield 'rows = """\n' + " | ".join(["code", "name", *columns]) + "\n"
        for code, row in rows.items():
            name = re.sub(r'[|"\\\n]', "", str(row.get("name", "")))
            yield " | ".join([code, name, *(str(row.get(c, "")) for c in columns)]) + "\n"
        yield '"""\n'
    totals = content.get("totals")
    if isinstance(totals, dict):
        yield from (f"totals.{column} = {_text(str(value))}\n" for column, value in totals.items())


def _dotted(slot: str) -> str:
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else _text(part) for part in slot.split("."))


def _typed(made: Written) -> str:
    """What people type: in 元 where it is an amount."""

    out = f'\n[fields]\n"info.name" = {_text(made.scene.document.identity.department)}\n'
    out += "".join(f'"said.{n}" = {_text(v)}\n' for n, (_, k, v) in made.fields.items())
    rows = []
    for code, row in made.items.items():
        cells = ", ".join(f"{c} = {_text(v)}" for c, v in row.items())
        rows.append(f"  {{ code = {_text(code)}, {cells} }},")
    out += "\n[lists]\nsaid_items = [\n" + "\n".join(rows) + "\n]\n" if rows else ""
    out += "\n[says]\n" + "".join(f"{_text(block)} = {_text(said)}\n" for block, said in made.says.items())
    return out


__all__ = ["Facts", "write_pack"]
